"""All that a decision or a plan may ask about one Certificate, at one moment."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from attrs import field, frozen

from certlife.model import fields
from certlife.model.certificate import Certificate
from certlife.model.request import CertificateRequest
from certlife.model.secret import SecretData
from certlife.model.status import AriWindow
from certlife.pki.keys import PrivateKey

if TYPE_CHECKING:
    from collections.abc import Iterable


def _requests(value: Iterable[CertificateRequest]) -> tuple[CertificateRequest, ...]:
    return fields.required_tuple(value)


def _certificates(value: Iterable[Certificate]) -> tuple[Certificate, ...]:
    return fields.required_tuple(value)


@frozen(slots=False, getstate_setstate=True)  # as SecretData
class Snapshot:
    """A Certificate and what surrounds it.

    Args:
        certificate: The Certificate that is judged.
        secret: The Secret that it names, or None where there is none; must be said.
        requests: The requests that belong to it, in any order; must be said, () for none.
        pending_key: The private key of the issuance under way, or None.
        rivals: The other Certificates that name the same Secret.
        ari_window: When the ACME server wants it renewed, or None.

    Raises:
        WrongTypeError: For an argument of a wrong type.
    """

    certificate: Certificate = field(validator=fields.one(Certificate))
    secret: SecretData | None = field(validator=fields.optional(SecretData), kw_only=True)
    requests: tuple[CertificateRequest, ...] = field(
        converter=_requests, validator=fields.many(CertificateRequest), kw_only=True
    )
    pending_key: PrivateKey | None = field(
        default=None, validator=fields.optional(PrivateKey), kw_only=True
    )
    rivals: tuple[Certificate, ...] = field(
        default=(),
        converter=_certificates,
        validator=fields.many(Certificate),
        kw_only=True,
    )
    ari_window: AriWindow | None = field(
        default=None, validator=fields.optional(AriWindow), kw_only=True
    )

    @property
    def next_revision(self) -> int:
        """The revision that the next issuance will have: 1, or the current one's successor."""
        return (self.certificate.status.revision or 0) + 1

    @property
    def current_requests(self) -> tuple[CertificateRequest, ...]:
        """The requests of the current revision: none before the first issuance, one, or more."""
        revision = self.certificate.status.revision
        return () if revision is None else self._requests_of(revision)

    @property
    def next_requests(self) -> tuple[CertificateRequest, ...]:
        """The requests of the next revision: none, the one under way or failed, or more."""
        return self._requests_of(self.next_revision)

    @cached_property
    def current_request(self) -> CertificateRequest | None:
        """The request that led to what is stored, None where there is not exactly one."""
        return _only(self.current_requests)

    @property
    def next_request(self) -> CertificateRequest | None:
        """The request that is under way or has failed, None where there is not exactly one."""
        return _only(self.next_requests)

    def _requests_of(self, revision: int) -> tuple[CertificateRequest, ...]:
        spelled = str(revision)
        return tuple([request for request in self.requests if request.revision == spelled])


def _only(requests: tuple[CertificateRequest, ...]) -> CertificateRequest | None:
    return requests[0] if len(requests) == 1 else None
