"""The loop, over a store in memory; tests/lifecycle/test_once.py has it over JSON, too."""

from __future__ import annotations

from datetime import timedelta

from attrs import evolve

from certlife.lifecycle.answers import Failed, Pending
from certlife.model.certificate import Certificate
from tests.lifecycle.world import HOUR, NOW, SPEC, World


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


def test_nothing_to_watch_is_nothing_to_wait_for() -> None:
    world = World()
    world.store.certificates.clear()
    assert world.settle() is None


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
