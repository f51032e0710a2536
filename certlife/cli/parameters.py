"""What the commands take: how each option is read, and what help says of it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import click
from click.shell_completion import CompletionItem

from certlife.cli.own_policy import load_policy
from certlife.cli.text import printable
from certlife.errors import CertlifeError, InvalidValueError
from certlife.policy.policies import STRICT, TRIGGER, TRIGGER_DOCUMENTED, Policy
from certlife.schedule.durations import parse_duration
from certlife.schedule.instants import parse_instant
from certlife.schedule.steps import step

STANDARD_INPUT: Final = "-"

_POLICIES: Final = {policy.name: policy for policy in (TRIGGER, TRIGGER_DOCUMENTED, STRICT)}


class _Instant(click.ParamType[datetime]):
    """An RFC 3339 date-time, or a step from now."""

    name = "INSTANT"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        try:
            if value.startswith(("+", "-")):
                return step(datetime.now(UTC), value)
            return parse_instant(value)
        except CertlifeError as error:
            self.fail(f"{error}; for instance 2026-11-24T12:00:00Z or +3months", param, ctx)


class _Duration(click.ParamType[timedelta]):
    """A duration in Go's syntax, above zero."""

    name = "DURATION"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        try:
            duration = parse_duration(value)
        except CertlifeError as error:
            self.fail(f"{error}; for instance 720h, which is 30 days", param, ctx)
        if duration <= timedelta():  # cert-manager takes no notice of those, without a word
            self.fail(f"expected a duration above zero, got {value}", param, ctx)
        return duration


class _PolicyName(click.ParamType[Policy]):
    """A built-in policy, or one of the user's own as MODULE:NAME."""

    name = "POLICY"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Have the shell complete the name of a built-in policy."""
        del ctx, param
        return [CompletionItem(name) for name in _POLICIES if name.startswith(incomplete)]

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> Policy:
        if value in _POLICIES:
            return _POLICIES[value]
        module_name, colon, name = value.partition(":")
        if not colon:
            known = ", ".join(_POLICIES)
            self.fail(f"expected {known} or MODULE:NAME, got {printable(value)}", param, ctx)
        try:
            return load_policy(module_name, name)
        except InvalidValueError as error:
            self.fail(printable(str(error)), param, ctx)


def _chosen(_: click.Context, __: click.Parameter, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Take standard input where no path is given and something is piped in."""
    if not paths and (sys.stdin is None or sys.stdin.isatty()):
        raise click.UsageError("expected at least one PATH, or - for standard input")
    chosen = paths or (STANDARD_INPUT,)
    if STANDARD_INPUT in chosen and sys.stdin is None:
        raise click.UsageError("standard input is closed")
    return chosen


def _clock(_: click.Context, __: click.Parameter, now: datetime | None) -> datetime:
    return now or datetime.now(UTC)


def _picture(_: click.Context, __: click.Parameter, file: Path | None) -> Path | None:
    if file is not None and file.suffix not in {".svg", ".html"}:
        raise click.BadParameter(f"expected FILE.svg or FILE.html, got {printable(str(file))}")
    return file


def files(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Have the shell complete a path, of a file or of a folder."""
    return [CompletionItem(incomplete, type="file")]


PATHS: Final = click.argument(
    "paths", nargs=-1, metavar="[PATH ... | -]", callback=_chosen, shell_complete=files
)
NOW: Final = click.option(
    "--now",
    type=_Instant(),
    callback=_clock,
    help="Judge at this instant, such as 2026-11-24T12:00:00Z or +3months, rather than now.",
)
POLICY: Final = click.option(
    "--policy",
    type=_PolicyName(),
    default=TRIGGER.name,
    show_default=True,
    help="What must hold: as the code of cert-manager has it, as its FAQ says (documented), as"
    " much as can be seen (strict), or a Policy of your own (MODULE:NAME, from this folder too).",
)
NOW_AFTER: Final = click.option(
    "--now-after",
    type=_Instant(),
    help="Judge AFTER at this instant; by default at that of BEFORE.",
)
POLICY_AFTER: Final = click.option(
    "--policy-after", type=_PolicyName(), help="Judge AFTER by this policy; by default by the same."
)
RENEW_BEFORE: Final = click.option(
    "--renew-before",
    type=_Duration(),
    help="Take certificates from PEM files as due so long before they expire, such as 720h, rather"
    " than after two thirds of their lifetime.",
)
EXIT_CODE: Final = click.option(
    "--exit-code", is_flag=True, help="Exit with 3 where something must be issued."
)
OUTPUT: Final = click.option(
    "--output",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="Write a table for people, or JSON for scripts.",
)
CHAIN_OUTPUT: Final = click.option(
    "--output",
    type=click.Choice(["text", "pem"]),
    default="text",
    show_default=True,
    help="Describe the chain for people, or write the chain itself.",
)
FILE: Final = click.argument("file", type=click.File("rb"))
METRICS_FILE: Final = click.option(
    "--output",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write to this file, at once, rather than to standard output.",
)
PICTURE_FILE: Final = click.option(
    "--output",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=_picture,
    metavar="FILE",
    help="Write to this file, FILE.svg or FILE.html, rather than SVG to standard output.",
)
