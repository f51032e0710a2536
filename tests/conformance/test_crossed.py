"""Questions crossed with each other, as nobody has asked them: no answer crashes."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from certlife.errors import CertlifeError
from tests.conformance.deviations import DEVIATIONS
from tests.conformance.question import Question
from tests.conformance.questions import ANSWERING
from tests.conformance.runner import SUFFIX, Case, read_cases, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.conformance.materials import Json

VECTORS: Final = Path(__file__).parent / "vectors"
OPS: Final = sorted(file.stem for file in VECTORS.glob(f"*{SUFFIX}"))
CROSSED: Final = 60
NO_ANSWER: Final = "no function answers so"


def crossed(cases: Sequence[Case], random: Random) -> Case:
    """Put pieces of other questions of one operation into one, at the same place in each."""
    question = random.choice(cases).question
    fields = dict(question.fields)
    for _ in range(random.randint(1, 3)):
        fields = with_piece(fields, random.choice(cases).question.fields, random)
    return Case("crossed", Question(question.op, fields), NO_ANSWER)


def with_piece(fields: dict[str, Json], other: object, random: Random) -> dict[str, Json]:
    """Take one field from another question, or a field of that field, and so on."""
    if not isinstance(other, dict) or not other:
        return fields
    name = random.choice(sorted(other))
    inner = fields.get(name)
    if isinstance(inner, dict) and random.random() < 0.7:
        return {**fields, name: with_piece(inner, other[name], random)}
    return {**fields, name: other[name]}


@pytest.mark.parametrize("op", OPS)
def test_no_answer_crashes_and_no_deviation_does(op: str) -> None:
    random = Random(op)  # noqa: S311 — the same questions each time
    cases = list(read_cases([VECTORS], [op]))
    new = [crossed(cases, random) for _ in range(CROSSED)]
    report = run(new, ANSWERING, ())
    crashes = [one for one in report.differences if "crashed" in str(one.actual)[:12]]
    assert crashes == []
    for case in new:
        for deviation in DEVIATIONS:
            with suppress(CertlifeError):  # a question that cannot be read is about none of them
                deviation.applies(case.question)
