"""`certlife validate` and `certlife chain`."""

from __future__ import annotations

from typing import Final

import pytest

from tests.adapters.materials import PEM
from tests.cli.command import GOOD, ROOT, certificate, in_json, run, secret, write

LEAF, INTERMEDIATE, TRUST = (PEM[f"chain-a-{one}"] for one in ("leaf-of-int1", "int1", "root"))
LONE_CA: Final = PEM["chain-a-root"]


def test_a_spec_without_faults_is_fine() -> None:
    result = run("validate", "-", stdin=in_json(certificate(), secret()))
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "\n1 spec: no faults\n"


def test_each_fault_is_a_line_with_file_and_name() -> None:
    write(
        {
            "m/a.json": in_json(certificate(spec={"duration": "1m"})),
            "m/b.yaml": b"apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: b}\n"
            b"spec: {secretName: b, issuerRef: {name: ''}, dnsNames: [b.example]}\n",
        }
    )
    result = run("validate", "m")
    assert result.exit_code == 1
    assert "m/a.json: shop/web: spec.duration: expected" in result.stdout
    assert "m/b.yaml: b: spec.issuerRef.name: " in result.stdout
    assert result.stderr.startswith("\n2 specs: ")


def test_a_single_fault_is_counted_as_one() -> None:
    result = run("validate", "-", stdin=in_json(certificate(spec={"issuerRef": {"name": ""}})))
    assert result.stderr == "\n1 spec: 1 fault\n"


def test_a_spec_that_is_there_twice_is_looked_at_twice() -> None:
    objects = certificate(spec={"issuerRef": {"name": ""}}), certificate()
    result = run("validate", "-", stdin=in_json(*objects))
    assert result.exit_code == 1
    assert "of which the last one counts: Certificate shop/web\n" in result.stderr


def test_what_cannot_be_read_ends_with_2_and_faults_are_still_shown() -> None:
    result = run("validate", "-", stdin=in_json({}, certificate(spec={"issuerRef": {"name": ""}})))
    assert result.exit_code == 2
    assert "spec.issuerRef.name" in result.stdout
    assert "error: stdin: items[0].kind: expected the kind of object" in result.stderr


def test_misspelled_fields_are_told() -> None:
    result = run("validate", "-", stdin=in_json(certificate(spec={"dnsName": "x"})))
    assert "Certificate.spec.dnsName" in result.stderr


def test_certificates_in_files_have_no_spec_to_validate() -> None:
    write({"web.pem": GOOD.certificate})
    result = run("validate", "web.pem")
    assert (result.exit_code, result.stderr) == (0, "\n0 specs: no faults\n")


def test_the_examples_are_valid() -> None:
    assert run("validate", str(ROOT / "examples" / "cluster")).exit_code == 0


def test_a_chain_is_told_with_its_ca_and_what_was_left_out_and_why() -> None:
    write({"bundle.pem": TRUST + INTERMEDIATE + LEAF + INTERMEDIATE})
    result = run("chain", "bundle.pem")
    assert result.exit_code == 0
    assert result.stdout == (
        "Chain\n"
        "  1. CN=l1,O=Chain a, until 2036-01-01T00:00:00Z\n"
        "  2. CN=int1,O=Chain a, until 2036-01-01T00:00:00Z\n"
        "CA\n"
        "  CN=root,O=Chain a\n"
        "Left out\n"
        "  CN=root,O=Chain a: a root, which clients must have already\n"
        "  CN=int1,O=Chain a: repeated\n"
    )


def test_a_lone_leaf_has_no_ca_and_leaves_nothing_out() -> None:
    result = run("chain", "-", stdin=LEAF)
    assert result.stdout == "Chain\n  1. CN=l1,O=Chain a, until 2036-01-01T00:00:00Z\n"


def test_the_chain_itself_is_what_a_server_sends() -> None:
    result = run("chain", "-", "--output", "pem", stdin=TRUST + INTERMEDIATE + LEAF)
    assert result.stdout_bytes == LEAF + INTERMEDIATE
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("data", "told"),
    [
        pytest.param(b"", "expected a certificate in PEM", id="nothing"),
        pytest.param(GOOD.key, ": expected", id="a key"),
        pytest.param(LEAF + GOOD.certificate, "expected one chain", id="two leaves"),
        pytest.param(b"-" * 200_000, "expected at most 95,000 bytes", id="more than a chain"),
    ],
)
def test_what_is_no_chain_is_told(data: bytes, told: str) -> None:
    result = run("chain", "-", stdin=data)
    assert result.stderr.startswith("error: stdin: ")
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr


def test_a_file_that_is_not_there_is_told() -> None:
    result = run("chain", "none.pem")
    assert result.exit_code == 2
    assert "No such file or directory" in result.stderr
