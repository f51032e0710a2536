"""What a Secret holds after an issuance: data, annotations and labels as cert-manager writes them.

Key bytes pass through and are never quoted. Keystores (PKCS#12, JKS) are not written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from certlife.errors import InvalidValueError, shown
from certlife.model import annotations as keys
from certlife.model.certificate import Certificate
from certlife.model.details import certificate_details
from certlife.model.secret import SecretData
from certlife.model.spec import IssuerRef, OutputFormat, SecretTemplate
from certlife.pki.certificate import X509Certificate
from certlife.pki.pem import MAX_PRIVATE_KEY_BYTES, iter_blocks
from certlife.signing.arguments import require

if TYPE_CHECKING:
    from certlife.model.spec import CertificateSpec

TLS_TYPE: Final = "kubernetes.io/tls"
"""The type of a Secret that is new."""


def secret_contents(
    certificate: Certificate,
    *,
    private_key: bytes,
    chain: bytes,
    ca: bytes | None,
    issuer: IssuerRef,
    secret_type: str = TLS_TYPE,
) -> SecretData:
    """Put together the Secret that a Certificate names.

    Args:
        certificate: The Certificate: the Secret's name, its template and further formats.
        private_key: The key, PEM, kept byte for byte.
        chain: What was issued, PEM, leaf first, kept byte for byte.
        ca: The CA's certificate, PEM, kept byte for byte; None or empty where there is none.
        issuer: Whom the request asked, which is noted as it was said.
        secret_type: The type of the Secret that is there already, which cannot be changed.

    Raises:
        UnreadableError: The chain cannot be read.
        InvalidValueError: An output format is unknown, or is DER and the key no PEM (cert-manager
            crashes on that); or a keystore is wanted. Nothing of the key is quoted.
        WrongTypeError: An argument is of a wrong type.
    """
    require(certificate, Certificate, "certificate")
    require(private_key, bytes, "private_key")
    require(chain, bytes, "chain")
    require(issuer, IssuerRef, "issuer")
    spec = certificate.spec
    _refuse_keystores(spec)
    leaf = X509Certificate.from_pem(chain)
    template = spec.secret_template or SecretTemplate()
    entries = {
        keys.TLS_PRIVATE_KEY: private_key,
        keys.TLS_CERTIFICATE: chain,
        **({keys.CA_CERTIFICATE: ca} if ca else {}),
        **_formats(spec, private_key, chain),
    }
    return SecretData(
        entries=entries,
        name=spec.secret_name,
        namespace=certificate.namespace,
        type=secret_type,
        annotations={
            **(template.annotations or {}),
            **certificate_details(leaf),
            keys.CERTIFICATE_NAME: certificate.name,
            **_issuer(issuer),
        },
        labels={**(template.labels or {}), keys.PART_OF_CERT_MANAGER: "true"},
    )


def _refuse_keystores(spec: CertificateSpec) -> None:
    stores = spec.keystores
    for name, store in (("jks", stores.jks), ("pkcs12", stores.pkcs12)) if stores else ():
        if store is not None and store.create:
            rule, path = "expected no keystore: none is written", f"spec.keystores.{name}"
            raise InvalidValueError(rule, path=path)


def _formats(spec: CertificateSpec, private_key: bytes, chain: bytes) -> dict[str, bytes]:
    formats = {}
    for index, name in enumerate(spec.additional_output_formats or ()):
        path = f"spec.additionalOutputFormats[{index}]"
        if name == OutputFormat.COMBINED_PEM:
            formats[keys.COMBINED_PEM] = private_key + b"\n" + chain
        elif name == OutputFormat.DER:
            formats[keys.PRIVATE_KEY_DER] = _der(private_key, path)
        else:
            rule = f"expected {OutputFormat.DER} or {OutputFormat.COMBINED_PEM}"
            raise InvalidValueError(rule, path=path, value=shown(name))
    return formats


def _der(private_key: bytes, path: str) -> bytes:
    is_short = len(private_key) <= MAX_PRIVATE_KEY_BYTES
    block = next(iter_blocks(private_key), None) if is_short else None
    if block is None:
        raise InvalidValueError("expected a private key in PEM, for its DER", path=path)
    return block.der


def _issuer(issuer: IssuerRef) -> dict[str, str]:
    """Note the issuer as it was said: an absent kind or group as empty text, not its default."""
    return {
        keys.ISSUER_NAME: issuer.name,
        keys.ISSUER_KIND: issuer.kind or "",
        keys.ISSUER_GROUP: issuer.group or "",
    }
