"""How a run is told: as text for people, as JSON for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from attrs import asdict, fields

from tests.conformance.runner import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conformance.materials import Json
    from tests.conformance.runner import Report


def as_text(report: Report) -> str:
    """A line for each operation, then each deviation, then each difference with both answers."""
    return "".join(f"{line}\n" for line in _lines(report))


def as_json(report: Report) -> str:
    """The report as one JSON object: `ops`, `deviations` and `differences`."""
    return json.dumps(
        {
            "ops": {op: asdict(outcome) for op, outcome in report.ops.items()},
            "deviations": dict(report.deviations),
            "differences": [asdict(difference) for difference in report.differences],
        },
        indent=2,
    )


def _lines(report: Report) -> Iterator[str]:
    columns = [attribute.name for attribute in fields(Outcome)]
    width = max(map(len, report.ops), default=0)
    yield " ".join([" " * width, *(f"{column:>10}" for column in columns)])
    for op, outcome in sorted(report.ops.items()):
        yield " ".join([f"{op:<{width}}", *(f"{count:>10}" for count in asdict(outcome).values())])
    if report.deviations:
        yield ""
        yield "Deviating on purpose (tests/conformance/deviations.py):"
    for name, count in sorted(report.deviations.items()):
        yield f"{count:>6}  {name}"
    for difference in report.differences:
        yield ""
        yield f"{difference.op} {difference.id}"
        yield f"  cert-manager: {_compact(difference.expected)}"
        yield f"  certlife:     {_compact(difference.actual)}"


def _compact(value: Json) -> str:
    return json.dumps(value, sort_keys=True)
