"""A folder that is held open, and every call to the operating system that the store makes.

Each name is looked up in an open folder and no link is followed, so that nobody gains anything by
planting one. What is written is there as a whole or not at all, even if the machine stops: made
under another name, flushed, renamed, and the folder flushed. This module knows no certificate.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from certlife.adapters.files.access import PRIVATE, Access
from certlife.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import Self

MAX_FILE_BYTES: Final = 1 << 21
"""How large a file may be; the largest request that cert-manager knows takes a quarter of it."""

_NEW: Final = ".new"
"""What a file is called until it is complete; whatever has this name is of no use to anybody."""

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe must not block
_CREATE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_LOCK: Final = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

_SPACE: Final = "make room and run this again, nothing is lost"
_RIGHTS: Final = "let the user that this runs as read and write here"
_LIMIT: Final = "raise the limit that this process has been given (ulimit)"
_ADVICE: Final = {
    errno.EFBIG: _LIMIT,
    errno.EMFILE: _LIMIT,
    errno.ENOSPC: _SPACE,
    errno.EDQUOT: _SPACE,
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: "mount the disk for writing, nothing is lost",
    errno.ELOOP: "a file belongs here and no link is followed, remove the link",
    errno.ENOTDIR: "a folder belongs here and no link is followed, move away what is there",
    errno.EISDIR: "a file belongs here, move away the folder",
    errno.ENOENT: "make the folder that this belongs in",
}


class Folder:
    """A folder that is held open; leaving its `with` closes it. One that is not has nothing in it.

    All methods raise StoreError for what the system refuses.

    Args:
        descriptor: The folder's, open; None where there is no such folder.
        path: What to call it.
    """

    def __init__(self, descriptor: int | None, path: Path) -> None:
        self._open = descriptor
        self.path = path

    @classmethod
    def at(cls, path: Path) -> Folder:
        """Open the folder at a path, through links if need be."""
        with _telling(path, "opened"):
            try:
                return cls(os.open(path, _FOLDER), path)
            except FileNotFoundError:
                return cls(None, path)

    @classmethod
    def made_at(cls, path: Path, access: Access) -> Folder:
        """Open the folder at a path, made if need be; one that is there keeps its access."""
        there = cls.at(path)
        if there.exists:
            return there
        with cls.at(path.parent) as parent:
            return parent.make(path.name, access=access)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the folder."""
        if self._open is not None:
            os.close(self._open)

    @property
    def exists(self) -> bool:
        """Whether there was such a folder when it was opened."""
        return self._open is not None

    def enter(self, *names: str) -> Folder:
        """Open a folder in this one, or in one in it, and so on."""
        first, *rest = names
        folder = self._entered(first)
        if not rest:
            return folder
        with folder:
            return folder.enter(*rest)

    def make(self, *names: str, access: Access = PRIVATE) -> Folder:
        """Open a folder in this one, or in one in it, and make each that is not there."""
        first, *rest = names
        folder = self._made(first, access)
        if not rest:
            return folder
        with folder:
            return folder.make(*rest, access=access)

    def add(self, name: str, access: Access) -> Folder:
        """Make a folder that is not there yet."""
        with self._telling(name, "made"):
            os.mkdir(name, 0o700, dir_fd=self._descriptor)
        return self._made(name, access)

    def grant(self, access: Access) -> None:
        """Let others into it, or keep them out."""
        with self._telling("", "written"):
            _grant(self._descriptor, access.folder_mode, access.group)

    def names(self) -> list[str]:
        """Return the names of all that is in it, sorted."""
        if self._open is None:
            return []
        with self._telling("", "read"):
            return sorted(os.listdir(self._open))  # noqa: PTH208 — by its descriptor

    def read(self, name: str) -> bytes | None:
        """Read a file; None where there is none."""
        if self._open is None:
            return None
        with self._telling(name, "read"):
            try:
                descriptor = os.open(name, _READ, dir_fd=self._open)
            except FileNotFoundError:
                return None
            try:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    rule = "expected a file, move away what is there"
                    raise StoreError(rule, path=self.called(name))
                with os.fdopen(descriptor, "rb", closefd=False) as file:
                    data = file.read(MAX_FILE_BYTES + 1)
            finally:
                os.close(descriptor)
        self._check_size(name, data)
        return data

    def create(self, name: str, data: bytes, access: Access) -> None:
        """Write a file that is not there yet, so that nobody can have it open already."""
        self._check_size(name, data)
        with self._telling(name, "written"):
            descriptor = os.open(name, _CREATE, 0o600, dir_fd=self._descriptor)
            try:
                _grant(descriptor, access.mode, access.group)
                rest = memoryview(data)
                while rest:
                    rest = rest[os.write(descriptor, rest) :]
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def replace(self, name: str, data: bytes) -> None:
        """Write a private file in one step, whether it is there or not."""
        self.remove(_NEW)
        self.create(_NEW, data, PRIVATE)
        self.rename(_NEW, name)

    def point(self, name: str, target: str) -> None:
        """Make a link, or lead it elsewhere, in one step."""
        self.remove(_NEW)
        self.link(_NEW, target)
        self.rename(_NEW, name)

    def link(self, name: str, target: str) -> None:
        """Make a link, unless it is there; it is on disk after the next `sync`."""
        with self._telling(name, "written"), suppress(FileExistsError):
            os.symlink(target, name, dir_fd=self._descriptor)
        if self.target(name) != target:
            rule = f"expected a link to {target}, move away what is there"
            raise StoreError(rule, path=self.called(name))

    def target(self, name: str) -> str | None:
        """Return where a link leads; None where there is no link."""
        if self._open is None:
            return None
        with self._telling(name, "read"):
            try:
                return os.readlink(name, dir_fd=self._open)
            except FileNotFoundError:
                return None
            except OSError as error:
                if error.errno == errno.EINVAL:  # readlink(2): something else has that name
                    return None
                raise

    def rename(self, name: str, to: str) -> None:
        """Give a file another name, in place of the file that has that name."""
        with self._telling(to, "written"):
            os.rename(name, to, src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)
        self.sync()

    def remove(self, name: str) -> None:
        """Remove a file or link, if it is there."""
        with self._telling(name, "removed"):
            try:
                os.unlink(name, dir_fd=self._descriptor)
            except FileNotFoundError:
                return
        self.sync()

    def remove_folder(self, name: str) -> None:
        """Remove a folder that is there, with the files in it."""
        with self.enter(name) as folder:
            for inner in folder.names():
                folder.remove(inner)
        with self._telling(name, "removed"):
            os.rmdir(name, dir_fd=self._descriptor)
        self.sync()

    def sync(self) -> None:
        """Have on disk which names there are."""
        with self._telling("", "written"):
            os.fsync(self._descriptor)

    def open_lock(self, name: str) -> int:
        """Open a file to lock, and make it if there is none; return its descriptor."""
        with self._telling(name, "opened"):
            return os.open(name, _LOCK, 0o600, dir_fd=self._descriptor)

    def still_names(self, name: str, descriptor: int) -> bool:
        """Whether a name is that of an open file."""
        with self._telling(name, "read"):
            try:
                there = os.stat(name, dir_fd=self._descriptor, follow_symlinks=False)
            except FileNotFoundError:
                return False
            return os.path.samestat(there, os.fstat(descriptor))

    def called(self, name: str) -> str:
        """Return what a message calls a file of this folder."""
        return str(self.path / name)

    @property
    def _descriptor(self) -> int:
        """What to write by; without one, names would be those of the working directory."""
        if self._open is None:
            raise StoreError("expected a folder to write in, make it", path=str(self.path))
        return self._open

    def _entered(self, name: str) -> Folder:
        if self._open is None:
            return Folder(None, self.path / name)
        with self._telling(name, "opened"):
            try:
                descriptor = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=self._open)
            except FileNotFoundError:
                return Folder(None, self.path / name)
        return Folder(descriptor, self.path / name)

    def _made(self, name: str, access: Access) -> Folder:
        """Open a folder, made if need be, with the access that it should have: settings change."""
        folder = self._entered(name)
        if not folder.exists:
            with self._telling(name, "made"), suppress(FileExistsError):  # somebody was quicker
                os.mkdir(name, 0o700, dir_fd=self._descriptor)
            self.sync()
            folder = self._entered(name)
        try:
            folder.grant(access)
        except BaseException:
            folder.close()
            raise
        return folder

    def _check_size(self, name: str, data: bytes) -> None:
        if len(data) > MAX_FILE_BYTES:
            raise StoreError(f"expected at most {MAX_FILE_BYTES:,} bytes", path=self.called(name))

    @contextmanager
    def _telling(self, name: str, verb: str) -> Iterator[None]:
        with _telling(self.path, verb, name):
            yield


@contextmanager
def _telling(folder: Path, verb: str, name: str = "") -> Iterator[None]:
    """Turn what the system says into a sentence that says what to do next."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        advice = _ADVICE.get(error.errno or 0, "look at the disk and at the system's log")
        raise StoreError(
            f"cannot be {verb}, {reason}: {advice}", path=str(folder / name)
        ) from error
    except ValueError:
        raise StoreError("expected a path without NUL", path=ascii(str(folder / name))) from None


def _grant(descriptor: int, mode: int, group: int | None) -> None:
    """Set mode and group, which the process's umask and the folder would otherwise decide."""
    status = os.fstat(descriptor)
    if group is not None and status.st_gid != group:
        os.fchown(descriptor, -1, group)
    if stat.S_IMODE(status.st_mode) & 0o777 != mode:
        os.fchmod(descriptor, mode)
