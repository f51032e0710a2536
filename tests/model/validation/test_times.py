"""The faults of lifetime, renewal and windows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from certlife.model.spec import Renewal, RenewalWindow
from tests.model.validation.good_spec import found, with_fields

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("duration", "before", "percentage", "faults"),
    [
        (HOUR, None, None, []),
        (HOUR - timedelta(microseconds=1), None, None, ["duration"]),
        (timedelta(), None, None, ["duration"]),
        (None, 5 * MINUTE, None, []),
        (None, 5 * MINUTE - timedelta(microseconds=1), None, ["renewBefore"]),
        (None, timedelta(days=90), None, ["renewBefore"]),
        (None, timedelta(days=90) - timedelta(microseconds=1), None, []),
        (2 * HOUR, 2 * HOUR, None, ["renewBefore"]),
        (MINUTE, 2 * MINUTE, None, ["duration", "renewBefore", "renewBefore"]),
        (None, None, 200, []),
        (None, HOUR, 50, ["renewBefore", "renewBeforePercentage"]),
        (100 * HOUR, None, 1, []),
        (100 * HOUR, None, 0, ["renewBeforePercentage"]),
        (100 * HOUR, None, -1, ["renewBeforePercentage"]),
        (100 * HOUR, None, 99, []),
        (100 * HOUR, None, 100, ["renewBeforePercentage"]),
        (500 * MINUTE, None, 99, []),
        (500 * MINUTE - timedelta(microseconds=1), None, 99, ["renewBeforePercentage"]),
        (MINUTE, None, 0, ["duration", "renewBeforePercentage", "renewBeforePercentage"]),
        (timedelta.max, None, -(2**31), ["renewBeforePercentage"]),
        (timedelta.max, None, 2**31, ["renewBeforePercentage"]),
        (timedelta.min, timedelta.min, None, ["duration", "renewBefore", "renewBefore"]),
    ],
    ids=[
        "an hour is long enough",
        "less is not",
        "nothing is not either",
        "five minutes before the end are enough",
        "less is not",
        "the default duration is not less than itself",
        "a microsecond less is",
        "nor is a duration",
        "short and not shorter are two faults",
        "a percentage alone is not looked at",
        "both ways to say when are one too many",
        "one per cent may be over",
        "none may not",
        "nor less than none",
        "one per cent of a long time may be left",
        "none may not",
        "five minutes may be left",
        "less may not",
        "what is both too short and too soon has two faults",
        "no percentage is too small to be judged",
        "nor too large",
        "nor is any duration",
    ],
)
def test_a_certificate_lives_long_enough_and_is_renewed_in_time(
    duration: timedelta | None,
    before: timedelta | None,
    percentage: int | None,
    faults: list[str],
) -> None:
    spec = with_fields(duration=duration, renew_before=before, renew_before_percentage=percentage)
    assert found(spec) == [f"INVALID {name}" for name in faults]


WINDOW = RenewalWindow(cron="0 3 * * *", window_duration=HOUR)


@pytest.mark.parametrize(
    ("renewal", "faults"),
    [
        (Renewal(policy="RenewBefore"), []),
        (Renewal(policy="Disabled"), []),
        (Renewal(policy="Disabled", windows=[]), []),
        (Renewal(policy="Disabled", windows=[RenewalWindow()]), ["FORBIDDEN renewal.windows"]),
        (Renewal(), ["NOT_SUPPORTED renewal.policy"]),
        (Renewal(policy=""), ["NOT_SUPPORTED renewal.policy"]),
        (Renewal(policy="disabled", windows=[WINDOW]), ["NOT_SUPPORTED renewal.policy"]),
        (
            Renewal(policy="Sometimes", windows=[RenewalWindow(cron="x", window_duration=HOUR)]),
            ["NOT_SUPPORTED renewal.policy", "INVALID renewal.windows[0].cron"],
        ),
    ],
    ids=[
        "RenewBefore is a policy",
        "Disabled is one",
        "with no windows",
        "but not with any, and they are not looked at",
        "none is none",
        "nor is an empty one",
        "nor is one in lower case",
        "windows beside an unknown one are looked at",
    ],
)
def test_renewal_has_a_policy(renewal: Renewal, faults: list[str]) -> None:
    assert found(with_fields(renewal=renewal)) == faults


@pytest.mark.parametrize(
    ("window", "faults"),
    [
        (WINDOW, []),
        (evolve(WINDOW, timezone="Europe/Berlin"), []),
        (evolve(WINDOW, timezone=""), []),
        (evolve(WINDOW, window_duration=timedelta()), []),
        (evolve(WINDOW, window_duration=-HOUR), []),
        (evolve(WINDOW, cron="@daily"), []),
        (evolve(WINDOW, cron="TZ=Asia/Tokyo 0 3 * * *"), []),
        (evolve(WINDOW, window_duration=None), ["REQUIRED windowDuration"]),
        (evolve(WINDOW, cron=None), ["INVALID cron"]),
        (evolve(WINDOW, cron="0 3 * *"), ["INVALID cron"]),
        (evolve(WINDOW, cron="0 25 * * *"), ["INVALID cron"]),
        (evolve(WINDOW, timezone="No/Where"), ["INVALID timezone", "INVALID cron"]),
        (evolve(WINDOW, timezone="../etc/passwd"), ["INVALID timezone", "INVALID cron"]),
        (
            RenewalWindow(timezone="No/Where"),
            ["REQUIRED windowDuration", "INVALID timezone", "INVALID cron"],
        ),
    ],
    ids=[
        "a window",
        "in a zone",
        "in an empty one",
        "of no length",
        "of less",
        "with a descriptor",
        "with the zone in its expression",
        "without a length",
        "without an expression",
        "with four fields",
        "at an hour that no day has",
        "in a zone that does not exist, which spoils its expression too",
        "in a zone that is a path",
        "with nothing right",
    ],
)
def test_a_window_has_a_length_a_zone_and_an_expression(
    window: RenewalWindow, faults: list[str]
) -> None:
    spec = with_fields(renewal=Renewal(policy="RenewBefore", windows=[WINDOW, window]))
    prefixed = [fault.replace(" ", " renewal.windows[1].") for fault in faults]
    assert found(spec) == prefixed
