"""Explore every world, and say how many states there are and what was found.

python -m tests.exploration [--json]
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ProcessPoolExecutor

from tests.exploration.explorer import explore, never_seen
from tests.exploration.worlds import LARGE


def main() -> int:
    """Explore and report; 1 where anything is as it must not be."""
    with ProcessPoolExecutor() as processes:
        reports = dict(zip(LARGE, processes.map(explore, LARGE.values()), strict=True))
    states = sum(report.states for report in reports.values())
    transitions = sum(report.transitions for report in reports.values())
    violations = [
        {"world": name, "violation": violation, "way": way}
        for name, report in reports.items()
        for violation, way in report.violations.items()
    ]
    violations += [
        {"world": "all", "violation": gap, "way": ()} for gap in never_seen(reports.values())
    ]
    if "--json" in sys.argv[1:]:
        found = {"states": states, "transitions": transitions, "violations": violations}
        sys.stdout.write(f"{json.dumps(found, indent=2)}\n")
        return 1 if violations else 0
    for name, report in reports.items():
        sys.stdout.write(f"{name}: {report.states:,} states, {report.transitions:,} transitions\n")
    sys.stdout.write(f"all: {states:,} states, {transitions:,} transitions\n")
    for one in violations:
        sys.stdout.write(f"{one['world']}: {one['violation']}: {' > '.join(one['way'])}\n")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
