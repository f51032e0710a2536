"""No world that can be reached holds what must not be; and whatever is broken is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from certlife.driver import performing
from certlife.lifecycle import issuing, reconcile, requests
from certlife.lifecycle.actions import DeleteKey, StoreSecret
from certlife.lifecycle.look import Look
from certlife.lifecycle.phases import Phase
from certlife.model import annotations as keys
from certlife.policy.decision import Blocked, BlockedReason
from tests.exploration import answers
from tests.exploration.explorer import explore, explore_part, never_seen
from tests.exploration.moves import DAY, Bounds
from tests.exploration.world import WorldStore
from tests.exploration.worlds import LARGE, NEVER, SMALL, A, B

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from certlife.lifecycle.plan import Plan
    from certlife.model.request import CertificateRequest
    from certlife.model.secret import SecretData
    from certlife.model.snapshot import Snapshot

    Break = Callable[[pytest.MonkeyPatch], None]


@pytest.mark.parametrize("bounds", SMALL.values(), ids=SMALL)
def test_every_reachable_world_of_a_small_one_is_as_it_must_be(bounds: Bounds) -> None:
    report = explore(bounds)
    assert report.violations == {}
    assert report.states > 400
    assert report.twins > 50
    assert set(report.phases) >= {Phase.DUE, Phase.ASKED, Phase.ANSWERED, Phase.RESTING}


def test_a_promise_of_the_table_that_nothing_keeps_is_found() -> None:
    gaps = set(never_seen([explore_part(SMALL["one Certificate"], most=200)]))
    assert "miskeyed: never does DeleteKey" in gaps
    assert "miskeyed: never leads to keyless" in gaps
    assert "keyless: never does CreateKey" not in gaps
    assert "keyless: never leads to unasked" not in gaps


@pytest.mark.parametrize("name", sorted(LARGE.keys() - SMALL.keys()))
def test_the_beginning_of_a_large_one_is_as_it_must_be(name: str) -> None:
    assert explore_part(LARGE[name], most=60).violations == {}


def _keys_are_left(patch: pytest.MonkeyPatch) -> None:
    look = reconcile._tidied  # noqa: SLF001 — to break it

    def broken(*arguments: object, **keywords: object) -> Plan:
        plan = look(*arguments, **keywords)  # type: ignore[arg-type]
        kept = tuple(one for one in plan.actions if not isinstance(one, DeleteKey))
        return evolve(plan, actions=kept)

    patch.setattr(reconcile, "_tidied", broken)


def _the_status_goes_first(patch: pytest.MonkeyPatch) -> None:
    answered = issuing._answered  # noqa: SLF001

    def broken(*arguments: object) -> Plan:
        plan = answered(*arguments)  # type: ignore[arg-type]
        return evolve(plan, actions=plan.actions[::-1])

    patch.setattr(issuing, "_answered", broken)


def _old_answers_count(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(requests, "_is_stale", lambda *_: False)


def _requests_of_another_spec_count(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(requests, "_fits", lambda *_: True)


def _the_mark_stays(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(issuing, "without_condition", lambda status, _: status)


def _a_spoilt_key_stays(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(WorldStore, "delete_key", lambda *_: None)


def _requests_are_made_again(patch: pytest.MonkeyPatch) -> None:
    def broken(store: WorldStore, request: CertificateRequest) -> None:
        name = request.name if request.name not in store.requests else f"{request.name}-again"
        store.requests[name] = evolve(request, name=name)

    patch.setattr(WorldStore, "create_request", broken)


def _any_key_is_stored(patch: pytest.MonkeyPatch) -> None:
    secret = performing._secret  # noqa: SLF001

    def broken(action: StoreSecret, *arguments: object) -> object:
        pair = action.certificate
        made = secret(evolve(action, certificate=None), *arguments)  # type: ignore[arg-type]
        if pair is None or made is None or made.entries is None:
            return made
        return evolve(made, entries={**made.entries, "tls.crt": pair})

    patch.setattr(performing, "_secret", broken)


def _sleeps_too_long(patch: pytest.MonkeyPatch) -> None:
    resting = reconcile._resting  # noqa: SLF001

    def broken(*arguments: object) -> Plan:
        plan = resting(*arguments)  # type: ignore[arg-type]
        return evolve(plan, next_check=plan.next_check and plan.next_check + 40 * DAY)

    patch.setattr(reconcile, "_resting", broken)


def _wakes_for_nothing(patch: pytest.MonkeyPatch) -> None:
    resting = reconcile._resting  # noqa: SLF001

    def broken(look: Look, next_check: datetime | None) -> Plan:
        half = next_check and look.now + (next_check - look.now) / 2
        return resting(look, half)

    patch.setattr(reconcile, "_resting", broken)


def _the_first_secret_is_incomplete(patch: pytest.MonkeyPatch) -> None:
    secret = performing._secret  # noqa: SLF001

    def broken(action: StoreSecret, snapshot: Snapshot, *arguments: object) -> SecretData | None:
        made = secret(action, snapshot, *arguments)  # type: ignore[arg-type]
        if made is None or snapshot.certificate.status.revision:
            return made
        return evolve(made, annotations={**(made.annotations or {}), keys.ISSUER_NAME: "nobody"})

    patch.setattr(performing, "_secret", broken)


def _everything_is_blocked(patch: pytest.MonkeyPatch) -> None:
    blocked = Blocked(BlockedReason.CANNOT_REQUEST, ("nothing",))
    patch.setattr(issuing, "cannot_go_on", lambda _: blocked)


def _failures_are_not_counted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Look, "attempt", 1)


SPOILT = Bounds(specs=((A,),), answers=frozenset({answers.GOOD}), people=frozenset({"spoil keys"}))
EDITED = Bounds(specs=((A, B),), answers=frozenset({answers.GOOD}), people=frozenset())
STUBBORN = Bounds(
    specs=((NEVER,),), answers=frozenset({answers.GOOD, "returns junk"}), people=frozenset()
)
LATE = Bounds(
    specs=((A,),), answers=frozenset({answers.GOOD}), people=frozenset({"swap keys"}), races=True
)

BUGS: dict[str, tuple[Break, Bounds, str]] = {
    "the key of an issuance is never deleted": (_keys_are_left, EDITED, "leaves a key behind"),
    "the revision moves before the Secret is stored": (
        _the_status_goes_first,
        EDITED,
        "a crash leads elsewhere",
    ),
    "an answer that was refused is taken up again": (_old_answers_count, STUBBORN, "rest"),
    "a request for another spec is waited for": (_requests_of_another_spec_count, EDITED, "twice"),
    "the mark stays after success": (_the_mark_stays, EDITED, "not come to rest"),
    "a spoilt key is not replaced": (_a_spoilt_key_stays, SPOILT, "round in circles"),
    "a request is made although it is there": (_requests_are_made_again, EDITED, "twice is not"),
    "a certificate is stored with whatever key is there": (_any_key_is_stored, LATE, "joins"),
    "a renewal is slept through": (_sleeps_too_long, EDITED, "oversleeps"),
    "it is looked at again for nothing": (_wakes_for_nothing, EDITED, "waits for nothing"),
    "the first Secret names another issuer": (
        _the_first_secret_is_incomplete,
        EDITED,
        "twice for one cause",
    ),
    "an issuance is blocked by nothing": (_everything_is_blocked, EDITED, "blocked by nothing"),
    "failures are not counted": (_failures_are_not_counted, STUBBORN, "round in circles"),
}


@pytest.mark.parametrize(("broken", "bounds", "found"), BUGS.values(), ids=BUGS)
def test_a_bug_is_found(
    broken: Break, bounds: Bounds, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch)
    violations = explore_part(bounds, most=600).violations
    assert any(found in violation for violation in violations), violations
