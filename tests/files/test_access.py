"""Who may read: nobody else, unless a group is named that exists."""

from __future__ import annotations

import grp
import importlib
import os
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from certlife.adapters.files import FileStore
from certlife.adapters.files.access import PRIVATE, Access
from certlife.errors import CertlifeError, StoreError
from tests.files.world import WEB

if TYPE_CHECKING:
    from pathlib import Path

OWN = grp.getgrgid(os.getgid())


def test_a_system_on_which_no_store_works_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "certlife.adapters.files.access")
    monkeypatch.setitem(sys.modules, "grp", None)  # as on Windows
    with pytest.raises(StoreError, match=r"^expected a Unix such as Linux or macOS"):
        importlib.import_module("certlife.adapters.files.access")


@pytest.mark.parametrize(
    ("group", "mode", "access", "folders"),
    [
        (None, None, PRIVATE, 0o700),
        (None, 0o400, Access(0o400), 0o700),
        (12, None, Access(0o640, 12), 0o750),
        (12, 0o440, Access(0o440, 12), 0o750),
        (12, 0o600, Access(0o600, 12), 0o700),
        (OWN.gr_name, None, Access(0o640, OWN.gr_gid), 0o750),
    ],
    ids=["nobody", "read only", "a group", "reads only", "a group without rights", "by name"],
)
def test_a_group_and_a_mode_say_who_may_read(
    group: str | int | None, mode: int | None, access: Access, folders: int
) -> None:
    assert Access.of(group, mode) == access
    assert access.folder_mode == folders


@pytest.mark.parametrize(
    ("group", "mode", "message"),
    [
        (1.5, None, "group: expected a group's name or number, or None"),
        (True, None, "group: expected a group's name or number, or None"),
        (None, "0600", "mode: expected a file mode or None"),
        (None, True, "mode: expected a file mode or None"),
        (12, 0o644, "mode: expected 0600, 0400, 0640, 0440: keys are for few, got 0644"),
        (12, 0o660, "mode: expected 0600, 0400, 0640, 0440: keys are for few, got 0660"),
        (None, 0o640, "group: expected a group, since the mode lets one read"),
        ("no such group", None, "group: expected a group of this system, got 'no such group'"),
        ("a\0b", None, r"group: expected a group of this system, got 'a\x00b'"),
    ],
)
def test_anything_else_is_refused(group: str | None, mode: int | None, message: str) -> None:
    with pytest.raises(CertlifeError) as caught:
        Access.of(group, mode)
    assert str(caught.value) == message


def test_a_group_that_this_user_may_not_give_files_to_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fchown", forbidden)
    store = FileStore(tmp_path / "store", [WEB], group=os.getgid() + 1)
    assert list(store.snapshots()) == []
    (error,) = store.problems.values()
    assert "cannot be written, operation not permitted: let the user that this runs as" in str(
        error
    )


def test_what_is_kept_has_the_time_of_the_system(tmp_path: Path) -> None:
    (snapshot,) = FileStore(tmp_path / "store", [WEB]).snapshots()
    assert snapshot.certificate.created is not None
    assert abs(datetime.now(UTC) - snapshot.certificate.created) < timedelta(minutes=5)
