"""A status says what was last observed, and nothing that was not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from certlife.errors import InvalidValueError, WrongTypeError
from certlife.model.status import (
    AriStatus,
    AriWindow,
    CertificateStatus,
    Condition,
    ConditionStatus,
    first_condition,
)

READY = Condition("Ready", "True")
ISSUING = Condition("Issuing", "False")
ISSUING_AGAIN = Condition("Issuing", "True")


def test_an_empty_status_says_nothing() -> None:
    status = CertificateStatus()
    assert status.conditions is None
    assert status.revision is None
    assert status.condition("Ready") is None


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("True", ConditionStatus.TRUE),
        ("False", ConditionStatus.FALSE),
        ("Unknown", ConditionStatus.UNKNOWN),
    ],
)
def test_a_known_status_of_a_condition_becomes_a_member(text: str, status: ConditionStatus) -> None:
    assert Condition("Ready", text).status is status


def test_an_unknown_status_of_a_condition_stays_as_it_is() -> None:
    assert Condition("Ready", "true").status == "true"


def test_the_status_of_a_condition_must_be_text() -> None:
    with pytest.raises(WrongTypeError) as refusal:
        Condition("Ready", True)  # type: ignore[arg-type]  # noqa: FBT003 — that is the point
    assert refusal.value.path == "Condition.status"


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        (None, None),
        ((), None),
        ((READY,), None),
        ((READY, ISSUING), ISSUING),
        ((ISSUING, ISSUING_AGAIN), ISSUING),
    ],
    ids=[
        "no conditions are said",
        "there are none",
        "there is none of this type",
        "it is found behind others",
        "the first of two counts",
    ],
)
def test_the_first_condition_of_a_type_is_the_one(
    conditions: tuple[Condition, ...] | None, found: Condition | None
) -> None:
    assert first_condition(conditions, "Issuing") is found
    assert CertificateStatus(conditions=conditions).condition("Issuing") is found


def test_a_list_of_conditions_is_stored_as_a_tuple() -> None:
    status = CertificateStatus(conditions=[READY])
    assert status.conditions == (READY,)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(InvalidValueError) as refusal:
        CertificateStatus(not_after=datetime(2026, 8, 22))  # noqa: DTZ001 — that is the point
    assert refusal.value.path == "CertificateStatus.not_after"


def test_what_an_acme_server_said_is_kept() -> None:
    window = AriWindow(start=datetime(2026, 8, 22, tzinfo=UTC))
    status = CertificateStatus(ari=AriStatus(suggested_window=window))
    assert status.ari is not None
    assert status.ari.suggested_window == window
    assert window.end is None
