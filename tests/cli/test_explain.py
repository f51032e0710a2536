"""`certlife explain`: one certificate in full, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.adapters.materials import PEM
from tests.cli.command import (
    DUE,
    GOOD,
    ROOT,
    Pair,
    certificate,
    in_json,
    pair,
    request,
    run,
    secret,
    write,
)

if TYPE_CHECKING:
    from tests.cli.command import Object

CLUSTER: Final = str(ROOT / "examples" / "cluster")


def explained(*objects: Object, name: str = "web") -> str:
    return run("explain", name, "-", stdin=in_json(*objects)).stdout


def status(**fields: object) -> Object:
    return {"status": fields}


def test_a_certificate_that_stands_is_explained_in_full() -> None:
    assert explained(certificate(), secret(), request("web-1", "1")) == (
        "shop/web\n"
        "  keep: it stands\n"
        "  read from stdin\n"
        "  time alone will change that at 2026-12-31T00:00:00Z (in 36 d)\n"
        "\n"
        "Renewal\n"
        "  valid from 2026-11-01T00:00:00Z (23 d ago)\n"
        "  to 2027-01-30T00:00:00Z (in 66 d), 90.0 days in all\n"
        "  two thirds of 90.0 days are 60.0 days: due at 2026-12-31T00:00:00Z (in 36 d)\n"
        "\n"
        "Chain\n"
        "  1. CN=web.example, until 2027-01-30T00:00:00Z\n"
    )


def test_every_violation_and_all_advice_are_told() -> None:
    objects = (
        certificate(spec={"privateKey": {"algorithm": "RSA"}}),
        secret(DUE),
        request("web-1", "1"),
    )
    told = explained(*objects)
    assert "issue: it must be issued now (SecretMismatch)" in told
    why, advice = told.partition("\nAdvice\n")[::2]
    assert "\nWhy\n  spec.privateKey.algorithm: expected 'RSA', got 'ECDSA'\n" in why
    assert "  status.renewalTime: expected a time to come" in why
    assert advice == "  spec.privateKey.encoding: expected 'PKCS1', got 'PKCS8'\n"


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        pytest.param(
            {"renewBefore": "24h"},
            "spec.renewBefore is 24h0m0s: due at 2027-01-29T00:00:00Z (in 65 d)",
            id="renewBefore",
        ),
        pytest.param(
            {"renewBeforePercentage": 10},
            "spec.renewBeforePercentage is 10 % of 90.0 days: due at 2027-01-21T00:00:00Z",
            id="renewBeforePercentage",
        ),
        pytest.param(
            {"renewBefore": "9999h"},
            "spec.renewBefore is 9999h0m0s, which is not within the lifetime: it does not count\n"
            "  two thirds of 90.0 days",
            id="a renewBefore longer than the lifetime",
        ),
        pytest.param(
            {"renewal": {"policy": "Disabled"}},
            "spec.renewal.policy is Disabled: it is never renewed by itself",
            id="renewal disabled",
        ),
        pytest.param(
            {
                "renewal": {
                    "policy": "RenewBefore",
                    "windows": [{"cron": "0 3 5 * *", "windowDuration": "1h"}],
                }
            },
            "no window is open then; the next one opens at 2027-01-05T03:00:00Z (in 41 d)",
            id="a window",
        ),
        pytest.param(
            {
                "renewal": {
                    "policy": "RenewBefore",
                    "windows": [{"cron": "0 0 31 2 *", "windowDuration": "1h"}],
                }
            },
            "the desired time stands: spec.renewal.windows",
            id="a window that never opens",
        ),
    ],
)
def test_the_renewal_time_is_reckoned_in_words(spec: dict[str, object], told: str) -> None:
    assert told in explained(certificate(spec=spec), secret())


def test_what_never_changes_by_itself_says_so() -> None:
    told = explained(certificate(spec={"renewal": {"policy": "Disabled"}}), secret())
    assert "  time alone will not change that\n" in told


def test_a_short_lifetime_is_told_in_hours() -> None:
    short = pair("web.example", since="2026-11-24T11:00:00Z", until="2026-11-24T17:00:00Z")
    told = explained(certificate(), secret(short))
    assert "two thirds of 6h0m0s are 4h0m0s: due at 2026-11-24T15:00:00Z (in 3 h)" in told


ARI: Final = {
    "ari": {"suggestedWindow": {"start": "2026-12-01T00:00:00Z", "end": "2026-12-02T00:00:00Z"}}
}


def test_the_wish_of_an_acme_server_is_told() -> None:
    told = explained(certificate(more=status(acme=ARI)), secret())
    assert "the ACME server suggests renewal: due at 2026-12-01T00:00:00Z (in 6 d)\n\n" in told


def test_an_acme_server_waits_for_no_window() -> None:
    windows = [{"cron": "0 3 5 * *", "windowDuration": "1h"}]
    renewal = {"policy": "RenewBefore", "windows": windows}
    told = explained(certificate(more=status(acme=ARI), spec={"renewal": renewal}), secret())
    assert "a window opens at 2026-12-05T03:00:00Z (in 10 d), but that is not waited for" in told


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        pytest.param(
            {"lastFailureTime": "2026-11-24T11:30:00Z", "failedIssuanceAttempts": 2},
            "failed last at 2026-11-24T11:30:00Z (30 min ago)\n"
            "  2 in a row: 2h0m0s to wait (1h, doubled by each failure, up to 32h)\n"
            "  may be tried again at 2026-11-24T13:30:00Z (in 90 min)",
            id="it has to wait",
        ),
        pytest.param(
            {"lastFailureTime": "2026-11-24T01:00:00Z"},
            "1 in a row: 1h0m0s to wait (1h, doubled by each failure, up to 32h)\n"
            "  the wait ended at 2026-11-24T02:00:00Z (10 h ago)",
            id="it has waited long enough",
        ),
    ],
)
def test_the_backoff_is_reckoned_in_words(fields: dict[str, object], told: str) -> None:
    assert f"\nBackoff\n  {told.removeprefix('Backoff')}" in explained(
        certificate(more=status(**fields)), secret(DUE)
    ).replace("\nBackoff\n  failed last at 2026-11-24T01:00:00Z (11 h ago)", "\nBackoff")


def test_a_failure_that_the_spec_has_been_mended_for_needs_no_waiting() -> None:
    failed = status(lastFailureTime="2026-11-24T11:30:00Z", revision=1)
    asked = request("web-2", "2", PEM["csr-w042-p256"])
    told = explained(certificate(more=failed), secret(DUE), asked)
    assert "there is no waiting: the failed request is not what the spec asks for now" in told


def test_an_issuance_under_way_says_since_when() -> None:
    since = {"type": "Issuing", "status": "True", "lastTransitionTime": "2026-11-24T11:00:00Z"}
    told = explained(certificate(more=status(conditions=[since])), secret(DUE))
    assert "in-progress: it is being issued already\n  read from stdin\n  since 2026-11-" in told


def test_without_a_secret_there_is_neither_renewal_nor_chain() -> None:
    told = explained(certificate(), request("web-1", "1"))
    assert "unknown: nothing is wrong with what was there to be judged" in told
    assert "\nNot judged\n  Secrets, of which the input holds none" in told
    assert "Renewal" not in told
    assert "Chain" not in told


def test_a_certificate_that_cannot_be_read_has_neither_renewal_nor_chain() -> None:
    told = explained(certificate(), secret(Pair(b"none", GOOD.key)))
    assert "Renewal" not in told
    assert "Chain" not in told


def test_what_is_left_out_of_the_chain_is_told() -> None:
    chain = b"".join(
        PEM[f"chain-a-{one}"] for one in ("leaf-with-empty-subject", "int1", "int1", "root")
    )
    told = explained(certificate(), secret(Pair(chain, GOOD.key)))
    assert (
        "\nChain\n"
        "  1. no subject, for leaf-with-empty-subject.example.com, until 2036-01-01T00:00:00Z\n"
        "  2. CN=int1,O=Chain a, until 2036-01-01T00:00:00Z\n"
        "  CN=root,O=Chain a: a root, which clients must have already\n"
        "  CN=int1,O=Chain a: repeated\n"
    ) in told


def test_what_is_no_chain_is_told() -> None:
    told = explained(certificate(), secret(Pair(GOOD.certificate + DUE.certificate, GOOD.key)))
    assert "\nChain\n  tls.crt is not one chain: " in told


def test_the_full_name_chooses_one_of_several() -> None:
    objects = certificate(), certificate(namespace="bank"), secret()
    assert explained(*objects, name="bank/web").startswith("bank/web\n")
    assert "shop/web" not in explained(*objects, name="bank/web")


def test_an_ambiguous_name_shows_all() -> None:
    told = explained(certificate(), certificate(namespace="bank"), secret())
    assert "bank/web\n" in told
    assert "\n\n\nshop/web\n" in told or "\n\nshop/web\n" in told


def test_a_name_that_is_not_there_lists_what_is() -> None:
    objects = [certificate(f"c{number:02}") for number in range(12)]
    result = run("explain", "web", "-", stdin=in_json(*objects))
    assert result.exit_code == 2
    assert "error: no certificate 'web'; there are: shop/c00, shop/c01, " in result.stderr
    assert result.stderr.endswith("shop/c09 and 2 more\n")


def test_where_there_is_none_that_is_said() -> None:
    note = "note: nothing to judge: the input holds no Certificate and no PEM file\n"
    result = run("explain", "web", "-", stdin=in_json())
    assert (result.exit_code, result.stderr) == (
        2,
        f"{note}error: no certificate 'web'; there is none at all\n",
    )


def test_what_could_not_be_read_ends_with_2_and_hides_nothing() -> None:
    result = run("explain", "web", "-", stdin=in_json({}, certificate(), secret()))
    assert result.exit_code == 2
    assert result.stdout.startswith("shop/web\n")


def test_the_example_in_the_help_works() -> None:
    result = run("explain", "shop/web", CLUSTER)
    assert result.exit_code == 0
    assert result.stdout.startswith("shop/web\n  keep: it stands\n")


def test_files_are_explained_by_the_name_of_their_folder() -> None:
    write({"web/tls.crt": GOOD.certificate, "web/tls.key": GOOD.key})
    told = run("explain", "web", ".", "--renew-before", "24h").stdout
    assert "spec.renewBefore is 24h0m0s" in told
    assert "\nNot judged\n  the spec of PEM files" in told
