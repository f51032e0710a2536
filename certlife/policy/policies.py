"""The policies: which checks are asked, in which order, and why each stands where it does.

A policy is a value. Another check is added with `+`; `first` is what cert-manager would report,
`all` is everything that is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol

from attrs import evolve, field, frozen

from certlife.errors import InvalidValueError, WrongTypeError, shown
from certlife.model.frozenmap import FrozenMap
from certlife.model.snapshot import Snapshot
from certlife.policy import checks, documented_checks, post_issuance_checks
from certlife.policy.checks import Answer
from certlife.policy.remembering import remembered
from certlife.policy.violation import NotApplicable, Violation
from certlife.schedule.instants import require_aware

if TYPE_CHECKING:
    from certlife.pki.memo import Memo


class CheckFunction(Protocol):
    """A rule: a function of a snapshot and the instant at which it is judged.

    It returns its violations, () where all is well, or NotApplicable where it cannot be asked.
    It must be pure: the same snapshot and instant, the same answer.
    """

    def __call__(self, snapshot: Snapshot, /, *, now: datetime) -> Answer:
        """Judge one snapshot."""
        ...


@frozen
class Check:
    """A rule with its name.

    Args:
        name: How it is called in reports, in snake_case.
        ask: The rule.
        changes_at: When the rule's answer turns by the passing of time alone, None for never.
            A rule that looks at `now` needs it, or `Keep.next_check` will be too late, and what a
            memo remembers of the rule out of date.
    """

    name: str
    ask: CheckFunction
    changes_at: Callable[[Snapshot], datetime | None] | None = None


def _checks(value: tuple[Check, ...]) -> tuple[Check, ...]:
    return tuple(value)


@frozen
class Policy:
    """Checks in an order.

    Args:
        name: How it is called in reports.
        checks: At least one: a policy without checks would find everything in order.

    Raises:
        InvalidValueError: If there is no check.
    """

    name: str
    checks: tuple[Check, ...] = field(converter=_checks)

    @checks.validator
    def _refuse_vacuous(self, _: object, value: tuple[Check, ...]) -> None:
        if not value:
            raise InvalidValueError("expected at least one check", path="Policy.checks")

    def each(self, snapshot: Snapshot, *, now: datetime) -> tuple[tuple[Check, Answer], ...]:
        """Ask every check by itself, in order.

        Raises:
            InvalidValueError: If `now` is naive.
            WrongTypeError: If `now` is no datetime.
        """
        now = require_aware(now)
        return tuple((check, check.ask(snapshot, now=now)) for check in self.checks)

    def first(
        self, snapshot: Snapshot, *, now: datetime, memo: Memo | None = None
    ) -> tuple[Violation, ...]:
        """Ask until a check is violated, and return its violations; () where none is.

        This is what cert-manager reports: it looks no further.

        Args:
            snapshot: The Certificate and what surrounds it.
            now: The instant at which it is judged, aware.
            memo: What was answered before, which changes no answer.

        Raises:
            InvalidValueError: If `now` is naive.
            WrongTypeError: If `now` is no datetime.
        """
        now = require_aware(now)
        if memo is not None:
            return self._remembered(
                "first", lambda: self.first(snapshot, now=now), snapshot, now, memo
            )
        for check in self.checks:
            answer = check.ask(snapshot, now=now)
            if answer and not isinstance(answer, NotApplicable):
                return answer
        return ()

    def all(
        self, snapshot: Snapshot, *, now: datetime, memo: Memo | None = None
    ) -> tuple[Violation, ...]:
        """Ask every check, and return all violations; () where there is none.

        Args:
            snapshot: The Certificate and what surrounds it.
            now: The instant at which it is judged, aware.
            memo: What was answered before, which changes no answer.

        Raises:
            InvalidValueError: If `now` is naive.
            WrongTypeError: If `now` is no datetime.
        """
        now = require_aware(now)
        if memo is not None:
            return self._remembered("all", lambda: self.all(snapshot, now=now), snapshot, now, memo)
        violations: list[Violation] = []
        for check in self.checks:
            answer = check.ask(snapshot, now=now)
            if answer and not isinstance(answer, NotApplicable):
                violations += answer
        return tuple(violations)

    def next_change(self, snapshot: Snapshot, *, now: datetime) -> datetime | None:
        """Return the first instant after `now` at which time alone changes an answer, or None."""
        instants = (check.changes_at(snapshot) for check in self.checks if check.changes_at)
        return min((at for at in instants if at is not None and at > now), default=None)

    def named(self, name: str) -> Policy:
        """The same checks under another name."""
        return evolve(self, name=name)

    def _remembered(
        self,
        kind: str,
        ask: Callable[[], tuple[Violation, ...]],
        snapshot: Snapshot,
        now: datetime,
        memo: Memo,
    ) -> tuple[Violation, ...]:
        return remembered(
            memo,
            (kind, self),
            snapshot,
            now,
            lambda: (ask(), self.next_change(snapshot, now=now)),
        )

    def __add__(self, check: Check | CheckFunction) -> Policy:
        """Return a policy that asks a further check last.

        Raises:
            WrongTypeError: If `check` is neither a Check nor a function.
        """
        if not isinstance(check, Check):
            if not callable(check):
                raise WrongTypeError("expected a Check or a function", value=shown(check))
            check = Check(getattr(check, "__name__", type(check).__name__), check)
        return evolve(self, checks=(*self.checks, check))


_NEARING_EXPIRY: Final = Check(
    "current_certificate_nearing_expiry",
    checks.current_certificate_nearing_expiry,
    checks.nearing_expiry_changes_at,
)
_HAS_EXPIRED: Final = Check(
    "current_certificate_has_expired",
    checks.current_certificate_has_expired,
    checks.expired_changes_at,
)


def _check(ask: Callable[..., Answer]) -> Check:
    return Check(ask.__name__, ask)


TEMPORARY: Final = Policy(
    "temporary",
    (
        _check(checks.secret_does_not_exist),  # nothing else can be asked without it
        _check(checks.secret_is_missing_data),  # nothing can be read where nothing is
        _check(checks.secret_public_keys_differ),  # what follows is about a pair that works
    ),
)
"""Can the stored pair not serve as a temporary certificate?"""

_STANDING: Final = (
    *TEMPORARY.checks,
    _check(checks.secret_issuer_annotations_mismatch),  # whose it is goes before what it says
    _check(checks.secret_certificate_name_annotations_mismatch),
    _check(checks.secret_private_key_mismatches_spec),  # the key, before the request made with it
    _check(checks.secret_public_key_differs_from_current_certificate_request),
    _check(checks.current_certificate_request_mismatches_spec),
)

TRIGGER: Final = Policy("cert-manager", (*_STANDING, _NEARING_EXPIRY))
"""Must the certificate be re-issued? As cert-manager's code has it; what `decide` asks."""

READINESS: Final = Policy("readiness", (*_STANDING, _HAS_EXPIRED))
"""Is the certificate not ready to serve?"""

TRIGGER_DOCUMENTED: Final = Policy(
    "documented",
    (
        *TRIGGER.checks,
        _check(documented_checks.certificate_names_mismatch_spec),
        _check(documented_checks.request_duration_added_or_removed),
        _HAS_EXPIRED,
    ),
)
"""Must the certificate be re-issued? As cert-manager's FAQ promises."""

STRICT: Final = Policy(
    "strict",
    (
        *TRIGGER_DOCUMENTED.checks,
        _check(documented_checks.request_other_names_removed),
        _check(documented_checks.request_name_constraints_mismatch),
        _check(documented_checks.request_usages_encoding_mismatch),
        _check(documented_checks.request_signature_algorithm_mismatch),
        _check(documented_checks.private_key_encoding_mismatch),
    ),
)
"""Must the certificate be re-issued? Whatever of the spec it can be seen not to carry."""


@frozen
class _WithSettings:
    """A rule that needs to know how the controller is set up; a value, as every policy is."""

    ask: Callable[..., Answer]
    settings: FrozenMap[str, str | bool]

    def __call__(self, snapshot: Snapshot, /, *, now: datetime) -> Answer:
        return self.ask(snapshot, now=now, **self.settings)


def post_issuance_policy(
    *,
    owner_references: bool = False,
    field_manager: str = post_issuance_checks.FIELD_MANAGER,
) -> Policy:
    """Must the Secret be written again, although the certificate stands?

    Args:
        owner_references: Whether the controller makes the Certificate own its Secret
            (`--enable-certificate-owner-ref`).
        field_manager: The name under which the controller writes.
    """

    def check(ask: Callable[..., Answer], **settings: str | bool) -> Check:
        return Check(ask.__name__, _WithSettings(ask, FrozenMap(settings)) if settings else ask)

    rules = post_issuance_checks
    manager = {"field_manager": field_manager}
    owners = {"owner_references": owner_references}
    return Policy(
        "post-issuance",
        (
            check(rules.secret_base_labels_mismatch),
            check(rules.secret_certificate_details_annotations_mismatch),
            # Values first, then who owns the fields: what is there but wrong says more than that.
            check(rules.secret_managed_labels_and_annotations_managed_fields_mismatch, **manager),
            check(rules.secret_secret_template_mismatch),
            check(rules.secret_secret_template_managed_fields_mismatch, **manager),
            check(rules.secret_additional_output_formats_mismatch),
            check(rules.secret_additional_output_formats_managed_fields_mismatch, **manager),
            check(rules.secret_owner_reference_mismatch, **owners),
            check(rules.secret_owner_reference_managed_field_mismatch, **owners, **manager),
            check(rules.secret_keystore_format_mismatch),
        ),
    )
