"""One walk over a certificate request's DER (RFC 2986, section 4), step by step as Go goes.

Of a request Go needs subject, key and alternative names to be right; attributes that it cannot read
it ignores, and other extensions it leaves unread. What is found is for `certlife.pki.csr` to
present.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from certlife.errors import UnreadableError
from certlife.pki import asn1
from certlife.pki.alternative_names import AlternativeNames, read_alternative_names
from certlife.pki.extensions import ALTERNATIVE_NAMES, read_extension
from certlife.pki.publickey import PublicKey, read_public_key
from certlife.pki.signatures import read_algorithm
from certlife.pki.subject import REQUEST_VALUES, Attribute, read_attributes

_ATTRIBUTES: Final = asn1.CONTEXT | asn1.CONSTRUCTED
_EXTENSION_REQUEST: Final = bytes.fromhex("2a864886f70d01090e")  # RFC 2985, section 5.4.2


class RequestFields(NamedTuple):
    """What the walk finds; the extensions by the content of their OBJECT IDENTIFIERs."""

    subject_der: bytes
    subject: list[Attribute]
    public_key: PublicKey
    extensions: dict[bytes, tuple[bool, bytes]]
    alternative_names: AlternativeNames
    signed: bytes
    algorithm: tuple[bytes, bytes]
    signature: bytes


def read_request(der: bytes) -> RequestFields:
    """Read a CertificationRequest.

    Raises:
        UnreadableError: Go's x509.ParseCertificateRequest refuses it.
    """
    size = len(der)
    start, end = asn1.expect(der, 0, size, asn1.SEQUENCE, "a certificate request")
    if end != size:
        raise UnreadableError("expected nothing after the certificate request")
    at, tbs_end = asn1.expect(der, start, end, asn1.SEQUENCE, "a CertificationRequestInfo")
    version, at = asn1.expect(der, at, tbs_end, asn1.INTEGER, "a version")
    asn1.small_integer(der, version, at)  # any will do
    subject, subject_end = asn1.expect(der, at, tbs_end, asn1.SEQUENCE, "a subject")
    attributes = read_attributes(der, subject, subject_end, REQUEST_VALUES)
    public_key = read_public_key(der, subject_end, tbs_end)
    content, stop = asn1.expect(
        der, subject_end + len(public_key.spki), tbs_end, _ATTRIBUTES, "attributes"
    )
    extensions = _requested_extensions(der, content, stop)
    _, names = extensions.get(ALTERNATIVE_NAMES, (False, None))
    oid, parameters, after = read_algorithm(der, tbs_end, end)
    content, stop = asn1.expect(der, after, end, asn1.BIT_STRING, "a signature")
    # By position, which takes half the time that names take.
    return RequestFields(
        der[at:subject_end],
        attributes,
        public_key,
        extensions,
        AlternativeNames() if names is None else read_alternative_names(names),
        der[start:tbs_end],
        (oid, parameters),
        asn1.right_aligned(*asn1.bit_string(der, content, stop)),
    )


def _requested_extensions(der: bytes, start: int, end: int) -> dict[bytes, tuple[bool, bytes]]:
    found: dict[bytes, tuple[bool, bytes]] = {}
    for tag, content, stop in asn1.elements(der, start, end):
        value = _first_request(der, content, stop) if tag == asn1.SEQUENCE else None
        if value is None:
            continue
        value_tag, at, value_stop = value
        if value_tag != asn1.SEQUENCE:
            raise UnreadableError("expected a SEQUENCE of extensions")
        while at < value_stop:
            oid, critical, octets, at = read_extension(der, at, value_stop)
            if oid in found:
                raise UnreadableError("expected each extension once")
            found[oid] = critical, octets
    return found


def _first_request(der: bytes, start: int, end: int) -> tuple[int, int, int] | None:
    """Return the first value of an attribute that requests extensions, None if it is another one.

    Like an attribute of another type, a malformed one is ignored.
    """
    try:
        oid, oid_stop = asn1.expect(der, start, end, asn1.OBJECT_IDENTIFIER, "an attribute's type")
        if der[oid:oid_stop] != _EXTENSION_REQUEST:
            return None
        first, stop = asn1.expect(der, oid_stop, end, asn1.SET, "an attribute's values")
        return next(iter(list(asn1.elements(der, first, stop))), None)
    except UnreadableError:
        return None
