"""`certlife restore-plan`: which certificates a restore would issue, and what to do about it."""

from __future__ import annotations

import json
from typing import Final

from tests.cli.command import DUE, GOOD, Object, certificate, in_json, run, secret, write

ISSUED: Final[Object] = {"status": {"revision": 1, "notAfter": "2027-01-30T00:00:00Z"}}
MARKED: Final[Object] = {
    "status": {"conditions": [{"type": "Issuing", "status": "True", "reason": "ManuallyTriggered"}]}
}
FAILED: Final[Object] = {
    "status": {"lastFailureTime": "2026-11-24T11:30:00Z", "failedIssuanceAttempts": 2}
}
BACKUP: Final = in_json(
    certificate("fine", spec={"secretName": "fine"}),
    secret(GOOD, "fine"),
    certificate("due", spec={"secretName": "due"}),
    secret(DUE, "due"),
    certificate("lost", spec={"secretName": "lost"}, more=ISSUED),
    certificate("marked", spec={"secretName": "marked"}, more=MARKED),
    secret(GOOD, "marked"),
    certificate("failed", spec={"secretName": "failed"}, more=FAILED),
    secret(DUE, "failed"),
)


def test_each_cause_is_counted_and_each_certificate_told_what_to_do() -> None:
    write({"backup.json": BACKUP})
    result = run("restore-plan", "backup.json")
    assert result.exit_code == 0
    assert result.stdout == (
        "2  would be issued only because of the restore\n"
        "1  would be issued for a real reason\n"
        "1  would not be issued, although there is a reason that the restore hides\n"
        "1  would be left alone\n"
        "\n"
        "CAUSE    CERTIFICATE  REASON             WHAT TO DO\n"
        "restore  shop/lost    DoesNotExist       back up its Secret, and restore it before the"
        " Certificate\n"
        "restore  shop/failed  Renewing           restore its status\n"
        "real     shop/due     Renewing\n"
        "hidden   shop/marked  ManuallyTriggered  mark it for renewal afterwards\n"
    )


def test_what_is_under_way_without_a_reason_is_called_so() -> None:
    issuing = {"conditions": [{"type": "Issuing", "status": "True", "reason": "Renewing"}]}
    write({"backup.json": in_json(certificate(more={"status": issuing}), secret(GOOD))})
    assert "hidden  shop/web     in-progress  mark it" in run("restore-plan", "backup.json").stdout


def test_where_all_is_well_there_is_no_table() -> None:
    write({"backup.json": in_json(certificate(), secret(GOOD))})
    assert run("restore-plan", "backup.json").stdout.splitlines() == [
        "0  would be issued only because of the restore",
        "0  would be issued for a real reason",
        "0  would not be issued, although there is a reason that the restore hides",
        "1  would be left alone",
    ]


def test_a_restore_with_status_needs_less() -> None:
    write({"backup.json": BACKUP})
    result = run("restore-plan", "backup.json", "--with-status")
    assert "restore  shop/lost" in result.stdout
    assert "shop/failed" not in result.stdout
    assert "real     shop/marked  ManuallyTriggered" in result.stdout, "the mark comes back"


def test_scripts_get_json() -> None:
    write({"backup.json": BACKUP})
    found = json.loads(run("restore-plan", "backup.json", "--output", "json").stdout)
    assert found["causes"] == {"restore": 2, "real": 1, "hidden": 1, "none": 1}
    assert found["errors"] == []
    lost = next(one for one in found["certificates"] if one["name"] == "lost")
    assert (lost["before"], lost["after"], lost["cause"]) == ("issue", "issue", "restore")
    assert lost["remedies"] == ["restore-secret"]
    assert lost["violations_after"][0]["reason"] == "DoesNotExist"
    assert len(found["certificates"]) == 5


def test_a_backup_without_certificates_is_an_error() -> None:
    result = run("restore-plan", "-", stdin=in_json(secret()))
    assert result.exit_code == 2
    assert "error: expected Certificates in -, found none" in result.stderr
