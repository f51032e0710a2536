"""What somebody may have planted in the store, or written into a name: an error, and no more."""

from __future__ import annotations

import errno
import os
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from certlife.adapters.files import FileStore, folder
from certlife.errors import StoreError
from certlife.lifecycle.answers import Pending
from certlife.model.certificate import Certificate
from tests.files.world import WEB, World, served
from tests.lifecycle.world import SPEC

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path / "store")
    world.settle()
    return world


def problem(world: World) -> str:
    """Renew what is due, and return why that cannot be done."""
    world.clock.advance(timedelta(days=61))
    world.settle()
    found = [str(error) for error in world.store.problems.values()]
    if not found:
        found = [told.event.message for told in world.store.events(WEB)][-1:]
    (text,) = found
    return text


def link(path: Path, target: str) -> None:
    """Put a link where something else is."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    path.symlink_to(target)


class TestNames:
    @pytest.mark.parametrize(
        "certificate",
        [
            Certificate("../../etc/x", SPEC),
            Certificate("/etc/x", SPEC),
            Certificate("..", SPEC),
            Certificate(".certlife", SPEC),
            Certificate("", SPEC),
            Certificate("a\0b", SPEC),
            Certificate("a" * 254, SPEC),
            Certificate("web", SPEC, namespace="../x"),
            Certificate("web", evolve(SPEC, secret_name="../x")),
            Certificate("web", evolve(SPEC, secret_name="..data")),
            Certificate("web", evolve(SPEC, secret_name="")),
        ],
        ids=lambda one: repr((one.namespace, one.name[:20], one.spec.secret_name)),
    )
    def test_a_name_that_is_none_makes_no_file_and_keeps_nobody_waiting(
        self, certificate: Certificate, tmp_path: Path
    ) -> None:
        good = Certificate("good", evolve(WEB.spec, secret_name="good-tls"))
        world = World(tmp_path / "store", certificates=(certificate, good))
        world.settle()
        (error,) = world.store.problems.values()
        assert "to name a file by it" in str(error)
        served(world.root / "good-tls")
        assert {path.name for path in tmp_path.iterdir()} == {"store"}
        assert {path.name for path in world.root.iterdir()} == {".certlife", "good-tls"}
        with pytest.raises(StoreError, match="to name a file by it"):
            world.store.look(certificate)

    def test_the_longest_name_is_one(self, tmp_path: Path) -> None:
        longest = Certificate("a" * 253, evolve(WEB.spec, secret_name="b" * 253))
        world = World(tmp_path / "store", certificates=(longest,))
        world.settle()
        served(world.root / longest.spec.secret_name)

    def test_a_key_or_request_of_no_name_is_refused(self, world: World) -> None:
        with world.store.holding(WEB) as snapshot:
            for name in ("../x", "", "a/b"):
                with pytest.raises(StoreError, match="to name a file by it"):
                    world.store.create_key(snapshot.certificate, name, b"")
                with pytest.raises(StoreError, match="to name a file by it"):
                    world.store.read_key(snapshot.certificate, name)
                with pytest.raises(StoreError, match="to name a file by it"):
                    world.store.delete_request(snapshot.certificate, name, None)

    @pytest.mark.parametrize("name", ["../x", "..data", ".new", "", "a/b", "a\0b", "a" * 254])
    def test_an_entry_of_no_name_is_refused(self, world: World, name: str) -> None:
        with world.store.holding(WEB) as snapshot:
            assert snapshot.secret is not None
            assert snapshot.secret.entries is not None
            entries = {**snapshot.secret.entries, name: b"x"}
            with pytest.raises(StoreError, match="expected letters, digits"):
                world.store.write_secret(evolve(snapshot.secret, entries=entries))
        served(world.folder)

    def test_a_path_of_no_folder_is_refused(self, tmp_path: Path) -> None:
        for root in ("a\0b", tmp_path / "none" / "store"):
            store = FileStore(root, [WEB])
            assert list(store.snapshots()) == []
            assert store.problems


class TestPlanted:
    @pytest.mark.parametrize(
        ("where", "advice"),
        [
            ("web-tls", "no link is followed, move away"),
            (".certlife", "no link is followed, move away"),
            (".certlife/certificates/_/web", "no link is followed, move away"),
            (".certlife/certificates/_/web/requests", "no link is followed, move away"),
            (".certlife/certificates/_/web/keys", "no link is followed, move away"),
            (".certlife/certificates/_/web/certificate.json", "remove the link"),
            (".certlife/certificates/_/web/lock", "remove the link"),
            (".certlife/secrets/_/web-tls/lock", "remove the link"),
            ("web-tls/..000001", "no link is followed, move away"),
            ("web-tls/..000001/tls.key", "remove the link"),
            ("web-tls/tls.key", "expected a link to ..data/tls.key"),
            ("web-tls/..data", "expected a link to a version beside it"),
        ],
    )
    def test_a_link_is_refused_and_what_it_leads_to_left_alone(
        self, world: World, where: str, advice: str, tmp_path: Path
    ) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()
        (outside / "kept").write_text("kept")
        is_file = where.endswith((".json", "lock", "tls.key"))
        link(world.root / where, str(outside / "kept" if is_file else outside))
        assert advice in problem(world)
        assert [path.name for path in outside.iterdir()] == ["kept"]
        assert (outside / "kept").read_text() == "kept"

    @pytest.mark.parametrize(
        ("where", "advice"),
        [
            ("web-tls/tls.key", "expected a link to ..data/tls.key, move away what is there"),
            ("web-tls/..data", "move away the folder"),
            ("web-tls/..000001/tls.key", "expected a file"),
            (".certlife/certificates/_/web/certificate.json", "expected a file"),
            (".certlife/certificates/_/web/lock", "move away the folder"),
            (".certlife/certificates/_/web/.new", "cannot be removed"),
        ],
    )
    def test_a_folder_where_a_file_should_be_is_refused(
        self, world: World, where: str, advice: str
    ) -> None:
        path = world.root / where
        path.unlink(missing_ok=True)
        path.mkdir()
        (path / "kept").write_text("kept")
        assert advice in problem(world)
        assert (path / "kept").read_text() == "kept"

    def test_a_file_where_a_folder_should_be_is_refused(self, world: World) -> None:
        shutil.rmtree(world.folder)
        world.folder.write_text("kept")
        assert "a folder belongs here" in problem(world)
        assert world.folder.read_text() == "kept"

    def test_a_pipe_where_a_file_should_be_keeps_nobody_waiting(self, world: World) -> None:
        path = world.folder / "..000001/tls.crt"
        path.unlink()
        os.mkfifo(path)
        assert "tls.crt: expected a file, move away what is there" in problem(world)

    def test_a_file_without_end_is_not_read_to_the_end(self, world: World) -> None:
        path = world.state / "certificate.json"
        path.write_bytes(b" " * (folder.MAX_FILE_BYTES + 1))
        assert "expected at most 2,097,152 bytes" in problem(world)

    def test_what_could_not_be_read_again_is_not_written(self, world: World) -> None:
        with world.store.holding(WEB) as snapshot:
            assert snapshot.secret is not None
            large = evolve(snapshot.secret, entries={"a": bytes(folder.MAX_FILE_BYTES + 1)})
            with pytest.raises(StoreError, match="expected at most"):
                world.store.write_secret(large)
        served(world.folder)
        assert [path.name for path in world.folder.glob("..0*")] == ["..000001"]

    def test_a_version_that_is_gone_is_said(self, world: World) -> None:
        shutil.rmtree(world.folder / "..000001")
        assert "expected the version ..000001, which is current" in problem(world)

    def test_a_link_that_the_disk_does_not_give_is_said(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: object, **__: object) -> str:
            raise OSError(errno.EIO, "Input/output error")

        monkeypatch.setattr(os, "readlink", broken)
        with pytest.raises(StoreError, match="input/output error: look at the disk"):
            world.store.read_secret("web-tls")

    def test_a_link_to_nothing_where_a_key_should_be_is_refused(self, tmp_path: Path) -> None:
        world = World(tmp_path / "store", Pending())
        world.settle()
        (key,) = (world.state / "keys").iterdir()
        link(key, "/nowhere")
        world.settle()
        (error,) = world.store.problems.values()
        assert "remove the link" in str(error)


class TestReaders:
    def test_one_that_comes_while_versions_change_looks_again(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        enter: Callable[..., folder.Folder] = folder.Folder.enter

        def late(opened: folder.Folder, *names: str) -> folder.Folder:
            """Let two renewals go by between finding out the version and opening it."""
            if names == ("..000001",):
                monkeypatch.setattr(folder.Folder, "enter", enter)
                for _ in range(2):
                    world.clock.advance(timedelta(days=61))
                    world.settle()
            return enter(opened, *names)

        monkeypatch.setattr(folder.Folder, "enter", late)
        secret = world.store.read_secret("web-tls")
        assert secret is not None
        assert secret.certificate == served(world.folder)
        assert str((world.folder / "..data").readlink()) == "..000003"

    def test_one_whose_version_goes_while_it_reads_looks_again(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        read: Callable[..., bytes | None] = folder.Folder.read

        def late(opened: folder.Folder, name: str) -> bytes | None:
            if name == "tls.key":
                monkeypatch.setattr(folder.Folder, "read", read)
                for _ in range(2):
                    world.clock.advance(timedelta(days=61))
                    world.settle()
            return read(opened, name)

        monkeypatch.setattr(folder.Folder, "read", late)
        secret = world.store.read_secret("web-tls")
        assert secret is not None
        assert secret.certificate == served(world.folder)
