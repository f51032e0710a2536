"""Makes bad inputs out of good ones: octets, text and what JSON can say.

Most changes are small, so that what is wrong lies behind what still is right; some repeat a piece
many times, which is what a reader that takes more than linear time stumbles over. All is drawn from
the `Random` that is handed in. This module knows nothing of what the inputs mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from random import Random

Tree: TypeAlias = "dict[str, Tree] | list[Tree] | str | int | float | bool | None"
"""What JSON can say, in containers that can be changed."""

MAX_OCTETS: Final = 1_000_000
"""How large a file may grow."""


MAX_TEXT: Final = 100_000
"""How long a field may grow; a whole object in Kubernetes is of 1.5 MB at most."""

_ODD_OCTETS: Final = (0x00, 0x01, 0x02, 0x0A, 0x0D, 0x1F, 0x30, 0x31, 0x7F, 0x80, 0x81, 0x84, 0xFF)
_ODD_TEXTS: Final = (
    "",
    " ",
    "\0",
    "\n",
    "\r\n",
    "\t",
    "\x1b[2J",
    "%00",
    "%zz",
    "..",
    "//",
    "\\",
    "\\2C",
    "'",
    '"',
    "<!--",
    "#",
    "#0403",
    "&a",
    "*a",
    "---\n",
    "- ",
    "{",
    "}",
    "[",
    "]",
    ",",
    ";",
    ":",
    "+",
    "-",
    "*",
    "*/0",
    "/0",
    "=",
    "@every ",
    "CRON_TZ=",
    "\ufeff",
    "\u202e",
    "\u00e9",
    "\u0660",
    "\ud800",
    "\U0001f512",
    "0",
    "-1",
    "1e999",
    "0x10",
    "010",
    "12:30:00",
    "NO",
    "null",
    "true",
    "NaN",
    "9" * 30,
    "9" * 5000,
    "a" * 300,
    "2147483648",
    "9223372036854775808",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z",
    "2026-11-01T00:00:60+23:59",
    "-----BEGIN CERTIFICATE-----\n",
    "-----END CERTIFICATE-----\n",
)
_ODD_VALUES: Final[tuple[Tree, ...]] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    1e308,
    2**31,
    2**63,
    10**60,
    "",
    "x",
    [],
    [None],
    {},
    {"": None},
    [[]],
    *_ODD_TEXTS,
)
SOME_CHANGES: Final = 4
_MANY: Final = (2, 10, 100, 1_000, 20_000)
_DEEP: Final = (3, 20, 60, 101)


def mutate_octets(octets: bytes, random: Random, *, others: Sequence[bytes] = (b"",)) -> bytes:
    """Change some octets, or take some from another input of the same kind."""
    for _ in range(random.randint(1, SOME_CHANGES)):
        octets = random.choice(_OCTET_CHANGES)(octets, random, others)[:MAX_OCTETS]
    return octets


def mutate_text(text: str, random: Random, *, others: Sequence[str] = ("",)) -> str:
    """Change some characters, or put in what means something to some reader."""
    for _ in range(random.randint(1, SOME_CHANGES)):
        text = random.choice(_TEXT_CHANGES)(text, random, others)[:MAX_TEXT]
    return text


def mutate_tree(
    tree: Tree,
    random: Random,
    *,
    values: Mapping[str, Sequence[Tree]],
    readers: Mapping[str, Callable[[str, Random], str]],
) -> Tree:
    """Change some values of a document in place.

    Args:
        tree: The document, which is changed.
        random: Where the changes are drawn from.
        values: What stands in good documents, by the name of the field.
        readers: How to change the text of a field that is written in a language of its own.
    """
    for _ in range(random.randint(1, SOME_CHANGES)):
        places = [*_places(tree, "")]
        if not places:
            break
        container, key, name = random.choice(places)
        draw = random.random()
        if isinstance(container, dict) and draw < 0.1:
            del container[str(key)]
        elif isinstance(container, dict) and draw < 0.15:
            container[mutate_text(str(key), random)] = container.pop(str(key))
        elif isinstance(container, list) and draw < 0.15:
            times = random.choice(_MANY[:3])
            if times * len(repr(container)) <= MAX_TEXT:
                container *= times
        else:
            before = container[key]  # type: ignore[index]  # each with its own
            after = _other_value(before, name, random, values, readers)
            container[key] = after  # type: ignore[index]  # as above
    return tree


def _other_value(
    before: Tree,
    name: str,
    random: Random,
    values: Mapping[str, Sequence[Tree]],
    readers: Mapping[str, Callable[[str, Random], str]],
) -> Tree:
    draw = random.random()
    if isinstance(before, str) and name in readers and draw < 0.9:
        return readers[name](before, random)
    if name in values and draw < 0.4:
        return random.choice(values[name])
    if isinstance(before, str) and draw < 0.7:
        return mutate_text(before, random)
    if draw < 0.72:
        return _nested(before, random)
    return random.choice(_ODD_VALUES)


def _nested(value: Tree, random: Random) -> Tree:
    for _ in range(random.choice(_DEEP)):
        value = [value] if random.random() < 0.5 else {"a": value}
    return value


def _places(tree: Tree, name: str) -> Iterator[tuple[dict[str, Tree] | list[Tree], str | int, str]]:
    """Yield where in a document a value stands, and the name of the innermost field around it."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield tree, key, key
            yield from _places(value, key)
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield tree, index, name
            yield from _places(value, name)


_OctetChange: TypeAlias = "Callable[[bytes, Random, Sequence[bytes]], bytes]"
_TextChange: TypeAlias = "Callable[[str, Random, Sequence[str]], str]"


def _stretch(length: int, random: Random) -> tuple[int, int]:
    """Draw a stretch, short more often than long."""
    start = random.randint(0, length)
    return start, min(length, start + int(random.expovariate(0.1)) + 1)


def _set_octet(octets: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    at = random.randrange(len(octets) + 1)
    value = random.choice((*_ODD_OCTETS, random.randrange(256)))
    return octets[:at] + bytes([value]) + octets[at + 1 :]


def _flip_bit(octets: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    if not octets:
        return octets
    at = random.randrange(len(octets))
    return octets[:at] + bytes([octets[at] ^ 1 << random.randrange(8)]) + octets[at + 1 :]


def _cut_out(octets: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    start, end = _stretch(len(octets), random)
    return octets[:start] + octets[end:]


def _cut_off(octets: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    return octets[: random.randint(0, len(octets))]


def _repeat(octets: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    start, end = _stretch(len(octets), random)
    return octets[:start] + octets[start:end] * random.choice(_MANY) + octets[end:]


def _join(octets: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    other = random.choice(others)
    return octets[: random.randint(0, len(octets))] + other[random.randint(0, len(other)) :]


def _append(octets: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    return octets + random.choice(others) * random.choice(_MANY[:2])


def _insert_octets(octets: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    at = random.randint(0, len(octets))
    piece = random.choice(_ODD_TEXTS).encode(errors="surrogatepass")
    return octets[:at] + piece + octets[at:]


_OCTET_CHANGES: Final[tuple[_OctetChange, ...]] = (
    _set_octet,
    _flip_bit,
    _cut_out,
    _cut_off,
    _repeat,
    _join,
    _append,
    _insert_octets,
)


def _insert_text(text: str, random: Random, _: Sequence[str]) -> str:
    at = random.randint(0, len(text))
    return text[:at] + random.choice(_ODD_TEXTS) + text[at:]


def _replace_text(text: str, random: Random, _: Sequence[str]) -> str:
    start, end = _stretch(len(text), random)
    return text[:start] + random.choice(_ODD_TEXTS) + text[end:]


def _any_character(text: str, random: Random, _: Sequence[str]) -> str:
    at = random.randint(0, len(text))
    limit = random.choice((0x80, 0x100, 0x3000, 0x110000))
    return text[:at] + chr(random.randrange(limit)) + text[at + 1 :]


def _repeat_text(text: str, random: Random, _: Sequence[str]) -> str:
    start, end = _stretch(len(text), random)
    return text[:start] + text[start:end] * random.choice(_MANY) + text[end:]


def _join_text(text: str, random: Random, others: Sequence[str]) -> str:
    other = random.choice(others)
    return text[: random.randint(0, len(text))] + other[random.randint(0, len(other)) :]


def _cut_text(text: str, random: Random, _: Sequence[str]) -> str:
    start, end = _stretch(len(text), random)
    return text[:start] + text[end:]


_TEXT_CHANGES: Final[tuple[_TextChange, ...]] = (
    _insert_text,
    _replace_text,
    _any_character,
    _repeat_text,
    _join_text,
    _cut_text,
)
