"""The extensions of certificates and requests, RFC 5280, section 4.2, but for the names in them.

A certificate can only be read if every extension that Go knows can, so there is a reader or a check
for each. What they mean for a decision is for the policies to say.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from certlife.errors import UnreadableError
from certlife.pki import asn1
from certlife.pki.known_extensions import KEY_ID_BYTES, KNOWN_EXTENSIONS, KNOWN_KEY_IDS
from certlife.pki.name_constraints import read_certificate_constraints

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# The contents of the OBJECT IDENTIFIERs: id-ce is 2.5.29, id-pe 1.3.6.1.5.5.7.1.
SUBJECT_KEY_ID: Final = b"\x55\x1d\x0e"
KEY_USAGE: Final = b"\x55\x1d\x0f"
ALTERNATIVE_NAMES: Final = b"\x55\x1d\x11"
BASIC_CONSTRAINTS: Final = b"\x55\x1d\x13"
NAME_CONSTRAINTS: Final = b"\x55\x1d\x1e"
AUTHORITY_KEY_ID: Final = b"\x55\x1d\x23"
EXTENDED_KEY_USAGE: Final = b"\x55\x1d\x25"
_DISTRIBUTION_POINTS: Final = b"\x55\x1d\x1f"
_POLICIES: Final = b"\x55\x1d\x20"
_POLICY_MAPPINGS: Final = b"\x55\x1d\x21"
_POLICY_CONSTRAINTS: Final = b"\x55\x1d\x24"
_INHIBIT_ANY_POLICY: Final = b"\x55\x1d\x36"
_AUTHORITY_INFORMATION: Final = bytes.fromhex("2b06010505070101")

_LONG_FORM: Final = 0x80
_ID_CE: Final = b"\x06\x03\x55\x1d"  # an OBJECT IDENTIFIER of three octets: 2.5.29.x
_TRUE_OCTETS: Final = b"\x01\x01\xff\x04"  # BOOLEAN TRUE, and an OCTET STRING begins
_CONTEXT_0: Final = asn1.CONTEXT | asn1.CONSTRUCTED
_URI: Final = asn1.CONTEXT | 6
# Of policies only, Go takes arcs of any size.
_LARGE_OBJECT_IDENTIFIERS: Final = re.compile(
    rb"(?:[\x00-\x7f]|[\x81-\xff][\x80-\xff]*[\x00-\x7f])+"
)


class KeyUsageBit(StrEnum):
    """The bits of the key usage extension, bit 0 first, as `spec.usages` spells them."""

    DIGITAL_SIGNATURE = "digital signature"
    CONTENT_COMMITMENT = "content commitment"
    KEY_ENCIPHERMENT = "key encipherment"
    DATA_ENCIPHERMENT = "data encipherment"
    KEY_AGREEMENT = "key agreement"
    CERT_SIGN = "cert sign"
    CRL_SIGN = "crl sign"
    ENCIPHER_ONLY = "encipher only"
    DECIPHER_ONLY = "decipher only"


_KEY_USAGES: Final = tuple((1 << 15 - number, usage) for number, usage in enumerate(KeyUsageBit))


@frozen
class BasicConstraints:
    """Section 4.2.1.9: may the key sign certificates, and how many CAs may come below.

    Attributes:
        is_ca: cA.
        max_path_len: pathLenConstraint; None without one.
    """

    is_ca: bool
    max_path_len: int | None


@frozen
class Extension:
    """One extension, as it stands there.

    Attributes:
        oid: Its type, as dotted numbers.
        critical: Whether who does not know it has to refuse the certificate.
        value: The DER in it.
    """

    oid: str
    critical: bool
    value: bytes = field(repr=False)


def read_certificate_extensions(
    der: bytes, start: int, end: int
) -> dict[bytes, tuple[bool, bytes]]:
    """Read the extensions from `start` to `end`, and check that Go reads a certificate with them.

    Returns:
        By the content of its OBJECT IDENTIFIER, whether each is critical, and its value.

    Raises:
        UnreadableError: One is malformed, comes twice, or is marked critical where it must not be.
            Alternative names are the caller's to read, and values of types that Go does not know
            are not looked at.
    """
    found: dict[bytes, tuple[bool, bytes]] = {}
    while start + 1 < end:
        octets = der[start : start + 2 + der[start + 1]]
        known = KNOWN_EXTENSIONS.get(octets)
        if known:
            oid, extension = known
            start += len(octets)
        elif octets[:-KEY_ID_BYTES] in KNOWN_KEY_IDS:
            oid, extension = octets[4:7], (False, octets[9:])
            start += len(octets)
        else:
            oid, critical, value, start = read_certificate_extension(der, start, end)
            extension = critical, value
        # Section 4.2: an extension comes once.
        if oid in found:
            raise UnreadableError("expected each extension once")
        found[oid] = extension
    if start != end:
        raise UnreadableError("expected DER that is not cut off")
    return found


def read_certificate_extension(der: bytes, start: int, end: int) -> tuple[bytes, bool, bytes, int]:
    """Read the extension at `start` and check that Go reads a certificate that has it.

    Returns:
        As `read_extension`.

    Raises:
        UnreadableError: As `read_certificate_extensions`.
    """
    oid, critical, value, after = read_extension(der, start, end)
    check = _CHECKS.get(oid)
    if check is not None:
        if critical and oid in _NEVER_CRITICAL:
            raise UnreadableError("expected key ids and information access not to be critical")
        check(value)
    return oid, critical, value, after


def read_extension(der: bytes, start: int, end: int) -> tuple[bytes, bool, bytes, int]:
    """Read the extension at `start`, whatever its value.

    Returns:
        The content of its OBJECT IDENTIFIER, whether it is critical, its value, and where what
        follows starts. More after the value is no matter to Go.

    Raises:
        UnreadableError: It is malformed.
    """
    plain = _plain_extension(der, start, end)
    if plain:
        return plain
    content, after = asn1.expect(der, start, end, asn1.SEQUENCE, "an extension")
    oid, oid_stop = asn1.expect(der, content, after, asn1.OBJECT_IDENTIFIER, "an extension's type")
    asn1.check_object_identifier(der, oid, oid_stop)
    tag, content, stop = asn1.element(der, oid_stop, after)
    critical = False
    if tag == asn1.BOOLEAN:
        critical = asn1.boolean(der, content, stop)
        tag, content, stop = asn1.element(der, stop, after)
    if tag != asn1.OCTET_STRING:
        raise UnreadableError("expected an extension's value as an OCTET STRING")
    return der[oid:oid_stop], critical, der[content:stop], after


def _plain_extension(der: bytes, start: int, end: int) -> tuple[bytes, bool, bytes, int] | None:
    """Read at a glance what most extensions are: of an id-ce type, and in short lengths."""
    if der[start + 2 : start + 6] != _ID_CE or start + 9 > end:
        return None
    length = der[start + 1]
    stop = start + 2 + length
    if (
        stop <= end
        and length < _LONG_FORM
        and der[start] == asn1.SEQUENCE
        and der[start + 6] < _LONG_FORM
    ):
        if der[start + 7] == asn1.OCTET_STRING and der[start + 8] == length - 7:
            return der[start + 4 : start + 7], False, der[start + 9 : stop], stop
        value = start + 12
        if (
            value <= stop
            and der[start + 7 : value - 1] == _TRUE_OCTETS
            and der[value - 1] == stop - value
        ):
            return der[start + 4 : start + 7], True, der[value:stop], stop
    return None


def read_key_usages(value: bytes) -> tuple[KeyUsageBit, ...]:
    """Read the key usage extension, section 4.2.1.3, in the order of the bits."""
    bits = int.from_bytes(_read_key_usage_bits(value)[:2].ljust(2, b"\0"))
    return tuple([usage for mask, usage in _KEY_USAGES if bits & mask])


def _read_key_usage_bits(value: bytes) -> bytes:
    content, stop = asn1.expect(value, 0, len(value), asn1.BIT_STRING, "key usages as a BIT STRING")
    return asn1.bit_string(value, content, stop)[0]


def read_extended_key_usages(value: bytes) -> tuple[str, ...]:
    """Read the extended key usage extension, section 4.2.1.12, as dotted numbers, in its order."""
    start, end = asn1.expect(value, 0, len(value), asn1.SEQUENCE, "a SEQUENCE of key purposes")
    oids = []
    while start < end:
        content, start = asn1.expect(
            value, start, end, asn1.OBJECT_IDENTIFIER, "a key purpose as an OBJECT IDENTIFIER"
        )
        oids.append(asn1.object_identifier(value, content, start))
    return tuple(oids)


def read_basic_constraints(value: bytes) -> BasicConstraints:
    """Read the basic constraints extension, section 4.2.1.9."""
    start, end = asn1.expect(value, 0, len(value), asn1.SEQUENCE, "basic constraints")
    is_ca = False
    max_path_len = None
    if asn1.peek(value, start, end) == asn1.BOOLEAN:
        _, content, start = asn1.element(value, start, end)
        is_ca = asn1.boolean(value, content, start)
    if asn1.peek(value, start, end) == asn1.INTEGER:
        _, content, stop = asn1.element(value, start, end)
        max_path_len = asn1.small_integer(value, content, stop)
        if max_path_len < 0:
            raise UnreadableError("expected a path length that is not negative")
    return BasicConstraints(is_ca, max_path_len)


def read_subject_key_id(value: bytes) -> bytes:
    """Read the subject key identifier extension, section 4.2.1.2."""
    content, stop = asn1.expect(value, 0, len(value), asn1.OCTET_STRING, "a key identifier")
    return value[content:stop]


def read_authority_key_id(value: bytes) -> bytes | None:
    """Read the key identifier in the authority key identifier extension, section 4.2.1.1."""
    start, end = asn1.expect(value, 0, len(value), asn1.SEQUENCE, "an authority key identifier")
    if asn1.peek(value, start, end) != asn1.CONTEXT:
        return None
    _, content, stop = asn1.element(value, start, end)
    return value[content:stop]


def _check_distribution_points(value: bytes) -> None:
    # Section 4.2.1.13; Go reads full names only and looks no further than the first that is no URI.
    for point, stop in _sequences(value, "distribution points"):
        if asn1.peek(value, point, stop) != _CONTEXT_0:
            continue
        _, name, name_stop = asn1.element(value, point, stop)
        start, end = asn1.expect(value, name, name_stop, _CONTEXT_0, "full names")
        while asn1.peek(value, start, end) == _URI:
            _, _, start = asn1.element(value, start, end)


def _check_policies(value: bytes) -> None:
    # Section 4.2.1.4: no policy comes twice.
    seen = set()
    for policy, stop in _sequences(value, "certificate policies"):
        oid, oid_stop = asn1.expect(
            value, policy, stop, asn1.OBJECT_IDENTIFIER, "a policy as an OBJECT IDENTIFIER"
        )
        octets = value[oid:oid_stop]
        if octets in seen or not _LARGE_OBJECT_IDENTIFIERS.fullmatch(octets):
            raise UnreadableError("expected certificate policies, each once")
        seen.add(octets)


def _check_policy_mappings(value: bytes) -> None:
    for mapping, stop in _sequences(value, "policy mappings"):
        what = "two policies as OBJECT IDENTIFIERs"
        _, issuers = asn1.expect(value, mapping, stop, asn1.OBJECT_IDENTIFIER, what)
        asn1.expect(value, issuers, stop, asn1.OBJECT_IDENTIFIER, what)


def _check_policy_constraints(value: bytes) -> None:
    start, end = asn1.expect(value, 0, len(value), asn1.SEQUENCE, "policy constraints")
    for tag in (asn1.CONTEXT, asn1.CONTEXT | 1):
        if asn1.peek(value, start, end) == tag:
            _, content, start = asn1.element(value, start, end)
            asn1.small_integer(value, content, start)


def _check_inhibit_any_policy(value: bytes) -> None:
    content, stop = asn1.expect(value, 0, len(value), asn1.INTEGER, "a number of certificates")
    asn1.small_integer(value, content, stop)


def _check_authority_information(value: bytes) -> None:
    # Section 4.2.2.1.
    for description, stop in _sequences(value, "authority information"):
        oid, oid_stop = asn1.expect(
            value, description, stop, asn1.OBJECT_IDENTIFIER, "an access method"
        )
        asn1.check_object_identifier(value, oid, oid_stop)
        if asn1.peek(value, oid_stop, stop) == _URI:
            asn1.element(value, oid_stop, stop)


def _sequences(value: bytes, what: str) -> Iterator[tuple[int, int]]:
    """Yield where the content of each SEQUENCE in the value's SEQUENCE starts and stops."""
    start, end = asn1.expect(value, 0, len(value), asn1.SEQUENCE, what)
    while start < end:
        content, start = asn1.expect(value, start, end, asn1.SEQUENCE, what)
        yield content, start


_CHECKS: Final[dict[bytes, Callable[[bytes], object]]] = {
    SUBJECT_KEY_ID: read_subject_key_id,
    KEY_USAGE: _read_key_usage_bits,
    BASIC_CONSTRAINTS: read_basic_constraints,
    NAME_CONSTRAINTS: read_certificate_constraints,
    AUTHORITY_KEY_ID: read_authority_key_id,
    EXTENDED_KEY_USAGE: read_extended_key_usages,
    _DISTRIBUTION_POINTS: _check_distribution_points,
    _POLICIES: _check_policies,
    _POLICY_MAPPINGS: _check_policy_mappings,
    _POLICY_CONSTRAINTS: _check_policy_constraints,
    _INHIBIT_ANY_POLICY: _check_inhibit_any_policy,
    _AUTHORITY_INFORMATION: _check_authority_information,
}
# RFC 5280, sections 4.2.1.1, 4.2.1.2 and 4.2.2.1.
_NEVER_CRITICAL: Final = frozenset({SUBJECT_KEY_ID, AUTHORITY_KEY_ID, _AUTHORITY_INFORMATION})
