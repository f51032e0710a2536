"""The self-signing issuer certifies a key with itself, or says why it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import pytest
from attrs import evolve

from certlife.errors import WrongTypeError
from certlife.issuers import CertificateUrls, Failed, Issued, Pending, SelfSignedIssuer
from certlife.pki.certificate import X509Certificate
from certlife.pki.trust import CertificateRole, role_of
from certlife.testing import signer
from tests.issuers.requests import CLOCK, DAY, ECDSA, KEY, NOW, SPEC, asked
from tests.signing.test_keys import COMPOSITE

if TYPE_CHECKING:
    from certlife.model.request import CertificateRequest

Keys: TypeAlias = dict[tuple[str | None, str], bytes]
NAME: Final = "web-1-1"
ANNOTATIONS: Final = {"cert-manager.io/private-key-secret-name": NAME}
REQUEST: Final = evolve(asked(), annotations=ANNOTATIONS)
KEYS: Final[Keys] = {("shop", NAME): KEY.pem}


def issuer(keys: Keys) -> SelfSignedIssuer:
    return SelfSignedIssuer(read_key=lambda *place: keys.get(place, b""), clock=CLOCK)


def test_a_key_certifies_itself_and_is_its_own_ca() -> None:
    answer = issuer(KEYS).answer(evolve(REQUEST, duration=DAY))
    assert isinstance(answer, Issued)
    certificate = X509Certificate.from_pem(answer.certificate)
    assert certificate.is_self_signed
    assert certificate.public_key.spki == KEY.spki_der
    assert (certificate.not_before, certificate.not_after) == (NOW, NOW + DAY)
    assert (answer.ca, answer.warnings) == (answer.certificate, ())


def test_a_root_is_made_of_a_request_for_a_ca() -> None:
    spec = evolve(SPEC, is_ca=True, usages=["cert sign"])
    answer = issuer(KEYS).answer(evolve(asked(spec), annotations=ANNOTATIONS))
    assert isinstance(answer, Issued)
    assert role_of(X509Certificate.from_pem(answer.certificate)) is CertificateRole.ROOT


def test_a_certificate_says_where_its_revocations_are() -> None:
    urls = CertificateUrls(crl_distribution_points=["http://pki.example/ca.crl"])
    answer = evolve(issuer(KEYS), urls=urls).answer(REQUEST)
    assert isinstance(answer, Issued)
    last = X509Certificate.from_pem(answer.certificate).extensions[-1]
    assert (last.oid, b"http://pki.example/ca.crl" in last.value) == ("2.5.29.31", True)


def test_the_annotation_of_kubernetes_own_requests_is_read_too() -> None:
    annotations = {"experimental.cert-manager.io/private-key-secret-name": NAME}
    assert isinstance(issuer(KEYS).answer(evolve(REQUEST, annotations=annotations)), Issued)


def test_a_certificate_without_an_issuer_is_worth_a_warning() -> None:
    nameless = evolve(asked(evolve(SPEC, common_name=None)), annotations=ANNOTATIONS)
    answer = issuer(KEYS).answer(nameless)
    assert isinstance(answer, Issued)
    (warning,) = answer.warnings
    assert "4.1.2.4" in warning


@pytest.mark.parametrize("annotations", [None, {}, {NAME: NAME}], ids=str)
def test_a_request_fails_that_does_not_say_where_its_key_is(
    annotations: dict[str, str] | None,
) -> None:
    answer = issuer(KEYS).answer(evolve(REQUEST, annotations=annotations))
    assert isinstance(answer, Failed)
    assert "cert-manager.io/private-key-secret-name" in answer.message


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param({}, id="is not there"),
        pytest.param({("shop", NAME): b"hunter2"}, id="cannot be read"),
        pytest.param({("shop", NAME): COMPOSITE}, id="is not sound"),
        pytest.param({("else", NAME): KEY.pem}, id="is in another namespace"),
    ],
)
def test_a_request_waits_for_a_key_that(keys: Keys) -> None:
    answer = issuer(keys).answer(REQUEST)
    assert isinstance(answer, Pending)
    assert f"the Secret {NAME}" in answer.message
    assert "hunter2" not in answer.message


@pytest.mark.parametrize(
    ("asking", "keys"),
    [
        pytest.param(REQUEST, {("shop", NAME): signer(ECDSA, number=8).pem}, id="another key"),
        pytest.param(evolve(REQUEST, csr=b"junk"), KEYS, id="no request in it"),
        pytest.param(evolve(REQUEST, usages=["cert sign"]), KEYS, id="two opinions about usages"),
    ],
)
def test_a_request_fails_with(asking: CertificateRequest, keys: Keys) -> None:
    assert isinstance(issuer(keys).answer(asking), Failed)


def test_what_is_no_request_is_refused() -> None:
    with pytest.raises(WrongTypeError, match="expected CertificateRequest"):
        issuer(KEYS).answer("web")  # type: ignore[arg-type]  # the wrong type
