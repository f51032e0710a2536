"""The lock: one process at a time, for as long as it lives."""

from __future__ import annotations

import errno
import os
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from filelock import lock_descriptor

from certlife.adapters.files import FileStore, lock
from certlife.adapters.files.folder import Folder
from certlife.errors import StoreError
from tests.files.world import WEB, World, served

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SOON = timedelta(milliseconds=50)


def raising(error: BaseException) -> Callable[..., bool]:
    def locks(*_: object, **__: object) -> bool:
        raise error

    return locks


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path / "store")
    world.settle()
    return world


def test_another_process_waits_and_then_says_so_and_looks_at_the_others(world: World) -> None:
    other = FileStore(world.root, [WEB], now=world.clock.now, patience=SOON)
    for snapshot in world.store.snapshots():
        assert snapshot.certificate.name == "web"
        assert list(other.snapshots()) == []
        assert "expected the lock within 0:00:00.050000" in str(other.problems["", "web"])
        assert other.look(WEB).secret is not None
    assert len(list(other.snapshots())) == 1
    assert not other.problems


@pytest.mark.parametrize("replaced", [False, True], ids=["removed", "replaced"])
def test_whoever_has_lost_the_lock_writes_nothing_more(world: World, replaced: bool) -> None:  # noqa: FBT001 — a case
    with world.store.holding(WEB) as snapshot:
        (world.state / "lock").unlink()
        if replaced:
            (world.state / "lock").touch()
        assert snapshot.secret is not None
        with pytest.raises(StoreError, match="expected the lock to stay"):
            world.store.write_secret(snapshot.secret)
        with pytest.raises(StoreError, match="expected the lock to stay"):
            world.store.create_key(snapshot.certificate, "web-2-1-key", b"")
    assert not (world.state / "keys/web-2-1-key.pem").exists()
    served(world.folder)


def test_a_lock_that_is_replaced_while_it_is_taken_is_taken_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = lock_descriptor

    def late(descriptor: int, *, blocking: bool) -> bool:
        monkeypatch.setattr(lock, "lock_descriptor", real)
        (world.state / "lock").unlink()
        return real(descriptor, blocking=blocking)

    monkeypatch.setattr(lock, "lock_descriptor", late)
    with world.store.holding(WEB) as snapshot:
        world.store.create_key(snapshot.certificate, "web-2-1-key", b"")


def test_a_child_that_inherited_the_lock_does_not_keep_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    inherited: list[int] = []

    def taken(descriptor: int, *, blocking: bool) -> bool:
        inherited.append(os.dup(descriptor))  # what fork(2) does
        return lock_descriptor(descriptor, blocking=blocking)

    monkeypatch.setattr(lock, "lock_descriptor", taken)
    with world.store.holding(WEB):
        pass
    other = FileStore(world.root, [WEB], now=world.clock.now, patience=SOON)
    assert len(list(other.snapshots())) == 1
    for descriptor in inherited:
        os.close(descriptor)


def test_a_file_system_without_locks_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "lock_descriptor", raising(OSError(errno.ENOLCK, "No locks")))
    assert list(world.store.snapshots()) == []
    assert "no locks: use a local disk" in str(world.store.problems["", "web"])


def test_an_interruption_while_it_is_taken_leaves_nothing_open(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "lock_descriptor", raising(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        list(world.store.snapshots())


def test_a_folder_that_is_not_there_has_nothing_in_it_and_takes_nothing(tmp_path: Path) -> None:
    with Folder.at(tmp_path / "none") as none, none.enter("a", "b") as inner:
        assert not inner.exists
        assert inner.names() == []
        assert inner.read("x") is None
        assert inner.target("x") is None
        with pytest.raises(StoreError, match="expected a folder to write in, make it"):
            inner.replace("x", b"")
