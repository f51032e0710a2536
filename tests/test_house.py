"""The house rules, each held by a tool: types, style, layers, and a few that are ours alone."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib import import_module
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
    assert text.count("\n") <= 330, "two modules, rather"


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


PROBE = """
import sys, time
before = set(sys.modules)
begun = time.perf_counter()
{program}
print(time.perf_counter() - begun, *sorted(set(sys.modules) - before))
"""


def importing(program: str) -> tuple[float, set[str]]:
    """Run a program in a fresh interpreter; return its seconds and the modules that it loaded."""
    seconds, *modules = run(sys.executable, "-c", PROBE.format(program=program)).stdout.split()
    return float(seconds), set(modules)


def test_importing_the_library_loads_none_of_its_modules() -> None:
    _, modules = importing("import certlife")
    assert {name for name in modules if name.startswith("certlife")} == {"certlife"}
    assert not {name for name in modules if name.startswith(("attr", "cryptography"))}


def test_importing_the_library_takes_less_than_importing_x509_does() -> None:
    ours = min(importing("import certlife")[0] for _ in range(3))
    theirs = min(importing("import cryptography.x509")[0] for _ in range(3))
    assert ours < theirs / 2  # about 1 : 40; the bound is for a machine that is busy


def test_using_the_library_pulls_in_no_extra_and_nothing_that_reads_time_zones() -> None:
    everything = (
        "import certlife, certlife.driver, certlife.signing; "
        "[getattr(certlife, name) for name in certlife.__all__]"
    )
    _, modules = importing(everything)
    loaded = {name.partition(".")[0] for name in modules}
    assert "attr" in loaded
    assert not {"click", "rich", "yaml", "hypothesis", "filelock", "jks", "zoneinfo"} & loaded


def test_the_front_door_finds_every_name_where_type_checkers_do() -> None:
    import certlife  # noqa: PLC0415 — what the test is about

    (block,) = (
        node
        for node in ast.parse(Path(certlife.__file__).read_text(encoding="utf-8")).body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    named = {
        alias.name: statement.module
        for statement in block.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }
    assert sorted(named) == sorted(certlife.__all__)
    for name, module in named.items():
        assert module is not None
        assert getattr(certlife, name) is getattr(import_module(module), name)
    assert set(certlife.__all__) < set(dir(certlife))


def test_the_front_door_says_which_name_is_not_there() -> None:
    import certlife  # noqa: PLC0415 — what the test is about

    with pytest.raises(AttributeError, match="no attribute 'decided'"):
        getattr(certlife, "decided")  # noqa: B009 — type checkers know that it is not there


def test_every_public_name_says_what_it_is() -> None:
    import certlife  # noqa: PLC0415 — what the test is about

    for name in certlife.__all__:
        value = getattr(certlife, name)
        if callable(value):
            assert value.__doc__, name
