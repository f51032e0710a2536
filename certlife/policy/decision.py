"""What is to be done about one Certificate now: one of five answers, each with its evidence.

cert-manager's trigger controller, as a function.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import evolve, frozen

from certlife.errors import Unreadable
from certlife.model.request import RequestOutcome
from certlife.model.spec import RotationPolicy
from certlife.model.status import AriWindow, Condition, ConditionStatus
from certlife.model.validation import validate
from certlife.policy.ari import is_response, point_in_window
from certlife.policy.backoff import INITIAL_DELAY, MAXIMUM_DELAY, backoff_until
from certlife.policy.matching import private_key_matches_spec
from certlife.policy.ownership import secret_owner
from certlife.policy.policies import STRICT, TRIGGER, Policy
from certlife.policy.remembering import remembered
from certlife.policy.violation import Clause, Reason, Violation
from certlife.schedule.instants import require_aware

if TYPE_CHECKING:
    from fractions import Fraction

    from certlife.model.certificate import Certificate
    from certlife.model.snapshot import Snapshot
    from certlife.pki.memo import Memo

ISSUING: Final = "Issuing"
"""The condition that is True from the decision to issue until success or failure."""

_REQUESTED: Final = re.compile(
    r"spec(\.(literalSubject|ipAddresses|otherNames|privateKey|signatureAlgorithm|usages|"
    r"nameConstraints\.\w+\.ipRanges).*)?\Z",
    re.DOTALL,
)
"""The fields of a spec without which, or with whose faults, no certificate request can be made."""

_LIVE: Final = (RequestOutcome.PENDING, RequestOutcome.ISSUED)


@frozen
class Keep:
    """The certificate stands.

    Args:
        next_check: The first instant at which time alone may change that; None for never.
    """

    next_check: datetime | None


@frozen
class Issue:
    """The certificate must be issued, now.

    Args:
        violations: Every reason, the first being the one that cert-manager reports.
    """

    violations: tuple[Violation, ...]


@frozen
class BackOff:
    """The certificate must be issued, but that has failed lately.

    Args:
        until: The first instant at which it may be tried again.
        violations: Every reason why it must be issued.
    """

    until: datetime
    violations: tuple[Violation, ...]


@frozen
class InProgress:
    """The certificate is being issued already.

    Args:
        since: Since when, or None where nobody noted it.
    """

    since: datetime | None


class BlockedReason(StrEnum):
    """Why nothing can be done before somebody else has moved."""

    BEING_DELETED = "BeingDeleted"
    SECRET_OWNED_BY_ANOTHER = "SecretOwnedByAnother"
    DUPLICATE_REQUESTS = "DuplicateRequests"
    CANNOT_REGENERATE_KEY = "CannotRegenerateKey"
    CANNOT_REQUEST = "CannotRequest"


@frozen
class Blocked:
    """Nothing may be done before a person or another controller has moved.

    Args:
        reason: What stands in the way.
        detail: The names of the objects that it is about, or the faults of the spec.
        violations: Every reason why the certificate would be issued, where that was asked: for
            CANNOT_REQUEST and CANNOT_REGENERATE_KEY.
    """

    reason: BlockedReason
    detail: tuple[str, ...]
    violations: tuple[Violation, ...] = ()


Decision: TypeAlias = Keep | Issue | BackOff | InProgress | Blocked
"""What `decide` answers: a closed union, for `match` and `assert_never`."""


def decide(  # noqa: PLR0913 — what a decision depends on, each by keyword, and a memo
    snapshot: Snapshot,
    *,
    now: datetime,
    policy: Policy = TRIGGER,
    ari_draw: float | Fraction = 0.0,
    initial_delay: timedelta = INITIAL_DELAY,
    maximum_delay: timedelta = MAXIMUM_DELAY,
    memo: Memo | None = None,
) -> Decision:
    """Decide what is to be done about a Certificate.

    A certificate under issuance is left alone, but for a manual mark that nobody has taken up yet.
    Backing off, and whether it can be issued at all, is asked only where something is violated.

    Args:
        snapshot: The Certificate and what surrounds it.
        now: The instant at which it is judged, aware.
        policy: What must hold; cert-manager's code by default.
        ari_draw: Where in an ACME server's window it is due, in [0, 1): 0 is cert-manager's
            trigger; a draw by chance, kept for this window, spreads a herd (RFC 9773 4.2).
        initial_delay: The backoff after the first failure.
        maximum_delay: The longest backoff.
        memo: What was decided before, which changes no decision.

    Raises:
        InvalidValueError: If `now` is naive, or `ari_draw` not in [0, 1).
        WrongTypeError: If `now` is no datetime.
    """
    now, delays = require_aware(now), (initial_delay, maximum_delay)

    def decided() -> tuple[Decision, datetime | None]:
        return _decided(snapshot, now, policy, ari_draw, delays)

    if memo is None:
        return decided()[0]
    return remembered(memo, ("decide", policy, ari_draw, delays), snapshot, now, decided)


def cannot_issue(snapshot: Snapshot) -> Blocked | None:
    """Say why a certificate that must be issued cannot be, None where it can.

    With rotation policy Never, a readable key that does not fit the spec needs a person; and a
    spec that no certificate request can be made of must be mended first. Faults that cert-manager's
    webhook refuses but that spoil no request, such as a bad renewal window, are none here.

    Args:
        snapshot: The Certificate and what surrounds it.
    """
    certificate = snapshot.certificate
    faults = tuple(
        str(fault) for fault in validate(certificate.spec) if _REQUESTED.match(fault.path)
    )
    if faults:
        return Blocked(BlockedReason.CANNOT_REQUEST, faults)
    wanted = certificate.spec.effective_private_key
    if wanted.rotation_policy == RotationPolicy.NEVER and snapshot.secret is not None:
        key = snapshot.secret.key_reading
        if not isinstance(key, Unreadable) and private_key_matches_spec(key, certificate.spec):
            return Blocked(BlockedReason.CANNOT_REGENERATE_KEY, (certificate.spec.secret_name,))
    return None


def cannot_go_on(snapshot: Snapshot) -> Blocked | None:
    """Say why an issuance that has been asked for cannot go on, None where it can.

    The same as `cannot_issue`, but that a key which is there already and fits need not be made,
    whatever the one in the Secret is.

    Args:
        snapshot: The Certificate and what surrounds it.
    """
    blocked, key = cannot_issue(snapshot), snapshot.pending_key
    if blocked is None or blocked.reason is not BlockedReason.CANNOT_REGENERATE_KEY:
        return blocked
    has_key = key is not None and not private_key_matches_spec(key, snapshot.certificate.spec)
    return None if has_key else blocked


def advice(snapshot: Snapshot, *, now: datetime, policy: Policy = TRIGGER) -> tuple[Violation, ...]:
    """Return what is worth saying although the policy does not issue for it.

    Whatever the STRICT policy finds and this one does not, and a renewal window that cannot be
    kept.

    Args:
        snapshot: The Certificate and what surrounds it.
        now: The instant at which it is judged, aware.
        policy: The policy whose violations are known already.

    Raises:
        InvalidValueError: If `now` is naive.
        WrongTypeError: If `now` is no datetime.
    """
    known = {check.name for check in policy.checks}
    unasked = tuple(check for check in STRICT.checks if check.name not in known)
    found = Policy("advice", unasked).all(snapshot, now=now) if unasked else ()
    if not found and snapshot.certificate.spec.renewal is None:
        return ()
    violations = policy.all(snapshot, now=now)
    said = {(violation.path, violation.expected, violation.actual) for violation in violations}
    return (
        *(violation for violation in violations if violation.reason is Reason.WINDOW_ERROR),
        *(one for one in found if (one.path, one.expected, one.actual) not in said),
    )


def mark_for_renewal(certificate: Certificate, *, now: datetime) -> Certificate:
    """Mark a Certificate for issuance at once, as `cmctl renew` does.

    Args:
        certificate: The Certificate; it is not changed.
        now: The instant of the mark, aware.

    Returns:
        The Certificate with the condition Issuing True, reason ManuallyTriggered. One that is
        under issuance keeps the time since when it is.

    Raises:
        InvalidValueError: If `now` is naive.
        WrongTypeError: If `now` is no datetime.
    """
    now = require_aware(now)
    before = certificate.status.condition(ISSUING)
    was_issuing = before is not None and before.status == ConditionStatus.TRUE
    mark = Condition(
        ISSUING,
        ConditionStatus.TRUE,
        reason=Reason.MANUALLY_TRIGGERED,
        message="Renewal was asked for by hand",
        last_transition_time=before.last_transition_time if before and was_issuing else now,
        observed_generation=certificate.generation,
    )
    others = tuple(c for c in certificate.status.conditions or () if c.type != ISSUING)
    return evolve(certificate, status=evolve(certificate.status, conditions=(*others, mark)))


def _decided(
    snapshot: Snapshot,
    now: datetime,
    policy: Policy,
    draw: float | Fraction,
    delays: tuple[timedelta, timedelta],
) -> tuple[Decision, datetime | None]:
    """Decide, and say from when on time alone may change the decision; None for never."""
    blocked = _blocked(snapshot)
    if blocked is not None:
        return blocked, None
    issuing = snapshot.certificate.status.condition(ISSUING)
    if issuing is not None and issuing.status == ConditionStatus.TRUE:
        return _already_marked(snapshot, issuing), None
    snapshot = _drawn(snapshot, draw)
    violations = _as_the_controller_reports(policy.all(snapshot, now=now))
    next_change = policy.next_change(snapshot, now=now)
    if not violations:
        return Keep(next_change), next_change
    until = backoff_until(snapshot, initial=delays[0], maximum=delays[1])
    if until is not None and now < until:
        return BackOff(until, violations), min(until, next_change or until)
    return _unless(cannot_issue(snapshot), violations), next_change


def _unless(blocked: Blocked | None, violations: tuple[Violation, ...]) -> Issue | Blocked:
    return Issue(violations) if blocked is None else evolve(blocked, violations=violations)


def _already_marked(snapshot: Snapshot, issuing: Condition) -> Issue | InProgress | Blocked:
    """A manual mark is a reason of its own until a request has been made for it."""
    taken_up = any(request.outcome in _LIVE for request in snapshot.next_requests)
    if issuing.reason != Reason.MANUALLY_TRIGGERED or taken_up:
        return InProgress(issuing.last_transition_time)
    path = "status.conditions[Issuing]"
    actual = Clause("a mark made by hand")
    marked = Violation("manual_mark", Reason.MANUALLY_TRIGGERED, path, None, actual)
    return _unless(cannot_go_on(snapshot), (marked,))


def _blocked(snapshot: Snapshot) -> Blocked | None:
    certificate = snapshot.certificate
    if certificate.deleted is not None:
        return Blocked(BlockedReason.BEING_DELETED, (certificate.name,))
    if snapshot.rivals:
        owner = secret_owner((certificate, *snapshot.rivals), snapshot.secret)
        if owner is not None and owner != certificate.name:
            return Blocked(BlockedReason.SECRET_OWNED_BY_ANOTHER, (owner,))
    for requests in (snapshot.current_requests, snapshot.next_requests):
        if len(requests) > 1:
            names = tuple(sorted(request.name for request in requests))
            return Blocked(BlockedReason.DUPLICATE_REQUESTS, names)
    return None


def _drawn(snapshot: Snapshot, draw: float | Fraction) -> Snapshot:
    """Let an ACME server's window begin at the drawn point, from which on it is due."""
    window = snapshot.ari_window
    if draw == 0 or window is None or window.start is None or window.end is None:
        return snapshot
    if not is_response(window):
        return snapshot
    start = point_in_window(window.start, window.end, draw)
    return evolve(snapshot, ari_window=AriWindow(start=start, end=window.end))


def _as_the_controller_reports(violations: tuple[Violation, ...]) -> tuple[Violation, ...]:
    """Leave WindowError out: the violation beside it says that renewal is due all the same."""
    return tuple(v for v in violations if v.reason is not Reason.WINDOW_ERROR)
