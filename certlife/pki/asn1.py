"""A strict reader of DER (X.690), as strict as the readers below Go's crypto/x509.

Plain functions over bytes and positions: an element lies at `start`, has to stop by `end`, and is
answered as where its content starts and stops. This module knows the universal types and what is
wrong with an encoding; it must never know what a certificate is.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from certlife.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Identifier octets: class, constructed bit and tag number in one.
BOOLEAN: Final = 0x01
INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
NULL: Final = 0x05
OBJECT_IDENTIFIER: Final = 0x06
UTF8_STRING: Final = 0x0C
NUMERIC_STRING: Final = 0x12
PRINTABLE_STRING: Final = 0x13
T61_STRING: Final = 0x14
IA5_STRING: Final = 0x16
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
BMP_STRING: Final = 0x1E
SEQUENCE: Final = 0x30
SET: Final = 0x31
CONTEXT: Final = 0x80  # plus a number, plus CONSTRUCTED where the element holds others
CONSTRUCTED: Final = 0x20

_TAG_NUMBER: Final = 0x1F
_LONG_FORM: Final = 0x80
_TWO_OCTETS: Final = 0x82
_SHORTEST_LONG_LENGTHS: Final = {1: 0x80, 2: 0x100, 3: 0x1_0000, 4: 0x100_0000}
_INT64_OCTETS: Final = 8
_CONTINUED: Final = 0x80
_MOST_UNUSED_BITS: Final = 7

# One arc after the other: no leading 80, and at most 31 bits, because Go keeps them in an int32.
_OBJECT_IDENTIFIERS: Final = re.compile(
    rb"(?:[\x00-\x7f]"
    rb"|[\x81-\xff][\x80-\xff]{0,2}[\x00-\x7f]"
    rb"|[\x81-\x87][\x80-\xff]{3}[\x00-\x7f])+"
)
_PLAIN_TIMES: Final = re.compile(rb"(?!0000)[0-9]{8}(?:[01][0-9]|2[0-3])[0-9]{4}Z")
_TIMES: Final = re.compile(
    rb"([0-9]{8})((?:[01][0-9]|2[0-3])[0-9]{2})([0-9]{2})?(?:Z|([+-][0-9]{4}))"
)
_FIRST_INSTANT: Final = datetime.min.replace(tzinfo=UTC)
_LAST_INSTANT: Final = datetime.max.replace(tzinfo=UTC)
_LAST_MINUTE: Final = 59
_ZONE_HOURS: Final = 24  # Go allows an offset of a whole day


def element(der: bytes, start: int, end: int) -> tuple[int, int, int]:
    """Read the element at `start`: its identifier octet, where its content starts and stops.

    Raises:
        UnreadableError: Nothing is there, it is not DER, or it does not stop by `end`.
    """
    try:
        tag = der[start]
        length = der[start + 1]
    except IndexError:
        raise UnreadableError("expected DER that is not cut off") from None
    content = start + 2
    if length >= _LONG_FORM:
        content, length = _long_length(der, content, length - _LONG_FORM)
    stop = content + length
    if stop > end:
        raise UnreadableError("expected DER that is not cut off")
    if tag & _TAG_NUMBER == _TAG_NUMBER:
        raise UnreadableError("expected DER with tags of one octet")
    return tag, content, stop


def expect(der: bytes, start: int, end: int, tag: int, what: str) -> tuple[int, int]:
    """Read the element at `start`, which has to have this tag: where its content starts and stops.

    Args:
        der: The bytes.
        start: Where the element starts.
        end: Where it has to stop at the latest.
        tag: Its identifier octet.
        what: What it is, for the message: "a serial number".

    Raises:
        UnreadableError: As `element` does, or something else is there.
    """
    content = start + 2
    # Nearly all are what they should be, of a length in one octet or three: these are done without
    # another call. The rest, and whatever is wrong, is for `element`.
    if content <= end and der[start] == tag:
        length = der[start + 1]
        if length == _TWO_OCTETS and content + 2 <= end and der[content]:
            length = der[content] << 8 | der[content + 1]
            content += 2
        elif length >= _LONG_FORM:
            length = end
        stop = content + length
        if stop <= end:
            return content, stop
    found, content, stop = element(der, start, end)
    if found != tag:
        raise UnreadableError(f"expected {what}")
    return content, stop


def peek(der: bytes, start: int, end: int) -> int | None:
    """Return the identifier octet at `start`, or None at the end: is something optional there?"""
    return der[start] if start < end else None


def elements(der: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Read the elements from `start` to `end`, one after the other, as `element` does."""
    while start < end:
        tag, content, start = element(der, start, end)
        yield tag, content, start


def boolean(der: bytes, content: int, stop: int) -> bool:
    """Read a BOOLEAN's content; X.690, section 11.1, knows two values."""
    octets = der[content:stop]
    if octets not in {b"\x00", b"\xff"}:
        raise UnreadableError("expected a BOOLEAN of 00 or FF")
    return octets == b"\xff"


def integer(der: bytes, content: int, stop: int) -> int:
    """Read an INTEGER's content; X.690, section 8.3.2, wants as few octets as possible."""
    octets = der[content:stop]
    value = int.from_bytes(octets, signed=True)
    if len(octets) != (value + (value < 0)).bit_length() // 8 + 1:
        raise UnreadableError("expected an INTEGER in its shortest form")
    return value


def small_integer(der: bytes, content: int, stop: int) -> int:
    """Read an INTEGER's content that has to fit in 64 bits with a sign, as Go's int does."""
    if stop - content > _INT64_OCTETS:
        raise UnreadableError("expected an INTEGER of at most 64 bits")
    return integer(der, content, stop)


def bit_string(der: bytes, content: int, stop: int) -> tuple[bytes, int]:
    """Read a BIT STRING's content: its octets, and how many bits of the last one are unused.

    Those have to be zero (X.690, section 11.2.1).
    """
    unused = der[content] if content < stop else _MOST_UNUSED_BITS + 1
    octets = der[content + 1 : stop]
    if unused and (unused > _MOST_UNUSED_BITS or not octets or octets[-1] & ((1 << unused) - 1)):
        raise UnreadableError("expected a BIT STRING with zero padding")
    return octets, unused


def right_aligned(octets: bytes, unused: int) -> bytes:
    """Shift a BIT STRING's unused bits out at the end and zeros in at the start."""
    return (int.from_bytes(octets) >> unused).to_bytes(len(octets)) if unused else octets


def check_object_identifier(der: bytes, content: int, stop: int) -> None:
    """Check an OBJECT IDENTIFIER's content: complete, in its shortest form, arcs that Go can hold.

    Raises:
        UnreadableError: It breaks X.690, section 8.19.2, or an arc takes more than 31 bits.
    """
    if not _OBJECT_IDENTIFIERS.fullmatch(der, content, stop):
        raise UnreadableError("expected an OBJECT IDENTIFIER in its shortest form")


def object_identifier(der: bytes, content: int, stop: int) -> str:
    """Read an OBJECT IDENTIFIER's content as dotted numbers; X.690, section 8.19.4.

    Raises:
        UnreadableError: As `check_object_identifier` does.
    """
    check_object_identifier(der, content, stop)
    arcs = [0]
    for octet in der[content:stop]:
        arcs[-1] = arcs[-1] << 7 | octet & ~_CONTINUED
        if octet < _CONTINUED:
            arcs.append(0)
    root = min(arcs[0] // 40, 2)
    return ".".join(map(str, (root, arcs[0] - 40 * root, *arcs[1:-1])))


def instant(der: bytes, tag: int, content: int, stop: int) -> datetime:
    """Read a UTCTime's or GeneralizedTime's content as an aware UTC datetime.

    Like Go, and unlike RFC 5280, section 4.1.2.5, it takes offsets, and UTCTimes without seconds.
    What datetime cannot hold, the year 0 and an offset out of the year 9999, becomes its bound.
    """
    text = der[content:stop]
    if tag == UTC_TIME:
        # RFC 5280, section 4.1.2.5.1: the years 50 to 99 are in the twentieth century.
        text = (b"19" if text[:1] >= b"5" else b"20") + text
    elif tag != GENERALIZED_TIME:
        raise UnreadableError("expected a UTCTime or GeneralizedTime")
    try:
        if not _PLAIN_TIMES.fullmatch(text):
            return _unusual_instant(text, tag)
        written = text.decode()
        return datetime.fromisoformat(f"{written[:8]}T{written[8:]}")
    except ValueError:
        raise UnreadableError("expected a time that exists") from None


def _unusual_instant(text: bytes, tag: int) -> datetime:
    match = _TIMES.fullmatch(text)
    if match is None or (match[3] is None and tag == GENERALIZED_TIME):
        raise UnreadableError("expected a UTCTime or GeneralizedTime")
    date, clock, seconds, zone = match.groups(b"00")
    is_year_zero = date.startswith(b"0000")
    if is_year_zero:
        date = b"2000" + date[4:]  # a leap year as well, so that the day is checked
    local = datetime.fromisoformat(f"{date.decode()}T{clock.decode()}{seconds.decode()}Z")
    if match[4] is not None:
        local = _utc(local, zone.decode())
    return _FIRST_INSTANT if is_year_zero else local


def _utc(local: datetime, zone: str) -> datetime:
    hours, minutes = int(zone[1:3]), int(zone[3:])
    # Go demands that a time prints back as it was read, and prints an offset of zero as Z.
    if hours > _ZONE_HOURS or minutes > _LAST_MINUTE or hours == minutes == 0:
        raise UnreadableError("expected a time zone that exists")
    offset = timedelta(hours=hours, minutes=minutes)
    try:
        return local - offset if zone[0] == "+" else local + offset
    except OverflowError:
        return _FIRST_INSTANT if zone[0] == "+" else _LAST_INSTANT


def _long_length(der: bytes, start: int, octets: int) -> tuple[int, int]:
    # X.690, section 10.1: the definite form, in as few octets as possible.
    stop = start + octets
    length = int.from_bytes(der[start:stop])
    shortest = _SHORTEST_LONG_LENGTHS.get(octets)
    if shortest is None or length < shortest:
        raise UnreadableError("expected DER with definite lengths in their shortest form")
    return stop, length
