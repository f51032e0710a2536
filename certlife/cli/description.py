"""Certificates, requests and keys in words, a line for each thing that can be said.

Of a private key nothing is said that its public half would not say.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar, assert_never

from certlife.cli.contents import EncryptedKey
from certlife.cli.explain import subject_of
from certlife.cli.text import dated, in_days, shortened
from certlife.errors import InvalidValueError, UnreadableError
from certlife.pki.addresses import format_ip
from certlife.pki.certificate import X509Certificate
from certlife.pki.chain import order_chain
from certlife.pki.csr import X509Request
from certlife.pki.keys import PrivateKey
from certlife.pki.names import DistinguishedName
from certlife.pki.publickey import PublicKey, PublicKeyAlgorithm
from certlife.pki.signatures import WEAK_SIGNATURES, SignatureAlgorithm
from certlife.signing.usages import PURPOSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from certlife.cli.contents import Item
    from certlife.pki.extensions import BasicConstraints
    from certlife.pki.name_constraints import Subtrees

Fact: TypeAlias = tuple[str, Sequence[str]]
"""What is said of, and what is said, a line each."""

_T = TypeVar("_T")

_USAGES: Final = {oid: str(word) for word, oid in reversed([*PURPOSES.items()])}
"""Of two words for one purpose the first."""
_DESCRIBED: Final = frozenset(
    {
        "2.5.29.14",
        "2.5.29.15",
        "2.5.29.17",
        "2.5.29.19",
        "2.5.29.30",
        "2.5.29.35",
        "2.5.29.37",
    }
)
"""The extensions that have lines of their own."""

_FORMS: Final = {
    "PRIVATE KEY": "PKCS #8",
    "RSA PRIVATE KEY": "PKCS #1",
    "EC PRIVATE KEY": "SEC 1",
}
_LINES: Final = 100
"""How many lines a fact gets: a certificate may be for thousands of names."""
_LINE_CHARACTERS: Final = 1000
_TITLES: Final = {
    X509Certificate: "Certificate",
    X509Request: "Certificate request",
    PrivateKey: "Private key",
    PublicKey: "Public key",
    EncryptedKey: "Private key",
}


def describe(found: Sequence[Item], *, now: datetime) -> Iterator[list[str]]:
    """Describe each, and what the certificates are to each other, in a paragraph of lines each.

    Args:
        found: What a file holds.
        now: From when to tell how far away dates are, aware.
    """
    kinds = [_TITLES[type(item)] for item in found]
    for index, (item, kind) in enumerate(zip(found, kinds, strict=True)):
        number = kinds[: index + 1].count(kind)
        title = f"{kind} {number}" if kinds.count(kind) > 1 else kind
        yield [title, *_columns(_facts(item, found, now))]
    certificates = [item for item in found if isinstance(item, X509Certificate)]
    if len(certificates) > 1:
        yield ["Chain", f"  {_chain(certificates)}"]


def _facts(item: Item, found: Sequence[Item], now: datetime) -> Iterator[Fact]:
    match item:
        case X509Certificate():
            yield from _certificate(item, now)
        case X509Request():
            yield from _request(item)
        case PrivateKey():
            yield "key", [f"{item.algorithm}, {item.size} bits, in {_FORMS[item.label]}"]
            yield "its public half", [f"SHA-256 {sha256(item.spki_der).hexdigest()}"]
            yield "belongs to", [_owners(item, found)]
        case PublicKey():
            yield from _public_key(item)
        case EncryptedKey():
            yield "key", ["encrypted, so that nothing can be told of it without its password"]
        case _:
            assert_never(item)


def _certificate(certificate: X509Certificate, now: datetime) -> Iterator[Fact]:
    lifetime = certificate.not_after - certificate.not_before
    signature = _algorithm(certificate.signature_algorithm)
    issuer = DistinguishedName.from_der(certificate.issuer_der).to_rfc4514() or "no name"
    yield "subject", [subject_of(certificate)]
    yield "issuer", [f"{issuer} (itself)" if certificate.is_self_signed else issuer]
    yield "serial number", [f"{certificate.serial_number:x}"]
    yield "valid from", [dated(certificate.not_before, now)]
    yield "valid to", [f"{dated(certificate.not_after, now)}, {in_days(lifetime)} in all"]
    yield from _names(certificate)
    yield from _public_key(certificate.public_key)
    yield "signature", [signature]
    yield from _uses(certificate)
    for term, identifier in (
        ("subject key id", certificate.subject_key_id),
        ("authority key id", certificate.authority_key_id),
    ):
        if identifier is not None:
            yield term, [identifier.hex()]
    yield from _others(certificate)
    yield "SHA-256", [certificate.fingerprint_sha256.hex()]


def _request(request: X509Request) -> Iterator[Fact]:
    subject = DistinguishedName.from_der(request.subject_der).to_rfc4514()
    holds = "by its key" if request.signature_is_valid else "not by its key: nobody should sign it"
    yield "subject", [subject or "none"]
    yield from _names(request)
    yield from _public_key(request.public_key)
    yield "signature", [f"{_algorithm(request.signature_algorithm)}, {holds}"]
    yield from _uses(request)
    yield from _others(request)


def _names(asked: X509Certificate | X509Request) -> Iterator[Fact]:
    names = [
        *(f"DNS {name}" for name in asked.dns_names),
        *(f"IP {format_ip(address)}" for address in asked.ip_addresses),
        *(f"URI {uri}" for uri in asked.uris),
        *(f"email {address}" for address in asked.email_addresses),
    ]
    others = _tried(lambda: asked.other_names)
    if isinstance(others, str):
        names.append(others)
    else:
        names += [f"{other.oid} {other.utf8_value or '(no text)'}" for other in others]
    yield "names", names


def _public_key(key: PublicKey) -> Iterator[Fact]:
    if key.size:
        yield "key", [f"{key.algorithm}, {key.size} bits"]
    elif key.algorithm is PublicKeyAlgorithm.DSA:
        yield "key", ["DSA, which cert-manager does not use"]
    else:
        yield "key", ["of an algorithm that cert-manager does not know"]
    yield "", [f"SHA-256 {sha256(key.spki).hexdigest()}"]


def _uses(asked: X509Certificate | X509Request) -> Iterator[Fact]:
    yield "CA", [_said(_tried(lambda: asked.basic_constraints), _ca, "no")]
    yield (
        "key usages",
        [_said(_tried(lambda: asked.key_usages), lambda found: ", ".join(found) or "none", "")],
    )
    yield (
        "for",
        [
            _said(
                _tried(lambda: asked.extended_key_usages),
                lambda found: ", ".join(_USAGES.get(oid, oid) for oid in found) or "nothing",
                "",
            )
        ],
    )
    constraints = _tried(lambda: asked.name_constraints)
    if isinstance(constraints, str):
        yield "permitted", [constraints]
    elif constraints is not None:
        yield "permitted", list(_subtrees(constraints.permitted))
        yield "excluded", list(_subtrees(constraints.excluded))


def _others(asked: X509Certificate | X509Request) -> Iterator[Fact]:
    yield (
        "other extensions",
        [
            f"{one.oid} (critical)" if one.critical else one.oid
            for one in asked.extensions
            if one.oid not in _DESCRIBED
        ],
    )


def _tried(read: Callable[[], _T]) -> _T | str:
    """Read what a request may have although it cannot be read; why not, in words, if so."""
    try:
        return read()
    except UnreadableError as error:
        return f"cannot be read: {error}"


def _said(read: _T | str | None, say: Callable[[_T], str], nothing: str) -> str:
    if read is None:
        return nothing
    return read if isinstance(read, str) else say(read)


def _ca(constraints: BasicConstraints) -> str:
    if not constraints.is_ca:
        return "no"
    below = constraints.max_path_len
    return "yes" if below is None else f"yes, with at most {below} CAs below"


def _subtrees(trees: Subtrees) -> Iterator[str]:
    yield from (f"DNS {domain or '(every one)'}" for domain in trees.dns_domains)
    yield from (f"IP {addresses}" for addresses in trees.ip_ranges)
    yield from (f"email {address}" for address in trees.email_addresses)
    yield from (f"URI {domain}" for domain in trees.uri_domains)


def _algorithm(algorithm: SignatureAlgorithm) -> str:
    if algorithm is SignatureAlgorithm.UNKNOWN:
        return "of an algorithm that cert-manager does not know"
    return f"{algorithm}, which proves nothing" if algorithm in WEAK_SIGNATURES else str(algorithm)


def _owners(key: PrivateKey, found: Sequence[Item]) -> str:
    """Say for which of the certificates and requests of the file a key is."""
    owners = []
    for kind, word in ((X509Certificate, "certificate"), (X509Request, "request")):
        of_kind = [item for item in found if isinstance(item, kind)]
        owners += [
            f"the {word}" if len(of_kind) == 1 else f"{word} {number}"
            for number, one in enumerate(of_kind, start=1)
            if key.matches(one.public_key)
        ]
        if of_kind and not owners:
            owners.append(f"no {word} in the file")
    return ", ".join(owners)


def _chain(certificates: Sequence[X509Certificate]) -> str:
    try:
        chain = order_chain(certificates)
    except InvalidValueError as error:
        return f"none: {error}"
    if chain.certificates == tuple(certificates):
        return "these are one chain, in the order that servers send"
    return "these are one chain, but not as servers send it: certlife chain puts that right"


def _columns(facts: Iterator[Fact]) -> Iterator[str]:
    """Write what is said beside what it is said of; nothing where nothing is said."""
    for term, lines in facts:
        said = [line for line in lines if line]
        more = len(said) - _LINES
        said = [*said[:_LINES], f"and {more} more"] if more > 0 else said
        for head, line in zip([term, *[""] * len(said)], said, strict=False):
            yield f"  {head:16}  {shortened(line, _LINE_CHARACTERS)}"
