"""A mapping that is frozen all the way: immutable, hashable and picklable.

`types.MappingProxyType` is none of the last two and only a view of a dict that others may change.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from typing import Generic, TypeVar, overload

Key = TypeVar("Key")
Value_co = TypeVar("Value_co", covariant=True)
Default = TypeVar("Default")


class FrozenMap(Mapping[Key, Value_co], Generic[Key, Value_co]):
    """An immutable mapping, equal to every mapping with the same items.

    Args:
        items: A mapping or pairs, copied. Later pairs win, as in `dict`.
    """

    __slots__ = ("_hash", "_items")
    _items: dict[Key, Value_co]
    _hash: int | None

    def __init__(self, items: Mapping[Key, Value_co] | Iterable[tuple[Key, Value_co]] = ()) -> None:
        object.__setattr__(self, "_items", dict(items))
        object.__setattr__(self, "_hash", None)

    def __getitem__(self, key: Key) -> Value_co:
        return self._items[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, key: object) -> bool:
        return key in self._items

    # Mapping would make these of the three above, ten times as slow.

    @overload
    def get(self, key: Key, default: None = None, /) -> Value_co | None: ...
    @overload
    def get(self, key: Key, default: Value_co | Default, /) -> Value_co | Default: ...
    def get(self, key: Key, default: object = None, /) -> object:
        """The value of a key, or `default` where there is no such key."""
        return self._items.get(key, default)

    def keys(self) -> KeysView[Key]:
        """The keys, as a view."""
        return self._items.keys()

    def values(self) -> ValuesView[Value_co]:
        """The values, as a view."""
        return self._items.values()

    def items(self) -> ItemsView[Key, Value_co]:
        """The keys with their values, as a view."""
        return self._items.items()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, FrozenMap):
            return self._items == other._items
        return self._items == other

    def __hash__(self) -> int:
        if self._hash is None:
            object.__setattr__(self, "_hash", hash(frozenset(self._items.items())))
        return hash(self._hash)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._items!r})"

    def __reduce__(self) -> tuple[type[FrozenMap[Key, Value_co]], tuple[dict[Key, Value_co]]]:
        """Rebuild from the items: the cached hash of strings differs between processes."""
        return type(self), (self._items,)
