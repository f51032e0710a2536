"""What a user writes, and the types that mypy and pyright see in it; all of it runs as well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import assert_never, assert_type

import certlife as cl
from certlife.driver import Store, settle
from certlife.errors import Unreadable
from certlife.fleet import Evaluation, evaluate
from certlife.issuers import (
    ApprovalPolicy,
    Approver,
    CaIssuer,
    Clock,
    Failed,
    Issuer,
    SelfSignedIssuer,
)
from certlife.lifecycle.plan import Plan
from certlife.lifecycle.reconcile import reconcile
from certlife.model.frozenmap import FrozenMap
from certlife.model.validation import Fault
from certlife.pki.chain import Chain
from certlife.pki.keys import KeyFacts
from certlife.policy.renewal import RenewalTime
from certlife.policy.violation import Evidence
from certlife.testing import FakeClock, authority, issued
from certlife.testing.issuer import ScriptedIssuer
from certlife.testing.memory import MemoryStore

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SPEC = cl.CertificateSpec(
    secret_name="web-tls",
    issuer_ref=cl.IssuerRef("ca"),
    dns_names=["example.com"],
    private_key=cl.PrivateKeySpec(algorithm="ECDSA", size=256),
)


def told(decision: cl.Decision) -> str:
    """Say what is to be done; no case is left out, or `assert_never` were no call that may be."""
    match decision:
        case cl.Keep(next_check=at):
            assert_type(at, datetime | None)
            return "keep"
        case cl.Issue(violations=(first, *_)):
            assert_type(first, cl.Violation)
            return first.reason
        case cl.Issue():
            return "issue"
        case cl.BackOff(until=until):
            assert_type(until, datetime)
            return "wait"
        case cl.InProgress(since=since):
            assert_type(since, datetime | None)
            return "wait"
        case cl.Blocked(detail=detail):
            assert_type(detail, tuple[str, ...])
            return "blocked"
        case _:
            assert_never(decision)


def test_a_decision_is_one_of_five() -> None:
    decision = assert_type(cl.decide(issued(SPEC, at=NOW), now=NOW), cl.Decision)
    assert told(decision) == "keep"


def test_names_may_be_any_list_tuple_or_set_and_are_kept_as_a_tuple() -> None:
    for names in (["a.example"], ("a.example",), {"a.example"}, frozenset({"a.example"})):
        spec = cl.CertificateSpec(
            secret_name="tls", issuer_ref=cl.IssuerRef("ca"), dns_names=names, usages=None
        )
        assert assert_type(spec.dns_names, tuple[str, ...] | None) == ("a.example",)
    assert assert_type(SPEC.effective_duration, timedelta) == timedelta(days=90)


def test_what_is_stored_is_read_and_what_cannot_be_read_is_a_value() -> None:
    secret = issued(SPEC, at=NOW).secret
    assert secret is not None
    again = assert_type(
        cl.SecretData.from_pem(certificate=secret.entry("tls.crt"), private_key="not this one"),
        cl.SecretData,
    )
    assert_type(again.entries, FrozenMap[str, bytes] | None)
    assert_type(again.certificate, cl.X509Certificate)
    key = assert_type(again.key_reading, cl.PrivateKey | KeyFacts | Unreadable)
    assert isinstance(key, Unreadable)
    chain = assert_type(cl.assemble_chain(secret.entry("tls.crt")), Chain)
    assert assert_type(chain.leaf, cl.X509Certificate) == again.certificate
    assert_type(chain.ca, cl.X509Certificate | None)


def test_an_answer_that_may_be_none_says_so() -> None:
    secret = issued(SPEC, at=NOW).secret
    assert secret is not None
    due = assert_type(cl.renewal_time(secret.certificate, SPEC), RenewalTime)
    assert assert_type(due.at, datetime | None) == NOW + timedelta(days=60)
    assert assert_type(cl.backoff_delay(3), timedelta) == timedelta(hours=4)
    assert assert_type(cl.validate(SPEC), tuple[Fault, ...]) == ()


def never_on_friday(snapshot: cl.Snapshot, *, now: datetime) -> tuple[cl.Violation, ...]:
    """A rule that looks at the day."""
    if now.strftime("%a") != "Fri":
        return ()
    name = snapshot.certificate.name
    return (cl.Violation("never_on_friday", "Friday", "", expected="another day", actual=name),)


def only_with_a_secret(
    snapshot: cl.Snapshot, *, now: datetime
) -> tuple[cl.Violation, ...] | cl.NotApplicable:
    """A rule that cannot always be asked."""
    return () if snapshot.secret else cl.NotApplicable(f"there is no Secret at {now}")


class Both:
    """A rule that is an object."""

    def __call__(
        self, snapshot: cl.Snapshot, /, *, now: datetime
    ) -> tuple[cl.Violation, ...] | cl.NotApplicable:
        return only_with_a_secret(snapshot, now=now) and never_on_friday(snapshot, now=now)


def expires(snapshot: cl.Snapshot) -> datetime | None:
    """When the answer of a rule turns."""
    return snapshot.secret.certificate.not_after if snapshot.secret else None


def test_rules_of_ones_own_are_functions_objects_or_checks() -> None:
    policy = assert_type(cl.TRIGGER + never_on_friday + only_with_a_secret + Both(), cl.Policy)
    policy += cl.Check("again", never_on_friday, changes_at=expires)
    friday = NOW + timedelta(days=1)
    found = assert_type(policy.all(issued(SPEC, at=NOW), now=friday), tuple[cl.Violation, ...])
    assert [violation.reason for violation in found] == ["Friday", "Friday"]
    assert_type(found[0].reason, cl.Reason | str)
    assert_type(found[0].expected, Evidence)


class Refusing:
    """An issuer of one's own."""

    def answer(self, request: cl.CertificateRequest) -> Failed:
        return Failed(f"no {request.name}")


def no_key(namespace: str | None, name: str) -> bytes:
    return b"" if namespace else name.encode()


def test_stores_issuers_and_clocks_are_whatever_has_their_methods() -> None:
    clock: Clock = FakeClock(NOW)
    store: Store = MemoryStore([cl.Certificate("web", SPEC)])
    ca = CaIssuer(authority=authority("ca"), clock=clock)
    issuers: list[Issuer] = [
        Refusing(),
        ScriptedIssuer(clock),
        SelfSignedIssuer(read_key=no_key, clock=clock),
        Approver(ca, ApprovalPolicy(dns_names=["example.com"]).objections),
        ca,
    ]
    for issuer in issuers:
        assert_type(settle(store, issuer, clock), datetime | None)
    (snapshot,) = store.snapshots()
    assert_type(reconcile(snapshot, now=NOW), Plan)
    for one in evaluate([snapshot], now=NOW):
        assert assert_type(one, Evaluation).name == "web"
