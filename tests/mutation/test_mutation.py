"""Survivors are counted, excused only for a reason, and a sentence for people is no decision."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.mutation.__main__ import SURVIVORS, Outcome, Survivor, reasons, report, statuses

if TYPE_CHECKING:
    from pathlib import Path

ONE = Survivor("certlife.policy.ari.x_is_response", "return start < end", "return start <= end")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ('raise Error("expected a key")', 'raise Error("XXexpected a keyXX")', True),
        ('raise Error("expected a key")', 'raise Error("EXPECTED A KEY")', True),
        (
            'raise Error("expected a key", value=x)',
            'raise Error("expected a key", value=None)',
            False,
        ),
        ('path = "spec.dnsNames"', 'path = "XXspec.dnsNamesXX"', False),
        ("return start < end", "return start <= end", False),
    ],
    ids=["another sentence", "in capitals", "the value beside it", "a path", "a comparison"],
)
def test_only_another_sentence_is_wording(before: str, after: str, *, expected: bool) -> None:
    assert Survivor("any", before, after).is_wording is expected


def test_the_score_counts_what_no_test_comes_by() -> None:
    assert Outcome(200, (ONE,), ("untested",)).score == pytest.approx(99)


@pytest.mark.parametrize(
    ("outcome", "known", "status"),
    [
        (Outcome(100, (), ()), {}, 0),
        (Outcome(100, (ONE,), ()), {}, 1),
        (Outcome(100, (ONE,), ()), {(ONE.function, ONE.after): "both are true"}, 0),
        (Outcome(10, (ONE,), ()), {(ONE.function, ONE.after): "both are true"}, 1),
        (Outcome(100, (), ("untested",)), {}, 1),
        (Outcome(0, (), ()), {}, 1),
    ],
    ids=["none", "unexplained", "for a reason", "too many", "untested", "nothing mutated"],
)
def test_it_is_well_only_where_enough_is_noticed_and_the_rest_has_a_reason(
    outcome: Outcome, known: dict[tuple[str, str], str], status: int
) -> None:
    assert report(outcome, known) == status


def test_what_mutmut_noted_is_read_and_what_it_has_not_tried_is_not(tmp_path: Path) -> None:
    noted = {"exit_code_by_key": {"a": 0, "b": 1, "c": None}}
    (tmp_path / "ari.py.meta").write_text(json.dumps(noted), "utf-8")
    assert dict(statuses(tmp_path)) == {"a": 0, "b": 1}


def test_every_survivor_that_is_listed_has_a_reason() -> None:
    assert all(reasons(SURVIVORS).values())
