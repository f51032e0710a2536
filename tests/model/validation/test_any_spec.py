"""No spec makes `validate` fail, however hostile."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    SecretKeyRef,
    SecretTemplate,
    Subject,
)
from certlife.model.validation import Fault, FeatureGates, validate


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a" * 100_000, id="one letter"),
        pytest.param("a." * 100_000, id="many labels"),
        pytest.param("a-" * 100_000, id="many hyphens"),
        pytest.param("0" * 100_000 + "x", id="many zeros"),
        pytest.param("a@" * 100_000, id="many signs"),
        pytest.param("a@[" + ":" * 100_000 + "]", id="many colons"),
        pytest.param("/" * 100_000, id="many slashes"),
        pytest.param("CN=a," * 20_000, id="many attributes"),
        pytest.param("\\" * 100_001, id="many backslashes"),
        pytest.param("* " * 100_000, id="many fields"),
    ],
)
def test_a_huge_text_is_judged_as_soon_as_it_is_read(text: str) -> None:
    assert validate(
        CertificateSpec(
            secret_name=text,
            issuer_ref=IssuerRef(text, text, text),
            literal_subject=text,
            ip_addresses=[text],
            email_addresses=[text],
            other_names=[OtherName(text, text)],
            usages=[text],
            secret_template=SecretTemplate(labels={text: text}, annotations={text: text}),
            is_ca=True,
            name_constraints=NameConstraints(permitted=NameConstraintItem(ip_ranges=[text])),
            renewal=Renewal(policy=text, windows=[RenewalWindow(cron=text, timezone=text)]),
        )
    )


texts = st.text(st.characters(), max_size=12) | st.sampled_from(
    [
        "",
        "a",
        "CN=x",
        "a@b",
        "1.2.3",
        "10.0.0.0/8",
        "0 3 * * *",
        "@every 1h",
        "UTC",
        "RSA",
        "\ud800",
    ]
)
lists = st.none() | st.lists(texts, max_size=4)
maps = st.none() | st.dictionaries(texts, texts, max_size=4)
numbers = st.none() | st.integers() | st.sampled_from([2048, 256, 10**5000])
durations = st.none() | st.timedeltas()
keystores = st.none() | st.builds(
    Keystore,
    password=st.none() | st.just("hunter2") | st.just(""),
    password_secret_ref=st.none() | st.builds(SecretKeyRef, name=texts),
)
constraint_items = st.none() | st.builds(NameConstraintItem, ip_ranges=lists, dns_domains=lists)
windows = st.builds(RenewalWindow, cron=texts, window_duration=durations, timezone=texts)
specs = st.builds(
    CertificateSpec,
    secret_name=texts,
    issuer_ref=st.builds(IssuerRef, texts, texts, texts),
    common_name=st.none() | texts,
    subject=st.none() | st.builds(Subject, organizations=lists, serial_number=texts),
    literal_subject=st.none() | texts,
    dns_names=lists,
    ip_addresses=lists,
    email_addresses=lists,
    other_names=st.none() | st.lists(st.builds(OtherName, texts, texts), max_size=3),
    duration=durations,
    renew_before=durations,
    renew_before_percentage=numbers,
    renewal=st.none()
    | st.builds(Renewal, policy=texts, windows=st.none() | st.lists(windows, max_size=2)),
    usages=lists,
    is_ca=st.none() | st.booleans(),
    private_key=st.none() | st.builds(PrivateKeySpec, algorithm=texts, size=numbers),
    signature_algorithm=st.none() | texts,
    name_constraints=st.none()
    | st.builds(NameConstraints, permitted=constraint_items, excluded=constraint_items),
    keystores=st.none() | st.builds(Keystores, jks=keystores, pkcs12=keystores),
    additional_output_formats=lists,
    secret_template=st.none() | st.builds(SecretTemplate, labels=maps, annotations=maps),
    revision_history_limit=numbers,
)
gates_of_any_kind = st.builds(
    FeatureGates,
    literal_certificate_subject=st.booleans(),
    other_names=st.booleans(),
    name_constraints=st.booleans(),
)


@given(specs, gates_of_any_kind)
def test_no_spec_makes_it_fail(spec: CertificateSpec, gates: FeatureGates) -> None:
    faults = validate(spec, gates=gates)
    assert faults == validate(spec, gates=gates)
    assert pickle.loads(pickle.dumps(faults)) == faults  # noqa: S301 — made a moment ago
    for fault in faults:
        assert type(fault) is Fault
        assert fault.path.startswith("spec")
        assert str(fault).isprintable()
        assert fault.value is None or len(fault.value) <= 80
        assert "hunter2" not in str(fault)
