"""Does what was asked for, or what was issued, still match the spec? Field by field, by name.

cert-manager's `pki.RequestMatchesSpec`, `pki.PrivateKeyMatchesSpec` and, where no request is
left, the tolerant `pki.FuzzyX509AltNamesMatchSpec`. Lists match as multisets: order never
matters, repeats do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

from certlife.errors import InvalidValueError, Unreadable, UnreadableError
from certlife.model.spec import PrivateKeySpec, Subject
from certlife.pki.addresses import format_ip, parse_ip
from certlife.pki.keys import KeyAlgorithm
from certlife.pki.names import DistinguishedName
from certlife.policy.violation import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from certlife.model.request import CertificateRequest
    from certlife.model.spec import CertificateSpec, OtherName
    from certlife.pki.certificate import X509Certificate
    from certlife.pki.csr import X509Request
    from certlife.pki.keys import KeyFacts, PrivateKey

DEFAULT_RSA_BITS: Final = 2048
DEFAULT_EC_BITS: Final = 256


@frozen
class Difference:
    """One field of a spec that something else does not carry.

    Args:
        path: The field, in the API's spelling: "spec.dnsNames".
        expected: What the spec says.
        actual: What the request, the key or the certificate says.
    """

    path: str
    expected: Evidence
    actual: Evidence


@frozen
class Matching:
    """The outcome of a comparison.

    Args:
        differences: Every field that differs, in cert-manager's order.
        unreadable: Why the two cannot be compared (further), or None. cert-manager then counts
            no difference at all; those found before are given all the same.
    """

    differences: tuple[Difference, ...]
    unreadable: Unreadable | None = None


def request_matches_spec(request: CertificateRequest, spec: CertificateSpec) -> Matching:
    """Compare a request with a spec: names, subject, usages, duration, isCA and issuer.

    The duration counts only where both say one; an absent issuer kind or group is its default.

    Args:
        request: What was asked for.
        spec: What is wanted.
    """
    csr = request.csr_reading
    if isinstance(csr, Unreadable):
        return Matching((), csr)
    differences = _alternative_names(csr, spec)
    if not _same_elements(csr.dns_names, spec.dns_names or ()):
        differences.append(Difference("spec.dnsNames", spec.dns_names or (), csr.dns_names))
    try:
        if spec.other_names is not None:
            differences += _other_names(csr, spec.other_names)
        if spec.literal_subject:
            differences += _literal_subject(csr, spec.literal_subject)
        else:
            differences += _subject(csr, spec)
    except InvalidValueError as error:
        return Matching(tuple(differences), Unreadable(error.rule))
    if bool(request.is_ca) != bool(spec.is_ca):
        differences.append(Difference("spec.isCA", bool(spec.is_ca), bool(request.is_ca)))
    if not _same_elements(request.usages or (), spec.usages or ()):
        differences.append(Difference("spec.usages", spec.usages or (), request.usages or ()))
    if (
        request.duration is not None
        and spec.duration is not None
        and request.duration != spec.duration
    ):
        differences.append(Difference("spec.duration", spec.duration, request.duration))
    if not request.issuer_ref.names_same_issuer(spec.issuer_ref):
        differences.append(
            Difference("spec.issuerRef", str(spec.issuer_ref), str(request.issuer_ref))
        )
    return Matching(tuple(differences))


def private_key_matches_spec(
    key: PrivateKey | KeyFacts, spec: CertificateSpec
) -> tuple[Difference, ...]:
    """Compare a private key's algorithm and size with a spec.

    RSA of 2048 bits where the spec says nothing, ECDSA of 256 where it says no size; the size of
    an Ed25519 key is not compared, and no key is of an algorithm that nobody knows.

    Args:
        key: The stored key, or what is known of it.
        spec: What is wanted.
    """
    wanted = spec.effective_private_key
    if key.algorithm != wanted.effective_algorithm:
        path = "spec.privateKey.algorithm"
        return (Difference(path, str(wanted.effective_algorithm), str(key.algorithm)),)
    size = _effective_size(wanted)
    if size is not None and size != key.size:
        return (Difference("spec.privateKey.size", size, key.size),)
    return ()


def certificate_matches_names(
    certificate: X509Certificate, spec: CertificateSpec
) -> tuple[Difference, ...]:
    """Compare the names on a certificate with a spec as tolerantly as issuers take liberties.

    The common name and the DNS names are one set, because CAs move names from one to the other;
    IP addresses, URIs and email addresses must match. Nothing else is compared.

    Args:
        certificate: What was issued.
        spec: What is wanted.
    """
    differences: list[Difference] = []
    dns_names = spec.dns_names or ()
    wanted = {*dns_names, spec.common_name} if spec.common_name else set(dns_names)
    common_name = certificate.common_name
    issued = {*certificate.dns_names, common_name} if common_name else set(certificate.dns_names)
    if (spec.common_name and spec.common_name not in issued) or (
        common_name and common_name not in wanted
    ):
        differences.append(Difference("spec.commonName", spec.common_name, common_name or None))
    if not (issued.issuperset(dns_names) and wanted.issuperset(certificate.dns_names)):
        differences.append(Difference("spec.dnsNames", dns_names, certificate.dns_names))
    return (*differences, *_alternative_names(certificate, spec))


def other_names_of(csr: X509Request) -> tuple[str, ...] | None:
    """Write each otherName of a request as "OID=value"; None where it has no alternative names.

    Args:
        csr: The request.

    Raises:
        UnreadableError: If an otherName is malformed or its value no UTF-8 text.
    """
    if not csr.has_alternative_names:
        return None
    names = csr.other_names
    if any(name.utf8_value is None for name in names):
        raise UnreadableError("expected otherNames whose values are UTF8Strings")
    return tuple(f"{name.oid}={name.utf8_value}" for name in names)


def _effective_size(wanted: PrivateKeySpec) -> int | None:
    said = wanted.size if wanted.size is not None and wanted.size > 0 else None
    match wanted.effective_algorithm:
        case KeyAlgorithm.RSA:
            return said or DEFAULT_RSA_BITS
        case KeyAlgorithm.ECDSA:
            return said or DEFAULT_EC_BITS
        case _:
            return None


def _alternative_names(
    holder: X509Request | X509Certificate, spec: CertificateSpec
) -> list[Difference]:
    """Compare the alternative names that a request and a certificate are held to alike."""
    differences: list[Difference] = []
    names = holder.alternative_names
    if names.ip_addresses or spec.ip_addresses:
        wanted = spec.ip_addresses or ()
        # An address that cannot be read is no address, and so equals none that was issued.
        if not _same_elements(names.ip_addresses, [parse_ip(text) or b"" for text in wanted]):
            found = tuple(format_ip(address) for address in names.ip_addresses)
            differences.append(Difference("spec.ipAddresses", wanted, found))
    if not _same_elements(names.uris, spec.uris or ()):
        differences.append(Difference("spec.uris", spec.uris or (), names.uris))
    if not _same_elements(names.email_addresses, spec.email_addresses or ()):
        differences.append(
            Difference("spec.emailAddresses", spec.email_addresses or (), names.email_addresses)
        )
    return differences


def _other_names(csr: X509Request, wanted: tuple[OtherName, ...]) -> Iterable[Difference]:
    """Compare the otherNames; a request without any alternative name never matches.

    Raises:
        UnreadableError: If the request's otherNames are not all UTF-8 text.
    """
    expected = tuple(f"{name.oid or ''}={name.utf8_value or ''}" for name in wanted)
    found = other_names_of(csr)
    if found is None or not _same_elements(expected, found):
        yield Difference("spec.otherNames", expected, found)


def _literal_subject(csr: X509Request, wanted: str) -> Iterable[Difference]:
    """Compare the whole subject, byte by byte.

    Raises:
        InvalidValueError: If the text is no distinguished name, or one that cannot be encoded.
    """
    if DistinguishedName.from_rfc4514(wanted).to_der() != csr.subject_der:
        yield Difference(
            "spec.literalSubject", wanted, DistinguishedName.from_der(csr.subject_der).to_rfc4514()
        )


def _subject(csr: X509Request, spec: CertificateSpec) -> Iterable[Difference]:
    subject, wanted = csr.subject, spec.subject or _EMPTY_SUBJECT
    if subject.common_name != (spec.common_name or ""):
        yield Difference("spec.commonName", spec.common_name or None, subject.common_name or None)
    if subject.serial_number != (wanted.serial_number or ""):
        path = "spec.subject.serialNumber"
        yield Difference(path, wanted.serial_number or None, subject.serial_number or None)
    for name, expected, actual in (
        ("organizations", wanted.organizations, subject.organizations),
        ("countries", wanted.countries, subject.countries),
        ("localities", wanted.localities, subject.localities),
        ("organizationalUnits", wanted.organizational_units, subject.organizational_units),
        ("postalCodes", wanted.postal_codes, subject.postal_codes),
        ("provinces", wanted.provinces, subject.provinces),
        ("streetAddresses", wanted.street_addresses, subject.street_addresses),
    ):
        if (expected or actual) and not _same_elements(actual, expected or ()):
            yield Difference(f"spec.subject.{name}", expected or (), actual)


def _same_elements(left: Sequence[str | bytes], right: Sequence[str | bytes]) -> bool:
    """Compare as multisets; mostly the order is the same, and sorting is not needed."""
    if len(left) != len(right):
        return False
    return tuple(left) == tuple(right) or sorted(left) == sorted(right)


_EMPTY_SUBJECT: Final = Subject()
