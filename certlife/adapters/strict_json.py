"""JSON (RFC 8259) read without its loopholes: what two readers could take differently is refused.

Duplicate keys, NaN, numbers without end, lone surrogates and bottomless nesting do not get through.
A text may hold several documents, and a bad one hides none of the others. This module knows
nothing of what the values mean, and quotes none of them: a document may be a Secret.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from math import isfinite
from typing import TYPE_CHECKING, Final, TypeAlias

from certlife.errors import ManifestError, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
"""What JSON can say."""

MAX_DEPTH: Final = 100
"""How deep mappings and lists may lie in each other; objects of Kubernetes need a fifth of it."""

MAX_NUMBER_CHARACTERS: Final = 100
"""How long a number may be; an integer of 64 bits takes 20, and time grows with the square."""

_BLANKS: Final = re.compile(r"[ \t\r\n]*")
_SEPARATOR: Final = r"---(?:[ \t\r\n]|\Z)"  # YAML 1.2.2, section 9.1.2
_NEXT_DOCUMENT: Final = re.compile(rf"\n(?=[{{\[]|{_SEPARATOR})")
_NEXT_PART: Final = re.compile(rf"\n(?={_SEPARATOR})")
_ESCAPED_SURROGATE: Final = re.compile(r"\\u[dD]")
TOO_DEEP: Final = f"expected mappings and lists at most {MAX_DEPTH} deep"


def read_json(text: str, start: int) -> Generator[Json | ManifestError, None, int]:
    """Yield the documents of a text in order, and an error for each bad one.

    After a syntax error the reading goes on at the next line that begins with a brace or bracket:
    that is where documents start both in JSON lines and in what pretty-printers write.

    Args:
        text: The text, without lone surrogates of its own.
        start: Where to begin.

    Returns:
        Where the next line of `---` begins, or the text ends. It is not looked for in advance,
        which would take a tenth of the time: no JSON can go on across such a line.
    """
    broken: list[ManifestError] = []
    decoder = _decoder(broken)
    at = _after_blanks(text, start)
    while at < len(text) and not _NEXT_PART.match(text, at - 1):
        broken.clear()
        try:
            value, after = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            place = f"line {error.lineno}, column {error.colno}"
            yield ManifestError(f"expected JSON: {error.msg}, {place}")
            # One before: what does not fit may be the next document, after one that was cut off.
            at = _after(_NEXT_DOCUMENT, text, error.pos - 1)
        except RecursionError:
            yield ManifestError(f"{TOO_DEEP}; what follows was not read")
            return next_part(text, at)
        else:
            yield broken[0] if broken else _checked(value, text, at, after)
            at = _after_blanks(text, after)
    return at


def next_part(text: str, start: int) -> int:
    """Find the next line that parts documents as YAML does; nothing goes on across it.

    Args:
        text: The text.
        start: Where to begin; a line that begins right here is not meant.

    Returns:
        Where the line begins, or the text ends.
    """
    return _after(_NEXT_PART, text, start)


def integer(digits: str) -> int:
    """Read an integer in JSON's spelling.

    Raises:
        ManifestError: It is too long.
    """
    _check_length(digits)
    return int(digits)


def fraction(digits: str) -> float:
    """Read a number with a fraction or an exponent in JSON's spelling.

    Raises:
        ManifestError: It is too long, or too large.
    """
    _check_length(digits)
    number = float(digits)
    if not isfinite(number):
        raise ManifestError("expected a number that is not too large for a double")
    return number


def duplicate_key(key: str) -> ManifestError:
    """Say that a key is there twice (RFC 8259, section 4: readers differ on which one counts)."""
    return ManifestError("expected every key once", value=f"{shown(key)} twice")


def check_unicode(value: Json) -> None:
    r"""Refuse lone surrogates: `\ud800` can be spelled, but not encoded (RFC 8259, section 8.2).

    Raises:
        ManifestError: There is one.
    """
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ManifestError("expected Unicode text, without lone surrogates") from None


def _decoder(broken: list[ManifestError]) -> json.JSONDecoder:
    """Make a decoder that notes what it refuses and reads on.

    If it raised instead, nobody would know where the document ends and the next one begins.
    """

    def mapping(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        found = dict(pairs)
        if len(found) != len(pairs):
            counts = Counter(key for key, _ in pairs)
            broken.append(duplicate_key(next(key for key in counts if counts[key] > 1)))
        return found

    def noting(read: Callable[[str], Json]) -> Callable[[str], Json]:
        def attempt(spelled: str) -> Json:
            try:
                return read(spelled)
            except ManifestError as error:
                broken.append(error)
                return None

        return attempt

    return json.JSONDecoder(
        object_pairs_hook=mapping,
        parse_int=noting(integer),
        parse_float=noting(fraction),
        parse_constant=noting(_refuse_constant),
    )


def _refuse_constant(name: str) -> Json:
    raise ManifestError("expected a number as JSON has it", value=name)


def _checked(value: Json, text: str, start: int, end: int) -> Json | ManifestError:
    try:
        _check_depth(value)
        # Most texts hold no escape at all, and to find one character is quicker than a pattern.
        if text.find("\\", start, end) >= 0 and _ESCAPED_SURROGATE.search(text, start, end):
            check_unicode(value)
    except ManifestError as error:
        return error
    return value


def _check_depth(value: Json) -> None:
    """Go down level by level, not by recursion: the interpreter's limit differs by version."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if type(inner) is dict or type(inner) is list  # twice as fast as isinstance
        ]
        if not level:
            return
    raise ManifestError(TOO_DEEP)


def _check_length(digits: str) -> None:
    if len(digits) > MAX_NUMBER_CHARACTERS:
        raise ManifestError(f"expected a number of at most {MAX_NUMBER_CHARACTERS} characters")


def _after(line_end: re.Pattern[str], text: str, at: int) -> int:
    found = line_end.search(text, at)
    return found.end() if found else len(text)


def _after_blanks(text: str, at: int) -> int:
    blanks = _BLANKS.match(text, at)
    return blanks.end() if blanks else at
