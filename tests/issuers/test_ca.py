"""The CA issuer grants what is asked for, says what is amiss, and never starts with a bad CA."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from attrs import evolve
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import AuthorityInformationAccessOID

from certlife.errors import InvalidValueError, UnreadableError, WrongTypeError
from certlife.issuers import CaIssuer, CertificateUrls, Failed, Issued, OnOutlive
from certlife.model.spec import NameConstraintItem, NameConstraints
from certlife.pki.certificate import X509Certificate, read_certificates
from certlife.pki.csr import X509Request
from certlife.pki.extensions import KeyUsageBit
from certlife.signing import (
    Authority,
    Grant,
    Signer,
    certificate_request,
    self_sign_request,
)
from certlife.testing import FakeClock
from tests.issuers.requests import (
    CLOCK,
    DAY,
    KEY,
    NOW,
    SPEC,
    asked,
    intermediate,
    issuer,
    pem_of,
    root,
)
from tests.pki.encoding import TRUE, bit_string, common_name, extension, integer, sequence
from tests.pki.hierarchies import CA, certified, key
from tests.pki.signing import RSA, SHA256_RSA, spki
from tests.pki.signing import issued as written
from tests.signing.test_keys import COMPOSITE

if TYPE_CHECKING:
    from pathlib import Path

    from certlife.model.request import CertificateRequest
    from certlife.model.spec import CertificateSpec


URLS = CertificateUrls(
    crl_distribution_points=["http://pki.example/a.crl", "http://pki.example/b.crl"],
    ocsp_servers=["http://ocsp.example"],
    issuing_certificate_urls=["http://pki.example/ca.crt"],
)
PERMITTED = NameConstraintItem(dns_domains=["example"])


def issued(by: CaIssuer, request: CertificateRequest | None = None) -> Issued:
    answer = by.answer(request or asked())
    assert isinstance(answer, Issued), answer
    return answer


def leaf(answer: Issued) -> X509Certificate:
    return X509Certificate.from_pem(answer.certificate)


class TestWhatItSigns:
    def test_is_good_from_now_for_as_long_as_was_asked(self) -> None:
        spec = evolve(SPEC, duration=timedelta(hours=36))
        found = leaf(issued(issuer(), asked(spec)))
        assert (found.not_before, found.not_after) == (NOW, NOW + timedelta(hours=36))

    def test_is_good_for_90_days_where_nothing_was_asked(self) -> None:
        assert leaf(issued(issuer())).not_after == NOW + 90 * DAY

    def test_has_the_usages_and_constraints_that_were_asked(self) -> None:
        spec = evolve(SPEC, is_ca=True, usages=["cert sign", "crl sign"])
        found = leaf(issued(issuer(), asked(spec)))
        assert found.key_usages == (KeyUsageBit.CERT_SIGN, KeyUsageBit.CRL_SIGN)
        assert found.is_ca

    def test_is_linked_to_the_ca_by_its_key_identifier(self) -> None:
        ca = root()
        found = leaf(issued(issuer(ca)))
        assert found.authority_key_id == ca.certificate.subject_key_id is not None
        assert found.subject_key_id is not None

    def test_says_where_more_is_to_be_found_in_the_order_of_go(self) -> None:
        spec = evolve(SPEC, name_constraints=NameConstraints(permitted=PERMITTED), is_ca=True)
        found = leaf(issued(evolve(issuer(), urls=URLS), asked(evolve(spec, usages=["cert sign"]))))
        native = x509.load_der_x509_certificate(found.der)
        places = native.extensions.get_extension_for_class(x509.AuthorityInformationAccess)
        assert [(one.access_method, one.access_location.value) for one in places.value] == [
            (AuthorityInformationAccessOID.OCSP, "http://ocsp.example"),
            (AuthorityInformationAccessOID.CA_ISSUERS, "http://pki.example/ca.crt"),
        ]
        points = native.extensions.get_extension_for_class(x509.CRLDistributionPoints)
        names = [name.value for one in points.value for name in one.full_name or ()]
        assert names == ["http://pki.example/a.crl", "http://pki.example/b.crl"]
        assert not places.critical
        assert not points.critical
        after = [one.oid for one in found.extensions][-4:]
        assert after == ["1.3.6.1.5.5.7.1.1", "2.5.29.17", "2.5.29.30", "2.5.29.31"]

    def test_has_a_random_serial_number_each_time(self) -> None:
        ca = issuer()
        numbers = {leaf(issued(ca)).serial_number for _ in range(20)}
        assert len(numbers) == 20
        assert max(numbers).bit_length() >= 128

    def test_comes_with_the_chain_without_the_root_and_the_root_as_ca(self) -> None:
        top = root()
        middle = intermediate(top)
        answer = issued(issuer(middle, top))
        assert read_certificates(answer.certificate, limit=100_000)[1:] == (middle.certificate,)
        assert answer.ca == pem_of(top)

    def test_of_a_lone_root_is_alone(self) -> None:
        ca = root()
        answer = issued(issuer(ca))
        assert len(read_certificates(answer.certificate, limit=100_000)) == 1
        assert answer.ca == pem_of(ca)

    def test_of_a_lone_intermediate_has_it_as_ca_and_in_the_chain(self) -> None:
        middle = intermediate(root())
        answer = issued(issuer(middle))
        assert answer.certificate.endswith(pem_of(middle))
        assert answer.ca == pem_of(middle)


class TestACertificateThatOutlivesItsCa:
    until = NOW + 30 * DAY

    def test_is_issued_as_asked_with_a_warning(self) -> None:
        answer = issued(issuer(root(until=self.until)))
        assert leaf(answer).not_after == NOW + 90 * DAY
        (warning,) = answer.warnings
        assert warning == (
            "A certificate until 2027-02-22T12:00:00Z outlives its CA, "
            "which is good until 2026-12-24T12:00:00Z"
        )

    def test_is_cut_where_that_is_wanted(self) -> None:
        answer = issued(issuer(root(until=self.until), on_outlive=OnOutlive.CLIP))
        assert leaf(answer).not_after == self.until
        assert answer.warnings[0].endswith("; it was cut to that")

    def test_is_refused_where_that_is_wanted(self) -> None:
        answer = issuer(root(until=self.until), on_outlive=OnOutlive.REFUSE).answer(asked())
        assert isinstance(answer, Failed)
        assert "outlives its CA" in answer.message

    def test_is_one_that_outlives_any_ca_above(self) -> None:
        top = root(until=self.until)
        answer = issued(issuer(intermediate(top, until=NOW + 365 * DAY), top))
        assert "2026-12-24" in answer.warnings[0]

    @pytest.mark.parametrize("on_outlive", OnOutlive)
    def test_is_none_that_ends_with_it(self, on_outlive: OnOutlive) -> None:
        ca = issuer(root(until=NOW + 90 * DAY), on_outlive=on_outlive)
        assert issued(ca).warnings == ()

    @pytest.mark.parametrize(
        ("now", "duration"),
        [
            pytest.param(timedelta(microseconds=999_999), 90 * DAY, id="asked within a second"),
            pytest.param(timedelta(), 90 * DAY + timedelta(milliseconds=1), id="longer by less"),
        ],
    )
    def test_is_none_that_ends_in_the_same_second(
        self, now: timedelta, duration: timedelta
    ) -> None:
        ca = evolve(issuer(root(until=NOW + 90 * DAY)), clock=FakeClock(NOW + now))
        answer = issued(ca, evolve(asked(), duration=duration))
        assert leaf(answer).not_after == NOW + 90 * DAY
        assert answer.warnings == ()


def by_hand(*extensions: bytes) -> Authority:
    """A CA whose certificate says what certlife would not write; good early in 2026."""
    pem = key("ca").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Authority(certified(*extensions, subject="ca", issuer="ca"), Signer.from_pem(pem))


def test_a_ca_below_a_ca_that_may_have_none_is_worth_a_warning() -> None:
    constraints = extension("2.5.29.19", sequence(TRUE, integer(0)), critical=TRUE)
    clock = FakeClock(datetime(2026, 2, 1, tzinfo=UTC))
    ca = CaIssuer(authority=by_hand(constraints), clock=clock)
    spec = evolve(SPEC, duration=DAY)
    (warning,) = issued(ca, asked(evolve(spec, is_ca=True))).warnings
    assert "no CA below it" in warning
    assert issued(ca, asked(spec)).warnings == ()


FORBIDDEN = (
    "The name constraints of 'intermediate' forbid 'a.example': this certificate will not be"
    " trusted"
)


@pytest.mark.parametrize(
    ("constraints", "warnings"),
    [
        pytest.param(NameConstraints(permitted=PERMITTED), (), id="permitted"),
        pytest.param(
            NameConstraints(excluded=PERMITTED),
            (FORBIDDEN,),
            id="excluded",
        ),
    ],
)
def test_a_name_that_a_ca_may_not_certify_is_worth_a_warning(
    constraints: NameConstraints, warnings: tuple[str, ...], tmp_path: Path
) -> None:
    top = root()
    answer = issued(issuer(intermediate(top, constraints=constraints), top))
    assert answer.warnings == warnings
    (tmp_path / "root").write_bytes(answer.ca or b"")
    (tmp_path / "chain").write_bytes(answer.certificate)
    command = ["openssl", "verify", "-attime", f"{NOW.timestamp():.0f}"]
    files = ["-CAfile", "root", "-untrusted", "chain", "chain"]
    done = subprocess.run([*command, *files], cwd=tmp_path, capture_output=True, check=False)  # noqa: S603 — our own words
    assert (done.returncode == 0) == (warnings == ())


class TestACaThatMayNotSign:
    def test_where_its_urls_are_none_is_refused(self) -> None:
        for url in ("", "http://b\N{LATIN SMALL LETTER U WITH DIAERESIS}.example"):
            with pytest.raises(InvalidValueError, match=r"ocsp_servers\[1\]: expected a URL"):
                CertificateUrls(ocsp_servers=["http://ocsp.example", url])
        with pytest.raises(WrongTypeError, match="urls"):
            issuer().from_pem(
                certificate=pem_of(root()),
                private_key=root().signer.pem,
                clock=CLOCK,
                urls=None,  # type: ignore[arg-type]  # the wrong type
            )

    @pytest.mark.parametrize("now", [NOW - 2 * DAY, NOW + 3651 * DAY], ids=["early", "late"])
    def test_now_fails_requests_and_says_since_when(self, now: datetime) -> None:
        ca = CaIssuer(authority=root(), clock=FakeClock(now))
        answer = ca.answer(asked())
        assert isinstance(answer, Failed)
        assert answer.message.startswith(
            "The CA's certificate 'root 1' is good from 2026-11-23T12:00:00Z until 2036-11-21"
        )

    def test_because_one_above_has_expired_fails_requests(self) -> None:
        top = root(until=NOW)
        ca = issuer(intermediate(top), top)
        late = evolve(ca, clock=FakeClock(NOW + timedelta(seconds=1)))
        assert isinstance(ca.answer(asked()), Issued)
        assert isinstance(late.answer(asked()), Failed)

    def test_because_it_is_none_is_refused(self) -> None:
        csr = X509Request.from_pem(certificate_request(SPEC, KEY))
        grant = Grant(not_before=NOW, not_after=NOW + DAY, usages=SPEC.usages)
        server = Authority(X509Certificate.from_pem(self_sign_request(csr, KEY, grant)), KEY)
        with pytest.raises(InvalidValueError, match="CA:TRUE"):
            issuer(server)

    def test_because_its_key_must_not_is_refused(self) -> None:
        with pytest.raises(InvalidValueError, match="'cert sign'"):
            issuer(by_hand(CA, extension("2.5.29.15", bit_string(b"\x80", 7))))

    def test_because_its_key_is_weak_is_refused(self) -> None:
        name = common_name("ca")
        der = written(RSA, SHA256_RSA, CA, subject=name, issuer=name, key=spki(RSA))
        pem = RSA.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        with pytest.raises(InvalidValueError, match="2048 bits") as caught:
            issuer(Authority(X509Certificate.from_der(der), Signer.from_pem(pem)))
        assert caught.value.path == "authority"


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param(evolve(SPEC, usages=["server auth"]), id="other usages"),
        pytest.param(evolve(SPEC, duration=timedelta(hours=-1)), id="a negative duration"),
    ],
)
def test_a_request_fails_that_asks_its_csr_for_one_thing_and_beside_it_for(
    spec: CertificateSpec,
) -> None:
    request = evolve(asked(), usages=spec.usages, duration=spec.duration)
    answer = issuer().answer(request)
    assert isinstance(answer, Failed)
    assert answer.message.startswith("The CA does not sign this request: ")


def test_a_request_fails_that_cannot_be_read() -> None:
    answer = issuer().answer(evolve(asked(), csr=b"junk"))
    assert isinstance(answer, Failed)
    assert "cannot read" in answer.message


class TestReadingACa:
    def test_takes_its_chain_and_key(self) -> None:
        top = root()
        middle = intermediate(top)
        read = CaIssuer.from_pem(
            certificate=pem_of(middle, top), private_key=middle.signer.pem, clock=CLOCK
        )
        assert read == issuer(middle, top)

    def test_refuses_a_key_of_another(self) -> None:
        with pytest.raises(InvalidValueError, match="private key of the certificate"):
            CaIssuer.from_pem(certificate=pem_of(root()), private_key=KEY.pem, clock=CLOCK)

    def test_refuses_an_rsa_key_that_only_looks_sound(self) -> None:
        with pytest.raises(UnreadableError, match="sound"):
            CaIssuer.from_pem(certificate=pem_of(root()), private_key=COMPOSITE, clock=CLOCK)

    def test_refuses_certificates_that_are_not_above_it(self) -> None:
        top = root()
        with pytest.raises(InvalidValueError, match="CAs above it") as caught:
            issuer(top, intermediate(top))
        assert caught.value.path == "above"

    def test_refuses_certificates_that_are_not_one_chain(self) -> None:
        with pytest.raises(InvalidValueError, match="one chain"):
            issuer(root(), root(number=3))

    def test_refuses_junk(self) -> None:
        with pytest.raises(UnreadableError):
            CaIssuer.from_pem(certificate=b"junk", private_key=KEY.pem, clock=CLOCK)

    def test_refuses_another_word_for_what_to_do(self) -> None:
        with pytest.raises(WrongTypeError, match="on_outlive"):
            issuer(on_outlive="clip")  # type: ignore[arg-type]  # the wrong type

    def test_never_shows_its_key(self) -> None:
        ca = root()
        assert str(ca.signer.private_key.der) not in repr(issuer(ca))
