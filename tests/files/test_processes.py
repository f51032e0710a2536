"""Real processes: two of them at once, and one that is killed again and again.

Each goes on until enough has happened, however slow the machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.files.killing import ENOUGH, kill
from tests.files.load import load

if TYPE_CHECKING:
    from pathlib import Path

ISSUED = 12
READS = 50
KILLS = 3


def test_two_processes_issue_nothing_twice_and_readers_see_whole_versions(tmp_path: Path) -> None:
    report = load(tmp_path, issued=ISSUED, reads=READS)
    assert report.violations == []
    assert report.issued >= ISSUED
    assert report.reads >= READS


def test_a_process_that_is_killed_again_and_again_leaves_whole_versions_and_is_followed_by_the_next(
    tmp_path: Path,
) -> None:
    # What was signed and not yet noted is asked for once more, with the same key.
    assert kill(KILLS, tmp_path) >= KILLS * (ENOUGH - 1)
