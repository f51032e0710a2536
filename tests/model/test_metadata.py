"""Metadata of Kubernetes objects, kept as it was said."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest

from certlife.errors import WrongTypeError
from certlife.model.metadata import ManagedFields, OwnerReference, controller_uid

PLAIN = OwnerReference(kind="Certificate", name="web", uid="plain")
CONTROLLER = OwnerReference(kind="Certificate", name="web", uid="controller", controller=True)
OTHER = OwnerReference(kind="Certificate", name="web", uid="other", controller=True)


@pytest.mark.parametrize(
    ("owners", "uid"),
    [
        (None, None),
        ((), None),
        ((PLAIN,), None),
        ((OwnerReference(uid="x", controller=False),), None),
        ((PLAIN, CONTROLLER), "controller"),
        ((CONTROLLER, OTHER), "controller"),
        ((OwnerReference(controller=True),), None),
    ],
    ids=[
        "no owners are said",
        "there are none",
        "an owner that controls nothing is not the controller",
        "nor is one that says so",
        "the controller is found behind other owners",
        "the first of two controllers counts",
        "a controller without a uid has none",
    ],
)
def test_the_controller_is_the_owner_that_says_so(
    owners: tuple[OwnerReference, ...] | None, uid: str | None
) -> None:
    assert controller_uid(owners) == uid


def test_managed_fields_are_kept_as_they_were_written() -> None:
    written = ManagedFields(
        manager="cert-manager-certificates-issuing",
        operation="Apply",
        time=datetime(2026, 8, 22, tzinfo=UTC),
        fields_v1='{"f:data":{}}',
    )
    assert pickle.loads(pickle.dumps(written)) == written  # noqa: S301 — made a moment ago
    assert written.fields_v1 == '{"f:data":{}}'
    assert written.subresource is None


def test_a_controller_that_is_no_bool_is_refused() -> None:
    with pytest.raises(WrongTypeError) as refusal:
        OwnerReference(controller="true")  # type: ignore[arg-type]
    assert refusal.value.path == "OwnerReference.controller"
