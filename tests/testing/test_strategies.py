"""What the strategies draw is good: each spec can be issued, and each world be decided."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certlife import CertificateSpec, IssuerRef, PrivateKeySpec, Snapshot, decide, validate
from certlife.policy.decision import BackOff, InProgress, Issue, Keep
from certlife.policy.policies import READINESS
from certlife.signing import certificate_request
from certlife.testing import signer, strategies

HOUR: Final = timedelta(hours=1)
AT: Final = datetime(2026, 3, 1, tzinfo=UTC)
QUICK: Final = settings(
    max_examples=60,
    deadline=None,  # the first key of a kind takes its time
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@given(strategies.specs())
@QUICK
def test_every_spec_is_valid_and_makes_a_request(spec: CertificateSpec) -> None:
    assert validate(spec) == ()
    assert certificate_request(spec, signer(spec.effective_private_key))


@given(strategies.snapshots(), strategies.durations(shortest=timedelta()))
@QUICK
def test_every_snapshot_can_be_decided(snapshot: Snapshot, after: timedelta) -> None:
    begun = snapshot.certificate.created
    assert begun is not None
    decision = decide(snapshot, now=begun + after)
    assert isinstance(decision, Keep | Issue | BackOff | InProgress)


SPEC: Final = CertificateSpec(
    secret_name="web-tls",
    issuer_ref=IssuerRef("ca"),
    dns_names=["web.example"],
    private_key=PrivateKeySpec(algorithm="Ed25519"),
)


@given(strategies.snapshots(st.just(SPEC)))
@QUICK
def test_a_snapshot_is_of_the_spec_that_was_wanted(snapshot: Snapshot) -> None:
    assert snapshot.certificate.spec == SPEC
    begun = snapshot.certificate.created
    assert begun is not None
    if snapshot.secret is not None and snapshot.requests and not snapshot.next_requests:
        assert READINESS.all(snapshot, now=begun) == ()


@given(strategies.instants(earliest=AT, latest=AT + HOUR))
def test_an_instant_is_a_whole_second_between_its_bounds(at: datetime) -> None:
    assert AT <= at <= AT + HOUR
    assert (at.microsecond, at.tzinfo) == (0, UTC)


@given(strategies.durations(shortest=HOUR, longest=2 * HOUR))
def test_a_duration_is_of_whole_seconds_between_its_bounds(duration: timedelta) -> None:
    assert HOUR <= duration <= 2 * HOUR
    assert duration.microseconds == 0


@given(strategies.private_keys())
@QUICK
def test_every_kind_of_key_can_be_made(wanted: PrivateKeySpec) -> None:
    assert signer(wanted).algorithm == wanted.effective_algorithm
