"""The clock moves when it is told to, and at no other time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

import pytest

from certlife.errors import InvalidValueError, WrongTypeError
from certlife.testing import FakeClock

AT: Final = datetime(2026, 3, 1, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)


def test_a_clock_stands_still() -> None:
    clock = FakeClock(AT)
    assert clock.now() == clock.now() == AT


@pytest.mark.parametrize("by", [HOUR, -HOUR, timedelta()], ids=["forwards", "backwards", "not"])
def test_a_clock_is_moved(by: timedelta) -> None:
    clock = FakeClock(AT)
    assert clock.advance(by) == AT + by
    assert clock.now() == AT + by


def test_a_clock_is_set_to_an_earlier_instant() -> None:
    clock = FakeClock(AT)
    assert clock.set(AT - HOUR) == AT - HOUR
    assert clock.now() == AT - HOUR


def test_a_clock_tells_the_time_in_utc() -> None:
    berlin = timezone(HOUR)
    assert FakeClock(AT.astimezone(berlin)).now().tzinfo is UTC
    assert FakeClock(AT).set(AT.astimezone(berlin)).tzinfo is UTC


def test_a_clock_stays_within_the_calendar_and_where_it_was() -> None:
    clock = FakeClock(AT)
    with pytest.raises(InvalidValueError, match="years 1 to 9999"):
        clock.advance(timedelta.max)
    assert clock.now() == AT


def test_a_clock_takes_aware_instants_and_durations_only() -> None:
    naive = AT.replace(tzinfo=None)
    with pytest.raises(InvalidValueError):
        FakeClock(naive)
    with pytest.raises(InvalidValueError):
        FakeClock(AT).set(naive)
    with pytest.raises(WrongTypeError, match=r"^by: expected timedelta, got int$"):
        FakeClock(AT).advance(3600)  # type: ignore[arg-type]  # the wrong type
