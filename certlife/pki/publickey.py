"""Public keys as certificates and requests carry them: SubjectPublicKeyInfo, RFC 5280, 4.1.2.7.

A certificate whose key is malformed cannot be read at all, one whose key is of an algorithm that
Go does not know can; which is which follows Go's x509.parsePublicKey. `cryptography` gets to see a
key when somebody uses it, or when it is written in an unusual way. This module must never know a
private key.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

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
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certlife.errors import UnreadableError
from certlife.pki import asn1
from certlife.pki.curves import is_on_curve
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
_UNCOMPRESSED: Final = b"\x04"
_ED25519_BYTES: Final = 32
_ED25519_BITS: Final = 256
_TOP_BIT: Final = 0x80


class PublicKeyAlgorithm(StrEnum):
    """What Go calls the algorithm of a public key; "0" is any that it does not know."""

    RSA = "RSA"
    DSA = "DSA"
    ECDSA = "ECDSA"
    ED25519 = "Ed25519"
    UNKNOWN = "0"


_INCOMPARABLE: Final = (PublicKeyAlgorithm.DSA, PublicKeyAlgorithm.UNKNOWN)


@frozen
class PublicKey:
    """A public key that Go can read, or leaves unread because it does not know the algorithm.

    Attributes:
        spki: The DER of the SubjectPublicKeyInfo, as it stands in the certificate or request.
        algorithm: Its algorithm.
        size: Bits of the RSA modulus or of the curve, 256 for Ed25519; 0 where it is neither.
    """

    spki: bytes = field(repr=False)
    algorithm: PublicKeyAlgorithm = field(eq=False)
    size: int = field(eq=False)

    @property
    def native(self) -> NativeKey | None:
        """The key for `cryptography`, made anew whenever it is asked for.

        None for DSA, for unknown algorithms, and for RSA keys that Go reads but no one can use,
        such as those with an even exponent.
        """
        _, parameters, octets, _ = _members(self.spki, 0, len(self.spki))
        match self.algorithm:
            case PublicKeyAlgorithm.ECDSA:
                return EllipticCurvePublicKey.from_encoded_point(_CURVES[parameters], octets)
            case PublicKeyAlgorithm.RSA:
                modulus, exponent = _rsa_numbers(octets)
                try:
                    return RSAPublicNumbers(exponent, modulus).public_key()
                except ValueError:
                    return None
            case PublicKeyAlgorithm.ED25519:
                return Ed25519PublicKey.from_public_bytes(octets)
            case _:
                return None

    @property
    def is_comparable(self) -> bool:
        """Whether the key is of an algorithm whose keys Go can compare: RSA, ECDSA or Ed25519."""
        return self.algorithm not in _INCOMPARABLE

    def is_same_as(self, other: PublicKey) -> bool:
        """Tell whether both are one key, however it is written.

        As for Go, no key of DSA or an unknown algorithm is the same as any.
        """
        if not self.is_comparable:
            return False
        if self.spki == other.spki:
            return True
        native = self.native
        return native is not None and native == other.native

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the DER only, and read it again."""
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
    return _read_plain_key(der, start, end) or _read_any_key(der, start, end)


def public_key_of(native: NativeKey) -> PublicKey:
    """Describe a key of `cryptography`."""
    spki = native.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return _read_any_key(spki, 0, len(spki))


def elliptic_curve_key(size: int, coordinates: bytes) -> PublicKey:
    """Describe a key on a curve.

    Args:
        size: The bits of the curve: 256, 384 or 521.
        coordinates: x and y of its point, which is known to be on the curve.
    """
    return PublicKey(_PLAIN_EC_KEYS[size].before + coordinates, PublicKeyAlgorithm.ECDSA, size)


def ed25519_key(octets: bytes) -> PublicKey:
    """Describe an Ed25519 key by its 32 octets."""
    return PublicKey(_PLAIN_ED25519_KEY.before + octets, PublicKeyAlgorithm.ED25519, _ED25519_BITS)


def rsa_key(modulus: int, exponent: int) -> PublicKey:
    """Describe an RSA key.

    Args:
        modulus: Positive.
        exponent: From 3 up to the modulus.
    """
    size = modulus.bit_length()
    plain = _PLAIN_RSA_KEYS.get(size)
    if plain is None or exponent != _F4:
        return public_key_of(RSAPublicNumbers(exponent, modulus).public_key())
    spki = plain.before + modulus.to_bytes(plain.octets) + plain.after
    return PublicKey(spki, PublicKeyAlgorithm.RSA, size)


class _PlainKey(NamedTuple):
    """A SubjectPublicKeyInfo as nearly everybody writes it: what is around the key's octets."""

    algorithm: PublicKeyAlgorithm
    size: int
    before: bytes
    octets: int
    after: bytes


def _plain_ec(size: int, before: str, octets: int) -> _PlainKey:
    return _PlainKey(PublicKeyAlgorithm.ECDSA, size, bytes.fromhex(before), octets, b"")


def _plain_rsa(size: int, before: str, octets: int) -> _PlainKey:
    identified = before.replace("..", "300d06092a864886f70d0101010500")
    exponent = bytes.fromhex("0203010001")
    return _PlainKey(PublicKeyAlgorithm.RSA, size, bytes.fromhex(identified), octets, exponent)


_F4: Final = 65537
_PLAIN_EC_KEYS: Final = {
    256: _plain_ec(256, "3059301306072a8648ce3d020106082a8648ce3d03010703420004", 64),
    384: _plain_ec(384, "3076301006072a8648ce3d020106052b8104002203620004", 96),
    521: _plain_ec(521, "30819b301006072a8648ce3d020106052b810400230381860004", 132),
}
_PLAIN_RSA_KEYS: Final = {
    2048: _plain_rsa(2048, "30820122..0382010f003082010a0282010100", 256),
    3072: _plain_rsa(3072, "308201a2..0382018f003082018a0282018100", 384),
    4096: _plain_rsa(4096, "30820222..0382020f003082020a0282020100", 512),
}
_PLAIN_ED25519_KEY: Final = _PlainKey(
    PublicKeyAlgorithm.ED25519,
    _ED25519_BITS,
    bytes.fromhex("302a300506032b6570032100"),
    _ED25519_BYTES,
    b"",
)
_BEGINNING: Final = 4
_PLAIN_KEYS: Final = {
    plain.before[:_BEGINNING]: plain
    for plain in (*_PLAIN_EC_KEYS.values(), *_PLAIN_RSA_KEYS.values(), _PLAIN_ED25519_KEY)
}
"""By the first octets, the lengths that tell them apart."""


def _read_plain_key(der: bytes, start: int, end: int) -> PublicKey | None:
    """Read the key at `start` if it is written as usual and there is nothing wrong with it."""
    plain = _PLAIN_KEYS.get(der[start : start + _BEGINNING])
    if plain is None or not der.startswith(plain.before, start):
        return None
    algorithm, size, before, octets, after = plain
    key = start + len(before)
    key_stop = key + octets
    stop = key_stop + len(after)
    if stop > end or not der.startswith(after, key_stop):
        return None
    if algorithm is PublicKeyAlgorithm.ECDSA and not is_on_curve(size, der[key:stop]):
        return None
    # The first bit of a modulus is set, or it would be that of a smaller key.
    if algorithm is PublicKeyAlgorithm.RSA and der[key] < _TOP_BIT:
        return None
    return PublicKey(der[start:stop], algorithm, size)


def _read_any_key(der: bytes, start: int, end: int) -> PublicKey:
    """Read the key at `start`, however it is written."""
    oid, parameters, octets, stop = _members(der, start, end)
    spki = der[start:stop]
    if oid == _EC:
        return PublicKey(spki, PublicKeyAlgorithm.ECDSA, _check_point(parameters, octets))
    if oid == _RSA:
        return PublicKey(spki, PublicKeyAlgorithm.RSA, _check_rsa(parameters, octets))
    if oid == _ED25519:
        # RFC 8410, section 3: the parameters are absent.
        if parameters or len(octets) != _ED25519_BYTES:
            raise UnreadableError("expected an Ed25519 key of 32 bytes without parameters")
        return PublicKey(spki, PublicKeyAlgorithm.ED25519, _ED25519_BITS)
    if oid == _DSA:
        _check_dsa(parameters, octets)
        return PublicKey(spki, PublicKeyAlgorithm.DSA, 0)
    return PublicKey(spki, PublicKeyAlgorithm.UNKNOWN, 0)


def _members(der: bytes, start: int, end: int) -> tuple[bytes, bytes, bytes, int]:
    """Take a key apart: algorithm, parameters, octets, and where it stops."""
    content, stop = asn1.expect(der, start, end, asn1.SEQUENCE, "a SubjectPublicKeyInfo")
    oid, parameters, key = read_algorithm(der, content, stop)
    bits, bits_stop = asn1.expect(der, key, stop, asn1.BIT_STRING, "a public key as a BIT STRING")
    octets = asn1.right_aligned(*asn1.bit_string(der, bits, bits_stop))
    return oid, parameters, octets, stop


def _check_point(parameters: bytes, octets: bytes) -> int:
    """Check that a point is on its curve; return the curve's bits."""
    curve = _CURVES.get(parameters)
    if curve is None:
        raise UnreadableError("expected a key on P-224, P-256, P-384 or P-521")
    if octets.startswith(_UNCOMPRESSED):
        try:
            EllipticCurvePublicKey.from_encoded_point(curve, octets)
        except ValueError:
            pass
        else:
            return curve.key_size
    raise UnreadableError("expected an uncompressed point on the curve")


def _check_rsa(parameters: bytes, octets: bytes) -> int:
    """Check the numbers of an RSA key; return the bits of its modulus."""
    # RFC 3279, section 2.3.1: the parameters are NULL, and Go insists.
    if parameters != _NULL:
        raise UnreadableError("expected NULL as the parameters of an RSA key")
    modulus, exponent = _rsa_numbers(octets)
    if modulus <= 0 or exponent <= 0:
        raise UnreadableError("expected an RSA key of positive numbers")
    return modulus.bit_length()


def _rsa_numbers(octets: bytes) -> tuple[int, int]:
    content, stop = asn1.expect(octets, 0, len(octets), asn1.SEQUENCE, "an RSAPublicKey")
    modulus, after = _integer(octets, content, stop)
    exponent, exponent_stop = asn1.expect(octets, after, stop, asn1.INTEGER, "an RSA exponent")
    return modulus, asn1.small_integer(octets, exponent, exponent_stop)


def _check_dsa(parameters: bytes, octets: bytes) -> None:
    numbers = [_integer(octets, 0, len(octets))[0]]
    start, stop = asn1.expect(
        parameters, 0, len(parameters), asn1.SEQUENCE, "the parameters of a DSA key"
    )
    for _ in "pqg":
        number, start = _integer(parameters, start, stop)
        numbers.append(number)
    if min(numbers) <= 0:
        raise UnreadableError("expected a DSA key of positive numbers")


def _integer(der: bytes, start: int, end: int) -> tuple[int, int]:
    content, stop = asn1.expect(der, start, end, asn1.INTEGER, "a number of the public key")
    return asn1.integer(der, content, stop), stop
