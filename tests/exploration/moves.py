"""Whatever may happen next: the clock, the issuer, people, and our own plan up to any action."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from certlife.driver import perform
from certlife.lifecycle.advancing import advance, next_question
from certlife.lifecycle.status_writing import without_condition
from certlife.model import annotations as keys
from certlife.model.certificate import Certificate
from certlife.model.frozenmap import FrozenMap
from certlife.model.spec import CertificateSpec, IssuerRef, PrivateKeySpec
from certlife.policy.decision import ISSUING, mark_for_renewal
from tests.exploration.answers import answer_of
from tests.exploration.canonical import timers
from tests.exploration.world import ANOTHER_KEY, JUNK, World, WorldStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from certlife.lifecycle.actions import Action
    from certlife.lifecycle.answers import Answer
    from certlife.lifecycle.plan import Plan
    from certlife.model.request import CertificateRequest
    from certlife.model.snapshot import Snapshot

NOW: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY: Final = timedelta(days=1)
TWIN: Final = "twin-of-"
"""How the name of a request begins that somebody has copied."""
OTHER_TWIN: Final = "other-twin-of-"
"""How it begins where the copy is for another issuer."""


@frozen
class Bounds:
    """How large the world is.

    Args:
        specs: For each Certificate the specs that people choose among; the first is first.
        answers: What the issuer may answer, by name.
        people: What people may do, by name.
        revisions: After how many issuances the world ends.
        attempts: After how many failures in a row the world ends.
        temporary: Whether a temporary certificate is asked for.
        time: Whether time passes.
        races: Whether a plan may also be performed after somebody else has moved.
        counted: Whether worlds differ that differ only in how often something has happened.
    """

    specs: tuple[tuple[CertificateSpec, ...], ...]
    answers: frozenset[str]
    people: frozenset[str]
    revisions: int = 3
    attempts: int = 7
    temporary: bool = False
    time: bool = True
    races: bool = False
    counted: bool = False

    def holds(self, world: World) -> bool:
        """Whether a world is within the bounds."""
        return all(
            (one.status.revision or 0) <= self.revisions
            and (one.status.failed_issuance_attempts or 0) <= self.attempts
            for one in world.certificates
        )

    def start(self) -> World:
        """Make the world in which nothing has happened yet."""
        annotations = {keys.ISSUE_TEMPORARY_CERTIFICATE: "true"} if self.temporary else None
        return World(
            NOW,
            tuple(
                Certificate(
                    f"c{number}",
                    specs[0],
                    uid=f"uid-{number}",
                    created=NOW,
                    annotations=annotations,
                )
                for number, specs in enumerate(self.specs)
            ),
            secrets=FrozenMap(),
            requests=FrozenMap(),
            keys=FrozenMap(),
        )


def spec(*dns_names: str, stored_in: str = "tls", algorithm: str = "Ed25519") -> CertificateSpec:
    """Make a spec of which a certificate can be issued quickly."""
    return CertificateSpec(
        secret_name=stored_in,
        issuer_ref=IssuerRef("ca"),
        dns_names=dns_names,
        private_key=PrivateKeySpec(algorithm=algorithm),
    )


def plan_of(world: World, certificate: Certificate) -> Plan:
    """Return what is to be done about a Certificate."""
    names = [one.name for one in world.certificates]
    return world.plans[names.index(certificate.name)]


def performed(
    world: World, seen: World, certificate: Certificate, actions: tuple[Action, ...]
) -> World:
    """Perform actions on a world that were planned from what was seen, perhaps in another."""
    store, snapshot = WorldStore(world), seen.snapshot(certificate)
    for action in actions:
        perform(action, snapshot, store, now=seen.now)
    return store.world()


def others_moves(world: World, bounds: Bounds) -> Iterator[tuple[str, World]]:
    """Yield what anybody but us may do."""
    yield from _clock(world, bounds)
    yield from _issuer(world, bounds)
    for number, certificate in enumerate(world.certificates):
        yield from _people(world, certificate, bounds, number)


def answered(world: World, request: CertificateRequest, answer: Answer) -> World:
    """Let the issuer answer."""
    store = WorldStore(world)
    store.update_request(request, advance(request, answer, now=world.now).request)
    return store.world()


def _clock(world: World, bounds: Bounds) -> Iterator[tuple[str, World]]:
    checks = (plan.next_check for plan in world.plans)
    ahead = {at for at in checks if at is not None and at > world.now}
    for at in sorted(timers(world) | ahead) if bounds.time else ():
        yield "the clock moves on", evolve(world, now=at)
    if "turn the clock back" in bounds.people:
        yield "the clock jumps back", evolve(world, now=world.now - DAY)


def _issuer(world: World, bounds: Bounds) -> Iterator[tuple[str, World]]:
    for request in world.requests.values():
        at = next_question(request)
        if at is not None and at <= world.now:
            for kind in sorted(bounds.answers):
                answer = answer_of(kind, request, world.now)
                yield f"the issuer {kind}", answered(world, request, answer)


def _people(
    world: World, certificate: Certificate, bounds: Bounds, number: int
) -> Iterator[tuple[str, World]]:
    can = bounds.people
    if certificate.deleted is not None:
        yield "the Certificate is gone", _without(world, certificate)
        return
    for wanted in bounds.specs[number]:
        if wanted != certificate.spec:
            yield (
                "somebody edits the spec",
                world.with_certificate(evolve(certificate, spec=wanted)),
            )
    if "mark" in can:
        marked = mark_for_renewal(certificate, now=world.now)
        if marked.status.condition(ISSUING) != certificate.status.condition(ISSUING):
            yield "somebody marks it", world.with_certificate(marked)
    issuing = certificate.status.condition(ISSUING)
    if "stop it" in can and issuing is not None:
        stopped = without_condition(certificate.status, ISSUING)
        yield "somebody stops it", world.with_certificate(evolve(certificate, status=stopped))
    if "delete it" in can:
        gone = evolve(certificate, deleted=world.now)
        yield "somebody deletes the Certificate", world.with_certificate(gone)
    yield from _vandals(world, certificate, can)


def _vandals(
    world: World, certificate: Certificate, can: frozenset[str]
) -> Iterator[tuple[str, World]]:
    snapshot, name = world.snapshot(certificate), certificate.spec.secret_name
    if "delete requests" in can:
        for request in snapshot.requests:
            left = {key: one for key, one in world.requests.items() if one is not request}
            yield "somebody deletes the request", evolve(world, requests=FrozenMap(left))
    if "copy requests" in can:
        yield from _copies(world, snapshot)
    if "delete the Secret" in can and name in world.secrets:
        rest = {key: one for key, one in world.secrets.items() if key != name}
        yield "somebody deletes the Secret", evolve(world, secrets=FrozenMap(rest))
    pending = certificate.status.next_private_key_secret_name
    if "spoil keys" in can and pending in world.keys and pending is not None:
        rest_keys = {key: pem for key, pem in world.keys.items() if key != pending}
        yield "somebody deletes the pending key", evolve(world, keys=FrozenMap(rest_keys))
        spoilt = FrozenMap({**world.keys, pending: JUNK})
        yield "somebody spoils the pending key", evolve(world, keys=spoilt)
    if "swap keys" in can and pending in world.keys and pending is not None:
        swapped = FrozenMap({**world.keys, pending: ANOTHER_KEY})
        yield "somebody swaps the pending key", evolve(world, keys=swapped)


def _copies(world: World, snapshot: Snapshot) -> Iterator[tuple[str, World]]:
    """Copy what is asked for, once as it is and once for another issuer."""
    for request in snapshot.next_requests:
        for before, issuer in ((TWIN, request.issuer_ref), (OTHER_TWIN, IssuerRef("other"))):
            name = f"{before}{request.name}"
            if request.name.startswith((TWIN, OTHER_TWIN)) or name in world.requests:
                continue
            twin = evolve(request, name=name, issuer_ref=issuer)
            copied = FrozenMap({**world.requests, name: twin})
            yield "somebody copies the request", evolve(world, requests=copied)


def _without(world: World, certificate: Certificate) -> World:
    """Take a Certificate away, and with it whatever it owns."""
    pending = certificate.status.next_private_key_secret_name
    return evolve(
        world,
        certificates=tuple(one for one in world.certificates if one is not certificate),
        requests=FrozenMap(
            {name: one for name, one in world.requests.items() if one.owner_uid != certificate.uid}
        ),
        keys=FrozenMap({name: key for name, key in world.keys.items() if name != pending}),
    )
