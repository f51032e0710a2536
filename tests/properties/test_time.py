"""Renewal times and delays: their bounds, and that more never gives less."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from attrs import evolve, frozen
from hypothesis import assume, given
from hypothesis import strategies as st

from certlife.model.spec import Renewal, RenewalPolicy, RenewalWindow
from certlife.model.status import AriWindow
from certlife.policy.ari import point_in_window
from certlife.policy.backoff import backoff_delay
from certlife.policy.renewal import Validity, due_from, renewal_time
from certlife.schedule.instants import truncate_to_second
from certlife.testing.strategies import durations, instants
from tests.policy.worlds import SPEC
from tests.properties.worlds import QUICK_LAW

if TYPE_CHECKING:
    from random import Random

    from certlife.model.spec import CertificateSpec

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


@frozen
class Daily:
    """A window that opens each day, in UTC, and closes within a day: easy to check by hand."""

    opening: int
    minutes: int

    @property
    def window(self) -> RenewalWindow:
        hour, minute = divmod(self.opening, 60)
        return RenewalWindow(cron=f"{minute} {hour} * * *", window_duration=self.minutes * MINUTE)

    def earliest(self, at: datetime) -> datetime:
        """The first instant from `at` on in which it is open."""
        today = at.replace(hour=0, minute=0, second=0, microsecond=0) + self.opening * MINUTE
        opened = today if today <= at else today - DAY
        return at if at - opened <= self.minutes * MINUTE else opened + DAY


validities = st.builds(
    lambda start, lifetime: Validity(start, start + lifetime), instants(), durations()
)
dailies = st.lists(st.builds(Daily, st.integers(0, 1439), st.integers(1, 1439)), max_size=3)


@st.composite
def wanted(draw: st.DrawFn) -> CertificateSpec:
    """Draw specs as far as they are about renewal, sound or not."""
    windows = [daily.window for daily in draw(dailies)]
    policy = draw(st.sampled_from([*RenewalPolicy, "Unheard-of"]))
    return evolve(
        SPEC,
        renew_before=draw(st.none() | durations(shortest=-DAY)),
        renew_before_percentage=draw(st.none() | st.integers(-1, 101)),
        renewal=draw(st.none() | st.just(Renewal(policy=policy, windows=windows))),
    )


@st.composite
def wished(draw: st.DrawFn) -> tuple[Validity, AriWindow | None]:
    """Draw validities, and windows that an ACME server wishes for around them, sound or not."""
    validity = draw(validities)
    lifetime = validity.not_after - validity.not_before
    share = st.fractions(-1, 2, max_denominator=1000)
    ends = (validity.not_before + lifetime * float(draw(share)) for _ in range(2))
    start, end = (draw(st.sampled_from([at, at, None])) for at in ends)
    return validity, draw(st.sampled_from([None, AriWindow(start=start, end=end)]))


draws = st.floats(0, 1, exclude_max=True)


@QUICK_LAW
@given(wished=wished(), spec=wanted(), draw=draws)
def test_a_renewal_time_is_a_whole_second_not_after_the_end(
    wished: tuple[Validity, AriWindow | None], spec: CertificateSpec, draw: float
) -> None:
    validity, wish = wished
    found = renewal_time(validity, spec, ari_window=wish, ari_draw=draw)
    if found.at is None or found.desired is None:
        assert spec.renewal is not None
        assert spec.renewal.policy == "Disabled"
        return
    assert found.desired <= found.at <= validity.not_after
    assert truncate_to_second(found.at) == found.at
    due = due_from(validity, spec, ari_window=wish)
    assert due.at is not None
    assert due.at <= validity.not_after


@QUICK_LAW
@given(validity=validities, spec=wanted(), one=durations(), other=durations())
def test_a_longer_renew_before_never_renews_later(
    validity: Validity, spec: CertificateSpec, one: timedelta, other: timedelta
) -> None:
    # Both within the lifetime: one that is not gives way to another rule.
    lifetime = validity.not_after - validity.not_before
    short, long = sorted((one % lifetime, other % lifetime))
    assume(short)
    late = renewal_time(validity, evolve(spec, renew_before=short)).at
    early = renewal_time(validity, evolve(spec, renew_before=long)).at
    assert (early is None) == (late is None)
    assert early is None or late is None or early <= late


@QUICK_LAW
@given(validity=validities, one=st.integers(1, 99), other=st.integers(1, 99))
def test_a_greater_percentage_never_renews_later(validity: Validity, one: int, other: int) -> None:
    small, great = sorted((one, other))
    late = renewal_time(validity, evolve(SPEC, renew_before_percentage=small)).at
    early = renewal_time(validity, evolve(SPEC, renew_before_percentage=great)).at
    assert early is not None
    assert late is not None
    assert early <= late


@QUICK_LAW
@given(validity=validities, windows=dailies.filter(bool), random=st.randoms(use_true_random=False))
def test_windows_move_it_to_the_first_instant_that_lies_in_one_whatever_their_order(
    validity: Validity, windows: list[Daily], random: Random
) -> None:
    turned = random.sample(windows, len(windows))
    renewal = Renewal(policy=RenewalPolicy.RENEW_BEFORE, windows=[one.window for one in turned])
    found = renewal_time(validity, evolve(SPEC, renewal=renewal))
    assert found.desired is not None
    first = min(daily.earliest(found.desired) for daily in windows)
    if first <= validity.not_after:
        assert (found.at, found.window_error) == (first, None)
    else:
        assert found.at == found.desired
        assert found.window_error


@QUICK_LAW
@given(start=instants(), length=durations(shortest=SECOND), one=draws, other=draws)
def test_a_point_in_a_window_lies_in_it_and_moves_with_the_draw(
    start: datetime, length: timedelta, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    first = point_in_window(start, start + length, low)
    second = point_in_window(start, start + length, high)
    assert start <= first <= second < start + length


delays = durations(shortest=-SECOND, longest=10 * DAY)


@QUICK_LAW
@given(attempts=st.integers(-2, 10**4), more=st.integers(0, 40), initial=delays, maximum=delays)
def test_a_delay_grows_with_the_failures_between_its_bounds(
    attempts: int, more: int, initial: timedelta, maximum: timedelta
) -> None:
    delay = backoff_delay(attempts, initial=initial, maximum=maximum)
    later = backoff_delay(attempts + more, initial=initial, maximum=maximum)
    least = max(initial, timedelta())
    assert least <= delay <= later <= max(least, maximum)
    if least:  # as cert-manager's formula has it, in integers that never end
        doubled = (least // SECOND) << max(attempts + more - 1, 0)
        assert later == max(least, min(maximum, min(doubled, maximum // SECOND) * SECOND))


@QUICK_LAW
@given(start=instants(), spec=wanted())
def test_a_lifetime_of_nothing_is_renewed_at_its_end(
    start: datetime, spec: CertificateSpec
) -> None:
    found = renewal_time(Validity(start, start), spec)
    assert found.at in {None, start.astimezone(UTC)}
