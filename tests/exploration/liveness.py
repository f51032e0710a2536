"""Whether every world comes to rest, once the issuer behaves, and how often it issues till then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve, frozen

from certlife.errors import Unreadable
from certlife.lifecycle.advancing import next_question
from certlife.lifecycle.phases import Phase
from certlife.lifecycle.plan import Plan
from tests.exploration.answers import GOOD, answer_of
from tests.exploration.canonical import Form, uncounted
from tests.exploration.laws import PATIENCE, is_renewal
from tests.exploration.moves import answered, performed, plan_of
from tests.exploration.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from certlife.model.certificate import Certificate


@frozen
class Step:
    """What happens next while the issuer behaves.

    Args:
        after: The world then.
        number: Which Certificate's plan was performed, None for the issuer and the clock.
        plan: The plan.
    """

    after: World
    number: int | None = None
    plan: Plan | None = None


class Liveness:
    """Whether every world comes to rest, once the issuer behaves and nobody interferes.

    And whether each Certificate is issued no more than once till then, or till its renewal is due.
    What was seen to come to rest is remembered, with how often each is issued on the way.
    """

    def __init__(self) -> None:
        self._issuances: dict[Form, tuple[int, ...]] = {}

    def of(self, world: World) -> Iterator[str]:
        """Follow a world until it rests."""
        path: dict[Form, Step] = {}
        for _ in range(PATIENCE):
            form = uncounted(world)
            if form in self._issuances:
                break
            if form in path:
                yield "goes round in circles, though the issuer behaves"
                return
            step = behaved(world)
            if step is None:
                yield from _of_quiet(world)
                self._issuances[form] = (0,) * len(world.certificates)
                break
            path[form] = step
            world = step.after
        else:
            yield "does not come to rest, though the issuer behaves"
            return
        issuances = self._issuances[form]
        for form, step in reversed(path.items()):
            issuances = self._issuances[form] = _counted(issuances, step)
            if max(issuances, default=0) > 1:
                yield "issues twice for one cause"


def _counted(issuances: tuple[int, ...], step: Step) -> tuple[int, ...]:
    """Count an issuance; what comes after a renewal falls due has a cause of its own."""
    if step.number is None or step.plan is None:
        return issuances
    counts = list(issuances)
    if step.plan.phase is Phase.ANSWERED:
        counts[step.number] += 1
    elif step.plan.phase is Phase.DUE and is_renewal(step.plan):
        counts[step.number] = 0
    return tuple(counts)


def behaved(world: World) -> Step | None:
    """Take the next step of a world in which the issuer behaves; None once all rest."""
    waits: list[datetime] = []
    for number, certificate in enumerate(world.certificates):
        plan = plan_of(world, certificate)
        if plan.actions:
            return Step(performed(world, world, certificate, plan.actions), number, plan)
        if plan.phase is Phase.WAITING and plan.next_check is not None:
            waits.append(plan.next_check)
        request = world.snapshot(certificate).next_request
        if plan.phase is Phase.ASKED and request is not None:
            at = next_question(request)
            if at is not None and at <= world.now:
                return Step(answered(world, request, answer_of(GOOD, request, world.now)))
            waits += [] if at is None else [at]
    return Step(evolve(world, now=min(waits))) if waits else None


def _of_quiet(world: World) -> Iterator[str]:
    """Where all rest, each has what its spec wants, or somebody else really must move."""
    for certificate in world.certificates:
        match plan_of(world, certificate).phase:
            case Phase.RESTING if not _is_served(world, certificate):
                yield "rests without what its spec wants"
            case Phase.BLOCKED if not _is_hindered(world, certificate):
                yield "is blocked by nothing"
            case Phase.RESTING | Phase.BLOCKED | Phase.GONE:
                pass
            case other:
                yield f"{other}: is no place to rest"


def _is_served(world: World, certificate: Certificate) -> bool:
    secret, request = (
        world.secrets.get(certificate.spec.secret_name),
        world.snapshot(certificate).current_request,
    )
    leaf = None if secret is None else secret.certificate_reading
    if leaf is None or isinstance(leaf, Unreadable) or leaf.not_after < world.now:
        return False
    csr = None if request is None else request.csr_reading
    # What the issuer made of the names is its affair; what it was asked for is ours.
    names = getattr(csr, "dns_names", leaf.dns_names)
    return set(names) == set(certificate.spec.dns_names or ())


def _is_hindered(world: World, certificate: Certificate) -> bool:
    spec, secret = certificate.spec, world.secrets.get(certificate.spec.secret_name)
    is_shared = any(
        one.spec.secret_name == spec.secret_name
        for one in world.certificates
        if one.name != certificate.name
    )
    snapshot = world.snapshot(certificate)
    is_doubled = max(len(snapshot.current_requests), len(snapshot.next_requests)) > 1
    key = spec.effective_private_key
    stored = getattr(secret and secret.key_reading, "algorithm", key.effective_algorithm)
    is_stuck = key.rotation_policy == "Never" and stored != key.effective_algorithm
    return is_shared or is_doubled or is_stuck or not spec.dns_names
