"""The command as a process: how it starts, what it needs, and how it ends when it is cut off."""

from __future__ import annotations

import errno
import gc
import importlib.util
import os
import re
import runpy
import signal
import subprocess
import sys
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from click import UsageError
from click.testing import CliRunner

from certlife import cli
from certlife.cli import app
from tests.cli.command import DUE, GOOD, certificate, in_json, run, secret, write

if TYPE_CHECKING:
    from collections.abc import Sequence

CERTLIFE: Final = (sys.executable, "-m", "certlife")


def process(*arguments: str, **options: object) -> subprocess.Popen[bytes]:
    """Start `python -m certlife` with everything piped but what the options say."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([*CERTLIFE, *arguments], **{**pipes, **options})  # type: ignore[call-overload,no-any-return]  # noqa: S603 — our own words


def ended(arguments: Sequence[str], **options: object) -> tuple[int, str, str]:
    """Return exit status, output and errors of the command."""
    running = process(*arguments, **options)
    out, err = running.communicate(timeout=60)
    return running.returncode, out.decode(), err.decode()


def test_python_dash_m_is_the_command() -> None:
    write({"w.json": in_json(certificate(), secret())})
    status, out, err = ended(["check", "w.json", "--now", "2026-11-24T12:00:00Z"])
    assert status == 0
    assert out.startswith("DECISION  CERTIFICATE ")
    assert err.startswith("\n1 certificate: 1 keep\n")


def completed(words: str) -> list[str]:
    """Return what a shell is told to offer for the last of these words: "kind,value"."""
    asked = {
        "_CERTLIFE_COMPLETE": "bash_complete",
        "COMP_WORDS": f"certlife {words}",
        "COMP_CWORD": str(words.count(" ") + 1),
    }
    result = CliRunner().invoke(app.cli, [], env=asked, prog_name="certlife")
    assert result.exit_code == 0
    return result.stdout.splitlines()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("che", ["plain,check"]),
        ("check --renew", ["plain,--renew-before"]),
        ("check --output ", ["plain,table", "plain,json"]),
        ("check --policy st", ["plain,strict"]),
        ("check exp", ["file,exp"]),
        ("explain web exp", ["file,exp"]),
        ("diff before aft", ["file,aft"]),
        ("restore-plan back", ["file,back"]),
        ("run conf", ["file,conf"]),
        ("run conf --store st", ["dir,st"]),
    ],
)
def test_a_shell_can_complete_what_is_typed(words: str, offered: list[str]) -> None:
    assert completed(words) == offered


@pytest.mark.parametrize("name", [None, *sorted(app.cli.commands)])
def test_every_help_has_an_example(name: str | None) -> None:
    arguments = [name, "--help"] if name else ["--help"]
    text = CliRunner().invoke(app.cli, arguments).output
    assert re.search(rf"\n  Examples?:\n    .*certlife {name or ''}", text)


def test_nothing_more_is_printed_when_nobody_reads_on() -> None:
    many = in_json(*(certificate(f"{'w' * 90}{number}") for number in range(1500)))
    write({"many.json": many})
    running = process("check", "many.json")
    assert running.stdout is not None
    assert running.stderr is not None
    with running.stdout, running.stderr:
        assert running.stdout.readline().startswith(b"DECISION")
        running.stdout.close()
        told = running.stderr.read()
    running.wait(timeout=60)
    assert b"Traceback" not in told
    assert b"BrokenPipe" not in told


@pytest.mark.skipif(os.name == "nt", reason="signals are another matter there")
def test_an_interrupt_ends_it_without_a_traceback() -> None:
    def heeded() -> None:
        # A shell starts what it puts in the background with the interrupt ignored, and so for us.
        signal.signal(signal.SIGINT, signal.default_int_handler)

    running = process("check", "-", stdin=subprocess.PIPE, preexec_fn=heeded)
    assert running.stdin is not None
    assert running.stderr is not None
    with running.stdin:
        # More than a pipe holds: it is written only once the command is there to read it.
        running.stdin.write(b" " * 1_000_000)
        running.stdin.flush()
        # More than once, as a signal just before a read blocks waits for that read to return.
        # Not soon, as one while the command is ending would cut that short.
        for _ in range(10):
            running.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                running.wait(timeout=5)
                break
    assert running.returncode == 130
    assert b"Traceback" not in running.stderr.read()
    running.stderr.close()
    if running.stdout is not None:
        running.stdout.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
def test_a_full_disk_is_told() -> None:
    write({"w.json": in_json(certificate(), secret())})
    with Path("/dev/full").open("wb") as full:
        running = process("check", "w.json", stdout=full)
        _, err = running.communicate(timeout=60)
    assert running.returncode == 2
    assert err == b"error: No space left on device\n"


def test_a_console_that_does_not_know_a_letter_gets_it_spelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    write({"w.json": in_json(certificate("日本"), secret())})
    status, out, _ = ended(["check", "w.json"])
    assert status == 0
    assert "shop/\\u65e5\\u672c " in out


def test_starting_takes_no_rich_and_no_yaml() -> None:
    write({"w.json": in_json(certificate(), secret())})
    program = (
        "import sys; from certlife.cli.app import cli; cli(['check', 'w.json'],"
        " standalone_mode=False); print({'rich', 'yaml'} & set(sys.modules))"
    )
    done = subprocess.run(  # noqa: S603 — our own words
        [sys.executable, "-c", program], capture_output=True, check=True
    )
    assert done.stdout.endswith(b"set()\n")


def test_main_runs_the_command_and_exits(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["certlife", "--version"])
    with pytest.raises(SystemExit) as exit_:
        runpy.run_module("certlife", run_name="__main__")
    assert exit_.value.code == 0
    assert capsys.readouterr().out.startswith("certlife, version ")


@pytest.mark.parametrize(
    ("gone", "named"),
    [({"rich"}, "needs rich:"), ({"click", "yaml"}, "needs click and yaml:")],
    ids=["one", "two"],
)
def test_missing_packages_are_named_with_what_installs_them(
    gone: set[str],
    named: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(cli, "find_spec", lambda name: None if name in gone else found(name))
    with pytest.raises(SystemExit) as exit_:
        cli.main()
    assert exit_.value.code == 2
    told = capsys.readouterr().err
    assert named in told
    assert told.endswith("pip install 'certlife[cli]'\n")


def test_streams_that_have_no_encoding_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    out = StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "argv", ["certlife", "--version"])
    with pytest.raises(SystemExit):
        cli.main()
    assert out.getvalue().startswith("certlife, version ")


def test_no_garbage_is_looked_for_before_the_report_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    enabled = []
    monkeypatch.setattr("certlife.cli.app.cli", lambda **_: enabled.append(gc.isenabled()))
    cli.main()
    assert enabled == [False]
    assert gc.isenabled()


def interrupted(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGINT)


class TestInterrupts:
    def test_one_while_it_starts_ends_it_with_130(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("certlife.cli.app.cli", interrupted)
        with pytest.raises(SystemExit) as exit_:
            cli.main()
        assert exit_.value.code == 130

    def test_a_second_one_while_it_ends_changes_nothing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupted_twice(**_: object) -> None:
            try:
                interrupted()
            finally:
                interrupted()

        monkeypatch.setattr("certlife.cli.app.cli", interrupted_twice)
        with pytest.raises(SystemExit) as exit_:
            cli.main()
        assert exit_.value.code == 130

    def test_one_when_all_is_done_changes_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("certlife.cli.app.cli", lambda **_: None)
        cli.main()
        interrupted()

    def test_they_stay_ignored_where_they_were(self, monkeypatch: pytest.MonkeyPatch) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        monkeypatch.setattr("certlife.cli.app.cli", interrupted)
        cli.main()


def test_a_system_on_which_no_store_works_is_told() -> None:
    program = (
        "import sys; sys.modules['grp'] = None; from certlife.cli import main;"
        "sys.argv[1:] = ['run', 'conf', '--store', 'store']; main()"
    )
    done = subprocess.run(  # noqa: S603 — our own words
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == "error: expected a Unix such as Linux or macOS, which the store needs\n"


@pytest.mark.parametrize(
    ("number", "status", "told"),
    [
        (errno.ENOSPC, 2, "error: No space left on device\n"),
        (errno.EPIPE, 1, ""),
    ],
    ids=["a full disk", "nobody reads on"],
)
def test_what_happens_to_the_output_is_no_traceback(
    number: int, status: int, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing() -> bool:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("certlife.cli.screen.is_terminal", failing)
    result = run("check", "-", stdin=in_json(certificate(), secret()))
    assert (result.exit_code, result.stderr) == (status, told)


@pytest.mark.parametrize("arguments", [["check"], ["check", "-"]], ids=["no path", "a dash"])
def test_a_standard_input_that_is_closed_is_told(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(UsageError, match="standard input"):
        app.cli(arguments, standalone_mode=False)


@pytest.mark.skipif(os.name == "nt", reason="a shell of Unix")
@pytest.mark.parametrize(
    ("command", "status", "told"),
    [
        ("check - <&-", 2, "standard input is closed"),
        ("check <&-", 2, "expected at least one PATH, or - for standard input"),
        ("check - < .", 2, ""),
        ("check web.pem --exit-code --now 2026-11-24T12:00:00Z", 3, "1 certificate: 1 issue"),
        ("check good.pem --exit-code --now 2026-11-24T12:00:00Z", 0, "1 certificate: 1 keep"),
        ("chain good.pem --output pem | cmp - good.pem", 0, ""),
    ],
    ids=["stdin closed", "nothing at all", "a folder as stdin", "due", "not due", "a chain"],
)
def test_the_shell_sees_what_the_help_says(command: str, status: int, told: str) -> None:
    write({"web.pem": DUE.certificate, "good.pem": GOOD.certificate})
    done = subprocess.run(  # noqa: S602 — our own words, and a shell is what this is about
        f"'{sys.executable}' -m certlife {command}", shell=True, capture_output=True, check=False
    )
    assert b"Traceback" not in done.stderr
    assert told in done.stderr.decode()
    assert done.returncode == status or told == ""
