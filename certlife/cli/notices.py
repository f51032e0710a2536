"""What is said beside the output of a command, on standard error: notes and errors."""

from __future__ import annotations

from typing import Final

import click

from certlife.cli.text import printable, shortened

_ERROR_CHARACTERS: Final = 1000
"""How long a line about an error may get: it names a path that others wrote."""


def note(text: str) -> None:
    """Say something that is good to know."""
    click.echo(f"note: {printable(text)}", err=True)


def error(text: object) -> None:
    """Say what is wrong."""
    click.echo(f"error: {shortened(printable(str(text)), _ERROR_CHARACTERS)}", err=True)
