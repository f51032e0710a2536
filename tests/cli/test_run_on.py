"""`certlife run` without `--once`: how it goes on, is called, is stopped, and survives its end."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

import pytest

from certlife.adapters.files import FileStore
from certlife.adapters.files.noted import call
from certlife.cli.configuration import read_configuration
from certlife.cli.controller import LONGEST_PAUSE, Controller
from certlife.cli.signers import Signers
from certlife.lifecycle.answers import Invalid
from certlife.model.request import CertificateRequest
from certlife.model.spec import IssuerRef
from certlife.pki.certificate import X509Certificate
from certlife.pki.keys import PrivateKey
from certlife.testing.clock import FakeClock
from tests.cli.command import run
from tests.cli.pki import CA, PKI, SELF, authority, configuration, configured, leaf, once
from tests.cli.test_process import process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.testing import Result

STORE: Final = Path("store")
PAUSE_BEGUN: Final = 1.2
"""Seconds after the last file is there; sooner is right too, but is another case."""
NOW: Final = datetime.fromisoformat("2026-11-24T12:00:00Z")


def served(name: str = "web") -> X509Certificate:
    """Return what a server reads, which must be a pair."""
    version = STORE / name / (STORE / name / "..data").readlink()
    certificate = X509Certificate.from_pem((version / "tls.crt").read_bytes())
    assert PrivateKey.from_pem((version / "tls.key").read_bytes()).matches(certificate.public_key)
    return certificate


def until(holds: Callable[[], object]) -> None:
    """Wait for something, a minute at most."""
    for _ in range(6000):
        if holds():
            return
        time.sleep(0.01)
    pytest.fail("waited in vain")


def ran_until(holds: Callable[[], object], number: int = signal.SIGTERM) -> Result:
    """Run in this process, and send it a signal as soon as something holds."""

    def stopping() -> None:
        until(holds)
        time.sleep(PAUSE_BEGUN)
        os.kill(os.getpid(), number)

    thread = Thread(target=stopping)
    thread.start()
    try:
        return run("run", "conf", "--store", "store")
    finally:
        thread.join()


@contextmanager
def running() -> Iterator[subprocess.Popen[bytes]]:
    """Run in another process; what is left of it in the end is killed."""
    started = process("run", "conf", "--store", "store", stderr=subprocess.STDOUT)
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


class TestSignals:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_one_stops_it_and_nothing_is_left_undone(self, number: int) -> None:
        configured(*PKI)
        before = signal.getsignal(number)
        result = ran_until((STORE / "web/tls.crt").exists, number)
        assert (result.exit_code, result.stderr) == (0, "")
        assert signal.getsignal(number) is before
        assert served().dns_names == ("web.example",)

    def test_one_stops_a_process_whose_last_line_is_out(self) -> None:
        configured(*PKI)
        with running() as started:
            until((STORE / "web/tls.crt").exists)
            started.send_signal(signal.SIGTERM)
            output, _ = started.communicate(timeout=60)
        assert started.returncode == 0
        assert output.endswith(b"web: Issuing: The certificate has been issued\n")

    @pytest.mark.parametrize(
        ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["TERM", "INT"]
    )
    def test_a_second_one_ends_it_at_once(
        self, number: int, status: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def end(status: int) -> None:
            raise SystemExit(status)

        flags: list[Event] = []

        def flag() -> Event:
            flags.append(Event())
            return flags[-1]

        def signalling() -> None:
            until(Path("begun").exists)
            os.kill(os.getpid(), number)
            until(flags[0].is_set)
            os.kill(os.getpid(), number)

        def commands(*_: object) -> bool:
            Path("begun").touch()
            time.sleep(60)
            return True

        monkeypatch.setattr("certlife.cli.running.Event", flag)
        monkeypatch.setattr("certlife.cli.running.run_commands", commands)
        monkeypatch.setattr(os, "_exit", end)
        configured(*PKI)
        thread = Thread(target=signalling)
        thread.start()
        result = run("run", "conf", "--store", "store")
        thread.join()
        assert result.exit_code == status
        served()

    def test_what_is_at_fault_shows_in_the_end(self) -> None:
        configured(leaf("faulty", duration="30m"), *PKI)
        assert ran_until((STORE / "web/tls.crt").exists).exit_code == 2

    def test_one_leaves_what_has_not_been_begun(self) -> None:
        configured(*PKI)
        found = read_configuration("conf")
        stop = Event()
        stop.set()
        clock = FakeClock(NOW)
        Controller(found, FileStore(STORE, found.certificates), clock, stop).settle()
        assert not STORE.exists()


def test_what_is_called_for_is_looked_at_in_another_round() -> None:
    configured(*PKI)
    removed: list[Path] = []

    def served_twice() -> bool:
        there = (STORE / "web/tls.crt").exists()
        if there and not removed:
            time.sleep(PAUSE_BEGUN)
            shutil.rmtree(STORE / "web")
            removed.append(STORE / "web")
            call(STORE)
            return False
        return there

    result = ran_until(served_twice)
    assert result.stdout.count("web: Issuing: The certificate has been issued") == 2


def test_what_is_due_is_renewed_while_it_runs() -> None:
    due_at_once = {"duration": "1h", "renewBefore": "59m58s"}
    configured(leaf("web", "self", **due_at_once), SELF)
    with running():
        until((STORE / "web/tls.crt").exists)
        first = served()
        until(lambda: served() != first)


def test_a_call_is_heard_while_it_runs() -> None:
    configured(*PKI)
    with running() as started:
        until((STORE / "web/tls.crt").exists)
        first = served()
        until(lambda: run("renew", "web", "--store", "store").exit_code == 0)
        until(lambda: served() != first)
        assert started.poll() is None


def test_a_process_that_is_killed_at_any_time_loses_nothing_and_the_next_goes_on() -> None:
    """Each end comes later than the one before; how much later is drawn, with a seed."""
    line = f"echo >> '{Path.cwd()}/ran'"
    settings = configuration(onChange=[{"command": ["/bin/sh", "-c", line]}])
    configured(*PKI, settings=settings)
    moment, draw = 0.3, random.Random(7)  # noqa: S311 — no secret
    for _ in range(8):
        with running():
            time.sleep(moment)
        moment += draw.uniform(0.02, 0.1)
        if (STORE / "web/..data").exists():
            served()
            run("renew", "web", "--store", "store")
    result = once()
    assert (result.exit_code, result.stderr) == (0, "\n2 certificates: 2 keep\n")
    assert served().issuer_der == served("root").subject_der
    assert Path("ran").exists()
    assert once().stdout == ""


def test_the_last_look_tells_whether_there_are_problems() -> None:
    configured(*PKI)
    STORE.mkdir()
    (STORE / ".certlife").write_text("in the way")
    rounds = controller(FakeClock(NOW))
    rounds.settle()
    assert {problem[:22] for problem in rounds.problems} == {
        "root: store/.certlife:",
        "web: store/.certlife: ",
    }


def controller(clock: FakeClock) -> Controller:
    found = read_configuration("conf")
    store = FileStore(STORE, found.certificates, now=clock.now, patience=timedelta())
    return Controller(found, store, clock, Event())


class TestRounds:
    def test_it_looks_again_when_something_is_due(self) -> None:
        configured(authority("root", "ca"), CA)
        rounds = controller(FakeClock(NOW))
        rounds.settle()
        assert rounds.pause() == timedelta(seconds=5)

    def test_it_looks_again_after_five_minutes_when_nothing_is(self) -> None:
        configured(*PKI)
        rounds = controller(FakeClock(NOW))
        rounds.settle()
        assert rounds.pause() == LONGEST_PAUSE

    def test_it_does_not_look_back(self) -> None:
        configured(authority("root", "ca"), CA)
        clock = FakeClock(NOW)
        rounds = controller(clock)
        rounds.settle()
        clock.advance(timedelta(minutes=1))
        assert rounds.pause() == timedelta()

    def test_it_does_not_hurry_where_the_store_is_in_trouble(self) -> None:
        configured(authority("root", "ca"), CA)
        clock = FakeClock(NOW)
        rounds = controller(clock)
        rounds.settle()
        (STORE / ".certlife").rename(STORE / "away")
        (STORE / ".certlife").write_text("in the way")
        clock.advance(timedelta(minutes=1))
        rounds.settle()
        assert rounds.pause() == LONGEST_PAUSE

    def test_a_problem_is_logged_once_and_passes(self, caplog: pytest.LogCaptureFixture) -> None:
        configured(*PKI)
        clock = FakeClock(NOW)
        STORE.mkdir()
        (STORE / ".certlife").write_text("in the way")
        rounds = controller(clock)
        for _ in range(2):
            rounds.settle()
        assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]  # one each
        (STORE / ".certlife").unlink()
        rounds.settle()
        assert served().dns_names == ("web.example",)

    def test_what_was_set_aside_is_a_problem_of_one_round(self) -> None:
        configured(*PKI)
        rounds = controller(FakeClock(NOW))
        rounds.settle()
        (STORE / ".certlife/certificates/_/web/certificate.json").write_text("{")
        rounds.settle()
        (problem,) = rounds.problems
        assert "it was set aside" in problem
        rounds.settle()
        assert not rounds.problems


def test_a_request_to_an_issuer_that_is_not_configured_is_invalid() -> None:
    configured(*PKI)
    found = read_configuration("conf")
    signers = Signers(found, FileStore(STORE, found.certificates), FakeClock(NOW))
    answer = signers.answer(CertificateRequest(name="r", issuer_ref=IssuerRef("gone")))
    assert answer == Invalid(
        "expected an issuer of the configuration, got Issuer.cert-manager.io/gone"
    )
