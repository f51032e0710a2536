"""Private keys to sign with: making them, writing them down, and checking them in full.

For judging, `certlife.pki.keys` skips OpenSSL's long checks of an RSA key; whoever signs with one
that was tampered with gives it away, so only a `Signer` signs, and a Signer has been checked. This
module must never quote a byte of a key.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from attrs import field, frozen
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    SECP384R1,
    SECP521R1,
    EllipticCurve,
    EllipticCurvePrivateKey,
)
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from certlife.errors import InvalidValueError, UnreadableError, shown
from certlife.model.spec import KeyEncoding, PrivateKeySpec
from certlife.pki import pem
from certlife.pki.keys import KeyAlgorithm, PrivateKey
from certlife.pki.signatures import SignatureAlgorithm
from certlife.signing.arguments import require

MIN_RSA_BITS: Final = 2048
MAX_RSA_BITS: Final = 8192
"""The sizes of RSA keys that are made, as in cert-manager."""

MIN_SIGNING_RSA_BITS: Final = 1024
"""The smallest RSA key that is signed with: Go's crypto/rsa neither signs nor verifies below."""

NativePrivateKey: TypeAlias = RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey


def generate_private_key(spec: PrivateKeySpec) -> bytes:
    """Make a new private key; where the spec says nothing, RSA of 2048 bits in PKCS#1.

    Args:
        spec: Its algorithm, size and encoding; a size below 1 is as good as none, to cert-manager.

    Returns:
        PEM, "RSA PRIVATE KEY" or "EC PRIVATE KEY" for the encoding PKCS1, "PRIVATE KEY" for PKCS8
        and always for Ed25519, which has no other form.

    Raises:
        InvalidValueError: There is no key of this algorithm or size, or no such encoding. RSA keys
            of an odd number of bits, which cert-manager makes, are not made.
        WrongTypeError: `spec` is no PrivateKeySpec.
    """
    require(spec, PrivateKeySpec, "spec")
    encoding = _format(spec)  # before the long work
    native = _generate(spec)
    if isinstance(native, Ed25519PrivateKey):
        encoding = PrivateFormat.PKCS8  # RFC 8410, section 7
    return native.private_bytes(Encoding.PEM, encoding, NoEncryption())


@frozen(repr=False)
class Signer:
    """A private key that has been checked in full, and so may sign; equal by label and DER.

    Its repr holds no key material. Checking an RSA key takes tens of milliseconds: keep the Signer.

    Attributes:
        private_key: The key as it is written down.
        native: The key for `cryptography`. This is the secret.

    Raises:
        UnreadableError: The key does not hold what signing needs: numbers that are not prime, a
            public part of another key, an unusual encoding, or an RSA key of less than 1024 bits.
        WrongTypeError: `private_key` is no PrivateKey.
    """

    private_key: PrivateKey
    native: NativePrivateKey = field(init=False, eq=False)

    @native.default
    def _load(self) -> NativePrivateKey:
        require(self.private_key, PrivateKey, "private_key")
        if self.algorithm is KeyAlgorithm.RSA and self.private_key.size < MIN_SIGNING_RSA_BITS:
            raise UnreadableError(f"expected an RSA key of at least {MIN_SIGNING_RSA_BITS} bits")
        try:
            native = load_der_private_key(self.private_key.der, None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            native = None
        if isinstance(native, NativePrivateKey):
            return native
        raise UnreadableError("expected a private key that is sound and written as usual")

    @classmethod
    def from_pem(cls, data: bytes | str) -> Signer:
        """Read and check the key in the first PEM block.

        Args:
            data: At most 13,000 bytes of PEM.

        Raises:
            UnreadableError: It is no private key, or not one to sign with. No value is quoted.
            WrongTypeError: `data` is neither bytes nor str.
        """
        return cls(PrivateKey.from_pem(data))

    @property
    def algorithm(self) -> KeyAlgorithm:
        """What it signs with."""
        return self.private_key.algorithm

    @property
    def pem(self) -> bytes:
        """The key, PEM. This is the secret."""
        return pem.encode(self.private_key.label, self.private_key.der).encode()

    @property
    def spki_der(self) -> bytes:
        """The SubjectPublicKeyInfo of its public half."""
        return self.private_key.spki_der

    def sign(self, data: bytes, algorithm: SignatureAlgorithm) -> bytes:
        """Sign.

        Args:
            data: What is to be signed.
            algorithm: How; one that `spec.signatureAlgorithm` can ask of a key of this kind.

        Returns:
            The signature; RSA's is PKCS #1 v1.5, ECDSA's the DER of two numbers.

        Raises:
            InvalidValueError: A key of this kind does not sign so.
        """
        native = self.native
        if isinstance(native, RSAPrivateKey) and algorithm in _PKCS1_HASHES:
            return native.sign(data, PKCS1v15(), _PKCS1_HASHES[algorithm])
        if isinstance(native, EllipticCurvePrivateKey) and algorithm in _ECDSA_HASHES:
            return native.sign(data, ECDSA(_ECDSA_HASHES[algorithm]))
        if isinstance(native, Ed25519PrivateKey) and algorithm is SignatureAlgorithm.ED25519:
            return native.sign(data)
        rule = f"expected a signature algorithm for a key of {self.algorithm}"
        raise InvalidValueError(rule, path="algorithm", value=shown(str(algorithm)))

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the key as it is written, and check it again."""
        return Signer, (self.private_key,)

    def __repr__(self) -> str:
        return f"Signer({self.private_key!r})"


_CURVES: Final[dict[int, EllipticCurve]] = {
    256: SECP256R1(),
    384: SECP384R1(),
    521: SECP521R1(),
}
_EXPONENT: Final = 65537
_PKCS1_HASHES: Final[dict[SignatureAlgorithm, HashAlgorithm]] = {
    SignatureAlgorithm.SHA256_RSA: SHA256(),
    SignatureAlgorithm.SHA384_RSA: SHA384(),
    SignatureAlgorithm.SHA512_RSA: SHA512(),
}
_ECDSA_HASHES: Final[dict[SignatureAlgorithm, HashAlgorithm]] = {
    SignatureAlgorithm.ECDSA_SHA256: SHA256(),
    SignatureAlgorithm.ECDSA_SHA384: SHA384(),
    SignatureAlgorithm.ECDSA_SHA512: SHA512(),
}


def _format(spec: PrivateKeySpec) -> PrivateFormat:
    match spec.effective_encoding:
        case KeyEncoding.PKCS1:
            return PrivateFormat.TraditionalOpenSSL
        case KeyEncoding.PKCS8:
            return PrivateFormat.PKCS8
        case other:
            path = "spec.privateKey.encoding"
            raise InvalidValueError("expected PKCS1 or PKCS8", path=path, value=shown(str(other)))


def _generate(spec: PrivateKeySpec) -> NativePrivateKey:
    size = max(spec.size or 0, 0)
    match spec.effective_algorithm:
        case KeyAlgorithm.RSA:
            bits = size or MIN_RSA_BITS
            if not MIN_RSA_BITS <= bits <= MAX_RSA_BITS:
                raise _unsupported(f"expected {MIN_RSA_BITS} to {MAX_RSA_BITS} bits for RSA", bits)
            if bits % 2:
                # OpenSSL makes two primes of half the bits, rounded down: the key would be a bit
                # short, never fit its spec, and be made anew for ever. Go makes odd sizes.
                raise _unsupported("expected an even number of bits for RSA", bits)
            return generate_rsa(_EXPONENT, bits)
        case KeyAlgorithm.ECDSA:
            curve = _CURVES.get(size or 256)
            if curve is None:
                raise _unsupported("expected 256, 384 or 521 bits for ECDSA", size)
            return generate_ec(curve)
        case KeyAlgorithm.ED25519:
            return Ed25519PrivateKey.generate()
        case other:
            path = "spec.privateKey.algorithm"
            rule = "expected RSA, ECDSA or Ed25519"
            raise InvalidValueError(rule, path=path, value=shown(str(other)))


def _unsupported(rule: str, size: int) -> InvalidValueError:
    return InvalidValueError(rule, path="spec.privateKey.size", value=shown(size))
