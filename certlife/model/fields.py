"""What a field of the model accepts: converters that freeze, validators that refuse wrong types.

Only types are judged here, never whether a value makes sense; `validate` does that. Each error
names the class, the field and what it got. Every object that is read passes here once a field:
the common case is asked first, by `type(...) is`, and whatever else `isinstance` takes comes after.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NoReturn, Protocol, TypeVar

from certlife.errors import InvalidValueError, WrongTypeError, shown
from certlife.model.frozenmap import FrozenMap

Element = TypeVar("Element")
Key = TypeVar("Key")
Value = TypeVar("Value")
Enum = TypeVar("Enum", bound=StrEnum)
Checked = TypeVar("Checked")
"""The type of what is checked; generic, so that attrs takes a field's type from its annotation."""

_STR = frozenset({str})


class Field(Protocol):
    """What a validator asks of the attrs field that it is called for."""

    @property
    def name(self) -> str:
        """The field's name."""
        ...


class Texts(Protocol):
    """Any list, tuple or set of text, and no text by itself.

    Text is an iterable of text too, but may only be asked whether text is in it.
    """

    def __contains__(self, value: object, /) -> bool:
        """Whether something is among them."""
        ...

    def __iter__(self) -> Iterator[str]:
        """Go through them."""
        ...


class Validator(Protocol):
    """What attrs calls with the instance, the field and the value."""

    def __call__(self, instance: object, attribute: Field, value: Checked, /) -> None:
        """Raise WrongTypeError for a value of a wrong type."""
        ...


# A converter's parameter is what the constructor is seen to accept, and type checkers look no
# further than its own annotation: hence one function for each type, all of them made of two.


def texts(value: Texts | None) -> tuple[str, ...] | None:
    """Freeze a list of names; None stays None."""
    return value if value is None or isinstance(value, tuple) else frozen_tuple(value)


def text_map(value: Mapping[str, str] | None) -> FrozenMap[str, str] | None:
    """Freeze a mapping from names to text; None stays None."""
    return value if value is None or type(value) is FrozenMap else frozen_map(value)


def frozen_tuple(value: Iterable[Element] | None) -> tuple[Element, ...] | None:
    """Freeze a list, or any other iterable but text, into a tuple; None stays None.

    Text is left as it is, for the validator to refuse: "a.example" is no list of names.
    """
    if value is None or type(value) is tuple:
        return value
    if isinstance(value, (tuple, str, bytes)) or not isinstance(value, Iterable):
        return value  # the validator refuses what is no tuple
    return tuple(value)


def required_tuple(value: Iterable[Element]) -> tuple[Element, ...]:
    """Freeze a list, or any other iterable but text, into a tuple; the validator refuses None."""
    return frozen_tuple(value)  # type: ignore[return-value]  # None only for None


def frozen_map(value: Mapping[Key, Value] | None) -> FrozenMap[Key, Value] | None:
    """Freeze a mapping; None stays None, and what is no mapping is left to the validator."""
    if type(value) is dict:  # to ask whether it is a Mapping takes longer than to copy it
        return FrozenMap(value)
    if value is None or isinstance(value, FrozenMap) or not isinstance(value, Mapping):
        return value
    return FrozenMap(value)


def words_of(enum: type[Enum]) -> Mapping[str, Enum]:
    """Make the table that `known_or_text` looks up; calling the enum takes ten times as long."""
    return {member.value: member for member in enum}


def known_or_text(words: Mapping[str, Enum], value: Enum | str | None) -> Enum | str | None:
    """Return the member with this value, or the text itself where there is none.

    cert-manager's API takes any text, and what it means is for a check or `validate` to say.
    """
    return words.get(value, value) if type(value) is str else value


def _refuse(instance: object, attribute: Field, rule: str, value: object) -> NoReturn:
    raise WrongTypeError(rule, path=_path(instance, attribute), value=shown(value))


def _path(instance: object, attribute: Field) -> str:
    return f"{type(instance).__name__}.{attribute.name}"


def text(instance: object, attribute: Field, value: Checked) -> None:
    """Accept a str."""
    if type(value) is not str and not isinstance(value, str):
        _refuse(instance, attribute, "expected a str", value)


def optional_text(instance: object, attribute: Field, value: Checked) -> None:
    """Accept a str or None."""
    if value is not None and not isinstance(value, str):
        _refuse(instance, attribute, "expected a str or None", value)


def optional_flag(instance: object, attribute: Field, value: Checked) -> None:
    """Accept a bool or None."""
    if value is not None and not isinstance(value, bool):
        _refuse(instance, attribute, "expected a bool or None", value)


def optional_integer(instance: object, attribute: Field, value: Checked) -> None:
    """Accept an int that is no bool, or None."""
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        _refuse(instance, attribute, "expected an int or None", value)


def optional_duration(instance: object, attribute: Field, value: Checked) -> None:
    """Accept a timedelta or None."""
    if value is not None and not isinstance(value, timedelta):
        _refuse(instance, attribute, "expected a timedelta or None", value)


def instant(instance: object, attribute: Field, value: Checked) -> None:
    """Accept an aware datetime."""
    if value is None:
        _refuse(instance, attribute, "expected an aware datetime", value)
    optional_instant(instance, attribute, value)


def optional_instant(instance: object, attribute: Field, value: Checked) -> None:
    """Accept an aware datetime or None."""
    if value is None:
        return
    if not isinstance(value, datetime):
        _refuse(instance, attribute, "expected an aware datetime or None", value)
    elif value.utcoffset() is None:
        path = _path(instance, attribute)
        raise InvalidValueError("expected an aware datetime", path=path, value=shown(value))


def optional_texts(instance: object, attribute: Field, value: Checked) -> None:
    """Accept a tuple of str, or None."""
    if value is None:
        return
    if not isinstance(value, tuple):
        _refuse(instance, attribute, "expected a list of str, or None", value)
    for index, element in enumerate(value):
        if not isinstance(element, str):
            path = f"{_path(instance, attribute)}[{index}]"
            raise WrongTypeError("expected a str", path=path, value=shown(element))


def one(kind: type[object]) -> Validator:
    """Accept an instance of `kind`."""

    def validator(instance: object, attribute: Field, value: Checked) -> None:
        if not isinstance(value, kind):
            _refuse(instance, attribute, f"expected {kind.__name__}", value)

    return validator


def optional(kind: type[object]) -> Validator:
    """Accept an instance of `kind`, or None."""

    def validator(instance: object, attribute: Field, value: Checked) -> None:
        if value is not None and not isinstance(value, kind):
            _refuse(instance, attribute, f"expected {kind.__name__} or None", value)

    return validator


def optional_either(*kinds: type[object]) -> Validator:
    """Accept an instance of one of `kinds`, or None."""
    names = " or ".join(kind.__name__ for kind in kinds)

    def validator(instance: object, attribute: Field, value: Checked) -> None:
        if value is not None and not isinstance(value, kinds):
            _refuse(instance, attribute, f"expected {names} or None", value)

    return validator


def many(kind: type[object]) -> Validator:
    """Accept a tuple of instances of `kind`."""
    rule = f"expected a list of {kind.__name__}"

    def validator(instance: object, attribute: Field, value: Checked) -> None:
        if not isinstance(value, tuple):
            _refuse(instance, attribute, rule, value)
        for element in value:
            if not isinstance(element, kind):
                _refuse(instance, attribute, rule, value)

    return validator


def optional_many(kind: type[object]) -> Validator:
    """Accept a tuple of instances of `kind`, or None."""
    required = many(kind)

    def validator(instance: object, attribute: Field, value: Checked) -> None:
        if value is not None:
            required(instance, attribute, value)

    return validator


def optional_map(kind: type[object]) -> Validator:
    """Accept a FrozenMap from str to instances of `kind`, or None. Values are never quoted."""
    exactly = frozenset({kind})

    def validator(instance: object, attribute: Field, value: Checked) -> None:
        if value is None:
            return
        if not isinstance(value, FrozenMap):
            rule = f"expected a mapping of str to {kind.__name__}, or None"
            raise WrongTypeError(rule, path=_path(instance, attribute), value=type(value).__name__)
        if _STR.issuperset(map(type, value)) and exactly.issuperset(map(type, value.values())):
            return
        for key, element in value.items():
            if not isinstance(key, str):
                path = _path(instance, attribute)
                raise WrongTypeError("expected a str as key", path=path, value=shown(key))
            if not isinstance(element, kind):
                path = f"{_path(instance, attribute)}[{shown(key)}]"
                raise WrongTypeError(
                    f"expected {kind.__name__}", path=path, value=type(element).__name__
                )

    return validator
