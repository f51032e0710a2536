"""What x509-limbo's and zlint's certificates taught: oddities that exist, in cases of our own.

`docs/explanation/assurance.md` has the figures.
"""

from __future__ import annotations

import pytest

from certlife.errors import UnreadableError
from certlife.pki.certificate import X509Certificate
from certlife.pki.publickey import PublicKeyAlgorithm
from tests.pki.encoding import (
    BOOLEAN,
    PRINTABLE_STRING,
    SET,
    TRUE,
    attribute,
    bit_string,
    certificate,
    extension,
    integer,
    name,
    oid,
    sequence,
    tlv,
)

AUTHORITY_KEY_ID = "2.5.29.35"
BASIC_CONSTRAINTS = "2.5.29.19"
EXTENDED_KEY_USAGE = "2.5.29.37"
NAME_CONSTRAINTS = "2.5.29.30"
POLICIES = "2.5.29.32"
FALSE = tlv(BOOLEAN, b"\x00")
COUNTRY = attribute("2.5.4.6", tlv(PRINTABLE_STRING, b"DE"))
PERMITTED_IP = 0x87


def ranges(*addresses: bytes) -> bytes:
    permitted = (sequence(tlv(PERMITTED_IP, address)) for address in addresses)
    return extension(NAME_CONSTRAINTS, sequence(tlv(0xA0, *permitted)))


@pytest.mark.parametrize(
    "der",
    [
        certificate(subject=sequence(tlv(SET))),
        certificate(subject=name(COUNTRY, COUNTRY)),
        certificate(subject=sequence(tlv(SET, COUNTRY, COUNTRY))),
        certificate(extension(BASIC_CONSTRAINTS, sequence(FALSE))),
        certificate(extension(BASIC_CONSTRAINTS, sequence(FALSE, integer(0)))),
        certificate(extension(EXTENDED_KEY_USAGE, sequence())),
        certificate(extension(AUTHORITY_KEY_ID, sequence(tlv(0x82, b"\x01")))),
        certificate(extension("2.5.29.17", sequence(tlv(0x82, b"a.example")), critical=FALSE)),
    ],
    ids=[
        "an RDN without attributes",
        "an attribute twice",
        "an attribute twice in one RDN",
        "a default that is written out",
        "a path length although it is no CA",
        "no purpose among the purposes",
        "the issuer's serial number without the issuer's name",
        "an extension that says that it is not critical",
    ],
)
def test_what_strict_readers_refuse_and_go_takes_is_read(der: bytes) -> None:
    assert X509Certificate.from_der(der).der == der


def test_a_key_of_an_algorithm_to_come_spoils_nothing_but_the_key() -> None:
    key = sequence(sequence(oid("2.16.840.1.101.3.4.4.1")), bit_string(bytes(800)))
    assert X509Certificate.from_der(certificate(key=key)).public_key.algorithm is (
        PublicKeyAlgorithm.UNKNOWN
    )


@pytest.mark.parametrize(
    "der",
    [
        certificate(version=b"\xa0\x03\x02\x01\x03"),
        certificate(serial=b"\x02\x01\xff"),
        certificate(ranges(bytes(4))),
        certificate(ranges(bytes([192, 0, 2, 0, 255, 0, 255, 0]))),
        certificate(extension(NAME_CONSTRAINTS, sequence())),
        certificate(extension(AUTHORITY_KEY_ID, sequence(), critical=TRUE)),
        certificate(
            extension(POLICIES, sequence(*(sequence(oid("2.5.29.32.0")) for _ in range(2))))
        ),
        certificate(extension(BASIC_CONSTRAINTS, sequence(TRUE, integer(-1)))),
        certificate(extension("1.2.3", b""), extension("1.2.3", b"")),
    ],
    ids=[
        "version 4",
        "a negative serial number",
        "an address range without a mask",
        "a mask with gaps",
        "name constraints that constrain nothing",
        "a critical key id",
        "a policy twice",
        "a negative path length",
        "an extension twice",
    ],
)
def test_what_go_refuses_is_refused(der: bytes) -> None:
    with pytest.raises(UnreadableError):
        X509Certificate.from_der(der)
