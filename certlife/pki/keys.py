"""Private keys, accepted exactly as cert-manager's DecodePrivateKeyBytes accepts them.

A Secret whose key it cannot read is issued anew, so both leniency (a scalar without its padding, a
missing public part) and strictness (the PEM label chooses the format, an RSA key's numbers must
fit together) are Go's. This module reads keys in order to judge them: it never signs, never writes
one, and never quotes a byte of one. What it accepts has not been tested for primality.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, cast

from attrs import field, frozen
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certlife.errors import UnreadableError, WrongTypeError
from certlife.pki import asn1
from certlife.pki.pem import MAX_PRIVATE_KEY_BYTES, first_block
from certlife.pki.pkcs1 import read_pkcs1
from certlife.pki.publickey import (
    NativeKey,
    PublicKey,
    PublicKeyAlgorithm,
    ed25519_key,
    public_key_of,
)
from certlife.pki.sec1 import read_plain_pkcs8, read_plain_sec1, read_sec1


class KeyAlgorithm(StrEnum):
    """The algorithms of `spec.privateKey.algorithm`."""

    RSA = "RSA"
    ECDSA = "ECDSA"
    ED25519 = "Ed25519"


class KeyEncoding(StrEnum):
    """The encodings of `spec.privateKey.encoding`; PKCS1 also names an EC key's own form, SEC 1."""

    PKCS1 = "PKCS1"
    PKCS8 = "PKCS8"


@frozen
class KeyFacts:
    """What decisions ask of a private key, without the key.

    Attributes:
        algorithm: What it signs with.
        size: In bits, as of PrivateKey.
        encoding: How it was written down.
        spki_der: The SubjectPublicKeyInfo of its public half.
    """

    algorithm: KeyAlgorithm
    size: int
    encoding: KeyEncoding
    spki_der: bytes = field(repr=False)

    def matches(self, public_key: PublicKey) -> bool:
        """Tell whether this is the public half of the key; never so for unknown algorithms."""
        return _is_spki_of(public_key, self.spki_der)


@frozen(repr=False)
class PrivateKey:
    """A private key as it stands in its PEM block: equal, hashed and pickled by label and DER.

    Its repr holds no key material; neither does anything that is read off it, nor any error.

    Attributes:
        label: The PEM label: "PRIVATE KEY", "EC PRIVATE KEY" or "RSA PRIVATE KEY".
        der: What the block holds. This is the secret.

    Raises:
        UnreadableError: The DER is not a key that cert-manager reads under this label.
        WrongTypeError: The label is no str, or the DER no bytes.
    """

    label: str
    der: bytes
    _public_half: PublicKey = field(init=False, eq=False)

    @_public_half.default
    def _read(self) -> PublicKey:
        if not isinstance(self.label, str):
            raise WrongTypeError("expected a PEM label as str")
        if not isinstance(self.der, bytes):
            raise WrongTypeError("expected a private key's DER as bytes")
        match self.label:
            case "PRIVATE KEY":
                return read_plain_pkcs8(self.der) or _read_pkcs8(self.der)
            case "EC PRIVATE KEY":
                return read_plain_sec1(self.der) or read_sec1(self.der, 0, len(self.der), None)
            case "RSA PRIVATE KEY":
                return read_pkcs1(self.der, 0, len(self.der))
            case label:
                raise UnreadableError(
                    _OTHER_LABELS.get(label, "expected a private key's PEM label")
                )

    @classmethod
    def from_pem(cls, data: bytes | str) -> PrivateKey:
        """Read the first PEM block; what follows it is ignored, even another key.

        Args:
            data: At most 13,000 bytes of PEM.

        Raises:
            UnreadableError: There is no PEM block, too much text, or the first block is no key
                that cert-manager reads. The rule says which, and no value is quoted.
            WrongTypeError: `data` is neither bytes nor str.
        """
        if isinstance(data, str):
            data = data.encode(errors="surrogatepass")
        elif not isinstance(data, bytes):
            raise WrongTypeError("expected a private key's PEM as bytes or str")
        if len(data) > MAX_PRIVATE_KEY_BYTES:
            raise UnreadableError(f"expected at most {MAX_PRIVATE_KEY_BYTES:,} bytes of PEM")
        block = first_block(data)
        if block is None:
            raise UnreadableError("expected a PEM block")
        try:
            return cls(block.label, block.der)
        except UnreadableError:
            # RFC 1421, section 4.6.1.1. Go ignores the header and chokes on the ciphertext.
            if b"Proc-Type: 4,ENCRYPTED" in data:
                raise UnreadableError(_ENCRYPTED) from None
            raise

    @property
    def algorithm(self) -> KeyAlgorithm:
        """What the key signs with."""
        return _ALGORITHMS[self._public_half.algorithm]

    @property
    def size(self) -> int:
        """Bits: of the modulus (RSA), of the curve (224, 256, 384 or 521); 256 for Ed25519."""
        return self._public_half.size

    @property
    def encoding(self) -> KeyEncoding:
        """How the key is written down."""
        return KeyEncoding.PKCS8 if self.label == "PRIVATE KEY" else KeyEncoding.PKCS1

    @property
    def public_key(self) -> NativeKey:
        """The public half, for `cryptography`; compare it with `==`."""
        # The checks of a private key leave none that `cryptography` refuses.
        return cast("NativeKey", self._public_half.native)

    @property
    def spki_der(self) -> bytes:
        """The SubjectPublicKeyInfo (RFC 5280, section 4.1) of a certificate for this key."""
        return self._public_half.spki

    @property
    def facts(self) -> KeyFacts:
        """What is left to know when the key is taken away."""
        return KeyFacts(self.algorithm, self.size, self.encoding, self.spki_der)

    def matches(self, public_key: PublicKey) -> bool:
        """Tell whether this is the public half of the key; never so for unknown algorithms."""
        return _is_spki_of(public_key, self.spki_der)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the key as it is written; `cryptography`'s objects cannot be pickled."""
        return PrivateKey, (self.label, self.der)

    def __repr__(self) -> str:
        kind = f"algorithm={self.algorithm.value}, size={self.size}"
        return f"PrivateKey({kind}, encoding={self.encoding.value})"


# To look one up takes a tenth of the time that calling the enumeration does.
_ALGORITHMS: Final = {
    PublicKeyAlgorithm.RSA: KeyAlgorithm.RSA,
    PublicKeyAlgorithm.ECDSA: KeyAlgorithm.ECDSA,
    PublicKeyAlgorithm.ED25519: KeyAlgorithm.ED25519,
}
_ED25519_BITS: Final = 256

_THIS_KIND: Final = "a key of the kind that its PEM label says"
_ENCRYPTED: Final = "the key is encrypted"
_OTHER_LABELS: Final = {
    "ENCRYPTED PRIVATE KEY": _ENCRYPTED,
    "CERTIFICATE": "expected a private key, not a certificate",
    "DSA PRIVATE KEY": "DSA keys are not supported",
    "EC PARAMETERS": "expected a private key, not EC parameters; only the first PEM block counts",
    "OPENSSH PRIVATE KEY": "keys in OpenSSH's own format are not supported",
    "PUBLIC KEY": "expected a private key, not a public key",
}

# Object identifiers as DER spells them.
_RSA: Final = bytes.fromhex("2a864886f70d010101")
_EC: Final = bytes.fromhex("2a8648ce3d0201")
_ED25519: Final = bytes.fromhex("2b6570")
_OTHER_ALGORITHMS: Final = {
    bytes.fromhex("2a8648ce380401"): "DSA keys are not supported",
    bytes.fromhex("2a864886f70d01010a"): "RSA keys bound to PSS are not supported",
    bytes.fromhex("2b656e"): "X25519 keys cannot sign",
    bytes.fromhex("2b6571"): "Ed448 keys are not supported",
}


def _is_spki_of(public_key: PublicKey, spki: bytes) -> bool:
    """Tell whether `spki` is the usual way to write a key, which may be written in another."""
    if public_key.spki == spki:
        return True
    native = public_key.native
    return native is not None and public_key_of(native).spki == spki


def _read_pkcs8(der: bytes) -> PublicKey:
    """Read RFC 5958's OneAsymmetricKey; attributes, public part and what follows are ignored."""
    start, end = _expect(der, 0, len(der), asn1.SEQUENCE)
    _, version_end = _expect(der, start, end, asn1.INTEGER)  # Go takes any version
    identifier, identifier_end = _expect(der, version_end, end, asn1.SEQUENCE)
    key, key_end = _expect(der, identifier_end, end, asn1.OCTET_STRING)
    start, parameters = _expect(der, identifier, identifier_end, asn1.OBJECT_IDENTIFIER)
    algorithm = der[start:parameters]
    if algorithm == _EC:
        curve_id = None
        if asn1.peek(der, parameters, identifier_end) == asn1.OBJECT_IDENTIFIER:
            start, stop = _expect(der, parameters, identifier_end, asn1.OBJECT_IDENTIFIER)
            curve_id = der[start:stop]
        return read_sec1(der, key, key_end, curve_id)
    if algorithm == _RSA:
        return read_pkcs1(der, key, key_end)
    if algorithm == _ED25519:
        if parameters != identifier_end:  # RFC 8410, section 3
            raise UnreadableError("expected an Ed25519 key without parameters")
        seed, seed_end = _expect(der, key, key_end, asn1.OCTET_STRING)
        if (seed_end - seed) * 8 != _ED25519_BITS:
            raise UnreadableError("expected an Ed25519 key of 32 bytes")
        pair = Ed25519PrivateKey.from_private_bytes(der[seed:seed_end])
        return ed25519_key(pair.public_key().public_bytes_raw())
    raise UnreadableError(_OTHER_ALGORITHMS.get(algorithm, "keys of this kind are not supported"))


def _expect(der: bytes, start: int, end: int, tag: int) -> tuple[int, int]:
    return asn1.expect(der, start, end, tag, _THIS_KIND)
