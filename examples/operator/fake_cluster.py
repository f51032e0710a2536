"""The objects of a cluster that is not there, for rehearsals and tests.

They are kept in memory, and what Kubernetes does with them is done, as far as an operator can tell:
uids and versions, conflicts, status as a subresource, and a history for those who watch.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from http import HTTPStatus
from threading import Condition
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from examples.operator.api import Object

NAMESPACES: Final = "/api/v1/namespaces"
SECRETS: Final = "/api/v1/secrets"
EVENTS: Final = "/api/v1/events"
CERTIFICATES: Final = "/apis/cert-manager.io/v1/certificates"
REQUESTS: Final = "/apis/cert-manager.io/v1/certificaterequests"
ISSUERS: Final = "/apis/cert-manager.io/v1/issuers"
SCHEMA_LACKS: Final = ("issuances",)
"""What certlife notes in a Certificate's status, and cert-manager's schema would drop."""


class Place(NamedTuple):
    """Where an object is: SECRETS, "shop", "web-tls"."""

    collection: str
    namespace: str
    name: str


class RefusedError(Exception):
    """An answer that is an error."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class FakeCluster:
    """The objects, for a test to read and change as any other client might."""

    def __init__(self) -> None:
        self._objects: dict[Place, Object] = {}
        self._happened: list[tuple[str, Place, Object]] = []
        self._changed = Condition()
        self._is_open = True

    def close(self) -> None:
        """End all watches."""
        with self._changed:
            self._is_open = False
            self._changed.notify_all()

    def wait_for(self, happens: Callable[[], bool], seconds: float = 60) -> bool:
        """Wait until something is so; return whether it is."""
        with self._changed:
            return self._changed.wait_for(happens, seconds)

    def get(self, place: Place) -> Object | None:
        """Return an object, or None."""
        with self._changed:
            found = self._objects.get(place)
            return None if found is None else _copy(found)

    def find(self, collection: str, namespace: str = "") -> tuple[int, list[Object]]:
        """Return a version, and the objects of a kind in a namespace, or in all, as of then."""
        with self._changed:
            found = [
                _copy(one)
                for place, one in self._objects.items()
                if place.collection == collection and namespace in {"", place.namespace}
            ]
            return len(self._happened), found

    def create(self, place: Place, body: object) -> Object:
        """Make an object; its name may be left to us, as those of events are."""
        place = place._replace(name=place.name or f"made-{uuid4()}")
        with self._changed:
            if place in self._objects:
                raise RefusedError(HTTPStatus.CONFLICT)
            made = _copy(body)
            made["metadata"] = {
                **made["metadata"],
                "name": place.name,
                "namespace": place.namespace,
                "uid": str(uuid4()),
                "creationTimestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "generation": 1,
            }
            made.pop("status", None)  # which is a matter of its subresource
            return self._note("ADDED", place, made)

    def replace(self, place: Place, body: object, *, is_status: bool = False) -> Object:
        """Replace all of an object but its status, or the status alone, if it is what was read."""
        said = _copy(body)
        with self._changed:
            there, version = self._there(place), said["metadata"].get("resourceVersion", "")
            if version not in {"", there["metadata"]["resourceVersion"]}:
                raise RefusedError(HTTPStatus.CONFLICT)
            if not version and place.collection != SECRETS:
                raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY)
            made, other = (_copy(there), said) if is_status else (said, there)
            made.pop("status", None)
            if "status" in other:
                kept = other["status"].items()
                made["status"] = {key: one for key, one in kept if key not in SCHEMA_LACKS}
            made["metadata"] = {
                **made["metadata"],
                "uid": there["metadata"]["uid"],
                "resourceVersion": there["metadata"]["resourceVersion"],
                "creationTimestamp": there["metadata"]["creationTimestamp"],
                "generation": there["metadata"]["generation"],
            }
            if made == there:
                return made
            made["metadata"]["generation"] += made.get("spec") != there.get("spec")
            return self._note("MODIFIED", place, made)

    def edit(self, place: Place, *, spec: object = None, status: object = None) -> None:
        """Change spec or status of what is there, as `kubectl edit` does."""
        with self._changed:
            if spec is not None:
                self.replace(place, {**self._there(place), "spec": spec})
            if status is not None:
                self.replace(place, {**self._there(place), "status": status}, is_status=True)

    def delete(self, place: Place, uid: str | None = None) -> Object:
        """Delete an object."""
        with self._changed:
            there = self._there(place)
            if uid not in {None, there["metadata"]["uid"]}:
                raise RefusedError(HTTPStatus.CONFLICT)
            gone = self._note("DELETED", place, _copy(there))
            del self._objects[place]
            return gone

    def watch(self, collection: str, since: int) -> Iterator[tuple[str, Object]]:
        """Tell what has happened since a version, and what happens, until the server ends."""
        while True:
            with self._changed:
                while len(self._happened) == since and self._is_open:
                    self._changed.wait()
                if not self._is_open:
                    return
                news, since = self._happened[since:], len(self._happened)
            yield from ((kind, one) for kind, place, one in news if place.collection == collection)

    def _there(self, place: Place) -> Object:
        if place not in self._objects:
            raise RefusedError(HTTPStatus.NOT_FOUND)
        return self._objects[place]

    def _note(self, kind: str, place: Place, made: Object) -> Object:
        made["metadata"]["resourceVersion"] = str(len(self._happened) + 1)
        self._objects[place] = made
        self._happened.append((kind, place, _copy(made)))
        self._changed.notify_all()
        return _copy(made)


def _copy(body: object) -> Object:
    """Return what comes out at the other end of a wire."""
    copied: Object = json.loads(json.dumps(body))
    return copied
