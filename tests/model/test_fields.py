"""A field of the model freezes what it is given and refuses wrong types, by name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest
from attrs import field, frozen

from certlife.errors import CertlifeError, InvalidValueError, WrongTypeError
from certlife.model import fields
from certlife.model.frozenmap import FrozenMap

if TYPE_CHECKING:
    from collections.abc import Iterable

INSTANT = datetime(2026, 8, 22, 12, tzinfo=UTC)


class Color(StrEnum):
    RED = "Red"


def colors(value: Iterable[Color] | None) -> tuple[Color, ...] | None:
    return fields.frozen_tuple(value)


def some_colors(value: Iterable[Color]) -> tuple[Color, ...]:
    return fields.required_tuple(value)


@frozen(kw_only=True)
class Sample:
    """One field of every kind, each with a value that it accepts."""

    text: str = field(default="", validator=fields.text)
    optional_text: str | None = field(default=None, validator=fields.optional_text)
    flag: bool | None = field(default=None, validator=fields.optional_flag)
    integer: int | None = field(default=None, validator=fields.optional_integer)
    duration: timedelta | None = field(default=None, validator=fields.optional_duration)
    needed_instant: datetime = field(default=INSTANT, validator=fields.instant)
    instant: datetime | None = field(default=None, validator=fields.optional_instant)
    texts: tuple[str, ...] | None = field(
        default=None, converter=fields.texts, validator=fields.optional_texts
    )
    one: Color = field(default=Color.RED, validator=fields.one(Color))
    optional: Color | None = field(default=None, validator=fields.optional(Color))
    either: Color | bytes | None = field(
        default=None, validator=fields.optional_either(Color, bytes)
    )
    many: tuple[Color, ...] = field(default=(), converter=some_colors, validator=fields.many(Color))
    optional_many: tuple[Color, ...] | None = field(
        default=None, converter=colors, validator=fields.optional_many(Color)
    )
    map: FrozenMap[str, str] | None = field(
        default=None, converter=fields.text_map, validator=fields.optional_map(str)
    )


def sample(name: str, value: object) -> Sample:
    return Sample(**{name: value})  # type: ignore[arg-type]  # that is what is tested


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", "a"),
        ("optional_text", "a"),
        ("flag", True),
        ("integer", -1),
        ("duration", timedelta(hours=1)),
        ("needed_instant", INSTANT),
        ("instant", INSTANT),
        ("instant", INSTANT.astimezone(timezone(timedelta(hours=2)))),
        ("texts", ()),
        ("texts", ("a", "b")),
        ("one", Color.RED),
        ("optional", Color.RED),
        ("either", Color.RED),
        ("either", b"a"),
        ("many", (Color.RED, Color.RED)),
        ("optional_many", (Color.RED,)),
        ("map", FrozenMap({"a": "b"})),
    ],
)
def test_a_value_of_the_right_type_is_kept_as_it_is(name: str, value: object) -> None:
    assert getattr(sample(name, value), name) is value


@pytest.mark.parametrize(
    "name",
    [
        "optional_text",
        "flag",
        "integer",
        "duration",
        "instant",
        "texts",
        "optional",
        "either",
        "optional_many",
        "map",
    ],
)
def test_an_optional_field_accepts_none(name: str) -> None:
    assert getattr(sample(name, None), name) is None


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("text", None, "Sample.text: expected a str, got None"),
        ("text", b"a", "Sample.text: expected a str, got b'a'"),
        ("optional_text", 1, "Sample.optional_text: expected a str or None, got 1"),
        ("flag", 1, "Sample.flag: expected a bool or None, got 1"),
        ("flag", "true", "Sample.flag: expected a bool or None, got 'true'"),
        ("integer", True, "Sample.integer: expected an int or None, got True"),
        ("integer", 1.0, "Sample.integer: expected an int or None, got 1.0"),
        ("duration", "1h", "Sample.duration: expected a timedelta or None, got '1h'"),
        ("needed_instant", None, "Sample.needed_instant: expected an aware datetime, got None"),
        ("instant", "now", "Sample.instant: expected an aware datetime or None, got 'now'"),
        ("texts", "a.example", "Sample.texts: expected a list of str, or None, got 'a.example'"),
        ("texts", b"a", "Sample.texts: expected a list of str, or None, got b'a'"),
        ("texts", 1, "Sample.texts: expected a list of str, or None, got 1"),
        ("texts", ["a", None], "Sample.texts[1]: expected a str, got None"),
        ("one", None, "Sample.one: expected Color, got None"),
        ("optional", "Red", "Sample.optional: expected Color or None, got 'Red'"),
        ("either", "Red", "Sample.either: expected Color or bytes or None, got 'Red'"),
        ("many", None, "Sample.many: expected a list of Color, got None"),
        ("many", "", "Sample.many: expected a list of Color, got ''"),
        ("many", [Color.RED, "Red"], "Sample.many: expected a list of Color, got (<Color.RED"),
        ("optional_many", "Red", "Sample.optional_many: expected a list of Color, got 'Red'"),
    ],
)
def test_a_value_of_a_wrong_type_is_refused_with_class_field_and_value(
    name: str, value: object, message: str
) -> None:
    with pytest.raises(WrongTypeError) as refusal:
        sample(name, value)
    assert str(refusal.value).startswith(message)


@pytest.mark.parametrize("name", ["instant", "needed_instant"])
def test_a_naive_instant_is_refused_as_a_value_not_as_a_type(name: str) -> None:
    with pytest.raises(InvalidValueError) as refusal:
        sample(name, INSTANT.replace(tzinfo=None))
    assert refusal.value.path == f"Sample.{name}"
    assert refusal.value.rule == "expected an aware datetime"


@pytest.mark.parametrize(
    ("value", "path", "rule", "quoted"),
    [
        ("secret", "Sample.map", "expected a mapping of str to str, or None", "str"),
        ({1: "secret"}, "Sample.map", "expected a str as key", "1"),
        ({"k": b"secret"}, "Sample.map['k']", "expected str", "bytes"),
    ],
    ids=["no mapping", "a key that is no text", "a value that is no text"],
)
def test_a_map_names_what_is_wrong_with_it_and_never_quotes_a_value(
    value: object, path: str, rule: str, quoted: str
) -> None:
    with pytest.raises(WrongTypeError) as refusal:
        sample("map", value)
    assert (refusal.value.path, refusal.value.rule, refusal.value.value) == (path, rule, quoted)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "iterable", [["a", "b"], {"a": 1, "b": 2}, iter("ab")], ids=["list", "dict", "iterator"]
)
def test_any_iterable_but_text_becomes_a_tuple(iterable: object) -> None:
    assert sample("texts", iterable).texts == ("a", "b")


def test_a_mapping_becomes_a_frozen_map() -> None:
    frozen = Sample(map={"a": "b"})
    assert type(frozen.map) is FrozenMap
    assert hash(frozen) == hash(Sample(map=FrozenMap({"a": "b"})))


def test_a_mapping_of_another_type_becomes_one_as_well() -> None:
    assert type(Sample(map=MappingProxyType({"a": "b"})).map) is FrozenMap


def test_a_subtype_of_what_a_mapping_may_hold_is_accepted() -> None:
    assert Sample(map={Color.RED: Color.RED}).map == {"Red": "Red"}


@pytest.mark.parametrize(
    ("value", "kept"),
    [("Red", Color.RED), (Color.RED, Color.RED), ("red", "red"), (None, None)],
    ids=[
        "a known word becomes the member",
        "a member stays",
        "an unknown word stays",
        "None stays",
    ],
)
def test_words_become_members_where_they_are_known(value: str | None, kept: str | None) -> None:
    result = fields.known_or_text(fields.words_of(Color), value)
    assert result == kept
    assert type(result) is type(kept)


@pytest.mark.parametrize("value", [["Red"], b"Red", 7], ids=str)
def test_what_is_no_word_is_left_to_the_validator_to_refuse(value: object) -> None:
    assert fields.known_or_text(fields.words_of(Color), value) is value  # type: ignore[arg-type]


def test_a_value_that_cannot_be_quoted_in_full_is_cut_short() -> None:
    with pytest.raises(CertlifeError) as refusal:
        sample("flag", "x" * 1000)
    assert refusal.value.value is not None
    assert len(refusal.value.value) == 80
