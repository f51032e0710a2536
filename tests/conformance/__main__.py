"""`python -m tests.conformance`: does certlife decide as cert-manager does?"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.conformance.deviations import DEVIATIONS
from tests.conformance.materials import VectorsError
from tests.conformance.questions import ANSWERING
from tests.conformance.report import as_json, as_text
from tests.conformance.runner import read_cases, run

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the vectors and print what came of it.

    Returns:
        0 if every case asked for agrees or deviates on purpose, 1 if one differs or is not
        answered, 2 if there is nothing to ask or it cannot be read.
    """
    parser = argparse.ArgumentParser(
        prog="python -m tests.conformance",
        description="Ask certlife the questions of the vectors; compare with cert-manager's.",
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument(
        "--ops",
        type=_names,
        metavar="OP,...",
        help="ask these operations only (default: all found)",
    )
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="a file <op>.jsonl or a folder of them"
    )
    options = parser.parse_args(arguments)
    try:
        report = run(read_cases(options.paths, options.ops), ANSWERING, DEVIATIONS)
    except VectorsError as error:
        sys.stderr.write(f"{parser.prog}: {error}\n")
        return 2
    sys.stdout.write(f"{as_json(report)}\n" if options.json else as_text(report))
    return 0 if report.is_clean else 1


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


if __name__ == "__main__":
    sys.exit(main())
