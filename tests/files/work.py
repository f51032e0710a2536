"""A process that keeps certificates renewed as fast as it can, in a time that runs fast.

python -m tests.files.work STORE LOG BEGUN COUNT
"""

from __future__ import annotations

import os
import sys
import time
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve

from certlife.adapters.files import FileStore
from certlife.driver import turn
from certlife.model.certificate import Certificate
from certlife.testing.issuer import ScriptedIssuer
from tests.files.world import WEB
from tests.lifecycle.world import NOW

if TYPE_CHECKING:
    from certlife.driver import Clock
    from certlife.lifecycle.answers import Answer
    from certlife.model.request import CertificateRequest

PACE = 250
"""How many days go by in a second; a certificate is due after sixty."""

LIFETIME = timedelta(days=100_000)
"""So long that on a machine that takes its time none expires before it is stored."""
SPEC = evolve(WEB.spec, duration=LIFETIME, renew_before=LIFETIME - timedelta(days=60))


class Pace:
    """A clock that all processes agree on, because it only counts what has gone by."""

    def __init__(self, begun: float) -> None:
        self._begun = begun

    def now(self) -> datetime:
        return NOW + timedelta(days=(time.time() - self._begun) * PACE)


class LoggingIssuer(ScriptedIssuer):
    """An issuer that writes down what it signs: which request, and for which key."""

    def __init__(self, clock: Clock, log: Path) -> None:
        super().__init__(clock)
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def answer(self, request: CertificateRequest) -> Answer:
        answer = super().answer(request)
        self.asked.clear()
        line = f"{request.name} {sha256(request.csr or b'').hexdigest()}\n"
        os.write(self._log, line.encode())
        return answer


def certificates(count: int) -> list[Certificate]:
    """Return the Certificates that all processes keep."""
    return [
        Certificate(f"web-{number}", evolve(SPEC, secret_name=f"web-{number}-tls"))
        for number in range(count)
    ]


def main() -> None:
    """Take turns until killed; say so when something goes wrong."""
    root, log, begun, count = sys.argv[1:]
    clock = Pace(float(begun))
    store = FileStore(root, certificates(int(count)), now=clock.now)
    issuer = LoggingIssuer(clock, Path(log))
    while True:
        turn(store, issuer, clock)
        for place, problem in store.problems.items():
            sys.stdout.write(f"{place}: {problem}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
