"""FieldsV1, read as structured-merge-diff reads it."""

from __future__ import annotations

import pytest

from certlife.errors import UnreadableError
from certlife.model.metadata import ManagedFields
from certlife.policy.managed_fields import key_step, owned_fields, owns_field, read_field_set

LABELS = ("f:metadata", "f:labels")


class TestAFieldSet:
    @pytest.mark.parametrize(
        ("text", "paths"),
        [
            pytest.param("{}", set(), id="owns nothing where it is empty"),
            pytest.param("null", set(), id="owns nothing where it is null"),
            pytest.param('{"f:data":{}}', {("f:data",)}, id="owns its leaves"),
            pytest.param('{"f:data":null}', {("f:data",)}, id="owns a leaf that is null"),
            pytest.param(
                '{"f:metadata":{"f:labels":{"f:app":{}}}}',
                {(*LABELS, "f:app")},
                id="does not own what it only passes through",
            ),
            pytest.param(
                '{"f:metadata":{"f:labels":{".":{},"f:app":{}}}}',
                {LABELS, (*LABELS, "f:app")},
                id="owns what a full stop says",
            ),
            pytest.param('{".":{},"f:a":{}}', {("f:a",)}, id="never owns the whole object"),
            pytest.param('{"f:":{}}', {("f:",)}, id="may have a field without a name"),
            pytest.param('{"i:+07":{}}', {("i:7",)}, id="spells an index in one way"),
            pytest.param('{"i:-1":{}}', {("i:-1",)}, id="may count from the end"),
            pytest.param(
                '{"k:{\\"b\\": 1, \\"a\\": \\"x\\"}":{}}',
                {('k:{"a":"x","b":1}',)},
                id="spells a key in one way",
            ),
            pytest.param('{"v: \\"x\\"":{}}', {('v:"x"',)}, id="spells a value in one way"),
            pytest.param('{"v:[1]":{}}', {("v:[1]",)}, id="takes any value"),
            pytest.param('{"f:a":{"z:later":{}}}', {("f:a",)}, id="skips kinds of the future"),
        ],
    )
    def test_that_can_be_read(self, text: str, paths: set[tuple[str, ...]]) -> None:
        assert read_field_set(text) == paths

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("", id="no JSON"),
            pytest.param("[" * 10_000, id="JSON as deep as no stack"),
            pytest.param("[]", id="no object"),
            pytest.param('{"f:a":1}', id="a number below a field"),
            pytest.param('{"f:a":[]}', id="a list below a field"),
            pytest.param('{"f":{}}', id="a step without a colon"),
            pytest.param('{"fa:":{}}', id="a step with a kind of two letters"),
            pytest.param('{"":{}}', id="an empty step"),
            pytest.param('{"i:":{}}', id="an index that is empty"),
            pytest.param('{"i:x":{}}', id="an index that is no number"),
            pytest.param('{"i:\u0661":{}}', id="an index in other digits"),
            pytest.param('{"v:x":{}}', id="a value that is no JSON"),
            pytest.param('{"v:' + "[" * 10_000 + '":{}}', id="a value as deep as no stack"),
            pytest.param('{"k:x":{}}', id="a key that is no JSON"),
            pytest.param('{"k:[]":{}}', id="a key that is no object"),
        ],
    )
    def test_that_cannot_be_read(self, text: str) -> None:
        with pytest.raises(UnreadableError) as caught:
            read_field_set(text)
        assert caught.value.path == "managedFields"

    def test_finds_the_step_to_a_list_element_by_its_key(self) -> None:
        text = '{"f:ownerReferences":{"k:{\\"uid\\":\\"1\\"}":{}}}'
        assert read_field_set(text) == {("f:ownerReferences", key_step(uid="1"))}


def entry(manager: str, fields: str | None) -> ManagedFields:
    return ManagedFields(manager=manager, fields_v1=fields)


A, B, JUNK = '{"f:a":{}}', '{"f:b":{}}', "junk"


class TestWhatAManagerOwns:
    def test_is_what_any_of_its_entries_says(self) -> None:
        entries = [entry("me", A), entry("me", B)]
        assert owned_fields(entries, "me") == {("f:a",), ("f:b",)}

    def test_is_not_what_another_says_even_junk(self) -> None:
        assert owned_fields([entry("me", A), entry("you", JUNK)], "me") == {("f:a",)}

    def test_is_nothing_without_entries_or_fields(self) -> None:
        assert owned_fields(None, "me") == frozenset()
        assert owned_fields([entry("me", None)], "me") == frozenset()

    def test_cannot_be_known_where_one_entry_is_junk(self) -> None:
        with pytest.raises(UnreadableError):
            owned_fields([entry("me", A), entry("me", JUNK)], "me")


class TestWhetherAManagerOwnsAField:
    def test_is_asked_of_any_of_its_entries(self) -> None:
        entries = [entry("me", A), entry("me", B), entry("you", '{"f:c":{}}')]
        assert owns_field(entries, "me", ("f:b",))
        assert not owns_field(entries, "me", ("f:c",))
        assert not owns_field(None, "me", ("f:a",))

    def test_is_not_asked_any_further_once_it_is_found(self) -> None:
        assert owns_field([entry("me", A), entry("me", JUNK)], "me", ("f:a",))

    def test_cannot_be_known_where_junk_comes_first(self) -> None:
        with pytest.raises(UnreadableError):
            owns_field([entry("me", JUNK), entry("me", A)], "me", ("f:a",))
