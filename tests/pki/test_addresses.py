from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certlife.errors import InvalidValueError
from certlife.pki.addresses import format_ip, is_cidr, parse_ip

MAPPED = bytes(10) + b"\xff\xff"


@pytest.mark.parametrize(
    ("text", "packed"),
    [
        pytest.param("192.0.2.1", MAPPED + bytes([192, 0, 2, 1]), id="IPv4 stands in 16 bytes"),
        pytest.param(
            "::ffff:192.0.2.1", MAPPED + bytes([192, 0, 2, 1]), id="IPv4-mapped is the same address"
        ),
        pytest.param(
            "2001:DB8::1", bytes.fromhex(f"20010db8{1:024x}"), id="letter case is nothing"
        ),
        pytest.param("::", bytes(16), id="all zeros"),
        pytest.param(
            "1:2:3:4:5:6:7::",
            bytes.fromhex("00010002000300040005000600070000"),
            id="two colons may stand for one group",
        ),
    ],
)
def test_an_address_is_sixteen_bytes(text: str, packed: bytes) -> None:
    assert parse_ip(text) == packed


@pytest.mark.parametrize("place", range(4))
def test_each_number_of_ipv4_is_a_byte_without_leading_zeros(place: int) -> None:
    for number in range(1_000):
        numbers = [192, 0, 2, 1]
        numbers[place] = number
        packed = MAPPED + bytes(numbers) if number < 256 else None
        assert parse_ip(".".join(map(str, numbers))) == packed
        spelled = [*map(str, numbers)]
        spelled[place] = f"0{number}"
        assert parse_ip(".".join(spelled)) is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("192.0.2.1\n", id="a line end"),
        pytest.param("192.0.2.01", id="a leading zero"),
        pytest.param("192.0.2", id="three numbers"),
        pytest.param("192.0.2.256", id="a number above 255"),
        pytest.param("192.0.2.1/24", id="a range"),
        pytest.param(" 192.0.2.1", id="a space"),
        pytest.param("١٩٢.0.2.1", id="digits outside ASCII"),
        pytest.param("fe80::1%eth0", id="a zone"),
        pytest.param("1:2:3:4:5:6:7::8", id="two colons for no group"),
        pytest.param("::ffff:192.0.2.01", id="a leading zero at the end of IPv6"),
        pytest.param("2001:db8::12345", id="a group of five digits"),
        pytest.param("example.com", id="a name"),
    ],
)
def test_what_go_does_not_take_is_no_address(text: str) -> None:
    assert parse_ip(text) is None


@pytest.mark.parametrize(
    ("packed", "text"),
    [
        pytest.param(bytes([192, 0, 2, 1]), "192.0.2.1", id="4 bytes"),
        pytest.param(MAPPED + bytes([192, 0, 2, 1]), "192.0.2.1", id="IPv4-mapped prints as IPv4"),
        pytest.param(
            bytes(12) + bytes([192, 0, 2, 1]), "::c000:201", id="IPv4-compatible does not"
        ),
        pytest.param(
            bytes.fromhex("20010db8000000000001000000000001"),
            "2001:db8::1:0:0:1",
            id="the first of the longest runs of zeros is left out",
        ),
        pytest.param(
            bytes.fromhex("20010db8000000010001000100010001"),
            "2001:db8:0:1:1:1:1:1",
            id="a single zero group stays",
        ),
    ],
)
def test_an_address_prints_as_in_go(packed: bytes, text: str) -> None:
    assert format_ip(packed) == text


@pytest.mark.parametrize("packed", [b"", bytes(5), MAPPED, bytes(17)])
def test_only_4_or_16_bytes_are_printed(packed: bytes) -> None:
    with pytest.raises(InvalidValueError, match="expected an IP address of 4 or 16 bytes"):
        format_ip(packed)


@given(st.ip_addresses())
def test_what_is_printed_is_read_back(address: IPv4Address | IPv6Address) -> None:
    packed = parse_ip(str(address))
    assert packed is not None
    assert parse_ip(format_ip(packed)) == packed


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        pytest.param("192.0.2.0/24", True, id="an IPv4 range"),
        pytest.param("192.0.2.1/24", True, id="host bits may be set"),
        pytest.param("192.0.2.0/0024", True, id="leading zeros count for nothing"),
        pytest.param("192.0.2.0/0", True, id="no bits at all"),
        pytest.param("192.0.2.0/33", False, id="more bits than IPv4 has"),
        pytest.param("::ffff:192.0.2.0/128", True, id="an IPv4-mapped range counts as IPv6"),
        pytest.param("2001:db8::/129", False, id="more bits than IPv6 has"),
        pytest.param(f"192.0.2.0/{'9' * 5000}", False, id="an absurd number of bits"),
        pytest.param("192.0.2.0/255.255.255.0", False, id="a netmask"),
        pytest.param("192.0.2.0", False, id="no number"),
        pytest.param("192.0.2.0/", False, id="an empty number"),
        pytest.param("192.0.2.0/+24", False, id="a sign"),
        pytest.param("192.0.2.0/٢٤", False, id="digits outside ASCII"),
        pytest.param("fe80::%eth0/64", False, id="a zone"),
        pytest.param("example.com/24", False, id="a name"),
    ],
)
def test_a_range_is_what_go_parses(text: str, valid: bool) -> None:  # noqa: FBT001 — a table's column
    assert is_cidr(text) is valid
