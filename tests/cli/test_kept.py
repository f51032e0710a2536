"""What is asked of a store by hand: status, events, renew, delete-request."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from certlife.adapters.files.noted import last_call
from certlife.pki.certificate import X509Certificate
from tests.cli.command import run
from tests.cli.pki import CA, PKI, SELF, authority, leaf, once

if TYPE_CHECKING:
    from click.testing import Result

    from tests.cli.command import Object


def asked(*words: str, stdin: bytes = b"") -> Result:
    """Run a command on the store."""
    return run(*words, "--store", "store", stdin=stdin)


def in_shop(one: Object) -> Object:
    """Return an object in the namespace "shop"."""
    metadata = one["metadata"]
    assert isinstance(metadata, dict)
    return {**one, "metadata": {**metadata, "namespace": "shop"}}


def serial() -> int:
    """Return the serial number of what was issued for web."""
    return X509Certificate.from_pem(Path("store/web/tls.crt").read_bytes()).serial_number


STUCK = (authority("root", "ca"), CA)
"""A CA that waits for itself."""


class TestStatus:
    def test_it_is_a_table_of_all_that_the_store_knows(self) -> None:
        once(*PKI)
        result = asked("status")
        assert result.exit_code == 0
        assert [line.split()[:2] for line in result.stdout.splitlines()] == [
            ["DECISION", "CERTIFICATE"],
            ["keep", "web"],
            ["keep", "root"],
        ]
        assert result.stderr == "\n2 certificates: 2 keep\n"

    def test_of_one_certificate_it_is_everything(self) -> None:
        once(*PKI)
        result = asked("status", "web")
        assert result.exit_code == 0
        assert result.stdout.startswith("web\n  keep: it stands\n  read from store\n")
        assert "\nRenewal\n" in result.stdout

    def test_on_a_terminal_it_is_in_colour(self, monkeypatch: pytest.MonkeyPatch) -> None:
        once(*PKI)
        shown: list[int] = []
        monkeypatch.setattr("certlife.cli.screen.is_terminal", lambda: True)
        monkeypatch.setattr(
            "certlife.cli.screen.show_table", lambda judgements, **_: shown.append(len(judgements))
        )
        asked("status")
        assert shown == [2]

    @pytest.mark.parametrize("words", [["status"], ["status", "root"]], ids=["all", "one"])
    def test_what_is_waited_for_is_told(self, words: list[str]) -> None:
        once(*STUCK)
        result = asked(*words)
        assert result.exit_code == 3
        assert result.stderr.endswith("note: root: waits for the CA in the Secret root\n")

    def test_what_was_issued_and_cannot_be_stored_does_not_wait_for_its_issuer(self) -> None:
        Path("store/web/tls.crt").mkdir(parents=True)
        once(*PKI)
        (path,) = Path("store/.certlife/certificates/_/web/requests").iterdir()
        request = json.loads(path.read_text())
        request["status"]["conditions"][-1]["message"] = "of a warning"
        path.write_text(json.dumps(request))
        result = asked("status")
        assert "in-progress  web" in result.stdout
        assert "of a warning" not in result.stderr

    def test_what_cannot_be_read_is_told_and_hides_nothing_else(self) -> None:
        once(*PKI)
        Path("store/.certlife/certificates/_/web/certificate.json").write_bytes(b"{")
        result = asked("status")
        assert result.exit_code == 2
        assert "keep      root" in result.stdout
        assert "error: store/.certlife/certificates/_/web/certificate.json: " in result.stderr

    @pytest.mark.parametrize(
        "where", ["_/web/certificate.json", "_/web", "shop"], ids=["notes", "a name", "a namespace"]
    )
    def test_what_is_in_the_way_of_one_keeps_nobody_from_the_others(self, where: str) -> None:
        once(*PKI)
        path = Path("store/.certlife/certificates") / where
        if path.exists():
            path.rename("away")
        path.symlink_to("/etc/hostname")
        result = asked("status")
        assert result.exit_code == 2
        assert "keep      root" in result.stdout
        assert f"error: store/.certlife/certificates/{where}: cannot be " in result.stderr
        assert asked("renew", "root").exit_code == 0

    def test_a_secret_that_cannot_be_read_is_told(self) -> None:
        once(*PKI)
        Path("store/web/..data").unlink()
        Path("store/web/..data").symlink_to("/etc")
        result = asked("status")
        assert result.exit_code == 2
        assert "error: web: store/web/..data: " in result.stderr


class TestEvents:
    def test_they_are_told_the_latest_last(self) -> None:
        once(*PKI)
        lines = asked("events", "web").stdout.splitlines()
        assert [line.split(None, 2)[1:] for line in lines][1:] == [
            ["Normal", "Generated: Made a new private key"],
            ["Normal", "Requested: Created the request web-1-1"],
            ["Normal", "Issuing: The certificate has been issued"],
        ]

    def test_text_of_others_is_escaped(self) -> None:
        once(*PKI)
        path = Path("store/.certlife/certificates/_/web/events.json")
        path.write_text(path.read_text().replace("Made a new", "\\u001b[2J"))
        assert "\\x1b[2J" in asked("events", "web").stdout


class TestRenew:
    def test_the_next_run_issues_it(self) -> None:
        once(*PKI)
        before = serial()
        result = asked("renew", "web")
        assert result.stdout == "web is marked: `certlife run` issues it now\n"
        assert asked("status").exit_code == 3
        assert serial() == before
        assert once().exit_code == 0
        assert serial() != before

    def test_whoever_runs_is_called(self) -> None:
        once(*PKI)
        assert last_call(Path("store")) == 0
        asked("renew", "web")
        first = last_call(Path("store"))
        asked("renew", "web")
        assert 0 < first < last_call(Path("store"))


class TestDeleteRequest:
    def test_it_says_first_what_it_does_and_the_issuer_is_asked_anew(self) -> None:
        once(*STUCK)
        request = Path("store/.certlife/certificates/_/root/requests/root-1-1.json")
        before = request.read_bytes()
        result = asked("delete-request", "root", stdin=b"y\n")
        assert result.exit_code == 0
        assert result.stdout == (
            "This deletes the request root-1-1, however far its issuer has come with it.\n"
            "The issuer is asked anew: at once, or after the backoff if it has refused.\n"
            "The certificate in use stays.\n"
            "Delete it? [y/N]: y\n"
            "It is deleted.\n"
        )
        assert not request.exists()
        assert last_call(Path("store"))
        once()
        assert request.read_bytes() != before

    @pytest.mark.parametrize("stdin", [b"n\n", b""], ids=["no", "nobody there to ask"])
    def test_without_a_yes_nothing_is_deleted(self, stdin: bytes) -> None:
        once(*STUCK)
        result = asked("delete-request", "root", stdin=stdin)
        assert result.exit_code == 1
        assert Path("store/.certlife/certificates/_/root/requests/root-1-1.json").exists()

    def test_a_script_need_not_be_asked(self) -> None:
        once(*STUCK)
        assert asked("delete-request", "root", "--yes").exit_code == 0
        assert not Path("store/.certlife/certificates/_/root/requests/root-1-1.json").exists()

    def test_without_a_request_it_says_what_to_do_instead(self) -> None:
        once(*PKI)
        result = asked("delete-request", "web", "--yes")
        assert result.exit_code == 2
        assert result.stderr == (
            "error: expected a request under way, and there is none; for a new one: certlife renew"
            " web\n"
        )


class TestNames:
    def test_a_name_may_come_with_its_namespace(self) -> None:
        once(in_shop(leaf("web", "self")), in_shop(SELF))
        for name in ("web", "shop/web"):
            assert asked("status", name).exit_code == 0

    @pytest.mark.parametrize("command", ["status", "events", "renew", "delete-request"])
    def test_one_that_is_not_there_is_told_with_those_that_are(self, command: str) -> None:
        once(*PKI)
        result = asked(command, "w\x1bb")
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == "error: no certificate 'w\\x1bb'; there are: root, web\n"

    def test_one_that_is_in_two_namespaces_is_told(self) -> None:
        once(in_shop(leaf("web", "self")), in_shop(SELF), leaf("web", "self"), SELF)
        assert asked("status", "shop/web").exit_code == 0
        Path("store/.certlife/certificates/bank").mkdir()
        Path("store/.certlife/certificates/_/web").rename("store/.certlife/certificates/bank/web")
        path = Path("store/.certlife/certificates/bank/web/certificate.json")
        path.write_text(
            path.read_text().replace('"name": "web"', '"name": "web", "namespace": "bank"', 1)
        )
        result = asked("renew", "web")
        assert result.exit_code == 2
        assert (
            result.stderr == "error: expected NAMESPACE/NAME, since there are: bank/web, shop/web\n"
        )

    @pytest.mark.parametrize("command", ["status", "events x", "renew x", "delete-request x"])
    def test_a_store_that_is_none_is_told(self, command: str) -> None:
        Path("store").mkdir()
        result = asked(*command.split())
        assert result.exit_code == 2
        assert result.stderr == (
            "error: store: expected a store, which `certlife run` makes: name its folder\n"
        )

    def test_a_store_without_a_certificate_is_told(self) -> None:
        Path("store/.certlife/certificates").mkdir(parents=True)
        assert asked("renew", "web").stderr == "error: no certificate 'web'; there is none at all\n"
