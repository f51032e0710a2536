"""A rehearsal of the operator, without a cluster: `python -m examples.operator.rehearsal`.

It runs under kopf as it would elsewhere, against a small API server on loopback. Meanwhile somebody
deletes a Secret, edits a spec and asks for a renewal; what the operator tells is printed.
"""

from __future__ import annotations

import logging
import os
import sys
from base64 import b64encode
from contextlib import contextmanager
from datetime import UTC, datetime
from tempfile import NamedTemporaryFile
from threading import Event, Thread
from typing import TYPE_CHECKING, Final
from unittest.mock import patch

from certlife import mark_for_renewal
from certlife.adapters.kubernetes import read_certificate, write_certificate
from certlife.pki.pem import encode
from certlife.testing import authority
from examples.operator import controller
from examples.operator.fake_api import served
from examples.operator.fake_cluster import (
    CERTIFICATES,
    EVENTS,
    ISSUERS,
    SECRETS,
    FakeCluster,
    Place,
)

if TYPE_CHECKING:
    from collections.abc import Generator

    from certlife import Certificate

WEB: Final = Place(CERTIFICATES, "shop", "web")
WEB_TLS: Final = Place(SECRETS, "shop", "web-tls")
SPEC: Final = {
    "secretName": "web-tls",
    "issuerRef": {"name": "our-ca"},
    "dnsNames": ["shop.example"],
    "privateKey": {"algorithm": "ECDSA"},
}


def main() -> None:
    """Play."""
    logging.basicConfig(level=logging.ERROR)
    cluster = FakeCluster()
    with served(cluster) as kubeconfig, operating(kubeconfig):
        print("Somebody creates an Issuer and a Certificate.")
        create_issuer(cluster)
        create_certificate(cluster, WEB)
        print_events(cluster, revision=1)
        print("Somebody deletes the Secret.")
        cluster.delete(WEB_TLS)
        print_events(cluster, revision=2)
        print("Somebody adds a name.")
        cluster.edit(WEB, spec={**SPEC, "dnsNames": ["shop.example", "www.shop.example"]})
        print_events(cluster, revision=3)
        print("Somebody asks for a renewal, as `cmctl renew` does.")
        marked = mark_for_renewal(certificate(cluster), now=datetime.now(UTC))
        cluster.edit(WEB, status=write_certificate(marked)["status"])
        print_events(cluster, revision=4)


@contextmanager
def operating(kubeconfig: str) -> Generator[None]:
    """Run the operator in a thread, until the end of the block."""
    stop = Event()
    thread = Thread(target=controller.operate, args=(stop,))
    with NamedTemporaryFile("w") as file, patch.dict(os.environ, KUBECONFIG=file.name):
        file.write(kubeconfig)
        file.flush()
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


def create_issuer(cluster: FakeCluster) -> None:
    """Create an Issuer of the type ca, and the Secret with its key."""
    ca = authority("our CA")
    pair = {"tls.crt": encode("CERTIFICATE", ca.certificate.der).encode(), "tls.key": ca.signer.pem}
    data = {key: b64encode(pem).decode() for key, pem in pair.items()}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {}, "data": data}
    cluster.create(Place(SECRETS, "shop", "our-ca"), secret)
    spec = {"ca": {"secretName": "our-ca"}}
    issuer = {"apiVersion": "cert-manager.io/v1", "kind": "Issuer", "metadata": {}, "spec": spec}
    cluster.create(Place(ISSUERS, "shop", "our-ca"), issuer)


def create_certificate(cluster: FakeCluster, place: Place) -> None:
    """Create a Certificate with our spec."""
    kind = {"apiVersion": "cert-manager.io/v1", "kind": "Certificate"}
    cluster.create(place, {**kind, "metadata": {}, "spec": SPEC})


def certificate(cluster: FakeCluster, place: Place = WEB) -> Certificate:
    """Return a Certificate as it is now."""
    found = cluster.get(place)
    if found is None:
        sys.exit(f"there is no {place}")
    return read_certificate(found)


def print_events(cluster: FakeCluster, *, revision: int) -> None:
    """Wait until a revision is there, and print what was told of it."""
    if not cluster.wait_for(lambda: is_settled(cluster, revision)):
        sys.exit("it was not issued within a minute")
    told = [(one.get("reason", ""), one.get("message", "")) for one in cluster.find(EVENTS)[1]]
    ends = [0, *(at for at, (_, message) in enumerate(told, 1) if message == ISSUED)]
    for reason, message in told[ends[-2] :]:
        print(f"  {reason:10}{message}")


def is_settled(cluster: FakeCluster, revision: int) -> bool:
    """Whether a revision of the Certificate is there, and told of, and nothing is left to do."""
    status = certificate(cluster).status
    told = [one for one in cluster.find(EVENTS)[1] if one.get("message") == ISSUED]
    is_over = status.next_private_key_secret_name is None
    return status.revision == revision == len(told) and is_over


ISSUED: Final = "The certificate has been issued"

if __name__ == "__main__":
    main()
