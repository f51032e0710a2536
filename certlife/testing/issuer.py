"""An issuer that does what a test tells it: signs, fails, stalls, edits names or returns junk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from attrs import evolve
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from certlife.lifecycle.answers import Answer, Issued
from certlife.model.spec import DEFAULT_DURATION, CertificateSpec, PrivateKeySpec
from certlife.pki.csr import X509Request
from certlife.pki.keys import KeyAlgorithm
from certlife.pki.pem import encode
from certlife.signing.certificates import Grant, sign_request
from certlife.signing.requests import certificate_request
from certlife.testing.builders import authority, signer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

    from certlife.driver import Clock
    from certlife.model.request import CertificateRequest
    from certlife.signing.certificates import Authority

Behaviour: TypeAlias = Callable[["ScriptedIssuer", "CertificateRequest"], Answer]
"""How an issuer meets one question."""

_ED25519: Final = PrivateKeySpec(algorithm=KeyAlgorithm.ED25519)


class ScriptedIssuer:
    """An issuer that meets each question as its script says, and signs once that has run out.

    Args:
        clock: By which certificates begin.
        script: What to do with the first questions: an answer, or a behaviour of this module.
        ca: Who signs; a CA of the name "ca", if nobody is said.
    """

    def __init__(
        self,
        clock: Clock,
        script: Iterable[Answer | Behaviour] = (),
        ca: Authority | None = None,
    ) -> None:
        self.clock = clock
        self.script: list[Answer | Behaviour] = list(script)
        self.ca: Authority = ca or authority()
        self.asked: list[CertificateRequest] = []

    def answer(self, request: CertificateRequest) -> Answer:
        """Meet a question."""
        self.asked.append(request)
        step: Answer | Behaviour = self.script.pop(0) if self.script else signs
        return step(self, request) if callable(step) else step


def signs(issuer: ScriptedIssuer, request: CertificateRequest) -> Answer:
    """Sign what is asked for, from now on."""
    return _signed(issuer, request, issuer.clock.now())


def signs_something_expired(issuer: ScriptedIssuer, request: CertificateRequest) -> Answer:
    """Sign what is asked for, as of so long ago that it is over."""
    return _signed(issuer, request, issuer.clock.now() - timedelta(days=3650))


def signs_another_key(issuer: ScriptedIssuer, request: CertificateRequest) -> Answer:
    """Sign a request for the same names that was made with another key."""
    csr = X509Request.from_pem(request.csr or b"")
    spec = CertificateSpec(
        secret_name="other",
        issuer_ref=request.issuer_ref,
        common_name=csr.common_name or None,
        dns_names=csr.dns_names or None,
        usages=request.usages,
        private_key=_ED25519,
    )
    other = evolve(request, csr=certificate_request(spec, signer(_ED25519, number=99)))
    return signs(issuer, other)


def adds_a_name(issuer: ScriptedIssuer, request: CertificateRequest) -> Answer:
    """Sign the key that is asked for, with one more DNS name than was."""
    csr = x509.load_pem_x509_csr(request.csr or b"")
    asked = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    names = [*asked, x509.DNSName("added.example")]
    now = issuer.clock.now().replace(microsecond=0)
    key = load_pem_private_key(issuer.ca.signer.pem, password=None)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(csr.subject)
        .issuer_name(x509.load_der_x509_certificate(issuer.ca.certificate.der).subject)
        .public_key(csr.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + (request.duration or DEFAULT_DURATION))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(cast("EllipticCurvePrivateKey", key), SHA256())
    )
    return Issued(certificate.public_bytes(Encoding.PEM))


def returns_junk(issuer: ScriptedIssuer, request: CertificateRequest) -> Answer:
    """Return bytes that are no certificate."""
    del issuer, request
    return Issued(b"junk")


def _signed(issuer: ScriptedIssuer, request: CertificateRequest, not_before: datetime) -> Answer:
    csr = X509Request.from_pem(request.csr or b"")
    grant = Grant.of(request, not_before=not_before)
    ca = encode("CERTIFICATE", issuer.ca.certificate.der).encode()
    return Issued(sign_request(csr, issuer.ca, grant), ca)
