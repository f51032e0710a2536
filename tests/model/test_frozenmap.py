"""A FrozenMap is a mapping that nobody can change, fit to be hashed and pickled."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certlife.model.frozenmap import FrozenMap

dicts = st.dictionaries(st.text(max_size=3), st.integers(), max_size=5)


def test_it_holds_the_items_of_a_mapping_or_of_pairs_in_their_order() -> None:
    assert list(FrozenMap({"b": 1, "a": 2}).items()) == [("b", 1), ("a", 2)]
    assert list(FrozenMap([("b", 1), ("a", 2)]).items()) == [("b", 1), ("a", 2)]
    assert list(FrozenMap()) == []


def test_of_two_pairs_with_one_key_the_later_wins() -> None:
    assert FrozenMap([("a", 1), ("a", 2)])["a"] == 2


def test_it_does_not_change_with_the_mapping_that_it_was_made_from() -> None:
    source = {"a": 1}
    frozen = FrozenMap(source)
    source["b"] = 2
    assert len(frozen) == 1
    assert "b" not in frozen


def test_a_missing_key_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        FrozenMap({"a": 1})["b"]


@given(dicts, st.text(max_size=3))
def test_it_is_looked_through_as_a_dict_is(items: dict[str, int], key: str) -> None:
    frozen = FrozenMap(items)
    assert frozen.get(key) == items.get(key)
    assert frozen.get(key, "absent") == items.get(key, "absent")
    assert list(frozen.keys()) == list(items.keys())
    assert list(frozen.values()) == list(items.values())


@pytest.mark.parametrize("name", ["_items", "_hash", "new"])
def test_no_attribute_can_be_set_or_deleted(name: str) -> None:
    frozen = FrozenMap({"a": 1})
    with pytest.raises(AttributeError, match="FrozenMap is immutable"):
        setattr(frozen, name, {})
    with pytest.raises(AttributeError, match="FrozenMap is immutable"):
        delattr(frozen, name)
    assert frozen["a"] == 1


def test_its_repr_shows_its_items() -> None:
    assert repr(FrozenMap({"a": 1})) == "FrozenMap({'a': 1})"


@given(dicts, dicts)
def test_it_equals_what_has_the_same_items_and_then_has_the_same_hash(
    left: dict[str, int], right: dict[str, int]
) -> None:
    same = left == right
    assert (FrozenMap(left) == FrozenMap(right)) is same
    assert (FrozenMap(left) == right) is same
    assert hash(FrozenMap(left)) == hash(FrozenMap(dict(reversed(left.items()))))
    assert (hash(FrozenMap(left)) == hash(FrozenMap(right))) is same


def test_its_hash_stays_the_same() -> None:
    frozen = FrozenMap({"a": 1})
    assert hash(frozen) == hash(frozen)


@given(dicts)
def test_it_comes_back_equal_from_a_pickle_even_after_it_was_hashed(items: dict[str, int]) -> None:
    frozen = FrozenMap(items)
    hash(frozen)
    back = pickle.loads(pickle.dumps(frozen))  # noqa: S301 — made a moment ago
    assert back == frozen
    assert hash(back) == hash(frozen)
    assert list(back) == list(frozen)
