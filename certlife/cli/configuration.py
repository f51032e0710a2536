"""The configuration of `certlife run`: Certificates, issuers, Secrets and settings, put together.

What is at fault is left out and said, and hides nothing else. Which Certificate has to wait for
which is settled here, too. Nothing is judged or written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import evolve, frozen

from certlife.adapters.inputs import read_inputs
from certlife.adapters.kubernetes import IssuerManifest, Refusal, read_export, read_issuers
from certlife.adapters.kubernetes.issuers import CLUSTER_ISSUER
from certlife.adapters.kubernetes.objects import kind_in
from certlife.cli.settings import KIND, Settings, read_settings
from certlife.cli.sources import notes_on
from certlife.cli.table import full_name
from certlife.errors import CertlifeError, InvalidValueError, shown
from certlife.model.certificate import Certificate
from certlife.model.frozenmap import FrozenMap
from certlife.model.secret import SecretData
from certlife.model.spec import DEFAULT_ISSUER_GROUP
from certlife.model.validation import validate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from certlife.adapters.inputs import Inputs
    from certlife.adapters.kubernetes import Export
    from certlife.adapters.manifests import Document
    from certlife.model.spec import IssuerRef, SecretKeyRef

Place: TypeAlias = tuple[str, str]
"""A namespace, "" for none, and a name in it."""

_CLUSTER_NAMESPACE: Final = "cert-manager"
"""Where cert-manager looks for the Secrets of ClusterIssuers, unless it is told otherwise."""

_OURS: Final = ("Issuer.cert-manager.io", "ClusterIssuer.cert-manager.io", KIND)


@frozen(kw_only=True)
class Configuration:
    """What is to be done.

    Args:
        certificates: The Certificates without faults, each once.
        issuers: Who signs, by kind, namespace ("" for none) and name.
        secrets: The Secrets that were given, by place.
        settings: What this machine decides.
        problems: What is at fault, a line each.
        notes: What else to say, a line each.
    """

    certificates: Sequence[Certificate]
    issuers: Mapping[tuple[str, str, str], IssuerManifest]
    secrets: Mapping[Place, SecretData]
    settings: Settings
    problems: Sequence[str]
    notes: Sequence[str]

    def issuer_of(self, ref: IssuerRef, namespace: str | None) -> IssuerManifest | None:
        """Find the issuer that something in a namespace refers to."""
        if ref.effective_group != DEFAULT_ISSUER_GROUP:
            return None
        where = "" if ref.effective_kind == CLUSTER_ISSUER else namespace or ""
        return self.issuers.get((ref.effective_kind, where, ref.name))

    def ca_of(self, issuer: IssuerManifest) -> Place | None:
        """Find the Secret with the CA of an issuer; None where there is none to be had.

        The Secret of a ClusterIssuer is in the namespace that cert-manager takes for that, or in
        none.
        """
        if issuer.ca_secret is None:
            return None
        namespaces = [issuer.namespace or ""]
        if issuer.kind == CLUSTER_ISSUER:
            namespaces = [_CLUSTER_NAMESPACE, ""]
        places = [(namespace, issuer.ca_secret) for namespace in namespaces]
        return next((one for one in places if one in self.secrets or one in self._makers), None)

    def password(self, certificate: Certificate, reference: SecretKeyRef) -> bytes:
        """Return the password of a keystore, from the Secrets that were given.

        Raises:
            InvalidValueError: It is in none of them.
        """
        secret = self.secrets.get((certificate.namespace or "", reference.name or ""))
        found = b"" if secret is None else secret.entry(reference.key or "")
        if not found:
            rule = "expected a Secret of the configuration with that entry"
            raise InvalidValueError(rule, value=f"{reference.name}/{reference.key}")
        return found

    def waves(self) -> list[list[Certificate]]:
        """Part the Certificates so that each comes after the one that makes its issuer's CA.

        Those of one part need nothing of each other. Where they wait for each other in a circle,
        one of them comes first all the same.
        """
        waves: list[list[Certificate]] = []
        for certificate in self.certificates:
            depth = self._depth(certificate)
            waves += [[] for _ in range(depth + 1 - len(waves))]
            waves[depth].append(certificate)
        return [wave for wave in waves if wave]

    def _depth(self, certificate: Certificate) -> int:
        """Count the Certificates that have to be there first."""
        above: set[Place] = set()
        maker: Certificate | None = certificate
        while maker is not None:
            issuer = self.issuer_of(maker.spec.issuer_ref, maker.namespace)
            place = None if issuer is None else self.ca_of(issuer)
            if place is None or place in above:
                break
            maker = self._makers.get(place)
            if maker is not None:
                above.add(place)
        return len(above)

    @cached_property
    def _makers(self) -> Mapping[Place, Certificate]:
        """Which Certificate makes which Secret."""
        return {(one.namespace or "", one.spec.secret_name): one for one in self.certificates}


def read_configuration(path: str) -> Configuration:
    """Read a file or folder.

    Args:
        path: Where it is.
    """
    inputs = read_inputs([path])
    settings, problems = _settings_in(filter(_is_settings, inputs.documents))
    pairs = [(one.source, one.value) for one in inputs.documents if not _is_settings(one)]
    export, issuers = read_export(pairs), read_issuers(pairs)
    refusals = [*inputs.refusals, *export.refusals]
    refusals += [one for one in issuers if isinstance(one, Refusal)]
    whole = Configuration(
        certificates=list({_place(one): one for one in export.certificates}.values()),
        issuers={
            (one.kind, one.namespace or "", one.name): one
            for one in issuers
            if isinstance(one, IssuerManifest)
        },
        secrets={_place(one): one for one in export.secrets},
        settings=settings,
        problems=(*map(str, refusals), *problems),
        notes=tuple(_notes(inputs, export)),
    )
    faults = {_place(one): list(_faults(one, whole, export)) for one in whole.certificates}
    return evolve(
        whole,
        certificates=[one for one in whole.certificates if not faults[_place(one)]],
        problems=(
            *whole.problems,
            *(fault for lines in faults.values() for fault in lines),
            *_misplaced(export),
            *_unknown_names(whole),
        ),
    )


def _settings_in(documents: Iterable[Document]) -> tuple[Settings, list[str]]:
    """Read the Configuration among the documents, and say what is wrong with it."""
    settings, problems, sources = Settings(), [], []
    for document in documents:
        sources.append(document.source)
        if len(sources) > 1:
            rule = f"expected one Configuration, and {sources[0]} is one"
            problems.append(f"{document.source}: {rule}")
            continue
        try:
            settings = read_settings(document.value)
        except CertlifeError as error:
            problems.append(f"{document.source}: {error}")
    return settings, problems


def _is_settings(document: Document) -> bool:
    try:
        return kind_in(document.value) == KIND
    except CertlifeError:  # `read_export` says so
        return False


def _faults(certificate: Certificate, whole: Configuration, export: Export) -> Iterator[str]:
    """Find what stands in the way of issuing a Certificate."""
    where = f"{export.source_of(certificate)}: {full_name(certificate)}: "
    for fault in validate(certificate.spec):
        yield f"{where}{fault}"
    ref = certificate.spec.issuer_ref
    issuer = whole.issuer_of(ref, certificate.namespace)
    if issuer is None:
        yield f"{where}spec.issuerRef: expected an issuer of the configuration, got {ref}"
    elif issuer.ca_secret is not None and whole.ca_of(issuer) is None:
        yield (
            f"{where}spec.issuerRef: expected an issuer whose Secret a Certificate makes or the"
            f" configuration holds, and {ref} wants {issuer.ca_secret}"
        )
    stores = certificate.spec.keystores
    for name, store in (("jks", stores.jks), ("pkcs12", stores.pkcs12)) if stores else ():
        reference = store.password_secret_ref if store and store.create else None
        if reference is not None and reference.name:
            try:
                whole.password(certificate, reference)
            except InvalidValueError as error:
                yield f"{where}spec.keystores.{name}.passwordSecretRef: {error}"


def _misplaced(export: Export) -> Iterator[str]:
    if KIND in export.ignored:
        yield "expected a Configuration as a document of its own, and not in a List"


def _unknown_names(whole: Configuration) -> Iterator[str]:
    known = {full_name(one) for one in whole.certificates}
    for index, hook in enumerate(whole.settings.on_change):
        for name in hook.certificates or ():
            if name not in known:
                yield (
                    f"onChange[{index}].certificates: expected Certificates of the configuration"
                    f" (as NAMESPACE/NAME where they have one), got {shown(name)}"
                )


def _notes(inputs: Inputs, export: Export) -> Iterator[str]:
    others = {kind: count for kind, count in export.ignored.items() if kind not in _OURS}
    if export.requests:
        others["CertificateRequest.cert-manager.io"] = len(export.requests)
    yield from notes_on(evolve(export, ignored=FrozenMap(others)), inputs.skipped)
    if inputs.pems:
        yield f"passed over, being no manifests: {len(inputs.pems)} PEM files"


def _place(one: Certificate | SecretData) -> Place:
    return one.namespace or "", one.name or ""
