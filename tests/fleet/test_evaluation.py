"""Each certificate of many gets its own answer, wherever it is judged, and no key goes there."""

from __future__ import annotations

import pickle
import tracemalloc
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final

import pytest
from attrs import evolve
from hypothesis import given

from certlife.adapters.manifests import read_snapshot
from certlife.errors import InvalidValueError, ManifestError, WrongTypeError
from certlife.fleet import Evaluation, Failure, Kind, Unread, evaluate
from certlife.pki.pem import iter_blocks
from certlife.policy.decision import Keep, decide
from certlife.policy.policies import STRICT, TRIGGER, Check, Policy
from certlife.schedule.instants import EARLIEST
from certlife.testing import asked
from tests.fleet.worlds import LATER, NOW, Slow, exported, fleet, named, raises
from tests.policy.worlds import QUIET, stored
from tests.properties.worlds import LAW, disturbed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from certlife.model.snapshot import Snapshot

RAISING: Final = Policy("raising", (Check("raises", raises),))


def not_a_snapshot(content: bytes) -> Snapshot:
    return content  # type: ignore[return-value]


def test_each_answer_says_what_it_is_about_and_is_that_of_decide() -> None:
    snapshots = [named("a"), named("b", namespace="shop")]
    assert list(evaluate(snapshots, now=LATER, policy=STRICT)) == [
        Evaluation(0, "default", "a", decide(snapshots[0], now=LATER, policy=STRICT)),
        Evaluation(1, "shop", "b", decide(snapshots[1], now=LATER, policy=STRICT)),
    ]


@LAW
@given(snapshot=disturbed())
def test_no_answer_depends_on_the_private_key_having_been_sent(snapshot: Snapshot) -> None:
    now = snapshot.certificate.created or EARLIEST
    expected = list(evaluate([snapshot], now=now))
    assert list(evaluate([snapshot], now=now, executor=Slow())) == expected
    assert list(evaluate([snapshot], now=now, executor=Slow(), with_private_keys=True)) == expected


def test_bytes_are_judged_as_the_snapshot_that_they_are_made_of() -> None:
    snapshots = fleet(3)
    unread = [Unread(exported(snapshot), read_snapshot) for snapshot in snapshots]
    assert list(evaluate(unread, now=LATER)) == list(evaluate(snapshots, now=LATER))


def test_two_processes_answer_as_one() -> None:
    snapshots = fleet(5)
    unread = [Unread(exported(snapshot), read_snapshot) for snapshot in snapshots]
    expected = list(evaluate(snapshots, now=LATER))
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert list(evaluate(snapshots, now=LATER, executor=pool, chunk_size=2)) == expected
        found = evaluate(unread, now=LATER, executor=pool, chunk_size=2, with_private_keys=True)
        assert list(found) == expected


def test_no_private_key_is_sent_unless_the_caller_says_so() -> None:
    crew, snapshot = Slow(), asked(QUIET, at=NOW)
    list(evaluate([snapshot], now=NOW, executor=crew))
    sent = pickle.dumps(crew.seen)
    [block] = iter_blocks(stored().entry("tls.key"))
    assert snapshot.pending_key is not None
    for secret in (stored().entry("tls.key"), block.der, snapshot.pending_key.der):
        assert secret not in sent
    assert stored().entry("tls.crt") in sent

    list(evaluate([snapshot], now=NOW, executor=crew, with_private_keys=True))
    assert stored().entry("tls.key") in pickle.dumps(crew.seen)


def test_a_world_without_a_secret_has_no_key_to_leave_out() -> None:
    bare = evolve(QUIET, secret=None)
    [found] = evaluate([bare], now=NOW, executor=Slow())
    assert Kind.of(found.outcome) is Kind.ISSUE


def test_bytes_go_to_no_executor_without_leave() -> None:
    unread = Unread(exported(), read_snapshot)
    with pytest.raises(InvalidValueError, match=r"snapshots\[0\]: expected with_private_keys=True"):
        list(evaluate([unread], now=NOW, executor=Slow()))


def test_bytes_that_cannot_be_read_are_the_answer_about_those() -> None:
    items: list[Snapshot | Unread] = [named("a"), Unread(b"{", read_snapshot), named("b")]
    first, broken, last = evaluate(items, now=NOW)
    assert isinstance(first.outcome, Keep)
    assert isinstance(last.outcome, Keep)
    assert (broken.position, broken.namespace, broken.name) == (1, None, None)
    assert isinstance(broken.outcome, Failure)


def test_a_rule_that_raises_is_the_answer_about_that_certificate() -> None:
    [found] = evaluate([named("a")], now=NOW, policy=RAISING)
    assert found.name == "a"
    assert isinstance(found.outcome, Failure)
    assert found.outcome.message.startswith("raised KeyError (worlds.py, line ")
    assert "2026" not in found.outcome.message, "what it says may be a secret"


def test_a_reader_that_returns_no_snapshot_is_the_answer_about_those_bytes() -> None:
    [found] = evaluate([Unread(b"", not_a_snapshot)], now=NOW)
    assert found.outcome == Failure("expected `read` to return a Snapshot", "", "a bytes")


def test_bytes_are_not_shown() -> None:
    assert "PRIVATE" not in repr(Unread(b"-----BEGIN PRIVATE KEY-----", read_snapshot))


def test_what_is_no_snapshot_is_refused() -> None:
    with pytest.raises(WrongTypeError, match=r"snapshots\[1\]: expected a Snapshot or an Unread"):
        list(evaluate([QUIET, "web"], now=NOW))  # type: ignore[list-item]


def test_a_naive_instant_is_refused_before_anything_is_drawn() -> None:
    with pytest.raises(InvalidValueError):
        evaluate(iter([QUIET]), now=NOW.replace(tzinfo=None))


def test_the_memory_stays_flat_however_many_there_are() -> None:
    content = exported()

    def unread(count: int) -> Iterator[Unread]:
        # A copy each, as if each had just been read from somewhere.
        return (Unread(bytes(bytearray(one)), not_a_snapshot) for one in repeat(content, count))

    def peak(count: int) -> int:
        tracemalloc.start()
        crew = Slow(notes=False)
        answers = evaluate(
            unread(count), now=NOW, executor=crew, chunk_size=4, with_private_keys=True
        )
        assert sum(1 for _ in answers) == count
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(4000) < 1.5 * peak(400)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "expected"),
        (b'{"kind": "ConfigMap", "apiVersion": "v1"}', "expected a Certificate among the objects"),
        (b'{"kind": "Certificate", "apiVersion": "cert-manager.io/v1", "spec": 7}', "spec"),
    ],
    ids=["no JSON", "no Certificate", "a Certificate that cannot be read"],
)
def test_a_snapshot_that_cannot_be_read_is_an_error(content: bytes, message: str) -> None:
    with pytest.raises(ManifestError, match=message):
        read_snapshot(content)


def test_the_default_policy_is_that_of_decide() -> None:
    assert list(evaluate([QUIET], now=LATER)) == list(evaluate([QUIET], now=LATER, policy=TRIGGER))
