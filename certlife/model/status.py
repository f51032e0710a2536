"""What was last observed: the status of a Certificate, as its controller wrote it down."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from certlife.model import fields

if TYPE_CHECKING:
    from collections.abc import Iterable


class ConditionStatus(StrEnum):
    """Whether a condition holds."""

    TRUE = "True"
    FALSE = "False"
    UNKNOWN = "Unknown"


_STATUSES: Final = fields.words_of(ConditionStatus)


def _condition_status(value: ConditionStatus | str) -> ConditionStatus | str:
    return fields.known_or_text(_STATUSES, value) or ""


@frozen
class Condition:
    """One condition of a Certificate or a CertificateRequest.

    Args:
        type: "Ready", "Issuing"; of a request "Ready", "Approved", "Denied", "InvalidRequest".
        status: "True", "False" or "Unknown".
        reason: Why, as one word.
        message: Why, as a sentence.
        last_transition_time: Since when the status is what it is.
        observed_generation: The generation of the object that the condition speaks of.
    """

    type: str = field(validator=fields.text)
    status: ConditionStatus | str = field(converter=_condition_status, validator=fields.text)
    reason: str | None = field(default=None, validator=fields.optional_text, kw_only=True)
    message: str | None = field(default=None, validator=fields.optional_text, kw_only=True)
    last_transition_time: datetime | None = field(
        default=None, validator=fields.optional_instant, kw_only=True
    )
    observed_generation: int | None = field(
        default=None, validator=fields.optional_integer, kw_only=True
    )


def frozen_conditions(value: Iterable[Condition] | None) -> tuple[Condition, ...] | None:
    """Freeze a list of conditions; None stays None."""
    return fields.frozen_tuple(value)


@frozen(kw_only=True)
class AriWindow:
    """The time in which an ACME server wants a certificate renewed (RFC 9773 4.2).

    Args:
        start: Its first instant.
        end: Its end, exclusive.
    """

    start: datetime | None = field(default=None, validator=fields.optional_instant)
    end: datetime | None = field(default=None, validator=fields.optional_instant)


@frozen(kw_only=True)
class AriStatus:
    """What an ACME server last said about renewal (`status.acme.ari`, RFC 9773)."""

    suggested_window: AriWindow | None = field(default=None, validator=fields.optional(AriWindow))
    explanation_url: str | None = field(default=None, validator=fields.optional_text)
    last_checked: datetime | None = field(default=None, validator=fields.optional_instant)
    next_check: datetime | None = field(default=None, validator=fields.optional_instant)
    last_error: str | None = field(default=None, validator=fields.optional_text)


@frozen
class IssuanceRecord:
    """One issuance that was begun, and why; certlife's own, see `certlife.lifecycle.history`.

    Args:
        at: When it was begun.
        reason: The first violation's reason.
        path: The first violation's path.
    """

    at: datetime = field(validator=fields.instant)
    reason: str = field(validator=fields.text)
    path: str = field(validator=fields.text)


def _records(value: Iterable[IssuanceRecord] | None) -> tuple[IssuanceRecord, ...] | None:
    return fields.frozen_tuple(value)


@frozen(kw_only=True)
class CertificateStatus:
    """What was last observed of a Certificate, None where nothing was.

    Args:
        conditions: "Ready" and "Issuing".
        revision: How many times it was issued; None before the first.
        last_failure_time: When the last issuance failed; None once one succeeds.
        failed_issuance_attempts: How many in a row have failed.
        not_before: The stored certificate's first instant.
        not_after: The stored certificate's last instant.
        renewal_time: When it is due.
        next_private_key_secret_name: The Secret that holds the key of the issuance under way.
        ari: What the ACME server said about its renewal.
        issuances: The last few issuances that were begun, the newest last.
    """

    conditions: tuple[Condition, ...] | None = field(
        default=None, converter=frozen_conditions, validator=fields.optional_many(Condition)
    )
    revision: int | None = field(default=None, validator=fields.optional_integer)
    last_failure_time: datetime | None = field(default=None, validator=fields.optional_instant)
    failed_issuance_attempts: int | None = field(default=None, validator=fields.optional_integer)
    not_before: datetime | None = field(default=None, validator=fields.optional_instant)
    not_after: datetime | None = field(default=None, validator=fields.optional_instant)
    renewal_time: datetime | None = field(default=None, validator=fields.optional_instant)
    next_private_key_secret_name: str | None = field(default=None, validator=fields.optional_text)
    ari: AriStatus | None = field(default=None, validator=fields.optional(AriStatus))
    issuances: tuple[IssuanceRecord, ...] | None = field(
        default=None, converter=_records, validator=fields.optional_many(IssuanceRecord)
    )

    def condition(self, condition_type: str) -> Condition | None:
        """The first condition of this type, or None."""
        return first_condition(self.conditions, condition_type)


def first_condition(conditions: tuple[Condition, ...] | None, kind: str) -> Condition | None:
    """Return the first condition of a type, or None."""
    for condition in conditions or ():
        if condition.type == kind:
            return condition
    return None
