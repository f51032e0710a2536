"""What a restored backup would re-issue, which of it for a real reason, and how to avoid the rest.

`kubectl apply` and most backup tools bring back Certificates without their status, under new uids.
Then no CertificateRequest belongs to them any more, and names are compared with the issued
certificate instead: some reasons appear by that, and others can no longer be seen. Each certificate
is judged as it was and as it would come back; what would have to come back too is found by trying.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from certlife.errors import WrongTypeError
from certlife.model.snapshot import Snapshot
from certlife.model.status import CertificateStatus
from certlife.policy.decision import BackOff, Decision, InProgress, Issue, Keep, decide
from certlife.policy.policies import TRIGGER, Policy
from certlife.schedule.instants import require_aware

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

_NOTHING_OBSERVED: Final = CertificateStatus()


class Cause(StrEnum):
    """Why a certificate would be issued after the restore, or would not."""

    RESTORE = "restore"
    """Only because of the restore: this is the storm."""

    REAL = "real"
    """It has to be issued anyway."""

    HIDDEN = "hidden"
    """It would be kept, although it has to be issued: the restore hides the reason."""

    NONE = "none"
    """It would not be, and need not, or may not yet."""


class Remedy(StrEnum):
    """What keeps the restore from deciding differently."""

    RESTORE_SECRET = "restore-secret"
    """Add the Secret to the backup, and restore it before the Certificate."""

    RESTORE_STATUS = "restore-status"
    """Restore the Certificate's status as well."""

    RESTORE_REQUESTS = "restore-requests"
    """Restore its CertificateRequests, and make the Certificate with its new uid their owner."""

    MARK = "mark"
    """Mark it for renewal once it is restored: `cmctl renew`, `mark_for_renewal`."""


@frozen
class Restoration:
    """What a restore would do to one certificate.

    Args:
        namespace: The Certificate's namespace, or None.
        name: Its name.
        before: What is decided about it as the backup has it, status and requests included.
        after: What would be decided about it as it comes back.
        cause: Why it would be issued, or would not.
        remedies: What to do so that the same is decided as before, all of it; () for nothing.
    """

    namespace: str | None
    name: str
    before: Decision
    after: Decision
    cause: Cause
    remedies: tuple[Remedy, ...]


@frozen
class RestorePlan:
    """What a restore would do.

    Args:
        restorations: One for each certificate, in their order.
    """

    restorations: tuple[Restoration, ...]

    def because(self, cause: Cause) -> tuple[Restoration, ...]:
        """Return those with this cause."""
        return tuple(one for one in self.restorations if one.cause is cause)

    @property
    def issued(self) -> tuple[Restoration, ...]:
        """Those that would be issued after the restore, whatever for."""
        return tuple(one for one in self.restorations if isinstance(one.after, Issue))


def restore_plan(
    snapshots: Iterable[Snapshot],
    *,
    now: datetime,
    policy: Policy = TRIGGER,
    with_status: bool = False,
) -> RestorePlan:
    """Say what restoring a backup would re-issue, for which reason, and how to avoid it.

    Args:
        snapshots: What the backup holds: the Certificates, with the status and requests that it
            knows, and the Secrets that it would bring back, before the Certificates.
        now: The instant of the restore, aware.
        policy: What must hold; cert-manager's code by default.
        with_status: Whether the restore brings back the Certificates' status, too.

    Raises:
        InvalidValueError: `now` is naive.
        WrongTypeError: `now` is no datetime, or one of the snapshots is none.
    """
    now = require_aware(now)
    restorations = []
    for position, one in enumerate(snapshots):
        snapshot = _snapshot(one, f"snapshots[{position}]")
        restorations.append(_restoration(snapshot, now, policy, with_status=with_status))
    return RestorePlan(tuple(restorations))


def _snapshot(one: object, path: str) -> Snapshot:
    if not isinstance(one, Snapshot):
        raise WrongTypeError("expected a Snapshot", path=path, value=f"a {type(one).__name__}")
    return one


def _restoration(
    snapshot: Snapshot, now: datetime, policy: Policy, *, with_status: bool
) -> Restoration:
    restored = _restored(snapshot, with_status=with_status)
    before = decide(snapshot, now=now, policy=policy)
    after = decide(restored, now=now, policy=policy)
    cause = _cause(snapshot, before, after)
    remedies: tuple[Remedy, ...] = ()
    if cause is Cause.HIDDEN:
        remedies = (Remedy.MARK,)
    elif cause is Cause.RESTORE:
        remedies = _remedies(snapshot, now, policy)
    certificate = snapshot.certificate
    return Restoration(certificate.namespace, certificate.name, before, after, cause, remedies)


def _restored(snapshot: Snapshot, *, with_status: bool) -> Snapshot:
    """Return the world after the restore: no request belongs to a Certificate with a new uid."""
    certificate = snapshot.certificate
    status = certificate.status if with_status else _NOTHING_OBSERVED
    window = snapshot.ari_window if with_status else None
    return evolve(
        snapshot,
        certificate=evolve(certificate, status=status),
        requests=(),
        pending_key=None,
        ari_window=window,
    )


def _cause(snapshot: Snapshot, before: Decision, after: Decision) -> Cause:
    if isinstance(after, Issue):
        was_lost = snapshot.secret is None and _was_issued(snapshot)
        is_real = isinstance(before, Issue | InProgress) and not was_lost
        return Cause.REAL if is_real else Cause.RESTORE
    is_hidden = isinstance(after, Keep) and isinstance(before, Issue | BackOff | InProgress)
    return Cause.HIDDEN if is_hidden else Cause.NONE


def _was_issued(snapshot: Snapshot) -> bool:
    status = snapshot.certificate.status
    return bool(status.revision) or status.not_after is not None


def _remedies(snapshot: Snapshot, now: datetime, policy: Policy) -> tuple[Remedy, ...]:
    """Find what has to come back; with the status and the requests all is as it was before."""
    if snapshot.secret is None:
        return (Remedy.RESTORE_SECRET,)
    status_only = _restored(snapshot, with_status=True)
    if isinstance(decide(status_only, now=now, policy=policy), Issue):
        return Remedy.RESTORE_STATUS, Remedy.RESTORE_REQUESTS
    return (Remedy.RESTORE_STATUS,)
