"""Which fields of an object a manager owns: Kubernetes' FieldsV1, read into a set of paths.

As structured-merge-diff reads it: {"f:metadata": {"f:labels": {".": {}, "f:app": {}}}} owns
metadata.labels and metadata.labels.app.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, TypeAlias

from certlife.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from certlife.model.metadata import ManagedFields

FieldPath: TypeAlias = tuple[str, ...]
"""The steps to a field, each with its prefix: ("f:metadata", "f:labels", "f:app")."""

_SELF: Final = "."
_INDEX: Final = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)  # what fits into Go's 64 bits


def owned_fields(entries: Iterable[ManagedFields] | None, manager: str) -> frozenset[FieldPath]:
    """Return the paths that a manager owns by any of its entries.

    Args:
        entries: `metadata.managedFields`.
        manager: The manager's name.

    Raises:
        UnreadableError: If an entry of the manager is no field set.
    """
    return frozenset().union(*_field_sets(entries, manager))


def owns_field(entries: Iterable[ManagedFields] | None, manager: str, path: FieldPath) -> bool:
    """Tell whether a manager owns a path by any of its entries.

    As cert-manager does, no further entry is read once the path is found: what cannot be read
    after that is not noticed.

    Args:
        entries: `metadata.managedFields`.
        manager: The manager's name.
        path: The steps to the field.

    Raises:
        UnreadableError: If an entry that is read is no field set.
    """
    return any(path in owned for owned in _field_sets(entries, manager))


def _field_sets(
    entries: Iterable[ManagedFields] | None, manager: str
) -> Iterator[frozenset[FieldPath]]:
    for entry in entries or ():
        if entry.manager == manager and entry.fields_v1 is not None:
            yield read_field_set(entry.fields_v1)


def read_field_set(text: str) -> frozenset[FieldPath]:
    """Read one FieldsV1.

    Args:
        text: The JSON text.

    Raises:
        UnreadableError: If it is no JSON, or a step has no known form.
    """
    try:
        root = json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableError("expected a field set in JSON", path="managedFields") from None
    members: set[FieldPath] = set()
    pending: list[tuple[FieldPath, object]] = [((), root)]
    while pending:
        path, node = pending.pop()
        if node is not None and not isinstance(node, dict):
            raise UnreadableError("expected a field set to be an object", path="managedFields")
        steps = [
            (step, child)
            for key, child in (node or {}).items()
            if key != _SELF and (step := _step(key)) is not None
        ]
        if path and (not steps or _SELF in (node or {})):
            members.add(path)
        pending += [((*path, step), child) for step, child in steps]
    return frozenset(members)


def _step(key: str) -> str | None:
    """One step in a canonical spelling; None for a kind from a future that nobody knows yet.

    Raises:
        UnreadableError: If the step has a known kind and is none, or has no kind.
    """
    kind, content = key[:2], key[2:]
    if len(kind) < 2 or kind[1] != ":":  # noqa: PLR2004 — a letter and a colon
        raise UnreadableError("expected a field set's key as kind:name", path="managedFields")
    match kind:
        case "f:":
            return key
        case "i:":
            if _INDEX.fullmatch(content) is None:
                raise UnreadableError("expected an index", path="managedFields")
            return f"i:{int(content)}"
        case "v:" | "k:":
            return kind + _canonical(content, is_key=kind == "k:")
        case _:
            return None


def _canonical(content: str, *, is_key: bool) -> str:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        raise UnreadableError("expected a value in JSON", path="managedFields") from None
    if is_key and not isinstance(value, dict):
        raise UnreadableError("expected a key as a JSON object", path="managedFields")
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def key_step(**fields: str) -> str:
    """Spell the step to the list element whose key fields have these values."""
    return "k:" + json.dumps(fields, sort_keys=True, separators=(",", ":"))
