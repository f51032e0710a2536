"""`certlife inspect`: whatever is in a file, for people: certificates, requests, keys, chains."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, BinaryIO

import click

from certlife.adapters.pemfiles import MAX_PEM_BYTES
from certlife.cli import EXIT_BAD_INPUT, notices, parameters
from certlife.cli.text import printable

if TYPE_CHECKING:
    from datetime import datetime


@click.command(
    "inspect",
    short_help="What is in a file: certificates, requests, keys.",
    epilog="""\b
Examples:
  certlife inspect /etc/letsencrypt/live/web/fullchain.pem
  openssl s_client -connect example.com:443 -showcerts </dev/null | certlife inspect -
""",
)
@parameters.FILE
@parameters.NOW
def inspect_command(file: BinaryIO, *, now: datetime) -> None:
    """Say what is in FILE, which is PEM or DER: certificates, requests and keys.

    - is standard input. Of a private key no byte is shown: what kind it is, and to which
      certificate in the file it belongs.
    """
    from certlife.cli.contents import read_contents  # noqa: PLC0415
    from certlife.cli.description import describe  # noqa: PLC0415 — only here is it needed

    contents = read_contents(file.read(MAX_PEM_BYTES + 1))
    click.echo(
        "\n\n".join("\n".join(map(printable, part)) for part in describe(contents.found, now=now)),
        nl=bool(contents.found),
    )
    for text in contents.notes:
        notices.note(text)
    for text in contents.problems:
        notices.error(text)
    if contents.problems:
        sys.exit(EXIT_BAD_INPUT)
