"""`validate` finds what cert-manager's webhook finds, in its order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from certlife.errors import WrongTypeError
from certlife.model.spec import (
    CertificateSpec,
    IssuerRef,
    Keystore,
    Keystores,
    NameConstraintItem,
    NameConstraints,
    OtherName,
    PrivateKeySpec,
    Renewal,
    RenewalWindow,
    SecretTemplate,
)
from certlife.model.validation import FaultType, FeatureGates, validate
from tests.model.validation.good_spec import GOOD, found, with_fields


def test_a_good_spec_has_no_faults() -> None:
    assert validate(GOOD) == ()


def test_a_spec_that_says_nothing_has_three() -> None:
    nothing = CertificateSpec(secret_name="", issuer_ref=IssuerRef(""))
    assert found(nothing) == ["REQUIRED secretName", "REQUIRED issuerRef.name", "INVALID "]


@pytest.mark.parametrize(
    ("said", "gates", "faults"),
    [
        (
            {"literal_subject": "CN=x"},
            FeatureGates(literal_certificate_subject=False),
            ["FORBIDDEN literalSubject"],
        ),
        (
            {"literal_subject": "CN", "common_name": "x"},
            FeatureGates(literal_certificate_subject=False),
            ["FORBIDDEN literalSubject", "INVALID commonName", "INVALID literalSubject"],
        ),
        ({"other_names": [OtherName()]}, FeatureGates(other_names=False), ["FORBIDDEN OtherNames"]),
        ({"other_names": []}, FeatureGates(other_names=False), []),
        (
            {"name_constraints": NameConstraints()},
            FeatureGates(name_constraints=False),
            ["FORBIDDEN nameConstraints"],
        ),
        (
            {},
            FeatureGates(
                literal_certificate_subject=False, other_names=False, name_constraints=False
            ),
            [],
        ),
    ],
    ids=[
        "literalSubject",
        "literalSubject, which is looked at all the same",
        "otherNames, which are not",
        "otherNames, which are not there",
        "nameConstraints, which are not",
        "what is not used needs no feature",
    ],
)
def test_a_feature_that_is_off_forbids_its_field(
    said: dict[str, object], gates: FeatureGates, faults: list[str]
) -> None:
    assert found(with_fields(**said), gates) == faults


def test_everything_that_is_wrong_is_found_in_cert_managers_order() -> None:
    spec = CertificateSpec(
        secret_name="WEB",
        issuer_ref=IssuerRef("", "x"),
        common_name="x" * 65,
        ip_addresses=["x"],
        email_addresses=["x"],
        other_names=[OtherName()],
        private_key=PrivateKeySpec(size=1),
        signature_algorithm="x",
        duration=timedelta(),
        usages=["x"],
        revision_history_limit=0,
        secret_template=SecretTemplate(labels={"a": "-"}, annotations={"-": ""}),
        name_constraints=NameConstraints(permitted=NameConstraintItem(ip_ranges=["x"])),
        additional_output_formats=["DER", "DER"],
        keystores=Keystores(jks=Keystore()),
        renewal=Renewal(windows=[RenewalWindow()]),
    )
    assert found(spec) == [
        "INVALID secretName",
        "REQUIRED issuerRef.name",
        "INVALID issuerRef.kind",
        "TOO_LONG commonName",
        "INVALID ipAddresses[0]",
        "INVALID emailAddresses[0]",
        "REQUIRED otherNames[0].oid",
        "INVALID otherNames[0].oid",
        "REQUIRED otherNames[0].utf8Value",
        "INVALID privateKey.size",
        "INVALID signatureAlgorithm",
        "INVALID duration",
        "INVALID usages[0]",
        "INVALID revisionHistoryLimit",
        "INVALID secretTemplate.labels",
        "INVALID secretTemplate.annotations",
        "INVALID nameConstraints",
        "INVALID nameConstraints.permitted.ipRanges[0]",
        "DUPLICATE additionalOutputFormats[type]",
        "FORBIDDEN keystores.jks",
        "NOT_SUPPORTED renewal.policy",
        "REQUIRED renewal.windows[0].windowDuration",
        "INVALID renewal.windows[0].cron",
    ]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"secret_name": ""}, "spec.secretName: expected a name"),
        (
            {"duration": timedelta(minutes=30)},
            "spec.duration: expected at least 1h0m0s, got 30m0s",
        ),
        (
            {"private_key": PrivateKeySpec(size=1024)},
            "spec.privateKey.size: expected 2048 to 8192 bits for RSA, got 1024",
        ),
        (
            {"revision_history_limit": -(10**5000)},
            "spec.revisionHistoryLimit: expected at least 1, got a int",
        ),
        (
            {"ip_addresses": ["\x1b[31m" + "x" * 100]},
            "spec.ipAddresses[0]: expected an IPv4 or IPv6 address without a zone, got "
            "'\\x1b[31m" + "x" * 68 + "...",
        ),
    ],
    ids=["absent", "a duration", "a number", "a number too long to print", "a text cut short"],
)
def test_a_fault_reads_as_a_sentence(said: dict[str, object], sentence: str) -> None:
    [fault] = validate(with_fields(**said))
    assert str(fault) == sentence


def test_the_types_of_faults_are_spelled_as_kubernetes_spells_them() -> None:
    assert {str(member) for member in FaultType} == {
        "FieldValueRequired",
        "FieldValueInvalid",
        "FieldValueNotSupported",
        "FieldValueDuplicate",
        "FieldValueForbidden",
        "FieldValueTooLong",
    }


def test_what_is_no_spec_is_refused() -> None:
    with pytest.raises(WrongTypeError) as refusal:
        validate({"secretName": "web-tls"})  # type: ignore[arg-type]
    assert refusal.value.path == "spec"


def test_what_is_no_set_of_gates_is_refused() -> None:
    with pytest.raises(WrongTypeError) as refusal:
        validate(GOOD, gates={"OtherNames": False})  # type: ignore[arg-type]
    assert refusal.value.path == "gates"


@pytest.mark.parametrize("name", ["literal_certificate_subject", "other_names", "name_constraints"])
def test_a_gate_is_on_or_off(name: str) -> None:
    with pytest.raises(WrongTypeError) as refusal:
        FeatureGates(**{name: "true"})  # type: ignore[arg-type]
    assert refusal.value.path == f"FeatureGates.{name}"
