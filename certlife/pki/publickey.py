"""Public keys as certificates and requests carry them: SubjectPublicKeyInfo, RFC 5280, 4.1.2.7.

A certificate whose key is malformed cannot be read at all, one whose key is of an algorithm that
Go does not know can; which is which follows Go's x509.parsePublicKey. The points and numbers are
decoded by `cryptography`. This module must never know a private key.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, TypeAlias

from attrs import field, frozen
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP224R1,
    SECP256R1,
    SECP384R1,
    SECP521R1,
    EllipticCurve,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

from certlife.errors import UnreadableError
from certlife.pki import asn1
from certlife.pki.signatures import read_algorithm

NativeKey: TypeAlias = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey
"""A public key of `cryptography`; two of them compare with `==`."""

_RSA: Final = bytes.fromhex("2a864886f70d010101")  # 1.2.840.113549.1.1.1
_DSA: Final = bytes.fromhex("2a8648ce380401")  # 1.2.840.10040.4.1
_EC: Final = bytes.fromhex("2a8648ce3d0201")  # 1.2.840.10045.2.1
_ED25519: Final = bytes.fromhex("2b6570")  # 1.3.101.112

_NULL: Final = b"\x05\x00"
_CURVES: Final[dict[bytes, EllipticCurve]] = {
    bytes.fromhex("06052b81040021"): SECP224R1(),
    bytes.fromhex("06082a8648ce3d030107"): SECP256R1(),
    bytes.fromhex("06052b81040022"): SECP384R1(),
    bytes.fromhex("06052b81040023"): SECP521R1(),
}
# What comes before the point in a SubjectPublicKeyInfo as everybody writes it, and its size.
_PLAIN_KEYS: Final[dict[bytes, tuple[EllipticCurve, int]]] = {
    bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200"): (SECP256R1(), 65),
    bytes.fromhex("3076301006072a8648ce3d020106052b81040022036200"): (SECP384R1(), 97),
    bytes.fromhex("30819b301006072a8648ce3d020106052b8104002303818600"): (SECP521R1(), 133),
}
_UNCOMPRESSED: Final = b"\x04"
_ED25519_BYTES: Final = 32


class PublicKeyAlgorithm(StrEnum):
    """What Go calls the algorithm of a public key; "0" is any that it does not know."""

    RSA = "RSA"
    DSA = "DSA"
    ECDSA = "ECDSA"
    ED25519 = "Ed25519"
    UNKNOWN = "0"


@frozen
class PublicKey:
    """A public key that Go can read, or leaves unread because it does not know the algorithm.

    Attributes:
        spki: The DER of the SubjectPublicKeyInfo, as it stands in the certificate or request.
        algorithm: Its algorithm.
        size: Bits of the RSA modulus or of the curve, 256 for Ed25519; 0 where it is neither.
        native: The key for `cryptography`; None for DSA, for unknown algorithms, and for RSA keys
            that Go reads but no one can use, such as those with an even exponent.
    """

    spki: bytes = field(repr=False)
    algorithm: PublicKeyAlgorithm = field(eq=False)
    size: int = field(eq=False)
    native: NativeKey | None = field(eq=False, repr=False)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the DER only; `cryptography` keys cannot be pickled."""
        return read_public_key, (self.spki, 0, len(self.spki))


def read_public_key(der: bytes, start: int, end: int) -> PublicKey:
    """Read the SubjectPublicKeyInfo at `start`.

    Args:
        der: The bytes.
        start: Where it starts.
        end: Where it has to stop at the latest.

    Raises:
        UnreadableError: It is malformed, or a key of a known algorithm that Go refuses.
    """
    for header, (curve, size) in _PLAIN_KEYS.items():
        point = start + len(header)
        if der.startswith(header, start) and point + size <= end:
            # Nearly every elliptic curve key: nothing in its header is left to be checked.
            stop = point + size
            return _elliptic_curve(der[start:stop], curve, der[point:stop])
    content, stop = asn1.expect(der, start, end, asn1.SEQUENCE, "a SubjectPublicKeyInfo")
    oid, parameters, key = read_algorithm(der, content, stop)
    bits, bits_stop = asn1.expect(der, key, stop, asn1.BIT_STRING, "a public key as a BIT STRING")
    octets = asn1.right_aligned(*asn1.bit_string(der, bits, bits_stop))
    spki = der[start:stop]
    if oid == _EC:
        if parameters not in _CURVES:
            raise UnreadableError("expected a key on P-224, P-256, P-384 or P-521")
        return _elliptic_curve(spki, _CURVES[parameters], octets)
    if oid == _RSA:
        return _rsa(spki, parameters, octets)
    if oid == _ED25519:
        return _ed25519(spki, parameters, octets)
    if oid == _DSA:
        return _dsa(spki, parameters, octets)
    return PublicKey(spki, PublicKeyAlgorithm.UNKNOWN, 0, None)


def _elliptic_curve(spki: bytes, curve: EllipticCurve, octets: bytes) -> PublicKey:
    if not octets.startswith(_UNCOMPRESSED):
        raise UnreadableError("expected an uncompressed point on the curve")
    try:
        native = EllipticCurvePublicKey.from_encoded_point(curve, octets)
    except ValueError:
        raise UnreadableError("expected an uncompressed point on the curve") from None
    return PublicKey(spki, PublicKeyAlgorithm.ECDSA, curve.key_size, native)


def _rsa(spki: bytes, parameters: bytes, octets: bytes) -> PublicKey:
    # RFC 3279, section 2.3.1: the parameters are NULL, and Go insists.
    if parameters != _NULL:
        raise UnreadableError("expected NULL as the parameters of an RSA key")
    end = len(octets)
    content, stop = asn1.expect(octets, 0, end, asn1.SEQUENCE, "an RSAPublicKey")
    modulus, after = _integer(octets, content, stop)
    exponent_at, exponent_stop = asn1.expect(octets, after, stop, asn1.INTEGER, "an RSA exponent")
    exponent = asn1.small_integer(octets, exponent_at, exponent_stop)
    if modulus <= 0 or exponent <= 0:
        raise UnreadableError("expected an RSA key of positive numbers")
    try:
        native = RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError:
        native = None
    return PublicKey(spki, PublicKeyAlgorithm.RSA, modulus.bit_length(), native)


def _ed25519(spki: bytes, parameters: bytes, octets: bytes) -> PublicKey:
    # RFC 8410, section 3: the parameters are absent.
    if parameters or len(octets) != _ED25519_BYTES:
        raise UnreadableError("expected an Ed25519 key of 32 bytes without parameters")
    native = Ed25519PublicKey.from_public_bytes(octets)
    return PublicKey(spki, PublicKeyAlgorithm.ED25519, 8 * _ED25519_BYTES, native)


def _dsa(spki: bytes, parameters: bytes, octets: bytes) -> PublicKey:
    numbers = [_integer(octets, 0, len(octets))[0]]
    start, stop = asn1.expect(
        parameters, 0, len(parameters), asn1.SEQUENCE, "the parameters of a DSA key"
    )
    for _ in "pqg":
        number, start = _integer(parameters, start, stop)
        numbers.append(number)
    if min(numbers) <= 0:
        raise UnreadableError("expected a DSA key of positive numbers")
    return PublicKey(spki, PublicKeyAlgorithm.DSA, 0, None)


def _integer(der: bytes, start: int, end: int) -> tuple[int, int]:
    content, stop = asn1.expect(der, start, end, asn1.INTEGER, "a number of the public key")
    return asn1.integer(der, content, stop), stop
