"""Which signature algorithm a spec asks for, and which one a key signs with by itself.

What can be signed with here is what `spec.signatureAlgorithm` can say; certificates and requests of
other people are read with more (`certlife.pki.signatures`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from certlife.errors import InvalidValueError, shown
from certlife.model import spec as model
from certlife.pki.keys import KeyAlgorithm
from certlife.pki.signatures import SignatureAlgorithm
from certlife.signing import der

if TYPE_CHECKING:
    from collections.abc import Mapping

    from certlife.model.spec import CertificateSpec


def requested_algorithm(spec: CertificateSpec) -> SignatureAlgorithm:
    """Return how the request for a spec is to be signed: what it says, or what its key suggests.

    Whether a key of the spec can sign so is not asked; signing does.

    Raises:
        InvalidValueError: The key algorithm, its size or the signature algorithm is unknown.
    """
    wanted = spec.effective_private_key
    kind = wanted.effective_algorithm
    if kind not in _KINDS:
        rule = "expected RSA, ECDSA or Ed25519"
        raise InvalidValueError(rule, path="spec.privateKey.algorithm", value=shown(str(kind)))
    if not spec.signature_algorithm:
        return usual_algorithm(KeyAlgorithm(kind), wanted.size or 0, path="spec.privateKey.size")
    named = _NAMED.get(spec.signature_algorithm)
    if named is None:
        raise InvalidValueError(
            f"expected one of {', '.join(_NAMED)}",
            path="spec.signatureAlgorithm",
            value=shown(str(spec.signature_algorithm)),
        )
    return named


def usual_algorithm(kind: KeyAlgorithm, size: int, *, path: str = "") -> SignatureAlgorithm:
    """Return the algorithm whose hash is as strong as the key, as cert-manager chooses it.

    Args:
        kind: The kind of key.
        size: Its bits; 0 means 2048 for RSA and 256 for ECDSA, and Ed25519 has one size only.
        path: Where the size stands, for the error.

    Raises:
        InvalidValueError: An RSA key has less than 2048 bits, or an elliptic curve is not P-256,
            P-384 or P-521.
    """
    if kind is KeyAlgorithm.ED25519:
        return SignatureAlgorithm.ED25519
    if kind is KeyAlgorithm.ECDSA:
        if size in _BY_CURVE:
            return _BY_CURVE[size]
        raise InvalidValueError("expected 256, 384 or 521 bits for ECDSA", path=path)
    for least, algorithm in _BY_MODULUS:
        if (size or _DEFAULT_RSA_BITS) >= least:
            return algorithm
    raise InvalidValueError("expected at least 2048 bits for RSA", path=path)


_KINDS: Final = frozenset[str](KeyAlgorithm)
_NAMED: Final[Mapping[str, SignatureAlgorithm]] = {
    model.SignatureAlgorithm.SHA256_WITH_RSA: SignatureAlgorithm.SHA256_RSA,
    model.SignatureAlgorithm.SHA384_WITH_RSA: SignatureAlgorithm.SHA384_RSA,
    model.SignatureAlgorithm.SHA512_WITH_RSA: SignatureAlgorithm.SHA512_RSA,
    model.SignatureAlgorithm.ECDSA_WITH_SHA256: SignatureAlgorithm.ECDSA_SHA256,
    model.SignatureAlgorithm.ECDSA_WITH_SHA384: SignatureAlgorithm.ECDSA_SHA384,
    model.SignatureAlgorithm.ECDSA_WITH_SHA512: SignatureAlgorithm.ECDSA_SHA512,
    model.SignatureAlgorithm.PURE_ED25519: SignatureAlgorithm.ED25519,
}
_DEFAULT_RSA_BITS: Final = 2048
_BY_MODULUS: Final = (
    (4096, SignatureAlgorithm.SHA512_RSA),
    (3072, SignatureAlgorithm.SHA384_RSA),
    (2048, SignatureAlgorithm.SHA256_RSA),
)
_BY_CURVE: Final = {
    0: SignatureAlgorithm.ECDSA_SHA256,
    256: SignatureAlgorithm.ECDSA_SHA256,
    384: SignatureAlgorithm.ECDSA_SHA384,
    521: SignatureAlgorithm.ECDSA_SHA512,
}


def _identifier(oid: str, parameters: bytes = b"") -> bytes:
    return der.sequence(der.object_identifier(oid), parameters)


# RFC 4055, section 5: the parameters are NULL for RSA; RFC 5758 and 8410: absent for the others.
IDENTIFIERS: Final[Mapping[SignatureAlgorithm, bytes]] = {
    SignatureAlgorithm.SHA256_RSA: _identifier("1.2.840.113549.1.1.11", der.NULL),
    SignatureAlgorithm.SHA384_RSA: _identifier("1.2.840.113549.1.1.12", der.NULL),
    SignatureAlgorithm.SHA512_RSA: _identifier("1.2.840.113549.1.1.13", der.NULL),
    SignatureAlgorithm.ECDSA_SHA256: _identifier("1.2.840.10045.4.3.2"),
    SignatureAlgorithm.ECDSA_SHA384: _identifier("1.2.840.10045.4.3.3"),
    SignatureAlgorithm.ECDSA_SHA512: _identifier("1.2.840.10045.4.3.4"),
    SignatureAlgorithm.ED25519: _identifier("1.3.101.112"),
}
"""The AlgorithmIdentifier (RFC 5280, section 4.1.1.2) of each algorithm that is signed with."""
