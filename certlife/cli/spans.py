"""A certificate as stretches of time: valid, due, open for renewal, waiting after a failure."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from attrs import frozen

from certlife.cli import table
from certlife.cli.judgement import Judgement, Verdict
from certlife.cli.text import dated, distance, printable, shortened
from certlife.errors import Unreadable
from certlife.schedule.instants import shift
from certlife.schedule.windows import Window, parse_window

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_WINDOWS: Final = 24
"""How many windows of a certificate are looked for: those that it may be renewed in first."""

_NAME_CHARACTERS: Final = 253
_MICROSECOND: Final = timedelta(microseconds=1)


@frozen
class Span:
    """A stretch of time, from one instant to a later or the same one."""

    start: datetime
    end: datetime


@frozen
class Row:
    """One certificate.

    Args:
        judgement: What is decided about it.
        valid: From when until when it is valid, None where there is none to be read.
        due: When it is to be renewed, None for never or unknown.
        desired: When it would be without windows, None where these move nothing.
        windows: When it may be renewed, from the desired time on, the earliest first.
        backoff: From the last failure until when it may be tried again, None where nothing waits.
    """

    judgement: Judgement
    valid: Span | None
    due: datetime | None
    desired: datetime | None
    windows: tuple[Span, ...]
    backoff: Span | None

    @property
    def name(self) -> str:
        """Namespace and name, printable, and no longer than Kubernetes lets a name be."""
        return shortened(printable(table.full_name(self.judgement.certificate)), _NAME_CHARACTERS)


def row_of(judgement: Judgement) -> Row:
    """Take the times out of a judgement."""
    valid, renewal = _valid(judgement), judgement.renewal
    failed = judgement.certificate.status.last_failure_time
    until = judgement.backoff_until
    backoff = None if failed is None or until is None else Span(failed, until)
    if valid is None or renewal is None or renewal.desired is None:
        return Row(judgement, valid, judgement.renewal_time, None, (), backoff)
    desired = None if renewal.desired == renewal.at else renewal.desired
    # Where the windows are in error none counts, and the error is among the advice.
    within = Span(renewal.desired, valid.end)
    windows = () if renewal.window_error else tuple(_windows(judgement, within))
    return Row(judgement, valid, renewal.at, desired, windows, backoff)


def when(row: Row, now: datetime) -> str:
    """Say what comes next, in a few words: "due in 12 d"; "" where nothing is known to."""
    judgement = row.judgement
    if judgement.verdict is Verdict.BACKOFF:
        return f"again {distance(judgement.backoff_until, now)}"
    return f"due {distance(row.due, now)}" if row.due else ""


def expiry(row: Row, now: datetime) -> str:
    """Say when it expires or has expired; "" where that is unknown."""
    if row.valid is None:
        return ""
    verb = "expires" if row.valid.end >= now else "expired"
    return f"{verb} {distance(row.valid.end, now)}"


def in_words(row: Row, now: datetime) -> str:
    """Say in sentences what the picture shows of a row."""
    judgement = row.judgement
    reason = f", {judgement.reason}" if judgement.reason else ""
    said = [f"{row.name}: {judgement.verdict}{reason}"]
    why = table.why(judgement, now)
    if why:
        said.append(why)
    if row.valid is not None:
        said.append(f"valid from {dated(row.valid.start, now)} to {dated(row.valid.end, now)}")
    if row.due is not None:
        moved = f", moved from {dated(row.desired, now)} into a window" if row.desired else ""
        said.append(f"due at {dated(row.due, now)}{moved}")
    if row.windows:
        said.append(f"a window opens at {dated(row.windows[0].start, now)}")
    return ". ".join(said)


def _valid(judgement: Judgement) -> Span | None:
    secret, status = judgement.question.snapshot.secret, judgement.certificate.status
    start, end = status.not_before, status.not_after
    if secret is not None and not isinstance(secret.certificate_reading, Unreadable):
        certificate = secret.certificate_reading
        start, end = certificate.not_before, certificate.not_after
    # A validity may run backwards; it is none then.
    return None if start is None or end is None or end < start else Span(start, end)


def _windows(judgement: Judgement, within: Span) -> Iterator[Span]:
    """Find the windows that are open within a span, the earliest first."""
    wanted = judgement.certificate.spec.renewal
    found: list[Span] = []
    for one in (wanted and wanted.windows) or ():
        window = parse_window(one.cron or "", one.window_duration, one.timezone or "")
        found += islice(_openings(window, within), MAX_WINDOWS)
    return islice(sorted(found, key=lambda span: span.start), MAX_WINDOWS)


def _openings(window: Window, within: Span) -> Iterator[Span]:
    start = shift(shift(within.start, -window.duration), -_MICROSECOND)
    while (opening := window.schedule.next(start)) is not None and opening <= within.end:
        yield Span(opening, shift(opening, window.duration))
        start = opening
