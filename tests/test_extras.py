"""A module whose packages are not there says what to install."""

from __future__ import annotations

import sys
from importlib import import_module

import pytest


@pytest.mark.parametrize(
    ("module", "package", "extra"),
    [
        ("certlife.testing.strategies", "hypothesis", "testing"),
        ("certlife.adapters.files.lock", "filelock", "files"),
    ],
)
def test_what_needs_an_extra_names_it(
    module: str, package: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, module, raising=False)
    with pytest.raises(ModuleNotFoundError, match=rf"pip install 'certlife\[{extra}\]'$"):
        import_module(module)
