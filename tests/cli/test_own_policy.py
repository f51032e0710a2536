"""`--policy MODULE:NAME`: rules of the user's own, and every way that they can go wrong."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import pytest

from tests.cli.command import GOOD, certificate, in_json, report, run, secret, write

if TYPE_CHECKING:
    from collections.abc import Iterator

WORLD: Final = in_json(
    certificate("a", spec={"secretName": "a"}),
    certificate("b", spec={"secretName": "b"}),
    secret(name="a"),
    secret(name="b"),
)
NO_ANSWER: Final = ": expected a tuple of Violations as the answer\n"
IMPORTS: Final = """
from datetime import UTC, datetime
from certlife import TRIGGER
from certlife.policy.policies import Check, Policy
from certlife.policy.violation import NotApplicable, Violation
"""


@pytest.fixture(autouse=True)
def _modules_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield
    sys.modules.pop("rules", None)


def rule(body: str, more: str = "") -> None:
    """Write rules.py with a policy of one rule of its own."""
    code = f"{IMPORTS}\ndef mine(snapshot, *, now):\n    {body}\nMINE = TRIGGER + mine\n{more}\n"
    write({"rules.py": code.encode()})


def test_a_rule_of_ones_own_is_asked_from_the_current_folder() -> None:
    rule("return (Violation('mine', 'TooPlain', 'spec.dnsNames', ('x',), now),)")
    found = report("-", "--policy", "rules:MINE", stdin=WORLD)
    assert [one["reason"] for one in found["certificates"]] == ["TooPlain", "TooPlain"]
    assert found["certificates"][0]["violations"][0]["actual"] == "2026-11-24T12:00:00Z"


def test_what_a_rule_says_is_data_like_any_other() -> None:
    rule("return (Violation('mine', '\\x1b[1m', '\\x1b[2m', now, None),)")
    for command in (["check"], ["explain", "a"]):
        told = run(*command, "-", "--policy", "rules:MINE", stdin=WORLD).stdout
        assert "\\x1b[1m" in told
        assert "\\x1b[2m: expected 2026-11-24T12:00:00Z, got nothing" in told
        assert "\x1b" not in told


def test_a_rule_may_be_asked_twice_in_one_process() -> None:
    rule("return ()")
    first, second = (run("check", "-", "--policy", "rules:MINE", stdin=WORLD) for _ in "ab")
    assert first.stdout == second.stdout


@pytest.mark.parametrize(
    "body", ["return ()", "return NotApplicable('no reason')"], ids=["nothing", "not applicable"]
)
def test_a_rule_may_find_nothing(body: str) -> None:
    rule(body)
    found = report("-", "--policy", "rules:MINE", stdin=WORLD)
    assert [one["decision"] for one in found["certificates"]] == ["keep", "keep"]


def test_a_rule_may_say_when_its_answer_changes() -> None:
    rule("return ()", "MINE += Check('x', mine, lambda _: datetime(2026, 12, 1, tzinfo=UTC))")
    found = report("-", "--policy", "rules:MINE", stdin=WORLD)
    assert found["certificates"][0]["next_check"] == "2026-12-01T00:00:00Z"


def test_a_policy_of_built_in_checks_may_have_another_name() -> None:
    rule("", "MINE = TRIGGER.named('ours')")
    write({"rules.py": b"from certlife import TRIGGER\nMINE = TRIGGER.named('ours')\n"})
    assert report("-", "--policy", "rules:MINE", stdin=WORLD)["policy"] == "ours"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param("1 / 0", " raised ZeroDivisionError: division by zero (rules", id="it raises"),
        pytest.param("raise SystemExit(0)", " raised SystemExit: 0 (rules.py", id="it exits"),
        pytest.param("return None", NO_ANSWER, id="it answers None"),
        pytest.param("return [1]", NO_ANSWER, id="it answers a list"),
        pytest.param("return ('no',)", NO_ANSWER, id="it answers text"),
        pytest.param("return (Violation('c', None, '', 1, 1),)", NO_ANSWER, id="without reason"),
        pytest.param("return (Violation('c', 'r', '', {}, 1),)", NO_ANSWER, id="it shows a dict"),
        pytest.param("return (Violation('c', 'r', '', 1, (1,)),)", NO_ANSWER, id="no texts"),
        pytest.param("return (Violation('c', 'r', '', 9**9999, 1),)", NO_ANSWER, id="no int64"),
        pytest.param(
            "return (Violation('c', 'r', '', datetime(2026, 1, 1), 1),)", NO_ANSWER, id="naive"
        ),
    ],
)
def test_a_rule_that_fails_is_an_error_about_each_certificate(body: str, told: str) -> None:
    rule(f"if snapshot.certificate.name == 'a': {body}\n    return ()")
    result = run("check", "-", "--policy", "rules:MINE", stdin=WORLD)
    assert result.exit_code == 2
    assert f"error: stdin: shop/a: rule mine{told}" in result.stderr
    assert "keep      shop/b" in result.stdout
    assert "shop/a" not in result.stdout


@pytest.mark.parametrize(
    ("changes_at", "told"),
    [
        pytest.param("lambda _: 1 / 0", "raised ZeroDivisionError", id="it raises"),
        pytest.param("lambda _: datetime(2026, 12, 1)", "expected changes_at to be", id="naive"),
        pytest.param("lambda _: 'noon'", "expected changes_at to be an aware", id="text"),
    ],
)
def test_a_time_of_change_that_is_none_is_an_error(changes_at: str, told: str) -> None:
    rule("return ()", f"MINE += Check('later', mine, {changes_at})")
    result = run("check", "-", "--policy", "rules:MINE", stdin=WORLD)
    assert result.exit_code == 2
    assert "rule later" in result.stderr
    assert told in result.stderr


def test_a_failed_rule_is_an_error_in_the_json_report() -> None:
    rule("1 / 0")
    found = report("-", "--policy", "rules:MINE", stdin=WORLD)
    assert found["certificates"] == []
    assert [(one["source"], one["path"]) for one in found["errors"]] == [
        ("stdin", "shop/a"),
        ("stdin", "shop/b"),
    ]


def test_an_interrupt_in_a_rule_is_an_interrupt() -> None:
    rule("raise KeyboardInterrupt")
    assert run("check", "-", "--policy", "rules:MINE", stdin=WORLD).exit_code == 130


@pytest.mark.parametrize(
    ("code", "policy", "told"),
    [
        pytest.param("", "no_such:MINE", "No module named 'no_such'", id="no module"),
        pytest.param("", "rules:MINE", "has no attribute 'MINE'", id="no name in it"),
        pytest.param("", ":MINE", "cannot import :MINE: ValueError", id="no module's name"),
        pytest.param("", "rules:", "cannot import rules:", id="no name"),
        pytest.param("", ".rules:MINE", "cannot import .rules:MINE", id="a relative module"),
        pytest.param("MINE = 1", "rules:MINE", "to be a Policy, got a int", id="no policy"),
        pytest.param("1 / 0", "rules:MINE", "zero (rules.py, line 1)", id="it raises"),
        pytest.param("import sys; sys.exit()", "rules:MINE", "SystemExit", id="it exits"),
        pytest.param("MINE = (", "rules:MINE", "SyntaxError", id="no Python"),
        pytest.param("raise ValueError('\\x1b[31m')", "rules:MINE", "\\x1b[31m", id="it colours"),
        pytest.param(
            f"{IMPORTS}MINE = Policy('x', (1,))", "rules:MINE", "Checks with names", id="no checks"
        ),
        pytest.param(
            f"{IMPORTS}MINE = Policy(1, TRIGGER.checks)", "rules:MINE", "a name", id="no name of it"
        ),
        pytest.param(
            f"{IMPORTS}MINE = Policy('x', ())", "rules:MINE", "at least one check", id="empty"
        ),
    ],
)
def test_what_is_no_policy_is_a_usage_error(code: str, policy: str, told: str) -> None:
    write({"rules.py": code.encode()})
    result = run("check", "-", "--policy", policy, stdin=WORLD)
    assert result.exit_code == 2
    assert "Invalid value for '--policy'" in result.stderr
    assert told in " ".join(result.stderr.split())
    assert "\x1b" not in result.stderr
    assert result.stdout == ""


def test_files_are_judged_by_a_policy_of_ones_own_too() -> None:
    rule("return (Violation('mine', 'Never', '', None, None),)")
    write({"web.pem": GOOD.certificate})
    (found,) = report("web.pem", "--policy", "rules:MINE")["certificates"]
    assert found["reason"] == "Never"
