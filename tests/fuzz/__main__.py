"""`python -m tests.fuzz`: does certlife stand whatever is thrown at it?"""

from __future__ import annotations

import argparse
import sys
from random import Random
from time import monotonic
from typing import TYPE_CHECKING, Final

from tests.fuzz import doors_pki, doors_text, doors_world
from tests.fuzz.laws import Silence, broken
from tests.fuzz.seeds import Seeds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.fuzz.doors_text import Door

DOORS: Final[dict[str, tuple[Door, int]]] = {
    "cron": (doors_text.cron, 6),
    "windows": (doors_text.windows, 4),
    "duration": (doors_text.duration, 3),
    "instant": (doors_text.instant, 3),
    "zone": (doors_text.timezone, 2),
    "name": (doors_text.name, 5),
    "uri": (doors_text.uri, 5),
    "address": (doors_text.address, 3),
    "text of a wrong type": (doors_text.wrong_type, 1),
    "certificate, PEM": (doors_pki.certificate_pem, 8),
    "certificate, DER": (doors_pki.certificate_der, 12),
    "request, PEM": (doors_pki.request_pem, 4),
    "request, DER": (doors_pki.request_der, 8),
    "private key": (doors_pki.private_key, 8),
    "chain, PEM": (doors_pki.chain_of_pem, 3),
    "chain": (doors_pki.chain_of_certificates, 1),
    "bytes of a wrong type": (doors_pki.wrong_type, 1),
    "world": (doors_world.world, 20),
    "export": (doors_world.export_text, 6),
    "objects": (doors_world.objects, 3),
    "field set": (doors_world.field_set, 1),
    "key pair": (doors_world.key_pair, 3),
    "folder": (doors_world.folder, 1),
    "command": (doors_world.command, 2),
}
"""What is asked, and how often in comparison."""

_MEASURED: Final = 50
_SHOWN: Final = 2_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Try inputs and print a line of figures.

    Returns:
        0 if every law held for every input, 1 if not.
    """
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description="Throw damaged real inputs at every public door."
    )
    parser.add_argument("--inputs", type=int, default=100_000, help="how many (default: 100,000)")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other inputs")
    parser.add_argument("--only", type=int, help="try this one input again, and show it whole")
    parser.add_argument("--door", choices=DOORS, action="append", help="knock at these doors only")
    options = parser.parse_args(arguments)
    seeds = Seeds.of_vectors()
    silence = Silence.about(seeds.keys, words=[doors_world.CANARY])
    doors = {name: DOORS[name] for name in options.door or DOORS}
    numbers = range(options.inputs) if options.only is None else [options.only]
    findings, start = 0, monotonic()
    for number in numbers:
        # Each input is drawn by itself, so that it can be tried again.
        random = Random(f"{options.seed}:{number}")  # noqa: S311 — bad inputs are no secret
        (name,) = random.choices([*doors], weights=[weight for _, weight in doors.values()])
        trial = doors[name][0](random, seeds)
        finding = broken(trial, silence, measured=number % _MEASURED == 0)
        if finding is not None:
            findings += 1
            shown = repr(trial.asked)[: None if options.only is not None else _SHOWN]
            _say(f"input {number}, {name}: {finding}\n    {shown}")
    _say(
        f"{len(numbers):,} inputs at {len(doors)} doors in {monotonic() - start:.0f} s, "
        f"seed {options.seed}: {findings or 'no'} findings"
    )
    return 1 if findings else 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
