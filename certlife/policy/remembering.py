"""Answers that were given before, found again by what they were about.

A verdict is a function of a snapshot and an instant, and time alone changes it only at instants
that are known in advance. So the same question has the same answer until the next of these, and
whoever asks about every certificate once a minute need not read one twice. A snapshot is told from
another by all of it, the entries of its Secret by their digest: no byte of a private key is kept.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from operator import attrgetter
from typing import TYPE_CHECKING, Final, TypeVar, cast

from attrs import fields, frozen

from certlife.model.secret import SecretData
from certlife.model.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from certlife.pki.keys import PrivateKey
    from certlife.pki.memo import Memo
    from certlife.policy.policies import Policy

    Question = tuple[str, Policy, *tuple[object, ...]]

Answer = TypeVar("Answer")


@frozen(eq=False)
class _Remembered:
    """An answer, what it was about, and from when until when it is the same.

    Args:
        about: All of the question that is not in the digest.
        since: The instant at which it was asked.
        until: The first instant after it at which time may change the answer; None for never.
        answer: The answer.
    """

    about: tuple[object, ...]
    since: datetime
    until: datetime | None
    answer: object


def remembered(
    memo: Memo,
    question: Question,
    snapshot: Snapshot,
    now: datetime,
    judge: Callable[[], tuple[Answer, datetime | None]],
) -> Answer:
    """Give the answer that the memo has, or find it and keep it there.

    Args:
        memo: Where to look.
        question: The kind of answer, the policy, and whatever else the answer depends on.
        snapshot: What it is about.
        now: The instant at which it is judged, aware.
        judge: Finds the answer, and the first instant after `now` at which time may change it.
    """
    kind, policy, *_ = question
    secret, certificate = snapshot.secret, snapshot.certificate
    contents = _contents(secret, snapshot.pending_key)
    digest = sha256(b"".join(contents)).digest()
    key = kind, policy.name, certificate.namespace, certificate.name, digest
    about = (
        question,
        *_surroundings(snapshot),
        None if secret is None else (secret.entries and (*secret.entries,), *_marks(secret)),
        snapshot.pending_key and snapshot.pending_key.label,
        (*map(len, contents),),
    )
    known = memo.get(key)
    if (
        isinstance(known, _Remembered)
        and known.since <= now
        and (known.until is None or now < known.until)
        and known.about == about
    ):
        return cast("Answer", known.answer)  # the kind of question is the kind of answer
    answer, until = judge()
    memo.keep(key, _Remembered(about, now, until, answer))
    return answer


def _contents(secret: SecretData | None, pending: PrivateKey | None) -> list[bytes]:
    """Return whatever may be secret."""
    contents = [*secret.entries.values()] if secret is not None and secret.entries else []
    if pending is not None:
        contents.append(pending.der)
    return contents


def _all_but(kind: type[Snapshot | SecretData], *others: str) -> Callable[..., tuple[object, ...]]:
    """Make what reads every attribute that tells two instances apart, but for some."""
    attributes = [attribute.name for attribute in fields(kind) if attribute.eq]
    return attrgetter(*(name for name in attributes if name not in others))


_surroundings: Final = _all_but(Snapshot, "secret", "pending_key")
_marks: Final = _all_but(SecretData, "entries")
