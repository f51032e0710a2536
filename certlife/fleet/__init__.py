"""Many at once: what a whole fleet needs, what a change would do to it, what a restore would.

    for one in evaluate(export.snapshots(), now=now, executor=pool):
        print(one.namespace, one.name, one.outcome)

This room spreads work and compares answers. What is right is for `policy`, and who does the work
for the caller, who brings the executor.
"""

from certlife.fleet.difference import Change, Count, Difference, diff
from certlife.fleet.evaluation import Evaluation, Failure, Kind, Unread, evaluate
from certlife.fleet.restoring import Cause, Remedy, Restoration, RestorePlan, restore_plan
from certlife.fleet.spreading import ExecutorError, spread

__all__ = [
    "Cause",
    "Change",
    "Count",
    "Difference",
    "Evaluation",
    "ExecutorError",
    "Failure",
    "Kind",
    "Remedy",
    "Restoration",
    "RestorePlan",
    "Unread",
    "diff",
    "evaluate",
    "restore_plan",
    "spread",
]
