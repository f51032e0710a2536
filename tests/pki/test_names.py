import pickle
from collections.abc import Sequence

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from certlife.errors import CertlifeError, InvalidValueError, UnreadableError
from certlife.pki.names import (
    AttributeTypeAndValue,
    DistinguishedName,
    RelativeDistinguishedName,
)


def name(*rdns: Sequence[tuple[str, str | bytes]]) -> DistinguishedName:
    return DistinguishedName(
        tuple(
            RelativeDistinguishedName(tuple(AttributeTypeAndValue(*pair) for pair in pairs))
            for pairs in rdns
        )
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", name(), id="nothing"),
        pytest.param(
            "CN=a,O=b",
            name([("2.5.4.10", "b")], [("2.5.4.3", "a")]),
            id="the order of the encoding is the other way round",
        ),
        pytest.param(
            "CN=b+CN=a",
            name([("2.5.4.3", "b"), ("2.5.4.3", "a")]),
            id="attributes of one RDN stay as they are",
        ),
        pytest.param(
            "UID=a+DC=b",
            name([("0.9.2342.19200300.100.1.1", "a"), ("0.9.2342.19200300.100.1.25", "b")]),
            id="types of RFC 4519",
        ),
        pytest.param("cn=a", name([("", "a")]), id="types are case-sensitive"),
        pytest.param("emailAddress=a", name([("", "a")]), id="a type that is not known"),
        pytest.param("2.5.4.03=a", name([("2.5.4.3", "a")]), id="leading zeros"),
        pytest.param(r"2.\+5.4.-3=a", name([("2.5.4.-3", "a")]), id="signs"),
        pytest.param("OID.2.5.4.3=a", name([("", "a")]), id="a prefix"),
        pytest.param(
            "1.9223372036854775807=a",
            name([("1.9223372036854775807", "a")]),
            id="a number of 63 bits",
        ),
        pytest.param("1.9223372036854775808=a", name([("", "a")]), id="a number of 64 bits"),
        pytest.param("1.-9223372036854775809=a", name([("", "a")]), id="one too far below zero"),
        pytest.param(f"1.{'9' * 5000}=a", name([("", "a")]), id="an absurd number"),
        pytest.param("2.\u0665=a", name([("", "a")]), id="digits outside ASCII"),
    ],
)
def test_text_becomes_a_name(text: str, expected: DistinguishedName) -> None:
    assert DistinguishedName.from_rfc4514(text) == expected


@pytest.mark.parametrize(
    ("text", "der"),
    [
        pytest.param("", "3000", id="the empty name"),
        pytest.param("CN=", "300b3109300706035504031300", id="an empty value is printable"),
        pytest.param(
            "CN=a'()+,-./:=? Z9".replace("+,", r"\+\,"),
            "301a311830160603550403130f612728292b2c2d2e2f3a3d3f205a39",
            id="all that is printable",
        ),
        pytest.param("CN=*", "300c310a300806035504030c012a", id="an asterisk is not"),
        pytest.param("CN=&", "300c310a300806035504030c0126", id="nor is an ampersand"),
        pytest.param("CN=\u00e9", "300d310b300906035504030c02c3a9", id="nor what is not ASCII"),
        pytest.param(
            "CN=z+CN=a",
            "30163114300806035504031301613008060355040313017a",
            id="attributes are sorted by encoding",
        ),
        pytest.param(
            "1.2.840.113549.1.9.1=a",
            "30123110300e06092a864886f70d010901130161",
            id="large numbers in a type",
        ),
        pytest.param("2.999.0=a", "300c310a30080603883700130161", id="a large second number"),
        pytest.param(
            "2.5.4.-3=a", "300b3109300706025504130161", id="a number below zero is left out"
        ),
        pytest.param(
            f"CN={'a' * 200}", f"3081d63181d33081d006035504031381c8{'61' * 200}", id="long lengths"
        ),
    ],
)
def test_a_name_is_encoded_as_in_go(text: str, der: str) -> None:
    assert DistinguishedName.from_rfc4514(text).to_der().hex() == der


@pytest.mark.parametrize(
    ("subject", "rule"),
    [
        pytest.param(name([("", "a")]), "attribute types", id="an unknown type"),
        pytest.param(name([("1", "a")]), "attribute types", id="one number"),
        pytest.param(name([("3.1", "a")]), "attribute types", id="a first number above 2"),
        pytest.param(name([("1.40", "a")]), "attribute types", id="a second number above 39"),
        pytest.param(name([("abc", "a")]), "attribute types", id="no numbers"),
        pytest.param(name([("2.5.4.3", "\udcc3")]), "UTF-8", id="octets that are no UTF-8"),
    ],
)
def test_what_cannot_be_encoded_is_refused(subject: DistinguishedName, rule: str) -> None:
    with pytest.raises(InvalidValueError, match=rule):
        subject.to_der()


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        pytest.param(
            name([("2.5.4.10", "b")], [("2.5.4.3", "a,b"), ("2.5.4.6", "DE")]),
            r"CN=a\,b+C=DE,O=b",
            id="the leaf first, escaped",
        ),
        pytest.param(
            name([("2.5.4.17", "10117")]),
            "2.5.4.17=#13053130313137",
            id="a type without a name: its value in hexadecimal",
        ),
        pytest.param(
            name([("2.5.4.17", "\udcc3")]), r"2.5.4.17=\C3", id="unless it cannot be encoded"
        ),
        pytest.param(name([("", "a")]), "?=a", id="a type that was not known"),
        pytest.param(name([("2.5.4.3", b"\x02\x01\x05")]), "CN=#020105", id="no string"),
    ],
)
def test_a_name_becomes_text(subject: DistinguishedName, text: str) -> None:
    assert subject.to_rfc4514() == text


@pytest.mark.parametrize(
    ("der", "text"),
    [
        pytest.param("300c310a300806035504030c0161", "CN=a", id="UTF8String"),
        pytest.param("300c310a3008060355040313012a", "CN=*", id="PrintableString with more"),
        pytest.param("300c310a300806035504031401e9", "CN=\u00e9", id="T61String"),
        pytest.param("300d310b300906035504031e0220ac", "CN=\u20ac", id="BMPString"),
        pytest.param("300c310a300806035504030c01ff", "CN=#0c01ff", id="a malformed string"),
        pytest.param("300c310a30080603550403020105", "CN=#020105", id="a number"),
        pytest.param("30023100", "", id="an RDN without attributes"),
    ],
)
def test_an_encoded_name_is_shown(der: str, text: str) -> None:
    assert DistinguishedName.from_der(bytes.fromhex(der)).to_rfc4514() == text


@pytest.mark.parametrize(
    "der",
    [
        pytest.param("", id="nothing"),
        pytest.param("3100", id="a SET"),
        pytest.param("300000", id="a byte after it"),
        pytest.param("30023000", id="a SEQUENCE where a SET belongs"),
        pytest.param("300431023100", id="a SET where an attribute belongs"),
        pytest.param("3006310430020c00", id="a string where a type belongs"),
        pytest.param("3009310730050603550403", id="no value"),
        pytest.param("300b3109300706035504831300", id="a type that is cut off"),
    ],
)
def test_what_is_no_encoded_name_is_refused(der: str) -> None:
    with pytest.raises(UnreadableError):
        DistinguishedName.from_der(bytes.fromhex(der))


def test_the_first_common_name_counts_and_all_are_there() -> None:
    subject = DistinguishedName.from_rfc4514("CN=c,O=o,CN=b+CN=a")
    assert subject.common_names == ("b", "a", "c")
    assert subject.common_name == "b"
    assert name([("2.5.4.3", b"\x02\x01\x05")]).common_name == ""


def test_names_can_be_hashed_and_pickled() -> None:
    subject = DistinguishedName.from_rfc4514("CN=a,O=b")
    assert {subject, pickle.loads(pickle.dumps(subject))} == {subject}  # noqa: S301 — our own


OIDS = st.sampled_from(["2.5.4.3", "2.5.4.10", "0.9.2342.19200300.100.1.25", "1.2.3.4", "2.999.7"])
VALUES = st.text(st.characters(codec="utf-8"), max_size=6)
RDNS = st.lists(st.tuples(OIDS, VALUES), min_size=1, max_size=3)
NAMES = st.lists(RDNS, max_size=3).map(lambda rdns: name(*rdns))


@given(NAMES)
def test_the_text_of_a_name_is_read_back(subject: DistinguishedName) -> None:
    assert DistinguishedName.from_rfc4514(subject.to_rfc4514()) == subject


@given(NAMES)
def test_the_encoding_of_a_name_is_read_back(subject: DistinguishedName) -> None:
    der = subject.to_der()
    read = DistinguishedName.from_der(der)
    assert read.to_der() == der
    assert [sorted(rdn.attributes, key=str) for rdn in read.rdns] == [
        sorted(rdn.attributes, key=str) for rdn in subject.rdns
    ]


@given(st.text(st.characters(codec="ascii", exclude_characters='\0"<>;+,=\\#'), min_size=1))
def test_plain_names_are_read_as_cryptography_reads_them(value: str) -> None:
    text = f"CN={value.strip(' ') or 'a'},O=Example"
    ours = DistinguishedName.from_rfc4514(text)
    theirs = x509.Name.from_rfc4514_string(text)
    assert [(rdn.attributes[0].oid, rdn.attributes[0].value) for rdn in ours.rdns] == [
        (attribute.oid.dotted_string, attribute.value) for attribute in theirs
    ]


@given(st.binary(max_size=30))
def test_any_bytes_are_a_name_or_refused(der: bytes) -> None:
    for candidate in (der, bytes([0x30, len(der)]) + der):
        try:
            DistinguishedName.from_der(candidate).to_rfc4514()
        except CertlifeError as error:
            assert isinstance(error, UnreadableError)  # noqa: PT017 — whether it raises is not the point
