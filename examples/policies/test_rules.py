"""The rules, on both sides of each edge: a world, a question, an answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from attrs import evolve

import certlife as cl
from certlife.testing import issued
from examples.policies.rules import LONGEST, MANIFESTS, RUNNING

NOW: Final = datetime(2026, 11, 24, tzinfo=UTC)
SECOND: Final = timedelta(seconds=1)
GOOD: Final = cl.CertificateSpec(
    secret_name="web-tls",
    issuer_ref=cl.IssuerRef("platform-ca", kind="ClusterIssuer"),
    dns_names=["shop.example", "www.shop.example"],
    private_key=cl.PrivateKeySpec(algorithm="ECDSA"),
)


def test_what_keeps_to_all_rules_is_accepted() -> None:
    assert found_in(GOOD) == []


def test_an_issuer_of_the_same_name_in_the_namespace_is_not_ours() -> None:
    spec = evolve(GOOD, issuer_ref=cl.IssuerRef("platform-ca"))
    assert found_in(spec) == ["IssuerNotOurs"]


def test_each_name_of_another_team_is_found() -> None:
    spec = evolve(GOOD, dns_names=["shop.example", "pay.example", "workshop.example"])
    assert found_in(spec) == ["NameNotYours", "NameNotYours"]


def test_rsa_of_3072_bits_is_large_enough() -> None:
    spec = evolve(GOOD, private_key=cl.PrivateKeySpec(algorithm="RSA", size=3072))
    assert found_in(spec) == []


def test_rsa_of_2048_bits_is_too_small_also_where_nobody_has_said_it() -> None:
    spec = evolve(GOOD, private_key=None)
    assert found_in(spec) == ["KeyTooSmall"]


def test_90_days_may_be_asked_for_and_not_a_second_more() -> None:
    assert found_in(evolve(GOOD, duration=LONGEST)) == []
    assert found_in(evolve(GOOD, duration=LONGEST + SECOND)) == ["ValidTooLong"]


def test_a_ca_may_live_longer() -> None:
    spec = evolve(GOOD, is_ca=True, duration=40 * LONGEST)
    assert found_in(spec) == []
    assert RUNNING.all(issued(spec, at=NOW), now=NOW) == ()


def test_what_was_issued_by_the_rules_is_kept() -> None:
    snapshot = issued(GOOD, at=NOW)
    assert isinstance(cl.decide(snapshot, now=NOW, policy=RUNNING), cl.Keep)


def test_a_key_that_is_too_small_is_replaced() -> None:
    snapshot = issued(evolve(GOOD, private_key=None), at=NOW)
    assert [one.actual for one in RUNNING.all(snapshot, now=NOW)] == [2048]


def test_what_an_issuer_has_made_too_long_is_replaced() -> None:
    snapshot = issued(GOOD, at=NOW, lifetime=LONGEST + SECOND)
    assert [one.actual for one in RUNNING.all(snapshot, now=NOW)] == [LONGEST + SECOND]


def test_where_there_is_no_secret_cert_managers_rules_are_enough() -> None:
    snapshot = evolve(issued(GOOD, at=NOW), secret=None)
    assert [one.reason for one in RUNNING.all(snapshot, now=NOW)] == ["DoesNotExist"]


def found_in(spec: cl.CertificateSpec) -> list[str]:
    """What the gate would find in a manifest of the team shop."""
    certificate = cl.Certificate("web", spec, namespace="shop")
    snapshot = cl.Snapshot(certificate, secret=None, requests=())
    return [one.reason for one in MANIFESTS.all(snapshot, now=NOW)]
