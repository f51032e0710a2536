"""How long a failed issuance waits, and what ends the wait early."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from certlife.model.status import CertificateStatus
from certlife.policy.backoff import backoff_delay, backoff_until
from certlife.testing import failed
from tests.policy.worlds import QUIET, SPEC, wanting

if TYPE_CHECKING:
    from certlife.model.snapshot import Snapshot

HOUR = timedelta(hours=1)
FAILED_AT = datetime(2026, 5, 1, tzinfo=UTC)
FAILED = failed(QUIET, at=FAILED_AT)


class TestTheDelay:
    @pytest.mark.parametrize(
        ("attempts", "hours"),
        [
            (None, 1),
            (-1, 1),
            (0, 1),
            (1, 1),
            (2, 2),
            (3, 4),
            (5, 16),
            (6, 32),
            (7, 32),
            (10**18, 32),
        ],
    )
    def test_doubles_from_one_hour_to_32(self, attempts: int | None, hours: int) -> None:
        assert backoff_delay(attempts) == hours * HOUR

    @pytest.mark.parametrize(
        ("initial", "maximum", "attempts", "delay"),
        [
            pytest.param(HOUR, 3 * HOUR, 3, 3 * HOUR, id="is cut to the longest"),
            pytest.param(3 * HOUR, HOUR, 1, 3 * HOUR, id="is the first, were the longest shorter"),
            pytest.param(3 * HOUR, HOUR, 5, 3 * HOUR, id="does not grow then"),
            pytest.param(timedelta(), HOUR, 5, timedelta(), id="is none, were the first none"),
            pytest.param(-HOUR, HOUR, 5, timedelta(), id="is none, were the first negative"),
            pytest.param(
                timedelta.max - HOUR,
                timedelta.max,
                9,
                timedelta.max,
                id="ends where timedelta does",
            ),
        ],
    )
    def test_between_other_bounds(
        self, initial: timedelta, maximum: timedelta, attempts: int, delay: timedelta
    ) -> None:
        assert backoff_delay(attempts, initial=initial, maximum=maximum) == delay


class TestTheWait:
    @pytest.mark.parametrize(("attempts", "hours"), [(1, 1), (3, 4), (9, 32)])
    def test_counts_from_the_last_failure(self, attempts: int, hours: int) -> None:
        snapshot = failed(QUIET, at=FAILED_AT, attempts=attempts)
        assert backoff_until(snapshot) == FAILED_AT + hours * HOUR

    def test_has_the_bounds_that_are_asked_for(self) -> None:
        snapshot = failed(QUIET, at=FAILED_AT, attempts=9)
        until = backoff_until(snapshot, initial=HOUR, maximum=3 * HOUR)
        assert until == FAILED_AT + 3 * HOUR

    @pytest.mark.parametrize(
        "snapshot",
        [
            pytest.param(QUIET, id="where nothing failed"),
            pytest.param(
                wanting(evolve(SPEC, dns_names=["mended.example"]), FAILED),
                id="where the spec has changed since",
            ),
            pytest.param(
                wanting(evolve(SPEC, literal_subject="no distinguished name"), FAILED),
                id="where request and spec cannot be compared",
            ),
            pytest.param(
                evolve(FAILED, requests=[evolve(one, csr=b"") for one in FAILED.requests]),
                id="where the request cannot be read",
            ),
        ],
    )
    def test_is_over(self, snapshot: Snapshot) -> None:
        assert backoff_until(snapshot) is None

    def test_goes_on_where_the_request_is_gone(self) -> None:
        assert backoff_until(evolve(FAILED, requests=())) == FAILED_AT + HOUR

    def test_is_none_where_nothing_is_ever_waited(self) -> None:
        assert backoff_until(FAILED, initial=timedelta()) is None

    def test_ends_at_the_calendars_end(self) -> None:
        late = datetime.max.replace(tzinfo=UTC)
        status = CertificateStatus(last_failure_time=late)
        snapshot = evolve(
            FAILED, certificate=evolve(FAILED.certificate, status=status), requests=()
        )
        assert backoff_until(snapshot) == late
