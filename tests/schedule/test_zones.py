"""IANA names only, from the tzdata package, whatever the machine has."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certlife.errors import InvalidValueError, WrongTypeError
from certlife.schedule.zones import zone


@pytest.mark.parametrize("name", ["", "UTC", "Local"])
def test_a_zone_of_no_place_is_utc(name: str) -> None:
    assert zone(name) is UTC


def test_an_iana_name_is_its_zone() -> None:
    summer = datetime(2024, 7, 1, tzinfo=zone("Europe/Berlin"))
    winter = datetime(2024, 1, 1, tzinfo=zone("Europe/Berlin"))
    assert summer.utcoffset() == timedelta(hours=2)
    assert winter.utcoffset() == timedelta(hours=1)


def test_every_name_that_tzdata_lists_is_a_zone() -> None:
    for name in files("tzdata").joinpath("zones").read_text("ascii").split():
        assert datetime(2024, 1, 1, tzinfo=zone(name)).utcoffset() is not None, name


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("Mars/Olympus_Mons", id="no place of ours"),
        pytest.param("europe/berlin", id="small letters"),
        pytest.param(" Europe/Berlin", id="a space before"),
        pytest.param("Europe", id="a folder of zones"),
        pytest.param("Europe/", id="a folder with its slash"),
        pytest.param("tzdata.zi", id="another file beside the zones"),
        pytest.param("__init__.py", id="a module beside the zones"),
        pytest.param("../zones", id="a path out of the folder"),
        pytest.param("Europe/../UTC", id="a path back into the folder"),
        pytest.param("Europe//Berlin", id="an empty folder"),
        pytest.param("/etc/localtime", id="an absolute path"),
        pytest.param("localtime", id="the machine's zone"),
        pytest.param("CET+1", id="a POSIX zone"),
        pytest.param("+01:00", id="an offset"),
        pytest.param("UTC\0", id="a NUL"),
        pytest.param("\ud800", id="a lone surrogate"),
    ],
)
def test_any_other_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidValueError, match=r"^timezone: expected an IANA time zone"):
        zone(name, path="timezone")


@given(st.text())
def test_a_name_is_refused_or_a_zone_but_never_another_error(name: str) -> None:
    try:
        assert datetime(2024, 1, 1, tzinfo=zone(name)).utcoffset() is not None
    except InvalidValueError:
        assert name not in {"", "UTC", "Local"}


def test_only_text_is_a_name() -> None:
    with pytest.raises(WrongTypeError, match=r"^timezone: expected a str, got None"):
        zone(cast("str", None), path="timezone")
