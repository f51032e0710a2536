"""Which PEM files of a folder belong together, told from their names alone.

The names are those that Kubernetes mounts, that certbot writes, and that web servers' manuals use.
This module opens no file.
"""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Collection

_SUFFIXES: Final = (".pem", ".crt", ".cer")
_KEYS: Final = {"tls.crt": "tls.key", "fullchain.pem": "privkey.pem"}
"""The pairs of Kubernetes and of certbot: it is their folder that has a name."""
_CERTIFICATES: Final = {key: certificate for certificate, key in _KEYS.items()}
_COMPANIONS: Final = {"tls.crt": {"ca.crt"}, "fullchain.pem": {"cert.pem", "chain.pem"}}
"""The files beside them that say nothing which the pair does not."""


@frozen
class PemLayout:
    """The files of one folder, sorted by what their names promise.

    Args:
        pairs: The files that may hold a certificate, each with the file that holds its key, None
            where there is none.
        others: The files that are read with them, or say nothing more.
        widowed: The files that hold the key of a certificate which is not there, each with the
            file that would hold it.
    """

    pairs: dict[str, str | None]
    others: frozenset[str]
    widowed: dict[str, str]

    @classmethod
    def of(cls, names: Collection[str]) -> PemLayout:
        """Sort the files of a folder."""
        present = frozenset(names)
        companions = {
            companion for name in present & _COMPANIONS.keys() for companion in _COMPANIONS[name]
        }
        pairs: dict[str, str | None] = {}
        for name in present - companions - _CERTIFICATES.keys():
            path = PurePath(name)
            if path.suffix.lower() in _SUFFIXES:
                key = _KEYS.get(name, f"{path.stem}.key")
                pairs[name] = key if key in present else None
        widowed = {
            key: certificate
            for key, certificate in _CERTIFICATES.items()
            if key in present and certificate not in present
        }
        others = companions.union(key for key in pairs.values() if key is not None)
        return cls(pairs, frozenset(others), widowed)


def is_certificate(name: str) -> bool:
    """Whether a file of this name holds a certificate, or else is broken."""
    return name in _KEYS


def title(path: Path) -> str:
    """Name what a file with a certificate holds: by its folder or by itself."""
    if path.name not in _KEYS:
        return path.stem
    folder = path.parent
    return folder.name if folder.name.strip(".") else folder.resolve().name
