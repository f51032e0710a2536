from __future__ import annotations

from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certlife.errors import UnreadableError
from certlife.pki import subject as module
from certlife.pki.subject import (
    CERTIFICATE_VALUES,
    REQUEST_VALUES,
    Subject,
    ValueReaders,
    read_attributes,
    subject_of,
)
from tests.pki.encoding import SET, attribute, name, oid, sequence, tlv

CN = "2.5.4.3"
BOTH = pytest.mark.parametrize(
    "readers",
    [
        pytest.param(CERTIFICATE_VALUES, id="in a certificate"),
        pytest.param(REQUEST_VALUES, id="in a request"),
    ],
)


def read(der: bytes, readers: ValueReaders = CERTIFICATE_VALUES) -> Subject:
    """Read the fields of a name in short lengths."""
    return subject_of(read_attributes(der, 2, len(der), readers))


def common_name_of(value: bytes, readers: ValueReaders = CERTIFICATE_VALUES) -> str:
    return read(name(attribute(CN, value)), readers).common_name


def utf8(text: str) -> bytes:
    return tlv(0x0C, text.encode())


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("2.5.4.3", Subject(common_name="x")),
        ("2.5.4.5", Subject(serial_number="x")),
        ("2.5.4.6", Subject(countries=("x",))),
        ("2.5.4.7", Subject(localities=("x",))),
        ("2.5.4.8", Subject(provinces=("x",))),
        ("2.5.4.9", Subject(street_addresses=("x",))),
        ("2.5.4.10", Subject(organizations=("x",))),
        ("2.5.4.11", Subject(organizational_units=("x",))),
        ("2.5.4.17", Subject(postal_codes=("x",))),
        pytest.param("2.5.4.12", Subject(), id="a title is no field"),
        pytest.param("2.5.4.3.1", Subject(), id="nor is an arc below the common name"),
        pytest.param("0.9.2342.19200300.100.1.25", Subject(), id="nor a domain component"),
    ],
)
def test_each_type_has_its_field(kind: str, subject: Subject) -> None:
    assert read(name(attribute(kind, utf8("x")))) == subject


def test_an_empty_name_has_no_fields() -> None:
    assert read(name()) == Subject()


def test_the_last_common_name_and_serial_number_count() -> None:
    attributes = [attribute(kind, utf8(text)) for kind in (CN, "2.5.4.5") for text in "ab"]
    assert read(name(*attributes)) == Subject(common_name="b", serial_number="b")


@given(st.lists(st.tuples(st.sampled_from([CN, "2.5.4.10"]), st.sampled_from("ab")), max_size=5))
def test_the_common_name_by_itself_is_that_of_the_subject(pairs: list[tuple[str, str]]) -> None:
    der = name(*(attribute(kind, utf8(text)) for kind, text in pairs))
    attributes = read_attributes(der, 2, len(der), CERTIFICATE_VALUES)
    assert module.common_name_of(attributes) == subject_of(attributes).common_name


def test_the_others_are_listed_in_their_order_across_and_within_rdns() -> None:
    first, second, third = (attribute("2.5.4.10", utf8(text)) for text in "bab")
    der = sequence(tlv(SET, first, second), tlv(SET), tlv(SET, third))
    assert read(der) == Subject(organizations=("b", "a", "b"))


@BOTH
@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(utf8("Zoë"), "Zoë", id="a UTF8String"),
        pytest.param(tlv(0x13, b"A z'()+,-./:=?*&9"), "A z'()+,-./:=?*&9", id="a PrintableString"),
        pytest.param(tlv(0x16, b"a@b\x00"), "a@b\x00", id="an IA5String"),
        pytest.param(tlv(0x12, b"12 3"), "12 3", id="a NumericString"),
        pytest.param(tlv(0x1E, b"\x00a\x20\xac"), "a€", id="a BMPString"),
        pytest.param(tlv(0x1E, b"\x00a\x00\x00"), "a", id="a BMPString with a terminator"),
        pytest.param(tlv(0x14, b"abc"), "abc", id="a T61String of ASCII"),
    ],
)
def test_strings_are_read(readers: ValueReaders, value: bytes, text: str) -> None:
    assert common_name_of(value, readers) == text


@BOTH
@pytest.mark.parametrize(
    "value",
    [
        pytest.param(tlv(0x1C, b"\0\0\0a"), id="a UniversalString"),
        pytest.param(tlv(0x1A, b"abc"), id="a VisibleString"),
        pytest.param(tlv(0x2C, utf8("a")), id="a UTF8String in parts"),
        pytest.param(tlv(0x04, b"abc"), id="an OCTET STRING"),
        pytest.param(tlv(0x02, b"\x05"), id="an INTEGER"),
        pytest.param(tlv(0x03, b"\x00a"), id="a BIT STRING"),
        pytest.param(tlv(0x01, b"\xff"), id="a BOOLEAN"),
        pytest.param(tlv(0x05, b"anything"), id="a NULL of any content"),
        pytest.param(tlv(0x17, b"2603011234Z"), id="a UTCTime"),
        pytest.param(tlv(0x18, b"20260301123456Z"), id="a GeneralizedTime"),
        pytest.param(oid("1.2.3"), id="an OBJECT IDENTIFIER"),
    ],
)
def test_what_is_no_string_is_no_common_name(readers: ValueReaders, value: bytes) -> None:
    der = name(attribute(CN, utf8("before")), attribute(CN, value))
    assert read(der, readers).common_name == "before"


@BOTH
@pytest.mark.parametrize(
    "value",
    [
        pytest.param(tlv(0x0C, b"\xff"), id="a UTF8String that is none"),
        pytest.param(tlv(0x0C, b"\xed\xa0\x80"), id="a UTF8String with a surrogate"),
        pytest.param(tlv(0x13, b"a@b"), id="a PrintableString with an at sign"),
        pytest.param(tlv(0x16, b"\x80"), id="an IA5String of eight bits"),
        pytest.param(tlv(0x12, b"1a"), id="a NumericString with a letter"),
        pytest.param(tlv(0x1E, b"\x00"), id="half a BMPString"),
        pytest.param(tlv(0x02, b"\x00\x01"), id="an INTEGER with a leading zero"),
        pytest.param(tlv(0x02, bytes([1, *bytes(8)])), id="an INTEGER of nine octets"),
        pytest.param(tlv(0x03, b""), id="a BIT STRING of nothing"),
        pytest.param(tlv(0x17, b"nonsense"), id="a UTCTime that is none"),
        pytest.param(tlv(0x06, b""), id="an empty OBJECT IDENTIFIER"),
        pytest.param(b"\x1f\x01\x00", id="a tag in several octets"),
        pytest.param(b"", id="no value"),
    ],
)
def test_a_malformed_value_spoils_the_name(readers: ValueReaders, value: bytes) -> None:
    with pytest.raises(UnreadableError):
        common_name_of(value, readers)


def test_a_certificate_takes_t61_strings_for_latin_1() -> None:
    assert common_name_of(tlv(0x14, b"Zo\xeb"), CERTIFICATE_VALUES) == "Zoë"


def test_a_request_takes_t61_strings_for_utf_8() -> None:
    assert common_name_of(tlv(0x14, b"Zo\xc3\xab\xff"), REQUEST_VALUES) == "Zoë\udcff"


@pytest.mark.parametrize("point", [0xD800, 0xDFFF, 0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF])
def test_a_certificate_refuses_bmp_strings_of_no_characters(point: int) -> None:
    with pytest.raises(UnreadableError, match=r"BMPString"):
        common_name_of(tlv(0x1E, point.to_bytes(2)), CERTIFICATE_VALUES)


def test_a_certificate_refuses_bmp_strings_of_utf_16() -> None:
    with pytest.raises(UnreadableError, match=r"BMPString"):
        common_name_of(tlv(0x1E, "😀".encode("utf-16-be")), CERTIFICATE_VALUES)


def test_a_request_takes_bmp_strings_for_utf_16() -> None:
    value = tlv(0x1E, "😀".encode("utf-16-be") + b"\xff\xfe\xd8\x00")
    assert common_name_of(value, REQUEST_VALUES) == "😀\ufffe\ufffd"


def test_a_certificate_refuses_a_boolean_of_another_value() -> None:
    with pytest.raises(UnreadableError, match=r"BOOLEAN"):
        common_name_of(tlv(0x01, b"\x01"), CERTIFICATE_VALUES)


def test_a_request_does_not_look_at_booleans() -> None:
    assert common_name_of(tlv(0x01, b"\x01"), REQUEST_VALUES) == ""


def test_what_follows_a_value_is_ignored() -> None:
    assert common_name_of(utf8("a") + b"junk") == "a"


@pytest.mark.parametrize(
    "der",
    [
        pytest.param(sequence(attribute(CN, utf8("a"))), id="an attribute without a SET"),
        pytest.param(sequence(tlv(SET, utf8("a"))), id="a value without an attribute"),
        pytest.param(sequence(tlv(SET, sequence(utf8("a")))), id="a value without a type"),
        pytest.param(
            sequence(tlv(SET, sequence(b"\x06\x03\x55\x04\x83", utf8("a")))), id="a type cut off"
        ),
        pytest.param(sequence(b"\x31\x05\x30\x03\x06\x03\x55"), id="everything cut off"),
        pytest.param(
            sequence(tlv(SET, b"\x30\x80" + oid(CN) + utf8("a" * 121)))[1:],
            id="an indefinite length",
        ),
        pytest.param(
            sequence(b"\x31\x80\x30\x7e" + oid(CN) + b"\x0c\x77" + b"a" * 119)[1:],
            id="an indefinite length of an RDN",
        ),
    ],
)
def test_what_is_no_name_is_refused(der: bytes) -> None:
    with pytest.raises(UnreadableError):
        read(der)


def test_a_long_value_is_read_too() -> None:
    value = utf8("a" * 300)
    der = name(attribute(CN, value))
    assert subject_of(read_attributes(der, 4, len(der), CERTIFICATE_VALUES)) == Subject("a" * 300)


def test_an_attribute_seen_at_a_glance_may_not_reach_out_of_its_rdn() -> None:
    der = sequence(tlv(SET, attribute(CN, utf8("ab"))[:-1]), tlv(SET))
    with pytest.raises(UnreadableError, match=r"cut off"):
        read(der)


def test_an_rdn_seen_at_a_glance_may_not_reach_out_of_its_name() -> None:
    der = name(attribute(CN, utf8("ab")))
    with pytest.raises(UnreadableError, match=r"cut off"):
        read_attributes(der, 2, len(der) - 1, CERTIFICATE_VALUES)


@given(
    st.integers(0, 20),
    st.sampled_from([0x00, 0x04, 0x06, 0x0C, 0x13, 0x1F, 0x30, 0x55, 0x80, 0x81]),
)
def test_an_attribute_seen_at_a_glance_is_the_one_that_is_read(at: int, octet: int) -> None:
    der = bytearray(name(attribute(CN, utf8("a")), attribute("2.5.4.10", tlv(0x13, b"b"))))
    der[2 + at] = octet
    outcomes: list[Subject | None] = []
    for glance in (module._X520_TYPE, None):  # noqa: SLF001 — with and without it
        with mock.patch.object(module, "_X520_TYPE", glance):
            try:
                outcomes.append(read(bytes(der)))
            except UnreadableError:
                outcomes.append(None)
    assert outcomes[0] == outcomes[1]
