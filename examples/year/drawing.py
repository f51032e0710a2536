"""A year as a picture: a row for each certificate, bars for issuances, crosses for failures."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

LEFT: Final = 70
WIDTH: Final = 900
ROW: Final = 44
STYLE: Final = """
text { font: 14px sans-serif; fill: #222 }
line { stroke: #ccc }
.served { fill: #2a6f97 }
.spare { fill: #a9cfe3 }
.failed { stroke: #c1121f; stroke-width: 2; fill: none }
@media (prefers-color-scheme: dark) {
  text { fill: #ddd }
  line { stroke: #555 }
  .served { fill: #61a5c2 }
  .spare { fill: #24516b }
  .failed { stroke: #ff6b6b }
}
"""


@frozen
class Attempt:
    """One attempt at a certificate.

    Args:
        name: The Certificate.
        at: When.
        until: How long what was issued is good for; None where the attempt failed.
        why: The reason for it.
    """

    name: str
    at: datetime
    until: datetime | None
    why: str | None


def drawn(attempts: Sequence[Attempt], start: datetime, end: datetime) -> str:
    """Draw attempts between two instants as an SVG: what is served, and below it what is spare."""
    names = list(dict.fromkeys(one.name for one in attempts))
    height = ROW * (len(names) + 1)

    def x(at: datetime) -> float:
        return round(LEFT + WIDTH * min(1, (at - start) / (end - start)), 1)

    def bar(kind: str, y: int, height: int, time: tuple[datetime, datetime], title: str) -> str:
        left, right = map(x, time)
        place = f'x="{left}" y="{y}" width="{max(0, right - left - 1):.1f}" height="{height}"'
        return f'<rect class="{kind}" {place}><title>{title}</title></rect>'

    box = f'viewBox="0 0 {LEFT + WIDTH + 10} {height}" role="img" aria-labelledby="title desc"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box}>',
        f'<title id="title">Certificates from {start:%d %B %Y} to {end:%d %B %Y}</title>',
        f'<desc id="desc">{_told(names, attempts)}</desc>',
        f"<style>{STYLE}</style>",
    ]
    for month in range(1, 13):
        at = x(start.replace(month=month))
        parts.append(f'<line x1="{at}" y1="24" x2="{at}" y2="{height}"/>')
        parts.append(f'<text x="{at}" y="16">{start.replace(month=month):%b}</text>')
    for row, name in enumerate(names):
        y = 34 + ROW * row
        parts.append(f'<text x="0" y="{y + 17}">{name}</text>')
        replaced = end
        for one in reversed([one for one in attempts if one.name == name]):
            if one.until is None:
                cross = f"M{x(one.at) - 5} {y + 27}l10 10m0 -10l-10 10"
                title = f"{name}: an attempt failed at {one.at:%d %B %H:%M}"
                parts.append(f'<path class="failed" d="{cross}"><title>{title}</title></path>')
                continue
            title = f"{name}, {one.why}: {one.at:%d %B %Y} to {one.until:%d %B %Y}"
            served_until = min(one.until, replaced)
            parts.append(bar("served", y, 16, (one.at, served_until), title))
            parts.append(bar("spare", y + 18, 5, (served_until, one.until), title))
            replaced = one.at
    return "\n".join([*parts, "</svg>\n"])


def _told(names: Sequence[str], attempts: Sequence[Attempt]) -> str:
    """Say what is drawn, for those who do not see it."""
    counts = (
        f"{name} was issued {sum(one.name == name and one.until is not None for one in attempts)}"
        for name in names
    )
    failures = sum(one.until is None for one in attempts)
    return f"{', '.join(f'{count} times' for count in counts)}; {failures} attempts failed."
