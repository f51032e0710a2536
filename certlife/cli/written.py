"""Where a report goes that is rather kept than read: a file, as a whole or not at all."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from certlife.cli import EXIT_BAD_INPUT, notices

if TYPE_CHECKING:
    from pathlib import Path


def write(text: str, path: Path | None) -> None:
    """Write a report to a file, or to standard output where none is named.

    Whoever reads the file meanwhile finds the old one or the new one, whole. What is no regular
    file, such as a device, is written to as it stands.

    Args:
        text: The report, with its line end.
        path: The file; one that cannot be written ends the command.
    """
    if path is None:
        click.echo(text, nl=False)
        return
    try:
        _put(text, path.resolve())
    except OSError as error:
        notices.error(f"{path}: cannot be written: {error.strerror}")
        sys.exit(EXIT_BAD_INPUT)


def _put(text: str, path: Path) -> None:
    if path.exists() and not path.is_file():
        path.write_text(text, "utf-8")
        return
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("x", encoding="utf-8") as file:
            file.write(text)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
