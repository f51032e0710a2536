"""`certlife metrics`: what dashboards and alerts made for cert-manager find."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.cli.command import (
    DUE,
    GOOD,
    Object,
    Pair,
    certificate,
    in_json,
    pair,
    run,
    secret,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

CERT_MANAGER: Final = "certmanager_certificate_"
TIMES: Final = ("not_before", "not_after", "expiration", "renewal")
GOOD_TIMES: Final = {
    "not_before": "2026-11-01T00:00:00Z",
    "not_after": "2027-01-30T00:00:00Z",
    "expiration": "2027-01-30T00:00:00Z",
    "renewal": "2026-12-31T00:00:00Z",
}
STATUS: Final[Object] = {
    "notBefore": "2026-01-01T00:00:00Z",
    "notAfter": "2026-02-01T00:00:00Z",
    "renewalTime": "2026-01-20T00:00:00.5Z",
    "conditions": [{"type": "Ready", "status": "False"}],
}


def samples(page: str) -> dict[str, dict[frozenset[tuple[str, str]], float]]:
    """Read a page as Prometheus does: metric, labels, value; each labelled sample is there once."""
    found: dict[str, dict[frozenset[tuple[str, str]], float]] = {}
    for family in text_string_to_metric_families(page):
        assert family.type == "gauge"
        assert family.documentation
        for sample in family.samples:
            labels = frozenset(sample.labels.items())
            assert labels not in found.setdefault(sample.name, {})
            found[sample.name][labels] = sample.value
    return found


def one(page: str, metric: str, **labels: str) -> float:
    """Return the value of the one sample with these labels, whatever others it has."""
    (value,) = (
        value for found, value in samples(page)[metric].items() if labels.items() <= set(found)
    )
    return value


def times(page: str, **labels: str) -> dict[str, str | None]:
    """Return the times of a certificate, None for 0."""
    found = {time: one(page, f"{CERT_MANAGER}{time}_timestamp_seconds", **labels) for time in TIMES}
    assert all(value.is_integer() for value in found.values())
    return {
        time: f"{datetime.fromtimestamp(value, UTC):%Y-%m-%dT%H:%M:%SZ}" if value else None
        for time, value in found.items()
    }


def state(page: str, metric: str, label: str, **labels: str) -> str:
    """Return which of the states is 1; all others are 0."""
    holds = {
        dict(found)[label]: value
        for found, value in samples(page)[metric].items()
        if labels.items() <= set(found)
    }
    (state,) = (state for state, value in holds.items() if value == 1)
    assert sorted(holds.values()) == [0.0] * (len(holds) - 1) + [1.0]
    return state


def readiness(page: str) -> str:
    return state(page, f"{CERT_MANAGER}ready_status", "condition")


def test_a_certificate_has_the_metrics_and_labels_that_cert_manager_gives_it() -> None:
    spec = {"issuerRef": {"name": "ca", "kind": "Issuer", "group": "cert-manager.io"}}
    page = run("metrics", "-", stdin=in_json(certificate(spec=spec), secret())).stdout
    labels = {
        "name": "web",
        "namespace": "shop",
        "issuer_name": "ca",
        "issuer_kind": "Issuer",
        "issuer_group": "cert-manager.io",
    }
    found = samples(page)
    for time in TIMES:
        assert set(found[f"{CERT_MANAGER}{time}_timestamp_seconds"]) == {frozenset(labels.items())}
    assert times(page) == GOOD_TIMES
    ready = found[f"{CERT_MANAGER}ready_status"]
    assert ready == {
        frozenset({**labels, "condition": condition}.items()): float(condition == "True")
        for condition in ("True", "False", "Unknown")
    }
    assert state(page, "certlife_certificate_decision", "decision") == "keep"
    assert one(page, "certmanager_clock_time_seconds_gauge") == 1795521600
    assert one(page, "certlife_unreadable_inputs") == 0


def test_an_issuer_without_kind_and_group_has_empty_labels_as_in_cert_manager() -> None:
    page = run("metrics", "-", stdin=in_json(certificate(), secret())).stdout
    assert times(page, issuer_name="ca", issuer_kind="", issuer_group="") == GOOD_TIMES


@pytest.mark.parametrize(
    ("objects", "expected", "condition"),
    [
        pytest.param((secret(),), GOOD_TIMES, "True", id="the Secret, where there is one"),
        pytest.param(
            (secret(name="other"),), dict.fromkeys(TIMES), "False", id="nothing: no such Secret"
        ),
        pytest.param(
            (secret(Pair(b"broken", GOOD.key)),),
            dict.fromkeys(TIMES),
            "False",
            id="nothing: a broken certificate",
        ),
    ],
)
def test_where_there_are_secrets_the_world_is_believed_and_not_the_status(
    objects: tuple[Object, ...], expected: Mapping[str, str], condition: str
) -> None:
    noted = certificate(more={"status": STATUS})
    page = run("metrics", "-", stdin=in_json(noted, *objects)).stdout
    assert times(page) == expected
    assert readiness(page) == condition


def test_where_nothing_is_known_there_are_zeros_and_it_may_be_ready_or_not() -> None:
    page = run("metrics", "-", stdin=in_json(certificate())).stdout
    assert times(page) == dict.fromkeys(TIMES)
    assert readiness(page) == "Unknown"


def test_without_any_secret_the_status_is_what_is_known() -> None:
    noted = certificate(more={"status": STATUS})
    result = run("metrics", "-", stdin=in_json(noted))
    assert times(result.stdout) == {
        "not_before": "2026-01-01T00:00:00Z",
        "not_after": "2026-02-01T00:00:00Z",
        "expiration": "2026-02-01T00:00:00Z",
        "renewal": "2026-01-20T00:00:00Z",
    }
    assert readiness(result.stdout) == "False"
    assert "note: not judged: Secrets, of which the input holds none" in result.stderr


def test_a_certificate_that_is_due_is_ready_still_and_one_that_has_expired_is_not() -> None:
    page = run("metrics", "-", stdin=in_json(certificate(), secret(DUE))).stdout
    assert state(page, "certlife_certificate_decision", "decision") == "issue"
    assert readiness(page) == "True"
    expired = pair("web.example", since="2026-01-01T00:00:00Z", until="2026-04-01T00:00:00Z")
    page = run("metrics", "-", stdin=in_json(certificate(), secret(expired))).stdout
    assert readiness(page) == "False"


def test_times_before_1970_and_in_the_year_9999_are_numbers() -> None:
    old = pair("web.example", since="1960-01-01T00:00:00Z", until="9999-12-31T23:59:59Z")
    page = run("metrics", "-", stdin=in_json(certificate(), secret(old))).stdout
    assert one(page, f"{CERT_MANAGER}not_before_timestamp_seconds") == -315619200
    assert one(page, f"{CERT_MANAGER}not_after_timestamp_seconds") == 253402300799


def test_certificates_from_pem_files_go_by_their_paths_as_folders_share_names() -> None:
    for folder in ("a/web", "b/web"):
        write({f"{folder}/tls.crt": GOOD.certificate, f"{folder}/tls.key": GOOD.key})
    result = run("metrics", ".", "--renew-before", "240h")
    assert result.exit_code == 0
    for name in ("a/web/tls.crt", "b/web/tls.crt"):
        found = times(result.stdout, name=name, namespace="", issuer_name="")
        assert found == {**GOOD_TIMES, "renewal": "2027-01-20T00:00:00Z"}


def test_of_two_certificates_with_the_same_labels_the_worse_one_counts_and_that_is_told() -> None:
    escaped = certificate("w\x1b", more={"spec": certificate(spec={"secretName": "due"})["spec"]})
    objects = certificate(r"w\x1b"), escaped, secret(), secret(DUE, "due")
    result = run("metrics", "-", stdin=in_json(*objects))
    assert result.exit_code == 2
    assert times(result.stdout)["not_after"] == "2026-11-30T00:00:00Z"
    assert one(result.stdout, "certlife_unreadable_inputs") == 1
    assert "expected labels of its own: it is left out, as another one has these" in result.stderr


@pytest.mark.parametrize(
    ("name", "label"),
    [
        pytest.param('a"b\\c', 'a"b\\c', id="quotes and backslashes"),
        pytest.param("a\nb 1", r"a\nb 1", id="a line end"),
        pytest.param("a\x1b[31mb", r"a\x1b[31mb", id="an escape sequence"),
        pytest.param("\u202ea", r"\u202ea", id="text that runs backwards"),
        pytest.param("ü{}", "ü{}", id="braces"),
        pytest.param("x" * 10**6, "x" * 250 + "...", id="a million characters"),
    ],
)
def test_a_name_cannot_write_a_metric(name: str, label: str) -> None:
    result = run("metrics", "-", stdin=in_json(certificate(name), secret()))
    assert times(result.stdout, name=label) == GOOD_TIMES
    assert len(result.output) < 20_000
    assert all(line[0] == "#" or line.startswith("cert") for line in result.stdout.splitlines())


def test_what_cannot_be_read_is_counted_and_hides_nothing_else() -> None:
    write({"good.json": in_json(certificate(), secret()), "bad.yaml": b"a: ["})
    result = run("metrics", ".", "none")
    assert result.exit_code == 2
    assert times(result.stdout) == GOOD_TIMES
    assert one(result.stdout, "certlife_unreadable_inputs") == 2
    assert "error: bad.yaml: expected YAML" in result.stderr
    assert "error: none: cannot be read: No such file or directory" in result.stderr


def test_without_a_certificate_there_are_the_clock_and_the_count_still() -> None:
    result = run("metrics", "-", stdin=b"")
    assert result.exit_code == 2
    assert one(result.stdout, "certmanager_clock_time_seconds_gauge") == 1795521600
    assert one(result.stdout, "certlife_unreadable_inputs") == 1


def test_no_byte_of_a_key_is_on_the_page() -> None:
    result = run("metrics", "-", stdin=in_json(certificate(), secret()))
    assert not any(line in result.output for line in GOOD.key.decode().splitlines()[1:-1])


def test_the_page_is_written_to_a_file_at_once() -> None:
    Path("web.prom").write_text("old")
    before = Path("web.prom").stat().st_ino
    result = run("metrics", "-", "--output", "web.prom", stdin=in_json(certificate(), secret()))
    assert (result.exit_code, result.stdout) == (0, "")
    assert times(Path("web.prom").read_text()) == GOOD_TIMES
    assert Path("web.prom").stat().st_ino != before, "a reader might have found half of it"
    assert list(Path().iterdir()) == [Path("web.prom")]


def test_a_link_stays_a_link() -> None:
    Path("there").mkdir()
    Path("link.prom").symlink_to("there/web.prom")
    stdin = in_json(certificate(), secret())
    assert run("metrics", "-", "--output", "link.prom", stdin=stdin).exit_code == 0
    assert Path("link.prom").is_symlink()
    assert times(Path("there/web.prom").read_text()) == GOOD_TIMES


@pytest.mark.skipif(os.name == "nt", reason="pipes have no names there")
def test_what_is_no_regular_file_is_written_to_and_not_replaced() -> None:
    # A pipe of the test's own: a device, were this to fail for root, would be there no more.
    os.mkfifo("pipe")
    end = os.open("pipe", os.O_RDWR | os.O_NONBLOCK)
    result = run("metrics", "-", "--output", "pipe", stdin=in_json(certificate(), secret()))
    assert Path("pipe").is_fifo()
    page = os.read(end, 60_000).decode()
    os.close(end)
    assert result.exit_code == 0
    assert times(page) == GOOD_TIMES


def test_a_file_that_cannot_be_written_is_told() -> None:
    name = "nowhere/web.prom"
    result = run("metrics", "-", "--output", name, stdin=in_json(certificate(), secret()))
    assert (result.exit_code, result.stdout) == (2, "")
    error = "error: nowhere/web.prom: cannot be written: No such file or directory\n"
    assert result.stderr == error


def test_the_policy_decides_and_does_not_make_ready() -> None:
    stdin = in_json(certificate(spec={"dnsNames": ["other.example"]}), secret())
    page = run("metrics", "-", "--policy", "documented", stdin=stdin).stdout
    assert state(page, "certlife_certificate_decision", "decision") == "issue"


def test_without_the_package_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certlife.cli.metrics.find_spec", lambda _: None)
    result = run("metrics", "-")
    assert (result.exit_code, result.stdout) == (2, "")
    assert (
        result.stderr == "error: metrics needs prometheus-client: pip install 'certlife[metrics]'\n"
    )
