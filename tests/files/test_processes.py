"""Real processes: two of them at once, and one that is killed again and again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from certlife.adapters.files import FileStore
from certlife.driver import settle
from certlife.model.status import ConditionStatus
from certlife.testing.clock import FakeClock
from tests.files.load import COUNT, load, start
from tests.files.work import LoggingIssuer, Pace, certificates
from tests.files.world import served, served_from_one_file

if TYPE_CHECKING:
    from pathlib import Path

KILLS = 8
ENOUGH = 3
"""How many issuances there must be between two kills, at most so many seconds apart."""
LONGEST = 30


def test_two_processes_issue_nothing_twice_and_readers_see_whole_versions(tmp_path: Path) -> None:
    report = load(4, tmp_path)
    assert report.violations == []
    assert report.issued
    assert report.reads


def test_a_process_that_is_killed_again_and_again_leaves_whole_versions_and_is_followed_by_the_next(
    tmp_path: Path,
) -> None:
    root, log, begun = tmp_path / "store", tmp_path / "log", time.time()
    wanted = certificates(COUNT)
    for number in range(KILLS):
        lines = count(log) + ENOUGH
        worker = start(root, log, begun)
        deadline = time.monotonic() + LONGEST
        while count(log) < lines and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(number / 90)  # somewhere else each time
        worker.kill()
        said, _ = worker.communicate()
        assert said == b""
        assert count(log) >= lines, "a process that was killed keeps the next from going on"
        for certificate in wanted:
            folder = root / certificate.spec.secret_name
            if (folder / "..data").exists():
                served(folder)
                served_from_one_file(folder)
    clock = FakeClock(Pace(begun).now())
    store = FileStore(root, wanted, now=clock.now)
    settle(store, LoggingIssuer(clock, log), clock)
    assert not store.problems
    for certificate in wanted:
        ready = store.look(certificate).certificate.status.condition("Ready")
        assert ready is not None
        assert ready.status == ConditionStatus.TRUE
    keys = {tuple(line.split()) for line in log.read_text().splitlines()}
    names = [name for name, _ in keys]
    assert len(names) == len(set(names)), "one request was made with two keys"
    for number in range(COUNT):
        prefix = f"web-{number}-"
        revisions = sorted(int(name.split("-")[2]) for name in names if name.startswith(prefix))
        assert revisions == list(range(1, len(revisions) + 1))


def count(log: Path) -> int:
    return log.read_bytes().count(b"\n") if log.exists() else 0
