"""Certificates, Secrets and CertificateRequests as `kubectl get -o json` prints them, both ways.

Plain dicts in and out. What the model knows survives the way there and back: absent stays absent,
an empty list stays one; durations and instants come out as Go spells them. This module knows no
cluster: an object is what it says, and what belongs to it is for `export` to find.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve

from certlife.adapters.kubernetes.object_fields import CERTIFICATE, REQUEST, SECRET
from certlife.adapters.kubernetes.spec_fields import SPEC
from certlife.adapters.kubernetes.values import inside, mapping, quoted, string_data, text
from certlife.errors import CertlifeError, ManifestError, WrongTypeError
from certlife.model.certificate import Certificate
from certlife.model.frozenmap import FrozenMap
from certlife.model.request import CertificateRequest
from certlife.model.secret import SecretData

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from certlife.adapters.kubernetes.tables import Table
    from certlife.model.spec import CertificateSpec
    from certlife.pki.memo import Memo

_CERT_MANAGER: Final = "cert-manager.io/v1"
_CORE: Final = "v1"

_read_certificate: Final = CERTIFICATE.reader("Certificate")
_read_request: Final = REQUEST.reader("CertificateRequest")
_collect_secret: Final = SECRET.table.collector("Secret")
_read_spec: Final = SPEC.reader("spec")


def read_certificate(manifest: Mapping[str, object]) -> Certificate:
    """Read a Certificate.

    Args:
        manifest: The object. Fields that the API lacks are ignored; what it requires and the
            object lacks is read as empty, for `validate` to say so.

    Raises:
        ManifestError: For another apiVersion or kind, or a field of a wrong type or form; the path
            is the field's, "spec.dnsNames[1]". Passwords are not quoted.
    """
    return certificate_in(manifest, [])


def read_secret(manifest: Mapping[str, object]) -> SecretData:
    """Read a Secret; `stringData`, which manifests in git use, is merged over `data`.

    Args:
        manifest: The object.

    Raises:
        ManifestError: As for `read_certificate`. Nothing of `data` and `stringData` is quoted.
    """
    return secret_in(manifest, [])


def read_request(manifest: Mapping[str, object]) -> CertificateRequest:
    """Read a CertificateRequest.

    Args:
        manifest: The object.

    Raises:
        ManifestError: As for `read_certificate`.
    """
    return request_in(manifest, [])


def read_spec(spec: Mapping[str, object], path: str = "spec") -> CertificateSpec:
    """Read the `spec` of a Certificate by itself.

    Args:
        spec: What stands under `spec`.
        path: How errors are to call it.

    Raises:
        ManifestError: As for `read_certificate`.
    """
    try:
        return _read_spec(spec, [])
    except CertlifeError as error:
        raise inside(path, error) from None


def read_object(manifest: object) -> Certificate | SecretData | CertificateRequest | None:
    """Read an object of whichever kind it says that it is; None for a kind that has no part in it.

    Raises:
        ManifestError: For what is no object with apiVersion and kind, and as `read_certificate`.
            Certificates and CertificateRequests of versions before v1 are refused, not ignored.
    """
    read = READERS.get(kind_in(manifest))
    return None if read is None else read(manifest, [])


def write_certificate(certificate: Certificate) -> dict[str, object]:
    """Write a Certificate as the API has it; `read_certificate` reads it back as the same.

    Raises:
        WrongTypeError: For anything but a Certificate.
    """
    written = _write(Certificate, CERTIFICATE.table, certificate, _CERT_MANAGER, "Certificate")
    if not written["status"]:
        del written["status"]  # nothing was observed yet
    return written


def write_secret(secret: SecretData) -> dict[str, object]:
    """Write a Secret as the API has it, private keys and all.

    Raises:
        WrongTypeError: For anything but a SecretData.
        ManifestError: If managed fields are no JSON.
    """
    return _write(SecretData, SECRET.table, secret, _CORE, "Secret")


def write_request(request: CertificateRequest) -> dict[str, object]:
    """Write a CertificateRequest as the API has it.

    Raises:
        WrongTypeError: For anything but a CertificateRequest.
    """
    return _write(CertificateRequest, REQUEST.table, request, _CERT_MANAGER, "CertificateRequest")


def certificate_in(manifest: object, unknown: list[str]) -> Certificate:
    """Read a Certificate, and add the paths of unknown fields: "Certificate.spec.dnsName"."""
    expect(manifest, _CERT_MANAGER, "Certificate")
    return _read_certificate(manifest, unknown)


def secret_in(manifest: object, unknown: list[str], memo: Memo | None = None) -> SecretData:
    """Read a Secret, and add the paths of unknown fields."""
    typed = expect(manifest, _CORE, "Secret").get("stringData")
    found: dict[str, object] = {"memo": memo}
    _collect_secret(manifest, unknown, found)
    secret = SECRET.build(**found)
    if typed is None:
        return secret
    try:
        entries = {**(secret.entries or {}), **string_data(typed)}
    except CertlifeError as error:
        raise inside("stringData", error) from None
    return evolve(secret, entries=FrozenMap(entries))


def request_in(manifest: object, unknown: list[str]) -> CertificateRequest:
    """Read a CertificateRequest, and add the paths of unknown fields."""
    expect(manifest, _CERT_MANAGER, "CertificateRequest")
    return _read_request(manifest, unknown)


READERS: Final[
    Mapping[str, Callable[[object, list[str]], Certificate | SecretData | CertificateRequest]]
] = {
    "Certificate.cert-manager.io": certificate_in,
    "CertificateRequest.cert-manager.io": request_in,
    "Secret": secret_in,
}
"""Who reads which kind, by what `kind_in` calls it."""


def kind_in(manifest: object) -> str:
    """Return the kind of an object and its API group: "Secret", "Issuer.cert-manager.io".

    Raises:
        ManifestError: If it is no mapping or does not say so.
    """
    fields = mapping(manifest)
    if fields.get("kind") is None:
        rule = "expected the kind of object, such as Certificate"
        raise ManifestError(rule, path="kind", value="nothing")
    kind = _word(fields, "kind")
    group = _word(fields, "apiVersion").rpartition("/")[0]
    return f"{kind}.{group}" if group else kind


def _word(fields: Mapping[object, object], key: str) -> str:
    try:
        return text(fields.get(key))
    except CertlifeError as error:
        raise inside(key, error) from None


def expect(manifest: object, api_version: str, kind: str) -> Mapping[object, object]:
    """Refuse another apiVersion or kind; items of a CertificateList need not say theirs."""
    fields = mapping(manifest)
    for key, expected in (("apiVersion", api_version), ("kind", kind)):
        said = fields.get(key)
        if said is not None and said != expected:
            raise ManifestError(f"expected {expected}", path=key, value=quoted(said))
    return fields


def _write(
    kind: type[object], table: Table, model: object, api_version: str, name: str
) -> dict[str, object]:
    if not isinstance(model, kind):
        raise WrongTypeError(f"expected a {kind.__name__}", value=f"a {type(model).__name__}")
    return {"apiVersion": api_version, "kind": name, **table.write(model)}
