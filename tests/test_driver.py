"""The loop, over a store in memory; tests/lifecycle/test_once.py has it over JSON, too."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from attrs import evolve

from certlife.driver import UNDONE, settle
from certlife.errors import StoreError
from certlife.issuers import ApprovalPolicy, Approver
from certlife.lifecycle.answers import Failed, Pending
from certlife.lifecycle.plan import EventType
from certlife.model.certificate import Certificate
from certlife.model.spec import DEFAULT_USAGES
from certlife.model.status import first_condition
from tests.issuers.requests import issuer, root
from tests.lifecycle.world import HOUR, NOW, SPEC, World

if TYPE_CHECKING:
    from certlife.model.request import CertificateRequest


def test_several_certificates_are_looked_at_in_one_turn() -> None:
    world = World()
    other = Certificate(
        "api", evolve(SPEC, secret_name="api-tls"), namespace="default", uid="u-api", created=NOW
    )
    world.store.certificates["default", "api"] = other
    world.settle()
    assert {one.status.revision for one in world.store.certificates.values()} == {1}


def test_a_request_is_not_asked_about_before_its_time() -> None:
    world = World(Pending(retry_after=HOUR))
    assert world.settle() == NOW + HOUR
    world.advance(timedelta(minutes=59))
    assert world.settle() == NOW + HOUR
    assert len(world.issuer.asked) == 1
    world.advance(timedelta(minutes=1))
    world.settle()
    assert len(world.issuer.asked) == 2


def test_a_clock_that_jumps_back_does_no_harm() -> None:
    world = World(Failed())
    world.settle()
    world.advance(-24 * HOUR)
    assert world.settle() == NOW + HOUR
    world.clock.set(NOW + HOUR)
    world.settle()
    assert world.status.revision == 1


def test_what_an_issuer_warns_of_is_told_and_stays_with_the_request() -> None:
    world = World()
    settle(world.store, issuer(root(until=NOW + HOUR)), world.clock)
    event = world.told("BadConfig")
    assert event.type is EventType.WARNING
    assert "outlives its CA" in event.message
    (request,) = world.requests.values()
    ready = first_condition(request.conditions, "Ready")
    assert ready is not None
    assert (ready.reason, ready.message) == ("Issued", event.message)
    assert world.status.revision == 1


def test_a_denied_request_ends_the_attempt_and_the_issuer_hears_nothing_of_it() -> None:
    world = World()
    policy = ApprovalPolicy(dns_names=["b.example"], usages=DEFAULT_USAGES)
    settle(world.store, Approver(world.issuer, policy.objections), world.clock)
    assert "the DNS name 'a.example' is not allowed" in world.told("Denied").message
    assert world.issuer.asked == []


def test_nothing_to_watch_is_nothing_to_wait_for() -> None:
    world = World()
    world.store.certificates.clear()
    assert world.settle() is None


def test_an_answer_that_cannot_be_kept_is_told_and_asked_for_again() -> None:
    world = World()
    update = world.store.update_request

    def full(before: CertificateRequest, after: CertificateRequest) -> None:
        world.store.update_request = update  # type: ignore[method-assign]
        del before, after
        raise StoreError("cannot be written, no space left on device")

    world.store.update_request = full  # type: ignore[method-assign]
    assert world.settle() == NOW + timedelta(minutes=5)
    assert "no space left" in world.told(UNDONE).message
    world.advance(timedelta(minutes=5))
    world.settle()
    assert world.status.revision == 1
    assert len({request.csr for request in world.issuer.asked}) == 1


class TestTheMemoryStore:
    def test_writes_nothing_over_what_it_was_not_shown(self) -> None:
        world = World(Pending())
        world.settle()
        (request,) = world.requests.values()
        stale = evolve(request, failure_time=NOW)
        world.store.update_request(stale, stale)
        world.store.delete_request(world.certificate, request.name, "another uid")
        world.store.create_request(stale)
        assert tuple(world.requests.values()) == (request,)
        before = world.status
        world.store.update_status(world.certificate, evolve(before, revision=9), before)
        assert world.status == before

    def test_knows_no_key_that_was_not_made(self) -> None:
        world = World()
        assert world.store.read_key(world.certificate, "none") == b""
