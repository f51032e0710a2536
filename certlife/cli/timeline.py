"""`certlife timeline`: certificates as a picture, for people who would rather look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from certlife.cli import parameters, screen
from certlife.cli.judging import finish, judged
from certlife.cli.written import write

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from pathlib import Path

    from certlife.policy.policies import Policy

# Nothing is fetched and nothing runs, whatever the objects say.
_PAGE: Final = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ margin: 0 }}
main {{ margin: auto; max-width: 100rem }}
@media (prefers-color-scheme: dark) {{ body {{ background: #14171c }} }}
</style>
</head>
<body>
<main>
{picture}</main>
</body>
</html>
"""


@click.command(
    short_help="Certificates as a picture, one row each.",
    epilog="""\b
Examples:
  certlife timeline examples/cluster --output timeline.html
  certlife timeline /etc/letsencrypt/live > timeline.svg
""",
)
@parameters.PATHS
@parameters.NOW
@parameters.POLICY
@parameters.RENEW_BEFORE
@parameters.PICTURE_FILE
def timeline(
    paths: tuple[str, ...],
    *,
    now: datetime,
    policy: Policy,
    renew_before: timedelta | None,
    file: Path | None,
) -> None:
    """Draw when certificates are valid, due, open for renewal, and waiting after a failure.

    PATH is as for check. The picture is SVG, or a page for a browser where FILE ends in .html.
    """
    from certlife.cli.picture import heading, timeline_svg  # noqa: PLC0415 — only here is it needed
    from certlife.cli.spans import row_of  # noqa: PLC0415

    if file is None and screen.is_terminal():
        raise click.UsageError("expected --output FILE.svg or FILE.html, or a pipe to write to")
    sources, judgements = judged(paths, now=now, policy=policy, renew_before=renew_before)
    picture = timeline_svg([row_of(judgement) for judgement in judgements], now=now)
    if file is not None and file.suffix == ".html":
        picture = _PAGE.format(title=heading(now), picture=picture)
    write(picture, file)
    finish(sources)
