"""What `certlife check` and `explain` say about one certificate: the decision and all around it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final, assert_never

from attrs import evolve, frozen

from certlife.cli.text import listed
from certlife.errors import Unreadable
from certlife.model import annotations as keys
from certlife.model.snapshot import Snapshot
from certlife.policy.decision import (
    BackOff,
    Blocked,
    BlockedReason,
    Decision,
    InProgress,
    Issue,
    Keep,
    advice,
    decide,
)
from certlife.policy.renewal import RenewalTime, renewal_time
from certlife.policy.violation import Clause, Evidence, Violation

if TYPE_CHECKING:
    from certlife.model.certificate import Certificate
    from certlife.policy.policies import Policy

_SECRET_CHECK: Final = "secret_does_not_exist"


class Verdict(StrEnum):
    """The decision in one word, the worst first."""

    ISSUE = "issue"
    BLOCKED = "blocked"
    BACKOFF = "backoff"
    IN_PROGRESS = "in-progress"
    UNKNOWN = "unknown"
    KEEP = "keep"


@frozen
class Question:
    """One certificate that is to be judged, and what about it cannot be.

    Args:
        snapshot: The Certificate and what surrounds it.
        source: Where it was read: "web.yaml: document 3".
        secrets_given: Whether the input holds Secrets at all, so that a missing one is missing.
        spec_given: Whether somebody wrote the spec down; else it was read off the certificate.
        not_judged: What the input cannot tell, and why, a clause each.
    """

    snapshot: Snapshot
    source: str
    secrets_given: bool = True
    spec_given: bool = True
    not_judged: tuple[str, ...] = ()


@frozen
class Judgement:
    """The answer to a question.

    Args:
        question: The question.
        verdict: The decision in one word.
        violations: Why, the first being what cert-manager reports; of one that is blocked, what
            stands in the way, and then why it would be issued.
        advice: What is worth saying beside it.
        not_after: Until when the certificate is valid, None where there is none to be read.
        renewal: When it is to be renewed and how that came about, None likewise.
        next_check: When time alone may change the verdict, None for never or unknown.
        backoff_until: Until when a failed issuance is not tried again.
        since: Since when it is being issued.
    """

    question: Question
    verdict: Verdict
    violations: tuple[Violation, ...]
    advice: tuple[Violation, ...]
    not_after: datetime | None
    renewal: RenewalTime | None
    next_check: datetime | None
    backoff_until: datetime | None
    since: datetime | None

    @property
    def certificate(self) -> Certificate:
        """The Certificate that is judged."""
        return self.question.snapshot.certificate

    @property
    def reason(self) -> str | None:
        """The first violation's reason."""
        return str(self.violations[0].reason) if self.violations else None

    @property
    def renewal_time(self) -> datetime | None:
        """When the certificate is due; what its status says where it cannot be read."""
        if self.renewal is None:
            return self.certificate.status.renewal_time
        return self.renewal.at


def judge(question: Question, *, now: datetime, policy: Policy) -> Judgement:
    """Judge one certificate.

    Where the input holds no Secret at all, a missing Secret is nothing that anybody has seen: what
    can be judged without one is, and if nothing is wrong with that, the verdict is unknown.
    """
    snapshot = question.snapshot
    asked = policy if question.secrets_given else _without_secret_check(policy)
    decision = Keep(None) if asked is None else _decision(question, now, asked)
    verdict, violations = _summary(decision, snapshot.certificate)
    if verdict is Verdict.KEEP and not question.secrets_given:
        verdict = Verdict.UNKNOWN
    spoken = () if asked is None else advice(snapshot, now=now, policy=asked)
    not_after, renewal = _times(snapshot)
    return Judgement(
        question,
        verdict,
        violations,
        tuple(violation for violation in spoken if violation.check != _SECRET_CHECK),
        not_after,
        renewal,
        decision.next_check if isinstance(decision, Keep) else None,
        decision.until if isinstance(decision, BackOff) else None,
        decision.since if isinstance(decision, InProgress) else None,
    )


def worst_first(judgements: list[Judgement]) -> list[Judgement]:
    """Sort by verdict, then by when the certificate expires and is due, then by name."""
    order = {verdict: rank for rank, verdict in enumerate(Verdict)}

    def rank(judgement: Judgement) -> tuple[object, ...]:
        certificate = judgement.question.snapshot.certificate
        return (
            order[judgement.verdict],
            _or_last(judgement.not_after if judgement.violations else judgement.renewal_time),
            certificate.namespace or "",
            certificate.name,
        )

    return sorted(judgements, key=rank)


def _or_last(at: datetime | None) -> tuple[bool, float]:
    return (at is None, at.timestamp() if at else 0.0)


def _without_secret_check(policy: Policy) -> Policy | None:
    checks = tuple(check for check in policy.checks if check.name != _SECRET_CHECK)
    return evolve(policy, checks=checks) if checks else None


def _decision(question: Question, now: datetime, policy: Policy) -> Decision:
    snapshot = question.snapshot
    if question.spec_given:
        return decide(snapshot, now=now, policy=policy)
    # Whether a request can be made of a spec that nobody wrote is not the question here: a key of
    # 1024 bits, which cert-manager would not make, has to be replaced when it is due.
    violations = policy.all(snapshot, now=now)
    return Issue(violations) if violations else Keep(policy.next_change(snapshot, now=now))


def _summary(decision: Decision, certificate: Certificate) -> tuple[Verdict, tuple[Violation, ...]]:
    match decision:
        case Keep():
            return Verdict.KEEP, ()
        case Issue(violations=violations):
            return Verdict.ISSUE, _told_once(violations)
        case BackOff(violations=violations):
            return Verdict.BACKOFF, _told_once(violations)
        case InProgress():
            return Verdict.IN_PROGRESS, ()
        case Blocked(violations=violations):
            return Verdict.BLOCKED, (_block(decision, certificate), *_told_once(violations))
        case _:
            assert_never(decision)


def _block(decision: Blocked, certificate: Certificate) -> Violation:
    """Write down what stands in the way as if a check had found it."""
    expected: Evidence
    actual: Evidence
    match decision.reason:
        case BlockedReason.BEING_DELETED:
            path, expected, actual = "metadata.deletionTimestamp", None, certificate.deleted
        case BlockedReason.SECRET_OWNED_BY_ANOTHER:
            path, expected = "spec.secretName", Clause("a Secret of its own")
            actual = Clause(f"the one of {listed(decision.detail)}")
        case BlockedReason.DUPLICATE_REQUESTS:
            path = f"certificateRequest.metadata.annotations[{keys.REVISION}]"
            expected, actual = Clause("one request for each revision"), decision.detail
        case BlockedReason.CANNOT_REGENERATE_KEY:
            path, expected = "spec.privateKey.rotationPolicy", Clause("a stored key that fits")
            actual = Clause(f"Never, and in {listed(decision.detail)} one that does not fit")
        case BlockedReason.CANNOT_REQUEST:
            path, expected = "spec", Clause("a spec that a request can be made of")
            actual = Clause(f"one with faults: {listed(decision.detail)}")
        case _:
            assert_never(decision.reason)
    return Violation("blocked", decision.reason, path, expected, actual)


def _told_once(violations: tuple[Violation, ...]) -> tuple[Violation, ...]:
    """Leave out what an earlier check has said already: several look at the same key."""
    told: dict[tuple[object, ...], Violation] = {}
    for one in violations:
        told.setdefault((one.reason, one.path, one.expected, one.actual), one)
    return tuple(told.values())


def _times(snapshot: Snapshot) -> tuple[datetime | None, RenewalTime | None]:
    secret, status = snapshot.secret, snapshot.certificate.status
    if secret is None or isinstance(secret.certificate_reading, Unreadable):
        return status.not_after, None
    certificate = secret.certificate_reading
    renewal = renewal_time(certificate, snapshot.certificate.spec, ari_window=snapshot.ari_window)
    return certificate.not_after, renewal
