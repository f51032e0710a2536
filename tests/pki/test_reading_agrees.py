"""What `cryptography` and certlife both read, they read alike."""

from __future__ import annotations

import warnings
from ipaddress import ip_address

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import NameOID
from hypothesis import example, given
from hypothesis import strategies as st

from certlife.errors import UnreadableError
from certlife.pki.certificate import X509Certificate
from certlife.pki.csr import X509Request
from certlife.pki.extensions import BasicConstraints
from certlife.pki.subject import Subject
from certlife.pki.uri import normalise
from tests.pki.encoding import (
    TRUE,
    attribute,
    bit_string,
    extension,
    extension_request,
    integer,
    name,
    oid,
    request,
    sequence,
    tlv,
)
from tests.pki.signing import EC, ECDSA_SHA256, RSA, SHA256_RSA, issued, spki

SUBJECT = name(
    attribute("2.5.4.6", tlv(0x13, b"DE")),
    attribute("2.5.4.10", tlv(0x0C, "Köln AG".encode())),
    attribute("2.5.4.3", tlv(0x0C, b"a.example")),
)
EXTENSIONS = (
    extension(
        "2.5.29.17",
        sequence(
            tlv(0x82, b"a.example"),
            tlv(0x81, b"a@example.com"),
            tlv(0x87, b"\x0a\x00\x00\x01"),
            tlv(0x87, b"\xfe\x80" + bytes(14)),
            tlv(0x86, b"https://a.example/"),
        ),
    ),
    extension("2.5.29.19", sequence(TRUE, integer(1)), critical=TRUE),
    extension("2.5.29.15", bit_string(b"\xa6", 1), critical=TRUE),
    extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.1"))),
    extension("2.5.29.14", tlv(0x04, bytes(20))),
    extension("2.5.29.35", sequence(tlv(0x80, bytes(20)))),
)
CERTIFICATES = (
    issued(RSA, SHA256_RSA, *EXTENSIONS, subject=SUBJECT, issuer=SUBJECT, key=spki(EC)),
    issued(EC, ECDSA_SHA256, *EXTENSIONS[::-1], subject=SUBJECT, key=spki(RSA)),
)
REQUESTS = tuple(
    request(extension_request(*EXTENSIONS), subject=SUBJECT, key=spki(key)) for key in (EC, RSA)
)


REFUSALS = (
    ValueError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""What `cryptography` raises where it does not read something."""


@st.composite
def changed(draw: st.DrawFn, samples: tuple[bytes, ...]) -> bytes:
    """Draw a sample with an octet or two changed."""
    der = bytearray(draw(st.sampled_from(samples)))
    for _ in range(draw(st.integers(1, 2))):
        der[draw(st.integers(0, len(der) - 1))] = draw(st.integers(0, 255))
    return bytes(der)


@given(changed(CERTIFICATES))
@example(CERTIFICATES[0])
@example(CERTIFICATES[1])
def test_certificates_that_both_read_are_the_same(der: bytes) -> None:
    try:
        ours = X509Certificate.from_der(der)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            theirs = x509.load_der_x509_certificate(der)
            extensions = theirs.extensions
            subject = theirs.subject
            key = theirs.public_key()
    except (UnreadableError, *REFUSALS):
        return
    assert ours.version == theirs.version.value + 1
    assert ours.serial_number == theirs.serial_number
    assert ours.not_before == theirs.not_valid_before_utc
    assert ours.not_after == theirs.not_valid_after_utc
    if not has_t61_strings(subject):
        assert ours.subject == subject_of(subject)
    assert ours.fingerprint_sha256 == theirs.fingerprint(SHA256())
    assert ours.public_key.native is None or ours.public_key.native == key
    if ours.version == 3:
        agree_on_extensions(ours, extensions)
        assert [each.oid for each in ours.extensions] == [
            each.oid.dotted_string for each in extensions
        ]


@given(changed(REQUESTS))
@example(REQUESTS[0])
@example(REQUESTS[1])
def test_requests_that_both_read_are_the_same(der: bytes) -> None:
    try:
        ours = X509Request.from_der(der)
        theirs = x509.load_der_x509_csr(der)
        extensions = theirs.extensions
        subject = theirs.subject
        key = theirs.public_key()
    except (UnreadableError, *REFUSALS):
        return
    if not has_t61_strings(subject):
        assert ours.subject == subject_of(subject)
    assert ours.public_key.native is None or ours.public_key.native == key
    agree_on_extensions(ours, extensions)


def agree_on_extensions(ours: X509Certificate | X509Request, theirs: x509.Extensions) -> None:
    for each in theirs:
        value = each.value
        if isinstance(value, x509.SubjectAlternativeName):
            assert list(ours.dns_names) == value.get_values_for_type(x509.DNSName)
            assert list(ours.email_addresses) == value.get_values_for_type(x509.RFC822Name)
            assert list(ours.uris) == [
                normalise(uri) for uri in value.get_values_for_type(x509.UniformResourceIdentifier)
            ]
            assert list(ours.ip_addresses) == [
                sixteen_bytes(str(address)) for address in value.get_values_for_type(x509.IPAddress)
            ]
        elif isinstance(value, x509.BasicConstraints):
            assert ours.basic_constraints == BasicConstraints(value.ca, value.path_length)
        elif isinstance(value, x509.KeyUsage):
            assert ours.key_usages is not None
            assert ("cert sign" in ours.key_usages) == value.key_cert_sign
            assert ("digital signature" in ours.key_usages) == value.digital_signature
        elif isinstance(value, x509.ExtendedKeyUsage):
            assert ours.extended_key_usages == tuple(oid.dotted_string for oid in value)
        elif isinstance(ours, X509Certificate) and isinstance(value, x509.SubjectKeyIdentifier):
            assert ours.subject_key_id == value.digest
        elif isinstance(ours, X509Certificate) and isinstance(value, x509.AuthorityKeyIdentifier):
            assert ours.authority_key_id == value.key_identifier


def has_t61_strings(theirs: x509.Name) -> bool:
    """Tell whether there are strings that everybody reads in another way."""
    return any(each._type.name == "T61String" for each in theirs)  # noqa: SLF001 — not public


def subject_of(theirs: x509.Name) -> Subject:
    def texts(kind: x509.ObjectIdentifier) -> tuple[str, ...]:
        # Go takes neither for a string.
        return tuple(
            str(each.value)
            for each in theirs.get_attributes_for_oid(kind)
            if each._type.name not in {"UniversalString", "VisibleString"}  # noqa: SLF001 — the same
        )

    return Subject(
        common_name=(texts(NameOID.COMMON_NAME) or ("",))[-1],
        serial_number=(texts(NameOID.SERIAL_NUMBER) or ("",))[-1],
        countries=texts(NameOID.COUNTRY_NAME),
        organizations=texts(NameOID.ORGANIZATION_NAME),
        organizational_units=texts(NameOID.ORGANIZATIONAL_UNIT_NAME),
        localities=texts(NameOID.LOCALITY_NAME),
        provinces=texts(NameOID.STATE_OR_PROVINCE_NAME),
        street_addresses=texts(NameOID.STREET_ADDRESS),
        postal_codes=texts(NameOID.POSTAL_CODE),
    )


def sixteen_bytes(address: str) -> bytes:
    packed = ip_address(address).packed
    return packed if len(packed) == 16 else bytes(10) + b"\xff\xff" + packed
