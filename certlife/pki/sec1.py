"""EC private keys as Go's crypto/x509 takes them: RFC 5915, which is SEC 1, appendix C.4.

Go derives the public half from the scalar, whatever the key says about it. `cryptography` does the
arithmetic, and reads what everybody writes. This module must never quote a scalar.
"""

from __future__ import annotations

import re
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP224R1,
    SECP256R1,
    SECP384R1,
    SECP521R1,
    EllipticCurve,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.serialization import load_der_private_key

from certlife.errors import UnreadableError
from certlife.pki import asn1


def load_plain_sec1(der: bytes) -> EllipticCurvePublicKey | None:
    """Return the public half of a key that is written as usual; None leaves it to `read_sec1`."""
    return _load(der, _SEC1)


def load_plain_pkcs8(der: bytes) -> EllipticCurvePublicKey | None:
    """Return the public half of an EC key in PKCS#8 that is written as usual, or None."""
    return _load(der, _PKCS8)


def read_sec1(der: bytes, start: int, end: int, curve_id: bytes | None) -> EllipticCurvePublicKey:
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
    return derive_private_key(scalar, curve).public_key()


_CURVES: Final[dict[bytes, EllipticCurve]] = {
    bytes.fromhex("2b81040021"): SECP224R1(),
    bytes.fromhex("2a8648ce3d030107"): SECP256R1(),
    bytes.fromhex("2b81040022"): SECP384R1(),
    bytes.fromhex("2b81040023"): SECP521R1(),
}
_INNER_CURVE: Final = asn1.CONTEXT | asn1.CONSTRUCTED | 0
_PUBLIC_PART: Final = asn1.CONTEXT | asn1.CONSTRUCTED | 1

# The shape of an EC key as everybody writes it, curve named and scalar padded; lengths unchecked.
_LENGTH: Final = rb"(?:[^\x80-\xff]|\x81.)"
_NAMED_CURVE: Final = (
    rb"\x06(?:\x05\x2b\x81\x04\x00[\x21-\x23]|\x08\x2a\x86\x48\xce\x3d\x03\x01\x07)"
)
_SEC1_BODY: Final = (
    rb"\x30%b\x02\x01\x01\x04(?:\x1c.{28}|\x20.{32}|\x30.{48}|\x42.{66})(?:\xa0.%b)?(?:\xa1.*)?"
) % (_LENGTH, _NAMED_CURVE)
_SEC1: Final = re.compile(_SEC1_BODY, re.DOTALL)
_PKCS8: Final = re.compile(
    rb"\x30%b\x02\x01\x00\x30.\x06\x07\x2a\x86\x48\xce\x3d\x02\x01%b\x04%b%b"
    % (_LENGTH, _NAMED_CURVE, _LENGTH, _SEC1_BODY),
    re.DOTALL,
)


def _load(der: bytes, shape: re.Pattern[bytes]) -> EllipticCurvePublicKey | None:
    """Let `cryptography` read an EC key, or return None where only Go might read it.

    It takes half the time when a key carries its public part, which it compares with the scalar.
    It also takes curves that are spelled out, and Go does not: hence the look at the shape.
    """
    if shape.fullmatch(der) is None:
        return None
    try:
        key = load_der_private_key(der, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return key.public_key() if isinstance(key, EllipticCurvePrivateKey) else None


def _expect(der: bytes, start: int, end: int, tag: int) -> tuple[int, int]:
    return asn1.expect(der, start, end, tag, "an EC key")
