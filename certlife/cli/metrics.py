"""`certlife metrics`: what Prometheus asks of cert-manager, under the same names, from files."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

import click
from attrs import evolve

from certlife.adapters.kubernetes import Refusal
from certlife.cli import EXIT_BAD_INPUT, notices, parameters
from certlife.cli.judging import finish, judged
from certlife.cli.text import printable, shortened
from certlife.cli.written import write

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime, timedelta
    from pathlib import Path

    from certlife.cli.judgement import Judgement
    from certlife.cli.sources import Sources
    from certlife.policy.policies import Policy

_LABEL_CHARACTERS: Final = 253
"""How long a label gets: as long as Kubernetes lets a name be, which only nonsense exceeds."""


@click.command(
    short_help="What Prometheus asks of cert-manager, from files.",
    epilog="""\b
Examples:
  certlife metrics /etc/letsencrypt/live --output /var/lib/node_exporter/certlife.prom
  kubectl get certificate,secret,certificaterequest -A -o json | certlife metrics -
""",
)
@parameters.PATHS
@parameters.NOW
@parameters.POLICY
@parameters.RENEW_BEFORE
@parameters.METRICS_FILE
def metrics(
    paths: tuple[str, ...],
    *,
    now: datetime,
    policy: Policy,
    renew_before: timedelta | None,
    file: Path | None,
) -> None:
    """Write metrics for Prometheus, named and labelled as those of cert-manager.

    PATH is as for check. Certificates from PEM files are named by their files.
    """
    if find_spec("prometheus_client") is None:
        notices.error("metrics needs prometheus-client: pip install 'certlife[metrics]'")
        sys.exit(EXIT_BAD_INPUT)
    from certlife.cli.exposition import exposition  # noqa: PLC0415 — only here is it needed

    sources, judgements = judged(paths, now=now, policy=policy, renew_before=renew_before)
    sources, labelled = _labelled(sources, judgements)
    write(exposition(labelled, unreadable=len(sources.problems), now=now), file)
    finish(sources)


def _labelled(
    sources: Sources, judgements: Iterable[Judgement]
) -> tuple[Sources, Mapping[tuple[str, ...], Judgement]]:
    """Name each certificate by its labels; of two with the same ones the first, worse one counts.

    Prometheus takes nothing at all from a page on which a sample is there twice.
    """
    labelled: dict[tuple[str, ...], Judgement] = {}
    problems = list(sources.problems)
    for judgement in judgements:
        labels = tuple(
            shortened(printable(label), _LABEL_CHARACTERS) for label in _labels(judgement)
        )
        if labels in labelled:
            rule = "expected labels of its own: it is left out, as another one has these"
            problems.append(Refusal(judgement.question.source, "", rule, f"name {labels[0]!r}"))
        else:
            labelled[labels] = judgement
    return evolve(sources, problems=tuple(problems)), labelled


def _labels(judgement: Judgement) -> tuple[str, ...]:
    """Return the values of `exposition.LABELS`."""
    certificate = judgement.certificate
    issuer = certificate.spec.issuer_ref
    # Folders of one name are common, and paths are not: PEM files go by theirs.
    name = certificate.name if judgement.question.spec_given else judgement.question.source
    return name, certificate.namespace or "", issuer.name, issuer.kind or "", issuer.group or ""
