"""Breadth first through every world that can be reached within bounds."""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING

from attrs import frozen

from certlife.lifecycle.phases import Phase
from tests.exploration import laws
from tests.exploration.canonical import Form, canonical
from tests.exploration.moves import Bounds, others_moves, performed, plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.exploration.world import World


@frozen
class Report:
    """What was found.

    Args:
        states: How many different worlds there are.
        transitions: How many steps lead from one to another, or back to it.
        phases: How often a Certificate was seen in which phase.
        violations: What must not be, each kind once, with the shortest way to it.
    """

    states: int
    transitions: int
    phases: dict[Phase, int]
    violations: dict[str, tuple[str, ...]]


class _Explorer:
    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.liveness = laws.Liveness()
        self.phases: Counter[Phase] = Counter()
        self.came_by: dict[Form, tuple[Form | None, str]] = {}
        self.queue: deque[tuple[Form, World]] = deque()
        self.transitions = 0
        self.violations: dict[str, tuple[str, ...]] = {}

    def run(self) -> Iterator[Report]:
        """Yield what has been found so far, after each world."""
        self.meet(self.bounds.start(), None, "")
        while self.queue:
            form, world = self.queue.popleft()
            for name, after in self.steps(form, world):
                self.transitions += 1
                self.meet(after, form, name)
            yield Report(len(self.came_by), self.transitions, dict(self.phases), self.violations)

    def meet(self, world: World, before: Form | None, name: str) -> None:
        form = canonical(world)
        if form in self.came_by or not self.bounds.holds(world):
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
            for violation in laws.of_plan(world, certificate, plan):
                self.note(violation, form)
            for end in range(1, len(plan.actions) + 1):
                after = performed(world, world, certificate, plan.actions[:end])
                yield f"{plan.phase}, {end} of {len(plan.actions)}", after
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
