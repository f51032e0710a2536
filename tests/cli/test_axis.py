"""The axis of a timeline: it fits most certificates, and marks what people count in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from certlife.cli.axis import Axis, axis_for
from certlife.cli.spans import Span

NOW: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY: Final = timedelta(days=1)


def span(behind: float, ahead: float) -> Span:
    """Valid since and for so many days."""
    return Span(NOW - behind * DAY, NOW + ahead * DAY)


def reach(axis: Axis) -> tuple[float, float]:
    """Return how many days an axis reaches back and on."""
    return round((NOW - axis.start) / DAY, 3), round((axis.end - NOW) / DAY, 3)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        pytest.param([], (94.5, 94.5), id="nothing: three months, and a twentieth more"),
        pytest.param([span(10, 80)], (10.5, 84), id="one: as long as it is valid"),
        pytest.param([span(-10, 80)], (94.5, 84), id="one of the future: and three months back"),
        pytest.param([span(100, -10)], (105, 94.5), id="one of the past: and three months on"),
        pytest.param([span(0, 0)], (94.5, 94.5), id="one of this instant"),
        pytest.param([span(0.001, 0.001)], (0.044, 0.044), id="one of minutes: an hour"),
        pytest.param([span(10, 80), span(400, 3000)], (10.5, 84), id="a leaf and its CA: the leaf"),
        pytest.param(
            [*[span(10, 80)] * 9, *[span(400, 3000)] * 3], (31.5, 252), id="three CAs in twelve"
        ),
        pytest.param([span(day, 90 - day) for day in range(1, 90)], (84, 84), id="a whole fleet"),
    ],
)
def test_the_axis_reaches_as_far_as_most_certificates(
    spans: list[Span], expected: tuple[float, float]
) -> None:
    assert reach(axis_for(spans, NOW)) == expected


def test_the_axis_ends_where_the_calendar_does() -> None:
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    axis = axis_for([Span(first, last)], NOW)
    assert (axis.start, axis.end) == (first, last)
    labels = [tick.label for tick in axis.ticks()]
    assert labels == [f"{year}" for year in range(1000, 10000, 1000)]


def test_what_is_beyond_an_end_is_at_that_end() -> None:
    axis = Axis(NOW, NOW + 10 * DAY)
    assert [axis.place(NOW + days * DAY) for days in (-1, 0, 5, 10, 11)] == [0, 0, 0.5, 1, 1]


def test_a_span_is_shown_if_any_of_it_is_between_the_ends() -> None:
    axis = Axis(NOW, NOW + 10 * DAY)
    shown = [Span(NOW - DAY, NOW), Span(NOW + 10 * DAY, NOW + 11 * DAY), span(1, 11), span(-1, 2)]
    assert all(map(axis.shows, shown))
    assert not axis.shows(Span(NOW - 2 * DAY, NOW - DAY))
    assert not axis.shows(Span(NOW + 11 * DAY, NOW + 12 * DAY))


@pytest.mark.parametrize(
    ("days", "labels"),
    [
        pytest.param(0.2, ["24 Nov 12:00", "24 Nov 13:00", "24 Nov 14:00"], id="hours"),
        pytest.param(1, ["24 Nov 12:00", "24 Nov 15:00", "24 Nov 18:00"], id="three hours"),
        pytest.param(4, ["24 Nov 12:00", "25 Nov 00:00", "25 Nov 12:00"], id="half days"),
        pytest.param(9, ["25 Nov", "26 Nov", "27 Nov"], id="days"),
        pytest.param(15, ["26 Nov", "28 Nov", "30 Nov"], id="two days"),
        pytest.param(60, ["01 Dec", "08 Dec", "15 Dec"], id="weeks"),
        pytest.param(120, ["08 Dec", "22 Dec", "05 Jan"], id="fortnights"),
        pytest.param(200, ["Dec 2026", "Jan 2027", "Feb 2027"], id="months"),
        pytest.param(500, ["Jan 2027", "Mar 2027", "May 2027"], id="two months"),
        pytest.param(800, ["Jan 2027", "Apr 2027", "Jul 2027"], id="quarters"),
        pytest.param(1500, ["Jan 2027", "Jul 2027", "Jan 2028"], id="half years"),
        pytest.param(3000, ["2027", "2028", "2029"], id="years"),
        pytest.param(10000, ["2030", "2035", "2040"], id="five years"),
        pytest.param(100000, ["2050", "2100", "2150"], id="half centuries"),
    ],
)
def test_the_ticks_are_what_people_count_in_and_never_too_many(
    days: float, labels: list[str]
) -> None:
    axis = Axis(NOW, NOW + days * DAY)
    ticks = axis.ticks()
    assert [tick.label for tick in ticks][:3] == labels
    assert 3 <= len(ticks) <= 10
    places = [tick.place for tick in ticks]
    assert places == sorted(places)
    assert all(0 <= place <= 1 for place in places)
