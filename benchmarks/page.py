"""The page of the documentation: the tables and the plots of one run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.report import RIVALS, report

if TYPE_CHECKING:
    from benchmarks.results import Results

PAGE: Final = Path(__file__).parent.parent / "docs" / "explanation" / "speed.md"
MARK: Final = "<!-- What follows is written by python -m benchmarks --page -->\n"


def write_page(results: Results, page: Path = PAGE) -> None:
    """Write what follows the mark on the page anew, and the plots beside it."""
    text, mark, _ = page.read_text("utf-8").partition(MARK)
    page.write_text(f"{text}{mark}\n{report(results)}", "utf-8")
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "certlife", "font.size": 9}):
        for name, figure in (("speed", _ratios(results)), ("growth", _growth(results))):
            figure.savefig(page.with_name(f"{name}.svg"), metadata={"Date": None})


def _ratios(results: Results) -> Figure:
    """Draw what the trigger costs with every kind of key, beside cert-manager's own."""
    costs = {one.path: one for one in results.paths}
    ours = [costs[f"trigger/{rival.key}/one-request"] for rival in RIVALS]
    figure = Figure(figsize=(6.4, 3.2), layout="constrained")
    axes = figure.subplots()
    at = range(len(RIVALS))
    for shift, label, values in (
        (-0.27, "cert-manager, in Go", [rival.cost for rival in RIVALS]),
        (0.0, "certlife, cold", [one.cold_over_floor for one in ours]),
        (0.27, "certlife, warm", [one.warm_us / one.floor_us for one in ours]),
    ):
        axes.bar([place + shift for place in at], values, width=0.27, label=label)
    axes.set_xticks(list(at), [rival.key for rival in RIVALS])
    axes.set_ylabel("floors")
    axes.set_yscale("log")
    axes.legend(frameon=False)
    return figure


def _growth(results: Results) -> Figure:
    """Draw how cost grows, both axes by powers of ten: a straight line of 45 degrees is linear."""
    figure = Figure(figsize=(6.4, 3.6), layout="constrained")
    axes = figure.subplots()
    for of in dict.fromkeys(point.of for point in results.growth):
        points = [point for point in results.growth if point.of == of]
        axes.plot(
            [point.size for point in points],
            [point.cost / 1e3 for point in points],
            marker=".",
            label=of,
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("how many")
    axes.set_ylabel("ms")
    axes.legend(frameon=False)
    return figure
