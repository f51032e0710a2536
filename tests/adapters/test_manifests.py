"""A file's bytes become documents, and a bad document hides none of the others."""

from __future__ import annotations

import json
import pickle
import sys
from typing import NoReturn

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from certlife.adapters import manifests
from certlife.adapters.kubernetes import Refusal
from certlife.adapters.manifests import Document, read_documents
from certlife.adapters.strict_json import MAX_DEPTH, MAX_NUMBER_CHARACTERS
from certlife.errors import WrongTypeError

DEEPEST = "[" * MAX_DEPTH + "]" * MAX_DEPTH
LONGEST = "9" * MAX_NUMBER_CHARACTERS


@pytest.fixture(params=["libyaml", "PyYAML alone"])
def _either_loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "PyYAML alone":
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)


either_loader = pytest.mark.usefixtures("_either_loader")


def read(data: bytes | str) -> list[object]:
    """Read a file; a document as its value, a refusal as its text without the file's name."""
    encoded = data.encode() if isinstance(data, str) else data
    return [
        one.value if isinstance(one, Document) else str(one).removeprefix("f: ")
        for one in read_documents(encoded, source="f")
    ]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param('{"a": [1, -2.5, "x", true, false, null]}', 1, id="JSON, one document"),
        pytest.param('{"a": 1}{"a": 2}\n[3]\t{}\n', 4, id="JSON on JSON"),
        pytest.param("a: 1\n---\na: 2\n", 2, id="YAML, two documents"),
        pytest.param('{"a": 1}\n---\na: 2\n--- {"a": 3}\n', 3, id="JSON and YAML by turns"),
        pytest.param("---\n# only a remark\n---\n---\n\na: 1\n---", 1, id="empty ones between"),
        pytest.param("%YAML 1.2\n# remark\n---\na: 1\n", 1, id="a directive before the first"),
        pytest.param("a: 1\r\n---\r\na: 2\r\n", 2, id="Windows' line ends"),
        pytest.param("a: 1\r---\ra: 2\r", 2, id="an old Macintosh's line ends"),
        pytest.param("a: 1\n...\n---\na: 2\n...\n", 2, id="ends that are marked"),
        pytest.param("a: |\n  ---\n  b\n", 1, id="a separator within a text is none"),
        pytest.param("a\n---b", 1, id="a word that begins like a separator is none"),
    ],
)
@either_loader
def test_every_document_of_a_file_is_found(text: str, values: int) -> None:
    found = read_documents(text.encode(), source="f")
    assert len(found) == values
    assert all(isinstance(one, Document) for one in found)


def test_a_document_has_a_number_where_there_are_several() -> None:
    assert read_documents(b"{}", source="web.json") == (Document("web.json", {}),)
    assert read_documents(b"{} {", source="web.json") == (
        Document("web.json: document 1", {}),
        Refusal(
            "web.json: document 2",
            "",
            "expected JSON: Expecting property name enclosed in double quotes, line 1, column 5",
            None,
        ),
    )


def test_a_document_is_a_value_that_does_not_show_what_it_says() -> None:
    document = Document("f", {"data": {"tls.key": "c2VjcmV0"}})
    assert repr(document) == "Document(source='f')"
    assert document == pickle.loads(pickle.dumps(document))  # noqa: S301 — made a moment ago
    assert hash(document) == hash(Document("f", {"data": {"tls.key": "c2VjcmV0"}}))
    assert document != Document("f", {})


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        pytest.param(b"", "expected a document, found none", id="empty"),
        pytest.param(b" \n\t\n", "expected a document, found none", id="blank"),
        pytest.param(b"# nothing\n---\n# at all", "expected a document, found none", id="remarks"),
        pytest.param(b"~\n---\nnull\n", "expected a document, found none", id="nulls"),
        pytest.param(
            b"a: \xff",
            "expected UTF-8, and byte 4 is none: is it JSON, YAML or PEM?",
            id="not UTF-8",
        ),
        pytest.param(
            b'["\xed\xa0\x80"]',
            "expected UTF-8, and byte 3 is none: is it JSON, YAML or PEM?",
            id="a surrogate",
        ),
        pytest.param(
            b"\x30\x82\x01\x0a\x02",
            "expected PEM rather than DER: `openssl x509 -inform der` makes it of a certificate",
            id="DER",
        ),
        pytest.param(
            "a: 1".encode("utf-16"), "expected UTF-8, not UTF-16 or UTF-32", id="UTF-16 with mark"
        ),
        pytest.param(
            "é: 1".encode("utf-16-le"), "expected UTF-8, not UTF-16 or UTF-32", id="UTF-16, little"
        ),
        pytest.param(
            "{}".encode("utf-16-be"), "expected UTF-8, not UTF-16 or UTF-32", id="UTF-16, big"
        ),
        pytest.param("{}".encode("utf-32"), "expected UTF-8, not UTF-16 or UTF-32", id="UTF-32"),
    ],
)
def test_a_file_that_is_no_text_or_says_nothing_is_refused(data: bytes, refusal: str) -> None:
    assert read(data) == [refusal]


@pytest.mark.parametrize("text", ['{"a": "é"}{}', "a: é\n---\n{}"], ids=["JSON", "YAML"])
def test_a_byte_order_mark_of_utf_8_is_skipped(text: str) -> None:
    assert read(text.encode("utf-8-sig")) == [{"a": "é"}, {}]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param('[1\n[2]\n{"a": 1\n{}', ["!", [2], "!", {}], id="JSON lines, cut off"),
        pytest.param("[NaN] [1]", ["!", [1]], id="NaN before a good one in a line"),
        pytest.param('[1,\n{"a": 1},\nx]\n[2]', ["!", [2]], id="JSON that breaks late"),
        pytest.param("[1] x [2]\n[3]", [[1], "!", [3]], id="junk in a line of JSON"),
        pytest.param("[1\n---\na: 1", ["!", {"a": 1}], id="JSON, cut off by a separator"),
        pytest.param("a: [\n---\na: 1\n---\n&b\n---\n[2]", ["!", {"a": 1}, "!", [2]], id="YAML"),
    ],
)
@either_loader
def test_a_bad_document_hides_none_that_follow(text: str, found: list[object]) -> None:
    assert ["!" if isinstance(one, str) else one for one in read(text)] == found


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ('{"a": 1', "expected JSON: Expecting ',' delimiter, line 1, column 8"),
        ('{\n  "a": "b', "expected JSON: Unterminated string starting at, line 2, column 8"),
        ('{}\n---\n{"a"\n', "document 2: expected JSON: Expecting ':' delimiter, line 4, column 1"),
        ("{a: 1}", "expected JSON: Expecting property name enclosed in double quotes, line 1, "),
        ('["\\x"]', "expected JSON: Invalid \\escape, line 1, column 3"),
        ('["a\tb"]', "expected JSON: Invalid control character at, line 1, column 4"),
        ('{"a": 1, "b": {"c": 1, "c": 2}}', "expected every key once, got 'c' twice"),
        ('{"a": 1, "a": 1, "b": 1, "b": 1}', "expected every key once, got 'a' twice"),
        ('{"a": 1, "b": 1, "b": 2}', "expected every key once, got 'b' twice"),
        ("[NaN]", "expected a number as JSON has it, got NaN"),
        ("[-Infinity]", "expected a number as JSON has it, got -Infinity"),
        ("[1e999]", "expected a number that is not too large for a double"),
        (f"[{LONGEST}9]", "expected a number of at most 100 characters"),
        (f"[0.{LONGEST}]", "expected a number of at most 100 characters"),
        (f"[{'9' * 5000}]", "expected a number of at most 100 characters"),
        ('["\\ud800"]', "expected Unicode text, without lone surrogates"),
        ('{"\\uDC00": 1}', "expected Unicode text, without lone surrogates"),
        (f"[{DEEPEST}]", "expected mappings and lists at most 100 deep"),
        ('{"a":' * 101 + "1" + "}" * 101, "expected mappings and lists at most 100 deep"),
    ],
)
def test_json_that_two_readers_could_take_differently_is_refused(text: str, refusal: str) -> None:
    *_, last = read(text)
    assert isinstance(last, str)
    assert last.removeprefix("f: ").startswith(refusal)


@pytest.mark.parametrize("text", ["[" * 10_000, '{"a":' * 10_000, "[" * 10_000 + "]" * 10_000])
def test_json_of_ten_thousand_levels_is_refused(text: str) -> None:
    (refusal,) = read(text)
    assert str(refusal).startswith(
        ("expected mappings and lists at most 100 deep", "expected JSON")
    )


def test_json_too_deep_for_the_interpreter_ends_its_part_of_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def exhausted(*_: object) -> object:
        raise RecursionError

    monkeypatch.setattr(json.JSONDecoder, "raw_decode", exhausted)
    too_deep = "expected mappings and lists at most 100 deep; what follows was not read"
    assert read("[1] [2]\n---\na: 1") == [f"document 1: {too_deep}", {"a": 1}]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param(DEEPEST, json.loads(DEEPEST), id="100 levels"),
        pytest.param(f"[{LONGEST}]", [int(LONGEST)], id="100 digits"),
        pytest.param('["\\ud83d\\ude00"]', ["\U0001f600"], id="a pair of surrogates"),
        pytest.param('["\\\\ud800"]', ["\\ud800"], id="a backslash before what looks like one"),
        pytest.param("[-0, 1E5, -0.5e-3]", [0, 1e5, -0.0005], id="numbers"),
        pytest.param('{"a": {"a": {}}, "b": {"a": 1}}', {"a": {"a": {}}, "b": {"a": 1}}, id="keys"),
    ],
)
def test_json_within_the_limits_is_read(text: str, value: object) -> None:
    assert read(text) == [value]


def test_a_hundred_megabytes_of_one_json_string_are_read() -> None:
    text = "x" * 100_000_000
    assert read(f'{{"a": "{text}"}}') == [{"a": text}]


@pytest.mark.parametrize(
    ("spelled", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("10", 10),
        ("-0", 0),
        ("-1.5", -1.5),
        ("1e3", 1000.0),
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("True", "True"),
        ("Null", "Null"),
        ("010", "010"),
        ("0x10", "0x10"),
        ("0o10", "0o10"),
        ("1_000", "1_000"),
        ("+5", "+5"),
        (".5", ".5"),
        ("5.", "5."),
        ("٣", "٣"),
        ("1٣", "1٣"),
        (".nan", ".nan"),
        ("-.inf", "-.inf"),
        ("12:30:00", "12:30:00"),
        ("190:20:30", "190:20:30"),
        ("2026-08-22", "2026-08-22"),
        ("2026-08-22T12:00:00Z", "2026-08-22T12:00:00Z"),
        ("=", "="),
        ("<<", "<<"),
        ("'10'", "10"),
        ('"true"', "true"),
        ('""', ""),
        ("|-\n  10", "10"),
        (">-\n  null", "null"),
        ("a\n  b", "a b"),
    ],
)
@either_loader
def test_yaml_words_mean_what_they_mean_in_json_or_themselves(spelled: str, value: object) -> None:
    (document,) = read(f"a: {spelled}\n")
    assert isinstance(document, dict)
    assert document["a"] == value
    assert type(document["a"]) is type(value)


@pytest.mark.parametrize("key", ["1", "true", "null", "NO", "2026-08-22", "'<<'"])
@either_loader
def test_a_yaml_key_is_text_whatever_it_looks_like(key: str) -> None:
    assert read(f"{key}: 1") == [{key.strip("'"): 1}]


@either_loader
def test_yaml_collections_of_every_style_are_read() -> None:
    text = "a:\n- b\n- - c\n  - {d: [e, {f: }]}\n- {}\n? g\n: []\n"
    assert read(text) == [{"a": ["b", ["c", {"d": ["e", {"f": None}]}], {}], "g": []}]


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("a: &b 1", "expected no anchors (&): write the value out each time, line 1, column 4"),
        ("a: &b {}", "expected no anchors (&): write the value out each time, line 1, column 4"),
        ("a: *b", "expected no aliases (*): write the value out, line 1, column 4"),
        ("*b : a", "expected no aliases (*): write the value out, line 1, column 1"),
        ("a:\n  <<: {b: c}", "expected no merge keys (<<): write the fields out, line 2, column 3"),
        ("a: !!int '1'", "expected no tags (!), line 1, column 4"),
        ("a: ! 1", "expected no tags (!), line 1, column 4"),
        ("a: !!python/object:os.system {}", "expected no tags (!), line 1, column 4"),
        ("a: 1\nb: 2\na: 3", "expected every key once, line 3, column 1, got 'a' twice"),
        ("1: a\n'1': b", "expected every key once, line 2, column 1, got '1' twice"),
        ("? [a]\n: b", "expected text as key, line 1, column 3"),
        ("? {a: b}\n: b", "expected text as key, line 1, column 3"),
        ("a: " + "9" * 5000, "expected a number of at most 100 characters, line 1, column 4"),
        ("a: 1e999", "expected a number that is not too large for a double, line 1, column 4"),
        ("- " + DEEPEST, "expected mappings and lists at most 100 deep, line 1, column 102"),
        ("- " * 10_000, "expected mappings and lists at most 100 deep, line 1, column 201"),
        # PyYAML 6.0.4 reads ahead and sees it itself, at another column.
        ("a: " + "[" * 10_000, "expected mappings and lists at most 100 deep, line 1, column 10"),
        ("# " + "x" * 70 + "\na: \a", "expected YAML, without control characters"),
        ("a: [", "expected YAML: "),
        ("a: 'b", "expected YAML: "),
        ("a: b: c", "expected YAML: mapping values are not allowed"),
        ("a: 1\n b: 2\n---\n", "expected YAML: "),
        ("%YAML 1.2\na: 1", "expected YAML: "),
    ],
)
@either_loader
def test_yaml_that_json_could_not_say_is_refused(text: str, refusal: str) -> None:
    (message,) = read(text)
    assert isinstance(message, str)
    assert message.startswith(refusal)


def test_yaml_that_the_parser_finds_too_deep_is_refused_as_we_refuse_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As PyYAML has it from 6.0.4 on, where it has libyaml."""

    def parse(text: str, **_: object) -> NoReturn:
        mark = yaml.Mark("", 0, 2, 1000, text, 0)
        raise yaml.parser.ParserError(None, None, "exceeded maximum nesting depth", mark)

    monkeypatch.setattr(yaml, "parse", parse)
    assert read("a: 1") == ["expected mappings and lists at most 100 deep, line 3, column 1001"]


@either_loader
def test_yaml_aliases_in_billions_are_not_followed() -> None:
    lines = ["a0: &a0 x", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10))]
    (message,) = read("\n".join(lines))
    assert message == "expected no anchors (&): write the value out each time, line 1, column 5"


@either_loader
def test_a_lone_surrogate_in_yaml_is_refused() -> None:
    (message,) = read('a: "\\ud800"')
    assert isinstance(message, str)
    assert message.startswith(
        ("expected Unicode text, without lone surrogates", "expected YAML: found invalid Unicode")
    )


def test_lines_are_counted_from_the_start_of_the_file() -> None:
    text = 'a: 1\n---\nb:\n- 1\n---\n{"c": 1}\n---\n\n*d\n'
    alias = "expected no aliases (*): write the value out"
    assert read(text)[-1] == f"document 4: {alias}, line 9, column 1"


@pytest.mark.parametrize(
    "text",
    ["password: !hunter2!3", "password: @hunter2", "password: %hunter2", "password: *hunter2"],
)
@either_loader
def test_no_message_quotes_what_may_be_a_password(text: str) -> None:
    assert "hunter2" not in str(read(text))


def test_yaml_without_pyyaml_is_refused_with_what_to_install_and_json_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    monkeypatch.delitem(sys.modules, "certlife.adapters.strict_yaml")
    assert read("[1]\n---\na: 1\n---\n[2]") == [
        [1],
        "document 2: reading YAML takes PyYAML: pip install 'certlife[cli]'",
        [2],
    ]


@pytest.mark.parametrize(
    ("name", "limit", "text", "refusals"),
    [
        pytest.param("MAX_JSON_BYTES", 3, "[10]", ["expected at most 3 bytes"], id="JSON"),
        pytest.param(
            "MAX_YAML_BYTES",
            3,
            "a: 1",
            ["expected at most 3 bytes, where it is no JSON"],
            id="YAML",
        ),
        pytest.param(
            "MAX_DOCUMENTS",
            2,
            "[1] [2] [3]",
            ["document 3: expected at most 2 documents; the rest was not read"],
            id="documents",
        ),
        pytest.param(
            "MAX_BROKEN_DOCUMENTS",
            2,
            "[NaN] [1] [NaN] [1] [NaN]",
            [
                "document 1: expected a number as JSON has it, got NaN",
                "document 3: expected a number as JSON has it, got NaN",
                "document 4: 2 documents cannot be read; the rest was not tried",
            ],
            id="broken documents",
        ),
    ],
)
def test_a_limit_is_said_where_it_is_passed_and_not_before(
    monkeypatch: pytest.MonkeyPatch, name: str, limit: int, text: str, refusals: list[str]
) -> None:
    monkeypatch.setattr(manifests, name, limit)
    found = [one for one in read(text) if isinstance(one, str)]
    assert found == refusals
    monkeypatch.setattr(manifests, name, limit + 1)
    assert not any("expected at most" in str(one) or "not tried" in str(one) for one in read(text))


def test_a_hundred_megabytes_of_yaml_are_refused_before_they_are_parsed() -> None:
    assert read("a: " + "x" * 100_000_000) == [
        "expected at most 67,108,864 bytes, where it is no JSON"
    ]


def test_the_limit_of_yaml_is_no_limit_of_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifests, "MAX_YAML_BYTES", 3)
    assert read("# remark\n---\n[10]\n---\n") == [[10]]


def test_only_bytes_can_be_read() -> None:
    with pytest.raises(WrongTypeError) as refusal:
        read_documents("{}", source="f")  # type: ignore[arg-type]
    assert str(refusal.value) == "expected the bytes of a file, got a str"


words = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)
objects = st.dictionaries(words, values, min_size=1, max_size=4)


@settings(max_examples=50)
@given(st.lists(objects, min_size=1, max_size=3), st.sampled_from([None, 2]))
def test_what_json_writes_is_read_back(documents: list[object], indent: int | None) -> None:
    text = "\n".join(json.dumps(one, indent=indent) for one in documents)
    assert read(text) == documents


@settings(max_examples=50)
@given(st.lists(objects, min_size=1, max_size=3))
def test_what_yaml_writes_is_read_back(documents: list[object]) -> None:
    text = yaml.dump_all(documents, Dumper=yaml.SafeDumper, allow_unicode=True)
    assert read(text) == documents


@given(
    st.binary(max_size=40)
    | st.text(st.sampled_from("ab{}[]:,\"'&*!%#|>-?~\\ \n\r\t10.e\x00\x85\ud800"), max_size=40).map(
        lambda text: text.encode(errors="replace")
    )
)
@either_loader
def test_any_bytes_are_documents_and_refusals_and_never_an_error(data: bytes) -> None:
    found = read_documents(data, source="f")
    assert found
    assert all(isinstance(one, Document | Refusal) for one in found)
