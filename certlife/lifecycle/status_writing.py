"""What a Certificate's status is to say: conditions and times, derived from what is observed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve

from certlife.errors import Unreadable
from certlife.model.status import CertificateStatus, Condition, ConditionStatus
from certlife.policy.decision import ISSUING
from certlife.policy.policies import READINESS
from certlife.policy.renewal import renewal_time
from certlife.policy.violation import Reason

if TYPE_CHECKING:
    from datetime import datetime
    from fractions import Fraction

    from certlife.model.snapshot import Snapshot

READY: Final = "Ready"
"""The condition that is True while the stored certificate is what the spec wants."""

_READY_REASON: Final = "Ready"
_READY_MESSAGE: Final = "The certificate is what the spec wants and has not expired"


def observed(snapshot: Snapshot, *, now: datetime, ari_draw: float | Fraction) -> CertificateStatus:
    """Bring Ready, the validity and the renewal time up to date.

    A renewal window that cannot be kept makes a certificate unready, as in cert-manager's
    readiness controller, so that somebody sees it before the certificate is due.
    """
    status = snapshot.certificate.status
    violations = READINESS.first(snapshot, now=now)
    not_before = not_after = at = window_error = None
    secret = snapshot.secret
    if secret is not None and not isinstance(secret.certificate_reading, Unreadable):
        leaf = secret.certificate_reading
        renewal = renewal_time(
            leaf, snapshot.certificate.spec, ari_window=snapshot.ari_window, ari_draw=ari_draw
        )
        not_before, not_after = leaf.not_before, leaf.not_after
        at, window_error = renewal.at, renewal.window_error
    outcome: tuple[ConditionStatus, str, str]
    if window_error is not None:
        outcome = ConditionStatus.FALSE, Reason.WINDOW_ERROR, window_error
    elif violations:
        outcome = ConditionStatus.FALSE, violations[0].reason, violations[0].message
    else:
        outcome = ConditionStatus.TRUE, _READY_REASON, _READY_MESSAGE
    status = evolve(status, not_before=not_before, not_after=not_after, renewal_time=at)
    return with_condition(status, snapshot, READY, *outcome, now=now)


def with_condition(  # noqa: PLR0913 — a condition has as many parts
    status: CertificateStatus,
    snapshot: Snapshot,
    kind: str,
    value: ConditionStatus,
    reason: str,
    message: str,
    *,
    now: datetime,
) -> CertificateStatus:
    """Set a condition; its transition time moves only where its status does.

    Args:
        status: Where to set it.
        snapshot: What the condition was before, and of which generation it speaks.
        kind: Its type.
        value: Whether it holds.
        reason: Why, as one word.
        message: Why, as a sentence.
        now: The instant, aware.
    """
    before = snapshot.certificate.status.condition(kind)
    since = before.last_transition_time if before and before.status == value else now
    condition = Condition(
        kind,
        value,
        reason=str(reason),
        message=message,
        last_transition_time=since,
        observed_generation=snapshot.certificate.generation,
    )
    there = status.conditions or ()
    conditions = [one for one in there if one.type != kind]
    # In its place, so that a status that says the same is the same.
    place = next((index for index, one in enumerate(there) if one.type == kind), len(there))
    conditions.insert(place, condition)
    return evolve(status, conditions=conditions)


def without_condition(status: CertificateStatus, kind: str) -> CertificateStatus:
    """Take a condition away."""
    others = tuple(one for one in status.conditions or () if one.type != kind)
    return evolve(status, conditions=others)


def is_issuing(status: CertificateStatus) -> bool:
    """Whether an issuance is under way."""
    return _is_true(status, ISSUING)


def is_ready(status: CertificateStatus) -> bool:
    """Whether the stored certificate is what the spec wants."""
    return _is_true(status, READY)


def _is_true(status: CertificateStatus, kind: str) -> bool:
    condition = status.condition(kind)
    return condition is not None and condition.status == ConditionStatus.TRUE
