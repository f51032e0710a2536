"""One look at a certificate: in which phase it is, and what to do next.

What cert-manager does in six controllers (trigger, key manager, request manager, issuing,
readiness, revision manager), as one function without memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from attrs import evolve

from certlife.errors import WrongTypeError, shown
from certlife.lifecycle.actions import Action, DeleteKey, DeleteRequest
from certlife.lifecycle.blocking import BLOCKED, blocked_plan
from certlife.lifecycle.history import futile_until, remembered, swings
from certlife.lifecycle.issuing import issuing_plan
from certlife.lifecycle.look import Look
from certlife.lifecycle.phases import Phase
from certlife.lifecycle.plan import Event, EventType, Plan
from certlife.lifecycle.requests import past_requests
from certlife.lifecycle.status_writing import (
    is_issuing,
    is_ready,
    observed,
    with_condition,
    without_condition,
)
from certlife.model.snapshot import Snapshot
from certlife.model.status import ConditionStatus
from certlife.policy.backoff import INITIAL_DELAY, MAXIMUM_DELAY
from certlife.policy.decision import (
    ISSUING,
    BackOff,
    Blocked,
    BlockedReason,
    InProgress,
    Issue,
    Keep,
    decide,
)
from certlife.policy.policies import READINESS, TRIGGER, Policy
from certlife.schedule.instants import require_aware

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from fractions import Fraction

    from certlife.policy.violation import Violation

OSCILLATION: Final = "Oscillation"
"""The reason of the event that tells of a certificate which is issued again and again."""


def reconcile(
    snapshot: Snapshot,
    *,
    now: datetime,
    policy: Policy = TRIGGER,
    ari_draw: float | Fraction = 0.0,
    initial_delay: timedelta = INITIAL_DELAY,
    maximum_delay: timedelta = MAXIMUM_DELAY,
) -> Plan:
    """Look at a certificate and plan what to do next.

    Perform the plan, look anew, and so on until a plan has no actions; then wait until
    `next_check`, or until anything changes. A plan may be performed twice, or only in part.

    Args:
        snapshot: The Certificate and what surrounds it.
        now: The instant, aware.
        policy: What must hold; cert-manager's code by default.
        ari_draw: Where in an ACME server's window renewal is due, in [0, 1).
        initial_delay: The backoff after the first failure, and after an issuance that did not
            cure what it was made for.
        maximum_delay: The longest backoff.

    Raises:
        InvalidValueError: If `now` is naive, or `ari_draw` not in [0, 1).
        WrongTypeError: If `now` is no datetime, or `snapshot` no Snapshot.
    """
    if not isinstance(snapshot, Snapshot):
        raise WrongTypeError("expected a Snapshot", path="snapshot", value=shown(snapshot))
    now = require_aware(now)
    decision = decide(
        snapshot,
        now=now,
        policy=policy,
        ari_draw=ari_draw,
        initial_delay=initial_delay,
        maximum_delay=maximum_delay,
    )
    if isinstance(decision, Blocked) and decision.reason is BlockedReason.BEING_DELETED:
        return Plan(Phase.GONE)
    status = without_condition(observed(snapshot, now=now, ari_draw=ari_draw), BLOCKED)
    # What is not ready now does not become less so by the passing of time.
    ready_until = READINESS.next_change(snapshot, now=now) if is_ready(status) else None
    look = Look(snapshot, now, status, initial_delay, ready_until)
    match decision:
        case Keep(next_check=at):
            return _resting(look, at)
        case BackOff(until=at):
            return _tidied(look, Phase.WAITING, next_check=at)
        case Blocked(reason=BlockedReason.DUPLICATE_REQUESTS) if is_issuing(status):
            # cert-manager's request manager deletes those of no use first.
            return issuing_plan(look, decision)
        case Blocked():
            return blocked_plan(look, decision)
        case Issue(violations=violations) if not is_issuing(status):
            return _due(look, violations)
        case Issue() | InProgress():
            return issuing_plan(look, decision)
        case _:
            assert_never(decision)


def _resting(look: Look, next_check: datetime | None) -> Plan:
    """Nothing to issue: forget old requests once the certificate is ready."""
    if not is_ready(look.status):
        return _tidied(look, Phase.RESTING, next_check=next_check)
    old = (DeleteRequest(one.name, one.uid) for one in past_requests(look.snapshot))
    return _tidied(look, Phase.RESTING, *old, next_check=next_check)


def _tidied(look: Look, phase: Phase, *actions: Action, next_check: datetime | None = None) -> Plan:
    """No issuance is under way, so no key of one is needed; its name goes after the key itself."""
    name = look.status.next_private_key_secret_name
    if name is None:
        return look.plan(phase, *actions, next_check=next_check)
    cleared = look.update(evolve(look.status, next_private_key_secret_name=None))
    return look.plan(phase, *actions, DeleteKey(name), cleared, next_check=next_check)


def _due(look: Look, violations: tuple[Violation, ...]) -> Plan:
    """Mark it, with the reason, and name the key before there is one."""
    first, message = violations[0], violations[0].message
    until = futile_until(look.snapshot, first, look.initial_delay)
    if until is not None and look.now < until:
        return _tidied(look, Phase.WAITING, next_check=until)
    name = look.status.next_private_key_secret_name
    leftover = () if name is None or name == look.key_name else (DeleteKey(name),)
    status = remembered(look.status, first, look.now)
    status = evolve(status, next_private_key_secret_name=look.key_name)
    status = with_condition(
        status, look.snapshot, ISSUING, ConditionStatus.TRUE, first.reason, message, now=look.now
    )
    events = [Event(EventType.NORMAL, ISSUING, f"Issuing: {message}", violations)]
    moving = swings(look.snapshot, first, look.now)
    if moving is not None:
        events.append(Event(EventType.WARNING, OSCILLATION, moving, violations))
    return look.plan(Phase.DUE, *leftover, look.update(status), events=tuple(events))
