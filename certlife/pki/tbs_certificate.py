"""One walk over a certificate's DER (RFC 5280, section 4.1), step by step as Go's crypto/x509 goes.

Everything that Go looks at is looked at here, and nothing else: what follows a SEQUENCE's last
known member is ignored, an extension of a known type has to be right. What is found is for
`certlife.pki.certificate` to present.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from certlife.errors import UnreadableError
from certlife.pki import asn1
from certlife.pki.alternative_names import AlternativeNames, read_alternative_names
from certlife.pki.extensions import ALTERNATIVE_NAMES, read_certificate_extensions
from certlife.pki.publickey import PublicKey, read_public_key
from certlife.pki.signatures import read_algorithm
from certlife.pki.subject import CERTIFICATE_VALUES, Attribute, read_attributes

if TYPE_CHECKING:
    from datetime import datetime

_LATEST_VERSION: Final = 3
_PLAIN_VERSION_3: Final = b"\xa0\x03\x02\x01\x02"
_EXPLICIT_VERSION: Final = asn1.CONTEXT | asn1.CONSTRUCTED
_ISSUER_UNIQUE_ID: Final = asn1.CONTEXT | 1
_SUBJECT_UNIQUE_ID: Final = asn1.CONTEXT | 2
_EXPLICIT_EXTENSIONS: Final = asn1.CONTEXT | asn1.CONSTRUCTED | 3


class CertificateFields(NamedTuple):
    """What the walk finds; the extensions by the content of their OBJECT IDENTIFIERs."""

    version: int
    serial_number: int
    not_before: datetime
    not_after: datetime
    issuer_der: bytes
    issuer: list[Attribute]
    subject_der: bytes
    subject: list[Attribute]
    public_key: PublicKey
    extensions: dict[bytes, tuple[bool, bytes]]
    alternative_names: AlternativeNames
    signed: bytes
    algorithm: tuple[bytes, bytes]
    signature: bytes


def read_certificate(der: bytes) -> CertificateFields:
    """Read a Certificate.

    Raises:
        UnreadableError: Go's x509.ParseCertificate refuses it.
    """
    size = len(der)
    start, end = asn1.expect(der, 0, size, asn1.SEQUENCE, "a certificate")
    if end != size:
        raise UnreadableError("expected nothing after the certificate")
    at, tbs_end = asn1.expect(der, start, end, asn1.SEQUENCE, "a TBSCertificate")
    signed = der[start:tbs_end]
    version, at = _version(der, at, tbs_end)
    content, at = asn1.expect(der, at, tbs_end, asn1.INTEGER, "a serial number")
    serial_number = asn1.integer(der, content, at)
    if serial_number < 0:
        raise UnreadableError("expected a serial number that is not negative")
    oid, parameters, after = read_algorithm(der, at, tbs_end)
    algorithm_end = tbs_end + after - at
    # Section 4.1.1.2: the algorithm is there twice and has to be the same.
    if der[at:after] != der[tbs_end:algorithm_end]:
        raise UnreadableError("expected the same signature algorithm twice")
    issuer, issuer_end = asn1.expect(der, after, tbs_end, asn1.SEQUENCE, "an issuer")
    issuer_attributes = read_attributes(der, issuer, issuer_end, CERTIFICATE_VALUES)
    at, validity_end = asn1.expect(der, issuer_end, tbs_end, asn1.SEQUENCE, "a validity period")
    tag, content, at = asn1.element(der, at, validity_end)
    not_before = asn1.instant(der, tag, content, at)
    tag, content, at = asn1.element(der, at, validity_end)
    not_after = asn1.instant(der, tag, content, at)
    subject, subject_end = asn1.expect(der, validity_end, tbs_end, asn1.SEQUENCE, "a subject")
    subject_attributes = read_attributes(der, subject, subject_end, CERTIFICATE_VALUES)
    public_key = read_public_key(der, subject_end, tbs_end)
    at = subject_end + len(public_key.spki)
    extensions = _extensions(der, at, tbs_end) if version == _LATEST_VERSION else {}
    _, names = extensions.get(ALTERNATIVE_NAMES, (False, None))
    content, stop = asn1.expect(der, algorithm_end, end, asn1.BIT_STRING, "a signature")
    # By position, which takes half the time that names take.
    return CertificateFields(
        version,
        serial_number,
        not_before,
        not_after,
        der[after:issuer_end],
        issuer_attributes,
        der[validity_end:subject_end],
        subject_attributes,
        public_key,
        extensions,
        AlternativeNames() if names is None else read_alternative_names(names),
        signed,
        (oid, parameters),
        asn1.right_aligned(*asn1.bit_string(der, content, stop)),
    )


def _version(der: bytes, start: int, end: int) -> tuple[int, int]:
    if der.startswith(_PLAIN_VERSION_3, start):
        return _LATEST_VERSION, start + len(_PLAIN_VERSION_3)
    if asn1.peek(der, start, end) != _EXPLICIT_VERSION:
        return 1, start
    _, content, after = asn1.element(der, start, end)
    content, stop = asn1.expect(der, content, after, asn1.INTEGER, "a version")
    version = asn1.small_integer(der, content, stop) + 1
    if stop != after or not 1 <= version <= _LATEST_VERSION:
        raise UnreadableError("expected version 1, 2 or 3")
    return version, after


def _extensions(der: bytes, start: int, end: int) -> dict[bytes, tuple[bool, bytes]]:
    for optional in (_ISSUER_UNIQUE_ID, _SUBJECT_UNIQUE_ID):
        if asn1.peek(der, start, end) == optional:
            _, _, start = asn1.element(der, start, end)
    if asn1.peek(der, start, end) != _EXPLICIT_EXTENSIONS:
        return {}
    _, start, end = asn1.element(der, start, end)
    start, end = asn1.expect(der, start, end, asn1.SEQUENCE, "a SEQUENCE of extensions")
    return read_certificate_extensions(der, start, end)
