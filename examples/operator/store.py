"""One Certificate in a cluster, with all that belongs to it, as the driver's Store.

Everything is read afresh for each look, and written only over what was read; so it does not matter
how late a watch is, or who else writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import kopf
from attrs import evolve

from certlife.adapters.kubernetes import (
    read_certificate,
    read_export,
    read_request,
    read_secret,
    write_certificate,
    write_request,
    write_secret,
)
from certlife.model.annotations import NEXT_PRIVATE_KEY, TLS_PRIVATE_KEY
from certlife.model.secret import SecretData

if TYPE_CHECKING:
    from collections.abc import Iterator

    from certlife import Certificate, CertificateRequest, CertificateStatus, Snapshot
    from certlife.lifecycle.plan import Event
    from examples.operator.api import Api

CERT_MANAGER: Final = "/apis/cert-manager.io/v1"


class CertificateStore:
    """What the driver may do about one Certificate.

    Args:
        api: The API server.
        namespace: Where the Certificate is.
        name: What it is called.
    """

    def __init__(self, api: Api, namespace: str | None, name: str) -> None:
        self._api = api
        self._certificates = f"{CERT_MANAGER}/namespaces/{namespace}/certificates"
        self._requests = f"{CERT_MANAGER}/namespaces/{namespace}/certificaterequests"
        self._secrets = f"/api/v1/namespaces/{namespace}/secrets"
        self._name = name
        self.is_gone = False
        """Whether the last look has found no such Certificate."""

    def snapshots(self) -> Iterator[Snapshot]:
        """Look at the Certificate, if it is there."""
        found = self._api.read(f"{self._certificates}/{self._name}")
        self.is_gone = found is None
        if found is None:
            return
        certificate = read_certificate(found)
        secrets = (certificate.spec.secret_name, certificate.status.next_private_key_secret_name)
        paths = [self._certificates, self._requests]
        paths += [f"{self._secrets}/{name}" for name in secrets if name]
        objects = [(path, self._api.read(path)) for path in paths]
        export = read_export((path, one) for path, one in objects if one is not None)
        yield export.gather(certificate)

    def read_key(self, certificate: Certificate, name: str) -> bytes:
        """Return a pending key, PEM; b"" where there is none."""
        del certificate
        found = self._api.read(f"{self._secrets}/{name}")
        return b"" if found is None else read_secret(found).entry(TLS_PRIVATE_KEY)

    def create_key(self, certificate: Certificate, name: str, pem: bytes) -> None:
        """Keep a pending key in a Secret of its own, where cert-manager has it, too."""
        kept = SecretData(
            name=name,
            namespace=certificate.namespace,
            entries={TLS_PRIVATE_KEY: pem},
            labels={NEXT_PRIVATE_KEY: "true"},
        )
        self._api.create(self._secrets, write_secret(kept))

    def delete_key(self, certificate: Certificate, name: str) -> None:
        """Forget a pending key."""
        del certificate
        self._api.delete(f"{self._secrets}/{name}")

    def create_request(self, request: CertificateRequest) -> None:
        """Keep a request."""
        self._api.create(self._requests, write_request(request))

    def update_request(self, before: CertificateRequest, after: CertificateRequest) -> None:
        """Write annotations, then status, if the request still is what was seen."""
        path = f"{self._requests}/{before.name}"
        found = self._api.read(path)
        if found is None or read_request(found) != before:
            return
        if after.annotations != before.annotations:
            found["metadata"]["annotations"] = dict(after.annotations or {})
            if not self._api.replace(path, found):
                return
            found = self._api.read(path) or found
        self._api.replace(f"{path}/status", {**found, "status": write_request(after)["status"]})

    def delete_request(self, certificate: Certificate, name: str, uid: str | None) -> None:
        """Forget a request, if it is the one that was seen."""
        del certificate
        self._api.delete(f"{self._requests}/{name}", uid)

    def write_secret(self, secret: SecretData) -> None:
        """Write a Secret as a whole: without a resourceVersion, it replaces whatever is there."""
        body = write_secret(secret)
        if not self._api.replace(f"{self._secrets}/{secret.name}", body):
            self._api.create(self._secrets, body)

    def update_status(
        self, certificate: Certificate, before: CertificateStatus, after: CertificateStatus
    ) -> None:
        """Write a status, if it still is what was seen."""
        path = f"{self._certificates}/{self._name}"
        found = self._api.read(path)
        if found is not None and read_certificate(found).status == before:
            status = write_certificate(evolve(certificate, status=after)).get("status", {})
            self._api.replace(f"{path}/status", {**found, "status": status})

    def tell(self, certificate: Certificate, event: Event) -> None:
        """Have kopf post an event."""
        name, namespace = certificate.name, certificate.namespace or ""
        body = kopf.Body(
            {
                "apiVersion": "cert-manager.io/v1",
                "kind": "Certificate",
                "metadata": {"name": name, "namespace": namespace, "uid": certificate.uid or ""},
            }
        )
        kopf.event(body, type=event.type, reason=event.reason, message=event.message)
