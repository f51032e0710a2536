"""What mutants showed that no test had noticed: what is told, what is noted, and edges."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest
from attrs import evolve

import certlife as cl
from certlife.errors import WrongTypeError
from certlife.lifecycle.acceptance import Accepted, NotAccepted, accept
from certlife.lifecycle.actions import (
    DeleteKey,
    DeleteRequest,
    StoreSecret,
    UpdateStatus,
    request_name,
)
from certlife.lifecycle.advancing import TEMPORARY_ERRORS, advance
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
from certlife.lifecycle.history import futile_until, swings
from certlife.lifecycle.phases import Phase
from certlife.lifecycle.plan import Event, EventType
from certlife.lifecycle.reconcile import reconcile
from certlife.lifecycle.requests import failure_of, outdated_requests, past_requests
from certlife.lifecycle.status_writing import observed
from certlife.model import annotations as keys
from certlife.model.request import CertificateRequest
from certlife.model.spec import IssuerRef, PrivateKeySpec, Renewal, RenewalWindow
from certlife.model.status import AriWindow, Condition, IssuanceRecord
from certlife.pki.certificate import X509Certificate
from certlife.policy.violation import Clause, Evidence, Reason, Violation
from certlife.testing import answered, asked, authority, failed, issued, request, signer
from certlife.testing.issuer import adds_a_name, returns_junk
from tests.lifecycle.world import HOUR, NOW, SPEC, World

if TYPE_CHECKING:
    from certlife.model.snapshot import Snapshot

SECOND: Final = timedelta(seconds=1)
MICROSECOND: Final = timedelta(microseconds=1)
DAY: Final = timedelta(days=1)
LATER: Final = NOW + HOUR
REQUEST: Final = CertificateRequest(name="web-1-1", issuer_ref=IssuerRef("ca"))
NORMAL, WARNING = EventType.NORMAL, EventType.WARNING


# What an issuer returned.


def answer_to(
    asking: cl.CertificateSpec, lifetime: timedelta | None = None
) -> tuple[cl.Certificate, CertificateRequest]:
    """Return a Certificate, and what an issuer made of its request."""
    certificate = cl.Certificate("web", asking)
    wanted = request(certificate, signer(asking.effective_private_key), at=NOW)
    return certificate, answered(wanted, authority(), at=NOW, lifetime=lifetime)


def advice_of(asking: cl.CertificateSpec, lifetime: timedelta) -> tuple[Violation, ...]:
    outcome = accept(*answer_to(asking, lifetime), now=NOW)
    assert isinstance(outcome, Accepted)
    return outcome.advice


def not_accepted(expected: str, actual: Evidence) -> NotAccepted:
    path = "certificateRequest.status.certificate"
    why = Violation("accept", Reason.INVALID_CERTIFICATE, path, Clause(expected), actual)
    return NotAccepted(why)


def test_what_was_asked_for_is_accepted_without_advice() -> None:
    certificate, answer = answer_to(SPEC)
    leaf = X509Certificate.from_pem(answer.certificate or b"")
    assert accept(certificate, answer, now=NOW) == Accepted(leaf, ())


def test_a_certificate_is_accepted_up_to_its_last_instant() -> None:
    certificate, answer = answer_to(SPEC, DAY)
    assert isinstance(accept(certificate, answer, now=NOW + DAY), Accepted)
    late = accept(certificate, answer, now=NOW + DAY + MICROSECOND)
    assert late == not_accepted("a certificate that has not expired", NOW + DAY)


@pytest.mark.parametrize("junk", [b"junk", b"", None], ids=["junk", "nothing", "absent"])
def test_what_cannot_be_read_is_not_accepted_and_says_why(junk: bytes | None) -> None:
    certificate, answer = answer_to(SPEC)
    outcome = accept(certificate, evolve(answer, certificate=junk), now=NOW)
    assert outcome == not_accepted(
        "a certificate that can be read", Clause("expected a certificate in PEM")
    )


def test_a_certificate_for_another_key_is_not_accepted() -> None:
    certificate, answer = answer_to(SPEC)
    _, other = answer_to(evolve(SPEC, private_key=PrivateKeySpec(algorithm="Ed25519")))
    outcome = accept(certificate, evolve(answer, certificate=other.certificate), now=NOW)
    assert outcome == not_accepted("a certificate for the key of the request", "another key")


def test_names_that_are_not_as_asked_for_are_shown_beside_those_that_were() -> None:
    certificate, answer = answer_to(SPEC)
    other = evolve(certificate, spec=evolve(SPEC, dns_names=["b.example"]))
    outcome = accept(other, answer, now=NOW)
    assert isinstance(outcome, Accepted)
    assert outcome.advice == (
        Violation(
            "accept", Reason.SECRET_MISMATCH, "spec.dnsNames", ("b.example",), ("a.example",)
        ),
    )


def test_a_common_name_is_as_asked_for_where_the_literal_subject_says_it() -> None:
    certificate, answer = answer_to(evolve(SPEC, literal_subject="CN=Example\\, Inc,O=Example"))
    _, other = answer_to(evolve(SPEC, literal_subject="CN=Other"))
    right = accept(certificate, answer, now=NOW)
    wrong = accept(certificate, evolve(answer, certificate=other.certificate), now=NOW)
    assert isinstance(right, Accepted)
    assert isinstance(wrong, Accepted)
    assert right.advice == ()
    assert wrong.advice == (
        Violation(
            "accept",
            Reason.SECRET_MISMATCH,
            "spec.literalSubject",
            "Example, Inc",
            "Other",
        ),
    )


def test_usages_that_are_not_as_asked_for_are_shown_and_those_that_nobody_asked_for_are_not() -> (
    None
):
    certificate, plain = answer_to(SPEC)
    asking = evolve(SPEC, usages=["server auth", "client auth"])
    _, other = answer_to(asking)
    outcome = accept(certificate, evolve(plain, certificate=other.certificate), now=NOW)
    assert isinstance(outcome, Accepted)
    (advice,) = outcome.advice
    assert (advice.check, advice.reason) == ("accept", Reason.SECRET_MISMATCH)
    assert advice.path == "spec.usages"
    assert isinstance(advice.expected, tuple)
    assert isinstance(advice.actual, tuple)
    assert set(advice.expected) != set(advice.actual)
    assert "1.3.6.1.5.5.7.3.2" in "".join(advice.actual)
    silent = evolve(SPEC, encode_usages_in_request=False)
    outcome = accept(*answer_to(silent), now=NOW)
    assert isinstance(outcome, Accepted)
    assert outcome.advice == ()


@pytest.mark.parametrize(
    ("wanted", "tolerance"),
    [(90 * DAY, HOUR), (5 * HOUR, HOUR / 2)],
    ids=["an hour", "a tenth of a short one"],
)
def test_a_lifetime_may_be_off_by_so_much_and_no_more(
    wanted: timedelta, tolerance: timedelta
) -> None:
    asking = evolve(SPEC, duration=wanted)
    assert advice_of(asking, wanted - tolerance) == ()
    assert advice_of(asking, wanted + tolerance) == ()
    shorter = wanted - tolerance - SECOND
    assert advice_of(asking, shorter) == (
        Violation("accept", Reason.SECRET_MISMATCH, "spec.duration", wanted, shorter),
    )


# A request's own life.


@pytest.mark.parametrize(
    ("answer", "conditions"),
    [
        (Approved("by policy"), [("Approved", "True", "Approved", "by policy")]),
        (Pending("in a queue"), [("Ready", "False", "Pending", "in a queue")]),
        (TemporaryError("down"), [("Ready", "False", "Pending", "down")]),
        (Issued(b"pem"), [("Ready", "True", "Issued", None)]),
        (Failed("no"), [("Ready", "False", "Failed", "no")]),
        (
            Denied("no"),
            [("Denied", "True", "Denied", "no"), ("Ready", "False", "Denied", "no")],
        ),
        (
            Invalid("no"),
            [("InvalidRequest", "True", "Invalid", "no"), ("Ready", "False", "Failed", "no")],
        ),
    ],
    ids=["approved", "pending", "temporary error", "issued", "failed", "denied", "invalid"],
)
def test_an_answer_is_noted_with_its_reason_its_message_and_the_time(
    answer: Answer, conditions: list[tuple[str, str, str, str | None]]
) -> None:
    noted = advance(REQUEST, answer, now=NOW).request.conditions
    assert noted == tuple(
        Condition(kind, status, reason=reason, message=message, last_transition_time=NOW)
        for kind, status, reason, message in conditions
    )


def test_the_second_approval_leaves_a_message() -> None:
    approved = advance(REQUEST, Approved("one"), now=NOW).request
    again = advance(approved, Approved("two"), now=NOW).request
    ready = next(one for one in again.conditions or () if one.type == "Ready")
    assert ready.message == "two"


def test_a_pending_answer_counts_no_errors() -> None:
    noted = advance(REQUEST, Pending(), now=NOW).request.annotations
    assert noted is not None
    assert noted[TEMPORARY_ERRORS] == "0"


@pytest.mark.parametrize(
    ("noted", "waited"),
    [("999999999", 300), ("1000000000", 5)],
    ids=["nine digits", "ten digits"],
)
def test_a_count_of_errors_that_nobody_can_have_seen_counts_as_none(
    noted: str, waited: int
) -> None:
    odd = evolve(REQUEST, annotations={TEMPORARY_ERRORS: noted})
    assert advance(odd, TemporaryError(), now=NOW).next_check == NOW + waited * SECOND


def test_what_is_of_a_wrong_type_is_named_and_shown() -> None:
    with pytest.raises(WrongTypeError) as wrong:
        advance("web-1-1", Approved(), now=NOW)  # type: ignore[arg-type]
    assert (wrong.value.path, wrong.value.value) == ("request", "<class 'str'>")
    with pytest.raises(WrongTypeError) as wrong:
        advance(REQUEST, "yes", now=NOW)  # type: ignore[arg-type]
    assert (wrong.value.path, wrong.value.value) == ("answer", "'yes'")
    with pytest.raises(WrongTypeError) as wrong:
        reconcile("web", now=NOW)  # type: ignore[arg-type]
    assert (wrong.value.path, wrong.value.value) == ("snapshot", "'web'")


# What is told.


def told(world: World) -> list[tuple[EventType, str, str, tuple[str, ...]]]:
    return [
        (event.type, event.reason, event.message, tuple(one.path for one in event.evidence))
        for _, event in world.store.events
    ]


MISSING: Final = (
    NORMAL,
    "Issuing",
    "Issuing: spec.secretName: expected 'web-tls', got nothing",
    ("spec.secretName",),
)
GENERATED: Final = (NORMAL, "Generated", "Made a new private key", ())
UNREADABLE: Final = (
    "Issuing has failed: certificateRequest.status.certificate: "
    "expected a certificate that can be read, got expected a certificate in PEM"
)
DONE: Final = (NORMAL, "Issuing", "The certificate has been issued", ())


def requested(name: str) -> tuple[EventType, str, str, tuple[str, ...]]:
    return NORMAL, "Requested", f"Created the request {name}", ()


def test_an_issuance_is_told_step_by_step() -> None:
    world = World()
    world.settle()
    assert told(world) == [MISSING, GENERATED, requested("web-1-1"), DONE]


@pytest.mark.parametrize(
    ("answer", "event"),
    [
        (Failed("no"), (WARNING, "Failed", "Issuing has failed: no", ())),
        (Denied(), (WARNING, "Denied", "Issuing has failed: the issuer gave no message", ())),
        (
            returns_junk,
            (WARNING, "InvalidCertificate", UNREADABLE, ("certificateRequest.status.certificate",)),
        ),
    ],
    ids=["failed", "denied without a word", "junk"],
)
def test_a_failure_is_told_and_noted_with_its_message(
    answer: Answer, event: tuple[EventType, str, str, tuple[str, ...]]
) -> None:
    world = World(answer)
    world.settle()
    assert told(world)[-1] == event
    issuing = world.status.condition("Issuing")
    assert issuing is not None
    assert event[2] == f"Issuing has failed: {issuing.message}"
    assert issuing.last_transition_time == NOW


def test_advice_is_told_with_the_success() -> None:
    world = World(adds_a_name)
    world.settle()
    kind, reason, message, evidence = told(world)[-1]
    assert (kind, reason) == (NORMAL, "Issuing")
    assert message.startswith("The certificate has been issued, but not as asked for: ")
    assert "spec.dnsNames: expected " in message
    assert "spec.dnsNames" in evidence


def test_a_key_that_is_used_again_and_one_that_cannot_be_are_told() -> None:
    never = PrivateKeySpec(algorithm="ECDSA", rotation_policy="Never")
    world = World(spec=evolve(SPEC, private_key=never))
    world.settle()
    world.certificate = cl.mark_for_renewal(world.certificate, now=NOW)
    world.settle()
    assert (NORMAL, "Reused", "Reusing the stored private key", ()) in told(world)
    assert world.secret is not None
    torn = {**(world.secret.entries or {}), keys.TLS_PRIVATE_KEY: b"torn"}
    world.store.write_secret(evolve(world.secret, entries=torn))
    world.settle()
    (event,) = (one for one in told(world) if one[1] == "DecodeFailed")
    assert event[0] is WARNING
    assert event[2].startswith(
        "Made a new private key, as the stored one cannot be read: expected a PEM block"
    )


def test_a_key_that_does_not_fit_is_told_with_the_fields() -> None:
    world = World(Pending())
    world.settle()
    world.edit(evolve(world.spec, private_key=PrivateKeySpec(algorithm="Ed25519")))
    assert world.plan().events == (
        Event(NORMAL, "Deleted", "The next private key does not fit: spec.privateKey.algorithm"),
    )


def test_a_temporary_certificate_is_told_and_stored_under_the_name_of_the_secret() -> None:
    world = World(Pending(), annotations={keys.ISSUE_TEMPORARY_CERTIFICATE: "true"})
    while world.plan().phase != Phase.ASKED:
        world.turn()
    plan = world.plan()
    assert plan.phase is Phase.ASKED
    assert plan.actions == (StoreSecret("web-tls", "web-1-1-key", None, None, None),)
    assert plan.events == (Event(NORMAL, "Issuing", "Stored a temporary certificate"),)


def test_what_is_stored_is_what_was_issued_with_its_ca() -> None:
    world = World()
    while world.plan().phase != Phase.ANSWERED:
        world.turn()
    (answer,) = world.requests.values()
    assert answer.ca is not None
    assert world.plan().actions[0] == StoreSecret(
        "web-tls", "web-1-1-key", answer.certificate, answer.ca, SPEC.issuer_ref
    )


def test_what_stands_in_the_way_is_told_and_noted() -> None:
    world = World(spec=evolve(SPEC, dns_names=None))
    plan = world.plan()
    world.settle()
    blocked = world.status.condition("Blocked")
    assert blocked is not None
    assert blocked.status == "True"
    assert blocked.reason == "RequestFailed"
    assert blocked.last_transition_time == NOW
    (event,) = plan.events
    assert event == Event(WARNING, "RequestFailed", blocked.message or "", event.evidence)
    assert [why.reason for why in event.evidence] == [Reason.DOES_NOT_EXIST]


def test_a_window_that_cannot_be_kept_is_told_with_why() -> None:
    window = RenewalWindow(cron="0 0 31 2 *", window_duration=HOUR)
    world = World(spec=evolve(SPEC, renewal=Renewal(policy="RenewBefore", windows=[window])))
    world.settle()
    event, ready = world.told("WindowError"), world.status.condition("Ready")
    assert ready is not None
    assert ready.message
    assert event == Event(WARNING, "WindowError", ready.message)


# What is noted in the status.


def test_the_mark_says_why_since_when_and_of_which_generation() -> None:
    snapshot = World().snapshot
    snapshot = evolve(snapshot, certificate=evolve(snapshot.certificate, generation=7))
    (update,) = reconcile(snapshot, now=NOW).actions
    assert isinstance(update, UpdateStatus)
    assert update.after.condition("Issuing") == Condition(
        "Issuing",
        "True",
        reason="DoesNotExist",
        message="spec.secretName: expected 'web-tls', got nothing",
        last_transition_time=NOW,
        observed_generation=7,
    )


def test_the_validity_and_the_renewal_time_of_what_is_stored_are_noted() -> None:
    status = observed(issued(SPEC, at=NOW), now=NOW, ari_draw=0.0)
    assert status.not_before == NOW
    assert status.not_after == NOW + 90 * DAY
    assert status.renewal_time == NOW + 60 * DAY


@pytest.mark.parametrize(("draw", "days"), [(0.0, 10), (0.5, 11)])
def test_the_server_says_when_to_renew_and_a_draw_where_in_its_window(
    draw: float, days: int
) -> None:
    window = AriWindow(start=NOW + 10 * DAY, end=NOW + 12 * DAY)
    snapshot = evolve(issued(SPEC, at=NOW), ari_window=window)
    assert observed(snapshot, now=NOW, ari_draw=draw).renewal_time == NOW + days * DAY
    plan = reconcile(snapshot, now=NOW, ari_draw=draw)
    assert plan.next_check == NOW + days * DAY
    (update,) = plan.actions
    assert isinstance(update, UpdateStatus)
    assert update.after.renewal_time == NOW + days * DAY


def test_without_a_draw_the_window_counts_from_its_start() -> None:
    window = AriWindow(start=NOW + 10 * DAY, end=NOW + 12 * DAY)
    snapshot = evolve(issued(SPEC, at=NOW), ari_window=window)
    assert reconcile(snapshot, now=NOW).next_check == NOW + 10 * DAY


# When to look again, and what to forget.


def test_the_backoff_is_as_long_as_the_caller_says() -> None:
    snapshot = failed(issued(SPEC, at=NOW - 70 * DAY), at=NOW, attempts=3)
    one = reconcile(snapshot, now=NOW, initial_delay=timedelta(minutes=1))
    assert (one.phase, one.next_check) == (Phase.WAITING, NOW + timedelta(minutes=4))
    other = reconcile(snapshot, now=NOW, maximum_delay=2 * HOUR)
    assert other.next_check == NOW + 2 * HOUR


def of_revision(one: CertificateRequest, revision: str | None) -> CertificateRequest:
    annotations = {} if revision is None else {keys.REVISION: revision}
    return evolve(one, name=f"web-{revision}", uid=f"u-{revision}", annotations=annotations)


def with_old_requests(snapshot: Snapshot) -> Snapshot:
    (current,) = snapshot.requests
    old = (of_revision(current, "1"), of_revision(current, "2"), of_revision(current, "odd"))
    return evolve(snapshot, requests=(*old, current))


def test_old_requests_go_before_the_key_and_it_before_its_name() -> None:
    snapshot = with_old_requests(issued(SPEC, at=NOW, revision=3))
    old = (DeleteRequest("web-1", "u-1"), DeleteRequest("web-2", "u-2"))
    plan = reconcile(snapshot, now=NOW)
    assert plan.actions == old
    assert plan.next_check == NOW + 60 * DAY
    before = snapshot.certificate.status
    named = evolve(before, next_private_key_secret_name="left-over")
    snapshot = evolve(snapshot, certificate=evolve(snapshot.certificate, status=named))
    plan = reconcile(snapshot, now=NOW)
    assert plan.actions == (*old, DeleteKey("left-over"), UpdateStatus(named, before))
    assert plan.next_check == NOW + 60 * DAY


def test_no_request_is_forgotten_while_the_certificate_is_not_ready() -> None:
    window = RenewalWindow(cron="0 0 31 2 *", window_duration=HOUR)
    spec = evolve(SPEC, renewal=Renewal(policy="RenewBefore", windows=[window]))
    plan = reconcile(with_old_requests(issued(spec, at=NOW, revision=3)), now=NOW)
    assert plan.phase is Phase.RESTING
    assert not [one for one in plan.actions if isinstance(one, DeleteRequest)]
    assert plan.next_check == NOW + 60 * DAY


def test_before_the_first_issuance_no_request_is_of_the_past() -> None:
    snapshot = World().snapshot
    requests = (of_revision(REQUEST, "1"), evolve(of_revision(REQUEST, "1"), name="twin"))
    assert past_requests(evolve(snapshot, requests=requests)) == ()


def test_a_mark_by_hand_names_the_key_and_deletes_none() -> None:
    world = World()
    world.settle()
    world.certificate = cl.mark_for_renewal(world.certificate, now=NOW)
    plan = world.plan()
    assert plan.phase is Phase.DUE
    assert [type(one) for one in plan.actions] == [UpdateStatus]


# Requests of other controllers, which do not say by their names which attempt they are.

FOREIGN_SPEC: Final = evolve(
    SPEC, private_key=PrivateKeySpec(algorithm="ECDSA", rotation_policy="Never")
)


def foreign(ended: datetime | None, noted: datetime | None) -> Snapshot:
    """Return a second attempt, begun at NOW, with a request of another name that was denied."""
    snapshot = asked(issued(FOREIGN_SPEC, at=NOW - DAY), at=NOW)
    denied = Condition("Denied", "True", last_transition_time=noted)
    latest = evolve(
        snapshot.requests[-1], name="web-abcde", conditions=(denied,), failure_time=ended
    )
    return evolve(snapshot, requests=(*snapshot.requests[:-1], latest))


@pytest.mark.parametrize(
    ("ended", "noted", "is_stale"),
    [
        (NOW - SECOND, None, True),
        (NOW, None, False),
        (NOW + SECOND, NOW - SECOND, False),
        (None, NOW - SECOND, True),
        (None, NOW, False),
        (None, None, False),
    ],
    ids=[
        "it failed before",
        "it failed as the issuance began",
        "the time of the failure counts",
        "it was denied before",
        "it was denied as the issuance began",
        "nobody knows",
    ],
)
def test_a_foreign_request_is_of_no_use_if_it_ended_before_the_issuance_began(
    ended: datetime | None, noted: datetime | None, *, is_stale: bool
) -> None:
    snapshot = foreign(ended, noted)
    assert snapshot.pending_key is not None
    useless = outdated_requests(snapshot, snapshot.pending_key, 1)
    assert useless == ((snapshot.requests[-1],) if is_stale else ())


def test_a_foreign_request_is_of_use_while_nobody_knows_when_the_issuance_began() -> None:
    snapshot = foreign(NOW - SECOND, None)
    assert snapshot.pending_key is not None
    for conditions in ((), (Condition("Issuing", "True"),)):
        status = evolve(snapshot.certificate.status, conditions=conditions)
        certificate = evolve(snapshot.certificate, status=status)
        timeless = evolve(snapshot, certificate=certificate)
        assert outdated_requests(timeless, snapshot.pending_key, 1) == ()


def test_a_request_that_only_says_in_passing_that_it_was_denied_is_of_use() -> None:
    """Ready may say so, without a condition of its own; then nobody knows when it was."""
    snapshot = foreign(None, None)
    passing = Condition("Ready", "False", reason="Denied", last_transition_time=NOW - SECOND)
    denied = evolve(snapshot.requests[-1], conditions=(passing,))
    snapshot = evolve(snapshot, requests=(*snapshot.requests[:-1], denied))
    assert snapshot.pending_key is not None
    assert outdated_requests(snapshot, snapshot.pending_key, 1) == ()


def test_a_request_that_is_over_says_why() -> None:
    said = Condition("Denied", "True", reason="Policy", message="not here")
    assert failure_of(evolve(REQUEST, conditions=(said,))) == ("Policy", "not here")


@pytest.mark.parametrize(
    ("length", "shortened"), [(200, 200), (201, 200)], ids=["it fits", "one too long"]
)
def test_a_name_is_shortened_to_two_hundred(length: int, shortened: int) -> None:
    name = request_name("a" * length, 1, 1)
    assert len(name) == shortened + len("-1-1")
    assert name.startswith("a" * 200) is (length == 200)


# Whether it goes round in circles.

OWN: Final = Violation("own", "Own", "spec", Clause("the impossible"), None)


def with_records(snapshot: Snapshot, *records: IssuanceRecord) -> Snapshot:
    status = evolve(snapshot.certificate.status, issuances=records)
    return evolve(snapshot, certificate=evolve(snapshot.certificate, status=status))


def own_record(at: datetime) -> IssuanceRecord:
    return IssuanceRecord(at, "Own", "spec")


def renewing(at: datetime) -> Violation:
    return Violation("current_certificate_near_expiry", Reason.RENEWING, "spec", NOW, at)


def test_what_the_last_issuance_did_not_cure_waits_from_its_end() -> None:
    snapshot = with_records(issued(SPEC, at=NOW), own_record(NOW))
    assert futile_until(snapshot, OWN, HOUR) == NOW + HOUR


@pytest.mark.parametrize(
    "snapshot",
    [
        issued(SPEC, at=NOW),
        with_records(evolve(issued(SPEC, at=NOW), requests=()), own_record(NOW)),
        with_records(issued(SPEC, at=NOW), own_record(NOW + SECOND)),
        with_records(issued(SPEC, at=NOW), IssuanceRecord(NOW, "Other", "spec")),
        with_records(
            evolve(
                issued(SPEC, at=NOW), requests=[evolve(REQUEST, annotations={keys.REVISION: "1"})]
            ),
            own_record(NOW),
        ),
    ],
    ids=[
        "there was none",
        "its request is gone",
        "it has not ended",
        "it was for something else",
        "its request does not say that it ended",
    ],
)
def test_nothing_has_to_be_waited_for_an_issuance_that_says_nothing(snapshot: Snapshot) -> None:
    assert futile_until(snapshot, OWN, HOUR) is None


def test_nothing_has_to_be_waited_once_the_spec_has_changed() -> None:
    snapshot = with_records(issued(SPEC, at=NOW), own_record(NOW))
    changed = evolve(snapshot.certificate, spec=evolve(SPEC, dns_names=["b.example"]))
    assert futile_until(evolve(snapshot, certificate=changed), OWN, HOUR) is None


def test_a_renewal_is_of_no_use_only_if_it_was_due_by_the_end_of_the_last() -> None:
    record = IssuanceRecord(NOW, "Renewing", "spec")
    snapshot = with_records(issued(SPEC, at=NOW), record)
    assert futile_until(snapshot, renewing(NOW), HOUR) == NOW + HOUR
    assert futile_until(snapshot, renewing(NOW + MICROSECOND), HOUR) is None


def test_renewals_oscillate_only_where_each_was_due_when_it_was_made() -> None:
    record = IssuanceRecord(NOW, "Renewing", "spec")
    snapshot = with_records(issued(SPEC, at=NOW), record, record, record)
    assert swings(snapshot, renewing(NOW + DAY), LATER) is None
    assert (swings(snapshot, renewing(NOW), LATER) or "").startswith("Issued 4 times for Renewing")


@pytest.mark.parametrize(
    ("since", "times"),
    [(timedelta(), 3), (MICROSECOND, None)],
    ids=["just within", "just before"],
)
def test_what_was_issued_within_one_lifetime_counts(since: timedelta, times: int | None) -> None:
    first = own_record(LATER - 90 * DAY - since)
    snapshot = with_records(issued(SPEC, at=NOW), first, own_record(NOW))
    said = swings(snapshot, OWN, LATER)
    assert (said is None) is (times is None)
    assert said is None or said.startswith(f"Issued {times} times for Own")


def test_oscillation_is_told_with_its_evidence() -> None:
    world = World()
    world.settle()
    old = IssuanceRecord(NOW, "DoesNotExist", "spec.secretName")
    status = evolve(world.status, issuances=(old, old))
    world.certificate = evolve(world.certificate, status=status)
    del world.store.secrets["default", "web-tls"]
    *_, swinging = world.plan().events
    assert swinging.reason == "Oscillation"
    assert [one.path for one in swinging.evidence] == ["spec.secretName"]
