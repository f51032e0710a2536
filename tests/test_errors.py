"""Errors name what, where and which rule, and survive the way to another process."""

from __future__ import annotations

import pickle

import pytest

from certlife.errors import CertlifeError, InvalidValueError, UnreadableError, WrongTypeError, shown


def test_a_message_says_where_which_rule_and_what_was_there() -> None:
    error = InvalidValueError("expected a name", path="spec.dnsNames[1]", value="7")
    assert str(error) == "spec.dnsNames[1]: expected a name, got 7"
    assert str(UnreadableError("the key is encrypted")) == "the key is encrypted"


@pytest.mark.parametrize("kind", [WrongTypeError, InvalidValueError, UnreadableError])
def test_an_error_survives_pickling(kind: type[CertlifeError]) -> None:
    error = kind("expected a name", path="a", value="b")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 — our own bytes
    assert (type(again), again.rule, again.path, again.value) == (kind, error.rule, "a", "b")


def test_a_quoted_value_is_one_short_line_of_ascii() -> None:
    assert shown("a\n\x1b[31m\u202e") == "'a\\n\\x1b[31m\\u202e'"
    assert len(shown("x" * 1000)) == 80
    assert shown(10**5000) == "a int"
