from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from certlife.errors import UnreadableError
from certlife.pki.name_constraints import (
    NameConstraints,
    Subtrees,
    read_certificate_constraints,
    read_request_constraints,
)
from tests.pki.encoding import sequence, tlv

if TYPE_CHECKING:
    from collections.abc import Callable

DNS, EMAIL, URI, IP = 0x82, 0x81, 0x86, 0x87
MAPPED = bytes(10) + b"\xff\xff"
BOTH = pytest.mark.parametrize(
    "read",
    [
        pytest.param(read_certificate_constraints, id="in a certificate"),
        pytest.param(read_request_constraints, id="in a request"),
    ],
)


def permitted(*bases: bytes) -> bytes:
    return tlv(0xA0, *map(sequence, bases))


def excluded(*bases: bytes) -> bytes:
    return tlv(0xA1, *map(sequence, bases))


@BOTH
def test_constraints_are_read(read: Callable[[bytes], NameConstraints]) -> None:
    sides = [
        permitted(
            tlv(DNS, b"b.example"),
            tlv(IP, b"\x0a\x01\x00\x00\xff\xff\x00\x00"),
            tlv(DNS, b".a.example"),
        ),
        excluded(
            tlv(URI, b".example"),
            tlv(EMAIL, b"root@example"),
            tlv(IP, b"\xfe\x80" + bytes(14) + b"\xff\xc0" + bytes(14)),
        ),
    ]
    assert read(sequence(*sides)) == NameConstraints(
        Subtrees(dns_domains=("b.example", ".a.example"), ip_ranges=("10.1.0.0/16",)),
        Subtrees(
            ip_ranges=("fe80::/10",),
            email_addresses=("root@example",),
            uri_domains=(".example",),
        ),
    )


@BOTH
@pytest.mark.parametrize(
    ("mask", "bits"), [(b"\0\0\0\0", 0), (b"\xff\xfe\0\0", 15), (b"\xff\xff\xff\xff", 32)]
)
def test_a_mask_is_a_number_of_bits(
    read: Callable[[bytes], NameConstraints], mask: bytes, bits: int
) -> None:
    value = sequence(permitted(tlv(IP, b"\x0a\x01\x02\x03" + mask)))
    assert read(value).permitted.ip_ranges == (f"10.1.2.3/{bits}",)


@BOTH
@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(sequence(), id="neither side"),
        pytest.param(sequence(permitted()), id="an empty side"),
        pytest.param(sequence(permitted(), excluded()), id="two empty sides"),
        pytest.param(sequence(permitted(tlv(DNS, b"a"))) + b"\0", id="something after it"),
        pytest.param(sequence(permitted(tlv(DNS, b"a")), tlv(0xA2)), id="a third side"),
        pytest.param(sequence(excluded(tlv(DNS, b"a")), permitted(tlv(DNS, b"a"))), id="turned"),
        pytest.param(sequence(tlv(0xA0, tlv(DNS, b"a"))), id="a base without a SEQUENCE"),
        pytest.param(sequence(tlv(0xA0, sequence())), id="a subtree without a base"),
        pytest.param(sequence(permitted(tlv(DNS, b"\xff"))), id="a host name that is not ASCII"),
        pytest.param(sequence(permitted(tlv(URI, b"\xff"))), id="a URI that is not ASCII"),
        pytest.param(sequence(permitted(tlv(EMAIL, b"\xff"))), id="a mailbox that is not ASCII"),
        pytest.param(sequence(permitted(tlv(IP, bytes(4)))), id="an address without a mask"),
        pytest.param(sequence(permitted(tlv(IP, bytes(7)))), id="a range of seven bytes"),
        pytest.param(sequence(permitted(tlv(IP))), id="a range of nothing"),
        pytest.param(
            sequence(permitted(tlv(IP, b"\x0a\0\0\0\xff\0\xff\0"))), id="a mask with a hole"
        ),
    ],
)
def test_malformed_constraints_are_refused(
    read: Callable[[bytes], NameConstraints], value: bytes
) -> None:
    with pytest.raises(UnreadableError):
        read(value)


def test_a_certificate_must_not_have_an_empty_side_beside_a_full_one() -> None:
    with pytest.raises(UnreadableError, match=r"something in them"):
        read_certificate_constraints(sequence(permitted(tlv(DNS, b"a")), excluded()))


def test_a_request_may_have_an_empty_side_beside_a_full_one() -> None:
    value = sequence(permitted(tlv(DNS, b"a")), excluded())
    assert read_request_constraints(value) == NameConstraints(Subtrees(dns_domains=("a",)))


def test_a_certificate_may_constrain_other_kinds_of_names() -> None:
    value = sequence(excluded(tlv(0xA4, b"\xff")))
    assert read_certificate_constraints(value) == NameConstraints()


def test_a_request_must_not_constrain_other_kinds_of_names() -> None:
    with pytest.raises(UnreadableError, match=r"constraints of host names"):
        read_request_constraints(sequence(excluded(tlv(0xA4, b"\xff"))))


GOOD = {
    "an empty domain": (DNS, b""),
    "a domain": (DNS, b"a.b-c_d"),
    "subdomains": (DNS, b".a.b"),
    "a mailbox": (EMAIL, b"a.b!#$%&'*+-/=?^_`{|}~@c"),
    "a mailbox with an escaped at sign": (EMAIL, b"a\\@b@c"),
    "a quoted mailbox": (EMAIL, b'"a b\\"\\\\@"@c'),
    "an empty quoted mailbox": (EMAIL, b'""@c'),
    "a mailbox in a domain with an at sign": (EMAIL, b"a@b@c"),
    "a mailbox of no domain": (EMAIL, b"a@"),
    "the domain of mailboxes": (EMAIL, b".a"),
    "the domain of a URI": (URI, b".a"),
    "an IPv6 range": (IP, bytes(32)),
}
BAD = {
    "a dot": (DNS, b"."),
    "a dot at the end": (DNS, b"a."),
    "two dots at the start": (DNS, b"..a"),
    "two dots within": (DNS, b"a..b"),
    "a blank": (DNS, b"a b"),
    "a mailbox that starts with a dot": (EMAIL, b".a@c"),
    "a mailbox that ends with a dot": (EMAIL, b"a.@c"),
    "a mailbox with two dots": (EMAIL, b"a\\..b@c"),
    "a mailbox of nothing": (EMAIL, b"@c"),
    "a mailbox with a blank": (EMAIL, b"a b@c"),
    "a mailbox with a subdomain": (EMAIL, b"a@.c"),
    "a quote that does not end": (EMAIL, b'"a@c'),
    "a quoted newline": (EMAIL, b'"a\n"@c'),
    "a quoted mailbox in a bad domain": (EMAIL, b'"a"@c.'),
    "no domain of mailboxes": (EMAIL, b"a b"),
    "an address as the domain of a URI": (URI, b"10.0.0.1"),
    "no domain of a URI": (URI, b"a."),
    "IPv4 in the guise of IPv6": (IP, MAPPED + bytes(20)),
}


@pytest.mark.parametrize(("tag", "octets"), GOOD.values(), ids=GOOD.keys())
def test_a_certificate_may_be_constrained_to(tag: int, octets: bytes) -> None:
    constraints = read_certificate_constraints(sequence(permitted(tlv(tag, octets))))
    assert constraints.permitted != Subtrees()


@pytest.mark.parametrize(("tag", "octets"), BAD.values(), ids=BAD.keys())
def test_a_certificate_cannot_be_constrained_to(tag: int, octets: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_certificate_constraints(sequence(permitted(tlv(tag, octets))))


@pytest.mark.parametrize(("tag", "octets"), BAD.values(), ids=BAD.keys())
def test_a_request_may_ask_for_any_constraint(tag: int, octets: bytes) -> None:
    constraints = read_request_constraints(sequence(permitted(tlv(tag, octets))))
    assert constraints.permitted != Subtrees()
