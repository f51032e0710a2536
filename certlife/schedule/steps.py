"""Steps on the calendar, as people say them: "3 months", "1 year", "10 days".

A `timedelta` has no months. dateutil's `relativedelta` has, and knows what is a month after 31
January. Steps are taken in UTC, where every day has 24 hours.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from dateutil.relativedelta import relativedelta

from certlife.errors import InvalidValueError, UnreadableError, WrongTypeError, shown
from certlife.schedule.instants import require_aware

if TYPE_CHECKING:
    from datetime import datetime

_STEP: Final = re.compile(r"([+-])([0-9]{1,6}) ?(?:(year)|(month)|(week)|(day)|(hour)|(minute))s?")


def step(at: datetime, by: str, *, path: str = "") -> datetime:
    """Go from an instant by a step on the calendar.

    Args:
        at: Where to start, aware.
        by: A sign, a number and a unit from minutes to years: "+3 months", "-1day". A month after
            31 January is the last day of February.
        path: Where the step stands, for the error.

    Returns:
        The instant there, in UTC.

    Raises:
        WrongTypeError: `at` is no datetime, or `by` no str.
        UnreadableError: `by` is no step.
        InvalidValueError: `at` is naive, or the step leaves the years 1 to 9999.
    """
    start = require_aware(at, "at")
    if not isinstance(by, str):
        raise WrongTypeError("expected a str", path=path, value=shown(by))
    match = _STEP.fullmatch(by)
    if match is None:
        raise UnreadableError("expected a step such as +3months", path=path, value=shown(by))
    sign, number, *units = match.groups()
    years, months, weeks, days, hours, minutes = (
        int(sign + number) if unit else 0 for unit in units
    )
    try:
        return start + relativedelta(
            years=years, months=months, weeks=weeks, days=days, hours=hours, minutes=minutes
        )
    except (OverflowError, ValueError):
        rule = "expected a step within the years 1 to 9999"
        raise InvalidValueError(rule, path=path, value=shown(by)) from None
