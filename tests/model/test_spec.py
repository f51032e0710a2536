"""A spec says what was said, and what follows from it is derived."""

from __future__ import annotations

import pickle
from datetime import timedelta

import pytest
from attrs import fields as fields_of

from certlife.errors import WrongTypeError
from certlife.model.spec import (
    DEFAULT_DURATION,
    DEFAULT_USAGES,
    CertificateSpec,
    IssuerRef,
    KeyEncoding,
    Keystore,
    KeyUsage,
    NameConstraintItem,
    NameConstraints,
    OtherName,
    PrivateKeySpec,
    Renewal,
    RenewalPolicy,
    RenewalWindow,
    RotationPolicy,
    SecretTemplate,
    SignatureAlgorithm,
    Subject,
)
from certlife.pki.keys import KeyAlgorithm


def spec(**said: object) -> CertificateSpec:
    return CertificateSpec(secret_name="web-tls", issuer_ref=IssuerRef("ca"), **said)  # type: ignore[arg-type]


def test_what_is_not_said_is_none() -> None:
    empty = spec()
    unsaid = {field.name for field in fields_of(CertificateSpec)} - {"secret_name", "issuer_ref"}
    assert {name for name in unsaid if getattr(empty, name) is not None} == set()


def test_an_empty_list_is_not_an_absent_one() -> None:
    assert spec(other_names=[]).other_names == ()
    assert spec(other_names=[]) != spec()


def test_a_list_is_stored_as_a_tuple() -> None:
    assert spec(dns_names=["b.example", "a.example"]).dns_names == ("b.example", "a.example")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dns_names", "a.example"),
        ("secret_name", None),
        ("issuer_ref", "ca"),
        ("duration", "2160h"),
        ("renew_before_percentage", True),
        ("is_ca", "true"),
        ("other_names", ["1.2.3"]),
        ("private_key", {"algorithm": "RSA"}),
        ("signature_algorithm", 1),
    ],
)
def test_a_field_of_a_wrong_type_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(WrongTypeError) as refusal:
        CertificateSpec(
            **{"secret_name": "web-tls", "issuer_ref": IssuerRef("ca"), name: value}  # type: ignore[arg-type]
        )
    assert refusal.value.path == f"CertificateSpec.{name}"


@pytest.mark.parametrize(
    ("kind", "name", "text", "member"),
    [
        (PrivateKeySpec, "algorithm", "ECDSA", KeyAlgorithm.ECDSA),
        (PrivateKeySpec, "encoding", "PKCS8", KeyEncoding.PKCS8),
        (PrivateKeySpec, "rotation_policy", "Never", RotationPolicy.NEVER),
        (Renewal, "policy", "Disabled", RenewalPolicy.DISABLED),
    ],
)
def test_a_known_word_becomes_a_member_and_an_unknown_one_stays(
    kind: type[PrivateKeySpec | Renewal], name: str, text: str, member: str
) -> None:
    known = kind(**{name: text})  # type: ignore[arg-type]
    unknown = kind(**{name: text.lower()})  # type: ignore[arg-type]
    assert getattr(known, name) is member
    assert getattr(unknown, name) == text.lower()


def test_a_known_signature_algorithm_becomes_a_member() -> None:
    assert spec(signature_algorithm="PureEd25519").signature_algorithm is (
        SignatureAlgorithm.PURE_ED25519
    )


def test_defaults_are_derived() -> None:
    empty = spec()
    assert empty.effective_duration == DEFAULT_DURATION == timedelta(days=90)
    assert empty.effective_usages == DEFAULT_USAGES == ("digital signature", "key encipherment")
    assert empty.effective_private_key.effective_algorithm is KeyAlgorithm.RSA
    assert empty.effective_private_key.effective_encoding is KeyEncoding.PKCS1


def test_what_is_said_beats_the_defaults() -> None:
    said = spec(
        duration=timedelta(),
        usages=["any"],
        private_key=PrivateKeySpec(algorithm="Ed25519", encoding="PKCS8"),
    )
    assert said.effective_duration == timedelta()
    assert said.effective_usages == (KeyUsage.ANY,)
    assert said.effective_private_key.effective_algorithm is KeyAlgorithm.ED25519
    assert said.effective_private_key.effective_encoding is KeyEncoding.PKCS8


def test_an_empty_word_means_the_default() -> None:
    key = PrivateKeySpec(algorithm="", encoding="")
    assert key.effective_algorithm is KeyAlgorithm.RSA
    assert key.effective_encoding is KeyEncoding.PKCS1
    assert spec(usages=()).effective_usages == DEFAULT_USAGES


@pytest.mark.parametrize(
    ("ref", "text"),
    [
        (IssuerRef("ca"), "Issuer.cert-manager.io/ca"),
        (IssuerRef("ca", kind="", group=""), "Issuer.cert-manager.io/ca"),
        (IssuerRef("ca", "ClusterIssuer"), "ClusterIssuer.cert-manager.io/ca"),
        (IssuerRef("ca", "Vault", "example.com"), "Vault.example.com/ca"),
    ],
)
def test_an_issuer_is_shown_with_its_defaults(ref: IssuerRef, text: str) -> None:
    assert str(ref) == text


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (IssuerRef("ca"), True),
        (IssuerRef("ca", kind="Issuer", group="cert-manager.io"), True),
        (IssuerRef("other"), False),
        (IssuerRef("ca", kind="ClusterIssuer"), False),
        (IssuerRef("ca", group="example.com"), False),
    ],
    ids=["itself", "with the defaults spelled out", "other name", "other kind", "other group"],
)
def test_two_references_may_name_one_issuer(other: IssuerRef, *, same: bool) -> None:
    assert IssuerRef("ca").names_same_issuer(other) is same
    assert other.names_same_issuer(IssuerRef("ca")) is same


def test_a_keystore_never_shows_its_password() -> None:
    assert "hunter2" not in repr(Keystore(create=True, password="hunter2"))


def test_a_spec_with_everything_in_it_is_hashable_and_comes_back_equal_from_a_pickle() -> None:
    full = spec(
        subject=Subject(organizations=["o"], serial_number="1"),
        other_names=[OtherName("1.2.3", "x")],
        renewal=Renewal(
            policy="RenewBefore",
            windows=[RenewalWindow(cron="0 3 * * *", window_duration=timedelta(hours=1))],
        ),
        name_constraints=NameConstraints(permitted=NameConstraintItem(dns_domains=["example"])),
        secret_template=SecretTemplate(labels={"a": "b"}),
    )
    back = pickle.loads(pickle.dumps(full))  # noqa: S301 — made a moment ago
    assert back == full
    assert hash(back) == hash(full)
