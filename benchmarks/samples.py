"""What is judged: the bytes of a Secret and its request as a controller gets them, of any key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from certlife.model.certificate import Certificate
from certlife.model.request import CertificateRequest
from certlife.model.secret import SecretData
from certlife.model.snapshot import Snapshot
from certlife.model.spec import CertificateSpec, IssuerRef, PrivateKeySpec
from certlife.testing import issued, signer

if TYPE_CHECKING:
    from certlife.model.spec import Renewal

ISSUED: Final = datetime(2026, 3, 1, tzinfo=UTC)
NOW: Final = ISSUED + timedelta(days=10)

KEYS: Final = {
    "ec": PrivateKeySpec(algorithm="ECDSA", size=256),
    "ec-p384": PrivateKeySpec(algorithm="ECDSA", size=384),
    "ec-p521": PrivateKeySpec(algorithm="ECDSA", size=521),
    "ed25519": PrivateKeySpec(algorithm="Ed25519"),
    "rsa-pkcs1": PrivateKeySpec(algorithm="RSA", size=2048, encoding="PKCS1"),
    "rsa-pkcs8": PrivateKeySpec(algorithm="RSA", size=2048, encoding="PKCS8"),
    "rsa-3072": PrivateKeySpec(algorithm="RSA", size=3072, encoding="PKCS8"),
    "rsa-4096": PrivateKeySpec(algorithm="RSA", size=4096, encoding="PKCS8"),
}
"""The keys that a path is measured with, by the part of its name that says which."""


@frozen
class Sample:
    """A Certificate, and the bytes around it that nobody has read yet.

    The Certificate is a value already, for a controller keeps it; what comes anew at every look is
    the Secret, and the request unless it is gone.

    Args:
        certificate: The Certificate.
        entries: `Secret.data`, decoded.
        annotations: Those of the Secret.
        csr: `spec.request` of the request.
        request: Name and annotations of the request, None where there is none.
    """

    certificate: Certificate
    entries: Mapping[str, bytes]
    annotations: Mapping[str, str]
    csr: bytes
    request: tuple[str, Mapping[str, str]] | None

    @property
    def chain(self) -> bytes:
        """`tls.crt`."""
        return self.entries["tls.crt"]

    @property
    def key(self) -> bytes:
        """`tls.key`."""
        return self.entries["tls.key"]

    def copied(self) -> Sample:
        """Copy the bytes, which equal samples would otherwise share."""
        entries = {name: bytes(bytearray(value)) for name, value in self.entries.items()}
        return evolve(self, entries=entries, csr=bytes(bytearray(self.csr)))

    def unread(self) -> Snapshot:
        """Make a snapshot of the bytes."""
        secret = SecretData(entries=self.entries, annotations=self.annotations)
        return Snapshot(self.certificate, secret=secret, requests=self.unread_requests())

    def unread_requests(self) -> tuple[CertificateRequest, ...]:
        """Make the request of its bytes, or none."""
        if self.request is None:
            return ()
        name, annotations = self.request
        spec = self.certificate.spec
        return (
            CertificateRequest(
                name=name,
                issuer_ref=spec.issuer_ref,
                csr=self.csr,
                usages=spec.usages,
                annotations=annotations,
            ),
        )


def sample(
    kind: str = "ec", number: int = 1, *, names: int = 2, renewal: Renewal | None = None
) -> Sample:
    """Issue a certificate, and keep the bytes.

    Args:
        kind: One of `KEYS`.
        number: Which of the keys of that kind, from 1.
        names: How many DNS names it is for.
        renewal: When it is to be renewed, if anything is said.
    """
    one = world(KEYS[kind], number, names=names, renewal=renewal)
    secret, (request,) = one.secret, one.requests
    assert secret is not None
    assert request.csr is not None
    return Sample(
        one.certificate,
        dict(secret.entries or {}),
        dict(secret.annotations or {}),
        request.csr,
        (request.name, dict(request.annotations or {})),
    )


def world(
    key: PrivateKeySpec, number: int, *, names: int = 2, renewal: Renewal | None = None
) -> Snapshot:
    """Issue a certificate; nothing is to be done about it."""
    name = f"web-{number}"
    spec = CertificateSpec(
        secret_name=name,
        issuer_ref=IssuerRef("ca"),
        dns_names=[f"n{index}.{name}.example" for index in range(names)],
        private_key=key,
        renewal=renewal,
    )
    return issued(spec, at=ISSUED, name=name, key=signer(key, number))
