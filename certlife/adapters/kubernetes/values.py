"""Single values of the API, as JSON writes them, and as the model holds them, both ways.

A reader takes one value, never null, and returns what the model holds, or refuses it with an error
whose path is relative: "" for the value itself, "[1]" for something within it. What may be secret
(passwords, `Secret.data`) is never quoted. An export has millions of values, nearly all of them
plain ASCII: a reader asks for that first, by `type(...) is`, and takes the careful way if it is not
so. This module knows nothing of fields and objects.
"""

from __future__ import annotations

import json
import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import NoneType
from typing import Final, TypeVar

from certlife.errors import SHOWN_CHARACTERS, CertlifeError, ManifestError, shown
from certlife.model.frozenmap import FrozenMap
from certlife.schedule.durations import format_duration, parse_duration
from certlife.schedule.instants import format_instant, parse_instant

Value = TypeVar("Value")

LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
_QUOTED_BITS: Final = 64  # Python refuses to write integers of thousands of digits
_KINDS: Final = (
    (NoneType, "null"),
    (bool, "a boolean"),
    ((int, float), "a number"),
    (str, "a string"),
    ((list, tuple), "a list"),
    (Mapping, "a mapping"),
)
_LISTS: Final = (list, tuple)  # as a union these would be built for every question
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_canonical_json: Final = json.JSONEncoder(
    allow_nan=False, separators=(",", ":"), sort_keys=True
).encode


def text(value: object) -> str:
    """Read a string."""
    if type(value) is str and value.isascii():
        return value
    if not isinstance(value, str):
        raise ManifestError("expected a string", value=quoted(value))
    return _unicode(value)


def password(value: object) -> str:
    """Read a string that no message may quote, nor what stands in its place."""
    if not isinstance(value, str):
        raise ManifestError("expected a string", value=kind_of(value))
    return _unicode(value)


def flag(value: object) -> bool:
    """Read a boolean; "true" and 1 are none."""
    if not isinstance(value, bool):
        raise ManifestError("expected a boolean", value=quoted(value))
    return value


def int32(value: object) -> int:
    """Read an integer of 32 bits, the API's int32."""
    return _integer(value, 32)


def int64(value: object) -> int:
    """Read an integer of 64 bits, the API's int64 and the int of Go."""
    return _integer(value, 64)


def duration(value: object) -> timedelta:
    """Read a duration in Go's syntax, "2160h" or "1h30m"; finer than a microsecond is refused."""
    return parse_duration(text(value))


def instant(value: object) -> datetime:
    """Read an instant, RFC 3339."""
    return parse_instant(text(value))


def octets(value: object) -> bytes:
    """Read base64 as Go's encoding/json does: padded, line ends anywhere ignored."""
    if not isinstance(value, str):
        raise ManifestError("expected a string of base64", value=kind_of(value))
    if "\n" in value or "\r" in value:  # replacing what is not there takes a third of the decoding
        value = value.replace("\r", "").replace("\n", "")
    try:
        return a2b_base64(value, strict_mode=True)
    except ValueError:
        raise ManifestError("expected base64 with padding (RFC 4648 section 4)") from None


def texts(value: object) -> tuple[str, ...]:
    """Read a list of strings; a bare string is none."""
    return elements(value, text)


def text_map(value: object) -> FrozenMap[str, str]:
    """Read a mapping of strings to strings."""
    return FrozenMap(_entries(value, text))


def object_annotations(value: object) -> FrozenMap[str, str]:
    """Read `metadata.annotations` but for kubectl's copy of the whole object.

    The copy repeats `Secret.data` and the passwords of keystores, in a place where no one would
    look for secrets; no decision depends on it.
    """
    found = _entries(value, text)
    found.pop(LAST_APPLIED, None)
    return FrozenMap(found)


def octets_map(value: object) -> FrozenMap[str, bytes]:
    """Read `Secret.data`: a mapping of strings to base64."""
    return FrozenMap(_entries(value, _octets_or_none))


def string_data(value: object) -> dict[str, bytes]:
    """Read `Secret.stringData`: the same entries, as text."""
    return _entries(value, _encoded_or_none)


def json_text(value: object) -> str:
    """Keep any JSON as text, keys sorted and no blanks, so that equal values are equal texts."""
    try:
        return _canonical_json(value)
    except (RecursionError, TypeError, ValueError):
        raise ManifestError("expected JSON, not too deep", value=kind_of(value)) from None


def types(value: object) -> tuple[str, ...]:
    """Read a list of `{"type": ...}` as the list of the types."""
    return elements(value, _type)


def elements(value: object, read: Callable[[object], Value]) -> tuple[Value, ...]:
    """Read a list, each of its elements by `read`."""
    if not isinstance(value, _LISTS):
        raise ManifestError("expected a list", value=quoted(value))
    found: list[Value] = []
    try:
        for element in value:
            found.append(read(element))  # noqa: PERF401 — its length is the index of the bad one
    except CertlifeError as error:
        raise inside(f"[{len(found)}]", error) from None
    return tuple(found)


def mapping(value: object) -> Mapping[object, object]:
    """Take a mapping, and quote nothing else: it may be a secret in a wrong place."""
    if type(value) is dict or isinstance(value, Mapping):  # an abstract class is slow to ask
        return value
    raise ManifestError("expected a mapping", value=kind_of(value))


def inside(place: str, error: CertlifeError) -> ManifestError:
    """Say of an error in which field, "spec", or element, "[1]", it happened."""
    dot = "." if error.path and not error.path.startswith("[") else ""
    return ManifestError(error.rule, path=f"{place}{dot}{error.path}", value=error.value)


def plain(value: object) -> object:
    """Write a value of the model as the API spells it."""
    match value:
        case tuple():
            return [plain(element) for element in value]
        case FrozenMap():
            return {key: plain(element) for key, element in value.items()}
        case str():
            return str(value)  # an enum's member becomes a plain word
        case bytes():
            return b2a_base64(value, newline=False).decode()
        case _:
            return _plain_time(value)


def plain_name(value: object) -> object:
    """Write a name; an object without one has no such field."""
    return value or None


def plain_json(value: object) -> object:
    """Write JSON that was kept as text.

    Raises:
        ManifestError: If it is none.
    """
    try:
        return json.loads(str(value))
    except (RecursionError, ValueError):
        raise ManifestError("expected JSON text", value=quoted(value)) from None


def plain_types(value: object) -> object:
    """Write a list of types as the list of `{"type": ...}`."""
    return [{"type": plain(word)} for word in elements(value, text)]


def key_text(key: object) -> str:
    """Write a mapping's key into a path: as it is, or quoted where that could deceive."""
    if (
        isinstance(key, str)
        and key.isascii()
        and key.isprintable()
        and len(key) <= SHOWN_CHARACTERS
    ):
        return key
    return quoted(key)


def quoted(value: object) -> str:
    """Quote a value that a message may show, in JSON's words; of a container only what it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | float):
        return shown(value)
    if isinstance(value, int) and value.bit_length() <= _QUOTED_BITS:
        return shown(value)
    return kind_of(value)


def kind_of(value: object) -> str:
    """Say what a value is without showing it."""
    return next(
        (word for types_of_kind, word in _KINDS if isinstance(value, types_of_kind)),
        f"a {type(value).__name__}",
    )


def _unicode(value: str) -> str:
    """Refuse lone surrogates: JSON can spell them, UTF-8 and whatever is signed cannot."""
    if _SURROGATE.search(value):
        raise ManifestError("expected Unicode text, without lone surrogates")
    return value


def _integer(value: object, bits: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ManifestError("expected an integer", value=quoted(value))
    if value.bit_length() >= bits and value != -(1 << bits - 1):
        raise ManifestError(f"expected an integer of {bits} bits", value=quoted(value))
    return value


def _plain_time(value: object) -> object:
    if isinstance(value, timedelta):
        return format_duration(value)
    if isinstance(value, datetime):
        return format_instant(value)
    return value  # a boolean or an integer is itself in JSON


def _octets_or_none(value: object) -> bytes:
    return b"" if value is None else octets(value)  # null is an entry without bytes, as Go reads it


def _encoded_or_none(value: object) -> bytes:
    return b"" if value is None else password(value).encode()


def _type(value: object) -> str:
    word = mapping(value).get("type")
    try:
        return "" if word is None else text(word)
    except CertlifeError as error:
        raise inside("type", error) from None


def _entries(value: object, read: Callable[[object], Value]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for key, element in mapping(value).items():
        if not isinstance(key, str):
            raise ManifestError("expected a string as key", value=quoted(key))
        try:
            found[text(key)] = read(element)
        except CertlifeError as error:
            raise inside(f"[{key_text(key)}]", error) from None
    return found
