"""A clock that stands still until it is told to move, forwards or backwards."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from certlife.errors import InvalidValueError, shown
from certlife.schedule.instants import require_aware
from certlife.signing.arguments import require

if TYPE_CHECKING:
    from datetime import datetime


class FakeClock:
    """A clock for tests; where a function is wanted that tells the time, pass `clock.now`.

    Args:
        now: What it shows at first, aware.

    Raises:
        InvalidValueError: `now` is naive.
        WrongTypeError: `now` is no datetime.
    """

    def __init__(self, now: datetime) -> None:
        self._now = require_aware(now)

    def now(self) -> datetime:
        """Tell the time, in UTC."""
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Move the clock, backwards where `by` is negative, and tell the time.

        Raises:
            InvalidValueError: It would leave the years 1 to 9999.
            WrongTypeError: `by` is no timedelta.
        """
        require(by, timedelta, "by")
        try:
            self._now += by
        except OverflowError:
            rule = "expected a step within the years 1 to 9999"
            raise InvalidValueError(rule, path="by", value=shown(by)) from None
        return self._now

    def set(self, now: datetime) -> datetime:
        """Set the clock, to an earlier instant too, and tell the time.

        Raises:
            InvalidValueError: `now` is naive.
            WrongTypeError: `now` is no datetime.
        """
        self._now = require_aware(now)
        return self._now
