"""The year: what is told of it stands in its README, and the picture there is the one it draws."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from examples.year import drawing

if TYPE_CHECKING:
    import pytest

PICTURE: Final = Path(drawing.__file__).with_name("year.svg")
SVG: Final = "{http://www.w3.org/2000/svg}"


def test_the_picture_is_the_one_that_the_year_draws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """If it is not: `python -m examples.year.replay examples/year/year.svg`."""
    monkeypatch.setattr(sys, "argv", ["replay", str(tmp_path / "year.svg")])
    runpy.run_module("examples.year.replay")
    assert (tmp_path / "year.svg").read_text("utf-8") == PICTURE.read_text("utf-8")
    told = capsys.readouterr().out.splitlines()
    picture = ET.parse(PICTURE)  # noqa: S314 — our own
    crosses = picture.findall(f"{SVG}path")
    served = picture.findall(f"{SVG}rect[@class='served']")
    assert len(crosses) == sum(line.endswith("failed") for line in told)
    assert len(served) == sum(" until " in line for line in told)


def test_the_picture_says_in_words_what_it_shows() -> None:
    words = ET.parse(PICTURE).findtext(f"{SVG}desc")  # noqa: S314 — our own
    assert words == (
        "api was issued 13 times, shop was issued 6 times, web was issued 7 times, "
        "wiki was issued 5 times; 6 attempts failed."
    )
