"""Each rule that only the FAQ or our strict policy has, asked by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from certlife.model import annotations as keys
from certlife.model.spec import (
    KeyEncoding,
    NameConstraintItem,
    NameConstraints,
    OtherName,
    PrivateKeySpec,
    SignatureAlgorithm,
)
from certlife.pki import pem
from certlife.pki.keys import KeyAlgorithm
from certlife.policy import documented_checks as rules
from certlife.policy.violation import NotApplicable
from certlife.testing import issued
from tests.pki.encoding import extension, extension_request, request, tlv
from tests.policy.worlds import (
    ISSUED_AT,
    QUIET,
    SPEC,
    current,
    evidence,
    found,
    wanting,
    with_csr,
    with_entries,
)

if TYPE_CHECKING:
    from certlife.model.snapshot import Snapshot
    from certlife.model.spec import CertificateSpec
    from certlife.policy.policies import CheckFunction

ECDSA = PrivateKeySpec(algorithm=KeyAlgorithm.ECDSA)
NO_SECRET = evolve(QUIET, secret=None)
NO_REQUEST = evolve(QUIET, requests=())
NO_READABLE_REQUEST = with_csr(b"no PEM")


def with_extension(kind: str, value: bytes) -> Snapshot:
    attribute = extension_request(extension(kind, value))
    return with_csr(pem.encode("CERTIFICATE REQUEST", request(attribute)).encode())


@pytest.mark.parametrize(
    "check",
    [
        rules.request_duration_added_or_removed,
        rules.request_other_names_removed,
        rules.request_name_constraints_mismatch,
        rules.request_usages_encoding_mismatch,
        rules.request_signature_algorithm_mismatch,
    ],
)
def test_what_is_about_the_request_cannot_be_asked_without_one(check: CheckFunction) -> None:
    no_request = NotApplicable("there is no current request that can be read")
    assert check(NO_REQUEST, now=ISSUED_AT) == no_request
    if check is not rules.request_duration_added_or_removed:  # it does not look into the CSR
        assert check(NO_READABLE_REQUEST, now=ISSUED_AT) == no_request


@pytest.mark.parametrize(
    ("check", "kind"),
    [
        (rules.request_other_names_removed, "2.5.29.17"),
        (rules.request_name_constraints_mismatch, "2.5.29.30"),
        (rules.request_usages_encoding_mismatch, "2.5.29.15"),
        (rules.request_usages_encoding_mismatch, "2.5.29.37"),
    ],
)
def test_an_extension_that_cannot_be_read_cannot_be_judged(check: CheckFunction, kind: str) -> None:
    # An otherName of one octet inside alternative names that are well-formed otherwise.
    value = tlv(0x30, tlv(0xA0, b"\x00")) if kind == "2.5.29.17" else b"\x00"
    answer = check(with_extension(kind, value), now=ISSUED_AT)
    assert isinstance(answer, NotApplicable)
    assert answer.why


class TestTheNamesOnTheCertificateAreThoseOfTheSpec:
    check: CheckFunction = staticmethod(rules.certificate_names_mismatch_spec)
    changed = wanting(evolve(SPEC, dns_names=["web.example"]))

    def test_they_are_right_after_an_issuance(self) -> None:
        assert self.check(QUIET, now=ISSUED_AT) == ()

    def test_they_are_compared_although_there_is_a_request(self) -> None:
        answer = self.check(self.changed, now=ISSUED_AT)
        assert found(answer) == [("SecretMismatch", "spec.dnsNames")]
        assert evidence(answer) == [(("web.example",), ("web.example", "www.web.example"))]

    def test_without_a_request_another_check_has_compared_them(self) -> None:
        assert self.check(evolve(self.changed, requests=()), now=ISSUED_AT) == ()

    def test_the_common_name_of_a_literal_subject_is_one_of_them(self) -> None:
        literal = evolve(SPEC, literal_subject="CN=second,O=x,CN=web.example")
        snapshot = issued(literal, at=ISSUED_AT)
        assert self.check(snapshot, now=ISSUED_AT) == ()
        other = evolve(SPEC, literal_subject="CN=other.example,O=x")
        answer = self.check(wanting(other, snapshot), now=ISSUED_AT)
        assert found(answer) == [("SecretMismatch", "spec.literalSubject")]
        assert evidence(answer) == [("other.example", "second")]

    def test_a_literal_subject_without_a_common_name_wants_none(self) -> None:
        literal = evolve(SPEC, common_name="unheard", literal_subject="O=x")
        assert self.check(issued(literal, at=ISSUED_AT), now=ISSUED_AT) == ()

    def test_a_literal_subject_that_is_none_cannot_be_compared(self) -> None:
        answer = self.check(wanting(evolve(SPEC, literal_subject="x")), now=ISSUED_AT)
        assert isinstance(answer, NotApplicable)

    @pytest.mark.parametrize(
        "snapshot",
        [NO_SECRET, with_entries({keys.TLS_CERTIFICATE: b"no PEM"})],
        ids=["no Secret", "no certificate that can be read"],
    )
    def test_without_a_certificate_it_cannot_be_asked(self, snapshot: Snapshot) -> None:
        answer = self.check(snapshot, now=ISSUED_AT)
        assert answer == NotApplicable("there is no Secret that can be read")


class TestTheDurationIsSaidOnBothSidesOrOnNone:
    check: CheckFunction = staticmethod(rules.request_duration_added_or_removed)
    week, day = timedelta(days=7), timedelta(days=1)

    @pytest.mark.parametrize(
        ("wanted", "asked", "differs"),
        [
            pytest.param(None, None, False, id="on none"),
            pytest.param(week, week, False, id="on both"),
            pytest.param(week, day, False, id="differently, which another check compares"),
            pytest.param(week, None, True, id="added"),
            pytest.param(None, week, True, id="removed"),
        ],
    )
    def test_one_that_only_one_side_says_is_a_violation(
        self, wanted: timedelta | None, asked: timedelta | None, *, differs: bool
    ) -> None:
        snapshot = evolve(
            wanting(evolve(SPEC, duration=wanted)), requests=(evolve(current(), duration=asked),)
        )
        answer = self.check(snapshot, now=ISSUED_AT)
        assert found(answer) == [("RequestChanged", "spec.duration")] * differs
        assert evidence(answer) == [(wanted, asked)] * differs


class TestOtherNamesAreGoneWhereTheSpecHasNone:
    check: CheckFunction = staticmethod(rules.request_other_names_removed)
    name = OtherName("1.3.6.1.4.1.311.20.2.3", "web@example.com")
    had = issued(evolve(SPEC, other_names=[name]), at=ISSUED_AT)

    def test_removed_ones_are_shown(self) -> None:
        answer = self.check(wanting(SPEC, self.had), now=ISSUED_AT)
        assert found(answer) == [("RequestChanged", "spec.otherNames")]
        assert evidence(answer) == [(None, ("1.3.6.1.4.1.311.20.2.3=web@example.com",))]

    def test_while_the_spec_has_a_list_another_check_compares_it(self) -> None:
        spec = evolve(SPEC, other_names=[])
        assert self.check(wanting(spec, self.had), now=ISSUED_AT) == ()

    def test_nothing_is_removed_where_nothing_was(self) -> None:
        assert self.check(QUIET, now=ISSUED_AT) == ()


class TestTheNameConstraintsAreThoseOfTheSpec:
    check: CheckFunction = staticmethod(rules.request_name_constraints_mismatch)
    permitted = NameConstraintItem(
        dns_domains=["b.example", "a.example"],
        ip_ranges=["10.0.0.0/8"],
        email_addresses=["example.com"],
        uri_domains=["uri.example"],
    )
    excluded = NameConstraintItem(dns_domains=["c.example"])
    spec = evolve(
        SPEC, is_ca=True, name_constraints=NameConstraints(permitted=permitted, excluded=excluded)
    )
    constrained = issued(spec, at=ISSUED_AT)

    def test_they_are_right_after_an_issuance(self) -> None:
        assert self.check(self.constrained, now=ISSUED_AT) == ()
        assert self.check(QUIET, now=ISSUED_AT) == ()

    def test_removed_ones_are_shown_with_their_side_and_kind(self) -> None:
        answer = self.check(wanting(SPEC, self.constrained), now=ISSUED_AT)
        assert found(answer) == [("RequestChanged", "spec.nameConstraints")]
        assert evidence(answer) == [
            (
                (),
                (
                    "permitted DNS a.example",
                    "permitted DNS b.example",
                    "permitted IP 10.0.0.0/8",
                    "permitted email example.com",
                    "permitted URI uri.example",
                    "excluded DNS c.example",
                ),
            )
        ]

    def test_one_that_has_changed_sides_is_another(self) -> None:
        spec = evolve(SPEC, name_constraints=NameConstraints(permitted=self.excluded))
        snapshot = wanting(spec, issued(evolve(spec, is_ca=True), at=ISSUED_AT))
        assert self.check(snapshot, now=ISSUED_AT) == ()
        swapped = evolve(SPEC, name_constraints=NameConstraints(excluded=self.excluded))
        answer = self.check(wanting(swapped, snapshot), now=ISSUED_AT)
        assert evidence(answer) == [(("excluded DNS c.example",), ("permitted DNS c.example",))]

    def test_their_order_does_not_matter(self) -> None:
        turned = evolve(self.permitted, dns_domains=["a.example", "b.example"])
        constraints = NameConstraints(permitted=turned, excluded=self.excluded)
        snapshot = wanting(evolve(self.spec, name_constraints=constraints), self.constrained)
        assert self.check(snapshot, now=ISSUED_AT) == ()


class TestTheUsagesAreEncodedAsTheSpecSays:
    check: CheckFunction = staticmethod(rules.request_usages_encoding_mismatch)

    @staticmethod
    def encoding(*, said: bool | None) -> CertificateSpec:
        return evolve(SPEC, encode_usages_in_request=said)

    @pytest.mark.parametrize(
        ("then", "now", "differs"),
        [
            (None, None, False),
            (None, True, False),
            (True, None, False),
            (False, False, False),
            (None, False, True),
            (False, None, True),
            (False, True, True),
        ],
    )
    def test_unsaid_means_that_they_are(
        self, *, then: bool | None, now: bool | None, differs: bool
    ) -> None:
        snapshot = wanting(self.encoding(said=now), issued(self.encoding(said=then), at=ISSUED_AT))
        answer = self.check(snapshot, now=ISSUED_AT)
        assert found(answer) == [("RequestChanged", "spec.encodeUsagesInRequest")] * differs
        assert evidence(answer) == [(now is not False, then is not False)] * differs

    @pytest.mark.parametrize(
        ("kind", "value"),
        [
            pytest.param("2.5.29.15", b"\x03\x02\x07\x80", id="key usage alone"),
            pytest.param("2.5.29.37", bytes.fromhex("300606042a030405"), id="extended alone"),
        ],
    )
    def test_either_extension_counts(self, kind: str, value: bytes) -> None:
        assert self.check(with_extension(kind, value), now=ISSUED_AT) == ()


class TestTheRequestIsSignedAsTheSpecSays:
    check: CheckFunction = staticmethod(rules.request_signature_algorithm_mismatch)
    ecdsa = issued(evolve(SPEC, private_key=ECDSA), at=ISSUED_AT)

    @pytest.mark.parametrize(
        ("wanted", "differs"),
        [
            pytest.param(None, False, id="nothing is said"),
            pytest.param(SignatureAlgorithm.ECDSA_WITH_SHA256, False, id="as said"),
            pytest.param(SignatureAlgorithm.ECDSA_WITH_SHA384, True, id="another hash"),
            pytest.param("Quantum", True, id="one that nobody knows"),
        ],
    )
    def test_another_algorithm_is_a_violation(self, wanted: str | None, *, differs: bool) -> None:
        spec = evolve(SPEC, private_key=ECDSA, signature_algorithm=wanted)
        answer = self.check(wanting(spec, self.ecdsa), now=ISSUED_AT)
        assert found(answer) == [("RequestChanged", "spec.signatureAlgorithm")] * differs
        assert evidence(answer) == [(wanted, "ECDSAWithSHA256")] * differs

    @pytest.mark.parametrize(
        ("algorithm", "size", "said"),
        [
            (KeyAlgorithm.RSA, None, SignatureAlgorithm.SHA256_WITH_RSA),
            (KeyAlgorithm.RSA, None, SignatureAlgorithm.SHA384_WITH_RSA),
            (KeyAlgorithm.RSA, None, SignatureAlgorithm.SHA512_WITH_RSA),
            (KeyAlgorithm.ECDSA, None, SignatureAlgorithm.ECDSA_WITH_SHA256),
            (KeyAlgorithm.ECDSA, 384, SignatureAlgorithm.ECDSA_WITH_SHA384),
            (KeyAlgorithm.ECDSA, 521, SignatureAlgorithm.ECDSA_WITH_SHA512),
            (KeyAlgorithm.ED25519, None, SignatureAlgorithm.PURE_ED25519),
        ],
    )
    def test_what_the_spec_says_is_what_the_request_is_signed_with(
        self, algorithm: KeyAlgorithm, size: int | None, said: SignatureAlgorithm
    ) -> None:
        key = PrivateKeySpec(algorithm=algorithm, size=size)
        spec = evolve(SPEC, private_key=key, signature_algorithm=said)
        assert self.check(issued(spec, at=ISSUED_AT), now=ISSUED_AT) == ()

    def test_an_algorithm_without_a_word_in_the_api_is_shown_as_it_is(self) -> None:
        csr = request(key=request_key()).replace(
            bytes.fromhex("06032b6570"), b"\x06\x03\x2b\x65\x71"
        )
        spec = evolve(SPEC, signature_algorithm=SignatureAlgorithm.PURE_ED25519)
        snapshot = with_csr(pem.encode("CERTIFICATE REQUEST", csr).encode(), wanting(spec))
        assert evidence(self.check(snapshot, now=ISSUED_AT)) == [("PureEd25519", "0")]


def request_key() -> bytes:
    assert QUIET.secret is not None
    return QUIET.secret.certificate.public_key.spki


class TestTheKeyIsEncodedAsTheSpecSays:
    check: CheckFunction = staticmethod(rules.private_key_encoding_mismatch)
    pkcs8 = evolve(ECDSA, encoding=KeyEncoding.PKCS8)

    @pytest.mark.parametrize(
        ("then", "now", "shown"),
        [
            pytest.param(ECDSA, ECDSA, [], id="PKCS1 where unsaid"),
            pytest.param(pkcs8, pkcs8, [], id="PKCS8"),
            pytest.param(ECDSA, pkcs8, [("PKCS8", "PKCS1")], id="PKCS8 wanted"),
            pytest.param(pkcs8, ECDSA, [("PKCS1", "PKCS8")], id="PKCS1 wanted"),
        ],
    )
    def test_another_encoding_is_a_violation(
        self, then: PrivateKeySpec, now: PrivateKeySpec, shown: list[tuple[str, str]]
    ) -> None:
        before = issued(evolve(SPEC, private_key=then), at=ISSUED_AT)
        answer = self.check(wanting(evolve(SPEC, private_key=now), before), now=ISSUED_AT)
        assert found(answer) == [("SecretMismatch", "spec.privateKey.encoding")] * len(shown)
        assert evidence(answer) == shown

    def test_ed25519_has_one_encoding_whatever_is_said(self) -> None:
        assert SPEC.effective_private_key.effective_encoding == KeyEncoding.PKCS1
        assert self.check(QUIET, now=ISSUED_AT) == ()

    @pytest.mark.parametrize(
        "snapshot",
        [NO_SECRET, with_entries({keys.TLS_PRIVATE_KEY: b"no PEM"})],
        ids=["no Secret", "no key that can be read"],
    )
    def test_without_a_key_it_cannot_be_asked(self, snapshot: Snapshot) -> None:
        answer = self.check(snapshot, now=ISSUED_AT)
        assert answer == NotApplicable("there is no Secret that can be read")
