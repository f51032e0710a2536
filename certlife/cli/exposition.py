"""The page that Prometheus reads, with cert-manager's names where it has one for a thing.

The times are those of the certificates themselves, and whether one is ready is judged: what
cert-manager writes into the status when it looks next. Only where the input holds no Secret is the
status all there is. This module needs prometheus-client, which the other commands do without.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from attrs import frozen
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from certlife.cli.judgement import Judgement, Verdict
from certlife.errors import Unreadable
from certlife.model.status import ConditionStatus
from certlife.policy.policies import READINESS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from certlife.cli.judgement import Question

LABELS: Final = ("name", "namespace", "issuer_name", "issuer_kind", "issuer_group")
"""Those of cert-manager."""

_NOT_BEFORE: Final = "certmanager_certificate_not_before_timestamp_seconds"
_NOT_AFTER: Final = "certmanager_certificate_not_after_timestamp_seconds"
_EXPIRATION: Final = "certmanager_certificate_expiration_timestamp_seconds"
_RENEWAL: Final = "certmanager_certificate_renewal_timestamp_seconds"
_TIMES: Final = {
    _NOT_BEFORE: "From when on the certificate is valid, in Unix time; 0 where there is none.",
    _NOT_AFTER: "Until when the certificate is valid, in Unix time; 0 where there is none.",
    _EXPIRATION: f"The same as {_NOT_AFTER}.",
    _RENEWAL: "When the certificate is due for renewal, in Unix time; 0 for never or unknown.",
}
_READY: Final = "certmanager_certificate_ready_status"
_CLOCK: Final = "certmanager_clock_time_seconds_gauge"
_DECISION: Final = "certlife_certificate_decision"
_UNREADABLE: Final = "certlife_unreadable_inputs"


def exposition(
    labelled: Mapping[tuple[str, ...], Judgement], *, unreadable: int, now: datetime
) -> str:
    """Write the page, in the text format that every Prometheus reads.

    Args:
        labelled: The certificates, each by the values of its LABELS.
        unreadable: How many inputs could not be read or judged.
        now: The instant at which they were judged, aware.
    """
    registry = CollectorRegistry()
    registry.register(_Judged(labelled, unreadable, now))
    return generate_latest(registry).decode()


@frozen(eq=False)  # the registry keeps it in a dict
class _Judged(Collector):
    """The metrics; the package asks for them."""

    labelled: Mapping[tuple[str, ...], Judgement]
    unreadable: int
    now: datetime

    def collect(self) -> Iterator[GaugeMetricFamily]:
        times = {labels: _times(judgement) for labels, judgement in self.labelled.items()}
        for metric, what in _TIMES.items():
            family = GaugeMetricFamily(metric, what, labels=LABELS)
            for labels, found in times.items():
                family.add_metric(labels, _unix(found[metric]))
            yield family
        ready = {
            labels: _readiness(one.question, self.now) for labels, one in self.labelled.items()
        }
        yield _states(_READY, "Whether it is ready.", "condition", ConditionStatus, ready)
        decided = {labels: one.verdict for labels, one in self.labelled.items()}
        yield _states(_DECISION, "What is decided about it.", "decision", Verdict, decided)
        told = "When all of this was judged, in Unix time."
        yield GaugeMetricFamily(_CLOCK, told, value=_unix(self.now))
        told = "How many inputs could not be read or judged."
        yield GaugeMetricFamily(_UNREADABLE, told, value=self.unreadable)


def _states(
    metric: str,
    what: str,
    label: str,
    states: Iterable[str],
    found: Mapping[tuple[str, ...], str],
) -> GaugeMetricFamily:
    """Write a sample for each state, of which the one that holds is 1."""
    family = GaugeMetricFamily(metric, what, labels=(*LABELS, label))
    for labels, state in found.items():
        for one in states:
            family.add_metric((*labels, one), one == state)
    return family


def _times(judgement: Judgement) -> Mapping[str, datetime | None]:
    """Return what each of _TIMES is."""
    secret, status = judgement.question.snapshot.secret, judgement.certificate.status
    since, until, due = status.not_before, status.not_after, status.renewal_time
    if secret is not None and not isinstance(secret.certificate_reading, Unreadable):
        certificate = secret.certificate_reading
        since, until = certificate.not_before, certificate.not_after
        due = judgement.renewal_time
    elif judgement.question.secrets_given:
        since = until = due = None
    return {_NOT_BEFORE: since, _NOT_AFTER: until, _EXPIRATION: until, _RENEWAL: due}


def _readiness(question: Question, now: datetime) -> str:
    if question.secrets_given:
        unmet = READINESS.first(question.snapshot, now=now)
        return ConditionStatus.FALSE if unmet else ConditionStatus.TRUE
    ready = question.snapshot.certificate.status.condition("Ready")
    return ConditionStatus.UNKNOWN if ready is None else ready.status


def _unix(at: datetime | None) -> float:
    """Return whole seconds, as cert-manager does, also before 1970."""
    return 0 if at is None else at.timestamp() // 1
