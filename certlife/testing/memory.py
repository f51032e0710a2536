"""A store that keeps everything in memory: the other side of `certlife.driver`, for tests.

It obeys the driver's protocol to the letter: creating twice creates once, deleting is idempotent,
and an update that saw something else does nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from certlife.adapters.kubernetes import Export
from certlife.model import annotations as keys
from certlife.model.secret import SecretData

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from certlife.lifecycle.plan import Event
    from certlife.model.certificate import Certificate
    from certlife.model.request import CertificateRequest
    from certlife.model.snapshot import Snapshot
    from certlife.model.status import CertificateStatus


class MemoryStore:
    """Certificates, Secrets, requests and pending keys in dicts, which tests may read and change.

    Args:
        certificates: The Certificates to begin with.
    """

    def __init__(self, certificates: Iterable[Certificate] = ()) -> None:
        self.certificates: dict[tuple[str | None, str], Certificate] = {
            (one.namespace, one.name): one for one in certificates
        }
        self.secrets: dict[tuple[str | None, str], SecretData] = {}
        self.requests: dict[tuple[str | None, str], CertificateRequest] = {}
        self.events: list[tuple[str, Event]] = []
        self._made = 0

    def snapshots(self) -> Iterator[Snapshot]:
        """Look at each Certificate, with what then surrounds it."""
        for place in sorted(self.certificates, key=str):
            export = Export(
                certificates=tuple(self.certificates.values()),
                secrets=tuple(self.secrets.values()),
                requests=tuple(self.requests.values()),
            )
            yield export.gather(self.certificates[place])

    def read_key(self, certificate: Certificate, name: str) -> bytes:
        """Return a pending key, PEM; b"" where there is none."""
        kept = self.secrets.get((certificate.namespace, name))
        return b"" if kept is None else kept.entry(keys.TLS_PRIVATE_KEY)

    def create_key(self, certificate: Certificate, name: str, pem: bytes) -> None:
        """Keep a pending key, as cert-manager does, in a Secret of its own."""
        kept = SecretData(
            name=name,
            namespace=certificate.namespace,
            entries={keys.TLS_PRIVATE_KEY: pem},
            labels={keys.NEXT_PRIVATE_KEY: "true"},
        )
        self.secrets.setdefault((certificate.namespace, name), kept)

    def delete_key(self, certificate: Certificate, name: str) -> None:
        """Forget a pending key."""
        self.secrets.pop((certificate.namespace, name), None)

    def create_request(self, request: CertificateRequest) -> None:
        """Keep a request, and give it an identity."""
        place = request.namespace, request.name
        if place not in self.requests:
            self._made += 1
            self.requests[place] = evolve(request, uid=f"request-{self._made}")

    def update_request(self, before: CertificateRequest, after: CertificateRequest) -> None:
        """Write a request, if it still is what was seen."""
        place = before.namespace, before.name
        if self.requests.get(place) == before:
            self.requests[place] = after

    def delete_request(self, certificate: Certificate, name: str, uid: str | None) -> None:
        """Forget a request, if it is the one that was seen."""
        place = certificate.namespace, name
        found = self.requests.get(place)
        if found is not None and found.uid == uid:
            del self.requests[place]

    def write_secret(self, secret: SecretData) -> None:
        """Write a Secret as a whole."""
        self.secrets[secret.namespace, secret.name or ""] = secret

    def update_status(
        self, certificate: Certificate, before: CertificateStatus, after: CertificateStatus
    ) -> None:
        """Write a status, if it still is what was seen."""
        place = certificate.namespace, certificate.name
        kept = self.certificates.get(place)
        if kept is not None and kept.status == before:
            self.certificates[place] = evolve(kept, status=after)

    def tell(self, certificate: Certificate, event: Event) -> None:
        """Keep an event, with the name of the Certificate that it is about."""
        self.events.append((certificate.name, event))
