"""A small fleet, and workers of several kinds to judge it."""

from __future__ import annotations

import json
from concurrent.futures import Executor, Future
from datetime import timedelta
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from attrs import evolve

from certlife.adapters.kubernetes import write_certificate, write_request, write_secret
from certlife.model import annotations as keys
from certlife.testing import issued
from tests.policy.worlds import DUE_AT, ISSUED_AT, QUIET, SPEC, stored, with_annotations

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from certlife.model.snapshot import Snapshot
    from certlife.policy.violation import Violation

P = ParamSpec("P")
T = TypeVar("T")

NOW: Final = ISSUED_AT + timedelta(days=1)
LATER: Final = DUE_AT + timedelta(hours=1)


def named(name: str, snapshot: Snapshot = QUIET, *, namespace: str = "default") -> Snapshot:
    """A world about a Certificate of another name."""
    certificate = evolve(snapshot.certificate, name=name, namespace=namespace)
    noted = with_annotations({keys.CERTIFICATE_NAME: name}, snapshot)
    return evolve(noted, certificate=certificate)


def fleet(count: int) -> list[Snapshot]:
    """So many Certificates, each with a Secret and a request of its own."""
    return [
        issued(evolve(SPEC, secret_name=f"web-{number}-tls"), at=ISSUED_AT, name=f"web-{number}")
        for number in range(count)
    ]


def exported(snapshot: Snapshot = QUIET) -> bytes:
    """The objects of a world, as kubectl prints them."""
    items = [
        write_certificate(snapshot.certificate),
        write_secret(evolve(stored(snapshot), namespace=snapshot.certificate.namespace)),
        *map(write_request, snapshot.requests),
    ]
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items}).encode()


class Slow(Executor):
    """An executor that does nothing before it is waited for; it counts, and notes all it gets."""

    def __init__(self, *, notes: bool = True) -> None:
        self.notes = notes
        self.waiting: list[Callable[[], None]] = []
        self.most = 0
        self.seen: list[object] = []
        self.cancelled = 0

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        if self.notes:
            self.seen.extend(args)
        future = _Lazy[T](self, lambda: fn(*args, **kwargs))
        self.waiting.append(future.work_off)
        self.most = max(self.most, len(self.waiting))
        return future


class _Lazy(Future[T]):
    def __init__(self, crew: Slow, work: Callable[[], T]) -> None:
        super().__init__()
        self.crew = crew
        self.work = work

    def work_off(self) -> None:
        if self.cancelled():
            self.crew.cancelled += 1
        else:
            self.set_result(self.work())

    def result(self, timeout: float | None = None) -> T:
        if not self.done():
            self.crew.waiting.remove(self.work_off)
            self.work_off()
        return super().result(timeout)


def raises(_: Snapshot, /, *, now: datetime) -> tuple[Violation, ...]:
    """A rule that quotes what it must not."""
    raise KeyError(f"the key of {now:%Y}")
