"""Both type checkers agree with what users may write; mypy reads all of this in `test_house.py`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent.parent
PYRIGHT: Final = str(Path(sys.executable).with_name("basedpyright"))


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 — our own words
        [PYRIGHT, *arguments],
        cwd=ROOT,
        # pyright does not look for py.typed where an editable install leads.
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_pyright_strict_takes_every_example_and_use_and_refuses_every_misuse() -> None:
    done = run("--pythonpath", sys.executable)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_public_type_is_said_rather_than_inferred() -> None:
    done = run(
        *("--verifytypes", "certlife", "--ignoreexternal", "--outputjson"),
        *("--pythonpath", sys.executable),
    )
    found = json.loads(done.stdout)
    complaints = [
        f"{symbol['name']}: {symbol['diagnostics']}"
        for symbol in found["typeCompleteness"]["symbols"]
        if symbol["isExported"] and symbol["diagnostics"]
    ]
    assert found["typeCompleteness"]["symbols"]
    assert not complaints
