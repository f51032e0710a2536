"""Which requests still count for an issuance, which are over, and which may be forgotten."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from certlife.errors import Unreadable
from certlife.lifecycle.actions import request_name
from certlife.model.request import RequestOutcome
from certlife.model.status import first_condition
from certlife.policy.decision import ISSUING
from certlife.policy.matching import request_matches_spec

if TYPE_CHECKING:
    from datetime import datetime

    from certlife.model.request import CertificateRequest
    from certlife.model.snapshot import Snapshot
    from certlife.pki.keys import PrivateKey

DEFAULT_HISTORY_LIMIT: Final = 1
"""How many requests of past revisions are kept where the spec says nothing."""

_REVISION: Final = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)
_OVER: Final = (RequestOutcome.FAILED, RequestOutcome.INVALID, RequestOutcome.DENIED)
_CONDITION: Final = {
    RequestOutcome.FAILED: "Ready",
    RequestOutcome.INVALID: "InvalidRequest",
    RequestOutcome.DENIED: "Denied",
    RequestOutcome.ISSUED: "Ready",
}


def is_over(request: CertificateRequest) -> bool:
    """Whether a request has come to an end without a certificate."""
    return request.outcome in _OVER


def failure_of(request: CertificateRequest) -> tuple[str, str]:
    """Return the reason and the message with which a request ended."""
    condition = first_condition(request.conditions, _CONDITION[request.outcome])
    reason = (condition and condition.reason) or str(request.outcome)
    return reason, (condition and condition.message) or "the issuer gave no message"


def outdated_requests(
    snapshot: Snapshot, key: PrivateKey, attempt: int
) -> tuple[CertificateRequest, ...]:
    """Return the requests that are of no use for this issuance, in whatever state they are.

    Those of no revision; and of the next revision those that no longer fit the spec or the key,
    cannot be read, or came to an end before this issuance began.

    Args:
        snapshot: The Certificate and what surrounds it.
        key: The private key of this issuance.
        attempt: Which attempt at this revision this is, from 1.
    """
    revisionless = (one for one in snapshot.requests if not _REVISION.fullmatch(one.revision or ""))
    useless = (
        one
        for one in snapshot.next_requests
        if not _fits(one, snapshot, key) or _is_stale(one, snapshot, attempt)
    )
    return (*revisionless, *useless)


def past_requests(snapshot: Snapshot) -> tuple[CertificateRequest, ...]:
    """Return the requests of past revisions that are more than the history limit.

    The newest are kept. The request of the current revision always is: without it, changes of the
    spec would be compared with the certificate only, and mostly go unseen.
    """
    limit = snapshot.certificate.spec.revision_history_limit
    kept = max(DEFAULT_HISTORY_LIMIT if limit is None else limit, 1)
    current = snapshot.certificate.status.revision or 0
    past = sorted(
        (int(one.revision or ""), one.name, index)
        for index, one in enumerate(snapshot.requests)
        if _REVISION.fullmatch(one.revision or "") and int(one.revision or "") <= current
    )
    return tuple(snapshot.requests[index] for _, _, index in past[: max(len(past) - kept, 0)])


def _fits(request: CertificateRequest, snapshot: Snapshot, key: PrivateKey) -> bool:
    matching = request_matches_spec(request, snapshot.certificate.spec)
    csr = request.csr_reading
    return (
        matching.unreadable is None
        and not matching.differences
        and not isinstance(csr, Unreadable)
        and key.matches(csr.public_key)
    )


def _is_stale(request: CertificateRequest, snapshot: Snapshot, attempt: int) -> bool:
    """Whether a request came to its end in another attempt than this one.

    An issued one, too, if its certificate could not be accepted: with rotation policy Never it
    fits the next attempt's key. (cert-manager keeps it, and fails by it for ever.)

    Ours say so by their names, whatever the clock did meanwhile. Of others, cert-manager's rule:
    it ended before the issuance began.
    """
    if request.outcome is RequestOutcome.PENDING:
        return False
    wanted = request_name(snapshot.certificate.name, snapshot.next_revision, attempt)
    if request.name.rpartition("-")[0] == wanted.rpartition("-")[0]:
        return request.name != wanted
    began, ended = _began(snapshot), _ended(request)
    return began is not None and ended is not None and ended < began


def _began(snapshot: Snapshot) -> datetime | None:
    issuing = snapshot.certificate.status.condition(ISSUING)
    return issuing.last_transition_time if issuing else None


def _ended(request: CertificateRequest) -> datetime | None:
    condition = first_condition(request.conditions, _CONDITION[request.outcome])
    return request.failure_time or (condition.last_transition_time if condition else None)
