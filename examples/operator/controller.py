"""The operator: kopf watches, certlife decides and does.

`kopf run -m examples.operator.controller --all-namespaces --standalone` runs it. kopf wakes whoever
looks after a Certificate when something near it changes; the driver's `settle` does what there is
to do, and says when to look again though nothing changes. Nothing is written into a Certificate but
its status: no finalizer holds it when the operator is gone.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

import kopf

from certlife.driver import settle
from certlife.errors import CertlifeError
from certlife.model.annotations import CERTIFICATE_NAME
from examples.operator.api import Api
from examples.operator.issuer import ClusterIssuers, SystemClock
from examples.operator.store import CertificateStore

if TYPE_CHECKING:
    from threading import Event

CERTIFICATES: Final = ("cert-manager.io", "v1", "certificates")
REQUESTS: Final = ("cert-manager.io", "v1", "certificaterequests")
AFTER_A_PROBLEM: Final = timedelta(minutes=1)
Place: TypeAlias = tuple[str | None, str]
"""A namespace, and a name in it."""

LOGGER: Final = logging.getLogger(__name__)


class Caretakers:
    """One task for each Certificate, asleep until it is woken or something is due."""

    def __init__(self) -> None:
        self.api: Api | None = None
        """Set as soon as kopf has logged in."""
        self._calls: dict[Place, asyncio.Event] = {}
        self._secrets: dict[Place, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def note(self, place: Place, secret_name: str) -> None:
        """Take a Certificate on, or see to it again, and to others that name the same Secret."""
        self._secrets[place] = secret_name
        if place not in self._calls:
            self._calls[place] = asyncio.Event()
            task = asyncio.create_task(self._look_after(place))
            self._tasks.add(task)  # or it would be collected while it sleeps
            task.add_done_callback(self._tasks.discard)
        self.wake_for_secret((place[0], secret_name))

    def wake(self, place: Place) -> None:
        """Have somebody look at a Certificate now, if we know it."""
        if place in self._calls:
            self._calls[place].set()

    def wake_for_secret(self, secret: Place) -> None:
        """Have somebody look at the Certificates that name a Secret."""
        for place, name in self._secrets.items():
            if (place[0], name) == secret:
                self.wake(place)

    def dismiss(self) -> None:
        """End all of them; whoever is at work is as good as crashed, which harms nothing."""
        for task in self._tasks:
            task.cancel()

    async def _look_after(self, place: Place) -> None:
        """Look at a Certificate, sleep, and so on until it is gone."""
        call = self._calls[place]
        pause: float | None = None
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(call.wait(), pause)
            call.clear()
            at, is_gone = await asyncio.to_thread(self._settle, place)
            if is_gone and not call.is_set():
                del self._calls[place], self._secrets[place]
                return
            pause = None if at is None else max(0, (at - datetime.now(UTC)).total_seconds())

    def _settle(self, place: Place) -> tuple[datetime | None, bool]:
        """Do what there is to do; return when to look again, and whether nothing is left to."""
        if self.api is None:
            return datetime.now(UTC) + AFTER_A_PROBLEM, False
        store = CertificateStore(self.api, *place)
        try:
            return settle(store, ClusterIssuers(self.api), SystemClock()), store.is_gone
        except CertlifeError as error:
            LOGGER.warning("cannot look at %s/%s: %s", *place, error)
            return datetime.now(UTC) + AFTER_A_PROBLEM, False


def operate(stop: Event | None = None) -> None:
    """Run in this thread, for all namespaces, until somebody sets `stop`."""
    kopf.run(clusterwide=True, standalone=True, stop_flag=stop)


@kopf.on.startup()
def begin(memo: kopf.Memo, settings: kopf.OperatorSettings, **_: object) -> None:
    """Set up; every object's memo is a copy of this one, with the same caretakers."""
    settings.scanning.disabled = True  # neither CRDs nor namespaces come while we run
    memo.caretakers = Caretakers()


@kopf.on.login()
def log_in(
    memo: kopf.Memo, settings: kopf.OperatorSettings, **_: object
) -> kopf.ConnectionInfo | None:
    """Log in as the Pod's service account, or as the kubeconfig says."""
    found = kopf.login_with_service_account(settings=settings)
    found = found or kopf.login_with_kubeconfig(settings=settings)
    if found is not None:
        memo.caretakers.api = Api(found)
    return found


@kopf.on.cleanup()
def end(memo: kopf.Memo, **_: object) -> None:
    """Stop."""
    memo.caretakers.dismiss()


@kopf.on.event(*CERTIFICATES)
async def certificate_changed(
    memo: kopf.Memo, namespace: str | None, name: str, spec: kopf.Spec, **_: object
) -> None:
    """See to a Certificate; also to one that is gone, whose Secret another may own now."""
    memo.caretakers.note((namespace, name), spec.get("secretName", ""))


@kopf.on.event("secrets")
async def secret_changed(memo: kopf.Memo, namespace: str | None, name: str, **_: object) -> None:
    """See to the Certificates that name it."""
    memo.caretakers.wake_for_secret((namespace, name))


@kopf.on.event(*REQUESTS)
async def request_changed(
    memo: kopf.Memo, namespace: str | None, annotations: kopf.Annotations, **_: object
) -> None:
    """See to the Certificate that it was made for."""
    memo.caretakers.wake((namespace, annotations.get(CERTIFICATE_NAME, "")))
