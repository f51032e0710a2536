"""What two evaluations decide differently is told by certificate, kind, reason and field."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest
from attrs import evolve

from certlife.errors import InvalidValueError
from certlife.fleet import Change, Count, Difference, Evaluation, Failure, Kind, diff, evaluate
from certlife.policy.decision import (
    BackOff,
    Blocked,
    BlockedReason,
    InProgress,
    Issue,
    Keep,
)
from certlife.policy.policies import TRIGGER, TRIGGER_DOCUMENTED
from certlife.policy.violation import Violation
from tests.fleet.worlds import LATER, NOW, named
from tests.policy.worlds import SPEC, wanting

if TYPE_CHECKING:
    from certlife.fleet.evaluation import Outcome

RENEWING: Final = Violation("r", "Renewing", "status.renewalTime", "a", "b")
CHANGED: Final = Violation("c", "RequestChanged", "spec.dnsNames", "a", "b")
SOON: Final = NOW + timedelta(days=1)


def about(outcome: Outcome, name: str | None = "web", position: int = 0) -> Evaluation:
    return Evaluation(position, "shop", name, outcome)


def test_the_same_evaluation_differs_in_nothing() -> None:
    snapshots = [named("a"), named("b")]
    assert diff(evaluate(snapshots, now=NOW), evaluate(snapshots, now=NOW)) == Difference((), 2)


def test_two_instants_tell_what_becomes_due() -> None:
    found = diff(evaluate([named("a")], now=NOW), evaluate([named("a")], now=LATER))
    assert found.by_kind == {(Kind.KEEP, Kind.ISSUE): 1}
    assert found.by_reason == (Count("Renewing", "status.renewalTime", 1, 0),)


def test_two_specs_tell_which_field_makes_the_difference() -> None:
    changed = wanting(evolve(SPEC, dns_names=["other.example"]), named("a"))
    found = diff(evaluate([named("a")], now=NOW), evaluate([changed], now=NOW))
    assert found.by_reason == (Count("RequestChanged", "spec.dnsNames", 1, 0),)


def test_two_policies_tell_what_only_one_of_them_finds() -> None:
    lasting = wanting(evolve(SPEC, duration=timedelta(days=30)), named("a"))
    before = evaluate([lasting], now=NOW, policy=TRIGGER)
    after = evaluate([lasting], now=NOW, policy=TRIGGER_DOCUMENTED)
    assert diff(before, after).by_reason == (Count("RequestChanged", "spec.duration", 1, 0),)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Keep(None), Keep(SOON)),
        (Keep(None), Issue((RENEWING,))),
        (Issue((RENEWING,)), Issue((CHANGED,))),
        (Issue((RENEWING,)), Issue((RENEWING, CHANGED))),
        (BackOff(NOW, (RENEWING,)), BackOff(SOON, (RENEWING,))),
        (BackOff(NOW, (RENEWING,)), Issue((RENEWING,))),
        (
            Blocked(BlockedReason.DUPLICATE_REQUESTS, ("a", "b")),
            Blocked(BlockedReason.SECRET_OWNED_BY_ANOTHER, ("a",)),
        ),
        (Failure("expected a key"), Failure("expected a certificate")),
        (InProgress(None), Keep(None)),
    ],
    ids=[
        "due at another time",
        "of another kind",
        "for another reason",
        "for one reason more",
        "backing off for longer",
        "no longer backing off",
        "blocked by something else",
        "failing at something else",
        "no longer under way",
    ],
)
def test_it_is_a_change(before: Outcome, after: Outcome) -> None:
    found = diff([about(before)], [about(after)])
    assert found == Difference((Change("shop", "web", before, after),), 0)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Issue((RENEWING,)), Issue((evolve(RENEWING, actual="c", check="other"),))),
        (Issue((RENEWING, CHANGED)), Issue((CHANGED, RENEWING))),
        (InProgress(NOW), InProgress(SOON)),
    ],
    ids=["other values", "another order", "begun at another time"],
)
def test_it_is_no_change(before: Outcome, after: Outcome) -> None:
    assert diff([about(before)], [about(after)]) == Difference((), 1)


def test_a_change_tells_which_violations_come_and_go() -> None:
    change = Change("shop", "web", Issue((RENEWING,)), BackOff(SOON, (RENEWING, CHANGED)))
    assert change.appeared == (CHANGED,)
    assert change.vanished == ()
    assert Change("shop", "web", Issue((RENEWING,)), Keep(None)).vanished == (RENEWING,)


def test_reasons_are_counted_once_a_certificate_the_most_first() -> None:
    before = [about(Issue((CHANGED,)), "a"), about(Keep(None), "b"), about(Keep(None), "c")]
    twice = Issue((RENEWING, evolve(RENEWING, check="again")))
    after = [about(Keep(None), "a"), about(twice, "b"), about(twice, "c")]
    assert diff(before, after).by_reason == (
        Count("Renewing", "status.renewalTime", 2, 0),
        Count("RequestChanged", "spec.dnsNames", 0, 1),
    )
    assert list(diff(before, after).by_kind) == [
        (Kind.KEEP, Kind.ISSUE),
        (Kind.ISSUE, Kind.KEEP),
    ]


def test_what_is_on_one_side_only_is_a_change() -> None:
    found = diff([about(Keep(None), "old")], [about(Keep(None), "new")])
    assert [(one.name, one.before, one.after) for one in found.changes] == [
        ("old", Keep(None), None),
        ("new", None, Keep(None)),
    ]
    assert set(found.by_kind) == {(Kind.KEEP, Kind.ABSENT), (Kind.ABSENT, Kind.KEEP)}


def test_what_has_no_name_is_told_apart_by_its_position() -> None:
    nameless = [about(Failure("expected JSON"), None, position) for position in range(3)]
    assert diff(nameless, nameless[:2]).unchanged == 2


def test_two_of_one_name_are_refused() -> None:
    twice = [about(Keep(None)), about(Keep(None))]
    with pytest.raises(InvalidValueError, match="after: expected each certificate once"):
        diff([], twice)


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (Blocked(BlockedReason.BEING_DELETED, ()), "blocked"),
        (InProgress(None), "in-progress"),
        (BackOff(NOW, ()), "backoff"),
        (Failure("expected more"), "failed"),
        (None, "absent"),
    ],
)
def test_an_outcome_has_a_word(outcome: Outcome | None, kind: str) -> None:
    assert Kind.of(outcome) == kind
