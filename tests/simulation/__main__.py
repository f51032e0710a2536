"""Let a year pass for a thousand Certificates, and say what came of it.

python -m tests.simulation [count]
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.year import live, report


def main() -> int:
    """Simulate and report; 1 where anything is as it must not be."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with ProcessPoolExecutor() as processes:
        found = report(processes.map(live, range(count), chunksize=5))
    causes = ", ".join(f"{number} {cause}" for cause, number in found.causes.items())
    sys.stdout.write(
        f"{found.certificates} certificates, {found.issued} issued ({causes}), "
        f"{found.failed} attempts failed, {found.unwell} temporary errors, "
        f"{found.outages} of outages by the issuer's fault, "
        f"{len(found.violations)} violations\n"
    )
    sys.stdout.writelines(f"{violation}\n" for violation in found.violations)
    return 1 if found.violations else 0


if __name__ == "__main__":
    sys.exit(main())
