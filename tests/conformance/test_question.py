from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from certlife.errors import InvalidValueError
from tests.conformance.materials import VectorsError
from tests.conformance.question import Question

QUESTION = Question(
    "trigger",
    {
        "text": "\udcff",
        "flag": True,
        "integer": 3,
        "object": {"inner": "x"},
        "objects": [{"a": 1}],
        "instant": "2026-11-01T00:00:00.5Z",
        "duration": "1h",
        "null": None,
    },
)


def test_a_field_has_the_type_that_is_asked_for() -> None:
    assert QUESTION.text("text") == "\udcff"
    assert QUESTION.octets("text") == b"\xff"
    assert QUESTION.flag("flag") is True
    assert QUESTION.integer("integer") == 3
    assert QUESTION.object("object") == {"inner": "x"}
    assert QUESTION.inner("object").text("inner") == "x"
    assert QUESTION.objects("objects") == [{"a": 1}]
    assert QUESTION.instant("instant") == datetime(2026, 11, 1, 0, 0, 0, 500_000, UTC)
    assert QUESTION.duration("duration") == timedelta(hours=1)


@pytest.mark.parametrize("name", ["null", "absent"])
def test_null_is_the_same_as_absent(name: str) -> None:
    assert QUESTION.text(name) == ""
    assert QUESTION.flag(name) is False
    assert QUESTION.flag(name, default=True) is True
    assert QUESTION.integer(name) is None
    assert QUESTION.object(name) is None
    assert QUESTION.inner(name) == Question("trigger", {})
    assert QUESTION.objects(name) == []
    assert QUESTION.instant(name) is None
    assert QUESTION.duration(name) is None


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda: QUESTION.text("flag"), id="a flag is no text"),
        pytest.param(lambda: QUESTION.integer("flag"), id="a flag is no integer"),
        pytest.param(lambda: QUESTION.flag("integer"), id="an integer is no flag"),
        pytest.param(lambda: QUESTION.object("objects"), id="a list is no object"),
        pytest.param(
            lambda: Question("op", {"objects": ["x"]}).objects("objects"), id="a text is no object"
        ),
    ],
)
def test_a_field_of_another_type_is_a_broken_vector(ask: Callable[[], object]) -> None:
    with pytest.raises(VectorsError):
        ask()


def test_a_duration_of_a_nanosecond_cannot_be_asked_about() -> None:
    with pytest.raises(InvalidValueError, match="finer than a microsecond"):
        Question("backoff", {"initialDelay": "1ns"}).duration("initialDelay")
