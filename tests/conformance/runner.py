"""Asks certlife every question of the vectors and compares whole answers with cert-manager's.

A case agrees, deviates on purpose (by a predicate over its question, see `deviations`), differs, or
is not answered because certlife does not do that yet.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from attrs import frozen

from certlife.errors import CertlifeError
from tests.conformance.materials import Json, Materials, VectorsError
from tests.conformance.question import Question

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conformance.deviations import Deviation

Answering: TypeAlias = Callable[[Question], Json]
"""Answers a question through certlife's public functions."""

SUFFIX: Final = ".jsonl"

KEYSTORES: Final = frozenset(("keystore.jks", "keystore.p12", "truststore.jks", "truststore.p12"))


@frozen
class Case:
    """One vector.

    Args:
        id: Its name, unique in its file. Nothing may depend on it.
        question: What is asked.
        expected: cert-manager's answer.
    """

    id: str
    question: Question
    expected: Json


@frozen
class Difference:
    """A case that certlife answers in another way, by mistake until shown otherwise."""

    op: str
    id: str
    expected: Json
    actual: Json


@frozen
class Outcome:
    """How many cases of one operation came out how."""

    cases: int = 0
    agreed: int = 0
    deviating: int = 0
    differing: int = 0
    unanswered: int = 0


@frozen
class Report:
    """What a run has found.

    Args:
        ops: The outcome of each operation.
        deviations: How many cases deviate on purpose, by the deviation's name.
        differences: Every case that differs.
    """

    ops: Mapping[str, Outcome]
    deviations: Mapping[str, int]
    differences: tuple[Difference, ...]

    @property
    def is_clean(self) -> bool:
        """Whether every case agrees or deviates on purpose."""
        return not any(outcome.differing or outcome.unanswered for outcome in self.ops.values())


def read_cases(paths: Iterable[Path], ops: Sequence[str] | None = None) -> Iterator[Case]:
    """Read vectors, file by file.

    Args:
        paths: Files named `<op>.jsonl`, or folders of such files.
        ops: The operations to read; None for all that are found.

    Raises:
        VectorsError: A file cannot be read, or there is nothing to read for one of `ops`.
    """
    files = [file for path in paths for file in _files(path)]
    chosen = [file for file in files if ops is None or file.stem in ops]
    missing = set(ops or ()) - {file.stem for file in chosen}
    if missing or not chosen:
        raise VectorsError(f"no vectors of {', '.join(sorted(missing)) or 'any operation'} found")
    for file in chosen:
        yield from _cases(file, Materials.beside(file))


def run(
    cases: Iterable[Case],
    answering: Mapping[str, Answering],
    deviations: Sequence[Deviation],
) -> Report:
    """Ask every question and compare the answers.

    Args:
        cases: The vectors.
        answering: What answers each operation; one that is not there is unanswered.
        deviations: Where certlife answers otherwise on purpose. The first that applies counts.
    """
    outcomes: dict[str, Counter[str]] = {}
    deviating: Counter[str] = Counter()
    differences: list[Difference] = []
    for case in cases:
        question = case.question
        counts = outcomes.setdefault(question.op, Counter())
        counts["cases"] += 1
        answer_of = answering.get(question.op)
        if answer_of is None:
            counts["unanswered"] += 1
            continue
        actual, has_crashed = _answer(answer_of, question)
        if same(case.expected, actual):
            counts["agreed"] += 1
            continue
        # A crash is never on purpose.
        deviation = None if has_crashed else _deviation(question, deviations)
        if deviation is not None:
            counts["deviating"] += 1
            deviating[deviation.name] += 1
        else:
            counts["differing"] += 1
            differences.append(Difference(question.op, case.id, case.expected, actual))
    ops = {op: Outcome(**counts) for op, counts in outcomes.items()}
    return Report(ops, deviating, tuple(differences))


def same(expected: Json, actual: Json) -> bool:
    """Whether two answers are the same, to the type: true is not 1, but 1 is 1.0.

    A keystore is encrypted anew each time: of one it counts that it is there.
    """
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        return expected.keys() == actual.keys() and all(
            key in KEYSTORES or same(value, actual[key]) for key, value in expected.items()
        )
    if isinstance(expected, str) or isinstance(actual, str):
        return expected == actual
    if isinstance(expected, Sequence) and isinstance(actual, Sequence):
        return len(expected) == len(actual) and all(map(same, expected, actual))
    return expected == actual


def _answer(answer_of: Answering, question: Question) -> tuple[Json, bool]:
    """Answer, and say whether that was a crash."""
    try:
        return answer_of(question), False
    except VectorsError:
        raise
    except CertlifeError as error:
        # A question that cannot be put to certlife, such as a duration of a nanosecond.
        return {"refused": str(error)}, False
    except Exception as error:  # noqa: BLE001 — whatever escapes is a finding about one case
        return {"crashed": repr(error)}, True


def _deviation(question: Question, deviations: Sequence[Deviation]) -> Deviation | None:
    try:
        return next((entry for entry in deviations if entry.applies(question)), None)
    except CertlifeError:
        return None  # a question that cannot be read is not what any of them is about


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(path.glob(f"*{SUFFIX}"))
    if path.is_file() and path.suffix == SUFFIX:
        return [path]
    raise VectorsError(f"{path} is neither a folder nor a file of vectors")


def _cases(file: Path, materials: Materials) -> Iterator[Case]:
    for number, line in enumerate(file.read_bytes().splitlines(), 1):
        try:
            vector = cast("dict[str, Json]", json.loads(line))
            case_id, asked, expected = vector["id"], vector["input"], vector["output"]
        except (ValueError, KeyError, TypeError):
            raise VectorsError(f"{file}:{number}: expected id, input and output in JSON") from None
        fields = materials.resolve(asked)
        if not isinstance(case_id, str) or not isinstance(fields, Mapping):
            raise VectorsError(f"{file}:{number}: expected a string as id, an object as input")
        yield Case(case_id, Question(file.stem, fields), materials.resolve(expected))
