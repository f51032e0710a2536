"""A Secret as a folder of files, both ways: an entry a file, and what else it says in a hidden one.

All of them change together: the annotations say which certificate they are about. Key bytes pass
through, and no message quotes them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from attrs import evolve

from certlife.adapters.files.records import decoded, encoded
from certlife.adapters.files.versions import read_current, write_next, wrong_links
from certlife.adapters.kubernetes import read_secret, write_secret
from certlife.errors import CertlifeError, StoreError, shown
from certlife.model.frozenmap import FrozenMap
from certlife.model.secret import SecretData

if TYPE_CHECKING:
    from certlife.adapters.files.access import Access
    from certlife.adapters.files.folder import Folder

_ENTRY: Final = re.compile(r"[0-9A-Za-z][-._0-9A-Za-z]{0,252}")
_ABOUT: Final = ".secret.json"


def read_secret_folder(
    folder: Folder, namespace: str | None, name: str
) -> tuple[SecretData | None, StoreError | None]:
    """Read a Secret: all of one version.

    Args:
        folder: The folder that people see.
        namespace: The Secret's namespace, or None.
        name: The Secret's name.

    Returns:
        The Secret, None where there is none yet; and what is wrong with all but its entries: what
        else it says, or the links that servers read it by.

    Raises:
        StoreError: The files cannot be read.
    """
    files = read_current(folder)
    if files is None:
        return None, None
    about, problem = SecretData(), None
    try:
        about = _about(files.pop(_ABOUT, b""))
    except CertlifeError as error:
        rule = (
            f"expected what the store wrote, {error.rule}: look at it, the next issuance mends it"
        )
        problem = StoreError(rule, path=folder.called(f"..data/{_ABOUT}"))
    for link in wrong_links(folder, files):
        rule = f"expected a link to ..data/{link}, move away what is there: `certlife run` makes it"
        problem = StoreError(rule, path=folder.called(link))
    return evolve(about, name=name, namespace=namespace, entries=FrozenMap(files)), problem


def write_secret_folder(folder: Folder, secret: SecretData, access: Access) -> None:
    """Write a Secret as the next version, unless it is what is there.

    Raises:
        StoreError: It cannot be written, or an entry's name is none of a file; what is there stays.
    """
    for name in secret.entries or ():
        if not _ENTRY.fullmatch(name):
            rule = "expected letters, digits, '-', '_' and '.', with a letter or digit first"
            raise StoreError(rule, path=str(folder.path), value=shown(name))
    about = encoded(write_secret(evolve(secret, entries=None)))
    write_next(folder, {**(secret.entries or {}), _ABOUT: about}, access)


def _about(data: bytes) -> SecretData:
    value = decoded(data)
    return read_secret(value if isinstance(value, dict) else {"kind": value})
