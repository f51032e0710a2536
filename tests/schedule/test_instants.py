"""RFC 3339 in, RFC 3339 out, and nothing but aware UTC datetimes in between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certlife.errors import CertlifeError, InvalidValueError, UnreadableError, WrongTypeError
from certlife.schedule.instants import (
    EARLIEST,
    LATEST,
    format_instant,
    parse_instant,
    require_aware,
    shift,
    truncate_to_second,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        pytest.param("2026-03-01T12:00:00Z", NOON, id="Z is UTC"),
        pytest.param("2026-03-01T13:30:00+01:30", NOON, id="an offset is subtracted"),
        pytest.param("2026-03-01T00:01:00-11:59", NOON, id="a negative offset is added"),
        pytest.param("2026-03-01T12:00:00-00:00", NOON, id="minus zero is UTC, too"),
        pytest.param("2026-03-02T11:59:00+23:59", NOON, id="the largest offset is 23:59"),
        pytest.param(
            "2026-03-01T12:00:00.25Z",
            NOON + timedelta(milliseconds=250),
            id="a fraction may be short",
        ),
        pytest.param(
            "2026-03-01T12:00:00.000001000Z",
            NOON + timedelta(microseconds=1),
            id="zeros beyond the microsecond are harmless",
        ),
        pytest.param("0001-01-01T00:00:00Z", EARLIEST, id="Kubernetes' zero time is the earliest"),
        pytest.param(
            "9999-12-31T23:59:59.999999Z", LATEST, id="year 9999 has its last microsecond"
        ),
    ],
)
def test_an_rfc_3339_date_time_is_read_as_utc(text: str, instant: datetime) -> None:
    read = parse_instant(text)
    assert read == instant
    assert read.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("2026-03-01", id="a date"),
        pytest.param("2026-03-01T12:00Z", id="no seconds"),
        pytest.param("2026-03-01T12:00:00", id="no offset"),
        pytest.param("2026-03-01 12:00:00Z", id="a space for the T"),
        pytest.param("2026-03-01t12:00:00Z", id="a small t, which Go refuses"),
        pytest.param("2026-03-01T12:00:00z", id="a small z, which Go refuses"),
        pytest.param("2026-03-01T12:00:00,5Z", id="a comma, which RFC 3339 does not have"),
        pytest.param("2026-03-01T12:00:00.Z", id="a point without a fraction"),
        pytest.param("2026-03-01T1:00:00Z", id="an hour of one digit"),
        pytest.param("2026-03-01T12:00:00+0100", id="an offset without a colon"),
        pytest.param("2026-03-01T12:00:00+24:00", id="an offset of a whole day"),
        pytest.param("2026-03-01T12:00:00+01:60", id="an offset of sixty minutes"),
        pytest.param("2026-03-01T24:00:00Z", id="hour 24"),
        pytest.param("2026-03-01T12:00:60Z", id="a leap second"),
        pytest.param("2026-02-29T12:00:00Z", id="a leap day in no leap year"),
        pytest.param("0000-12-31T23:59:59Z", id="the year 0"),
        pytest.param("0001-01-01T00:00:00+00:01", id="a minute before the calendar"),
        pytest.param("9999-12-31T23:59:59-00:01", id="a minute after the calendar"),
        pytest.param("2026-03-01T12:00:00Z\n", id="a line end"),
        pytest.param("٢٠٢٦-03-01T12:00:00Z", id="digits that are not ASCII"),
    ],
)
def test_what_is_no_rfc_3339_date_time_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        parse_instant(text, path="status.renewalTime")
    assert caught.value.path == "status.renewalTime"
    assert caught.value.value == ascii(text)


def test_a_fraction_finer_than_a_microsecond_is_refused_not_rounded() -> None:
    with pytest.raises(InvalidValueError, match="finer than a microsecond"):
        parse_instant("2026-03-01T12:00:00.0000001Z")


def test_only_text_is_read() -> None:
    with pytest.raises(WrongTypeError, match="expected a str, got 5"):
        parse_instant(cast("str", 5))


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        pytest.param(NOON, "2026-03-01T12:00:00Z", id="no fraction where there is none"),
        pytest.param(
            NOON + timedelta(milliseconds=250), "2026-03-01T12:00:00.25Z", id="no trailing zeros"
        ),
        pytest.param(
            NOON.astimezone(timezone(timedelta(hours=5))), "2026-03-01T12:00:00Z", id="always UTC"
        ),
        pytest.param(EARLIEST, "0001-01-01T00:00:00Z", id="a year has four digits"),
    ],
)
def test_an_instant_is_written_in_its_shortest_form(instant: datetime, text: str) -> None:
    assert format_instant(instant) == text


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_is_written_is_read_back(instant: datetime) -> None:
    assert parse_instant(format_instant(instant)) == instant


@given(st.text())
def test_no_text_escapes_with_another_error(text: str) -> None:
    try:
        instant = parse_instant(text)
    except CertlifeError:
        return
    assert parse_instant(format_instant(instant)) == instant


def test_an_aware_datetime_is_converted_to_utc() -> None:
    east = NOON.astimezone(timezone(timedelta(hours=5)))
    assert require_aware(east) == NOON
    assert require_aware(east).tzinfo is UTC


class Nowhere(tzinfo):
    def utcoffset(self, _: datetime | None) -> None:
        return None

    def dst(self, _: datetime | None) -> None:
        return None

    def tzname(self, _: datetime | None) -> None:
        return None


@pytest.mark.parametrize(
    "naive",
    [
        pytest.param(datetime(2026, 3, 1), id="without tzinfo"),  # noqa: DTZ001 — the point of the case
        pytest.param(datetime(2026, 3, 1, tzinfo=Nowhere()), id="with a tzinfo that knows nothing"),
    ],
)
def test_a_naive_datetime_is_refused_by_name(naive: datetime) -> None:
    with pytest.raises(InvalidValueError, match=r"^now: expected an aware datetime"):
        require_aware(naive)


def test_what_is_no_datetime_is_a_wrong_type() -> None:
    with pytest.raises(WrongTypeError, match=r"^at: expected an aware datetime, got 'now'"):
        require_aware(cast("datetime", "now"), "at")


def test_an_instant_outside_the_calendar_in_utc_is_refused() -> None:
    east = datetime.min.replace(tzinfo=timezone(timedelta(hours=1)))
    with pytest.raises(InvalidValueError, match="between the years 1 and 9999"):
        require_aware(east)


@pytest.mark.parametrize("year", [1, 1969, 1970, 2026])
def test_truncation_is_a_floor_in_every_year(year: int) -> None:
    second = datetime(year, 6, 1, 12, 30, 59, tzinfo=UTC)
    assert truncate_to_second(second + timedelta(microseconds=999_999)) == second


@pytest.mark.parametrize(
    ("at", "by", "result"),
    [
        pytest.param(NOON, timedelta(hours=-12), NOON.replace(hour=0), id="inside: addition"),
        pytest.param(LATEST, timedelta(microseconds=1), LATEST, id="the end is the latest"),
        pytest.param(NOON, timedelta.max, LATEST, id="any distance on"),
        pytest.param(
            EARLIEST, timedelta(microseconds=-1), EARLIEST, id="the start is the earliest"
        ),
        pytest.param(NOON, timedelta.min, EARLIEST, id="any distance back"),
    ],
)
def test_a_shift_stops_at_the_ends_of_the_calendar(
    at: datetime, by: timedelta, result: datetime
) -> None:
    assert shift(at, by) == result
