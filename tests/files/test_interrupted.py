"""The store whose process ends, or whose disk fills up, at every single call that it makes."""

from __future__ import annotations

import errno
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from certlife.model.status import ConditionStatus
from certlife.pki.certificate import X509Certificate
from tests.files.faults import KilledError, System, failing_at, failing_from, killed_at
from tests.files.world import World, served, served_from_one_file
from tests.lifecycle.world import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from certlife.errors import CertlifeError

CODES = (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EIO)
DUE = timedelta(days=61)


def first(root: Path) -> World:
    """Nothing was ever issued."""
    return World(root)


def renewal(root: Path) -> World:
    """A certificate was issued, and is due."""
    world = World(root)
    world.settle()
    world.clock.advance(DUE)
    return world


def calls(make: Callable[[Path], World], tmp_path: Path) -> dict[int, str]:
    """Return all calls that an issuance makes, by their numbers."""
    world = make(tmp_path / "counted")
    with pytest.MonkeyPatch.context() as patched:
        system = System().install(patched)
        world.settle()
    assert len(system.calls) > 50
    return dict(enumerate(system.calls, 1))


def worlds(make: Callable[[Path], World], tmp_path: Path) -> Callable[[], World]:
    """Return what makes equal worlds quickly: by copying the folder of one."""
    made = make(tmp_path / "made")
    fresh = tmp_path / "fresh"

    def world() -> World:
        shutil.rmtree(fresh, ignore_errors=True)
        if made.root.exists():
            shutil.copytree(made.root, fresh, symlinks=True)
        copy = World(fresh)
        copy.clock.set(made.clock.now())
        return copy

    return world


def in_service(world: World) -> X509Certificate | None:
    """Return what servers have; every way to read it gives the same."""
    secret = world.store.read_secret("web-tls")
    if secret is None:
        return None
    certificate = served(world.folder)
    assert secret.certificate == certificate == served_from_one_file(world.folder)
    return certificate


def kept_before(world: World) -> X509Certificate:
    """Return the certificate of the version before."""
    current = str((world.folder / "..data").readlink())
    (before,) = (path for path in world.folder.glob("..0*") if path.name != current)
    return X509Certificate.from_pem((before / "tls.crt").read_bytes())


def assert_settled(world: World, revision: int) -> None:
    """All is as if nothing had happened: one issuance, asked for once with one key."""
    snapshot = world.look()
    ready = snapshot.certificate.status.condition("Ready")
    assert ready is not None
    assert ready.status == ConditionStatus.TRUE
    assert snapshot.certificate.status.revision == revision
    assert {request.name for request in snapshot.requests} == {f"web-{revision}-1"}
    assert len({(request.name, request.csr) for request in world.issuer.asked}) == 1
    assert snapshot.secret is not None
    assert in_service(world) == snapshot.secret.certificate
    assert not list((world.state / "keys").glob("*"))
    assert len(list(world.folder.glob("..0*"))) <= 2  # the current one and the one before


@pytest.mark.parametrize(
    ("make", "revision"), [(first, 1), (renewal, 2)], ids=["the first issuance", "a renewal"]
)
class TestEveryCall:
    def test_a_process_that_ends_at_any_call_loses_nothing_and_the_next_goes_on(
        self, make: Callable[[Path], World], revision: int, tmp_path: Path
    ) -> None:
        fresh = worlds(make, tmp_path)
        for number, call in calls(make, tmp_path).items():
            if call.startswith("fsync "):
                continue  # to end here is to end at the call after it
            world = fresh()
            before = in_service(world)
            with pytest.MonkeyPatch.context() as patched:
                System(killed_at(number)).install(patched)
                with pytest.raises(KilledError):
                    world.settle()
            between = in_service(world)
            assert before is None or between is not None
            with pytest.MonkeyPatch.context() as patched:
                System().install(patched)
                world.restart()
                world.settle()
            assert between in (before, in_service(world)), number
            assert_settled(world, revision)
            assert before is None or kept_before(world) == before, number

    def test_a_call_that_fails_is_told_and_made_good_later(
        self, make: Callable[[Path], World], revision: int, tmp_path: Path
    ) -> None:
        fresh = worlds(make, tmp_path)
        for number in list(calls(make, tmp_path))[::3]:
            code = CODES[number % len(CODES)]
            world = fresh()
            before = in_service(world)
            with pytest.MonkeyPatch.context() as patched:
                system = System(failing_at(number, code)).install(patched)
                problems: list[CertlifeError] = []
                while len(system.calls) < number:
                    world.turn()
                    problems += world.store.problems.values()
                told = [one.event.message for one in world.store.events(world.certificates[0])]
                assert any("cannot be" in text for text in (*told, *map(str, problems))), number
                assert before is None or in_service(world) is not None
                world.clock.advance(timedelta(minutes=5))
                world.settle()
            assert_settled(world, revision)

    def test_a_disk_that_stays_full_leaves_the_old_certificate_in_service(
        self, make: Callable[[Path], World], revision: int, tmp_path: Path
    ) -> None:
        fresh = worlds(make, tmp_path)
        for number in list(calls(make, tmp_path))[::7]:
            world = fresh()
            before = in_service(world)
            with pytest.MonkeyPatch.context() as patched:
                System(failing_from(number, errno.ENOSPC)).install(patched)
                for _ in range(3):
                    world.settle()  # comes to an end
                    world.clock.advance(timedelta(minutes=5))
            assert before is None or in_service(world) is not None
            assert len(list(world.folder.glob("..0*"))) <= 2
            world.settle()
            assert_settled(world, revision)


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
