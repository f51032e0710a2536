"""Hypothesis strategies: specs that cert-manager's webhook takes, and worlds made of them.

Not imported by `certlife.testing` itself, because it needs Hypothesis, the extra `testing`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from attrs import evolve

from certlife.model.request import RequestOutcome
from certlife.model.snapshot import Snapshot
from certlife.model.spec import (
    CertificateSpec,
    IssuerRef,
    KeyEncoding,
    KeyUsage,
    NameConstraintItem,
    NameConstraints,
    OtherName,
    OutputFormat,
    PrivateKeySpec,
    Renewal,
    RenewalPolicy,
    RenewalWindow,
    RotationPolicy,
    SecretTemplate,
    SignatureAlgorithm,
    Subject,
)
from certlife.model.status import CertificateStatus
from certlife.pki.keys import KeyAlgorithm
from certlife.testing.worlds import asked, failed, issued

try:
    from hypothesis import strategies as st
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "strategies need Hypothesis: pip install 'certlife[testing]'"
    ) from None

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hypothesis.strategies import DrawFn, SearchStrategy

    from certlife.model.certificate import Certificate

Element = TypeVar("Element")

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
SHORTEST: Final = timedelta(hours=1)
LONGEST: Final = timedelta(days=3650)


def instants(
    *, earliest: datetime = EARLIEST, latest: datetime = LATEST
) -> SearchStrategy[datetime]:
    """Draw instants in UTC, to the second.

    Args:
        earliest: The first one, aware.
        latest: The last one, aware.
    """
    seconds = (latest - earliest) // _SECOND
    return st.integers(0, seconds).map(lambda after: earliest + after * _SECOND)


def durations(
    *, shortest: timedelta = SHORTEST, longest: timedelta = LONGEST
) -> SearchStrategy[timedelta]:
    """Draw durations, to the second: lifetimes of certificates by default, an hour to ten years.

    Args:
        shortest: The shortest one.
        longest: The longest one.
    """
    return st.integers(shortest // _SECOND, longest // _SECOND).map(lambda count: count * _SECOND)


def private_keys() -> SearchStrategy[PrivateKeySpec]:
    """Draw what a key must be: any kind and encoding, but RSA of 2048 bits only.

    Larger RSA keys are as good, and take seconds to make.
    """
    kinds: SearchStrategy[tuple[KeyAlgorithm | None, int | None]] = st.sampled_from(
        [
            (KeyAlgorithm.ECDSA, None),
            (KeyAlgorithm.ECDSA, 256),
            (KeyAlgorithm.ECDSA, 384),
            (KeyAlgorithm.ECDSA, 521),
            (KeyAlgorithm.ED25519, None),
            (KeyAlgorithm.RSA, 2048),
            (None, None),
        ]
    )
    return st.builds(
        lambda kind, encoding, rotation: PrivateKeySpec(
            algorithm=kind[0], size=kind[1], encoding=encoding, rotation_policy=rotation
        ),
        kinds,
        st.none() | st.sampled_from(KeyEncoding),
        st.none() | st.sampled_from(RotationPolicy),
    )


@st.composite
def specs(draw: DrawFn) -> CertificateSpec:
    """Draw specs without a fault, of which a request can be made and a certificate issued."""
    is_ca = draw(st.none() | st.booleans())
    private_key = draw(st.none() | private_keys())
    algorithm = (private_key or PrivateKeySpec()).effective_algorithm
    spec = CertificateSpec(
        secret_name=draw(_HOSTS),
        issuer_ref=draw(_ISSUERS),
        dns_names=draw(_some(_HOSTS | _HOSTS.map("*.{}".format))),
        ip_addresses=draw(_some(_ADDRESSES)),
        uris=draw(_some(st.builds("{}://{}/{}".format, _SCHEMES, _HOSTS, _LABELS))),
        email_addresses=draw(_some(st.builds("{}@{}".format, _LABELS, _HOSTS))),
        # An empty list is no good: cert-manager finds it in no request without alternative names.
        other_names=draw(st.none() | st.lists(_OTHER_NAMES, min_size=1, max_size=3)),
        usages=draw(_some(st.sampled_from(KeyUsage))),
        is_ca=is_ca,
        private_key=private_key,
        signature_algorithm=draw(st.none() | st.sampled_from(_SIGNATURES[algorithm])),
        encode_usages_in_request=draw(st.none() | st.booleans()),
        name_constraints=draw(st.none() | _CONSTRAINTS) if is_ca else None,
        additional_output_formats=draw(st.none() | _FORMATS),
        secret_template=draw(st.none() | _TEMPLATES),
        revision_history_limit=draw(st.none() | st.integers(1, 10)),
    )
    return _timed(draw, _named(draw, spec))


def snapshots(wanted: SearchStrategy[CertificateSpec] | None = None) -> SearchStrategy[Snapshot]:
    """Draw worlds: never issued, just issued, without its Secret, being issued again, failed.

    What was issued begins at `snapshot.certificate.created`.

    Args:
        wanted: Where the specs come from; `specs()`, if nothing is said.
    """
    worlds = st.builds(
        lambda spec, at, revision: issued(spec, at=at, revision=revision),
        specs() if wanted is None else wanted,
        instants(),
        st.integers(1, 3),
    )
    return st.builds(_changed, worlds, st.sampled_from(_CHANGES), durations())


def _changed(
    snapshot: Snapshot, change: Callable[[Snapshot, datetime], Snapshot], after: timedelta
) -> Snapshot:
    begun = snapshot.certificate.created or EARLIEST
    return change(snapshot, begun + after)


def _new(certificate: Certificate) -> Certificate:
    return evolve(certificate, status=CertificateStatus())


def _failed(outcome: RequestOutcome) -> Callable[[Snapshot, datetime], Snapshot]:
    return lambda snapshot, at: failed(snapshot, at=at, outcome=outcome)


_CHANGES: Final[tuple[Callable[[Snapshot, datetime], Snapshot], ...]] = (
    lambda snapshot, _: snapshot,
    lambda snapshot, _: Snapshot(_new(snapshot.certificate), secret=None, requests=()),
    lambda snapshot, _: evolve(snapshot, secret=None),
    lambda snapshot, _: evolve(snapshot, requests=()),
    lambda snapshot, at: asked(snapshot, at=at),
    _failed(RequestOutcome.FAILED),
    _failed(RequestOutcome.INVALID),
    _failed(RequestOutcome.DENIED),
)

_SECOND: Final = timedelta(seconds=1)
_DAY: Final = timedelta(days=1)
_LABELS: Final = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)
_HOSTS: Final = st.lists(_LABELS, min_size=1, max_size=4).map(".".join)
_TEXTS: Final = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
_SCHEMES: Final = st.sampled_from(["https", "spiffe", "ldap"])
_ADDRESSES: Final = st.ip_addresses().map(str).filter(lambda text: "%" not in text)
_OIDS: Final = st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=6).map(
    lambda arcs: ".".join(map(str, (1, 3, *arcs)))
)
_OTHER_NAMES: Final = st.builds(OtherName, _OIDS, _TEXTS)
_ISSUERS: Final = st.builds(IssuerRef, _LABELS) | st.builds(
    IssuerRef,
    _LABELS,
    kind=st.sampled_from(["Issuer", "ClusterIssuer"]),
    group=st.sampled_from([None, "cert-manager.io"]),
)
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


def _some(elements: SearchStrategy[Element]) -> SearchStrategy[list[Element] | None]:
    return st.none() | st.lists(elements, max_size=3)


_SUBJECTS: Final = st.builds(
    Subject,
    organizations=_some(_TEXTS),
    countries=_some(_TEXTS),
    organizational_units=_some(_TEXTS),
    localities=_some(_TEXTS),
    provinces=_some(_TEXTS),
    street_addresses=_some(_TEXTS),
    postal_codes=_some(_TEXTS),
    serial_number=st.none() | _TEXTS,
)
_RANGES: Final = st.sampled_from(["10.0.0.0/8", "192.0.2.1/32", "0.0.0.0/0", "2001:db8::/32"])
_SUBTREES: Final = st.builds(
    NameConstraintItem,
    dns_domains=_some(_HOSTS),
    ip_ranges=_some(_RANGES),
    email_addresses=_some(_HOSTS),
    uri_domains=_some(st.builds("{}.example".format, _HOSTS)),
)
_CONSTRAINTS: Final = st.builds(
    NameConstraints,
    critical=st.none() | st.booleans(),
    permitted=_SUBTREES,
    excluded=st.none() | _SUBTREES,
)

_FORMATS: Final = st.lists(st.sampled_from(OutputFormat), unique=True)
_TEMPLATES: Final = st.builds(
    SecretTemplate,
    annotations=st.none() | st.dictionaries(_LABELS, _TEXTS, max_size=2),
    labels=st.none() | st.dictionaries(_LABELS, _LABELS, max_size=2),
)


def _named(draw: DrawFn, spec: CertificateSpec) -> CertificateSpec:
    """Give it a subject: of its fields, of text, or none, which other names must make up for."""
    kind = draw(st.sampled_from(["fields", "text", "none"]))
    has_names = any(
        (spec.dns_names, spec.ip_addresses, spec.uris, spec.email_addresses, spec.other_names)
    )
    if kind == "text":
        text = draw(st.builds("CN={},OU={},O=Example".format, _HOSTS, _LABELS))
        return evolve(spec, literal_subject=text)
    if kind == "fields" or not has_names:
        subject = draw(st.none() | _SUBJECTS)
        return evolve(spec, common_name=draw(_HOSTS), subject=subject)
    return spec


def _timed(draw: DrawFn, spec: CertificateSpec) -> CertificateSpec:
    """Give it a lifetime, and say when in it the certificate is renewed."""
    renewal = draw(st.sampled_from(_RENEWALS))
    # A window opens each day, so that a certificate which lives for days meets one.
    shortest = 7 * _DAY if renewal and renewal.windows else SHORTEST
    duration = draw(st.none() | durations(shortest=shortest))
    spec = evolve(spec, duration=duration, renewal=renewal)
    kind = draw(st.sampled_from(["before", "percentage", "unsaid"]))
    if kind == "before":
        longest = spec.effective_duration / 2
        before = draw(durations(shortest=timedelta(minutes=5), longest=longest))
        return evolve(spec, renew_before=before)
    if kind == "percentage":
        return evolve(spec, renew_before_percentage=draw(st.integers(10, 90)))
    return spec


_RENEWALS: Final = (
    None,
    Renewal(policy=RenewalPolicy.DISABLED),
    Renewal(policy=RenewalPolicy.RENEW_BEFORE),
    Renewal(
        policy=RenewalPolicy.RENEW_BEFORE,
        windows=[RenewalWindow(cron="0 2 * * *", window_duration=timedelta(hours=2))],
    ),
)
