"""What was asked of an issuer and what it answered: cert-manager's CertificateRequest."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from attrs import field, frozen

from certlife.errors import Unreadable, UnreadableError
from certlife.model import annotations as keys
from certlife.model import fields
from certlife.model.frozenmap import FrozenMap
from certlife.model.metadata import OwnerReference, controller_uid, frozen_owners
from certlife.model.spec import IssuerRef
from certlife.model.status import Condition, ConditionStatus, first_condition, frozen_conditions
from certlife.pki.csr import X509Request


class RequestOutcome(StrEnum):
    """How far a request has come, by its conditions."""

    PENDING = "Pending"
    ISSUED = "Issued"
    FAILED = "Failed"
    INVALID = "InvalidRequest"
    DENIED = "Denied"


@frozen(kw_only=True, slots=False, getstate_setstate=True)  # as SecretData
class CertificateRequest:
    """One request for a certificate, None where something is unsaid.

    Args:
        name: Its name, unique in its namespace.
        csr: `spec.request`: the certificate request, PEM.
        issuer_ref: Whom it asks.
        duration: The lifetime that it asks for.
        is_ca: Whether it asks for a CA certificate.
        usages: The usages that it asks for.
        conditions: "Ready", "Approved", "Denied", "InvalidRequest".
        failure_time: When the issuer gave up on it.
        certificate: `status.certificate`: what was issued, PEM.
        ca: `status.ca`: the issuer's CA, PEM.

    Raises:
        WrongTypeError: For a field of a wrong type; the path names class and field.
    """

    name: str = field(validator=fields.text)
    issuer_ref: IssuerRef = field(validator=fields.one(IssuerRef))
    csr: bytes | None = field(default=None, validator=fields.optional(bytes), repr=False)
    duration: timedelta | None = field(default=None, validator=fields.optional_duration)
    is_ca: bool | None = field(default=None, validator=fields.optional_flag)
    usages: tuple[str, ...] | None = field(
        default=None, converter=fields.texts, validator=fields.optional_texts
    )
    conditions: tuple[Condition, ...] | None = field(
        default=None, converter=frozen_conditions, validator=fields.optional_many(Condition)
    )
    failure_time: datetime | None = field(default=None, validator=fields.optional_instant)
    certificate: bytes | None = field(default=None, validator=fields.optional(bytes), repr=False)
    ca: bytes | None = field(default=None, validator=fields.optional(bytes), repr=False)
    namespace: str | None = field(default=None, validator=fields.optional_text)
    uid: str | None = field(default=None, validator=fields.optional_text)
    created: datetime | None = field(default=None, validator=fields.optional_instant)
    annotations: FrozenMap[str, str] | None = field(
        default=None, converter=fields.text_map, validator=fields.optional_map(str)
    )
    labels: FrozenMap[str, str] | None = field(
        default=None, converter=fields.text_map, validator=fields.optional_map(str)
    )
    owner_references: tuple[OwnerReference, ...] | None = field(
        default=None, converter=frozen_owners, validator=fields.optional_many(OwnerReference)
    )

    @property
    def revision(self) -> str | None:
        """The revision that this request is for, as the annotation spells it, or None.

        Text, because cert-manager compares it as text: "07" is the request of no revision.
        """
        return None if self.annotations is None else self.annotations.get(keys.REVISION)

    @property
    def owner_uid(self) -> str | None:
        """The uid of the Certificate that manages this request, or None."""
        return controller_uid(self.owner_references)

    @property
    def outcome(self) -> RequestOutcome:
        """How far it has come: denied beats invalid, invalid failed, failed issued."""
        if _is_true(self.conditions, "Denied"):
            return RequestOutcome.DENIED
        if _is_true(self.conditions, "InvalidRequest"):
            return RequestOutcome.INVALID
        ready = first_condition(self.conditions, "Ready")
        if ready is None:
            return RequestOutcome.PENDING
        if ready.status == ConditionStatus.TRUE:
            return RequestOutcome.ISSUED
        return _BY_REASON.get(ready.reason or "", RequestOutcome.PENDING)

    @cached_property
    def csr_reading(self) -> X509Request | Unreadable:
        """The certificate request, or why it cannot be read; read once."""
        try:
            return X509Request.from_pem(self.csr or b"")
        except UnreadableError as error:
            return Unreadable(error.rule)


_BY_REASON = {"Failed": RequestOutcome.FAILED, "Denied": RequestOutcome.DENIED}


def _is_true(conditions: tuple[Condition, ...] | None, kind: str) -> bool:
    condition = first_condition(conditions, kind)
    return condition is not None and condition.status == ConditionStatus.TRUE
