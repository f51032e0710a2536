"""The code blocks of the documentation run as tests, each document in one namespace."""

from hypothesis import settings
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

# How long an example takes says more about the machine than about the code.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(), SkipParser()],
    patterns=["README.md", "docs/*.md", "docs/**/*.md"],
).pytest()
