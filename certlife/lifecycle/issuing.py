"""An issuance under way: its key, its request, and what the issuer makes of that.

What cert-manager's key manager, request manager and issuing controllers do, each step taken when
the one before can be seen to have been taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from certlife.errors import Unreadable
from certlife.lifecycle.acceptance import NotAccepted, accept
from certlife.lifecycle.actions import (
    CreateKey,
    CreateRequest,
    DeleteKey,
    DeleteRequest,
    KeySource,
    StoreSecret,
    request_name,
)
from certlife.lifecycle.blocking import BLOCKED, blocked_plan
from certlife.lifecycle.phases import Phase
from certlife.lifecycle.plan import Event, EventType, Plan
from certlife.lifecycle.requests import failure_of, is_over, outdated_requests
from certlife.lifecycle.status_writing import with_condition, without_condition
from certlife.model import annotations as keys
from certlife.model.request import RequestOutcome
from certlife.model.spec import RotationPolicy
from certlife.model.status import ConditionStatus
from certlife.policy.decision import (
    ISSUING,
    Blocked,
    InProgress,
    Issue,
    cannot_go_on,
)
from certlife.policy.matching import private_key_matches_spec
from certlife.policy.policies import TEMPORARY

if TYPE_CHECKING:
    from certlife.lifecycle.look import Look
    from certlife.model.request import CertificateRequest
    from certlife.pki.keys import PrivateKey
    from certlife.policy.violation import Violation


def issuing_plan(look: Look, decision: Issue | InProgress | Blocked) -> Plan:
    """Take the next step of an issuance.

    Args:
        look: What there is to go by.
        decision: What was decided: to issue, for a mark made by hand that nobody has taken up; to
            go on; or that there are several requests, of which some may be of no use anyway.
    """
    name, key = look.status.next_private_key_secret_name, look.snapshot.pending_key
    is_new = isinstance(decision, Issue) and name != look.key_name
    if name is None or is_new:
        return _nameless(look, name)
    blocked = cannot_go_on(look.snapshot)
    if blocked:
        return blocked_plan(look, blocked)
    if key is None:
        return _keyless(look, name)
    misfits = private_key_matches_spec(key, look.snapshot.certificate.spec)
    if misfits:
        fields = ", ".join(misfit.path for misfit in misfits)
        deleted = Event(EventType.NORMAL, "Deleted", f"The next private key does not fit: {fields}")
        return look.plan(Phase.MISKEYED, DeleteKey(name), events=(deleted,))
    return _keyed(look, decision, name, key)


def _nameless(look: Look, name: str | None) -> Plan:
    """Name the key before there is one; one that is left of an earlier attempt goes first."""
    leftover = () if name is None else (DeleteKey(name),)
    named = evolve(look.status, next_private_key_secret_name=look.key_name)
    return look.plan(Phase.DUE, *leftover, look.update(named))


def _keyless(look: Look, name: str) -> Plan:
    """Make the key: new, or with rotation policy Never a copy of the stored one."""
    wanted = look.snapshot.certificate.spec.effective_private_key
    secret = look.snapshot.secret
    source, event = KeySource.NEW, Event(EventType.NORMAL, "Generated", "Made a new private key")
    if (
        wanted.rotation_policy == RotationPolicy.NEVER
        and secret is not None
        and secret.has_private_key
    ):
        if isinstance(secret.key_reading, Unreadable):
            why = secret.key_reading.rule
            message = f"Made a new private key, as the stored one cannot be read: {why}"
            event = Event(EventType.WARNING, "DecodeFailed", message)
        else:
            source = KeySource.STORED
            event = Event(EventType.NORMAL, "Reused", "Reusing the stored private key")
    return look.plan(Phase.KEYLESS, CreateKey(name, wanted, source), events=(event,))


def _keyed(look: Look, decision: Issue | InProgress | Blocked, name: str, key: PrivateKey) -> Plan:
    """There is a key: ask for a certificate, and see what comes of it."""
    outdated = outdated_requests(look.snapshot, key, look.attempt)
    if outdated:
        deletions = (DeleteRequest(one.name, one.uid) for one in outdated)
        return look.plan(Phase.OUTDATED, *deletions)
    if isinstance(decision, Blocked) and len(look.snapshot.next_requests) > 1:
        return blocked_plan(look, decision)
    request = look.snapshot.next_request
    if request is None:
        return _unasked(look, name)
    return _asked(look, request, name)


def _unasked(look: Look, name: str) -> Plan:
    certificate, revision = look.snapshot.certificate, look.snapshot.next_revision
    wanted = request_name(certificate.name, revision, look.attempt)
    create = CreateRequest(wanted, revision, name, certificate.spec)
    asked = Event(EventType.NORMAL, "Requested", f"Created the request {wanted}")
    return look.plan(Phase.UNASKED, create, events=(asked,))


def _asked(look: Look, request: CertificateRequest, key: str) -> Plan:
    """See what the issuer says: denied beats invalid, invalid failed, and failed issued."""
    if is_over(request):
        reason, message = failure_of(request)
        return _refused(look, reason, message, ())
    if request.outcome is RequestOutcome.PENDING:
        return _pending(look, key)
    outcome = accept(look.snapshot.certificate, request, now=look.now)
    if isinstance(outcome, NotAccepted):
        why = outcome.violation
        return _refused(look, str(why.reason), why.message, (why,))
    return _answered(look, request, key, outcome.advice)


def _pending(look: Look, key: str) -> Plan:
    """While the issuer takes its time, a certificate that signs itself may keep a server up."""
    snapshot = look.snapshot
    annotations = snapshot.certificate.annotations
    wanted = annotations and annotations.get(keys.ISSUE_TEMPORARY_CERTIFICATE) == "true"
    if not wanted or not TEMPORARY.first(snapshot, now=look.now):
        return look.plan(Phase.ASKED)
    store = StoreSecret(snapshot.certificate.spec.secret_name, key, None, None, None)
    event = Event(EventType.NORMAL, ISSUING, "Stored a temporary certificate")
    return look.plan(Phase.ASKED, store, events=(event,))


def _refused(look: Look, reason: str, message: str, evidence: tuple[Violation, ...]) -> Plan:
    """The attempt has failed: count it, and let the backoff decide about the next one."""
    status = evolve(look.status, last_failure_time=look.now, failed_issuance_attempts=look.attempt)
    status = with_condition(
        status, look.snapshot, ISSUING, ConditionStatus.FALSE, reason, message, now=look.now
    )
    event = Event(EventType.WARNING, reason, f"Issuing has failed: {message}", evidence)
    return look.plan(Phase.REFUSED, look.update(status), events=(event,))


def _answered(
    look: Look, request: CertificateRequest, key: str, advice: tuple[Violation, ...]
) -> Plan:
    """Store the certificate, then move the revision; a crash in between only stores it again."""
    name = look.snapshot.certificate.spec.secret_name
    store = StoreSecret(name, key, request.certificate, request.ca, request.issuer_ref)
    # Ready is left to the next look: until the revision moves, what is stored is held against the
    # request before, and after a crash in between that would show as a moment of False.
    before = without_condition(look.snapshot.certificate.status, BLOCKED)
    status = evolve(
        without_condition(before, ISSUING),
        revision=look.snapshot.next_revision,
        last_failure_time=None,
        failed_issuance_attempts=None,
    )
    message = "The certificate has been issued"
    if advice:
        message += f", but not as asked for: {'; '.join(one.message for one in advice)}"
    event = Event(EventType.NORMAL, ISSUING, message, advice)
    return look.plan(Phase.ANSWERED, store, look.update(status), events=(event,))
