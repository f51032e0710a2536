"""What only a terminal gets: colour, a table that fits the window, a progress bar."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeVar

from certlife.cli import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from certlife.cli.judgement import Judgement

Item = TypeVar("Item")

_PATIENCE_SECONDS: Final = 1.0
"""How long people wait without wondering."""

_ROOM_FOR_WHY: Final = 50
"""How many columns the last cell needs to be read beside the others."""

_INDENT: Final = 4


def is_terminal() -> bool:
    """Whether the report goes to a person's screen."""
    return sys.stdout.isatty()


def show_table(judgements: Sequence[Judgement], *, now: datetime) -> None:
    """Print the table in colour (unless NO_COLOR is set), fitted to the window's width.

    In a narrow window the last cell of a line goes below it.
    """
    # Not at the top: rich takes longer to import than a small report takes to make.
    from rich.console import Console  # noqa: PLC0415
    from rich.padding import Padding  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console()
    (headings, last_heading), *lines = table.aligned(judgements, now=now)
    is_wide = console.width >= len(headings) + _ROOM_FOR_WHY
    grid = Table.grid()
    grid.add_row(Text(headings, "bold"), *([Text(last_heading, "bold")] if is_wide else []))
    for judgement, (line, why) in zip(judgements, lines, strict=True):
        # Text everywhere, because rich would read a str as markup.
        coloured = Text(line, overflow="fold")
        coloured.stylize(table.COLOURS[judgement.verdict], 0, len(judgement.verdict))
        if is_wide:
            grid.add_row(coloured, Text(why, overflow="fold"))
        else:
            grid.add_row(coloured)
            if why:
                grid.add_row(Padding.indent(Text(why, "dim", overflow="fold"), _INDENT))
    console.print(grid)


@contextmanager
def progress(items: Sequence[Item], *, begun: float) -> Iterator[Iterator[Item]]:
    """Hand out items one by one, and show a bar from a second on, on a terminal.

    Args:
        items: What there is to do.
        begun: Since when people have been waiting, on `time.monotonic`.
    """
    if not sys.stderr.isatty():
        yield iter(items)
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress  # noqa: PLC0415

    bar = Progress(console=Console(stderr=True), transient=True)
    task = bar.add_task("judging", total=len(items))

    def handed_out() -> Iterator[Item]:
        shown = False
        for item in items:
            if not shown and monotonic() - begun > _PATIENCE_SECONDS:
                bar.start()
                shown = True
            yield item
            bar.advance(task)

    try:
        yield handed_out()
    finally:
        bar.stop()
