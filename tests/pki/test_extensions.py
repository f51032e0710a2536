from __future__ import annotations

from typing import TYPE_CHECKING
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certlife.errors import UnreadableError
from certlife.pki import extensions as module
from certlife.pki.extensions import (
    BasicConstraints,
    Extension,
    KeyUsageBit,
    read_authority_key_id,
    read_basic_constraints,
    read_certificate_extension,
    read_certificate_extensions,
    read_extended_key_usages,
    read_extension,
    read_key_usages,
    read_subject_key_id,
)
from certlife.pki.known_extensions import KNOWN_EXTENSIONS
from tests.pki.encoding import (
    NULL,
    TRUE,
    bit_string,
    extension,
    integer,
    oid,
    sequence,
    tlv,
)

if TYPE_CHECKING:
    from collections.abc import Callable

KEY_ID = bytes(range(20))
SERVER_AUTH = oid("1.3.6.1.5.5.7.3.1")
URI = tlv(0x86, b"http://a/")
POINT = sequence(tlv(0xA0, tlv(0xA0, URI)))
NO_CHECK = "1.2.3"


def check(kind: str, value: bytes, *, critical: bytes = b"") -> None:
    der = extension(kind, value, critical=critical)
    read_certificate_extension(der, 0, len(der))


@pytest.mark.parametrize(
    "read",
    [
        pytest.param(read_extension, id="in a request"),
        pytest.param(read_certificate_extension, id="in a certificate"),
    ],
)
@pytest.mark.parametrize(
    ("kind", "octets"),
    [
        pytest.param("2.5.29.99", b"\x55\x1d\x63", id="of an id-ce type"),
        pytest.param("2.5.29.999", b"\x55\x1d\x87\x67", id="of an id-ce type of two octets"),
        pytest.param("1.2.3", b"\x2a\x03", id="of another type"),
    ],
)
@pytest.mark.parametrize(
    ("flag", "critical"),
    [
        pytest.param(TRUE, True, id="critical"),
        pytest.param(b"\x01\x01\x00", False, id="critical is false"),
        pytest.param(b"", False, id="critical is absent"),
    ],
)
@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b"", id="no value"),
        pytest.param(b"value", id="a short value"),
        pytest.param(bytes(200), id="a long value"),
    ],
)
def test_an_extension_is_read(
    read: Callable[[bytes, int, int], tuple[bytes, bool, bytes, int]],
    kind: str,
    octets: bytes,
    flag: bytes,
    critical: bool,  # noqa: FBT001 — what is read
    value: bytes,
) -> None:
    der = b"before" + extension(kind, value, critical=flag)
    assert read(der + b"after", 6, len(der)) == (octets, critical, value, len(der))


def test_what_follows_the_value_is_ignored() -> None:
    der = sequence(oid(NO_CHECK), tlv(0x04, b"value"), NULL)
    assert read_extension(der, 0, len(der)) == (b"\x2a\x03", False, b"value", len(der))


@pytest.mark.parametrize(
    "der",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(tlv(0x31, oid(NO_CHECK), tlv(0x04)), id="a SET"),
        pytest.param(sequence(tlv(0x04)), id="no type"),
        pytest.param(sequence(b"\x06\x01\x80", tlv(0x04)), id="a type cut off"),
        pytest.param(sequence(b"\x06\x03\x55\x1d\x80", tlv(0x04)), id="an id-ce type cut off"),
        pytest.param(sequence(oid(NO_CHECK)), id="no value"),
        pytest.param(sequence(oid("2.5.29.15")), id="no value of an id-ce type"),
        pytest.param(sequence(oid(NO_CHECK), TRUE), id="critical and no value"),
        pytest.param(sequence(oid(NO_CHECK), b"\x01\x01\x01", tlv(0x04)), id="critical is 1"),
        pytest.param(sequence(oid(NO_CHECK), tlv(0x24)), id="a value in parts"),
        pytest.param(extension("2.5.29.15", b"value")[:-1], id="a value cut off"),
        pytest.param(
            b"\x30\x80" + oid("2.5.29.15") + tlv(0x04, bytes(121)), id="an indefinite length"
        ),
    ],
)
def test_what_is_no_extension_is_refused(der: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_extension(der, 0, len(der))


def test_an_extension_may_not_reach_out_of_what_holds_it() -> None:
    der = extension("2.5.29.15", b"value")
    with pytest.raises(UnreadableError, match=r"cut off"):
        read_extension(der, 0, len(der) - 1)


def test_an_extension_does_not_show_its_value() -> None:
    assert repr(Extension("1.2.3", True, b"v")) == "Extension(oid='1.2.3', critical=True)"  # noqa: FBT003 — a field


PLAIN = [
    extension("2.5.29.14", tlv(0x04, KEY_ID)),
    extension("2.5.29.35", sequence(tlv(0x80, KEY_ID))),
    *(
        extension("2.5.29.15", bit_string(bytes([bits]), unused), critical=TRUE)
        for bits, unused in ((0xA0, 5), (0x80, 7), (0x06, 1), (0x86, 1))
    ),
    extension("2.5.29.19", sequence(), critical=TRUE),
    extension("2.5.29.19", sequence(TRUE), critical=TRUE),
    extension("2.5.29.19", sequence(TRUE, integer(0)), critical=TRUE),
    extension("2.5.29.37", sequence(SERVER_AUTH)),
    extension("2.5.29.37", sequence(SERVER_AUTH, oid("1.3.6.1.5.5.7.3.2"))),
]
Outcome = dict[bytes, tuple[bool, bytes]] | None


def outcome(der: bytes) -> Outcome:
    try:
        return read_certificate_extensions(der, 0, len(der))
    except UnreadableError:
        return None


def outcome_without_glances(der: bytes) -> Outcome:
    with (
        mock.patch.object(module, "KNOWN_EXTENSIONS", {}),
        mock.patch.object(module, "KNOWN_KEY_IDS", frozenset()),
        mock.patch.object(module, "_plain_extension", return_value=None),
    ):
        return outcome(der)


@pytest.mark.parametrize("der", PLAIN)
def test_a_plain_extension_is_seen_at_a_glance(der: bytes) -> None:
    with mock.patch.object(module, "read_certificate_extension", side_effect=AssertionError):
        found = outcome(der)
    assert found == outcome_without_glances(der) is not None
    assert module._plain_extension(der, 0, len(der))  # noqa: SLF001 — the other short cut


def test_all_that_is_known_to_be_right_is_right() -> None:
    for der in KNOWN_EXTENSIONS:
        assert outcome(der) == outcome_without_glances(der) is not None


@pytest.mark.parametrize("der", PLAIN)
def test_what_is_seen_at_a_glance_may_not_reach_out_of_what_holds_it(der: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"cut off"):
        read_certificate_extensions(der, 0, len(der) - 1)


def test_a_critical_extension_that_ends_before_its_value_is_refused() -> None:
    der = bytes.fromhex("30090603551d0f0101ff04")
    with pytest.raises(UnreadableError, match=r"cut off"):
        read_certificate_extensions(der, 0, len(der))


def test_an_octet_after_the_extensions_is_refused() -> None:
    with pytest.raises(UnreadableError, match=r"cut off"):
        read_certificate_extensions(PLAIN[0] + b"\x30", 0, len(PLAIN[0]) + 1)


def test_an_extension_comes_once() -> None:
    der = PLAIN[0] * 2
    with pytest.raises(UnreadableError, match=r"once"):
        read_certificate_extensions(der, 0, len(der))


@given(st.sampled_from(PLAIN), st.integers(0, 20), st.integers(0, 255))
def test_what_is_seen_at_a_glance_is_what_would_be_read(der: bytes, at: int, octet: int) -> None:
    at %= len(der)
    changed = der[:at] + bytes([octet]) + der[at + 1 :]
    assert outcome(changed) == outcome_without_glances(changed)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        pytest.param(NO_CHECK, b"anything", id="an unknown extension"),
        pytest.param("2.5.29.17", b"anything", id="alternative names, which others read"),
        pytest.param("2.5.29.14", tlv(0x04), id="an empty subject key id"),
        pytest.param("2.5.29.15", bit_string(b""), id="no key usage"),
        pytest.param("2.5.29.19", sequence(), id="basic constraints of nothing"),
        pytest.param("2.5.29.30", sequence(tlv(0xA0, sequence(tlv(0x82)))), id="a constraint"),
        pytest.param("2.5.29.31", sequence(), id="no distribution points"),
        pytest.param("2.5.29.31", sequence(POINT, sequence()), id="distribution points"),
        pytest.param("2.5.29.31", sequence(sequence(tlv(0x81))), id="one without a name"),
        pytest.param(
            "2.5.29.31", sequence(sequence(tlv(0xA0, tlv(0xA0, URI, tlv(0x82))))), id="no URI"
        ),
        pytest.param("2.5.29.32", sequence(), id="no policies"),
        pytest.param(
            "2.5.29.32", sequence(sequence(oid("1.2.3"), NULL), sequence(oid("1.2.4"))), id="two"
        ),
        pytest.param(
            "2.5.29.32", sequence(sequence(tlv(0x06, b"\x2a" + b"\xff" * 9 + b"\x01"))), id="long"
        ),
        pytest.param("2.5.29.33", sequence(sequence(tlv(0x06), tlv(0x06))), id="a mapping"),
        pytest.param("2.5.29.35", sequence(), id="no authority key id"),
        pytest.param("2.5.29.36", sequence(), id="no policy constraints"),
        pytest.param(
            "2.5.29.36", sequence(tlv(0x80, b"\0"), tlv(0x81, b"\x01")), id="policy constraints"
        ),
        pytest.param("2.5.29.36", sequence(tlv(0x81, b"\xff")), id="a negative one"),
        pytest.param("2.5.29.37", sequence(), id="no purpose"),
        pytest.param("2.5.29.54", integer(2**63 - 1), id="no anyPolicy"),
        pytest.param("1.3.6.1.5.5.7.1.1", sequence(), id="no information"),
        pytest.param(
            "1.3.6.1.5.5.7.1.1",
            sequence(sequence(oid("1.2.3"), URI), sequence(oid("1.2.3"), tlv(0xA4))),
            id="information",
        ),
    ],
)
def test_a_certificate_is_readable_with(kind: str, value: bytes) -> None:
    check(kind, value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        pytest.param("2.5.29.14", b"", id="a subject key id of nothing"),
        pytest.param("2.5.29.15", b"", id="key usages of nothing"),
        pytest.param("2.5.29.15", bit_string(b"\xff", 1), id="key usages with bad padding"),
        pytest.param("2.5.29.19", b"", id="no basic constraints"),
        pytest.param("2.5.29.19", sequence(b"\x01\x01\x01"), id="cA is 1"),
        pytest.param("2.5.29.19", sequence(TRUE, integer(-1)), id="a negative path length"),
        pytest.param("2.5.29.19", sequence(integer(2**63)), id="a path length of 64 bits"),
        pytest.param("2.5.29.30", sequence(), id="no name constraints"),
        pytest.param("2.5.29.31", b"", id="no distribution points"),
        pytest.param("2.5.29.31", sequence(NULL), id="a distribution point of nothing"),
        pytest.param("2.5.29.31", sequence(sequence(tlv(0xA0, tlv(0xA1)))), id="a relative name"),
        pytest.param("2.5.29.31", sequence(sequence(tlv(0xA0))), id="no name in its place"),
        pytest.param(
            "2.5.29.31", sequence(sequence(tlv(0xA0, tlv(0xA0, b"\x86\x09")))), id="a URI cut off"
        ),
        pytest.param("2.5.29.32", sequence(sequence(NULL)), id="a policy of nothing"),
        pytest.param("2.5.29.32", sequence(sequence(tlv(0x06))), id="an empty policy"),
        pytest.param("2.5.29.32", sequence(sequence(b"\x06\x01\x80")), id="a policy cut off"),
        pytest.param(
            "2.5.29.32", sequence(sequence(oid("1.2.3")), sequence(oid("1.2.3"))), id="one twice"
        ),
        pytest.param("2.5.29.33", sequence(sequence(oid("1.2.3"))), id="half a mapping"),
        pytest.param("2.5.29.33", sequence(sequence(NULL, oid("1.2.3"))), id="another half"),
        pytest.param("2.5.29.35", NULL, id="an authority key id of nothing"),
        pytest.param("2.5.29.35", sequence(b"\x80\x01"), id="an authority key id cut off"),
        pytest.param("2.5.29.36", b"", id="no policy constraints"),
        pytest.param("2.5.29.36", sequence(tlv(0x80)), id="an empty policy constraint"),
        pytest.param("2.5.29.36", sequence(tlv(0x81, b"\0\0")), id="one not in its shortest form"),
        pytest.param("2.5.29.37", b"", id="no purposes"),
        pytest.param("2.5.29.37", sequence(NULL), id="a purpose of nothing"),
        pytest.param("2.5.29.37", sequence(b"\x06\x01\x80"), id="a purpose cut off"),
        pytest.param("2.5.29.54", b"", id="no number"),
        pytest.param("2.5.29.54", integer(2**63), id="a number of 64 bits"),
        pytest.param("1.3.6.1.5.5.7.1.1", sequence(sequence()), id="no access method"),
        pytest.param(
            "1.3.6.1.5.5.7.1.1", sequence(sequence(b"\x06\x01\x80")), id="an access method cut off"
        ),
        pytest.param(
            "1.3.6.1.5.5.7.1.1", sequence(sequence(oid("1.2.3"), b"\x86\x09")), id="a URI cut off"
        ),
    ],
)
def test_a_certificate_is_not_readable_with(kind: str, value: bytes) -> None:
    with pytest.raises(UnreadableError):
        check(kind, value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        pytest.param("2.5.29.14", tlv(0x04, KEY_ID), id="a subject key id"),
        pytest.param("2.5.29.35", sequence(tlv(0x80, KEY_ID)), id="an authority key id"),
        pytest.param("1.3.6.1.5.5.7.1.1", sequence(), id="authority information"),
    ],
)
def test_must_not_be_critical(kind: str, value: bytes) -> None:
    check(kind, value)
    with pytest.raises(UnreadableError, match=r"not to be critical"):
        check(kind, value, critical=TRUE)


@pytest.mark.parametrize(
    ("value", "usages"),
    [
        pytest.param(bit_string(b""), [], id="none"),
        pytest.param(bit_string(b"\x00"), [], id="none, in an octet"),
        pytest.param(
            bit_string(b"\xa0", 5),
            [KeyUsageBit.DIGITAL_SIGNATURE, KeyUsageBit.KEY_ENCIPHERMENT],
            id="two",
        ),
        pytest.param(bit_string(b"\xff\x80", 7), list(KeyUsageBit), id="all nine"),
        pytest.param(bit_string(b"\x00\x00\xff"), [], id="bits without a meaning"),
    ],
)
def test_key_usages_are_read(value: bytes, usages: list[KeyUsageBit]) -> None:
    assert list(read_key_usages(value)) == usages


def test_key_usages_are_spelled_as_in_a_spec() -> None:
    assert [str(usage) for usage in read_key_usages(bit_string(b"\x06", 1))] == [
        "cert sign",
        "crl sign",
    ]


def test_purposes_are_read_in_their_order() -> None:
    value = sequence(oid("2.5.29.37.0"), SERVER_AUTH)
    assert read_extended_key_usages(value) == ("2.5.29.37.0", "1.3.6.1.5.5.7.3.1")


@pytest.mark.parametrize(
    ("value", "constraints"),
    [
        (sequence(), BasicConstraints(is_ca=False, max_path_len=None)),
        (sequence(TRUE), BasicConstraints(is_ca=True, max_path_len=None)),
        (sequence(TRUE, integer(0)), BasicConstraints(is_ca=True, max_path_len=0)),
        (sequence(integer(7)), BasicConstraints(is_ca=False, max_path_len=7)),
        (sequence(NULL, TRUE) + NULL, BasicConstraints(is_ca=False, max_path_len=None)),
    ],
)
def test_basic_constraints_are_read(value: bytes, constraints: BasicConstraints) -> None:
    assert read_basic_constraints(value) == constraints


def test_a_subject_key_id_is_read() -> None:
    assert read_subject_key_id(tlv(0x04, KEY_ID)) == KEY_ID


@pytest.mark.parametrize(
    ("value", "key_id"),
    [
        (sequence(tlv(0x80, KEY_ID)), KEY_ID),
        (sequence(tlv(0x80, KEY_ID), tlv(0xA1), tlv(0x82)), KEY_ID),
        (sequence(tlv(0xA1), tlv(0x82)), None),
        (sequence(), None),
    ],
)
def test_an_authority_key_id_is_read(value: bytes, key_id: bytes | None) -> None:
    assert read_authority_key_id(value) == key_id
