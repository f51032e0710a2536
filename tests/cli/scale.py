"""How long many Certificates take: `python -m tests.cli.scale [N]`.

N Certificates (1,000 where nothing is said) of one CA are issued into a store, looked at again,
marked, and renewed; for ECDSA keys and for RSA keys. The times go to standard output.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import TYPE_CHECKING, Final, TypeVar

from certlife.adapters.files import FileStore
from certlife.cli.configuration import read_configuration
from certlife.cli.controller import Controller, SystemClock
from certlife.cli.judgement import Verdict
from certlife.cli.kept import look_at
from certlife.policy.decision import mark_for_renewal
from tests.cli.command import in_json
from tests.cli.pki import CA, SELF, authority, leaf

if TYPE_CHECKING:
    from collections.abc import Callable

    from certlife.cli.configuration import Configuration
    from tests.cli.command import Object

Value = TypeVar("Value")

KEYS: Final[dict[str, Object]] = {
    "ECDSA P-256": {"algorithm": "ECDSA", "size": 256},
    "RSA 2048": {"algorithm": "RSA", "size": 2048},
}


def measured(number: int, private_key: Object, say: Callable[[str], object]) -> None:
    """Do it for keys of one kind, and say how long each part takes."""
    names = [f"web-{index}" for index in range(number)]
    leaves = [leaf(name, privateKey=private_key) for name in names]
    with TemporaryDirectory() as folder:
        path, root = Path(folder, "all.json"), Path(folder, "store")
        path.write_bytes(in_json(*leaves, CA, authority(), SELF))
        configuration, seconds = timed(lambda: read_configuration(str(path)))
        say(f"  read the configuration   {seconds:7.1f} s")
        store = FileStore(root, configuration.certificates)
        controller = Controller(configuration, store, SystemClock(), Event())
        say(f"  issue all                {timed(controller.settle)[1]:7.1f} s")
        say(f"  look, with nothing to do {timed(controller.settle)[1]:7.1f} s")
        say(f"  mark all                 {timed(lambda: mark(configuration, store))[1]:7.1f} s")
        say(f"  renew all                {timed(controller.settle)[1]:7.1f} s")
        now = datetime.now(UTC)
        (judged, problems), seconds = timed(
            lambda: look_at(store, configuration.certificates, "", now=now)
        )
        say(f"  status of all            {seconds:7.1f} s")
        kept = [one for one in judged if one.verdict is Verdict.KEEP]
        assert not problems
        assert len(kept) == number + 1


def mark(configuration: Configuration, store: FileStore) -> None:
    """Mark every leaf for renewal."""
    for certificate in configuration.certificates:
        if certificate.name != "root":
            with store.holding(certificate) as snapshot:
                before = snapshot.certificate
                after = mark_for_renewal(before, now=datetime.now(UTC))
                store.update_status(before, before.status, after.status)


def timed(work: Callable[[], Value]) -> tuple[Value, float]:
    """Return what some work comes to, and how many seconds it took."""
    begun = time.perf_counter()
    return work(), time.perf_counter() - begun


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    print(f"{wanted} Certificates, {os.cpu_count()} cores")  # noqa: T201 — what it is for
    for name, key in KEYS.items():
        print(name)  # noqa: T201
        measured(wanted, key, print)
