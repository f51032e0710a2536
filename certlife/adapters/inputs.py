"""What the paths of a command line hold: manifests, and key pairs in PEM files.

Folders are searched through, following links. Of a file that is named by itself the contents
decide what it is, and no other file is read with it. What cannot be read is said, and hides nothing
else. This module knows files and what they are called; it judges nothing that they hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import TYPE_CHECKING, Final

from attrs import define, field, frozen

from certlife.adapters.kubernetes import Refusal
from certlife.adapters.manifests import MAX_JSON_BYTES, Document, read_documents
from certlife.adapters.pem_layout import PemLayout, is_certificate, title
from certlife.adapters.pemfiles import (
    MAX_PEM_BYTES,
    PemSource,
    holds_certificate,
    is_pem,
    read_pem,
)
from certlife.errors import InvalidValueError, UnreadableError, WrongTypeError, shown

if TYPE_CHECKING:
    from collections.abc import Collection

_STANDARD_INPUT: Final = "-"
_DOCUMENT_SUFFIXES: Final = (".json", ".yaml", ".yml")


@frozen(kw_only=True)
class Inputs:
    """What was found: on standard input and in folders first, then in files that were named.

    Args:
        documents: The documents of JSON and YAML files.
        pems: The key pairs and certificates of PEM files.
        refusals: What could not be read.
        skipped: How many files and hidden folders were passed over.
    """

    documents: tuple[Document, ...]
    pems: tuple[PemSource, ...]
    refusals: tuple[Refusal, ...]
    skipped: int


def read_inputs(
    paths: Iterable[str | Path],
    *,
    stdin: bytes | None = None,
    renew_before: timedelta | None = None,
) -> Inputs:
    """Read files, folders and standard input.

    In a folder these are read: `*.json`, `*.yaml` and `*.yml`; `tls.crt` with `tls.key`;
    `fullchain.pem` with `privkey.pem`; and any other `*.pem`, `*.crt` or `*.cer` that holds a
    certificate, with the `*.key` of the same name, with the key that it holds itself, or alone.
    What is hidden is passed over: Kubernetes keeps its mounts there once more, git its store.

    Args:
        paths: Files and folders; "-" is standard input.
        stdin: The bytes of standard input, where "-" is among the paths.
        renew_before: How long before their end certificates in PEM files are due, as in a spec.

    Returns:
        All that could be read, and of all else why not. A folder with nothing to read is refused.

    Raises:
        WrongTypeError: For an argument of a wrong type.
        InvalidValueError: There is no path, or there is "-" and no `stdin`.
    """
    if isinstance(paths, str | Path) or not isinstance(paths, Iterable):
        raise WrongTypeError("expected a list of paths", path="paths", value=shown(paths))
    distinct = dict.fromkeys(_checked_path(path) for path in paths)
    if not distinct:
        raise InvalidValueError("expected at least one path", path="paths")
    reading = _Reading(renew_before)
    files: dict[Path, list[str]] = {}
    for path in distinct:
        if str(path) == _STANDARD_INPUT:
            reading.add_standard_input(stdin)
        elif _is_folder(path):
            reading.add_tree(path)
        else:
            files.setdefault(path.parent, []).append(path.name)
    for (
        folder,
        names,
    ) in files.items():  # those of a folder together, so that keys find certificates
        reading.add_named(folder, names)
    return Inputs(
        documents=tuple(reading.documents),
        pems=tuple(reading.pems),
        refusals=tuple(reading.refusals),
        skipped=reading.skipped,
    )


@define
class _Reading:
    """What has been read so far."""

    renew_before: timedelta | None
    documents: list[Document] = field(factory=list)
    pems: list[PemSource] = field(factory=list)
    refusals: list[Refusal] = field(factory=list)
    skipped: int = 0
    _entered: set[tuple[int, int]] = field(factory=set)

    def add_standard_input(self, data: bytes | None) -> None:
        """Read standard input, whatever it is."""
        if not isinstance(data, bytes):
            raise InvalidValueError("expected the bytes of standard input", path="stdin")
        self._add_contents(data, "stdin", "stdin")

    def add_named(self, folder: Path, names: Collection[str]) -> None:
        """Read files of one folder that were named, whatever they are called."""
        layout = PemLayout.of(names)
        for name in names:
            path = folder / name
            if not self._add_by_name(path, layout):
                data = self._bytes(path, MAX_JSON_BYTES)
                if data is not None:
                    self._add_contents(data, path.stem, _source(path))

    def add_tree(self, top: Path) -> None:
        """Read a folder and the folders in it, each once, wherever links lead."""
        entered, found = len(self._entered), self._found
        pending = [top]
        while pending:
            pending.extend(reversed(self._add_folder(pending.pop())))
        if len(self._entered) > entered and self._found == found:
            self._refuse(top, "expected manifests or PEM files in the folder, found none")

    @property
    def _found(self) -> int:
        return len(self.documents) + len(self.pems) + len(self.refusals)

    def _add_folder(self, folder: Path) -> list[Path]:
        """Read the files of a folder, and return the folders in it."""
        names: list[str] = []
        folders: list[Path] = []
        for entry in self._enter(folder):
            try:
                is_folder = S_ISDIR(entry.stat().st_mode)
            except OSError as error:  # a link that leads nowhere, or to itself
                self._refuse(entry, _reason(error))
                continue
            if is_folder:
                folders.append(entry)
            else:
                names.append(entry.name)
        layout = PemLayout.of(names)
        self.skipped += sum(not self._add_by_name(folder / name, layout) for name in names)
        return folders

    def _enter(self, folder: Path) -> list[Path]:
        """List what is in a folder and not hidden; nothing the second time."""
        try:
            status = folder.stat()
            entries = sorted(folder.iterdir())
        except OSError as error:
            self._refuse(folder, _reason(error))
            return []
        identity = status.st_dev, status.st_ino
        if identity in self._entered:
            return []
        self._entered.add(identity)
        visible = [entry for entry in entries if not entry.name.startswith(".")]
        self.skipped += len(entries) - len(visible)
        return visible

    def _add_by_name(self, path: Path, layout: PemLayout) -> bool:
        """Read a file whose name says what it is; False where it does not, or not truly."""
        if path.suffix.lower() in _DOCUMENT_SUFFIXES:
            data = self._bytes(path, MAX_JSON_BYTES)
            if data is not None:
                self._add_documents(data, _source(path))
        elif path.name in layout.pairs:
            return self._add_pair(path, layout.pairs[path.name])
        elif (certificate := layout.widowed.get(path.name)) is not None:
            self._refuse(path, f"expected its certificate with it, {certificate}")
        else:
            return path.name in layout.others
        return True

    def _add_pair(self, path: Path, key: str | None) -> bool:
        data = self._bytes(path, MAX_PEM_BYTES)
        if data is None:
            return True
        if key is None and not is_certificate(path.name) and not holds_certificate(data):
            return False  # a key, a request, parameters
        private_key = None if key is None else self._bytes(path.with_name(key), MAX_PEM_BYTES)
        self._add_pem(data, private_key, _text(title(path)), _source(path))
        return True

    def _add_contents(self, data: bytes, title: str, source: str) -> None:
        if is_pem(data):
            self._add_pem(data, None, title, source)
        else:
            self._add_documents(data, source)

    def _add_documents(self, data: bytes, source: str) -> None:
        for one in read_documents(data, source=source):
            if isinstance(one, Refusal):
                self.refusals.append(one)
            else:
                self.documents.append(one)

    def _add_pem(self, data: bytes, private_key: bytes | None, title: str, source: str) -> None:
        try:
            pem = read_pem(
                data, private_key, name=title, source=source, renew_before=self.renew_before
            )
        except UnreadableError as error:
            self.refusals.append(Refusal(source, error.path, error.rule, error.value))
        else:
            self.pems.append(pem)

    def _bytes(self, path: Path, limit: int) -> bytes | None:
        """Read a whole file, or refuse it: a pipe would never end, a device may do anything."""
        try:
            status = path.stat()
            if not S_ISREG(status.st_mode):
                self._refuse(path, "expected a regular file")
            elif status.st_size > limit:
                self._refuse(path, f"expected at most {limit:,} bytes")
            else:
                with path.open("rb") as file:
                    return file.read(status.st_size + 1)
        except (OSError, ValueError) as error:  # ValueError: no path can hold a NUL
            self._refuse(path, _reason(error))
        return None

    def _refuse(self, path: Path, rule: str) -> None:
        self.refusals.append(Refusal(_source(path), "", rule, None))


def _checked_path(path: object) -> Path:
    if not isinstance(path, str | Path):
        raise WrongTypeError("expected a path", path="paths", value=shown(path))
    return Path(path)


def _is_folder(path: Path) -> bool:
    try:
        return S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError):
        return False  # why is said when it is read as a file


def _source(path: Path) -> str:
    return _text(str(path))


def _text(name: str) -> str:
    """Spell the bytes of a name that are no UTF-8, which Python keeps as lone surrogates."""
    return name.encode(errors="backslashreplace").decode()


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, ValueError):
        return "cannot be read: no file can have such a name"  # a NUL, half a character
    return f"cannot be read: {error.strerror or error}"
