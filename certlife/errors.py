"""What certlife raises: a bad question is an exception, bad news about the world is a value.

Every error names the place (`path`), the rule that was broken and the value that broke it, so that
a caller never has to take a message apart. This module knows nothing of certificates.
"""

from __future__ import annotations

from typing import Final

from attrs import frozen

SHOWN_CHARACTERS: Final = 80
"""How much of a value a message quotes, at most."""


def shown(value: object) -> str:
    """Quote a value for a message: on one line, ASCII only, at most 80 characters.

    Values from Secrets, passwords and key files are never passed here; see `SecretData`.
    """
    try:
        text = ascii(value)
    except (ValueError, RecursionError):  # thousands of digits, thousands of lists in lists
        text = f"a {type(value).__name__}"
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[: SHOWN_CHARACTERS - 3]}..."


class CertlifeError(Exception):
    """Whatever certlife raises on purpose.

    Attributes:
        rule: What was expected, as a clause: "expected an aware datetime".
        path: Where, in the API's spelling: "spec.dnsNames[1]"; "" where there is only one value.
        value: How the offending value is quoted, or None where it must not or cannot be.
    """

    def __init__(self, rule: str, *, path: str = "", value: str | None = None) -> None:
        super().__init__(rule, path, value)
        self.rule = rule
        self.path = path
        self.value = value

    def __reduce__(self) -> tuple[object, ...]:
        """Rebuild from the three parts, because two of them are keywords."""
        return _rebuild, (type(self), self.rule, self.path, self.value)

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        got = "" if self.value is None else f", got {self.value}"
        return f"{where}{self.rule}{got}"


def _rebuild(kind: type[CertlifeError], rule: str, path: str, value: str | None) -> CertlifeError:
    return kind(rule, path=path, value=value)


class WrongTypeError(CertlifeError, TypeError):
    """An argument or field has a type that it cannot have."""


class InvalidValueError(CertlifeError, ValueError):
    """An argument has the right type and a value that the question cannot be asked with."""


class UnreadableError(InvalidValueError):
    """Bytes or text are not the certificate, request, key, name, duration or cron they claim to be.

    `value` stays None wherever the text could hold key material.
    """


@frozen
class Unreadable:
    """Bad news as a value: what UnreadableError raises, where it is part of an answer.

    An exception would keep alive the frames that it came through, and key bytes with them.

    Args:
        rule: Why it cannot be read, as a clause: "the key is encrypted".
    """

    rule: str


class ManifestError(CertlifeError):
    """An object, document or file does not have the shape of what it says it is."""


class StoreError(CertlifeError):
    """A file or folder of a store cannot be read or written; the path is the file's."""
