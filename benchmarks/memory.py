"""How much memory a certificate takes: its bytes, and what is kept of them once it is judged."""

from __future__ import annotations

import tracemalloc
from typing import Final

from attrs import frozen

from benchmarks.samples import NOW, sample
from certlife.policy.policies import TRIGGER

CERTIFICATES: Final = 200


@frozen
class Footprint:
    """What one certificate takes, in bytes.

    Args:
        key: The kind of its key.
        given: The bytes of Secret and request, as they came.
        unread: The snapshot of them.
        judged: The same after a verdict; a snapshot remembers what was read of it.
    """

    key: str
    given: int
    unread: int
    judged: int


def footprint(kind: str) -> Footprint:
    """Hold many, and see what they take."""
    one = sample(kind)
    given = sum(map(len, one.entries.values())) + len(one.csr)
    tracemalloc.start()
    try:
        held = [one.copied().unread() for _ in range(CERTIFICATES)]
        unread, _ = tracemalloc.get_traced_memory()
        for snapshot in held:
            TRIGGER.first(snapshot, now=NOW)
        judged, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return Footprint(kind, given, unread // CERTIFICATES, judged // CERTIFICATES)
