"""A Certificate is a name, a spec and what was observed."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest

from certlife.errors import WrongTypeError
from certlife.model.certificate import Certificate
from certlife.model.spec import CertificateSpec, IssuerRef
from certlife.model.status import CertificateStatus

SPEC = CertificateSpec(secret_name="web-tls", issuer_ref=IssuerRef("ca"))


def test_a_certificate_that_was_never_looked_at_has_an_empty_status() -> None:
    certificate = Certificate("web", SPEC)
    assert certificate.status == CertificateStatus()
    assert certificate.annotations is None
    assert certificate.deleted is None


def test_it_is_hashable_and_comes_back_equal_from_a_pickle() -> None:
    certificate = Certificate(
        "web",
        SPEC,
        created=datetime(2026, 8, 22, tzinfo=UTC),
        annotations={"a": "b"},
        labels={"c": "d"},
    )
    back = pickle.loads(pickle.dumps(certificate))  # noqa: S301 — made a moment ago
    assert back == certificate
    assert hash(back) == hash(certificate)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", None),
        ("spec", None),
        ("status", None),
        ("namespace", 1),
        ("uid", 1),
        ("created", "2026-08-22"),
        ("deleted", "2026-08-22"),
        ("generation", "1"),
        ("annotations", "a=b"),
        ("labels", ["a"]),
    ],
)
def test_a_field_of_a_wrong_type_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(WrongTypeError) as refusal:
        Certificate(**{"name": "web", "spec": SPEC, name: value})  # type: ignore[arg-type]
    assert refusal.value.path == f"Certificate.{name}"
