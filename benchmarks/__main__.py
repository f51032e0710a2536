"""`python -m benchmarks`: measure, and print a table, JSON, or the page of the documentation."""

from __future__ import annotations

import argparse
import sys

from benchmarks.page import write_page
from benchmarks.report import report
from benchmarks.results import FULL, QUICK, as_json, as_suite, measure


def main(arguments: list[str]) -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--quick", action="store_true", help="measure too little to mean much")
    parser.add_argument("--page", action="store_true", help="write docs/explanation/speed.md anew")
    parser.add_argument("--output", help="a file to write for `python -m pyperf`")
    options = parser.parse_args(arguments)
    results = measure(QUICK if options.quick else FULL)
    if options.output:
        as_suite(results).dump(options.output, replace=True)
    if options.page:
        write_page(results)
    print(as_json(results) if options.json else report(results))


if __name__ == "__main__":
    main(sys.argv[1:])
