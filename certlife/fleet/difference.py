"""What two evaluations decide differently: the question before every upgrade and every change.

Two policies, two specs, two versions of certlife or two instants: whatever was different when they
were made. This module compares answers, and asks for none.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias, assert_never

from attrs import frozen

from certlife.errors import InvalidValueError, shown
from certlife.fleet.evaluation import Evaluation, Failure, Kind, Outcome
from certlife.policy.decision import BackOff, Blocked, InProgress, Issue, Keep

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from certlife.policy.violation import Violation

_Place: TypeAlias = tuple[str, str | None, int]
"""A namespace, "" for none, and a name; a position only where there is no name."""


@frozen
class Change:
    """One certificate about which something else is decided.

    Args:
        namespace: Its namespace, or None.
        name: Its name, None where it could not be read.
        before: What was decided before; None where there was no such certificate.
        after: What is decided after; None where there is no such certificate any more.
    """

    namespace: str | None
    name: str | None
    before: Outcome | None
    after: Outcome | None

    @property
    def appeared(self) -> tuple[Violation, ...]:
        """The violations after whose reason and path were not violated before."""
        return _only_in(self.after, self.before)

    @property
    def vanished(self) -> tuple[Violation, ...]:
        """The violations before whose reason and path are not violated after."""
        return _only_in(self.before, self.after)


@frozen
class Count:
    """How many certificates a reason and field is about.

    Args:
        reason: cert-manager's word for it, or a word of your own.
        path: The field, in the API's spelling.
        appeared: How many have it after, and had not before.
        vanished: How many had it before, and have it no more.
    """

    reason: str
    path: str
    appeared: int
    vanished: int


@frozen
class Difference:
    """All that is decided differently.

    Args:
        changes: The certificates about which something else is decided, in the order of before,
            then those that are new.
        unchanged: About how many others the same is decided.
    """

    changes: tuple[Change, ...]
    unchanged: int

    @property
    def by_kind(self) -> Mapping[tuple[Kind, Kind], int]:
        """How many went from which kind of decision to which, the most first."""
        kinds = Counter((Kind.of(change.before), Kind.of(change.after)) for change in self.changes)
        return dict(kinds.most_common())

    @property
    def by_reason(self) -> tuple[Count, ...]:
        """How many got or lost each reason and field, the most first."""
        appeared = Counter(key for one in self.changes for key in _keys(one.appeared))
        vanished = Counter(key for one in self.changes for key in _keys(one.vanished))
        return tuple(
            Count(reason, path, appeared[reason, path], vanished[reason, path])
            for (reason, path), _ in (appeared + vanished).most_common()
        )


def diff(before: Iterable[Evaluation], after: Iterable[Evaluation]) -> Difference:
    """Compare what was decided about the same certificates under two circumstances.

    Certificates are told apart by namespace and name. The same is decided where the decision is of
    the same kind, for the same reasons and fields, and until the same time; the values that were
    found do not count.

    Args:
        before: What was decided before, by `evaluate`.
        after: What is decided after.

    Raises:
        InvalidValueError: On one side there are two certificates of the same name: fleets of
            several clusters have to be compared cluster by cluster.
    """
    old, new = _by_place(before, "before"), _by_place(after, "after")
    changes = [
        Change(namespace or None, name, old.get(place), new.get(place))
        for place in old | new
        for namespace, name, _ in [place]
        if _essence(old.get(place)) != _essence(new.get(place))
    ]
    return Difference(tuple(changes), len(old | new) - len(changes))


def _by_place(evaluations: Iterable[Evaluation], side: str) -> dict[_Place, Outcome]:
    found: dict[_Place, Outcome] = {}
    for one in evaluations:
        place = one.namespace or "", one.name, -1 if one.name is not None else one.position
        if place in found:
            name = shown(f"{one.namespace or ''}/{one.name}")
            raise InvalidValueError(
                "expected each certificate once; compare clusters one by one", path=side, value=name
            )
        found[place] = one.outcome
    return found


def _essence(outcome: Outcome | None) -> object:
    """Return what has to be the same where the same is decided."""
    kind = Kind.of(outcome)
    match outcome:
        case Keep(next_check=at):
            return kind, at
        case Issue(violations=violations):
            return kind, frozenset(_keys(violations))
        case BackOff(until=until, violations=violations):
            return kind, until, frozenset(_keys(violations))
        case Blocked(reason=reason, detail=detail):
            return kind, reason, detail
        case Failure():
            return kind, outcome
        case InProgress() | None:
            return kind
        case _:
            assert_never(outcome)


def _only_in(one: Outcome | None, other: Outcome | None) -> tuple[Violation, ...]:
    known = set(_keys(_violations(other)))
    return tuple(
        violation
        for violation in _violations(one)
        if (str(violation.reason), violation.path) not in known
    )


def _violations(outcome: Outcome | None) -> tuple[Violation, ...]:
    return outcome.violations if isinstance(outcome, Issue | BackOff) else ()


def _keys(violations: tuple[Violation, ...]) -> Iterable[tuple[str, str]]:
    """Return each reason and field once."""
    return dict.fromkeys((str(one.reason), one.path) for one in violations)
