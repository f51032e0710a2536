"""What we ask of the Kubernetes API: four verbs on paths, each meaning what a Store has to mean.

Creating does nothing where something is there, deleting nothing where nothing is, and replacing
nothing where something else is there than what was read. All else that goes wrong is an ApiError,
after which the driver tries again.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NotRequired, TypedDict
from urllib.error import HTTPError
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

from certlife.errors import CertlifeError

if TYPE_CHECKING:
    import kopf

TIMEOUT: Final = 30.0


class ApiError(CertlifeError):
    """The API server cannot be reached, or refuses; the path is what was asked for."""


class Metadata(TypedDict):
    """What of an object's metadata is of use here."""

    name: str
    namespace: str
    uid: str
    resourceVersion: str
    creationTimestamp: str
    generation: int
    annotations: NotRequired[dict[str, str]]


class Object(TypedDict):
    """An object of Kubernetes, as JSON has it."""

    apiVersion: str
    kind: str
    metadata: Metadata
    spec: NotRequired[dict[str, object]]
    status: NotRequired[dict[str, object]]
    data: NotRequired[dict[str, str]]
    reason: NotRequired[str]  # of an Event
    message: NotRequired[str]


class Api:
    """The API server that kopf has logged in to.

    Args:
        connection: Where it is, and who we are.
    """

    def __init__(self, connection: kopf.ConnectionInfo) -> None:
        self._server = connection.server.rstrip("/")
        self._headers = connection.as_http_headers()
        https = HTTPSHandler(context=connection.as_ssl_context())
        self._opener = build_opener(ProxyHandler({}), https)

    def read(self, path: str) -> Object | None:
        """Return an object or a list; None where there is none."""
        return self._send("GET", path, None, HTTPStatus.NOT_FOUND)

    def create(self, path: str, body: object) -> bool:
        """Create an object in a collection; return whether none of that name was there."""
        return self._send("POST", path, body, HTTPStatus.CONFLICT) is not None

    def replace(self, path: str, body: object) -> bool:
        """Replace an object, if it is there and still what was read; return whether it was."""
        missed = HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND
        return self._send("PUT", path, body, *missed) is not None

    def delete(self, path: str, uid: str | None = None) -> None:
        """Delete an object, if it is there and, where a uid is said, the same."""
        body = {"preconditions": {"uid": uid}} if uid else None
        self._send("DELETE", path, body, HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND)

    def _send(self, method: str, path: str, body: object, *expected: HTTPStatus) -> Object | None:
        """Ask, and return the answer; None for the failures that are expected."""
        data = None if body is None else json.dumps(body).encode()
        headers = {**self._headers, "Content-Type": "application/json"}
        request = Request(self._server + path, data, headers, method=method)  # noqa: S310 — kopf's
        try:
            with self._opener.open(request, timeout=TIMEOUT) as response:
                answer: Object = json.load(response)
                return answer
        except HTTPError as error:
            error.close()
            if error.code in expected:
                return None
            raise ApiError(f"{method} was answered with {error.code}", path=path) from None
        except (OSError, ValueError) as error:
            raise ApiError(f"{method} failed, {error}", path=path) from None
