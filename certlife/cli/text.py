"""Text for a terminal or a pipe: nothing from a certificate or an object gets through raw."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from certlife.schedule.durations import format_duration
from certlife.schedule.instants import format_instant

if TYPE_CHECKING:
    from collections.abc import Collection

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)
_LISTED: Final = 10
"""How many things a sentence lists."""
_LISTED_CHARACTERS: Final = 200
"""How much it says of each."""


def printable(text: str) -> str:
    r"""Escape whatever is not printed: control characters, ANSI escapes, bidirectional overrides.

    The result is one line: "\n" is escaped too.
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def shortened(text: str, limit: int) -> str:
    """Cut a text to at most `limit` characters, and show that it was."""
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def place(namespace: str | None, name: str | None) -> str:
    """Return namespace and name, as in "shop/web"; the name alone where there is no namespace."""
    return f"{namespace}/{name}" if namespace else name or ""


def listed(words: Collection[str]) -> str:
    """List the first ten in a sentence, none too long, and count the others: "a, b and 2 more"."""
    first = ", ".join(shortened(word, _LISTED_CHARACTERS) for word in list(words)[:_LISTED])
    more = len(words) - _LISTED
    return f"{first} and {more} more" if more > 0 else first


def distance(at: datetime | None, now: datetime) -> str:
    """Say how far away an instant is, in days, below two days in hours, below two hours in minutes.

    "in 12 d", "3 h ago"; "" for none.
    """
    if at is None:
        return ""
    ahead = at >= now
    span = at - now if ahead else now - at
    for unit, sign in ((_DAY, "d"), (_HOUR, "h")):
        if span >= 2 * unit:
            amount = f"{span // unit} {sign}"
            break
    else:
        amount = f"{span // _MINUTE} min"
    return f"in {amount}" if ahead else f"{amount} ago"


def dated(at: datetime, now: datetime) -> str:
    """Write an instant and how far away it is: "2026-11-24T12:00:00Z (in 12 d)"."""
    return f"{format_instant(at)} ({distance(at, now)})"


def in_days(span: timedelta) -> str:
    """Write a stretch of time: "90.0 days"; below a day in Go's syntax."""
    days = span / _DAY
    return f"{days:.1f} days" if days >= 1 else format_duration(span)
