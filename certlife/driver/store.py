"""What a store has to do for the loop; it is anybody's to write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from certlife.lifecycle.plan import Event
    from certlife.model.certificate import Certificate
    from certlife.model.request import CertificateRequest
    from certlife.model.secret import SecretData
    from certlife.model.snapshot import Snapshot
    from certlife.model.status import CertificateStatus


class Store(Protocol):
    """Where Certificates, Secrets, requests and pending keys are kept.

    Creating does nothing where something of that name is there already, deleting nothing where
    nothing is, and updating nothing where something else is there than what was seen.
    """

    def snapshots(self) -> Iterable[Snapshot]:
        """Return every Certificate with what surrounds it, as it is now."""
        ...

    def read_key(self, certificate: Certificate, name: str) -> bytes:
        """Return a pending key, PEM; b"" where there is none."""
        ...

    def create_key(self, certificate: Certificate, name: str, pem: bytes) -> None:
        """Keep a pending key."""
        ...

    def delete_key(self, certificate: Certificate, name: str) -> None:
        """Forget a pending key."""
        ...

    def create_request(self, request: CertificateRequest) -> None:
        """Keep a request."""
        ...

    def update_request(self, before: CertificateRequest, after: CertificateRequest) -> None:
        """Write a request, if it still is what was seen."""
        ...

    def delete_request(self, certificate: Certificate, name: str, uid: str | None) -> None:
        """Forget a request."""
        ...

    def write_secret(self, secret: SecretData) -> None:
        """Write a Secret as a whole, whatever was there."""
        ...

    def update_status(
        self, certificate: Certificate, before: CertificateStatus, after: CertificateStatus
    ) -> None:
        """Write a Certificate's status, if it still is what was seen."""
        ...

    def tell(self, certificate: Certificate, event: Event) -> None:
        """Keep an event for people to read."""
        ...
