"""A lock between processes: one file, locked by whoever has it open and first asked.

The system lets go of it when the process ends, however it ends. This module knows no certificate.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from certlife.errors import StoreError

try:
    from filelock import lock_descriptor, unlock_descriptor
except ModuleNotFoundError:
    raise ModuleNotFoundError("a store needs filelock: pip install 'certlife[files]'") from None

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from certlife.adapters.files.folder import Folder

_NAME: Final = "lock"
_BETWEEN_TRIES: Final = 0.01
"""Seconds; most things that are done under a lock take a few times as long."""


class Lock:
    """A lock that is held.

    Args:
        folder: The folder with the lock's file, open for as long as the lock is held.
        descriptor: The file's, locked.
    """

    def __init__(self, folder: Folder, descriptor: int) -> None:
        self._folder = folder
        self._descriptor = descriptor

    def check(self) -> None:
        """Make sure that nobody else can have it: by another file of the same name.

        Raises:
            StoreError: Somebody removed or replaced the file.
        """
        if not self._folder.still_names(_NAME, self._descriptor):
            rule = "expected the lock to stay where it is, somebody removed it: run this again"
            raise StoreError(rule, path=self._folder.called(_NAME))


@contextmanager
def locked(folder: Folder, patience: timedelta) -> Iterator[Lock]:
    """Hold the lock of a folder.

    Args:
        folder: The folder.
        patience: How long to wait while another process has it.

    Raises:
        StoreError: Another process has had it for longer than that; the file cannot be opened.
    """
    deadline = time.monotonic() + patience.total_seconds()
    while (descriptor := _tried(folder)) is None:
        if time.monotonic() > deadline:
            rule = f"expected the lock within {patience}, another process has it: wait for that one"
            raise StoreError(rule, path=folder.called(_NAME))
        time.sleep(_BETWEEN_TRIES)
    try:
        yield Lock(folder, descriptor)
    finally:
        unlock_descriptor(descriptor)  # closing is not enough where a child has it open as well
        os.close(descriptor)


def _tried(folder: Folder) -> int | None:
    """Lock the file that has the name now; None where another process has it."""
    descriptor = folder.open_lock(_NAME)
    try:
        if lock_descriptor(descriptor, blocking=False) and folder.still_names(_NAME, descriptor):
            return descriptor
    except OSError as error:
        os.close(descriptor)
        rule = f"cannot be locked, {(error.strerror or str(error)).lower()}: use a local disk"
        raise StoreError(rule, path=folder.called(_NAME)) from error
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None
