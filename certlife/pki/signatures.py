"""Signature algorithms, and whether a signature is one: what Go's crypto/x509 can verify.

An algorithm that Go does not know is no obstacle to reading a certificate; its signature then just
never holds. Verifying is `cryptography`'s work. Who may sign what is not asked here.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA384, SHA512, HashAlgorithm

from certlife.pki import asn1

if TYPE_CHECKING:
    from certlife.pki.publickey import PublicKey

_SMALLEST_RSA_BITS: Final = 1024  # below, Go's crypto/rsa refuses to verify


class SignatureAlgorithm(StrEnum):
    """Signature algorithms in Go's spelling; "0" is any that it does not know."""

    MD5_RSA = "MD5-RSA"
    SHA1_RSA = "SHA1-RSA"
    SHA256_RSA = "SHA256-RSA"
    SHA384_RSA = "SHA384-RSA"
    SHA512_RSA = "SHA512-RSA"
    SHA256_RSA_PSS = "SHA256-RSAPSS"
    SHA384_RSA_PSS = "SHA384-RSAPSS"
    SHA512_RSA_PSS = "SHA512-RSAPSS"
    DSA_SHA1 = "DSA-SHA1"
    DSA_SHA256 = "DSA-SHA256"
    ECDSA_SHA1 = "ECDSA-SHA1"
    ECDSA_SHA256 = "ECDSA-SHA256"
    ECDSA_SHA384 = "ECDSA-SHA384"
    ECDSA_SHA512 = "ECDSA-SHA512"
    ED25519 = "Ed25519"
    UNKNOWN = "0"


WEAK_SIGNATURES: Final = frozenset(
    {
        SignatureAlgorithm.MD5_RSA,
        SignatureAlgorithm.SHA1_RSA,
        SignatureAlgorithm.ECDSA_SHA1,
    }
)
"""Algorithms that prove nothing about who issued a certificate."""


def read_algorithm(der: bytes, start: int, end: int) -> tuple[bytes, bytes, int]:
    """Read the AlgorithmIdentifier at `start`, RFC 5280, section 4.1.1.2.

    Returns:
        The content of its OBJECT IDENTIFIER, its parameters as one element or empty, and where
        what follows starts. More after the parameters is no matter to Go.

    Raises:
        UnreadableError: It is malformed.
    """
    content, stop = asn1.expect(der, start, end, asn1.SEQUENCE, "an AlgorithmIdentifier")
    plain = _PLAIN_ALGORITHMS.get(der[content:stop])
    if plain:
        return *plain, stop
    oid, oid_stop = asn1.expect(
        der, content, stop, asn1.OBJECT_IDENTIFIER, "an algorithm as an OBJECT IDENTIFIER"
    )
    asn1.check_object_identifier(der, oid, oid_stop)
    after = asn1.element(der, oid_stop, stop)[2] if oid_stop < stop else oid_stop
    return der[oid:oid_stop], der[oid_stop:after], stop


def signature_algorithm(oid: bytes, parameters: bytes) -> SignatureAlgorithm:
    """Name the algorithm of an AlgorithmIdentifier.

    Args:
        oid: The content of its OBJECT IDENTIFIER.
        parameters: Its parameters as one element, or empty. They matter for RSASSA-PSS, which has
            to use one hash throughout and a salt of its length, and for Ed25519, which has none.
    """
    if oid == _RSA_PSS:
        return _PSS_PARAMETERS.get(parameters, SignatureAlgorithm.UNKNOWN)
    if oid == _ED25519 and parameters:
        return SignatureAlgorithm.UNKNOWN
    return _OIDS.get(oid, SignatureAlgorithm.UNKNOWN)


def is_signature(
    algorithm: SignatureAlgorithm, signed: bytes, signature: bytes, key: PublicKey
) -> bool:
    """Tell whether `signature` is that of the private key over `signed`.

    Args:
        algorithm: How it claims to be made; MD5, DSA and unknown algorithms never hold.
        signed: The bytes that are signed.
        signature: The signature's octets.
        key: The signer's public key; an RSA key of less than 1024 bits is not enough.
    """
    native = key.native
    try:
        if isinstance(native, RSAPublicKey):
            if key.size < _SMALLEST_RSA_BITS:
                return False
            if algorithm in _PSS_HASHES:
                hashed = _PSS_HASHES[algorithm]
                padding = PSS(MGF1(hashed), hashed.digest_size)
                native.verify(signature, signed, padding, hashed)
            else:
                native.verify(signature, signed, PKCS1v15(), _PKCS1_HASHES[algorithm])
        elif isinstance(native, EllipticCurvePublicKey):
            native.verify(signature, signed, ECDSA(_ECDSA_HASHES[algorithm]))
        elif isinstance(native, Ed25519PublicKey) and algorithm is SignatureAlgorithm.ED25519:
            native.verify(signature, signed)
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, KeyError):
        return False
    return True


_PKCS1_HASHES: Final[dict[SignatureAlgorithm, HashAlgorithm]] = {
    SignatureAlgorithm.SHA1_RSA: SHA1(),  # noqa: S303 — cert-manager takes it in a request
    SignatureAlgorithm.SHA256_RSA: SHA256(),
    SignatureAlgorithm.SHA384_RSA: SHA384(),
    SignatureAlgorithm.SHA512_RSA: SHA512(),
}
_PSS_HASHES: Final[dict[SignatureAlgorithm, HashAlgorithm]] = {
    SignatureAlgorithm.SHA256_RSA_PSS: SHA256(),
    SignatureAlgorithm.SHA384_RSA_PSS: SHA384(),
    SignatureAlgorithm.SHA512_RSA_PSS: SHA512(),
}
_ECDSA_HASHES: Final[dict[SignatureAlgorithm, HashAlgorithm]] = {
    SignatureAlgorithm.ECDSA_SHA1: SHA1(),  # noqa: S303 — the same
    SignatureAlgorithm.ECDSA_SHA256: SHA256(),
    SignatureAlgorithm.ECDSA_SHA384: SHA384(),
    SignatureAlgorithm.ECDSA_SHA512: SHA512(),
}

_NULL: Final = bytes([asn1.NULL, 0])
_RSA_PSS: Final = bytes.fromhex("2a864886f70d01010a")
_ED25519: Final = bytes.fromhex("2b6570")
_OIDS: Final = {
    bytes.fromhex("2a864886f70d010104"): SignatureAlgorithm.MD5_RSA,
    bytes.fromhex("2a864886f70d010105"): SignatureAlgorithm.SHA1_RSA,
    bytes.fromhex("2b0e03021d"): SignatureAlgorithm.SHA1_RSA,  # OIW's, which makecert.exe used
    bytes.fromhex("2a864886f70d01010b"): SignatureAlgorithm.SHA256_RSA,
    bytes.fromhex("2a864886f70d01010c"): SignatureAlgorithm.SHA384_RSA,
    bytes.fromhex("2a864886f70d01010d"): SignatureAlgorithm.SHA512_RSA,
    bytes.fromhex("2a8648ce380403"): SignatureAlgorithm.DSA_SHA1,
    bytes.fromhex("608648016503040302"): SignatureAlgorithm.DSA_SHA256,
    bytes.fromhex("2a8648ce3d0401"): SignatureAlgorithm.ECDSA_SHA1,
    bytes.fromhex("2a8648ce3d040302"): SignatureAlgorithm.ECDSA_SHA256,
    bytes.fromhex("2a8648ce3d040303"): SignatureAlgorithm.ECDSA_SHA384,
    bytes.fromhex("2a8648ce3d040304"): SignatureAlgorithm.ECDSA_SHA512,
    _ED25519: SignatureAlgorithm.ED25519,
}


def _pss_parameters() -> dict[bytes, SignatureAlgorithm]:
    """Write out every RSASSA-PSS-params (RFC 4055, section 3.1) that Go recognises.

    The parameters of each hash may be NULL or absent, and the trailer field may be spelled out.
    """
    mgf1 = bytes.fromhex("2a864886f70d010108")
    found = {}
    for (algorithm, hashed), nulls, trailer in product(
        _PSS_HASHES.items(), product((_NULL, b""), repeat=2), (b"", _tagged(3, b"\x02\x01\x01"))
    ):
        oid = _element(asn1.OBJECT_IDENTIFIER, _HASHES[hashed.name])
        own, inner = (_element(asn1.SEQUENCE, oid + parameters) for parameters in nulls)
        mask = _element(asn1.SEQUENCE, _element(asn1.OBJECT_IDENTIFIER, mgf1) + inner)
        salt = _element(asn1.INTEGER, bytes([hashed.digest_size]))
        content = _tagged(0, own) + _tagged(1, mask) + _tagged(2, salt) + trailer
        found[_element(asn1.SEQUENCE, content)] = algorithm
    return found


def _tagged(number: int, content: bytes) -> bytes:
    return _element(asn1.CONTEXT | asn1.CONSTRUCTED | number, content)


def _element(tag: int, content: bytes) -> bytes:
    return bytes([tag, len(content)]) + content


_HASHES: Final = {
    SHA256.name: bytes.fromhex("608648016503040201"),
    SHA384.name: bytes.fromhex("608648016503040202"),
    SHA512.name: bytes.fromhex("608648016503040203"),
}
_PSS_PARAMETERS: Final = _pss_parameters()
# AlgorithmIdentifiers as nearly everybody writes them: these need not be taken apart.
_PLAIN_ALGORITHMS: Final = {
    _element(asn1.OBJECT_IDENTIFIER, oid) + parameters: (oid, parameters)
    for oid in _OIDS
    for parameters in (b"", _NULL)
}
