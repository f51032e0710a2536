"""What must hold whichever call to the system a process ends at, or a disk fails at.

python -m tests.files.every_call

The tests let a process end at every call, and a disk fail at some; this lets it fail at every one.
"""

from __future__ import annotations

import errno
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import pytest

from certlife.model.status import ConditionStatus
from certlife.pki.certificate import X509Certificate
from tests.files.faults import System, failing_at, failing_from
from tests.files.world import World, served, served_from_one_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from certlife.errors import CertlifeError
    from certlife.model.request import CertificateRequest

Making: TypeAlias = Callable[[Path], World]
"""Makes a world with its store in a folder."""

CODES: Final = (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EIO)
DUE: Final = timedelta(days=61)


def first(root: Path) -> World:
    """Nothing was ever issued."""
    return World(root)


def renewal(root: Path) -> World:
    """A certificate was issued, and is due."""
    world = World(root)
    world.settle()
    world.clock.advance(DUE)
    return world


REVISIONS: Final[dict[Making, int]] = {first: 1, renewal: 2}
"""What worlds there are, each with the revision that comes of it."""


def ends(make: Making, folder: Path) -> int:
    """End at every call: nothing is lost, and the next process goes on. Return how many there are.

    What a process that has ended leaves is what is there when it would make the call.
    """
    world = make(folder / "made")
    world.issuer.asked.clear()
    before = in_service(world)
    left: dict[int, list[CertificateRequest]] = {}

    def leaves(number: int) -> None:
        if world.root.exists():
            shutil.copytree(world.root, folder / str(number), symlinks=True)
        left[number] = list(world.issuer.asked)

    with pytest.MonkeyPatch.context() as patched:
        system = System(leaves).install(patched)
        world.settle()
    for number, asked in left.items():
        if system.calls[number - 1].startswith("fsync "):
            continue  # to end here is to end at the call after it
        next_one = World(folder / str(number))
        next_one.clock.set(world.clock.now())
        next_one.issuer.asked += asked
        between = in_service(next_one)
        assert before is None or between is not None
        with pytest.MonkeyPatch.context() as patched:
            System().install(patched)
            next_one.settle()
        assert between in (before, in_service(next_one)), number
        assert_settled(next_one, REVISIONS[make])
        assert before is None or kept_before(next_one) == before, number
    return len(system.calls)


def fails(make: Making, folder: Path, every: int = 1) -> None:
    """Fail once, at one call in so many: it is told, and made good later."""
    for number, world in _worlds(make, folder, every):
        code = CODES[number % len(CODES)]
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
        assert_settled(world, REVISIONS[make])


def stays_full(make: Making, folder: Path, every: int = 1) -> None:
    """Fill the disk, from one call in so many on: the old certificate stays in service."""
    for number, world in _worlds(make, folder, every):
        before = in_service(world)
        with pytest.MonkeyPatch.context() as patched:
            System(failing_from(number, errno.ENOSPC)).install(patched)
            for _ in range(3):
                world.settle()  # comes to an end
                world.clock.advance(timedelta(minutes=5))
        assert before is None or in_service(world) is not None
        assert len(list(world.folder.glob("..0*"))) <= 2
        with pytest.MonkeyPatch.context() as patched:
            System().install(patched)
            world.settle()
        assert_settled(world, REVISIONS[make])


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


def _worlds(make: Making, folder: Path, every: int) -> Iterator[tuple[int, World]]:
    """Yield one call in so many of an issuance, by its number, with a world in which to make it."""
    counted = make(folder / "counted")
    with pytest.MonkeyPatch.context() as patched:
        system = System().install(patched)
        counted.settle()
    made = make(folder / "made")
    for number in range(1, len(system.calls) + 1, every):
        root = folder / f"{number}"
        if made.root.exists():
            shutil.copytree(made.root, root, symlinks=True)
        world = World(root)
        world.clock.set(made.clock.now())
        yield number, world


def main() -> None:
    """Take every call of every world; stop where anything is as it must not be."""
    for make in REVISIONS:
        with tempfile.TemporaryDirectory() as name:
            apart = [Path(name, law) for law in ("ends", "fails", "full")]
            for folder in apart:
                folder.mkdir()
            calls = ends(make, apart[0])
            fails(make, apart[1])
            stays_full(make, apart[2])
        sys.stdout.write(f"{make.__doc__} Ended and failed at each of {calls} calls\n")


if __name__ == "__main__":
    main()
