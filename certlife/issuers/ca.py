"""An issuer that signs in this process with the key of a CA, as cert-manager's CA issuer does.

What is asked for is granted: names, usages, basic constraints and lifetime. Whether it should be is
an approver's question.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from certlife.errors import InvalidValueError, Unreadable, shown
from certlife.issuers.protocol import Clock
from certlife.lifecycle.answers import Failed, Issued
from certlife.model import fields
from certlife.model.certificate_urls import CertificateUrls
from certlife.pki.certificate import X509Certificate, read_certificates
from certlife.pki.chain import order_chain
from certlife.pki.extensions import KeyUsageBit
from certlife.pki.pem import MAX_CHAIN_BYTES
from certlife.pki.permitted_names import forbidden_names
from certlife.schedule.instants import format_instant, require_aware
from certlife.signing.algorithms import usual_algorithm
from certlife.signing.certificates import Authority, Grant, sign_request
from certlife.signing.keys import Signer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from certlife.lifecycle.answers import Answer
    from certlife.model.request import CertificateRequest


class OnOutlive(StrEnum):
    """What to do about a certificate that would be good for longer than its CA."""

    WARN = "warn"
    """Issue it as asked, as cert-manager does, and warn."""

    CLIP = "clip"
    """Issue it for as long as the CA is good, and warn."""

    REFUSE = "refuse"
    """Fail the request."""


def _certificates(value: Iterable[X509Certificate]) -> tuple[X509Certificate, ...]:
    return fields.required_tuple(value)


@frozen(kw_only=True)
class CaIssuer:
    """A CA in this process.

    Args:
        authority: The CA's certificate and private key.
        clock: By which certificates begin, and CAs expire.
        above: The certificates of the CAs above it, in any order, with or without the root.
        on_outlive: What to do about a certificate that would be good for longer than any of them.
        urls: What certificates say about where more is to be found.

    Raises:
        InvalidValueError: The CA may not sign certificates, its key is too weak for it, or the
            certificates are not one chain that begins with the CA's.
        WrongTypeError: A field is of a wrong type.
    """

    authority: Authority = field(validator=fields.one(Authority))
    clock: Clock
    above: tuple[X509Certificate, ...] = field(
        default=(), converter=_certificates, validator=fields.many(X509Certificate)
    )
    on_outlive: OnOutlive = field(default=OnOutlive.WARN, validator=fields.one(OnOutlive))
    urls: CertificateUrls = field(default=CertificateUrls(), validator=fields.one(CertificateUrls))

    def __attrs_post_init__(self) -> None:
        """Check what would fail every request."""
        ca, signer = self.authority.certificate, self.authority.signer
        if not ca.is_ca:  # RFC 5280, section 4.2.1.9
            raise InvalidValueError("expected the certificate of a CA (CA:TRUE)", path="authority")
        usages = ca.key_usages
        if usages is not None and KeyUsageBit.CERT_SIGN not in usages:  # section 4.2.1.3
            rule = "expected a CA whose key usage has 'cert sign'"
            raise InvalidValueError(rule, path="authority")
        usual_algorithm(signer.algorithm, signer.private_key.size, path="authority")
        if order_chain((ca, *self.above)).leaf != ca:
            raise InvalidValueError("expected only certificates of CAs above it", path="above")

    @classmethod
    def from_pem(
        cls,
        *,
        certificate: bytes | str,
        private_key: bytes | str,
        clock: Clock,
        on_outlive: OnOutlive = OnOutlive.WARN,
        urls: CertificateUrls = CertificateUrls(),  # noqa: B008 — frozen
    ) -> CaIssuer:
        """Read a CA, and check its key in full.

        Args:
            certificate: PEM, at most 95,000 bytes: the CA's certificate, then those above it.
            private_key: PEM.
            clock: As for the class.
            on_outlive: As for the class.
            urls: As for the class.

        Raises:
            UnreadableError: Something cannot be read, or the key is not one to sign with.
            InvalidValueError: Key and certificate are not a pair, and as for the class.
            WrongTypeError: An argument is of a wrong type.
        """
        ca, *above = read_certificates(certificate, limit=MAX_CHAIN_BYTES)
        authority = Authority(ca, Signer.from_pem(private_key))
        return cls(
            authority=authority, clock=clock, above=tuple(above), on_outlive=on_outlive, urls=urls
        )

    def answer(self, request: CertificateRequest) -> Answer:
        """Sign what is asked for, from now on.

        Args:
            request: Any request; which issuer it names is not looked at.

        Returns:
            Issued, with the chain without its root and with the CA; or Failed, where the request
            cannot be granted or a CA is not valid now.

        Raises:
            WrongTypeError: `request` is no CertificateRequest.
            InvalidValueError: The clock is naive.
        """
        now = require_aware(self.clock.now())
        for one in (self.authority.certificate, *self.above):
            if not one.not_before <= now <= one.not_after:
                return Failed(_not_valid(one, now))
        try:
            return self._sign(request, Grant.of(request, not_before=now, urls=self.urls))
        except InvalidValueError as error:
            return Failed(f"The CA does not sign this request: {error}")

    def _sign(self, request: CertificateRequest, grant: Grant) -> Answer:
        csr = request.csr_reading
        if isinstance(csr, Unreadable):
            return Failed(f"The CA cannot read the request: {csr.rule}")
        warnings = []
        end = min(one.not_after for one in (self.authority.certificate, *self.above))
        if grant.not_after > end:
            message = (
                f"A certificate until {format_instant(grant.not_after)} outlives its CA, "
                f"which is good until {format_instant(end)}"
            )
            if self.on_outlive is OnOutlive.REFUSE:
                return Failed(message)
            if self.on_outlive is OnOutlive.CLIP:
                message, grant = f"{message}; it was cut to that", evolve(grant, not_after=end)
            warnings.append(message)
        constraints = self.authority.certificate.basic_constraints
        if grant.is_ca and constraints is not None and constraints.max_path_len == 0:
            warnings.append(
                "The CA may have no CA below it: what this certificate signs will not be trusted"
            )
        leaf = X509Certificate.from_pem(sign_request(csr, self.authority, grant))
        warnings += _forbidden(leaf, (self.authority.certificate, *self.above))
        chain = order_chain((leaf, self.authority.certificate, *self.above))
        return Issued(chain.fullchain_pem.encode(), chain.ca_pem.encode(), tuple(warnings))


def _forbidden(leaf: X509Certificate, cas: Iterable[X509Certificate]) -> Iterator[str]:
    """Warn of names that clients will refuse, which cert-manager issues without a word."""
    for ca in cas:
        constraints = ca.name_constraints
        names = () if constraints is None else forbidden_names(constraints, leaf.alternative_names)
        if names:
            yield (
                f"The name constraints of {shown(ca.common_name)} forbid"
                f" {', '.join(map(shown, names))}: this certificate will not be trusted"
            )


def _not_valid(certificate: X509Certificate, now: datetime) -> str:
    return (
        f"The CA's certificate {shown(certificate.common_name)} is good from "
        f"{format_instant(certificate.not_before)} until {format_instant(certificate.not_after)}, "
        f"and not at {format_instant(now)}: renew it"
    )
