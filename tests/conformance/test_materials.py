import json
from pathlib import Path

import pytest

from tests.conformance.materials import Json, Materials, VectorsError

MATERIALS = Materials({"a": b"one\n", "b": b"two\n", "high": b"\xff"})


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        pytest.param("$pem:a", "one\n", id="text by its name"),
        pytest.param("$pem:a+b", "one\ntwo\n", id="texts put together with nothing between them"),
        pytest.param("$b64:a", "b25lCg==", id="base64 of the bytes"),
        pytest.param("$b64:a+b", "b25lCnR3bwo=", id="base64 of the bytes put together"),
        pytest.param("$pem:high", "\udcff", id="bytes that are no UTF-8, so that they survive"),
        pytest.param("a $pem:a", "a $pem:a", id="a string that does not begin with a reference"),
        pytest.param({"$pem:a": ["$pem:b"]}, {"$pem:a": ["two\n"]}, id="values, not names"),
        pytest.param([1, None, True, 0.5], [1, None, True, 0.5], id="what is no string, as it is"),
    ],
)
def test_a_reference_is_resolved_wherever_it_stands(said: Json, meant: Json) -> None:
    assert MATERIALS.resolve(said) == meant


@pytest.mark.parametrize("said", ["$pem:c", "$b64:a+c", "$pem:"])
def test_a_name_that_nothing_has_is_refused(said: str) -> None:
    with pytest.raises(VectorsError, match="no material named"):
        MATERIALS.resolve(said)


def test_materials_are_read_from_the_file_beside_the_vectors(tmp_path: Path) -> None:
    entries = {"text": {"text": "ü"}, "bytes": {"base64": "/w=="}}
    (tmp_path / "materials.json").write_text(json.dumps(entries), "utf-8")
    read = Materials.beside(tmp_path / "trigger.jsonl")
    assert read == Materials({"text": "ü".encode(), "bytes": b"\xff"})


def test_vectors_without_materials_need_none(tmp_path: Path) -> None:
    assert Materials.beside(tmp_path / "trigger.jsonl") == Materials({})


def test_an_entry_of_another_form_is_refused(tmp_path: Path) -> None:
    (tmp_path / "materials.json").write_text('{"a": {"hex": "00"}}', "utf-8")
    with pytest.raises(VectorsError, match="'a' is neither text nor base64"):
        Materials.beside(tmp_path / "trigger.jsonl")
