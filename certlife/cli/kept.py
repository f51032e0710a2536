"""What people ask of a store, or do to it, by hand: status, events, renew, delete-request.

The Certificates are those that the store has noted, so no configuration is needed. What a process
at work on the store must know of is done under the Certificate's lock.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from certlife.adapters.files import FileStore
from certlife.adapters.files.noted import call, noted_certificates, noted_events
from certlife.cli import EXIT_BAD_INPUT, EXIT_ISSUE, notices, screen, table
from certlife.cli.explain import explain
from certlife.cli.judgement import Judgement, Question, Verdict, judge, worst_first
from certlife.cli.text import listed, printable
from certlife.errors import CertlifeError, InvalidValueError, shown
from certlife.model.status import ConditionStatus, first_condition
from certlife.policy.decision import mark_for_renewal
from certlife.policy.policies import TRIGGER
from certlife.schedule.instants import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from certlife.model.certificate import Certificate
    from certlife.model.request import CertificateRequest


def show_status(root: Path, name: str | None) -> int:
    """Show every Certificate, or all about one, and return the exit status."""
    kept, problems = noted_certificates(root)
    chosen = kept if name is None else [_chosen(kept, name)]
    now = datetime.now(UTC)
    judgements, more = look_at(FileStore(root, kept), chosen, str(root), now=now)
    judgements = worst_first(judgements)
    if name is not None:
        click.echo("\n\n".join(explain(judgement, now=now) for judgement in judgements))
    elif screen.is_terminal():
        screen.show_table(judgements, now=now)
    else:
        click.echo(table.plain(judgements, now=now))
    if name is None:
        click.echo(f"\n{table.summary(judgements)}", err=True)
    for text in waiting_for(judgements):
        notices.note(text)
    for problem in (*problems, *more):
        notices.error(problem)
    if problems or more:
        return EXIT_BAD_INPUT
    return EXIT_ISSUE if any(one.verdict is not Verdict.KEEP for one in judgements) else 0


def show_events(root: Path, name: str) -> None:
    """Show what was told of a Certificate."""
    kept, _ = noted_certificates(root)
    certificate = _chosen(kept, name)
    for told in noted_events(root, certificate):
        event = told.event
        at = format_instant(told.at.replace(microsecond=0))
        click.echo(printable(f"{at} {event.type:7}  {event.reason}: {event.message}"))


def renew(root: Path, name: str) -> None:
    """Mark a Certificate for issuance."""
    kept, _ = noted_certificates(root)
    certificate, store = _chosen(kept, name), FileStore(root, kept)
    with store.holding(certificate) as snapshot:
        before = snapshot.certificate
        after = mark_for_renewal(before, now=datetime.now(UTC))
        store.update_status(before, before.status, after.status)
    call(root)
    click.echo(f"{printable(table.full_name(certificate))} is marked: `certlife run` issues it now")


def requests_under_way(root: Path, name: str) -> tuple[Certificate, Sequence[CertificateRequest]]:
    """Find the requests of a Certificate that have led to nothing yet."""
    kept, _ = noted_certificates(root)
    certificate = _chosen(kept, name)
    requests = FileStore(root, kept).look(certificate).next_requests
    if not requests:
        rule = "expected a request under way, and there is none; for a new one: certlife renew"
        raise InvalidValueError(f"{rule} {table.full_name(certificate)}")
    return certificate, requests


def delete_requests(
    root: Path, certificate: Certificate, requests: Iterable[CertificateRequest]
) -> None:
    """Delete requests, if they still are what was seen."""
    kept, _ = noted_certificates(root)
    store = FileStore(root, kept)
    with store.holding(certificate):
        for request in requests:
            store.delete_request(certificate, request.name, request.uid)
    call(root)


def look_at(
    store: FileStore, certificates: Iterable[Certificate], source: str, *, now: datetime
) -> tuple[list[Judgement], list[str]]:
    """Judge what a store holds, and say what of it cannot be read.

    Args:
        store: The store.
        certificates: Certificates of it.
        source: What to call it.
        now: When, aware.
    """
    judgements, problems = [], []
    for certificate in certificates:
        try:
            question = Question(store.look(certificate), source)
        except CertlifeError as error:
            problems.append(f"{table.full_name(certificate)}: {error}")
        else:
            judgements.append(judge(question, now=now, policy=TRIGGER))
    return judgements, problems


def waiting_for(judgements: Iterable[Judgement]) -> Iterator[str]:
    """Say what those that are being issued wait for, as far as their issuers do."""
    for judgement in judgements:
        request = judgement.question.snapshot.next_request
        ready = None if request is None else first_condition(request.conditions, "Ready")
        if judgement.verdict is not Verdict.IN_PROGRESS or ready is None or not ready.message:
            continue
        if ready.status != ConditionStatus.TRUE:
            yield f"{table.full_name(judgement.certificate)}: {ready.message}"


def _chosen(kept: Iterable[Certificate], name: str) -> Certificate:
    """Find the one Certificate of a name.

    Raises:
        InvalidValueError: There is none, or more than one.
    """
    kept = list(kept)
    found = [one for one in kept if name == table.full_name(one)]
    found = found or [one for one in kept if name == one.name]
    if len(found) == 1:
        return found[0]
    known = listed(sorted(table.full_name(one) for one in found or kept))
    if found:
        raise InvalidValueError(f"expected NAMESPACE/NAME, since there are: {known}")
    there = f"there are: {known}" if known else "there is none at all"
    raise InvalidValueError(f"no certificate {shown(name)}; {there}")
