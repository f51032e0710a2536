"""Decisions about a Certificate: whole policies, single checks, the wait after a failure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from attrs import evolve

from certlife.adapters.kubernetes import read_certificate, read_request, read_secret
from certlife.model import annotations as keys
from certlife.model.certificate import Certificate
from certlife.model.frozenmap import FrozenMap
from certlife.model.snapshot import Snapshot
from certlife.model.spec import CertificateSpec, IssuerRef
from certlife.model.status import AriWindow
from certlife.policy.backoff import INITIAL_DELAY, MAXIMUM_DELAY, backoff_until
from certlife.policy.ownership import secret_owner
from certlife.policy.policies import READINESS, TEMPORARY, TRIGGER, Policy, post_issuance_policy
from certlife.policy.post_issuance_checks import FIELD_MANAGER
from certlife.policy.violation import NotApplicable, Reason
from tests.conformance.materials import VectorsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from certlife.model.request import CertificateRequest
    from certlife.policy.violation import Violation
    from tests.conformance.materials import Json
    from tests.conformance.question import Question
    from tests.conformance.runner import Answering

UNSET: Final = datetime.min.replace(tzinfo=UTC)
"""Go's zero time, by which a vector spells an instant that is not set."""

_ANY_INSTANT: Final = datetime(2026, 11, 1, tzinfo=UTC)
"""For questions that have no clock, because their answer does not depend on one."""

_NO_CERTIFICATE: Final = Certificate("", CertificateSpec(secret_name="", issuer_ref=IssuerRef("")))

_CURRENT_REVISION: Final = 1
_MICROSECOND: Final = timedelta(microseconds=1)

# Only the comparisons with the spec name fields; cert-manager's other checks write a sentence.
_NAMES_FIELDS: Final = (Reason.SECRET_MISMATCH, Reason.REQUEST_CHANGED)
_OF_SPEC: Final = "spec."


def ari_window(question: Question) -> AriWindow | None:
    """The window that the ACME server suggested, with an instant of the year 1 as absent."""
    if question.object("ari") is None:
        return None
    start, end = (question.inner("ari").instant(name) for name in ("start", "end"))
    return AriWindow(start=None if start == UNSET else start, end=None if end == UNSET else end)


def _first(policy: Policy, question: Question) -> Json:
    snapshot, now = _snapshot(question), question.instant("now") or _ANY_INSTANT
    violations = policy.first(snapshot, now=now)
    if not violations and any(
        isinstance(answer, NotApplicable) for _, answer in policy.each(snapshot, now=now)
    ):
        # cert-manager crashes where a check needs a Secret and there is none.
        return {"panic": True}
    return _verdict(violations)


def _every(policy: Policy, question: Question) -> Json:
    found: list[Json] = []
    now = question.instant("now") or _ANY_INSTANT
    for check, answer in policy.each(_snapshot(question), now=now):
        if isinstance(answer, NotApplicable):
            found.append({"func": _camel_case(check.name), "panic": True})
        elif answer:
            verdict = _verdict(answer)
            found.append(
                {
                    "func": _camel_case(check.name),
                    "reason": verdict["reason"],
                    "paths": verdict["paths"],
                }
            )
    return {"violations": found}


def _one_check(question: Question) -> Json:
    name = question.text("func")
    checks = {
        _camel_case(check.name): check
        for policy in (TRIGGER, READINESS, _post_issuance(question))
        for check in policy.checks
    }
    if name not in checks:
        raise VectorsError(f"there is no check named {name}")
    return _first(Policy(name, (checks[name],)), question)


def _post_issuance(question: Question) -> Policy:
    return post_issuance_policy(
        owner_references=question.flag("ownerRefEnabled"),
        field_manager=question.text("fieldManager") or FIELD_MANAGER,
    )


def _backoff(question: Question) -> Json:
    initial, maximum = question.duration("initialDelay"), question.duration("maxDelay")
    until = backoff_until(
        _snapshot(question),
        initial=INITIAL_DELAY if initial is None else initial,
        maximum=MAXIMUM_DELAY if maximum is None else maximum,
    )
    now = question.required_instant("now")
    if until is None or until <= now:
        return {"backoff": False, "delayNanos": 0, "delaySeconds": 0}
    nanoseconds = (until - now) // _MICROSECOND * 1000
    return {"backoff": True, "delayNanos": nanoseconds, "delaySeconds": nanoseconds / 1e9}


def _owns_secret(question: Question) -> Json:
    manifest, secret = question.object("certificate"), question.object("secret")
    certificate = read_certificate(manifest or {})
    sharing = [
        other
        for other in map(read_certificate, question.objects("certificates"))
        if other.spec.secret_name == certificate.spec.secret_name
    ]
    owner = secret_owner(sharing, None if secret is None else read_secret(secret))
    by_age = sorted(sharing, key=lambda other: (other.created or UNSET, other.name))
    others = [other.name for other in by_age if other.name != certificate.name]
    return {"isOwner": owner == certificate.name, "others": others, "error": False}


def _snapshot(question: Question) -> Snapshot:
    """Put the two requests at the revisions at which a snapshot looks for them."""
    manifest, secret = question.object("certificate"), question.object("secret")
    certificate = _NO_CERTIFICATE if manifest is None else read_certificate(manifest)
    requests = [
        _at_revision(read_request(request), revision)
        for revision, name in enumerate(("currentRequest", "nextRequest"), _CURRENT_REVISION)
        if (request := question.object(name)) is not None
    ]
    status = evolve(certificate.status, revision=_CURRENT_REVISION)
    return Snapshot(
        evolve(certificate, status=status),
        secret=None if secret is None else read_secret(secret),
        requests=requests,
        ari_window=ari_window(question),
    )


def _at_revision(request: CertificateRequest, revision: int) -> CertificateRequest:
    annotations = FrozenMap({**(request.annotations or {}), keys.REVISION: str(revision)})
    return evolve(request, annotations=annotations)


def _verdict(violations: tuple[Violation, ...]) -> dict[str, Json]:
    """The answer for the violations of one check, all of which have one reason."""
    if not violations:
        return {"reason": "", "violated": False, "paths": []}
    reason = str(violations[0].reason)
    paths = [
        violation.path
        for violation in violations
        if reason in _NAMES_FIELDS and violation.path.startswith(_OF_SPEC)
    ]
    return {"reason": reason, "violated": True, "paths": paths}


def _camel_case(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


ANSWERING: Final[Mapping[str, Answering]] = {
    "trigger": lambda question: _first(TRIGGER, question),
    "readiness": lambda question: _first(READINESS, question),
    "temporary": lambda question: _first(TEMPORARY, question),
    "post_issuance": lambda question: _first(_post_issuance(question), question),
    "trigger_all": lambda question: _every(TRIGGER, question),
    "readiness_all": lambda question: _every(READINESS, question),
    "temporary_all": lambda question: _every(TEMPORARY, question),
    "post_issuance_all": lambda question: _every(_post_issuance(question), question),
    "check": _one_check,
    "backoff": _backoff,
    "owns_secret": _owns_secret,
}
