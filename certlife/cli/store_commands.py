"""The commands that keep certificates in a store: run, status, events, renew, delete-request.

What does the work is imported by the command that needs it: reading files for `check` takes less.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click

from certlife.cli.parameters import STANDARD_INPUT, files
from certlife.cli.text import listed, printable

STORE: Final = click.option(
    "--store",
    "root",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="The folder in which certificates, keys and all notes are kept.",
)
NAME: Final = click.argument("name")


@click.command(
    short_help="Issue and renew certificates into a folder.",
    epilog="""\b
Examples:
  certlife run manifests/ --store /var/lib/certlife --once
  certlife run manifests/ --store /var/lib/certlife
""",
)
@click.argument("config", shell_complete=files)
@STORE
@click.option("--once", is_flag=True, help="End when there is nothing left to do for now.")
def run(config: str, root: Path, *, once: bool) -> None:
    """Issue the Certificates of CONFIG and keep them renewed, until it is told to stop.

    CONFIG is a file or folder with Certificates and their Issuers or ClusterIssuers (selfSigned or
    ca), as cert-manager has them, and at most one Configuration.
    """
    from certlife.cli.running import run_configuration  # noqa: PLC0415

    if config == STANDARD_INPUT:
        raise click.UsageError("expected a file or folder, and not standard input, as CONFIG")
    sys.exit(run_configuration(config, root, once=once))


@click.command(
    short_help="How the certificates of a store are.",
    epilog="""\b
Examples:
  certlife status --store /var/lib/certlife
  certlife status shop/web --store /var/lib/certlife
""",
)
@click.argument("name", required=False)
@STORE
def status(name: str | None, root: Path) -> None:
    """Say how the certificates of a store are; with NAME, all about one.

    Exits with 3 where one must be issued or is not there yet.
    """
    from certlife.cli.kept import show_status  # noqa: PLC0415

    sys.exit(show_status(root, name))


@click.command(
    short_help="What has happened to one certificate.",
    epilog="""\b
Example:
  certlife events web --store /var/lib/certlife
""",
)
@NAME
@STORE
def events(name: str, root: Path) -> None:
    """Say what has happened to a certificate lately, the latest last."""
    from certlife.cli.kept import show_events  # noqa: PLC0415

    show_events(root, name)


@click.command(
    short_help="Renew one certificate now.",
    epilog="""\b
Example:
  certlife renew web --store /var/lib/certlife
""",
)
@NAME
@STORE
def renew(name: str, root: Path) -> None:
    """Mark a certificate for renewal; the process that is running, or the next one, does it.

    A backoff after a failure is ended by this.
    """
    from certlife.cli import kept  # noqa: PLC0415

    kept.renew(root, name)


@click.command(
    "delete-request",
    short_help="Ask the issuer anew.",
    epilog="""\b
Example:
  certlife delete-request web --store /var/lib/certlife
""",
)
@NAME
@STORE
@click.option("--yes", is_flag=True, help="Do not ask whether to go on.")
def delete_request(name: str, root: Path, *, yes: bool) -> None:
    """Delete the request that is under way, so that the issuer is asked anew.

    What that does is said first.
    """
    from certlife.cli.kept import delete_requests, requests_under_way  # noqa: PLC0415

    certificate, requests = requests_under_way(root, name)
    called = printable(listed([request.name for request in requests]))
    click.echo(
        f"This deletes the request {called}, however far its issuer has come with it."
        "\nThe issuer is asked anew: at once, or after the backoff if it has refused."
        "\nThe certificate in use stays."
    )
    if not yes:
        click.confirm("Delete it?", abort=True)
    delete_requests(root, certificate, requests)
    click.echo("It is deleted.")
