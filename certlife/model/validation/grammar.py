"""The grammars that a spec's texts must follow: Kubernetes names, e-mail addresses, OIDs.

Only text goes in; where in a spec it stands, and what a wrong one is called, is not known here.
All of them read ASCII, or count bytes of UTF-8, as Go does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from certlife.pki.addresses import parse_ip
from certlife.pki.arcs import parse_arcs

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_SUBDOMAIN_BYTES: Final = 253
"""RFC 1123 2.1 by way of Kubernetes: the longest name of an object, or prefix of a label."""

MAX_LABEL_BYTES: Final = 63
"""The longest label value, and the longest label or annotation name behind its prefix."""

_DNS_LABEL: Final = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN: Final = re.compile(rf"{_DNS_LABEL}(?:\.{_DNS_LABEL})*")
_LABEL_WORD: Final = re.compile("[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?")
_LABEL_WORD_RULE: Final = (
    "expected letters, digits, '-', '_' and '.', with a letter or digit at both ends"
)

# RFC 5322 3.2.3 atext, widened to all that is not ASCII by RFC 6532 3.2. Lone surrogates are no
# text in UTF-8.
_ATOM: Final = r'[^\x00-\x20\x7f()<>\[\]:;@\\,."\ud800-\udfff]+'
_DOT_ATOM: Final = rf"{_ATOM}(?:\.{_ATOM})*"
_ADDRESS: Final = re.compile(rf"{_DOT_ATOM}@(?:{_DOT_ATOM}|\[(?P<literal>[^\[\]]*)\])")

_IPV4_MAPPED: Final = bytes(10) + b"\xff\xff"
"""RFC 4291 2.5.5.2: how IPv4 stands in 16 bytes."""

_OCTET: Final = re.compile("[\udc80-\udcff]")


def utf8_length(text: str) -> int:
    """How many bytes a text takes in UTF-8.

    A lone surrogate that stands for an octet (PEP 383, see `DistinguishedName`) counts as one, any
    other as three, like the U+FFFD that Go's JSON reader makes of it.
    """
    return len(text.encode("utf-8", "surrogatepass")) - 2 * len(_OCTET.findall(text))


def subdomain_rules(text: str) -> Iterator[str]:
    """Yield the rules that a text breaks as the name of an object (RFC 1123 subdomain)."""
    if utf8_length(text) > MAX_SUBDOMAIN_BYTES:
        yield f"expected at most {MAX_SUBDOMAIN_BYTES} bytes"
    if not _SUBDOMAIN.fullmatch(text):
        yield (
            "expected lower-case letters, digits, '-' and '.', with a letter or digit at both ends "
            "of each part between dots"
        )


def label_key_rules(text: str) -> Iterator[str]:
    """Yield the rules that a text breaks as the key of a label: a name with an optional prefix."""
    *prefixes, name = text.split("/")
    if len(prefixes) > 1:
        yield "expected at most one '/', between a prefix and a name"
        return
    for prefix in prefixes:
        if prefix:
            yield from (f"in the prefix, {rule}" for rule in subdomain_rules(prefix))
        else:
            yield "in the prefix, expected at least one character"
    if not name:
        yield "in the name, expected at least one character"
    elif utf8_length(name) > MAX_LABEL_BYTES:
        yield f"in the name, expected at most {MAX_LABEL_BYTES} bytes"
    # An empty name breaks this too; Kubernetes says both.
    if not _LABEL_WORD.fullmatch(name):
        yield f"in the name, {_LABEL_WORD_RULE}"


def annotation_key_rules(text: str) -> Iterator[str]:
    """Yield the rules that a text breaks as the key of an annotation: a label's, in any case."""
    # One character for one, as Go lowers: only so is U+0130 the "i" that Kubernetes accepts.
    return label_key_rules("".join(character.lower()[0] for character in text))


def label_value_rules(text: str) -> Iterator[str]:
    """Yield the rules that a text breaks as the value of a label."""
    if utf8_length(text) > MAX_LABEL_BYTES:
        yield f"expected at most {MAX_LABEL_BYTES} bytes"
    if text and not _LABEL_WORD.fullmatch(text):
        yield _LABEL_WORD_RULE


def is_email_address(text: str) -> bool:
    """Whether a text is one RFC 5322 addr-spec and nothing else, spelled without quotes.

    cert-manager reads the text as Go's net/mail does and asks whether the address that comes out
    is the text that went in. That leaves neither display name, comment, space nor quoted local
    part: `"a b"@example.com` is an address, but what comes out of it has no quotes.
    """
    match = _ADDRESS.fullmatch(text)
    if match is None:
        return False
    literal = match["literal"]
    return literal is None or _is_domain_literal(literal)


def _is_domain_literal(text: str) -> bool:
    # RFC 5321 4.1.3: IPv6 has a tag, IPv4 has none. Go takes IPv4 behind the tag, too, and without
    # it an IPv6 address that stands for one of IPv4.
    address = parse_ip(text.removeprefix("IPv6:"))
    return address is not None and (text.startswith("IPv6:") or address.startswith(_IPV4_MAPPED))


def is_object_identifier(text: str) -> bool:
    """Whether cert-manager reads a text as an OID: integers of 64 bits between dots.

    Signs and a single arc pass, although no X.660 OID has them: a request cannot be made of them.
    """
    return bool(parse_arcs(text))
