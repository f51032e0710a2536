"""What one look at a certificate comes to: where in its life it is, what to do, what to tell."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import frozen

from certlife.lifecycle.actions import Action
from certlife.lifecycle.phases import Phase
from certlife.policy.violation import Violation


class EventType(StrEnum):
    """Whether somebody should worry."""

    NORMAL = "Normal"
    WARNING = "Warning"


@frozen
class Event:
    """Something that happened, for people to read.

    Args:
        type: Whether somebody should worry.
        reason: cert-manager's word for it, where it has one.
        message: A sentence.
        evidence: The violations that it is about.
    """

    type: EventType
    reason: str
    message: str
    evidence: tuple[Violation, ...] = ()


@frozen
class Plan:
    """What to do next about one Certificate.

    Args:
        phase: Where in its life it is.
        actions: What to do, in this order; after any of them it is safe to stop and look anew.
        events: What to tell.
        next_check: When to look again though nothing else has changed; None for never.
    """

    phase: Phase
    actions: tuple[Action, ...] = ()
    events: tuple[Event, ...] = ()
    next_check: datetime | None = None
