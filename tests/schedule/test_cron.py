"""robfig/cron's dialect: what an expression selects, and what is no expression."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypedDict, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certlife.errors import CertlifeError, InvalidValueError, UnreadableError, WrongTypeError
from certlife.schedule.cron import MAX_CHARACTERS, FixedDelay, parse_cron
from certlife.schedule.grid import CronSchedule
from certlife.schedule.instants import format_instant, parse_instant

VECTORS = Path(__file__).parents[1] / "conformance" / "vectors" / "cron_next.jsonl"
NO_MATCH = "0001-01-01T00:00:00Z"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

Question = TypedDict("Question", {"cron": str, "timezone": str, "from": str, "count": int})
Answer = dict[str, object]


def _answer(question: Question) -> Answer:
    try:
        schedule = parse_cron(question["cron"], question["timezone"])
    except CertlifeError:
        return {"error": True}
    at: datetime | None = parse_instant(question["from"])
    matches = []
    for _ in range(question["count"]):
        assert at is not None
        at = schedule.next(at)
        matches.append(NO_MATCH if at is None else format_instant(at))
        if at is None:
            break
    return {"next": matches}


def _vectors() -> list[tuple[str, Question, Answer]]:
    vectors = [json.loads(line) for line in VECTORS.read_text("utf-8").splitlines()]
    return [(vector["id"], vector["input"], vector["output"]) for vector in vectors]


def _lies_after_year_9999(answer: Answer) -> bool:
    """The one deviation: Python's calendar ends there, so that there is no match."""
    matches = answer.get("next", [])
    return isinstance(matches, list) and any(match.index("-") > 4 for match in matches)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        pytest.param(
            question, {"next": [NO_MATCH]} if _lies_after_year_9999(answer) else answer, id=id_
        )
        for id_, question, answer in _vectors()
    ],
)
def test_it_answers_as_cert_manager_does(question: Question, answer: Answer) -> None:
    assert _answer(question) == answer


def test_the_one_vector_that_deviates_lies_after_year_9999() -> None:
    deviating = [id_ for id_, _, answer in _vectors() if _lies_after_year_9999(answer)]
    assert deviating == ["history-end-of-calendar-049"]


def _grid(expression: str, timezone: str = "") -> CronSchedule:
    schedule = parse_cron(expression, timezone)
    assert isinstance(schedule, CronSchedule)
    return schedule


def _selected(mask: int) -> list[int]:
    return [value for value in range(64) if mask >> value & 1]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        pytest.param("*", list(range(24)), id="a star is every value"),
        pytest.param("?", list(range(24)), id="so is a question mark"),
        pytest.param("*-7", list(range(24)), id="a star hides the end of its range"),
        pytest.param("5", [5], id="a number is itself"),
        pytest.param("+5", [5], id="with a plus, too"),
        pytest.param("007", [7], id="with leading zeros, too"),
        pytest.param("1,3,3,2", [1, 2, 3], id="a list is a set"),
        pytest.param(",5,,6,", [5, 6], id="empty items add nothing"),
        pytest.param(",", [], id="a comma alone selects nothing"),
        pytest.param("2-4", [2, 3, 4], id="a range includes its ends"),
        pytest.param("*/6", [0, 6, 12, 18], id="a step counts from the first value"),
        pytest.param("5/8", [5, 13, 21], id="a number with a step runs to the last value"),
        pytest.param("5-15/8", [5, 13], id="a range with a step runs to its end"),
        pytest.param("*/100", [0], id="a step may pass the last value"),
        pytest.param(f"*/{2**63 - 1}", [0], id="a step may have 63 bits"),
    ],
)
def test_a_field_selects_values(field: str, values: list[int]) -> None:
    assert _selected(_grid(f"0 {field} * * *").hours) == values


@pytest.mark.parametrize(
    ("expression", "months", "weekdays"),
    [
        pytest.param("0 0 * JAN,dec *", [1, 12], list(range(7)), id="names of months in any case"),
        pytest.param("0 0 * * Mon-FRI/2", list(range(1, 13)), [1, 3, 5], id="names in a range"),
        pytest.param("0 0 * * sun", list(range(1, 13)), [0], id="Sunday is the first day"),
    ],
)
def test_names_stand_for_numbers(expression: str, months: list[int], weekdays: list[int]) -> None:
    grid = _grid(expression)
    assert _selected(grid.months) == months
    assert _selected(grid.weekdays) == weekdays


@pytest.mark.parametrize(
    ("days", "weekdays", "either"),
    [
        pytest.param("13", "5", True, id="two restricted fields: either is enough"),
        pytest.param("*", "5", False, id="a star for the date: both are needed"),
        pytest.param("13", "?", False, id="a question mark is a star"),
        pytest.param("13", "*/1", False, id="a star with step one is a star"),
        pytest.param("13", "*/2", True, id="a star with a greater step is none"),
        pytest.param("13,*", "5", False, id="one star in a list is a star"),
        pytest.param("1-31", "0-6", True, id="a full range is no star"),
    ],
)
def test_a_star_decides_how_the_day_fields_join(days: str, weekdays: str, *, either: bool) -> None:
    assert _grid(f"0 0 {days} * {weekdays}").either_day is either


@pytest.mark.parametrize(
    ("descriptor", "expression"),
    [
        ("@yearly", "0 0 1 1 *"),
        ("@annually", "0 0 1 1 *"),
        ("@monthly", "0 0 1 * *"),
        ("@weekly", "0 0 * * 0"),
        ("@daily", "0 0 * * *"),
        ("@midnight", "0 0 * * *"),
        ("@hourly", "0 * * * *"),
    ],
)
def test_a_descriptor_stands_for_its_fields(descriptor: str, expression: str) -> None:
    assert parse_cron(descriptor) == parse_cron(expression)


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [
        pytest.param("@every 1h30m10s", 5410, id="a Go duration"),
        pytest.param("@every 1999999999ns", 1, id="what is finer than a second is cut off"),
        pytest.param("@every 0s", 1, id="at least a second"),
        pytest.param("@every -5h", 1, id="a negative one, too"),
    ],
)
def test_every_is_a_delay_of_whole_seconds(expression: str, seconds: int) -> None:
    assert parse_cron(expression) == FixedDelay(timedelta(seconds=seconds))


def test_a_delay_counts_from_the_second_asked_about() -> None:
    delay = FixedDelay(timedelta(hours=1))
    assert delay.next(NOON + timedelta(microseconds=5)) == NOON + timedelta(hours=1)


def test_a_delay_beyond_the_calendar_never_ends() -> None:
    assert FixedDelay(timedelta(days=1)).next(datetime(9999, 12, 31, tzinfo=UTC)) is None


def test_a_delay_is_a_timedelta() -> None:
    with pytest.raises(WrongTypeError, match=r"^delay: expected a timedelta, got 5"):
        FixedDelay(cast("timedelta", 5))


@pytest.mark.parametrize(
    ("expression", "timezone", "name"),
    [
        pytest.param("0 3 * * *", "", "", id="UTC where none is said"),
        pytest.param("0 3 * * *", "Asia/Tokyo", "Asia/Tokyo", id="as an argument"),
        pytest.param("TZ=Asia/Tokyo 0 3 * * *", "", "Asia/Tokyo", id="in the expression"),
        pytest.param("CRON_TZ=Asia/Tokyo 0 3 * * *", "", "Asia/Tokyo", id="by its longer name"),
        pytest.param("TZ= 0 3 * * *", "", "", id="an empty one in the expression"),
        pytest.param("TZ=UTC   0 3 * * * ", "", "UTC", id="with spaces around the fields"),
    ],
)
def test_an_expression_has_a_time_zone(expression: str, timezone: str, name: str) -> None:
    assert parse_cron(expression, timezone) == parse_cron("0 3 * * *", name)


@pytest.mark.parametrize("space", ["\t", "\v", "\x85", "\u2003", " \n "])
def test_fields_are_parted_by_what_go_takes_for_white_space(space: str) -> None:
    assert parse_cron(f"0{space}3{space}*{space}*{space}*") == parse_cron("0 3 * * *")


@pytest.mark.parametrize(
    "expression",
    [
        pytest.param("", id="nothing"),
        pytest.param("0 3 * *", id="four fields"),
        pytest.param("0 0 3 * * *", id="six fields"),
        pytest.param("0\x1c3 * * *", id="a separator that only Python takes for a space"),
        pytest.param("@reboot", id="an unknown descriptor"),
        pytest.param("@Daily", id="a descriptor with a capital"),
        pytest.param("@daily ", id="a descriptor with a space behind, without a zone"),
        pytest.param("@every", id="every what"),
        pytest.param("@every 1d", id="every no Go duration"),
        pytest.param("@every  1h", id="every and two spaces"),
        pytest.param("60 * * * *", id="minute 60"),
        pytest.param("* 24 * * *", id="hour 24"),
        pytest.param("* * 0 * *", id="day 0"),
        pytest.param("* * 32 * *", id="day 32"),
        pytest.param("* * * 0 *", id="month 0"),
        pytest.param("* * * 13 *", id="month 13"),
        pytest.param("* * * * 7", id="weekday 7"),
        pytest.param("* * * * sat-sun", id="a range that runs backwards"),
        pytest.param("* * * mon *", id="a weekday for a month"),
        pytest.param("* jan * * *", id="a name for an hour"),
        pytest.param("-1 * * * *", id="a negative number"),
        pytest.param("1- * * * *", id="a range without an end"),
        pytest.param("1-2-3 * * * *", id="two hyphens"),
        pytest.param("1/2/3 * * * *", id="two slashes"),
        pytest.param("*/ * * * *", id="an empty step"),
        pytest.param("*/0 * * * *", id="a step of zero"),
        pytest.param("*/-1 * * * *", id="a step backwards"),
        pytest.param(f"*/{2**63} * * * *", id="a step of 64 bits"),
        pytest.param("**  * * * *", id="two stars"),
        pytest.param("1.5 * * * *", id="a fraction"),
        pytest.param("1_0 * * * *", id="an underscore"),
        pytest.param("٣ * * * *", id="a digit that is not ASCII"),
        pytest.param("0 0 15W * *", id="Quartz"),
        pytest.param("TZ=UTC", id="a zone alone"),
        pytest.param("0" * (MAX_CHARACTERS - 7) + " * * * *", id="too long a text"),
    ],
)
def test_what_is_no_expression_is_unreadable(expression: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        parse_cron(expression)
    assert caught.value.path == "cron"
    assert caught.value.value is not None


def test_an_expression_of_the_greatest_length_is_read() -> None:
    assert parse_cron("0" * (MAX_CHARACTERS - 8) + " * * * *") == parse_cron("0 * * * *")


def test_a_descriptor_may_have_spaces_around_it_beside_a_zone() -> None:
    assert parse_cron(" @daily ", "UTC") == parse_cron("@daily", "UTC")
    assert parse_cron("TZ=UTC  @daily ") == parse_cron("@daily", "UTC")


@pytest.mark.parametrize(
    ("expression", "timezone", "path"),
    [
        pytest.param("0 3 * * *", "No/Where", "timezone", id="as an argument"),
        pytest.param("TZ=No/Where 0 3 * * *", "", "cron", id="in the expression"),
    ],
)
def test_an_unknown_zone_is_refused_where_it_stands(
    expression: str, timezone: str, path: str
) -> None:
    with pytest.raises(InvalidValueError, match="expected an IANA time zone") as caught:
        parse_cron(expression, timezone)
    assert caught.value.path == path


def test_a_zone_in_the_expression_as_well_is_a_field_too_many() -> None:
    with pytest.raises(UnreadableError, match=r"^cron: expected five fields"):
        parse_cron("TZ=Asia/Tokyo 0 3 * * *", "Asia/Tokyo")


@pytest.mark.parametrize(
    ("expression", "timezone", "path"),
    [(None, "", "cron"), ("0 3 * * *", None, "timezone")],
    ids=["the expression", "the zone"],
)
def test_both_arguments_are_text(expression: str, timezone: str, path: str) -> None:
    with pytest.raises(WrongTypeError, match=f"^{path}: expected a str, got None"):
        parse_cron(expression, timezone)


@given(st.text(alphabet="0123456789*/,-?@ jansuTZ=", max_size=20), st.sampled_from(["", "UTC"]))
def test_no_text_escapes_with_another_error(expression: str, timezone: str) -> None:
    try:
        schedule = parse_cron(expression, timezone)
    except CertlifeError:
        return
    found = schedule.next(NOON)
    assert found is None or found > NOON


@pytest.mark.parametrize("expression", ["30 2 * * MON-FRI", "@every 1h"])
def test_a_schedule_is_hashable_and_survives_a_pickle(expression: str) -> None:
    schedule = parse_cron(expression, "Europe/Berlin")
    assert pickle.loads(pickle.dumps(schedule)) == schedule  # noqa: S301 — our own bytes
    assert len({schedule, parse_cron(expression, "Europe/Berlin")}) == 1
