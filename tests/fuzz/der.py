"""Makes bad DER and PEM out of good: elements changed, and the lengths around them right again.

A flipped bit seldom gets past the first length; an element that is missing, twice, empty or of
another type does. All is drawn from the `Random` that is handed in.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Final, TypeAlias

from tests.fuzz.mutators import SOME_CHANGES, mutate_octets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

MAX_DER: Final = 250_000
"""How large DER may grow: what fits into the 330,000 bytes of PEM that cert-manager reads."""

_ODD_TAGS: Final = (
    0x00,
    0x01,
    0x02,
    0x03,
    0x05,
    0x0C,
    0x13,
    0x16,
    0x1E,
    0x1F,
    0x30,
    0x31,
    0x82,
    0xA0,
)


def mutate_der(der: bytes, random: Random) -> bytes:
    """Change some elements of DER, with lengths around them that fit again."""
    for _ in range(random.randint(1, SOME_CHANGES)):
        path = random.choice([*_element_paths(der)] or [()])
        if path:
            der = _with_element(der, path, random)[:MAX_DER]
    return der


def mutate_pem(pem: bytes, random: Random, *, others: Sequence[bytes]) -> bytes:
    """Change the text of PEM, or the DER in one of its blocks."""
    if random.random() < 1 / 3:
        return mutate_octets(pem, random, others=others)
    head, begin, rest = pem.partition(b"-----BEGIN ")
    label, dashes, body = rest.partition(b"-----\n")
    encoded, end, tail = body.partition(b"-----END ")
    try:
        der = b64decode(encoded)
    except ValueError:
        return mutate_octets(pem, random, others=others)
    change = random.choice((mutate_der, mutate_octets))
    encoded = b64encode(change(der, random))
    lines = b"".join(encoded[at : at + 64] + b"\n" for at in range(0, len(encoded), 64))
    return head + begin + label + dashes + lines + end + tail


def _header(der: bytes, at: int, end: int) -> tuple[int, int] | None:
    """Return where the content of the element at `at` starts and ends, None where there is none."""
    if at + 2 > end or der[at] & 0x1F == 0x1F:
        return None
    length, start = der[at + 1], at + 2
    if length & 0x80:
        size = length & 0x7F
        length = int.from_bytes(der[start : start + size])
        start += size
    return None if length >= 1 << 31 or start + length > end else (start, start + length)


def elements(der: bytes, start: int, end: int) -> list[tuple[int, int, int]]:
    """Return the elements side by side between two places, [] where it is no DER throughout."""
    found = []
    while start < end:
        header = _header(der, start, end)
        if header is None:
            return []
        found.append((start, *header))
        start = header[1]
    return found


_Path: TypeAlias = tuple[tuple[int, int, int], ...]


def _element_paths(der: bytes) -> Iterator[_Path]:
    """Yield each element as the elements around it, outermost first, and itself."""
    pending: list[tuple[_Path, int, int]] = [((), 0, len(der))]
    while pending:
        around, start, end = pending.pop()
        for element in elements(der, start, end):
            path = (*around, element)
            yield path
            at, content, stop = element
            # An OCTET STRING or BIT STRING may hold DER: an extension, a key.
            if der[at] & 0x20 or der[at] == 0x04:
                pending.append((path, content, stop))
            elif der[at] == 0x03:
                pending.append((path, content + 1, stop))


def _with_element(der: bytes, path: _Path, random: Random) -> bytes:
    at, content, stop = path[-1]
    after = _changed_element(der[at], der[at:content], der[content:stop], random)
    for index in range(len(path) - 2, -1, -1):
        around_at, around_content, around_stop = path[index]
        at, _, stop = path[index + 1]
        inner = der[around_content:at] + after + der[stop:around_stop]
        after = element(der[around_at], inner)
    return der[: path[0][0]] + after + der[path[0][2] :]


def _changed_element(tag: int, header: bytes, content: bytes, random: Random) -> bytes:
    whole = header + content
    return random.choice(
        (
            lambda: b"",
            lambda: whole * random.choice((2, 2, 3, 500)),
            lambda: element(random.choice(_ODD_TAGS), content),
            lambda: element(tag ^ 0x20, content),
            lambda: bytes([tag, 0x82]) + len(content[:0xFFFF]).to_bytes(2) + content[:0xFFFF],
            lambda: bytes([tag, 0x80]) + content + b"\0\0",  # BER's indefinite length
            lambda: element(tag, b""),
            lambda: element(tag, element(tag, content)),
            lambda: element(tag, mutate_octets(content, random)),
            lambda: element(tag, mutate_octets(content, random)),
        )
    )()


def element(tag: int, content: bytes) -> bytes:
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(length)]) + length + content
