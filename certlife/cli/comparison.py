"""`certlife diff`: what two policies, specs or instants decide differently."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from attrs import evolve

from certlife.cli import parameters
from certlife.cli.exports import (
    VERSION,
    columns,
    errors,
    fail,
    finish,
    in_json,
    read,
    violations,
)
from certlife.cli.text import listed, place
from certlife.fleet import Kind, diff, evaluate
from certlife.fleet.evaluation import Failure
from certlife.policy.decision import BackOff, Blocked, Issue, Keep
from certlife.schedule.instants import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from certlife.adapters.kubernetes import Export
    from certlife.cli.exports import Input
    from certlife.fleet import Change, Difference
    from certlife.fleet.evaluation import Outcome
    from certlife.model.certificate import Certificate
    from certlife.policy.policies import Policy


@click.command(
    "diff",
    short_help="What would be decided differently, by reason and field.",
    epilog="""\b
Examples:
  certlife diff cluster.json manifests/
  certlife diff cluster.json cluster.json --policy-after strict
  certlife diff cluster.json cluster.json --now-after 2027-01-01T00:00:00Z
""",
)
@click.argument("before", metavar="BEFORE", shell_complete=parameters.files)
@click.argument("after", metavar="AFTER", shell_complete=parameters.files)
@parameters.NOW
@parameters.NOW_AFTER
@parameters.POLICY
@parameters.POLICY_AFTER
@parameters.OUTPUT
def diff_command(  # noqa: PLR0913 — the options of a command
    before: str,
    after: str,
    *,
    now: datetime,
    now_after: datetime | None,
    policy: Policy,
    policy_after: Policy | None,
    output: str,
) -> None:
    """Say about which certificates AFTER decides differently from BEFORE, and why.

    BEFORE is a file or folder of Kubernetes objects with their Secrets, or - for standard input.
    AFTER is another one, or the same under another policy or at another time. An AFTER without
    Secrets, such as a folder of manifests, is laid over BEFORE: its specs, with what is there.
    """
    old = read(before)
    new = old if after == before else read(after)
    if not old.export.secrets:
        fail("expected Secrets in BEFORE: without them nothing can be decided", old)
    if not new.export.secrets:
        new = evolve(new, export=_laid_over(old.export, new.export))
        new = evolve(
            new, notes=(*new.notes, "AFTER holds no Secret: its specs are laid over BEFORE")
        )
    found = diff(
        evaluate(old.export.snapshots(), now=now, policy=policy),
        evaluate(new.export.snapshots(), now=now_after or now, policy=policy_after or policy),
    )
    inputs = (old,) if after == before else (old, new)
    click.echo(_diff_json(found, inputs) if output == "json" else _diff_text(found))
    finish(inputs)


def _laid_over(before: Export, after: Export) -> Export:
    """Give Certificates other specs, and leave the world around them as it is."""
    old = {(one.namespace, one.name): one for one in before.certificates}
    new = {(one.namespace, one.name): _in_place_of(old, one) for one in after.certificates}
    return evolve(before, certificates=tuple((old | new).values()), sources=())


def _in_place_of(old: dict[tuple[str | None, str], Certificate], new: Certificate) -> Certificate:
    there = old.get((new.namespace, new.name))
    return new if there is None else evolve(there, spec=new.spec)


def _diff_text(found: Difference) -> str:
    total = len(found.changes) + found.unchanged
    parts = [[f"{len(found.changes)} of {total} certificates are decided differently"]]
    if found.changes:
        kinds = [("BEFORE", "AFTER", "CERTIFICATES")]
        kinds += [(before, after, str(count)) for (before, after), count in found.by_kind.items()]
        parts.append(columns(kinds))
    if found.by_reason:
        reasons = [("REASON", "FIELD", "NEW", "GONE")]
        reasons += [
            (one.reason, one.path, str(one.appeared), str(one.vanished)) for one in found.by_reason
        ]
        parts.append(columns(reasons))
    if found.changes:
        lines = [("BEFORE", "AFTER", "CERTIFICATE", "WHY")]
        lines += [
            (Kind.of(one.before), Kind.of(one.after), place(one.namespace, one.name), _why(one))
            for one in found.changes
        ]
        parts.append(columns(lines))
    return "\n\n".join("\n".join(part) for part in parts)


def _why(change: Change) -> str:
    said = [f"{one.reason}: {one.message}" for one in change.appeared]
    said += [f"no longer {one.reason}: {one.path}" for one in change.vanished]
    match change.after:
        case Failure():
            said.append(change.after.message)
        case Blocked(reason=reason, detail=detail):
            said.append(f"{reason}: {listed(detail)}")
        case Keep() | BackOff() | Issue() as after if _has_an_end(change.before) and not said:
            said.append(f"until {_until(after)} rather than {_until(change.before)}")
        case _:
            pass
    return "; ".join(said)


def _has_an_end(outcome: Outcome | None) -> bool:
    return isinstance(outcome, Keep | BackOff)


def _until(outcome: Outcome | None) -> str:
    match outcome:
        case Keep(next_check=at) | BackOff(until=at):
            return "ever" if at is None else format_instant(at)
        case _:
            return "now"


def _diff_json(found: Difference, inputs: Iterable[Input]) -> str:
    return in_json(
        {
            "version": VERSION,
            "unchanged": found.unchanged,
            "by_kind": [
                {"before": before, "after": after, "certificates": count}
                for (before, after), count in found.by_kind.items()
            ],
            "by_reason": [
                {
                    "reason": one.reason,
                    "path": one.path or None,
                    "appeared": one.appeared,
                    "vanished": one.vanished,
                }
                for one in found.by_reason
            ],
            "changes": [
                {
                    "namespace": one.namespace,
                    "name": one.name,
                    "before": Kind.of(one.before),
                    "after": Kind.of(one.after),
                    "appeared": violations(one.appeared),
                    "vanished": violations(one.vanished),
                }
                for one in found.changes
            ],
            "errors": errors(inputs),
        }
    )
