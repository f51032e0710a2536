"""What must hold in every world, and of every plan."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from attrs import evolve

from certlife.errors import Unreadable
from certlife.lifecycle.actions import CreateRequest, UpdateStatus
from certlife.lifecycle.advancing import next_question
from certlife.lifecycle.phases import TABLE, Phase
from certlife.model.request import RequestOutcome
from certlife.policy.decision import ISSUING
from certlife.policy.violation import Reason
from tests.exploration.canonical import canonical, timers
from tests.exploration.moves import OTHER_TWIN, TWIN, performed, plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from certlife.lifecycle.plan import Plan
    from certlife.model.certificate import Certificate
    from tests.exploration.world import World

_LIVE = (RequestOutcome.PENDING, RequestOutcome.ISSUED)
PATIENCE = 80
"""So many steps must do to come to rest, once the issuer behaves."""
_MOMENT = timedelta(microseconds=1)


def of_world(world: World) -> Iterator[str]:
    """Look for what no world may hold."""
    for secret in world.secrets.values():
        key, leaf = secret.key_reading, secret.certificate_reading
        if isinstance(key, Unreadable) or isinstance(leaf, Unreadable):
            yield "stores what cannot be read"
        elif not key.matches(leaf.public_key):
            yield "joins a key with another's certificate"
    for certificate in world.certificates:
        live = [
            one
            for one in world.snapshot(certificate).next_requests
            if one.outcome in _LIVE and not one.name.startswith((TWIN, OTHER_TWIN))
        ]
        if len(live) > 1:
            yield "asks twice for one cause"


def of_plan(
    world: World, certificate: Certificate, plan: Plan, afters: tuple[World, ...]
) -> Iterator[str]:
    """Look for what no plan may ask for, and hold what comes of it against the table.

    Args:
        world: As it is.
        certificate: Whose plan it is.
        plan: What is to be done.
        afters: The world after each of the plan's actions.
    """
    row, actions = TABLE[plan.phase], plan.actions
    if len(set(actions)) < len(actions):
        yield f"{plan.phase}: plans one action twice"
    if not {type(one) for one in actions} <= {*row.does, UpdateStatus}:
        yield f"{plan.phase}: does what the table does not say"
    if any(isinstance(one, CreateRequest) for one in actions):
        requests = world.snapshot(certificate).next_requests
        if any(one.outcome in _LIVE for one in requests):
            yield f"{plan.phase}: asks again while a request is under way"
    if actions:
        yield from _of_doing(world, certificate, plan, afters)
    else:
        yield from _of_waiting(world, certificate, plan)


def _of_doing(
    world: World, certificate: Certificate, plan: Plan, afters: tuple[World, ...]
) -> Iterator[str]:
    """Whatever is done must lead on, and no further when it is done twice or in part."""
    actions, once = plan.actions, afters[-1]
    for crashed in afters[:-1]:
        anew = plan_of(crashed, certificate)
        if anew.phase is not plan.phase:
            yield f"{plan.phase}: a crash leads elsewhere"
        elif not _same(_settled(crashed, certificate), _settled(once, certificate)):
            yield f"{plan.phase}: starting again after a crash ends elsewhere"
    again = plan_of(once, certificate)
    if again.phase not in TABLE[plan.phase].then:
        yield f"{plan.phase}: leads to {again.phase}, as the table does not say"
    if again.actions == actions:
        yield f"{plan.phase}: plans the same again"
    if (plan.phase, again.phase) == (Phase.ANSWERED, Phase.DUE) and not is_renewal(again):
        yield "issues twice for one cause"
    if plan.phase is Phase.RESTING and not again.actions:
        yield from _of_rest(once, certificate)
    yield from _of_repeating(world, certificate, plan, afters)


def _of_repeating(
    world: World, certificate: Certificate, plan: Plan, afters: tuple[World, ...]
) -> Iterator[str]:
    once = afters[-1]
    if not _same(performed(once, world, certificate, plan.actions), once):
        yield f"{plan.phase}: twice is not once"
    for action, after in zip(plan.actions, afters, strict=True):
        if not _same(performed(after, world, certificate, (action,)), after):
            yield f"{plan.phase}: an action that is performed twice does more than once"


def _settled(world: World, certificate: Certificate) -> World:
    """Go on with one Certificate until there is nothing more to do for it."""
    for _ in range(PATIENCE):
        plan = plan_of(world, certificate)
        if not plan.actions:
            break
        world = performed(world, world, certificate, plan.actions)
    return world


def _same(one: World, other: World) -> bool:
    return one is other or canonical(one) == canonical(other)


def _of_waiting(world: World, certificate: Certificate, plan: Plan) -> Iterator[str]:
    """Whoever does nothing must wait for something that can come."""
    if plan.phase is not Phase.GONE and not TABLE[plan.phase].awaits:
        yield f"{plan.phase}: does nothing, and the table does not say what it awaits"
    if plan.phase is Phase.WAITING and plan.next_check is None:
        yield "waiting: waits for nothing"
    if plan.phase is Phase.ASKED:
        request = world.snapshot(certificate).next_request
        if request is None or next_question(request) is None:
            yield "asked: waits for nobody's answer"
    if plan.phase in {Phase.RESTING, Phase.WAITING}:
        yield from _of_rest(world, certificate)
    yield from _of_time(world, certificate, plan)


def _of_time(world: World, certificate: Certificate, plan: Plan) -> Iterator[str]:
    """There must be nothing to do before the next look, and something then."""
    at = plan.next_check
    if at is not None and at <= world.now:
        yield f"{plan.phase}: waits for what is past"
        return
    moments = {one for one in timers(world) if at is None or one < at}
    if at is not None:
        moments.add(at - _MOMENT)
        if not _does_something(world, certificate, plan, at):
            yield f"{plan.phase}: waits for nothing"
    if any(_does_something(world, certificate, plan, one) for one in moments):
        yield f"{plan.phase}: oversleeps"


def _does_something(world: World, certificate: Certificate, plan: Plan, at: datetime) -> bool:
    later = plan_of(evolve(world, now=at), certificate)
    return bool(later.actions) or later.phase is not plan.phase


def _of_rest(world: World, certificate: Certificate) -> Iterator[str]:
    """Where no issuance is under way, nothing of one may be left."""
    issuing = certificate.status.condition(ISSUING)
    if issuing is not None and issuing.status == "True":
        yield "rests while marked as issuing"
    if any(name.startswith(f"{certificate.name}-") for name in world.keys):
        yield "leaves a key behind"


def is_renewal(plan: Plan) -> bool:
    """Whether what is due is due by the time, which may have passed before it was stored."""
    return any(one.reason == Reason.RENEWING for event in plan.events for one in event.evidence[:1])
