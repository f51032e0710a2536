"""A set of files that changes as a whole: a folder of links, which all lead through one.

As in a volume that Kubernetes mounts, `tls.crt` leads to `..data/tls.crt`, and `..data` to the
folder of the current version. Renaming that one link switches every file at once; who has opened
the folder of a version reads that version to the end. This module knows no certificate.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from certlife.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from certlife.adapters.files.access import Access
    from certlife.adapters.files.folder import Folder

_CURRENT: Final = "..data"
_VERSION: Final = re.compile(r"\.\.[0-9]{6,18}")


def read_current(folder: Folder) -> dict[str, bytes] | None:
    """Read the files of the current version, all of one; None where there is no version yet.

    Raises:
        StoreError: What is there is none of ours, or cannot be read.
    """
    while True:
        current = _current(folder)
        if current is None:
            return None
        files = _read(folder, current)
        if files is not None:
            return files
        if _current(folder) == current:
            rule = f"expected the version {current}, which is current: put it back"
            raise StoreError(rule, path=folder.called(current))


def write_next(folder: Folder, files: Mapping[str, bytes], access: Access) -> None:
    """Write the next version, unless the current one says the same, and make it current.

    The one before is kept for those that are reading it; what is older goes, and so does what an
    attempt that was interrupted has left. A file whose name begins with a dot has no link.

    Args:
        folder: The folder of links, for this module alone to write in.
        files: What the version is, by name; none leads anywhere else.
        access: Who may read them.

    Raises:
        StoreError: Something else has the name of a link, or a file cannot be written. The current
            version stays.
    """
    current = _current(folder)
    if current is not None:
        _forget(folder, current)
    latest = current
    if latest is None or _read(folder, latest) != files:
        latest = _add(folder, files, access)
    for name in files:
        if not name.startswith("."):
            folder.link(name, f"{_CURRENT}/{name}")
    folder.sync()
    if latest != current:
        folder.point(_CURRENT, latest)
        _forget(folder, latest)
    for name in folder.names():
        if name not in files and folder.target(name) == f"{_CURRENT}/{name}":
            folder.remove(name)


def lacks_links(folder: Folder, names: Iterable[str]) -> bool:
    """Whether a file of the current version is not to be found under its own name."""
    return any(folder.target(name) != f"{_CURRENT}/{name}" for name in names)


def _current(folder: Folder) -> str | None:
    """Return which version is current, after making sure that the link leads to one."""
    current = folder.target(_CURRENT)
    if current is not None and not _VERSION.fullmatch(current):
        rule = "expected a link to a version beside it, somebody changed it: remove it"
        raise StoreError(rule, path=folder.called(_CURRENT))
    return current


def _read(folder: Folder, version: str) -> dict[str, bytes] | None:
    """Read all files of a version; None where it is being removed."""
    files: dict[str, bytes] = {}
    with folder.enter(version) as opened:
        if not opened.exists:
            return None
        for name in opened.names():
            data = opened.read(name)
            if data is None:
                return None
            files[name] = data
    return files


def _add(folder: Folder, files: Mapping[str, bytes], access: Access) -> str:
    """Write a version that nobody sees yet; of one that cannot be written nothing stays."""
    number = max((_number(name) for name in _versions(folder)), default=0) + 1
    latest = f"..{number:06}"
    try:
        with folder.add(latest, access) as version:
            for name, data in files.items():
                version.create(name, data, access)
            version.sync()
    except StoreError:
        with suppress(StoreError):  # the first error says more
            folder.remove_folder(latest)
        raise
    return latest


def _forget(folder: Folder, current: str) -> None:
    """Remove all versions but the current one and the one before it."""
    versions = sorted(_versions(folder), key=_number)
    before = [name for name in versions if _number(name) < _number(current)]
    for name in versions:
        if name not in (current, *before[-1:]):
            folder.remove_folder(name)


def _versions(folder: Folder) -> list[str]:
    return [name for name in folder.names() if _VERSION.fullmatch(name)]


def _number(version: str) -> int:
    return int(version.removeprefix(".."))
