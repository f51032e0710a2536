"""A table says which field of the API is which attribute of the model; here it reads and writes.

One table serves both ways, so object -> model -> object is the identity on what the model knows.
Null is absent, as in the API; a field that no table has is noted and otherwise ignored. Readers are
made from the tables once, when they are loaded: an export has millions of fields to look up. This
module knows neither which fields there are nor what they mean.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from attrs import field, frozen

from certlife.adapters.kubernetes.values import elements, inside, key_text, mapping, plain
from certlife.errors import CertlifeError

Model_co = TypeVar("Model_co", covariant=True)


@frozen(eq=False)
class Leaf:
    """A field whose value has no fields of its own.

    Args:
        attribute: Where the model has it.
        read: Turns a value, not null, into the attribute's or raises a CertlifeError.
        write: Turns the attribute's value, not None, into JSON.
    """

    attribute: str
    read: Callable[[object], object]
    write: Callable[[object], object] = plain


@frozen(eq=False)
class One:
    """A field whose value is an object, with a class of its own in the model."""

    attribute: str
    shape: Shape[object]


@frozen(eq=False)
class Many:
    """A field whose value is a list of such objects."""

    attribute: str
    shape: Shape[object]


@frozen(eq=False)
class Inline:
    """A field whose value is an object, the fields of which the model has one level higher."""

    table: Table


Entry = Leaf | One | Many | Inline

Collector = Callable[[object, list[str], dict[str, object]], None]
"""Adds what an object, as JSON has it, says to the attributes of the model in the third argument.

The second collects the paths of the fields that no table has. Raises a CertlifeError for a field
that cannot be read, with a relative path: "dnsNames[1]".
"""

Reader = Callable[[object, list[str]], Model_co]
"""Reads an object, as JSON has it; the second argument and the errors are those of a Collector."""


@frozen(eq=False)
class Table:
    """The fields of an object.

    Args:
        fields: By their names in the API.
        skipped: Further fields, which the API has and the model has no use for.
    """

    fields: Mapping[object, Entry]
    skipped: frozenset[object] = frozenset()

    def collector(self, where: str) -> Collector:
        """Make the function that reads the fields of an object.

        Args:
            where: The object's path without indexes: "Certificate.spec".
        """
        leaves, objects = _parted(self.fields, where)
        leaf_of, object_of, skipped = leaves.get, objects.get, self.skipped

        def collect(value: object, unknown: list[str], found: dict[str, object]) -> None:
            members = mapping(value)
            key: object = None
            try:
                for key, element in members.items():
                    if element is None:
                        continue
                    leaf = leaf_of(key)
                    if leaf is not None:
                        attribute, read = leaf
                        found[attribute] = read(element)
                    elif (read_object := object_of(key)) is not None:
                        read_object(element, unknown, found)
                    elif key not in skipped:
                        unknown.append(f"{where}.{key_text(key)}")
            except CertlifeError as error:
                raise inside(key_text(key), error) from None

        return collect

    def write(self, model: object) -> dict[str, object]:
        """Write the attributes that are not None, and inline objects that are not empty."""
        written = ((key, _value(model, entry)) for key, entry in self.fields.items())
        return {str(key): value for key, value in written if value is not None}


@frozen(eq=False)
class Shape(Generic[Model_co]):
    """An object of the API with a class of its own in the model.

    Args:
        build: The class, called with the attributes that were found.
        table: The object's fields.
        required: What stands for the attributes that the class cannot do without and the object
            lacks: the empty value that Go reads there. `validate` says that they are missing.
    """

    build: Callable[..., Model_co]
    table: Table
    required: Mapping[str, object] = field(factory=dict)

    def reader(self, where: str) -> Reader[Model_co]:
        """Make the function that reads one object; `where` is as for `Table.collector`."""
        build, required, collect = self.build, {**self.required}, self.table.collector(where)

        def read(value: object, unknown: list[str]) -> Model_co:
            found = required.copy()
            collect(value, unknown, found)
            return build(**found)

        return read


def _parted(
    fields: Mapping[object, Entry], where: str
) -> tuple[dict[object, tuple[str, Callable[[object], object]]], dict[object, Collector]]:
    """Part the fields that `read` reads from those whose value is another table's to read."""
    leaves: dict[object, tuple[str, Callable[[object], object]]] = {}
    objects: dict[object, Collector] = {}
    for key, entry in fields.items():
        inner = f"{where}.{key}"
        match entry:
            case Leaf():
                leaves[key] = entry.attribute, entry.read
            case One():
                objects[key] = _one(entry.attribute, entry.shape.reader(inner))
            case Many():
                objects[key] = _many(entry.attribute, entry.shape.reader(inner))
            case _:
                objects[key] = entry.table.collector(inner)
    return leaves, objects


def _one(attribute: str, read: Reader[object]) -> Collector:
    def collect(value: object, unknown: list[str], found: dict[str, object]) -> None:
        found[attribute] = read(value, unknown)

    return collect


def _many(attribute: str, read: Reader[object]) -> Collector:
    def collect(value: object, unknown: list[str], found: dict[str, object]) -> None:
        found[attribute] = elements(value, lambda element: read(element, unknown))

    return collect


def _value(model: object, entry: Entry) -> object:
    if isinstance(entry, Inline):
        return entry.table.write(model) or None
    value: object = getattr(model, entry.attribute)
    if value is None:
        return None
    if isinstance(entry, Leaf):
        return entry.write(value)
    if isinstance(entry, One):
        return entry.shape.table.write(value)
    return list(elements(value, entry.shape.table.write))
