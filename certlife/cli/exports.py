"""One path as an export, and what the commands that compare worlds have in common.

Here is how they read, how they lay out what they say, and how they end.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Final, NoReturn

from attrs import frozen

from certlife.adapters.inputs import read_inputs
from certlife.adapters.kubernetes import Export, Refusal, read_export
from certlife.adapters.manifests import MAX_JSON_BYTES
from certlife.cli import EXIT_BAD_INPUT, json_report, notices, parameters
from certlife.cli.text import printable, shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from certlife.policy.violation import Violation

VERSION: Final = 1
"""Of the JSON: within a version, fields are only ever added."""

_CELL_CHARACTERS: Final = 200


@frozen
class Input:
    """What a path holds, and what could not be read of it."""

    export: Export
    problems: tuple[Refusal, ...]
    notes: tuple[str, ...] = ()


def read(path: str) -> Input:
    """Read a file, a folder or standard input; one without any Certificate ends the command."""
    stdin = sys.stdin.buffer.read(MAX_JSON_BYTES + 1) if path == parameters.STANDARD_INPUT else None
    inputs = read_inputs([path], stdin=stdin)
    export = read_export((document.source, document.value) for document in inputs.documents)
    notes = ("PEM files are passed over: nobody said what they should be",) if inputs.pems else ()
    found = Input(export, (*inputs.refusals, *export.refusals), notes)
    if not export.certificates:
        fail(f"expected Certificates in {printable(path)}, found none", found)
    return found


def violations(found: Iterable[Violation]) -> list[dict[str, object]]:
    """Write violations as `check` does."""
    return [json_report.violation_fields(one) for one in found]


def errors(inputs: Iterable[Input]) -> list[dict[str, object]]:
    """Write what could not be read as `check` does."""
    return [json_report.error_fields(problem) for one in inputs for problem in one.problems]


def in_json(value: object) -> str:
    """Write a report."""
    return json.dumps(value, indent=2, allow_nan=False)


def columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Write rows in columns as wide as they need to be, the last one excepted."""
    cells = [[shortened(printable(cell), _CELL_CHARACTERS) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def finish(inputs: Sequence[Input]) -> None:
    """Say what was left aside or could not be read, and exit with 2 where that is so."""
    for say, what in dict.fromkeys(_remarks(inputs)):
        say(what)
    if any(one.problems for one in inputs):
        sys.exit(EXIT_BAD_INPUT)


def _remarks(inputs: Iterable[Input]) -> Iterator[tuple[Callable[[str], None], str]]:
    for one in inputs:
        yield from ((notices.note, note) for note in one.notes)
        yield from ((notices.error, str(problem)) for problem in one.problems)


def fail(message: str, source: Input) -> NoReturn:
    """End with an error, and with what could not be read."""
    notices.error(message)
    finish((source,))
    sys.exit(EXIT_BAD_INPUT)
