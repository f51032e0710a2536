"""Go's duration syntax, as time.ParseDuration reads it and Duration.String writes it."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certlife.errors import CertlifeError, InvalidValueError, UnreadableError, WrongTypeError
from certlife.schedule.durations import (
    MAX_CHARACTERS,
    format_duration,
    parse_duration,
    parse_nanoseconds,
)

INT64 = 2**63 - 1


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        pytest.param("0", timedelta(), id="zero needs no unit"),
        pytest.param("-0", timedelta(), id="nor does minus zero"),
        pytest.param("2160h0m0s", timedelta(days=90), id="as Kubernetes writes ninety days"),
        pytest.param("1h30m", timedelta(minutes=90), id="terms add up"),
        pytest.param("1m1h1m", timedelta(minutes=62), id="in any order, more than once"),
        pytest.param("-1.5h", timedelta(minutes=-90), id="the sign is for the whole"),
        pytest.param("+5s", timedelta(seconds=5), id="a plus is allowed"),
        pytest.param(".5s", timedelta(milliseconds=500), id="a fraction alone"),
        pytest.param("1.s", timedelta(seconds=1), id="a point without a fraction"),
        pytest.param("90m", timedelta(minutes=90), id="m is a minute"),
        pytest.param("1ms", timedelta(milliseconds=1), id="ms is not m and s"),
        pytest.param("1us", timedelta(microseconds=1), id="us for microseconds"),
        pytest.param("1\N{MICRO SIGN}s", timedelta(microseconds=1), id="the micro sign"),
        pytest.param("1\N{GREEK SMALL LETTER MU}s", timedelta(microseconds=1), id="the letter mu"),
        pytest.param("3000ns", timedelta(microseconds=3), id="whole microseconds in nanoseconds"),
        pytest.param("1.0000000001s", timedelta(seconds=1), id="under a nanosecond is cut off"),
        pytest.param("007h", timedelta(hours=7), id="leading zeros"),
        pytest.param(
            "9223372036854775us",
            timedelta(microseconds=9223372036854775),
            id="the longest there is, some 292 years",
        ),
    ],
)
def test_a_go_duration_is_read(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("5", id="a number without a unit"),
        pytest.param("1h5", id="a last number without a unit"),
        pytest.param("h", id="a unit without a number"),
        pytest.param(".s", id="a point alone"),
        pytest.param("1hs", id="two units for one number"),
        pytest.param("1d", id="days, which Go does not have"),
        pytest.param("P1D", id="ISO 8601"),
        pytest.param("1H", id="a capital"),
        pytest.param("1 h", id="a space"),
        pytest.param(" 1h", id="a space before"),
        pytest.param("1h\n", id="a line end"),
        pytest.param("1e3s", id="an exponent"),
        pytest.param("--1h", id="two signs"),
        pytest.param("1h-1m", id="a sign inside"),
        pytest.param("1.5.5h", id="two points"),
        pytest.param("00", id="zero twice"),
        pytest.param("٣h", id="a digit that is not ASCII"),
        pytest.param("0" * MAX_CHARACTERS + "h", id="too long a text"),
    ],
)
def test_what_is_no_go_duration_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableError, match="expected a Go duration") as caught:
        parse_duration(text, path="spec.duration")
    assert caught.value.path == "spec.duration"


def test_text_of_the_greatest_length_is_read() -> None:
    assert parse_duration("0" * (MAX_CHARACTERS - 2) + "1h") == timedelta(hours=1)


@pytest.mark.parametrize("text", ["1ns", "1.0000001s", "-1ns", "2399h59m59.999999999s"])
def test_what_is_finer_than_a_microsecond_is_refused_not_rounded(text: str) -> None:
    with pytest.raises(InvalidValueError, match=r"^spec.duration: .*finer than a microsecond"):
        parse_duration(text, path="spec.duration")


@pytest.mark.parametrize("text", ["1e9h".replace("e9", "0" * 9), f"{INT64 + 1}ns", "-9223372037s"])
def test_what_passes_64_bits_of_nanoseconds_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError, match=r"^spec.duration: .*292 years"):
        parse_duration(text, path="spec.duration")


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        pytest.param("1ns", 1, id="one"),
        pytest.param("1.5us", 1500, id="a fraction of a microsecond"),
        pytest.param("0.9ns", 0, id="less than one is none"),
        pytest.param("0.6ns0.6ns", 0, id="each term is cut off by itself"),
        pytest.param(f"{INT64}ns", INT64, id="the greatest of 64 bits"),
        pytest.param(f"-{INT64 + 1}ns", -INT64 - 1, id="the least of 64 bits"),
    ],
)
def test_nanoseconds_are_exact(text: str, nanoseconds: int) -> None:
    assert parse_nanoseconds(text) == nanoseconds


def test_only_text_is_read() -> None:
    with pytest.raises(WrongTypeError, match=r"^spec.duration: expected a str, got 5"):
        parse_duration(cast("str", 5), path="spec.duration")


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        pytest.param(timedelta(), "0s", id="zero"),
        pytest.param(timedelta(days=90), "2160h0m0s", id="hours bring minutes and seconds"),
        pytest.param(timedelta(minutes=5), "5m0s", id="minutes bring seconds"),
        pytest.param(timedelta(seconds=1), "1s", id="one second"),
        pytest.param(timedelta(seconds=1.5), "1.5s", id="a fraction of a second"),
        pytest.param(timedelta(seconds=60), "1m0s", id="sixty seconds are a minute"),
        pytest.param(timedelta(hours=-1), "-1h0m0s", id="less than zero"),
        pytest.param(timedelta(milliseconds=-1.5), "-1.5ms", id="less than a second"),
        pytest.param(timedelta(milliseconds=1), "1ms", id="one millisecond"),
        pytest.param(
            timedelta(microseconds=999), "999\N{MICRO SIGN}s", id="less than a millisecond"
        ),
        pytest.param(
            timedelta(hours=1, microseconds=10), "1h0m0.00001s", id="zeros before, none after"
        ),
        pytest.param(timedelta(days=365_000), "8760000h0m0s", id="longer than Go can hold"),
    ],
)
def test_a_duration_is_written_as_go_does(duration: timedelta, text: str) -> None:
    assert format_duration(duration) == text


def test_only_a_timedelta_is_written() -> None:
    with pytest.raises(WrongTypeError, match="expected a timedelta, got 90"):
        format_duration(cast("timedelta", 90))


@given(st.timedeltas(timedelta(days=-106_751), timedelta(days=106_751)))
def test_what_is_written_is_read_back(duration: timedelta) -> None:
    assert parse_duration(format_duration(duration)) == duration


@given(st.text(alphabet="0123456789.+-hmsuµn", max_size=12))
def test_no_text_escapes_with_another_error(text: str) -> None:
    try:
        read = parse_duration(text)
    except CertlifeError:
        return
    assert parse_duration(format_duration(read)) == read
