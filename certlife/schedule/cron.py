"""Cron expressions in the dialect of robfig/cron, which cert-manager reads its windows with.

Five fields (minute, hour, day of the month, month, day of the week) or a descriptor such as
"@daily". croniter and dateutil's rrule differ where it counts, in stars with a step, in the rule
that joins the two day fields, and around clock changes, so the dialect is read here. This module
must never know what is scheduled.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Final

from attrs import Attribute, field, frozen

from certlife.errors import UnreadableError, WrongTypeError, shown
from certlife.schedule.durations import parse_nanoseconds
from certlife.schedule.grid import CronSchedule
from certlife.schedule.instants import require_aware, truncate_to_second
from certlife.schedule.zones import zone

MAX_CHARACTERS: Final = 1_000
"""Longer expressions are refused unread. Every value of every field spelled out takes some 400."""

_DESCRIPTORS: Final = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_EVERY: Final = "@every "
_ZONE_PREFIXES: Final = ("TZ=", "CRON_TZ=")
# What Go takes for white space; Python's str.split and str.strip would add four control characters.
_WHITE_SPACE: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_WORDS: Final = re.compile(f"[^{_WHITE_SPACE}]+")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+")
_INT64: Final = range(2**63)
_NANOSECONDS_A_SECOND: Final = 1_000_000_000


def _require_delay(_: FixedDelay, attribute: Attribute[timedelta], value: timedelta) -> None:
    if not isinstance(value, timedelta):
        raise WrongTypeError("expected a timedelta", path=attribute.name, value=shown(value))


@frozen
class FixedDelay:
    """What "@every 1h30m" asks for: not a grid, only a distance from the instant asked about.

    Attributes:
        delay: A whole number of seconds, at least one.
    """

    delay: timedelta = field(validator=_require_delay)

    def next(self, after: datetime) -> datetime | None:
        """Add the delay to an instant without its fraction of a second.

        Returns:
            A whole second in UTC, or None beyond the year 9999.

        Raises:
            WrongTypeError: `after` is no datetime.
            InvalidValueError: `after` is naive.
        """
        start = truncate_to_second(require_aware(after, "after"))
        try:
            return start + self.delay
        except OverflowError:  # the calendar ends with the year 9999
            return None


def parse_cron(expression: str, timezone: str = "") -> CronSchedule | FixedDelay:
    """Read a cron expression.

    A field is a list of `*`, `?`, `n`, `n-m` or `name`, each with `/step` if need be; `n/step`
    runs to the field's end, and an empty item adds nothing, so that the field "," never matches.
    A schedule that never matches is not an error: its `next` is None.

    Args:
        expression: For instance "30 2 * * MON-FRI", "@daily" or "@every 1h". Where no timezone is
            given it may begin with its own, as in "TZ=Asia/Tokyo 0 3 * * *".
        timezone: An IANA name, "" for UTC.

    Raises:
        WrongTypeError: An argument is no str.
        InvalidValueError: There is no such time zone (path "timezone", or "cron" if the expression
            names it), or the delay after "@every" is out of range.
        UnreadableError: The expression is none (path "cron").
    """
    if not isinstance(expression, str):
        raise WrongTypeError("expected a str", path="cron", value=shown(expression))
    if len(expression) > MAX_CHARACTERS:
        rule = f"expected a cron expression of at most {MAX_CHARACTERS} characters"
        raise _unreadable(rule, expression)
    text = expression
    if timezone != "":
        zone(timezone, path="timezone")
        text = text.strip(_WHITE_SPACE)
    elif text.startswith(_ZONE_PREFIXES):
        prefix, _, text = text.partition(" ")
        timezone = prefix.partition("=")[2]
        zone(timezone, path="cron")
        text = text.strip(_WHITE_SPACE)
    if text.startswith(_EVERY):
        seconds = parse_nanoseconds(text.removeprefix(_EVERY), path="cron") // _NANOSECONDS_A_SECOND
        return FixedDelay(timedelta(seconds=max(1, seconds)))
    return _read_fields(_DESCRIPTORS.get(text, text), timezone)


def _read_fields(text: str, timezone: str) -> CronSchedule:
    fields = _WORDS.findall(text)
    if len(fields) != len(_FIELDS):
        raise _unreadable("expected five fields or a descriptor such as @daily", text)
    minutes, hours, days, months, weekdays = map(_read_field, fields, _FIELDS)
    return CronSchedule(
        minutes=minutes.mask,
        hours=hours.mask,
        days=days.mask,
        months=months.mask,
        weekdays=weekdays.mask,
        either_day=not (days.has_star or weekdays.has_star),
        timezone=timezone,
    )


@frozen
class _Bounds:
    """What a field may hold: its bounds, both included, and names for values from the first on."""

    name: str
    first: int
    last: int
    names: tuple[str, ...] = ()


_MONTHS: Final = (
    *("jan", "feb", "mar", "apr", "may", "jun"),
    *("jul", "aug", "sep", "oct", "nov", "dec"),
)
_WEEKDAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: Final = (
    _Bounds("minute", 0, 59),
    _Bounds("hour", 0, 23),
    _Bounds("day of the month", 1, 31),
    _Bounds("month", 1, 12, _MONTHS),
    _Bounds("day of the week", 0, 6, _WEEKDAYS),
)


@frozen
class _Values:
    """What a field or an item of it selects, and whether by a star."""

    mask: int
    has_star: bool


def _read_field(text: str, bounds: _Bounds) -> _Values:
    items = [_read_item(item, bounds) for item in text.split(",") if item]
    mask = reduce(or_, (item.mask for item in items), 0)
    return _Values(mask, any(item.has_star for item in items))


def _read_item(text: str, bounds: _Bounds) -> _Values:
    interval, *steps = text.split("/")
    low, *highs = interval.split("-")
    if len(steps) > 1:
        raise _unreadable(f"expected at most one / in an item of the {bounds.name}", text)
    step = _read_number(steps[0], bounds) if steps else 1
    if step == 0:
        raise _unreadable(f"expected a step of at least 1 in the {bounds.name}", text)
    if low in {"*", "?"}:  # whatever follows after a hyphen is not looked at
        # Only an unstepped star makes the two day fields depend on each other.
        return _Values(_mask(bounds.first, bounds.last, step), has_star=step == 1)
    if len(highs) > 1:
        raise _unreadable(f"expected at most one - in an item of the {bounds.name}", text)
    start = _read_value(low, bounds)
    end = bounds.last if steps else start
    if highs:
        end = _read_value(highs[0], bounds)
    if not bounds.first <= start <= end <= bounds.last:
        rule = f"expected a {bounds.name} or range within {bounds.first}-{bounds.last}"
        raise _unreadable(rule, text)
    return _Values(_mask(start, end, step), has_star=False)


def _mask(first: int, last: int, step: int) -> int:
    if step == 1:
        return (2 << last) - (1 << first)
    return sum(1 << value for value in range(first, last + 1, step))


def _read_value(text: str, bounds: _Bounds) -> int:
    name = text.lower()
    return (
        bounds.first + bounds.names.index(name)
        if name in bounds.names
        else _read_number(text, bounds)
    )


def _read_number(text: str, bounds: _Bounds) -> int:
    number = int(text) if _NUMBER.fullmatch(text) else -1
    if number not in _INT64:
        raise _unreadable(f"expected a number in the {bounds.name}", text)
    return number


def _unreadable(rule: str, text: str) -> UnreadableError:
    return UnreadableError(rule, path="cron", value=shown(text))
