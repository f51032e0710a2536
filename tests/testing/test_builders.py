"""Each step of an issuance can be taken by itself, and keys come from a pool."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from attrs import evolve

from certlife.errors import InvalidValueError, UnreadableError, WrongTypeError
from certlife.model.certificate import Certificate
from certlife.model.request import RequestOutcome
from certlife.model.spec import CertificateSpec, IssuerRef, PrivateKeySpec
from certlife.model.status import CertificateStatus
from certlife.pki.certificate import X509Certificate
from certlife.pki.keys import KeyAlgorithm
from certlife.schedule.instants import EARLIEST
from certlife.testing import answered, authority, request, secret, signer

AT: Final = datetime(2026, 3, 1, tzinfo=UTC)
DAY: Final = timedelta(days=1)
ED25519: Final = PrivateKeySpec(algorithm=KeyAlgorithm.ED25519)
SPEC: Final = CertificateSpec(
    secret_name="web-tls",
    issuer_ref=IssuerRef("ca"),
    dns_names=["web.example"],
    private_key=ED25519,
)
WEB: Final = Certificate(
    "web", SPEC, namespace="shop", uid="1", status=CertificateStatus(revision=4)
)
KEY: Final = signer(ED25519)
ASKED: Final = request(WEB, KEY, at=AT, attempt=2)


class TestKeys:
    @pytest.mark.parametrize(
        ("said", "meant"),
        [
            (PrivateKeySpec(), PrivateKeySpec(algorithm="RSA", size=2048, encoding="PKCS1")),
            (PrivateKeySpec(algorithm="ECDSA"), PrivateKeySpec(algorithm="ECDSA", size=256)),
            (ED25519, PrivateKeySpec(algorithm="Ed25519", size=99)),
        ],
        ids=["RSA", "ECDSA", "Ed25519"],
    )
    def test_are_one_where_the_same_is_meant(
        self, said: PrivateKeySpec, meant: PrivateKeySpec
    ) -> None:
        assert signer(said) is signer(meant)

    def test_of_other_numbers_are_others(self) -> None:
        assert signer(ED25519, 1) != signer(ED25519, 2)

    def test_that_there_are_not_are_refused(self) -> None:
        with pytest.raises(InvalidValueError):
            signer(PrivateKeySpec(algorithm="DSA"))
        with pytest.raises(WrongTypeError, match=r"^wanted: expected PrivateKeySpec"):
            signer("RSA")  # type: ignore[arg-type]  # the wrong type
        with pytest.raises(WrongTypeError, match=r"^number: expected int"):
            signer(ED25519, "1")  # type: ignore[arg-type]  # the wrong type


class TestAnAuthority:
    def test_is_its_own_root_and_one_for_each_name(self) -> None:
        ca = authority("root").certificate
        assert ca.common_name == "root"
        assert ca.is_self_signed
        assert ca.not_before == EARLIEST.replace(microsecond=0)
        assert authority("root") is authority("root")
        assert authority("root") != authority("other")

    def test_without_a_name_has_one_all_the_same(self) -> None:
        assert authority("").certificate.common_name == "ca"

    def test_has_text_for_a_name(self) -> None:
        with pytest.raises(WrongTypeError, match=r"^name: expected str, got NoneType$"):
            authority(None)  # type: ignore[arg-type]  # the wrong type


class TestARequest:
    def test_is_for_the_next_revision_of_its_certificate(self) -> None:
        assert ASKED.revision == "5"
        assert ASKED.owner_uid == "1"
        assert ASKED.namespace == "shop"
        assert ASKED.created == AT

    def test_has_been_answered_by_nobody(self) -> None:
        assert ASKED.outcome is RequestOutcome.PENDING

    def test_of_another_attempt_has_another_name_and_another_key(self) -> None:
        first = request(WEB, KEY, at=AT)
        assert first.name != ASKED.name
        assert first.annotations != ASKED.annotations

    def test_is_answered_by_a_ca(self) -> None:
        ca = authority()
        answer = answered(ASKED, ca, at=AT)
        certificate = X509Certificate.from_pem(answer.certificate or b"")
        assert answer.outcome is RequestOutcome.ISSUED
        assert certificate.signature_problem(ca.certificate) is None
        assert (certificate.not_before, certificate.not_after) == (AT, AT + 90 * DAY)
        assert X509Certificate.from_pem(answer.ca or b"") == ca.certificate

    def test_is_answered_for_as_long_as_the_test_says(self) -> None:
        answer = answered(ASKED, authority(), at=AT, lifetime=DAY)
        assert X509Certificate.from_pem(answer.certificate or b"").not_after == AT + DAY

    def test_without_bytes_is_not_answered(self) -> None:
        with pytest.raises(UnreadableError):
            answered(evolve(ASKED, csr=None), authority(), at=AT)


class TestASecret:
    def test_holds_the_answer_and_says_who_manages_what(self) -> None:
        answer = answered(ASKED, authority(), at=AT)
        stored = secret(WEB, KEY, answer)
        assert stored.entry("tls.key") == KEY.pem
        assert stored.entry("tls.crt") == answer.certificate
        assert stored.entry("ca.crt") == answer.ca
        (managed,) = stored.managed_fields or ()
        for name in (*(stored.entries or ()), *(stored.annotations or ()), *(stored.labels or ())):
            assert f'"f:{name}": {{}}' in (managed.fields_v1 or "")

    def test_without_an_answer_is_none(self) -> None:
        with pytest.raises(UnreadableError):
            secret(WEB, KEY, ASKED)
