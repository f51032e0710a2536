"""A few Certificates through a year, and proof that the explanation would notice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from certlife.lifecycle import advancing, reconcile
from certlife.policy import backoff
from tests.simulation.year import CAUSES, START, YEAR, Answered, Life, Stored, live, report

if TYPE_CHECKING:
    from collections.abc import Callable

    from certlife.lifecycle.plan import Plan

DAY = timedelta(days=1)
FEW = range(12)


def test_every_issuance_of_a_year_is_explained_and_none_is_missing() -> None:
    found = report(map(live, FEW))
    assert found.violations == ()
    assert found.certificates == len(FEW)
    assert found.issued == sum(found.causes.values())
    assert found.failed > 20
    assert found.unwell > 5
    assert found.outages == timedelta()


def _tries_early(patch: pytest.MonkeyPatch) -> None:
    until = backoff.backoff_until

    def broken(*arguments: object, **keywords: object) -> object:
        at = until(*arguments, **keywords)  # type: ignore[arg-type]
        return at and at - timedelta(seconds=1)

    patch.setattr("certlife.policy.decision.backoff_until", broken)


def _looks_late(patch: pytest.MonkeyPatch) -> None:
    resting = reconcile._resting  # noqa: SLF001 — to break it

    def broken(*arguments: object) -> Plan:
        plan = resting(*arguments)  # type: ignore[arg-type]
        return evolve(plan, next_check=plan.next_check and plan.next_check + DAY)

    patch.setattr(reconcile, "_resting", broken)


def _retries_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(advancing, "RETRY_INITIAL", timedelta(seconds=1))


@pytest.mark.parametrize(
    "broken",
    [_tries_early, _looks_late, _retries_at_once],
    ids=["a backoff that is too short", "a renewal that is overslept", "a retry that is too soon"],
)
def test_a_bug_is_noticed(
    broken: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch)
    assert report([live(0)]).violations


def test_an_issuer_closed_for_longer_than_a_certificate_lasts_is_an_outage_of_its_own() -> None:
    closed, opens = START + 3 * DAY, START + 20 * DAY
    found = live(0, (closed, opens))
    before = [one for one in found.stored if one.at < closed]
    after = [one for one in found.stored if one.at >= closed]
    assert before[-1].not_after < opens
    # It is tried again every 32 hours by then, and may fail by chance once more.
    assert opens < after[0].at < opens + timedelta(hours=64)
    outcome = report([found])
    assert outcome.outages == after[0].at - before[-1].not_after
    assert outcome.violations == ()
    assert outcome.failed > 15


def test_no_outage_is_counted_where_the_issuer_is_closed_for_as_long_as_there_is_time() -> None:
    found = report([live(0, (START + 4 * DAY, START + 5 * DAY))])
    assert found.outages == timedelta()
    assert found.violations == ()


ISSUED = Answered(START, "r", "issued", START + YEAR)


@pytest.mark.parametrize(
    ("answered", "stored", "revision", "noticed"),
    [
        pytest.param((), (), 0, "not asked", id="nobody was asked"),
        pytest.param((ISSUED,), (Stored(START, START + YEAR),), 1, "not asked", id="it stopped"),
        pytest.param(
            (ISSUED,), (Stored(START, START + YEAR),), 2, "revision 2", id="it miscounted"
        ),
        pytest.param((ISSUED,), (), 1, "stored", id="what was issued was not stored"),
        pytest.param(
            (ISSUED,), (Stored(START + DAY, START + YEAR),), 1, "stored", id="it was stored late"
        ),
        pytest.param(
            (Answered(START, "r", "unwell"), Answered(START + timedelta(seconds=5), "s", "failed")),
            (),
            0,
            "after r",
            id="another request was made after a temporary error",
        ),
    ],
)
def test_what_cannot_be_explained_is_a_violation(
    answered: tuple[Answered, ...], stored: tuple[Stored, ...], revision: int, noticed: str
) -> None:
    violations = report([Life(90 * DAY, answered, stored, revision)]).violations
    assert any(noticed in violation for violation in violations)


def test_what_expires_before_the_next_is_stored_is_counted_as_an_outage() -> None:
    first = Answered(START, "r", "issued", START + 6 * DAY)
    second = Answered(START + 8 * DAY, "s", "issued", START + 14 * DAY)
    stored = (Stored(START, START + 6 * DAY), Stored(START + 8 * DAY, START + 14 * DAY))
    found = report([Life(6 * DAY, (first, second), stored, 2)])
    assert found.outages == 2 * DAY + YEAR - 14 * DAY
    assert found.causes == dict(zip(CAUSES, (1, 1, 0), strict=True))
