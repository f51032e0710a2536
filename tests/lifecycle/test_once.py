"""However a plan is performed, in part, twice or over JSON, what comes of it is the same."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING

from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

import certlife as cl
from certlife.driver import perform, turn
from certlife.lifecycle.answers import Denied, Failed, Invalid, Pending, TemporaryError
from certlife.lifecycle.reconcile import reconcile
from certlife.model.certificate import Certificate
from certlife.pki.keys import PrivateKey
from certlife.testing.clock import FakeClock
from certlife.testing.issuer import (
    ScriptedIssuer,
    adds_a_name,
    returns_junk,
    signs,
    signs_another_key,
    signs_something_expired,
)
from certlife.testing.memory import MemoryStore
from tests.lifecycle.json_store import JsonStore
from tests.lifecycle.world import HOUR, NOW, PLACE, SPEC

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from certlife.lifecycle.answers import Answer
    from certlife.model.snapshot import Snapshot
    from certlife.testing.issuer import Behaviour

WEB = Certificate("web", SPEC, namespace="default", uid="u-web", created=NOW)
KEPT = evolve(SPEC, private_key=cl.PrivateKeySpec(algorithm="ECDSA", rotation_policy="Never"))
EDITS = {
    "names": evolve(SPEC, dns_names=["b.example"]),
    "key": evolve(SPEC, private_key=cl.PrivateKeySpec(algorithm="Ed25519")),
    "key is kept": KEPT,
    "no request can be made": evolve(SPEC, dns_names=None),
    "back": SPEC,
}


class Memory(MemoryStore):
    def __init__(self) -> None:
        super().__init__([WEB])

    def put_certificate(self, certificate: Certificate) -> None:
        self.certificates[PLACE] = certificate


@frozen
class Way:
    """How plans are performed: so many actions, each so many times, before looking anew."""

    most: int
    times: int


WHOLE = Way(most=9, times=1)


class World:
    def __init__(
        self,
        store: Memory | JsonStore,
        script: Sequence[Answer | Behaviour],
        ways: Sequence[Way] = (),
    ) -> None:
        self.store = store
        self.clock = FakeClock(NOW)
        self.issuer = ScriptedIssuer(self.clock, script)
        # Who always stops after the first of two actions never comes to the second.
        self.ways: Iterator[Way] = cycle((*ways, WHOLE))

    @property
    def snapshot(self) -> Snapshot:
        (snapshot,) = self.store.snapshots()
        return snapshot

    def live(self, deeds: Sequence[str]) -> None:
        """Let somebody interfere each time that nothing is left to do, and time pass."""
        for deed in deeds:
            at = self.settle()
            self.clock.advance(HOUR / 60)
            if deed == "time passes":
                self.clock.set(max(at or NOW, self.clock.now()))
            else:
                self.interfere(deed)
        self.settle()

    def settle(self) -> datetime | None:
        for _ in range(500):
            snapshot, now = self.snapshot, self.clock.now()
            plan = reconcile(snapshot, now=now)
            way = next(self.ways) if plan.actions else WHOLE
            for action in plan.actions[: way.most]:
                for _ in range(way.times):
                    perform(action, snapshot, self.store, now=now)
            if not plan.actions:
                at = turn(self.store, self.issuer, self.clock)
                if at is None or at > now:
                    return at
        raise AssertionError("expected it to come to rest")

    def interfere(self, deed: str) -> None:
        snapshot = self.snapshot
        certificate, requests = snapshot.certificate, snapshot.requests
        if deed in EDITS:
            self.store.put_certificate(evolve(certificate, spec=EDITS[deed]))
        elif deed == "it is marked":
            self.store.put_certificate(cl.mark_for_renewal(certificate, now=self.clock.now()))
        elif deed == "the Secret is deleted":
            self.store.delete_key(certificate, "web-tls")
        elif requests:
            latest = max(requests, key=lambda one: one.name)
            self.store.delete_request(certificate, latest.name, latest.uid)

    def seen(self) -> object:
        """What there is in the end, but for keys, which are made by chance."""
        snapshot = self.snapshot
        secret = snapshot.secret
        key = secret and secret.key_reading
        return (
            self.clock.now(),
            snapshot.certificate,
            snapshot.pending_key is None,
            {
                one.name: (one.outcome, one.conditions, one.annotations, one.failure_time)
                for one in snapshot.requests
            },
            secret
            and (
                secret.annotations,
                secret.certificate.dns_names,
                secret.certificate.not_after,
                isinstance(key, PrivateKey) and key.matches(secret.certificate.public_key),
            ),
        )


DEEDS = st.lists(
    st.sampled_from(
        [
            *EDITS,
            *["time passes"] * 4,
            "it is marked",
            "the Secret is deleted",
            "the latest request is deleted",
        ]
    ),
    min_size=2,
    max_size=6,
)
SCRIPTS = st.lists(
    st.sampled_from(
        [
            Pending(),
            Pending(retry_after=2 * HOUR),
            TemporaryError("down"),
            Failed("no"),
            Invalid("no"),
            Denied("no"),
            adds_a_name,
            returns_junk,
            signs,
            signs_another_key,
            signs_something_expired,
        ]
    ),
    max_size=8,
)
WAYS = st.lists(st.builds(Way, st.integers(1, 2), st.integers(1, 2)), min_size=1, max_size=5)


@settings(max_examples=120)
@given(script=SCRIPTS, deeds=DEEDS, ways=WAYS)
def test_performing_in_part_and_twice_ends_as_performing_once(
    script: list[Answer | Behaviour], deeds: list[str], ways: list[Way]
) -> None:
    once, broken = World(Memory(), script), World(Memory(), script, ways)
    once.live(deeds)
    broken.live(deeds)
    assert broken.seen() == once.seen()


@settings(max_examples=60)
@given(script=SCRIPTS, deeds=DEEDS, ways=WAYS)
def test_over_objects_as_kubernetes_has_them_everything_ends_as_in_memory(
    script: list[Answer | Behaviour], deeds: list[str], ways: list[Way]
) -> None:
    memory, kubernetes = World(Memory(), script, ways), World(JsonStore(WEB), script, ways)
    memory.live(deeds)
    kubernetes.live(deeds)
    assert kubernetes.seen() == memory.seen()
    assert kubernetes.store.events == memory.store.events
