"""The faults of what is stored in the Secret."""

from __future__ import annotations

from itertools import permutations

import pytest

from certlife.model.spec import (
    CertificateSpec,
    Keystore,
    Keystores,
    SecretKeyRef,
    SecretTemplate,
)
from certlife.model.validation import validate
from tests.model.validation.good_spec import found, with_fields


def with_template(
    labels: dict[str, str] | None = None, annotations: dict[str, str] | None = None
) -> CertificateSpec:
    return with_fields(secret_template=SecretTemplate(labels=labels, annotations=annotations))


@pytest.mark.parametrize(
    ("name", "faults"),
    [
        ("a", 0),
        ("a.b-c.0", 0),
        ("a" * 253, 0),
        ("a" * 254, 1),
        ("A", 1),
        ("a_b", 1),
        ("a.", 1),
        (".a", 1),
        ("a..b", 1),
        ("a-.b", 1),
        ("-a", 1),
        ("a\n", 1),
        ("\N{KELVIN SIGN}", 1),
        ("\N{ARABIC-INDIC DIGIT ONE}", 1),
        ("A" * 254, 2),
        ("ü" * 127, 2),
    ],
)
def test_the_secret_has_the_name_of_a_kubernetes_object(name: str, faults: int) -> None:
    assert found(with_fields(secret_name=name)) == ["INVALID secretName"] * faults


@pytest.mark.parametrize(("limit", "faulty"), [(None, False), (1, False), (0, True), (-1, True)])
def test_at_least_one_request_is_kept(limit: int | None, *, faulty: bool) -> None:
    spec = with_fields(revision_history_limit=limit)
    assert found(spec) == ["INVALID revisionHistoryLimit"] * faulty


KEYS = [
    ("a", 0),
    ("A.b_c-9", 0),
    ("a" * 63, 0),
    ("example.com/a", 0),
    (f"{'a' * 253}/a", 0),
    ("cert-manager.iox/a", 0),
    ("a" * 64, 1),
    ("-a", 1),
    ("a b", 1),
    ("ü", 1),
    ("a\n", 1),
    ("a/b/c", 1),
    ("//", 1),
    ("/a", 1),
    ("a_b/a", 1),
    (f"{'a' * 254}/a", 1),
    ("", 2),
    ("a/", 2),
    ("!" * 64, 2),
    ("/", 3),
    (f"{'_' * 254}/", 4),
]


@pytest.mark.parametrize(("key", "faults"), [*KEYS, ("Example.com/a", 1), ("cert-manager.io/a", 0)])
def test_a_label_has_a_kubernetes_key(key: str, faults: int) -> None:
    spec = with_template(labels={key: ""})
    assert found(spec) == ["INVALID secretTemplate.labels"] * faults


@pytest.mark.parametrize(
    ("value", "faults"),
    [("", 0), ("a", 0), ("A.b_c-9", 0), ("a" * 63, 0), ("a" * 64, 1), ("-a", 1), ("ü" * 32, 2)],
)
def test_a_label_has_a_kubernetes_value(value: str, faults: int) -> None:
    spec = with_template(labels={"a": value})
    assert found(spec) == ["INVALID secretTemplate.labels"] * faults


@pytest.mark.parametrize(
    ("key", "faults"),
    [
        *KEYS,
        ("Example.com/A", 0),
        ("\N{KELVIN SIGN}ubernetes", 0),
        ("\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}", 0),
        ("\N{LATIN SMALL LETTER DOTLESS I}", 1),
        ("cert-manager.io/a", 1),
        ("cert-manager.io/", 3),
        ("cert-manager.io/allow-direct-injection", 0),
        ("Cert-Manager.io/a", 0),
        ("controller.cert-manager.io/fao", 0),
    ],
)
def test_an_annotation_has_a_kubernetes_key_that_is_not_cert_managers(
    key: str, faults: int
) -> None:
    spec = with_template(annotations={key: "\0 any value ü"})
    assert found(spec) == ["INVALID secretTemplate.annotations"] * faults


@pytest.mark.parametrize(
    ("annotations", "faulty"),
    [
        ({"a": "x" * (256 * 1024 - 1)}, False),
        ({"a": "x" * (256 * 1024)}, True),
        ({"a": "ü" * (128 * 1024 - 1), "b": ""}, False),
        ({"a": "ü" * (128 * 1024 - 1), "b": "x"}, True),
    ],
    ids=["256 KiB are enough", "more are not", "keys and values count", "in bytes"],
)
def test_annotations_have_a_size(annotations: dict[str, str], *, faulty: bool) -> None:
    spec = with_template(annotations=annotations)
    assert found(spec) == ["TOO_LONG secretTemplate.annotations"] * faulty


@pytest.mark.parametrize("kind", ["labels", "annotations"])
def test_labels_and_annotations_are_judged_in_the_order_of_their_keys(kind: str) -> None:
    orders = [
        validate(with_template(**{kind: dict.fromkeys(keys, "x")}))
        for keys in permutations(["-b", "cert-manager.io/-", "-a"])
    ]
    assert len(set(orders)) == 1
    quoted = [fault.value for fault in orders[0]]
    assert [value for value in quoted if value in {"'-a'", "'-b'"}] == ["'-a'", "'-b'"]


def test_reserved_annotations_are_told_before_malformed_ones() -> None:
    faults = validate(with_template(annotations={"-": "", "cert-manager.io/x": ""}))
    assert [fault.value for fault in faults] == ["'cert-manager.io/x'", "'-'"]


def test_a_bad_label_value_is_told_with_its_key() -> None:
    [fault] = validate(with_template(labels={"team": "a b"}))
    assert str(fault) == (
        "spec.secretTemplate.labels: as the value of 'team', expected letters, digits, '-', '_' "
        "and '.', with a letter or digit at both ends, got 'a b'"
    )


@pytest.mark.parametrize(
    ("formats", "repeated"),
    [([], 0), (["DER", "CombinedPEM"], 0), (["XYZ"], 0), (["DER", "DER", "PEM", "DER"], 2)],
    ids=["none", "both", "an unknown one", "one three times"],
)
def test_each_output_format_is_asked_for_once(formats: list[str], repeated: int) -> None:
    spec = with_fields(additional_output_formats=formats)
    assert found(spec) == ["DUPLICATE additionalOutputFormats[type]"] * repeated


@pytest.mark.parametrize(
    ("keystore", "faults"),
    [
        (Keystore(password="hunter2"), []),
        (Keystore(password_secret_ref=SecretKeyRef(name="s")), []),
        (Keystore(), [""]),
        (Keystore(create=False, password_secret_ref=SecretKeyRef(name="", key="k")), [""]),
        (Keystore(password="hunter2", password_secret_ref=SecretKeyRef(name="s")), [""]),
        (Keystore(password=""), [".password"]),
        (Keystore(password="", password_secret_ref=SecretKeyRef(name="s")), ["", ".password"]),
    ],
    ids=[
        "a password",
        "a reference to one",
        "neither",
        "a reference to nothing",
        "both",
        "an empty password",
        "an empty password and a reference",
    ],
)
def test_a_keystore_has_one_password(keystore: Keystore, faults: list[str]) -> None:
    spec = with_fields(keystores=Keystores(jks=keystore, pkcs12=keystore))
    assert found(spec) == [
        f"FORBIDDEN keystores.{name}{path}" for name in ("jks", "pkcs12") for path in faults
    ]


def test_an_absent_keystore_has_no_faults() -> None:
    assert found(with_fields(keystores=Keystores())) == []
