"""The memo of verdicts: what it saves, what it takes for another question, and what it never holds.

That it changes no answer is a law: `tests/properties/test_verdicts.py`.
"""

from __future__ import annotations

import gc
import pickle
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Final

import pytest
from attrs import evolve, fields

from certlife.model import annotations as keys
from certlife.model.frozenmap import FrozenMap
from certlife.model.metadata import ManagedFields, OwnerReference
from certlife.model.secret import SecretData
from certlife.model.snapshot import Snapshot
from certlife.model.status import AriWindow, CertificateStatus
from certlife.pki.certificate import X509Certificate, read_certificates
from certlife.pki.csr import X509Request
from certlife.pki.keys import PrivateKey
from certlife.pki.memo import Memo
from certlife.pki.pem import iter_blocks
from certlife.policy.backoff import INITIAL_DELAY
from certlife.policy.decision import BackOff, Issue, Keep, decide
from certlife.policy.policies import STRICT, TRIGGER, Check, Policy
from certlife.testing import asked
from tests.policy.worlds import (
    DUE_AT,
    ISSUED_AT,
    MICROSECOND,
    NOT_AFTER,
    QUIET,
    current,
    stored,
    wanting,
    with_annotations,
    with_entries,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from certlife.policy.checks import Answer

DAY: Final = timedelta(days=1)
BUSY: Final = asked(QUIET, at=DUE_AT)
"""A world with a pending key."""


class Counting:
    """A rule that finds nothing, and counts how often it is asked."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, snapshot: Snapshot, /, *, now: datetime) -> Answer:
        del snapshot, now
        self.count += 1
        return ()


def again(snapshot: Snapshot) -> Snapshot:
    """The same world, of objects that are made anew."""
    found: Snapshot = pickle.loads(pickle.dumps(snapshot))  # noqa: S301 — ours
    return found


def holding(secret: SecretData) -> Snapshot:
    return evolve(QUIET, secret=secret)


def test_what_was_asked_about_the_same_bytes_is_not_asked_again() -> None:
    rule, memo = Counting(), Memo()
    policy = TRIGGER + rule
    for ask in (policy.first, policy.all):
        rule.count = 0
        for _ in range(3):
            assert ask(again(QUIET), now=ISSUED_AT, memo=memo) == ()
        assert rule.count == 1
    for _ in range(3):
        decide(again(QUIET), now=ISSUED_AT, policy=policy, memo=memo)
    assert rule.count == 2
    assert len(memo) == 3


def test_however_often_the_same_bytes_are_judged_they_are_read_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = Counter[str]()

    def certificates(data: bytes, *, limit: int, memo: Memo | None) -> tuple[X509Certificate, ...]:
        read["certificates"] += 1
        return read_certificates(data, limit=limit, memo=memo)

    def request(pem: bytes) -> X509Request:
        read["request"] += 1
        return X509Request.from_der(pem_block(pem))

    monkeypatch.setattr("certlife.model.secret.read_certificates", certificates)
    monkeypatch.setattr("certlife.model.request.X509Request.from_pem", request)
    memo = Memo()
    for _ in range(3):
        decide(again(QUIET), now=ISSUED_AT, memo=memo)
    assert read == {"certificates": 1, "request": 1}


def pem_block(pem: bytes) -> bytes:
    [block] = iter_blocks(pem)
    return block.der


OTHERS: Final = {
    "certificate": wanting(evolve(QUIET.certificate.spec, secret_name="another")),
    "secret": evolve(QUIET, secret=None),
    "requests": evolve(QUIET, requests=()),
    "pending_key": evolve(QUIET, pending_key=BUSY.pending_key),
    "rivals": evolve(QUIET, rivals=[evolve(QUIET.certificate, name="other")]),
    "ari_window": evolve(QUIET, ari_window=AriWindow(start=DUE_AT, end=NOT_AFTER)),
}
OTHER_SECRETS: Final = {
    "entries": with_entries({"more": b""}),
    "name": holding(evolve(stored(), name="another")),
    "namespace": holding(evolve(stored(), namespace="another")),
    "type": holding(evolve(stored(), type="Opaque")),
    "annotations": with_annotations({"a": "b"}),
    "labels": holding(evolve(stored(), labels={"a": "b"})),
    "managed_fields": holding(evolve(stored(), managed_fields=[ManagedFields(manager="me")])),
    "owner_references": holding(
        evolve(
            stored(),
            owner_references=[OwnerReference(api_version="v1", kind="Pod", name="p", uid="u")],
        )
    ),
    "key_facts": holding(
        evolve(stored(), key_facts=PrivateKey.from_pem(stored().entry(keys.TLS_PRIVATE_KEY)).facts)
    ),
}


def test_there_is_another_world_for_each_attribute() -> None:
    assert set(OTHERS) == {attribute.name for attribute in fields(Snapshot)}
    compared = {attribute.name for attribute in fields(SecretData) if attribute.eq}
    assert set(OTHER_SECRETS) == compared


CONTENTS: Final = {
    "an entry of the same length": with_entries(
        {keys.TLS_PRIVATE_KEY: stored().entry(keys.TLS_PRIVATE_KEY)[::-1]}
    ),
    "an entry that goes by another name": with_entries(
        {keys.CA_CERTIFICATE: None, "ca": stored().entry(keys.CA_CERTIFICATE)}
    ),
    "two entries that end elsewhere": with_entries(
        {
            keys.TLS_CERTIFICATE: stored().entry(keys.TLS_CERTIFICATE)[:-1],
            keys.TLS_PRIVATE_KEY: stored().entry(keys.TLS_CERTIFICATE)[-1:]
            + stored().entry(keys.TLS_PRIVATE_KEY),
        }
    ),
    "no entries, and none said": holding(evolve(stored(), entries=None)),
}


@pytest.mark.parametrize("other", [*OTHERS.values(), *OTHER_SECRETS.values(), *CONTENTS.values()])
def test_another_world_is_asked_about_anew(other: Snapshot) -> None:
    rule, memo = Counting(), Memo()
    policy = Policy("counting", (Check("counting", rule),))
    for world in (QUIET, other):
        policy.all(world, now=ISSUED_AT, memo=memo)
    assert rule.count == 2


def test_no_entries_are_not_the_same_as_none_said() -> None:
    rule, memo = Counting(), Memo()
    policy = Policy("counting", (Check("counting", rule),))
    for entries in (None, FrozenMap[str, bytes]()):
        policy.all(holding(evolve(stored(), entries=entries)), now=ISSUED_AT, memo=memo)
    assert rule.count == 2


@pytest.mark.parametrize(
    ("now", "count"),
    [
        pytest.param(ISSUED_AT, 1, id="when it was asked"),
        pytest.param(DUE_AT - MICROSECOND, 1, id="until just before time changes the answer"),
        pytest.param(DUE_AT, 2, id="not when time does"),
        pytest.param(ISSUED_AT - MICROSECOND, 2, id="not before it was asked"),
    ],
)
def test_an_answer_holds(now: datetime, count: int) -> None:
    rule, memo = Counting(), Memo()
    policy = TRIGGER + rule
    for at in (ISSUED_AT, now):
        policy.all(QUIET, now=at, memo=memo)
    assert rule.count == count


def test_another_question_about_the_same_world_has_an_answer_of_its_own() -> None:
    memo, window = Memo(), AriWindow(start=ISSUED_AT + DAY, end=ISSUED_AT + 3 * DAY)
    world, now = evolve(QUIET, ari_window=window), ISSUED_AT + 2 * DAY
    assert isinstance(decide(world, now=now, memo=memo), Issue)
    assert isinstance(decide(world, now=now, ari_draw=0.75, memo=memo), Keep)
    found = STRICT.named(TRIGGER.name).all(world, now=now, memo=memo)
    assert found == STRICT.all(world, now=now)
    assert TRIGGER.all(world, now=now, memo=memo) == TRIGGER.all(world, now=now)


def test_backing_off_ends_with_a_memo_too() -> None:
    failed = CertificateStatus(revision=1, last_failure_time=DUE_AT, failed_issuance_attempts=1)
    world = evolve(
        QUIET, certificate=evolve(QUIET.certificate, status=failed), requests=[current()]
    )
    memo, until = Memo(), DUE_AT + INITIAL_DELAY
    assert isinstance(decide(world, now=DUE_AT, memo=memo), BackOff)
    assert isinstance(decide(world, now=until - MICROSECOND, memo=memo), BackOff)
    assert isinstance(decide(world, now=until, memo=memo), Issue)


def test_a_verdict_that_backs_off_gets_a_further_reason_in_time() -> None:
    failed = CertificateStatus(
        revision=1, last_failure_time=DUE_AT - DAY, failed_issuance_attempts=9
    )
    certificate = evolve(QUIET.certificate, status=failed)
    world = with_annotations({keys.ISSUER_NAME: "another"}, evolve(QUIET, certificate=certificate))
    memo = Memo()
    for now in (DUE_AT - MICROSECOND, DUE_AT):
        decision = decide(world, now=now, memo=memo)
        assert isinstance(decision, BackOff)
        assert decision == decide(world, now=now)


def test_two_certificates_with_the_same_secret_do_not_displace_each_other() -> None:
    rule, memo = Counting(), Memo()
    policy = Policy("counting", (Check("counting", rule),))
    worlds = [evolve(QUIET, certificate=evolve(QUIET.certificate, name=name)) for name in "ab"]
    for world in worlds * 3:
        policy.all(world, now=ISSUED_AT, memo=memo)
    assert rule.count == 2


def test_threads_share_it() -> None:
    memo = Memo(limit=3)
    worlds = [evolve(QUIET, certificate=evolve(QUIET.certificate, name=name)) for name in "abcdef"]
    expected = [decide(world, now=ISSUED_AT) for world in worlds]
    with ThreadPoolExecutor(8) as threads:
        found = threads.map(lambda world: decide(world, now=ISSUED_AT, memo=memo), worlds * 50)
    assert list(found) == expected * 50
    assert len(memo) == 3


def held_by(memo: Memo) -> Iterator[object]:
    """Everything that a memo keeps alive, but for what programs are made of."""
    seen: set[int] = set()
    pending: list[object] = [memo]
    while pending:
        one = pending.pop()
        if id(one) not in seen and not isinstance(one, type | FunctionType | ModuleType):
            seen.add(id(one))
            yield one
            pending += gc.get_referents(one)


def test_it_holds_no_key_and_no_entry_of_a_secret() -> None:
    memo = Memo()
    for world in (again(QUIET), again(BUSY)):
        decide(world, now=NOT_AFTER, policy=STRICT, memo=memo)
        STRICT.all(world, now=NOT_AFTER, memo=memo)
    assert len(memo) == 4
    held = list(held_by(memo))
    assert any(one == QUIET.certificate for one in held)
    assert not any(isinstance(one, SecretData | PrivateKey) for one in held)
    pem = stored().entry(keys.TLS_PRIVATE_KEY)
    assert BUSY.pending_key is not None
    for secret in (pem, pem_block(pem), BUSY.pending_key.der):
        assert not any(isinstance(one, bytes) and secret in one for one in held)
