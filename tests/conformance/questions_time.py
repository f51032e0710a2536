"""Time: when a certificate is to be renewed, when a cron expression matches."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from certlife.adapters.kubernetes import read_spec
from certlife.errors import InvalidValueError
from certlife.policy.ari import is_response
from certlife.policy.renewal import Validity, renewal_time
from certlife.schedule.cron import parse_cron
from certlife.schedule.instants import format_instant
from tests.conformance.questions_policies import UNSET, ari_window

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tests.conformance.materials import Json
    from tests.conformance.question import Question
    from tests.conformance.runner import Answering

_MICROSECOND: Final = timedelta(microseconds=1)
_INT64_MINIMUM, _INT64_MAXIMUM = -(2**63), 2**63 - 1
_SPEC_FIELDS: Final = ("renewBefore", "renewBeforePercentage", "renewal")


def _renewal_time(question: Question) -> Json:
    answer = _renewal_time_at(question, question.inner("ari").integer("offsetNanos") or 0)
    if question.object("ari") is None:
        return answer
    length = _window_nanoseconds(question)
    at_start, at_end = (_renewal_time_at(question, offset) for offset in (0, max(length - 1, 0)))
    return {
        **answer,
        "ari": {
            "renewalTimeAtStart": at_start["renewalTime"],
            "errorAtStart": at_start["error"],
            "renewalTimeAtEnd": at_end["renewalTime"],
            "errorAtEnd": at_end["error"],
            "offsetNanos": question.inner("ari").integer("offsetNanos") or 0,
            "windowNanos": max(_INT64_MINIMUM, min(length, _INT64_MAXIMUM)),
        },
    }


def _renewal_time_at(question: Question, offset: int) -> dict[str, Json]:
    """The answer for a draw so many nanoseconds into the suggested window."""
    window = ari_window(question)
    is_drawn = window is not None and window.end is not None and is_response(window)
    found = renewal_time(
        Validity(question.required_instant("notBefore"), question.required_instant("notAfter")),
        read_spec({name: question.fields.get(name) for name in _SPEC_FIELDS}),
        ari_window=window,
        ari_draw=Fraction(offset, _window_nanoseconds(question)) if is_drawn else 0.0,
    )
    return {
        "renewalTime": None if found.at is None else format_instant(found.at),
        "error": found.window_error is not None,
    }


def _window_nanoseconds(question: Question) -> int:
    """How long the suggested window is, as the vector counts it: an absent end is in the year 1."""
    ari = question.inner("ari")
    start, end = (ari.instant(name) or UNSET for name in ("start", "end"))
    return (end - start) // _MICROSECOND * 1000


def _cron_next(question: Question) -> Json:
    try:
        schedule = parse_cron(question.text("cron"), question.text("timezone"))
    except InvalidValueError:
        return {"error": True}
    matches: list[str] = []
    at: datetime | None = question.required_instant("from")
    for _ in range(question.integer("count") or 0):
        if at is not None:
            at = schedule.next(at)
            matches.append(format_instant(at or UNSET))
    return {"next": matches}


ANSWERING: Final[Mapping[str, Answering]] = {
    "renewal_time": _renewal_time,
    "cron_next": _cron_next,
}
