"""The next match: strictly later, on the grid, with none before it, and found without a walk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, cast

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from certlife.errors import InvalidValueError, WrongTypeError
from certlife.schedule.cron import parse_cron
from certlife.schedule.grid import CronSchedule
from certlife.schedule.instants import EARLIEST, LATEST, format_instant, parse_instant
from certlife.schedule.zones import zone

if TYPE_CHECKING:
    from collections.abc import Iterator

MINUTE = timedelta(minutes=1)

# Clocks that never change, and clocks that change by whole hours, on the hour, not at midnight:
# where they are, cert-manager's search finds exactly what the fields say.
PLAIN_ZONES = (
    "UTC",
    "Asia/Kathmandu",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Pacific/Auckland",
)


def _grid(expression: str, timezone: str = "") -> CronSchedule:
    schedule = parse_cron(expression, timezone)
    assert isinstance(schedule, CronSchedule)
    return schedule


def _next(expression: str, after: str, timezone: str = "") -> str | None:
    found = _grid(expression, timezone).next(parse_instant(after))
    return None if found is None else format_instant(found)


class Fields:
    """Five sets of values, or None for a star: an expression, and an oracle without bits."""

    def __init__(self, *sets: frozenset[int] | None) -> None:
        self.sets = sets

    def __repr__(self) -> str:
        return self.expression

    @property
    def expression(self) -> str:
        return " ".join("*" if s is None else ",".join(map(str, sorted(s))) for s in self.sets)

    def match(self, instant: datetime, local_zone: tzinfo) -> bool:
        local = instant.astimezone(local_zone)
        shown = (local.minute, local.hour, local.day, local.month, local.isoweekday() % 7)
        minute, hour, day, month, weekday = (
            values is None or value in values
            for values, value in zip(self.sets, shown, strict=True)
        )
        starred = self.sets[2] is None or self.sets[4] is None
        return minute and hour and month and (day and weekday if starred else day or weekday)


def _some(first: int, last: int) -> st.SearchStrategy[frozenset[int] | None]:
    return st.none() | st.frozensets(st.integers(first, last), min_size=1, max_size=4)


FIELDS = st.builds(Fields, _some(0, 59), _some(0, 23), _some(1, 31), _some(1, 12), _some(0, 6))
# Around the changes of 2025 in both hemispheres, and a quiet week.
STARTS = st.sampled_from(["2025-03-08", "2025-03-29", "2025-04-05", "2025-09-27", "2025-11-01"])
OFFSETS = st.timedeltas(timedelta(), timedelta(days=2))


def _minutes(after: datetime, count: int) -> Iterator[datetime]:
    first = after.replace(second=0, microsecond=0)
    return (first + number * MINUTE for number in range(1, count + 1))


@given(FIELDS, st.sampled_from(PLAIN_ZONES), STARTS, OFFSETS)
def test_the_next_match_is_the_first_of_all_minutes(
    fields: Fields, timezone: str, day: str, offset: timedelta
) -> None:
    after = parse_instant(f"{day}T00:00:00Z") + offset
    local_zone = zone(timezone)
    found = _grid(fields.expression, timezone).next(after)
    within = [minute for minute in _minutes(after, 1500) if fields.match(minute, local_zone)]
    if within:
        assert found == within[0]
    elif found is not None:
        assert found > after + 1499 * MINUTE
        assert fields.match(found, local_zone)


@given(FIELDS, st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 — hypothesis takes naive bounds
def test_no_day_is_missed_however_far(fields: Fields, after: datetime) -> None:
    found = _grid(fields.expression).next(after)
    midnight = after.replace(hour=0, minute=0, second=0, microsecond=0)
    day_fields = Fields(None, None, *fields.sets[2:])
    days = (midnight + timedelta(days=number) for number in range(1, 366 * 9))
    first = next((day for day in days if day_fields.match(day, UTC)), None)
    if found is None:
        assert first is None
    else:
        assert found > after
        assert fields.match(found, UTC)
        assert found.date() == after.date() or (first is not None and found.date() == first.date())


@pytest.mark.parametrize(
    "expression",
    [
        ", * * * *",
        "* , * * *",
        "* * , * *",
        "* * * , *",
        "* * * * ,",
        "0 0 30 2 *",
        "0 0 31 2,4,6,9,11 *",
        "0 0 , 1 ,",
    ],
)
def test_what_never_matches_is_found_out_without_a_search(
    expression: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def search(_: CronSchedule, start: datetime) -> None:
        pytest.fail(f"searched from {start}")

    monkeypatch.setattr(CronSchedule, "_search", search)
    assert _next(expression, "2026-01-01T00:00:00Z") is None


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        pytest.param("0 0 31 2 1", "2026-02-02T00:00:00Z", id="a weekday where no date fits"),
        pytest.param("0 0 , * 1", "2026-01-05T00:00:00Z", id="a weekday beside an empty date"),
        pytest.param("0 0 13 * ,", "2026-01-13T00:00:00Z", id="a date beside no weekday"),
        pytest.param("0 0 29 2 *", "2028-02-29T00:00:00Z", id="a leap day"),
        pytest.param("0 0 30 2,4 *", "2026-04-30T00:00:00Z", id="a date in one of two months"),
    ],
)
def test_what_matches_somewhere_is_found(expression: str, found: str) -> None:
    assert _next(expression, "2026-01-01T00:00:00Z") == found


def test_leap_days_eight_years_apart_lie_within_the_horizon() -> None:
    assert _next("0 0 29 2 *", "2096-02-29T00:00:00Z") == "2104-02-29T00:00:00Z"


# What the dialect cannot say, for a star is always a full field: 29 February *and* a Monday.
LEAP_MONDAYS = evolve(_grid("0 0 29 2 1"), either_day=False)


def test_a_search_ends_after_nine_years() -> None:
    monday = parse_instant("2044-02-29T00:00:00Z")
    assert LEAP_MONDAYS.next(parse_instant("2035-01-01T00:00:00Z")) == monday
    assert LEAP_MONDAYS.next(parse_instant("2034-12-31T00:00:00Z")) is None


@pytest.mark.parametrize("after", [LATEST, LATEST - timedelta(days=300)])
@pytest.mark.parametrize("timezone", ["", "Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize("expression", ["0 0 1 1 *", "0 0 1 * 1", "* * * * *"])
def test_the_end_of_the_calendar_is_no_error(
    expression: str, timezone: str, after: datetime
) -> None:
    found = _grid(expression, timezone).next(after)
    assert found is None or found > after


@pytest.mark.parametrize("timezone", ["", "Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize("expression", ["0 0 1 1 *", "0 0 5 1 *", "* * * * *"])
def test_the_start_of_the_calendar_is_no_error(expression: str, timezone: str) -> None:
    found = _grid(expression, timezone).next(EARLIEST)
    assert found is not None
    assert found > EARLIEST


@pytest.mark.parametrize(
    ("timezone", "expression", "after", "found"),
    [
        pytest.param(
            *("Europe/Berlin", "30 2 * * *", "2025-03-29T12:00:00Z", "2025-03-31T00:30:00Z"),
            id="an hour that is left out does not match",
        ),
        pytest.param(
            *("Europe/Berlin", "30 2 * * *", "2025-10-26T00:00:00Z", "2025-10-26T00:30:00Z"),
            id="an hour that comes twice matches",
        ),
        pytest.param(
            *("Europe/Berlin", "30 2 * * *", "2025-10-26T00:30:00Z", "2025-10-26T01:30:00Z"),
            id="an hour that comes twice matches twice",
        ),
        pytest.param(
            *("America/Havana", "0 0 * * *", "2025-11-01T12:00:00Z", "2025-11-02T04:00:00Z"),
            id="a midnight that comes twice: the first",
        ),
        pytest.param(
            *("America/Havana", "0 0 * * *", "2025-11-02T04:00:00Z", "2025-11-02T05:00:00Z"),
            id="a midnight that comes twice: the second",
        ),
        pytest.param(
            *("America/Havana", "0 12 * 3 5,6", "2025-03-09T05:46:00Z", "2025-03-14T16:00:00Z"),
            id="west: a search that begins on a day without a midnight does not go back",
        ),
        pytest.param(
            *("America/Santiago", "23 * * * 0", "2025-09-04T04:30:00Z", "2025-09-07T04:23:00Z"),
            id="west: a day without a midnight begins at one",
        ),
        pytest.param(
            *("America/Santiago", "0 5 8 9 *", "2025-09-07T12:00:00Z", "2025-09-08T08:00:00Z"),
            id="west: the day behind one without a midnight is found from there",
        ),
        pytest.param(
            *("Africa/Cairo", "0 5 25 4 *", "2025-04-10T00:00:00Z", "2026-04-25T02:00:00Z"),
            id="east: a walk over days passes over a day without a midnight",
        ),
        pytest.param(
            *("Africa/Cairo", "0 5 26 4 *", "2025-04-10T00:00:00Z", "2025-04-26T02:00:00Z"),
            id="east: the day behind it is found",
        ),
        pytest.param(
            *("Africa/Cairo", "0 5 * * *", "2025-04-24T12:00:00Z", "2025-04-25T02:00:00Z"),
            id="east: a walk over hours finds a day without a midnight",
        ),
        pytest.param(
            *("Africa/Cairo", "30 1 24 4 *", "2025-04-24T12:00:00Z", "2025-04-24T22:30:00Z"),
            id="east: a walk over hours does not notice the new day",
        ),
        pytest.param(
            *("Australia/Lord_Howe", "0 2 * * *", "2025-04-05T13:00:00Z", "2025-04-06T15:30:00Z"),
            id="half an hour back: the steps miss the full hour",
        ),
        pytest.param(
            *("Australia/Lord_Howe", "0 2 * * *", "2025-04-05T15:16:00Z", "2025-04-06T15:30:00Z"),
            id="half an hour back: and from within the half hour, too",
        ),
        pytest.param(
            *("Australia/Lord_Howe", "0 5 * * *", "2025-10-04T14:00:00Z", "2025-10-05T18:00:00Z"),
            id="half an hour on: the steps miss the full hours of the day",
        ),
        pytest.param(
            *("Australia/Lord_Howe", "15 0 5,20 10 *", "2025-10-04T15:00:00Z"),
            "2026-10-04T13:15:00Z",
            id="half an hour on: so do the days that follow",
        ),
        pytest.param(
            *("Pacific/Chatham", "50 3 * * *", "2025-09-27T10:30:00Z", "2025-09-28T14:05:00Z"),
            id="a change at a quarter to: the steps miss the rest of the hour",
        ),
        pytest.param(
            *("Antarctica/Troll", "20 2 * * *", "2025-10-25T23:47:14Z", "2025-10-26T02:20:00Z"),
            id="two hours back: a search from within begins in the second pass",
        ),
        pytest.param(
            *("Africa/Monrovia", "0 3 * * *", "1971-06-01T00:00:00Z", "1971-06-01T03:44:30Z"),
            id="an offset with seconds: the clock shows a full minute",
        ),
    ],
)
def test_around_a_clock_change_it_steps_as_cert_manager_does(
    timezone: str, expression: str, after: str, found: str
) -> None:
    assert _next(expression, after, timezone) == found


@pytest.mark.parametrize(
    ("timezone", "expression", "after", "found"),
    [
        pytest.param(
            *("Pacific/Chatham", "0 3 * * *", "2025-04-05T14:05:00Z", "2025-04-05T14:15:00Z"),
            id="a match is later than the instant asked about",
        ),
        pytest.param(
            *("America/Asuncion", "0 3 1 10 *", "2023-08-10T00:00:00Z", "2023-10-01T06:00:00Z"),
            id="a month whose first has no midnight is found",
        ),
        pytest.param(
            *("Pacific/Apia", "0 0 30 12 *", "2011-12-01T00:00:00Z", "2012-12-29T10:00:00Z"),
            id="a search for a day that is left out ends",
        ),
        pytest.param(
            *("Pacific/Apia", "0 0 30,31 12 *", "2011-12-01T00:00:00Z", "2011-12-30T10:00:00Z"),
            id="a search for a day that is left out finds the day behind",
        ),
        pytest.param(
            *("Pacific/Apia", "0 0 31 12 *", "2011-12-29T12:00:00Z", "2011-12-30T10:00:00Z"),
            id="a search across a day that is left out ends",
        ),
    ],
)
def test_where_cert_manager_goes_back_or_astray_or_never_ends_it_goes_on(
    timezone: str, expression: str, after: str, found: str
) -> None:
    assert _next(expression, after, timezone) == found


def test_the_instant_asked_about_is_aware() -> None:
    with pytest.raises(InvalidValueError, match=r"^after: expected an aware datetime"):
        _grid("* * * * *").next(datetime(2026, 1, 1))  # noqa: DTZ001 — the point of the test


@pytest.mark.parametrize("mask", [-1, True, "*", 1.0])
def test_a_field_is_a_bit_mask(mask: object) -> None:
    with pytest.raises(WrongTypeError, match=r"^hours: expected a bit mask"):
        evolve(_grid("* * * * *"), hours=cast("int", mask))


def test_a_schedule_of_an_unknown_zone_has_no_next_match() -> None:
    with pytest.raises(InvalidValueError, match=r"^timezone: expected an IANA time zone"):
        evolve(_grid("* * * * *"), timezone="No/Where").next(EARLIEST)
