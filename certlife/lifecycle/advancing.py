"""A request's own life: approved or denied, submitted, pending, and at last issued or not.

Nothing is asked here: an issuer's answer goes in, the request as it then is comes out, with the
time of the next question. Temporary errors are retried with the same request, after 5 seconds
doubling to 5 minutes; that is another matter than the backoff after a failed issuance.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, assert_never

from attrs import evolve, frozen

from certlife.errors import InvalidValueError, WrongTypeError, shown
from certlife.lifecycle.answers import (
    Answer,
    Approved,
    Denied,
    Failed,
    Invalid,
    Issued,
    Pending,
    TemporaryError,
)
from certlife.lifecycle.plan import Event, EventType
from certlife.model.frozenmap import FrozenMap
from certlife.model.request import CertificateRequest, RequestOutcome
from certlife.model.status import Condition, ConditionStatus, first_condition
from certlife.policy.backoff import backoff_delay
from certlife.schedule.instants import EARLIEST, format_instant, parse_instant, require_aware, shift

RETRY_INITIAL: Final = timedelta(seconds=5)
RETRY_MAXIMUM: Final = timedelta(minutes=5)

TEMPORARY_ERRORS: Final = "certlife.io/temporary-errors"
"""The annotation that counts the temporary errors in a row."""

NEXT_QUESTION: Final = "certlife.io/next-question"
"""The annotation that says when to ask again, so that a restart asks no sooner."""

_APPROVED: Final = "Approved"
_DENIED: Final = "Denied"
_INVALID: Final = "InvalidRequest"
_READY: Final = "Ready"
_BAD_CONFIG: Final = "BadConfig"  # cert-manager's word where it issues and warns


@frozen
class Advance:
    """A request after an answer.

    Args:
        request: As it then is.
        next_check: When to ask again; None where there is nothing more to ask.
        events: What to tell.
    """

    request: CertificateRequest
    next_check: datetime | None
    events: tuple[Event, ...] = ()


def is_approved(request: CertificateRequest) -> bool:
    """Whether a request may be submitted."""
    approval = first_condition(request.conditions, _APPROVED)
    return approval is not None and approval.status == ConditionStatus.TRUE


def next_question(request: CertificateRequest) -> datetime | None:
    """Return when to ask about a request, None where it has come to its end.

    Far in the past, where it was never asked about, or nobody noted when to.
    """
    if request.outcome is not RequestOutcome.PENDING:
        return None
    try:
        return parse_instant((request.annotations or FrozenMap()).get(NEXT_QUESTION, ""))
    except InvalidValueError:
        return EARLIEST


def advance(request: CertificateRequest, answer: Answer, *, now: datetime) -> Advance:
    """Take an answer in.

    A request that has come to its end stays as it is, whatever else is answered. A time that the
    issuer asks for is never undercut; our own bounds apply to our own delays only.

    Args:
        request: As it was.
        answer: What an approver or an issuer says.
        now: When, aware.

    Raises:
        InvalidValueError: If `now` is naive.
        WrongTypeError: If an argument is of a wrong type.
    """
    now = require_aware(now)
    if not isinstance(request, CertificateRequest):
        raise WrongTypeError("expected a request", path="request", value=shown(type(request)))
    if not isinstance(answer, Answer):
        raise WrongTypeError("expected an answer", path="answer", value=shown(answer))
    if request.outcome is not RequestOutcome.PENDING:
        return Advance(request, None)
    match answer:
        case Approved(message=message) if not is_approved(request):
            approved = _with(request, _APPROVED, ConditionStatus.TRUE, "Approved", message, now)
            return Advance(approved, now)
        case Approved(message=message):  # to say it twice is no step on
            return _later(request, message, RETRY_INITIAL, None, now)
        case Issued(certificate=certificate, ca=ca, warnings=warnings):
            told = "; ".join(warnings)
            issued = _with(request, _READY, ConditionStatus.TRUE, "Issued", told, now)
            events = tuple(Event(EventType.WARNING, _BAD_CONFIG, one) for one in warnings)
            return Advance(evolve(issued, certificate=certificate, ca=ca), None, events)
        case Denied() | Invalid() | Failed():
            return Advance(_ended(request, answer, now), None)
        case Pending(message=message, retry_after=retry_after):
            return _later(_counted(request, 0), message, RETRY_INITIAL, retry_after, now)
        case TemporaryError(message=message, retry_after=retry_after):
            errors = _errors(request) + 1
            delay = backoff_delay(errors, initial=RETRY_INITIAL, maximum=RETRY_MAXIMUM)
            return _later(_counted(request, errors), message, delay, retry_after, now)
        case _:
            assert_never(answer)


def _later(
    request: CertificateRequest,
    message: str,
    delay: timedelta,
    retry_after: timedelta | None,
    now: datetime,
) -> Advance:
    waiting = _with(request, _READY, ConditionStatus.FALSE, "Pending", message, now)
    at = shift(now, max(delay, retry_after or delay))
    return Advance(_noted(waiting, NEXT_QUESTION, format_instant(at)), at)


def _ended(
    request: CertificateRequest, answer: Denied | Invalid | Failed, now: datetime
) -> CertificateRequest:
    """Note that there will be no certificate; a denial and an invalid request have a word more."""
    reason, message = "Failed", answer.message
    if isinstance(answer, Denied):
        reason = "Denied"
        request = _with(request, _DENIED, ConditionStatus.TRUE, reason, message, now)
    elif isinstance(answer, Invalid):
        request = _with(request, _INVALID, ConditionStatus.TRUE, "Invalid", message, now)
    ended = _with(request, _READY, ConditionStatus.FALSE, reason, message, now)
    return evolve(ended, failure_time=now)


def _with(
    request: CertificateRequest,
    kind: str,
    status: ConditionStatus,
    reason: str,
    message: str,
    now: datetime,
) -> CertificateRequest:
    before = first_condition(request.conditions, kind)
    since = before.last_transition_time if before and before.status == status else now
    condition = Condition(
        kind, status, reason=reason, message=message or None, last_transition_time=since
    )
    others = tuple(one for one in request.conditions or () if one.type != kind)
    return evolve(request, conditions=(*others, condition))


def _errors(request: CertificateRequest) -> int:
    noted = (request.annotations or FrozenMap()).get(TEMPORARY_ERRORS, "")
    return int(noted) if noted.isascii() and noted.isdigit() and len(noted) < 10 else 0  # noqa: PLR2004 — years of errors


def _counted(request: CertificateRequest, errors: int) -> CertificateRequest:
    return _noted(request, TEMPORARY_ERRORS, str(errors))


def _noted(request: CertificateRequest, key: str, value: str) -> CertificateRequest:
    return evolve(request, annotations={**(request.annotations or {}), key: value})
