"""Who signs: Issuers and ClusterIssuers of the type `ca`, with the key in their Secret."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from certlife.adapters.kubernetes import read_issuer, read_secret
from certlife.issuers import Answer, CaIssuer, Invalid, Pending
from certlife.model.annotations import TLS_CERTIFICATE, TLS_PRIVATE_KEY
from examples.operator.store import CERT_MANAGER

if TYPE_CHECKING:
    from certlife import CertificateRequest
    from examples.operator.api import Api

CLUSTER_NAMESPACE: Final = "cert-manager"
"""Where the Secrets of ClusterIssuers are."""


class SystemClock:
    """What time it is."""

    def now(self) -> datetime:
        """Return the instant in UTC, to the second, as the API has it."""
        return datetime.now(UTC).replace(microsecond=0)


class ClusterIssuers:
    """The issuers of a cluster, looked up for each request.

    Args:
        api: The API server.
    """

    def __init__(self, api: Api) -> None:
        self._api = api

    def answer(self, request: CertificateRequest) -> Answer:
        """Sign a request, or say what it waits for."""
        name, kind = request.issuer_ref.name, request.issuer_ref.effective_kind
        namespace = request.namespace
        place = f"namespaces/{namespace}/issuers"
        if kind == "ClusterIssuer":
            namespace, place = CLUSTER_NAMESPACE, "clusterissuers"
        found = self._api.read(f"{CERT_MANAGER}/{place}/{name}")
        if found is None:
            return Pending(f"There is no {kind} {name}")
        secret_name = read_issuer(found).ca_secret
        if secret_name is None:
            return Invalid(f"expected an issuer of the type ca, got {kind} {name}")
        secret = self._api.read(f"/api/v1/namespaces/{namespace}/secrets/{secret_name}")
        if secret is None:
            return Pending(f"There is no Secret {secret_name} with the key of {kind} {name}")
        ca = read_secret(secret)
        return CaIssuer.from_pem(
            certificate=ca.entry(TLS_CERTIFICATE),
            private_key=ca.entry(TLS_PRIVATE_KEY),
            clock=SystemClock(),
        ).answer(request)
