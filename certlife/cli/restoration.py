"""`certlife restore-plan`: what a restored backup would re-issue, and how to avoid it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from certlife.cli import parameters
from certlife.cli.exports import VERSION, columns, errors, finish, in_json, read, violations
from certlife.cli.text import place
from certlife.fleet import Cause, Kind, Remedy, restore_plan
from certlife.policy.decision import BackOff, Issue

if TYPE_CHECKING:
    from datetime import datetime

    from certlife.cli.exports import Input
    from certlife.fleet import Restoration, RestorePlan
    from certlife.policy.decision import Decision
    from certlife.policy.policies import Policy
    from certlife.policy.violation import Violation

_ADVICE: Final = {
    Remedy.RESTORE_SECRET: "back up its Secret, and restore it before the Certificate",
    Remedy.RESTORE_STATUS: "restore its status",
    Remedy.RESTORE_REQUESTS: "restore its requests, owned by the new Certificate",
    Remedy.MARK: "mark it for renewal afterwards",
}
_COUNTED: Final = {
    Cause.RESTORE: "would be issued only because of the restore",
    Cause.REAL: "would be issued for a real reason",
    Cause.HIDDEN: "would not be issued, although there is a reason that the restore hides",
    Cause.NONE: "would be left alone",
}


@click.command(
    "restore-plan",
    short_help="What restoring a backup would re-issue, and how to avoid it.",
    epilog="""\b
Example:
  certlife restore-plan backup/
""",
)
@click.argument("backup", metavar="BACKUP", shell_complete=parameters.files)
@parameters.NOW
@parameters.POLICY
@click.option(
    "--with-status", is_flag=True, help="The restore brings back the status of Certificates, too."
)
@parameters.OUTPUT
def restore_plan_command(
    backup: str, *, now: datetime, policy: Policy, with_status: bool, output: str
) -> None:
    """Say what restoring BACKUP would re-issue, which of it for a real reason, and what to do.

    BACKUP is a file or folder of Kubernetes objects, or - for standard input: the Certificates,
    with the status and the requests that it has, and the Secrets that it would bring back.
    """
    source = read(backup)
    snapshots = source.export.snapshots()
    plan = restore_plan(snapshots, now=now, policy=policy, with_status=with_status)
    click.echo(_plan_json(plan, source) if output == "json" else _plan_text(plan))
    finish((source,))


def _plan_text(plan: RestorePlan) -> str:
    counts = [(str(len(plan.because(cause))), text) for cause, text in _COUNTED.items()]
    parts = [columns(counts)]
    told = [one for cause in _COUNTED if cause is not Cause.NONE for one in plan.because(cause)]
    if told:
        lines = [("CAUSE", "CERTIFICATE", "REASON", "WHAT TO DO")]
        lines += [
            (
                one.cause,
                place(one.namespace, one.name),
                _reason(one),
                " and ".join(_ADVICE[remedy] for remedy in one.remedies),
            )
            for one in told
        ]
        parts.append(columns(lines))
    return "\n\n".join("\n".join(part) for part in parts)


def _reason(one: Restoration) -> str:
    """Name the first reason: after the restore, or the one before that it hides."""
    decided = one.before if one.cause is Cause.HIDDEN else one.after
    reasons = [str(violation.reason) for violation in _found(decided)]
    return reasons[0] if reasons else Kind.of(decided)


def _plan_json(plan: RestorePlan, source: Input) -> str:
    return in_json(
        {
            "version": VERSION,
            "causes": {cause: len(plan.because(cause)) for cause in Cause},
            "certificates": [
                {
                    "namespace": one.namespace,
                    "name": one.name,
                    "before": Kind.of(one.before),
                    "after": Kind.of(one.after),
                    "cause": one.cause,
                    "violations_before": violations(_found(one.before)),
                    "violations_after": violations(_found(one.after)),
                    "remedies": list(one.remedies),
                }
                for one in plan.restorations
            ],
            "errors": errors((source,)),
        }
    )


def _found(outcome: Decision) -> tuple[Violation, ...]:
    return outcome.violations if isinstance(outcome, Issue | BackOff) else ()
