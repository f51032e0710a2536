"""The grid of instants that a cron expression spans, and the next one on it.

A field is a bit mask, and the search jumps from set bit to set bit instead of walking the minutes.
Around a change of the clock it takes the single steps of robfig/cron, cert-manager's library, for
there the steps make the answer: months and days move on the calendar, hours and minutes in real
time. So an hour that the clock leaves out does not match and one that comes twice matches twice.
Three oddities come with it. After a change by other than whole hours (Lord Howe, Chatham) the
steps stay off the full hours until the next wrap. Where midnight is left out east of Greenwich
(Cairo, Beirut), a walk over days passes over that day; and a walk over hours enters it without
asking whether the day fits. This module must never read an expression; that is `cron`'s part.
"""

from __future__ import annotations

from calendar import isleap
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final

from attrs import Attribute, field, frozen

from certlife.errors import WrongTypeError, shown
from certlife.schedule.instants import EARLIEST, require_aware, truncate_to_second
from certlife.schedule.zones import zone

HORIZON_YEARS: Final = 9
"""How far a search goes: leap days are eight years apart around 2100, and cert-manager adds one."""

_MINUTES: Final = 60
_HOURS: Final = 24
_MONTHS: Final = 12
_SECOND: Final = timedelta(seconds=1)
_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_NOON: Final = 12
_FEBRUARY: Final = 2
_WEEK: Final = 0b111_1111
_EVERY_SEVENTH_DAY: Final = sum(1 << day for day in range(0, 31, 7))
_LONGEST_MONTHS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# Zones and the walk back to midnight need two days before an instant that Python can hold.
_FIRST_SECOND: Final = EARLIEST + 2 * _DAY


def _require_mask(_: CronSchedule, attribute: Attribute[int], value: int) -> None:
    if type(value) is not int or value < 0:
        raise WrongTypeError("expected a bit mask", path=attribute.name, value=shown(value))


@frozen
class CronSchedule:
    """Minutes of the calendar in one time zone; `certlife.schedule.cron.parse_cron` reads one.

    Attributes:
        minutes: Bit n is set for minute n, 0 to 59.
        hours: The same for hours, 0 to 23.
        days: The same for days of the month, 1 to 31.
        months: The same for months, 1 to 12.
        weekdays: The same for days of the week, 0 (Sunday) to 6.
        either_day: Whether the day of the month *or* the day of the week is enough. Both are needed
            as soon as one of the two fields has a star.
        timezone: The IANA name, "" for UTC.
    """

    minutes: int = field(validator=_require_mask)
    hours: int = field(validator=_require_mask)
    days: int = field(validator=_require_mask)
    months: int = field(validator=_require_mask)
    weekdays: int = field(validator=_require_mask)
    either_day: bool
    timezone: str = ""

    def next(self, after: datetime) -> datetime | None:
        """Find the first match after an instant.

        Returns:
            A full minute of the zone's clock, in UTC and later than `after`; None if no date can
            match, or none does within nine years or before the year 10000.

        Raises:
            WrongTypeError: `after` is no datetime.
            InvalidValueError: `after` is naive, or the zone unknown.
        """
        second = max(truncate_to_second(require_aware(after, "after")), _FIRST_SECOND)
        local_zone = zone(self.timezone, path="timezone")
        if not self._is_satisfiable():
            return None
        try:
            local = (second + _SECOND).astimezone(local_zone)
            return self._search(_elapse(local, -local.second % 60 * _SECOND))
        except (OverflowError, ValueError):  # the calendar ends with the year 9999
            return None

    def _is_satisfiable(self) -> bool:
        """Tell from the masks alone whether any date matches, as `0 0 31 2 *` never does."""
        date = any(
            self.months >> month & 1 and self.days & _first_days(length)
            for month, length in enumerate(_LONGEST_MONTHS, 1)
        )
        day = date or self.weekdays if self.either_day else date and self.weekdays
        return bool(self.minutes and self.hours and self.months and day)

    def _search(self, start: datetime) -> datetime | None:
        """Fix the fields from the month down; whenever one wraps around, begin again.

        A field that fits is not looked at again before the next wrap. That is cert-manager's order,
        and it only matters where a clock change swallows the wrap.
        """
        at = start
        last_year = at.year + HORIZON_YEARS
        while at.year <= last_year:
            if not self.months >> at.month & 1:
                at = self._next_month(at)
                continue
            while not self._days_in(at) >> at.day & 1:
                at = self._next_day(at, start)
                if at.day == 1:
                    break
            else:
                while not self.hours >> at.hour & 1:
                    at = self._next_hour(at, start)
                    if at.hour == 0:
                        break
                else:
                    while not self.minutes >> at.minute & 1:
                        at = _step(at, _MINUTE, _distance(self.minutes, at.minute, _MINUTES))
                        if at.minute == 0:
                            break
                    else:
                        return at.astimezone(UTC)
        return None

    def _days_in(self, at: datetime) -> int:
        """Make the mask of the days that match in the month of an instant."""
        sunday_first = (at.isoweekday() - at.day + 1) % 7
        week = (self.weekdays >> sunday_first | self.weekdays << 7 - sunday_first) & _WEEK
        by_weekday = week * _EVERY_SEVENTH_DAY << 1
        matching = self.days | by_weekday if self.either_day else self.days & by_weekday
        return matching & _first_days(_length_of_month(at))

    def _next_month(self, at: datetime) -> datetime:
        months = at.month - 1 + _distance(self.months, at.month, _MONTHS + 1)
        year, month = at.year + months // _MONTHS, months % _MONTHS + 1
        # A first of the month without a midnight (the last was Asuncion's in October 2023) starts
        # when the clock has gone on; cert-manager's step by months would miss most of the month.
        return _elapse(datetime(year, month, 1, tzinfo=at.tzinfo), timedelta())

    def _next_day(self, at: datetime, start: datetime) -> datetime:
        if at is start:
            at = _on_clock(at.replace(hour=0, minute=0))
        days = 1
        if at.time() == time.min:  # else a missing midnight is near, and one day the right step
            days = _distance(self._days_in(at), at.day, _length_of_month(at) + 1)
        landed = _on_clock(at + days * _DAY)
        if landed <= at:
            # A whole day is missing, as in Apia in 2011, where cert-manager never ends.
            landed = _on_clock(at + (days + 1) * _DAY)
        return _elapse(
            landed, _HOUR * (-landed.hour if landed.hour <= _NOON else _HOURS - landed.hour)
        )

    def _next_hour(self, at: datetime, start: datetime) -> datetime:
        if at is not start:
            return _step(at, _HOUR, _distance(self.hours, at.hour, _HOURS))
        landed = _elapse(_on_clock(at.replace(minute=0)), _HOUR)
        if landed.astimezone(UTC) <= at.astimezone(UTC) and self.hours >> landed.hour & 1:
            # In the hour that Chatham repeats, cert-manager goes back and finds a past match.
            return _elapse(at, (_MINUTES - at.minute) * _MINUTE)
        return landed


def _length_of_month(at: datetime) -> int:
    # calendar.monthrange takes five times as long: it finds the first weekday as well.
    is_short = at.month == _FEBRUARY and not isleap(at.year)
    return _LONGEST_MONTHS[at.month - 1] - is_short


def _first_days(length: int) -> int:
    return (2 << length) - 1


def _distance(mask: int, value: int, end: int) -> int:
    """Count the steps from `value` to the next set bit, or to `end` if there is none."""
    above = mask >> value + 1
    return (above & -above).bit_length() or end - value


def _step(at: datetime, unit: timedelta, count: int) -> datetime:
    """Go `count` units on in real time, or a single one if the clock changes on the way."""
    landed = _elapse(at, unit * count)
    return landed if landed.utcoffset() == at.utcoffset() else _elapse(at, unit)


def _elapse(at: datetime, by: timedelta) -> datetime:
    """Let real time pass: between datetimes of one zone, Python's + moves the hands instead."""
    return (at.astimezone(UTC) + by).astimezone(at.tzinfo)


def _on_clock(wall: datetime) -> datetime:
    """Find the instant at which the clock shows this, by the rule of Go's time.Date.

    For a time that the clock shows twice, or never, the rule picks the offset in force at the
    instant that results from the offset in force at that reading of UTC.
    """
    reading = wall.replace(tzinfo=UTC)
    guess = reading - _offset(reading, wall.tzinfo)
    return (reading - _offset(guess, wall.tzinfo)).astimezone(wall.tzinfo)


def _offset(at: datetime, local_zone: tzinfo | None) -> timedelta:
    return at.astimezone(local_zone).replace(tzinfo=UTC) - at
