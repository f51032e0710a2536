"""What takes a process of its own to measure: starting, and the command on large exports."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Final

from attrs import frozen

from benchmarks.timing import interleaved
from tests.cli.export import checked, export, floor

if TYPE_CHECKING:
    from collections.abc import Iterator

STARTS: Final = {
    "import cryptography.x509": ("-c", "import cryptography.x509"),
    "import certlife": ("-c", "import certlife"),
    "certlife.decide": ("-c", "import certlife; certlife.decide"),
    "certlife --version": ("-m", "certlife", "--version"),
}
EXPORTS: Final = (10, 1_000, 50_000)
_ROUNDS: Final = 5
_DISTINCT: Final = 1_000
"""How many different Certificates are made; a larger export has them again in other namespaces."""


@frozen
class Start:
    """What starting takes, over starting Python, in ms."""

    of: str
    cost: float


@frozen
class Command:
    """What `certlife check` takes for an export, once it has started, in ms of CPU.

    Args:
        certificates: How many Certificates the export holds.
        floor: What json.loads and `cryptography` take for the same file.
        cost: What certlife takes.
    """

    certificates: int
    floor: float
    cost: float


def starts(*, seconds: float) -> Iterator[Start]:
    """Start Python over and over.

    Args:
        seconds: For how long, about.
    """
    programs = {"nothing": ("-c", "pass"), **STARTS}
    ways = {of: [partial(_python, *arguments)] for of, arguments in programs.items()}
    times = interleaved(ways, seconds=seconds, least=1, clock=perf_counter)
    for of in STARTS:
        yield Start(of, (times.median(of) - times.median("nothing")) / 1e3)


def commands(*, largest: int = EXPORTS[-1]) -> Iterator[Command]:
    """Report on exports of every size.

    Args:
        largest: Sizes above it are left out.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder, "export.json")
        for size in EXPORTS:
            if size <= largest:
                _write(file, size)
                rounds = 1 if size > _DISTINCT else _ROUNDS
                found = [(floor(file), checked(file)) for _ in range(rounds)]
                base, cost = (median(column) * 1e3 for column in zip(*found, strict=True))
                yield Command(size, base, cost)


def _write(file: Path, size: int) -> None:
    document = json.loads(export(min(size, _DISTINCT)))
    items = document["items"]
    document["items"] = [
        {**item, "metadata": {**item["metadata"], "namespace": f"n{copy}"}}
        for copy in range(size // min(size, _DISTINCT))
        for item in items
    ]
    file.write_text(json.dumps(document, indent=4), "utf-8")


def _python(*arguments: str) -> None:
    subprocess.run(  # noqa: S603 — our own words
        [sys.executable, *arguments], capture_output=True, check=True
    )
