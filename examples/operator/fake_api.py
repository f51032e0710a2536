"""A small API server over HTTP on loopback, in front of a FakeCluster."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

from examples.operator.fake_cluster import (
    CERTIFICATES,
    EVENTS,
    ISSUERS,
    NAMESPACES,
    REQUESTS,
    SECRETS,
    FakeCluster,
    Place,
    RefusedError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from examples.operator.api import Object

PATH: Final = re.compile(
    r"(?P<api>/api/v1|/apis/cert-manager.io/v1)(/namespaces/(?P<namespace>[^/]+))?"
    r"/(?P<plural>[a-z]+)(/(?P<name>[^/]+))?(?P<status>/status)?"
)
KINDS: Final = {
    NAMESPACES: "Namespace",
    SECRETS: "Secret",
    EVENTS: "Event",
    CERTIFICATES: "Certificate",
    REQUESTS: "CertificateRequest",
    ISSUERS: "Issuer",
}


def resources(api: str) -> dict[str, object]:
    """Say which kinds there are."""
    listed = [
        {
            "name": collection.removeprefix(f"{api}/"),
            "kind": kind,
            "singularName": kind.lower(),
            "namespaced": collection != NAMESPACES,
            "verbs": ["create", "delete", "get", "list", "update", "watch"],
        }
        for collection, kind in KINDS.items()
        if collection.startswith(f"{api}/")
    ]
    return {"resources": listed}


VERSION: Final = {"version": "v1"}
DISCOVERY: Final = {
    "/api": {"versions": ["v1"]},
    "/api/v1": resources("/api/v1"),
    "/apis": {
        "groups": [{"name": "cert-manager.io", "versions": [VERSION], "preferredVersion": VERSION}]
    },
    "/apis/cert-manager.io/v1": resources("/apis/cert-manager.io/v1"),
}


@contextmanager
def served(cluster: FakeCluster) -> Generator[str]:
    """Serve a cluster, and yield the kubeconfig that leads there; JSON, which is YAML, too."""
    handler = type("Handler", (_Handler,), {"cluster": cluster})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield json.dumps(
            {
                "current-context": "fake",
                "contexts": [{"name": "fake", "context": {"cluster": "fake", "user": "fake"}}],
                "clusters": [
                    {
                        "name": "fake",
                        "cluster": {"server": f"http://127.0.0.1:{server.server_port}"},
                    }
                ],
                "users": [{"name": "fake", "user": {}}],
            }
        )
    finally:
        cluster.close()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """Takes one connection; each server has a subclass that says for which cluster."""

    cluster: FakeCluster
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — http.server's name
        """Say nothing."""

    def do_GET(self) -> None:
        """Read an object, or some, or watch them."""
        if self.path in DISCOVERY:
            self._send(HTTPStatus.OK, DISCOVERY[self.path])
            return
        place = self._place()
        query = parse_qs(urlsplit(self.path).query)
        if place.name:
            one = self.cluster.get(place)
            self._send(HTTPStatus.OK if one else HTTPStatus.NOT_FOUND, one)
        elif "watch" in query:
            self._stream(place.collection, int(query["resourceVersion"][0]))
        else:
            version, items = self.cluster.find(place.collection, place.namespace)
            listed = {
                "apiVersion": place.collection.split("/", 2)[2].rpartition("/")[0],
                "kind": f"{KINDS[place.collection]}List",
                "metadata": {"resourceVersion": str(version)},
                "items": items,
            }
            self._send(HTTPStatus.OK, listed)

    def do_POST(self) -> None:
        """Create an object."""
        body: Object = json.loads(self._body())
        place = self._place()._replace(name=body["metadata"].get("name", ""))
        self._try(lambda: self.cluster.create(place, body))

    def do_PUT(self) -> None:
        """Replace an object, or its status."""
        body, place = json.loads(self._body()), self._place()
        is_status = self.path.endswith("/status")
        self._try(lambda: self.cluster.replace(place, body, is_status=is_status))

    def do_DELETE(self) -> None:
        """Delete an object."""
        options: dict[str, dict[str, str]] | None = json.loads(self._body())
        uid = options["preconditions"]["uid"] if options else None
        place = self._place()
        self._try(lambda: self.cluster.delete(place, uid))

    def _place(self) -> Place:
        found = PATH.fullmatch(urlsplit(self.path).path)
        if found is None:
            raise ValueError(self.path)
        return Place(
            f"{found['api']}/{found['plural']}", found["namespace"] or "", found["name"] or ""
        )

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"null"

    def _try(self, change: Callable[[], Object]) -> None:
        try:
            self._send(HTTPStatus.OK, change())
        except RefusedError as error:
            self._send(error.status, None)

    def _send(self, status: HTTPStatus, answer: object) -> None:
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, collection: str, since: int) -> None:
        self.close_connection = True  # which ends the stream
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        with suppress(OSError):  # nobody listens any more
            for kind, one in self.cluster.watch(collection, since):
                self.wfile.write(json.dumps({"type": kind, "object": one}).encode() + b"\n")
