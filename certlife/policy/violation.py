"""The evidence that a verdict carries: what was expected, what was found, where, and why it counts.

Messages are made when read; nobody ever parses one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from attrs import frozen

from certlife.errors import shown
from certlife.schedule.durations import format_duration
from certlife.schedule.instants import format_instant


class Clause(str):
    """Evidence that describes something instead of quoting it: "a private key that can be read"."""

    __slots__ = ()


Evidence: TypeAlias = str | int | bool | timedelta | datetime | tuple[str, ...] | None
"""What a violation may show: values of a spec or a certificate, never of a private key."""


class Reason(StrEnum):
    """Why a certificate must be re-issued or its Secret rewritten, as cert-manager spells it."""

    DOES_NOT_EXIST = "DoesNotExist"
    MISSING_DATA = "MissingData"
    INVALID_KEY_PAIR = "InvalidKeyPair"
    INVALID_CERTIFICATE = "InvalidCertificate"
    INVALID_CERTIFICATE_REQUEST = "InvalidCertificateRequest"
    SECRET_MISMATCH = "SecretMismatch"
    INCORRECT_ISSUER = "IncorrectIssuer"
    INCORRECT_CERTIFICATE = "IncorrectCertificate"
    REQUEST_CHANGED = "RequestChanged"
    RENEWING = "Renewing"
    EXPIRED = "Expired"
    WINDOW_ERROR = "WindowError"
    MANUALLY_TRIGGERED = "ManuallyTriggered"
    SECRET_TEMPLATE_MISMATCH = "SecretTemplateMismatch"
    SECRET_MANAGED_METADATA_MISMATCH = "SecretManagedMetadataMismatch"
    ADDITIONAL_OUTPUT_FORMATS_MISMATCH = "AdditionalOutputFormatsMismatch"
    MANAGED_FIELDS_PARSE_ERROR = "ManagedFieldsParseError"
    SECRET_OWNER_REF_MISMATCH = "SecretOwnerRefMismatch"


@frozen
class Violation:
    """One thing that is not as it should be.

    Args:
        check: The name of the check that found it.
        reason: cert-manager's word for it, or a word of your own.
        path: Where, in the API's spelling: "spec.dnsNames", "secret.data[tls.key]"; "" for nowhere.
        expected: What should be there.
        actual: What is there; None for nothing.
    """

    check: str
    reason: Reason | str
    path: str
    expected: Evidence
    actual: Evidence

    @property
    def message(self) -> str:
        """The violation as a sentence for people; its wording may change at any time."""
        where = f"{self.path}: " if self.path else ""
        return f"{where}expected {spelled(self.expected)}, got {spelled(self.actual)}"


@frozen
class NotApplicable:
    """The answer of a check that cannot be asked.

    Args:
        why: What is missing for asking it, as a clause: "there is no Secret".
    """

    why: str


def spelled(evidence: Evidence) -> str:
    """Write evidence for people: instants in RFC 3339, durations as Go does, text quoted."""
    match evidence:
        case None:
            return "nothing"
        case Clause():
            return evidence
        case bool():
            return "true" if evidence else "false"
        case int():
            return str(evidence)
        case datetime():
            return format_instant(evidence)
        case timedelta():
            return format_duration(evidence)
        case tuple():
            return f"[{', '.join(shown(element) for element in evidence)}]"
        case text:
            return shown(text)
