"""What one look at a certificate has to go by, and how a plan is made of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from attrs import frozen

from certlife.lifecycle.actions import Action, UpdateStatus, key_name
from certlife.lifecycle.plan import Event, EventType, Plan
from certlife.lifecycle.status_writing import READY
from certlife.model.snapshot import Snapshot
from certlife.model.status import CertificateStatus
from certlife.policy.violation import Reason

if TYPE_CHECKING:
    from certlife.lifecycle.phases import Phase


@frozen
class Look:
    """A snapshot, an instant, and the status brought up to date.

    Args:
        snapshot: The Certificate and what surrounds it.
        now: The instant, aware.
        status: The Certificate's status with all that can be seen.
        initial_delay: How long to wait after an issuance that was of no use.
        next_check: When the passing of time alone changes the status; None for never.
    """

    snapshot: Snapshot
    now: datetime
    status: CertificateStatus
    initial_delay: timedelta
    next_check: datetime | None

    @property
    def attempt(self) -> int:
        """Which attempt at the next revision this is, from 1."""
        return max(self.snapshot.certificate.status.failed_issuance_attempts or 0, 0) + 1

    @property
    def key_name(self) -> str:
        """The name of the key for this attempt."""
        snapshot = self.snapshot
        return key_name(snapshot.certificate.name, snapshot.next_revision, self.attempt)

    def update(self, status: CertificateStatus) -> UpdateStatus:
        """Write this status, if the one there still is what was seen."""
        return UpdateStatus(self.snapshot.certificate.status, status)

    def plan(
        self,
        phase: Phase,
        *actions: Action,
        events: tuple[Event, ...] = (),
        next_check: datetime | None = None,
    ) -> Plan:
        """Make the plan; the status is brought up to date first, where no action writes it.

        Args:
            phase: Where in its life the certificate is.
            actions: What to do, in this order.
            events: What to tell.
            next_check: When to look again, if that is before time changes the status.
        """
        before = self.snapshot.certificate.status
        if self.status != before and not any(isinstance(one, UpdateStatus) for one in actions):
            actions = (self.update(self.status), *actions)
        at = _earlier(next_check, self.next_check)
        return Plan(phase, actions, (*events, *_new_window_error(before, self.status)), at)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    """Return the earlier of two instants, None where neither is there."""
    return min((at for at in (one, other) if at is not None), default=None)


def _new_window_error(before: CertificateStatus, after: CertificateStatus) -> tuple[Event, ...]:
    """Tell of a renewal window that cannot be kept when that shows first."""
    was, now = before.condition(READY), after.condition(READY)
    if now is None or now.reason != Reason.WINDOW_ERROR:
        return ()
    if was is not None and (was.reason, was.message) == (now.reason, now.message):
        return ()
    return (Event(EventType.WARNING, Reason.WINDOW_ERROR, now.message or ""),)
