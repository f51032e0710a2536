"""What an issuer is to whoever drives it, and the clock that one in this process reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from certlife.lifecycle.answers import Answer
    from certlife.model.request import CertificateRequest


class Issuer(Protocol):
    """Who answers requests; a request that is asked about again is the same request."""

    def answer(self, request: CertificateRequest) -> Answer:
        """Approve, deny, take in or look up a request.

        What cannot be reached is a TemporaryError, which may be returned; a CertlifeError that is
        raised is taken for one.
        """
        ...


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """Return the instant, aware."""
        ...
