"""How cost grows: with names, requests, windows, the length of a chain, and certificates."""

from __future__ import annotations

from functools import partial
from itertools import cycle, islice
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from benchmarks import floor
from benchmarks.chains import chain_of, order, verify
from benchmarks.paths import WINDOW
from benchmarks.samples import NOW, Sample, sample
from benchmarks.timing import interleaved
from certlife.model.annotations import REVISION
from certlife.model.spec import Renewal
from certlife.pki.certificate import X509Certificate
from certlife.policy.policies import TRIGGER
from certlife.policy.renewal import renewal_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from certlife.model.request import CertificateRequest

SIZES: Final = (1, 10, 100, 1_000)
_ONCE_IS_ENOUGH: Final = 10_000
FLEETS: Final = (10, 100, 1_000, 10_000, 100_000)


@frozen
class Point:
    """What one size costs.

    Args:
        of: What there is more and more of.
        size: How much of it there is.
        floor: What the same bytes take `cryptography` alone, in us: reading them, or, of a chain,
            verifying its links. None where there are no bytes.
        cost: What they take certlife, in us.
    """

    of: str
    size: int
    floor: float | None
    cost: float


def growth(*, seconds: float, largest: int = FLEETS[-1]) -> Iterator[Point]:
    """Measure everything in every size.

    Args:
        seconds: For how long each is measured, about.
        largest: Sizes above it are left out.
    """
    sizes = [size for size in SIZES if size <= largest]
    for size in sizes:
        one = sample(names=size)
        base = partial(floor.everything, one)
        yield _measured("names", size, partial(_judge, one), seconds, base=base)
    one = sample()
    for size in sizes:
        requests = _requests(one, size)
        yield _measured("requests", size, partial(_judge_among, one, requests), seconds)
    leaf = X509Certificate.from_pem(one.chain)
    for size in sizes:
        renewal = Renewal(policy="RenewBefore", windows=[WINDOW] * size)
        spec = evolve(one.certificate.spec, renewal=renewal)
        yield _measured("windows", size, partial(renewal_time, leaf, spec), seconds)
    for size in sizes:
        chain = chain_of(size)
        yield Point("chain", size, verify(chain), order(chain))
    fleet = [sample(kind, number) for kind in ("ec", "rsa-pkcs1") for number in (1, 2, 3)]
    for size in FLEETS:
        if size <= largest:
            work, read = (partial(_each, ask, fleet, size) for ask in (_judge, floor.everything))
            yield _measured("certificates", size, work, seconds, base=read)


def _measured(
    of: str,
    size: int,
    cost: Callable[[], object],
    seconds: float,
    *,
    base: Callable[[], object] | None = None,
) -> Point:
    ways = {"cost": [cost]} if base is None else {"floor": [base], "cost": [cost]}
    times = interleaved(ways, seconds=seconds, least=1 if size < _ONCE_IS_ENOUGH else 0)
    return Point(of, size, times.median("floor") if base else None, times.median("cost"))


def _judge(one: Sample) -> object:
    return TRIGGER.first(one.unread(), now=NOW)


def _each(ask: Callable[[Sample], object], samples: Sequence[Sample], size: int) -> None:
    for one in islice(cycle(samples), size):
        ask(one)


def _requests(one: Sample, size: int) -> tuple[CertificateRequest, ...]:
    """Put the one request that counts behind those of other revisions."""
    (current,) = one.unread_requests()
    known = dict(current.annotations or {})
    others = [
        evolve(current, name=f"other-{number}", annotations={**known, REVISION: f"{number}"})
        for number in range(2, size + 1)
    ]
    return (*others, current)


def _judge_among(one: Sample, requests: tuple[CertificateRequest, ...]) -> object:
    return TRIGGER.first(evolve(one.unread(), requests=requests), now=NOW)
