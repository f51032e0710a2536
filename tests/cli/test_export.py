"""The generator of exports to measure with makes what it says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.cli import export
from tests.cli.command import report

if TYPE_CHECKING:
    import pytest


def test_every_third_certificate_of_an_export_is_due_and_nothing_else_is_wrong() -> None:
    found = report("-", stdin=export.export(4).encode())["certificates"]
    reasons = {one["name"]: one["reason"] for one in found}
    assert reasons == {
        "service-00000": "Renewing",
        "service-00001": None,
        "service-00002": None,
        "service-00003": "Renewing",
    }


def test_it_is_a_program_that_writes_and_measures(capsys: pytest.CaptureFixture[str]) -> None:
    export.main(["2"])
    Path("export.json").write_text(capsys.readouterr().out, encoding="utf-8")
    export.main(["--measure", "export.json"])
    assert capsys.readouterr().out.startswith("floor 0.")
