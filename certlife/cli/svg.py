"""How SVG is written here: elements, places on the axis, and the colours of the reader.

Places on the axis are percentages and everything else is in pixels, so that text is as large on a
phone as on a wall. What is said in an element comes through one function, which leaves no control
character in it; that no markup is left in it is seen to by the standard library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement

from certlife.cli.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

MARGIN: Final = 1.0
"""In per cent of the width, at both sides."""

SCALE: Final = 100 - 2 * MARGIN
"""The width of the axis, in per cent."""


def add(parent: Element, tag: str, attributes: Mapping[str, str], text: str = "") -> Element:
    """Add an element.

    Args:
        parent: Where.
        tag: Its name.
        attributes: None of them is text that others wrote.
        text: What is said in it, whoever wrote it; comes out as one line.
    """
    element = SubElement(parent, tag, dict(attributes))
    if text:
        element.text = printable(text)
    return element


def per_cent(place: float) -> str:
    """Write a place on the axis, from 0 to 1, as x."""
    return f"{MARGIN + place * SCALE:.3f}%"


STYLE: Final = """
:root { color-scheme: light dark }
svg {
  --paper: #ffffff; --ink: #1c2128; --faint: #59636e; --line: #d1d9e0; --now: #0b57d0;
  --valid: #7694c4; --late: #cd7420; --window: #12806a; --wait: #6639a6;
  --issue: #b3261e; --blocked: #7a2e9e; --backoff: #8a5300; --in-progress: #006a77;
  --unknown: #59636e; --keep: #1a7a36;
}
@media (prefers-color-scheme: dark) {
  svg {
    --paper: #14171c; --ink: #e6eaef; --faint: #a2abb6; --line: #333a43; --now: #8ab4f8;
    --valid: #5f82bb; --late: #d98437; --window: #4cc9ac; --wait: #c3a0f5;
    --issue: #ff8f86; --blocked: #dca6f5; --backoff: #f5b95c; --in-progress: #66d2df;
    --unknown: #a2abb6; --keep: #74d68c;
  }
}
text { font: 12px system-ui, sans-serif; fill: var(--ink) }
.heading { font-size: 15px; font-weight: 600 }
.tick, .more { font-size: 11px; fill: var(--faint) }
.paper { fill: var(--paper) }
.grid { stroke: var(--line) }
.now { stroke: var(--now); stroke-width: 1.5 }
.now-label { font-size: 11px; fill: var(--now); paint-order: stroke; stroke: var(--paper);
  stroke-width: 4px }
.valid { fill: var(--valid); stroke: var(--valid) }
.rest { fill: var(--paper); stroke: var(--valid) }
.late { fill: var(--late); stroke: var(--late) }
.renewal { fill: var(--ink); stroke: var(--paper) }
.desired { fill: var(--faint) }
.window { fill: var(--window); stroke: var(--window) }
.backoff { fill: url(#waiting); stroke: var(--wait); stroke-width: 1.5 }
.waiting { fill: var(--paper) }
.waiting-line { stroke: var(--wait); stroke-width: 2 }
.verdict { font-weight: 600 }
.issue { fill: var(--issue) } .blocked { fill: var(--blocked) }
.verdict.backoff { fill: var(--backoff); stroke: none } .in-progress { fill: var(--in-progress) }
.unknown { fill: var(--unknown) } .keep { fill: var(--keep) }
@media (max-width: 640px) { .wide { display: none } }
"""
