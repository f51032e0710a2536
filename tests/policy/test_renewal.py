"""When a certificate is to be renewed, and from when on that is triggered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from certlife.errors import InvalidValueError
from certlife.model.spec import CertificateSpec, Renewal, RenewalPolicy, RenewalWindow
from certlife.model.status import AriWindow
from certlife.policy.renewal import RenewalRule, RenewalTime, Validity, due_from, renewal_time
from tests.policy.worlds import MICROSECOND, SPEC

if TYPE_CHECKING:
    from collections.abc import Sequence

HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
NOT_BEFORE = datetime(2026, 3, 1, tzinfo=UTC)
NOT_AFTER = datetime(2026, 5, 30, tzinfo=UTC)
NINETY_DAYS = Validity(NOT_BEFORE, NOT_AFTER)
TWO_THIRDS = datetime(2026, 4, 30, tzinfo=UTC)
FIVE_FIELDS = "expected five fields or a descriptor such as @daily"


def spec(before: timedelta | None = None, percentage: int | None = None) -> CertificateSpec:
    return evolve(SPEC, renew_before=before, renew_before_percentage=percentage)


class TestTheRule:
    @pytest.mark.parametrize(
        ("before", "percentage", "rule", "at"),
        [
            pytest.param(None, None, "two thirds of the lifetime", TWO_THIRDS, id="by default"),
            pytest.param(DAY, None, "renewBefore", NOT_AFTER - DAY, id="renewBefore"),
            pytest.param(DAY, 50, "renewBefore", NOT_AFTER - DAY, id="renewBefore before a share"),
            pytest.param(
                None, 10, "renewBeforePercentage", NOT_AFTER - 9 * DAY, id="a share of the lifetime"
            ),
            pytest.param(
                None, 99, "renewBeforePercentage", NOT_AFTER - 99 * 90 * DAY / 100, id="99 per cent"
            ),
            pytest.param(
                None, 1, "renewBeforePercentage", NOT_AFTER - 90 * DAY / 100, id="1 per cent"
            ),
            pytest.param(
                timedelta(), 10, "renewBeforePercentage", NOT_AFTER - 9 * DAY, id="a share for 0"
            ),
            pytest.param(
                -DAY, 10, "renewBeforePercentage", NOT_AFTER - 9 * DAY, id="a share for less than 0"
            ),
            pytest.param(
                90 * DAY, 10, "renewBeforePercentage", NOT_AFTER - 9 * DAY, id="a share for all"
            ),
            pytest.param(
                90 * DAY - MICROSECOND, 10, "renewBefore", NOT_BEFORE, id="all but a microsecond"
            ),
            pytest.param(
                MICROSECOND, None, "renewBefore", NOT_AFTER - SECOND, id="cut to the second"
            ),
            pytest.param(None, 0, "two thirds of the lifetime", TWO_THIRDS, id="default for 0 %"),
            pytest.param(None, 100, "two thirds of the lifetime", TWO_THIRDS, id="and for 100 %"),
            pytest.param(None, -1, "two thirds of the lifetime", TWO_THIRDS, id="and for -1 %"),
        ],
    )
    def test_is_the_first_that_makes_sense(
        self, before: timedelta | None, percentage: int | None, rule: str, at: datetime
    ) -> None:
        found = renewal_time(NINETY_DAYS, spec(before, percentage))
        assert (found.rule, found.at, found.desired) == (rule, at, at)
        assert found.window_error is None

    def test_looks_at_the_lifetime_of_what_was_issued(self) -> None:
        issued = Validity(NOT_BEFORE, NOT_BEFORE + 3 * DAY)
        assert renewal_time(issued, evolve(SPEC, duration=90 * DAY)).at == NOT_BEFORE + 2 * DAY

    @pytest.mark.parametrize(
        ("lifetime", "percentage", "after"),
        [
            # Go cuts the nanoseconds towards zero, and what is left of the lifetime to the second.
            pytest.param(SECOND, None, timedelta(), id="a second"),
            pytest.param(3 * SECOND, None, 2 * SECOND, id="three seconds"),
            pytest.param(10 * SECOND, None, 6 * SECOND, id="ten seconds, a third of which is 3.3"),
            pytest.param(3 * SECOND + MICROSECOND, None, 2 * SECOND, id="a little more than three"),
            pytest.param(3 * SECOND - MICROSECOND, None, SECOND, id="a little less than three"),
            pytest.param(100 * SECOND, 7, 93 * SECOND, id="seven per cent, exactly"),
            pytest.param(timedelta(), None, timedelta(), id="none"),
            pytest.param(-10 * SECOND, None, -7 * SECOND, id="one that runs backwards"),
            pytest.param(-100 * SECOND, 50, -50 * SECOND, id="half of one that does"),
        ],
    )
    def test_steps_back_by_whole_nanoseconds(
        self, lifetime: timedelta, percentage: int | None, after: timedelta
    ) -> None:
        validity = Validity(NOT_BEFORE, NOT_BEFORE + lifetime)
        assert renewal_time(validity, spec(None, percentage)).at == NOT_BEFORE + after

    @pytest.mark.parametrize("third", [SECOND, 190 * 365 * DAY], ids=["seconds", "ages"])
    def test_is_not_rounded_into_the_next_second(self, third: timedelta) -> None:
        # A third of a microsecond before a whole second is in the second before.
        begin = NOT_AFTER - 3 * third - timedelta(microseconds=1)
        assert renewal_time(Validity(begin, NOT_AFTER), SPEC).at == NOT_AFTER - third - SECOND

    def test_holds_for_a_lifetime_of_seven_thousand_years(self) -> None:
        # cert-manager's 64 bits of nanoseconds end after 292 years.
        validity = Validity(NOT_BEFORE, NOT_BEFORE + 2_700_000 * DAY)
        assert renewal_time(validity, SPEC).at == NOT_BEFORE + 1_800_000 * DAY


class TestAPercentage:
    """Go multiplies 64-bit floats, which do not hold the product; we count in integers."""

    # Lifetimes from an hour to ten years, each with another share.
    cases = tuple((3_600 + 63_067 * number, 1 + number * 37 % 99) for number in range(5_000))

    @staticmethod
    def by_floats(seconds: int, percentage: int) -> int:
        """How many nanoseconds before the end cert-manager renews."""
        return int(float(seconds * 10**9) * float(percentage) / 100)

    @staticmethod
    def renewed(seconds: int, percentage: int) -> int:
        """How many seconds before the end certlife renews."""
        last = NOT_BEFORE + seconds * SECOND
        at = renewal_time(Validity(NOT_BEFORE, last), spec(None, percentage)).at
        assert at is not None
        return (last - at) // SECOND

    def test_is_the_whole_second_that_leaves_at_least_its_share(self) -> None:
        for seconds, percentage in self.cases:
            assert self.renewed(seconds, percentage) == -(seconds * percentage // -100)

    def test_is_with_floats_a_second_off_now_and_then(self) -> None:
        off = [
            (seconds, percentage)
            for seconds, percentage in self.cases
            if -(self.by_floats(seconds, percentage) // -(10**9))
            != self.renewed(seconds, percentage)
        ]
        assert 0 < len(off) < len(self.cases) / 100

    def test_of_94_in_six_years_is_exact_where_floats_are_32_nanoseconds_off(self) -> None:
        seconds, percentage, share = 201_059_250, 94, 188_995_695
        assert seconds * percentage == share * 100
        assert self.by_floats(seconds, percentage) == share * 10**9 + 32
        assert self.renewed(seconds, percentage) == share


def windows(*windows: RenewalWindow, policy: str = RenewalPolicy.RENEW_BEFORE) -> CertificateSpec:
    return evolve(SPEC, renewal=Renewal(policy=policy, windows=windows))


def window(
    cron: str | None, duration: timedelta | None = 2 * HOUR, zone: str | None = None
) -> RenewalWindow:
    return RenewalWindow(cron=cron, window_duration=duration, timezone=zone)


class TestWindows:
    @pytest.mark.parametrize(
        ("listed", "at"),
        [
            pytest.param([], TWO_THIRDS, id="none: at the desired time"),
            pytest.param([window("0 23 * * *")], TWO_THIRDS, id="open: at the desired time"),
            pytest.param([window("0 22 * * *")], TWO_THIRDS, id="just closing: still open"),
            pytest.param(
                [window("59 21 * * *")], TWO_THIRDS + timedelta(hours=21, minutes=59), id="closed"
            ),
            pytest.param([window("0 2 * * *")], TWO_THIRDS + 2 * HOUR, id="when one opens"),
            pytest.param(
                [window("0 5 * * *"), window("0 3 * * *"), window("0 4 * * *")],
                TWO_THIRDS + 3 * HOUR,
                id="when the first of several opens",
            ),
            pytest.param(
                [window("0 2 * * *", zone="Asia/Tokyo")],
                TWO_THIRDS + 17 * HOUR,
                id="in another zone",
            ),
            pytest.param([window("0 0 30 5 *")], NOT_AFTER, id="at the last instant"),
        ],
    )
    def test_move_it_later_into_one_that_is_open(
        self, listed: Sequence[RenewalWindow], at: datetime
    ) -> None:
        found = renewal_time(NINETY_DAYS, windows(*listed))
        assert found == RenewalTime(at, found.rule, TWO_THIRDS)

    @pytest.mark.parametrize(
        ("wanted", "error"),
        [
            pytest.param(
                windows(window("1 0 30 5 *")),
                "spec.renewal.windows: none opens between the desired time and notAfter",
                id="opens too late",
            ),
            pytest.param(
                windows(window("0 2 * * *"), window("x")),
                "spec.renewal.windows[1].cron: ",
                id="is no cron expression",
            ),
            pytest.param(
                windows(window(None)),
                f"spec.renewal.windows[0].cron: {FIVE_FIELDS}, got ''",
                id="says no cron",
            ),
            pytest.param(
                windows(window("@every 1h")), "spec.renewal.windows[0].cron: ", id="has no grid"
            ),
            pytest.param(
                windows(window("0 2 * * *", None)),
                "spec.renewal.windows[0].windowDuration: expected a duration",
                id="has no duration",
            ),
            pytest.param(
                windows(window("0 2 * * *", zone="Mars/Base")),
                "spec.renewal.windows[0].timezone: ",
                id="is in no zone",
            ),
            pytest.param(
                windows(policy="Never"),
                "spec.renewal.policy: unsupported renewal policy 'Never'",
                id="goes with a policy that nobody knows",
            ),
            pytest.param(
                evolve(SPEC, renewal=Renewal()),
                "spec.renewal.policy: unsupported renewal policy None",
                id="goes with no policy",
            ),
        ],
    )
    def test_leave_the_desired_time_and_say_why_where_one(
        self, wanted: CertificateSpec, error: str
    ) -> None:
        found = renewal_time(NINETY_DAYS, wanted)
        assert found.at == found.desired == TWO_THIRDS
        assert found.rule is RenewalRule.TWO_THIRDS
        assert (found.window_error or "").startswith(error)

    def test_are_not_looked_at_where_renewal_is_disabled(self) -> None:
        found = renewal_time(NINETY_DAYS, windows(window("x"), policy=RenewalPolicy.DISABLED))
        assert found == RenewalTime(None, found.rule, None)
        assert found.rule == "disabled"


START, END = NOT_BEFORE + 40 * DAY, NOT_BEFORE + 50 * DAY
WISH = AriWindow(start=START, end=END)


class TestTheServersWish:
    @pytest.mark.parametrize(
        ("draw", "at"),
        [
            (0, START),
            (0.25, START + 60 * HOUR),
            (Fraction(1, 3), START + 80 * HOUR),
            (1 - 2**-53, END - SECOND),
        ],
    )
    def test_is_at_the_draw_cut_to_the_second(self, draw: float | Fraction, at: datetime) -> None:
        found = renewal_time(NINETY_DAYS, spec(DAY), ari_window=WISH, ari_draw=draw)
        assert (found.at, found.rule) == (at, "ari")

    def test_is_moved_by_windows(self) -> None:
        found = renewal_time(NINETY_DAYS, windows(window("0 2 * * *")), ari_window=WISH)
        assert (found.desired, found.at) == (START, START + 2 * HOUR)

    def test_ends_with_the_certificate(self) -> None:
        late = AriWindow(start=NOT_AFTER + DAY, end=NOT_AFTER + 2 * DAY)
        assert renewal_time(NINETY_DAYS, SPEC, ari_window=late).at == NOT_AFTER

    @pytest.mark.parametrize(
        "wish",
        [
            pytest.param(None, id="there is none"),
            pytest.param(AriWindow(start=START), id="it has no end"),
            pytest.param(AriWindow(end=END), id="it has no start"),
            pytest.param(AriWindow(start=START, end=START), id="it has no length"),
            pytest.param(AriWindow(start=END, end=START), id="it runs backwards"),
        ],
    )
    def test_does_not_count_where(self, wish: AriWindow | None) -> None:
        # nor is the draw looked at
        assert renewal_time(NINETY_DAYS, SPEC, ari_window=wish, ari_draw=7).at == TWO_THIRDS

    def test_does_not_count_where_renewal_is_disabled(self) -> None:
        disabled = windows(policy=RenewalPolicy.DISABLED)
        assert renewal_time(NINETY_DAYS, disabled, ari_window=WISH).at is None
        assert due_from(NINETY_DAYS, disabled, ari_window=WISH).at is None

    def test_needs_a_draw_in_its_range(self) -> None:
        with pytest.raises(InvalidValueError, match="ari_draw"):
            renewal_time(NINETY_DAYS, SPEC, ari_window=WISH, ari_draw=1.0)


class TestTheTrigger:
    def test_is_the_renewal_time_without_a_wish(self) -> None:
        wanted = windows(window("0 2 * * *"))
        assert due_from(NINETY_DAYS, wanted) == renewal_time(NINETY_DAYS, wanted)

    @pytest.mark.parametrize(
        ("wish", "at"),
        [
            pytest.param(WISH, START, id="its start"),
            pytest.param(AriWindow(start=START), START, id="its start, whatever its end"),
            pytest.param(
                AriWindow(start=START + MICROSECOND, end=END),
                START + MICROSECOND,
                id="its start, to the microsecond",
            ),
            pytest.param(
                AriWindow(start=NOT_BEFORE + MICROSECOND), NOT_BEFORE + MICROSECOND, id="at once"
            ),
            pytest.param(AriWindow(start=NOT_AFTER + DAY), NOT_AFTER, id="notAfter, were it later"),
        ],
    )
    def test_is_with_a_wish(self, wish: AriWindow, at: datetime) -> None:
        broken = windows(window("x"))  # which a wish hides
        found = due_from(NINETY_DAYS, broken, ari_window=wish)
        assert found == RenewalTime(at, found.rule, at)
        assert found.rule == "ari"

    @pytest.mark.parametrize(
        "wish",
        [
            pytest.param(AriWindow(start=NOT_BEFORE, end=END), id="begins with the certificate"),
            pytest.param(AriWindow(start=NOT_BEFORE - DAY, end=END), id="is its predecessor's"),
            pytest.param(AriWindow(start=START, end=START), id="has no length"),
            pytest.param(AriWindow(end=END), id="has no start"),
        ],
    )
    def test_does_not_look_at_a_wish_that(self, wish: AriWindow) -> None:
        assert due_from(NINETY_DAYS, SPEC, ari_window=wish) == renewal_time(NINETY_DAYS, SPEC)
