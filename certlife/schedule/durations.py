"""Durations in Go's syntax, in which every duration of a Kubernetes object is written.

"2160h", "1h30m", "-1.5h", ".5s" and "0" are durations; "5", "1d" and ISO 8601's "P1D" are not.
The libraries that read durations (dateutil, pandas, isodate) all speak another language, hence
this module. It must never know what a duration is for.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from certlife.errors import InvalidValueError, UnreadableError, WrongTypeError, shown

MAX_CHARACTERS: Final = 256
"""Longer text is refused unread. Go's own spelling of a duration needs at most 25."""

_MICROSECOND: Final = timedelta(microseconds=1)
_A_MILLISECOND: Final = 1_000  # in microseconds
_A_SECOND: Final = 1_000_000
_NANOSECONDS: Final = {
    "ns": 1,
    "us": 1_000,
    "\N{MICRO SIGN}s": 1_000,
    "\N{GREEK SMALL LETTER MU}s": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_TERM: Final = re.compile(rf"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)({'|'.join(_NANOSECONDS)})")
_DURATION: Final = re.compile(rf"[+-]?(?:0|(?:{_TERM.pattern})+)")
# What nearly every object says; the grammar above takes three times as long over it.
_WHOLE_HOURS: Final = re.compile(r"([0-9]{1,6})h(?:0m0s)?")
_INT64: Final = range(-(2**63), 2**63)


def parse_duration(text: str, *, path: str = "") -> timedelta:
    """Read a duration as Go's time.ParseDuration does, to the microsecond.

    Args:
        text: For instance "2160h0m0s", "1h30m" or "-1.5h".
        path: Where the text stands, for the error.

    Raises:
        WrongTypeError: `text` is no str.
        UnreadableError: It is no Go duration.
        InvalidValueError: It passes 64 bits of nanoseconds (some 292 years), or is not a whole
            number of microseconds, which Go could hold and a timedelta cannot.
    """
    if not isinstance(text, str):
        raise WrongTypeError("expected a str", path=path, value=shown(text))
    hours = _WHOLE_HOURS.fullmatch(text)
    if hours is not None:
        return timedelta(hours=int(hours[1]))
    microseconds, finer = divmod(parse_nanoseconds(text, path=path), 1_000)
    if finer:
        rule = "expected nothing finer than a microsecond"
        raise InvalidValueError(rule, path=path, value=shown(text))
    return timedelta(microseconds=microseconds)


def parse_nanoseconds(text: str, *, path: str = "") -> int:
    """Read a duration as Go's time.ParseDuration does, to the nanosecond.

    What is finer than a nanosecond is cut off, term by term. The arithmetic is exact, where Go's
    floating point may be a nanosecond off from the twelfth decimal place on.

    Args:
        text: As for `parse_duration`.
        path: Where the text stands, for the error.

    Raises:
        WrongTypeError: `text` is no str.
        UnreadableError: It is no Go duration.
        InvalidValueError: It passes 64 bits of nanoseconds, some 292 years.
    """
    if not isinstance(text, str):
        raise WrongTypeError("expected a str", path=path, value=shown(text))
    if len(text) > MAX_CHARACTERS or _DURATION.fullmatch(text) is None:
        rule = 'expected a Go duration such as "1h30m"'
        raise UnreadableError(rule, path=path, value=shown(text))
    total = 0
    for number, unit in _TERM.findall(text):
        whole, _, fraction = number.partition(".")
        total += int(whole or 0) * _NANOSECONDS[unit]
        total += int(fraction or 0) * _NANOSECONDS[unit] // 10 ** len(fraction)
    nanoseconds = -total if text.startswith("-") else total
    if nanoseconds not in _INT64:
        rule = "expected a duration of at most 64 bits of nanoseconds, some 292 years"
        raise InvalidValueError(rule, path=path, value=shown(text))
    return nanoseconds


def format_duration(value: timedelta) -> str:
    """Write a duration as Go's Duration.String does: "2160h0m0s", "1.5s", "0s", "-1h0m0s".

    Up to 292 years `parse_duration` reads it back; longer ones, which Go cannot hold, are written
    in the same way.

    Raises:
        WrongTypeError: `value` is no timedelta.
    """
    if not isinstance(value, timedelta):
        raise WrongTypeError("expected a timedelta", value=shown(value))
    sign = "-" if value < timedelta() else ""
    microseconds = abs(value // _MICROSECOND)
    if microseconds == 0:
        return "0s"
    if microseconds < _A_MILLISECOND:
        return f"{sign}{microseconds}\N{MICRO SIGN}s"
    if microseconds < _A_SECOND:
        return f"{sign}{_decimal(microseconds, _A_MILLISECOND)}ms"
    minutes, rest = divmod(microseconds, 60 * _A_SECOND)
    hours, minutes_left = divmod(minutes, 60)
    text = f"{_decimal(rest, _A_SECOND)}s"
    if minutes:
        text = f"{minutes_left}m{text}"
    if hours:
        text = f"{hours}h{text}"
    return f"{sign}{text}"


def _decimal(count: int, unit: int) -> str:
    """Write count / unit, `unit` a power of ten, without trailing zeros."""
    whole, rest = divmod(count, unit)
    fraction = f"{unit + rest}"[1:].rstrip("0")
    return f"{whole}.{fraction}" if fraction else f"{whole}"
