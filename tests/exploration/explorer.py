"""Breadth first through every world that can be reached within bounds."""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING, Final

from attrs import frozen

from certlife.lifecycle.actions import UpdateStatus
from certlife.lifecycle.phases import TABLE, Phase
from tests.exploration import laws
from tests.exploration.canonical import Form, canonical, uncounted
from tests.exploration.liveness import Liveness
from tests.exploration.moves import Bounds, others_moves, performed, plan_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from certlife.lifecycle.plan import Plan
    from certlife.model.certificate import Certificate
    from tests.exploration.world import World

_TWINS: Final = 8
"""Every how-manieth time a world is met again it is looked at again."""


@frozen
class Report:
    """What was found.

    Args:
        states: How many different worlds there are.
        transitions: How many steps lead from one to another, or back to it.
        twins: How many worlds were looked at twice, in two ways of being the same.
        phases: How often a Certificate was seen in which phase.
        did: Which action was planned in which phase.
        led: Which phase led to which, by its own plan.
        violations: What must not be, each kind once, with the shortest way to it.
    """

    states: int
    transitions: int
    twins: int
    phases: dict[Phase, int]
    did: frozenset[tuple[Phase, str]]
    led: frozenset[tuple[Phase, Phase]]
    violations: dict[str, tuple[str, ...]]


class _Explorer:
    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.form_of = canonical if bounds.counted else uncounted
        self.liveness = Liveness()
        self.phases: Counter[Phase] = Counter()
        self.did: set[tuple[Phase, str]] = set()
        self.led: set[tuple[Phase, Phase]] = set()
        self.came_by: dict[Form, tuple[Form | None, str]] = {}
        self.doing: dict[Form, Form] = {}
        self.queue: deque[tuple[Form, World]] = deque()
        self.transitions = self.twins = 0
        self.violations: dict[str, tuple[str, ...]] = {}

    def run(self) -> Iterator[Report]:
        """Yield what has been found so far, after each world."""
        self.meet(self.bounds.start(), None, "")
        while self.queue:
            form, world = self.queue.popleft()
            is_twin, doing = form in self.doing, _doing(world)
            if self.doing.setdefault(form, doing) != doing:
                self.note("two worlds that are written alike go on differently", form)
            self.twins += is_twin
            for name, after in () if is_twin else self.steps(form, world):
                self.transitions += 1
                self.meet(after, form, name)
            yield self.report()

    def report(self) -> Report:
        return Report(
            len(self.came_by),
            self.transitions,
            self.twins,
            dict(self.phases),
            frozenset(self.did),
            frozenset(self.led),
            self.violations,
        )

    def meet(self, world: World, before: Form | None, name: str) -> None:
        form = self.form_of(world)
        if not self.bounds.holds(world):
            return
        if form in self.came_by:
            if self.transitions % _TWINS == 0:
                self.queue.append((form, world))
            return
        self.came_by[form] = before, name
        self.queue.append((form, world))
        for violation in (*laws.of_world(world), *self.liveness.of(world)):
            self.note(violation, form)

    def steps(self, form: Form, world: World) -> Iterator[tuple[str, World]]:
        """Yield what may happen next: our own plans up to any action, and what others do."""
        moves = tuple(others_moves(world, self.bounds))
        yield from moves
        for certificate in world.certificates:
            plan = plan_of(world, certificate)
            self.phases[plan.phase] += 1
            self.did |= {(plan.phase, type(one).__name__) for one in plan.actions}
            afters = tuple(_performed_in_turn(world, certificate, plan))
            for violation in laws.of_plan(world, certificate, plan, afters):
                self.note(violation, form)
            for end, after in enumerate(afters, start=1):
                yield f"{plan.phase}, {end} of {len(plan.actions)}", after
            if afters:
                self.led.add((plan.phase, plan_of(afters[-1], certificate).phase))
            for name, moved in moves if plan.actions and self.bounds.races else ():
                late = performed(moved, world, certificate, plan.actions)
                yield f"{name}, and then {plan.phase} as planned before", late

    def note(self, violation: str, form: Form) -> None:
        if violation not in self.violations:
            self.violations[violation] = tuple(self.way_to(form))

    def way_to(self, form: Form) -> list[str]:
        way: list[str] = []
        at: Form | None = form
        while at is not None:
            at, name = self.came_by[at]
            way.append(name)
        return way[-2::-1]


def never_seen(reports: Iterable[Report]) -> Iterator[str]:
    """Look for what the table promises and nobody has ever seen."""
    seen = tuple(reports)
    did = {one for report in seen for one in report.did}
    led = {one for report in seen for one in report.led}
    for phase, row in TABLE.items():
        for action in row.does:
            if (phase, action.__name__) not in did:
                yield f"{phase}: never does {action.__name__}"
        for after in row.then:
            if (phase, after) not in led:
                yield f"{phase}: never leads to {after}"


def _performed_in_turn(world: World, certificate: Certificate, plan: Plan) -> Iterator[World]:
    """Yield the world after each action of a plan."""
    after = world
    for action in plan.actions:
        after = performed(after, world, certificate, (action,))
        yield after


def _doing(world: World) -> Form:
    """Say what is done in a world, beside writing what is seen into a status."""
    return tuple(
        (plan.phase, *(type(one) for one in plan.actions if not isinstance(one, UpdateStatus)))
        for plan in world.plans
    )


def explore(bounds: Bounds) -> Report:
    """Look at every world within bounds."""
    return deque(_Explorer(bounds).run(), maxlen=1)[0]


def explore_part(bounds: Bounds, most: int) -> Report:
    """Look at no more than so many worlds, and no further than to the first violation.

    Args:
        bounds: How large the world is.
        most: How many worlds to look at.
    """
    for seen, report in enumerate(_Explorer(bounds).run(), start=1):
        if report.violations or seen == most:
            return report
    raise AssertionError("expected a larger world")
