"""The name constraints extension, RFC 5280, section 4.2.1.10, of certificates and of requests.

In a certificate Go's crypto/x509 reads it and is particular about every domain; in a request
cert-manager does, with other ideas. What they forbid is for `permitted_names`.
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from attrs import frozen

from certlife.errors import UnreadableError
from certlife.pki import asn1
from certlife.pki.addresses import format_ip, parse_ip

_EMAIL: Final = asn1.CONTEXT | 1
_DNS: Final = asn1.CONTEXT | 2
_URI: Final = asn1.CONTEXT | 6
_IP: Final = asn1.CONTEXT | 7
_IPV4_BYTES: Final = 4
_IPV6_BYTES: Final = 16
_IPV4_MAPPED: Final = bytes(10) + b"\xff\xff"

_GRAPHIC: Final = re.compile(r"[!-~]*")
# RFC 5321, section 4.1.2, as Go has it: a local part is a quoted string or atoms with dots, a
# backslash may stand outside of quotes too, and anything that passes for a domain is one.
_QUOTED_MAILBOX: Final = re.compile(
    r'"(?:\\[\x01-\x09\x0b\x0c\x0e-\x7f]|[\x01-\x08\x0b\x0c\x0e-!#-\[\]-\x7f])*"@(.*)', re.DOTALL
)
_MAILBOX: Final = re.compile(r"((?:\\.|[\w!#$%&'*+/=?^`{|}~.-])+)@(.*)", re.DOTALL | re.ASCII)


@frozen
class Subtrees:
    """One side of the constraints, each kind in the order of the encoding.

    Attributes:
        dns_domains: Domains of host names; a leading dot means subdomains only.
        ip_ranges: Address ranges in CIDR notation.
        email_addresses: Mailboxes, or domains of them.
        uri_domains: Domains of the hosts in URIs.
    """

    dns_domains: tuple[str, ...] = ()
    ip_ranges: tuple[str, ...] = ()
    email_addresses: tuple[str, ...] = ()
    uri_domains: tuple[str, ...] = ()


@frozen
class NameConstraints:
    """What names the certificates below may have.

    Attributes:
        permitted: permittedSubtrees.
        excluded: excludedSubtrees.
    """

    permitted: Subtrees = Subtrees()
    excluded: Subtrees = Subtrees()


def read_certificate_constraints(value: bytes) -> NameConstraints:
    """Read the extension as crypto/x509 does in a certificate, stepping over other kinds of names.

    Raises:
        UnreadableError: It is malformed or empty, or Go takes a constraint for none.
    """
    permitted, excluded = _trees(value)
    if [] in (permitted, excluded) or (permitted is None and excluded is None):
        raise UnreadableError("expected name constraints with something in them")
    for tag, octets in (permitted or []) + (excluded or []):
        _check_constraint(tag, octets)
    return NameConstraints(_subtrees(permitted), _subtrees(excluded))


def read_request_constraints(value: bytes) -> NameConstraints:
    """Read the extension as cert-manager does in a certificate request.

    Raises:
        UnreadableError: It is malformed or empty, or constrains another kind of names.
    """
    permitted, excluded = _trees(value)
    both = (permitted or []) + (excluded or [])
    if not both:
        raise UnreadableError("expected name constraints with something in them")
    if any(tag not in {_DNS, _EMAIL, _URI, _IP} for tag, _ in both):
        raise UnreadableError("expected constraints of host names, addresses, mailboxes or URIs")
    return NameConstraints(_subtrees(permitted), _subtrees(excluded))


_Tree: TypeAlias = list[tuple[int, bytes]]


def _trees(value: bytes) -> tuple[_Tree | None, _Tree | None]:
    """Return tag and content of each base, permitted and excluded, None for a side not there."""
    end = len(value)
    start, stop = asn1.expect(value, 0, end, asn1.SEQUENCE, "name constraints as a SEQUENCE")
    sides: list[_Tree | None] = [None, None]
    for number in (0, 1):
        if start < stop and value[start] == asn1.CONTEXT | asn1.CONSTRUCTED | number:
            _, content, start = asn1.element(value, start, stop)
            sides[number] = _bases(value, content, start)
    if start != stop or stop != end:
        raise UnreadableError("expected nothing after the name constraints")
    return sides[0], sides[1]


def _bases(value: bytes, start: int, end: int) -> _Tree:
    bases = []
    while start < end:
        base, start = asn1.expect(value, start, end, asn1.SEQUENCE, "a GeneralSubtree")
        tag, content, stop = asn1.element(value, base, start)
        octets = value[content:stop]
        if tag in {_DNS, _EMAIL, _URI} and not octets.isascii():
            raise UnreadableError("expected name constraints in ASCII")
        if tag == _IP:
            _check_range(octets)
        bases.append((tag, octets))
    return bases


def _check_range(octets: bytes) -> None:
    mask = octets[len(octets) // 2 :]
    bits = int.from_bytes(mask)
    inverse = bits ^ ((1 << 8 * len(mask)) - 1)
    if len(octets) not in {2 * _IPV4_BYTES, 2 * _IPV6_BYTES} or inverse & (inverse + 1):
        raise UnreadableError("expected an address range with a mask of leading bits")


def _check_constraint(tag: int, octets: bytes) -> None:
    if tag == _IP:
        if len(octets) == 2 * _IPV6_BYTES and octets.startswith(_IPV4_MAPPED):
            raise UnreadableError("expected IPv4 ranges in 8 bytes")
        return
    if tag not in {_DNS, _EMAIL, _URI}:
        return
    text = octets.decode()
    if tag == _EMAIL and "@" in text:
        is_readable = _is_mailbox(text)
    else:
        is_readable = _is_domain(text.removeprefix(".") or text)
    if not is_readable or (tag == _URI and parse_ip(text) is not None):
        raise UnreadableError("expected name constraints that are domains or mailboxes")


def _is_domain(text: str) -> bool:
    return text == "" or bool("" not in text.split(".") and _GRAPHIC.fullmatch(text))


def _is_mailbox(text: str) -> bool:
    quoted = _QUOTED_MAILBOX.fullmatch(text)
    if quoted:
        return _is_domain(quoted[1])
    match = _MAILBOX.fullmatch(text)
    if not match:
        return False
    local = re.sub(r"\\(.)", r"\1", match[1], flags=re.DOTALL)
    return "" not in local.split(".") and _is_domain(match[2])


def _subtrees(tree: _Tree | None) -> Subtrees:
    texts: dict[int, list[str]] = {_DNS: [], _IP: [], _EMAIL: [], _URI: []}
    for tag, octets in tree or []:
        if tag in texts:
            texts[tag].append(_range(octets) if tag == _IP else octets.decode())
    return Subtrees(*(tuple(texts[tag]) for tag in (_DNS, _IP, _EMAIL, _URI)))


def _range(octets: bytes) -> str:
    half = len(octets) // 2
    return f"{format_ip(octets[:half])}/{int.from_bytes(octets[half:]).bit_count()}"
