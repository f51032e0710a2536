"""What a renewal window costs: reading it, and finding when it opens next."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from benchmarks.samples import ISSUED
from benchmarks.timing import interleaved
from certlife.schedule.windows import Window, earliest_in_windows, parse_window

if TYPE_CHECKING:
    from collections.abc import Iterator

OPEN: Final = timedelta(hours=2)
WINDOWS: Final = {
    "weekday nights": ("0 2 * * MON-FRI", "Europe/Berlin"),
    "29 February": ("0 0 29 2 *", "America/New_York"),
    "29 February, if a Monday": ("0 0 29 2 MON", "America/New_York"),
    "31 February, which never is": ("0 0 31 2 *", "Europe/Berlin"),
}
"""By name, the expression and its time zone."""


@frozen
class Opening:
    """What one window takes, in us.

    Args:
        of: The window.
        read: Reading the expression.
        found: Finding when it opens next, if it ever does.
    """

    of: str
    read: float
    found: float


def openings(*, seconds: float) -> Iterator[Opening]:
    """Measure every window."""
    for name, (expression, zone) in WINDOWS.items():
        read = partial(parse_window, expression, OPEN, zone)
        window = read()
        if name.endswith("if a Monday"):
            # Cron has no way to ask for both unless one of the two days is a star.
            window = evolve(window, schedule=evolve(window.schedule, either_day=False))
        times = interleaved({"read": [read], "found": [partial(_opens, window)]}, seconds=seconds)
        yield Opening(name, times.median("read"), times.median("found"))


def _opens(window: Window) -> object:
    return earliest_in_windows(
        ISSUED, [window], not_before=ISSUED, not_after=ISSUED + timedelta(days=36_500)
    )
