"""What the list of lifecycle deviations says is shown."""

from __future__ import annotations

from importlib import import_module

import pytest

from tests.conformance.deviations import DEVIATIONS
from tests.lifecycle.deviations import LIFECYCLE_DEVIATIONS, LifecycleDeviation


@pytest.mark.parametrize("deviation", LIFECYCLE_DEVIATIONS, ids=lambda one: one.name)
def test_each_names_a_test_that_is_there(deviation: LifecycleDeviation) -> None:
    file, _, test = deviation.shown_by.partition(".py::")
    assert test.startswith("test_")
    assert callable(getattr(import_module(f"tests.lifecycle.{file}"), test))


def test_no_two_deviations_have_one_name() -> None:
    names = [one.name for one in (*DEVIATIONS, *LIFECYCLE_DEVIATIONS)]
    assert len(set(names)) == len(names)
