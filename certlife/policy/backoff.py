"""When a failed issuance may be tried again: exponential backoff, from 1 to 32 hours by default."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from certlife.policy.matching import request_matches_spec
from certlife.schedule.instants import shift

if TYPE_CHECKING:
    from certlife.model.snapshot import Snapshot

INITIAL_DELAY: Final = timedelta(hours=1)
MAXIMUM_DELAY: Final = timedelta(hours=32)

_NO_DELAY: Final = timedelta(0)


def backoff_delay(
    attempts: int | None,
    *,
    initial: timedelta = INITIAL_DELAY,
    maximum: timedelta = MAXIMUM_DELAY,
) -> timedelta:
    """How long to wait after so many failed issuances in a row.

    max(initial, min(maximum, initial * 2 ** (attempts - 1))), as cert-manager's trigger
    controller computes it: a maximum below the initial delay gives the initial one.

    Args:
        attempts: How many issuances have failed; None and anything below 1 count as 1.
        initial: The first delay. Zero or less means that nothing is ever waited.
        maximum: The longest delay.

    Returns:
        The delay, zero or more, counted from the last failure.
    """
    if initial <= _NO_DELAY:
        return _NO_DELAY
    delay = initial
    for _ in range((attempts or 1) - 1):
        if delay >= maximum:  # within 60 doublings, as a timedelta ends at 10**9 days
            break
        delay += min(delay, maximum - delay)  # twice as long, without passing that end
    return delay


def backoff_until(
    snapshot: Snapshot,
    *,
    initial: timedelta = INITIAL_DELAY,
    maximum: timedelta = MAXIMUM_DELAY,
) -> datetime | None:
    """Until when a failed issuance is not tried again.

    The wait ends early where the failed request no longer matches the spec (somebody has mended
    it) or cannot be read. A request that is gone does not end it.

    Args:
        snapshot: Its status says when and how often it failed.
        initial: The delay after the first failure.
        maximum: The longest delay.

    Returns:
        The first instant at which it may be tried again, or None where nothing has to be waited.
        It may lie in the past.
    """
    status = snapshot.certificate.status
    if status.last_failure_time is None or initial <= _NO_DELAY:
        return None
    request = snapshot.next_request
    if request is not None:
        matching = request_matches_spec(request, snapshot.certificate.spec)
        if matching.unreadable is not None or matching.differences:
            return None
    delay = backoff_delay(status.failed_issuance_attempts, initial=initial, maximum=maximum)
    return shift(status.last_failure_time, delay)
