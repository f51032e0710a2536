"""`certlife diff`: what it compares, how it says so, and how it ends."""

from __future__ import annotations

import json
import re
from typing import Final

import pytest

from tests.cli.command import DUE, GOOD, certificate, in_json, run, secret, write

CLUSTER: Final = in_json(certificate(), secret(GOOD))
OTHER: Final = (certificate("b", spec={"secretName": "b"}), secret(GOOD, "b"))
OTHER_NAME: Final = in_json(certificate(spec={"dnsNames": ["other.example"]}))


def test_the_same_decides_the_same() -> None:
    write({"a.json": CLUSTER})
    result = run("diff", "a.json", "a.json")
    assert result.exit_code == 0
    assert result.output == "0 of 1 certificates are decided differently\n"


def test_two_exports_are_told_apart_by_kind_reason_and_field() -> None:
    write({"a.json": CLUSTER, "b.json": in_json(certificate(), secret(DUE))})
    result = run("diff", "a.json", "b.json")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:9] == [
        "1 of 1 certificates are decided differently",
        "",
        "BEFORE  AFTER  CERTIFICATES",
        "keep    issue  1",
        "",
        "REASON    FIELD               NEW  GONE",
        "Renewing  status.renewalTime  1    0",
        "",
        "BEFORE  AFTER  CERTIFICATE  WHY",
    ]
    assert "keep    issue  shop/web     Renewing: status.renewalTime" in result.stdout


def test_a_reason_that_is_gone_is_said() -> None:
    write({"a.json": in_json(certificate(), secret(DUE)), "b.json": CLUSTER})
    assert "no longer Renewing: status.renewalTime" in run("diff", "a.json", "b.json").stdout


def test_manifests_without_secrets_are_laid_over_what_is_there() -> None:
    write({"a.json": in_json(certificate(), *OTHER, secret(GOOD)), "b.json": OTHER_NAME})
    result = run("diff", "a.json", "b.json")
    assert result.stdout.startswith("1 of 2 certificates are decided differently")
    assert re.search(r"^SecretMismatch +spec.dnsNames +1 +0$", result.stdout, re.MULTILINE)
    assert "note: AFTER holds no Secret: its specs are laid over BEFORE" in result.stderr


def test_a_certificate_that_is_new_is_told_of() -> None:
    write({"a.json": CLUSTER, "b.json": in_json(certificate("new", spec={"secretName": "new"}))})
    assert "absent  issue  shop/new" in run("diff", "a.json", "b.json").stdout


def test_another_instant_may_be_said_and_standard_input_is_read_once() -> None:
    result = run("diff", "-", "-", "--now-after", "2027-01-25T00:00:00Z", stdin=CLUSTER)
    assert "keep    issue  1" in result.stdout


def test_another_time_of_the_same_decision_is_told() -> None:
    later = certificate(spec={"renewBefore": "48h"})
    write({"a.json": CLUSTER, "b.json": in_json(later, secret(GOOD))})
    assert "until 2027-01-28T00:00:00Z rather than 2026-12-31T00:00:00Z" in (
        run("diff", "a.json", "b.json").stdout
    )


def test_never_and_now_are_words_too() -> None:
    never = certificate(spec={"renewal": {"policy": "Disabled"}})
    write({"a.json": CLUSTER, "b.json": in_json(never, secret(GOOD))})
    assert "until ever rather than 2026-12-31T00:00:00Z" in run("diff", "a.json", "b.json").stdout


def test_a_backoff_that_ends_is_told() -> None:
    failed = {"lastFailureTime": "2026-11-24T11:30:00Z", "failedIssuanceAttempts": 1}
    write({"a.json": in_json(certificate(more={"status": failed}), secret(DUE))})
    result = run("diff", "a.json", "a.json", "--now-after", "2026-11-24T13:00:00Z")
    assert "backoff  issue  shop/web     until now rather than 2026-11-24T12:30:00Z" in (
        result.stdout
    )


def test_a_certificate_that_is_gone_is_told_of() -> None:
    write({"a.json": in_json(certificate(), *OTHER, secret(GOOD)), "b.json": CLUSTER})
    assert "keep    absent  shop/b" in run("diff", "a.json", "b.json").stdout.splitlines()


def test_what_stands_in_the_way_is_told() -> None:
    deleted = certificate()
    metadata = deleted["metadata"]
    assert isinstance(metadata, dict)
    metadata["deletionTimestamp"] = "2026-11-24T11:00:00Z"
    write({"a.json": CLUSTER, "b.json": in_json(deleted, secret(GOOD))})
    result = run("diff", "a.json", "b.json")
    assert "keep    blocked  shop/web     BeingDeleted: web" in result.stdout
    gone = run("diff", "b.json", "a.json").stdout.splitlines()
    assert "blocked  keep   shop/web" in gone


def test_another_policy_and_what_fails_under_it_are_told() -> None:
    write(
        {
            "a.json": CLUSTER,
            "failing_rules.py": b"from certlife import *\n"
            b"def bad(snapshot, *, now): raise ValueError('no')\n"
            b"MINE = Policy('mine', (Check('bad', bad),))\n",
        }
    )
    result = run("diff", "a.json", "a.json", "--policy-after", "failing_rules:MINE")
    assert "keep    failed  shop/web     rule bad raised ValueError: no" in result.stdout


def test_scripts_get_json() -> None:
    write({"a.json": CLUSTER, "b.json": in_json(certificate(), secret(DUE), {"kind": 7})})
    result = run("diff", "a.json", "b.json", "--output", "json")
    found = json.loads(result.stdout)
    assert found["version"] == 1
    assert found["unchanged"] == 0
    assert found["by_kind"] == [{"before": "keep", "after": "issue", "certificates": 1}]
    assert found["by_reason"] == [
        {"reason": "Renewing", "path": "status.renewalTime", "appeared": 1, "vanished": 0}
    ]
    [change] = found["changes"]
    assert (change["namespace"], change["name"]) == ("shop", "web")
    assert (change["before"], change["after"], change["vanished"]) == ("keep", "issue", [])
    assert change["appeared"][0]["reason"] == "Renewing"
    assert [error["path"] for error in found["errors"]] == ["items[2].kind"]
    assert result.exit_code == 2
    assert "error: b.json: items[2].kind" in result.stderr


@pytest.mark.parametrize(
    ("before", "message"),
    [
        (in_json(certificate()), "expected Secrets in BEFORE"),
        (in_json(secret()), "expected Certificates in a.json, found none"),
        (b"{", "expected Certificates in a.json, found none"),
    ],
    ids=["no Secret", "no Certificate", "no JSON"],
)
def test_what_cannot_be_compared_is_an_error(before: bytes, message: str) -> None:
    write({"a.json": before})
    result = run("diff", "a.json", "a.json")
    assert result.exit_code == 2
    assert f"error: {message}" in result.stderr
    assert result.stdout == ""


def test_pem_files_are_passed_over_and_that_is_said() -> None:
    write({"a/a.json": CLUSTER, "a/tls.crt": GOOD.certificate, "a/tls.key": GOOD.key})
    result = run("diff", "a", "a")
    assert result.exit_code == 0
    assert result.stderr == "note: PEM files are passed over: nobody said what they should be\n"


def test_what_is_in_a_name_is_escaped() -> None:
    write({"a.json": in_json(secret(GOOD), certificate("\x1b[31m", "shop"))})
    result = run("diff", "a.json", "a.json", "--now-after", "2027-01-25T00:00:00Z")
    assert "\x1b" not in result.output
    assert r"shop/\x1b[31m" in result.stdout
