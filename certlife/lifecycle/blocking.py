"""Saying, once, that nothing can be done before somebody else has moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve

from certlife.lifecycle.phases import Phase
from certlife.lifecycle.plan import Event, EventType, Plan
from certlife.lifecycle.status_writing import with_condition
from certlife.model.status import ConditionStatus
from certlife.policy.decision import Blocked, BlockedReason

if TYPE_CHECKING:
    from certlife.lifecycle.look import Look

BLOCKED: Final = "Blocked"
"""The condition that is True while nothing can be done before somebody else has moved."""


def blocked_plan(look: Look, blocked: Blocked) -> Plan:
    """Say what stands in the way; the condition remembers that it has been said.

    Args:
        look: What there is to go by.
        blocked: What stands in the way.
    """
    message = f"{_MESSAGES[blocked.reason]}: {'; '.join(blocked.detail)}"
    reason = _REASONS.get(blocked.reason, str(blocked.reason))
    status = with_condition(
        look.status, look.snapshot, BLOCKED, ConditionStatus.TRUE, reason, message, now=look.now
    )
    said = look.snapshot.certificate.status.condition(BLOCKED)
    is_news = said is None or (said.reason, said.message) != (reason, message)
    events = (Event(EventType.WARNING, reason, message, blocked.violations),) if is_news else ()
    return evolve(look, status=status).plan(Phase.BLOCKED, events=events)


_MESSAGES: Final = {
    BlockedReason.SECRET_OWNED_BY_ANOTHER: "The Secret belongs to another Certificate",
    BlockedReason.DUPLICATE_REQUESTS: (
        "There are several requests for one revision; delete all but one"
    ),
    BlockedReason.CANNOT_REGENERATE_KEY: (
        "The stored private key does not fit the spec, and rotationPolicy is Never: "
        "allow Always, mend the spec, or replace the key"
    ),
    BlockedReason.CANNOT_REQUEST: "No certificate request can be made of the spec",
}
"""What to tell, by what is in the way; of a Certificate that is being deleted nothing is told."""

_REASONS: Final = {
    BlockedReason.CANNOT_REGENERATE_KEY: "CannotRegenerateKey",
    BlockedReason.CANNOT_REQUEST: "RequestFailed",
}
"""cert-manager's words, where it has one."""
