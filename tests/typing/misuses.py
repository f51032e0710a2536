"""What a user must not write: every line with an `ignore` has to be an error to both checkers.

An `ignore` that is not needed is an error itself, so that none of these can turn into a thing that
passes. This module is read by type checkers and never imported.
"""

# pyright: reportUnusedExpression=false

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import assert_never

import certlife as cl
from certlife.driver import settle
from certlife.testing import FakeClock, issued
from certlife.testing.memory import MemoryStore

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CA = cl.IssuerRef("ca")
SPEC = cl.CertificateSpec(secret_name="web-tls", issuer_ref=CA, dns_names=["example.com"])
SNAPSHOT = issued(SPEC, at=NOW)


def the_time_is_an_argument_by_keyword_and_no_text() -> None:
    cl.decide(SNAPSHOT)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    cl.decide(SNAPSHOT, NOW)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    cl.decide(SNAPSHOT, now="2026-01-01")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    cl.TRIGGER.all(SNAPSHOT)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    cl.mark_for_renewal(SNAPSHOT.certificate)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def what_surrounds_a_certificate_is_said() -> None:
    web = cl.Certificate("web", SPEC)
    cl.Snapshot(web, requests=())  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    cl.Snapshot(web, secret=None)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    cl.Snapshot(SPEC, secret=None, requests=())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def a_text_is_no_list_of_texts() -> None:
    cl.CertificateSpec(secret_name="tls", issuer_ref=CA, dns_names="example.com")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    cl.CertificateSpec(secret_name="tls", issuer_ref=CA, usages="server auth")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    cl.CertificateSpec(secret_name="tls", issuer_ref=CA, dns_names=[b"example.com"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]


def fields_have_one_type() -> None:
    cl.CertificateSpec(issuer_ref=CA)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    cl.CertificateSpec(secret_name="tls", issuer_ref="ca")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    cl.CertificateSpec(secret_name="tls", issuer_ref=CA, duration="2160h")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    cl.CertificateSpec(secret_name="tls", issuer_ref=CA, dnsNames=[])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    cl.PrivateKeySpec("ECDSA", 256)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    cl.PrivateKeySpec(size="256")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    cl.backoff_delay("3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def values_never_change() -> None:
    SPEC.dns_names = ("example.org",)  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    SNAPSHOT.certificate.spec = SPEC  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def a_decision_is_told_apart_before_it_is_used() -> timedelta:
    decision = cl.decide(SNAPSHOT, now=NOW)
    _ = decision.violations  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue]
    assert isinstance(decision, cl.Keep)
    return decision.next_check - NOW  # type: ignore[operator]  # pyright: ignore[reportOptionalOperand]


def no_decision_is_forgotten(decision: cl.Decision) -> str:
    match decision:
        case cl.Keep() | cl.Issue() | cl.BackOff() | cl.InProgress():
            return "known"
        case _:
            assert_never(decision)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def without_a_time(snapshot: cl.Snapshot) -> tuple[cl.Violation, ...]:
    return (cl.Violation(snapshot.certificate.name, "No", "", None, None),)


def yes_or_no(snapshot: cl.Snapshot, *, now: datetime) -> bool:
    return snapshot.secret is not None and now > NOW


def a_rule_takes_the_time_and_returns_violations() -> None:
    cl.TRIGGER + without_a_time  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
    cl.TRIGGER + yes_or_no  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
    cl.TRIGGER + cl.STRICT  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]


class Deaf:
    def answer(self, request: cl.CertificateRequest) -> str:
        return f"no {request.name}"


def an_issuer_answers_with_an_answer() -> None:
    settle(MemoryStore(), Deaf(), FakeClock(NOW))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def a_name_that_is_not_there_is_none() -> None:
    _ = cl.decided  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
