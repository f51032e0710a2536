"""Requests as a Certificate makes them, CAs of every kind, and a clock for all of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from attrs import evolve

from certlife.issuers import CaIssuer, OnOutlive
from certlife.model.certificate import Certificate
from certlife.model.spec import CertificateSpec, IssuerRef, PrivateKeySpec
from certlife.pki import pem
from certlife.pki.certificate import X509Certificate
from certlife.pki.csr import X509Request
from certlife.signing import (
    Authority,
    Grant,
    Signer,
    certificate_request,
    self_sign_request,
    sign_request,
)
from certlife.testing import FakeClock, request, signer

if TYPE_CHECKING:
    from certlife.model.request import CertificateRequest
    from certlife.model.spec import NameConstraints

NOW: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY: Final = timedelta(days=1)
CLOCK: Final = FakeClock(NOW)
ECDSA: Final = PrivateKeySpec(algorithm="ECDSA")
ED25519: Final = PrivateKeySpec(algorithm="Ed25519")
RSA: Final = PrivateKeySpec(algorithm="RSA")
KINDS: Final = {"RSA": RSA, "ECDSA": ECDSA, "Ed25519": ED25519}
SPEC: Final = CertificateSpec(
    secret_name="web-tls",
    issuer_ref=IssuerRef("ca"),
    common_name="a.example",
    dns_names=["a.example"],
    usages=["digital signature", "server auth", "client auth"],
    private_key=ECDSA,
)
KEY: Final = signer(ECDSA, number=7)


def asked(spec: CertificateSpec = SPEC, key: Signer | None = None) -> CertificateRequest:
    certificate = Certificate("web", spec, namespace="shop", uid="u-web")
    return request(certificate, key or KEY, at=NOW)


def root(
    kind: PrivateKeySpec = ECDSA, *, until: datetime = NOW + 3650 * DAY, number: int = 1
) -> Authority:
    key = signer(kind, number=number)
    grant = Grant(not_before=NOW - DAY, not_after=until, is_ca=True)
    csr = _csr(f"root {number}", key)
    return Authority(X509Certificate.from_pem(self_sign_request(csr, key, grant)), key)


def intermediate(
    above: Authority,
    kind: PrivateKeySpec = ECDSA,
    *,
    until: datetime = NOW + 1825 * DAY,
    constraints: NameConstraints | None = None,
) -> Authority:
    key = signer(kind, number=2)
    grant = Grant(not_before=NOW - DAY, not_after=until, is_ca=True)
    csr = _csr("intermediate", key, constraints)
    return Authority(X509Certificate.from_pem(sign_request(csr, above, grant)), key)


def issuer(
    authority: Authority | None = None,
    *above: Authority,
    on_outlive: OnOutlive = OnOutlive.WARN,
) -> CaIssuer:
    return CaIssuer(
        authority=authority or root(),
        clock=CLOCK,
        above=[one.certificate for one in above],
        on_outlive=on_outlive,
    )


def pem_of(*authorities: Authority) -> bytes:
    return "".join(pem.encode("CERTIFICATE", one.certificate.der) for one in authorities).encode()


def _csr(name: str, key: Signer, constraints: NameConstraints | None = None) -> X509Request:
    spec = evolve(
        SPEC,
        common_name=name,
        dns_names=None,
        is_ca=True,
        usages=None,
        private_key=_kind(key),
        name_constraints=constraints,
    )
    return X509Request.from_pem(certificate_request(spec, key))


def _kind(key: Signer) -> PrivateKeySpec:
    return PrivateKeySpec(algorithm=key.algorithm, size=key.private_key.size)
