"""What is published: two archives of what they should hold, the same whoever builds them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from email import message_from_bytes
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

import pytest
from attrs import frozen
from packaging.requirements import Requirement

ROOT: Final = Path(__file__).parent.parent
EPOCH: Final = "1767225600"  # 2026-01-01T00:00:00Z
NOW: Final = "2026-11-24T12:00:00Z"

EXTRAS: Final = {"certlife.testing.strategies": "testing", "certlife.adapters.files": "files"}
"""Modules, and the extra that each needs."""

BUILD: Final = """
import sys
from hatchling.build import build_sdist, build_wheel
print(build_wheel(sys.argv[1]))
print(build_sdist(sys.argv[1]))
"""
"""The two hooks that `python -m build` calls, without the environment that it would fetch."""

USE: Final = """
import sys
import certlife
import certlife.driver, certlife.fleet, certlife.issuers, certlife.signing, certlife.testing
assert certlife.__file__.startswith(sys.prefix), certlife.__file__
for name in certlife.__all__:
    getattr(certlife, name)
"""


@frozen
class Archives:
    wheel: Path
    sdist: Path


def build(folder: Path, source: Path = ROOT) -> Archives:
    done = subprocess.run(  # noqa: S603 — our own words
        [sys.executable, "-c", BUILD, str(folder)],
        cwd=source,
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


def test_the_pythons_that_are_named_are_those_that_ci_runs(archives: Archives) -> None:
    with zipfile.ZipFile(archives.wheel) as wheel:
        (name,) = [name for name in wheel.namelist() if name.endswith("/METADATA")]
        metadata = message_from_bytes(wheel.read(name))
    classifiers = " ".join(metadata.get_all("Classifier", []))
    named = re.findall(r":: (3\.\d+)", classifiers)
    workflow = ROOT / ".github" / "workflows" / "test.yaml"
    if workflow.exists():  # the sdist leaves it out
        assert re.findall(r'"(3\.\d+)"', workflow.read_text("utf-8")) == named
    assert metadata["Requires-Python"] == f">={named[0]}"


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


def test_the_sdist_makes_the_very_same_wheel(archives: Archives, tmp_path: Path) -> None:
    """So whoever installs the one has what was tested of the other."""
    with tarfile.open(archives.sdist) as sdist:
        sdist.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    again = build(tmp_path / "dist", source)
    assert again.wheel.read_bytes() == archives.wheel.read_bytes()


class TestInstalled:
    """In an environment of its own that holds what the wheel says it needs, and nothing else.

    The packages are those that are here, linked one by one: no network is asked, and what was not
    said to be needed is not there.
    """

    def test_the_library_needs_what_it_says(self, archives: Archives, tmp_path: Path) -> None:
        python = clean_environment(tmp_path, archives.wheel)
        assert run(python, "check", pip=True).returncode == 0
        done = run(python, "-c", USE)
        assert done.returncode == 0, done.stderr

    def test_the_command_without_its_packages_says_what_to_install(
        self, archives: Archives, tmp_path: Path
    ) -> None:
        python = clean_environment(tmp_path, archives.wheel)
        for command in ([python.with_name("certlife")], [python, "-m", "certlife"]):
            done = run(*command, "check")
            assert done.returncode == 2
            assert done.stderr.endswith("pip install 'certlife[cli]'\n")
            assert done.stderr.count("\n") == 1

    def test_the_command_needs_what_its_extra_says(
        self, archives: Archives, tmp_path: Path
    ) -> None:
        python = clean_environment(tmp_path, archives.wheel, "cli")
        for command in ([python.with_name("certlife")], [python, "-m", "certlife"]):
            done = run(*command, "check", ROOT / "examples" / "cluster", "--now", NOW)
            assert done.returncode == 0, done.stderr
            assert "18 certificates" in done.stderr

    def test_what_else_needs_an_extra_says_so(self, archives: Archives, tmp_path: Path) -> None:
        python = clean_environment(tmp_path, archives.wheel)
        for module, extra in EXTRAS.items():
            done = run(python, "-c", f"import {module}")
            assert f"pip install 'certlife[{extra}]'" in done.stderr.splitlines()[-1]


def clean_environment(folder: Path, wheel: Path, extra: str = "") -> Path:
    """Make an environment with the wheel and its packages; return its Python."""
    venv.create(folder / "clean", symlinks=True)
    python = folder / "clean" / "bin" / "python"
    site = Path(run(python, "-c", "import site; print(site.getsitepackages()[0])").stdout.strip())
    run(python, "install", "--no-deps", "--no-index", "--no-compile", wheel, pip=True)
    with zipfile.ZipFile(wheel) as opened:
        (about,) = [name for name in opened.namelist() if name.endswith("/METADATA")]
        needed = message_from_bytes(opened.read(about)).get_all("Requires-Dist", [])
    for package in packages(needed, extra):
        for name in {file.parts[0] for file in distribution(package).files or ()}:
            place = Path(str(distribution(package).locate_file(name)))
            if name not in {"..", "__pycache__"} and not (site / name).exists():
                (site / name).symlink_to(place)
    return python


def packages(requirements: list[str], extra: str = "") -> set[str]:
    """Name the packages that are required, and those that these require."""
    found: set[str] = set()
    for requirement in map(Requirement, requirements):
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            found |= {requirement.name, *packages(distribution(requirement.name).requires or [])}
    return found


def run(
    program: Path, *arguments: str | Path, pip: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run a program of an environment without anything from this one, or our pip for it."""
    ours = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python")
    return subprocess.run(  # noqa: S603 — our own words
        [*(ours if pip else ()), str(program), *map(str, arguments)],
        cwd=program.parent,
        env={"PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
