"""One step for one Certificate, a turn of all, and turns until there is nothing left to do.

What cannot be done for one Certificate is told, and keeps nobody else waiting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve

from certlife.driver.performing import perform
from certlife.errors import CertlifeError
from certlife.lifecycle.advancing import RETRY_MAXIMUM, Advance, advance, next_question
from certlife.lifecycle.answers import TemporaryError
from certlife.lifecycle.phases import Phase
from certlife.lifecycle.plan import Event, EventType, Plan
from certlife.lifecycle.reconcile import reconcile
from certlife.policy.policies import TRIGGER, Policy
from certlife.schedule.instants import shift

if TYPE_CHECKING:
    from datetime import datetime

    from certlife.driver.store import Store
    from certlife.issuers.protocol import Clock, Issuer
    from certlife.model.request import CertificateRequest
    from certlife.model.snapshot import Snapshot
    from certlife.signing.secret_contents import PasswordSource


UNDONE: Final = "ActionFailed"
"""The reason of the event that what is next could not be done, be it that the disk is full."""


def turn(
    store: Store,
    issuer: Issuer,
    clock: Clock,
    *,
    policy: Policy = TRIGGER,
    passwords: PasswordSource | None = None,
) -> datetime | None:
    """Look at every Certificate once, and do what is next.

    The arguments are those of `step`.

    Returns:
        When to look again, which is now where anything was done; None for not before something
        changes.
    """
    checks: list[datetime | None] = []
    for snapshot in store.snapshots():
        # No comprehension: after an error that would keep the last one locked.
        plan = step(snapshot, store, issuer, clock, policy=policy, passwords=passwords)
        checks.append(plan.next_check)
    return min((at for at in checks if at is not None), default=None)


def step(
    snapshot: Snapshot,
    store: Store,
    issuer: Issuer,
    clock: Clock,
    *,
    policy: Policy = TRIGGER,
    passwords: PasswordSource | None = None,
) -> Plan:
    """Look at one Certificate, and do what is next; what cannot be done is told.

    Args:
        snapshot: The Certificate with what surrounds it, as it is now.
        store: Where everything is kept.
        issuer: Who answers requests.
        clock: What time it is.
        policy: What must hold of it.
        passwords: Where the passwords of keystores are.

    Returns:
        What was planned, with what was told, and when to look again, as for `turn`.
    """
    now = clock.now()
    plan = reconcile(snapshot, now=now, policy=policy)
    try:
        for action in plan.actions:
            perform(action, snapshot, store, now=now, passwords=passwords)
        if plan.actions:
            plan = evolve(plan, next_check=now)
        elif plan.phase is Phase.ASKED and snapshot.next_request:
            after = _ask(snapshot.next_request, store, issuer, now)
            checks = [at for at in (plan.next_check, after.next_check) if at is not None]
            events = (*plan.events, *after.events)
            plan = evolve(plan, events=events, next_check=min(checks, default=None))
    except CertlifeError as error:
        problem = Event(EventType.WARNING, UNDONE, f"Cannot do what is next: {error}")
        plan = Plan(plan.phase, events=(problem,), next_check=shift(now, RETRY_MAXIMUM))
    for event in plan.events:
        store.tell(snapshot.certificate, event)
    return plan


def settle(
    store: Store,
    issuer: Issuer,
    clock: Clock,
    *,
    policy: Policy = TRIGGER,
    passwords: PasswordSource | None = None,
) -> datetime | None:
    """Take turns until there is nothing to do now; return when there will be, None for never.

    The arguments are those of `step`.
    """
    while True:
        at = turn(store, issuer, clock, policy=policy, passwords=passwords)
        if at is None or at > clock.now():
            return at


def _ask(request: CertificateRequest, store: Store, issuer: Issuer, now: datetime) -> Advance:
    """Ask about a request, if it is time."""
    at = next_question(request)
    if at is None or at > now:
        return Advance(request, at)
    try:
        answer = issuer.answer(request)
    except CertlifeError as error:
        answer = TemporaryError(str(error))
    after = advance(request, answer, now=now)
    store.update_request(request, after.request)
    return evolve(after, next_check=after.next_check or now)
