"""Times of several ways to do a thing, taken in turn, so that a slow moment hits all alike.

A machine's clock rate changes from minute to minute, and so does what else it does; where ratios
count, their two sides have to be measured within milliseconds of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import perf_counter, process_time

from attrs import frozen


@frozen
class Times:
    """What each way took in each round, in seconds, by its name."""

    seconds: Mapping[str, Sequence[float]]

    def median(self, way: str) -> float:
        """The median of one way, in microseconds."""
        return median(self.seconds[way]) * 1e6

    def ratio(self, way: str, base: str) -> float:
        """The median, over the rounds, of how many times the base one way took."""
        pairs = zip(self.seconds[way], self.seconds[base], strict=True)
        return median(one / other for one, other in pairs)


def interleaved(
    ways: Mapping[str, Sequence[Callable[[], object]]],
    *,
    seconds: float,
    least: int = 5,
    clock: Callable[[], float] = process_time,
) -> Times:
    """Do every way once a round, over and over; the first of several rounds does not count.

    Args:
        ways: By name, the calls that are one way's turn; their mean is its time.
        seconds: For how long, about.
        least: How many rounds have to count, however long they take; 0 for what takes so long that
            one is enough.
        clock: What to time with: by default the time of this process alone, which waits for nobody.
    """
    found: dict[str, list[float]] = {name: [] for name in ways}
    rounds, end = 0, perf_counter() + seconds
    while rounds <= least or perf_counter() < end:
        for name, calls in ways.items():
            begun = clock()
            for call in calls:
                call()
            found[name].append((clock() - begun) / len(calls))
        rounds += 1
    return Times({name: tuple(taken[1:] or taken) for name, taken in found.items()})


def once(work: Callable[[], object]) -> float:
    """Do something that takes long enough to be measured once, and return how many us it took."""
    begun = process_time()
    work()
    return (process_time() - begun) * 1e6
