"""Distinguished names (RFC 5280, section 4.1.2.4): their parts, their text and their DER.

cert-manager compares the DER that it would write for a literalSubject with the subject of the
request, byte for byte, so what parses and how it is encoded both matter; `cryptography`'s own names
pick other string types than Go. This module knows names as such: the fields of a certificate's
subject are the business of `certlife.pki.subject`, the rules of the text those of `rfc4514`.
"""

from __future__ import annotations

import re
from typing import Final

from attrs import frozen

from certlife.errors import InvalidValueError, UnreadableError, WrongTypeError, shown
from certlife.pki import asn1
from certlife.pki.arcs import parse_arcs
from certlife.pki.rfc4514 import escape_value, split_name


@frozen
class AttributeTypeAndValue:
    r"""One attribute of a name (RFC 5280, section 4.1.2.4).

    Attributes:
        oid: The type as dotted numbers; "" for one that cert-manager does not know by name. Such a
            name can be read and not encoded.
        value: The text; octets that are not UTF-8, which `\C3` and the like can write, stand in it
            as lone surrogates (PEP 383). The DER of the value where it is no string.
    """

    oid: str
    value: str | bytes


@frozen
class RelativeDistinguishedName:
    """One step of a name: usually one attribute, several in any order where they are joined by +.

    Attributes:
        attributes: As they were written; the encoding sorts them.
    """

    attributes: tuple[AttributeTypeAndValue, ...]


@frozen
class DistinguishedName:
    """A name, in the order of its encoding: the country first, as a rule, the common name last.

    RFC 4514 text has it the other way round.

    Attributes:
        rdns: The steps from the root to the leaf.
    """

    rdns: tuple[RelativeDistinguishedName, ...]

    @classmethod
    def from_rfc4514(cls, text: str) -> DistinguishedName:
        """Read a name from text, as cert-manager reads `spec.literalSubject`.

        Types are case-sensitive, and one that is not known is no error here.

        Args:
            text: "CN=example.com,O=Example"; blank text is the empty name.

        Raises:
            UnreadableError: A part lacks its type or its equals sign, has a character that has to
                be escaped, a bad escape, or a `#` without BER. `value` is that part.
            WrongTypeError: `text` is no text.
        """
        if not isinstance(text, str):
            raise WrongTypeError("expected a name as text", value=shown(text))
        rdns = [
            RelativeDistinguishedName(
                tuple(AttributeTypeAndValue(_oid(kind), value) for kind, value in pairs)
            )
            for pairs in reversed(split_name(text))
        ]
        return cls(tuple(rdns))

    @classmethod
    def from_der(cls, der: bytes) -> DistinguishedName:
        """Read a name from its encoding, to show it: strings of the types that Go knows are text.

        Args:
            der: An RDNSequence and nothing else: the `subject_der` of a certificate or request.

        Raises:
            UnreadableError: It is no RDNSequence.
            WrongTypeError: `der` is not bytes.
        """
        if not isinstance(der, bytes):
            raise WrongTypeError("expected a name's DER as bytes", value=shown(type(der)))
        start, end = asn1.expect(der, 0, len(der), asn1.SEQUENCE, "a name")
        if end != len(der):
            raise UnreadableError("expected nothing after the name")
        rdns = []
        for tag, pair, stop in asn1.elements(der, start, end):
            if tag != asn1.SET:
                raise UnreadableError("expected a name made of SETs")
            attributes = (
                _decode_attribute(der, *element) for element in asn1.elements(der, pair, stop)
            )
            rdns.append(RelativeDistinguishedName(tuple(attributes)))
        return cls(tuple(rdns))

    def to_der(self) -> bytes:
        """Encode the name as Go does: PrintableString where that is possible, UTF8String elsewhere.

        Raises:
            InvalidValueError: A type is not known or is no object identifier, or a value holds
                octets that are not UTF-8.
        """
        return _tlv(
            asn1.SEQUENCE,
            b"".join(
                # X.690, section 11.6: a SET OF is sorted by encoding.
                _tlv(asn1.SET, b"".join(sorted(map(_encode_attribute, rdn.attributes))))
                for rdn in self.rdns
            ),
        )

    def to_rfc4514(self) -> str:
        """Write the name as RFC 4514 text that `from_rfc4514` reads back.

        Types without a name are written as dotted numbers, with their value in hexadecimal (section
        2.4); one that was not known when the name was read is written as `?`. Control characters
        are escaped, so that the text is one line.
        """
        return ",".join(
            "+".join(map(_print_attribute, rdn.attributes)) for rdn in reversed(self.rdns)
        )

    @property
    def common_names(self) -> tuple[str, ...]:
        """Every common name that is a string, in the order of the encoding.

        Of a literalSubject the first counts for cert-manager's issuing, the last for its webhook.
        """
        return tuple(
            attribute.value
            for rdn in self.rdns
            for attribute in rdn.attributes
            if attribute.oid == _COMMON_NAME and isinstance(attribute.value, str)
        )

    @property
    def common_name(self) -> str:
        """The first common name; "" when there is none."""
        return next(iter(self.common_names), "")


_COMMON_NAME: Final = "2.5.4.3"
_OIDS: Final = {
    "C": "2.5.4.6",
    "O": "2.5.4.10",
    "OU": "2.5.4.11",
    "CN": _COMMON_NAME,
    "SERIALNUMBER": "2.5.4.5",
    "L": "2.5.4.7",
    "ST": "2.5.4.8",
    "STREET": "2.5.4.9",
    "DC": "0.9.2342.19200300.100.1.25",
    "UID": "0.9.2342.19200300.100.1.1",
}
"""The types that cert-manager knows by name."""

_NAMES: Final = {oid: name for name, oid in _OIDS.items()}
_UNKNOWN: Final = "?"

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_STRINGS: Final = {
    asn1.UTF8_STRING: "utf-8",
    asn1.PRINTABLE_STRING: "ascii",
    asn1.IA5_STRING: "ascii",
    asn1.NUMERIC_STRING: "ascii",
    asn1.T61_STRING: "latin-1",
    asn1.BMP_STRING: "utf-16-be",
}
"""How the string types are decoded; what does not decode is no string."""

_PRINTABLE: Final = re.compile(r"[A-Za-z0-9'()+,./:=? -]*")


def _oid(kind: str) -> str:
    return _OIDS.get(kind) or ".".join(map(str, parse_arcs(kind)))


def _decode_attribute(der: bytes, tag: int, start: int, stop: int) -> AttributeTypeAndValue:
    if tag != asn1.SEQUENCE:
        raise UnreadableError("expected a name made of attributes")
    kind, at = asn1.expect(der, start, stop, asn1.OBJECT_IDENTIFIER, "an attribute's type")
    value_tag, value, end = asn1.element(der, at, stop)
    try:
        text: str | bytes = der[value:end].decode(_STRINGS[value_tag])
    except (KeyError, UnicodeDecodeError):
        text = der[at:end]
    return AttributeTypeAndValue(asn1.object_identifier(der, kind, at), text)


def _encode_attribute(attribute: AttributeTypeAndValue) -> bytes:
    arcs = parse_arcs(attribute.oid)
    # X.660, section 7.6: the first arc is 0, 1 or 2; below 0 and 1 there are 40.
    if len(arcs) < 2 or arcs[0] > 2 or (arcs[0] < 2 and arcs[1] >= 40):  # noqa: PLR2004
        raise InvalidValueError(
            "expected attribute types that are known or object identifiers",
            value=shown(attribute.oid or attribute.value),
        )
    octets = b"".join(map(_encode_arc, (arcs[0] * 40 + arcs[1], *arcs[2:])))
    return _tlv(
        asn1.SEQUENCE, _tlv(asn1.OBJECT_IDENTIFIER, octets) + _encode_value(attribute.value)
    )


def _encode_arc(arc: int) -> bytes:
    # Go writes a number below zero as no octets at all.
    digits = [arc & 0x7F] if arc >= 0 else []
    while (arc := arc >> 7) > 0:
        digits.append(arc & 0x7F | 0x80)
    return bytes(reversed(digits))


def _encode_value(value: str | bytes) -> bytes:
    if isinstance(value, bytes):
        return value
    try:
        content = value.encode()
    except UnicodeEncodeError:
        raise InvalidValueError("expected UTF-8 in an attribute", value=shown(value)) from None
    return _tlv(asn1.PRINTABLE_STRING if _PRINTABLE.fullmatch(value) else asn1.UTF8_STRING, content)


def _tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size <= 0x7F:  # noqa: PLR2004
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(octets))) + octets + content


def _print_attribute(attribute: AttributeTypeAndValue) -> str:
    oid, value = attribute.oid, attribute.value
    kind = _NAMES.get(oid) or oid or _UNKNOWN
    # RFC 4514, section 2.4: in hexadecimal below a type that has no name, or if it is no string.
    if isinstance(value, bytes) or (kind == oid and not _SURROGATE.search(value)):
        return f"{kind}=#{_encode_value(value).hex()}"
    return f"{kind}={escape_value(value)}"
