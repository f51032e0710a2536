"""One run of everything, in the form that --json prints."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

import pyperf
from attrs import asdict, filters, frozen

from benchmarks.chains import Chains, chains
from benchmarks.fleets import Fleet, fleet
from benchmarks.growth import Point, growth
from benchmarks.memory import Footprint, footprint
from benchmarks.paths import Path, paths
from benchmarks.processes import Command, Start, commands, starts
from benchmarks.timing import Times, interleaved
from benchmarks.windows import Opening, openings

_MACHINE: Final = ("cpu_model_name", "cpu_count", "platform", "python_version", "load_avg_1min")


@frozen
class Effort:
    """How much is measured.

    Args:
        samples: How many certificates a path is measured with.
        seconds: For how long a path is measured.
        largest: Sizes above it are left out.
    """

    samples: int
    seconds: float
    largest: int


FULL: Final = Effort(samples=3, seconds=1.2, largest=100_000)
QUICK: Final = Effort(samples=1, seconds=0.02, largest=10)


@frozen
class PathCost:
    """What a path costs: medians in us, the median of each round's ratio, and all that was seen."""

    path: str
    floor_us: float
    cold_us: float
    warm_us: float
    cold_over_floor: float
    times: Times


@frozen
class Results:
    """What one run found, on which machine."""

    machine: Mapping[str, str | int | float]
    paths: tuple[PathCost, ...]
    growth: tuple[Point, ...]
    windows: tuple[Opening, ...]
    chains: Chains
    fleet: Fleet
    memory: tuple[Footprint, ...]
    starts: tuple[Start, ...]
    commands: tuple[Command, ...]


def measure(effort: Effort) -> Results:
    """Measure everything."""
    seconds, largest = effort.seconds, effort.largest
    return Results(
        machine(),
        tuple(cost(path, seconds) for path in paths(effort.samples)),
        tuple(growth(seconds=seconds / 4, largest=largest)),
        tuple(openings(seconds=seconds / 4)),
        chains(min(largest, 1_000)),
        fleet(min(largest, 10_000)),
        (footprint("ec"), footprint("rsa-pkcs1")),
        tuple(starts(seconds=seconds * 4)),
        tuple(commands(largest=largest)),
    )


def machine() -> Mapping[str, str | int | float]:
    """Describe the machine, as pyperf does."""
    known = pyperf.Run([1.0], collect_metadata=True).get_metadata()
    return {name: known[name] for name in _MACHINE if name in known}


def cost(path: Path, seconds: float) -> PathCost:
    """Measure one path."""
    times = interleaved(path.ways(), seconds=seconds)
    return PathCost(
        path.name,
        times.median("floor"),
        times.median("cold"),
        times.median("warm"),
        times.ratio("cold", "floor"),
        times,
    )


def as_json(results: Results) -> str:
    """Write the results, but for the single times, as JSON."""
    return json.dumps(asdict(results, filter=filters.exclude(Times)), indent=2)


def as_suite(results: Results) -> pyperf.BenchmarkSuite:
    """Hand every single time to pyperf, whose commands compare, plot and explain them."""
    return pyperf.BenchmarkSuite(
        [
            pyperf.Benchmark([pyperf.Run(seconds, metadata={"name": f"{path.path}/{way}"})])
            for path in results.paths
            for way, seconds in path.times.seconds.items()
        ]
    )
