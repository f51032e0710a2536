"""EC private keys as Go's crypto/x509 takes them: RFC 5915, which is SEC 1, appendix C.4.

Go derives the public half from the scalar, whatever the key says about it. `cryptography` does the
arithmetic. This module must never quote a scalar.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP224R1,
    SECP256R1,
    SECP384R1,
    SECP521R1,
    EllipticCurve,
    derive_private_key,
)
from cryptography.hazmat.primitives.serialization import load_der_private_key

from certlife.errors import UnreadableError
from certlife.pki import asn1
from certlife.pki.publickey import PublicKey, elliptic_curve_key, public_key_of


def read_plain_sec1(der: bytes) -> PublicKey | None:
    """Return the public half of a key that is written as usual; None leaves it to `read_sec1`."""
    return _read_plain(der, _SEC1)


def read_plain_pkcs8(der: bytes) -> PublicKey | None:
    """Return the public half of an EC key in PKCS#8 that is written as usual, or None."""
    return _read_plain(der, _PKCS8)


def read_sec1(der: bytes, start: int, end: int, curve_id: bytes | None) -> PublicKey:
    """Read the ECPrivateKey at `start`: its public half, derived. What follows it is ignored.

    Args:
        der: The bytes.
        start: Where the key starts.
        end: Where it has to stop at the latest.
        curve_id: The content of the OBJECT IDENTIFIER of its curve; None if the key itself has it.

    Raises:
        UnreadableError: It is not DER, its curve is not one of Go's, or its scalar is out of range.
    """
    start, end = _expect(der, start, end, asn1.SEQUENCE)
    version, at = _expect(der, start, end, asn1.INTEGER)
    if der[version:at] != b"\x01":
        raise UnreadableError("expected version 1 of the EC key format")
    scalar_start, at = _expect(der, at, end, asn1.OCTET_STRING)
    # RFC 5915, section 3, pads it to the size of the curve; Go takes more zeros, and fewer.
    scalar = int.from_bytes(der[scalar_start:at])
    if asn1.peek(der, at, end) == _INNER_CURVE:
        explicit, at = _expect(der, at, end, _INNER_CURVE)
        inner, stop = _expect(der, explicit, at, asn1.OBJECT_IDENTIFIER)
        curve_id = curve_id or der[inner:stop]
    if asn1.peek(der, at, end) == _PUBLIC_PART:
        explicit, at = _expect(der, at, end, _PUBLIC_PART)
        asn1.bit_string(der, *_expect(der, explicit, at, asn1.BIT_STRING))
    curve = _CURVES.get(curve_id or b"")
    if curve is None:
        raise UnreadableError("expected the curve P-224, P-256, P-384 or P-521")
    if not 0 < scalar < curve.group_order:
        raise UnreadableError("expected an EC key between zero and the order of its curve")
    return public_key_of(derive_private_key(scalar, curve).public_key())


_CURVES: Final[dict[bytes, EllipticCurve]] = {
    bytes.fromhex("2b81040021"): SECP224R1(),
    bytes.fromhex("2a8648ce3d030107"): SECP256R1(),
    bytes.fromhex("2b81040022"): SECP384R1(),
    bytes.fromhex("2b81040023"): SECP521R1(),
}
_INNER_CURVE: Final = asn1.CONTEXT | asn1.CONSTRUCTED | 0
_PUBLIC_PART: Final = asn1.CONTEXT | asn1.CONSTRUCTED | 1


class _PlainKey(NamedTuple):
    """An EC key as everybody writes it: what is around the scalar, before the coordinates."""

    size: int
    before: bytes
    octets: int
    between: bytes


def _plain(size: int, before: str, octets: int, between: str) -> _PlainKey:
    return _PlainKey(size, bytes.fromhex(before), octets, bytes.fromhex(between))


# By the length of the DER, which tells them apart.
_SEC1: Final = {
    121: _plain(256, "30770201010420", 32, "a00a06082a8648ce3d030107a14403420004"),
    167: _plain(384, "3081a40201010430", 48, "a00706052b81040022a16403620004"),
    223: _plain(521, "3081dc0201010442", 66, "a00706052b81040023a181890381860004"),
}
_PKCS8: Final = {
    138: _plain(
        256,
        "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420",
        32,
        "a14403420004",
    ),
    185: _plain(
        384,
        "3081b6020100301006072a8648ce3d020106052b8104002204819e30819b0201010430",
        48,
        "a16403620004",
    ),
    241: _plain(
        521,
        "3081ee020100301006072a8648ce3d020106052b810400230481d63081d30201010442",
        66,
        "a181890381860004",
    ),
}


def _read_plain(der: bytes, forms: dict[int, _PlainKey]) -> PublicKey | None:
    """Let `cryptography` check that the point which the key states is that of its scalar.

    That takes two thirds of the time that it takes to derive one.
    """
    form = forms.get(len(der))
    if form is None:
        return None
    size, before, octets, between = form
    scalar_stop = len(before) + octets
    point = scalar_stop + len(between)
    if not der.startswith(before) or der[scalar_stop:point] != between:
        return None
    try:
        load_der_private_key(der, None)
    except ValueError:
        return None
    return elliptic_curve_key(size, der[point:])


def _expect(der: bytes, start: int, end: int, tag: int) -> tuple[int, int]:
    return asn1.expect(der, start, end, tag, "an EC key")
