"""The faults of a spec's times: how long a certificate lives, and when it is renewed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from certlife.errors import CertlifeError, shown
from certlife.model.spec import CertificateSpec, Renewal, RenewalPolicy, RenewalWindow
from certlife.model.validation.fault import Fault, FaultType
from certlife.schedule.cron import parse_cron
from certlife.schedule.durations import format_duration
from certlife.schedule.zones import zone

if TYPE_CHECKING:
    from collections.abc import Iterator

MIN_DURATION: Final = timedelta(hours=1)
MIN_RENEW_BEFORE: Final = timedelta(minutes=5)

_MICROSECOND: Final = timedelta(microseconds=1)


def lifetime(spec: CertificateSpec) -> Iterator[Fault]:
    """Yield the faults of `duration`, `renewBefore` and `renewBeforePercentage`.

    cert-manager looks at none of the three where only the percentage is set.
    """
    before, percentage = spec.renew_before, spec.renew_before_percentage
    if spec.duration is None and before is None:
        return
    duration = spec.effective_duration
    if duration < MIN_DURATION:
        yield _invalid("duration", duration, f"expected at least {format_duration(MIN_DURATION)}")
    if before is not None and percentage is not None:
        yield _invalid("renewBefore", before, "expected nothing beside renewBeforePercentage")
        yield _invalid("renewBeforePercentage", percentage, "expected nothing beside renewBefore")
    if before is not None:
        yield from _renew_before(before, duration)
    if percentage is not None:
        yield from _renew_before_percentage(percentage, duration)


def _renew_before(before: timedelta, duration: timedelta) -> Iterator[Fault]:
    if before < MIN_RENEW_BEFORE:
        rule = f"expected at least {format_duration(MIN_RENEW_BEFORE)}"
        yield _invalid("renewBefore", before, rule)
    if before >= duration:
        rule = f"expected less than the duration of {format_duration(duration)}"
        yield _invalid("renewBefore", before, rule)


def _renew_before_percentage(percentage: int, duration: timedelta) -> Iterator[Fault]:
    # In hundredths of a microsecond, so that no percentage rounds or overflows.
    whole = duration // _MICROSECOND * 100
    before = duration // _MICROSECOND * (100 - percentage)
    if before < MIN_RENEW_BEFORE // _MICROSECOND * 100:
        rule = f"expected {format_duration(MIN_RENEW_BEFORE)} or more to be left when it is renewed"
        yield _invalid("renewBeforePercentage", percentage, rule)
    if before >= whole:
        rule = "expected some of the lifetime to be over when it is renewed"
        yield _invalid("renewBeforePercentage", percentage, rule)


def _invalid(name: str, value: timedelta | int, rule: str) -> Fault:
    text = format_duration(value) if isinstance(value, timedelta) else shown(value)
    return Fault(FaultType.INVALID, f"spec.{name}", text, rule)


def renewal(wanted: Renewal) -> Iterator[Fault]:
    """Yield the faults of `renewal`: its policy, and each of its windows unless it is Disabled."""
    windows = wanted.windows or ()
    match wanted.policy:
        case RenewalPolicy.DISABLED:
            if windows:
                rule = "expected no windows beside the policy Disabled"
                yield Fault(FaultType.FORBIDDEN, "spec.renewal.windows", None, rule)
            return
        case RenewalPolicy.RENEW_BEFORE:
            pass
        case other:
            yield Fault(
                FaultType.NOT_SUPPORTED,
                "spec.renewal.policy",
                shown(str(other)) if other else None,
                "expected Disabled or RenewBefore",
            )
    for index, window in enumerate(windows):
        yield from _window(window, f"spec.renewal.windows[{index}]")


def _window(window: RenewalWindow, path: str) -> Iterator[Fault]:
    # Any duration will do for the webhook, zero and negative ones too.
    if window.window_duration is None:
        yield Fault(FaultType.REQUIRED, f"{path}.windowDuration", None, "expected a duration")
    timezone, cron = window.timezone or "", window.cron or ""
    quoted = shown(cron) if cron else None
    try:
        zone(timezone)
    except CertlifeError as error:
        yield Fault(FaultType.INVALID, f"{path}.timezone", error.value, error.rule)
        # cert-manager reads the zone with the expression, so that a bad one spoils both.
        yield Fault(FaultType.INVALID, f"{path}.cron", quoted, "expected a good timezone beside it")
        return
    try:
        parse_cron(cron, timezone)
    except CertlifeError as error:
        yield Fault(FaultType.INVALID, f"{path}.cron", quoted, error.rule)
