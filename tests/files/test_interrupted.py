"""The store whose process ends, or whose disk fills up, at the calls that it makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.files.every_call import REVISIONS, ends, fails, first, renewal, stays_full
from tests.files.faults import System
from tests.files.world import World
from tests.lifecycle.world import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from tests.files.every_call import Making

CALLS: Final[dict[Making, int]] = {first: 146, renewal: 114}
"""How many there are, as the documentation says."""


@pytest.mark.parametrize("make", REVISIONS, ids=["the first issuance", "a renewal"])
class TestEveryCall:
    def test_a_process_that_ends_at_any_call_loses_nothing_and_the_next_goes_on(
        self, make: Making, tmp_path: Path
    ) -> None:
        assert ends(make, tmp_path) == CALLS[make]

    def test_a_call_that_fails_is_told_and_made_good_later(
        self, make: Making, tmp_path: Path
    ) -> None:
        fails(make, tmp_path, every=7)

    def test_a_disk_that_stays_full_leaves_the_old_certificate_in_service(
        self, make: Making, tmp_path: Path
    ) -> None:
        stays_full(make, tmp_path, every=13)


def test_what_is_renamed_was_flushed_before_and_its_folder_is_flushed_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path / "store")
    system = System().install(monkeypatch)
    world.settle()
    made = system.calls
    assert world.look().certificate.status.not_before == NOW
    renames = [number for number, call in enumerate(made) if call.startswith("rename ")]
    assert renames
    for number in renames:
        assert made[number - 1].startswith(("fsync ", "symlink "))
        assert made[number + 1].startswith("fsync ")
    switch = made.index("symlink ..000001")
    flushed = [call for call in made[:switch] if call.startswith("fsync ")]
    for name in ("tls.crt", "tls.key", "ca.crt", ".secret.json", "..000001", "web-tls"):
        assert f"fsync {name}" in flushed
