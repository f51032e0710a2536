"""What an approver or an issuer may answer to a request."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeAlias

from attrs import frozen


@frozen
class Approved:
    """The request may be submitted.

    Args:
        message: By whom, or why.
    """

    message: str = ""


@frozen
class Denied:
    """The request must not be submitted; final.

    Args:
        message: By whom, or why.
    """

    message: str = ""


@frozen
class Pending:
    """The issuer is at it.

    Args:
        message: What it is waiting for.
        retry_after: How long it wants to be left alone; None where it does not say.
    """

    message: str = ""
    retry_after: timedelta | None = None


@frozen
class Issued:
    """The issuer has signed; final.

    Args:
        certificate: The chain, PEM, leaf first.
        ca: The issuer's CA, PEM, or None.
        warnings: What somebody should know about it, each a sentence.
    """

    certificate: bytes
    ca: bytes | None = None
    warnings: tuple[str, ...] = ()


@frozen
class Failed:
    """The issuer has given up; final.

    Args:
        message: Why.
    """

    message: str = ""


@frozen
class Invalid:
    """The issuer will never sign such a request; final.

    Args:
        message: Why.
    """

    message: str = ""


@frozen
class TemporaryError:
    """The issuer could not be reached or was not well; the same request is tried again.

    Args:
        message: What went wrong.
        retry_after: How long it wants to be left alone; None where it does not say.
    """

    message: str = ""
    retry_after: timedelta | None = None


Answer: TypeAlias = Approved | Denied | Pending | Issued | Failed | Invalid | TemporaryError
