"""Reading bytes and text: keys, certificates, requests, chains, distinguished names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from certlife.errors import InvalidValueError, UnreadableError
from certlife.pki import asn1
from certlife.pki.addresses import format_ip
from certlife.pki.certificate import read_certificates
from certlife.pki.chain import assemble_chain
from certlife.pki.csr import X509Request
from certlife.pki.extensions import KeyUsageBit
from certlife.pki.keys import PrivateKey
from certlife.pki.names import DistinguishedName
from certlife.pki.pem import MAX_BUNDLE_BYTES
from certlife.schedule.instants import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from certlife.pki.certificate import X509Certificate
    from certlife.pki.name_constraints import Subtrees
    from certlife.pki.subject import Subject
    from tests.conformance.materials import Json
    from tests.conformance.question import Question
    from tests.conformance.runner import Answering

_ALTERNATIVE_NAMES: Final = "2.5.29.17"
_NAME_CONSTRAINTS: Final = "2.5.29.30"
_OTHER_NAME: Final = asn1.CONTEXT | asn1.CONSTRUCTED | 0

_FIELD_TYPES: Final = re.compile(r"2\.5\.4\.(?:3|[5-9]|1[01]|17)")
_SPECIAL: Final = re.compile(r'[,+"\\<>;]|^[ #]| $')
_NO_UTF8: Final = re.compile("[\ud800-\udfff]")

_PURPOSES: Final = {
    "2.5.29.37.0": "any",
    "1.3.6.1.5.5.7.3.1": "server auth",
    "1.3.6.1.5.5.7.3.2": "client auth",
    "1.3.6.1.5.5.7.3.3": "code signing",
    "1.3.6.1.5.5.7.3.4": "email protection",
    "1.3.6.1.5.5.7.3.5": "ipsec end system",
    "1.3.6.1.5.5.7.3.6": "ipsec tunnel",
    "1.3.6.1.5.5.7.3.7": "ipsec user",
    "1.3.6.1.5.5.7.3.8": "timestamping",
    "1.3.6.1.5.5.7.3.9": "ocsp signing",
    "1.3.6.1.4.1.311.10.3.3": "microsoft sgc",
    "2.16.840.1.113730.4.1": "netscape sgc",
}
_FAILED: Final[Mapping[str, Json]] = {"error": True}


def _parse_chain(question: Question) -> Json:
    try:
        chain = assemble_chain(question.octets("pem"))
    except InvalidValueError:
        return _FAILED
    return {"chainPEM": chain.fullchain_pem, "caPEM": chain.ca_pem}


def _literal_subject(question: Question) -> Json:
    try:
        name = DistinguishedName.from_rfc4514(question.text("subject"))
    except UnreadableError:
        return _FAILED
    read: dict[str, Json] = {
        "commonName": _as_go_prints(name.common_name),
        "rdns": [
            [
                {"oid": attribute.oid, "value": _as_go_prints(str(attribute.value))}
                for attribute in rdn.attributes
            ]
            for rdn in name.rdns
        ],
    }
    try:
        return {**read, "derHex": name.to_der().hex()}
    except InvalidValueError:
        return {**read, "derHex": None, "marshalError": True}


def _decode_private_key(question: Question) -> Json:
    try:
        key = PrivateKey.from_pem(question.octets("pem"))
    except UnreadableError:
        return _FAILED
    return {"type": str(key.algorithm), "size": key.size, "spkiHex": key.spki_der.hex()}


def _decode_certificate(question: Question) -> Json:
    try:
        certificates = read_certificates(question.octets("pem"), limit=MAX_BUNDLE_BYTES)
    except UnreadableError:
        return _FAILED
    certificate = certificates[0]
    constraints = certificate.basic_constraints
    usages = certificate.key_usages or ()
    length = None if constraints is None else constraints.max_path_len
    details: dict[str, Json] = {
        **_holder(certificate),
        "version": certificate.version,
        "serialNumber": str(certificate.serial_number),
        "notBefore": format_instant(certificate.not_before),
        "notAfter": format_instant(certificate.not_after),
        "issuer": _name(certificate.issuer, certificate.issuer_der),
        "issuerHex": certificate.issuer_der.hex(),
        "selfSigned": certificate.signature_problem(certificate) is None,
        "basicConstraintsValid": constraints is not None,
        "isCA": certificate.is_ca,
        "maxPathLen": 0 if constraints is None else -1 if length is None else length,
        "maxPathLenZero": length == 0,
        "keyUsageBits": _bits(usages),
        "keyUsages": [str(usage) for usage in usages],
        "extKeyUsageOIDs": list(certificate.extended_key_usages or ()),
    }
    return {"certificate": details, "count": len(certificates)}


def _decode_csr(question: Question) -> Json:
    try:
        csr = X509Request.from_pem(question.octets("pem"))
    except UnreadableError:
        return _FAILED
    constraints, usages, purposes = csr.basic_constraints, csr.key_usages, csr.extended_key_usages
    details: dict[str, Json] = {
        **_holder(csr),
        "isCA": None if constraints is None else constraints.is_ca,
        "maxPathLen": None if constraints is None else constraints.max_path_len,
        "keyUsage": None
        if usages is None
        else {"bits": _bits(usages), "names": [str(usage) for usage in usages]},
        "extKeyUsage": None
        if purposes is None
        else {
            "oids": list(purposes),
            "names": [_PURPOSES.get(purpose, purpose) for purpose in purposes],
        },
        "nameConstraints": _name_constraints(csr),
    }
    return {"csr": details, "signatureError": not csr.signature_is_valid}


def _holder(holder: X509Certificate | X509Request) -> dict[str, Json]:
    """What a certificate and a request have in common."""
    subject = holder.subject
    return {
        "subject": _name(subject, holder.subject_der),
        "subjectHex": holder.subject_der.hex(),
        "subjectFields": {
            "commonName": subject.common_name,
            "serialNumber": subject.serial_number,
            "countries": subject.countries,
            "organizations": subject.organizations,
            "organizationalUnits": subject.organizational_units,
            "localities": subject.localities,
            "provinces": subject.provinces,
            "streetAddresses": subject.street_addresses,
            "postalCodes": subject.postal_codes,
        },
        "commonName": holder.common_name,
        "dnsNames": holder.dns_names,
        "emailAddresses": holder.email_addresses,
        "ipAddresses": [format_ip(address) for address in holder.ip_addresses],
        "uris": holder.uris,
        "publicKeyAlgorithm": str(holder.public_key.algorithm),
        "signatureAlgorithm": str(holder.signature_algorithm),
        "extensions": [
            {
                "oid": extension.oid,
                "critical": extension.critical,
                "valueHex": extension.value.hex(),
            }
            for extension in holder.extensions
        ],
        **_other_names(holder),
    }


def _other_names(holder: X509Certificate | X509Request) -> Mapping[str, Json]:
    try:
        names = holder.other_names
    except UnreadableError:
        return {"sansError": True}
    values = (
        value
        for extension in holder.extensions
        if extension.oid == _ALTERNATIVE_NAMES
        for value in _other_name_values(extension.value)
    )
    return {
        "otherNames": [
            {"oid": name.oid, "valueHex": value.hex()}
            | ({} if name.utf8_value is None else {"utf8Value": name.utf8_value})
            for name, value in zip(names, values, strict=True)
        ]
    }


def _other_name_values(extension: bytes) -> Iterable[bytes]:
    """The DER inside the explicit tag of each otherName (RFC 5280 4.2.1.6), known to be sound."""
    _, start, end = asn1.element(extension, 0, len(extension))
    for tag, content, stop in asn1.elements(extension, start, end):
        if tag == _OTHER_NAME:
            _, _, oid_stop = asn1.element(extension, content, stop)
            _, value, value_stop = asn1.element(extension, oid_stop, stop)
            yield extension[value:value_stop]


def _name_constraints(csr: X509Request) -> Json:
    constraints = csr.name_constraints
    if constraints is None:
        return None
    return {
        "critical": any(
            extension.critical for extension in csr.extensions if extension.oid == _NAME_CONSTRAINTS
        ),
        **_subtrees("permitted", constraints.permitted),
        **_subtrees("excluded", constraints.excluded),
    }


def _subtrees(side: str, trees: Subtrees) -> Mapping[str, Json]:
    return {
        f"{side}DNSDomains": trees.dns_domains,
        f"{side}IPRanges": trees.ip_ranges,
        f"{side}EmailAddresses": trees.email_addresses,
        f"{side}URIDomains": trees.uri_domains,
    }


def _bits(usages: Iterable[KeyUsageBit]) -> int:
    order = list(KeyUsageBit)
    return sum(1 << order.index(usage) for usage in usages)


def _name(subject: Subject, der: bytes) -> str:
    """The name as Go prints it: by its fields, those that Go has no field for at the end."""
    steps = [
        [(attribute.oid, str(attribute.value))]
        for rdn in DistinguishedName.from_der(der).rdns
        for attribute in rdn.attributes
        if not _FIELD_TYPES.fullmatch(attribute.oid)
    ]
    steps += [
        [(kind, value) for value in values]
        for kind, values in (
            ("C", subject.countries),
            ("ST", subject.provinces),
            ("L", subject.localities),
            ("STREET", subject.street_addresses),
            ("POSTALCODE", subject.postal_codes),
            ("O", subject.organizations),
            ("OU", subject.organizational_units),
            ("CN", (subject.common_name,) if subject.common_name else ()),
            ("SERIALNUMBER", (subject.serial_number,) if subject.serial_number else ()),
        )
        if values
    ]
    return ",".join(
        "+".join(f"{kind}={_escaped(value)}" for kind, value in step) for step in reversed(steps)
    )


def _escaped(value: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", value)


def _as_go_prints(text: str) -> str:
    """Text in which each octet that is no UTF-8 became a replacement character."""
    return _NO_UTF8.sub("\ufffd", text)


ANSWERING: Final[Mapping[str, Answering]] = {
    "parse_chain": _parse_chain,
    "literal_subject": _literal_subject,
    "decode_private_key": _decode_private_key,
    "decode_certificate": _decode_certificate,
    "decode_csr": _decode_csr,
}
