"""What a verdict costs, counted instead of timed: how often the bytes are looked at."""

from __future__ import annotations

import pickle
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest
from attrs import evolve

from certlife.lifecycle.reconcile import reconcile
from certlife.model.annotations import REVISION
from certlife.model.snapshot import Snapshot
from certlife.model.spec import CertificateSpec, IssuerRef, PrivateKeySpec
from certlife.policy.decision import Keep, advice, decide
from certlife.policy.policies import READINESS, STRICT, TRIGGER
from certlife.testing import issued

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

AT: Final = datetime(2026, 3, 1, tzinfo=UTC)
NOW: Final = AT + timedelta(days=1)

ONE_LOOK: Final = {
    "a2b_base64": 3,  # key, certificate and request
    "PrivateKey._read": 1,
    "read_certificate": 1,
    "read_request": 1,
}
NEVER: Final = ("PublicKey.native", "is_signature", "Violation.message")
"""What nobody needs for a verdict: keys for OpenSSL, who signed what, and sentences."""

KEYS: Final = [
    pytest.param(PrivateKeySpec(algorithm="ECDSA", size=256), id="P-256"),
    pytest.param(PrivateKeySpec(algorithm="ECDSA", size=521, encoding="PKCS8"), id="P-521"),
    pytest.param(PrivateKeySpec(algorithm="Ed25519", encoding="PKCS8"), id="Ed25519"),
    pytest.param(PrivateKeySpec(algorithm="RSA", size=2048), id="RSA, PKCS #1"),
    pytest.param(PrivateKeySpec(algorithm="RSA", size=2048, encoding="PKCS8"), id="RSA, PKCS #8"),
]
QUESTIONS: Final = [
    pytest.param(lambda one: TRIGGER.first(one, now=NOW), id="the trigger"),
    pytest.param(lambda one: STRICT.all(one, now=NOW), id="the strictest policy"),
    pytest.param(lambda one: READINESS.first(one, now=NOW), id="readiness"),
    pytest.param(lambda one: decide(one, now=NOW), id="a decision"),
    pytest.param(lambda one: (decide(one, now=NOW), advice(one, now=NOW)), id="and its advice"),
    pytest.param(lambda one: reconcile(one, now=NOW), id="a plan"),
]


def calls(work: Callable[[], object]) -> Counter[str]:
    """Count what is called, in Python and in C, by name."""
    counts: Counter[str] = Counter()

    def note(frame: FrameType, event: str, called: object) -> None:
        if event == "call":
            counts[frame.f_code.co_qualname] += 1
        elif event == "c_call":
            counts[getattr(called, "__name__", "")] += 1

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return counts


def unread(key: PrivateKeySpec) -> Snapshot:
    """A world in which nobody has read anything, and in which nothing is to be done."""
    spec = CertificateSpec(
        secret_name="web", issuer_ref=IssuerRef("ca"), dns_names=["web.example"], private_key=key
    )
    world: Snapshot = pickle.loads(pickle.dumps(issued(spec, at=AT)))  # noqa: S301 — made a moment ago
    return world


@pytest.mark.parametrize("ask", QUESTIONS)
@pytest.mark.parametrize("key", KEYS)
def test_each_piece_is_read_once(key: PrivateKeySpec, ask: Callable[[Snapshot], object]) -> None:
    world = unread(key)
    counts = calls(lambda: ask(world))
    assert {name: counts[name] for name in ONE_LOOK} == ONE_LOOK
    assert not {name: counts[name] for name in NEVER if counts[name]}
    again = calls(lambda: ask(world))
    assert not {name: again[name] for name in (*ONE_LOOK, *NEVER) if again[name]}


def test_requests_that_do_not_count_are_not_read() -> None:
    world = unread(PrivateKeySpec(algorithm="ECDSA"))
    (current,) = world.requests
    older = [evolve(current, name=f"{n}", annotations={REVISION: f"{n}"}) for n in range(2, 50)]
    crowded = evolve(world, requests=(*older, current))
    counts = calls(lambda: TRIGGER.first(crowded, now=NOW))
    assert counts["read_request"] == 1


def test_a_verdict_that_is_clear_reads_no_further() -> None:
    world = unread(PrivateKeySpec(algorithm="ECDSA"))
    other = unread(PrivateKeySpec(algorithm="Ed25519"))
    mixed = Snapshot(world.certificate, secret=other.secret, requests=world.requests)
    counts = calls(lambda: TRIGGER.first(mixed, now=NOW))
    assert counts["read_request"] == 0
    assert not isinstance(decide(mixed, now=NOW), Keep)


@pytest.mark.parametrize("key", KEYS)
def test_what_was_read_is_in_no_pickle(key: PrivateKeySpec) -> None:
    world = unread(key)
    before = pickle.dumps(world)
    assert decide(world, now=NOW) == decide(world, now=NOW)
    assert pickle.dumps(world) == before
