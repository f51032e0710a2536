"""Renewal windows: inside one nothing moves; outside, the next opening before the end."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certlife.errors import InvalidValueError, UnreadableError, WrongTypeError
from certlife.schedule.cron import parse_cron
from certlife.schedule.windows import Window, earliest_in_windows, parse_window

if TYPE_CHECKING:
    from certlife.schedule.grid import CronSchedule

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
NIGHT = parse_window("0 2 * * *", 2 * HOUR)  # from 02:00 to 04:00 UTC
START = datetime(2026, 3, 1, tzinfo=UTC)
END = datetime(2026, 5, 30, tzinfo=UTC)


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 4, day, hour, minute, tzinfo=UTC)


def _earliest(
    desired: datetime,
    *windows: Window,
    not_before: datetime = START,
    not_after: datetime = END,
) -> datetime | None:
    return earliest_in_windows(desired, windows, not_before=not_before, not_after=not_after)


@pytest.mark.parametrize(
    ("desired", "earliest"),
    [
        pytest.param(_at(7, 3), _at(7, 3), id="inside: as desired"),
        pytest.param(_at(7, 2), _at(7, 2), id="at the opening: as desired"),
        pytest.param(_at(7, 4), _at(7, 4), id="at the end, which belongs to it: as desired"),
        pytest.param(_at(7, 4) + SECOND, _at(8, 2), id="a second past the end: the next opening"),
        pytest.param(_at(7, 2) - SECOND, _at(7, 2), id="a second before: the opening"),
        pytest.param(_at(7, 2) + SECOND / 2, _at(7, 2) + SECOND / 2, id="fractions are kept"),
    ],
)
def test_an_instant_is_moved_into_the_window(desired: datetime, earliest: datetime) -> None:
    assert _earliest(desired, NIGHT) == earliest


def test_no_windows_restrict_nothing() -> None:
    assert _earliest(_at(7, 12)) == _at(7, 12)


def test_a_window_opens_by_the_clock_of_its_zone() -> None:
    berlin = parse_window("0 2 * * *", HOUR, "Europe/Berlin")
    assert _earliest(_at(7, 12), berlin) == _at(8, 0)


def test_a_window_longer_than_its_period_is_always_open() -> None:
    assert _earliest(_at(7, 12), parse_window("0 2 * * *", 25 * HOUR)) == _at(7, 12)


def test_a_window_of_any_length_is_looked_at_from_the_start_of_the_calendar() -> None:
    assert _earliest(_at(7, 12), parse_window("@yearly", timedelta.max)) == _at(7, 12)


@pytest.mark.parametrize(
    ("not_after", "earliest"),
    [
        pytest.param(_at(8, 2), _at(8, 2), id="an opening at notAfter counts"),
        pytest.param(_at(8, 2) - SECOND, None, id="an opening after notAfter does not"),
    ],
)
def test_nothing_is_moved_past_not_after(not_after: datetime, earliest: datetime | None) -> None:
    assert _earliest(_at(7, 12), NIGHT, not_after=not_after) == earliest


@pytest.mark.parametrize(
    ("not_before", "earliest"),
    [
        pytest.param(_at(7, 4), _at(7, 2), id="a window that closes at notBefore counts"),
        pytest.param(_at(7, 4) + SECOND, _at(8, 2), id="one that closes before does not"),
    ],
)
def test_a_window_before_the_validity_does_not_count(
    not_before: datetime, earliest: datetime
) -> None:
    assert _earliest(_at(6, 12), NIGHT, not_before=not_before) == earliest


def test_an_instant_after_not_after_stays_inside_a_window() -> None:
    assert _earliest(_at(7, 3), NIGHT, not_after=_at(6, 0)) == _at(7, 3)
    assert _earliest(_at(7, 2), NIGHT, not_after=_at(6, 0)) == _at(7, 2)


def test_windows_that_never_open_have_no_instant() -> None:
    assert _earliest(_at(7, 12), parse_window("0 0 31 2 *", HOUR)) is None


WEEKEND = parse_window("0 10 * * SAT,SUN", 6 * HOUR)
NEVER = parse_window("0 0 31 2 *", HOUR)


@pytest.mark.parametrize(
    ("desired", "earliest"),
    [
        pytest.param(_at(11, 12), _at(11, 12), id="inside any of them: as desired"),
        pytest.param(_at(11, 5), _at(11, 10), id="outside all: the earliest opening"),
        pytest.param(_at(7, 5), _at(8, 2), id="whichever that is"),
    ],
)
@pytest.mark.parametrize(
    "windows",
    [(NIGHT, WEEKEND, NEVER), (NEVER, WEEKEND, NIGHT), (WEEKEND, NIGHT, NEVER)],
    ids=["the daily one first", "the impossible one first", "the weekly one first"],
)
def test_the_order_of_windows_does_not_matter(
    windows: tuple[Window, ...], desired: datetime, earliest: datetime
) -> None:
    assert _earliest(desired, *windows) == earliest


WINDOWS = st.builds(
    lambda minute, hour, weekday, length: parse_window(
        f"{minute} {hour} * * {weekday}", timedelta(minutes=length)
    ),
    st.integers(0, 59),
    st.integers(0, 23),
    st.sampled_from("*0123456"),
    st.integers(1, 600),
)


def _is_open(window: Window, at: datetime) -> bool:
    openings = (
        at - timedelta(minutes=back) for back in range(int(window.duration / HOUR * 60) + 1)
    )
    return any(window.schedule.next(opening - SECOND) == opening for opening in openings)


@given(st.lists(WINDOWS, min_size=1, max_size=2), st.integers(0, 7 * 24 * 60))
def test_the_earliest_is_in_a_window_and_nothing_before_it_is(
    windows: list[Window], minute: int
) -> None:
    desired = _at(6, 0) + timedelta(minutes=minute)
    earliest = _earliest(desired, *windows)
    assert earliest is not None
    assert earliest >= desired
    assert any(_is_open(window, earliest) for window in windows)
    if earliest > desired:
        for probe in (desired, desired + (earliest - desired) / 2, earliest - SECOND):
            full = probe.replace(second=0, microsecond=0)
            assert not any(_is_open(window, full) for window in windows)


@pytest.mark.parametrize("name", ["desired", "not_before", "not_after"])
def test_naive_instants_are_refused_by_name(name: str) -> None:
    instants = {"desired": _at(7, 12), "not_before": START, "not_after": END}
    instants[name] = instants[name].replace(tzinfo=None)
    with pytest.raises(InvalidValueError, match=f"^{name}: expected an aware datetime"):
        earliest_in_windows(
            instants["desired"],
            (NIGHT,),
            not_before=instants["not_before"],
            not_after=instants["not_after"],
        )


@pytest.mark.parametrize(
    ("cron", "duration", "timezone", "error", "path"),
    [
        pytest.param("", HOUR, "", UnreadableError, "cron", id="no expression"),
        pytest.param("x", HOUR, "", UnreadableError, "cron", id="a bad expression"),
        pytest.param("TZ=UTC 0 2 * * *", HOUR, "", UnreadableError, "cron", id="a zone of its own"),
        pytest.param("@every 1h", HOUR, "", InvalidValueError, "cron", id="no grid"),
        pytest.param("0 2 * * *", HOUR, "x", InvalidValueError, "timezone", id="a bad zone"),
        pytest.param("0 2 * * *", None, "", InvalidValueError, "windowDuration", id="no duration"),
        pytest.param(
            "0 2 * * *", timedelta(), "", InvalidValueError, "windowDuration", id="of no length"
        ),
        pytest.param("0 2 * * *", -HOUR, "", InvalidValueError, "windowDuration", id="backwards"),
        pytest.param(
            "0 2 * * *", "1h", "", WrongTypeError, "windowDuration", id="text for a duration"
        ),
        pytest.param("0 2 * * *", HOUR, None, WrongTypeError, "timezone", id="None for a zone"),
    ],
)
def test_what_is_no_window_is_refused_where_it_is_wrong(
    cron: str, duration: timedelta | None, timezone: str, error: type[InvalidValueError], path: str
) -> None:
    with pytest.raises(error) as caught:
        parse_window(cron, duration, timezone)
    assert caught.value.path == path


def test_a_window_opens_on_a_grid() -> None:
    every_hour = cast("CronSchedule", parse_cron("@every 1h"))
    with pytest.raises(WrongTypeError, match=r"^cron: expected a CronSchedule"):
        Window(every_hour, HOUR)


def test_a_window_is_hashable_and_survives_a_pickle() -> None:
    assert pickle.loads(pickle.dumps(NIGHT)) == NIGHT  # noqa: S301 — our own bytes
    assert len({NIGHT, parse_window("0 2 * * *", 2 * HOUR)}) == 1
