"""A request's own life, answer by answer."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from attrs import evolve

from certlife.lifecycle.advancing import advance, is_approved, next_question
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
from certlife.lifecycle.plan import EventType
from certlife.model.request import CertificateRequest, RequestOutcome
from certlife.model.spec import IssuerRef
from certlife.model.status import first_condition
from certlife.schedule.instants import EARLIEST, LATEST
from tests.lifecycle.world import NOW

REQUEST = CertificateRequest(name="web-1-1", issuer_ref=IssuerRef("ca"))
SECOND = timedelta(seconds=1)


def test_each_warning_of_an_issuer_is_an_event_and_all_are_noted() -> None:
    issued = advance(REQUEST, Issued(b"pem", b"ca", ("short", "odd")), now=NOW)
    assert [(one.type, one.reason, one.message) for one in issued.events] == [
        (EventType.WARNING, "BadConfig", "short"),
        (EventType.WARNING, "BadConfig", "odd"),
    ]
    ready = first_condition(issued.request.conditions, "Ready")
    assert ready is not None
    assert ready.message == "short; odd"
    assert advance(REQUEST, Issued(b"pem"), now=NOW).events == ()


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Issued(b"pem", b"ca"), RequestOutcome.ISSUED),
        (Failed("no"), RequestOutcome.FAILED),
        (Invalid("no"), RequestOutcome.INVALID),
        (Denied("no"), RequestOutcome.DENIED),
    ],
    ids=lambda value: str(value.value) if isinstance(value, RequestOutcome) else "",
)
def test_a_final_answer_ends_it_and_nothing_changes_it_afterwards(
    answer: Answer, outcome: RequestOutcome
) -> None:
    ended = advance(REQUEST, answer, now=NOW)
    assert ended.request.outcome is outcome
    assert ended.next_check is None
    assert next_question(ended.request) is None
    for late in (Issued(b"late"), Failed("late"), Pending()):
        assert advance(ended.request, late, now=NOW + SECOND) == ended


def test_a_failure_notes_when_and_why() -> None:
    failed = advance(REQUEST, Failed("no money"), now=NOW).request
    ready = first_condition(failed.conditions, "Ready")
    assert failed.failure_time == NOW
    assert ready is not None
    assert (ready.reason, ready.message) == ("Failed", "no money")


def test_an_issued_request_holds_the_certificate_and_the_ca() -> None:
    issued = advance(REQUEST, Issued(b"pem", b"ca"), now=NOW).request
    assert (issued.certificate, issued.ca, issued.failure_time) == (b"pem", b"ca", None)


def test_an_approved_request_may_be_submitted_at_once() -> None:
    assert not is_approved(REQUEST)
    approved = advance(REQUEST, Approved("by policy"), now=NOW)
    assert is_approved(approved.request)
    assert approved.next_check == NOW
    assert approved.request.outcome is RequestOutcome.PENDING


def test_temporary_errors_are_retried_after_five_seconds_doubling_to_five_minutes() -> None:
    request, waits = REQUEST, []
    for _ in range(9):
        after = advance(request, TemporaryError("down"), now=NOW)
        assert after.next_check is not None
        request = after.request
        waits.append((after.next_check - NOW) // SECOND)
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert request.outcome is RequestOutcome.PENDING


def test_a_pending_answer_ends_the_row_of_errors() -> None:
    failing = advance(REQUEST, TemporaryError(), now=NOW).request
    again = advance(failing, TemporaryError(), now=NOW).request
    pending = advance(again, Pending(), now=NOW).request
    assert advance(pending, TemporaryError(), now=NOW).next_check == NOW + 5 * SECOND


@pytest.mark.parametrize("kind", [Pending, TemporaryError])
@pytest.mark.parametrize(("asked", "waited"), [(1, 5), (7, 7), (86_400, 86_400)])
def test_a_time_that_the_issuer_asks_for_is_never_undercut(
    kind: type[Pending | TemporaryError], asked: int, waited: int
) -> None:
    after = advance(REQUEST, kind(retry_after=asked * SECOND), now=NOW)
    assert after.next_check == NOW + waited * SECOND
    assert next_question(after.request) == after.next_check


def test_our_own_bound_of_five_minutes_does_not_bound_what_the_issuer_asks_for() -> None:
    request = REQUEST
    for _ in range(9):
        request = advance(request, TemporaryError("down"), now=NOW).request
    for asked, waited in ((301, 301), (299, 300), (86_400, 86_400)):
        after = advance(request, TemporaryError(retry_after=asked * SECOND), now=NOW)
        assert after.next_check == NOW + waited * SECOND


@pytest.mark.parametrize("kind", [Pending, TemporaryError])
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(timedelta.max, LATEST, id="beyond the end of time"),
        pytest.param(timedelta.min, NOW + 5 * SECOND, id="before its beginning"),
        pytest.param(timedelta(), NOW + 5 * SECOND, id="not at all"),
    ],
)
def test_a_senseless_time_that_the_issuer_asks_for_does_no_harm(
    kind: type[Pending | TemporaryError], asked: timedelta, expected: datetime
) -> None:
    after = advance(REQUEST, kind(retry_after=asked), now=NOW)
    assert after.next_check == expected
    assert next_question(after.request) == expected


def test_a_request_that_was_never_asked_about_is_asked_about_now() -> None:
    assert next_question(REQUEST) == EARLIEST
    assert next_question(evolve(REQUEST, annotations={"a": "b"})) == EARLIEST


def test_a_count_of_errors_that_is_no_number_counts_as_none() -> None:
    odd = evolve(REQUEST, annotations={"certlife.io/temporary-errors": "many"})
    assert advance(odd, TemporaryError(), now=NOW).next_check == NOW + 5 * SECOND


def test_a_condition_keeps_its_time_while_it_stays_what_it_is() -> None:
    first = advance(REQUEST, Pending("one"), now=NOW).request
    second = advance(first, Pending("two"), now=NOW + SECOND).request
    ready = first_condition(second.conditions, "Ready")
    assert ready is not None
    assert (ready.message, ready.last_transition_time) == ("two", NOW)
    issued = advance(second, Issued(b"pem"), now=NOW + 2 * SECOND).request
    ready = first_condition(issued.conditions, "Ready")
    assert ready is not None
    assert (ready.status, ready.last_transition_time) == ("True", NOW + 2 * SECOND)
