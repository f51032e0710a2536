"""The axis of a timeline: which stretch of time is shown, where an instant is, what is marked.

Most certificates of a fleet live for months and a few CAs for decades. The axis is for the most;
what goes beyond its ends is cut off there.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from attrs import frozen
from dateutil.rrule import DAILY, HOURLY, MONTHLY, YEARLY, rrule

from certlife.schedule.instants import shift

if TYPE_CHECKING:
    from collections.abc import Sequence

    from certlife.cli.spans import Span

_Frequency: TypeAlias = Literal[0, 1, 3, 4]
"""YEARLY, MONTHLY, DAILY or HOURLY."""

_LEAST: Final = timedelta(hours=1)
_USUAL: Final = timedelta(days=90)
_MOST_TICKS: Final = 10
_STEPS: Final[tuple[tuple[_Frequency, int, str], ...]] = (
    *((HOURLY, hours, "%d %b %H:%M") for hours in (1, 3, 6, 12)),
    *((DAILY, days, "%d %b") for days in (1, 2, 7, 14)),
    *((MONTHLY, months, "%b %Y") for months in (1, 2, 3, 6)),
    *((YEARLY, years, "%Y") for years in (1, 2, 5, 10, 50, 100, 500, 1000)),
)


@frozen
class Tick:
    """A mark on the axis: where it is, from 0 to 1, and what it says."""

    place: float
    label: str


@frozen
class Axis:
    """A stretch of time.

    Args:
        start: What is left, aware.
        end: What is right, later.
    """

    start: datetime
    end: datetime

    def place(self, at: datetime) -> float:
        """Return where an instant is, from 0 to 1; beyond an end, that end."""
        return min(max((at - self.start) / (self.end - self.start), 0.0), 1.0)

    def shows(self, span: Span) -> bool:
        """Whether something of a span is between the ends."""
        return span.start <= self.end and span.end >= self.start

    def ticks(self) -> list[Tick]:
        """Mark full hours, days, months or years, as many as there is room for."""
        tried = ((form, self._marks(frequency, interval)) for frequency, interval, form in _STEPS)
        form, found = next((form, found) for form, found in tried if len(found) <= _MOST_TICKS)
        return [Tick(self.place(at), at.strftime(form)) for at in found]

    def _marks(self, frequency: _Frequency, interval: int) -> list[datetime]:
        """Find the first full hours and the like, at least one more than there is room for."""
        first = self.start.replace(hour=0, minute=0, second=0, microsecond=0)
        if frequency == MONTHLY:
            first = first.replace(month=1, day=1)
        elif frequency == YEARLY:
            year = first.year - first.year % interval or interval  # there is no year 0
            first = datetime(year, 1, 1, tzinfo=UTC)
        rule = rrule(frequency, first, interval=interval, until=self.end)
        return list(rule.xafter(self.start, count=_MOST_TICKS + 1, inc=True))


def axis_for(spans: Sequence[Span], now: datetime) -> Axis:
    """Choose the stretch of time around now that most certificates are valid in.

    Args:
        spans: When each is valid.
        now: An instant, aware.
    """
    behind = _most([now - span.start for span in spans if span.start < now])
    ahead = _most([span.end - now for span in spans if span.end > now])
    return Axis(shift(now, -behind * 1.05), shift(now, ahead * 1.05))


def _most(distances: list[timedelta]) -> timedelta:
    """Return the distance that nine in ten keep within; or less, where that is much for half."""
    if not distances:
        return _USUAL
    ordered = sorted(distances)
    last = len(ordered) - 1
    return max(min(ordered[last * 9 // 10], ordered[last // 2] * 3), _LEAST)
