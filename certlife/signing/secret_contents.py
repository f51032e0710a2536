"""What a Secret holds after an issuance: data, annotations and labels as cert-manager writes them.

Key bytes and passwords pass through and are never quoted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from certlife.errors import InvalidValueError, shown
from certlife.model import annotations as keys
from certlife.model.certificate import Certificate
from certlife.model.details import certificate_details
from certlife.model.secret import SecretData
from certlife.model.spec import IssuerRef, Keystores, OutputFormat, SecretKeyRef, SecretTemplate
from certlife.pki.certificate import X509Certificate
from certlife.pki.pem import MAX_PRIVATE_KEY_BYTES, iter_blocks
from certlife.signing.arguments import require
from certlife.signing.keystores import KeystoreContents, Stores, pkcs12_stores

if TYPE_CHECKING:
    from certlife.model.spec import CertificateSpec, Keystore

TLS_TYPE: Final = "kubernetes.io/tls"
"""The type of a Secret that is new."""

PasswordSource: TypeAlias = Callable[[Certificate, SecretKeyRef], bytes | str]
"""Returns the password of a keystore, which the spec says by an entry of a Secret; "" for none."""


def secret_contents(  # noqa: PLR0913 — what a Secret is made of, all by keyword
    certificate: Certificate,
    *,
    private_key: bytes,
    chain: bytes,
    ca: bytes | None,
    issuer: IssuerRef,
    secret_type: str = TLS_TYPE,
    passwords: PasswordSource | None = None,
) -> SecretData:
    """Put together the Secret that a Certificate names.

    Args:
        certificate: The Certificate: the Secret's name, its template and further formats.
        private_key: The key, PEM, kept byte for byte.
        chain: What was issued, PEM, leaf first, kept byte for byte.
        ca: The CA's certificate, PEM, kept byte for byte; None or empty where there is none.
        issuer: Whom the request asked, which is noted as it was said.
        secret_type: The type of the Secret that is there already, which cannot be changed.
        passwords: Where the passwords of keystores are, if the spec does not say them itself.

    Raises:
        UnreadableError: The chain cannot be read.
        InvalidValueError: An output format is unknown, or is DER and the key no PEM (cert-manager
            crashes on that); or a keystore is wanted and cannot be written, for want of a password,
            of the library for JKS, or of a sound key. Nothing of key or password is quoted.
        WrongTypeError: An argument is of a wrong type.
    """
    require(certificate, Certificate, "certificate")
    require(private_key, bytes, "private_key")
    require(chain, bytes, "chain")
    require(issuer, IssuerRef, "issuer")
    spec = certificate.spec
    leaf = X509Certificate.from_pem(chain)
    template = spec.secret_template or SecretTemplate()
    entries = {
        keys.TLS_PRIVATE_KEY: private_key,
        keys.TLS_CERTIFICATE: chain,
        **({keys.CA_CERTIFICATE: ca} if ca else {}),
        **_formats(spec, private_key, chain),
        **_keystores(certificate, private_key, chain, ca, passwords),
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


def _keystores(
    certificate: Certificate,
    private_key: bytes,
    chain: bytes,
    ca: bytes | None,
    passwords: PasswordSource | None,
) -> dict[str, bytes]:
    """Write the keystores that the spec wants, each with a truststore where there is a CA."""
    spec, entries = certificate.spec.keystores or Keystores(), {}
    for kind, wanted, keystore, truststore in (
        ("pkcs12", spec.pkcs12, keys.PKCS12_KEYSTORE, keys.PKCS12_TRUSTSTORE),
        ("jks", spec.jks, keys.JKS_KEYSTORE, keys.JKS_TRUSTSTORE),
    ):
        if wanted is None or not wanted.create:
            continue
        try:
            password = _password(certificate, wanted, passwords)
            contents = KeystoreContents.from_pem(private_key=private_key, chain=chain, ca=ca)
            made = _stores(kind, contents, password, wanted)
        except InvalidValueError as error:
            path = ".".join(filter(None, ("spec.keystores", kind, error.path)))
            raise InvalidValueError(error.rule, path=path, value=error.value) from None
        entries[keystore] = made.keystore
        if made.truststore is not None:
            entries[truststore] = made.truststore
    return entries


def _password(
    certificate: Certificate, wanted: Keystore, passwords: PasswordSource | None
) -> bytes | str:
    """Find the password; cert-manager looks at the reference first."""
    reference = wanted.password_secret_ref
    if reference is None or not reference.name:
        if wanted.password is None:
            raise InvalidValueError("expected either passwordSecretRef or password")
        return wanted.password
    if passwords is None:
        rule = "expected that whoever writes the Secret can read passwords of keystores"
        raise InvalidValueError(rule, path="passwordSecretRef", value=shown(reference.name))
    return passwords(certificate, reference)


def _stores(
    kind: str, contents: KeystoreContents, password: bytes | str, wanted: Keystore
) -> Stores:
    if kind == "pkcs12":
        return pkcs12_stores(contents, password, profile=wanted.profile)
    try:
        from certlife.signing.java_keystores import jks_stores  # noqa: PLC0415 — an extra
    except ImportError:
        rule = "expected the library for it: pip install 'certlife[keystores]'"
        raise InvalidValueError(rule) from None
    return jks_stores(contents, password, alias=wanted.alias)


def _issuer(issuer: IssuerRef) -> dict[str, str]:
    """Note the issuer as it was said: an absent kind or group as empty text, not its default."""
    return {
        keys.ISSUER_NAME: issuer.name,
        keys.ISSUER_KIND: issuer.kind or "",
        keys.ISSUER_GROUP: issuer.group or "",
    }
