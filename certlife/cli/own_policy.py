"""Policies of the user's own, by MODULE:NAME: imported, looked over, and kept from doing harm.

Their rules are anybody's code. What one raises, or answers that is no answer, becomes an error
about the one certificate that it was asked about, so that the others are judged all the same.
"""

from __future__ import annotations

import sys
import traceback
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeGuard

from attrs import evolve, frozen

from certlife.errors import CertlifeError, InvalidValueError
from certlife.policy.policies import STRICT, Check, Policy
from certlife.policy.violation import NotApplicable, Violation

if TYPE_CHECKING:
    from certlife.model.snapshot import Snapshot
    from certlife.policy.checks import Answer

_INTEGER_BITS: Final = 64
"""How large a number in an answer may be: Python refuses to print one of thousands of digits."""


class RuleError(CertlifeError):
    """A rule of the user's own failed."""


def load_policy(module_name: str, name: str) -> Policy:
    """Import a policy, from the current folder too, as `python -m` would.

    Args:
        module_name: For instance "rules" for ./rules.py.
        name: What it is called in the module.

    Raises:
        InvalidValueError: It cannot be imported, or is no Policy.
    """
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    where = f"{module_name}:{name}"
    try:
        policy: object = getattr(import_module(module_name), name)
    except (Exception, SystemExit) as error:  # noqa: BLE001 — importing runs the user's code
        raise InvalidValueError(f"cannot import {where}: {_told(error)}") from None
    if not isinstance(policy, Policy):
        raise InvalidValueError(f"expected {where} to be a Policy, got a {type(policy).__name__}")
    if not _is_sound(policy):
        raise InvalidValueError(f"expected {where} to have a name, and Checks with names")
    checks = (check if check in STRICT.checks else _guarded(check) for check in policy.checks)
    return evolve(policy, checks=tuple(checks))


def _is_sound(policy: Policy) -> bool:
    """Look at what Policy and Check take on trust."""
    checks: tuple[object, ...] = policy.checks
    names: list[object] = [policy.name, *(getattr(check, "name", None) for check in checks)]
    return all(isinstance(check, Check) for check in checks) and all(
        isinstance(name, str) for name in names
    )


def _guarded(check: Check) -> Check:
    guard = _Guard(check)
    return Check(check.name, guard, guard.changes_at if check.changes_at else None)


@frozen
class _Guard:
    """Asks a rule, and lets nothing through but an answer and a RuleError."""

    check: Check

    def __call__(self, snapshot: Snapshot, /, *, now: datetime) -> Answer:
        try:
            answer: object = self.check.ask(snapshot, now=now)
        except (Exception, SystemExit) as error:  # noqa: BLE001 — the user's code
            raise self._failure(error) from None
        if isinstance(answer, NotApplicable) or _are_violations(answer):
            return answer
        raise RuleError(f"rule {self.check.name}: expected a tuple of Violations as the answer")

    def changes_at(self, snapshot: Snapshot) -> datetime | None:
        """Ask when the answer changes."""
        try:
            at: object = self.check.changes_at and self.check.changes_at(snapshot)
        except (Exception, SystemExit) as error:  # noqa: BLE001 — the user's code
            raise self._failure(error) from None
        if at is None or _is_instant(at):
            return at
        raise RuleError(f"rule {self.check.name}: expected changes_at to be an aware datetime")

    def _failure(self, error: BaseException) -> RuleError:
        return RuleError(f"rule {self.check.name} raised {_told(error)}")


def _told(error: BaseException) -> str:
    """Say what was raised and where, as the last line of a traceback and its last frame do."""
    said = traceback.format_exception_only(error)[-1].strip()
    file, line, _, _ = traceback.extract_tb(error.__traceback__)[-1]
    if file == __file__ or "importlib" in file:
        return said
    return f"{said} ({Path(file).name}, line {line})"


def _are_violations(answer: object) -> TypeGuard[tuple[Violation, ...]]:
    return isinstance(answer, tuple) and all(
        isinstance(one, Violation)
        and all(isinstance(word, str) for word in (one.check, one.reason, one.path))
        and _is_evidence(one.expected)
        and _is_evidence(one.actual)
        for one in answer
    )


def _is_evidence(value: object) -> bool:
    """Tell whether a report can show a value, see `Evidence`."""
    match value:
        case None | str() | timedelta():
            return True
        case int():
            return value.bit_length() <= _INTEGER_BITS
        case tuple():
            return all(isinstance(element, str) for element in value)
        case _:
            return _is_instant(value)


def _is_instant(value: object) -> TypeGuard[datetime]:
    return isinstance(value, datetime) and value.utcoffset() is not None
