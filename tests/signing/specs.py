"""The spec that the tests of making bytes begin with: names and an issuer, and a quick key."""

from __future__ import annotations

from typing import Final

from certlife.model.spec import CertificateSpec, IssuerRef, PrivateKeySpec

ECDSA: Final = PrivateKeySpec(algorithm="ECDSA")
PLAIN: Final = CertificateSpec(
    secret_name="web-tls",
    issuer_ref=IssuerRef("ca"),
    dns_names=["a.example"],
    private_key=ECDSA,
)
