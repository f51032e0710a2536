"""Names in certificates and requests (RFC 5280, section 4.1.2.4), read as Go's crypto/x509 does.

What counts as a readable name differs between a certificate and a request, because Go reads the
two with different packages; the fields that come of it are the same. How a name is written as
text, and how one is encoded, is the business of `certlife.pki.names`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from attrs import frozen

from certlife.errors import UnreadableError
from certlife.pki import asn1

Attribute: TypeAlias = tuple[bytes, str]
"""A type, as the content of its OBJECT IDENTIFIER, and its text."""

ValueReaders: TypeAlias = Mapping[int, Callable[[bytes, int, int], str | None]]
"""By identifier octet, how the values are read that certificates and requests differ in."""

# The octets that strings of a type may have. `*` and `&` are not PrintableString (X.680, section
# 41.4), but in use.
_CHARACTERS: Final = {
    asn1.UTF8_STRING: bytes(range(256)),
    asn1.PRINTABLE_STRING: (
        b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 '()+,-./:=?*&"
    ),
    asn1.NUMERIC_STRING: b"0123456789 ",
    asn1.IA5_STRING: bytes(range(128)),
}
_NO_BMP_CHARACTER: Final = re.compile(
    "[\ufdd0-\ufdef\ufffe\uffff\U00010000-\U0010ffff\ud800-\udfff]"
)

_LONG_FORM: Final = 0x80
_PLAIN_HEADER: Final = 11  # octets before the string
_X520_TYPE: Final = b"\x06\x03\x55\x04"  # an OBJECT IDENTIFIER of three octets: 2.5.4.x
_COMMON_NAME: Final = b"\x55\x04\x03"
_SERIAL_NUMBER: Final = b"\x55\x04\x05"
_COUNTRY: Final = b"\x55\x04\x06"
_LOCALITY: Final = b"\x55\x04\x07"
_PROVINCE: Final = b"\x55\x04\x08"
_STREET_ADDRESS: Final = b"\x55\x04\x09"
_ORGANIZATION: Final = b"\x55\x04\x0a"
_ORGANIZATIONAL_UNIT: Final = b"\x55\x04\x0b"
_POSTAL_CODE: Final = b"\x55\x04\x11"


@frozen
class Subject:
    """The fields of a name that cert-manager compares, in the order of the encoding.

    Attributes:
        common_name: The last common name that is a string; "" when there is none.
        serial_number: The last serialNumber attribute; "" when there is none.
        countries: Every C.
        organizations: Every O.
        organizational_units: Every OU.
        localities: Every L.
        provinces: Every ST.
        street_addresses: Every street.
        postal_codes: Every postalCode.
    """

    common_name: str = ""
    serial_number: str = ""
    countries: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    organizational_units: tuple[str, ...] = ()
    localities: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    street_addresses: tuple[str, ...] = ()
    postal_codes: tuple[str, ...] = ()


_NO_FIELDS: Final = Subject()


def subject_of(attributes: list[Attribute]) -> Subject:
    """Sort the attributes of a name into fields."""
    if not attributes:  # as in every request for alternative names alone
        return _NO_FIELDS
    found: dict[bytes, list[str]] = {}
    for kind, text in attributes:
        found.setdefault(kind, []).append(text)
    return Subject(
        common_name=found.get(_COMMON_NAME, [""])[-1],
        serial_number=found.get(_SERIAL_NUMBER, [""])[-1],
        countries=tuple(found.get(_COUNTRY, ())),
        organizations=tuple(found.get(_ORGANIZATION, ())),
        organizational_units=tuple(found.get(_ORGANIZATIONAL_UNIT, ())),
        localities=tuple(found.get(_LOCALITY, ())),
        provinces=tuple(found.get(_PROVINCE, ())),
        street_addresses=tuple(found.get(_STREET_ADDRESS, ())),
        postal_codes=tuple(found.get(_POSTAL_CODE, ())),
    )


def common_name_of(attributes: list[Attribute]) -> str:
    """Pick the common name that `subject_of` picks."""
    for kind, text in reversed(attributes):
        if kind == _COMMON_NAME:
            return text
    return ""


def read_attributes(der: bytes, start: int, end: int, readers: ValueReaders) -> list[Attribute]:
    """Read the RDNs from `start` to `end`: every attribute whose value is a string, in order.

    Args:
        der: The bytes.
        start: Where the content of the RDNSequence starts.
        end: Where it stops.
        readers: `CERTIFICATE_VALUES` or `REQUEST_VALUES`.

    Raises:
        UnreadableError: This is no name, or one of its values is malformed.
    """
    attributes: list[Attribute] = []
    while start < end:
        # Nearly every RDN is one short string of an X.520 type: 31 .. 30 .. 06 03 55 04 .. 0C ..
        # Seen at a glance, it costs a third of what reading element by element does.
        value = start + _PLAIN_HEADER
        if der[start + 4 : start + 8] == _X520_TYPE and value <= end:
            size = der[value - 1]
            stop = value + size
            tag = der[value - 2]
            if (
                stop <= end
                and der[start + 1] == size + 9 < _LONG_FORM
                and der[start + 3] == size + 7
                and der[start] == asn1.SET
                and der[start + 2] == asn1.SEQUENCE
                and der[start + 8] < _LONG_FORM
                and tag in _CHARACTERS
            ):
                text = _string(der[value:stop], tag)
                attributes.append((der[start + 6 : start + 9], text))
                start = stop
                continue
        more, start = _read_rdn(der, start, end, readers)
        attributes += more
    return attributes


def _read_rdn(
    der: bytes, start: int, end: int, readers: ValueReaders
) -> tuple[list[Attribute], int]:
    """Read the RDN at `start`, however it is written: its attributes, and where it stops."""
    pair, stop = asn1.expect(der, start, end, asn1.SET, "a name made of SETs")
    attributes = []
    while pair < stop:
        kind, value, pair = _attribute(der, pair, stop)
        text = _text(der, *value, readers)
        if text is not None:
            attributes.append((kind, text))
    return attributes, stop


def _attribute(der: bytes, start: int, end: int) -> tuple[bytes, tuple[int, int, int], int]:
    """Read an attribute: its type, its value as an element, and where what follows starts."""
    kind, stop = asn1.expect(der, start, end, asn1.SEQUENCE, "a name made of attributes")
    kind, kind_stop = asn1.expect(
        der, kind, stop, asn1.OBJECT_IDENTIFIER, "an attribute with a type"
    )
    asn1.check_object_identifier(der, kind, kind_stop)
    # More may follow the value; Go does not look there.
    return der[kind:kind_stop], asn1.element(der, kind_stop, stop), stop


def check_printable(octets: bytes) -> None:
    """Check that a PrintableString holds nothing that Go does not take in one.

    Raises:
        UnreadableError: It does.
    """
    if octets.translate(None, _CHARACTERS[asn1.PRINTABLE_STRING]):
        raise UnreadableError("expected only characters that the string's type allows")


def _string(octets: bytes, tag: int) -> str:
    """Read a string of one of the types that certificates and requests do not differ in."""
    if octets.translate(None, _CHARACTERS[tag]):
        raise UnreadableError("expected only characters that the string's type allows")
    try:
        return octets.decode()
    except UnicodeDecodeError:
        raise UnreadableError("expected UTF-8 in a UTF8String") from None


def _text(der: bytes, tag: int, content: int, stop: int, readers: ValueReaders) -> str | None:
    """Read an attribute's value; None where it is no string to Go."""
    if tag in _CHARACTERS:
        return _string(der[content:stop], tag)
    if tag in readers:
        return readers[tag](der, content, stop)
    # The rest is no text, but has to be well formed all the same.
    if tag == asn1.INTEGER:
        asn1.small_integer(der, content, stop)
    elif tag == asn1.BIT_STRING:
        asn1.bit_string(der, content, stop)
    elif tag == asn1.OBJECT_IDENTIFIER:
        asn1.check_object_identifier(der, content, stop)
    elif tag in {asn1.UTC_TIME, asn1.GENERALIZED_TIME}:
        asn1.instant(der, tag, content, stop)
    return None


def _latin1(der: bytes, content: int, stop: int) -> str:
    return der[content:stop].decode("latin-1")


def _raw(der: bytes, content: int, stop: int) -> str:
    # Go keeps the bytes, and compares them with UTF-8.
    return der[content:stop].decode("utf-8", "surrogateescape")


def _bmp_characters(der: bytes, content: int, stop: int) -> str:
    text = _bmp_octets(der, content, stop).decode("utf-16-be", "surrogatepass")
    if _NO_BMP_CHARACTER.search(text):
        raise UnreadableError("expected characters in a BMPString")
    return text


def _utf16(der: bytes, content: int, stop: int) -> str:
    return _bmp_octets(der, content, stop).decode("utf-16-be", "replace")


def _bmp_octets(der: bytes, content: int, stop: int) -> bytes:
    if (stop - content) % 2:
        raise UnreadableError("expected a BMPString of two octets a character")
    return der[content:stop].removesuffix(b"\0\0")


def _boolean(der: bytes, content: int, stop: int) -> None:
    asn1.boolean(der, content, stop)


CERTIFICATE_VALUES: Final[ValueReaders] = MappingProxyType(
    {
        asn1.T61_STRING: _latin1,
        asn1.BMP_STRING: _bmp_characters,
        asn1.BOOLEAN: _boolean,
    }
)
REQUEST_VALUES: Final[ValueReaders] = MappingProxyType(
    {
        asn1.T61_STRING: _raw,
        asn1.BMP_STRING: _utf16,
    }
)
