"""A world is consistent: what stands in it is what cert-manager's controllers would leave."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from certlife import (
    READINESS,
    STRICT,
    BackOff,
    InProgress,
    Keep,
    Policy,
    SecretData,
    Snapshot,
    decide,
)
from certlife.errors import InvalidValueError, WrongTypeError
from certlife.model.request import RequestOutcome
from certlife.model.spec import CertificateSpec, IssuerRef, PrivateKeySpec
from certlife.pki.keys import KeyAlgorithm
from certlife.policy.policies import TRIGGER
from certlife.testing import asked, authority, failed, issued, signer

AT: Final = datetime(2026, 3, 1, tzinfo=UTC)
DAY: Final = timedelta(days=1)
ED25519: Final = PrivateKeySpec(algorithm=KeyAlgorithm.ED25519)
SPEC: Final = CertificateSpec(
    secret_name="web-tls",
    issuer_ref=IssuerRef("letsencrypt"),
    dns_names=["web.example"],
    private_key=ED25519,
)
FAILURES: Final = (RequestOutcome.FAILED, RequestOutcome.INVALID, RequestOutcome.DENIED)


def stored(world: Snapshot) -> SecretData:
    assert world.secret is not None
    return world.secret


class TestIssued:
    @pytest.mark.parametrize("policy", [TRIGGER, READINESS, STRICT], ids=lambda policy: policy.name)
    def test_nothing_is_wrong(self, policy: Policy) -> None:
        assert policy.all(issued(SPEC, at=AT), now=AT) == ()

    def test_it_is_kept(self) -> None:
        assert isinstance(decide(issued(SPEC, at=AT), now=AT), Keep)

    def test_every_step_is_for_the_test_to_say(self) -> None:
        ca, key = authority("mine"), signer(ED25519, 7)
        world = issued(
            SPEC, at=AT, lifetime=DAY, name="api", namespace="shop", revision=3, ca=ca, key=key
        )
        leaf = stored(world).certificate
        assert (leaf.not_before, leaf.not_after) == (AT, AT + DAY)
        assert leaf.issuer_der == ca.certificate.subject_der
        assert stored(world).entry("tls.key") == key.pem
        assert (world.certificate.namespace, world.certificate.name) == ("shop", "api")
        assert world.certificate.status.revision == 3
        assert world.current_request is not None

    def test_of_itself_the_issuer_names_the_ca_and_the_revision_the_key(self) -> None:
        first = stored(issued(SPEC, at=AT)).certificate
        second = stored(issued(SPEC, at=AT, revision=2)).certificate
        assert first.issuer.common_name == "letsencrypt"
        assert first.public_key != second.public_key

    def test_arguments_of_other_types_are_refused(self) -> None:
        with pytest.raises(WrongTypeError, match=r"^spec: expected CertificateSpec, got str$"):
            issued("web", at=AT)  # type: ignore[arg-type]  # the wrong type
        with pytest.raises(InvalidValueError):
            issued(SPEC, at=AT.replace(tzinfo=None))


class TestAsked:
    def test_an_issuance_is_under_way(self) -> None:
        world = asked(issued(SPEC, at=AT), at=AT + DAY)
        assert decide(world, now=AT + DAY) == InProgress(since=AT + DAY)
        assert len(world.next_requests) == 1

    def test_the_pending_key_is_the_one_that_is_certified(self) -> None:
        key = signer(ED25519, 9)
        world = asked(issued(SPEC, at=AT), at=AT + DAY, key=key)
        (request,) = world.next_requests
        assert world.pending_key == key.private_key
        assert request.csr is not None

    def test_asking_again_replaces_the_request(self) -> None:
        once = asked(issued(SPEC, at=AT), at=AT + DAY)
        assert len(asked(once, at=AT + 2 * DAY).next_requests) == 1


class TestFailed:
    @pytest.mark.parametrize("outcome", FAILURES, ids=lambda policy: policy.name)
    def test_the_request_has_come_to_nothing(self, outcome: RequestOutcome) -> None:
        world = failed(issued(SPEC, at=AT), at=AT + DAY, outcome=outcome)
        (request,) = world.next_requests
        assert request.outcome is outcome
        assert request.failure_time == AT + DAY
        assert world.pending_key is None
        assert world.certificate.status.next_private_key_secret_name is None

    @pytest.mark.parametrize(("attempts", "hours"), [(1, 1), (3, 4)])
    def test_the_next_issuance_waits(self, attempts: int, hours: int) -> None:
        late = AT + 80 * DAY  # long due
        world = failed(issued(SPEC, at=AT), at=late, attempts=attempts)
        decision = decide(world, now=late)
        assert isinstance(decision, BackOff)
        assert decision.until == late + hours * timedelta(hours=1)

    @pytest.mark.parametrize(
        "outcome", [RequestOutcome.PENDING, RequestOutcome.ISSUED], ids=lambda policy: policy.name
    )
    def test_only_a_failure_is_one(self, outcome: RequestOutcome) -> None:
        with pytest.raises(InvalidValueError, match=r"^outcome: expected one of Failed, "):
            failed(issued(SPEC, at=AT), at=AT, outcome=outcome)
