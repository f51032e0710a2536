"""What the store notes about one Certificate: its status, requests, pending keys and events.

A folder of small files in the form of the Kubernetes API, each written in one step. What cannot be
read is noted as such and otherwise as good as absent; whoever holds the lock sets it aside. Nothing
is decided here.
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Final, TypeVar

from attrs import evolve, frozen

from certlife.adapters.files.places import file_name
from certlife.adapters.kubernetes import (
    read_certificate,
    read_request,
    write_certificate,
    write_request,
)
from certlife.adapters.strict_json import read_json
from certlife.errors import CertlifeError, ManifestError, StoreError
from certlife.lifecycle.plan import Event, EventType
from certlife.pki.keys import PrivateKey
from certlife.schedule.instants import format_instant, parse_instant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from certlife.adapters.files.folder import Folder
    from certlife.adapters.strict_json import Json
    from certlife.model.certificate import Certificate
    from certlife.model.request import CertificateRequest

MAX_EVENTS: Final = 100
"""How many events of a Certificate are kept, the latest."""

_CERTIFICATE: Final = "certificate.json"
_EVENTS: Final = "events.json"
_REQUESTS: Final = "requests"
_KEYS: Final = "keys"
_JSON: Final = ".json"
_PEM: Final = ".pem"
_EVENT_FIELDS: Final = ("at", "type", "reason", "message")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")

Value = TypeVar("Value")


@frozen
class ToldEvent:
    """An event that was kept.

    Args:
        at: When it was told.
        event: What was told; the evidence is not kept.
    """

    at: datetime
    event: Event


class Records:
    """The notes about one Certificate.

    All methods raise StoreError for what the system refuses.

    Args:
        folder: The folder that they are in; there may be none yet.
    """

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._unreadable: list[tuple[str, str, str]] = []

    def certificate(self) -> Certificate | None:
        """Return the Certificate as it was last written, None before that."""
        return self._read("", _CERTIFICATE, _certificate)

    def write_certificate(self, certificate: Certificate) -> None:
        """Write the Certificate with its status."""
        self._folder.replace(_CERTIFICATE, encoded(write_certificate(certificate)))

    def requests(self) -> tuple[CertificateRequest, ...]:
        """Return all requests, by name."""
        with self._within(_REQUESTS) as folder:
            names = folder.names()
        requests = [self._read(_REQUESTS, name, _request) for name in names if name.endswith(_JSON)]
        return tuple(request for request in requests if request is not None)

    def request(self, name: str) -> CertificateRequest | None:
        """Return the request of a name, None where there is none."""
        return self._read(_REQUESTS, file_name(name) + _JSON, _request)

    def write_request(self, request: CertificateRequest) -> None:
        """Write a request."""
        with self._folder.make(_REQUESTS) as folder:
            folder.replace(file_name(request.name) + _JSON, encoded(write_request(request)))

    def delete_request(self, name: str) -> None:
        """Forget a request, if it is there."""
        with self._folder.make(_REQUESTS) as folder:
            folder.remove(file_name(name) + _JSON)

    def key(self, name: str) -> PrivateKey | None:
        """Return the pending key of a name, None where there is none."""
        return self._read(_KEYS, file_name(name) + _PEM, PrivateKey.from_pem)

    def key_pem(self, name: str) -> bytes:
        """Return a pending key as it was written; b"" where there is none."""
        return self._bytes(_KEYS, file_name(name) + _PEM) or b""

    def create_key(self, name: str, pem: bytes) -> None:
        """Keep a pending key, unless there is one of that name."""
        with self._folder.make(_KEYS) as folder:
            if folder.read(file_name(name) + _PEM) is None:
                folder.replace(file_name(name) + _PEM, pem)

    def delete_key(self, name: str) -> None:
        """Forget a pending key, if it is there."""
        with self._folder.make(_KEYS) as folder:
            folder.remove(file_name(name) + _PEM)

    def events(self) -> tuple[ToldEvent, ...]:
        """Return the events that are kept, the latest last."""
        return self._read("", _EVENTS, _events) or ()

    def tell(self, event: Event, at: datetime) -> list[StoreError]:
        """Keep an event, in place of the latest if that says the same.

        Returns:
            What could not be read since last asked, above all the events before: it is set aside,
            and that is kept as an event, too.
        """
        told = list(self.events())
        errors = self.set_aside()
        for one in (*map(unreadable_event, errors), event):
            if told and _written(evolve(told[-1], at=at)) == _written(ToldEvent(at, one)):
                told.pop()
            told.append(ToldEvent(at, one))
        self._folder.replace(_EVENTS, encoded([_written(one) for one in told[-MAX_EVENTS:]]))
        return errors

    def unreadable(self) -> list[StoreError]:
        """Return what could not be read since last asked, and why."""
        return [
            StoreError(
                f"{rule}: look at it, it is set aside before another is written",
                path=str(self._folder.path / sub / name),
            )
            for sub, name, rule in self._unreadable
        ]

    def set_aside(self) -> list[StoreError]:
        """Rename what could not be read, so that nothing is written over it; return what it was."""
        errors = []
        for sub, name, rule in self._unreadable:
            with self._within(sub) as folder:
                aside = _free_name(folder, name)
                folder.rename(name, aside)
                told = f"{rule}: it was set aside as {aside}, look at it and remove it"
                errors.append(StoreError(told, path=folder.called(name)))
        self._unreadable.clear()
        return errors

    @contextmanager
    def _within(self, sub: str) -> Iterator[Folder]:
        """Open a folder in ours; "" is ours."""
        if not sub:
            yield self._folder
            return
        with self._folder.enter(sub) as folder:
            yield folder

    def _bytes(self, sub: str, name: str) -> bytes | None:
        with self._within(sub) as folder:
            return folder.read(name)

    def _read(self, sub: str, name: str, read: Callable[[bytes], Value]) -> Value | None:
        data = self._bytes(sub, name)
        if data is None:
            return None
        try:
            return read(data)
        except CertlifeError as error:
            place = f"{error.path}: " if error.path else ""
            self._unreadable.append((sub, name, f"{place}{error.rule}"))
            return None


def unreadable_event(error: CertlifeError) -> Event:
    """Return the event that something cannot be read."""
    return Event(EventType.WARNING, "Unreadable", str(error))


def as_written(certificate: Certificate) -> Certificate:
    """Return a Certificate as it will be read back."""
    return _certificate(encoded(write_certificate(certificate)))


def encoded(value: object) -> bytes:
    """Write JSON for people; a lone surrogate becomes U+FFFD, as Go has it."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text).encode() + b"\n"


def decoded(data: bytes) -> Json:
    """Read the one document of a JSON file.

    Raises:
        ManifestError: It is none, or more.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise ManifestError("expected text in UTF-8") from None
    documents = list(read_json(text, 0))
    if len(documents) != 1:
        raise ManifestError("expected one JSON document")
    if isinstance(documents[0], ManifestError):
        raise documents[0]
    return documents[0]


def _certificate(data: bytes) -> Certificate:
    return read_certificate(_mapping(decoded(data)))


def _request(data: bytes) -> CertificateRequest:
    return read_request(_mapping(decoded(data)))


def _events(data: bytes) -> tuple[ToldEvent, ...]:
    found = decoded(data)
    if not isinstance(found, list):
        raise ManifestError("expected a list")
    return tuple(_event(_mapping(one)) for one in found)


def _event(fields: Mapping[str, Json]) -> ToldEvent:
    at, kind, reason, message = (str(fields.get(name)) for name in _EVENT_FIELDS)
    try:
        event = Event(EventType(kind), reason, message)
    except ValueError:
        raise ManifestError("expected Normal or Warning", path="type") from None
    return ToldEvent(parse_instant(at, path="at"), event)


def _written(told: ToldEvent) -> dict[str, str]:
    event = told.event
    values = format_instant(told.at), event.type.value, str(event.reason), event.message
    return dict(zip(_EVENT_FIELDS, values, strict=True))


def _mapping(value: Json) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise ManifestError("expected a mapping")
    return value


def _free_name(folder: Folder, name: str) -> str:
    taken = set(folder.names())
    return next(free for number in count(1) if (free := f"{name}.unreadable-{number}") not in taken)
