"""The report that scripts rely on: `certlife check --output json`, version 1.

Its schema is docs/reference/check.schema.json. Within a version, fields are only ever added.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from certlife.schedule.durations import format_duration
from certlife.schedule.instants import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from certlife.adapters.kubernetes import Refusal
    from certlife.cli.judgement import Judgement
    from certlife.policy.violation import Evidence, Violation

VERSION: Final = 1

_in_one_line: Final = json.JSONEncoder(allow_nan=False).encode


def render(
    judgements: Iterable[Judgement],
    *,
    now: datetime,
    policy: str,
    problems: Iterable[Refusal],
    ignored: Mapping[str, int],
) -> str:
    """Write the whole report as JSON text, a line for each certificate and each error."""
    fields = (
        ("version", _in_one_line(VERSION)),
        ("now", _in_one_line(format_instant(now))),
        ("policy", _in_one_line(policy)),
        ("certificates", _in_lines(map(_certificate, judgements))),
        ("errors", _in_lines(map(error_fields, problems))),
        ("ignored", _in_one_line(dict(sorted(ignored.items())))),
    )
    lines = ",\n".join(f'  "{name}": {value}' for name, value in fields)
    return f"{{\n{lines}\n}}"


def _in_lines(rows: Iterable[dict[str, object]]) -> str:
    """Write a list; json's own indentation takes five times as long, and folds every field."""
    lines = ",\n    ".join(map(_in_one_line, rows))
    return f"[\n    {lines}\n  ]" if lines else "[]"


def _certificate(judgement: Judgement) -> dict[str, object]:
    certificate = judgement.certificate
    return {
        "namespace": certificate.namespace,
        "name": certificate.name,
        "decision": judgement.verdict,
        "reason": judgement.reason,
        "violations": [violation_fields(violation) for violation in judgement.violations],
        "advice": [
            *(violation_fields(violation) for violation in judgement.advice),
            *(_not_judged(what) for what in judgement.question.not_judged),
        ],
        "not_after": _instant(judgement.not_after),
        "renewal_time": _instant(judgement.renewal_time),
        "next_check": _instant(judgement.next_check),
        "backoff_until": _instant(judgement.backoff_until),
        "source": judgement.question.source,
    }


def violation_fields(violation: Violation) -> dict[str, object]:
    """Write one violation."""
    return {
        "check": violation.check,
        "reason": violation.reason,
        "path": violation.path or None,
        "expected": _evidence(violation.expected),
        "actual": _evidence(violation.actual),
        "message": violation.message,
    }


def _not_judged(what: str) -> dict[str, object]:
    return {
        "check": "input",
        "reason": "NotJudged",
        "path": None,
        "expected": None,
        "actual": None,
        "message": f"not judged: {what}",
    }


def error_fields(problem: Refusal) -> dict[str, object]:
    """Write what could not be read."""
    return {
        "source": problem.source,
        "path": problem.path or None,
        "message": problem.message,
    }


def _evidence(evidence: Evidence) -> object:
    if isinstance(evidence, datetime):
        return format_instant(evidence)
    return format_duration(evidence) if isinstance(evidence, timedelta) else evidence


def _instant(at: datetime | None) -> str | None:
    return None if at is None else format_instant(at)
