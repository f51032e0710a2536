"""The tool that keeps certificates for nginx, with a script in nginx's place.

With the real one: `python -m examples.nginx.rehearsal`.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest

import certlife as cl
from certlife.testing import FakeClock
from examples.nginx.keep import keep, main
from examples.nginx.rehearsal import make_ca

if TYPE_CHECKING:
    from pathlib import Path

ISSUED: Final = datetime(2026, 11, 24, tzinfo=UTC)
DAY: Final = timedelta(days=1)
SCRIPT: Final = """#!/bin/sh
echo "$@" >> "{folder}/calls"
test ! -e "{folder}/broken" || {{ echo "no such upstream" >&2; exit 1; }}
"""
RELOADS: Final = ["-t -q", "-s reload"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A CA, two sites without a certificate, and an nginx that writes down how it is called."""
    make_ca(tmp_path / "ca", not_before=ISSUED - DAY)
    for name in ("shop.example", "www.shop.example", ".hidden"):
        (tmp_path / "sites" / name).mkdir(parents=True)
    nginx = tmp_path / "nginx"
    nginx.write_text(SCRIPT.format(folder=tmp_path), "utf-8")
    nginx.chmod(0o755)
    return tmp_path


def test_each_folder_gets_a_certificate_of_its_name_and_nginx_reloads_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert kept(folder, at=ISSUED) is None
    for name in ("shop.example", "www.shop.example"):
        assert served(folder, name).dns_names == (name,)
    assert calls(folder) == RELOADS
    said = "nginx reloads, with new certificates for shop.example, www.shop.example\n"
    assert capsys.readouterr().out == said


def test_where_nothing_is_due_nothing_is_done_or_said(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept(folder, at=ISSUED)
    capsys.readouterr()
    assert kept(folder, at=ISSUED + 60 * DAY - timedelta(seconds=1)) is None
    assert calls(folder) == RELOADS
    assert capsys.readouterr().out == ""


def test_what_is_due_is_renewed_and_served(folder: Path) -> None:
    kept(folder, at=ISSUED)
    before = served(folder)
    assert kept(folder, at=ISSUED + 60 * DAY) is None
    assert served(folder).not_before == ISSUED + 60 * DAY
    assert served(folder) != before
    assert calls(folder) == RELOADS * 2


def test_a_file_that_is_broken_is_replaced(folder: Path) -> None:
    kept(folder, at=ISSUED)
    (folder / "sites/shop.example/tls.key").write_text("", "utf-8")
    assert kept(folder, at=ISSUED + DAY) is None
    assert served(folder).not_before == ISSUED + DAY


def test_a_reload_that_has_failed_is_told_and_tried_again(folder: Path) -> None:
    (folder / "broken").touch()
    assert kept(folder, at=ISSUED) == "nginx -t -q has failed: no such upstream"
    (folder / "broken").unlink()
    assert kept(folder, at=ISSUED) is None
    assert calls(folder) == ["-t -q", *RELOADS]


def test_a_folder_that_is_no_name_is_told_and_stops_nobody(folder: Path) -> None:
    (folder / "sites" / "Not a name").mkdir()
    assert (kept(folder, at=ISSUED) or "").startswith("Not a name: metadata.name: expected")
    assert served(folder).dns_names == ("shop.example",)


def test_a_renewal_that_fails_is_told_each_time_and_the_old_certificate_stays(folder: Path) -> None:
    kept(folder, at=ISSUED)
    before = served(folder)
    make_ca(folder / "old-ca", not_before=ISSUED - 400 * DAY)
    for later in range(2):
        at = ISSUED + 60 * DAY + later * timedelta(minutes=1)
        told = kept(folder, at=at, ca="old-ca") or ""
        assert "shop.example: " in told
        assert "renew it" in told
    assert served(folder) == before
    assert calls(folder) == RELOADS


def test_a_command_line_without_a_ca_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["keep", str(folder / "sites"), "--ca", str(folder / "nowhere")]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as end:
        main()
    assert "No such file or directory" in str(end.value.code)


def test_the_command_line_keeps_as_of_now(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_ca(folder / "ca-now", not_before=datetime.now(UTC) - DAY)
    words = [
        str(folder / "sites"),
        "--ca",
        str(folder / "ca-now"),
        "--nginx",
        f"{folder}/nginx -e x",
    ]
    monkeypatch.setattr(sys, "argv", ["keep", *words])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code is None
    assert calls(folder) == [f"-e x {words}" for words in RELOADS]


def kept(folder: Path, *, at: datetime, ca: str = "ca") -> str | None:
    """Run the tool at a time."""
    nginx = [str(folder / "nginx")]
    return keep(folder / "sites", folder / ca, FakeClock(at), nginx=nginx)


def served(folder: Path, name: str = "shop.example") -> cl.X509Certificate:
    """What nginx would read."""
    return cl.X509Certificate.from_pem((folder / "sites" / name / "tls.crt").read_bytes())


def calls(folder: Path) -> list[str]:
    """How nginx was called."""
    return (folder / "calls").read_text("utf-8").splitlines()
