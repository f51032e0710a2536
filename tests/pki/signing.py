"""Fixed keys, and certificates and requests that they sign."""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPrivateNumbers,
    RSAPublicNumbers,
)
from cryptography.hazmat.primitives.hashes import SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.pki.encoding import NULL, bit_string, certificate, oid, request, sequence, tlv

PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey


def rsa_key(p: int, q: int) -> RSAPrivateKey:
    """Make an RSA key of two primes."""
    exponent = 65537
    secret = pow(exponent, -1, (p - 1) * (q - 1))
    numbers = RSAPrivateNumbers(
        p=p,
        q=q,
        d=secret,
        dmp1=secret % (p - 1),
        dmq1=secret % (q - 1),
        iqmp=pow(q, -1, p),
        public_numbers=RSAPublicNumbers(exponent, p * q),
    )
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)


RSA: Final = rsa_key(2**607 - 1, 2**521 - 1)  # Mersenne primes: 1128 bits
EC: Final = derive_private_key(7, SECP256R1())
ED25519: Final = Ed25519PrivateKey.from_private_bytes(bytes(32))

SHA256_RSA: Final = sequence(oid("1.2.840.113549.1.1.11"), NULL)
SHA1_RSA: Final = sequence(oid("1.2.840.113549.1.1.5"), NULL)
MD5_RSA: Final = sequence(oid("1.2.840.113549.1.1.4"), NULL)
ECDSA_SHA256: Final = sequence(oid("1.2.840.10045.4.3.2"))
PURE_ED25519: Final = sequence(oid("1.3.101.112"))


def spki(key: PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def sign(key: PrivateKey, data: bytes, hashed: HashAlgorithm | None = None) -> bytes:
    """Sign as usual: PKCS #1 v1.5, ECDSA with SHA-256 or Ed25519."""
    hashed = hashed or SHA256()
    if isinstance(key, RSAPrivateKey):
        return key.sign(data, PKCS1v15(), hashed)
    if isinstance(key, EllipticCurvePrivateKey):
        return key.sign(data, ECDSA(hashed))
    return key.sign(data)


def signed(
    der: bytes, algorithm: bytes, key: PrivateKey, hashed: HashAlgorithm | None = None
) -> bytes:
    """Sign what stands first in a SEQUENCE anew."""
    tbs = _first(der)
    return sequence(tbs, algorithm, bit_string(sign(key, tbs, hashed)))


def issued(signer: PrivateKey, algorithm: bytes, /, *extensions: bytes, **members: bytes) -> bytes:
    """Write a certificate that `signer` signs."""
    der = certificate(*extensions, algorithm=algorithm, **members)
    return signed(der, algorithm, signer)


def requested(key: PrivateKey, algorithm: bytes, *attributes: bytes) -> bytes:
    """Write a request that `key` signs for itself."""
    return signed(request(*attributes, key=spki(key)), algorithm, key)


def _first(der: bytes) -> bytes:
    header = 2 + (der[1] & 0x7F if der[1] & 0x80 else 0)
    content = der[header:]
    size = content[1]
    if size & 0x80:
        octets = size & 0x7F
        return content[: 2 + octets + int.from_bytes(content[2 : 2 + octets])]
    return content[: 2 + size]


def pss(
    hash_oid: str, salt: int, *, own: bytes = NULL, inner: bytes = NULL, trailer: bytes = b""
) -> bytes:
    """Write the AlgorithmIdentifier of RSASSA-PSS."""
    parameters = sequence(
        tlv(0xA0, sequence(oid(hash_oid), own)),
        tlv(0xA1, sequence(oid("1.2.840.113549.1.1.8"), sequence(oid(hash_oid), inner))),
        tlv(0xA2, tlv(0x02, bytes([salt]))),
        trailer,
    )
    return sequence(oid("1.2.840.113549.1.1.10"), parameters)
