"""The commands: what they ask, in which order, and how they end.

Exit status: 0 reported; 3 with `--exit-code` where something must be issued; 2 where the input or
the command line is wrong, with all that could be read still shown; 1 from `validate` where a spec
has a fault.
"""

from __future__ import annotations

import errno
import sys
from typing import TYPE_CHECKING, BinaryIO, Final

import click

from certlife.cli import (
    EXIT_BAD_INPUT,
    EXIT_INTERRUPTED,
    EXIT_ISSUE,
    json_report,
    notices,
    parameters,
    screen,
    table,
)
from certlife.cli.comparison import diff_command
from certlife.cli.explain import described, explain, subject_of
from certlife.cli.inspection import inspect_command
from certlife.cli.judgement import Verdict
from certlife.cli.judging import finish, judged, tell
from certlife.cli.metrics import metrics
from certlife.cli.restoration import restore_plan_command
from certlife.cli.sources import read_sources
from certlife.cli.store_commands import delete_request, events, renew, run, status
from certlife.cli.text import listed, printable
from certlife.cli.timeline import timeline
from certlife.errors import CertlifeError
from certlife.model.validation import validate
from certlife.pki.chain import assemble_chain
from certlife.pki.pem import MAX_CHAIN_BYTES

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from certlife.policy.policies import Policy

EXIT_FAULTS: Final = 1


class _Commands(click.Group):
    """Commands of which none ends in a traceback, whatever happens around it."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:  # one that a rule of somebody's raises, or a program around this
            sys.exit(EXIT_INTERRUPTED)
        except CertlifeError as error:
            notices.error(error)
            sys.exit(EXIT_BAD_INPUT)
        except OSError as error:  # a disk that is full, an input that breaks off
            if error.errno == errno.EPIPE:
                raise  # click ends quietly: nobody reads on
            notices.error(error.strerror or error)
            sys.exit(EXIT_BAD_INPUT)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  kubectl get certificate,secret,certificaterequest -A -o json | certlife check -
  certlife check /etc/letsencrypt/live
  certlife check examples/cluster --now +3months
  certlife run pki.yaml --store store --once

certlife COMMAND --help says what a command takes.
""",
)
@click.version_option(package_name="certlife")
def cli() -> None:
    """Decide about TLS certificates as cert-manager does, and say why."""


@cli.command(
    short_help="Which certificates must be issued, and why.",
    epilog="""\b
Examples:
  kubectl get certificate,secret,certificaterequest -A -o json | certlife check -
  certlife check /etc/letsencrypt/live --renew-before 720h --exit-code
""",
)
@parameters.PATHS
@parameters.NOW
@parameters.POLICY
@parameters.RENEW_BEFORE
@parameters.OUTPUT
@parameters.EXIT_CODE
def check(
    paths: tuple[str, ...],
    *,
    now: datetime,
    policy: Policy,
    renew_before: timedelta | None,
    output: str,
    exit_code: bool,
) -> None:
    """Say which certificates must be issued, why, and when the others are due.

    PATH is a file or folder of Kubernetes objects in JSON or YAML, or of certificates in PEM;
    - is standard input.
    """
    sources, judgements = judged(paths, now=now, policy=policy, renew_before=renew_before)
    if output == "json":
        report = json_report.render(
            judgements,
            now=now,
            policy=policy.name,
            problems=sources.problems,
            ignored=sources.ignored,
        )
        click.echo(report)
    elif screen.is_terminal():
        screen.show_table(judgements, now=now)
    else:
        click.echo(table.plain(judgements, now=now))
    if output == "table":
        click.echo(f"\n{table.summary(judgements)}", err=True)
    finish(sources)
    if exit_code and any(judgement.verdict is Verdict.ISSUE for judgement in judgements):
        sys.exit(EXIT_ISSUE)


@cli.command(
    "explain",
    short_help="Everything about one certificate.",
    epilog="""\b
Example:
  certlife explain shop/web examples/cluster
""",
)
@click.argument("name")
@parameters.PATHS
@parameters.NOW
@parameters.POLICY
@parameters.RENEW_BEFORE
def explain_command(
    name: str,
    paths: tuple[str, ...],
    *,
    now: datetime,
    policy: Policy,
    renew_before: timedelta | None,
) -> None:
    """Say everything about one certificate: the decision, its reasons, and how they came about.

    NAME is a certificate's name, or NAMESPACE/NAME; PATH is as for check.
    """
    sources, judgements = judged(paths, now=now, policy=policy, renew_before=renew_before)
    chosen = [
        judgement
        for judgement in judgements
        if name in {table.full_name(judgement.certificate), judgement.certificate.name}
    ]
    if chosen:
        click.echo("\n\n".join(explain(judgement, now=now) for judgement in chosen))
    tell(sources)
    if not chosen:
        known = sorted(
            printable(table.full_name(judgement.certificate)) for judgement in judgements
        )
        there = f"there are: {listed(known)}" if known else "there is none at all"
        notices.error(f"no certificate {printable(name)!r}; {there}")
    if sources.problems or not chosen:
        sys.exit(EXIT_BAD_INPUT)


@cli.command(
    "validate",
    short_help="What is wrong with specs, for CI over manifests.",
    epilog="""\b
Example:
  certlife validate manifests/
""",
)
@parameters.PATHS
def validate_command(paths: tuple[str, ...]) -> None:
    """Say what is wrong with the specs of Certificates, as the webhook of cert-manager would.

    PATH is as for check. Exits with 1 where a spec has a fault.
    """
    sources = read_sources(paths)
    found = 0
    for source, certificate in sources.specs:
        for fault in validate(certificate.spec):
            found += 1
            name = table.full_name(certificate)
            click.echo(printable(f"{source}: {name}: {fault}"))
    specs = len(sources.specs)
    click.echo(
        f"\n{specs} spec{'s' * (specs != 1)}: {found or 'no'} fault{'s' * (found != 1)}", err=True
    )
    tell(sources)
    if sources.problems:
        sys.exit(EXIT_BAD_INPUT)
    if found:
        sys.exit(EXIT_FAULTS)


@cli.command(
    short_help="Certificates in the order that servers send.",
    epilog="""\b
Example:
  certlife chain bundle.pem --output pem > fullchain.pem
""",
)
@parameters.FILE
@parameters.CHAIN_OUTPUT
def chain(file: BinaryIO, *, output: str) -> None:
    """Put the certificates in FILE into one chain: leaf first, without the root.

    FILE is PEM; - is standard input. What is no chain is refused, and which certificate does not
    fit is said.
    """
    try:
        assembled = assemble_chain(file.read(MAX_CHAIN_BYTES + 1))
    except CertlifeError as error:
        name = str(getattr(file, "name", "stdin")).strip("<>")  # as Python calls it: <stdin>
        notices.error(f"{name}: {error}")
        sys.exit(EXIT_BAD_INPUT)
    if output == "pem":
        click.echo(assembled.fullchain_pem, nl=False)
        return
    lines = ["Chain", *(f"  {line}" for line in described(assembled.certificates))]
    if assembled.ca is not None:
        lines += ["CA", f"  {subject_of(assembled.ca)}"]
    if assembled.left_out:
        lines.append("Left out")
        lines += [f"  {subject_of(one.certificate)}: {one.reason}" for one in assembled.left_out]
    click.echo("\n".join(map(printable, lines)))


for _command in (
    diff_command,
    restore_plan_command,
    inspect_command,
    metrics,
    timeline,
    run,
    status,
    events,
    renew,
    delete_request,
):
    cli.add_command(_command)
