"""The subject alternative name extension, RFC 5280, section 4.2.1.6, read twice over.

To read a certificate or request, Go's crypto/x509 looks at four kinds of names and steps over the
others; only where otherNames are compared does cert-manager read all kinds, and strictly. Both
readings are here. How a URI or an address is spelled is for `uri` and `addresses`.
"""

from __future__ import annotations

from typing import Final

from attrs import frozen

from certlife.errors import UnreadableError
from certlife.pki import asn1
from certlife.pki.subject import REQUEST_VALUES, check_printable, read_attributes
from certlife.pki.uri import parse_san_uri

_IPV4_BYTES: Final = 4
_IPV6_BYTES: Final = 16
_IPV4_MAPPED: Final = bytes(10) + b"\xff\xff"

# GeneralName: the numbers of the choices, and the identifier octets that crypto/x509 looks for.
_OTHER_NAME: Final = 0
_EMAIL: Final = 1
_DNS: Final = 2
_X400_ADDRESS: Final = 3
_DIRECTORY_NAME: Final = 4
_EDI_PARTY_NAME: Final = 5
_URI: Final = 6
_IP: Final = 7
_REGISTERED_ID: Final = 8
_EMAIL_TAG: Final = asn1.CONTEXT | _EMAIL
_DNS_TAG: Final = asn1.CONTEXT | _DNS
_URI_TAG: Final = asn1.CONTEXT | _URI
_IP_TAG: Final = asn1.CONTEXT | _IP
_TAG_NUMBER: Final = 0x1F
_IDENTIFIERS: Final = {
    _OTHER_NAME: asn1.CONTEXT | asn1.CONSTRUCTED | _OTHER_NAME,
    _DIRECTORY_NAME: asn1.CONTEXT | asn1.CONSTRUCTED | _DIRECTORY_NAME,
    _EDI_PARTY_NAME: asn1.CONTEXT | asn1.CONSTRUCTED | _EDI_PARTY_NAME,
    _REGISTERED_ID: asn1.CONTEXT | _REGISTERED_ID,
}


@frozen
class AlternativeNames:
    """The names that crypto/x509 takes from the extension, in its order.

    Attributes:
        dns_names: Any ASCII at all, also "" and names that no host can have.
        email_addresses: The same.
        ip_addresses: 16 bytes each, IPv4 as ::ffff:a.b.c.d.
        uris: As Go prints them back.
    """

    dns_names: tuple[str, ...] = ()
    email_addresses: tuple[str, ...] = ()
    ip_addresses: tuple[bytes, ...] = ()
    uris: tuple[str, ...] = ()


@frozen
class OtherName:
    """An otherName.

    Attributes:
        oid: Its type, as dotted numbers.
        utf8_value: Its value if that is a UTF8String with something in it, else None.
    """

    oid: str
    utf8_value: str | None


def read_alternative_names(value: bytes) -> AlternativeNames:
    """Read the extension's value as crypto/x509 does.

    Raises:
        UnreadableError: It is malformed, a name is not ASCII, an address not of 4 or 16 bytes or
            IPv4 in the guise of IPv6, or Go cannot parse a URI.
    """
    dns_names: list[str] = []
    email_addresses: list[str] = []
    ip_addresses: list[bytes] = []
    uris: list[str] = []
    start, end = asn1.expect(value, 0, len(value), asn1.SEQUENCE, "a SEQUENCE of names")
    while start < end:
        tag, content, start = asn1.element(value, start, end)
        if tag == _DNS_TAG:
            dns_names.append(_ascii(value[content:start]))
        elif tag == _IP_TAG:
            ip_addresses.append(_address(value[content:start]))
        elif tag == _URI_TAG:
            uris.append(parse_san_uri(_ascii(value[content:start])))
        elif tag == _EMAIL_TAG:
            email_addresses.append(_ascii(value[content:start]))
    return AlternativeNames(
        tuple(dns_names), tuple(email_addresses), tuple(ip_addresses), tuple(uris)
    )


def read_other_names(value: bytes) -> tuple[OtherName, ...]:
    """Read the otherNames as cert-manager does where it compares them: nothing may be amiss.

    Like cert-manager, it goes by the number of a name's tag and not by its class.

    Raises:
        UnreadableError: Any name of any kind is malformed or of an unknown kind.
    """
    start, end = asn1.expect(value, 0, len(value), asn1.SEQUENCE, "a SEQUENCE of names")
    if end != len(value):
        raise UnreadableError("expected nothing after the alternative names")
    names = []
    for tag, content, stop in asn1.elements(value, start, end):
        number = tag & _TAG_NUMBER
        if tag != _IDENTIFIERS.get(number, tag):
            raise UnreadableError("expected each kind of alternative name under its own tag")
        if number == _OTHER_NAME:
            names.append(_other_name(value, content, stop))
        else:
            _check_name(value, number, content, stop)
    return tuple(names)


def _ascii(octets: bytes) -> str:
    if not octets.isascii():
        raise UnreadableError("expected alternative names in ASCII")
    return octets.decode()


def _address(octets: bytes) -> bytes:
    if len(octets) == _IPV4_BYTES:
        return _IPV4_MAPPED + octets
    if len(octets) != _IPV6_BYTES or octets.startswith(_IPV4_MAPPED):
        raise UnreadableError("expected an IPv4 address in 4 bytes or an IPv6 address in 16")
    return octets


def _other_name(value: bytes, content: int, stop: int) -> OtherName:
    oid, oid_stop = asn1.expect(
        value, content, stop, asn1.OBJECT_IDENTIFIER, "the type of an otherName"
    )
    oid_text = asn1.object_identifier(value, oid, oid_stop)
    tag, inner, inner_stop = asn1.element(value, oid_stop, stop)
    # To Go, an explicit tag may be primitive if it is empty, but not the last thing there is.
    if tag not in {asn1.CONTEXT, asn1.CONTEXT | asn1.CONSTRUCTED} or (
        inner == stop or (tag == asn1.CONTEXT and inner < inner_stop)
    ):
        raise UnreadableError("expected an otherName with an explicit value")
    return OtherName(oid_text, _utf8_value(value, inner, inner_stop))


def _utf8_value(value: bytes, start: int, end: int) -> str | None:
    try:
        # More may follow; cert-manager looks at the first value only.
        content, stop = asn1.expect(value, start, end, asn1.UTF8_STRING, "a UTF8String")
        return value[content:stop].decode() or None
    except (UnreadableError, UnicodeDecodeError):
        return None


def _check_name(value: bytes, number: int, content: int, stop: int) -> None:
    if number in {_EMAIL, _DNS, _URI}:
        _ascii(value[content:stop])
    elif number == _IP:
        if stop - content not in {_IPV4_BYTES, _IPV6_BYTES}:
            raise UnreadableError("expected an IP address of 4 or 16 bytes")
    elif number == _DIRECTORY_NAME:
        name, name_stop = asn1.expect(value, content, stop, asn1.SEQUENCE, "a directoryName")
        read_attributes(value, name, name_stop, REQUEST_VALUES)
    elif number == _EDI_PARTY_NAME:
        _check_edi_party_name(value, content, stop)
    elif number == _REGISTERED_ID:
        asn1.check_object_identifier(value, content, stop)
    elif number != _X400_ADDRESS:
        raise UnreadableError("expected a known kind of alternative name")


def _check_edi_party_name(value: bytes, content: int, stop: int) -> None:
    # cert-manager takes the two as implicit PrintableStrings, though RFC 5280 has a CHOICE there.
    tag, assigner, assigner_stop = asn1.element(value, content, stop)
    if tag == asn1.CONTEXT:
        check_printable(value[assigner:assigner_stop])
        content = assigner_stop
    party, party_stop = asn1.expect(value, content, stop, asn1.CONTEXT | 1, "a partyName")
    check_printable(value[party:party_stop])
