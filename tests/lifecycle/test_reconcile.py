"""What is done next, phase by phase, and where it leads."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

import pytest
from attrs import evolve

import certlife as cl
from certlife.driver import perform
from certlife.errors import InvalidValueError
from certlife.lifecycle.actions import (
    CreateKey,
    DeleteKey,
    DeleteRequest,
    KeySource,
    StoreSecret,
    UpdateStatus,
    request_name,
)
from certlife.lifecycle.advancing import advance
from certlife.lifecycle.answers import Answer, Denied, Failed, Invalid, Pending
from certlife.lifecycle.phases import Phase
from certlife.lifecycle.plan import EventType
from certlife.lifecycle.reconcile import reconcile
from certlife.model import annotations as keys
from certlife.model.certificate import Certificate
from certlife.model.request import RequestOutcome
from certlife.model.spec import PrivateKeySpec, Renewal, RenewalWindow
from certlife.model.status import Condition
from certlife.testing.issuer import (
    Behaviour,
    adds_a_name,
    returns_junk,
    signs_another_key,
    signs_something_expired,
)
from tests.lifecycle.world import HOUR, NOW, SPEC, World

ISSUED = ["Issuing", "Generated", "Requested", "Issuing"]


def test_a_new_certificate_is_issued_and_then_rests_until_its_renewal_time() -> None:
    world = World()
    at = world.settle()
    assert at == NOW + timedelta(days=60)
    assert world.reasons == ISSUED
    assert world.status.revision == 1
    assert world.status.condition("Issuing") is None
    assert world.status.next_private_key_secret_name is None
    assert set(world.store.secrets) == {("default", "web-tls")}
    assert isinstance(cl.decide(world.snapshot, now=NOW), cl.Keep)


def test_a_due_certificate_is_renewed_with_a_new_key_and_its_old_request_is_forgotten() -> None:
    world = World()
    at = world.settle()
    assert at is not None
    first = world.secret
    world.clock.set(at)
    world.settle()
    assert world.status.revision == 2
    assert set(world.requests) == {"web-2-1"}
    assert world.secret is not None
    assert first is not None
    assert world.secret.entry("tls.key") != first.entry("tls.key")


def test_more_old_requests_are_kept_where_the_spec_says_so() -> None:
    world = World(spec=evolve(SPEC, revision_history_limit=2))
    for _ in range(4):
        at = world.settle()
        assert at is not None
        world.clock.set(at)
    assert set(world.requests) == {"web-3-1", "web-4-1"}


def test_the_request_of_the_current_revision_is_kept_whatever_the_spec_says() -> None:
    world = World(spec=evolve(SPEC, revision_history_limit=0))
    world.settle()
    assert set(world.requests) == {"web-1-1"}


def test_old_requests_are_kept_until_the_certificate_is_ready() -> None:
    world = World()
    world.settle()
    window = RenewalWindow(cron="0 0 31 2 *", window_duration=HOUR)
    world.edit(evolve(SPEC, renewal=Renewal(policy="RenewBefore", windows=[window])))
    world.certificate = cl.mark_for_renewal(world.certificate, now=NOW)
    world.settle()
    assert set(world.requests) == {"web-1-1", "web-2-1"}
    world.edit(SPEC)
    world.settle()
    assert set(world.requests) == {"web-2-1"}


def test_what_is_seen_is_written_before_anything_is_done() -> None:
    world = World()
    world.settle()
    world.certificate = cl.mark_for_renewal(world.certificate, now=NOW)
    world.turn()
    assert [type(one) for one in world.plan().actions] == [CreateKey]
    world.edit(evolve(SPEC, secret_name="other"))
    assert [type(one) for one in world.plan().actions] == [UpdateStatus, CreateKey]


def test_what_is_not_ready_is_not_looked_at_again_for_expiring() -> None:
    world = World()
    world.settle()
    world.issuer.script = [Pending()]
    world.edit(evolve(SPEC, dns_names=["b.example"]))
    world.settle()
    plan = world.plan()
    assert (plan.phase, plan.next_check) == (Phase.ASKED, None)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(Failed("no"), "Failed", id="failed"),
        pytest.param(Invalid("no"), "Invalid", id="invalid"),
        pytest.param(Denied("no"), "Denied", id="denied"),
        pytest.param(returns_junk, "InvalidCertificate", id="junk"),
        pytest.param(signs_something_expired, "InvalidCertificate", id="expired"),
        pytest.param(signs_another_key, "InvalidCertificate", id="another key"),
    ],
)
def test_a_failure_waits_an_hour_and_is_then_followed_by_a_new_request(
    answer: Answer | Behaviour, reason: str
) -> None:
    world = World(answer)
    assert world.settle() == NOW + HOUR
    assert world.status.failed_issuance_attempts == 1
    assert world.status.last_failure_time == NOW
    issuing = world.status.condition("Issuing")
    assert issuing is not None
    assert (issuing.status, issuing.reason) == ("False", reason)
    assert world.told(reason).type is EventType.WARNING
    assert not world.store.secrets
    world.advance(HOUR)
    world.settle()
    assert set(world.requests) == {"web-1-2"}
    after = world.status
    assert (after.failed_issuance_attempts, after.last_failure_time) == (None, None)


def test_the_wait_doubles_up_to_thirty_two_hours() -> None:
    world = World(*[Failed()] * 8)
    waits = []
    for _ in range(8):
        at = world.settle()
        assert at is not None
        waits.append((at - world.clock.now()) // HOUR)
        world.clock.set(at)
    assert waits == [1, 2, 4, 8, 16, 32, 32, 32]


REFUSALS = pytest.mark.parametrize(
    "refusal",
    [Failed("no"), Invalid("no"), Denied("no"), returns_junk],
    ids=["failed", "invalid", "denied", "not acceptable"],
)


@REFUSALS
def test_a_mended_spec_starts_at_once(refusal: Answer | Behaviour) -> None:
    world = World(refusal)
    world.settle()
    world.edit(evolve(world.spec, dns_names=["b.example"]))
    world.settle()
    assert world.status.revision == 1
    assert set(world.requests) == {"web-1-2"}


@REFUSALS
def test_a_manual_mark_starts_at_once_and_keeps_the_count_of_failures(
    refusal: Answer | Behaviour,
) -> None:
    world = World(refusal, refusal)
    world.settle()
    world.certificate = cl.mark_for_renewal(world.certificate, now=NOW)
    assert world.settle() == NOW + 2 * HOUR
    assert world.status.failed_issuance_attempts == 2
    world.certificate = cl.mark_for_renewal(world.certificate, now=NOW)
    world.settle()
    assert world.status.revision == 1


@REFUSALS
def test_deleting_a_request_that_was_refused_does_not_shorten_the_wait(
    refusal: Answer | Behaviour,
) -> None:
    world = World(refusal)
    assert world.settle() == NOW + HOUR
    (request,) = world.requests.values()
    world.store.delete_request(world.certificate, request.name, request.uid)
    assert world.settle() == NOW + HOUR
    assert world.plan().phase == Phase.WAITING
    assert not world.requests


def test_both_ends_of_the_wait_can_be_chosen() -> None:
    world = World(Failed())
    world.settle()
    minute = HOUR / 60
    for attempts, waits in ((1, 1), (2, 2), (3, 4), (4, 5), (9, 5)):
        status = evolve(world.status, failed_issuance_attempts=attempts)
        snapshot = evolve(world.snapshot, certificate=evolve(world.certificate, status=status))
        plan = reconcile(snapshot, now=NOW, initial_delay=minute, maximum_delay=5 * minute)
        assert (plan.phase, plan.next_check) == (Phase.WAITING, NOW + waits * minute)


def test_deleting_the_latest_request_restarts_a_pending_issuance() -> None:
    world = World(Pending())
    assert world.settle() == NOW + timedelta(seconds=5)
    (first,) = world.requests.values()
    world.store.delete_request(world.certificate, first.name, first.uid)
    world.settle()
    assert world.status.revision == 1
    (second,) = world.requests.values()
    assert second.uid != first.uid


def test_a_request_that_no_longer_fits_the_spec_is_made_anew() -> None:
    world = World(Pending(), Pending())
    world.settle()
    world.edit(evolve(world.spec, dns_names=["b.example"]))
    plan = world.plan()
    assert plan.phase == Phase.OUTDATED
    assert isinstance(plan.actions[-1], DeleteRequest)
    world.settle()
    (request,) = world.requests.values()
    assert request.outcome is RequestOutcome.PENDING


def test_a_request_without_a_revision_is_deleted() -> None:
    world = World(Pending())
    world.settle()
    (request,) = world.requests.values()
    world.store.create_request(evolve(request, name="stray", annotations={}))
    stray = world.requests["stray"]
    assert DeleteRequest("stray", stray.uid) in world.plan().actions


def test_a_failed_request_of_another_controller_from_before_this_issuance_is_deleted() -> None:
    world = World(Failed())
    world.settle()
    (failed,) = world.requests.values()
    world.store.delete_request(world.certificate, failed.name, failed.uid)
    world.store.create_request(evolve(failed, name="web-abcde"))
    world.advance(HOUR)
    world.settle()
    assert world.status.revision == 1
    assert set(world.requests) == {"web-1-2"}


def test_a_request_of_another_controller_that_failed_as_this_issuance_began_counts() -> None:
    world = World(Pending())
    world.settle()
    (request,) = world.requests.values()
    world.store.delete_request(world.certificate, request.name, request.uid)
    refused = advance(evolve(request, name="web-abcde"), Failed(), now=NOW).request
    world.store.create_request(refused)
    assert world.plan().phase == Phase.REFUSED


def test_a_request_that_was_made_with_another_key_is_made_anew() -> None:
    world = World(Pending(), Pending())
    world.settle()
    world.store.delete_key(world.certificate, "web-1-1-key")
    world.turn()
    assert world.plan().phase == Phase.OUTDATED
    world.settle()
    assert world.plan().phase == Phase.ASKED


def test_a_pending_key_that_no_longer_fits_is_deleted_and_made_anew() -> None:
    world = World(Pending(), Pending())
    world.settle()
    world.edit(evolve(world.spec, private_key=PrivateKeySpec(algorithm="Ed25519")))
    plan = world.plan()
    assert plan.phase == Phase.MISKEYED
    assert isinstance(plan.actions[-1], DeleteKey)
    assert [event.reason for event in plan.events] == ["Deleted"]
    world.settle()
    assert world.snapshot.pending_key is not None
    assert world.snapshot.pending_key.algorithm == "Ed25519"


NEVER = PrivateKeySpec(algorithm="ECDSA", rotation_policy="Never")


class TestRotationNever:
    def test_keeps_a_key_that_fits(self) -> None:
        world = World(spec=evolve(SPEC, private_key=NEVER))
        at = world.settle()
        assert at is not None
        before = world.secret
        assert before is not None
        world.clock.set(at)
        world.settle()
        assert world.secret is not None
        assert world.secret.entry("tls.key") == before.entry("tls.key")
        assert "Reused" in world.reasons

    def test_makes_a_key_where_the_stored_one_cannot_be_read(self) -> None:
        world = World(spec=evolve(SPEC, private_key=NEVER))
        world.settle()
        assert world.secret is not None
        torn = {**(world.secret.entries or {}), keys.TLS_PRIVATE_KEY: b"torn"}
        world.store.write_secret(evolve(world.secret, entries=torn))
        world.settle()
        assert world.status.revision == 2
        assert world.told("DecodeFailed").type is EventType.WARNING

    def test_asks_for_a_person_where_a_readable_key_does_not_fit_and_says_so_once(self) -> None:
        world = World(spec=evolve(SPEC, private_key=NEVER))
        world.settle()
        world.edit(evolve(world.spec, private_key=evolve(NEVER, size=384)))
        world.settle()
        world.settle()
        assert world.reasons.count("CannotRegenerateKey") == 1
        assert world.plan().phase == Phase.BLOCKED
        blocked = world.status.condition("Blocked")
        assert blocked is not None
        world.edit(evolve(world.spec, private_key=NEVER))
        world.settle()
        assert world.status.condition("Blocked") is None

    @pytest.mark.parametrize("by_hand", [True, False], ids=["by hand", "by time"])
    def test_asks_for_a_person_where_the_spec_changes_during_an_issuance(
        self, *, by_hand: bool
    ) -> None:
        world = World(spec=evolve(SPEC, private_key=NEVER))
        due = world.settle()
        assert due is not None
        if by_hand:
            world.certificate = cl.mark_for_renewal(world.certificate, now=NOW)
        else:
            world.clock.set(due)
        world.turn()
        world.edit(evolve(world.spec, private_key=evolve(NEVER, size=384)))
        assert world.plan().phase == Phase.BLOCKED


class TestBlocked:
    def test_while_another_certificate_owns_the_secret(self) -> None:
        world = World()
        older = NOW - HOUR
        rival = Certificate("rival", SPEC, namespace="default", uid="u-r", created=older)
        world.store.certificates["default", "rival"] = rival
        world.settle()
        assert world.plan().phase == Phase.BLOCKED
        assert world.reasons.count("SecretOwnedByAnother") == 1
        assert world.status.revision is None

    def test_while_there_are_two_requests_for_one_revision(self) -> None:
        world = World(Pending())
        world.settle()
        (request,) = world.requests.values()
        world.store.create_request(evolve(request, name="twin"))
        assert world.plan().phase == Phase.BLOCKED
        assert [event.reason for event in world.plan().events] == ["DuplicateRequests"]

    def test_where_no_request_can_be_made_of_the_spec(self) -> None:
        world = World(spec=evolve(SPEC, dns_names=None))
        world.settle()
        assert world.reasons == ["RequestFailed"]
        told = world.told("RequestFailed")
        assert "expected a common name" in told.message
        assert [one.reason for one in told.evidence] == ["DoesNotExist"]

    def test_and_says_so_anew_where_the_fault_is_another(self) -> None:
        world = World(spec=evolve(SPEC, usages=["flying"]))
        world.settle()
        world.edit(evolve(SPEC, usages=["diving"]))
        world.settle()
        assert world.reasons == ["RequestFailed", "RequestFailed"]
        assert "diving" in world.told("RequestFailed").message

    def test_where_no_request_can_be_made_for_a_mark_made_by_hand(self) -> None:
        world = World()
        world.settle()
        world.edit(evolve(SPEC, usages=["flying"]))
        world.certificate = cl.mark_for_renewal(world.certificate, now=NOW)
        assert world.plan().phase == Phase.BLOCKED
        world.settle()
        assert world.status.revision == 1
        world.edit(SPEC)
        world.settle()
        assert world.status.revision == 2

    def test_not_at_all_by_a_deletion_which_ends_everything(self) -> None:
        world = World()
        world.certificate = evolve(world.certificate, deleted=NOW)
        assert world.settle() is None
        assert world.plan().phase == Phase.GONE


class TestTemporaryCertificates:
    ANNOTATIONS: ClassVar = {keys.ISSUE_TEMPORARY_CERTIFICATE: "true"}

    def test_are_stored_where_asked_for_while_the_issuer_is_at_it(self) -> None:
        world = World(Pending(), annotations=self.ANNOTATIONS)
        world.settle()
        assert world.secret is not None
        assert world.secret.certificate.is_self_signed
        assert world.status.revision is None
        assert [type(action) for action in world.plan().actions] == []
        world.advance(timedelta(seconds=5))
        world.settle()
        assert world.secret is not None
        assert not world.secret.certificate.is_self_signed

    def test_are_not_stored_where_nobody_asks(self) -> None:
        world = World(Pending())
        world.settle()
        assert world.secret is None


def test_a_name_that_the_issuer_added_is_advice_and_no_failure() -> None:
    world = World(adds_a_name)
    world.settle()
    assert "spec.dnsNames" in {advice.path for advice in world.told("Issuing").evidence}
    assert world.status.revision == 1


def test_a_lifetime_much_shorter_than_asked_is_advice() -> None:
    world = World(Pending(), spec=evolve(SPEC, duration=timedelta(days=30)))
    world.settle()
    world.issuer.script = [
        lambda issuer, request: issuer.answer(evolve(request, duration=timedelta(days=7)))
    ]
    world.advance(timedelta(seconds=5))
    world.settle()
    shorter = {advice.path: advice.actual for advice in world.told("Issuing").evidence}
    assert shorter["spec.duration"] == timedelta(days=7)


def test_the_third_issuance_for_one_field_within_a_lifetime_is_told_as_oscillation() -> None:
    world = World()
    world.settle()
    for number in range(3):
        world.advance(HOUR)
        assert "Oscillation" not in world.reasons
        world.edit(evolve(world.spec, dns_names=[f"{number}.example"]))
        world.settle()
    assert world.told("Oscillation").type is EventType.WARNING
    assert "spec.dnsNames" in world.told("Oscillation").message


def test_the_record_of_issuances_is_bounded_and_renewals_do_not_oscillate() -> None:
    world = World()
    for _ in range(12):
        at = world.settle()
        assert at is not None
        world.clock.set(at)
    assert len(world.status.issuances or ()) == 8
    assert "Oscillation" not in world.reasons


def test_a_window_that_cannot_be_kept_is_told_once_and_makes_it_unready() -> None:
    window = RenewalWindow(cron="0 0 31 2 *", window_duration=HOUR)
    world = World(spec=evolve(SPEC, renewal=Renewal(policy="RenewBefore", windows=[window])))
    world.settle()
    world.settle()
    assert world.reasons.count("WindowError") == 1
    ready = world.status.condition("Ready")
    assert ready is not None
    assert (ready.status, ready.reason) == ("False", "WindowError")
    world.edit(
        evolve(
            world.spec, renewal=Renewal(policy="RenewBefore", windows=[evolve(window, cron="bad")])
        )
    )
    world.settle()
    assert world.reasons.count("WindowError") == 2


def test_an_expired_certificate_is_unready_from_the_microsecond_after_it() -> None:
    world = World(spec=evolve(SPEC, renewal=Renewal(policy="Disabled")))
    at = world.settle()
    assert at == NOW + timedelta(days=90, microseconds=1)
    world.clock.set(at)
    world.settle()
    ready = world.status.condition("Ready")
    assert ready is not None
    assert (ready.status, ready.reason, ready.last_transition_time) == ("False", "Expired", at)


def test_transition_times_move_only_where_a_condition_does() -> None:
    world = World()
    at = world.settle()
    assert at is not None
    world.clock.set(at)
    world.settle()
    ready = world.status.condition("Ready")
    assert ready is not None
    assert ready.last_transition_time == NOW


def test_nothing_is_planned_twice_once_it_rests() -> None:
    world = World()
    world.settle()
    assert world.plan().actions == ()
    assert world.plan().events == ()


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="expected an aware datetime"):
        reconcile(World().snapshot, now=datetime(2026, 1, 1))  # noqa: DTZ001 — what it is about


def test_long_names_are_shortened_and_stay_apart() -> None:
    one, other = request_name("a" * 250, 1, 1), request_name("a" * 251, 1, 1)
    assert len(one) <= 253
    assert one != other


def test_performing_each_action_twice_ends_as_performing_it_once() -> None:
    once, twice = World(Pending(), Failed()), World(Pending(), Failed())
    for world, times in ((once, 1), (twice, 2)):
        for _ in range(40):
            snapshot, now = world.snapshot, world.clock.now()
            plan = reconcile(snapshot, now=now)
            for action in plan.actions:
                for _ in range(times):
                    perform(action, snapshot, world.store, now=now)
            if not plan.actions:
                at = world.turn()
                if at is None or at > world.clock.now():
                    assert at is not None
                    if world.status.revision:
                        break
                    world.clock.set(at)
    assert once.status == twice.status
    assert set(once.requests) == set(twice.requests)
    assert set(once.store.secrets) == set(twice.store.secrets)


def test_a_crash_after_any_action_is_made_good_by_starting_again() -> None:
    whole = World()
    whole.settle()
    for crash in range(12):
        world = World()
        left = crash
        while left > 0:
            snapshot, now = world.snapshot, world.clock.now()
            plan = reconcile(snapshot, now=now)
            for action in plan.actions[:left]:
                perform(action, snapshot, world.store, now=now)
            left -= max(len(plan.actions), 1)
            if not plan.actions:
                world.turn()
        world.settle()
        assert world.status.revision == 1
        assert set(world.store.secrets) == set(whole.store.secrets)
        assert set(world.requests) == set(whole.requests)


def test_a_crash_after_storing_is_no_moment_of_not_being_ready() -> None:
    world = World()
    due = world.settle()
    assert due is not None
    world.clock.set(due)
    while world.plan().phase != Phase.ANSWERED:
        world.turn()
    store, _ = world.plan().actions
    perform(store, world.snapshot, world.store, now=due)
    assert [type(one) for one in world.plan().actions] == [StoreSecret, UpdateStatus]
    world.settle()
    ready = world.status.condition("Ready")
    assert ready is not None
    assert (ready.status, ready.last_transition_time) == ("True", NOW)


def test_actions_come_in_an_order_that_is_safe_to_stop_in() -> None:
    world = World()
    kinds = []
    for _ in range(20):
        snapshot = world.snapshot
        plan = world.plan()
        kinds += [type(action) for action in plan.actions]
        for action in plan.actions:
            perform(action, snapshot, world.store, now=NOW)
        if not plan.actions and world.turn() != NOW:
            break
    assert kinds.index(StoreSecret) < len(kinds) - 1 - kinds[::-1].index(UpdateStatus)
    assert kinds[0] is UpdateStatus


def test_a_copy_of_the_stored_key_is_what_never_asks_for() -> None:
    world = World(spec=evolve(SPEC, private_key=NEVER))
    world.settle()
    world.certificate = cl.mark_for_renewal(world.certificate, now=NOW)
    plan = world.plan()
    while plan.phase != Phase.KEYLESS:
        for action in plan.actions:
            perform(action, world.snapshot, world.store, now=NOW)
        plan = world.plan()
    (action,) = (one for one in plan.actions if isinstance(one, CreateKey))
    assert action.source is KeySource.STORED


def test_a_condition_without_reason_still_gives_one() -> None:
    world = World(Pending())
    world.settle()
    (request,) = world.requests.values()
    denied = evolve(request, conditions=[Condition("Denied", "True")])
    world.store.update_request(request, denied)
    plan = world.plan()
    assert plan.phase == Phase.REFUSED
    assert [event.reason for event in plan.events] == ["Denied"]
