"""Whether what an issuer returned may be stored, and what it changed of what was asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from certlife.errors import Unreadable, UnreadableError
from certlife.pki.certificate import X509Certificate
from certlife.policy.matching import certificate_matches_names
from certlife.policy.violation import Clause, Reason, Violation

if TYPE_CHECKING:
    from certlife.model.certificate import Certificate
    from certlife.model.request import CertificateRequest
    from certlife.pki.csr import X509Request

_PATH: Final = "certificateRequest.status.certificate"
_TOLERANCE: Final = timedelta(hours=1)
"""How far a lifetime may be from what was asked for: issuers backdate against slow clocks."""


@frozen
class Accepted:
    """The certificate may be stored.

    Args:
        certificate: The leaf.
        advice: What is not as it was asked for, and no reason to refuse it.
    """

    certificate: X509Certificate
    advice: tuple[Violation, ...]


@frozen
class NotAccepted:
    """The certificate must not be stored; the issuance has failed.

    Args:
        violation: Why.
    """

    violation: Violation


def accept(
    certificate: Certificate, request: CertificateRequest, *, now: datetime
) -> Accepted | NotAccepted:
    """Judge what an issuer returned.

    It must be readable, carry the key of the request and not have expired (cert-manager's issuing
    controller). Names, usages and a lifetime that are not what was asked for are worth saying
    only: issuers take liberties, and refusing what they give would ask for it for ever.

    Args:
        certificate: Whose it is to be.
        request: With the issuer's answer.
        now: The instant at which it is judged, aware.
    """
    try:
        leaf = X509Certificate.from_pem(request.certificate or b"")
    except UnreadableError as error:
        return _refused(Clause("a certificate that can be read"), Clause(error.rule))
    csr = request.csr_reading
    if isinstance(csr, Unreadable) or not leaf.public_key.is_same_as(csr.public_key):
        return _refused(Clause("a certificate for the key of the request"), Clause("another key"))
    if now > leaf.not_after:
        return _refused(Clause("a certificate that has not expired"), leaf.not_after)
    return Accepted(leaf, tuple(_advice(certificate, csr, leaf)))


def _refused(expected: Clause, actual: Clause | datetime) -> NotAccepted:
    return NotAccepted(Violation("accept", Reason.INVALID_CERTIFICATE, _PATH, expected, actual))


def _advice(certificate: Certificate, csr: X509Request, leaf: X509Certificate) -> list[Violation]:
    spec, paths = certificate.spec, {}
    if spec.literal_subject:
        # It says the common name, and cert-manager's comparison forgets that.
        spec = evolve(spec, common_name=csr.common_name)
        paths["spec.commonName"] = "spec.literalSubject"
    found = [
        Violation(
            "accept",
            Reason.SECRET_MISMATCH,
            paths.get(one.path, one.path),
            one.expected,
            one.actual,
        )
        for one in certificate_matches_names(leaf, spec)
    ]
    asked, got = _usages(csr), _usages(leaf)
    if asked and got != asked:
        found.append(Violation("accept", Reason.SECRET_MISMATCH, "spec.usages", asked, got))
    wanted, lifetime = spec.effective_duration, leaf.not_after - leaf.not_before
    if abs(lifetime - wanted) > min(_TOLERANCE, wanted / 10):
        found.append(Violation("accept", Reason.SECRET_MISMATCH, "spec.duration", wanted, lifetime))
    return found


def _usages(holder: X509Request | X509Certificate) -> tuple[str, ...]:
    """Write the usages, bits first; a request need not say any, or none that can be read."""
    try:
        return tuple(map(str, (*(holder.key_usages or ()), *(holder.extended_key_usages or ()))))
    except UnreadableError:
        return ()
