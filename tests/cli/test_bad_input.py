"""Bad input: each is told where it is, hides nothing else, takes no time and shows no key."""

from __future__ import annotations

import json
import os
import re
import time
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.adapters.materials import PEM
from tests.cli.command import (
    DUE,
    GOOD,
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

if TYPE_CHECKING:
    from click.testing import Result

    from tests.cli.command import Object

GOOD_FILE: Final = in_json(certificate(), secret(), request("web-1", "1"))
KEY_LINES: Final = [
    line
    for key in (GOOD.key, DUE.key, PEM["oddkey-dsa"], PEM["oddkey-encrypted-pkcs8"])
    for line in key.decode().splitlines()[1:-1]
]


def checked(*arguments: str) -> Result:
    """Check the current folder, in which good.json is, and see that this one is shown."""
    write({"good.json": GOOD_FILE})
    result = run("check", *(arguments or (".",)))
    assert "shop/web" in result.stdout
    no_key_in(result.output)
    return result


def no_key_in(text: str) -> None:
    """See that no line of a private key was written, be it PEM or base64 once more."""
    assert not any(line in text for line in KEY_LINES)
    assert not any(b64encode(line.encode()).decode()[:40] in text for line in KEY_LINES)
    assert "PRIVATE KEY" not in text


def yaml_of(spec: str) -> bytes:
    """Return a Certificate in YAML with more in its spec."""
    return (
        "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: y}\n"
        f"spec:\n  secretName: web-tls\n  issuerRef: {{name: ca}}\n  {spec}\n"
    ).encode()


DEEP: Final = 10_000
BILLIONS: Final = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        pytest.param(b"", "expected a document, found none", id="nothing"),
        pytest.param(b"# a comment\n---\n", "expected a document, found none", id="comments"),
        pytest.param(b"a: \xff\n", "expected UTF-8, and byte 4 is none", id="Latin-1"),
        pytest.param("a: 1".encode("utf-16"), "expected UTF-8, not UTF-16", id="UTF-16"),
        pytest.param(b"a: [1,\n", "expected YAML: ", id="truncated YAML"),
        pytest.param(b'{"a": [1,', "expected JSON: ", id="truncated JSON"),
        pytest.param(BILLIONS.encode(), "expected no anchors (&)", id="aliases in billions"),
        pytest.param(b"kind: a\nkind: b\n", "expected every key once", id="a key twice in YAML"),
        pytest.param(b'{"a": 1, "a": 1}', "expected every key once", id="a key twice in JSON"),
        pytest.param(b"[" * DEEP + b"]" * DEEP, "at most 100 deep", id="10,000 lists in JSON"),
        pytest.param(b"a: " + b"[" * DEEP, "at most 100 deep", id="10,000 lists in YAML"),
        pytest.param(b'{"a": %s}' % (b"9" * 5000), "at most 100 characters", id="5,000 digits"),
        pytest.param(b"a: " + b"9" * 5000, "at most 100 characters", id="5,000 digits in YAML"),
        pytest.param(b'{"a": NaN}', "expected a number as JSON has it, got NaN", id="NaN"),
        pytest.param(b'{"a": "\\ud800"}', "without lone surrogates", id="half a character"),
        pytest.param(
            b'"text"', "expected an object of Kubernetes in JSON or YAML, or PEM", id="text alone"
        ),
        pytest.param(b"!!python/object/apply:os.system [id]", "expected no tags", id="a tag"),
    ],
)
def test_what_is_no_document_is_told(data: bytes, told: str) -> None:
    write({"bad.yaml": data})
    result = checked()
    assert result.exit_code == 2
    (error,) = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert error.startswith("error: bad.yaml: ")
    assert told in error


def test_a_byte_order_mark_is_no_fault() -> None:
    write({"bom.json": b"\xef\xbb\xbf" + in_json(certificate("marked"), secret())})
    result = checked()
    assert result.exit_code == 0
    assert "shop/marked" in result.stdout


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        pytest.param("dnsNames: [NO]", "", id="NO is a name"),
        pytest.param("commonName: 010", "", id="010 is a name"),
        pytest.param("commonName: 12:30:00", "", id="12:30:00 is a name"),
        pytest.param("commonName: 2026-01-01", "", id="a date is a name"),
        pytest.param("isCA: yes", "spec.isCA: expected a boolean, got 'yes'", id="yes is text"),
        pytest.param("duration: 5", "spec.duration: expected a string", id="5 is no duration"),
        pytest.param("duration: '5'", "spec.duration: expected a Go duration", id="nor is '5'"),
        pytest.param("duration: 1e9h", "spec.duration: expected a Go duration", id="nor 1e9h"),
        pytest.param("duration: -1h", "", id="-1h is one"),
        pytest.param("dnsNames: web.example", "spec.dnsNames: expected a list", id="a bare name"),
        pytest.param(
            "keystores: {pkcs12: {create: true, password: [s3cret]}}",
            "spec.keystores.pkcs12.password: expected a string, got a list",
            id="a password is not quoted",
        ),
    ],
)
def test_yaml_says_what_it_looks_like(spec: str, told: str) -> None:
    write({"y.yaml": yaml_of(spec)})
    result = checked()
    assert told in result.stderr
    assert result.exit_code == (2 if told else 0)
    assert "s3cret" not in result.output


def test_a_duration_below_zero_is_a_fault_of_the_spec_and_judged_all_the_same() -> None:
    write({"y.yaml": yaml_of("duration: -1h")})
    result = run("validate", "y.yaml")
    assert result.exit_code == 1
    assert "y.yaml: y: spec.duration: " in result.stdout


@pytest.mark.parametrize("zone", ["America", "tzdata.zi", "../../etc/passwd", "Mars/Olympus", ""])
def test_a_time_zone_that_is_none_is_advice_and_the_desired_time_stands(zone: str) -> None:
    windows = [{"cron": "0 3 * * *", "windowDuration": "1h", "timezone": zone}]
    spec = {"renewal": {"policy": "RenewBefore", "windows": windows}}
    found = report("-", stdin=in_json(certificate(spec=spec), secret(DUE)))
    (one,) = found["certificates"]
    if zone:
        assert (one["reason"], one["renewal_time"]) == ("Renewing", "2026-10-31T00:00:00Z")
        assert "WindowError" in [advice["reason"] for advice in one["advice"]]
    else:
        assert one["renewal_time"] == "2026-10-31T03:00:00Z"


def test_a_schedule_that_never_comes_is_advice_and_the_desired_time_stands() -> None:
    windows = [{"cron": "0 0 31 2 *", "windowDuration": "1h"}]
    spec = {"renewal": {"policy": "RenewBefore", "windows": windows}}
    found = report("-", stdin=in_json(certificate(spec=spec), secret(DUE)))
    (one,) = found["certificates"]
    assert (one["reason"], one["renewal_time"]) == ("Renewing", "2026-10-31T00:00:00Z")
    assert one["advice"][0]["reason"] == "WindowError"


@pytest.mark.parametrize("size", [10**8], ids=["100 MB"])
@pytest.mark.parametrize(
    ("head", "tail", "name", "seconds"),
    [
        pytest.param(b'{"apiVersion": "v1", "kind": "', b'"}', "b.json", 3, id="a kind"),
        pytest.param(
            b'{"apiVersion": "cert-manager.io/v1", "kind": "Certificate", "spec":'
            b' {"secretName": "x", "issuerRef": {"name": "x"}}, "metadata": {"name": "',
            b'"}}',
            "b.json",
            3,
            id="a name",
        ),
        pytest.param(
            b'{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "web-tls",'
            b' "namespace": "other"}, "data": {"tls.crt": "',
            b'"}}',
            "b.json",
            3,
            id="a certificate",
        ),
        pytest.param(b"a: ", b"", "b.yaml", 3, id="YAML"),
        pytest.param(b"-----BEGIN CERTIFICATE-----\n", b"", "b.pem", 3, id="PEM"),
    ],
)
def test_a_string_of_100_mb_is_quickly_done_with(
    head: bytes, tail: bytes, name: str, seconds: float, size: int
) -> None:
    with Path(name).open("wb") as file:
        file.write(head)
        file.writelines(b"A" * 10**6 for _ in range(size // 10**6))
        file.write(tail)
    begun = time.process_time()
    result = checked()
    assert time.process_time() - begun < seconds
    assert len(result.output) < 10_000


@pytest.mark.parametrize("command", ["check", "validate"])
def test_where_there_is_nothing_to_judge_that_is_said(command: str) -> None:
    result = run(command, "-", stdin=b'{"apiVersion": "v1", "kind": "List", "items": []}')
    assert result.exit_code == 0
    assert "note: nothing to judge: the input holds no Certificate" in result.stderr


def test_an_empty_folder_is_told() -> None:
    Path("empty").mkdir()
    result = checked("good.json", "empty")
    assert result.exit_code == 2
    assert (
        "error: empty: expected manifests or PEM files in the folder, found none" in result.stderr
    )


@pytest.mark.skipif(os.name == "nt", reason="links are rare there")
def test_a_dangling_link_is_told() -> None:
    Path("link.yaml").symlink_to("nowhere.yaml")
    result = checked()
    assert result.exit_code == 2
    assert "error: link.yaml: cannot be read: No such file or directory" in result.stderr


def test_a_path_that_is_not_there_is_told() -> None:
    result = checked("good.json", "none.yaml")
    assert result.exit_code == 2
    assert "error: none.yaml: cannot be read: No such file or directory" in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="names are bytes on Unix only")
def test_a_file_whose_name_is_no_text_is_told() -> None:
    Path(os.fsdecode(b"\xff\x1b[31m.yaml")).write_bytes(b"")
    result = checked()
    assert "error: \\udcff\\x1b[31m.yaml: expected a document" in result.stderr


def test_an_error_in_a_path_without_end_is_cut() -> None:
    metadata = {"name": "x", "annotations": {"A" * 9999: 1}}
    write({"long.json": in_json({**certificate(), "metadata": metadata})})
    result = checked()
    assert "error: long.json: items[0].metadata.annotations[" in result.stderr
    assert len(result.output) < 3000


def test_of_objects_that_are_there_twice_the_last_counts_and_that_is_told() -> None:
    objects = certificate(), certificate(), secret(DUE), secret(), request("r", "1")
    write({"twice.json": in_json(*objects, request("r", "1"))})
    result = run("check", "twice.json")
    assert result.stdout.splitlines()[1].startswith("keep      shop/web ")
    assert (
        "note: there more than once, of which the last one counts: Certificate shop/web,"
        " Secret shop/web-tls, CertificateRequest shop/r\n"
    ) in result.stderr


def judged(pair: Pair) -> tuple[str | None, str]:
    """The reason and all that is said of a Certificate whose Secret holds this."""
    stdin = in_json(certificate(), secret(pair), request("web-1", "1"))
    told = run("check", "-", stdin=stdin).output + run("explain", "web", "-", stdin=stdin).output
    no_key_in(told)
    (found,) = report("-", stdin=stdin)["certificates"]
    no_key_in(json.dumps(found))
    return found["reason"], told


def crlf(pem: bytes) -> bytes:
    return pem.replace(b"\n", b"\r\n")


ENDLESS: Final = GOOD.certificate.partition(b"-----END")[0]
RELABELLED: Final = GOOD.key.replace(b"PRIVATE KEY", b"EC PRIVATE KEY")


@pytest.mark.parametrize(
    ("pair", "reason", "told"),
    [
        pytest.param(Pair(crlf(GOOD.certificate), crlf(GOOD.key)), None, "keep", id="CRLF"),
        pytest.param(
            Pair(b"Subject: x\n" + GOOD.certificate, b"\nA key:\n" + GOOD.key),
            None,
            "keep",
            id="text before it",
        ),
        pytest.param(Pair(ENDLESS, GOOD.key), "InvalidCertificate", "", id="a missing end"),
        pytest.param(Pair(GOOD.certificate, GOOD.key[:-40]), "InvalidKeyPair", "", id="half a key"),
        pytest.param(Pair(GOOD.certificate, RELABELLED), "InvalidKeyPair", "", id="a wrong label"),
        pytest.param(Pair(GOOD.key, GOOD.certificate), "InvalidKeyPair", "", id="swapped"),
        pytest.param(Pair(GOOD.certificate, DUE.key), "InvalidKeyPair", "", id="another key"),
        pytest.param(Pair(b"", GOOD.key), "MissingData", "", id="no certificate"),
        pytest.param(
            Pair(GOOD.certificate, PEM["oddkey-encrypted-pkcs8"]),
            "InvalidKeyPair",
            "encrypted",
            id="an encrypted key",
        ),
        pytest.param(
            Pair(GOOD.certificate, PEM["oddkey-legacy-encrypted-pkcs1"]),
            "InvalidKeyPair",
            "encrypted",
            id="a key encrypted as OpenSSL once did",
        ),
        pytest.param(
            Pair(GOOD.certificate, PEM["oddkey-dsa"]), "InvalidKeyPair", "", id="a DSA key"
        ),
        pytest.param(
            Pair(GOOD.certificate, PEM["oddkey-x25519"]), "InvalidKeyPair", "", id="an X25519 key"
        ),
        pytest.param(
            Pair(PEM["cert-w007-p256-dsa"], GOOD.key),
            "InvalidKeyPair",
            "",
            id="a certificate for a DSA key",
        ),
        pytest.param(
            Pair(PEM["cert-w002-p521-x25519"], GOOD.key),
            "InvalidKeyPair",
            "",
            id="a certificate for an X25519 key",
        ),
        pytest.param(
            Pair(PEM["cert-w007-p256-with-negative-serial-number"], GOOD.key),
            "InvalidCertificate",
            "",
            id="a negative serial number",
        ),
    ],
)
def test_what_a_secret_holds_is_judged_whatever_it_is(
    pair: Pair, reason: str | None, told: str
) -> None:
    found, everything = judged(pair)
    assert found == reason
    assert told in everything


def test_a_validity_that_runs_backwards_is_judged() -> None:
    backwards = pair("web.example", since="2027-01-01T00:00:00Z", until="2027-01-02T00:00:00Z")
    assert judged(backwards)[0] is None


def test_the_year_9999_is_judged() -> None:
    until = pair("web.example", since="2026-11-01T00:00:00Z", until="9999-12-31T23:59:59Z")
    reason, told = judged(until)
    assert reason is None
    assert "9999-12-31T23:59:59Z" in told


@pytest.mark.parametrize("name", ["dsa", "x25519", "negative"])
def test_a_certificate_alone_that_cannot_be_judged_is_told(name: str) -> None:
    material = {
        "dsa": "cert-w007-p256-dsa",
        "x25519": "cert-w002-p521-x25519",
        "negative": "cert-w007-p256-with-negative-serial-number",
    }
    write({"odd.pem": PEM[material[name]]})
    result = checked()
    assert result.exit_code == 2
    assert "error: odd.pem: expected a certificate " in result.stderr


def test_an_encrypted_key_in_a_file_is_told_and_never_asked_for() -> None:
    write({"e/tls.crt": GOOD.certificate, "e/tls.key": PEM["oddkey-encrypted-pkcs8"]})
    result = checked()
    assert re.search(r"issue +e +InvalidKeyPair .*encrypted", result.stdout)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(
            {"data": {"tls.key": f"{b64encode(GOOD.key).decode()}!"}},
            "expected base64 with padding",
            id="base64 that is none",
        ),
        pytest.param(
            {"data": {"tls.key": [GOOD.key.decode()]}},
            "expected a string of base64, got a list",
            id="a list",
        ),
        pytest.param({"data": GOOD.key.decode()}, "data: expected a mapping", id="no mapping"),
    ],
)
def test_a_secret_that_cannot_be_read_is_told_without_a_word_of_it(
    change: dict[str, object], told: str
) -> None:
    write({"bad.json": in_json({**secret(name="other"), **change})})
    result = checked()
    assert result.exit_code == 2
    assert told in result.stderr
    for output in (("--output", "json"), ()):
        no_key_in(run("check", ".", *output).output)


def test_a_secret_that_is_none_for_tls_holds_no_certificate() -> None:
    password: Object = {**secret(), "type": "Opaque", "data": {"password": "c2VjcmV0"}}
    stdin = in_json(certificate(), password, request("web-1", "1"))
    result = run("check", "-", stdin=stdin)
    assert "MissingData" in result.stdout
    assert "c2VjcmV0" not in result.output


@pytest.mark.parametrize("revision", ["one", "", "-1", "9" * 5000], ids=["word", "", "-1", "long"])
def test_a_request_whose_revision_is_no_number_belongs_to_no_revision(revision: str) -> None:
    objects = certificate(more={"status": {"revision": 1}}), secret(), request("r", revision)
    (found,) = report("-", stdin=in_json(*objects))["certificates"]
    assert found["decision"] == "keep"


def test_a_revision_that_is_no_number_is_told() -> None:
    write({"bad.json": in_json(certificate(more={"status": {"revision": "one"}}))})
    result = checked()
    assert "bad.json: items[0].status.revision: expected an integer" in result.stderr


@pytest.mark.parametrize("output", ["table", "json"])
def test_names_with_escapes_and_markup_are_spelled(output: str) -> None:
    hostile = certificate("\x1b[2J[red]\r\n", spec={"secretName": "\x1b]0;x\x07"})
    result = run("check", "-", "--output", output, stdin=in_json(hostile, secret()))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", result.output)
    assert "[red]" in result.stdout


def test_a_name_with_escapes_that_is_not_there_is_spelled() -> None:
    result = run("explain", "\x1b[2J", "-", stdin=in_json(certificate("\x1b[31m")))
    assert "\x1b" not in result.output


def test_fields_and_kinds_with_escapes_are_spelled() -> None:
    other: Object = {"apiVersion": "v1", "kind": "\x1b[1m"}
    result = run("check", "-", stdin=in_json(certificate(spec={"\x1b[2J": 1}), other))
    assert "Certificate.spec.'\\x1b[2J' (1 times)" in result.stderr
    assert "1 \\x1b[1m\n" in result.stderr
    assert "\x1b" not in result.output


def test_a_subject_with_escapes_is_spelled() -> None:
    odd = pair("\x1b[2J\u202e", "web.example").certificate
    result = run("chain", "-", stdin=odd)
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout
    assert "\u202e" not in result.stdout


def test_standard_input_without_end_is_not_read_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("certlife.cli.sources.MAX_JSON_BYTES", 9)
    monkeypatch.setattr("certlife.adapters.manifests.MAX_JSON_BYTES", 9)
    assert run("check", "-", stdin=b"[{},{},1]").stderr.count("bytes") == 0
    assert "error: stdin: expected at most 9 bytes" in run("check", "-", stdin=b"[{},{},10]").stderr


@pytest.mark.parametrize("command", ["check", "explain", "validate"])
def test_every_command_takes_anything_for_input(command: str) -> None:
    name = ["x"] if command == "explain" else []
    for data in (b"\x00", b"\xff\xfe", b"{" * 999, b"-----BEGIN CERTIFICATE-----", b"%"):
        assert run(command, *name, "-", stdin=data).exit_code == 2
