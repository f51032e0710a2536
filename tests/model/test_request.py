"""A CertificateRequest says whom it asks, for what, and how far it has come."""

from __future__ import annotations

import pickle

import pytest

from certlife.errors import Unreadable, WrongTypeError
from certlife.model.metadata import OwnerReference
from certlife.model.request import CertificateRequest, RequestOutcome
from certlife.model.spec import IssuerRef
from certlife.model.status import Condition
from certlife.pki.csr import X509Request
from tests.model.pem import REQUEST_PEM

DENIED = Condition("Denied", "True")
INVALID = Condition("InvalidRequest", "True")
FAILED = Condition("Ready", "False", reason="Failed")
ISSUED = Condition("Ready", "True")


def request(**said: object) -> CertificateRequest:
    return CertificateRequest(name="web-1", issuer_ref=IssuerRef("ca"), **said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("conditions", "outcome"),
    [
        (None, RequestOutcome.PENDING),
        ([], RequestOutcome.PENDING),
        ([Condition("Approved", "True")], RequestOutcome.PENDING),
        ([Condition("Ready", "False")], RequestOutcome.PENDING),
        ([Condition("Ready", "False", reason="Pending")], RequestOutcome.PENDING),
        ([Condition("Ready", "Unknown", reason="Failed")], RequestOutcome.FAILED),
        ([FAILED], RequestOutcome.FAILED),
        ([Condition("Ready", "False", reason="Denied")], RequestOutcome.DENIED),
        ([ISSUED], RequestOutcome.ISSUED),
        ([Condition("Ready", "True", reason="Failed")], RequestOutcome.ISSUED),
        ([Condition("Denied", "False"), ISSUED], RequestOutcome.ISSUED),
        ([FAILED, INVALID], RequestOutcome.INVALID),
        ([ISSUED, INVALID, DENIED], RequestOutcome.DENIED),
    ],
    ids=[
        "no conditions are said",
        "there are none",
        "approved is not ready",
        "not ready for no reason",
        "not ready because it is pending",
        "unknown because it failed",
        "it failed",
        "its reason says that it was denied",
        "it is ready",
        "it is ready whatever the reason",
        "it was not denied",
        "invalid beats failed",
        "denied beats all",
    ],
)
def test_its_outcome_follows_from_its_conditions(
    conditions: list[Condition] | None, outcome: RequestOutcome
) -> None:
    assert request(conditions=conditions).outcome is outcome


@pytest.mark.parametrize(
    ("annotations", "revision"),
    [
        (None, None),
        ({}, None),
        ({"cert-manager.io/certificate-revision": "07"}, "07"),
    ],
    ids=["no annotations are said", "there are none", "the text of it, unread"],
)
def test_its_revision_is_an_annotation(
    annotations: dict[str, str] | None, revision: str | None
) -> None:
    assert request(annotations=annotations).revision == revision


def test_its_owner_is_the_one_that_controls_it() -> None:
    owners = [OwnerReference(uid="other"), OwnerReference(uid="web", controller=True)]
    assert request(owner_references=owners).owner_uid == "web"
    assert request().owner_uid is None


def test_its_csr_is_read_once() -> None:
    readable = request(csr=REQUEST_PEM)
    assert isinstance(readable.csr_reading, X509Request)
    assert readable.csr_reading is readable.csr_reading


@pytest.mark.parametrize("csr", [None, b"", b"junk"])
def test_a_csr_that_cannot_be_read_says_why(csr: bytes | None) -> None:
    assert isinstance(request(csr=csr).csr_reading, Unreadable)


def test_a_csr_is_bytes() -> None:
    with pytest.raises(WrongTypeError) as refusal:
        request(csr=REQUEST_PEM.decode())
    assert refusal.value.path == "CertificateRequest.csr"


def test_its_repr_does_not_show_what_was_asked_and_answered() -> None:
    shown = repr(request(csr=REQUEST_PEM, certificate=b"PEM", ca=b"PEM"))
    assert "BEGIN" not in shown
    assert "PEM" not in shown


def test_it_is_hashable_and_comes_back_equal_from_a_pickle_after_it_was_read() -> None:
    read = request(csr=REQUEST_PEM, annotations={"a": "b"}, conditions=[FAILED])
    assert read.csr_reading is not None
    back = pickle.loads(pickle.dumps(read))  # noqa: S301 — made a moment ago
    assert back == read
    assert hash(back) == hash(read)
