"""The rounds of `certlife run`: every Certificate settled, those first that others wait for.

Several are settled at once, since making keys and waiting for the disk can be done side by side:
RSA keys are made on all cores. What happens is logged, and nothing is printed here.
"""

from __future__ import annotations

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from certlife.cli.signers import Signers
from certlife.cli.table import full_name
from certlife.driver import UNDONE, step
from certlife.errors import CertlifeError
from certlife.issuers import Approver, Issuer
from certlife.lifecycle.plan import EventType

if TYPE_CHECKING:
    from threading import Event as Flag

    from certlife.adapters.files import FileStore
    from certlife.cli.configuration import Configuration, Place
    from certlife.issuers import Clock
    from certlife.lifecycle.plan import Event
    from certlife.model.certificate import Certificate

LOGGER: Final = logging.getLogger("certlife")
"""Where events go as they come: INFO, WARNING, and ERROR for what could not be done."""

LONGEST_PAUSE: Final = timedelta(minutes=5)
"""After which every Certificate is looked at again, due or not: somebody may have removed files."""


class SystemClock:
    """What time it is."""

    def now(self) -> datetime:
        """Return the instant, in UTC."""
        return datetime.now(UTC)


class Controller:
    """Settles the Certificates of a configuration in a store, round by round.

    Args:
        configuration: What is to be done.
        store: Where; of this configuration.
        clock: What time it is.
        stop: Set by whoever wants it to stop; what has been begun then ends with its next step.
    """

    def __init__(
        self, configuration: Configuration, store: FileStore, clock: Clock, stop: Flag
    ) -> None:
        self._waves = configuration.waves()
        self._store = store
        self._issuer: Issuer = Signers(configuration, store, clock)
        approval = configuration.settings.approval
        if approval is not None:
            self._issuer = Approver(self._issuer, approval.objections)
        self._passwords = configuration.password
        self._clock = clock
        self._stop = stop
        self._next: dict[Place, datetime | None] = {}
        self._problems: dict[Place, str] = {}

    @property
    def problems(self) -> frozenset[str]:
        """What the last round met with in the store, as it was logged."""
        return frozenset(self._problems.values())

    def settle(self) -> None:
        """Do all that can be done now."""
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as threads:
            for wave in self._waves:
                for _ in threads.map(self._settle_one, wave):
                    pass

    def pause(self) -> timedelta:
        """Return for how long there is nothing to do, as far as is known."""
        now = self._clock.now()
        checks = [at - now for at in self._next.values() if at is not None]
        return max(timedelta(), min([*checks, LONGEST_PAUSE]))

    def _settle_one(self, certificate: Certificate) -> None:
        place = certificate.namespace or "", certificate.name
        met: str | None = None
        while not self._stop.is_set():
            try:
                with self._store.holding(certificate) as snapshot:
                    plan = step(
                        snapshot,
                        self._store,
                        self._issuer,
                        self._clock,
                        passwords=self._passwords,
                    )
            except CertlifeError as error:
                self._next[place] = None
                self._note(certificate, place, str(error))
                return
            problem = self._store.problems.get(place)
            undone = next((one.message for one in plan.events if one.reason == UNDONE), None)
            # One that the next step puts right is one all the same.
            met = (undone if problem is None else str(problem)) or met
            self._note(certificate, place, met)
            for event in plan.events:
                if event.reason != UNDONE:
                    _log(certificate, event)
            self._next[place] = plan.next_check
            if plan.next_check is None or plan.next_check > self._clock.now():
                return

    def _note(self, certificate: Certificate, place: Place, problem: str | None) -> None:
        """Log a problem, once as long as it stays the same."""
        told = f"{full_name(certificate)}: {problem}"
        if problem is None:
            self._problems.pop(place, None)
        elif self._problems.get(place) != told:
            self._problems[place] = told
            LOGGER.error(told)


def _log(certificate: Certificate, event: Event) -> None:
    level = logging.WARNING if event.type is EventType.WARNING else logging.INFO
    LOGGER.log(level, "%s: %s: %s", full_name(certificate), event.reason, event.message)
