"""What is published: two archives of what they should hold, the same whoever builds them."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Final

import pytest
from attrs import frozen

ROOT: Final = Path(__file__).parent.parent
EPOCH: Final = "1767225600"  # 2026-01-01T00:00:00Z

BUILD: Final = """
import sys
from hatchling.build import build_sdist, build_wheel
print(build_wheel(sys.argv[1]))
print(build_sdist(sys.argv[1]))
"""
"""The two hooks that `python -m build` calls, without the environment that it would fetch."""

USE: Final = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import certlife
from certlife.testing import issued
assert Path(certlife.__file__).is_relative_to(sys.argv[1]), certlife.__file__
print(len(certlife.__all__))
"""


@frozen
class Archives:
    wheel: Path
    sdist: Path


def build(folder: Path) -> Archives:
    done = subprocess.run(  # noqa: S603 — our own words
        [sys.executable, "-c", BUILD, str(folder)],
        cwd=ROOT,
        env={"SOURCE_DATE_EPOCH": EPOCH, "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    wheel, sdist = done.stdout.split()[-2:]
    return Archives(folder / wheel, folder / sdist)


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Archives:
    return build(tmp_path_factory.mktemp("dist"))


def test_two_builds_are_the_same_bytes(archives: Archives, tmp_path: Path) -> None:
    again = build(tmp_path)
    assert archives.wheel.read_bytes() == again.wheel.read_bytes()
    assert archives.sdist.read_bytes() == again.sdist.read_bytes()


def test_the_wheel_holds_every_module_the_licence_and_nothing_else(archives: Archives) -> None:
    with zipfile.ZipFile(archives.wheel) as wheel:
        names = set(wheel.namelist())
    inside = {name for name in names if name.startswith("certlife/")}
    expected = {str(path.relative_to(ROOT)) for path in (ROOT / "certlife").rglob("*.py")}
    assert inside == expected | {"certlife/py.typed"}
    (about,) = {name.partition("/")[0] for name in names - inside}
    assert names - inside == {
        f"{about}/{name}"
        for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")
    }


def test_the_metadata_says_what_it_is_and_what_it_needs(archives: Archives) -> None:
    with zipfile.ZipFile(archives.wheel) as wheel:
        (name,) = [name for name in wheel.namelist() if name.endswith("/METADATA")]
        metadata = wheel.read(name).decode().splitlines()
    assert {
        "Name: certlife",
        "License-Expression: Apache-2.0",
        "License-File: LICENSE",
        "Requires-Python: >=3.11",
        "Classifier: Typing :: Typed",
        "Description-Content-Type: text/markdown",
        "Provides-Extra: cli",
        "Provides-Extra: testing",
    } <= set(metadata)


def test_the_sdist_holds_all_that_its_tests_need(archives: Archives) -> None:
    with tarfile.open(archives.sdist) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    listed = subprocess.run(
        ["git", "ls-files"],  # noqa: S607 — whichever git there is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    wanted = {
        name
        for name in listed.stdout.splitlines()
        if (ROOT / name).is_file() and not name.startswith((".ci/", ".github/"))
    }
    assert wanted
    assert not wanted - names
    assert not {name for name in names if "__pycache__" in name}


def test_the_wheel_works_where_it_is_installed(archives: Archives, tmp_path: Path) -> None:
    target = tmp_path / "installed"
    subprocess.run(  # noqa: S603 — our own words
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"),
            *("--disable-pip-version-check", "--no-compile", "--target", str(target)),
            str(archives.wheel),
        ],
        check=True,
    )
    done = subprocess.run(  # noqa: S603 — our own words
        [sys.executable, "-P", "-c", USE, str(target)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0
