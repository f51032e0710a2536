"""Deciding about many certificates: a stream of snapshots in, a stream of answers out.

Each answer says what it is about, and an error about one certificate is that one's answer. What
leaves the process leaves it without private keys, unless the caller says otherwise.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from pathlib import PurePath
from typing import TYPE_CHECKING, Final, TypeAlias, assert_never

from attrs import evolve, field, frozen

from certlife.errors import CertlifeError, InvalidValueError, WrongTypeError
from certlife.fleet.spreading import CHUNK_SIZE, IN_FLIGHT, spread
from certlife.model.snapshot import Snapshot
from certlife.pki.memo import Memo
from certlife.policy.decision import BackOff, Blocked, Decision, InProgress, Issue, Keep, decide
from certlife.policy.policies import TRIGGER, Policy
from certlife.schedule.instants import require_aware

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Executor


@frozen
class Unread:
    """The bytes that a snapshot is made of, to be read by whoever judges it.

    Sending bytes costs next to nothing, sending a Snapshot two thirds of what judging it does.

    Args:
        content: The bytes, for instance an export of one Certificate and what belongs to it.
        read: What makes a Snapshot of them; `certlife.adapters.manifests.read_snapshot`, or a
            function of a module of your own.
    """

    content: bytes = field(repr=False)
    read: Callable[[bytes], Snapshot]


@frozen
class Failure:
    """Why there is no decision about one certificate.

    Args:
        rule: What was expected, or what was raised and where, as a clause.
        path: Where, in the API's spelling; "" where there is no place to name.
        value: What was there, as a message may quote it, or None.
    """

    rule: str
    path: str = ""
    value: str | None = None

    @property
    def message(self) -> str:
        """The failure as a sentence for people."""
        return str(CertlifeError(self.rule, path=self.path, value=self.value))


Outcome: TypeAlias = Decision | Failure


class Kind(StrEnum):
    """An outcome in one word."""

    ISSUE = "issue"
    BLOCKED = "blocked"
    BACKOFF = "backoff"
    IN_PROGRESS = "in-progress"
    KEEP = "keep"
    FAILED = "failed"
    ABSENT = "absent"

    @classmethod
    def of(cls, outcome: Outcome | None) -> Kind:
        """Name the kind of an outcome; None, where there is no such certificate, is ABSENT."""
        match outcome:
            case Issue():
                return cls.ISSUE
            case Blocked():
                return cls.BLOCKED
            case BackOff():
                return cls.BACKOFF
            case InProgress():
                return cls.IN_PROGRESS
            case Keep():
                return cls.KEEP
            case Failure():
                return cls.FAILED
            case None:
                return cls.ABSENT
            case _:
                assert_never(outcome)


@frozen
class Evaluation:
    """What was decided about one certificate of many.

    Args:
        position: Which of the items it was, from 0.
        namespace: The Certificate's namespace, or None.
        name: Its name; None only where it could not be read.
        outcome: The decision, or why there is none.
    """

    position: int
    namespace: str | None
    name: str | None
    outcome: Outcome


def evaluate(  # noqa: PLR0913 — what is decided, and how the work is spread, each by keyword
    snapshots: Iterable[Snapshot | Unread],
    *,
    now: datetime,
    policy: Policy = TRIGGER,
    memo: Memo | None = None,
    executor: Executor | None = None,
    chunk_size: int = CHUNK_SIZE,
    in_flight: int = IN_FLIGHT,
    in_order: bool = True,
    with_private_keys: bool = False,
    progress: Callable[[int], object] | None = None,
) -> Iterator[Evaluation]:
    """Decide about many certificates, lazily.

    Args:
        snapshots: What to judge: snapshots, or the bytes that they are made of.
        now: The instant at which they are judged, aware.
        policy: What must hold; cert-manager's code by default.
        memo: What was decided before, as for `decide`; in another process it is empty.
        executor: Who does the work; None for right here.
        chunk_size: How many are sent to it at a time, at least one.
        in_flight: How many chunks are under way at once, at least one; best twice the workers.
        in_order: Whether answers come in the order of the snapshots, or as completed.
        with_private_keys: Whether private keys may go to the executor. Without, each is read here
            and left out, which takes a quarter of the time of a verdict; and bytes, which
            nobody can look through without reading them, are refused.
        progress: Called with the number of answers there are so far.

    Returns:
        An iterator of Evaluations. At most `chunk_size * in_flight` are under way.

    Raises:
        InvalidValueError: `now` is naive, `chunk_size` or `in_flight` is below one; and, on the
            way, bytes go to an executor without leave.
        WrongTypeError: An argument, or one of the snapshots, is of a wrong type.
        ExecutorError: On the way: the executor lost a worker, or the policy cannot be sent to it.
    """
    work = _Work(policy, require_aware(now), memo)
    strip = executor is not None and not with_private_keys
    return spread(
        work,
        _sendable(snapshots, strip=strip),
        executor=executor,
        chunk_size=chunk_size,
        in_flight=in_flight,
        in_order=in_order,
        progress=progress,
    )


_Numbered: TypeAlias = tuple[int, Snapshot | Unread]
_NOTHING_KNOWN: Final = (None, None)


def _sendable(snapshots: Iterable[Snapshot | Unread], *, strip: bool) -> Iterator[_Numbered]:
    for position, one in enumerate(snapshots):
        path = f"snapshots[{position}]"
        if not isinstance(one, Snapshot | Unread):
            raise WrongTypeError(
                "expected a Snapshot or an Unread", path=path, value=f"a {type(one).__name__}"
            )
        if not strip:
            yield position, one
        elif isinstance(one, Snapshot):
            yield position, _without_private_keys(one)
        else:
            raise InvalidValueError(
                "expected with_private_keys=True, because bytes go to an executor as they are",
                path=path,
            )


def _without_private_keys(snapshot: Snapshot) -> Snapshot:
    secret = snapshot.secret and snapshot.secret.without_private_key()
    return evolve(snapshot, secret=secret, pending_key=None)


@frozen
class _Work:
    """Judges one snapshot, in the worker, and lets nothing escape but an answer."""

    policy: Policy
    now: datetime
    memo: Memo | None

    def __call__(self, numbered: _Numbered) -> Evaluation:
        position, one = numbered
        namespace, name = _NOTHING_KNOWN
        outcome: Outcome
        try:
            snapshot = one if isinstance(one, Snapshot) else _read(one)
            namespace, name = snapshot.certificate.namespace, snapshot.certificate.name
            outcome = decide(snapshot, now=self.now, policy=self.policy, memo=self.memo)
        except CertlifeError as error:
            outcome = Failure(error.rule, error.path, error.value)
        except Exception as error:  # noqa: BLE001 — a rule or a reader is anybody's code
            outcome = Failure(_told(error))
        return Evaluation(position, namespace, name, outcome)


def _read(unread: Unread) -> Snapshot:
    snapshot: object = unread.read(unread.content)
    if not isinstance(snapshot, Snapshot):
        raise WrongTypeError(
            "expected `read` to return a Snapshot", value=f"a {type(snapshot).__name__}"
        )
    return snapshot


def _told(error: Exception) -> str:
    """Say what was raised and where, and not what it said: that may quote a Secret."""
    *_, (frame, line) = traceback.walk_tb(error.__traceback__)
    file = PurePath(frame.f_code.co_filename).name
    return f"raised {type(error).__name__} ({file}, line {line})"
