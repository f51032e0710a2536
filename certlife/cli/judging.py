"""From paths to judgements: every certificate that was read is judged, and the rest is told."""

from __future__ import annotations

import sys
from time import monotonic
from typing import TYPE_CHECKING

from attrs import evolve

from certlife.adapters.kubernetes import Refusal
from certlife.cli import EXIT_BAD_INPUT, notices, screen, table
from certlife.cli.judgement import Judgement, judge, worst_first
from certlife.cli.own_policy import RuleError
from certlife.cli.sources import Sources, read_sources

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from certlife.policy.policies import Policy


def judged(
    paths: Sequence[str], *, now: datetime, policy: Policy, renew_before: timedelta | None
) -> tuple[Sources, list[Judgement]]:
    """Read files, folders and standard input, and judge what they hold, the worst first.

    Args:
        paths: As for `read_sources`.
        now: The instant to judge at, aware.
        policy: What must hold; where a rule of it fails, that is a problem of the sources.
        renew_before: As for `read_sources`.
    """
    begun = monotonic()
    sources = read_sources(paths, renew_before=renew_before)
    judgements: list[Judgement] = []
    failures: list[Refusal] = []
    with screen.progress(sources.questions, begun=begun) as questions:
        for question in questions:
            try:
                judgements.append(judge(question, now=now, policy=policy))
            except RuleError as error:
                name = table.full_name(question.snapshot.certificate)
                failures.append(Refusal(question.source, name, error.rule, None))
    return evolve(sources, problems=(*sources.problems, *failures)), worst_first(judgements)


def tell(sources: Sources) -> None:
    """Say beside the report what was left aside, and what could not be read."""
    for text in sources.notes:
        notices.note(text)
    for problem in sources.problems:
        notices.error(problem)


def finish(sources: Sources) -> None:
    """Say what the input cannot tell, and the rest as `tell` does; exit with 2 for a problem."""
    for what in {what: None for question in sources.questions for what in question.not_judged}:
        notices.note(f"not judged: {what}")
    tell(sources)
    if sources.problems:
        sys.exit(EXIT_BAD_INPUT)
