"""What a policy does not allow is denied, and no issuer hears of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import pytest
from attrs import evolve

from certlife.errors import InvalidValueError, WrongTypeError
from certlife.issuers import ApprovalPolicy, Approved, Approver, Denied, Issued
from certlife.lifecycle.advancing import advance
from certlife.model.spec import CertificateSpec, OtherName, Subject
from certlife.pki.pem import encode
from tests.issuers.requests import DAY, NOW, SPEC, asked, issuer
from tests.pki.encoding import extension, extension_request, sequence, tlv
from tests.pki.signing import EC, ECDSA_SHA256, requested

POLICY: Final = ApprovalPolicy(
    dns_names=["a.example", "*.Shop.example"],
    email_addresses=["*@shop.example"],
    uris=["spiffe://shop/ns/*/sa/*"],
    ip_ranges=["192.0.2.0/24", "2001:db8::1/32"],
    organizations=["Shop"],
    usages=["digital signature", "server auth", "client auth"],
    max_duration=90 * DAY,
)
PLAIN: Final = evolve(SPEC, common_name=None)


def objections(spec: CertificateSpec, policy: ApprovalPolicy = POLICY) -> tuple[str, ...]:
    return policy.objections(asked(spec))


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param(SPEC, id="a name"),
        pytest.param(evolve(PLAIN, dns_names=["A.EXAMPLE"]), id="a name in capitals"),
        pytest.param(evolve(PLAIN, dns_names=["b.shop.example"]), id="a name of a pattern"),
        pytest.param(evolve(PLAIN, dns_names=["*.shop.example"]), id="a wildcard of a pattern"),
        pytest.param(evolve(PLAIN, common_name="b.shop.example"), id="a common name"),
        pytest.param(evolve(PLAIN, email_addresses=["b+c@shop.example"]), id="an email address"),
        pytest.param(evolve(PLAIN, uris=["spiffe://shop/ns/b/sa/c"]), id="a URI"),
        pytest.param(evolve(PLAIN, ip_addresses=["192.0.2.7", "2001:db8::2"]), id="addresses"),
        pytest.param(evolve(PLAIN, subject=Subject(organizations=["Shop"])), id="an organization"),
        pytest.param(evolve(PLAIN, duration=90 * DAY), id="the longest duration"),
    ],
)
def test_a_policy_does_not_object_to(spec: CertificateSpec) -> None:
    assert objections(spec) == ()


@pytest.mark.parametrize(
    ("spec", "objection"),
    [
        (evolve(PLAIN, dns_names=["shop.example"]), "the DNS name 'shop.example' is not allowed"),
        (evolve(PLAIN, dns_names=["b.c.shop.example"]), "the DNS name 'b.c.shop.example' is not"),
        (evolve(PLAIN, dns_names=[".shop.example"]), "the DNS name '.shop.example' is not"),
        (evolve(PLAIN, dns_names=["b\\n.shop.example"]), "the DNS name 'b"),
        (evolve(PLAIN, common_name="system:admin"), "the common name 'system:admin' is not"),
        (evolve(PLAIN, email_addresses=["b@else.example"]), "the email address 'b@else.example'"),
        (evolve(PLAIN, uris=["spiffe://shop/ns/b/c/sa/d"]), "the URI 'spiffe://shop/ns/b/c/sa/d'"),
        (evolve(PLAIN, uris=["spiffe://shop/ns/../sa/d"]), "the URI 'spiffe://shop/ns/../sa/d'"),
        (evolve(PLAIN, uris=["spiffe://shop/ns/b%2Fc/sa/d"]), "the URI 'spiffe://shop/ns/b%2Fc"),
        (evolve(PLAIN, ip_addresses=["192.0.3.1"]), "the IP address 192.0.3.1 is not allowed"),
        (evolve(PLAIN, ip_addresses=["2001:db9::1"]), "the IP address 2001:db9::1 is not allowed"),
        (
            evolve(PLAIN, subject=Subject(organizations=["system:masters"])),
            "the organization 'system:masters' is not allowed",
        ),
        (
            evolve(PLAIN, subject=Subject(countries=["AT"])),
            "the subject attribute 2.5.4.6 is not allowed",
        ),
        (
            evolve(PLAIN, other_names=[OtherName(oid="1.2.3", utf8_value="b")]),
            "alternative names of other kinds are not allowed",
        ),
        (evolve(PLAIN, usages=["server auth", "code signing"]), "the usage 'code signing' is not"),
        (
            evolve(PLAIN, duration=90 * DAY + timedelta(seconds=1)),
            "a duration of 2160h0m1s is not allowed, at most 2160h0m0s is",
        ),
        (evolve(PLAIN, is_ca=True), "a certificate of a CA is not allowed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_policy_objects_and_says_that(spec: CertificateSpec, objection: str) -> None:
    (found,) = objections(spec)
    assert found.startswith(objection)


def test_a_policy_says_all_that_it_objects_to() -> None:
    spec = evolve(SPEC, common_name="b.example", dns_names=["b.example"], is_ca=True)
    assert len(objections(spec)) == 3


def test_an_empty_policy_allows_nothing() -> None:
    assert len(objections(SPEC, ApprovalPolicy())) == 5


def test_usages_that_were_not_said_are_the_usual_ones() -> None:
    spec = evolve(PLAIN, usages=None)
    assert objections(spec) == ("the usage 'key encipherment' is not allowed",)


def test_a_duration_that_was_not_said_is_90_days() -> None:
    assert objections(SPEC, evolve(POLICY, max_duration=89 * DAY)) != ()


def test_any_duration_is_allowed_where_a_policy_says_nothing() -> None:
    spec = evolve(SPEC, duration=3650 * DAY)
    assert objections(spec, evolve(POLICY, max_duration=None)) == ()


def test_a_ca_is_allowed_where_a_policy_says_so() -> None:
    assert objections(evolve(PLAIN, is_ca=True), evolve(POLICY, is_ca=True)) == ()


def test_a_name_that_no_reader_lists_is_an_objection() -> None:
    constructed_dns_name = extension("2.5.29.17", sequence(tlv(0xA2, b"evil.example")))
    der = requested(EC, ECDSA_SHA256, extension_request(constructed_dns_name))
    found = POLICY.objections(evolve(asked(PLAIN), csr=_pem(der)))
    assert found == ("alternative names of other kinds are not allowed",)


def test_a_request_that_cannot_be_read_is_an_objection() -> None:
    (found,) = POLICY.objections(evolve(asked(), csr=b"junk"))
    assert found.startswith("the request cannot be read")


@pytest.mark.parametrize("text", ["192.0.2.0", "192.0.2.0/33", "fe80::1%eth0/64", ""])
def test_a_policy_with_a_range_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        ApprovalPolicy(ip_ranges=["192.0.2.0/24", text])
    assert caught.value.path == "ip_ranges[1]"


def test_a_policy_with_a_name_for_a_list_is_refused() -> None:
    with pytest.raises(WrongTypeError, match="dns_names"):
        ApprovalPolicy(dns_names="a.example")


class TestAnApprover:
    def test_approves_first_and_lets_the_issuer_answer_then(self) -> None:
        approver = Approver(issuer(), POLICY.objections)
        approval = approver.answer(asked())
        assert isinstance(approval, Approved)
        approved = advance(asked(), approval, now=NOW).request
        assert isinstance(approver.answer(approved), Issued)

    def test_denies_with_every_objection(self) -> None:
        answer = Approver(issuer(), lambda _: ("it is late", "it is dark")).answer(asked())
        assert answer == Denied("it is late; it is dark")

    def test_refuses_an_answer_that_is_a_bare_text(self) -> None:
        approver = Approver(issuer(), lambda _: "no")  # type: ignore[arg-type, return-value]
        with pytest.raises(WrongTypeError, match="objections: expected tuple"):
            approver.answer(asked())

    def test_refuses_what_is_no_request(self) -> None:
        for ask in (Approver(issuer(), POLICY.objections).answer, POLICY.objections):
            with pytest.raises(WrongTypeError, match="expected CertificateRequest"):
                ask("web")  # type: ignore[arg-type]  # the wrong type


def _pem(der: bytes) -> bytes:
    return encode("CERTIFICATE REQUEST", der).encode()
