"""Whether a certificate goes round in circles: a bounded record of why it was issued.

An issuer that edits what is asked for, or two controllers that disagree, make a certificate be
issued again and again for one reason. Each issuance by itself is right; the record shows the loop.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from attrs import evolve

from certlife.model.status import CertificateStatus, IssuanceRecord, first_condition
from certlife.policy.matching import request_matches_spec
from certlife.policy.policies import READINESS, TRIGGER
from certlife.policy.violation import Reason, Violation
from certlife.schedule.instants import shift

if TYPE_CHECKING:
    from certlife.model.snapshot import Snapshot

MAX_RECORDS: Final = 8
"""How many issuances are remembered."""

MAX_TIMES: Final = 3
"""The how-manieth issuance for one reason and field within a lifetime is worth a warning."""

_BY_ITSELF: Final = frozenset({Reason.RENEWING, Reason.EXPIRED})
"""Reasons that come back by the passing of time."""

_STANDING: Final = frozenset(check.name for check in TRIGGER.checks) & frozenset(
    check.name for check in READINESS.checks
)
"""The checks that any issuance satisfies; violated anew, somebody has changed something."""


def remembered(status: CertificateStatus, first: Violation, now: datetime) -> CertificateStatus:
    """Add an issuance to the record, and forget the oldest.

    A further attempt at one revision is the same issuance.
    """
    if status.failed_issuance_attempts:
        return status
    record = IssuanceRecord(now, str(first.reason), first.path)
    latest = (status.issuances or ())[1 - MAX_RECORDS :]
    return evolve(status, issuances=(*latest, record))


def swings(snapshot: Snapshot, first: Violation, now: datetime) -> str | None:
    """Say which field moves back and forth, None where none does.

    Args:
        snapshot: With the record of the issuances before this one.
        first: Why the certificate is to be issued now.
        now: The instant of this issuance.
    """
    status, lifetime = snapshot.certificate.status, snapshot.certificate.spec.effective_duration
    if status.failed_issuance_attempts:
        return None
    if first.reason in _BY_ITSELF and futile_until(snapshot, first, timedelta()) is None:
        return None
    since = shift(now, -lifetime)
    same = [one for one in status.issuances or () if one.at >= since and _is_for(one, first)]
    times = len(same) + 1
    if times < MAX_TIMES:
        return None
    return (
        f"Issued {times} times for {first.reason} within one lifetime; "
        f"what moves is {first.message}"
    )


def futile_until(snapshot: Snapshot, first: Violation, delay: timedelta) -> datetime | None:
    """Until when it is of no use to issue again for what the last issuance did not cure.

    An issuer that edits names, one whose certificates are due when they are made, or a rule of a
    user's own that no certificate satisfies: issuing at once would go on for ever, and at full
    speed. cert-manager's trigger does not look for that.

    Args:
        snapshot: With the record of the issuances before this one.
        first: Why the certificate is to be issued now.
        delay: How long to wait, from when the last certificate was issued.

    Returns:
        The first instant at which it may be tried again, None where nothing has to be waited.
    """
    last = next(reversed(snapshot.certificate.status.issuances or ()), None)
    request = snapshot.current_request
    if last is None or request is None or not _is_for(last, first) or first.check in _STANDING:
        return None
    ready = first_condition(request.conditions, "Ready")
    issued = ready.last_transition_time if ready else None
    if issued is None or issued < last.at:
        return None  # that issuance has not come to its end
    if isinstance(first.actual, datetime) and first.actual > issued:
        return None  # it fell due, or expired, since
    matching = request_matches_spec(request, snapshot.certificate.spec)
    return None if matching.differences else shift(issued, delay)


def _is_for(record: IssuanceRecord, violation: Violation) -> bool:
    return (record.reason, record.path) == (violation.reason, violation.path)
