"""The `certlife` command: everything above in one process, for people and for scripts.

Here is only what must work before the command's own packages are there.
"""

from __future__ import annotations

import gc
import signal
import sys
from importlib.util import find_spec
from io import TextIOWrapper
from typing import Final

EXIT_BAD_INPUT: Final = 2
EXIT_ISSUE: Final = 3
EXIT_INTERRUPTED: Final = 130  # what shells make of SIGINT: 128 + 2

_EXTRA: Final = ("click", "rich", "yaml")


def main() -> None:
    """Run the command; what `certlife` on the command line calls.

    An interrupt (SIGINT) ends it with 130, however many there are, and whenever they come.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # not ignored, as by nohup
        signal.signal(signal.SIGINT, _end)
    try:
        _run()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the exit status stands


def _run() -> None:
    missing = [package for package in _EXTRA if find_spec(package) is None]
    if missing:
        sys.stderr.write(
            f"certlife: the command needs {' and '.join(missing)}: pip install 'certlife[cli]'\n"
        )
        sys.exit(EXIT_BAD_INPUT)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # names are Unicode, and some consoles are not
            stream.reconfigure(errors="backslashreplace")
    # Until the report is written nearly everything is needed; looking for garbage takes a tenth of
    # the time and finds none.
    gc.disable()
    try:
        from certlife.cli.app import cli  # noqa: PLC0415 — the library works without these packages

        cli(prog_name="certlife")
    finally:
        gc.enable()


def _end(*_: object) -> None:
    """End once: a second interrupt would cut off the first, and Python would end by the signal."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(EXIT_INTERRUPTED)
