"""YAML read as if it were JSON: the values that JSON has, every other word as text.

YAML 1.1 takes `NO` for false, `010` for eight and `12:30:00` for 45,000; here they are text, as
they are to whoever writes them. Anchors, aliases, merge keys, tags and duplicate keys are refused.
PyYAML finds the events, and what they mean is decided here, without recursion. This module knows
nothing of what the values mean, and quotes none of them: a document may be a Secret.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

import yaml

from certlife.adapters.strict_json import (
    MAX_DEPTH,
    TOO_DEEP,
    Json,
    check_unicode,
    duplicate_key,
    fraction,
    integer,
)
from certlife.errors import ManifestError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yaml._yaml import Mark as CMark

_WORDS: Final[dict[str, Json]] = {"": None, "~": None, "null": None, "true": True, "false": False}
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")  # RFC 8259, 6
_NESTING: Final = (
    "maximum nesting"  # since PyYAML 6.0.4 libyaml, which reads ahead, may say it first
)
_QUOTATION: Final = re.compile(r"'.*'|\".*\"", re.DOTALL)

_Collection: TypeAlias = dict[str, Json] | list[Json]


def read_yaml(text: str, *, first_line: int) -> Iterator[Json]:
    """Yield the documents of a text, in order; one that says nothing is null.

    Args:
        text: The text, without lone surrogates of its own.
        first_line: The number of the text's first line, for errors.

    Raises:
        ManifestError: A document is no YAML, or says what JSON could not. The reading ends there.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    building = _Building()
    try:
        for event in yaml.parse(text, Loader=loader):
            try:
                building.take(event)
            except ManifestError as error:
                rule = error.rule + _place(event.start_mark, first_line)
                raise ManifestError(rule, value=error.value) from None
            if isinstance(event, yaml.DocumentEndEvent):
                yield building.document.pop()
    except yaml.MarkedYAMLError as error:
        # PyYAML's own scanner quotes what it stumbles over, which may be half a password.
        problem = _QUOTATION.sub("...", error.problem or "")
        place = _place(error.problem_mark, first_line)
        if _NESTING in problem:
            raise ManifestError(f"{TOO_DEEP}{place}") from None
        raise ManifestError(f"expected YAML: {problem}{place}") from None
    except yaml.YAMLError:
        raise ManifestError("expected YAML, without control characters") from None


class _Building:
    """A document that is being read, event by event."""

    def __init__(self) -> None:
        """Begin where a document may start."""
        self.document: list[Json] = []
        self._opened: list[_Collection] = [
            self.document
        ]  # those without their end, outermost first
        self._key: str | None = None  # of the innermost mapping, where it waits for its value

    def take(self, event: yaml.Event) -> None:
        """Read on.

        Raises:
            ManifestError: The document says what JSON could not.
        """
        match event:
            case yaml.AliasEvent():
                raise ManifestError("expected no aliases (*): write the value out")
            case yaml.NodeEvent(anchor=str()):
                raise ManifestError("expected no anchors (&): write the value out each time")
            case yaml.ScalarEvent(tag=str()) | yaml.CollectionStartEvent(tag=str()):
                raise ManifestError("expected no tags (!)")
            case yaml.ScalarEvent():
                if isinstance(self._opened[-1], dict) and self._key is None:
                    self._key = _key(event, self._opened[-1])
                else:
                    self._add(_value(event))
            case yaml.MappingStartEvent():
                self._open({})
            case yaml.SequenceStartEvent():
                self._open([])
            case yaml.CollectionEndEvent():
                self._opened.pop()
            case yaml.DocumentEndEvent():
                check_unicode(self.document)  # libyaml refuses `\ud800`, PyYAML does not
            case _:
                pass  # where stream and document start and where the stream ends says nothing

    def _open(self, collection: _Collection) -> None:
        if len(self._opened) > MAX_DEPTH:
            raise ManifestError(TOO_DEEP)
        self._add(collection)
        self._opened.append(collection)

    def _add(self, value: Json) -> None:
        innermost = self._opened[-1]
        if isinstance(innermost, list):
            innermost.append(value)
        elif self._key is None:
            raise ManifestError("expected text as key")
        else:
            innermost[self._key] = value
            self._key = None


def _key(event: yaml.ScalarEvent, mapping: dict[str, Json]) -> str:
    """Read a key: as in JSON it is text, whatever it looks like."""
    if event.value == "<<" and event.implicit[0]:
        raise ManifestError("expected no merge keys (<<): write the fields out")
    if event.value in mapping:
        raise duplicate_key(event.value)
    return event.value


def _value(event: yaml.ScalarEvent) -> Json:
    text = event.value
    if not event.implicit[0]:  # quoted, or a block of text
        return text
    if text in _WORDS:
        return _WORDS[text]
    number = _NUMBER.fullmatch(text)
    if number is None:
        return text
    return integer(text) if number.lastindex is None else fraction(text)


def _place(mark: yaml.Mark | CMark | None, first_line: int) -> str:
    return f", line {first_line + mark.line}, column {mark.column + 1}" if mark else ""
