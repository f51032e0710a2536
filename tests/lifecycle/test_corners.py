"""What goes wrong beside the way, and is told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from attrs import evolve
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from certlife.driver import UNDONE, perform, settle
from certlife.errors import InvalidValueError, WrongTypeError
from certlife.lifecycle.acceptance import Accepted, NotAccepted, accept
from certlife.lifecycle.actions import CreateRequest, StoreSecret
from certlife.lifecycle.advancing import advance
from certlife.lifecycle.answers import Answer, Approved, Denied, Pending
from certlife.lifecycle.phases import Phase
from certlife.lifecycle.reconcile import reconcile
from certlife.model.request import CertificateRequest
from certlife.model.spec import IssuerRef, Keystore, Keystores, PrivateKeySpec, SecretKeyRef
from certlife.model.status import Condition
from certlife.testing.clock import FakeClock
from certlife.testing.issuer import ScriptedIssuer, signs
from tests.lifecycle.world import HOUR, NOW, SPEC, World

REQUEST = CertificateRequest(name="web-1-1", issuer_ref=IssuerRef("ca"))


def test_a_second_approval_is_no_step_on_and_waits() -> None:
    approved = advance(REQUEST, Approved(), now=NOW).request
    again = advance(approved, Approved(), now=NOW)
    assert again.next_check == NOW + timedelta(seconds=5)


def test_what_is_no_answer_and_no_snapshot_is_refused() -> None:
    with pytest.raises(WrongTypeError, match="expected an answer"):
        advance(REQUEST, "yes", now=NOW)  # type: ignore[arg-type]
    with pytest.raises(WrongTypeError, match="expected a request"):
        advance("web-1-1", Approved(), now=NOW)  # type: ignore[arg-type]
    with pytest.raises(WrongTypeError, match="expected a Snapshot"):
        reconcile("web", now=NOW)  # type: ignore[arg-type]


def test_an_issuer_that_breaks_is_asked_again_later() -> None:
    def breaks(issuer: ScriptedIssuer, request: CertificateRequest) -> Answer:
        raise InvalidValueError(f"{issuer.ca.certificate.common_name} cannot read {request.name}")

    world = World(breaks)
    assert world.settle() == NOW + timedelta(seconds=5)
    world.advance(HOUR)
    world.settle()
    assert world.status.revision == 1


def test_a_secret_that_cannot_be_written_is_told_and_tried_again() -> None:
    referred = Keystore(create=True, password_secret_ref=SecretKeyRef(name="words", key="word"))
    keystores = Keystores(jks=referred)
    world = World(spec=evolve(SPEC, keystores=keystores))
    assert world.settle() == NOW + timedelta(minutes=5)
    assert "keystore" in world.told(UNDONE).message
    assert ("default", "web-tls") not in world.store.secrets
    world.advance(timedelta(minutes=5))
    settle(world.store, world.issuer, world.clock, passwords=lambda _, __: "changeit")
    assert world.status.revision == 1
    assert world.store.secrets["default", "web-tls"].entry("keystore.jks")


def test_nothing_is_asked_or_stored_with_a_key_that_is_gone() -> None:
    world = World(Pending())
    world.settle()
    snapshot = world.snapshot
    world.store.requests.clear()
    before = dict(world.store.secrets)
    for action in (
        CreateRequest("web-1-9", 1, "no-such-key", SPEC),
        StoreSecret("web-tls", "no-such-key", None, None, None),
    ):
        perform(action, snapshot, world.store, now=NOW)
    assert world.store.requests == {}
    assert world.store.secrets == before


def test_a_certificate_is_not_stored_with_a_key_that_is_not_its_own() -> None:
    world, other = World(Pending()), World()
    world.settle()
    other.settle()
    assert other.secret is not None
    name = world.status.next_private_key_secret_name
    assert name is not None
    foreign = StoreSecret("web-tls", name, other.secret.entry("tls.crt"), None, None)
    perform(foreign, world.snapshot, world.store, now=NOW)
    assert world.secret is None


@pytest.mark.parametrize("days", [60, 80], ids=["since that instant", "for long"])
def test_a_certificate_that_is_due_as_soon_as_it_is_issued_is_not_asked_for_at_once(
    days: int,
) -> None:
    def backdates(issuer: ScriptedIssuer, request: CertificateRequest) -> Answer:
        return signs_as_of(issuer, request, NOW - timedelta(days=days))

    world = World(*[backdates] * 9)
    assert world.settle() == NOW + HOUR
    assert world.status.revision == 2
    assert world.plan().phase == Phase.WAITING


def signs_as_of(
    issuer: ScriptedIssuer, request: CertificateRequest, not_before: datetime
) -> Answer:
    return signs(ScriptedIssuer(FakeClock(not_before), ca=issuer.ca), request)


def test_a_certificate_may_be_stored_up_to_the_instant_of_its_end() -> None:
    def backdates(issuer: ScriptedIssuer, request: CertificateRequest) -> Answer:
        return signs_as_of(issuer, request, NOW - timedelta(days=90))

    world = World(backdates)
    while not world.requests or next(iter(world.requests.values())).certificate is None:
        world.turn()
    (request,) = world.requests.values()
    assert isinstance(accept(world.certificate, request, now=NOW), Accepted)
    late = NOW + timedelta(microseconds=1)
    assert isinstance(accept(world.certificate, request, now=late), NotAccepted)


@pytest.mark.parametrize(
    ("asked", "got", "is_told"),
    [
        pytest.param(60, 54, False, id="a tenth of what is short"),
        pytest.param(60, 53, True, id="more than a tenth of what is short"),
        pytest.param(6000, 5940, False, id="an hour of what is long"),
        pytest.param(6000, 5939, True, id="more than an hour of what is long"),
    ],
)
def test_how_far_a_lifetime_may_be_from_what_was_asked(
    asked: int, got: int, *, is_told: bool
) -> None:
    def shortens(issuer: ScriptedIssuer, request: CertificateRequest) -> Answer:
        return signs(issuer, evolve(request, duration=timedelta(minutes=got)))

    world = World(shortens, spec=evolve(SPEC, duration=timedelta(minutes=asked)))
    world.settle()
    paths = [one.path for one in world.told("Issuing").evidence]
    assert paths == (["spec.duration"] if is_told else [])


def test_usages_of_a_request_that_cannot_be_read_are_compared_with_nothing() -> None:
    key = generate_private_key(SECP256R1())
    name = x509.Name([])
    names = x509.SubjectAlternativeName([x509.DNSName("a.example")])
    odd = x509.UnrecognizedExtension(x509.oid.ExtensionOID.KEY_USAGE, b"\x05\x00")
    csr = x509.CertificateSigningRequestBuilder().subject_name(name)
    signed = csr.add_extension(names, critical=False).add_extension(odd, critical=True)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 7, NOW, NOW + timedelta(days=90))
        .add_extension(names, critical=False)
        .sign(key, SHA256())
    )
    request = evolve(
        REQUEST,
        csr=signed.sign(key, SHA256()).public_bytes(Encoding.PEM),
        certificate=certificate.public_bytes(Encoding.PEM),
    )
    outcome = accept(World().certificate, request, now=NOW)
    assert isinstance(outcome, Accepted)
    assert outcome.advice == ()


def test_a_key_is_written_as_the_spec_has_it_when_it_is_stored() -> None:
    never = PrivateKeySpec(algorithm="ECDSA", rotation_policy="Never")
    world = World(spec=evolve(SPEC, private_key=never))
    world.settle()
    for encoding, label in (("PKCS8", b"BEGIN PRIVATE KEY"), ("PKCS1", b"BEGIN EC PRIVATE KEY")):
        world.edit(
            evolve(
                world.spec,
                dns_names=[f"{encoding.lower()}.example"],
                private_key=evolve(never, encoding=encoding),
            )
        )
        world.settle()
        assert world.secret is not None
        assert label in world.secret.entry("tls.key")


def test_a_denied_request_of_another_controller_is_replaced_after_the_backoff() -> None:
    world = World(Denied())
    world.settle()
    (denied,) = world.requests.values()
    world.store.requests.clear()
    old = (Condition("Denied", "True", last_transition_time=NOW),)
    world.store.create_request(evolve(denied, name="web-abcde", conditions=old, failure_time=None))
    world.advance(HOUR)
    world.settle()
    assert set(world.requests) == {"web-1-2"}


def test_a_denied_request_without_any_time_is_taken_for_this_issuances() -> None:
    world = World(Pending())
    world.settle()
    (pending,) = world.requests.values()
    world.store.requests.clear()
    timeless = evolve(pending, name="web-abcde", conditions=(Condition("Denied", "True"),))
    world.store.create_request(timeless)
    assert world.plan().phase == Phase.REFUSED
