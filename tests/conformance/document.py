"""`python -m tests.conformance.document`: writes docs/deviations.md from its two lists."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.conformance.deviations import DEVIATIONS
from tests.lifecycle.deviations import LIFECYCLE_DEVIATIONS

PAGE: Final = Path(__file__).parents[2] / "docs" / "deviations.md"

_BEGINNING: Final = """\
# Deviations

certlife decides as cert-manager does, but for what stands here: where we differ, we mean to. Each
of these is a predicate over questions in `tests/conformance/deviations.py`, and a test has
questions on either side of its edge. A vector that certlife answers otherwise and that no
predicate is about makes the tests fail; [how we know that we agree](explanation/agreement.md) has
more. `python -m tests.conformance.document` writes this page.

| Name | What certlife does | Why |
|---|---|---|
"""


_LIFECYCLE: Final = """
## In the lifecycle

How an issuance goes on from one look to the next is no question that a vector can ask. Each of
these names the test, in `tests/lifecycle`, that shows it.

| Name | What certlife does | Why | Shown by |
|---|---|---|---|
"""


def page() -> str:
    """Write the page: a row for each deviation, in the order in which they are asked."""
    asked = (f"| `{one.name}` | {one.rule} | {one.argument} |\n" for one in DEVIATIONS)
    shown = (
        f"| `{one.name}` | {one.rule} | {one.argument} | `{one.shown_by}` |\n"
        for one in LIFECYCLE_DEVIATIONS
    )
    return "".join((_BEGINNING, *asked, _LIFECYCLE, *shown))


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
