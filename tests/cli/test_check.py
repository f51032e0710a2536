"""`certlife check`: what it says of each certificate, and how it ends."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest
from jsonschema import Draft202012Validator

from certlife.pki.tbs_certificate import read_certificate
from tests.adapters.materials import PEM
from tests.cli.command import (
    DUE,
    GOOD,
    SCHEMA,
    Pair,
    certificate,
    in_json,
    pair,
    report,
    request,
    run,
    secret,
    write,
)
from tests.cli.export import export

if TYPE_CHECKING:
    from certlife.pki.tbs_certificate import CertificateFields
    from tests.cli.command import Judged, Object

ALL_POLICIES: Final = ("cert-manager", "documented", "strict")
MARKED: Final[Object] = {
    "status": {"conditions": [{"type": "Issuing", "status": "True", "reason": "ManuallyTriggered"}]}
}
ISSUING: Final[Object] = {
    "status": {
        "conditions": [
            {
                "type": "Issuing",
                "status": "True",
                "reason": "Renewing",
                "lastTransitionTime": "2026-11-24T11:00:00Z",
            }
        ]
    }
}
FAILED: Final[Object] = {
    "status": {"lastFailureTime": "2026-11-24T11:30:00Z", "failedIssuanceAttempts": 2}
}
DELETED: Final[Object] = {
    "metadata": {
        "name": "web",
        "namespace": "shop",
        "deletionTimestamp": "2026-11-24T11:59:00Z",
    }
}


@pytest.mark.parametrize(
    ("step", "days"),
    [("+2years", (730, 731)), ("-1week", (-7, -7))],
    ids=["to come", "gone by"],
)
def test_an_instant_is_given_as_a_step_from_now(step: str, days: tuple[int, int]) -> None:
    write({"web.json": in_json(certificate(), secret())})
    before = datetime.now(UTC)
    told = run("check", "web.json", "--now", step, "--output", "json", now=False)
    after = datetime.now(UTC)
    at = datetime.fromisoformat(json.loads(told.stdout)["now"])
    assert before + timedelta(days[0]) <= at <= after + timedelta(days[1])


def test_a_ca_that_issued_all_certificates_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[bytes] = []

    def counting(der: bytes) -> CertificateFields:
        parsed.append(der)
        return read_certificate(der)

    monkeypatch.setattr("certlife.pki.certificate.read_certificate", counting)
    write({"export.json": export(12).encode()})
    assert len(report("export.json")["certificates"]) == 12
    assert len(parsed) == 13


def only(*objects: Object, arguments: tuple[str, ...] = ()) -> Judged:
    """What is reported of the one certificate in the input."""
    (one,) = report("-", *arguments, stdin=in_json(*objects))["certificates"]
    return one


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_the_report_says_everything_about_a_certificate_that_stands() -> None:
    found = report("-", stdin=in_json(certificate(), secret(), request("web-1", "1")))
    assert found == {
        "version": 1,
        "now": "2026-11-24T12:00:00Z",
        "policy": "cert-manager",
        "certificates": [
            {
                "namespace": "shop",
                "name": "web",
                "decision": "keep",
                "reason": None,
                "violations": [],
                "advice": [],
                "not_after": "2027-01-30T00:00:00Z",
                "renewal_time": "2026-12-31T00:00:00Z",
                "next_check": "2026-12-31T00:00:00Z",
                "backoff_until": None,
                "source": "stdin",
            }
        ],
        "errors": [],
        "ignored": {},
    }


@pytest.mark.parametrize(
    ("objects", "decision", "reason"),
    [
        pytest.param([certificate(), secret()], "keep", None, id="it stands"),
        pytest.param([certificate(), secret(DUE)], "issue", "Renewing", id="it is due"),
        pytest.param(
            [certificate(), secret(name="other")], "issue", "DoesNotExist", id="its Secret is gone"
        ),
        pytest.param(
            [certificate(more=MARKED), secret()], "issue", "ManuallyTriggered", id="it is marked"
        ),
        pytest.param(
            [certificate(more=ISSUING), secret(DUE)], "in-progress", None, id="it is being issued"
        ),
        pytest.param(
            [certificate(more=FAILED), secret(DUE)], "backoff", "Renewing", id="it failed lately"
        ),
        pytest.param(
            [certificate(more=DELETED), secret()], "blocked", "BeingDeleted", id="it is deleted"
        ),
        pytest.param(
            [certificate(), secret(), request("a", "1"), request("b", "1")],
            "blocked",
            "DuplicateRequests",
            id="there are two requests for a revision",
        ),
        pytest.param(
            [
                certificate(spec={"privateKey": {"algorithm": "RSA", "rotationPolicy": "Never"}}),
                secret(),
            ],
            "blocked",
            "CannotRegenerateKey",
            id="its key does not fit and must not be replaced",
        ),
        pytest.param(
            [certificate(spec={"usages": ["teleport"]}), secret(DUE)],
            "blocked",
            "CannotRequest",
            id="no request can be made of its spec",
        ),
    ],
)
def test_the_decision_is_told_in_a_word_with_its_reason(
    objects: list[Object], decision: str, reason: str | None
) -> None:
    found = only(*objects)
    assert (found["decision"], found["reason"]) == (decision, reason)


def test_why_it_would_be_issued_is_told_after_what_blocks_it() -> None:
    found = only(certificate(spec={"usages": ["teleport"]}), secret(DUE))
    assert [one["reason"] for one in found["violations"]] == ["CannotRequest", "Renewing"]


def test_the_end_of_a_backoff_is_told() -> None:
    assert only(certificate(more=FAILED), secret(DUE))["backoff_until"] == "2026-11-24T13:30:00Z"


def test_of_two_certificates_for_one_secret_the_other_is_named() -> None:
    objects = [certificate(), certificate("copy"), secret()]
    found = {one["name"]: one for one in report("-", stdin=in_json(*objects))["certificates"]}
    blocked = found["web"]
    assert blocked["reason"] == "SecretOwnedByAnother"
    assert "the one of copy" in str(blocked["violations"])


def test_what_two_checks_find_is_told_once_and_the_first_violation_stays_the_first() -> None:
    torn = Pair(GOOD.certificate, b"no key")
    found = only(certificate(), secret(torn), request("web-1", "1"))
    told = [json.dumps(one) for one in found["violations"]]
    assert found["reason"] == "InvalidKeyPair"
    assert len(told) == len({re.sub(r'"check": "\w+"', "", one) for one in told})


def test_where_a_later_check_repeats_the_first_reason_it_stays_the_first() -> None:
    more: Object = {"status": {"revision": 1}}
    torn = Pair(GOOD.certificate, b"no key")
    found = only(
        certificate(more=more, spec={"dnsNames": ["other.example"]}),
        secret(torn),
        request("web-1", "1", PEM["csr-w042-p256"]),
    )
    assert found["reason"] == "InvalidKeyPair"
    reasons = [one["reason"] for one in found["violations"]]
    assert reasons[0] == "InvalidKeyPair"
    assert "RequestChanged" in reasons
    assert reasons.count("InvalidKeyPair") == 1


def test_where_the_input_holds_no_secret_it_is_not_judged_rather_than_missing() -> None:
    found = only(certificate(), request("web-1", "1"))
    assert (found["decision"], found["violations"]) == ("unknown", [])
    assert "Secrets, of which the input holds none" in str(found["advice"])
    assert "DoesNotExist" not in str(found)
    told = run("check", "-", stdin=in_json(certificate(), request("web-1", "1"))).stderr
    assert "note: not judged: Secrets, of which the input holds none, so that none is said" in told


def test_what_is_wrong_without_looking_at_secrets_is_told_without_them() -> None:
    asked = request("web-1", "1", PEM["csr-w042-p256"])
    found = only(certificate(more={"status": {"revision": 1}}), asked)
    assert (found["decision"], found["reason"]) == ("issue", "RequestChanged")


def test_a_policy_about_nothing_but_the_secret_finds_nothing_without_one() -> None:
    write(
        {
            "only_there.py": b"from certlife.policy.policies import TRIGGER, Policy\n"
            b"THERE = Policy('there', TRIGGER.checks[:1])\n"
        }
    )
    found = only(certificate(), arguments=("--policy", "only_there:THERE"))
    assert found["decision"] == "unknown"


def test_where_the_input_holds_no_request_the_tolerant_comparison_is_told() -> None:
    found = only(certificate(), secret())
    assert "the input holds no CertificateRequest" in str(found["advice"])
    told = run("check", "-", stdin=in_json(certificate(), secret())).stderr
    assert "note: not judged: what was requested, as the input holds no CertificateReq" in told


def test_times_are_taken_from_the_status_where_no_certificate_can_be_read() -> None:
    status = {"notAfter": "2027-01-01T00:00:00Z", "renewalTime": "2026-12-01T00:00:00Z"}
    found = only(certificate(more={"status": status}))
    assert (found["not_after"], found["renewal_time"]) == (
        "2027-01-01T00:00:00Z",
        "2026-12-01T00:00:00Z",
    )


@pytest.mark.parametrize("policy", ALL_POLICIES)
def test_a_built_in_policy_is_chosen_by_its_name(policy: str) -> None:
    assert (
        report("-", "--policy", policy, stdin=in_json(certificate(), secret()))["policy"] == policy
    )


def test_the_documented_policy_finds_an_expired_certificate_whose_renewal_is_disabled() -> None:
    expired = pair("web.example", since="2026-08-01T00:00:00Z", until="2026-11-01T00:00:00Z")
    objects = certificate(spec={"renewal": {"policy": "Disabled"}}), secret(expired)
    assert only(*objects)["decision"] == "keep"
    assert "Expired" in str(only(*objects)["advice"])
    assert only(*objects, arguments=("--policy", "documented"))["reason"] == "Expired"


def test_durations_and_instants_are_evidence_in_their_usual_spelling() -> None:
    asked = request("web-1", "1", PEM["csr-w042-p256"])
    asked["spec"]["duration"] = "24h"  # type: ignore[index]
    found = only(
        certificate(more={"status": {"revision": 1}}, spec={"duration": "48h"}), secret(DUE), asked
    )
    changed = {one["path"]: one for one in found["violations"]}
    duration, due = changed["spec.duration"], changed["status.renewalTime"]
    assert (duration["expected"], duration["actual"]) == ("48h0m0s", "24h0m0s")
    assert due["actual"] == "2026-10-31T00:00:00Z"


def test_other_kinds_are_counted() -> None:
    other: Object = {"apiVersion": "cert-manager.io/v1", "kind": "Issuer"}
    found = report("-", stdin=in_json(other, other, certificate()))
    assert found["ignored"] == {"Issuer.cert-manager.io": 2}
    assert "2 Issuer.cert-manager.io" in run("check", "-", stdin=in_json(other, other)).stderr


def test_other_kinds_are_in_order() -> None:
    others: list[Object] = [{"apiVersion": "v1", "kind": kind} for kind in ("Pod", "Node")]
    assert list(report("-", stdin=in_json(*others))["ignored"]) == ["Node", "Pod"]


def test_misspelled_fields_are_told() -> None:
    told = run("check", "-", stdin=in_json(certificate(spec={"dnsName": "x"}), secret())).stderr
    assert "no fields of the API: Certificate.spec.dnsName (1 times)\n" in told


def test_the_table_is_plain_when_piped_and_begins_with_the_worst() -> None:
    objects = [
        certificate(spec={"secretName": "good"}),
        certificate("due", spec={"secretName": "due"}),
        secret(name="good"),
        secret(DUE, "due"),
        request("x", "1"),
    ]
    result = run("check", "-", stdin=in_json(*objects))
    assert result.stdout == (
        "DECISION  CERTIFICATE  REASON    DUE       EXPIRES  WHY\n"
        "issue     shop/due     Renewing  24 d ago  in 5 d   status.renewalTime: expected a time to"
        " come (two thirds of the lifetime), got 2026-10-31T00:00:00Z\n"
        "keep      shop/web               in 36 d   in 66 d\n"
    )
    assert result.stderr == "\n2 certificates: 1 issue, 1 keep\n"


def test_the_table_tells_when_a_failure_may_be_tried_again_and_how_much_else_is_wrong() -> None:
    objects = [
        certificate(more=FAILED),
        certificate(
            "vault", spec={"secretName": "v", "issuerRef": {"name": "a", "kind": "B", "group": "c"}}
        ),
        secret(DUE),
        secret(name="v"),
    ]
    lines = run("check", "-", stdin=in_json(*objects)).stdout.splitlines()
    assert lines[1].endswith("(and 1 more)")
    assert lines[2].endswith("may be tried again in 90 min")


def test_names_and_messages_without_end_are_cut_in_the_table() -> None:
    objects = (
        certificate("w" * 9999, spec={"dnsNames": [f"{n}.example" for n in range(999)]}),
        secret(),
    )
    _, line = run("check", "-", stdin=in_json(*objects)).stdout.splitlines()
    assert len(line) < 400
    assert f"shop/{'w' * 92}..." in line


def test_what_expires_first_comes_first_among_equals() -> None:
    later = pair("web.example", since="2026-08-25T00:00:00Z", until="2026-12-05T00:00:00Z")
    objects = [
        certificate("later", spec={"secretName": "later"}),
        certificate("sooner", spec={"secretName": "sooner"}),
        certificate("broken", spec={"secretName": "none"}),
        secret(later, "later"),
        secret(DUE, "sooner"),
    ]
    found = report("-", stdin=in_json(*objects))["certificates"]
    assert [one["name"] for one in found] == ["sooner", "later", "broken"]


def test_a_certificate_without_namespace_is_called_by_its_name_alone() -> None:
    found = run("check", "-", stdin=in_json(certificate(namespace=None), secret(namespace=None)))
    assert "\nkeep      web " in found.stdout


@pytest.mark.parametrize(
    ("arguments", "objects", "status"),
    [
        pytest.param([], [certificate(), secret(DUE)], 0, id="reported"),
        pytest.param(
            ["--exit-code"], [certificate(), secret(DUE)], 3, id="asked for, and one is due"
        ),
        pytest.param(["--exit-code"], [certificate(), secret()], 0, id="asked for, and none is"),
        pytest.param(
            ["--exit-code"],
            [certificate(more=FAILED), secret(DUE)],
            0,
            id="asked for, and one has to wait",
        ),
        pytest.param(["--exit-code"], [{}, certificate(), secret(DUE)], 2, id="one is unreadable"),
    ],
)
def test_the_exit_status_says_how_it_went(
    arguments: list[str], objects: list[Object], status: int
) -> None:
    result = run("check", "-", *arguments, stdin=in_json(*objects))
    assert result.exit_code == status
    assert "shop/web" in result.stdout


def test_piped_input_needs_no_dash() -> None:
    assert "shop/web" in run("check", stdin=in_json(certificate(), secret())).stdout


def test_without_now_the_clock_is_asked() -> None:
    due_in_2026 = run("check", "-", stdin=in_json(certificate(), secret(DUE)), now=False)
    assert "Renewing" in due_in_2026.stdout


def test_a_kubernetes_mount_is_a_certificate_called_as_its_folder() -> None:
    write({"web/tls.crt": GOOD.certificate, "web/tls.key": GOOD.key})
    (found,) = report("web")["certificates"]
    assert (found["name"], found["decision"], found["source"]) == ("web", "keep", "web/tls.crt")


def test_pem_files_say_which_checks_find_nothing() -> None:
    write({"web/tls.crt": GOOD.certificate, "web/tls.key": GOOD.key})
    (found,) = report("web")["certificates"]
    assert "current_certificate_request_mismatches_spec" in str(found["advice"])
    told = run("check", "web").stderr
    assert "note: not judged: the spec of PEM files, which was read off the certificate" in told


def test_certbots_folders_are_certificates_due_when_one_says() -> None:
    write(
        {
            "live/a/fullchain.pem": GOOD.certificate,
            "live/a/privkey.pem": GOOD.key,
            "live/b/fullchain.pem": DUE.certificate,
            "live/b/privkey.pem": DUE.key,
        }
    )
    (b, a) = report("live", "--renew-before", "1h")["certificates"]
    assert (a["name"], a["renewal_time"]) == ("a", "2027-01-29T23:00:00Z")
    assert (b["name"], b["renewal_time"]) == ("b", "2026-11-29T23:00:00Z")
    (b, _) = report("live", "--renew-before", "720h")["certificates"]
    assert (b["decision"], b["reason"]) == ("issue", "Renewing")


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"x.pem": DUE.key + DUE.certificate}, id="a combined file"),
        pytest.param({"x.pem": DUE.certificate}, id="a certificate alone"),
        pytest.param({"x.crt": DUE.certificate, "x.key": DUE.key}, id="a pair as of a web server"),
    ],
)
def test_pem_files_are_judged(files: dict[str, bytes]) -> None:
    write(files)
    (found,) = report(".")["certificates"]
    assert (found["name"], found["reason"]) == ("x", "Renewing")


def test_what_cert_manager_would_not_request_is_issued_when_it_is_only_in_files() -> None:
    write({"small.pem": PEM["cert-w044-rsa1024-rsa1024"]})
    (found,) = report("small.pem")["certificates"]
    assert found["decision"] == "issue"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["--now", "2026-11-24T12:00:00"], "expected an RFC 3339", id="a naive --now"),
        pytest.param(["--now", "now"], "for instance 2026-11-24T12:00:00Z", id="no --now"),
        pytest.param(["--now", "+3"], "expected a step such as +3months", id="a step by nothing"),
        pytest.param(["--renew-before", "5"], "expected a Go duration", id="no duration"),
        pytest.param(["--renew-before", "1e9h"], "for instance 720h", id="an exponent"),
        pytest.param(["--renew-before", "-1h"], "expected a duration above zero", id="below zero"),
        pytest.param(["--renew-before", "0"], "expected a duration above zero", id="zero"),
        pytest.param(["--output", "xml"], "'table', 'json'", id="no output"),
        pytest.param(["--policy", "lax"], "strict or MODULE:NAME, got lax", id="no policy"),
    ],
)
def test_a_wrong_option_is_told_and_nothing_is_read(arguments: list[str], told: str) -> None:
    result = run("check", "-", *arguments, stdin=b"", now=False)
    assert result.exit_code == 2
    assert told in result.stderr
    assert "stdin" not in result.stderr
