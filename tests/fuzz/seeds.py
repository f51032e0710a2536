"""The good inputs that bad ones are made of: what the vectors are about.

Everything is read from tests/conformance/vectors, once. This module changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import frozen

from tests.conformance.materials import Materials
from tests.conformance.runner import read_cases
from tests.fuzz.mutators import Tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.conformance.materials import Json

VECTORS: Final = Path(__file__).parents[1] / "conformance" / "vectors"

_WORLDS: Final = ("trigger", "readiness", "post_issuance", "gather")
_SECRET_VALUES: Final = ("data", "tls.key", "password")


@frozen
class World:
    """A Certificate, its Secret and requests as Kubernetes objects, and an instant."""

    objects: tuple[Tree, ...]
    now: str


@frozen
class Seeds:
    """Good inputs, and some that the vectors know to be bad.

    Args:
        certificates: PEM, of one certificate and of many.
        requests: PEM.
        keys: PEM.
        texts: Short texts by what they are: "cron", "duration", "name" and so on.
        worlds: Whole situations.
        values: What the worlds have in a field, by its name; nothing that is secret.
    """

    certificates: tuple[bytes, ...]
    requests: tuple[bytes, ...]
    keys: tuple[bytes, ...]
    texts: Mapping[str, tuple[str, ...]]
    worlds: tuple[World, ...]
    values: Mapping[str, tuple[Tree, ...]]

    @classmethod
    def of_vectors(cls) -> Seeds:
        """Read the vectors."""
        octets = Materials.beside(VECTORS / "any").octets
        pems = [value for value in octets.values() if b"-----BEGIN " in value]
        worlds = tuple(_worlds())
        fields: dict[str, list[Tree]] = defaultdict(list)
        for world in worlds:
            for one in world.objects:
                _collect(one, "", fields)
        values = {name: tuple(found) for name, found in fields.items()}
        return cls(
            certificates=tuple(
                pem for pem in pems if b"CERTIFICATE-----" in pem and b"PRIVATE KEY-----" not in pem
            ),
            requests=tuple(pem for pem in pems if b"CERTIFICATE REQUEST-----" in pem),
            keys=tuple(pem for pem in pems if b"PRIVATE KEY-----" in pem),
            texts=_texts(values),
            worlds=worlds,
            values=values,
        )


def _worlds() -> Iterable[World]:
    for case in read_cases([VECTORS], _WORLDS):
        fields = case.question.fields
        requests = fields.get("requests") or (
            fields.get("currentRequest"),
            fields.get("nextRequest"),
        )
        certificate, ari = _tree(fields["certificate"]), fields.get("ari")
        if isinstance(certificate, dict) and ari is not None:
            status = certificate.setdefault("status", {})
            if isinstance(status, dict):
                status["acme"] = {"ari": {"suggestedWindow": _tree(ari)}}
        objects = (certificate, _tree(fields.get("secret")), *map(_tree, _items(requests)))
        now = fields.get("now") or "2026-11-01T00:00:00Z"
        yield World(tuple(one for one in objects if one is not None), str(now))


def _items(value: object) -> Iterable[Json]:
    return value if isinstance(value, list | tuple) else ()


def _tree(value: Json) -> Tree:
    """Copy a value into containers that can be changed, its text such as JSON can say."""
    if isinstance(value, str):
        return value.encode(errors="surrogateescape").decode(errors="replace")
    if value is None or isinstance(value, bool | int | float):
        return value
    if hasattr(value, "items"):
        return {key: _tree(inner) for key, inner in value.items()}
    return [_tree(inner) for inner in value]


def _collect(tree: Tree, name: str, found: dict[str, list[Tree]]) -> None:
    if name in _SECRET_VALUES:
        return
    if isinstance(tree, dict):
        for key, value in tree.items():
            _collect(value, key, found)
    elif isinstance(tree, list):
        for value in tree:
            _collect(value, name, found)
    elif tree not in found[name]:
        found[name].append(tree)


def _texts(values: Mapping[str, tuple[Tree, ...]]) -> Mapping[str, tuple[str, ...]]:
    asked: dict[str, list[str]] = {}
    wanted = {
        "cron": ("cron_next", "cron"),
        "zone": ("cron_next", "timezone"),
        "instant": ("cron_next", "from"),
        "duration": ("renewal_time", "renewBefore"),
        "name": ("literal_subject", "subject"),
    }
    for kind, (op, field) in wanted.items():
        found = (case.question.fields.get(field) for case in read_cases([VECTORS], [op]))
        asked[kind] = [text for text in found if isinstance(text, str)]
    fields = {"uri": "uris", "ip": "ipAddresses"}
    for kind, name in fields.items():
        asked[kind] = [text for text in values[name] if isinstance(text, str)]
    asked["duration"] += [text for text in values["duration"] if isinstance(text, str)]
    return {kind: tuple(dict.fromkeys(found)) for kind, found in asked.items()}
