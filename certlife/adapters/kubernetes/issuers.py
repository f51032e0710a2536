"""Issuers and ClusterIssuers of cert-manager, as far as we can sign for them: selfSigned and ca.

Whatever a manifest asks for that would not be done is refused by its name: another type of issuer,
or a field that it does not have. Nothing is signed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NoReturn

from attrs import field, frozen

from certlife.adapters.kubernetes.documents import list_items
from certlife.adapters.kubernetes.export import Refusal
from certlife.adapters.kubernetes.object_fields import METADATA
from certlife.adapters.kubernetes.objects import kind_in
from certlife.adapters.kubernetes.tables import Inline, Leaf, One, Shape, Table
from certlife.adapters.kubernetes.values import elements, quoted, text
from certlife.errors import CertlifeError, ManifestError
from certlife.model.certificate_urls import CertificateUrls

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CLUSTER_ISSUER: Final = "ClusterIssuer"

_KINDS: Final = ("Issuer.cert-manager.io", "ClusterIssuer.cert-manager.io")
_API_VERSION: Final = "cert-manager.io/v1"


@frozen(kw_only=True)
class IssuerManifest:
    """An Issuer or ClusterIssuer.

    Args:
        kind: "Issuer" or "ClusterIssuer".
        name: Its name.
        namespace: Its namespace, or None; a ClusterIssuer has none.
        ca_secret: The Secret with the CA that signs; None where each certificate is signed by its
            own key.
        urls: What certificates say about where more is to be found.
    """

    kind: str
    name: str
    namespace: str | None = None
    ca_secret: str | None = None
    urls: CertificateUrls = field(factory=CertificateUrls)


def read_issuer(manifest: Mapping[str, object]) -> IssuerManifest:
    """Read an Issuer or ClusterIssuer.

    Args:
        manifest: The object.

    Raises:
        ManifestError: It is another object, or asks for what would not be done: an issuer of
            another type than selfSigned and ca, or a field that these have not.
    """
    if kind_in(manifest) not in _KINDS:
        raise ManifestError("expected Issuer or ClusterIssuer", path="kind")
    if manifest.get("apiVersion") != _API_VERSION:
        raise ManifestError(f"expected {_API_VERSION}", path="apiVersion")
    unknown: list[str] = []
    issuer = _read(manifest, unknown)
    for path in unknown:  # to ignore a setting of an issuer would be to issue something else
        raise ManifestError("expected a field that an issuer has", path=path.removeprefix("."))
    return issuer


def read_issuers(documents: Iterable[tuple[str, object]]) -> tuple[IssuerManifest | Refusal, ...]:
    """Read the issuers among documents, each an object or a List of objects.

    Args:
        documents: As for `read_export`, which says what is wrong with anything but an issuer.

    Returns:
        The issuers, and in the place of each that cannot be read, or used, a Refusal.
    """
    return tuple(
        found for source, document in documents for found in _issuers(document, source, "", 0)
    )


def _issuers(
    manifest: object, source: str, place: str, depth: int
) -> Iterator[IssuerManifest | Refusal]:
    try:
        kind = kind_in(manifest)
        items = list_items(manifest, kind, depth) or ()
    except CertlifeError:  # `read_export` says so
        return
    if kind in _KINDS and isinstance(manifest, Mapping):
        try:
            yield read_issuer(manifest)
        except CertlifeError as error:
            path = ".".join(part for part in (place, error.path) if part)
            yield Refusal(source, path, error.rule, error.value)
    within = f"{place}.items" if place else "items"
    for index, item in enumerate(items):
        yield from _issuers(item, source, f"{within}[{index}]", depth + 1)


@frozen(kw_only=True)
class _Signing:
    """What is said of a type of issuer."""

    secret: str = ""
    crls: tuple[str, ...] = ()
    ocsp: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()


def _issuer(
    *,
    name: str,
    kind: str,
    namespace: str | None = None,
    self_signed: _Signing | None = None,
    ca: _Signing | None = None,
) -> IssuerManifest:
    if not name:
        raise ManifestError("expected a name", path="metadata.name")
    if (self_signed is None) == (ca is None):
        raise ManifestError("expected either selfSigned or ca", path="spec")
    if ca is not None and not ca.secret:
        raise ManifestError("expected the name of a Secret", path="spec.ca.secretName")
    said = ca or self_signed or _Signing()
    return IssuerManifest(
        kind=kind,
        name=name,
        namespace=None if kind == CLUSTER_ISSUER else namespace,
        ca_secret=None if ca is None else ca.secret,
        urls=CertificateUrls(
            crl_distribution_points=said.crls,
            ocsp_servers=said.ocsp,
            issuing_certificate_urls=said.issuers,
        ),
    )


def _other_type(_: object) -> NoReturn:
    raise ManifestError("expected selfSigned or ca, the types of issuer that certlife has")


def _urls(value: object) -> tuple[str, ...]:
    return elements(value, _url)


def _url(value: object) -> str:
    found = text(value)
    try:
        CertificateUrls(ocsp_servers=[found])
    except CertlifeError as error:
        raise ManifestError(error.rule, value=quoted(value)) from None
    return found


_SELF_SIGNED: Final = Shape(_Signing, Table({"crlDistributionPoints": Leaf("crls", _urls)}))
_CA: Final = Shape(
    _Signing,
    Table(
        {
            "secretName": Leaf("secret", text),
            "crlDistributionPoints": Leaf("crls", _urls),
            "ocspServers": Leaf("ocsp", _urls),
            "issuingCertificateURLs": Leaf("issuers", _urls),
        }
    ),
)
_METADATA: Final = Table(
    {"name": Leaf("name", text), "namespace": Leaf("namespace", text)},
    skipped=METADATA | {"labels", "annotations"},
)
_SPEC: Final = Table(
    {
        "selfSigned": One("self_signed", _SELF_SIGNED),
        "ca": One("ca", _CA),
        "acme": Leaf("other", _other_type),
        "vault": Leaf("other", _other_type),
        "venafi": Leaf("other", _other_type),
    }
)
_read: Final = Shape(
    _issuer,
    Table(
        {"kind": Leaf("kind", text), "metadata": Inline(_METADATA), "spec": Inline(_SPEC)},
        skipped=frozenset(("apiVersion", "status")),
    ),
    required={"name": ""},
).reader("")
