"""How the pages become a site: `sphinx-build -W -n -c docs . build/docs`.

The source is the whole checkout, so that a link means the same here as on a code host. What is in
the menu is what docs/index.md links to, in its order: no page carries a second list for machines.
"""

from __future__ import annotations

import re
from importlib.metadata import version as installed
from typing import TYPE_CHECKING, Final

from pygments.lexers.special import TextLexer
from sphinx.ext.napoleon import Config, GoogleDocstring
from sphinx.util.nodes import make_refnode

if TYPE_CHECKING:
    from docutils.nodes import Element
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

project = "certlife"
author = "The certlife authors"
project_copyright = author
release = version = installed("certlife")

extensions = ["myst_parser", "sphinx.ext.autodoc"]
include_patterns = ["*.md", "docs/**", "examples/**/*.md", "tests/**/*.md"]
root_doc = "docs/index"

html_theme = "furo"
html_title = "certlife"
html_show_sphinx = False

myst_heading_anchors = 3
myst_links_external_new_tab = False

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True

# What may lead nowhere: names of other projects, since the build asks no network; type variables;
# and unions, whose members are linked.
nitpick_ignore_regex = [
    ("py:class", r"(datetime\.)?(datetime|timedelta)"),
    ("py:class", r"(fractions\.)?Fraction"),
    ("py:class", r"(pathlib\.)?Path"),
    ("py:class", r"(concurrent\.futures\.)?Executor"),
    ("py:class", r"Item|Answer"),
    ("py:class", r"Callable\[\[\]"),
    ("py:class", r"(hypothesis\.strategies\.)?SearchStrategy"),
    ("py:class", r"(cryptography|collections\.abc)\..*"),
    ("py:class", r"certlife\.model\.frozenmap\.(Key|Value_co|Default)"),
    ("py:class", r"Decision|Answer|Action|PasswordSource"),
]

# Two rooms have an OtherName and a SignatureAlgorithm each; a name alone links to either.
suppress_warnings = ["ref.python"]

GOOGLE: Final = Config()
SECTION: Final = re.compile(r"^## (.*?)$(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
ENTRY: Final = re.compile(r"^(?:\*|\d+\.) \[[^\]]*\]\(([^)#]*\.md)\)", re.MULTILINE)


def setup(app: Sphinx) -> None:
    """Make the menu, link types by their public names, show diagrams as the text that they are."""
    app.connect("source-read", add_menu)
    app.connect("autodoc-process-docstring", read_google)
    app.connect("missing-reference", public_name)
    app.add_lexer("mermaid", TextLexer)


def add_menu(_app: Sphinx, page: str, source: list[str]) -> None:
    """Add a hidden list of pages to the index, one for each of its sections."""
    if page == root_doc:
        for title, text in SECTION.findall(source[0]):
            if entries := "\n".join(ENTRY.findall(text)):
                source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {title}\n\n{entries}\n```\n"


def read_google(
    app: Sphinx, what: str, name: str, value: object, options: object, lines: list[str]
) -> None:
    """Read Google's convention; "The leaf: the first one" of a property is text, and no type."""
    kind = "method" if what in {"attribute", "property"} else what
    lines[:] = GoogleDocstring(lines, GOOGLE, app, kind, name, value, options).lines()


def public_name(
    app: Sphinx, env: BuildEnvironment, reference: pending_xref, text: Element
) -> Element | None:
    """Link a type that an annotation knows by its home to the place where it is public."""
    if reference.get("refdomain") != "py":
        return None
    last = reference["reftarget"].rpartition(".")[2]
    found = [
        (place, entry)
        for place, entry in env.domains["py"].objects.items()
        if place.rpartition(".")[2] == last and entry.objtype in {"class", "data", "type"}
    ]
    if len(found) != 1:
        return None
    ((place, entry),) = found
    return make_refnode(app.builder, reference["refdoc"], entry.docname, entry.node_id, text, place)
