"""Each of the trigger's rules, asked by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from certlife.errors import Unreadable
from certlife.model import annotations as keys
from certlife.model.spec import IssuerRef, PrivateKeySpec, Renewal, RenewalPolicy, RenewalWindow
from certlife.model.status import AriWindow
from certlife.pki import pem
from certlife.pki.keys import KeyAlgorithm
from certlife.policy import checks
from certlife.policy.violation import Clause, NotApplicable, Reason, Violation
from certlife.testing import issued, signer
from tests.pki.encoding import bit_string, integer, oid, request, sequence
from tests.policy.worlds import (
    DUE_AT,
    ISSUED_AT,
    MICROSECOND,
    NOT_AFTER,
    QUIET,
    SPEC,
    evidence,
    found,
    stored,
    wanting,
    with_annotations,
    with_csr,
    with_entries,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from certlife.model.snapshot import Snapshot
    from certlife.policy.policies import CheckFunction

ED25519 = PrivateKeySpec(algorithm=KeyAlgorithm.ED25519)
ECDSA = PrivateKeySpec(algorithm=KeyAlgorithm.ECDSA)
NO_SECRET = evolve(QUIET, secret=None)
NEITHER = evolve(QUIET, secret=None, requests=())
RESTORED = evolve(QUIET, requests=())
OTHER_KEY = with_entries({keys.TLS_PRIVATE_KEY: signer(ED25519, 99).pem})
OTHER_KIND = with_entries({keys.TLS_PRIVATE_KEY: signer(ECDSA).pem})
NO_KEY = with_entries({keys.TLS_PRIVATE_KEY: b"no PEM"})
NO_CERTIFICATE = with_entries({keys.TLS_CERTIFICATE: b"no PEM"})
NEITHER_READABLE = with_entries({keys.TLS_CERTIFICATE: b"no PEM"}, NO_KEY)

KEY = "secret.data[tls.key]"
CERTIFICATE = "secret.data[tls.crt]"
CSR = "certificateRequest.spec.request"

INVALID_KEY = ("InvalidKeyPair", KEY)
INVALID_CERTIFICATE = ("InvalidCertificate", CERTIFICATE)

ABOUT_THE_SECRET: list[CheckFunction] = [
    checks.secret_is_missing_data,
    checks.secret_public_keys_differ,
    checks.secret_issuer_annotations_mismatch,
    checks.secret_certificate_name_annotations_mismatch,
    checks.secret_private_key_mismatches_spec,
    checks.current_certificate_request_mismatches_spec,
    checks.current_certificate_nearing_expiry,
    checks.current_certificate_has_expired,
]


@pytest.mark.parametrize("check", ABOUT_THE_SECRET)
def test_what_is_about_the_secret_cannot_be_asked_without_one(check: CheckFunction) -> None:
    assert check(NEITHER, now=NOT_AFTER) == NotApplicable("there is no Secret")


class TestTheSecretIsThere:
    def test_one_that_is_missing_is_called_as_the_spec_calls_it(self) -> None:
        answer = checks.secret_does_not_exist(NO_SECRET, now=ISSUED_AT)
        assert found(answer) == [("DoesNotExist", "spec.secretName")]
        assert evidence(answer) == [("web-tls", None)]

    def test_an_empty_one_is_there(self) -> None:
        assert checks.secret_does_not_exist(with_entries({}), now=ISSUED_AT) == ()


class TestTheSecretHoldsData:
    @pytest.mark.parametrize(
        ("changes", "paths"),
        [
            pytest.param({keys.TLS_PRIVATE_KEY: None}, [KEY], id="no key"),
            pytest.param({keys.TLS_PRIVATE_KEY: b""}, [KEY], id="an empty key"),
            pytest.param({keys.TLS_CERTIFICATE: None}, [CERTIFICATE], id="no certificate"),
            pytest.param({keys.TLS_CERTIFICATE: b""}, [CERTIFICATE], id="an empty certificate"),
            pytest.param(
                {keys.TLS_PRIVATE_KEY: b"", keys.TLS_CERTIFICATE: b""},
                [KEY, CERTIFICATE],
                id="neither, the key first",
            ),
            pytest.param({keys.TLS_PRIVATE_KEY: b"?", keys.TLS_CERTIFICATE: b"?"}, [], id="junk"),
            pytest.param({keys.CA_CERTIFICATE: None}, [], id="no CA, which nobody needs"),
        ],
    )
    def test_what_is_not_there_is_missing(
        self, changes: Mapping[str, bytes | None], paths: list[str]
    ) -> None:
        answer = checks.secret_is_missing_data(with_entries(changes), now=ISSUED_AT)
        assert found(answer) == [("MissingData", path) for path in paths]

    def test_a_key_that_was_taken_out_is_not_missing(self) -> None:
        snapshot = evolve(QUIET, secret=stored().without_private_key())
        assert checks.secret_is_missing_data(snapshot, now=ISSUED_AT) == ()


class TestKeyAndCertificateBelongTogether:
    @pytest.mark.parametrize(
        ("snapshot", "violations"),
        [
            pytest.param(QUIET, [], id="a pair"),
            pytest.param(OTHER_KEY, [INVALID_KEY], id="another key"),
            pytest.param(OTHER_KIND, [INVALID_KEY], id="a key of another kind"),
            pytest.param(NO_KEY, [INVALID_KEY], id="a key that is none"),
            pytest.param(NO_CERTIFICATE, [INVALID_CERTIFICATE], id="a certificate that is none"),
            pytest.param(
                NEITHER_READABLE,
                [INVALID_KEY, INVALID_CERTIFICATE],
                id="both unreadable, the key first",
            ),
            pytest.param(
                with_entries(
                    {
                        keys.TLS_CERTIFICATE: stored().entry(keys.TLS_CERTIFICATE)
                        + pem.encode("CERTIFICATE", b"\x30\x00").encode()
                    }
                ),
                [INVALID_CERTIFICATE],
                id="a corrupt certificate behind a good one",
            ),
        ],
    )
    def test_what_cannot_be_read_or_is_no_pair_is_corrupt(
        self, snapshot: Snapshot, violations: list[tuple[str, str]]
    ) -> None:
        answer = checks.secret_public_keys_differ(snapshot, now=ISSUED_AT)
        assert found(answer) == violations

    def test_a_pair_that_is_none_is_told_by_its_kinds(self) -> None:
        answer = checks.secret_public_keys_differ(OTHER_KIND, now=ISSUED_AT)
        assert evidence(answer) == [
            ("the certificate's key, Ed25519 of 256 bits", "another key, ECDSA of 256 bits")
        ]

    def test_what_cannot_be_read_says_why(self) -> None:
        answer = checks.secret_public_keys_differ(NEITHER_READABLE, now=ISSUED_AT)
        assert [actual for _, actual in evidence(answer)] == [
            "one that cannot: expected a PEM block",
            "one that cannot: expected a certificate in PEM",
        ]


class TestTheIssuerIsTheOneOfTheSpec:
    @pytest.mark.parametrize(
        ("wanted", "noted", "names"),
        [
            pytest.param(IssuerRef("ca"), ("ca", "Issuer", "cert-manager.io"), [], id="the same"),
            pytest.param(IssuerRef("ca"), ("ca", "", ""), [], id="defaults for empty text"),
            pytest.param(IssuerRef("ca"), ("ca", None, None), [], id="defaults for nothing"),
            pytest.param(IssuerRef("ca"), (None, None, None), [], id="no annotation at all"),
            pytest.param(IssuerRef("ca"), ("other", None, None), ["name"], id="another name"),
            pytest.param(IssuerRef("ca"), ("", None, None), ["name"], id="an empty name"),
            pytest.param(
                IssuerRef("ca"), (None, "Issuer", None), ["name"], id="a kind, hence a name"
            ),
            pytest.param(
                IssuerRef("ca"), (None, None, "cert-manager.io"), ["name"], id="a group, likewise"
            ),
            pytest.param(
                IssuerRef("ca", kind="ClusterIssuer"),
                (None, None, None),
                ["kind"],
                id="no annotation, for a ClusterIssuer",
            ),
            pytest.param(
                IssuerRef("ca", group="example.com"),
                (None, None, None),
                ["group"],
                id="no annotation, for an external issuer",
            ),
            pytest.param(
                IssuerRef("a", kind="B", group="c"),
                ("x", "Y", "z"),
                ["name", "kind", "group"],
                id="nothing the same, in this order",
            ),
        ],
    )
    def test_an_absent_kind_or_group_is_the_default(
        self, wanted: IssuerRef, noted: tuple[str | None, ...], names: list[str]
    ) -> None:
        kinds = (keys.ISSUER_NAME, keys.ISSUER_KIND, keys.ISSUER_GROUP)
        snapshot = with_annotations(
            dict(zip(kinds, noted, strict=True)), wanting(evolve(SPEC, issuer_ref=wanted))
        )
        answer = checks.secret_issuer_annotations_mismatch(snapshot, now=ISSUED_AT)
        assert found(answer) == [
            ("IncorrectIssuer", f"secret.metadata.annotations[cert-manager.io/issuer-{name}]")
            for name in names
        ]

    def test_a_secret_without_annotations_is_of_an_issuer_by_default(self) -> None:
        snapshot = evolve(QUIET, secret=evolve(stored(), annotations=None))
        assert checks.secret_issuer_annotations_mismatch(snapshot, now=ISSUED_AT) == ()

    def test_the_violation_shows_both(self) -> None:
        answer = checks.secret_issuer_annotations_mismatch(
            with_annotations({keys.ISSUER_NAME: "other"}), now=ISSUED_AT
        )
        assert evidence(answer) == [("letsencrypt", "other")]


class TestTheSecretIsForThisCertificate:
    def test_another_certificates_name_is_a_violation(self) -> None:
        snapshot = with_annotations({keys.CERTIFICATE_NAME: "api"})
        answer = checks.secret_certificate_name_annotations_mismatch(snapshot, now=ISSUED_AT)
        path = "secret.metadata.annotations[cert-manager.io/certificate-name]"
        assert found(answer) == [("IncorrectCertificate", path)]
        assert evidence(answer) == [("web", "api")]

    @pytest.mark.parametrize("noted", ["web", None])
    def test_its_own_name_or_none_is_not(self, noted: str | None) -> None:
        snapshot = with_annotations({keys.CERTIFICATE_NAME: noted})
        assert checks.secret_certificate_name_annotations_mismatch(snapshot, now=ISSUED_AT) == ()

    def test_a_secret_without_annotations_is_anybodys(self) -> None:
        snapshot = evolve(QUIET, secret=evolve(stored(), annotations=None))
        assert checks.secret_certificate_name_annotations_mismatch(snapshot, now=ISSUED_AT) == ()


class TestTheKeyIsWhatTheSpecWants:
    def test_another_algorithm_is_a_violation(self) -> None:
        snapshot = wanting(evolve(SPEC, private_key=ECDSA))
        answer = checks.secret_private_key_mismatches_spec(snapshot, now=ISSUED_AT)
        assert found(answer) == [("SecretMismatch", "spec.privateKey.algorithm")]
        assert evidence(answer) == [("ECDSA", "Ed25519")]

    def test_a_key_that_cannot_be_read_is_no_pair(self) -> None:
        answer = checks.secret_private_key_mismatches_spec(NO_KEY, now=ISSUED_AT)
        assert found(answer) == [INVALID_KEY]

    def test_a_certificate_that_cannot_be_read_is_no_matter(self) -> None:
        assert checks.secret_private_key_mismatches_spec(NO_CERTIFICATE, now=ISSUED_AT) == ()


DSA = sequence(
    sequence(oid("1.2.840.10040.4.1"), sequence(integer(23), integer(11), integer(4))),
    bit_string(integer(2)),
)
X25519 = sequence(sequence(oid("1.3.101.110")), bit_string(bytes(32)))


class TestTheKeyIsTheOneThatWasCertified:
    check: CheckFunction = staticmethod(
        checks.secret_public_key_differs_from_current_certificate_request
    )

    def test_the_key_of_the_request_is(self) -> None:
        assert self.check(QUIET, now=ISSUED_AT) == ()

    def test_another_key_is_a_violation_that_tells_the_kinds(self) -> None:
        answer = self.check(OTHER_KIND, now=ISSUED_AT)
        assert found(answer) == [("SecretMismatch", KEY)]
        assert evidence(answer) == [
            ("the current request's key, Ed25519 of 256 bits", "another key, ECDSA of 256 bits")
        ]

    def test_without_a_request_there_is_nothing_to_compare_with(self) -> None:
        assert self.check(RESTORED, now=ISSUED_AT) == ()
        assert self.check(NEITHER, now=ISSUED_AT) == ()

    def test_with_a_request_it_cannot_be_asked_without_a_secret(self) -> None:
        assert self.check(NO_SECRET, now=ISSUED_AT) == NotApplicable("there is no Secret")

    def test_a_key_that_cannot_be_read_is_no_pair(self) -> None:
        snapshot = with_csr(b"junk", NO_KEY)
        assert found(self.check(snapshot, now=ISSUED_AT)) == [INVALID_KEY]

    @pytest.mark.parametrize("csr", [None, b"", b"junk"])
    def test_a_request_that_cannot_be_read_is_invalid(self, csr: bytes | None) -> None:
        answer = self.check(with_csr(csr), now=ISSUED_AT)
        assert found(answer) == [("InvalidCertificateRequest", CSR)]
        assert evidence(answer)[0][0] == "a certificate request that can be read"

    @pytest.mark.parametrize("key", [DSA, X25519], ids=["DSA", "X25519"])
    def test_a_request_for_a_key_that_nobody_signs_with_is_invalid(self, key: bytes) -> None:
        csr = pem.encode("CERTIFICATE REQUEST", request(key=key)).encode()
        answer = self.check(with_csr(csr), now=ISSUED_AT)
        assert found(answer) == [("InvalidCertificateRequest", CSR)]
        assert answer == (
            Violation(
                "secret_public_key_differs_from_current_certificate_request",
                Reason.INVALID_CERTIFICATE_REQUEST,
                "certificateRequest.spec.request",
                Clause("a request for an RSA, ECDSA or Ed25519 key"),
                Clause("one for another kind"),
            ),
        )


class TestTheRequestIsWhatTheSpecWants:
    check: CheckFunction = staticmethod(checks.current_certificate_request_mismatches_spec)
    other_names = wanting(evolve(SPEC, dns_names=["other.example"]))

    def test_every_difference_is_a_violation(self) -> None:
        spec = evolve(SPEC, dns_names=["other.example"], is_ca=True)
        answer = self.check(wanting(spec), now=ISSUED_AT)
        assert found(answer) == [
            ("RequestChanged", "spec.dnsNames"),
            ("RequestChanged", "spec.isCA"),
        ]
        assert evidence(answer)[0] == (("other.example",), ("web.example", "www.web.example"))

    def test_a_request_is_compared_also_without_a_secret(self) -> None:
        answer = self.check(evolve(self.other_names, secret=None), now=ISSUED_AT)
        assert found(answer) == [("RequestChanged", "spec.dnsNames")]

    def test_a_request_that_cannot_be_read_is_quiet(self) -> None:
        # the check before has said so, and what cannot be compared is no reason to re-issue
        assert self.check(with_csr(b"junk", self.other_names), now=ISSUED_AT) == ()

    def test_a_spec_that_cannot_be_compared_is_quiet_and_hides_what_was_found_before(self) -> None:
        spec = evolve(SPEC, dns_names=["other.example"], literal_subject="no distinguished name")
        assert self.check(wanting(spec), now=ISSUED_AT) == ()

    def test_without_a_request_the_names_on_the_certificate_are_compared(self) -> None:
        answer = self.check(evolve(self.other_names, requests=()), now=ISSUED_AT)
        assert found(answer) == [("SecretMismatch", "spec.dnsNames")]

    def test_without_a_request_nothing_but_names_is_compared(self) -> None:
        spec = evolve(SPEC, is_ca=True, usages=["any"], duration=timedelta(days=1))
        assert self.check(evolve(wanting(spec), requests=()), now=ISSUED_AT) == ()

    def test_without_a_request_an_unreadable_certificate_is_corrupt(self) -> None:
        answer = self.check(evolve(NO_CERTIFICATE, requests=()), now=ISSUED_AT)
        assert found(answer) == [INVALID_CERTIFICATE]


def renewing(renewal: Renewal | None, ari: AriWindow | None = None) -> Snapshot:
    return evolve(wanting(evolve(SPEC, renewal=renewal)), ari_window=ari)


def in_window(cron: str) -> Snapshot:
    window = RenewalWindow(cron=cron, window_duration=timedelta(hours=2))
    return renewing(Renewal(policy=RenewalPolicy.RENEW_BEFORE, windows=[window]))


DISABLED = renewing(Renewal(policy=RenewalPolicy.DISABLED))
ARI = renewing(None, AriWindow(start=DUE_AT + timedelta(days=2), end=NOT_AFTER))
NIGHTLY = in_window("0 2 * * *")
IMPOSSIBLE = in_window("0 2 30 2 *")


class TestTheCertificateIsNotDue:
    check: CheckFunction = staticmethod(checks.current_certificate_nearing_expiry)

    @pytest.mark.parametrize(
        ("snapshot", "due_at"),
        [
            pytest.param(QUIET, DUE_AT, id="two thirds through"),
            pytest.param(NIGHTLY, DUE_AT + timedelta(hours=2), id="when a window opens"),
            pytest.param(ARI, DUE_AT + timedelta(days=2), id="when the ACME server wants it"),
        ],
    )
    def test_it_is_due_from_its_renewal_time_on(self, snapshot: Snapshot, due_at: datetime) -> None:
        assert self.check(snapshot, now=due_at - MICROSECOND) == ()
        answer = self.check(snapshot, now=due_at)
        assert found(answer) == [("Renewing", "status.renewalTime")]
        assert [actual for _, actual in evidence(answer)] == [due_at]
        assert checks.nearing_expiry_changes_at(snapshot) == due_at

    def test_where_renewal_is_disabled_it_never_is(self) -> None:
        assert self.check(DISABLED, now=NOT_AFTER + timedelta(days=1)) == ()
        assert checks.nearing_expiry_changes_at(DISABLED) is None

    def test_a_window_that_never_opens_is_said_beside_and_before(self) -> None:
        assert self.check(IMPOSSIBLE, now=DUE_AT - MICROSECOND) == ()
        answer = self.check(IMPOSSIBLE, now=DUE_AT)
        assert found(answer) == [
            ("WindowError", "spec.renewal"),
            ("Renewing", "status.renewalTime"),
        ]

    def test_the_rule_that_made_it_due_is_said(self) -> None:
        answer = self.check(QUIET, now=DUE_AT)
        assert evidence(answer)[0][0] == "a time to come (two thirds of the lifetime)"

    def test_a_certificate_that_cannot_be_read_is_corrupt_at_any_time(self) -> None:
        assert found(self.check(NO_CERTIFICATE, now=ISSUED_AT)) == [INVALID_CERTIFICATE]


class TestTheCertificateHasNotExpired:
    check: CheckFunction = staticmethod(checks.current_certificate_has_expired)

    def test_its_last_instant_is_still_within(self) -> None:
        assert self.check(QUIET, now=NOT_AFTER) == ()

    def test_a_microsecond_later_it_has(self) -> None:
        answer = self.check(QUIET, now=NOT_AFTER + MICROSECOND)
        assert found(answer) == [("Expired", "secret.data[tls.crt].notAfter")]
        assert evidence(answer) == [("a time to come", NOT_AFTER)]
        assert checks.expired_changes_at(QUIET) == NOT_AFTER + MICROSECOND

    def test_it_expires_also_where_renewal_is_disabled(self) -> None:
        assert found(self.check(DISABLED, now=NOT_AFTER + MICROSECOND)) != []

    def test_a_certificate_that_cannot_be_read_is_corrupt_at_any_time(self) -> None:
        assert found(self.check(NO_CERTIFICATE, now=ISSUED_AT)) == [INVALID_CERTIFICATE]


@pytest.mark.parametrize(
    "changes_at", [checks.nearing_expiry_changes_at, checks.expired_changes_at]
)
@pytest.mark.parametrize(
    "snapshot",
    [
        pytest.param(NO_SECRET, id="no Secret"),
        pytest.param(NO_CERTIFICATE, id="no certificate that can be read"),
    ],
)
def test_time_alone_changes_nothing_without_a_certificate(
    changes_at: Callable[[Snapshot], datetime | None], snapshot: Snapshot
) -> None:
    assert changes_at(snapshot) is None


def test_an_unreadable_key_that_was_taken_out_stays_unreadable() -> None:
    secret = evolve(stored(), key_facts=Unreadable("the key is encrypted"))
    answer = checks.secret_public_keys_differ(evolve(QUIET, secret=secret), now=ISSUED_AT)
    assert evidence(answer)[0][1] == "one that cannot: the key is encrypted"


def test_a_key_of_another_size_is_a_violation() -> None:
    snapshot = issued(evolve(SPEC, private_key=ECDSA), at=ISSUED_AT)
    spec = evolve(SPEC, private_key=evolve(ECDSA, size=384))
    answer = checks.secret_private_key_mismatches_spec(wanting(spec, snapshot), now=ISSUED_AT)
    assert found(answer) == [("SecretMismatch", "spec.privateKey.size")]
    assert evidence(answer) == [(384, 256)]
