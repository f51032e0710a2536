"""What is written is what the strict reader reads back, and DER has one way to write it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certlife.errors import InvalidValueError
from certlife.pki import asn1
from certlife.signing import der


@given(st.binary(max_size=300) | st.just(bytes(70_000)))
def test_an_element_is_read_back_whatever_its_length(content: bytes) -> None:
    written = der.element(asn1.OCTET_STRING, content)
    tag, start, stop = asn1.element(written, 0, len(written))
    assert (tag, written[start:stop], stop) == (asn1.OCTET_STRING, content, len(written))


def test_what_an_element_holds_is_written_one_after_the_other() -> None:
    assert der.sequence(der.integer(1), der.integer(2)).hex() == "3006020101020102"


@given(st.integers(0, 2**160))
def test_an_integer_is_read_back(value: int) -> None:
    written = der.integer(value)
    assert asn1.integer(written, 2, len(written)) == value


@pytest.mark.parametrize(
    ("value", "written"),
    [
        pytest.param(0, "020100", id="zero takes an octet"),
        pytest.param(127, "02017f", id="seven bits take one"),
        pytest.param(128, "02020080", id="the eighth bit is the sign"),
    ],
)
def test_an_integer_is_written_in_its_shortest_form(value: int, written: str) -> None:
    assert der.integer(value).hex() == written


@given(st.integers(0, 2), st.lists(st.integers(0, 2**31 - 1), max_size=5), st.integers(0, 39))
def test_an_object_identifier_is_read_back(root: int, arcs: list[int], second: int) -> None:
    dotted = ".".join(map(str, (root, second, *arcs)))
    written = der.object_identifier(dotted)
    assert asn1.object_identifier(written, 2, len(written)) == dotted


@pytest.mark.parametrize("dotted", ["+1.02.3", "01.2.+03", "1.2." + "0" * 5000 + "3"])
def test_zeros_and_plus_signs_in_front_do_not_count(dotted: str) -> None:
    assert der.object_identifier(dotted) == der.object_identifier("1.2.3")


@pytest.mark.parametrize(
    "dotted",
    [
        pytest.param("", id="nothing"),
        pytest.param("1", id="one arc"),
        pytest.param("1.2.x", id="a letter"),
        pytest.param("1.2.", id="a dot at the end"),
        pytest.param("1.2.-3", id="a negative arc"),
        pytest.param("3.1.1", id="a root that there is not"),
        pytest.param("1.40.1", id="too much below the second root"),
        pytest.param("1.2.2147483648", id="an arc of 32 bits"),
        pytest.param("2.2147483600", id="a second arc that takes 32 bits with the first"),
        pytest.param("1.2." + "9" * 5000, id="5,000 digits"),
        pytest.param("1.2.\u0663", id="a digit that is not ASCII"),
        pytest.param("1.2.3\n", id="a line end"),
    ],
)
def test_what_is_no_object_identifier_is_refused(dotted: str) -> None:
    with pytest.raises(InvalidValueError, match=r"expected an OID such as 1\.3\.6"):
        der.object_identifier(dotted)


@given(st.integers(0, 2**9 - 1))
def test_named_bits_are_read_back(bits: int) -> None:
    written = der.named_bits(bits, 9)
    octets, unused = asn1.bit_string(written, 2, len(written))
    assert int.from_bytes(octets.ljust(2, b"\0")) >> 7 == bits
    assert not octets or octets[-1] >> unused & 1  # no zero at the end


@pytest.mark.parametrize(
    ("bits", "written"),
    [
        pytest.param(0b000000000, "030100", id="none"),
        pytest.param(0b101000000, "030205a0", id="the first and the third"),
        pytest.param(0b000000001, "0303070080", id="the ninth only", marks=()),
    ],
)
def test_named_bits_end_with_the_last_one_that_is_set(bits: int, written: str) -> None:
    assert der.named_bits(bits, 9).hex() == written


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_is_read_back_to_the_second(at: datetime) -> None:
    written = der.instant(at)
    assert asn1.instant(written, written[0], 2, len(written)) == at.replace(microsecond=0)


@pytest.mark.parametrize(
    ("year", "tag"),
    [
        (1, asn1.GENERALIZED_TIME),
        (1949, asn1.GENERALIZED_TIME),
        (1950, asn1.UTC_TIME),
        (2049, asn1.UTC_TIME),
        (2050, asn1.GENERALIZED_TIME),
        (9999, asn1.GENERALIZED_TIME),
    ],
)
def test_two_digits_of_a_year_serve_from_1950_to_2049(year: int, tag: int) -> None:
    assert der.instant(datetime(year, 1, 1, tzinfo=UTC))[0] == tag


def test_tags_are_explicit_or_implicit() -> None:
    assert der.explicit(3, der.NULL).hex() == "a3020500"
    assert der.implicit(2, b"a").hex() == "820161"
    assert der.bit_string(b"a").hex() == "03020061"
    assert der.octet_string(b"a").hex() == "040161"
    assert der.TRUE.hex() == "0101ff"
