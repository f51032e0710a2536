"""Consistent worlds to judge: a certificate that was issued, is being issued, or could not be.

Each takes the steps of `certlife.testing.builders` in order. Where a test is about one of them,
take that step otherwise and pass it on, or replace a part of the snapshot with `attrs.evolve`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve

from certlife.errors import InvalidValueError, shown
from certlife.lifecycle.actions import key_name
from certlife.lifecycle.status_writing import observed
from certlife.model.certificate import Certificate
from certlife.model.request import RequestOutcome
from certlife.model.snapshot import Snapshot
from certlife.model.spec import CertificateSpec
from certlife.model.status import CertificateStatus, Condition, ConditionStatus
from certlife.policy.decision import ISSUING
from certlife.schedule.instants import require_aware
from certlife.signing.arguments import require
from certlife.testing.builders import answered, authority, request, secret, signer

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from certlife.signing.certificates import Authority
    from certlife.signing.keys import Signer


def issued(  # noqa: PLR0913 — each step of an issuance, to be replaced
    spec: CertificateSpec,
    *,
    at: datetime,
    lifetime: timedelta | None = None,
    name: str = "web",
    namespace: str = "default",
    revision: int = 1,
    ca: Authority | None = None,
    key: Signer | None = None,
) -> Snapshot:
    """Return the world right after an issuance, in which every policy is content.

    Args:
        spec: What was wanted.
        at: When it was issued, aware; the certificate begins then.
        lifetime: How long the certificate lives, if not as long as the spec says.
        name: The Certificate's name.
        namespace: Its namespace.
        revision: How many times it has been issued, from 1.
        ca: Who signed; a CA of the issuer's name, if nobody is said.
        key: The private key; one that fits the spec, another for each revision, if none is said.

    Raises:
        InvalidValueError: The spec cannot be issued.
        WrongTypeError: An argument is of a wrong type.
    """
    require(spec, CertificateSpec, "spec")
    at, key = require_aware(at, "at"), key or signer(spec.effective_private_key, revision)
    certificate = Certificate(
        name,
        spec,
        status=CertificateStatus(revision=revision - 1 or None),
        namespace=namespace,
        uid=f"uid-of-{namespace}-{name}",
        created=at,
        generation=1,
    )
    ca = ca or authority(spec.issuer_ref.name)
    answer = answered(request(certificate, key, at=at), ca, at=at, lifetime=lifetime)
    stored = secret(certificate, key, answer)
    certificate = evolve(certificate, status=CertificateStatus(revision=revision))
    snapshot = Snapshot(certificate, secret=stored, requests=(answer,))
    return _seen(snapshot, snapshot.certificate.status, at)


def asked(snapshot: Snapshot, *, at: datetime, key: Signer | None = None) -> Snapshot:
    """Return the world while the next issuance waits for its issuer.

    Args:
        snapshot: The world before.
        at: When the issuance began, aware.
        key: The private key to certify; one that fits the spec, if none is said.

    Raises:
        InvalidValueError: No request can be made of the spec.
    """
    certificate, at = snapshot.certificate, require_aware(at, "at")
    key = key or signer(certificate.spec.effective_private_key, snapshot.next_revision)
    attempt = (certificate.status.failed_issuance_attempts or 0) + 1
    status = evolve(
        _issuing(certificate.status, ConditionStatus.TRUE, at),
        next_private_key_secret_name=key_name(certificate.name, snapshot.next_revision, attempt),
    )
    under_way = request(certificate, key, at=at, attempt=attempt)
    others = tuple(one for one in snapshot.requests if one not in snapshot.next_requests)
    waiting = evolve(snapshot, requests=(*others, under_way), pending_key=key.private_key)
    return _seen(waiting, status, at)


def failed(
    snapshot: Snapshot,
    *,
    at: datetime,
    attempts: int = 1,
    outcome: RequestOutcome = RequestOutcome.FAILED,
) -> Snapshot:
    """Return the world after the next issuance has failed.

    Args:
        snapshot: The world before.
        at: When it failed, aware.
        attempts: How many in a row have failed, this one included, from 1.
        outcome: How: failed, invalid or denied.

    Raises:
        InvalidValueError: No request can be made of the spec, or the outcome is no failure.
    """
    before = evolve(snapshot.certificate.status, failed_issuance_attempts=attempts - 1)
    waiting = asked(_seen(snapshot, before, at), at=at)
    *others, latest = waiting.requests
    if outcome not in _FAILURES:
        rule = f"expected one of {', '.join(_FAILURES)}"
        raise InvalidValueError(rule, path="outcome", value=shown(str(outcome)))
    conditions = [
        Condition(kind, status, reason=reason, last_transition_time=at)
        for kind, status, reason in _FAILURES[outcome]
    ]
    refused = evolve(latest, conditions=conditions, failure_time=at)
    status = evolve(
        _issuing(waiting.certificate.status, ConditionStatus.FALSE, at),
        failed_issuance_attempts=attempts,
        last_failure_time=at,
        next_private_key_secret_name=None,
    )
    over = evolve(waiting, requests=(*others, refused), pending_key=None)
    return _seen(over, status, at)


_FAILED: Final = ("Ready", ConditionStatus.FALSE, "Failed")
_FAILURES: Final = {
    RequestOutcome.FAILED: (_FAILED,),
    RequestOutcome.INVALID: (("InvalidRequest", ConditionStatus.TRUE, "Invalid"), _FAILED),
    RequestOutcome.DENIED: (
        ("Denied", ConditionStatus.TRUE, "Policy"),
        ("Ready", ConditionStatus.FALSE, "Denied"),
    ),
}
"""The conditions of requests that have come to nothing."""


def _issuing(status: CertificateStatus, value: ConditionStatus, at: datetime) -> CertificateStatus:
    others = tuple(one for one in status.conditions or () if one.type != ISSUING)
    return evolve(status, conditions=(*others, Condition(ISSUING, value, last_transition_time=at)))


def _seen(snapshot: Snapshot, status: CertificateStatus, at: datetime) -> Snapshot:
    """Set the status, with what a controller that looks at it has to note."""
    unseen = evolve(snapshot, certificate=evolve(snapshot.certificate, status=status))
    noted = observed(unseen, now=at, ari_draw=0.0)
    return evolve(unseen, certificate=evolve(unseen.certificate, status=noted))
