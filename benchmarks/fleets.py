"""Many certificates over two processes, from the bytes of their objects, beside one process."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import cycle, islice
from multiprocessing import get_context
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Final

from attrs import frozen

from benchmarks.samples import KEYS, NOW, world
from benchmarks.timing import interleaved
from certlife.adapters.kubernetes import write_certificate, write_request, write_secret
from certlife.adapters.manifests import read_snapshot
from certlife.fleet import Kind, Unread, evaluate
from certlife.fleet.spreading import CHUNK_SIZE

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from certlife.model.snapshot import Snapshot

DISTINCT: Final = 20


@frozen
class Fleet:
    """What judging a fleet takes, P-256 and RSA mixed, from JSON, in ms.

    Args:
        certificates: How many there are.
        here: In this process.
        one: In a pool of one process.
        two: In a pool of two.
        parent: How much of the time with two this process was at work: sending bytes and taking
            answers, which no pool takes over.
    """

    certificates: int
    here: float
    one: float
    two: float
    parent: float


def fleet(certificates: int) -> Fleet:
    """Judge a fleet in this process, in one more, and in two more."""
    kinds = islice(cycle(["ec", "rsa-pkcs1"]), DISTINCT)
    contents = [_content(world(KEYS[kind], number)) for number, kind in enumerate(kinds, 1)]
    unread = [Unread(one, read_snapshot) for one in islice(cycle(contents), certificates)]
    spawn = get_context("spawn")
    with ProcessPoolExecutor(1, spawn) as one, ProcessPoolExecutor(2, spawn) as two:
        for pool in (one, two):
            _judged(unread[: 2 * CHUNK_SIZE], pool)  # every process has imported certlife then
        executors = {"here": None, "one": one, "two": two}
        ways = {name: [partial(_judged, unread, pool)] for name, pool in executors.items()}
        times = interleaved(ways, seconds=0, least=0, clock=perf_counter)
        begun = process_time()
        _judged(unread, two)
        parent = process_time() - begun
    here, alone, both = (times.median(name) / 1e3 for name in executors)
    return Fleet(certificates, here, alone, both, parent * 1e3)


def _judged(unread: list[Unread], executor: Executor | None) -> None:
    found = evaluate(unread, now=NOW, executor=executor, with_private_keys=True)
    assert all(Kind.of(one.outcome) is Kind.KEEP for one in found)


def _content(one: Snapshot) -> bytes:
    assert one.secret is not None
    items = [
        write_certificate(one.certificate),
        write_secret(one.secret),
        *map(write_request, one.requests),
    ]
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items}).encode()
