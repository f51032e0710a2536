"""Policies as values: their order, their sums, what they refuse."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from certlife.errors import InvalidValueError, WrongTypeError
from certlife.model import annotations as keys
from certlife.model.spec import (
    KeyEncoding,
    NameConstraintItem,
    NameConstraints,
    OtherName,
    PrivateKeySpec,
)
from certlife.pki.keys import KeyAlgorithm
from certlife.policy.policies import (
    READINESS,
    STRICT,
    TEMPORARY,
    TRIGGER,
    TRIGGER_DOCUMENTED,
    Check,
    Policy,
    post_issuance_policy,
)
from certlife.policy.violation import NotApplicable, Violation
from certlife.testing import issued, signer
from tests.policy.worlds import (
    DUE_AT,
    ISSUED_AT,
    MICROSECOND,
    NOT_AFTER,
    QUIET,
    SPEC,
    wanting,
    with_annotations,
    with_entries,
)

if TYPE_CHECKING:
    from certlife.model.snapshot import Snapshot
    from certlife.policy.checks import Answer

STANDING = [
    "secret_does_not_exist",
    "secret_is_missing_data",
    "secret_public_keys_differ",
    "secret_issuer_annotations_mismatch",
    "secret_certificate_name_annotations_mismatch",
    "secret_private_key_mismatches_spec",
    "secret_public_key_differs_from_current_certificate_request",
    "current_certificate_request_mismatches_spec",
]
DUE, EXPIRED = "current_certificate_nearing_expiry", "current_certificate_has_expired"
DOCUMENTED = ["certificate_names_mismatch_spec", "request_duration_added_or_removed", EXPIRED]
STRICTER = [
    "request_other_names_removed",
    "request_name_constraints_mismatch",
    "request_usages_encoding_mismatch",
    "request_signature_algorithm_mismatch",
    "private_key_encoding_mismatch",
]


@pytest.mark.parametrize(
    ("policy", "names"),
    [
        (TEMPORARY, STANDING[:3]),
        (TRIGGER, [*STANDING, DUE]),
        (READINESS, [*STANDING, EXPIRED]),
        (TRIGGER_DOCUMENTED, [*STANDING, DUE, *DOCUMENTED]),
        (STRICT, [*STANDING, DUE, *DOCUMENTED, *STRICTER]),
    ],
    ids=lambda value: value.name if isinstance(value, Policy) else "",
)
def test_a_policy_asks_its_checks_in_this_order(policy: Policy, names: list[str]) -> None:
    assert [check.name for check in policy.checks] == names


# A world in which each check of the strict policy finds something; most take a Secret of its own.
OTHER = signer(PrivateKeySpec(algorithm=KeyAlgorithm.ECDSA))
CHANGED = evolve(
    SPEC,
    dns_names=["other.example"],
    duration=timedelta(days=1),
    private_key=PrivateKeySpec(algorithm=KeyAlgorithm.RSA, encoding=KeyEncoding.PKCS8),
    signature_algorithm="SHA256WithRSA",
    encode_usages_in_request=False,
    name_constraints=NameConstraints(permitted=NameConstraintItem(dns_domains=["example"])),
)
WRONG = with_annotations(
    {keys.ISSUER_NAME: "other", keys.CERTIFICATE_NAME: "other"},
    with_entries(
        {keys.TLS_PRIVATE_KEY: OTHER.pem},
        wanting(
            CHANGED,
            issued(evolve(SPEC, other_names=[OtherName("1.2.3.4", "x")]), at=ISSUED_AT),
        ),
    ),
)
NO_DATA = with_entries({keys.TLS_CERTIFICATE: b""})
NO_SECRET = evolve(QUIET, secret=None)


def test_a_violation_names_the_check_that_found_it() -> None:
    names = set()
    for snapshot in (WRONG, NO_DATA, NO_SECRET):
        for check, answer in STRICT.each(snapshot, now=NOT_AFTER + MICROSECOND):
            if not isinstance(answer, NotApplicable):
                assert {violation.check for violation in answer} <= {check.name}
                names |= {violation.check for violation in answer}
    assert names == {check.name for check in STRICT.checks}


class TestAskingAPolicy:
    def test_the_first_violated_check_is_what_cert_manager_reports(self) -> None:
        (first,) = TRIGGER.first(NO_DATA, now=ISSUED_AT)
        assert first.reason == "MissingData"

    def test_the_first_check_that_is_violated_may_find_several(self) -> None:
        empty = with_entries({keys.TLS_CERTIFICATE: b"", keys.TLS_PRIVATE_KEY: b""})
        assert len(TRIGGER.first(empty, now=ISSUED_AT)) == 2

    def test_all_is_everything_in_order(self) -> None:
        checks = [violation.check for violation in TRIGGER.all(NO_DATA, now=ISSUED_AT)]
        assert checks == ["secret_is_missing_data", "secret_public_keys_differ", DUE]

    def test_nothing_is_found_where_nothing_is_wrong(self) -> None:
        assert STRICT.first(QUIET, now=ISSUED_AT) == ()
        assert STRICT.all(QUIET, now=ISSUED_AT) == ()

    def test_each_answers_for_every_check_also_those_that_cannot_be_asked(self) -> None:
        answers = TRIGGER.each(NO_SECRET, now=ISSUED_AT)
        assert [check for check, _ in answers] == list(TRIGGER.checks)
        assert [isinstance(answer, NotApplicable) for _, answer in answers].count(True) == 7

    def test_what_cannot_be_asked_is_no_violation(self) -> None:
        checks = [violation.check for violation in TRIGGER.all(NO_SECRET, now=ISSUED_AT)]
        assert checks == ["secret_does_not_exist"]

    @pytest.mark.parametrize("ask", [TRIGGER.first, TRIGGER.all, TRIGGER.each])
    def test_it_needs_to_know_what_time_it_is(self, ask: object) -> None:
        assert callable(ask)
        with pytest.raises(InvalidValueError, match="now: expected an aware datetime"):
            ask(QUIET, now=datetime(2026, 3, 1))  # noqa: DTZ001 — naive is what it is about
        with pytest.raises(WrongTypeError, match="now: expected an aware datetime"):
            ask(QUIET, now="today")


class TestTheNextChange:
    @pytest.mark.parametrize(
        ("policy", "now", "change"),
        [
            pytest.param(TRIGGER, ISSUED_AT, DUE_AT, id="is the renewal time"),
            pytest.param(TRIGGER, DUE_AT - MICROSECOND, DUE_AT, id="is that until it is there"),
            pytest.param(TRIGGER, DUE_AT, None, id="is nothing once it is"),
            pytest.param(READINESS, ISSUED_AT, NOT_AFTER + MICROSECOND, id="is the expiry"),
            pytest.param(STRICT, ISSUED_AT, DUE_AT, id="is the first of several"),
            pytest.param(STRICT, DUE_AT, NOT_AFTER + MICROSECOND, id="is the next of several"),
            pytest.param(TEMPORARY, ISSUED_AT, None, id="is nothing where nobody looks at time"),
        ],
    )
    def test_is_the_first_instant_at_which_time_alone_matters(
        self, policy: Policy, now: datetime, change: datetime | None
    ) -> None:
        assert policy.next_change(QUIET, now=now) == change

    def test_counts_a_check_that_never_turns_for_nothing(self) -> None:
        assert TRIGGER.next_change(NO_SECRET, now=ISSUED_AT) is None


def never(snapshot: Snapshot, /, *, now: datetime) -> Answer:
    del snapshot, now
    return (Violation("never", "Never", "", None, None),)


class Never:
    def __call__(self, snapshot: Snapshot, /, *, now: datetime) -> Answer:
        return never(snapshot, now=now)


class TestAddingACheck:
    def test_puts_it_last_under_the_functions_name(self) -> None:
        policy = TRIGGER + never
        assert policy.checks == (*TRIGGER.checks, Check("never", never))
        assert policy.all(QUIET, now=ISSUED_AT) == never(QUIET, now=ISSUED_AT)

    def test_takes_a_check_with_its_name_and_its_change(self) -> None:
        at = datetime(2026, 3, 2, tzinfo=UTC)
        policy = TRIGGER + Check("mine", never, lambda _: at)
        assert policy.checks[-1].name == "mine"
        assert policy.next_change(QUIET, now=ISSUED_AT) == at

    def test_calls_an_object_that_can_be_called_by_its_class(self) -> None:
        assert (TRIGGER + Never()).checks[-1].name == "Never"

    def test_refuses_what_cannot_be_asked(self) -> None:
        with pytest.raises(WrongTypeError, match="expected a Check or a function, got 'x'"):
            TRIGGER + "x"  # type: ignore[operator]

    def test_leaves_the_policy_as_it_was_and_its_name(self) -> None:
        before = TRIGGER.checks
        assert (TRIGGER + never).name == TRIGGER.name
        assert TRIGGER.checks is before


class TestAPolicy:
    def test_without_checks_is_refused_because_it_would_be_content_with_anything(self) -> None:
        with pytest.raises(InvalidValueError, match=r"Policy\.checks: expected at least one check"):
            Policy("empty", ())

    def test_takes_another_name(self) -> None:
        mine = TRIGGER.named("mine")
        assert (mine.name, mine.checks) == ("mine", TRIGGER.checks)

    def test_freezes_a_list_of_checks(self) -> None:
        listed = list(TRIGGER.checks)
        assert Policy("listed", listed).checks == TRIGGER.checks  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        "policy",
        [
            pytest.param(TEMPORARY, id="temporary"),
            pytest.param(STRICT, id="strict"),
            pytest.param(post_issuance_policy(owner_references=True), id="post-issuance"),
        ],
    )
    def test_is_hashable_and_survives_pickle(self, policy: Policy) -> None:
        again = pickle.loads(pickle.dumps(policy))  # noqa: S301 — our own bytes
        assert again == policy
        assert hash(again) == hash(policy)
