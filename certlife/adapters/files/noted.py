"""The Certificates that a store has noted, for those who have no configuration at hand.

It also carries word to a process at work on the store that there is something to look at.
Nothing is decided here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from certlife.adapters.files.folder import Folder
from certlife.adapters.files.places import PRIVATE_FOLDER, certificate_place
from certlife.adapters.files.records import Records
from certlife.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from certlife.adapters.files.records import ToldEvent
    from certlife.model.certificate import Certificate

_CALL: Final = "called"


def noted_certificates(root: Path) -> tuple[tuple[Certificate, ...], tuple[StoreError, ...]]:
    """Return every Certificate that was ever configured, as it was last; and what is unreadable.

    Args:
        root: The store's folder.

    Raises:
        StoreError: There is no store, or its folder cannot be read.
    """
    certificates: list[Certificate] = []
    errors: list[StoreError] = []
    with Folder.at(root) as top, top.enter(PRIVATE_FOLDER, "certificates") as folder:
        if not folder.exists:
            rule = "expected a store, which `certlife run` makes: name its folder"
            raise StoreError(rule, path=str(root))
        for namespace in folder.names():
            try:
                with folder.enter(namespace) as names:
                    found = names.names()
            except StoreError as error:
                errors.append(error)
                continue
            for name in found:
                try:
                    with folder.enter(namespace, name) as notes:
                        records = Records(notes)
                        certificate = records.certificate()
                except StoreError as error:
                    errors.append(error)
                    continue
                certificates += [] if certificate is None else [certificate]
                errors += records.unreadable()
    return tuple(certificates), tuple(errors)


def noted_events(root: Path, certificate: Certificate) -> tuple[ToldEvent, ...]:
    """Return what was told of a Certificate, the latest last.

    Args:
        root: The store's folder.
        certificate: Any Certificate.

    Raises:
        StoreError: It cannot be read; the name is none that a file may have.
    """
    with Folder.at(root) as top, top.enter(*certificate_place(certificate)) as notes:
        records = Records(notes)
        events = records.events()
    for error in records.unreadable():
        raise error
    return events


def call(root: Path) -> None:
    """Let a process at work on a store know that there is something to look at.

    Raises:
        StoreError: The store cannot be written.
    """
    with Folder.at(root) as top, top.enter(PRIVATE_FOLDER) as folder:
        folder.replace(_CALL, b"")


def last_call(root: Path) -> int:
    """Return a number that another one follows with each call; 0 where nobody called."""
    try:
        return (root / PRIVATE_FOLDER / _CALL).lstat().st_mtime_ns
    except OSError:  # whoever has to read what is there will say so
        return 0
