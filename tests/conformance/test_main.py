import json
from pathlib import Path

import pytest

from tests.conformance.__main__ import main

AGREEING = (
    '{"id": "a", "input": {"subject": "CN=a"}, "output": {"commonName": "a", "derHex": '
    '"300c310a30080603550403130161", "rdns": [[{"oid": "2.5.4.3", "value": "a"}]]}}\n'
)
DIFFERING = '{"id": "b", "input": {"subject": "CN=b"}, "output": {"error": true}}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "literal_subject.jsonl").write_text(AGREEING, "utf-8")
    return tmp_path


def test_all_is_well_where_every_case_agrees(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(folder)]) == 0
    counts = ["literal_subject", "1", "1", "0", "0", "0"]
    assert capsys.readouterr().out.splitlines()[1].split() == counts


def test_a_difference_is_shown_and_fails(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "literal_subject.jsonl").write_text(AGREEING + DIFFERING, "utf-8")
    assert main([str(folder)]) == 1
    assert "literal_subject b\n" in capsys.readouterr().out


def test_an_operation_that_is_not_answered_fails(folder: Path) -> None:
    (folder / "divination.jsonl").write_text(DIFFERING, "utf-8")
    assert main([str(folder)]) == 1
    assert main(["--ops", "literal_subject", str(folder)]) == 0


def test_the_report_can_be_had_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", str(folder)]) == 0
    outcome = {"cases": 1, "agreed": 1, "deviating": 0, "differing": 0, "unanswered": 0}
    report = {"ops": {"literal_subject": outcome}, "deviations": {}, "differences": []}
    assert json.loads(capsys.readouterr().out) == report


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--ops", "trigger,literal_subject"], id="an operation without vectors"),
        pytest.param(["absent"], id="a path that there is not"),
    ],
)
def test_what_cannot_be_asked_is_said(
    folder: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, str(folder)]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("python -m tests.conformance: ")
