"""A process that is killed again and again, and the next one that goes on.

python -m tests.files.killing [--kills N]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from certlife.adapters.files import FileStore
from certlife.driver import settle
from certlife.model.status import ConditionStatus
from certlife.testing.clock import FakeClock
from tests.files.load import COUNT, LONGEST, lines_of, start
from tests.files.work import LoggingIssuer, Pace, certificates
from tests.files.world import served, served_from_one_file

ENOUGH: Final = 3
"""How many requests each process must sign before it is killed, so that it does go on."""


def kill(kills: int, root: Path) -> int:
    """Kill so many processes, each at work, and return how many requests were signed."""
    store_folder, log, begun = root / "store", root / "log", time.time()
    wanted = certificates(COUNT)
    for number in range(kills):
        lines = len(lines_of(log)) + ENOUGH
        worker = start(store_folder, log, begun)
        deadline = time.monotonic() + LONGEST
        while len(lines_of(log)) < lines and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(number % 10 / 90)  # somewhere else each time
        worker.kill()
        said, _ = worker.communicate()
        assert said == b""
        assert len(lines_of(log)) >= lines, "what was killed keeps the next from going on"
        for certificate in wanted:
            folder = store_folder / certificate.spec.secret_name
            if (folder / "..data").exists():
                served(folder)
                served_from_one_file(folder)
    clock = FakeClock(Pace(begun).now())
    store = FileStore(store_folder, wanted, now=clock.now)
    settle(store, LoggingIssuer(clock, log), clock)
    assert not store.problems
    for certificate in wanted:
        ready = store.look(certificate).certificate.status.condition("Ready")
        assert ready is not None
        assert ready.status == ConditionStatus.TRUE
    keys = {tuple(line.split()) for line in lines_of(log)}
    names = [name for name, _ in keys]
    assert len(names) == len(set(names)), "one request was made with two keys"
    for number in range(COUNT):
        prefix = f"web-{number}-"
        revisions = sorted(int(name.split("-")[2]) for name in names if name.startswith(prefix))
        assert revisions == list(range(1, len(revisions) + 1))
    return len(names)


def main() -> None:
    """Kill and report; stop where anything is as it must not be."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=50)
    kills = parser.parse_args().kills
    with tempfile.TemporaryDirectory() as folder:
        signed = kill(kills, Path(folder))
    sys.stdout.write(f"{kills} processes killed, {signed} requests signed, nothing lost\n")


if __name__ == "__main__":
    main()
