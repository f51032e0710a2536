"""`python -m tests.mutation`: would the tests notice if a decision were made otherwise?

mutmut (docs/adr/0015-mutmut.md) changes one thing at a time in a copy of the project and runs the
tests that come by it. What no test notices has to have a reason in survivors.toml.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT: Final = Path(__file__).parents[2]
SURVIVORS: Final = Path(__file__).with_name("survivors.toml")
FLOOR: Final = 95
"""How many per cent of the mutants the tests must notice."""

_MUTATED: Final = ("certlife/policy", "certlife/lifecycle", "certlife/pki/chain.py")
_TESTS: Final = (
    "tests/policy",
    "tests/lifecycle",
    "tests/pki/test_chain.py",
    "tests/pki/test_trust.py",
    "tests/conformance/test_vectors.py",
)
_COPIED: Final = ("certlife", "tests", "docs", "README.md", "conftest.py")
_BAD_INPUT: Final = 2

# What mutmut notes of a mutant: the status with which the tests ended, or one of its own.
_UNNOTICED: Final = 0
_UNTESTED: Final = (5, 33)
_UNCHECKED: Final = None


@frozen
class Survivor:
    """A mutant that no test noticed.

    Args:
        function: Where it is: "certlife.pki.chain.x_order_chain__mutmut_11".
        before: The line that was changed.
        after: What it became.
    """

    function: str
    before: str
    after: str

    @property
    def is_wording(self) -> bool:
        """Whether only a sentence for people reads otherwise: nobody parses a message."""
        plain = self.after.replace("XX", "").casefold()
        sentences = re.findall(r'"[^"]* [^"]*"', self.before)
        return bool(sentences) and plain == self.before.casefold()


@frozen
class Outcome:
    """How a run went.

    Args:
        mutants: How many there were.
        survivors: Those that no test noticed.
        untested: Those that no test comes by.
    """

    mutants: int
    survivors: tuple[Survivor, ...]
    untested: tuple[str, ...]

    @property
    def score(self) -> float:
        """How many per cent were noticed."""
        missed = len(self.survivors) + len(self.untested)
        return 100 * (self.mutants - missed) / max(self.mutants, 1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the mutants, try them all, and print what came of it.

    Returns:
        0 if enough were noticed and every other one has a reason, 1 if not, 2 without mutmut.
    """
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutation", description="Change certlife and see the tests notice."
    )
    parser.add_argument("--children", type=int, default=2, help="how many at once (default: 2)")
    parser.add_argument("--only", nargs="*", default=[], help='such as "certlife.policy.ari*"')
    options = parser.parse_args(arguments)
    if find_spec("mutmut") is None:
        sys.stderr.write(f"{parser.prog}: needs mutmut: pip install mutmut\n")
        return _BAD_INPUT
    with TemporaryDirectory() as folder:
        _prepare(Path(folder))
        _mutmut(Path(folder), "run", "--max-children", str(options.children), *options.only)
        outcome = _outcome(Path(folder))
    return report(outcome, reasons(SURVIVORS))


def reasons(path: Path) -> dict[tuple[str, str], str]:
    """Read why which survivors are none that a test should notice.

    Args:
        path: survivors.toml: tables `[[survivor]]` with `function`, the line that it `becomes`
            and the `reason`.
    """
    entries = tomllib.loads(path.read_text("utf-8")).get("survivor", [])
    return {(entry["function"], entry["becomes"]): entry["reason"] for entry in entries}


def _prepare(folder: Path) -> None:
    """Copy what is mutated and what notices, and tell mutmut which is which."""
    for name in _COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    shutil.copy(ROOT / "pyproject.toml", folder)
    settings = {
        "source_paths": ["certlife"],
        "only_mutate": [f"{path}/*" if not path.endswith(".py") else path for path in _MUTATED],
        "also_copy": list(_COPIED),
        "pytest_add_cli_args_test_selection": list(_TESTS),
    }
    lines = (f"{name} = {json.dumps(value)}\n" for name, value in settings.items())
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[tool.mutmut]\n{''.join(lines)}")


def _mutmut(folder: Path, *arguments: str, quiet: bool = False) -> str:
    done = subprocess.run(  # noqa: S603 — our own words
        [sys.executable, "-m", "mutmut", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE if quiet else None,
        text=True,
        check=False,
    )
    return done.stdout or ""


def _outcome(folder: Path) -> Outcome:
    codes = dict(statuses(folder / "mutants"))
    survivors = (
        _survivor(folder, name) for name, code in sorted(codes.items()) if code == _UNNOTICED
    )
    untested = (name for name, code in sorted(codes.items()) if code in _UNTESTED)
    return Outcome(len(codes), tuple(survivors), tuple(untested))


def statuses(folder: Path) -> Iterator[tuple[str, int]]:
    """Yield how the tests ended for each mutant that was tried."""
    for file in sorted(folder.rglob("*.meta")):
        for name, code in json.loads(file.read_text("utf-8"))["exit_code_by_key"].items():
            if code is not _UNCHECKED:
                yield name, code


def _survivor(folder: Path, name: str) -> Survivor:
    """Read from the difference that mutmut shows what has become of which line."""
    lines = _mutmut(folder, "show", name, quiet=True).splitlines()
    before = [line[1:].strip() for line in lines if re.match(r"-(?!--)", line)]
    after = [line[1:].strip() for line in lines if re.match(r"\+(?!\+\+)", line)]
    function, _, _ = name.rpartition("__mutmut_")
    return Survivor(function, " ".join(before), " ".join(after))


def report(outcome: Outcome, known: dict[tuple[str, str], str]) -> int:
    """Print what was not noticed, and a line of figures; 0 if it is well, 1 if not."""
    kinds: Counter[str] = Counter()
    for one in outcome.survivors:
        reason = known.get((one.function, one.after))
        kind = "wording" if one.is_wording else "for a reason" if reason else "unexplained"
        kinds[kind] += 1
        if kind == "unexplained":
            sys.stdout.write(f"{one.function}\n  - {one.before}\n  + {one.after}\n")
    for name in outcome.untested:
        sys.stdout.write(f"{name}: no test comes by\n")
    sys.stdout.write(
        f"{outcome.mutants:,} mutants, {outcome.score:.1f} % noticed; survivors: "
        f"{kinds['wording']} of wording, {kinds['for a reason']} for a reason, "
        f"{kinds['unexplained'] + len(outcome.untested)} unexplained\n"
    )
    is_enough = outcome.mutants and outcome.score >= FLOOR
    return 0 if is_enough and not kinds["unexplained"] and not outcome.untested else 1


if __name__ == "__main__":
    sys.exit(main())
