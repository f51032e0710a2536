"""A Secret holds what cert-manager would write, byte for byte, and is not written in part."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pytest
from attrs import evolve

from certlife.errors import CertlifeError, InvalidValueError, UnreadableError, WrongTypeError
from certlife.model.certificate import Certificate
from certlife.model.spec import (
    CertificateSpec,
    IssuerRef,
    Keystore,
    Keystores,
    OutputFormat,
    SecretTemplate,
)
from certlife.pki.csr import X509Request
from certlife.signing import Grant, certificate_request, secret_contents, self_sign_request
from certlife.testing import signer
from tests.signing.specs import ECDSA, PLAIN

if TYPE_CHECKING:
    from certlife.model.secret import SecretData

AT: Final = datetime(2026, 3, 1, tzinfo=UTC)
KEY: Final = signer(ECDSA)
CHAIN: Final = self_sign_request(
    X509Request.from_pem(certificate_request(PLAIN, KEY)), KEY, Grant(not_before=AT, not_after=AT)
)
BOTH: Final = [OutputFormat.COMBINED_PEM, OutputFormat.DER]


def write(
    spec: CertificateSpec = PLAIN,
    *,
    private_key: bytes = KEY.pem,
    chain: bytes = CHAIN,
    ca: bytes | None = b"the CA",
    issuer: IssuerRef = PLAIN.issuer_ref,
) -> SecretData:
    certificate = Certificate("web", spec, namespace="shop")
    return secret_contents(certificate, private_key=private_key, chain=chain, ca=ca, issuer=issuer)


def test_a_secret_holds_the_key_the_chain_and_the_ca_byte_for_byte() -> None:
    secret = write()
    assert secret.entries == {"tls.key": KEY.pem, "tls.crt": CHAIN, "ca.crt": b"the CA"}
    assert (secret.namespace, secret.name) == ("shop", "web-tls")
    assert secret.type == "kubernetes.io/tls"


@pytest.mark.parametrize("ca", [None, b""], ids=["none", "an empty one"])
def test_without_a_ca_there_is_no_entry_for_it(ca: bytes | None) -> None:
    assert "ca.crt" not in (write(ca=ca).entries or {})


def test_a_secret_that_is_there_keeps_its_type() -> None:
    secret = secret_contents(
        Certificate("web", PLAIN),
        private_key=KEY.pem,
        chain=CHAIN,
        ca=None,
        issuer=PLAIN.issuer_ref,
        secret_type="Opaque",
    )
    assert secret.type == "Opaque"


def test_further_formats_are_entries() -> None:
    entries = write(evolve(PLAIN, additional_output_formats=BOTH)).entries
    assert entries is not None
    assert entries["tls-combined.pem"] == KEY.pem + b"\n" + CHAIN
    assert entries["key.der"] == KEY.private_key.der


@pytest.mark.parametrize(
    ("issuer", "kind", "group"),
    [
        pytest.param(IssuerRef("ca"), "", "", id="nothing of which is nothing"),
        pytest.param(IssuerRef("ca", "Issuer", "cert-manager.io"), "Issuer", "cert-manager.io"),
    ],
)
def test_the_issuer_is_noted_as_it_was_said(issuer: IssuerRef, kind: str, group: str) -> None:
    annotations = write(issuer=issuer).annotations
    assert annotations is not None
    assert annotations["cert-manager.io/issuer-name"] == "ca"
    assert annotations["cert-manager.io/issuer-kind"] == kind
    assert annotations["cert-manager.io/issuer-group"] == group


def test_a_template_adds_but_does_not_take_the_place_of_what_cert_manager_says() -> None:
    template = SecretTemplate(
        annotations={
            "mine": "yes",
            "cert-manager.io/alt-names": "mine",
            "cert-manager.io/certificate-name": "mine",
        },
        labels={"mine": "yes", "controller.cert-manager.io/fao": "mine"},
    )
    secret = write(evolve(PLAIN, secret_template=template))
    annotations, labels = secret.annotations, secret.labels
    assert annotations is not None
    assert annotations["mine"] == "yes"
    assert annotations["cert-manager.io/certificate-name"] == "web"
    assert annotations["cert-manager.io/alt-names"] == "a.example"
    assert labels == {"mine": "yes", "controller.cert-manager.io/fao": "true"}


DER: Final = evolve(PLAIN, additional_output_formats=[OutputFormat.DER])


@pytest.mark.parametrize(
    ("spec", "private_key", "path"),
    [
        pytest.param(
            evolve(PLAIN, additional_output_formats=[*BOTH, "JWK"]),
            KEY.pem,
            "spec.additionalOutputFormats[2]",
            id="an unknown format",
        ),
        pytest.param(DER, b"hunter2", "spec.additionalOutputFormats[0]", id="the DER of no PEM"),
        pytest.param(
            DER,
            b"\n" * 13_000 + KEY.pem,
            "spec.additionalOutputFormats[0]",
            id="the DER of a key that is too long",
        ),
        pytest.param(
            evolve(PLAIN, keystores=Keystores(jks=Keystore(create=True))),
            KEY.pem,
            "spec.keystores.jks",
            id="a JKS keystore",
        ),
        pytest.param(
            evolve(PLAIN, keystores=Keystores(pkcs12=Keystore(create=True))),
            KEY.pem,
            "spec.keystores.pkcs12",
            id="a PKCS #12 keystore",
        ),
    ],
)
def test_no_secret_is_written_with(spec: CertificateSpec, private_key: bytes, path: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        write(spec, private_key=private_key)
    assert caught.value.path == path
    assert "hunter2" not in str(caught.value)


def test_a_keystore_that_is_not_to_be_made_is_no_obstacle() -> None:
    stores = Keystores(jks=Keystore(create=False))
    assert write(evolve(PLAIN, keystores=stores)).entries == write().entries


def test_a_chain_that_cannot_be_read_is_not_stored() -> None:
    with pytest.raises(UnreadableError):
        write(chain=b"nothing")


@pytest.mark.parametrize(
    ("argument", "value"), [("private_key", "text"), ("chain", "text"), ("issuer", "ca")]
)
def test_an_argument_of_another_type_is_named_and_not_quoted(argument: str, value: str) -> None:
    with pytest.raises(WrongTypeError) as caught:
        write(**{argument: value})  # type: ignore[arg-type]  # the wrong type
    assert (caught.value.path, caught.value.value) == (argument, "str")


def test_what_is_no_certificate_has_no_secret() -> None:
    with pytest.raises(CertlifeError, match=r"^certificate: expected Certificate, got "):
        secret_contents(
            PLAIN,  # type: ignore[arg-type]  # the wrong type
            private_key=KEY.pem,
            chain=CHAIN,
            ca=None,
            issuer=PLAIN.issuer_ref,
        )
