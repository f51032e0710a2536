"""The faults of what a spec names: its subject, its alternative names, and name constraints.

Each function yields the faults of the fields that its first line names, in cert-manager's order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import astuple

from certlife.errors import CertlifeError, shown
from certlife.model.validation.fault import Fault, FaultType
from certlife.model.validation.grammar import is_email_address, is_object_identifier, utf8_length
from certlife.pki.addresses import is_cidr, parse_ip
from certlife.pki.names import DistinguishedName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from certlife.model.spec import CertificateSpec, NameConstraintItem, OtherName
    from certlife.model.validation.features import FeatureGates

MAX_COMMON_NAME_BYTES: Final = 64
"""RFC 5280 appendix A.1, ub-common-name; cert-manager counts bytes of UTF-8, not characters."""


def subject(spec: CertificateSpec, gates: FeatureGates) -> Iterator[Fault]:
    """Yield the faults of `literalSubject`, `subject` and `commonName`, or of no name at all."""
    common_name = spec.common_name or ""
    if spec.literal_subject:
        yield from _beside_literal_subject(spec, gates)
        try:
            name = DistinguishedName.from_rfc4514(spec.literal_subject)
        except CertlifeError as error:
            yield _invalid("spec.literalSubject", spec.literal_subject, error.rule)
        else:
            yield from _unknown_attributes(name)
            # The last in the order of the encoding; issuing takes the first.
            common_name = (common_name, *name.common_names)[-1]
    named = (
        common_name,
        spec.dns_names,
        spec.uris,
        spec.email_addresses,
        spec.ip_addresses,
        spec.other_names,
    )
    if not any(named):
        rule = (
            "expected a common name (commonName, or CN in literalSubject), dnsNames, uris, "
            "emailAddresses, ipAddresses or otherNames"
        )
        yield Fault(FaultType.INVALID, "spec", None, rule)
    if utf8_length(common_name) > MAX_COMMON_NAME_BYTES:
        rule = f"expected at most {MAX_COMMON_NAME_BYTES} bytes"
        yield Fault(FaultType.TOO_LONG, "spec.commonName", shown(common_name), rule)


def _beside_literal_subject(spec: CertificateSpec, gates: FeatureGates) -> Iterator[Fault]:
    if not gates.literal_certificate_subject:
        yield _without_feature("spec.literalSubject", "LiteralCertificateSubject")
    rule = "expected nothing beside literalSubject"
    if spec.common_name:
        yield _invalid("spec.commonName", spec.common_name, rule)
    # A subject without any attribute may stand.
    if spec.subject is not None and any(astuple(spec.subject)):
        yield Fault(FaultType.INVALID, "spec.subject", None, rule)


def _unknown_attributes(name: DistinguishedName) -> Iterator[Fault]:
    for rdn in name.rdns:
        for attribute in rdn.attributes:
            if not attribute.oid:
                rule = "expected attributes of types that are OIDs or that cert-manager knows"
                yield _invalid("spec.literalSubject", attribute.value, rule)


def ip_addresses(addresses: tuple[str, ...]) -> Iterator[Fault]:
    """Yield a fault for each of `ipAddresses` that is no address; one with a zone is none."""
    for index, address in enumerate(addresses):
        if parse_ip(address) is None:
            rule = "expected an IPv4 or IPv6 address without a zone"
            yield _invalid(f"spec.ipAddresses[{index}]", address, rule)


def email_addresses(addresses: tuple[str, ...]) -> Iterator[Fault]:
    """Yield a fault for each of `emailAddresses` that is not an address and nothing else."""
    for index, address in enumerate(addresses):
        if not is_email_address(address):
            rule = "expected an e-mail address and nothing else, without quotes"
            yield _invalid(f"spec.emailAddresses[{index}]", address, rule)


def other_names(names: tuple[OtherName, ...], gates: FeatureGates) -> Iterator[Fault]:
    """Yield the faults of `otherNames`."""
    if names and not gates.other_names:
        # The capital is cert-manager's, on this path alone.
        yield _without_feature("spec.OtherNames", "OtherNames")
        return
    for index, name in enumerate(names):
        yield from _other_name(name, f"spec.otherNames[{index}]")


def _other_name(name: OtherName, path: str) -> Iterator[Fault]:
    oid, value = name.oid or "", name.utf8_value or ""
    if not oid:
        yield Fault(FaultType.REQUIRED, f"{path}.oid", None, "expected an OID")
    # An absent OID is an invalid one too; cert-manager says both.
    if not is_object_identifier(oid):
        quoted = shown(oid) if oid else None
        rule = "expected an OID such as 1.3.6.1.4.1.311.20.2.3"
        yield Fault(FaultType.INVALID, f"{path}.oid", quoted, rule)
    if not value or not _is_unicode(value):
        quoted = shown(value) if value else None
        yield Fault(FaultType.REQUIRED, f"{path}.utf8Value", quoted, "expected text in Unicode")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def name_constraints(spec: CertificateSpec, gates: FeatureGates) -> Iterator[Fault]:
    """Yield the faults of `nameConstraints`."""
    constraints = spec.name_constraints
    if constraints is None:
        return
    path = "spec.nameConstraints"
    if not gates.name_constraints:
        yield _without_feature(path, "NameConstraints")
        return
    # RFC 5280 4.2.1.10: name constraints are for CA certificates only.
    if not spec.is_ca:
        yield Fault(FaultType.INVALID, path, None, "expected isCA to be true beside it")
    if constraints.permitted is None and constraints.excluded is None:
        yield Fault(FaultType.INVALID, path, None, "expected permitted or excluded")
    yield from _ip_ranges(constraints.permitted, f"{path}.permitted")
    yield from _ip_ranges(constraints.excluded, f"{path}.excluded")


def _ip_ranges(item: NameConstraintItem | None, path: str) -> Iterator[Fault]:
    ranges = (item.ip_ranges if item else None) or ()
    for index, text in enumerate(ranges):
        if not is_cidr(text):
            rule = "expected an IP range such as 192.0.2.0/24"
            yield _invalid(f"{path}.ipRanges[{index}]", text, rule)


def _invalid(path: str, value: str | bytes, rule: str) -> Fault:
    return Fault(FaultType.INVALID, path, shown(value), rule)


def _without_feature(path: str, feature: str) -> Fault:
    rule = f"expected nothing without the feature {feature}"
    return Fault(FaultType.FORBIDDEN, path, None, rule)
