"""Verdicts of whatever world: total, ordered, values, and without a byte of any key."""

from __future__ import annotations

import pickle
from base64 import b64encode
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from certlife.model import annotations as keys
from certlife.model.secret import SecretData
from certlife.pki.memo import Memo
from certlife.pki.pem import iter_blocks
from certlife.policy.decision import Issue, advice, decide, mark_for_renewal
from certlife.policy.policies import (
    READINESS,
    STRICT,
    TEMPORARY,
    TRIGGER,
    TRIGGER_DOCUMENTED,
    Check,
    Policy,
    post_issuance_policy,
)
from tests.policy.worlds import ISSUED_AT
from tests.properties.worlds import LAW, disturbed, judged_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from certlife.model.snapshot import Snapshot

POLICIES: Final = (
    TEMPORARY,
    READINESS,
    TRIGGER,
    TRIGGER_DOCUMENTED,
    STRICT,
    post_issuance_policy(owner_references=True),
)
draws = st.floats(0, 1, exclude_max=True)


def instant(snapshot: Snapshot, days: int) -> datetime:
    return (snapshot.certificate.created or ISSUED_AT) + timedelta(days)


@LAW
@given(snapshot=disturbed(), days=judged_at(), policy=st.sampled_from(POLICIES))
def test_the_first_is_the_beginning_of_all(snapshot: Snapshot, days: int, policy: Policy) -> None:
    now = instant(snapshot, days)
    first, found = policy.first(snapshot, now=now), policy.all(snapshot, now=now)
    assert found[: len(first)] == first
    assert bool(found) == bool(first)


@LAW
@given(
    snapshot=disturbed(),
    days=judged_at(),
    policy=st.sampled_from(POLICIES),
    check=st.sampled_from(STRICT.checks),
)
def test_a_further_check_never_takes_a_violation_away(
    snapshot: Snapshot, days: int, policy: Policy, check: Check
) -> None:
    now = instant(snapshot, days)
    found = policy.all(snapshot, now=now)
    assert (policy + check).all(snapshot, now=now)[: len(found)] == found


@LAW
@given(snapshot=disturbed(), days=judged_at(), draw=draws, policy=st.sampled_from(POLICIES))
def test_every_world_has_a_decision_and_the_same_one_again(
    snapshot: Snapshot, days: int, draw: float, policy: Policy
) -> None:
    now = instant(snapshot, days)
    decision = decide(snapshot, now=now, policy=policy, ari_draw=draw)
    again = pickle.loads(pickle.dumps(snapshot))  # noqa: S301 — our own bytes
    assert decide(again, now=now, policy=policy, ari_draw=draw) == decision
    if isinstance(decision, Issue):
        assert decision.violations


SHARED: Final = Memo(limit=40)


@LAW
@given(
    snapshot=disturbed(),
    days=st.lists(judged_at(), min_size=2, max_size=4),
    draw=draws,
    policy=st.sampled_from(POLICIES),
)
def test_a_memo_changes_no_answer(
    snapshot: Snapshot, days: list[int], draw: float, policy: Policy
) -> None:
    for now in [instant(snapshot, day) for day in (*days, *days)]:
        again = pickle.loads(pickle.dumps(snapshot))  # noqa: S301 — our own bytes
        for ask in (policy.first, policy.all):
            assert ask(again, now=now, memo=SHARED) == ask(snapshot, now=now)
        found = decide(again, now=now, policy=policy, ari_draw=draw, memo=SHARED)
        assert found == decide(snapshot, now=now, policy=policy, ari_draw=draw)


@LAW
@given(snapshot=disturbed(), days=judged_at())
def test_everything_is_hashable_and_survives_pickle(snapshot: Snapshot, days: int) -> None:
    now = instant(snapshot, days)
    marked = mark_for_renewal(snapshot.certificate, now=now)
    for value in (
        snapshot,
        marked,
        decide(snapshot, now=now),
        advice(snapshot, now=now),
        *(policy.each(snapshot, now=now) for policy in POLICIES if policy is not STRICT),
    ):
        again = pickle.loads(pickle.dumps(value))  # noqa: S301 — our own bytes
        assert again == value
        assert hash(again) == hash(value)


@LAW
@given(snapshot=disturbed(), days=judged_at(), policy=st.sampled_from(POLICIES[:-1]))
def test_taking_the_key_out_changes_no_verdict(
    snapshot: Snapshot, days: int, policy: Policy
) -> None:
    if snapshot.secret is not None:
        bare = evolve(snapshot, secret=snapshot.secret.without_private_key())
        now = instant(snapshot, days)
        assert policy.all(bare, now=now) == policy.all(snapshot, now=now)
        assert decide(bare, now=now, policy=policy) == decide(snapshot, now=now, policy=policy)


PIECE: Final = 9
"""So many bytes of a key, or more, may be nowhere: twelve characters of base64."""

PRIVATE: Final = (keys.TLS_PRIVATE_KEY, keys.COMBINED_PEM, keys.JKS_KEYSTORE)


def key_material(snapshot: Snapshot) -> Iterator[bytes]:
    """The bytes that nobody may see: private entries, and what their PEM holds."""
    secret = snapshot.secret or SecretData()
    certificate = secret.entry(keys.TLS_CERTIFICATE)
    for value in map(secret.entry, PRIVATE):
        for block in iter_blocks(value):
            if block.label != "CERTIFICATE":
                yield block.der
        if b"-----" not in value and value not in certificate:
            yield value
    if snapshot.pending_key is not None:
        yield snapshot.pending_key.der


def shows(output: bytes, secret: bytes) -> bool:
    """Whether the output holds a piece of the secret, raw, in base64 or in hex."""
    lower = output.lower()
    return any(
        piece in output or b64encode(piece) in output or piece.hex().encode() in lower
        for start in range(0, len(secret) - PIECE + 1, 3)
        for piece in [secret[start : start + PIECE]]
        if len(set(piece)) > 4  # not the zeros of an algorithm identifier
    )


def test_a_piece_of_a_secret_would_be_seen() -> None:
    secret = bytes(range(40))
    assert shows(b"..." + secret[12:30], secret)
    assert shows(b64encode(secret), secret)
    assert shows(secret.hex().upper().encode(), secret)
    assert not shows(b"nothing of it", secret)


@LAW
@given(snapshot=disturbed(), days=judged_at(), policy=st.sampled_from(POLICIES))
def test_no_verdict_message_or_repr_holds_a_piece_of_a_key(
    snapshot: Snapshot, days: int, policy: Policy
) -> None:
    now = instant(snapshot, days)
    decision = decide(snapshot, now=now, policy=policy)
    found = (*policy.all(snapshot, now=now), *advice(snapshot, now=now, policy=policy))
    messages = [violation.message for violation in found]
    output = pickle.dumps((decision, found)) + repr((decision, found, messages, snapshot)).encode()
    assert not any(shows(output, secret) for secret in key_material(snapshot))


@LAW
@given(snapshot=disturbed())
def test_a_secret_without_its_key_holds_no_piece_of_it(snapshot: Snapshot) -> None:
    if snapshot.secret is not None:
        facts = snapshot.secret.without_private_key()
        private = evolve(snapshot, pending_key=None)
        public = snapshot.secret.entry(keys.TLS_CERTIFICATE)
        output = repr(facts).encode() + b"".join(
            value for name, value in (facts.entries or {}).items() if name in PRIVATE
        )
        assert set(facts.entries or ()) <= {keys.TLS_CERTIFICATE, keys.CA_CERTIFICATE}
        if b"PRIVATE KEY" not in public:  # what is in the midst of certificates is masked
            assert facts.entry(keys.TLS_CERTIFICATE) == public
        assert not any(shows(output, secret) for secret in key_material(private))


@pytest.mark.parametrize("policy", POLICIES, ids=lambda one: one.name)
def test_a_policy_is_hashable_and_survives_pickle(policy: Policy) -> None:
    again = pickle.loads(pickle.dumps(policy))  # noqa: S301 — our own bytes
    assert again == policy
    assert hash(again) == hash(policy)
