"""The faults of how a certificate is to be issued: by whom, with which key, for which usages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from certlife.errors import shown
from certlife.model.spec import (
    DEFAULT_ISSUER_GROUP,
    CertificateSpec,
    IssuerRef,
    KeyUsage,
    PrivateKeySpec,
    SignatureAlgorithm,
)
from certlife.model.validation.fault import Fault, FaultType
from certlife.pki.keys import KeyAlgorithm

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MIN_RSA_BITS: Final = 2048
MAX_RSA_BITS: Final = 8192
ECDSA_BITS: Final = (256, 384, 521)

_OWN_KINDS: Final = ("Issuer", "ClusterIssuer")
_USAGES: Final = frozenset[str](KeyUsage)
_SIGNATURES: Final[Mapping[str, tuple[SignatureAlgorithm, ...]]] = {
    KeyAlgorithm.RSA: (
        SignatureAlgorithm.SHA256_WITH_RSA,
        SignatureAlgorithm.SHA384_WITH_RSA,
        SignatureAlgorithm.SHA512_WITH_RSA,
    ),
    KeyAlgorithm.ECDSA: (
        SignatureAlgorithm.ECDSA_WITH_SHA256,
        SignatureAlgorithm.ECDSA_WITH_SHA384,
        SignatureAlgorithm.ECDSA_WITH_SHA512,
    ),
    KeyAlgorithm.ED25519: (SignatureAlgorithm.PURE_ED25519,),
}


def issuer(ref: IssuerRef) -> Iterator[Fault]:
    """Yield the faults of `issuerRef`: no name, or a kind that its group does not have."""
    if not ref.name:
        yield Fault(FaultType.REQUIRED, "spec.issuerRef.name", None, "expected a name")
    # Only cert-manager's own group has kinds that are known here.
    if ref.kind and ref.effective_group == DEFAULT_ISSUER_GROUP and ref.kind not in _OWN_KINDS:
        rule = "expected Issuer or ClusterIssuer"
        if not ref.group:
            rule += ", or beside it the group of an external issuer"
        yield Fault(FaultType.INVALID, "spec.issuerRef.kind", shown(ref.kind), rule)


def private_key(key: PrivateKeySpec) -> Iterator[Fault]:
    """Yield the faults of `privateKey`: an unknown algorithm, or a size that it does not have."""
    size = key.size or 0
    match key.effective_algorithm:
        # A size below 1 is as good as none, to cert-manager.
        case KeyAlgorithm.RSA if size > 0 and not MIN_RSA_BITS <= size <= MAX_RSA_BITS:
            yield Fault(
                FaultType.INVALID,
                "spec.privateKey.size",
                shown(size),
                f"expected {MIN_RSA_BITS} to {MAX_RSA_BITS} bits for RSA",
            )
        case KeyAlgorithm.ECDSA if size > 0 and size not in ECDSA_BITS:
            yield Fault(
                FaultType.NOT_SUPPORTED,
                "spec.privateKey.size",
                shown(size),
                "expected 256, 384 or 521 bits for ECDSA",
            )
        case KeyAlgorithm():
            pass
        case unknown:
            yield Fault(
                FaultType.INVALID,
                "spec.privateKey.algorithm",
                shown(str(unknown)),
                "expected RSA, ECDSA or Ed25519",
            )


def signature_algorithm(spec: CertificateSpec) -> Iterator[Fault]:
    """Yield the fault of a `signatureAlgorithm` that the private key cannot sign with."""
    algorithm = spec.effective_private_key.effective_algorithm
    # Of an unknown key algorithm, `private_key` has already told.
    allowed = _SIGNATURES.get(algorithm)
    if spec.signature_algorithm and allowed and spec.signature_algorithm not in allowed:
        yield Fault(
            FaultType.INVALID,
            "spec.signatureAlgorithm",
            shown(str(spec.signature_algorithm)),
            f"expected one of {', '.join(allowed)} for a key of {algorithm}",
        )


def usages(names: tuple[str, ...]) -> Iterator[Fault]:
    """Yield a fault for each of `usages` that cert-manager does not know."""
    for index, name in enumerate(names):
        if name not in _USAGES:
            yield Fault(
                FaultType.INVALID,
                f"spec.usages[{index}]",
                shown(name),
                "expected a usage of cert-manager's API, such as 'server auth'",
            )
