"""What an issuance may not be misled by: leftovers of earlier ones, other people, and the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from attrs import evolve

import certlife as cl
from certlife.driver import perform, settle
from certlife.lifecycle.actions import DeleteKey, UpdateStatus, key_name, request_name
from certlife.lifecycle.advancing import advance
from certlife.lifecycle.answers import Answer, Denied, Failed, Invalid, Pending, TemporaryError
from certlife.lifecycle.phases import Phase
from certlife.lifecycle.reconcile import reconcile
from certlife.model import annotations as keys
from certlife.model.request import RequestOutcome
from certlife.model.spec import IssuerRef, PrivateKeySpec
from certlife.model.status import IssuanceRecord
from certlife.policy.violation import Clause, Reason, Violation
from certlife.testing.issuer import Behaviour, adds_a_name, returns_junk, signs_another_key
from tests.lifecycle.world import HOUR, NOW, SPEC, World

if TYPE_CHECKING:
    from certlife.model.snapshot import Snapshot

NEVER = PrivateKeySpec(algorithm="ECDSA", rotation_policy="Never")
KEPT = evolve(SPEC, private_key=NEVER)


@pytest.mark.parametrize(
    "wrong",
    [Denied(), Invalid(), returns_junk, signs_another_key],
    ids=["denied", "invalid", "junk", "another key"],
)
def test_a_request_that_came_to_nothing_is_made_anew_although_the_key_stays(
    wrong: Answer | Behaviour,
) -> None:
    world = World(spec=KEPT)
    at = world.settle()
    assert at is not None
    world.clock.set(at)
    world.issuer.script = [wrong]
    assert world.settle() == at + HOUR
    world.advance(HOUR)
    world.settle()
    assert world.status.revision == 2
    assert len(world.issuer.asked) == 3


def test_a_key_that_an_attempt_left_is_deleted_when_the_next_begins_at_once() -> None:
    world = World(Failed())
    while world.plan().phase != Phase.REFUSED:
        world.turn()
    world.turn()
    old = world.status.next_private_key_secret_name
    assert old == "web-1-1-key"
    world.certificate = cl.mark_for_renewal(world.certificate, now=NOW)
    assert DeleteKey(old) in world.plan().actions
    world.settle()
    assert world.status.revision == 1
    assert set(world.store.secrets) == {("default", "web-tls")}
    assert world.requests.keys() == {"web-1-2"}


def test_a_key_that_an_attempt_left_is_deleted_when_the_spec_is_mended_at_once() -> None:
    world = World(Failed())
    while world.plan().phase != Phase.REFUSED:
        world.turn()
    world.turn()
    world.edit(evolve(world.spec, dns_names=["b.example"]))
    plan = world.plan()
    assert plan.phase == Phase.DUE
    assert [type(one) for one in plan.actions] == [DeleteKey, UpdateStatus]
    world.settle()
    assert set(world.store.secrets) == {("default", "web-tls")}


def test_of_two_requests_the_one_of_no_use_is_deleted_while_an_issuance_is_under_way() -> None:
    world = World(Pending())
    world.settle()
    (request,) = world.requests.values()
    other = evolve(request, name="twin", issuer_ref=IssuerRef("another"))
    world.store.create_request(other)
    assert world.plan().phase == Phase.OUTDATED
    world.turn()
    assert set(world.requests) == {request.name}
    assert world.plan().phase == Phase.ASKED


def test_two_requests_of_the_current_revision_do_not_stop_an_issuance() -> None:
    world = World()
    world.settle()
    (request,) = world.requests.values()
    world.store.create_request(evolve(request, name="twin"))
    assert world.plan().phase == Phase.BLOCKED
    world.certificate = cl.mark_for_renewal(world.certificate, now=NOW)
    world.settle()
    assert world.status.revision == 2
    assert world.status.condition("Blocked") is None


def test_a_key_that_is_there_and_fits_need_not_be_made_whatever_is_stored() -> None:
    world = World()
    world.settle()
    world.issuer.script = [Pending()]
    world.edit(evolve(world.spec, private_key=PrivateKeySpec(algorithm="Ed25519")))
    world.settle()
    kept = PrivateKeySpec(algorithm="Ed25519", rotation_policy="Never")
    world.edit(evolve(world.spec, private_key=kept))
    assert world.plan().phase == Phase.ASKED
    world.advance(HOUR)
    world.settle()
    assert world.status.revision == 2


def test_a_pending_key_that_cannot_be_read_is_made_anew() -> None:
    world = World(Pending(), Pending())
    world.settle()
    place = ("default", "web-1-1-key")
    world.store.secrets[place] = evolve(world.store.secrets[place], entries={"tls.key": b"torn"})
    assert world.plan().phase == Phase.KEYLESS
    world.settle()
    assert world.snapshot.pending_key is not None


def test_a_request_that_fails_after_the_clock_jumped_back_has_failed_all_the_same() -> None:
    world = World(Pending())
    world.settle()
    (request,) = world.requests.values()
    earlier = world.clock.set(NOW - HOUR)
    world.store.update_request(request, advance(request, Failed(), now=earlier).request)
    assert world.plan().phase == Phase.REFUSED
    world.settle()
    assert world.status.failed_issuance_attempts == 1


def test_a_count_of_failures_below_zero_is_none() -> None:
    world = World()
    status = evolve(world.status, failed_issuance_attempts=-3)
    world.certificate = evolve(world.certificate, status=status)
    world.settle()
    assert set(world.requests) == {"web-1-1"}


def test_a_status_is_not_written_for_the_order_of_its_conditions() -> None:
    world = World(Pending())
    world.settle()
    conditions = world.status.conditions or ()
    assert len(conditions) == 2
    turned = evolve(world.status, conditions=conditions[::-1])
    world.certificate = evolve(world.certificate, status=turned)
    assert world.plan().actions == ()


def test_a_secret_keeps_its_type_and_says_who_was_asked() -> None:
    world = World()
    world.settle()
    assert world.secret is not None
    world.store.write_secret(evolve(world.secret, type="Opaque"))
    asked = evolve(world.spec, issuer_ref=IssuerRef("ca", kind="Issuer"), dns_names=["b.example"])
    world.edit(asked)
    world.settle()
    assert world.secret.type == "Opaque"
    assert world.secret.annotations is not None
    assert world.secret.annotations[keys.ISSUER_KIND] == "Issuer"


def test_attempts_that_failed_are_one_issuance_and_do_not_oscillate() -> None:
    world = World(*[Failed()] * 4)
    for _ in range(5):
        at = world.settle()
        assert at is not None
        world.clock.set(at)
    del world.store.secrets["default", "web-tls"]
    world.settle()
    assert "Oscillation" not in world.reasons
    assert world.status.issuances is not None
    assert [one.reason for one in world.status.issuances].count("DoesNotExist") == 2


@pytest.mark.parametrize(
    ("hours", "is_told"),
    [
        pytest.param(2, True, id="a lifetime ago"),
        pytest.param(3, False, id="longer ago"),
    ],
)
def test_oscillation_is_a_matter_of_one_lifetime(hours: int, *, is_told: bool) -> None:
    world = World(spec=evolve(SPEC, duration=2 * HOUR))
    world.settle()
    old = IssuanceRecord(NOW - hours * HOUR, "DoesNotExist", "spec.secretName")
    status = evolve(world.status, issuances=(old, old, old))
    world.certificate = evolve(world.certificate, status=status)
    del world.store.secrets["default", "web-tls"]
    world.settle()
    assert ("Oscillation" in world.reasons) == is_told


def test_what_somebody_deletes_again_and_again_is_issued_at_once_each_time() -> None:
    world = World()
    for revision in range(1, 5):
        world.settle()
        assert world.status.revision == revision
        del world.store.secrets["default", "web-tls"]


def never_content(snapshot: Snapshot, /, *, now: object) -> tuple[Violation, ...]:
    del now
    if snapshot.secret is None:
        return ()
    return (Violation("never_content", "Own", "spec", Clause("the impossible"), None),)


def test_a_rule_that_nothing_satisfies_is_tried_once_an_hour_and_told_as_oscillation() -> None:
    world, policy = World(), cl.TRIGGER + never_content
    for hour in range(1, 5):
        at = settle(world.store, world.issuer, world.clock, policy=policy)
        assert at == NOW + hour * HOUR
        world.clock.set(at)
    assert world.status.revision == 5
    assert "the impossible" in world.told("Oscillation").message


def test_what_somebody_changes_is_issued_at_once_although_the_last_issuance_was_of_no_use() -> None:
    world, policy = World(), cl.TRIGGER + never_content
    settle(world.store, world.issuer, world.clock, policy=policy)
    before = world.status.revision or 0
    world.edit(evolve(world.spec, dns_names=["b.example"]))
    settle(world.store, world.issuer, world.clock, policy=policy)
    assert (world.status.revision or 0) > before
    before = world.status.revision or 0
    world.certificate = cl.mark_for_renewal(world.certificate, now=NOW)
    settle(world.store, world.issuer, world.clock, policy=policy)
    assert world.status.revision == before + 1


def test_a_rule_of_ones_own_is_asked_at_once_about_another_spec() -> None:
    policy = evolve(cl.TRIGGER, name="own", checks=cl.TRIGGER.checks[:1]) + never_content
    world = World()
    assert settle(world.store, world.issuer, world.clock, policy=policy) == NOW + HOUR
    assert world.status.revision == 2
    world.edit(evolve(world.spec, dns_names=["b.example"]))
    settle(world.store, world.issuer, world.clock, policy=policy)
    assert world.status.revision == 3


def test_names_that_the_issuer_edits_do_not_make_the_documented_policy_run_hot() -> None:
    world = World(*[adds_a_name] * 9)
    at = settle(world.store, world.issuer, world.clock, policy=cl.TRIGGER_DOCUMENTED)
    assert at == NOW + HOUR
    assert world.status.revision == 2


def test_an_issuance_that_was_stopped_by_hand_may_begin_again_at_once() -> None:
    world = World()
    at = world.settle()
    assert at is not None
    world.clock.set(at)
    world.issuer.script = [Pending()]
    world.settle()
    conditions = tuple(one for one in world.status.conditions or () if one.type != "Issuing")
    stopped = evolve(world.status, conditions=conditions)
    world.certificate = evolve(world.certificate, status=stopped)
    plan = world.plan()
    assert plan.phase == Phase.DUE
    assert [type(one) for one in plan.actions] == [UpdateStatus]  # the key of its name is kept
    assert plan.events[0].evidence[0].reason == Reason.RENEWING


def test_an_issuer_that_is_not_well_is_asked_about_the_same_request_again() -> None:
    world = World(TemporaryError("down"), TemporaryError("down"))
    assert world.settle() == NOW + timedelta(seconds=5)
    world.clock.set(NOW + timedelta(seconds=5))
    assert world.settle() == NOW + timedelta(seconds=15)
    world.clock.set(NOW + timedelta(seconds=15))
    world.settle()
    assert {one.uid for one in world.issuer.asked} == {"request-1"}
    assert world.status.revision == 1


def test_a_request_is_not_asked_about_unless_its_certificate_waits_for_it() -> None:
    world = World(Pending())
    world.settle()
    (request,) = world.requests.values()
    world.store.create_request(evolve(request, name="twin"))
    world.advance(HOUR)
    world.settle()
    assert world.plan().phase == Phase.BLOCKED
    assert len(world.issuer.asked) == 1
    assert request.outcome is RequestOutcome.PENDING


def test_a_plan_that_comes_late_stores_nothing_once_its_key_is_gone() -> None:
    world = World()
    while world.plan().phase != Phase.ANSWERED:
        world.turn()
    late, snapshot = world.plan(), world.snapshot
    world.settle()
    stored = world.secret
    for action in late.actions:
        perform(action, snapshot, world.store, now=NOW)
    assert world.secret == stored
    assert reconcile(world.snapshot, now=NOW).actions == ()


@pytest.mark.parametrize("end", [".", "-", ".-"])
def test_a_shortened_name_is_still_a_name(end: str) -> None:
    long = f"{'a' * (183 - len(end))}{end}{'b' * 60}"
    name = request_name(long, 1, 1)
    assert ".-" not in name
    assert "--" not in name
    assert key_name("web", 2, 3) == "web-2-3-key"
