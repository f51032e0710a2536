"""A timeline as SVG: one row a certificate, as wide as the window, in the colours of the reader.

It is a picture to look at and a list to be read out: every row has its sentence, and what is drawn
is hidden from those who listen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, tostring

from certlife.cli import table
from certlife.cli.axis import axis_for
from certlife.cli.bars import ROW, add_row
from certlife.cli.judgement import Verdict
from certlife.cli.svg import MARGIN, STYLE, add, per_cent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from certlife.cli.axis import Axis, Tick
    from certlife.cli.spans import Row

_COLUMNS: Final = 3
_COLUMN: Final = 116
_LINE: Final = 20
_AXIS_EVERY: Final = 25
"""After how many rows the axis is written again: about one screen."""
_AXIS: Final = 36
_NOW: Final = 12
_LATE_LABEL: Final = 0.92
"""From where on the label of a tick would run out of the picture."""
_LATE_LABEL_NARROW: Final = 0.8

_LEGEND: Final = (
    ("valid", "valid"),
    ("rest", "after renewal"),
    ("late", "overdue"),
    ("renewal", "renewal"),
    ("window", "window"),
    ("backoff", "waits to retry"),
    ("now", "now"),
)


def heading(now: datetime) -> str:
    """Say what a timeline shows."""
    return f"Certificates as of {now.isoformat(' ')[: len('2026-11-24 12:00')]} UTC"


def timeline_svg(rows: Sequence[Row], *, now: datetime) -> str:
    """Draw a timeline.

    Args:
        rows: The certificates, in the order in which they are to be shown.
        now: The instant at which they were judged, aware.

    Returns:
        An SVG document that can also stand within HTML. It holds neither a script nor a link.
    """
    axis = axis_for([row.valid for row in rows if row.valid is not None], now)
    picture = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": "100%",
            "role": "group",
            "aria-labelledby": "timeline-title",
            "aria-describedby": "timeline-description",
        },
    )
    add(picture, "title", {"id": "timeline-title"}, heading(now))
    counts = table.summary([row.judgement for row in rows])
    add(picture, "desc", {"id": "timeline-description"}, f"{counts}. One row each: {_HOW_TO_READ}")
    add(picture, "style", {}).text = STYLE
    _waiting_pattern(picture)
    add(picture, "rect", {"class": "paper", "width": "100%", "height": "100%"})
    top = _header(picture, rows, now)
    bottom = _rows(picture, rows, axis, now, top)
    picture.set("height", str(bottom + _LINE))
    return tostring(picture, encoding="unicode") + "\n"


_HOW_TO_READ: Final = (
    "when it is valid, when it is to be renewed, the windows in which it may be, and until when a"
    " failed issuance is not tried again."
)


def _waiting_pattern(picture: Element) -> None:
    pattern = add(
        add(picture, "defs", {}),
        "pattern",
        {
            "id": "waiting",
            "width": "6",
            "height": "6",
            "patternUnits": "userSpaceOnUse",
            "patternTransform": "rotate(45)",
        },
    )
    add(pattern, "rect", {"class": "waiting", "width": "6", "height": "6"})
    add(pattern, "path", {"class": "waiting-line", "d": "M1 0V6"})


def _header(picture: Element, rows: Sequence[Row], now: datetime) -> int:
    """Write the heading, how many there are of each verdict, and the legend; return where it ends.

    A screen reader gets the same from the description.
    """
    header = add(picture, "g", {"aria-hidden": "true"})
    add(header, "text", {"class": "heading", "x": f"{MARGIN}%", "y": "24"}, heading(now))
    verdicts = [row.judgement.verdict for row in rows]
    counts = [(verdict, verdicts.count(verdict)) for verdict in Verdict if verdict in verdicts]
    top = 2 * _LINE + 8
    for cell, x, y in _cells(len(counts), top):
        verdict, count = counts[cell]
        place = {"class": f"verdict {verdict}", "x": str(x), "y": str(y)}
        add(_columns(header), "text", place, f"{count} {verdict}")
    top += _LINE * -(-len(counts) // _COLUMNS)
    for cell, x, y in _cells(len(_LEGEND), top):
        kind, label = _LEGEND[cell]
        columns = _columns(header)
        swatch = _SWATCHES[kind]
        left = x + 6 - float(swatch["width"]) / 2
        lift = y - 4 - float(swatch["height"]) / 2
        add(columns, "rect", {**swatch, "class": kind, "x": f"{left:g}", "y": f"{lift:g}"})
        add(columns, "text", {"x": str(x + 18), "y": str(y)}, label)
    return top + _LINE * -(-len(_LEGEND) // _COLUMNS)


_SWATCHES: Final[Mapping[str, Mapping[str, str]]] = {
    "valid": {"width": "12", "height": "8"},
    "rest": {"width": "12", "height": "8"},
    "late": {"width": "12", "height": "8"},
    "renewal": {"width": "4", "height": "12"},
    "window": {"width": "12", "height": "3"},
    "backoff": {"width": "12", "height": "8"},
    "now": {"width": "0.5", "height": "12"},
}


def _cells(count: int, top: int) -> Iterator[tuple[int, int, int]]:
    for cell in range(count):
        yield cell, cell % _COLUMNS * _COLUMN, top + cell // _COLUMNS * _LINE


def _columns(parent: Element) -> Element:
    """Return a group whose pixels are counted from the margin."""
    return add(parent, "svg", {"x": f"{MARGIN}%", "overflow": "visible"})


def _rows(picture: Element, rows: Sequence[Row], axis: Axis, now: datetime, top: int) -> int:
    """Draw the rows in blocks, each below an axis; return where they end."""
    grid = add(picture, "g", {"aria-hidden": "true"})
    listed = add(picture, "g", {"role": "list"})
    marks = add(picture, "g", {"aria-hidden": "true"})
    ticks, present = axis.ticks(), axis.place(now)
    for first in range(0, max(len(rows), 1), _AXIS_EVERY):
        block = rows[first : first + _AXIS_EVERY]
        _labels(marks, ticks, present, top)
        bottom = top + _AXIS + ROW * len(block)
        for number, row in enumerate(block):
            add_row(listed, row, axis, now, top + _AXIS + ROW * number)
        for tick in ticks:
            _line(grid, "grid", tick.place, top + _NOW + 6, bottom)
        _line(marks, "now", present, top + _NOW + 4, bottom)
        top = bottom
    return top


def _labels(marks: Element, ticks: Sequence[Tick], present: float, top: int) -> None:
    """Write what the axis marks, no more of it than fits; on a phone half of it."""
    for number, tick in enumerate(ticks):
        if tick.place < _LATE_LABEL:
            is_wide = number % 2 == 1 or tick.place > _LATE_LABEL_NARROW
            place = {"x": per_cent(tick.place), "y": str(top + 28), "dx": "4"}
            add(marks, "text", {"class": "tick wide" if is_wide else "tick", **place}, tick.label)
    place = {"x": per_cent(present), "y": str(top + _NOW), "text-anchor": "middle"}
    add(marks, "text", {"class": "now-label", **place}, "now")


def _line(parent: Element, kind: str, place: float, top: int, bottom: int) -> None:
    x = per_cent(place)
    add(parent, "line", {"class": kind, "x1": x, "x2": x, "y1": str(top), "y2": str(bottom)})
