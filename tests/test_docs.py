"""The documentation is about the certlife that is there: its links, commands, names and lists.

Python blocks run through sybil, see conftest.py. A console block is run as well, where its commands
begin with `$ `: it has to print what the page shows, `...` standing for what was left out. A block
that begins with a comment of nothing but a file's name is that file. Each command has a folder of
its own; those of the tutorial share one, being steps.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest
from attrs import frozen

import certlife
from certlife.adapters.kubernetes import Export, read_export
from certlife.adapters.manifests import Document, read_documents
from certlife.cli.app import cli
from certlife.model.certificate import Certificate
from certlife.model.secret import SecretData
from certlife.model.spec import CertificateSpec, IssuerRef
from tests.conformance import document

ROOT: Final = Path(__file__).parent.parent
DOCS: Final = ROOT / "docs"
EXAMPLES: Final = ROOT / "examples"
PAGES: Final = sorted([*DOCS.rglob("*.md"), *EXAMPLES.rglob("*.md"), *ROOT.glob("*.md")])
INDEX: Final = DOCS / "index.md"
TUTORIAL: Final = DOCS / "tutorial.md"

BLOCK: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK: Final = re.compile(r"\]\((?!https?:|mailto:)([^)#]*)(?:#([^)]*))?\)")
FILE_NAME: Final = re.compile(r"# ([\w.]+)\n")
HEADING: Final = re.compile(r"^#+ (.*)$", re.MULTILINE)
ADR: Final = re.compile(r"# ([0-9]+)\. ")


@frozen
class Command:
    """A command of a page, and what the page shows of its output."""

    line: str
    shown: str
    files: tuple[tuple[str, str], ...]


def blocks(page: Path) -> list[tuple[str, str]]:
    """The language and the text of each fenced block."""
    return BLOCK.findall(page.read_text("utf-8"))


def prose(page: Path) -> str:
    return BLOCK.sub("", page.read_text("utf-8"))


def commands(page: Path) -> list[Command]:
    files = tuple((named[1], text) for _, text in blocks(page) if (named := FILE_NAME.match(text)))
    found: list[Command] = []
    for language, text in blocks(page):
        if language == "console":
            for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
                line, _, shown = part.partition("\n")
                found.append(Command(line, shown, files))
    return found


def targets(page: Path) -> list[tuple[Path, str]]:
    """Where the links of a page lead: files, each with a heading of it or ""."""
    found = LINK.findall(prose(page))
    return [((page.parent / path).resolve() if path else page, part) for path, part in found]


def anchors(page: Path) -> set[str]:
    """The names under which the headings of a page can be linked, as GitHub and MyST make them."""
    titles = HEADING.findall(prose(page))
    return {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}


@pytest.fixture(scope="module")
def cluster() -> Export:
    """What examples/cluster holds."""
    found: list[tuple[str, object]] = []
    for file in sorted((EXAMPLES / "cluster").glob("*.yaml")):
        for one in read_documents(file.read_bytes(), source=file.name):
            assert isinstance(one, Document)
            found.append((one.source, one.value))
    return read_export(found)


@pytest.fixture
def folder(tmp_path: Path, cluster: Export) -> Path:
    """A folder to run commands in: the examples, shop/web's key pair as files, and its chain."""
    (tmp_path / "examples").symlink_to(EXAMPLES)
    web = Certificate(
        "web", CertificateSpec(secret_name="web-tls", issuer_ref=IssuerRef("")), namespace="shop"
    )
    secret = cluster.gather(web).secret
    assert isinstance(secret, SecretData)
    (tmp_path / "web").mkdir()
    for name in ("tls.crt", "tls.key"):
        (tmp_path / "web" / name).write_bytes(secret.entry(name))
    (tmp_path / "bundle.pem").write_bytes(secret.entry("ca.crt") + secret.entry("tls.crt"))
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(command, id=f"{page.relative_to(ROOT)}: {command.line}")
        for page in PAGES
        if page != TUTORIAL
        for command in commands(page)
    ],
)
def test_a_command_prints_what_the_page_shows(command: Command, folder: Path) -> None:
    check(command, folder)


def test_the_tutorial_can_be_followed_from_top_to_bottom_in_an_empty_folder(tmp_path: Path) -> None:
    steps = commands(TUTORIAL)
    assert steps
    for step in steps:
        check(step, tmp_path)


def check(command: Command, folder: Path) -> None:
    """Run a command where the files of its page are; it has to print what is shown."""
    for name, text in command.files:
        (folder / name).write_text(text, "utf-8")
    done = subprocess.run(  # noqa: S603 — our own words
        ["/bin/sh", "-c", command.line],
        cwd=folder,
        env={
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    pattern = ".*".join(map(re.escape, command.shown.split("...")))
    assert re.fullmatch(pattern, done.stdout, re.DOTALL), done.stdout


def shell_blocks() -> list[object]:
    """The blocks of commands that are shown and not run: they need a cluster, or hours."""
    return [
        pytest.param(text, id=f"{page.relative_to(ROOT)}: {text.splitlines()[0]}")
        for page in PAGES
        for language, text in blocks(page)
        if language == "sh"
    ]


@pytest.mark.parametrize("text", shell_blocks())
def test_a_command_that_is_only_shown_could_be_run(text: str) -> None:
    """Its syntax is right, and so is each command line of ours in it."""
    parsed = subprocess.run(["/bin/sh", "-n"], input=text, text=True, check=False)
    crontab = re.match(r"([\d*]+ +){5}", text)
    assert crontab or parsed.returncode == 0
    for line in re.findall(r"(?:^|[|(;] *|bin/)certlife ([a-z][^|)\n]*)", text, re.MULTILINE):
        words = shlex.split(line.partition("2>")[0])
        command = cli.commands[words[0]]
        command.make_context(words[0], words[1:])
    for module in re.findall(r"python -m (tests[.\w]*)", text):
        assert find_spec(module), module


def test_every_page_with_python_is_run() -> None:
    """What runs it is in conftest.py, by patterns."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "docs", "README.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    run = {line.partition("::")[0] for line in done.stdout.splitlines()}
    pages = [DOCS.parent / "README.md", *DOCS.rglob("*.md")]
    with_python = {
        str(page.relative_to(ROOT))
        for page in pages
        if any(language == "python" for language, _ in blocks(page))
    }
    assert with_python
    assert not with_python - run


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target, part in targets(page):
        assert target.exists(), target
        assert not part or part in anchors(target), f"{target}#{part}"


def test_every_page_can_be_found_from_the_index() -> None:
    found, pending = set[Path](), [INDEX]
    while pending:
        page = pending.pop()
        if page.suffix == ".md" and page not in found:
            found.add(page)
            pending += [target for target, _ in targets(page)]
    assert not {page for page in PAGES if page.parent != ROOT} - found


def test_every_how_to_is_two_clicks_from_the_index() -> None:
    first = {target for target, _ in targets(INDEX)}
    second = {target for page in first if page.suffix == ".md" for target, _ in targets(page)}
    pages = {*(DOCS / "howto").glob("*.md"), *(DOCS / "explanation").glob("*.md"), TUTORIAL}
    assert not pages - first - second


def test_every_public_name_is_told_of() -> None:
    told = "".join(page.read_text("utf-8") for page in (DOCS / "reference").glob("*.md"))
    assert not {name for name in certlife.__all__ if not re.search(rf"\b{name}\b", told)}


def test_every_room_is_on_the_plan_of_the_house() -> None:
    plan = (DOCS / "explanation" / "architecture.md").read_text("utf-8")
    inside = [path for path in (ROOT / "certlife").iterdir() if path.suffix in {"", ".py"}]
    rooms = {path.stem for path in inside if path.stem.isalpha()}
    assert rooms
    assert not {room for room in rooms if f"| `{room}` |" not in plan}


def test_the_decisions_are_numbered_one_by_one() -> None:
    pages = sorted((DOCS / "adr").glob("*.md"))
    numbers = [int(page.name[:4]) for page in pages]
    assert numbers[0] == 1
    assert all(after == before + 1 for before, after in pairwise(numbers))
    for number, page in zip(numbers, pages, strict=True):
        title = ADR.match(page.read_text("utf-8"))
        assert title, page
        assert int(title[1]) == number


def test_the_page_of_deviations_is_up_to_date() -> None:
    """If it is not: `python -m tests.conformance.document`."""
    assert document.PAGE.read_text("utf-8") == document.page()


def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    """Every page in the menu, every link and every type in a public signature leads somewhere."""
    done = subprocess.run(  # noqa: S603 — our own words
        [sys.executable, "-m", "sphinx", "-W", "-n", "-q", "-c", str(DOCS), str(ROOT), tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    reference = (tmp_path / "docs" / "reference" / "api.html").read_text("utf-8")
    told = set(re.findall(r'id="certlife\.(?:\w+\.)*(\w+)"', reference))
    assert not set(certlife.__all__) - told
