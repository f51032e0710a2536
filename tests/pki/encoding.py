"""DER written by hand, so that a test can get one thing wrong and the rest right."""

from __future__ import annotations

from typing import Final

BOOLEAN: Final = 0x01
INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
OBJECT_IDENTIFIER: Final = 0x06
UTF8_STRING: Final = 0x0C
PRINTABLE_STRING: Final = 0x13
SEQUENCE: Final = 0x30
SET: Final = 0x31

NULL: Final = b"\x05\x00"
TRUE: Final = b"\x01\x01\xff"


def tlv(tag: int, *content: bytes) -> bytes:
    """Write one element."""
    body = b"".join(content)
    if len(body) < 0x80:
        return bytes([tag, len(body)]) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(length)]) + length + body


def sequence(*content: bytes) -> bytes:
    return tlv(SEQUENCE, *content)


def integer(value: int) -> bytes:
    size = (value + (value < 0)).bit_length() // 8 + 1
    return tlv(INTEGER, value.to_bytes(size, signed=True))


def oid(dotted: str) -> bytes:
    first, second, *others = map(int, dotted.split("."))
    octets = b""
    for arc in (40 * first + second, *others):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | arc & 0x7F)
        octets += bytes(reversed(groups))
    return tlv(OBJECT_IDENTIFIER, octets)


def bit_string(octets: bytes, unused: int = 0) -> bytes:
    return tlv(BIT_STRING, bytes([unused]), octets)


def attribute(kind: str, value: bytes) -> bytes:
    return sequence(oid(kind), value)


def name(*attributes: bytes) -> bytes:
    """Write a name of one attribute each RDN."""
    return sequence(*(tlv(SET, each) for each in attributes))


def common_name(text: str) -> bytes:
    return name(attribute("2.5.4.3", tlv(UTF8_STRING, text.encode())))


def extension(kind: str, value: bytes, *, critical: bytes = b"") -> bytes:
    return sequence(oid(kind), critical, tlv(OCTET_STRING, value))


ED25519: Final = sequence(oid("1.3.101.112"))
ECDSA_SHA256: Final = sequence(oid("1.2.840.10045.4.3.2"))
ED25519_KEY: Final = sequence(ED25519, bit_string(bytes(range(32))))
VALIDITY: Final = sequence(tlv(0x17, b"260101000000Z"), tlv(0x17, b"260401000000Z"))
VERSION_3: Final = b"\xa0\x03\x02\x01\x02"


def certificate(  # noqa: PLR0913 — the members of a TBSCertificate, each to be replaced
    *extensions: bytes,
    version: bytes = VERSION_3,
    serial: bytes = b"\x02\x01\x01",
    algorithm: bytes = ED25519,
    outer_algorithm: bytes | None = None,
    issuer: bytes = name(),
    validity: bytes = VALIDITY,
    subject: bytes = name(),
    key: bytes = ED25519_KEY,
    after_key: bytes | None = None,
    signature: bytes = bit_string(bytes(64)),
    after_signature: bytes = b"",
) -> bytes:
    """Write a certificate that nobody signed."""
    if after_key is None:
        after_key = tlv(0xA3, sequence(*extensions)) if extensions else b""
    tbs = sequence(version, serial, algorithm, issuer, validity, subject, key, after_key)
    outer = algorithm if outer_algorithm is None else outer_algorithm
    return sequence(tbs, outer, signature, after_signature)


def extension_request(*extensions: bytes) -> bytes:
    return sequence(oid("1.2.840.113549.1.9.14"), tlv(SET, sequence(*extensions)))


def request(
    *attributes: bytes,
    version: bytes = b"\x02\x01\x00",
    subject: bytes = name(),
    key: bytes = ED25519_KEY,
    after_key: bytes | None = None,
    signature: bytes = bit_string(bytes(64)),
    after_signature: bytes = b"",
) -> bytes:
    """Write a certificate request that nobody signed."""
    if after_key is None:
        after_key = tlv(0xA0, *attributes)
    tbs = sequence(version, subject, key, after_key)
    return sequence(tbs, ED25519, signature, after_signature)
