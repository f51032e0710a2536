"""certlife decides as cert-manager does, but for the deviations: every vector there is."""

from pathlib import Path
from typing import Final

import pytest

from tests.conformance.deviations import DEVIATIONS
from tests.conformance.questions import ANSWERING
from tests.conformance.report import as_text
from tests.conformance.runner import SUFFIX, read_cases, run

GENERATED: Final = Path(__file__).parent / "vectors"
RECORDED: Final = Path(__file__).parents[3] / "shared" / "conformance" / "recorded"


def ops_in(folder: Path) -> list[str]:
    return sorted(file.stem for file in folder.glob(f"*{SUFFIX}"))


@pytest.mark.parametrize("op", ops_in(GENERATED))
def test_every_generated_case_agrees_or_deviates_on_purpose(op: str) -> None:
    report = run(read_cases([GENERATED], [op]), ANSWERING, DEVIATIONS)
    assert report.is_clean, as_text(report)


@pytest.mark.skipif(
    not RECORDED.is_dir(),
    reason="cert-manager's own test cases are not part of the project; they lie beside it or not",
)
def test_every_recorded_case_agrees_or_deviates_on_purpose() -> None:
    report = run(read_cases([RECORDED], ops_in(RECORDED)), ANSWERING, DEVIATIONS)
    assert report.is_clean, as_text(report)


def test_the_generated_vectors_are_all_there() -> None:
    report = run(read_cases([GENERATED]), {}, [])
    assert sum(outcome.cases for outcome in report.ops.values()) == 2594
    assert len(report.ops) == 23


def test_every_operation_is_answered() -> None:
    assert ANSWERING.keys() >= set(ops_in(GENERATED))


def test_no_deviation_swallows_more_than_it_did() -> None:
    report = run(read_cases([GENERATED], ops_in(GENERATED)), ANSWERING, DEVIATIONS)
    assert report.deviations == {
        "ari-half-a-window": 2,
        "ari-no-length": 5,
        "ari-past-not-after": 5,
        "der-of-no-key": 6,
        "long-lifetimes": 9,
        "lost-joint": 2,
        "nanoseconds": 10,
        "postal-codes": 5,
        "roots-only": 1,
        "two-ways-up": 1,
        "unknown-key-algorithm": 16,
        "unknown-renewal-policy": 12,
        "unusable-window": 27,
        "weak-root": 1,
        "window-order": 1,
        "window-past-not-after": 9,
        "window-without-grid": 6,
        "year-ten-thousand": 1,
        "zoned-address": 1,
    }
