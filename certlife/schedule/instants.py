"""Points in time: RFC 3339 text as Kubernetes writes it, and aware datetimes in UTC.

Inside certlife an instant is always an aware datetime in UTC, a whole number of microseconds
between the years 1 and 9999. Text, naive datetimes and other offsets end here. This module must
never know what time it is now.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from certlife.errors import InvalidValueError, UnreadableError, WrongTypeError, shown

EARLIEST: Final = datetime.min.replace(tzinfo=UTC)
LATEST: Final = datetime.max.replace(tzinfo=UTC)

# RFC 3339, section 5.6, in capitals only, as Go reads it. No leap second either: Go has none.
_RFC3339: Final = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    r"T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]+))?"
    r"(?:Z|(?P<sign>[+-])(?P<offset_hour>[0-9]{2}):(?P<offset_minute>[0-5][0-9]))"
)
# What nearly every object says; everything else about it is fromisoformat's to check.
_WHOLE_SECONDS: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}Z"
)
_MICROSECOND_DIGITS: Final = 6


def parse_instant(text: str, *, path: str = "") -> datetime:
    """Read an RFC 3339 date-time.

    Args:
        text: For instance "2026-03-01T12:00:00Z" or "2026-03-01T13:00:00.25+01:00".
        path: Where the text stands, for the error.

    Returns:
        The instant, in UTC.

    Raises:
        WrongTypeError: `text` is no str.
        UnreadableError: It is no RFC 3339 date-time between the years 1 and 9999.
        InvalidValueError: Its fraction is finer than a microsecond.
    """
    if not isinstance(text, str):
        raise WrongTypeError("expected a str", path=path, value=shown(text))
    if _WHOLE_SECONDS.fullmatch(text):
        with suppress(ValueError):  # no such day: the error is made below
            return datetime.fromisoformat(text)
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise UnreadableError("expected an RFC 3339 date-time", path=path, value=shown(text))
    fraction = match["fraction"] or ""
    if fraction[_MICROSECOND_DIGITS:].strip("0"):
        rule = "expected nothing finer than a microsecond"
        raise InvalidValueError(rule, path=path, value=shown(text))
    microsecond = int(fraction[:_MICROSECOND_DIGITS].ljust(_MICROSECOND_DIGITS, "0"))
    year, month, day, hour, minute, second = (int(match[number]) for number in range(1, 7))
    try:
        # The constructors know what the pattern does not: months, days, hours, the year 0.
        local = datetime(
            year, month, day, hour, minute, second, microsecond, tzinfo=_offset_of(match)
        )
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        rule = "expected a date and a time of day between the years 1 and 9999"
        raise UnreadableError(rule, path=path, value=shown(text)) from None


def _offset_of(match: re.Match[str]) -> timezone:
    if match["sign"] is None:
        return UTC
    offset = timedelta(hours=int(match["offset_hour"]), minutes=int(match["offset_minute"]))
    return timezone(-offset if match["sign"] == "-" else offset)


def format_instant(at: datetime) -> str:
    """Write an instant as RFC 3339 in UTC, with a fraction only where there is one.

    `parse_instant` reads it back to the same instant.

    Raises:
        WrongTypeError: `at` is no datetime.
        InvalidValueError: `at` is naive, or in UTC outside the years 1 to 9999.
    """
    text = require_aware(at, "at").replace(tzinfo=None).isoformat()
    return f"{text.rstrip('0')}Z" if "." in text else f"{text}Z"


def require_aware(now: datetime, name: str = "now") -> datetime:
    """Insist on an aware datetime: a naive one means another instant on every machine.

    Args:
        now: An aware datetime of any offset.
        name: What the argument is called, for the error.

    Returns:
        The same instant, in UTC.

    Raises:
        WrongTypeError: `now` is no datetime.
        InvalidValueError: `now` is naive, or in UTC outside the years 1 to 9999.
    """
    if type(now) is datetime and now.tzinfo is UTC:
        return now  # as nearly all of them are, and the rest takes four times as long
    if not isinstance(now, datetime):
        raise WrongTypeError("expected an aware datetime", path=name, value=shown(now))
    if now.utcoffset() is None:
        rule = "expected an aware datetime, such as datetime.now(UTC)"
        raise InvalidValueError(rule, path=name, value=shown(now))
    try:
        return now.astimezone(UTC)
    except OverflowError:
        rule = "expected an instant between the years 1 and 9999"
        raise InvalidValueError(rule, path=name, value=shown(now)) from None


def truncate_to_second(at: datetime) -> datetime:
    """Drop the fraction of a second: a floor, before 1970 too, as Go's Truncate is."""
    return at.replace(microsecond=0)


def shift(at: datetime, by: timedelta) -> datetime:
    """Add to an instant in UTC, and stop at the ends of the calendar.

    Beyond the years 1 and 9999 lie no instants, yet a lifetime or a window may reach there; what
    would pass an end becomes `EARLIEST` or `LATEST`, which compares as it should.
    """
    try:
        return at + by
    except OverflowError:
        return EARLIEST if by < timedelta() else LATEST
