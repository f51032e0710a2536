"""Questions about time to which certlife has an answer of its own.

Each predicate looks at a question only. What it takes to tell one apart is kept as simple as the
rule allows: a predicate that holds for more than its rule says would hide mistakes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import MAXYEAR, datetime, timedelta
from typing import TYPE_CHECKING, Final

from certlife.adapters.kubernetes import read_secret, read_spec
from certlife.errors import InvalidValueError, Unreadable
from certlife.model import annotations as keys
from certlife.pki.pem import iter_blocks
from certlife.policy.renewal import Validity, renewal_time
from certlife.schedule.durations import parse_nanoseconds
from certlife.schedule.grid import HORIZON_YEARS
from certlife.schedule.instants import shift, truncate_to_second
from certlife.schedule.windows import Window, parse_window
from tests.conformance.question import Question
from tests.conformance.questions_policies import ari_window

if TYPE_CHECKING:
    from certlife.model.status import AriWindow
    from tests.conformance.materials import Json

_RENEWAL_CHECK: Final = "CurrentCertificateNearingExpiry"
_TRIGGER: Final = ("trigger", "trigger_all")

_DURATION_FIELDS: Final = ("duration", "renewBefore", "windowDuration", "initialDelay", "maxDelay")
_YEAR_ZERO: Final = re.compile(r"0000-\d\d-\d\dT")
_YEAR_ZERO_DER: Final = b"\x18\x0f0000"  # a GeneralizedTime of RFC 5280 4.1.2.5.2
_WHOLE: Final = 100
_MICROSECOND: Final = timedelta(microseconds=1)
_SECOND: Final = timedelta(seconds=1)
_INT64_NANOSECONDS: Final = 2**63 // 1000 * _MICROSECOND


def is_finer_than_a_microsecond(question: Question) -> bool:
    return any(
        _nanoseconds(value) % 1000
        for name, value in _members(question.fields)
        if name in _DURATION_FIELDS and isinstance(value, str)
    )


def names_the_year_zero(question: Question) -> bool:
    """Whether an instant, written out or in a certificate, lies in the year before the year 1."""
    if any(
        isinstance(value, str) and _YEAR_ZERO.match(value) for _, value in _members(question.fields)
    ):
        return True
    manifest = question.object("secret")
    texts = [question.octets("pem") if question.op == "decode_certificate" else b""]
    if manifest is not None:
        texts.append(read_secret(manifest).entry(keys.TLS_CERTIFICATE))
    return any(_YEAR_ZERO_DER in block.der for text in texts for block in iter_blocks(text))


def searches_past_the_calendar(question: Question) -> bool:
    at = question.instant("from") if question.op == "cron_next" else None
    return at is not None and at.year + HORIZON_YEARS > MAXYEAR


def outlives_64_bits(question: Question) -> bool:
    """Whether Go's arithmetic of nanoseconds cannot hold the lifetime that renewal is made from."""
    validity = _judged(question)
    return validity is not None and (
        abs(validity.not_after - validity.not_before) > _INT64_NANOSECONDS
    )


def has_percentage_that_floats_miss(question: Question) -> bool:
    """Whether binary fractions put renewBeforePercentage's share into another second."""
    validity, percentage = _judged(question), _spec(question).integer("renewBeforePercentage")
    if validity is None or percentage is None or not 0 < percentage < _WHOLE:
        return False
    lifetime = (validity.not_after - validity.not_before) // _MICROSECOND * 1000
    exact = lifetime * percentage // _WHOLE
    rounded = int(float(lifetime) * float(percentage) / _WHOLE)
    not_after = validity.not_after.microsecond * 1000
    return (not_after - exact) // 10**9 != (not_after - rounded) // 10**9


def has_unknown_renewal_policy(question: Question) -> bool:
    renewal = _renewal(question)
    return renewal is not None and renewal.text("policy") not in {"RenewBefore", "Disabled"}


def has_window_without_grid(question: Question) -> bool:
    return any(map(_is_gridless, _said(question)))


def has_unusable_window(question: Question) -> bool:
    """Whether one of the windows is none, for another reason than that.

    Reading cron expressions is proved where nothing deviates for it, by `cron_next`.
    """
    return _windows([window for window in _said(question) if not _is_gridless(window)]) is None


def has_window_past_not_after(question: Question) -> bool:
    return any(
        not_after < opening <= shift(not_after, window.duration)
        for desired, not_before, not_after in _wishes(question)
        for window in _windows(_said(question)) or ()
        if (opening := _opening(window, desired, not_before)) is not None
    )


def has_forgotten_window(question: Question) -> bool:
    """Whether a window would do, and what follows it in the list makes cert-manager forget it.

    It holds on to an open window until one that is not even near at the desired instant, and to
    one that opens in time until one that opens too late.
    """
    windows = _windows(_said(question)) or ()
    return any(_is_forgotten(windows, *wish) for wish in _wishes(question))


def _is_forgotten(
    windows: Sequence[Window], desired: datetime, not_before: datetime, not_after: datetime
) -> bool:
    is_open = opens = has_forgotten = False
    for window in windows:
        if desired < shift(not_before, -window.duration):
            is_open, has_forgotten = False, has_forgotten or is_open
        else:
            is_open = is_open or _is_open(window, desired, not_before)
        opening = _opening(window, desired, not_before)
        if opening is not None and opening > shift(not_after, window.duration):
            opens, has_forgotten = False, has_forgotten or opens
        else:
            opens = opens or opening is not None
    return has_forgotten and not is_open


def has_window_of_no_length(question: Question) -> bool:
    window = _suggested(question)
    if window is None or window.start is None or window.end is None:
        return False
    return window.end <= window.start


def has_wish_after_not_after(question: Question) -> bool:
    """Whether the ACME server's window reaches past notAfter; the trigger looks at its start."""
    window, validity = _suggested(question), _validity(question)
    if window is None or validity is None or window.start is None:
        return False
    last = window.end if question.op == "renewal_time" else window.start
    return last is not None and last > validity.not_after


def has_half_a_window(question: Question) -> bool:
    """Whether the status holds a suggested window without its start or end, and it counts."""
    if question.op != "gather" or not question.inner("featureGates").flag("ACMEUseARI"):
        return False
    ari = question.inner("certificate").inner("status").inner("acme").inner("ari")
    window = ari.object("suggestedWindow")
    return window is not None and not (window.get("start") and window.get("end"))


def _suggested(question: Question) -> AriWindow | None:
    """The ACME server's window, where renewal is asked about."""
    return None if _asked(question) is None else ari_window(question)


def _asked(question: Question) -> Validity | None:
    """The validity of the certificate whose renewal is asked about, None where none is."""
    is_asked = question.op in {"renewal_time", *_TRIGGER} or (
        question.op == "check" and question.text("func") == _RENEWAL_CHECK
    )
    return _validity(question) if is_asked else None


def _judged(question: Question) -> Validity | None:
    """The same, where renewal is judged by the spec and not, as in a trigger, by ARI alone."""
    validity = _asked(question)
    if validity is None or question.op == "renewal_time":
        return validity
    window = ari_window(question)
    if window is not None and window.start is not None and window.start > validity.not_before:
        return None
    return validity


def _renewal(question: Question) -> Question | None:
    if _judged(question) is None:
        return None
    spec = _spec(question)
    return None if spec.object("renewal") is None else spec.inner("renewal")


def _spec(question: Question) -> Question:
    return (
        question if question.op == "renewal_time" else question.inner("certificate").inner("spec")
    )


def _said(question: Question) -> Sequence[Question]:
    """The windows of a question that cert-manager looks at."""
    renewal = _renewal(question)
    if renewal is None or renewal.text("policy") != "RenewBefore":
        return ()
    return [Question(question.op, window) for window in renewal.objects("windows")]


def _is_gridless(window: Question) -> bool:
    return window.text("cron").strip().startswith("@every ")


def _windows(said: Sequence[Question]) -> Sequence[Window] | None:
    """Windows as they are said; None where one of them is none."""
    try:
        return [
            parse_window(
                window.text("cron"), window.duration("windowDuration"), window.text("timezone")
            )
            for window in said
        ]
    except InvalidValueError:
        return None


def _opening(window: Window, desired: datetime, not_before: datetime) -> datetime | None:
    """Where cert-manager looks for the first opening: from the desired instant on."""
    floor = max(desired, shift(not_before, -window.duration))
    return window.schedule.next(shift(floor, -_SECOND))


def _is_open(window: Window, desired: datetime, not_before: datetime) -> bool:
    """Whether cert-manager finds it open, as it does if the opening is near the validity."""
    floor = max(desired, not_before)
    opening = window.schedule.next(shift(floor, -window.duration - _SECOND))
    return opening is not None and opening <= desired


def _wishes(question: Question) -> Iterator[tuple[datetime, datetime, datetime]]:
    """Each instant that windows may have to move, with the validity around it."""
    validity = _judged(question)
    if validity is None:
        return
    spec = _spec(question)
    plain = read_spec(
        {name: spec.fields.get(name) for name in ("renewBefore", "renewBeforePercentage")}
    )
    desired = renewal_time(validity, plain).at
    instants = [] if desired is None else [desired]
    window = ari_window(question) if question.op == "renewal_time" else None
    start, end = (None, None) if window is None else (window.start, window.end)
    if start is not None and end is not None and start < end:
        offset = timedelta(microseconds=(question.inner("ari").integer("offsetNanos") or 0) // 1000)
        instants = [truncate_to_second(at) for at in (start, start + offset, end - _MICROSECOND)]
    for at in instants:
        yield at, validity.not_before, validity.not_after


def _validity(question: Question) -> Validity | None:
    if question.op == "renewal_time":
        not_before, not_after = question.instant("notBefore"), question.instant("notAfter")
        if not_before is None or not_after is None:
            return None
        return Validity(not_before, not_after)
    manifest = question.object("secret")
    reading = None if manifest is None else read_secret(manifest).certificate_reading
    if reading is None or isinstance(reading, Unreadable):
        return None
    return Validity(reading.not_before, reading.not_after)


def _nanoseconds(text: str) -> int:
    try:
        return parse_nanoseconds(text)
    except InvalidValueError:
        return 0


def _members(value: Json) -> Iterator[tuple[str, Json]]:
    """Every member of every object, however deep."""
    if isinstance(value, Mapping):
        yield from value.items()
        for element in value.values():
            yield from _members(element)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for element in value:
            yield from _members(element)
