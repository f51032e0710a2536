"""Whether a request may be submitted at all: an approver before an issuer, and a policy for it.

An issuer grants what is asked for, so somebody has to say who may ask for what. What a policy does
not allow, it denies; who asks is not looked at, because a request does not say it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import field, frozen

from certlife.errors import InvalidValueError, Unreadable, shown
from certlife.issuers.protocol import Issuer
from certlife.lifecycle.advancing import is_approved
from certlife.lifecycle.answers import Approved, Denied
from certlife.model import fields
from certlife.model.request import CertificateRequest
from certlife.model.spec import DEFAULT_DURATION, DEFAULT_USAGES
from certlife.pki import asn1
from certlife.pki.addresses import format_ip, is_cidr
from certlife.pki.names import DistinguishedName
from certlife.schedule.durations import format_duration
from certlife.signing.arguments import require
from certlife.signing.extensions import ALTERNATIVE_NAMES

if TYPE_CHECKING:
    from certlife.lifecycle.answers import Answer
    from certlife.pki.csr import X509Request

Objections: TypeAlias = Callable[[CertificateRequest], tuple[str, ...]]
"""Says what is to be said against a request, each a sentence; nothing, and it may be submitted."""


@frozen
class Approver:
    """An issuer behind an approval: it is asked only about what was approved.

    Args:
        issuer: Who answers requests that are approved.
        objections: What is to be said against a request: a policy's, or a function of your own.
    """

    issuer: Issuer
    objections: Objections

    def answer(self, request: CertificateRequest) -> Answer:
        """Approve or deny a request; once it is approved, let the issuer answer.

        Args:
            request: Any request.

        Raises:
            WrongTypeError: `request` is no CertificateRequest, or there is no tuple of objections.
        """
        require(request, CertificateRequest, "request")
        if is_approved(request):
            return self.issuer.answer(request)
        objections = self.objections(request)
        require(objections, tuple, "objections")
        return Denied("; ".join(objections)) if objections else Approved("No policy objects")


def _words(value: Iterable[str]) -> tuple[str, ...]:
    return fields.required_tuple(value)


@frozen(kw_only=True)
class ApprovalPolicy:
    """What requests may ask for. What is not allowed here is denied.

    In a pattern an asterisk stands for one whole part of a name: `*.shop.example` allows
    `a.shop.example` and `*.shop.example`, and neither "shop.example" nor "a.b.shop.example".

    Args:
        dns_names: Patterns, for DNS names and common names. The case of letters does not matter.
        email_addresses: Patterns, as `*@shop.example`.
        uris: Patterns, whose parts are what stands between slashes: `spiffe://shop/ns/*/sa/*`.
        ip_ranges: "192.0.2.0/24".
        organizations: What may be said as O in a subject, word for word; groups, to Kubernetes.
        usages: Words of `spec.usages`.
        max_duration: The longest lifetime; None allows any.
        is_ca: Whether certificates of CAs may be asked for.

    Raises:
        InvalidValueError: An IP range is none.
        WrongTypeError: A field is of a wrong type.
    """

    dns_names: tuple[str, ...] = field(default=(), converter=_words, validator=fields.many(str))
    email_addresses: tuple[str, ...] = field(
        default=(), converter=_words, validator=fields.many(str)
    )
    uris: tuple[str, ...] = field(default=(), converter=_words, validator=fields.many(str))
    ip_ranges: tuple[str, ...] = field(default=(), converter=_words, validator=fields.many(str))
    organizations: tuple[str, ...] = field(default=(), converter=_words, validator=fields.many(str))
    usages: tuple[str, ...] = field(default=(), converter=_words, validator=fields.many(str))
    max_duration: timedelta | None = field(default=None, validator=fields.optional_duration)
    is_ca: bool = field(default=False, validator=fields.one(bool))

    def __attrs_post_init__(self) -> None:
        """Check the ranges."""
        for index, text in enumerate(self.ip_ranges):
            if not is_cidr(text):
                rule, path = "expected a range such as 192.0.2.0/24", f"ip_ranges[{index}]"
                raise InvalidValueError(rule, path=path, value=shown(text))

    def objections(self, request: CertificateRequest) -> tuple[str, ...]:
        """Say all that a request asks for and the policy does not allow.

        Args:
            request: Any request.

        Raises:
            WrongTypeError: `request` is no CertificateRequest.
        """
        require(request, CertificateRequest, "request")
        csr = request.csr_reading
        if isinstance(csr, Unreadable):
            return (f"the request cannot be read: {csr.rule}",)
        return (*self._names(csr), *self._grants(request))

    def _names(self, csr: X509Request) -> Iterator[str]:
        yield from self._subject(csr)
        names = csr.alternative_names
        for name in names.dns_names:
            if not self._allows_host(name):
                yield f"the DNS name {shown(name)} is not allowed"
        for name in names.email_addresses:
            if not _allows(self.email_addresses, name, "@"):
                yield f"the email address {shown(name)} is not allowed"
        for name in names.uris:
            if not _allows(self.uris, name, "/"):
                yield f"the URI {shown(name)} is not allowed"
        for address in map(format_ip, names.ip_addresses):
            if not any(_holds(text, address) for text in self.ip_ranges):
                yield f"the IP address {address} is not allowed"
        known = (names.dns_names, names.email_addresses, names.uris, names.ip_addresses)
        if _count(csr) > sum(map(len, known)):
            yield "alternative names of other kinds are not allowed"

    def _subject(self, csr: X509Request) -> Iterator[str]:
        for rdn in DistinguishedName.from_der(csr.subject_der).rdns:
            for attribute in rdn.attributes:
                value = attribute.value
                if attribute.oid == _COMMON_NAME and isinstance(value, str):
                    if not self._allows_host(value):
                        yield f"the common name {shown(value)} is not allowed"
                elif attribute.oid == _ORGANIZATION:
                    if value not in self.organizations:
                        yield f"the organization {shown(value)} is not allowed"
                else:
                    yield f"the subject attribute {attribute.oid} is not allowed"

    def _allows_host(self, name: str) -> bool:
        patterns = tuple(pattern.lower() for pattern in self.dns_names)
        return _allows(patterns, name.lower(), ".")

    def _grants(self, request: CertificateRequest) -> Iterator[str]:
        for word in request.usages or DEFAULT_USAGES:
            if word not in self.usages:
                yield f"the usage {shown(str(word))} is not allowed"
        duration = DEFAULT_DURATION if request.duration is None else request.duration
        if self.max_duration is not None and duration > self.max_duration:
            yield (
                f"a duration of {format_duration(duration)} is not allowed, "
                f"at most {format_duration(self.max_duration)} is"
            )
        if request.is_ca and not self.is_ca:
            yield "a certificate of a CA is not allowed"


_COMMON_NAME: Final = "2.5.4.3"
_ORGANIZATION: Final = "2.5.4.10"
_PART: Final = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._~+*-]+", re.ASCII)
"""What a `*` stands for: nothing that a reader of URIs could take for two parts, or for none."""


def _allows(patterns: tuple[str, ...], name: str, separator: str) -> bool:
    parts = name.split(separator)
    return any(_matches(pattern.split(separator), parts) for pattern in patterns)


def _matches(pattern: list[str], parts: list[str]) -> bool:
    return len(pattern) == len(parts) and all(
        part == wanted or (wanted == "*" and _PART.fullmatch(part) is not None)
        for wanted, part in zip(pattern, parts, strict=True)
    )


def _holds(text: str, address: str) -> bool:
    return ipaddress.ip_address(address) in ipaddress.ip_network(text, strict=False)


def _count(csr: X509Request) -> int:
    """Count the alternative names of all kinds: what is signed has them all."""
    values = [one.value for one in csr.extensions if one.oid == ALTERNATIVE_NAMES]
    return sum(
        len(tuple(asn1.elements(value, *asn1.expect(value, 0, len(value), asn1.SEQUENCE, "names"))))
        for value in values
    )
