"""Evidence, and the sentences that are made of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from certlife.policy.violation import Clause, Evidence, Violation, spelled


@pytest.mark.parametrize(
    ("evidence", "text"),
    [
        pytest.param(None, "nothing", id="nothing"),
        pytest.param(Clause("another key"), "another key", id="a clause, as it is"),
        pytest.param("another key", "'another key'", id="text, quoted"),
        pytest.param("\x1b[31m", r"'\x1b[31m'", id="text that would colour a terminal"),
        pytest.param("x" * 100, f"'{'x' * 76}...", id="long text, cut"),
        pytest.param(True, "true", id="true, as the API has it"),
        pytest.param(False, "false", id="false"),
        pytest.param(2048, "2048", id="a number"),
        pytest.param(timedelta(hours=36), "36h0m0s", id="a duration, as Go writes it"),
        pytest.param(
            datetime(2026, 3, 1, tzinfo=UTC), "2026-03-01T00:00:00Z", id="an instant, RFC 3339"
        ),
        pytest.param((), "[]", id="no names"),
        pytest.param(("a", "b\n"), r"['a', 'b\n']", id="names, each quoted"),
    ],
)
def test_evidence_is_spelled_for_people(evidence: Evidence, text: str) -> None:
    assert spelled(evidence) == text


def test_a_message_says_where_and_what() -> None:
    violation = Violation("mine", "Mine", "spec.isCA", expected=True, actual=None)
    assert violation.message == "spec.isCA: expected true, got nothing"


def test_a_message_without_a_path_says_what() -> None:
    violation = Violation("mine", "Mine", "", 1, 2)
    assert violation.message == "expected 1, got 2"
