from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import cast

import pytest

from certlife.errors import CertlifeError, InvalidValueError, UnreadableError, WrongTypeError
from certlife.schedule.steps import step

NOW = datetime(2027, 1, 31, 12, 30, 15, 250, tzinfo=UTC)


@pytest.mark.parametrize(
    ("by", "there"),
    [
        ("+1month", (2027, 2, 28, 12, 30)),
        ("+13 months", (2028, 2, 29, 12, 30)),
        ("-1 months", (2026, 12, 31, 12, 30)),
        ("+2years", (2029, 1, 31, 12, 30)),
        ("+1 week", (2027, 2, 7, 12, 30)),
        ("-31days", (2026, 12, 31, 12, 30)),
        ("+36hours", (2027, 2, 2, 0, 30)),
        ("-31 minutes", (2027, 1, 31, 11, 59)),
        ("+0days", (2027, 1, 31, 12, 30)),
    ],
    ids=[
        "a month after the 31st is the last day of a shorter one",
        "which is the 29th in a leap year",
        "a month back, over the year",
        "years",
        "a week",
        "days back",
        "hours are no days",
        "minutes back",
        "no step at all",
    ],
)
def test_a_step_is_taken_on_the_calendar(by: str, there: tuple[int, ...]) -> None:
    year, month, day, hour, minute = there
    assert step(NOW, by) == datetime(year, month, day, hour, minute, 15, 250, tzinfo=UTC)


def test_a_step_is_taken_in_utc() -> None:
    berlin = datetime(2027, 2, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert step(berlin, "+1month") == datetime(2027, 2, 28, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "by", "error", "told"),
    [
        (NOW, "3months", UnreadableError, r"there: expected a step such as \+3months"),
        (NOW, "+ 3 months", UnreadableError, "expected a step"),
        (NOW, "+3mon", UnreadableError, "expected a step"),
        (NOW, "+1.5days", UnreadableError, "expected a step"),
        (NOW, "+\u0663days", UnreadableError, "expected a step"),
        (NOW, "+1000000days", UnreadableError, "expected a step"),
        (NOW, "+8000years", InvalidValueError, "there: expected a step within the years 1 to 9999"),
        (NOW, "-999999months", InvalidValueError, "within the years"),
        (NOW, "+999999weeks", InvalidValueError, "within the years"),
        (NOW, 3, WrongTypeError, "there: expected a str"),
        (NOW.replace(tzinfo=None), "+1day", InvalidValueError, "at: expected an aware datetime"),
    ],
    ids=[
        "it has no sign",
        "a blank follows the sign",
        "the unit is cut short",
        "it is no whole number",
        "its digits are not ASCII",
        "it has seven digits",
        "it ends after the year 9999",
        "it ends before the year 1",
        "it is longer than the calendar",
        "it is no text",
        "the start is naive",
    ],
)
def test_a_step_is_refused_where(
    at: datetime, by: object, error: type[CertlifeError], told: str
) -> None:
    with pytest.raises(error, match=told):
        step(at, cast("str", by), path="there")
