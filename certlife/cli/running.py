"""`certlife run`: rounds until there is nothing left to do, or until somebody stops it.

A signal lets the step that is under way end, and nothing else begin.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event
from typing import TYPE_CHECKING, Final

import click

from certlife.adapters.files import FileStore
from certlife.adapters.files.noted import last_call
from certlife.cli import EXIT_BAD_INPUT, EXIT_ISSUE, notices, table
from certlife.cli.configuration import read_configuration
from certlife.cli.controller import LOGGER, Controller, SystemClock
from certlife.cli.judgement import Verdict, worst_first
from certlife.cli.kept import look_at, waiting_for
from certlife.cli.on_change import run_commands
from certlife.cli.text import printable
from certlife.errors import CertlifeError
from certlife.schedule.instants import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta
    from pathlib import Path

    from certlife.cli.configuration import Configuration
    from certlife.cli.judgement import Judgement

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
_BY_SIGNAL: Final = 128
"""What shells add to the number of the signal that ended a process."""

_BETWEEN_CALLS: Final = 1.0
"""Seconds between two looks whether somebody called."""


def run_configuration(path: str, root: Path, *, once: bool) -> int:
    """Run a configuration, and return the exit status.

    Args:
        path: A file or folder of manifests.
        root: The store's folder.
        once: Whether to end as soon as nothing can be done for now.
    """
    gc.enable()  # the command does without for its short commands; this one may go on for years
    configuration = read_configuration(path)
    settings = configuration.settings
    for text in configuration.notes:
        notices.note(text)
    for problem in configuration.problems:
        notices.error(problem)
    if not configuration.certificates:
        notices.error("expected a Certificate without faults, and there is none: mend or add one")
        return EXIT_BAD_INPUT
    try:
        store = FileStore(
            root, configuration.certificates, group=settings.group, mode=settings.mode
        )
    except CertlifeError as error:
        notices.error(f"the Configuration: {error}")
        return EXIT_BAD_INPUT
    with _signals_heeded() as stop, _logged():
        controller = Controller(configuration, store, SystemClock(), stop)
        is_well = _rounds(controller, configuration, store, root, None if once else stop)
    is_well = is_well and not configuration.problems and not controller.problems
    if not once:
        return 0 if is_well else EXIT_BAD_INPUT
    now = datetime.now(UTC)
    judgements, problems = look_at(store, configuration.certificates, str(root), now=now)
    for problem in problems:
        if problem not in controller.problems:
            notices.error(problem)
    is_settled = _reported(judgements, now)
    if problems or not is_well:
        return EXIT_BAD_INPUT
    return 0 if is_settled else EXIT_ISSUE


def _rounds(
    controller: Controller,
    configuration: Configuration,
    store: FileStore,
    root: Path,
    stop: Event | None,
) -> bool:
    """Settle once, or until `stop` is set; return whether the commands went well the last time."""
    while True:
        heard = last_call(root)
        controller.settle()
        is_well = _commands_run(configuration, store, root)
        if stop is None:
            return is_well
        _wait(controller.pause(), root, heard, stop)
        if stop.is_set():
            return is_well


def _commands_run(configuration: Configuration, store: FileStore, root: Path) -> bool:
    try:
        return run_commands(configuration, store, root)
    except CertlifeError as error:
        LOGGER.error("cannot run commands after a change: %s", error)
        return False


def _wait(pause: timedelta, root: Path, heard: int, stop: Event) -> None:
    """Wait for so long, for a call or for the end."""
    until = time.monotonic() + pause.total_seconds()
    while (rest := until - time.monotonic()) > 0 and last_call(root) == heard:
        if stop.wait(min(rest, _BETWEEN_CALLS)):
            return


def _reported(judgements: list[Judgement], now: datetime) -> bool:
    """Show what is not settled, and return whether nothing is."""
    left = [one for one in worst_first(judgements) if one.verdict is not Verdict.KEEP]
    if left:
        click.echo(table.plain(left, now=now))
    click.echo(f"\n{table.summary(judgements)}", err=True)
    for text in waiting_for(left):
        notices.note(text)
    return not left


@contextmanager
def _signals_heeded() -> Iterator[Event]:
    """Make the first signal set a flag, and a second one end the process, as `kill -9` would."""
    stop = Event()
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def heed(number: int, _: object) -> None:
        if stop.is_set():
            os._exit(_BY_SIGNAL + number)
        stop.set()

    for number in _SIGNALS:
        signal.signal(number, heed)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _logged() -> Iterator[None]:
    """Print what is logged, each line with its time."""
    console, level = _Console(), LOGGER.level
    LOGGER.addHandler(console)
    LOGGER.setLevel(logging.INFO)
    try:
        yield
    finally:
        LOGGER.removeHandler(console)
        LOGGER.setLevel(level)


class _Console(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if record.levelno >= logging.ERROR:
            notices.error(text)
            return
        at = datetime.fromtimestamp(record.created, UTC).replace(microsecond=0)
        click.echo(f"{format_instant(at)} {printable(text)}")
