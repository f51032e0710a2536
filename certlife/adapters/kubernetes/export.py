"""Many objects at once, and what belongs together among them.

A Certificate's Secret, its requests and its rivals are found by one look-up each, however many
objects there are. This module reads nothing and judges nothing.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from attrs import field, frozen

from certlife.errors import ManifestError, UnreadableError, WrongTypeError
from certlife.model import annotations as keys
from certlife.model import fields
from certlife.model.certificate import Certificate
from certlife.model.frozenmap import FrozenMap
from certlife.model.request import CertificateRequest
from certlife.model.secret import SecretData
from certlife.model.snapshot import Snapshot
from certlife.pki.keys import PrivateKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_NO_COUNTS: Final[FrozenMap[str, int]] = FrozenMap()


class _Named(Protocol):
    @property
    def name(self) -> str | None: ...
    @property
    def namespace(self) -> str | None: ...


Object = TypeVar("Object", bound=_Named)
Place = tuple[str, str]
"""A namespace, "" for none, and what is looked up in it."""


@frozen
class Refusal:
    """An object that could not be read; as text, what its author should be told.

    Args:
        source: Which document: "web.yaml: document 3"; "" where there is only one.
        path: Where in it: "spec.dnsNames[1]", "items[7].metadata.name".
        rule: What was expected.
        value: What was there, as a message may quote it, or None.
    """

    source: str
    path: str
    rule: str
    value: str | None

    @property
    def message(self) -> str:
        """Where in the document, what was expected, and what was there."""
        return str(ManifestError(self.rule, path=self.path, value=self.value))

    def __str__(self) -> str:
        return f"{self.source}: {self.message}" if self.source else self.message


@frozen(kw_only=True)
class Export:
    """The objects of a cluster, or of a folder of manifests.

    Of objects with the same kind, namespace and name the last one counts, as it would there.

    Args:
        certificates: The Certificates.
        secrets: The Secrets.
        requests: The CertificateRequests.
        refusals: The objects that could not be read.
        ignored: How many objects there were of other kinds: {"Issuer.cert-manager.io": 2}.
        unknown_fields: How often a field was there that the API does not have, by its path
            without indexes: {"Certificate.spec.dnsName": 1}. Most are misspelled.
        sources: Where each Certificate was read, in their order; () where nobody noted it.
    """

    certificates: tuple[Certificate, ...] = field(default=(), validator=fields.many(Certificate))
    secrets: tuple[SecretData, ...] = field(default=(), validator=fields.many(SecretData))
    requests: tuple[CertificateRequest, ...] = field(
        default=(), validator=fields.many(CertificateRequest)
    )
    refusals: tuple[Refusal, ...] = field(default=(), validator=fields.many(Refusal))
    ignored: FrozenMap[str, int] = field(default=_NO_COUNTS, validator=fields.one(FrozenMap))
    unknown_fields: FrozenMap[str, int] = field(default=_NO_COUNTS, validator=fields.one(FrozenMap))

    sources: tuple[str, ...] = field(default=(), validator=fields.many(str))

    def source_of(self, certificate: Certificate) -> str:
        """Say where a Certificate was read; "" where nobody noted it."""
        return self._source_by_name.get((certificate.namespace or "", certificate.name), "")

    def snapshots(self, *, use_ari: bool = True) -> Iterator[Snapshot]:
        """Gather what belongs to each Certificate, in their order.

        Args:
            use_ari: As for `gather`.
        """
        for certificate in _distinct(self.certificates):
            yield self.gather(certificate, use_ari=use_ari)

    def gather(self, certificate: Certificate, *, use_ari: bool = True) -> Snapshot:
        """Find what belongs to a Certificate.

        That is the Secret that it names; the requests whose controlling owner has its uid (where it
        has none, those whose certificate-name annotation or whose owner without a uid names it);
        the key of the issuance under way; and the other Certificates that name its Secret. All of
        them are in its namespace.

        Args:
            certificate: Any Certificate; it need not be of this export.
            use_ari: Whether the renewal window in its status counts. cert-manager's feature gate
                for that, ACMEUseARI, is off by default.

        Raises:
            WrongTypeError: For anything but a Certificate.
        """
        if not isinstance(certificate, Certificate):
            raise WrongTypeError("expected a Certificate", value=f"a {type(certificate).__name__}")
        namespace, status = certificate.namespace or "", certificate.status
        secret_place = namespace, certificate.spec.secret_name
        if certificate.uid:
            requests = self._requests_by_owner.get((namespace, certificate.uid), ())
        else:
            requests = self._requests_by_name.get((namespace, certificate.name), ())
        return Snapshot(
            certificate,
            secret=self._secrets.get(secret_place),
            requests=tuple(requests),
            pending_key=self._key((namespace, status.next_private_key_secret_name or "")),
            rivals=tuple(
                [
                    other
                    for other in self._certificates_by_secret.get(secret_place, ())
                    if other.name != certificate.name
                ]
            ),
            ari_window=status.ari.suggested_window if use_ari and status.ari else None,
        )

    def _key(self, place: Place) -> PrivateKey | None:
        """Read the key in a Secret; a broken one is as good as none, and is made anew."""
        secret = self._secrets.get(place)
        if secret is None:
            return None
        try:
            return PrivateKey.from_pem(secret.entry(keys.TLS_PRIVATE_KEY))
        except UnreadableError:
            return None

    @cached_property
    def _source_by_name(self) -> Mapping[Place, str]:
        return {
            (certificate.namespace or "", certificate.name): source
            for certificate, source in zip(self.certificates, self.sources, strict=False)
        }

    @cached_property
    def _secrets(self) -> Mapping[Place, SecretData]:
        return {
            (secret.namespace or "", secret.name): secret for secret in self.secrets if secret.name
        }

    @cached_property
    def _requests_by_owner(self) -> Mapping[Place, list[CertificateRequest]]:
        return _grouped(self.requests, lambda request: request.owner_uid)

    @cached_property
    def _requests_by_name(self) -> Mapping[Place, list[CertificateRequest]]:
        return _grouped(self.requests, _certificate_name)

    @cached_property
    def _certificates_by_secret(self) -> Mapping[Place, list[Certificate]]:
        return _grouped(self.certificates, lambda certificate: certificate.spec.secret_name)


def gather(
    certificate: Certificate,
    *,
    secrets: Iterable[SecretData] = (),
    requests: Iterable[CertificateRequest] = (),
    certificates: Iterable[Certificate] = (),
    use_ari: bool = True,
) -> Snapshot:
    """Find what belongs to one Certificate, as `Export.gather` does for many.

    Args:
        certificate: The Certificate.
        secrets: The Secrets that exist.
        requests: The CertificateRequests that exist.
        certificates: The Certificates that exist, with or without this one.
        use_ari: Whether the renewal window in its status counts.

    Raises:
        WrongTypeError: For an argument of a wrong type.
    """
    export = Export(
        certificates=fields.required_tuple(certificates),
        secrets=fields.required_tuple(secrets),
        requests=fields.required_tuple(requests),
    )
    return export.gather(certificate, use_ari=use_ari)


def _certificate_name(request: CertificateRequest) -> str | None:
    """Return which Certificate a request says that it is for, where no uid can tell."""
    if request.annotations is not None and keys.CERTIFICATE_NAME in request.annotations:
        return request.annotations[keys.CERTIFICATE_NAME]
    owners = request.owner_references or ()
    return next((owner.name for owner in owners if owner.controller and not owner.uid), None)


def _distinct(objects: Iterable[Object]) -> Iterable[Object]:
    """Keep the last of the objects with one name; those still without a name are all distinct."""
    return {
        (one.namespace or "", one.name or position): one for position, one in enumerate(objects)
    }.values()


def _grouped(
    objects: Iterable[Object], key: Callable[[Object], str | None]
) -> Mapping[Place, list[Object]]:
    """Index objects by their namespace and what `key` finds in them, where it finds something."""
    groups: defaultdict[Place, list[Object]] = defaultdict(list)
    for one in _distinct(objects):
        found = key(one)
        if found:
            groups[one.namespace or "", found].append(one)
    return groups
