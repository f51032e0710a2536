"""A Secret holds what cert-manager would write, byte for byte, and is not written in part."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pytest
from attrs import evolve
from jks import KeyStore

from certlife.errors import CertlifeError, InvalidValueError, UnreadableError, WrongTypeError
from certlife.model.certificate import Certificate
from certlife.model.spec import (
    CertificateSpec,
    IssuerRef,
    Keystore,
    Keystores,
    OutputFormat,
    SecretKeyRef,
    SecretTemplate,
)
from certlife.pki.csr import X509Request
from certlife.signing import Grant, certificate_request, secret_contents, self_sign_request
from certlife.testing import signer
from tests.signing.specs import ECDSA, PLAIN
from tests.signing.test_keystores import opens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from certlife.model.secret import SecretData
    from certlife.signing.secret_contents import PasswordSource

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
    ca: bytes | None = None,
    issuer: IssuerRef = PLAIN.issuer_ref,
    passwords: PasswordSource | None = None,
) -> SecretData:
    return secret_contents(
        Certificate("web", spec, namespace="shop"),
        private_key=private_key,
        chain=chain,
        ca=ca,
        issuer=issuer,
        passwords=passwords,
    )


def test_a_secret_holds_the_key_the_chain_and_the_ca_byte_for_byte() -> None:
    secret = write(ca=b"the CA")
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


def entries(secret: SecretData) -> Mapping[str, bytes]:
    assert secret.entries is not None
    return secret.entries


def wanting(**stores: Keystore) -> CertificateSpec:
    return evolve(PLAIN, keystores=Keystores(**stores))


LITERAL: Final = Keystore(create=True, password="changeit")
REFERRED: Final = Keystore(
    create=True, password="no", password_secret_ref=SecretKeyRef(name="words", key="word")
)


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("pkcs12", ["keystore.p12", "truststore.p12"]),
        ("jks", ["keystore.jks", "truststore.jks"]),
    ],
)
class TestAKeystore:
    def test_is_an_entry_and_its_truststore_another(self, kind: str, names: list[str]) -> None:
        usual = {"tls.crt", "tls.key"}
        spec = wanting(**{kind: LITERAL})
        assert entries(write(spec, ca=CHAIN)).keys() == {*usual, "ca.crt", *names}
        assert entries(write(spec, ca=None)).keys() == {*usual, names[0]}

    def test_has_the_password_that_the_spec_refers_to(self, kind: str, names: list[str]) -> None:
        asked = []

        def passwords(certificate: Certificate, reference: SecretKeyRef) -> bytes:
            asked.append((certificate.namespace, reference.name, reference.key))
            return b"changeit"

        secret = write(wanting(**{kind: REFERRED}), passwords=passwords)
        assert asked == [("shop", "words", "word")]
        assert opens(secret.entry(names[0]), "changeit")

    def test_needs_whoever_can_read_its_password(self, kind: str, names: list[str]) -> None:
        del names
        with pytest.raises(InvalidValueError) as caught:
            write(wanting(**{kind: REFERRED}))
        assert caught.value.path == f"spec.keystores.{kind}.passwordSecretRef"
        assert caught.value.value == "'words'"

    def test_needs_a_password_where_it_is_said_to_be(self, kind: str, names: list[str]) -> None:
        del names
        with pytest.raises(InvalidValueError, match="not empty") as caught:
            write(wanting(**{kind: REFERRED}), passwords=lambda _, __: "")
        assert caught.value.path == f"spec.keystores.{kind}.password"

    @pytest.mark.parametrize("name", [None, ""])
    def test_needs_a_password(self, kind: str, names: list[str], name: str | None) -> None:
        del names
        reference = SecretKeyRef(name=name)
        for store in (Keystore(create=True), Keystore(create=True, password_secret_ref=reference)):
            with pytest.raises(InvalidValueError, match="either") as caught:
                write(wanting(**{kind: store}))
            assert caught.value.path == f"spec.keystores.{kind}"

    def test_needs_a_key_that_is_sound_and_does_not_quote_it(
        self, kind: str, names: list[str]
    ) -> None:
        del names
        with pytest.raises(InvalidValueError) as caught:
            write(wanting(**{kind: LITERAL}), private_key=b"hunter2")
        assert caught.value.path == f"spec.keystores.{kind}"
        assert "hunter2" not in str(caught.value)
        assert "changeit" not in str(caught.value)


def test_an_alias_and_a_profile_are_as_the_spec_says() -> None:
    stores = {
        "jks": evolve(LITERAL, alias="Mine"),
        "pkcs12": evolve(LITERAL, profile="Modern2026"),
    }
    with pytest.raises(InvalidValueError, match=r"^spec\.keystores\.pkcs12\.profile: "):
        write(wanting(**stores))
    keystore = write(wanting(jks=stores["jks"])).entry("keystore.jks")
    assert list(KeyStore.loads(keystore, "changeit").private_keys) == ["mine"]


def test_without_its_library_no_secret_with_a_java_keystore_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "certlife.signing.java_keystores", None)
    with pytest.raises(InvalidValueError, match=r"pip install 'certlife\[keystores\]'") as caught:
        write(wanting(jks=LITERAL))
    assert caught.value.path == "spec.keystores.jks"
    assert write(wanting(pkcs12=LITERAL)).entry("keystore.p12")


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
