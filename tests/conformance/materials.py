"""The vectors' vocabulary: JSON values, and the strings in them that stand for other material.

`$pem:NAME` and `$b64:NAME` name an entry of materials.json; vectors/README.md has the format. This
module knows no operation and nothing of certlife.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from attrs import frozen

if TYPE_CHECKING:
    from pathlib import Path

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"

FILE_NAME: Final = "materials.json"

_PEM: Final = "$pem:"
_BASE64: Final = "$b64:"


class VectorsError(Exception):
    """The vectors cannot be read as what vectors/README.md says they are."""


@frozen
class Materials:
    """Keys, certificates, requests and stray blobs, by name.

    Args:
        octets: The bytes of each.
    """

    octets: Mapping[str, bytes]

    @classmethod
    def beside(cls, path: Path) -> Materials:
        """Read the materials that lie beside a file of vectors; none where there is no file.

        Raises:
            VectorsError: An entry is neither text nor base64.
        """
        file = path.parent / FILE_NAME
        if not file.exists():
            return cls({})
        entries = cast("dict[str, dict[str, str]]", json.loads(file.read_text("utf-8")))
        return cls({name: _octets(name, entry) for name, entry in entries.items()})

    def resolve(self, value: Json) -> Json:
        """Put the materials where they are named, however deep.

        Raises:
            VectorsError: There is no material of that name.
        """
        if isinstance(value, str):
            if value.startswith(_PEM):
                # What is no UTF-8 comes back from `Question.octets` as the bytes that it was.
                return self._joined(value.removeprefix(_PEM)).decode("utf-8", "surrogateescape")
            if value.startswith(_BASE64):
                return base64.b64encode(self._joined(value.removeprefix(_BASE64))).decode("ascii")
            return value
        if isinstance(value, Mapping):
            return {key: self.resolve(element) for key, element in value.items()}
        if isinstance(value, Sequence):
            return [self.resolve(element) for element in value]
        return value

    def _joined(self, names: str) -> bytes:
        try:
            return b"".join(self.octets[name] for name in names.split("+"))
        except KeyError as error:
            raise VectorsError(f"there is no material named {error}") from None


def _octets(name: str, entry: Mapping[str, str]) -> bytes:
    if "text" in entry:
        return entry["text"].encode()
    if "base64" in entry:
        return base64.b64decode(entry["base64"], validate=True)
    raise VectorsError(f"material {name!r} is neither text nor base64")
