"""Who may write a Secret that several Certificates name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from certlife.model import annotations as keys
from certlife.model.certificate import Certificate
from certlife.model.secret import SecretData
from certlife.policy.ownership import secret_owner
from tests.policy.worlds import SPEC

OLD = datetime(2026, 1, 1, tzinfo=UTC)
NEW = datetime(2026, 2, 1, tzinfo=UTC)


def named(name: str, created: datetime | None = NEW) -> Certificate:
    return Certificate(name, SPEC, created=created)


def noting(name: str | None) -> SecretData:
    return SecretData(annotations={} if name is None else {keys.CERTIFICATE_NAME: name})


@pytest.mark.parametrize(
    ("certificates", "secret", "owner"),
    [
        pytest.param([], None, None, id="nobody, where there is nobody"),
        pytest.param([named("b"), named("a", OLD)], None, "a", id="the oldest"),
        pytest.param([named("a"), named("b", OLD)], None, "b", id="the oldest, whatever its name"),
        pytest.param([named("b"), named("a")], None, "a", id="of two as old the first by name"),
        pytest.param(
            [named("a", OLD), named("b", None)], None, "b", id="one whose age nobody knows"
        ),
        pytest.param(
            [named("a", OLD), named("b")], noting("b"), "b", id="the annotated one, though younger"
        ),
        pytest.param(
            [named("a", OLD), named("b")], noting("c"), "a", id="the oldest, where a stranger is"
        ),
        pytest.param([named("a", OLD)], noting(None), "a", id="the oldest, where none is noted"),
        pytest.param([named("a", OLD)], SecretData(), "a", id="the oldest, without annotations"),
        pytest.param([], noting("a"), None, id="nobody, where only the annotation is left"),
    ],
)
def test_the_annotation_then_age_then_the_name_decides(
    certificates: list[Certificate], secret: SecretData | None, owner: str | None
) -> None:
    assert secret_owner(certificates, secret) == owner
