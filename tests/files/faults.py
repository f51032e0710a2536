"""The operating system as the store sees it, failing or ending at a call of choice.

Every call that changes anything is counted. Flushing takes no time here: what it is worth only a
machine without power can tell; that it is done, and when, `calls` says.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from certlife.adapters.files import folder

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

_CHANGES: Final = ("mkdir", "rename", "unlink", "rmdir", "symlink", "fchmod", "fchown")


class KilledError(BaseException):
    """The process is gone: nothing catches this, and nothing is written after it."""


class System:
    """Stands in for `os` in the one module that asks it anything.

    Args:
        fails: Is told the number of each call that changes anything, from 1; returns what the
            call is to raise, or None.
    """

    def __init__(self, fails: Callable[[int], BaseException | None] = lambda _: None) -> None:
        self._fails = fails
        self.calls: list[str] = []
        self._names: dict[int, str] = {}
        self._begun: set[int] = set()

    def install(self, monkeypatch: pytest.MonkeyPatch) -> System:
        monkeypatch.setattr(folder, "os", self)
        return self

    def __getattr__(self, name: str) -> object:
        real = getattr(os, name)
        if name not in _CHANGES:
            return real

        def change(*arguments: object, **keywords: object) -> object:
            self._note(name, arguments[0])
            return real(*arguments, **keywords)

        return change

    def open(self, path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if flags & os.O_CREAT:
            self._note("create", path)
        descriptor = os.open(path, flags, mode, dir_fd=dir_fd)
        self._names[descriptor] = path
        self._begun.discard(descriptor)
        return descriptor

    def write(self, descriptor: int, data: memoryview) -> int:
        """Write half of a file at first, and then the rest."""
        is_first = descriptor not in self._begun
        self._begun.add(descriptor)
        written = os.write(descriptor, data[: len(data) // 2] if is_first else data)
        self._note("write", written)
        return written

    def fsync(self, descriptor: int) -> None:
        self._note("fsync", self._names.get(descriptor))

    def _note(self, name: str, about: object) -> None:
        self.calls.append(f"{name} {about}")
        error = self._fails(len(self.calls))
        if error is not None:
            raise error


def killed_at(number: int) -> Callable[[int], BaseException | None]:
    """End with a call, and stay ended."""
    return lambda call: KilledError() if call >= number else None


def failing_at(number: int, code: int) -> Callable[[int], BaseException | None]:
    """Fail at one call, with an error of the system."""
    return lambda call: OSError(code, os.strerror(code)) if call == number else None


def failing_from(number: int, code: int) -> Callable[[int], BaseException | None]:
    """Fail at a call and at all that follow."""
    return lambda call: OSError(code, os.strerror(code)) if call >= number else None
