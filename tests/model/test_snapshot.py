"""A Snapshot finds the requests of a revision among all that belong to a Certificate."""

from __future__ import annotations

import pytest

from certlife.errors import WrongTypeError
from certlife.model.certificate import Certificate
from certlife.model.request import CertificateRequest
from certlife.model.snapshot import Snapshot
from certlife.model.spec import CertificateSpec, IssuerRef
from certlife.model.status import CertificateStatus

CA = IssuerRef("ca")
SPEC = CertificateSpec(secret_name="web-tls", issuer_ref=CA)


def request(name: str, revision: str | None) -> CertificateRequest:
    annotations = None if revision is None else {"cert-manager.io/certificate-revision": revision}
    return CertificateRequest(name=name, issuer_ref=CA, annotations=annotations)


FIRST = request("first", "1")
SECOND = request("second", "2")
SECOND_AGAIN = request("second-again", "2")
ODD = request("odd", "02")
NONE = request("none", None)


def snapshot(revision: int | None, *requests: CertificateRequest) -> Snapshot:
    certificate = Certificate("web", SPEC, status=CertificateStatus(revision=revision))
    return Snapshot(certificate, secret=None, requests=requests)


@pytest.mark.parametrize(
    ("revision", "requests", "current", "following"),
    [
        (None, (), (), ()),
        (None, (FIRST, NONE), (), (FIRST,)),
        (1, (NONE, SECOND, FIRST), (FIRST,), (SECOND,)),
        (1, (FIRST, SECOND, SECOND_AGAIN), (FIRST,), (SECOND, SECOND_AGAIN)),
        (2, (FIRST, SECOND, ODD, SECOND_AGAIN), (SECOND, SECOND_AGAIN), ()),
        (0, (FIRST,), (), (FIRST,)),
    ],
    ids=[
        "without requests there are none",
        "before the first issuance only the next",
        "in any order",
        "more than one of the next",
        "more than one of the current, and none that only counts the same",
        "of revision nought",
    ],
)
def test_current_and_next_requests_follow_from_the_revision(
    revision: int | None,
    requests: tuple[CertificateRequest, ...],
    current: tuple[CertificateRequest, ...],
    following: tuple[CertificateRequest, ...],
) -> None:
    taken = snapshot(revision, *requests)
    assert taken.current_requests == current
    assert taken.next_requests == following
    assert taken.current_request == (current[0] if len(current) == 1 else None)
    assert taken.next_request == (following[0] if len(following) == 1 else None)


@pytest.mark.parametrize(("revision", "following"), [(None, 1), (0, 1), (1, 2), (41, 42)])
def test_the_next_revision_is_the_successor(revision: int | None, following: int) -> None:
    assert snapshot(revision).next_revision == following


def test_secret_and_requests_must_be_said() -> None:
    with pytest.raises(TypeError, match="secret"):
        Snapshot(Certificate("web", SPEC), requests=())  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="requests"):
        Snapshot(Certificate("web", SPEC), secret=None)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("certificate", SPEC),
        ("secret", {}),
        ("requests", None),
        ("requests", ""),
        ("requests", [SPEC]),
        ("pending_key", b"key"),
        ("rivals", None),
        ("rivals", [SPEC]),
        ("ari_window", {}),
    ],
)
def test_a_field_of_a_wrong_type_is_refused_by_name(name: str, value: object) -> None:
    said = {"certificate": Certificate("web", SPEC), "secret": None, "requests": (), name: value}
    with pytest.raises(WrongTypeError) as refusal:
        Snapshot(**said)  # type: ignore[arg-type]
    assert refusal.value.path == f"Snapshot.{name}"


def test_lists_are_stored_as_tuples() -> None:
    taken = Snapshot(
        Certificate("web", SPEC), secret=None, requests=[FIRST], rivals=[Certificate("api", SPEC)]
    )
    assert taken.requests == (FIRST,)
    assert taken.rivals == (Certificate("api", SPEC),)
