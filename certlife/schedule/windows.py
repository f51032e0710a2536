"""Renewal windows: when one is open, and where it moves an instant that lies outside.

A window opens at every instant of a cron grid and closes a duration later; both ends belong to it.
This module must never know why an instant is wanted.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from attrs import frozen

from certlife.errors import InvalidValueError, WrongTypeError, shown
from certlife.schedule.cron import FixedDelay, parse_cron
from certlife.schedule.grid import CronSchedule
from certlife.schedule.instants import EARLIEST, require_aware, shift

if TYPE_CHECKING:
    from collections.abc import Sequence

_NO_GRID: Final = "expected five fields or a descriptor other than @every"
_MICROSECOND: Final = timedelta(microseconds=1)


@frozen
class Window:
    """A recurring stretch of time.

    Attributes:
        schedule: When it opens.
        duration: How long it stays open; more than zero.
    """

    schedule: CronSchedule
    duration: timedelta

    def __attrs_post_init__(self) -> None:
        """Refuse what has no opening or never closes.

        Raises:
            WrongTypeError: A field is of another type.
            InvalidValueError: The duration is not positive.
        """
        if not isinstance(self.schedule, CronSchedule):
            raise WrongTypeError("expected a CronSchedule", path="cron", value=shown(self.schedule))
        if not isinstance(self.duration, timedelta):
            raise WrongTypeError(
                "expected a timedelta", path="windowDuration", value=shown(self.duration)
            )
        if self.duration <= timedelta():
            rule = "expected a duration of more than zero"
            raise InvalidValueError(rule, path="windowDuration", value=shown(self.duration))


def parse_window(cron: str, duration: timedelta | None, timezone: str = "") -> Window:
    """Make a window of what a Certificate's spec.renewal.windows[] says.

    Args:
        cron: A cron expression without a time zone of its own. "@every" is refused: it counts from
            whenever it is asked, so that the window would open at no particular time.
        duration: How long the window stays open; must be there and more than zero.
        timezone: An IANA name, "" for UTC.

    Raises:
        WrongTypeError: An argument is of another type.
        InvalidValueError: The zone is unknown (path "timezone"), the duration missing or not
            positive (path "windowDuration"), or the expression an "@every" (path "cron").
        UnreadableError: The expression is none (path "cron").
    """
    # cert-manager names UTC, too, where no zone is said. Hence an expression that begins with
    # "TZ=" never works in a window, although its webhook lets one pass.
    schedule = parse_cron(cron, "UTC" if timezone == "" else timezone)
    if isinstance(schedule, FixedDelay):
        raise InvalidValueError(_NO_GRID, path="cron", value=shown(cron))
    if duration is None:
        raise InvalidValueError("expected a duration", path="windowDuration")
    return Window(schedule, duration)


def earliest_in_windows(
    desired: datetime, windows: Sequence[Window], *, not_before: datetime, not_after: datetime
) -> datetime | None:
    """Find the first instant from `desired` on that lies in any of the windows.

    Only windows that touch the validity count: one that closed before `not_before` is no more
    asked than one that opens after `not_after`. So nothing is ever moved past `not_after`, where
    cert-manager would allow as much as the window's length, and the order of the windows does not
    matter, where cert-manager forgets a find if a later window has none.

    Args:
        desired: The instant wanted.
        windows: Any number of windows; without any, nothing restricts `desired`.
        not_before: When the certificate's validity begins.
        not_after: When it ends.

    Returns:
        `desired` itself, in UTC, if a window is open; else when the next one opens; None if none
        does up to `not_after`.

    Raises:
        WrongTypeError: An instant is no datetime.
        InvalidValueError: An instant is naive.
    """
    desired = require_aware(desired, "desired")
    floor = max(desired, require_aware(not_before, "not_before"))
    ceiling = require_aware(not_after, "not_after")
    if not windows:
        return desired
    openings = []
    for window in windows:
        # A window is open at `floor` if it opened no longer ago than it lasts. So the first
        # opening from then on answers both questions: if it has passed, the window is open; if
        # not, it is the next one.
        longest_ago = floor - min(window.duration, floor - EARLIEST)
        opening = window.schedule.next(shift(longest_ago, -_MICROSECOND))
        if opening is None:
            continue
        if opening <= desired:
            return desired
        if opening <= ceiling:
            openings.append(opening)
    return min(openings, default=None)
