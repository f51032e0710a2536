"""A request says what the spec says, in the bytes that cert-manager would write."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final

import pytest
from attrs import evolve
from cryptography import x509
from cryptography.x509.oid import ExtensionOID, NameOID
from hypothesis import given, settings

from certlife.errors import InvalidValueError, WrongTypeError
from certlife.model.request import CertificateRequest
from certlife.model.spec import (
    CertificateSpec,
    IssuerRef,
    NameConstraintItem,
    NameConstraints,
    OtherName,
    PrivateKeySpec,
    Subject,
)
from certlife.pki.csr import X509Request
from certlife.policy.matching import request_matches_spec
from certlife.signing import RequestOptions, certificate_request, request_template
from certlife.testing import signer
from certlife.testing.strategies import specs
from tests.signing.specs import ECDSA, PLAIN

NO_NAMES: Final = evolve(PLAIN, dns_names=None)


def made(spec: CertificateSpec) -> x509.CertificateSigningRequest:
    """Make a request, and let another reader have it."""
    key = signer(spec.effective_private_key)
    return x509.load_pem_x509_csr(certificate_request(spec, key))


def names_of(spec: CertificateSpec) -> x509.SubjectAlternativeName:
    return made(spec).extensions.get_extension_for_class(x509.SubjectAlternativeName).value


def test_the_key_is_certified_and_signs() -> None:
    key = signer(ECDSA)
    request = x509.load_pem_x509_csr(certificate_request(PLAIN, key))
    assert request.is_signature_valid
    assert request.public_key() == key.private_key.public_key


def test_the_subject_is_written_country_first_each_kind_in_one_step() -> None:
    subject = Subject(
        countries=["FR", "DE"],
        organizations=["Example"],
        organizational_units=["R&D"],
        localities=["Berlin"],
        provinces=["Bayern"],
        street_addresses=["Main 1"],
        postal_codes=["10117"],
        serial_number="7",
    )
    steps = made(evolve(PLAIN, common_name="a.example", subject=subject)).subject.rdns
    found = [[(one.oid, one.value) for one in step] for step in steps]
    assert [sorted(value for _, value in step) for step in found] == [
        ["DE", "FR"],
        ["Bayern"],
        ["Berlin"],
        ["Main 1"],
        ["10117"],
        ["Example"],
        ["R&D"],
        ["a.example"],
        ["7"],
    ]
    assert found[0][0][0] == NameOID.COUNTRY_NAME
    assert found[-1][0][0] == NameOID.SERIAL_NUMBER


def test_a_literal_subject_is_written_as_it_is() -> None:
    request = made(evolve(PLAIN, literal_subject="CN=a.example,O=Example"))
    assert request.subject.rfc4514_string() == "CN=a.example,O=Example"


def test_a_literal_subject_does_not_count_without_its_feature() -> None:
    spec = evolve(PLAIN, literal_subject="CN=a.example", common_name="b.example")
    template = request_template(spec, options=RequestOptions(literal_subject=False))
    without = request_template(evolve(spec, literal_subject=None))
    assert template == without


def test_every_kind_of_name_is_written_in_cert_managers_order() -> None:
    spec = evolve(
        PLAIN,
        other_names=[OtherName("1.2.3", "Ünï")],
        uris=["spiffe://a.example/b"],
        ip_addresses=["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.2"],
        email_addresses=["a@a.example"],
    )
    value = "Ünï".encode()
    assert list(names_of(spec)) == [
        x509.DNSName("a.example"),
        x509.RFC822Name("a@a.example"),
        x509.IPAddress(ip_address("192.0.2.1")),
        x509.IPAddress(ip_address("2001:db8::1")),
        x509.IPAddress(ip_address("192.0.2.2")),
        x509.UniformResourceIdentifier("spiffe://a.example/b"),
        x509.OtherName(x509.ObjectIdentifier("1.2.3"), bytes((0x0C, len(value))) + value),
    ]


def test_other_names_are_left_out_without_their_feature() -> None:
    spec = evolve(PLAIN, other_names=[OtherName("1.2.x")])
    template = request_template(spec, options=RequestOptions(other_names=False))
    assert template == request_template(PLAIN)


@pytest.mark.parametrize(("common_name", "critical"), [(None, True), ("a.example", False)])
def test_names_are_critical_without_a_subject(common_name: str | None, critical: bool) -> None:  # noqa: FBT001 — a column of the table
    extensions = made(evolve(PLAIN, common_name=common_name)).extensions
    found = extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME)
    assert found.critical is critical


def test_a_common_name_is_name_enough() -> None:
    request = made(evolve(NO_NAMES, common_name="a.example", encode_usages_in_request=False))
    assert len(request.extensions) == 0
    assert len(request.attributes) == 0


def test_usages_are_asked_for_unless_the_spec_says_no() -> None:
    spec = evolve(PLAIN, usages=["server auth", "signing"])
    found = made(spec).extensions
    assert found.get_extension_for_class(x509.KeyUsage).value.digital_signature
    assert list(found.get_extension_for_class(x509.ExtendedKeyUsage).value) == [
        x509.oid.ExtendedKeyUsageOID.SERVER_AUTH
    ]
    silent = made(evolve(spec, encode_usages_in_request=False)).extensions
    assert [one.oid for one in silent] == [ExtensionOID.SUBJECT_ALTERNATIVE_NAME]


def test_a_key_usage_that_says_nothing_is_not_written() -> None:
    found = made(evolve(PLAIN, usages=["server auth"])).extensions
    assert [one.oid for one in found] == [
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
        ExtensionOID.EXTENDED_KEY_USAGE,
    ]


@pytest.mark.parametrize("is_ca", [True, False, None])
def test_basic_constraints_are_asked_for_only_with_their_feature(*, is_ca: bool | None) -> None:
    spec, key = evolve(PLAIN, is_ca=is_ca), signer(ECDSA)
    assert X509Request.from_pem(certificate_request(spec, key)).basic_constraints is None
    options = RequestOptions(basic_constraints=True)
    pem = certificate_request(spec, key, options=options)
    found = x509.load_pem_x509_csr(pem).extensions.get_extension_for_class(x509.BasicConstraints)
    assert (found.value.ca, found.value.path_length, found.critical) == (bool(is_ca), None, True)


CONSTRAINTS: Final = NameConstraints(
    critical=True,
    permitted=NameConstraintItem(
        dns_domains=["a.example"],
        ip_ranges=["192.0.2.77/24", "2001:db8::7/32", "0.0.0.0/0", "::ffff:192.0.2.7/127"],
    ),
    excluded=NameConstraintItem(email_addresses=["b.example"], uri_domains=[".c.example"]),
)


def test_name_constraints_are_written_kind_by_kind_and_ranges_without_host_bits() -> None:
    spec = evolve(PLAIN, is_ca=True, name_constraints=CONSTRAINTS)
    found = made(spec).extensions.get_extension_for_class(x509.NameConstraints)
    assert found.critical
    assert found.value.permitted_subtrees == [
        x509.DNSName("a.example"),
        x509.IPAddress(IPv4Network("192.0.2.0/24")),
        x509.IPAddress(IPv6Network("2001:db8::/32")),
        x509.IPAddress(IPv4Network("0.0.0.0/0")),
        x509.IPAddress(IPv6Network("::ffff:192.0.2.6/127")),
    ]
    assert found.value.excluded_subtrees == [
        x509.RFC822Name("b.example"),
        x509.UniformResourceIdentifier(".c.example"),
    ]


@pytest.mark.parametrize(
    "constraints",
    [
        pytest.param(NameConstraints(critical=True), id="no side"),
        pytest.param(NameConstraints(permitted=NameConstraintItem(dns_domains=[])), id="no names"),
    ],
)
def test_name_constraints_that_constrain_nothing_are_not_written(
    constraints: NameConstraints,
) -> None:
    assert request_template(evolve(PLAIN, name_constraints=constraints)) == request_template(PLAIN)


def test_name_constraints_are_left_out_without_their_feature() -> None:
    spec = evolve(PLAIN, name_constraints=CONSTRAINTS)
    template = request_template(spec, options=RequestOptions(name_constraints=False))
    assert template == request_template(PLAIN)


def constrained(**names: list[str]) -> CertificateSpec:
    item = NameConstraintItem(**names)
    return evolve(PLAIN, name_constraints=NameConstraints(excluded=item))


@pytest.mark.parametrize(
    ("spec", "path", "value"),
    [
        pytest.param(NO_NAMES, "spec", None, id="no name at all"),
        pytest.param(
            evolve(NO_NAMES, literal_subject="O=x"), "spec", None, id="no common name in the text"
        ),
        pytest.param(
            evolve(PLAIN, literal_subject="CN=\\zz"), "spec.literalSubject", "'\\\\zz'", id="escape"
        ),
        pytest.param(
            evolve(PLAIN, literal_subject="FOO=x"), "spec.literalSubject", "'x'", id="unknown type"
        ),
        pytest.param(
            evolve(PLAIN, common_name="\ud800"), "spec.subject", "'\\ud800'", id="a lone surrogate"
        ),
        pytest.param(
            evolve(PLAIN, dns_names=["a", "bücher"]), "spec.dnsNames[1]", "'b\\xfccher'", id="DNS"
        ),
        pytest.param(
            evolve(PLAIN, email_addresses=["ü@a"]), "spec.emailAddresses[0]", "'\\xfc@a'", id="mail"
        ),
        pytest.param(evolve(PLAIN, uris=["ü:"]), "spec.uris[0]", "'\\xfc:'", id="URI"),
        pytest.param(
            evolve(PLAIN, ip_addresses=["::1", "fe80::1%eth0"]),
            "spec.ipAddresses[1]",
            "'fe80::1%eth0'",
            id="an address with a zone",
        ),
        pytest.param(
            evolve(PLAIN, ip_addresses=[""]), "spec.ipAddresses[0]", "''", id="no address"
        ),
        pytest.param(
            evolve(PLAIN, other_names=[OtherName("1.2.3", "x"), OtherName(None, "x")]),
            "spec.otherNames[1].oid",
            "''",
            id="an otherName without its kind",
        ),
        pytest.param(
            evolve(PLAIN, other_names=[OtherName("1.2.3")]),
            "spec.otherNames[0].utf8Value",
            "None",
            id="an otherName without a value",
        ),
        pytest.param(
            evolve(PLAIN, other_names=[OtherName("1.2.3", "\ud800")]),
            "spec.otherNames[0].utf8Value",
            "'\\ud800'",
            id="an otherName of a lone surrogate",
        ),
        pytest.param(evolve(PLAIN, usages=["x"]), "spec.usages[0]", "'x'", id="a usage"),
        pytest.param(
            constrained(dns_domains=["ü"]),
            "spec.nameConstraints.excluded.dnsDomains[0]",
            "'\\xfc'",
            id="a constrained domain",
        ),
        pytest.param(
            constrained(ip_ranges=["10.0.0.0/8", "10.0.0.0"]),
            "spec.nameConstraints.excluded.ipRanges[1]",
            "'10.0.0.0'",
            id="a range without its length",
        ),
        pytest.param(
            constrained(ip_ranges=["10.0.0.0/33"]),
            "spec.nameConstraints.excluded.ipRanges[0]",
            "'10.0.0.0/33'",
            id="a range that is too long",
        ),
        pytest.param(
            constrained(ip_ranges=["10.0.0.256/8"]),
            "spec.nameConstraints.excluded.ipRanges[0]",
            "'10.0.0.256/8'",
            id="a range of no address",
        ),
        pytest.param(
            evolve(PLAIN, private_key=PrivateKeySpec(algorithm="DSA")),
            "spec.privateKey.algorithm",
            "'DSA'",
            id="a key of no known kind",
        ),
    ],
)
def test_what_no_request_can_be_made_of_is_named(
    spec: CertificateSpec, path: str, value: str | None
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        request_template(spec)
    assert (caught.value.path, caught.value.value) == (path, value)


@pytest.mark.parametrize(
    ("spec", "path", "value"),
    [
        pytest.param(
            evolve(PLAIN, signature_algorithm="SHA256WithRSA"),
            "spec.signatureAlgorithm",
            "'SHA256-RSA'",
            id="an algorithm for another kind of key",
        ),
        pytest.param(
            evolve(PLAIN, uris=["%zz"]), "spec", "'%zz'", id="a URI that Go cannot read back"
        ),
    ],
)
def test_what_shows_when_signing_is_named_too(spec: CertificateSpec, path: str, value: str) -> None:
    template = request_template(spec)
    with pytest.raises(InvalidValueError) as caught:
        template.sign(signer(ECDSA))
    assert (caught.value.path, caught.value.value) == (path, value)


def test_arguments_have_types() -> None:
    with pytest.raises(WrongTypeError, match=r"^spec: expected CertificateSpec, got NoneType$"):
        request_template(None)  # type: ignore[arg-type]  # the wrong type
    with pytest.raises(WrongTypeError, match=r"^options: expected RequestOptions, got bool$"):
        request_template(PLAIN, options=True)  # type: ignore[arg-type]  # the wrong type
    with pytest.raises(WrongTypeError, match=r"^signer: expected Signer, got bytes$"):
        certificate_request(PLAIN, b"key")  # type: ignore[arg-type]  # the wrong type
    with pytest.raises(WrongTypeError, match="expected bool"):
        RequestOptions(other_names="no")  # type: ignore[arg-type]  # the wrong type


def test_a_template_is_a_value() -> None:
    template = request_template(PLAIN)
    assert template == request_template(PLAIN)
    assert hash(template) == hash(request_template(PLAIN))
    assert pickle.loads(pickle.dumps(template)) == template  # noqa: S301 — our own bytes


@settings(max_examples=60, deadline=None)
@given(specs())
def test_a_request_matches_the_spec_that_it_was_made_of(spec: CertificateSpec) -> None:
    asked = CertificateRequest(
        name="web-1",
        issuer_ref=IssuerRef(spec.issuer_ref.name, spec.issuer_ref.kind, spec.issuer_ref.group),
        csr=certificate_request(spec, signer(spec.effective_private_key)),
        duration=spec.duration,
        is_ca=spec.is_ca,
        usages=spec.usages,
        created=datetime(2026, 8, 1, tzinfo=UTC),
    )
    matching = request_matches_spec(asked, spec)
    assert (matching.differences, matching.unreadable) == ((), None)
