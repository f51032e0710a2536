"""What must hold in every world, of every plan, and from every world on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from certlife.errors import Unreadable
from certlife.lifecycle.actions import CreateRequest, UpdateStatus
from certlife.lifecycle.advancing import next_question
from certlife.lifecycle.phases import TABLE, Phase
from certlife.model.request import RequestOutcome
from certlife.policy.decision import ISSUING
from certlife.policy.violation import Reason
from tests.exploration.answers import GOOD, answer_of
from tests.exploration.canonical import Form, canonical
from tests.exploration.moves import TWIN, answered, performed, plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from certlife.lifecycle.plan import Plan
    from certlife.model.certificate import Certificate
    from tests.exploration.world import World

_LIVE = (RequestOutcome.PENDING, RequestOutcome.ISSUED)
_PATIENCE = 80
"""So many steps must do to come to rest, once the issuer behaves."""


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
            if one.outcome in _LIVE and not one.name.startswith(TWIN)
        ]
        if len(live) > 1:
            yield "asks twice for one cause"


def of_plan(world: World, certificate: Certificate, plan: Plan) -> Iterator[str]:
    """Look for what no plan may ask for, and hold what comes of it against the table."""
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
        yield from _of_doing(world, certificate, plan)
    else:
        yield from _of_waiting(world, certificate, plan)


def _of_doing(world: World, certificate: Certificate, plan: Plan) -> Iterator[str]:
    """Whatever is done must lead on, and no further when it is done twice or in part."""
    actions = plan.actions
    for end in range(1, len(actions)):
        after = performed(world, world, certificate, actions[:end])
        if plan_of(after, certificate).phase is not plan.phase:
            yield f"{plan.phase}: a crash leads elsewhere"
    once = performed(world, world, certificate, actions)
    again = plan_of(once, certificate)
    if again.phase not in TABLE[plan.phase].then:
        yield f"{plan.phase}: leads to {again.phase}, as the table does not say"
    if again.actions == actions:
        yield f"{plan.phase}: plans the same again"
    if canonical(performed(once, world, certificate, actions)) != canonical(once):
        yield f"{plan.phase}: twice is not once"
    if (plan.phase, again.phase) == (Phase.ANSWERED, Phase.DUE) and not _is_renewal(again):
        yield "issues twice for one cause"
    if plan.phase is Phase.RESTING and not again.actions:
        yield from _of_rest(once, certificate)


def _of_waiting(world: World, certificate: Certificate, plan: Plan) -> Iterator[str]:
    """Whoever does nothing must wait for something that can come."""
    if plan.phase is not Phase.GONE and not TABLE[plan.phase].awaits:
        yield f"{plan.phase}: does nothing, and the table does not say what it awaits"
    if plan.next_check is not None and plan.next_check <= world.now:
        yield f"{plan.phase}: waits for what is past"
    if plan.phase is Phase.WAITING and plan.next_check is None:
        yield "waiting: waits for nothing"
    if plan.phase is Phase.ASKED:
        request = world.snapshot(certificate).next_request
        if request is None or next_question(request) is None:
            yield "asked: waits for nobody's answer"
    if plan.phase in {Phase.RESTING, Phase.WAITING}:
        yield from _of_rest(world, certificate)


def _of_rest(world: World, certificate: Certificate) -> Iterator[str]:
    """Where no issuance is under way, nothing of one may be left."""
    issuing = certificate.status.condition(ISSUING)
    if issuing is not None and issuing.status == "True":
        yield "rests while marked as issuing"
    if any(name.startswith(f"{certificate.name}-") for name in world.keys):
        yield "leaves a key behind"


def _is_renewal(plan: Plan) -> bool:
    """Whether what is due is due by the time, which may have passed before it was stored."""
    return plan.events[0].evidence[0].reason == Reason.RENEWING


class Liveness:
    """Whether every world comes to rest, once the issuer behaves and nobody interferes.

    What was seen to come to rest is remembered.
    """

    def __init__(self) -> None:
        self._good: set[Form] = set()

    def of(self, world: World) -> Iterator[str]:
        """Follow a world until it rests."""
        path: set[Form] = set()
        for _ in range(_PATIENCE):
            form = canonical(world)
            if form in self._good:
                self._good |= path
                return
            if form in path:
                yield "goes round in circles, though the issuer behaves"
                return
            path.add(form)
            after = behaved(world)
            if after is None:
                self._good |= path
                return
            world = after
        yield "does not come to rest, though the issuer behaves"


def behaved(world: World) -> World | None:
    """Take the next step of a world in which the issuer behaves; None once all rest."""
    waits: list[datetime] = []
    for certificate in world.certificates:
        plan = plan_of(world, certificate)
        if plan.actions:
            return performed(world, world, certificate, plan.actions)
        if plan.phase is Phase.WAITING and plan.next_check is not None:
            waits.append(plan.next_check)
        request = world.snapshot(certificate).next_request
        if plan.phase is Phase.ASKED and request is not None:
            at = next_question(request)
            if at is not None and at <= world.now:
                return answered(world, request, answer_of(GOOD, request, world.now))
            waits += [] if at is None else [at]
    return evolve(world, now=min(waits)) if waits else None


def _same(world: World, certificate: Certificate) -> Certificate:
    return next(one for one in world.certificates if one.name == certificate.name)
