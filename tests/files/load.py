"""Several processes on one store, and readers that open its files all the time.

python -m tests.files.load [--seconds N]

Nothing may be issued twice, and no reader may ever see a key that is not its certificate's.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from attrs import define, field

from certlife.adapters.files import FileStore
from tests.files.work import Pace, certificates
from tests.files.world import served, served_from_one_file

if TYPE_CHECKING:
    from collections.abc import Iterator

PROCESSES = 2
COUNT = 3
"""Certificates; few, so that the processes are in each other's way."""

LONGEST = 300
"""Seconds to wait for anything at most: no slow machine takes so long, and nothing hangs."""


@define
class Report:
    """What came of it."""

    issued: int = 0
    reads: int = 0
    missed: int = 0
    """Reads that began with a version and found it gone, two renewals later."""
    violations: list[str] = field(factory=list)


def load(root: Path, *, seconds: float = 0, issued: int = 1, reads: int = 1) -> Report:
    """Let processes work and threads read, and look for what must not be.

    It ends when so many seconds have gone by, and so much was issued and read.
    """
    report, over, begun, log = Report(), Event(), time.time(), root / "log"
    readers = [Thread(target=read, args=(root / "store", begun, over, report)) for _ in range(2)]
    workers = [start(root / "store", log, begun) for _ in range(PROCESSES)]
    for reader in readers:
        reader.start()
    time.sleep(seconds)
    deadline = time.monotonic() + LONGEST
    while len(lines_of(log)) < issued or report.reads < reads:
        if time.monotonic() > deadline or any(worker.poll() is not None for worker in workers):
            break
        time.sleep(0.05)
    over.set()
    for reader in readers:
        reader.join()
    for worker in workers:
        if worker.poll() is not None:
            report.violations.append(f"a process has ended, {worker.returncode}")
        worker.kill()
        said, _ = worker.communicate()
        report.violations += said.decode().splitlines()
    lines = lines_of(log)
    report.issued = len(lines)
    report.violations += twice_issued(lines)
    return report


def start(root: Path, log: Path, begun: float) -> subprocess.Popen[bytes]:
    """Start a process that works."""
    arguments = [str(root), str(log), str(begun), str(COUNT)]
    return subprocess.Popen(  # noqa: S603 — our own words
        [sys.executable, "-m", "tests.files.work", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def lines_of(log: Path) -> list[str]:
    """Return what was signed so far; a line that is being written is none yet."""
    text = log.read_text() if log.exists() else ""
    return text.splitlines() if text.endswith("\n") else text.splitlines()[:-1]


def twice_issued(lines: list[str]) -> Iterator[str]:
    """Say which requests were signed twice, and which revisions nobody asked for."""
    names = Counter(line.split()[0] for line in lines)
    yield from (f"{name} was signed {count} times" for name, count in names.items() if count > 1)
    for number in range(COUNT):
        prefix = f"web-{number}-"
        revisions = sorted(int(name.split("-")[2]) for name in names if name.startswith(prefix))
        if revisions != list(range(1, len(revisions) + 1)):
            yield f"{prefix} has the revisions {revisions}"


def read(root: Path, begun: float, over: Event, report: Report) -> None:
    """Read as servers do, and as we do, until it is over."""
    wanted = certificates(COUNT)
    store = FileStore(root, wanted, now=Pace(begun).now)
    while not over.is_set():
        for certificate in wanted:
            name = certificate.spec.secret_name
            try:
                secret = store.read_secret(name)
                if secret is None:
                    continue
                key = secret.key_reading
                if not getattr(key, "matches", lambda _: False)(secret.certificate.public_key):
                    report.violations.append(f"{name}: our own reader has another key")
                served_from_one_file(root / name)
                served(root / name)
            except FileNotFoundError:
                report.missed += 1
            except Exception as error:  # noqa: BLE001 — whatever it is, it must not be
                report.violations.append(f"{name}: {error!r}")
            report.reads += 1


def main() -> int:
    """Load a store and report; 1 where anything is as it must not be."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    with tempfile.TemporaryDirectory() as folder:
        report = load(Path(folder), seconds=parser.parse_args().seconds)
    sys.stdout.write(
        f"{report.issued} issued by {PROCESSES} processes, {report.reads} reads, "
        f"{report.missed} too late, {len(report.violations)} violations\n"
    )
    sys.stdout.writelines(f"{violation}\n" for violation in report.violations)
    return 1 if report.violations else 0


if __name__ == "__main__":
    sys.exit(main())
