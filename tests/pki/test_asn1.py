from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certlife.errors import UnreadableError
from certlife.pki import asn1
from tests.pki import encoding

if TYPE_CHECKING:
    from collections.abc import Callable

A, B = b"\x04\x01a", b"\x02\x00"


@pytest.mark.parametrize(
    ("der", "found"),
    [
        pytest.param(b"\x04\x00", (4, 2, 2), id="empty"),
        pytest.param(b"\x04\x01a", (4, 2, 3), id="short"),
        pytest.param(b"\x04\x01ab", (4, 2, 3), id="something after it"),
        pytest.param(b"\x04\x81\x80" + bytes(128), (4, 3, 131), id="a length in one octet"),
        pytest.param(b"\x04\x82\x01\x00" + bytes(256), (4, 4, 260), id="a length in two octets"),
        pytest.param(
            b"\x04\x83\x01\x00\x00" + bytes(65536), (4, 5, 65541), id="a length in three octets"
        ),
    ],
)
def test_an_element_is_found(der: bytes, found: tuple[int, int, int]) -> None:
    assert asn1.element(der, 0, len(der)) == found


@pytest.mark.parametrize(
    "der",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x04", id="no length"),
        pytest.param(b"\x04\x02a", id="cut off"),
        pytest.param(b"\x04\x81", id="a long length cut off"),
        pytest.param(b"\x04\x82\x01\x00a", id="a long element cut off"),
        pytest.param(b"\x04\x80\x00\x00", id="an indefinite length"),
        pytest.param(b"\x04\x81\x7f" + bytes(127), id="a long length that fits the short form"),
        pytest.param(b"\x04\x82\x00\x80" + bytes(128), id="a long length with a leading zero"),
        pytest.param(b"\x04\x85\x01\x00\x00\x00\x00", id="a length in five octets"),
        pytest.param(b"\x1f\x00\x00", id="a tag in several octets"),
        pytest.param(b"\xff\x00\x00", id="a private tag in several octets"),
    ],
)
def test_what_is_no_der_is_refused(der: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"expected DER"):
        asn1.element(der, 0, len(der))


def test_an_element_may_not_reach_out_of_what_holds_it() -> None:
    with pytest.raises(UnreadableError, match=r"cut off"):
        asn1.element(b"\x04\x02ab", 0, 3)


def test_an_expected_element_is_found() -> None:
    assert asn1.expect(A, 0, 3, asn1.OCTET_STRING, "a key") == (2, 3)


def test_another_element_is_refused_by_what_was_expected() -> None:
    with pytest.raises(UnreadableError, match=r"^expected a key$"):
        asn1.expect(A, 0, 3, asn1.INTEGER, "a key")


def test_elements_come_one_after_the_other() -> None:
    assert list(asn1.elements(A + B, 0, 5)) == [(4, 2, 3), (2, 5, 5)]


def test_nothing_holds_no_elements() -> None:
    assert list(asn1.elements(A, 3, 3)) == []


def test_peeking_tells_what_comes() -> None:
    assert asn1.peek(A + B, 3, 5) == asn1.INTEGER


def test_peeking_does_not_look_past_the_end() -> None:
    assert asn1.peek(A + B, 3, 3) is None


@pytest.mark.parametrize(("octets", "value"), [(b"\x00", False), (b"\xff", True)])
def test_a_boolean_is_read(octets: bytes, value: bool) -> None:  # noqa: FBT001 — the value read
    assert asn1.boolean(octets, 0, 1) is value


@pytest.mark.parametrize("octets", [b"", b"\x01", b"\xff\xff"])
def test_another_boolean_is_refused(octets: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"BOOLEAN"):
        asn1.boolean(octets, 0, len(octets))


@given(st.integers())
def test_every_integer_is_read(value: int) -> None:
    der = encoding.integer(value)
    _, content, stop = asn1.element(der, 0, len(der))
    assert asn1.integer(der, content, stop) == value


@pytest.mark.parametrize("octets", [b"", b"\x00\x00", b"\x00\x7f", b"\xff\x80", b"\xff\xff"])
def test_an_integer_that_is_not_the_shortest_is_refused(octets: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"shortest"):
        asn1.integer(octets, 0, len(octets))


@pytest.mark.parametrize("value", [2**63 - 1, -(2**63)])
def test_a_small_integer_has_64_bits(value: int) -> None:
    assert asn1.small_integer(value.to_bytes(8, signed=True), 0, 8) == value


def test_an_integer_of_more_bits_is_not_small() -> None:
    with pytest.raises(UnreadableError, match=r"64 bits"):
        asn1.small_integer((2**63).to_bytes(9), 0, 9)


@pytest.mark.parametrize(
    ("octets", "bits"),
    [
        pytest.param(b"\x00", (b"", 0), id="empty"),
        pytest.param(b"\x00\xff", (b"\xff", 0), id="all bits used"),
        pytest.param(b"\x05\xa0", (b"\xa0", 5), id="five bits unused"),
        pytest.param(b"\x07\x80", (b"\x80", 7), id="seven bits unused"),
    ],
)
def test_a_bit_string_is_read(octets: bytes, bits: tuple[bytes, int]) -> None:
    assert asn1.bit_string(octets, 0, len(octets)) == bits


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x01", id="unused bits of nothing"),
        pytest.param(b"\x08\x00", id="eight bits unused"),
        pytest.param(b"\x05\xb0", id="an unused bit is set"),
    ],
)
def test_another_bit_string_is_refused(octets: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"BIT STRING"):
        asn1.bit_string(octets, 0, len(octets))


@pytest.mark.parametrize(
    ("octets", "unused", "shifted"),
    [(b"\xab\xcd", 0, b"\xab\xcd"), (b"\xab\xc0", 4, b"\x0a\xbc"), (b"", 0, b"")],
)
def test_unused_bits_are_shifted_out(octets: bytes, unused: int, shifted: bytes) -> None:
    assert asn1.right_aligned(octets, unused) == shifted


@pytest.mark.parametrize(
    "dotted",
    [
        "0.0",
        "0.39",
        "1.3.6.1",
        "1.39",
        "2.0",
        "2.5.4.3",
        "2.47",
        "2.999.1",
        "1.2.840.113549.1.1.11",
        "1.2.2147483647",
        "2.2147483567",
    ],
)
def test_an_object_identifier_is_read(dotted: str) -> None:
    der = encoding.oid(dotted)
    assert asn1.object_identifier(der, 2, len(der)) == dotted


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x2a\x86", id="cut off"),
        pytest.param(b"\x2a\x80\x01", id="an arc with a leading zero"),
        pytest.param(b"\x80\x01", id="a first arc with a leading zero"),
        pytest.param(b"\x2a\x88\x80\x80\x80\x00", id="an arc of 32 bits"),
        pytest.param(b"\x2a\x81\x80\x80\x80\x80\x00", id="an arc of 36 bits"),
    ],
)
@pytest.mark.parametrize("read", [asn1.object_identifier, asn1.check_object_identifier])
def test_another_object_identifier_is_refused(
    read: Callable[[bytes, int, int], object], octets: bytes
) -> None:
    with pytest.raises(UnreadableError, match=r"OBJECT IDENTIFIER"):
        read(octets, 0, len(octets))


def utc(*parts: int) -> datetime:
    year, month, day, hour, minute, second = parts
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tag", "text", "instant"),
    [
        (asn1.UTC_TIME, "260301123456Z", utc(2026, 3, 1, 12, 34, 56)),
        pytest.param(asn1.UTC_TIME, "491231235959Z", utc(2049, 12, 31, 23, 59, 59), id="2049"),
        pytest.param(asn1.UTC_TIME, "500101000000Z", utc(1950, 1, 1, 0, 0, 0), id="1950"),
        pytest.param(asn1.UTC_TIME, "2603011234Z", utc(2026, 3, 1, 12, 34, 0), id="no seconds"),
        pytest.param(
            asn1.UTC_TIME, "260301123456+0130", utc(2026, 3, 1, 11, 4, 56), id="east of Greenwich"
        ),
        pytest.param(
            asn1.UTC_TIME, "2603012359-0001", utc(2026, 3, 2, 0, 0, 0), id="west, no seconds"
        ),
        pytest.param(
            asn1.UTC_TIME, "260301000000-2459", utc(2026, 3, 2, 0, 59, 0), id="more than a day west"
        ),
        (asn1.GENERALIZED_TIME, "20260301123456Z", utc(2026, 3, 1, 12, 34, 56)),
        (asn1.GENERALIZED_TIME, "99991231235959Z", utc(9999, 12, 31, 23, 59, 59)),
        (asn1.GENERALIZED_TIME, "00010101000000Z", utc(1, 1, 1, 0, 0, 0)),
        pytest.param(
            asn1.GENERALIZED_TIME, "00000229000000Z", utc(1, 1, 1, 0, 0, 0), id="the year 0"
        ),
        pytest.param(
            asn1.GENERALIZED_TIME, "00010101000000+0001", utc(1, 1, 1, 0, 0, 0), id="before year 1"
        ),
        pytest.param(
            asn1.GENERALIZED_TIME,
            "99991231235959-0001",
            datetime.max.replace(tzinfo=UTC),
            id="after the year 9999",
        ),
    ],
)
def test_a_time_is_read_in_utc(tag: int, text: str, instant: datetime) -> None:
    read = asn1.instant(text.encode(), tag, 0, len(text))
    assert read == instant
    assert read.tzinfo is UTC


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        pytest.param(asn1.UTC_TIME, "", id="nothing"),
        pytest.param(asn1.UTC_TIME, "260301123456", id="no zone"),
        pytest.param(asn1.UTC_TIME, "260230123456Z", id="30 February"),
        pytest.param(asn1.UTC_TIME, "260301240000Z", id="24 o'clock"),
        pytest.param(asn1.UTC_TIME, "260301236000Z", id="sixty minutes"),
        pytest.param(asn1.UTC_TIME, "260301235960Z", id="a leap second"),
        pytest.param(asn1.UTC_TIME, "260230123456+0130", id="30 February with an offset"),
        pytest.param(asn1.UTC_TIME, "260301123456+0000", id="an offset of zero"),
        pytest.param(asn1.UTC_TIME, "260301123456+0060", id="an offset of sixty minutes"),
        pytest.param(asn1.UTC_TIME, "260301123456+2500", id="an offset of 25 hours"),
        pytest.param(asn1.UTC_TIME, "260301123456.5Z", id="a fraction"),
        pytest.param(asn1.UTC_TIME, "26030112345\xb2Z", id="a digit that is not ASCII"),
        pytest.param(asn1.GENERALIZED_TIME, "202603011234Z", id="no seconds in a GeneralizedTime"),
        pytest.param(asn1.GENERALIZED_TIME, "00000230000000Z", id="30 February of the year 0"),
        pytest.param(asn1.OCTET_STRING, "20260301123456Z", id="no time"),
    ],
)
def test_another_time_is_refused(tag: int, text: str) -> None:
    octets = text.encode("latin-1")
    with pytest.raises(UnreadableError, match=r"expected a (UTCTime or Gen|time)"):
        asn1.instant(octets, tag, 0, len(octets))
