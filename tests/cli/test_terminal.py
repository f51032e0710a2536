"""What a terminal gets: colour, folding, a progress bar; and what it never gets."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import count
from typing import TYPE_CHECKING

import pytest

from certlife.cli import screen
from certlife.cli.text import distance, listed, printable, shortened
from tests.cli.command import DUE, certificate, in_json, run, secret

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
OBJECTS = in_json(
    certificate(spec={"secretName": "w"}),
    certificate("due[bold]", spec={"secretName": "due"}),
    secret(name="w"),
    secret(DUE, "due"),
)


@pytest.fixture
def colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take standard output for a terminal, as rich does too."""
    monkeypatch.setattr(screen, "is_terminal", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")


class Terminal(StringIO):
    """Standard error where a person sits."""

    def isatty(self) -> bool:
        return True


@pytest.mark.usefixtures("colours")
def test_the_table_is_coloured_and_its_last_column_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    lines = run("check", "-", stdin=OBJECTS).stdout.splitlines()
    assert lines[0].startswith("\x1b[1mDECISION  CERTIFICATE ")
    assert lines[1].startswith("\x1b[1;31missue\x1b[0m     shop/due[bold] ")
    assert lines[1].rstrip().endswith("expected a time to come (two thirds of the")
    assert "lifetime), got 2026-10-31" in lines[2]
    assert "\x1b[32mkeep\x1b[0m " in lines[3]


@pytest.mark.usefixtures("colours")
def test_in_a_narrow_window_the_reason_stands_below_the_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = run("check", "-", stdin=OBJECTS).stdout.splitlines()
    assert "WHY" not in lines[0]
    assert lines[2].startswith("    \x1b[2mstatus.renewalTime: expected a time to come")
    assert "\x1b[32mkeep\x1b[0m " in lines[4]


@pytest.mark.usefixtures("colours")
def test_with_no_color_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    out = run("check", "-", stdin=OBJECTS).stdout
    assert "shop/due[bold]" in out
    assert "\x1b[3" not in out
    assert ";3" not in out


@pytest.mark.parametrize("columns", ["80", "120"])
@pytest.mark.usefixtures("colours")
def test_names_are_no_markup_and_no_escape_sequences(
    columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    hostile = certificate("[red]\x1b]0;owned\x07\u202e\n", spec={"secretName": "[link=x]\x1b[2J"})
    out = run("check", "-", stdin=in_json(hostile, secret())).stdout
    assert "[red]\\x1b]0;owned\\x07\\u202e\\n" in out
    assert "\x1b]" not in out
    assert "\x1b[2J" not in out
    assert "\x07" not in out


def test_whether_output_goes_to_a_terminal_is_asked_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert screen.is_terminal()
    monkeypatch.setattr(sys, "stdout", StringIO())
    assert not screen.is_terminal()


def bar_of(monkeypatch: pytest.MonkeyPatch, ticks: Iterator[float]) -> str:
    """What is written to a terminal while three things are done."""
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(screen, "monotonic", lambda: next(ticks))
    with screen.progress("abc", begun=0.0) as items:
        assert list(items) == ["a", "b", "c"]
    return terminal.getvalue()


def test_a_progress_bar_is_shown_from_a_second_on(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "judging" in bar_of(monkeypatch, iter([0.5, 1.5]))


def test_no_progress_bar_is_shown_before(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "judging" not in bar_of(monkeypatch, iter([0.1, 0.2, 0.3]))


def test_no_progress_bar_is_shown_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = StringIO()
    monkeypatch.setattr(sys, "stderr", pipe)
    ticks = count(2)
    monkeypatch.setattr(screen, "monotonic", lambda: next(ticks))
    with screen.progress("ab", begun=0.0) as items:
        assert list(items) == ["a", "b"]
    assert pipe.getvalue() == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain Ünï 日本 🔒", "plain Ünï 日本 🔒"),
        ("\x1b[31m\n\t\x00\x7f\x9b", "\\x1b[31m\\n\\t\\x00\\x7f\\x9b"),
        ("\u202e\u200b\ud800", "\\u202e\\u200b\\ud800"),
    ],
    ids=["text is left alone", "control characters are spelled", "so is what is invisible"],
)
def test_only_what_prints_is_printed(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (0, "in 0 min"),
        (119, "in 119 min"),
        (-119, "119 min ago"),
        (120, "in 2 h"),
        (47 * 60 + 59, "in 47 h"),
        (48 * 60, "in 2 d"),
        (-48 * 60, "2 d ago"),
    ],
)
def test_distances_are_told_in_days_hours_or_minutes(minutes: int, told: str) -> None:
    assert distance(NOW + timedelta(minutes=minutes), NOW) == told


def test_no_instant_is_no_distance() -> None:
    assert distance(None, NOW) == ""


def test_ten_things_are_listed_and_the_others_counted() -> None:
    assert listed([str(number) for number in range(10)]) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9"
    assert listed([str(number) for number in range(11)]).endswith("8, 9 and 1 more")


def test_a_text_is_cut_only_where_it_is_too_long() -> None:
    assert shortened("12345", 5) == "12345"
    assert shortened("123456", 5) == "12..."
