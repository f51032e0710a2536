"""The faults of names."""

from __future__ import annotations

import pytest

from certlife.model.spec import NameConstraintItem, NameConstraints, OtherName, Subject
from tests.model.validation.good_spec import found, with_fields


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({}, False),
        ({"common_name": ""}, False),
        ({"dns_names": []}, False),
        ({"subject": Subject(organizations=["o"])}, False),
        ({"literal_subject": "O=o"}, False),
        ({"literal_subject": "CN="}, False),
        ({"common_name": "cn"}, True),
        ({"literal_subject": "CN=cn"}, True),
        ({"dns_names": [""]}, True),
        ({"ip_addresses": ["192.0.2.1"]}, True),
        ({"uris": ["spiffe://a/b"]}, True),
        ({"email_addresses": ["a@b"]}, True),
        ({"other_names": [OtherName("1.2.3", "x")]}, True),
    ],
    ids=str,
)
def test_a_certificate_needs_a_name(said: dict[str, object], *, named: bool) -> None:
    assert found(with_fields(**{"dns_names": None, **said})) == ["INVALID "] * (not named)


@pytest.mark.parametrize(
    ("said", "faulty"),
    [
        ({"common_name": "x" * 64}, False),
        ({"common_name": "x" * 65}, True),
        ({"common_name": "ü" * 32}, False),
        ({"common_name": "ü" * 33}, True),
        ({"literal_subject": f"CN={'x' * 65}"}, True),
        ({"literal_subject": f"CN={'x' * 65},O=o,CN=short"}, True),
        ({"literal_subject": f"CN=short,CN={'x' * 65}"}, False),
        ({"literal_subject": f"CN=short+CN={'x' * 65}"}, True),
        ({"literal_subject": r"CN=" + r"\C3" * 64}, False),
        ({"literal_subject": r"CN=" + r"\C3" * 65}, True),
        ({"common_name": "\ud800" * 21}, False),
        ({"common_name": "\ud800" * 22}, True),
    ],
    ids=[
        "64 letters fit",
        "65 do not",
        "64 bytes of two-byte letters fit",
        "66 do not",
        "a literal subject's counts too",
        "of two in it the one written first counts",
        "whatever the other is",
        "of two in one step the one written last counts",
        "64 octets that are no UTF-8 fit",
        "65 do not",
        "a lone surrogate counts as three bytes",
        "each of them",
    ],
)
def test_the_common_name_has_at_most_64_bytes(said: dict[str, object], *, faulty: bool) -> None:
    assert found(with_fields(**said)) == ["TOO_LONG commonName"] * faulty


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ({"literal_subject": ""}, []),
        ({"literal_subject": "CN=x", "subject": Subject()}, []),
        ({"literal_subject": "CN=x", "subject": Subject(countries=[])}, []),
        ({"literal_subject": "CN=x", "subject": Subject(serial_number="1")}, ["INVALID subject"]),
        ({"literal_subject": "CN=x", "subject": Subject(postal_codes=["1"])}, ["INVALID subject"]),
        ({"literal_subject": "CN=x", "common_name": "x"}, ["INVALID commonName"]),
        ({"literal_subject": "CN"}, ["INVALID literalSubject"]),
        ({"literal_subject": "CN", "dns_names": None}, ["INVALID literalSubject", "INVALID "]),
        ({"literal_subject": "FOO=x,cn=y"}, ["INVALID literalSubject"] * 2),
        ({"literal_subject": "1.2.3=x"}, []),
        (
            {"literal_subject": "CN", "common_name": "x" * 65},
            ["INVALID commonName", "INVALID literalSubject", "TOO_LONG commonName"],
        ),
    ],
    ids=[
        "an empty one is none",
        "an empty subject may stand beside it",
        "so may one of empty lists",
        "a subject's serial number may not",
        "nor a postal code",
        "nor may a common name",
        "it must be readable",
        "an unreadable one names nothing",
        "each type that is not known is a fault",
        "a type may be an OID",
        "an unreadable one leaves the common name to be judged",
    ],
)
def test_a_literal_subject_stands_alone_and_is_readable(
    said: dict[str, object], faults: list[str]
) -> None:
    assert found(with_fields(**said)) == faults


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("192.0.2.1", True),
        ("2001:db8::1", True),
        ("::ffff:192.0.2.1", True),
        ("", False),
        ("192.0.2", False),
        ("192.0.2.01", False),
        ("192.0.2.1/32", False),
        ("fe80::1%eth0", False),
        (" 192.0.2.1", False),
    ],
)
def test_an_ip_address_is_one(address: str, *, good: bool) -> None:
    spec = with_fields(ip_addresses=["192.0.2.7", address])
    assert found(spec) == ["INVALID ipAddresses[1]"] * (not good)


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("alice@example.com", True),
        ("a@b", True),
        ("!#$%&'*+-/=?^_`{|}~@example", True),
        ("a.b.c@d.e", True),
        ("ü@exämple", True),
        ("\N{NO-BREAK SPACE}@b", True),
        ("a@[192.0.2.1]", True),
        ("a@[::ffff:192.0.2.1]", True),
        ("a@[IPv6:2001:db8::1]", True),
        ("a@[IPv6:192.0.2.1]", True),
        ("", False),
        ("@", False),
        ("a@", False),
        ("@b", False),
        ("a", False),
        ("a@b@c", False),
        (".a@b", False),
        ("a.@b", False),
        ("a..b@c", False),
        ("a@b.", False),
        ("a@.b", False),
        (" a@b", False),
        ("a@b ", False),
        ("a@ b", False),
        ("a@b\n", False),
        ("a\x7f@b", False),
        ('"a b"@c', False),
        ('"a"@c', False),
        ("<a@b>", False),
        ("Alice <a@b>", False),
        ("a@b (Alice)", False),
        ("mailto:a@b", False),
        ("friends:a@b;", False),
        ("a@b,c@d", False),
        ("a@[2001:db8::1]", False),
        ("a@[IPv6:]", False),
        ("a@[192.0.2]", False),
        ("a@[192.0.2.1", False),
        ("a@[fe80::1%eth0]", False),
        ("a\ud800@b", False),
    ],
    ids=ascii,
)
def test_an_email_address_is_what_go_reads_back_unchanged(address: str, *, good: bool) -> None:
    spec = with_fields(email_addresses=["ok@example", address])
    assert found(spec) == ["INVALID emailAddresses[1]"] * (not good)


@pytest.mark.parametrize(
    ("oid", "good"),
    [
        ("1.2.3", True),
        ("1", True),
        ("-1.+2", True),
        ("0.00", True),
        ("9223372036854775807", True),
        ("-9223372036854775808", True),
        ("0" * 5000 + "1", True),
        ("9223372036854775808", False),
        ("-9223372036854775809", False),
        ("9" * 5000, False),
        ("1.", False),
        (".1", False),
        ("1..2", False),
        ("a.b", False),
        ("1_0", False),
        (" 1", False),
        ("\N{ARABIC-INDIC DIGIT ONE}", False),
        ("+", False),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_an_oid_is_integers_between_dots(oid: str, *, good: bool) -> None:
    spec = with_fields(other_names=[OtherName("1.2.3", "x"), OtherName(oid, "x")])
    assert found(spec) == ["INVALID otherNames[1].oid"] * (not good)


@pytest.mark.parametrize(
    ("name", "faults"),
    [
        (OtherName("1.2.3", "ü"), []),
        (OtherName("1.2.3", ""), ["REQUIRED otherNames[0].utf8Value"]),
        (OtherName("1.2.3"), ["REQUIRED otherNames[0].utf8Value"]),
        (OtherName("1.2.3", "\ud800"), ["REQUIRED otherNames[0].utf8Value"]),
        (OtherName(None, "x"), ["REQUIRED otherNames[0].oid", "INVALID otherNames[0].oid"]),
        (OtherName("", "x"), ["REQUIRED otherNames[0].oid", "INVALID otherNames[0].oid"]),
    ],
    ids=[
        "both are there",
        "an empty value",
        "no value",
        "a value that is no Unicode",
        "no OID is not one either",
        "nor is an empty one",
    ],
)
def test_another_name_has_an_oid_and_text(name: OtherName, faults: list[str]) -> None:
    assert found(with_fields(other_names=[name])) == faults


RANGES = NameConstraintItem(ip_ranges=["10.0.0.0/8", "2001:db8::/32", "10.1.2.3/08"])
BAD_RANGES = NameConstraintItem(ip_ranges=["10.0.0.0/8", "10.0.0.0", "10.0.0.0/33", ""])


@pytest.mark.parametrize(
    ("is_ca", "constraints", "faults"),
    [
        (True, NameConstraints(permitted=RANGES), []),
        (True, NameConstraints(excluded=NameConstraintItem()), []),
        (True, NameConstraints(permitted=NameConstraintItem(dns_domains=["not a domain"])), []),
        (True, NameConstraints(critical=True), ["nameConstraints"]),
        (False, NameConstraints(permitted=RANGES), ["nameConstraints"]),
        (None, NameConstraints(), ["nameConstraints"] * 2),
        (
            True,
            NameConstraints(permitted=BAD_RANGES, excluded=BAD_RANGES),
            [
                f"nameConstraints.{side}.ipRanges[{index}]"
                for side in ("permitted", "excluded")
                for index in (1, 2, 3)
            ],
        ),
    ],
    ids=[
        "of a CA they may hold ranges",
        "or nothing at all",
        "or domains that are none",
        "one side must be there",
        "what is no CA has none",
        "nor may it have none of both",
        "a range is one",
    ],
)
def test_name_constraints_are_those_of_a_ca(
    constraints: NameConstraints, faults: list[str], *, is_ca: bool | None
) -> None:
    spec = with_fields(is_ca=is_ca, name_constraints=constraints)
    assert found(spec) == [f"INVALID {path}" for path in faults]
