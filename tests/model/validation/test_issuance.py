"""The faults of issuer, key and usages."""

from __future__ import annotations

import pytest

from certlife.model.spec import IssuerRef, KeyUsage, PrivateKeySpec
from certlife.model.validation import validate
from tests.model.validation.good_spec import found, with_fields


@pytest.mark.parametrize(
    ("kind", "group", "faulty"),
    [
        (None, None, False),
        ("", "", False),
        ("Issuer", None, False),
        ("ClusterIssuer", "cert-manager.io", False),
        ("issuer", None, True),
        ("AWSPCAIssuer", "", True),
        ("AWSPCAIssuer", "cert-manager.io", True),
        ("AWSPCAIssuer", "awspca.cert-manager.io", False),
    ],
)
def test_only_the_kinds_of_the_own_group_are_known(
    kind: str | None, group: str | None, *, faulty: bool
) -> None:
    spec = with_fields(issuer_ref=IssuerRef("ca", kind, group))
    assert found(spec) == ["INVALID issuerRef.kind"] * faulty


def test_a_foreign_kind_without_a_group_is_told_to_name_it() -> None:
    [without] = validate(with_fields(issuer_ref=IssuerRef("ca", "AWSPCAIssuer")))
    [within] = validate(with_fields(issuer_ref=IssuerRef("ca", "AWSPCAIssuer", "cert-manager.io")))
    assert "group of an external issuer" in without.rule
    assert "group" not in within.rule


@pytest.mark.parametrize(
    ("key", "fault"),
    [
        (PrivateKeySpec(), None),
        (PrivateKeySpec(algorithm=""), None),
        (PrivateKeySpec(size=2047), "INVALID privateKey.size"),
        (PrivateKeySpec(size=2048), None),
        (PrivateKeySpec(algorithm="RSA", size=8192), None),
        (PrivateKeySpec(algorithm="RSA", size=8193), "INVALID privateKey.size"),
        (PrivateKeySpec(algorithm="RSA", size=0), None),
        (PrivateKeySpec(algorithm="RSA", size=-1), None),
        (PrivateKeySpec(algorithm="ECDSA"), None),
        (PrivateKeySpec(algorithm="ECDSA", size=256), None),
        (PrivateKeySpec(algorithm="ECDSA", size=384), None),
        (PrivateKeySpec(algorithm="ECDSA", size=521), None),
        (PrivateKeySpec(algorithm="ECDSA", size=224), "NOT_SUPPORTED privateKey.size"),
        (PrivateKeySpec(algorithm="ECDSA", size=-1), None),
        (PrivateKeySpec(algorithm="Ed25519", size=1), None),
        (PrivateKeySpec(algorithm="rsa"), "INVALID privateKey.algorithm"),
        (PrivateKeySpec(algorithm="DSA", size=1), "INVALID privateKey.algorithm"),
        (PrivateKeySpec(encoding="PKCS12", rotation_policy="Sometimes"), None),
    ],
    ids=str,
)
def test_a_private_key_has_an_algorithm_and_a_size_of_it(
    key: PrivateKeySpec, fault: str | None
) -> None:
    assert found(with_fields(private_key=key)) == ([fault] if fault else [])


@pytest.mark.parametrize(
    ("key", "algorithm", "good"),
    [
        (None, "SHA256WithRSA", True),
        (None, "SHA384WithRSA", True),
        ("", "SHA512WithRSA", True),
        ("RSA", "ECDSAWithSHA256", False),
        ("RSA", "sha256withrsa", False),
        (None, "PureEd25519", False),
        ("ECDSA", "ECDSAWithSHA256", True),
        ("ECDSA", "ECDSAWithSHA384", True),
        ("ECDSA", "ECDSAWithSHA512", True),
        ("ECDSA", "SHA256WithRSA", False),
        ("Ed25519", "PureEd25519", True),
        ("Ed25519", "ECDSAWithSHA512", False),
        ("Ed25519", "", True),
    ],
)
def test_a_signature_algorithm_is_one_of_the_key(
    key: str | None, algorithm: str, *, good: bool
) -> None:
    spec = with_fields(private_key=PrivateKeySpec(algorithm=key), signature_algorithm=algorithm)
    assert found(spec) == ["INVALID signatureAlgorithm"] * (not good)


def test_of_an_unknown_key_every_signature_algorithm_passes() -> None:
    spec = with_fields(private_key=PrivateKeySpec(algorithm="DSA"), signature_algorithm="DSA")
    assert found(spec) == ["INVALID privateKey.algorithm"]


def test_every_usage_of_the_api_is_known() -> None:
    assert found(with_fields(usages=list(KeyUsage))) == []


@pytest.mark.parametrize("usage", ["", "Server Auth", "serverAuth", "flying"])
def test_an_unknown_usage_is_a_fault(usage: str) -> None:
    assert found(with_fields(usages=["any", usage])) == ["INVALID usages[1]"]
