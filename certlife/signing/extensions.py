"""The extensions that are written, RFC 5280, section 4.2: each with its OID and criticality.

The bytes are those of cert-manager, which are those of Go. What they are to say is for requests and
certificates to know.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from certlife.errors import InvalidValueError, shown
from certlife.pki import asn1
from certlife.pki.addresses import is_cidr, parse_ip
from certlife.pki.extensions import Extension, KeyUsageBit
from certlife.signing import der

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from certlife.model.certificate_urls import CertificateUrls
    from certlife.model.spec import CertificateSpec, NameConstraintItem, NameConstraints, OtherName
    from certlife.signing.usages import Usages

ALTERNATIVE_NAMES: Final = "2.5.29.17"
KEY_USAGE: Final = "2.5.29.15"
EXTENDED_KEY_USAGE: Final = "2.5.29.37"
BASIC_CONSTRAINTS: Final = "2.5.29.19"
NAME_CONSTRAINTS: Final = "2.5.29.30"
_SUBJECT_KEY_ID: Final = "2.5.29.14"
_AUTHORITY_KEY_ID: Final = "2.5.29.35"
_DISTRIBUTION_POINTS: Final = "2.5.29.31"
_AUTHORITY_INFORMATION: Final = "1.3.6.1.5.5.7.1.1"
_OCSP: Final = "1.3.6.1.5.5.7.48.1"
_ISSUERS: Final = "1.3.6.1.5.5.7.48.2"


def encode(extensions: Iterable[Extension]) -> bytes:
    """Write Extensions, a SEQUENCE of them, in their order."""
    return der.sequence(
        *(
            der.sequence(
                der.object_identifier(extension.oid),
                der.TRUE if extension.critical else b"",
                der.octet_string(extension.value),
            )
            for extension in extensions
        )
    )


def alternative_names(
    spec: CertificateSpec, *, with_other_names: bool, has_subject: bool
) -> Extension | None:
    """Write the names of a spec beside its subject, or None where there are none.

    Args:
        spec: The spec.
        with_other_names: Whether its `otherNames` are among them.
        has_subject: Without a subject the extension is critical (RFC 5280, section 4.2.1.6).

    Raises:
        InvalidValueError: A name is not ASCII, no address, or no otherName; the path says which.
    """
    names = [
        *_ascii(_DNS, spec.dns_names, "spec.dnsNames"),
        *_ascii(_EMAIL, spec.email_addresses, "spec.emailAddresses"),
        *_addresses(spec.ip_addresses or ()),
        *_ascii(_URI, spec.uris, "spec.uris"),
        *(_other_names(spec.other_names or ()) if with_other_names else ()),
    ]
    if not names:
        return None
    return Extension(ALTERNATIVE_NAMES, not has_subject, der.sequence(*names))


def usages(wanted: Usages) -> tuple[Extension, ...]:
    """Write the key usage and extended key usage extensions, each only if it says something."""
    bits = sum(
        1 << (_LAST_BIT - number)
        for number, bit in enumerate(KeyUsageBit)
        if bit in wanted.key_usages
    )
    written = []
    if bits:
        written.append(
            Extension(KEY_USAGE, critical=True, value=der.named_bits(bits, len(KeyUsageBit)))
        )
    if wanted.extended_key_usages:
        purposes = map(der.object_identifier, wanted.extended_key_usages)
        written.append(Extension(EXTENDED_KEY_USAGE, critical=False, value=der.sequence(*purposes)))
    return tuple(written)


def basic_constraints(*, is_ca: bool) -> Extension:
    """Write the basic constraints: whether this is a CA, without a limit to the path below it."""
    value = der.sequence(der.TRUE if is_ca else b"")  # X.690, section 11.5: no default is written
    return Extension(BASIC_CONSTRAINTS, critical=True, value=value)


def name_constraints(constraints: NameConstraints) -> Extension | None:
    """Write the name constraints of a spec, or None where they constrain nothing.

    Raises:
        InvalidValueError: A name is not ASCII, or a range is no range; the path says which.
    """
    sides = [
        der.explicit(number, *trees)
        for number, name, item in (
            (0, "permitted", constraints.permitted),
            (1, "excluded", constraints.excluded),
        )
        if (trees := _subtrees(item, f"spec.nameConstraints.{name}"))
    ]
    if not sides:
        return None
    return Extension(NAME_CONSTRAINTS, bool(constraints.critical), der.sequence(*sides))


def key_id(spki_der: bytes) -> bytes:
    """Derive a key identifier: 160 bits of SHA-256 of the key (RFC 7093, section 2, method 1).

    Args:
        spki_der: The SubjectPublicKeyInfo that holds the key.
    """
    start, end = asn1.expect(spki_der, 0, len(spki_der), asn1.SEQUENCE, _SPKI)
    _, _, after = asn1.element(spki_der, start, end)
    content, stop = asn1.expect(spki_der, after, end, asn1.BIT_STRING, _SPKI)
    return sha256(spki_der[content + 1 : stop]).digest()[:_KEY_ID_BYTES]


def subject_key_id(identifier: bytes) -> Extension:
    """Write the subject key identifier, section 4.2.1.2."""
    return Extension(_SUBJECT_KEY_ID, critical=False, value=der.octet_string(identifier))


def authority_key_id(identifier: bytes) -> Extension:
    """Write the authority key identifier, section 4.2.1.1."""
    value = der.sequence(der.implicit(0, identifier))
    return Extension(_AUTHORITY_KEY_ID, critical=False, value=value)


def authority_information(urls: CertificateUrls) -> tuple[Extension, ...]:
    """Write where the issuer answers, section 4.2.2.1, if anywhere; first OCSP, as Go does."""
    places = [
        der.sequence(der.object_identifier(method), der.implicit(_URI, url.encode()))
        for method, found in ((_OCSP, urls.ocsp_servers), (_ISSUERS, urls.issuing_certificate_urls))
        for url in found
    ]
    return _unless_empty(_AUTHORITY_INFORMATION, places)


def distribution_points(urls: CertificateUrls) -> tuple[Extension, ...]:
    """Write where lists of revoked certificates are, section 4.2.1.13, if anywhere."""
    points = [
        der.sequence(der.explicit(0, der.explicit(0, der.implicit(_URI, url.encode()))))
        for url in urls.crl_distribution_points
    ]
    return _unless_empty(_DISTRIBUTION_POINTS, points)


# GeneralName: the numbers of the choices.
_OTHER_NAME: Final = 0
_EMAIL: Final = 1
_DNS: Final = 2
_URI: Final = 6
_IP: Final = 7

_IPV4_MAPPED: Final = bytes(10) + b"\xff\xff"
_LAST_BIT: Final = len(KeyUsageBit) - 1
_KEY_ID_BYTES: Final = 20
_SPKI: Final = "a SubjectPublicKeyInfo"


def _unless_empty(oid: str, elements: list[bytes]) -> tuple[Extension, ...]:
    value = der.sequence(*elements)
    return (Extension(oid, critical=False, value=value),) if elements else ()


def _ascii(number: int, names: Iterable[str] | None, path: str) -> Iterator[bytes]:
    for index, name in enumerate(names or ()):
        if not name.isascii():
            rule = "expected ASCII; a domain outside of it is written in Punycode"
            raise InvalidValueError(rule, path=f"{path}[{index}]", value=shown(name))
        yield der.implicit(number, name.encode())


def _addresses(addresses: Iterable[str]) -> Iterator[bytes]:
    for index, text in enumerate(addresses):
        packed = parse_ip(text)
        if packed is None:
            # cert-manager drops every address of a spec that has one with a zone.
            rule, path = "expected an IPv4 or IPv6 address without a zone", "spec.ipAddresses"
            raise InvalidValueError(rule, path=f"{path}[{index}]", value=shown(text))
        # IPv4 in the guise of IPv6 is written in 4 bytes too.
        yield der.implicit(_IP, packed.removeprefix(_IPV4_MAPPED))


def _other_names(names: Iterable[OtherName]) -> Iterator[bytes]:
    for index, name in enumerate(names):
        path = f"spec.otherNames[{index}]"
        try:
            oid = der.object_identifier(name.oid or "")
        except InvalidValueError as error:
            raise InvalidValueError(error.rule, path=f"{path}.oid", value=error.value) from None
        try:
            text = (name.utf8_value or "").encode()
        except UnicodeEncodeError:
            text = b""
        if not text:
            value = shown(name.utf8_value)
            raise InvalidValueError("expected text", path=f"{path}.utf8Value", value=value)
        yield der.explicit(_OTHER_NAME, oid, der.explicit(0, der.element(asn1.UTF8_STRING, text)))


def _subtrees(item: NameConstraintItem | None, path: str) -> list[bytes]:
    if item is None:
        return []
    bases = (
        *_ascii(_DNS, item.dns_domains, f"{path}.dnsDomains"),
        *_ranges(item.ip_ranges or (), f"{path}.ipRanges"),
        *_ascii(_EMAIL, item.email_addresses, f"{path}.emailAddresses"),
        *_ascii(_URI, item.uri_domains, f"{path}.uriDomains"),
    )
    return [der.sequence(base) for base in bases]


def _ranges(ranges: Iterable[str], path: str) -> Iterator[bytes]:
    for index, text in enumerate(ranges):
        address, _, bits = text.partition("/")
        packed = parse_ip(address)
        if packed is None or not is_cidr(text):
            rule = "expected an IP range such as 192.0.2.0/24"
            raise InvalidValueError(rule, path=f"{path}[{index}]", value=shown(text))
        if ":" not in address:
            packed = packed.removeprefix(_IPV4_MAPPED)
        size = 8 * len(packed)
        mask = (1 << size) - (1 << size - int(bits))
        network = int.from_bytes(packed) & mask
        yield der.implicit(_IP, network.to_bytes(size // 8) + mask.to_bytes(size // 8))
