"""Field by field: does what was asked for, or what was issued, match the spec?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from certlife.errors import UnreadableError
from certlife.model.spec import (
    CertificateSpec,
    IssuerRef,
    OtherName,
    PrivateKeySpec,
    Subject,
)
from certlife.pki.certificate import X509Certificate
from certlife.pki.csr import X509Request
from certlife.pki.keys import KeyAlgorithm
from certlife.policy.matching import (
    certificate_matches_names,
    other_names_of,
    private_key_matches_spec,
    request_matches_spec,
)
from certlife.testing import issued, signer
from tests.pki.encoding import (
    certificate,
    common_name,
    extension,
    extension_request,
    oid,
    request,
    sequence,
    tlv,
)
from tests.policy.worlds import ISSUED_AT, SPEC, current

UPN = "1.3.6.1.4.1.311.20.2.3"
SUBJECT = Subject(
    organizations=["Example", "Other"],
    countries=["DE"],
    organizational_units=["Ops", "Web"],
    localities=["Bonn"],
    provinces=["NRW"],
    street_addresses=["Markt 1", "Hof 2"],
    postal_codes=["53111", "53113"],
    serial_number="7",
)
FULL = evolve(
    SPEC,
    common_name="web.example",
    subject=SUBJECT,
    ip_addresses=["192.0.2.1", "2001:db8::1"],
    uris=["spiffe://example/web", "https://example/"],
    email_addresses=["a@example.com", "b@example.com"],
    other_names=[OtherName(UPN, "one"), OtherName(UPN, "two")],
    duration=timedelta(days=30),
    usages=["server auth", "client auth"],
    is_ca=False,
)
REQUEST = current(issued(FULL, at=ISSUED_AT))


def paths(spec: CertificateSpec) -> list[str]:
    matching = request_matches_spec(REQUEST, spec)
    assert matching.unreadable is None
    return [difference.path for difference in matching.differences]


class TestARequest:
    def test_matches_the_spec_that_it_was_made_of(self) -> None:
        assert request_matches_spec(REQUEST, FULL).differences == ()

    @pytest.mark.parametrize(
        ("spec", "path"),
        [
            (evolve(FULL, common_name="other.example"), "spec.commonName"),
            (evolve(FULL, common_name=None), "spec.commonName"),
            (evolve(FULL, dns_names=["web.example"]), "spec.dnsNames"),
            (evolve(FULL, dns_names=None), "spec.dnsNames"),
            (evolve(FULL, ip_addresses=["192.0.2.1"]), "spec.ipAddresses"),
            (evolve(FULL, ip_addresses=None), "spec.ipAddresses"),
            (evolve(FULL, ip_addresses=["192.0.2.1", "no address"]), "spec.ipAddresses"),
            (evolve(FULL, ip_addresses=["192.0.2.1", "fe80::1%eth0"]), "spec.ipAddresses"),
            (evolve(FULL, uris=["https://example/"]), "spec.uris"),
            (evolve(FULL, email_addresses=["a@example.com"]), "spec.emailAddresses"),
            (evolve(FULL, other_names=[OtherName(UPN, "one")]), "spec.otherNames"),
            (evolve(FULL, other_names=[]), "spec.otherNames"),
            (evolve(FULL, is_ca=True), "spec.isCA"),
            (evolve(FULL, usages=["server auth"]), "spec.usages"),
            (evolve(FULL, usages=None), "spec.usages"),
            (evolve(FULL, duration=timedelta(days=31)), "spec.duration"),
            (evolve(FULL, issuer_ref=IssuerRef("other")), "spec.issuerRef"),
            (evolve(FULL, issuer_ref=IssuerRef("letsencrypt", kind="X")), "spec.issuerRef"),
            (evolve(FULL, issuer_ref=IssuerRef("letsencrypt", group="x")), "spec.issuerRef"),
            (evolve(FULL, literal_subject="CN=web.example"), "spec.literalSubject"),
        ],
    )
    def test_that_lacks_one_field_says_which(self, spec: CertificateSpec, path: str) -> None:
        assert paths(spec) == [path]

    @pytest.mark.parametrize(
        ("subject", "name"),
        [
            (evolve(SUBJECT, organizations=None), "organizations"),
            (evolve(SUBJECT, countries=["FR"]), "countries"),
            (evolve(SUBJECT, organizational_units=["Ops"]), "organizationalUnits"),
            (evolve(SUBJECT, localities=["Ulm"]), "localities"),
            (evolve(SUBJECT, provinces=[]), "provinces"),
            (evolve(SUBJECT, street_addresses=["Markt 1", "Markt 1"]), "streetAddresses"),
            (evolve(SUBJECT, postal_codes=["53111", "53112"]), "postalCodes"),
            (evolve(SUBJECT, serial_number="8"), "serialNumber"),
            (evolve(SUBJECT, serial_number=None), "serialNumber"),
        ],
    )
    def test_that_lacks_one_field_of_the_subject_says_which(
        self, subject: Subject, name: str
    ) -> None:
        assert paths(evolve(FULL, subject=subject)) == [f"spec.subject.{name}"]

    @pytest.mark.parametrize(
        "spec",
        [
            pytest.param(evolve(FULL, duration=None), id="a duration that only one side says"),
            pytest.param(evolve(FULL, other_names=None), id="otherNames that the spec leaves out"),
            pytest.param(evolve(FULL, is_ca=None), id="isCA unsaid or false"),
            pytest.param(
                evolve(FULL, issuer_ref=IssuerRef("letsencrypt", "Issuer", "cert-manager.io")),
                id="an issuer's kind and group by default or said",
            ),
            pytest.param(
                evolve(FULL, ip_addresses=["2001:DB8:0::1", "::ffff:192.0.2.1"]),
                id="other spellings of addresses",
            ),
            pytest.param(
                evolve(FULL, secret_name="other", renew_before=timedelta(1)),
                id="what no request can show",
            ),
        ],
    )
    def test_is_not_told_apart_by(self, spec: CertificateSpec) -> None:
        assert paths(spec) == []

    def test_an_address_that_cannot_be_read_is_not_the_unspecified_one(self) -> None:
        asked = current(issued(evolve(SPEC, ip_addresses=["::"]), at=ISSUED_AT))
        spec = evolve(SPEC, ip_addresses=["no address"])
        assert len(request_matches_spec(asked, spec).differences) == 1

    def test_repeats_count(self) -> None:
        spec = evolve(FULL, dns_names=["web.example", "web.example", "www.web.example"])
        assert paths(spec) == ["spec.dnsNames"]

    def test_says_all_that_differs_in_the_order_of_cert_manager(self) -> None:
        bare = CertificateSpec(
            secret_name="web-tls",
            issuer_ref=IssuerRef("other"),
            other_names=[],
            is_ca=True,
            duration=timedelta(1),
        )
        assert paths(bare) == [
            "spec.ipAddresses",
            "spec.uris",
            "spec.emailAddresses",
            "spec.dnsNames",
            "spec.otherNames",
            "spec.commonName",
            "spec.subject.serialNumber",
            "spec.subject.organizations",
            "spec.subject.countries",
            "spec.subject.localities",
            "spec.subject.organizationalUnits",
            "spec.subject.postalCodes",
            "spec.subject.provinces",
            "spec.subject.streetAddresses",
            "spec.isCA",
            "spec.usages",
            "spec.duration",
            "spec.issuerRef",
        ]

    def test_shows_both_sides_as_the_api_spells_them(self) -> None:
        spec = evolve(
            FULL,
            common_name=None,
            subject=None,
            ip_addresses=["192.0.2.2"],
            uris=["https://example/"],
            email_addresses=None,
            other_names=[OtherName(UPN), OtherName(None, "x")],
            issuer_ref=IssuerRef("other"),
            is_ca=True,
            usages=None,
        )
        shown = {
            difference.path: (difference.expected, difference.actual)
            for difference in request_matches_spec(REQUEST, spec).differences
        }
        assert shown == {
            "spec.ipAddresses": (("192.0.2.2",), ("192.0.2.1", "2001:db8::1")),
            "spec.uris": (("https://example/",), ("spiffe://example/web", "https://example/")),
            "spec.emailAddresses": ((), ("a@example.com", "b@example.com")),
            "spec.otherNames": ((f"{UPN}=", "=x"), (f"{UPN}=one", f"{UPN}=two")),
            "spec.commonName": (None, "web.example"),
            "spec.subject.serialNumber": (None, "7"),
            "spec.subject.organizations": ((), ("Other", "Example")),  # DER sorts a SET
            "spec.subject.countries": ((), ("DE",)),
            "spec.subject.localities": ((), ("Bonn",)),
            "spec.subject.organizationalUnits": ((), ("Ops", "Web")),
            "spec.subject.postalCodes": ((), ("53111", "53113")),
            "spec.subject.provinces": ((), ("NRW",)),
            "spec.subject.streetAddresses": ((), ("Hof 2", "Markt 1")),
            "spec.isCA": (True, False),
            "spec.usages": ((), ("server auth", "client auth")),
            "spec.issuerRef": (
                "Issuer.cert-manager.io/other",
                "Issuer.cert-manager.io/letsencrypt",
            ),
        }

    def test_without_a_name_shows_what_is_wanted(self) -> None:
        spec = evolve(SPEC, uris=["https://example/"], email_addresses=["a@example.com"])
        found = request_matches_spec(current(issued(SPEC, at=ISSUED_AT)), spec).differences
        assert [(one.path, one.expected, one.actual) for one in found] == [
            ("spec.uris", ("https://example/",), ()),
            ("spec.emailAddresses", ("a@example.com",), ()),
        ]

    def test_that_has_another_literal_subject_shows_it(self) -> None:
        spec = evolve(SPEC, dns_names=None, literal_subject="CN=a,O=b")
        asked = current(issued(spec, at=ISSUED_AT))
        assert request_matches_spec(asked, spec).differences == ()
        (difference,) = request_matches_spec(
            asked, evolve(spec, literal_subject="O=b,CN=a")
        ).differences
        assert (difference.expected, difference.actual) == ("O=b,CN=a", "CN=a,O=b")

    def test_that_cannot_be_read_cannot_be_compared(self) -> None:
        matching = request_matches_spec(evolve(REQUEST, csr=b"no PEM"), FULL)
        assert matching.differences == ()
        assert matching.unreadable is not None

    @pytest.mark.parametrize(
        "spec",
        [
            pytest.param(evolve(FULL, literal_subject="nonsense"), id="no distinguished name"),
            pytest.param(evolve(FULL, literal_subject="XYZ=1"), id="one that has no encoding"),
        ],
    )
    def test_with_a_spec_that_cannot_be_encoded_says_what_was_found_before(
        self, spec: CertificateSpec
    ) -> None:
        matching = request_matches_spec(REQUEST, evolve(spec, uris=None, is_ca=True))
        assert [difference.path for difference in matching.differences] == ["spec.uris"]
        assert matching.unreadable is not None


def request_with_san(*names: bytes) -> X509Request:
    extensions = [extension("2.5.29.17", sequence(*names))] if names else []
    return X509Request.from_der(request(extension_request(*extensions)))


def other_name(value: bytes) -> bytes:
    return tlv(0xA0, oid(UPN), tlv(0xA0, value))


class TestOtherNamesOfARequest:
    def test_are_none_without_alternative_names(self) -> None:
        assert other_names_of(request_with_san()) is None

    def test_are_empty_where_all_names_are_of_other_kinds(self) -> None:
        assert other_names_of(request_with_san(tlv(0x82, b"web.example"))) == ()

    def test_are_written_with_their_kind(self) -> None:
        names = request_with_san(other_name(tlv(0x0C, b"one")))
        assert other_names_of(names) == (f"{UPN}=one",)

    def test_must_be_utf8_strings(self) -> None:
        with pytest.raises(UnreadableError, match="UTF8Strings"):
            other_names_of(request_with_san(other_name(tlv(0x02, b"\x01"))))

    def test_never_match_a_request_without_alternative_names(self) -> None:
        spec = evolve(SPEC, dns_names=None, common_name="web.example", other_names=[])
        asked = current(issued(spec, at=ISSUED_AT))
        (difference,) = request_matches_spec(asked, spec).differences
        assert (difference.expected, difference.actual) == ((), None)


RSA = KeyAlgorithm.RSA
ECDSA = KeyAlgorithm.ECDSA
ED25519 = KeyAlgorithm.ED25519


class TestAPrivateKey:
    @pytest.mark.parametrize(
        ("key", "wanted", "difference"),
        [
            pytest.param(RSA, PrivateKeySpec(), None, id="RSA where nothing is said"),
            pytest.param(RSA, PrivateKeySpec(size=2048), None, id="RSA of its usual size"),
            pytest.param(RSA, PrivateKeySpec(size=-1), None, id="a size below 1 is no size"),
            pytest.param(
                RSA, PrivateKeySpec(size=4096), ("size", 4096, 2048), id="RSA of another size"
            ),
            pytest.param(ECDSA, PrivateKeySpec(algorithm=ECDSA), None, id="ECDSA of 256 bits"),
            pytest.param(
                ECDSA,
                PrivateKeySpec(algorithm=ECDSA, size=521),
                ("size", 521, 256),
                id="ECDSA of another size",
            ),
            pytest.param(
                ECDSA, PrivateKeySpec(), ("algorithm", "RSA", "ECDSA"), id="another algorithm"
            ),
            pytest.param(
                ED25519,
                PrivateKeySpec(algorithm=ED25519, size=4096),
                None,
                id="Ed25519 of whatever size is said",
            ),
            pytest.param(
                ED25519,
                PrivateKeySpec(algorithm="Quantum"),
                ("algorithm", "Quantum", "Ed25519"),
                id="an algorithm that nobody knows",
            ),
        ],
    )
    def test_is_of_the_algorithm_and_size_of_the_spec(
        self,
        key: KeyAlgorithm,
        wanted: PrivateKeySpec,
        difference: tuple[str, object, object] | None,
    ) -> None:
        private_key = signer(PrivateKeySpec(algorithm=key)).private_key
        spec = evolve(SPEC, private_key=wanted)
        found = private_key_matches_spec(private_key, spec)
        name, *shown = difference or ("",)
        assert [one.path for one in found] == [f"spec.privateKey.{name}"] * bool(difference)
        assert [[one.expected, one.actual] for one in found] == [shown] * bool(difference)
        assert private_key_matches_spec(private_key.facts, spec) == found


def certified(common: str, *names: bytes) -> X509Certificate:
    extensions = [extension("2.5.29.17", sequence(*names))] if names else []
    subject = common_name(common) if common else sequence()
    return X509Certificate.from_der(certificate(*extensions, subject=subject))


def dns(name: str) -> bytes:
    return tlv(0x82, name.encode())


class TestAnIssuedCertificate:
    @pytest.mark.parametrize(
        ("common", "names", "wanted_common", "wanted", "paths"),
        [
            pytest.param("a", ["a", "b"], "a", ["a", "b"], [], id="the same"),
            pytest.param("", ["a", "b"], "a", ["b"], [], id="the common name became a DNS name"),
            pytest.param("a", ["b"], None, ["a", "b"], [], id="a DNS name became the common name"),
            pytest.param("a", ["a", "b"], None, ["b", "a"], [], id="a DNS name twice, turned"),
            pytest.param("", [], None, None, [], id="no names on either side"),
            pytest.param("a", ["a"], "a", ["a", "b"], ["dnsNames"], id="a DNS name is missing"),
            pytest.param("a", ["a", "b"], "a", ["a"], ["dnsNames"], id="a DNS name is too many"),
            pytest.param("a", ["b"], "c", ["b"], ["commonName"], id="another common name"),
            pytest.param("", ["b"], "a", ["b"], ["commonName"], id="the common name is missing"),
            pytest.param("a", ["b"], None, ["b"], ["commonName"], id="a common name is too many"),
            pytest.param(
                "a", ["b"], "c", ["d"], ["commonName", "dnsNames"], id="nothing is the same"
            ),
        ],
    )
    def test_common_name_and_dns_names_are_one_set(
        self,
        common: str,
        names: list[str],
        wanted_common: str | None,
        wanted: list[str] | None,
        paths: list[str],
    ) -> None:
        spec = evolve(SPEC, common_name=wanted_common, dns_names=wanted)
        found = certificate_matches_names(certified(common, *map(dns, names)), spec)
        assert [one.path for one in found] == [f"spec.{path}" for path in paths]

    def test_shows_both_sides(self) -> None:
        spec = evolve(SPEC, common_name="a", dns_names=["b"])
        found = certificate_matches_names(certified("", dns("c")), spec)
        assert [(one.expected, one.actual) for one in found] == [
            ("a", None),
            (("b",), ("c",)),
        ]

    def test_other_kinds_of_names_must_be_the_same(self) -> None:
        spec = evolve(
            SPEC,
            dns_names=None,
            ip_addresses=["192.0.2.1"],
            uris=["https://a/"],
            email_addresses=["a@b"],
        )
        names = tlv(0x87, bytes([192, 0, 2, 1])), tlv(0x86, b"https://a/"), tlv(0x81, b"a@b")
        assert certificate_matches_names(certified("", *names), spec) == ()
        assert [one.path for one in certificate_matches_names(certified(""), spec)] == [
            "spec.ipAddresses",
            "spec.uris",
            "spec.emailAddresses",
        ]
