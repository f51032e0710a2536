import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from certlife.errors import InvalidValueError
from tests.conformance.deviations import Deviation
from tests.conformance.materials import Json, VectorsError
from tests.conformance.question import Question
from tests.conformance.report import as_json, as_text
from tests.conformance.runner import (
    Answering,
    Case,
    Difference,
    Outcome,
    Report,
    read_cases,
    run,
    same,
)


def double(question: Question) -> Json:
    number = question.integer("number")
    if number is None:
        raise InvalidValueError("expected a number")
    return {"double": number * 2}


def crash(_: Question) -> Json:
    raise RuntimeError("oh")


def break_off(_: Question) -> Json:
    raise VectorsError("no vector")


ANSWERING: Mapping[str, Answering] = {"double": double, "crash": crash, "break_off": break_off}
NEGATIVE = Deviation("negative", "", "", lambda question: (question.integer("number") or 0) < 0)
NEGATIVE_TOO = Deviation("negative-too", "", "", NEGATIVE.applies)
ALWAYS = Deviation("always", "", "", lambda _: True)


def case(op: str, number: int | None, expected: Json) -> Case:
    return Case(f"{op}-{number}", Question(op, {"number": number}), expected)


def test_an_equal_answer_agrees() -> None:
    report = run([case("double", 2, {"double": 4})], ANSWERING, [])
    assert report == Report({"double": Outcome(cases=1, agreed=1)}, {}, ())
    assert report.is_clean


def test_an_equal_answer_agrees_even_where_a_deviation_applies() -> None:
    report = run([case("double", -2, {"double": -4})], ANSWERING, [NEGATIVE])
    assert report == Report({"double": Outcome(cases=1, agreed=1)}, {}, ())


def test_another_answer_differs_and_shows_both() -> None:
    report = run([case("double", 2, {"double": 5})], ANSWERING, [NEGATIVE])
    difference = Difference("double", "double-2", {"double": 5}, {"double": 4})
    assert report == Report({"double": Outcome(cases=1, differing=1)}, {}, (difference,))
    assert not report.is_clean


def test_another_answer_deviates_by_the_first_deviation_that_applies() -> None:
    report = run([case("double", -2, {"double": 0})], ANSWERING, [NEGATIVE, NEGATIVE_TOO])
    assert report == Report({"double": Outcome(cases=1, deviating=1)}, {"negative": 1}, ())
    assert report.is_clean


def test_an_operation_that_nobody_answers_is_unanswered() -> None:
    report = run([case("triple", 2, {"triple": 6})], ANSWERING, [ALWAYS])
    assert report == Report({"triple": Outcome(cases=1, unanswered=1)}, {}, ())
    assert not report.is_clean


def test_a_question_that_certlife_refuses_is_answered_by_that() -> None:
    report = run([case("double", None, {"double": 0})], ANSWERING, [])
    refused = Difference("double", "double-None", {"double": 0}, {"refused": "expected a number"})
    assert report.differences == (refused,)
    assert run([case("double", None, {"double": 0})], ANSWERING, [ALWAYS]).is_clean


def test_a_crash_differs_whatever_deviations_say() -> None:
    report = run([case("crash", 1, {})], ANSWERING, [ALWAYS])
    crashed = Difference("crash", "crash-1", {}, {"crashed": "RuntimeError('oh')"})
    assert report == Report({"crash": Outcome(cases=1, differing=1)}, {}, (crashed,))


def test_a_deviation_that_cannot_read_the_question_does_not_apply() -> None:
    def refuse(_: Question) -> bool:
        raise InvalidValueError("expected something else")

    unreadable = Deviation("unreadable", "", "", refuse)
    report = run([case("double", 2, {"double": 5})], ANSWERING, [unreadable, ALWAYS])
    assert report.ops == {"double": Outcome(cases=1, differing=1)}


def test_a_broken_vector_ends_the_run() -> None:
    with pytest.raises(VectorsError):
        run([case("break_off", 1, {})], ANSWERING, [ALWAYS])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param(1, 1.0, id="a number in either spelling"),
        pytest.param([1, "a"], (1, "a"), id="a list and a tuple"),
        pytest.param({"a": {"b": None}}, {"a": {"b": None}}, id="nested objects"),
        pytest.param({"keystore.jks": "a"}, {"keystore.jks": "b"}, id="keystores"),
    ],
)
def test_equal_answers_are_the_same(left: Json, right: Json) -> None:
    assert same(left, right)
    assert same(right, left)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param(True, 1, id="true is not 1"),
        pytest.param(False, 0, id="false is not 0"),
        pytest.param(None, "", id="null is not empty text"),
        pytest.param(None, [], id="null is not an empty list"),
        pytest.param({}, [], id="an object is not a list"),
        pytest.param("ab", ["a", "b"], id="text is not a list"),
        pytest.param({"a": None}, {}, id="null is not absent"),
        pytest.param({"keystore.jks": "a"}, {}, id="a keystore is not absent"),
        pytest.param({"a": [{"b": True}]}, {"a": [{"b": 1}]}, id="deep inside"),
        pytest.param([1, 2], [2, 1], id="the order counts"),
        pytest.param([1], [1, 1], id="the length counts"),
    ],
)
def test_answers_that_only_look_alike_are_not_the_same(left: Json, right: Json) -> None:
    assert not same(left, right)
    assert not same(right, left)


def write(folder: Path, op: str, *vectors: Json) -> Path:
    file = folder / f"{op}.jsonl"
    file.write_text("".join(f"{json.dumps(vector)}\n" for vector in vectors), "utf-8")
    return file


def test_cases_are_read_from_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "materials.json").write_text('{"m": {"text": "M"}}', "utf-8")
    vector: Json = {"id": "x", "input": {"a": "$pem:m"}, "output": ["$pem:m"], "source": "here"}
    file = write(tmp_path, "double", vector)
    expected = [Case("x", Question("double", {"a": "M"}), ["M"])]
    assert list(read_cases([file])) == expected
    assert list(read_cases([tmp_path])) == expected
    assert list(read_cases([tmp_path, file])) == expected * 2


def test_a_line_of_text_may_hold_any_separator_of_unicode(tmp_path: Path) -> None:
    file = tmp_path / "double.jsonl"
    file.write_text('{"id": "\u2028", "input": {}, "output": "\x85"}\n', "utf-8")
    assert list(read_cases([file])) == [Case("\u2028", Question("double", {}), "\x85")]


def test_only_the_operations_asked_for_are_read(tmp_path: Path) -> None:
    vector: Json = {"id": "x", "input": {}, "output": {}}
    write(tmp_path, "double", vector)
    write(tmp_path, "triple", vector)
    assert [found.question.op for found in read_cases([tmp_path], ["triple"])] == ["triple"]


def test_an_operation_without_vectors_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "double", {"id": "x", "input": {}, "output": {}})
    with pytest.raises(VectorsError, match="no vectors of triple found"):
        list(read_cases([tmp_path], ["double", "triple"]))


def test_a_folder_without_vectors_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VectorsError, match="no vectors of any operation found"):
        list(read_cases([tmp_path]))


@pytest.mark.parametrize("name", ["absent", "materials.json"])
def test_a_path_that_holds_no_vectors_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "materials.json").write_text("{}", "utf-8")
    with pytest.raises(VectorsError, match="neither a folder nor a file of vectors"):
        list(read_cases([tmp_path / name]))


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("{", id="no JSON"),
        pytest.param("[]", id="no object"),
        pytest.param('{"id": "x", "input": {}}', id="no output"),
        pytest.param('{"id": 1, "input": {}, "output": {}}', id="an id that is no text"),
        pytest.param('{"id": "x", "input": [], "output": {}}', id="an input that is no object"),
    ],
)
def test_a_line_that_is_no_vector_is_refused_with_its_number(tmp_path: Path, line: str) -> None:
    file = write(tmp_path, "double", {"id": "x", "input": {}, "output": {}})
    with file.open("a", encoding="utf-8") as lines:
        lines.write(line)
    with pytest.raises(VectorsError, match=r"double\.jsonl:2"):
        list(read_cases([file]))


REPORT = Report(
    {
        "triple": Outcome(cases=1, unanswered=1),
        "double": Outcome(cases=3, deviating=2, differing=1),
    },
    {"negative": 2},
    (Difference("double", "twice-two", {"double": 5, "also": None}, {"double": 4}),),
)


def test_the_text_has_a_line_an_operation_then_deviations_then_differences() -> None:
    assert as_text(REPORT).splitlines() == [
        "            cases     agreed  deviating  differing unanswered",
        "double          3          0          2          1          0",
        "triple          1          0          0          0          1",
        "",
        "Deviating on purpose (tests/conformance/deviations.py):",
        "     2  negative",
        "",
        "double twice-two",
        '  cert-manager: {"also": null, "double": 5}',
        '  certlife:     {"double": 4}',
    ]


def test_the_json_has_ops_deviations_and_differences() -> None:
    outcome = {"cases": 0, "agreed": 0, "deviating": 0, "differing": 0, "unanswered": 0}
    assert json.loads(as_json(REPORT)) == {
        "ops": {
            "triple": outcome | {"cases": 1, "unanswered": 1},
            "double": outcome | {"cases": 3, "deviating": 2, "differing": 1},
        },
        "deviations": {"negative": 2},
        "differences": [
            {
                "op": "double",
                "id": "twice-two",
                "expected": {"double": 5, "also": None},
                "actual": {"double": 4},
            }
        ],
    }
