"""When a certificate is to be renewed: from its own lifetime, moved into windows, or by ARI.

cert-manager's `pki.RenewalTime`; RFC 9773 4.2 for the ACME server's own wish.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from attrs import frozen

from certlife.errors import InvalidValueError, shown
from certlife.model.spec import RenewalPolicy
from certlife.policy.ari import is_response, point_in_window
from certlife.schedule.instants import truncate_to_second
from certlife.schedule.windows import Window, earliest_in_windows, parse_window

if TYPE_CHECKING:
    from fractions import Fraction

    from certlife.model.spec import CertificateSpec, Renewal, RenewalWindow
    from certlife.model.status import AriWindow

_NO_TIME: Final = timedelta(0)


class RenewalRule(StrEnum):
    """Which rule gave a renewal time, before windows moved it."""

    DISABLED = "disabled"
    ARI = "ari"
    RENEW_BEFORE = "renewBefore"
    RENEW_BEFORE_PERCENTAGE = "renewBeforePercentage"
    TWO_THIRDS = "two thirds of the lifetime"


class HasValidity(Protocol):
    """Whatever is valid from one instant to another, both included."""

    @property
    def not_before(self) -> datetime:
        """The first valid instant, aware."""
        ...

    @property
    def not_after(self) -> datetime:
        """The last valid instant, aware."""
        ...


@frozen
class Validity:
    """A lifetime without a certificate, for asking what would be.

    Args:
        not_before: The first valid instant, aware.
        not_after: The last valid instant, aware.
    """

    not_before: datetime
    not_after: datetime


@frozen
class RenewalTime:
    """When a certificate is due, and how that came about.

    Args:
        at: The first instant at which it is due, a whole second; None where renewal is disabled.
        rule: What gave the desired time.
        desired: The time before windows moved it; None where renewal is disabled.
        window_error: Why the desired time stands although windows or a policy were asked for.
    """

    at: datetime | None
    rule: RenewalRule
    desired: datetime | None
    window_error: str | None = None


def renewal_time(
    certificate: HasValidity,
    spec: CertificateSpec,
    *,
    ari_window: AriWindow | None = None,
    ari_draw: float | Fraction = 0.0,
) -> RenewalTime:
    """Compute when a certificate is to be renewed.

    `renew_before` if it lies within the actual lifetime, else `renew_before_percentage` if it is
    from 1 to 99, else after two thirds of the lifetime; truncated to the second, because that is
    how it is stored and compared again. Windows move it later, never past not_after.

    Args:
        certificate: What was issued; its actual lifetime counts, not the one that was asked for.
        spec: What is wanted.
        ari_window: The ACME server's wish, which goes before `renew_before` and the like.
        ari_draw: Where in that window, from 0 (its start) up to but excluding 1 (its end).

    Raises:
        InvalidValueError: If ari_draw is needed and not in [0, 1).
    """
    renewal = spec.renewal
    if renewal is not None and renewal.policy == RenewalPolicy.DISABLED:
        return RenewalTime(None, RenewalRule.DISABLED, None)
    drawn = _drawn(ari_window, ari_draw)
    if drawn is None:
        rule, desired = _by_lifetime(certificate, spec)
    else:
        rule, desired = RenewalRule.ARI, min(drawn, certificate.not_after)
    desired = truncate_to_second(desired)
    if renewal is None:
        return RenewalTime(desired, rule, desired)
    at, window_error = _in_windows(desired, renewal, certificate)
    return RenewalTime(at, rule, desired, window_error)


def due_from(
    certificate: HasValidity, spec: CertificateSpec, *, ari_window: AriWindow | None = None
) -> RenewalTime:
    """Compute from when on renewal is triggered, which ARI changes in another way than the time.

    An ACME server's window that starts after the certificate did is due from its start to the
    microsecond, whatever windows the spec has: cert-manager's trigger must not depend on a draw.
    A window from before the certificate is about its predecessor and does not count.

    Args:
        certificate: What was issued.
        spec: What is wanted.
        ari_window: The ACME server's wish.
    """
    renewal = spec.renewal
    if renewal is not None and renewal.policy == RenewalPolicy.DISABLED:
        return RenewalTime(None, RenewalRule.DISABLED, None)
    if ari_window is not None and is_response(ari_window):
        start = ari_window.start
        if start is not None and start > certificate.not_before:
            start = min(start, certificate.not_after)
            return RenewalTime(start, RenewalRule.ARI, start)
    return renewal_time(certificate, spec)


def _drawn(window: AriWindow | None, draw: float | Fraction) -> datetime | None:
    """The point of a window at a draw, or None where there is no whole window."""
    if window is None or window.start is None or window.end is None or not is_response(window):
        return None
    return point_in_window(window.start, window.end, draw)


def _by_lifetime(certificate: HasValidity, spec: CertificateSpec) -> tuple[RenewalRule, datetime]:
    lifetime = certificate.not_after - certificate.not_before
    before, percentage = spec.renew_before, spec.renew_before_percentage
    if before is not None and _NO_TIME < before < lifetime:
        return RenewalRule.RENEW_BEFORE, certificate.not_after - before
    if percentage is not None and 0 < percentage < 100:  # noqa: PLR2004 — per cent
        return RenewalRule.RENEW_BEFORE_PERCENTAGE, _before_end(certificate, percentage, 100)
    return RenewalRule.TWO_THIRDS, _before_end(certificate, 1, 3)


def _before_end(certificate: HasValidity, numerator: int, denominator: int) -> datetime:
    """Step a fraction of the lifetime back from its end.

    Go does this in whole nanoseconds, towards zero; stepping on to the microsecond before stays
    within the second that counts.
    """
    not_after = certificate.not_after
    back = -((certificate.not_before - not_after) * numerator // denominator)
    return not_after - back


def _in_windows(
    desired: datetime, renewal: Renewal, certificate: HasValidity
) -> tuple[datetime, str | None]:
    if renewal.policy != RenewalPolicy.RENEW_BEFORE:
        return desired, f"spec.renewal.policy: unsupported renewal policy {shown(renewal.policy)}"
    if not renewal.windows:
        return desired, None
    windows = []
    for index, window in enumerate(renewal.windows):
        try:
            windows.append(_parsed(window))
        except InvalidValueError as error:
            error_path = f"spec.renewal.windows[{index}].{error.path}"
            return desired, str(InvalidValueError(error.rule, path=error_path, value=error.value))
    moved = earliest_in_windows(
        desired, windows, not_before=certificate.not_before, not_after=certificate.not_after
    )
    if moved is None:
        return desired, "spec.renewal.windows: none opens between the desired time and notAfter"
    return moved, None


def _parsed(window: RenewalWindow) -> Window:
    return parse_window(window.cron or "", window.window_duration, window.timezone or "")
