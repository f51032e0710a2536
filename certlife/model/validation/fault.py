"""What a fault in a spec is, as a value: which field, which value, which rule it breaks.

Nothing here knows a rule; the modules beside this one do.
"""

from __future__ import annotations

from enum import StrEnum

from attrs import field, frozen

from certlife.model import fields


class FaultType(StrEnum):
    """How a field is at fault, spelled as Kubernetes' `field.ErrorType`."""

    REQUIRED = "FieldValueRequired"
    INVALID = "FieldValueInvalid"
    NOT_SUPPORTED = "FieldValueNotSupported"
    DUPLICATE = "FieldValueDuplicate"
    FORBIDDEN = "FieldValueForbidden"
    TOO_LONG = "FieldValueTooLong"


@frozen
class Fault:
    """One thing that is wrong with a spec.

    Args:
        type: How the field is at fault.
        path: The field, in the API's spelling: "spec.dnsNames[1]".
        value: The value as a message may show it: quoted, on one line, at most 80 characters. None
            where it is absent, a password, or a whole object.
        rule: What was expected, as a clause: "expected at most 64 bytes".
    """

    type: FaultType = field(validator=fields.one(FaultType))
    path: str = field(validator=fields.text)
    value: str | None = field(validator=fields.optional_text)
    rule: str = field(validator=fields.text)

    def __str__(self) -> str:
        got = "" if self.value is None else f", got {self.value}"
        return f"{self.path}: {self.rule}{got}"
