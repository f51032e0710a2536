"""The life of a certificate in one table: each phase, when it is one, what is done, what follows.

A phase is derived from what is observed and never stored. The diagram in the documentation is made
from this table, and the tests hold every step that is ever taken against it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from attrs import frozen

from certlife.lifecycle.actions import (
    CreateKey,
    CreateRequest,
    DeleteKey,
    DeleteRequest,
    StoreSecret,
    UpdateStatus,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


class Phase(StrEnum):
    """Where in its life a certificate is."""

    GONE = "gone"
    BLOCKED = "blocked"
    RESTING = "resting"
    WAITING = "waiting"
    DUE = "due"
    KEYLESS = "keyless"
    MISKEYED = "miskeyed"
    OUTDATED = "outdated"
    UNASKED = "unasked"
    ASKED = "asked"
    REFUSED = "refused"
    ANSWERED = "answered"


@frozen
class Row:
    """One phase.

    Args:
        when: How it is recognised, as a clause.
        does: The actions that are taken in it, beside keeping the status up to date.
        then: The phases that those actions lead to, as long as nobody else does anything.
        awaits: What else it may be left by, "" where it is left by its own actions.
    """

    when: str
    does: tuple[type[object], ...]
    then: tuple[Phase, ...]
    awaits: str = ""


TABLE: Final[Mapping[Phase, Row]] = {
    Phase.GONE: Row("its deletion was asked for", (), ()),
    Phase.BLOCKED: Row(
        "somebody else must move first",
        (),
        (Phase.BLOCKED,),
        "a person or another Certificate moves",
    ),
    Phase.RESTING: Row(
        "the policy is satisfied",
        (DeleteKey, DeleteRequest),
        (Phase.RESTING,),
        "renewal falls due, or the spec, the Secret or a request changes",
    ),
    Phase.WAITING: Row(
        "it must be issued, but that failed lately",
        (DeleteKey,),
        (Phase.WAITING,),
        "the backoff ends, the spec is mended or somebody marks it",
    ),
    Phase.DUE: Row(
        "it must be issued and is not marked, or is marked and has no name for a key",
        (DeleteKey, UpdateStatus),
        (
            Phase.KEYLESS,
            Phase.UNASKED,
            Phase.MISKEYED,
            Phase.OUTDATED,
            Phase.ASKED,
            Phase.REFUSED,
            Phase.ANSWERED,
            Phase.BLOCKED,
        ),
    ),
    Phase.KEYLESS: Row(
        "the key of this issuance is missing or cannot be read",
        (CreateKey,),
        (
            Phase.UNASKED,
            Phase.OUTDATED,
            Phase.ASKED,
            Phase.REFUSED,
            Phase.ANSWERED,
        ),
    ),
    Phase.MISKEYED: Row(
        "the key of this issuance does not fit the spec", (DeleteKey,), (Phase.KEYLESS,)
    ),
    Phase.OUTDATED: Row(
        "a request no longer fits the spec or the key, or ended in an earlier attempt",
        (DeleteRequest,),
        (
            Phase.UNASKED,
            Phase.ASKED,
            Phase.REFUSED,
            Phase.ANSWERED,
            Phase.BLOCKED,
            Phase.DUE,
        ),
    ),
    Phase.UNASKED: Row("no request is under way", (CreateRequest,), (Phase.ASKED,)),
    Phase.ASKED: Row(
        "a request is under way", (StoreSecret,), (Phase.ASKED,), "the issuer answers"
    ),
    Phase.REFUSED: Row(
        "the request failed, is invalid or denied, or its certificate is not acceptable",
        (UpdateStatus,),
        (Phase.WAITING, Phase.RESTING),
    ),
    Phase.ANSWERED: Row(
        "the issuer has answered with a certificate that is acceptable",
        (StoreSecret, UpdateStatus),
        (Phase.RESTING, Phase.WAITING, Phase.DUE),
    ),
}
"""What is done in which phase, and what follows."""


def diagram() -> str:
    """Draw the table as a Mermaid state diagram: what follows by itself, and what is waited for."""
    lines = ["stateDiagram-v2", "    [*] --> due"]
    for phase, row in TABLE.items():
        does = ", ".join(action.__name__ for action in row.does)
        lines.append(f"    {phase}: {phase}: {row.when}{f' / {does}' if does else ''}")
        lines += [f"    {phase} --> {after}" for after in row.then if after is not phase]
        lines += [f"    {phase} --> {phase}: {row.awaits}"] if row.awaits else []
    return "\n".join(lines)
