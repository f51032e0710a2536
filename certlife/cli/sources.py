"""From paths to questions: what there is to judge, what could not be read, what to say of it."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from attrs import frozen

from certlife.adapters.inputs import Inputs, read_inputs
from certlife.adapters.kubernetes import Refusal, read_export
from certlife.adapters.manifests import MAX_JSON_BYTES
from certlife.cli.judgement import Question
from certlife.cli.parameters import STANDARD_INPUT
from certlife.cli.text import listed
from certlife.model.certificate import Certificate
from certlife.model.snapshot import Snapshot
from certlife.pki.memo import Memo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from certlife.adapters.kubernetes import Export
    from certlife.adapters.pemfiles import PemSource

_NO_SECRETS: Final = "Secrets, of which the input holds none, so that none is said to be missing"
_NO_REQUESTS: Final = (
    "what was requested, as the input holds no CertificateRequest: the names on the certificate are"
    " compared instead, tolerantly"
)
_FROM_FILES: Final = (
    "the spec of PEM files, which was read off the certificate, so that these checks find nothing: "
)


@frozen
class Sources:
    """What the paths hold.

    Args:
        questions: The certificates to judge.
        specs: The Certificates as they were written, each with where it is from: those that are
            there twice too, and none from PEM files, which have no spec of their own.
        problems: What could not be read, and why.
        ignored: How many objects there were of kinds that have no part in it.
        notes: What else to say, a sentence each.
    """

    questions: Sequence[Question]
    specs: Sequence[tuple[str, Certificate]]
    problems: Sequence[Refusal]
    ignored: Mapping[str, int]
    notes: Sequence[str]


def read_sources(paths: Sequence[str], *, renew_before: timedelta | None = None) -> Sources:
    """Read files, folders and standard input.

    Args:
        paths: Files and folders, at least one; "-" is standard input.
        renew_before: How long before their end certificates from PEM files are due.
    """
    # One byte more than may be read: what never ends is refused rather than kept.
    stdin = sys.stdin.buffer.read(MAX_JSON_BYTES + 1) if STANDARD_INPUT in paths else None
    inputs = read_inputs(paths, stdin=stdin, renew_before=renew_before)
    export = read_export(
        ((document.source, document.value) for document in inputs.documents),
        memo=Memo(),
    )
    return Sources(
        [*_from_export(export), *map(_from_files, inputs.pems)],
        list(zip(export.sources, export.certificates, strict=True)),
        (*inputs.refusals, *export.refusals),
        export.ignored,
        [*_nothing(export, inputs), *notes_on(export, inputs.skipped)],
    )


def _nothing(export: Export, inputs: Inputs) -> Iterator[str]:
    """Say that there is nothing, where that is no error: silence would pass for all being well."""
    if not (export.certificates or inputs.pems or inputs.refusals or export.refusals):
        yield "nothing to judge: the input holds no Certificate and no PEM file"


def _from_export(export: Export) -> Iterator[Question]:
    not_judged = []
    if not export.secrets:
        not_judged.append(_NO_SECRETS)
    if not export.requests:
        not_judged.append(_NO_REQUESTS)
    for snapshot in export.snapshots():
        source = export.source_of(snapshot.certificate)
        yield Question(
            snapshot, source, secrets_given=bool(export.secrets), not_judged=tuple(not_judged)
        )


def _from_files(pem: PemSource) -> Question:
    snapshot = Snapshot(pem.certificate, secret=pem.secret, requests=())
    not_judged = _FROM_FILES + ", ".join(pem.unchecked)
    return Question(snapshot, pem.source, spec_given=False, not_judged=(not_judged,))


def notes_on(export: Export, skipped: int) -> Iterator[str]:
    """Say what was left aside, a sentence each."""
    repeated = list(_repeated(export))
    if repeated:
        yield f"there more than once, of which the last one counts: {listed(repeated)}"
    if export.ignored:
        kinds = [f"{count} {kind}" for kind, count in sorted(export.ignored.items())]
        yield f"ignored, being of other kinds: {listed(kinds)}"
    if export.unknown_fields:
        paths = [f"{path} ({count} times)" for path, count in sorted(export.unknown_fields.items())]
        yield f"ignored, being no fields of the API: {listed(paths)}"
    if skipped:
        yield f"passed over, being hidden or no input: {skipped} files and folders"


def _repeated(export: Export) -> Iterator[str]:
    for kind, objects in (
        ("Certificate", export.certificates),
        ("Secret", export.secrets),
        ("CertificateRequest", export.requests),
    ):
        counts = Counter((one.namespace, one.name) for one in objects if one.name)
        for (namespace, name), count in counts.items():
            if count > 1:
                yield f"{kind} {f'{namespace}/{name}' if namespace else name}"
