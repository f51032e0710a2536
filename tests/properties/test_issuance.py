"""A certificate just issued is quiet until it is due, and due from then on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certlife.policy.decision import Issue, Keep, decide
from certlife.policy.policies import (
    READINESS,
    STRICT,
    TRIGGER,
    TRIGGER_DOCUMENTED,
    Policy,
    post_issuance_policy,
)
from certlife.policy.renewal import renewal_time
from certlife.testing import issued
from certlife.testing.strategies import durations, instants, specs
from tests.policy.worlds import MICROSECOND, stored
from tests.properties.worlds import LAW

if TYPE_CHECKING:
    from datetime import datetime

    from certlife.model.spec import CertificateSpec


@LAW
@given(spec=specs(), at=instants(), share=st.fractions(0, 1), later=durations())
def test_it_is_quiet_until_its_renewal_time_and_due_from_then_on(
    spec: CertificateSpec, at: datetime, share: float, later: timedelta
) -> None:
    snapshot = issued(spec, at=at)
    due_at = renewal_time(stored(snapshot).certificate, spec).at
    if due_at is None:  # renewal is disabled
        assert TRIGGER.all(snapshot, now=at + later) == ()
        return
    before = at + (due_at - MICROSECOND - at) * float(share)
    for now in (at, before, due_at - MICROSECOND):
        assert TRIGGER.all(snapshot, now=now) == ()
    for now in (due_at, due_at + later):  # with WindowError before it, where no window opens
        decision = decide(snapshot, now=now)
        assert isinstance(decision, Issue)
        assert [violation.reason for violation in decision.violations] == ["Renewing"]


@LAW
@given(spec=specs(), at=instants(), later=durations())
def test_it_is_ready_through_its_last_instant_and_expired_from_then_on(
    spec: CertificateSpec, at: datetime, later: timedelta
) -> None:
    snapshot = issued(spec, at=at)
    last = stored(snapshot).certificate.not_after
    for now in (at, last):
        assert READINESS.all(snapshot, now=now) == ()
    for now in (last + MICROSECOND, last + later):
        assert [violation.reason for violation in READINESS.all(snapshot, now=now)] == ["Expired"]


@LAW
@given(spec=specs(), at=instants(), owned=st.booleans())
def test_no_policy_finds_anything_right_away(
    spec: CertificateSpec, at: datetime, *, owned: bool
) -> None:
    snapshot = issued(spec, at=at)
    assert STRICT.all(snapshot, now=at) == ()
    found = post_issuance_policy(owner_references=owned).all(snapshot, now=at)
    assert {violation.reason for violation in found} == (
        {"SecretOwnerRefMismatch"} if owned else set()
    )


@pytest.mark.parametrize("policy", [TRIGGER, TRIGGER_DOCUMENTED, STRICT], ids=lambda one: one.name)
@LAW
@given(spec=specs(), at=instants())
def test_its_next_check_is_the_very_instant_at_which_the_decision_turns(
    policy: Policy, spec: CertificateSpec, at: datetime
) -> None:
    # Without an ARI draw; renewal may be disabled, then only an expiry turns it, if asked for.
    snapshot = issued(spec, at=at)
    decision = decide(snapshot, now=at, policy=policy)
    assert isinstance(decision, Keep)
    if decision.next_check is None:
        last = stored(snapshot).certificate.not_after
        assert decide(snapshot, now=last + timedelta(days=1), policy=policy) == decision
    else:
        before = decision.next_check - MICROSECOND
        assert decide(snapshot, now=before, policy=policy) == decision
        assert isinstance(decide(snapshot, now=decision.next_check, policy=policy), Issue)
