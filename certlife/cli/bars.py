"""One row of a timeline: the name, what is to be said of it, and below them its bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from certlife.cli.spans import Span, expiry, in_words, when
from certlife.cli.svg import MARGIN, SCALE, add, per_cent
from certlife.cli.text import printable, shortened

if TYPE_CHECKING:
    from datetime import datetime
    from xml.etree.ElementTree import Element

    from certlife.cli.axis import Axis
    from certlife.cli.spans import Row

ROW: Final = 36
"""How high a row is, in pixels."""

_REASON_CHARACTERS: Final = 40
_NAME: Final = 54
"""How much of the width a name gets, in per cent."""
_TEXT: Final = 12
_BAR: Final = 19
_THICK: Final = 8
_STRETCHES: Final = {"window": (3, 2), "backoff": (_THICK + 4, 7)}
"""The height and the least width of each kind, in pixels."""
_MARKS: Final = {"desired": 2, "renewal": 4}
"""The width of each kind, in pixels."""
_LEFT: Final = "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}"
_RIGHT: Final = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"


def add_row(listed: Element, row: Row, axis: Axis, now: datetime, top: int) -> None:
    """Draw a row.

    Args:
        listed: The list of rows.
        row: The certificate.
        axis: Which time is shown.
        now: The instant at which it was judged, aware.
        top: Where the row begins, in pixels.
    """
    item = add(listed, "g", {"role": "listitem"})
    add(item, "title", {}, in_words(row, now))
    shape = add(item, "g", {"aria-hidden": "true"})
    # All of the row can be pointed at for its title, not its ink alone.
    add(shape, "rect", {"y": str(top), "width": "100%", "height": str(ROW), "fill-opacity": "0"})
    _words(shape, row, now, top + _TEXT)
    bar = top + _BAR
    if row.valid is not None:
        start, end = row.valid.start, row.valid.end
        due = min(max(row.due or end, start), end)
        _bar(shape, "valid", axis, Span(start, due), bar)
        _bar(shape, "rest", axis, Span(due, end), bar)
        _bar(shape, "late", axis, Span(due, min(now, end)), bar)
        _beyond(shape, axis, row.valid, bar)
    for window in row.windows:
        _stretch(shape, "window", axis, window, bar + _THICK + 3)
    if row.desired is not None:
        _mark(shape, "desired", axis, row.desired, bar)
    if row.due is not None:
        _mark(shape, "renewal", axis, row.due, bar)
    if row.backoff is not None:
        _stretch(shape, "backoff", axis, row.backoff, bar - 2)


def _words(shape: Element, row: Row, now: datetime, baseline: int) -> None:
    """Write the name, cut where the window ends it, and what is to be said of it."""
    y, judgement = str(baseline), row.judgement
    left = {"x": f"{MARGIN}%", "width": f"{_NAME}%", "height": y}
    clipped = add(shape, "svg", {**left, "y": str(baseline - _TEXT), "height": str(_TEXT + 4)})
    add(clipped, "text", {"y": str(_TEXT)}, row.name)
    right = add(shape, "text", {"x": f"{100 - MARGIN}%", "y": y, "text-anchor": "end"})
    add(right, "tspan", {"class": f"verdict {judgement.verdict}"}, judgement.verdict)
    reason = shortened(printable(judgement.reason or ""), _REASON_CHARACTERS)
    told = [reason, when(row, now), expiry(row, now)]
    most = next((said for said in (told[1], told[2], told[0]) if said), "")
    for said in filter(None, told):
        add(right, "tspan", {} if said == most else {"class": "wide"}, f" · {said}")


def _bar(shape: Element, kind: str, axis: Axis, span: Span, top: int) -> None:
    if axis.place(span.end) > axis.place(span.start):
        add(shape, "rect", {"class": kind, **_extent(axis, span, top), "height": str(_THICK)})


def _stretch(shape: Element, kind: str, axis: Axis, span: Span, top: int) -> None:
    """Draw a stretch that is seen however short it is."""
    if axis.shows(span):
        extent = _extent(axis, span, top)
        height, least = _STRETCHES[kind]
        style = f"width: max({least}px, {extent['width']})"
        add(shape, "rect", {"class": kind, **extent, "height": str(height), "style": style})


def _mark(shape: Element, kind: str, axis: Axis, at: datetime, bar: int) -> None:
    if axis.shows(Span(at, at)):
        place = {"x": per_cent(axis.place(at)), "y": str(bar), "overflow": "visible"}
        width = _MARKS[kind]
        box = {"x": f"{-width / 2:g}", "y": "-3", "width": str(width), "height": str(_THICK + 6)}
        add(add(shape, "svg", place), "rect", {"class": kind, **box})


def _extent(axis: Axis, span: Span, top: int) -> dict[str, str]:
    left, right = axis.place(span.start), axis.place(span.end)
    width = f"{(right - left) * SCALE:.3f}%"
    return {"x": per_cent(left), "y": str(top), "width": width}


def _beyond(shape: Element, axis: Axis, valid: Span, bar: int) -> None:
    """Show that a bar is cut off, or lies beyond an end altogether."""
    y = str(bar + _THICK)
    if valid.start < axis.start:
        add(
            shape,
            "text",
            {"class": "more", "x": "0", "y": y},
            _LEFT,
        )
    if valid.end > axis.end:
        add(
            shape,
            "text",
            {"class": "more", "x": "100%", "y": y, "text-anchor": "end"},
            _RIGHT,
        )
