"""The house rules, each held by a tool: types, style, layers, and a few that are ours alone."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "certlife").rglob("*.py"))

COMMANDS = {
    "mypy, strict": ["-m", "mypy"],
    "ruff, every rule": ["-m", "ruff", "check"],
    "ruff, format": ["-m", "ruff", "format", "--check"],
}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 — our own words
        arguments, cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS.keys())
def test_a_tool_finds_nothing(arguments: list[str]) -> None:
    done = run(sys.executable, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr


def test_imports_go_down_only() -> None:
    done = run(str(Path(sys.executable).with_name("lint-imports")))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_one_paragraph_and_at_most_300_lines(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert (ast.get_docstring(ast.parse(text)) or "").strip(". ")
    lines = 450 if path.name == "spec.py" else 330  # the API's fields, which belong together
    assert text.count("\n") <= lines, "two modules, rather"


def test_cert_manager_is_written_in_lowercase_with_a_hyphen() -> None:
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z").stdout
    wrong = re.compile(
        r"\bCert[- ]?[Mm]anager\b(?!\.io)|\bcert manager\b|\bcertmanager\b(?!/|\.k8s)"
    )
    texts = [
        path
        for name in listed.split("\0")
        if name.endswith((".md", ".py", ".toml", ".yaml")) and name != "tests/test_house.py"
        for path in [ROOT / name]
        if path.is_file()
    ]
    assert texts
    for path in texts:
        for line in path.read_text(encoding="utf-8").splitlines():
            assert not wrong.search(line), f"{path}: {line}"


def test_importing_the_library_pulls_in_no_extra() -> None:
    extras = {"click", "rich", "yaml", "hypothesis", "filelock", "jks"}
    program = (
        "import sys, certlife, certlife.driver, certlife.signing; "
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = run(sys.executable, "-c", program)
    assert not extras & set(done.stdout.split())


def test_every_public_name_says_what_it_is() -> None:
    import certlife  # noqa: PLC0415 — what the test is about

    for name in certlife.__all__:
        value = getattr(certlife, name)
        if callable(value):
            assert value.__doc__, name
