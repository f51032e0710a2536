"""One question, as the fields of a vector's `input` with their types.

An absent field and null mean the same. A field of another type than is asked for is a broken
vector, not an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from attrs import frozen

from certlife.schedule.durations import parse_duration
from certlife.schedule.instants import parse_instant
from tests.conformance.materials import Json, VectorsError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

Kind = TypeVar("Kind")


@frozen
class Question:
    """What is asked.

    Args:
        op: The operation: "trigger", "renewal_time" and so on.
        fields: `input`, with the materials in their places.
    """

    op: str
    fields: Mapping[str, Json]

    def text(self, name: str) -> str:
        """A string, "" where there is none."""
        return self._field(name, str) or ""

    def octets(self, name: str) -> bytes:
        """The bytes of a string, none where there is none."""
        return self.text(name).encode("utf-8", "surrogateescape")

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean."""
        value = self._field(name, bool)
        return default if value is None else value

    def integer(self, name: str) -> int | None:
        """An integer."""
        return self._field(name, int)

    def object(self, name: str) -> Mapping[str, Json] | None:
        """An object: a Kubernetes object, a spec or another record."""
        return self._field(name, dict)

    def objects(self, name: str) -> Sequence[Mapping[str, Json]]:
        """A list of objects, empty where there is none."""
        found: list[Mapping[str, Json]] = []
        for element in self._field(name, list) or ():
            if not isinstance(element, dict):
                raise VectorsError(f"{self.op}: {name} is no list of objects")
            found.append(element)
        return found

    def inner(self, name: str) -> Question:
        """The fields of an object as a question of their own, none where there is no object."""
        return Question(self.op, self.object(name) or {})

    def instant(self, name: str) -> datetime | None:
        """An instant."""
        value = self._field(name, str)
        return None if value is None else parse_instant(value, path=name)

    def required_instant(self, name: str) -> datetime:
        """An instant that the question makes no sense without."""
        value = self.instant(name)
        if value is None:
            raise VectorsError(f"{self.op}: {name} is missing")
        return value

    def duration(self, name: str) -> timedelta | None:
        """A duration.

        Raises:
            InvalidValueError: It is finer than a microsecond.
        """
        value = self._field(name, str)
        return None if value is None else parse_duration(value, path=name)

    def _field(self, name: str, kind: type[Kind]) -> Kind | None:
        value = self.fields.get(name)
        if value is None:
            return None
        if type(value) is not kind:
            raise VectorsError(f"{self.op}: {name} is no {kind.__name__}")
        return value
