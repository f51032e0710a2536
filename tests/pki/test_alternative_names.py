from __future__ import annotations

import pytest

from certlife.errors import UnreadableError
from certlife.pki.alternative_names import (
    AlternativeNames,
    OtherName,
    read_alternative_names,
    read_other_names,
)
from tests.pki.encoding import attribute, name, oid, sequence, tlv

MAPPED = bytes(10) + b"\xff\xff"
UPN = oid("1.3.6.1.4.1.311.20.2.3")


def other_name(*value: bytes, kind: bytes = UPN, explicit: int = 0xA0) -> bytes:
    return tlv(0xA0, kind, tlv(explicit, *value))


UTF8 = other_name(tlv(0x0C, b"a@b"))
READ_UTF8 = OtherName("1.3.6.1.4.1.311.20.2.3", "a@b")


@pytest.mark.parametrize(
    ("names", "read"),
    [
        pytest.param([], AlternativeNames(), id="no names"),
        pytest.param(
            [tlv(0x82, b"b"), tlv(0x82, b"a"), tlv(0x82, b"b"), tlv(0x82)],
            AlternativeNames(dns_names=("b", "a", "b", "")),
            id="host names, as they are",
        ),
        pytest.param(
            [tlv(0x81, b"a@b"), tlv(0x81, b"no mailbox")],
            AlternativeNames(email_addresses=("a@b", "no mailbox")),
            id="mailboxes, as they are",
        ),
        pytest.param(
            [tlv(0x87, b"\x0a\x00\x00\x01"), tlv(0x87, b"\xfe\x80" + bytes(14))],
            AlternativeNames(ip_addresses=(MAPPED + b"\x0a\x00\x00\x01", b"\xfe\x80" + bytes(14))),
            id="addresses, in 16 bytes",
        ),
        pytest.param(
            [tlv(0x86, b"HTTP://Host/%7e"), tlv(0x86, b"urn:a:b")],
            AlternativeNames(uris=("http://Host/%7e", "urn:a:b")),
            id="URIs, as Go prints them",
        ),
        pytest.param(
            [UTF8, tlv(0xA3), tlv(0xA4, b"junk"), tlv(0xA5), tlv(0x88), tlv(0x89), tlv(0x02)],
            AlternativeNames(),
            id="other kinds are stepped over",
        ),
        pytest.param([tlv(0xA2, b"\xff")], AlternativeNames(), id="a host name in parts, too"),
    ],
)
def test_alternative_names_are_read(names: list[bytes], read: AlternativeNames) -> None:
    assert read_alternative_names(sequence(*names)) == read


def test_what_follows_the_names_is_ignored() -> None:
    assert read_alternative_names(sequence() + b"junk") == AlternativeNames()


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(tlv(0x31), id="a SET"),
        pytest.param(sequence(b"\x82\x02a"), id="a name cut off"),
        pytest.param(sequence(tlv(0x82, b"\xc3\xab")), id="a host name that is not ASCII"),
        pytest.param(sequence(tlv(0x81, b"\xc3\xab")), id="a mailbox that is not ASCII"),
        pytest.param(sequence(tlv(0x86, b"\xc3\xab")), id="a URI that is not ASCII"),
        pytest.param(sequence(tlv(0x86, b"http://%zz/")), id="a URI that Go cannot parse"),
        pytest.param(sequence(tlv(0x87, bytes(5))), id="an address of five bytes"),
        pytest.param(sequence(tlv(0x87, MAPPED + bytes(4))), id="IPv4 in the guise of IPv6"),
    ],
)
def test_malformed_alternative_names_are_refused(value: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_alternative_names(value)


@pytest.mark.parametrize(
    ("names", "read"),
    [
        pytest.param([], [], id="no names"),
        pytest.param([UTF8, UTF8], [READ_UTF8, READ_UTF8], id="in their order, repeated"),
        pytest.param(
            [other_name(tlv(0x0C, b"x"), tlv(0x0C, b"y"), kind=oid("1.2.3"))],
            [OtherName("1.2.3", "x")],
            id="the first of two values",
        ),
        *(
            pytest.param(
                [other_name(value, kind=oid("1.2.3"))], [OtherName("1.2.3", None)], id=case
            )
            for case, value in {
                "an empty UTF8String": tlv(0x0C),
                "a UTF8String that is none": tlv(0x0C, b"\xff"),
                "an IA5String": tlv(0x16, b"x"),
                "a UTF8String cut off": b"\x0c\x02x",
                "no DER": b"\x0c",
            }.items()
        ),
        pytest.param(
            [tlv(0xA0, oid("1.2.3"), tlv(0x80), b"\x00")],
            [OtherName("1.2.3", None)],
            id="an empty tag that is not explicit, with something after it",
        ),
        pytest.param(
            [
                tlv(0x82, b"a"),
                tlv(0x81, b"a@b"),
                tlv(0x86, b"\x01 any ASCII"),
                tlv(0x87, bytes(4)),
                tlv(0x87, MAPPED + bytes(4)),
                tlv(0xA3, b"anything"),
                tlv(0xA4, name(attribute("2.5.4.3", tlv(0x0C, b"a")))),
                tlv(0xA5, tlv(0x80, b"a"), tlv(0x81, b"b")),
                tlv(0xA5, tlv(0x81, b"b")),
                tlv(0x88, b"\x2a\x03"),
                tlv(0x02, b"a"),
            ],
            [],
            id="every other kind, well formed",
        ),
    ],
)
def test_other_names_are_read(names: list[bytes], read: list[OtherName]) -> None:
    assert list(read_other_names(sequence(*names))) == read


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(tlv(0x80, UPN), id="an otherName that is not constructed"),
        pytest.param(tlv(0xA0, tlv(0xA0, tlv(0x0C, b"a"))), id="an otherName without a type"),
        pytest.param(tlv(0xA0, b"\x06\x01\x80", tlv(0xA0, tlv(0x0C))), id="a type cut off"),
        pytest.param(tlv(0xA0, UPN), id="an otherName without a value"),
        pytest.param(tlv(0xA0, UPN, tlv(0x0C, b"a")), id="a value that is not tagged"),
        pytest.param(tlv(0xA0, UPN, tlv(0xA1, tlv(0x0C, b"a"))), id="a value under another tag"),
        pytest.param(tlv(0xA0, UPN, tlv(0xA0)), id="an empty value"),
        pytest.param(tlv(0xA0, UPN, tlv(0x80, tlv(0x0C))), id="a value that is not explicit"),
        pytest.param(tlv(0x82, b"\xff"), id="a host name that is not ASCII"),
        pytest.param(tlv(0x02, b"\xff"), id="an INTEGER, which is taken for a host name"),
        pytest.param(tlv(0x87, bytes(3)), id="an address of three bytes"),
        pytest.param(tlv(0x84, name()), id="a directoryName that is not constructed"),
        pytest.param(tlv(0xA4), id="a directoryName without a name"),
        pytest.param(tlv(0xA4, sequence(tlv(0x0C))), id="a directoryName that is no name"),
        pytest.param(tlv(0xA5), id="an ediPartyName of nothing"),
        pytest.param(tlv(0xA5, tlv(0x80, b"a")), id="an ediPartyName without a party"),
        pytest.param(tlv(0xA5, tlv(0x80, b"@"), tlv(0x81)), id="an assigner with an at sign"),
        pytest.param(tlv(0xA5, tlv(0x81, b"@")), id="a party with an at sign"),
        pytest.param(tlv(0xA5, tlv(0xA1, tlv(0x0C, b"a"))), id="a party as RFC 5280 has it"),
        pytest.param(tlv(0x88), id="a registeredID of nothing"),
        pytest.param(tlv(0xA8, b"\x2a\x03"), id="a registeredID that is constructed"),
        pytest.param(tlv(0x89), id="an unknown kind"),
        pytest.param(b"\x9f\x1f\x00", id="a tag in several octets"),
    ],
)
def test_other_names_cannot_be_read_beside_a_malformed_name(names: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_other_names(sequence(UTF8, names))


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(tlv(0x31), id="a SET"),
        pytest.param(sequence() + b"\0", id="something after it"),
    ],
)
def test_other_names_need_one_sequence(value: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_other_names(value)
