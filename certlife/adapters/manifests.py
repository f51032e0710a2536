"""The bytes of a file as documents: JSON and YAML, one or many, each with where it is from.

Which bytes are text and where one document ends is settled here, so that a bad document hides
none of the others; what JSON and YAML may say is for `strict_json` and `strict_yaml`. This module
opens no file, knows nothing of Kubernetes, and quotes no value: a document may be a Secret.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from certlife.adapters.kubernetes import Refusal, read_export
from certlife.adapters.strict_json import Json, next_part, read_json
from certlife.errors import ManifestError, WrongTypeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from certlife.model.snapshot import Snapshot

MAX_JSON_BYTES: Final = 1 << 30
"""How large a file may be: an export of 50,000 certificates with their Secrets takes 750 MB."""

MAX_YAML_BYTES: Final = 1 << 26
"""How large a file may be if it is YAML, which takes fifteen times as long to read."""

MAX_DOCUMENTS: Final = 1_000_000
"""How many documents a file may hold."""

MAX_BROKEN_DOCUMENTS: Final = 100
"""After how many documents that cannot be read a file is given up."""

_NO_DOCUMENT: Final = re.compile(r"(?:[ \t\r]*+(?:#.*+)?+\n|%.*+\n)*+\Z")
_MARKER_AND_BLANKS: Final = re.compile(r"(?:---(?=[ \t\r\n]|\Z))?[ \t\r\n]*")


@frozen
class Document:
    """What a document says, and where it is from.

    Args:
        source: The file, and which of its documents where it has several: "web.yaml: document 3".
        value: What it says; not shown, because it may be a Secret.
    """

    source: str
    value: Json = field(repr=False, hash=False)


def read_documents(data: bytes, *, source: str) -> tuple[Document | Refusal, ...]:
    """Read every document of a file, and say of each bad one what is wrong with it.

    A document that begins with a brace or bracket is JSON, any other is YAML. They may be
    separated as in YAML, by lines of `---`; JSON may also follow on JSON.

    Args:
        data: UTF-8, with or without a byte order mark; at most 1 GiB, 64 MiB of YAML.
        source: What to call the file.

    Returns:
        The documents in their order, and in the place of each bad one a Refusal. Empty documents
        are left out, and a file without any other is refused.

    Raises:
        WrongTypeError: `data` is not bytes.
    """
    if not isinstance(data, bytes):
        raise WrongTypeError("expected the bytes of a file", value=f"a {type(data).__name__}")
    found = list(_documents(data))
    several = len(found) > 1
    return tuple(
        _placed(one, f"{source}: document {number}" if several else source)
        for number, one in enumerate(found, 1)
    )


def read_snapshot(data: bytes) -> Snapshot:
    """Read a Certificate and what belongs to it, as `certlife.fleet.Unread` wants it read.

    Args:
        data: JSON or YAML, as for `read_documents`: the Certificate, its Secret, its requests. Of
            several Certificates the first one is meant, and the others may be its rivals.

    Raises:
        ManifestError: An object cannot be read, or none is a Certificate.
        WrongTypeError: `data` is not bytes.
    """
    documents, refusals = [], list[Refusal]()
    for one in read_documents(data, source=""):
        if isinstance(one, Document):
            documents.append((one.source, one.value))
        else:
            refusals.append(one)
    export = read_export(documents)
    for refusal in (*refusals, *export.refusals):
        raise ManifestError(refusal.rule, path=refusal.path, value=refusal.value)
    if not export.certificates:
        raise ManifestError("expected a Certificate among the objects, found none")
    return export.gather(export.certificates[0])


def _placed(one: Json | ManifestError, source: str) -> Document | Refusal:
    if isinstance(one, ManifestError):
        return Refusal(source, one.path, one.rule, one.value)
    return Document(source, one)


def _documents(data: bytes) -> Iterator[Json | ManifestError]:
    """Read documents as long as there are neither too many nor too many bad ones."""
    broken = number = 0
    for number, one in enumerate(_unlimited_documents(data), 1):
        if number > MAX_DOCUMENTS:
            yield ManifestError(
                f"expected at most {MAX_DOCUMENTS:,} documents; the rest was not read"
            )
            return
        if broken == MAX_BROKEN_DOCUMENTS:
            yield ManifestError(f"{broken} documents cannot be read; the rest was not tried")
            return
        yield one
        broken += isinstance(one, ManifestError)
    if number == 0:
        yield ManifestError("expected a document, found none")


def _unlimited_documents(data: bytes) -> Iterator[Json | ManifestError]:
    try:
        text = _decode(data)
    except ManifestError as error:
        yield error
        return
    line, counted, start = 1, 0, 0
    while start < len(text):
        content = _MARKER_AND_BLANKS.match(text, start)
        begin = content.end() if content else start
        if text.startswith(("{", "["), begin):
            start = yield from read_json(text, begin)
            continue
        end = next_part(text, start)
        if not _NO_DOCUMENT.match(text, begin, end):
            if len(data) > MAX_YAML_BYTES:
                yield ManifestError(
                    f"expected at most {MAX_YAML_BYTES:,} bytes, where it is no JSON"
                )
                return
            line, counted = line + text.count("\n", counted, start), start
            yield from _yaml_documents(text[start:end], line)
        start = end


def _yaml_documents(text: str, first_line: int) -> Iterator[Json | ManifestError]:
    try:
        from certlife.adapters.strict_yaml import read_yaml  # noqa: PLC0415 — needs an extra
    except ImportError:
        yield ManifestError("reading YAML takes PyYAML: pip install 'certlife[cli]'")
        return
    try:
        for value in read_yaml(text, first_line=first_line):
            if value is not None:
                yield value
    except ManifestError as error:
        yield error


_DER: Final = (b"\x30\x81", b"\x30\x82", b"\x30\x83")
"""How a certificate or a PKCS #12 store begins, a SEQUENCE of more than 127 bytes, and no text."""


def _decode(data: bytes) -> str:
    if len(data) > MAX_JSON_BYTES:
        raise ManifestError(f"expected at most {MAX_JSON_BYTES:,} bytes")
    # RFC 4627, section 3: the first two characters are ASCII, so a NUL shows wider encodings.
    if data.startswith((BOM_UTF16_BE, BOM_UTF16_LE)) or b"\0" in data[:4]:
        raise ManifestError("expected UTF-8, not UTF-16 or UTF-32")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if data.startswith(_DER):
            raise ManifestError(
                "expected PEM rather than DER: `openssl x509 -inform der` makes it of a certificate"
            ) from None
        rule = f"expected UTF-8, and byte {error.start + 1} is none: is it JSON, YAML or PEM?"
        raise ManifestError(rule) from None
