"""The report that people read: one line a certificate, the worst first.

In colour and fitted to the window on a terminal; plain and of fixed shape when piped.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from certlife.cli.judgement import Verdict
from certlife.cli.text import distance, place, printable, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from certlife.cli.judgement import Judgement
    from certlife.model.certificate import Certificate

HEADINGS: Final = ("DECISION", "CERTIFICATE", "REASON", "DUE", "EXPIRES", "WHY")

COLOURS: Final = {
    Verdict.ISSUE: "bold red",
    Verdict.BLOCKED: "magenta",
    Verdict.BACKOFF: "yellow",
    Verdict.IN_PROGRESS: "cyan",
    Verdict.UNKNOWN: "dim",
    Verdict.KEEP: "green",
}

_CELL_CHARACTERS: Final = 100
"""How wide a cell may get, the last one excepted: a name of megabytes would widen every line."""

_WHY_CHARACTERS: Final = 200
"""How long the last cell may get: a spec may hold hundreds of names. `explain` tells all."""


def plain(judgements: Sequence[Judgement], *, now: datetime) -> str:
    """Write the table without colour, its columns as wide as they need to be."""
    lines = aligned(judgements, now=now)
    return "\n".join(f"{line}{why}".rstrip() for line, why in lines)


def aligned(judgements: Sequence[Judgement], *, now: datetime) -> list[tuple[str, str]]:
    """Write each line, the headings' first, as all its cells but the last, and the last one.

    The first ones are padded to the same width, with two blanks at the end.
    """
    rows = [HEADINGS, *(_cells(judgement, now) for judgement in judgements)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    return [
        ("".join(f"{cell:{width}}  " for cell, width in zip(cells, widths, strict=True)), why)
        for *cells, why in rows
    ]


def full_name(certificate: Certificate) -> str:
    """Return namespace and name, as `place` does."""
    return place(certificate.namespace, certificate.name)


def summary(judgements: Sequence[Judgement]) -> str:
    """Count the verdicts: "18 certificates: 7 issue, 1 blocked, 10 keep"."""
    counts = Counter(judgement.verdict for judgement in judgements)
    parts = [f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict]]
    total = f"{len(judgements)} certificate{'' if len(judgements) == 1 else 's'}"
    return f"{total}: {', '.join(parts)}" if parts else total


def _cells(judgement: Judgement, now: datetime) -> tuple[str, ...]:
    return (
        judgement.verdict,
        shortened(printable(full_name(judgement.certificate)), _CELL_CHARACTERS),
        shortened(printable(judgement.reason or ""), _CELL_CHARACTERS),
        distance(judgement.renewal_time, now),
        distance(judgement.not_after, now),
        why(judgement, now),
    )


def why(judgement: Judgement, now: datetime) -> str:
    """Say the first reason in a sentence, and how many more there are; "" where there is none."""
    if judgement.verdict is Verdict.BACKOFF:
        return f"may be tried again {distance(judgement.backoff_until, now)}"
    if not judgement.violations:
        return ""
    more = len(judgement.violations) - 1
    first = shortened(printable(judgement.violations[0].message), _WHY_CHARACTERS)
    return f"{first} (and {more} more)" if more else first
