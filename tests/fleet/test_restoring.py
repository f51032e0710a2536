"""A restore is judged before it happens: what it would issue, why, and what keeps it from that."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest
from attrs import evolve

from certlife.errors import InvalidValueError, WrongTypeError
from certlife.fleet import Cause, Kind, Remedy, restore_plan
from certlife.model.certificate import Certificate
from certlife.model.snapshot import Snapshot
from certlife.model.status import AriWindow
from certlife.policy.decision import BackOff, Blocked, Keep, mark_for_renewal
from certlife.testing import asked, failed
from certlife.testing.builders import request, signer
from tests.fleet.worlds import LATER, NOW, named
from tests.policy.worlds import QUIET, SPEC, stored, wanting

if TYPE_CHECKING:
    from datetime import datetime

    from certlife.fleet import Restoration

HOUR: Final = timedelta(hours=1)


def edited_by_the_issuer() -> Snapshot:
    """The request asks for a name that the issuer left out of the certificate."""
    spec = evolve(SPEC, dns_names=["web.example", "www.web.example", "left.out.example"])
    certificate = evolve(QUIET.certificate, spec=spec)
    before_issuance = evolve(certificate, status=evolve(certificate.status, revision=None))
    asking = request(before_issuance, signer(spec.effective_private_key, 1), at=NOW)
    return evolve(QUIET, certificate=certificate, requests=(asking,))


def lost_and_found(snapshot: Snapshot) -> Snapshot:
    return evolve(snapshot, secret=None)


def restored(snapshot: Snapshot, now: datetime = NOW, *, with_status: bool = False) -> Restoration:
    [found] = restore_plan([snapshot], now=now, with_status=with_status).restorations
    return found


def marked(snapshot: Snapshot) -> Snapshot:
    return evolve(snapshot, certificate=mark_for_renewal(snapshot.certificate, now=NOW))


LONGER: Final = evolve(SPEC, duration=timedelta(days=30))
DURATION_CHANGED: Final = evolve(
    wanting(LONGER),
    requests=tuple(evolve(one, duration=timedelta(days=90)) for one in QUIET.requests),
)


@pytest.mark.parametrize(
    ("snapshot", "now", "cause", "remedies"),
    [
        (QUIET, NOW, Cause.NONE, ()),
        (QUIET, LATER, Cause.REAL, ()),
        (lost_and_found(QUIET), NOW, Cause.RESTORE, (Remedy.RESTORE_SECRET,)),
        (
            Snapshot(Certificate("web", SPEC), secret=None, requests=()),
            NOW,
            Cause.REAL,
            (),
        ),
        (
            edited_by_the_issuer(),
            NOW,
            Cause.RESTORE,
            (Remedy.RESTORE_STATUS, Remedy.RESTORE_REQUESTS),
        ),
        (failed(QUIET, at=LATER), LATER + HOUR / 2, Cause.RESTORE, (Remedy.RESTORE_STATUS,)),
        (asked(QUIET, at=LATER), LATER, Cause.REAL, ()),
        (DURATION_CHANGED, NOW, Cause.HIDDEN, (Remedy.MARK,)),
        (marked(QUIET), NOW, Cause.HIDDEN, (Remedy.MARK,)),
        (asked(marked(QUIET), at=NOW), NOW, Cause.HIDDEN, (Remedy.MARK,)),
        (
            evolve(QUIET, ari_window=AriWindow(start=NOW - HOUR, end=NOW + HOUR)),
            NOW,
            Cause.HIDDEN,
            (Remedy.MARK,),
        ),
    ],
    ids=[
        "nothing is wrong with it",
        "it is due anyway",
        "its Secret is not in the backup",
        "it was never issued",
        "its issuer edits names, so that only the request fits the spec",
        "it backs off, and its status would forget that",
        "it is being issued because it is due",
        "its duration was changed, which only the request shows",
        "it was marked by hand",
        "it is being issued by hand",
        "its ACME server wants it renewed early",
    ],
)
def test_a_restored_certificate_is_issued_because(
    snapshot: Snapshot, now: datetime, cause: Cause, remedies: tuple[Remedy, ...]
) -> None:
    found = restored(snapshot, now)
    assert (found.cause, found.remedies) == (cause, remedies)


def test_what_needs_a_status_is_as_before_where_the_status_is_restored() -> None:
    found = restored(failed(QUIET, at=LATER), LATER + HOUR / 2, with_status=True)
    assert isinstance(found.after, BackOff)
    assert found.cause is Cause.NONE, "to mark it would cut its backoff short"
    window = AriWindow(start=NOW - HOUR, end=NOW + HOUR)
    found = restored(evolve(QUIET, ari_window=window), with_status=True)
    assert found.cause is Cause.REAL


def test_what_is_blocked_after_the_restore_is_neither_issued_nor_hidden() -> None:
    deleted = evolve(QUIET, certificate=evolve(QUIET.certificate, deleted=NOW))
    assert restored(deleted).cause is Cause.NONE
    unable = evolve(marked(QUIET), rivals=())
    rival = evolve(named("another").certificate, created=NOW - timedelta(days=900))
    annotated = evolve(stored(), annotations={"cert-manager.io/certificate-name": "another"})
    blocked = evolve(unable, rivals=(rival,), secret=annotated)
    found = restored(blocked)
    assert isinstance(found.after, Blocked)
    assert found.cause is Cause.NONE


def test_a_plan_can_be_asked_by_cause_and_for_all_that_is_issued() -> None:
    plan = restore_plan([QUIET, lost_and_found(named("lost")), wanting(LONGER)], now=NOW)
    assert [one.name for one in plan.because(Cause.RESTORE)] == ["lost"]
    assert [one.name for one in plan.issued] == ["lost"]
    first = plan.restorations[0]
    assert (first.namespace, first.name) == ("default", "web")
    assert isinstance(first.before, Keep)
    assert Kind.of(first.after) is Kind.KEEP


def test_what_is_no_snapshot_is_refused() -> None:
    with pytest.raises(WrongTypeError, match=r"snapshots\[0\]: expected a Snapshot, got a str"):
        restore_plan(["web"], now=NOW)  # type: ignore[list-item]


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(InvalidValueError):
        restore_plan([], now=NOW.replace(tzinfo=None))
