"""A small writer of DER (X.690), for what `cryptography`'s builders cannot write byte for byte.

They pick other string types than Go, order extensions themselves and refuse names that
cert-manager puts into a request. This module knows the universal types, and never what a
certificate is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from certlife.errors import InvalidValueError, shown
from certlife.pki import asn1

if TYPE_CHECKING:
    from datetime import datetime

NULL: Final = bytes((asn1.NULL, 0))
TRUE: Final = bytes((asn1.BOOLEAN, 1, 0xFF))

_SHORT_FORM: Final = 0x7F
_LONG_FORM: Final = 0x80
_LAST_ROOT: Final = 2
_ARCS_BELOW: Final = 40
_LARGEST_ARC: Final = 2**31 - 1  # what Go reads back
_OID: Final = re.compile(r"\+?0*[0-9]{1,10}(?:\.\+?0*[0-9]{1,10})+")
_FIRST_UTC_YEAR: Final = 1950
_LAST_UTC_YEAR: Final = 2049


def element(tag: int, *contents: bytes) -> bytes:
    """Write one element.

    Args:
        tag: Its identifier octet.
        contents: What it holds, one after the other.
    """
    content = b"".join(contents)
    size = len(content)
    if size <= _SHORT_FORM:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, _LONG_FORM | len(octets))) + octets + content


def sequence(*contents: bytes) -> bytes:
    """Write a SEQUENCE."""
    return element(asn1.SEQUENCE, *contents)


def explicit(number: int, *contents: bytes) -> bytes:
    """Write what stands under an explicit tag, or the members of an implicitly tagged SEQUENCE."""
    return element(asn1.CONTEXT | asn1.CONSTRUCTED | number, *contents)


def implicit(number: int, content: bytes) -> bytes:
    """Write a primitive value under an implicit tag."""
    return element(asn1.CONTEXT | number, content)


def integer(value: int) -> bytes:
    """Write an INTEGER that is not negative."""
    return element(asn1.INTEGER, value.to_bytes(value.bit_length() // 8 + 1))


def octet_string(octets: bytes) -> bytes:
    """Write an OCTET STRING."""
    return element(asn1.OCTET_STRING, octets)


def bit_string(octets: bytes) -> bytes:
    """Write a BIT STRING of whole octets."""
    return element(asn1.BIT_STRING, b"\x00", octets)


def named_bits(bits: int, count: int) -> bytes:
    """Write a BIT STRING of named bits: X.690, section 11.2.2, drops zeros at the end.

    Args:
        bits: The bits, the first one being the most significant of `count`.
        count: How many there may be.
    """
    if bits == 0:
        return element(asn1.BIT_STRING, b"\x00")
    trailing = (bits & -bits).bit_length() - 1
    used = count - trailing
    unused = -used % 8
    octets = (bits >> trailing << unused).to_bytes((used + unused) // 8)
    return element(asn1.BIT_STRING, bytes((unused,)), octets)


def object_identifier(dotted: str) -> bytes:
    """Write an OBJECT IDENTIFIER (X.690, section 8.19).

    Args:
        dotted: "1.3.6.1.4.1.311.20.2.3"; as Go's Atoi has it, also with zeros and plus signs in
            front of a number.

    Raises:
        InvalidValueError: This is no OID, or it has an arc that Go does not read back.
    """
    # Without the zeros, of which Python reads 4,300 at most.
    arcs = (
        [int(arc.lstrip("+0") or "0") for arc in dotted.split(".")]
        if _OID.fullmatch(dotted)
        else []
    )
    # X.660, section 7.6: the first arc is 0, 1 or 2; below 0 and 1 there are 40.
    if not arcs or arcs[0] > _LAST_ROOT or (arcs[0] < _LAST_ROOT and arcs[1] >= _ARCS_BELOW):
        arcs = []
    arcs[:2] = [arcs[0] * _ARCS_BELOW + arcs[1]] if arcs else []
    if not arcs or max(arcs) > _LARGEST_ARC:
        raise InvalidValueError(
            "expected an OID such as 1.3.6.1.4.1.311.20.2.3", value=shown(dotted)
        )
    return element(asn1.OBJECT_IDENTIFIER, *map(_base_128, arcs))


def instant(at: datetime) -> bytes:
    """Write an instant in UTC to the second, what is finer being dropped.

    RFC 5280, section 4.1.2.5: UTCTime where its two digits of a year suffice, else GeneralizedTime.
    """
    text = f"{at.year:04}{at:%m%d%H%M%S}Z"
    if _FIRST_UTC_YEAR <= at.year <= _LAST_UTC_YEAR:
        return element(asn1.UTC_TIME, text[2:].encode())
    return element(asn1.GENERALIZED_TIME, text.encode())


def _base_128(arc: int) -> bytes:
    octets = [arc & 0x7F]
    while arc := arc >> 7:
        octets.append(arc & 0x7F | 0x80)
    return bytes(reversed(octets))
