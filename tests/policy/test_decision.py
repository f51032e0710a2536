"""What is to be done about one Certificate now, and what is worth saying besides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from certlife.errors import InvalidValueError, WrongTypeError
from certlife.model import annotations as keys
from certlife.model.certificate import Certificate
from certlife.model.request import RequestOutcome
from certlife.model.spec import (
    KeyEncoding,
    NameConstraintItem,
    NameConstraints,
    OtherName,
    PrivateKeySpec,
    Renewal,
    RenewalPolicy,
    RenewalWindow,
    RotationPolicy,
)
from certlife.model.status import AriWindow, CertificateStatus, Condition
from certlife.pki.keys import KeyAlgorithm
from certlife.policy.decision import (
    BackOff,
    Blocked,
    InProgress,
    Issue,
    Keep,
    advice,
    cannot_issue,
    decide,
    mark_for_renewal,
)
from certlife.policy.policies import STRICT, TEMPORARY, TRIGGER, TRIGGER_DOCUMENTED
from certlife.testing import asked, failed, issued, signer
from tests.policy.worlds import (
    DUE_AT,
    ISSUED_AT,
    MICROSECOND,
    NOT_AFTER,
    QUIET,
    SPEC,
    current,
    wanting,
    with_annotations,
    with_entries,
)

if TYPE_CHECKING:
    from certlife.model.snapshot import Snapshot
    from certlife.model.spec import CertificateSpec
    from certlife.policy.decision import Decision
    from certlife.policy.policies import Policy
    from certlife.policy.violation import Violation

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = datetime(2026, 5, 1, tzinfo=UTC)
UNDER_WAY = asked(QUIET, at=LATER)
FAILED = failed(QUIET, at=LATER)
NO_SECRET = evolve(QUIET, secret=None)
CHANGED = wanting(evolve(SPEC, dns_names=["other.example"]))


def reasons(decision: Decision) -> list[str]:
    assert isinstance(decision, Issue | BackOff)
    return [violation.reason for violation in decision.violations]


def with_status(snapshot: Snapshot, status: CertificateStatus) -> Snapshot:
    return evolve(snapshot, certificate=evolve(snapshot.certificate, status=status))


def marked(snapshot: Snapshot, at: datetime = LATER) -> Snapshot:
    return evolve(snapshot, certificate=mark_for_renewal(snapshot.certificate, now=at))


class TestACertificateStands:
    def test_until_it_is_due(self) -> None:
        assert decide(QUIET, now=ISSUED_AT) == Keep(DUE_AT)
        assert decide(QUIET, now=DUE_AT - MICROSECOND) == Keep(DUE_AT)
        assert reasons(decide(QUIET, now=DUE_AT)) == ["Renewing"]

    def test_for_ever_where_time_alone_changes_nothing(self) -> None:
        disabled = wanting(evolve(SPEC, renewal=Renewal(policy=RenewalPolicy.DISABLED)))
        assert decide(disabled, now=NOT_AFTER + DAY) == Keep(None)

    def test_or_not_as_the_policy_says(self) -> None:
        disabled = wanting(evolve(SPEC, renewal=Renewal(policy=RenewalPolicy.DISABLED)))
        documented = decide(disabled, now=NOT_AFTER + DAY, policy=TRIGGER_DOCUMENTED)
        assert reasons(documented) == ["Expired"]

    def test_whatever_conditions_say_that_are_not_true(self) -> None:
        status = CertificateStatus(
            revision=1,
            conditions=[Condition("Issuing", "False", reason="ManuallyTriggered")],
        )
        assert decide(with_status(QUIET, status), now=ISSUED_AT) == Keep(DUE_AT)


class TestACertificateIsIssued:
    def test_for_every_reason_the_first_as_cert_manager_has_it(self) -> None:
        snapshot = with_annotations({keys.ISSUER_NAME: "other"}, CHANGED)
        decision = decide(snapshot, now=DUE_AT)
        assert reasons(decision) == ["IncorrectIssuer", "RequestChanged", "Renewing"]

    def test_without_a_window_error_beside_the_renewal(self) -> None:
        window = RenewalWindow(cron="x", window_duration=HOUR)
        renewal = Renewal(policy=RenewalPolicy.RENEW_BEFORE, windows=[window])
        snapshot = wanting(evolve(SPEC, renewal=renewal))
        assert reasons(decide(snapshot, now=DUE_AT)) == ["Renewing"]


class TestAFailedIssuance:
    def test_is_tried_again_after_its_backoff(self) -> None:
        decision = decide(FAILED, now=LATER + HOUR - MICROSECOND)
        assert isinstance(decision, BackOff)
        assert decision.until == LATER + HOUR
        assert reasons(decision) == ["Renewing"]
        assert reasons(decide(FAILED, now=LATER + HOUR)) == ["Renewing"]

    def test_has_the_delays_that_are_asked_for(self) -> None:
        thrice = failed(QUIET, at=LATER, attempts=3)
        decision = decide(
            thrice, now=LATER, initial_delay=timedelta(minutes=1), maximum_delay=2 * HOUR
        )
        assert isinstance(decision, BackOff)
        assert decision.until == LATER + timedelta(minutes=4)
        decision = decide(thrice, now=LATER, maximum_delay=2 * HOUR)
        assert isinstance(decision, BackOff)
        assert decision.until == LATER + 2 * HOUR

    def test_is_no_matter_where_nothing_is_violated(self) -> None:
        early = failed(QUIET, at=ISSUED_AT + DAY)
        assert decide(early, now=ISSUED_AT + DAY) == Keep(DUE_AT)

    def test_is_tried_again_at_once_for_a_spec_that_has_changed(self) -> None:
        mended = wanting(evolve(SPEC, dns_names=["mended.example"]), FAILED)
        assert reasons(decide(mended, now=LATER)) == ["RequestChanged", "Renewing"]

    def test_waits_before_anybody_asks_whether_it_can_be_issued(self) -> None:
        faulty = wanting(evolve(SPEC, usages=["flying"]), evolve(FAILED, requests=()))
        assert isinstance(decide(faulty, now=LATER), BackOff)
        assert isinstance(decide(faulty, now=LATER + HOUR), Blocked)


class TestACertificateUnderIssuance:
    def test_is_left_alone_whatever_is_wrong(self) -> None:
        assert decide(evolve(UNDER_WAY, secret=None), now=NOT_AFTER) == InProgress(LATER)

    def test_may_have_begun_nobody_knows_when(self) -> None:
        status = CertificateStatus(conditions=[Condition("Issuing", "True")])
        assert decide(with_status(NO_SECRET, status), now=LATER) == InProgress(None)


class TestAManualMark:
    def test_issues_what_stands(self) -> None:
        (violation,) = _violations(decide(marked(QUIET), now=LATER))
        assert violation.reason == "ManuallyTriggered"
        assert violation.path == "status.conditions[Issuing]"
        assert violation.check == "manual_mark"
        assert (violation.expected, violation.actual) == (None, "a mark made by hand")

    def test_goes_ahead_of_any_backoff(self) -> None:
        assert reasons(decide(marked(FAILED), now=LATER)) == ["ManuallyTriggered"]

    @pytest.mark.parametrize("outcome", [RequestOutcome.INVALID, RequestOutcome.DENIED])
    def test_counts_beside_a_request_that_has_come_to_nothing(
        self, outcome: RequestOutcome
    ) -> None:
        over = failed(QUIET, at=LATER, outcome=outcome)
        assert reasons(decide(marked(over), now=LATER)) == ["ManuallyTriggered"]

    def test_is_taken_up_by_a_request_that_waits(self) -> None:
        assert decide(marked(UNDER_WAY), now=LATER) == InProgress(LATER)

    def test_is_taken_up_by_a_request_that_was_issued(self) -> None:
        ready = Condition("Ready", "True")
        *others, waiting = UNDER_WAY.requests
        snapshot = evolve(
            marked(UNDER_WAY), requests=(*others, evolve(waiting, conditions=[ready]))
        )
        assert decide(snapshot, now=LATER) == InProgress(LATER)

    def test_is_what_cmctl_writes(self) -> None:
        certificate = evolve(QUIET.certificate, generation=7)
        status = mark_for_renewal(certificate, now=LATER).status
        condition = status.condition("Issuing")
        assert condition == Condition(
            "Issuing",
            "True",
            reason="ManuallyTriggered",
            message="Renewal was asked for by hand",
            last_transition_time=LATER,
            observed_generation=7,
        )

    def test_leaves_everything_else_of_the_status(self) -> None:
        before = QUIET.certificate.status
        after = mark_for_renewal(QUIET.certificate, now=LATER).status
        assert after.condition("Ready") == before.condition("Ready")
        assert evolve(after, conditions=before.conditions) == before

    def test_replaces_the_condition_that_was_there(self) -> None:
        conditions = mark_for_renewal(FAILED.certificate, now=LATER).status.conditions or ()
        assert [one.type for one in conditions] == ["Ready", "Issuing"]

    def test_keeps_the_time_since_when_it_is_issued(self) -> None:
        again = mark_for_renewal(UNDER_WAY.certificate, now=LATER + DAY)
        condition = again.status.condition("Issuing")
        assert condition is not None
        assert condition.last_transition_time == LATER

    def test_counts_from_now_where_an_issuance_is_over(self) -> None:
        condition = marked(FAILED, LATER + DAY).certificate.status.condition("Issuing")
        assert condition is not None
        assert condition.last_transition_time == LATER + DAY

    def test_needs_to_know_what_time_it_is(self) -> None:
        with pytest.raises(InvalidValueError, match="now: expected an aware datetime"):
            mark_for_renewal(QUIET.certificate, now=datetime(2026, 3, 1))  # noqa: DTZ001


def _violations(decision: Decision) -> tuple[Violation, ...]:
    assert isinstance(decision, Issue)
    return decision.violations


RIVAL = Certificate("api", SPEC, created=ISSUED_AT - DAY)
TWICE = evolve(QUIET, requests=(current(), evolve(current(), name="web-0")))
TWO_NEXT = evolve(
    UNDER_WAY, requests=(*UNDER_WAY.requests, evolve(UNDER_WAY.requests[-1], name="web-9"))
)


class TestNothingCanBeDone:
    @pytest.mark.parametrize(
        ("snapshot", "reason", "detail"),
        [
            pytest.param(
                evolve(NO_SECRET, certificate=evolve(QUIET.certificate, deleted=LATER)),
                "BeingDeleted",
                ("web",),
                id="the Certificate is being deleted",
            ),
            pytest.param(
                evolve(QUIET, secret=None, rivals=[RIVAL]),
                "SecretOwnedByAnother",
                ("api",),
                id="an older Certificate owns the Secret",
            ),
            pytest.param(
                TWICE, "DuplicateRequests", ("web-0", "web-1-1"), id="two current requests"
            ),
            pytest.param(
                TWO_NEXT, "DuplicateRequests", ("web-2-1", "web-9"), id="two next requests"
            ),
        ],
    )
    def test_by_whom_and_about_what(
        self, snapshot: Snapshot, reason: str, detail: tuple[str, ...]
    ) -> None:
        decision = decide(snapshot, now=NOT_AFTER)
        assert isinstance(decision, Blocked)
        assert (decision.reason, decision.detail) == (reason, detail)

    def test_is_not_so_for_the_owner(self) -> None:
        noted = evolve(QUIET, rivals=[RIVAL])  # the annotation names this one
        assert decide(noted, now=ISSUED_AT) == Keep(DUE_AT)


NEVER = PrivateKeySpec(algorithm=KeyAlgorithm.ECDSA, rotation_policy=RotationPolicy.NEVER)


class TestItCannotBeIssued:
    def test_where_a_readable_key_must_be_kept_and_does_not_fit(self) -> None:
        decision = decide(wanting(evolve(SPEC, private_key=NEVER)), now=ISSUED_AT)
        assert isinstance(decision, Blocked)
        assert (decision.reason, decision.detail) == ("CannotRegenerateKey", ("web-tls",))
        assert [one.reason for one in decision.violations] == ["SecretMismatch"]

    def test_and_says_why_it_would_be(self) -> None:
        decision = decide(wanting(evolve(SPEC, usages=["flying"]), NO_SECRET), now=ISSUED_AT)
        assert isinstance(decision, Blocked)
        assert [one.reason for one in decision.violations] == ["DoesNotExist", "RequestChanged"]

    def test_nor_for_a_mark_made_by_hand(self) -> None:
        faulty = wanting(evolve(SPEC, usages=["flying"]))
        marked = evolve(faulty, certificate=mark_for_renewal(faulty.certificate, now=ISSUED_AT))
        decision = decide(marked, now=ISSUED_AT)
        assert isinstance(decision, Blocked)
        assert decision.reason == "CannotRequest"
        assert [one.reason for one in decision.violations] == ["ManuallyTriggered"]

    def test_but_for_a_mark_it_can_where_the_next_key_is_there_and_fits(self) -> None:
        stuck = wanting(evolve(SPEC, private_key=NEVER))
        marked = evolve(stuck, certificate=mark_for_renewal(stuck.certificate, now=ISSUED_AT))
        assert isinstance(decide(marked, now=ISSUED_AT), Blocked)
        fitting = evolve(marked, pending_key=signer(NEVER, 5).private_key)
        assert reasons(decide(fitting, now=ISSUED_AT)) == ["ManuallyTriggered"]
        other = PrivateKeySpec(algorithm=KeyAlgorithm.ED25519)
        unfitting = evolve(marked, pending_key=signer(other, 5).private_key)
        assert isinstance(decide(unfitting, now=ISSUED_AT), Blocked)

    @pytest.mark.parametrize(
        "snapshot",
        [
            pytest.param(NO_SECRET, id="there is none"),
            pytest.param(with_entries({keys.TLS_PRIVATE_KEY: b"no PEM"}), id="it cannot be read"),
        ],
    )
    def test_but_a_new_key_is_made_although_it_must_be_kept_where(self, snapshot: Snapshot) -> None:
        assert cannot_issue(wanting(evolve(SPEC, private_key=NEVER), snapshot)) is None

    def test_but_a_key_that_need_not_be_kept_is_made_anew(self) -> None:
        always = evolve(NEVER, rotation_policy=RotationPolicy.ALWAYS)
        assert cannot_issue(wanting(evolve(SPEC, private_key=always))) is None

    def test_but_a_key_that_fits_is_kept(self) -> None:
        key = evolve(SPEC.effective_private_key, rotation_policy=RotationPolicy.NEVER)
        assert cannot_issue(wanting(evolve(SPEC, private_key=key))) is None

    @pytest.mark.parametrize(
        ("spec", "path"),
        [
            (evolve(SPEC, dns_names=None), "spec: "),
            (evolve(SPEC, usages=["flying"]), "spec.usages[0]: "),
            (evolve(SPEC, ip_addresses=["x"]), "spec.ipAddresses[0]: "),
            (evolve(SPEC, literal_subject="x"), "spec.literalSubject: "),
            (evolve(SPEC, other_names=[OtherName("x", "y")]), "spec.otherNames[0].oid: "),
            (
                evolve(SPEC, private_key=PrivateKeySpec(algorithm="Quantum")),
                "spec.privateKey.algorithm: ",
            ),
            (evolve(SPEC, signature_algorithm="SHA256WithRSA"), "spec.signatureAlgorithm: "),
            (
                evolve(
                    SPEC,
                    is_ca=True,
                    name_constraints=NameConstraints(permitted=NameConstraintItem(ip_ranges=["x"])),
                ),
                "spec.nameConstraints.permitted.ipRanges",
            ),
        ],
    )
    def test_where_no_request_can_be_made_of_the_spec(
        self, spec: CertificateSpec, path: str
    ) -> None:
        decision = decide(wanting(spec, NO_SECRET), now=ISSUED_AT)
        assert isinstance(decision, Blocked)
        assert decision.reason == "CannotRequest"
        assert [detail.startswith(path) for detail in decision.detail] == [True]

    @pytest.mark.parametrize(
        "spec",
        [
            pytest.param(evolve(SPEC, renewal=Renewal(policy="x")), id="a bad renewal policy"),
            pytest.param(evolve(SPEC, renew_before=DAY * 90), id="a bad renewBefore"),
            pytest.param(evolve(SPEC, revision_history_limit=0), id="a bad revisionHistoryLimit"),
        ],
    )
    def test_but_what_spoils_no_request_is_no_obstacle(self, spec: CertificateSpec) -> None:
        assert reasons(decide(wanting(spec, NO_SECRET), now=ISSUED_AT)) == ["DoesNotExist"]

    def test_but_nobody_asks_where_nothing_is_violated(self) -> None:
        faulty = wanting(evolve(SPEC, signature_algorithm="Quantum"))
        assert cannot_issue(faulty) is not None
        assert decide(faulty, now=ISSUED_AT) == Keep(DUE_AT)


WISH = AriWindow(start=ISSUED_AT + 10 * DAY, end=ISSUED_AT + 20 * DAY)


class TestAnAcmeServersWish:
    @pytest.mark.parametrize(
        ("draw", "days"), [(0.0, 10), (0.5, 15), (Fraction(1, 4), Fraction(25, 2))]
    )
    def test_makes_it_due_at_the_draw(self, draw: float | Fraction, days: Fraction) -> None:
        snapshot = evolve(QUIET, ari_window=WISH)
        at = ISSUED_AT + DAY * float(days)
        assert decide(snapshot, now=ISSUED_AT, ari_draw=draw) == Keep(at)
        assert reasons(decide(snapshot, now=at, ari_draw=draw)) == ["Renewing"]

    @pytest.mark.parametrize(
        "window",
        [
            pytest.param(None, id="there is none"),
            pytest.param(AriWindow(end=WISH.end), id="it has no start"),
            pytest.param(AriWindow(start=WISH.start, end=WISH.start), id="it has no length"),
        ],
    )
    def test_does_not_count_where(self, window: AriWindow | None) -> None:
        snapshot = evolve(QUIET, ari_window=window)
        assert decide(snapshot, now=ISSUED_AT, ari_draw=0.5) == Keep(DUE_AT)

    def test_without_an_end_is_due_at_its_start_whatever_the_draw(self) -> None:
        snapshot = evolve(QUIET, ari_window=AriWindow(start=WISH.start))
        assert decide(snapshot, now=ISSUED_AT, ari_draw=0.5) == Keep(WISH.start)

    def test_needs_a_draw_in_its_range(self) -> None:
        with pytest.raises(InvalidValueError, match="ari_draw"):
            decide(evolve(QUIET, ari_window=WISH), now=ISSUED_AT, ari_draw=1)


def test_a_decision_needs_to_know_what_time_it_is() -> None:
    with pytest.raises(InvalidValueError, match="now: expected an aware datetime"):
        decide(QUIET, now=datetime(2026, 3, 1))  # noqa: DTZ001 — naive is what it is about
    with pytest.raises(WrongTypeError, match="now: expected an aware datetime"):
        decide(QUIET, now="today")  # type: ignore[arg-type]


def said(snapshot: Snapshot, now: datetime, policy: Policy = TRIGGER) -> list[tuple[str, str]]:
    return [(one.check, one.path) for one in advice(snapshot, now=now, policy=policy)]


class TestAdvice:
    def test_is_nothing_where_nothing_is_worth_saying(self) -> None:
        assert said(QUIET, ISSUED_AT) == []

    def test_is_what_the_strict_policy_finds_besides(self) -> None:
        encoded = PrivateKeySpec(algorithm=KeyAlgorithm.ECDSA, encoding=KeyEncoding.PKCS8)
        before = issued(evolve(SPEC, private_key=evolve(encoded, encoding=None)), at=ISSUED_AT)
        snapshot = wanting(evolve(SPEC, private_key=encoded), before)
        assert said(snapshot, ISSUED_AT) == [
            ("private_key_encoding_mismatch", "spec.privateKey.encoding")
        ]
        assert said(snapshot, ISSUED_AT, STRICT) == []

    def test_does_not_repeat_what_the_policy_has_said_of_a_field(self) -> None:
        # Request and certificate lack the same name: one says it for both.
        assert said(CHANGED, ISSUED_AT) == []

    def test_says_that_a_certificate_has_expired_whose_renewal_is_disabled(self) -> None:
        disabled = wanting(evolve(SPEC, renewal=Renewal(policy=RenewalPolicy.DISABLED)))
        assert said(disabled, NOT_AFTER + MICROSECOND) == [
            ("current_certificate_has_expired", "secret.data[tls.crt].notAfter")
        ]
        assert said(disabled, NOT_AFTER + MICROSECOND, TRIGGER_DOCUMENTED) == []

    def test_says_that_a_window_cannot_be_kept_once_it_is_due(self) -> None:
        renewal = Renewal(
            policy=RenewalPolicy.RENEW_BEFORE,
            windows=[RenewalWindow(cron="x", window_duration=HOUR)],
        )
        snapshot = wanting(evolve(SPEC, renewal=renewal))
        assert said(snapshot, DUE_AT - MICROSECOND) == []
        assert [path for _, path in said(snapshot, DUE_AT)] == ["spec.renewal"]
        assert [path for _, path in said(snapshot, DUE_AT, STRICT)] == ["spec.renewal"]

    def test_for_a_policy_that_asks_less_says_the_rest(self) -> None:
        assert ("current_certificate_nearing_expiry", "status.renewalTime") in said(
            QUIET, DUE_AT, TEMPORARY
        )

    def test_needs_to_know_what_time_it_is(self) -> None:
        with pytest.raises(InvalidValueError, match="now: expected an aware datetime"):
            advice(QUIET, now=datetime(2026, 3, 1))  # noqa: DTZ001 — likewise
