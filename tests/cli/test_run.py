"""`certlife run --once`: what it issues, what it says, and how it ends."""

from __future__ import annotations

import gc
import json
import logging
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from certlife.pki.certificate import X509Certificate
from tests.cli.command import GOOD, run, secret, write
from tests.cli.pki import (
    CA,
    PKI,
    SELF,
    authority,
    configuration,
    configured,
    issuer,
    leaf,
    once,
)

if TYPE_CHECKING:
    from tests.cli.command import Object


def issued(name: str = "web") -> X509Certificate:
    """Return the certificate that is in a Secret."""
    return X509Certificate.from_pem((Path("store") / name / "tls.crt").read_bytes())


def trusted(name: str = "web", root: str = "root") -> bool:
    """Whether OpenSSL trusts what was issued, given the root."""
    done = subprocess.run(  # noqa: S603 — our own words
        [  # noqa: S607 — wherever it is
            "openssl",
            "verify",
            "-CAfile",
            f"store/{root}/tls.crt",
            "-untrusted",
            f"store/{name}/tls.crt",
            f"store/{name}/tls.crt",
        ],
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


def test_garbage_is_collected_again_where_the_command_may_go_on_for_years(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(gc, "enable", lambda: asked.append("enable"))
    once(*PKI)
    assert asked == ["enable"]


def test_a_ca_and_its_leaves_settle_in_one_run() -> None:
    below = issuer("below", {"ca": {"secretName": "middle"}})
    result = once(leaf("low", "below"), below, authority("middle", "ca"), *PKI)
    assert (result.exit_code, result.stderr) == (0, "\n4 certificates: 4 keep\n")
    assert trusted("web")
    assert trusted("low")
    assert Path("store/low/tls.crt").read_text().endswith(Path("store/middle/tls.crt").read_text())


def test_each_issuer_of_one_ca_has_its_own_urls() -> None:
    ca = {"secretName": "root", "ocspServers": ["http://ocsp.example"]}
    told = issuer("told", {"ca": ca})
    result = once(leaf("other", "told"), told, *PKI)
    assert (result.exit_code, result.stderr) == (0, "\n3 certificates: 3 keep\n")
    assert b"http://ocsp.example" in issued("other").der
    assert b"http://ocsp.example" not in issued("web").der
    assert trusted("other")


def test_what_could_not_be_done_is_an_error_and_the_rest_is_done() -> None:
    Path("store/web/tls.crt").mkdir(parents=True)
    result = once(*PKI)
    assert result.exit_code == 2
    error = "store/web/tls.crt: expected a link to ..data/tls.crt, move away what is there"
    assert f"error: web: Cannot do what is next: {error}\n" in result.stderr
    assert issued("root").is_ca
    Path("store/web/tls.crt").rmdir()
    assert once().exit_code == 0


def test_an_empty_namespace_is_none() -> None:
    result = once({**leaf(), "metadata": {"name": "web", "namespace": ""}}, *PKI[1:])
    assert result.exit_code == 0
    assert " web: Issuing: " in result.stdout


def test_a_second_run_does_nothing() -> None:
    once(*PKI)
    before = issued()
    result = once()
    assert (result.exit_code, result.stdout) == (0, "")
    assert issued() == before


def test_events_are_printed_as_they_come_with_their_time() -> None:
    lines = once(authority(), SELF).stdout.splitlines()
    assert all(re.match(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ root: ", line) for line in lines)
    assert [line.split()[2] for line in lines] == [
        "Issuing:",
        "Generated:",
        "Requested:",
        "Issuing:",
    ]


def test_events_go_to_the_log_of_the_standard_library(caplog: pytest.LogCaptureFixture) -> None:
    once(authority(), SELF)
    assert ("certlife", logging.INFO, "root: Generated: Made a new private key") in (
        caplog.record_tuples
    )
    assert logging.getLogger("certlife").level == logging.NOTSET
    assert not logging.getLogger("certlife").handlers


def test_a_spec_that_changes_is_issued_anew() -> None:
    once(*PKI)
    result = once(leaf(dnsNames=["other.example"]), *PKI[1:])
    assert result.exit_code == 0
    assert issued().dns_names == ("other.example",)


def test_a_given_secret_signs() -> None:
    once(authority(), SELF)
    entries = [Path("store/root", name).read_bytes() for name in ("tls.crt", "tls.key")]
    given = secret(type(GOOD)(*entries), "given", None)
    Path("store").rename("other")
    result = once(leaf(), issuer("ca", {"ca": {"secretName": "given"}}), given)
    assert result.exit_code == 0
    assert Path("store/web/ca.crt").read_bytes() == entries[0]


def test_a_secret_of_the_store_counts_more_than_one_that_is_given() -> None:
    assert once(*PKI, secret(GOOD, "root", None)).exit_code == 0
    assert trusted()


def test_a_cluster_issuer_signs_for_every_namespace() -> None:
    cluster = issuer("all", {"ca": {"secretName": "root"}}, kind="ClusterIssuer")
    shop = leaf(issuerRef={"name": "all", "kind": "ClusterIssuer"})
    shop["metadata"] = {"name": "web", "namespace": "shop"}
    assert once(shop, cluster, authority(), SELF).exit_code == 0
    assert trusted("shop/web")


def test_what_is_at_fault_is_told_and_the_others_go_on() -> None:
    result = once(leaf("faulty", duration="30m"), leaf("lost", "nobody"), *PKI)
    assert result.exit_code == 2
    assert "error: conf/objects.json: faulty: spec.duration: expected at least" in result.stderr
    assert "error: conf/objects.json: lost: spec.issuerRef: expected an issuer" in result.stderr
    assert result.stderr.endswith("\n2 certificates: 2 keep\n")
    assert trusted()


def test_another_type_of_issuer_is_refused_by_name_and_the_others_go_on() -> None:
    result = once(*PKI, issuer("le", {"acme": {"server": "https://ca.example"}}))
    assert result.exit_code == 2
    assert result.stderr.startswith(
        "error: conf/objects.json: items[4].spec.acme: expected selfSigned or ca, the types"
    )
    assert trusted()


def test_what_waits_for_a_ca_is_told_and_the_status_says_that_more_is_to_come() -> None:
    result = once(authority("root", "ca"), CA)
    assert result.exit_code == 3
    assert "in-progress  root" in result.stdout
    assert result.stderr == (
        "\n1 certificate: 1 in-progress\nnote: root: waits for the CA in the Secret root\n"
    )


def test_a_certificate_that_is_no_ca_signs_nothing_and_that_is_told() -> None:
    plain = leaf("root", "self", commonName="root")
    result = once(leaf(), CA, plain, SELF)
    assert result.exit_code == 3
    assert result.stderr.endswith(
        "note: web: expected a CA in the Secret root, mend it: expected the certificate of a CA"
        " (CA:TRUE)\n"
    )


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"data": {}}, id="nothing"),
        pytest.param({"data": {"tls.crt": "bm9uZQ==", "tls.key": "bm9uZQ=="}}, id="junk"),
    ],
)
def test_a_secret_without_a_ca_is_told(given: Object) -> None:
    result = once(leaf(), CA, {**secret(GOOD, "root", None), **given})
    assert result.exit_code == 3
    assert "note: web: expected a CA in the Secret root, mend it: expected a " in result.stderr


def test_what_is_left_aside_is_told() -> None:
    result = once(*PKI, {"apiVersion": "v1", "kind": "ConfigMap"})
    assert result.exit_code == 0
    assert result.stderr.startswith("note: ignored, being of other kinds: 1 ConfigMap\n")


def test_a_certificate_that_outlives_its_ca_is_issued_with_a_warning() -> None:
    result = once(leaf(duration="8761h"), *PKI[1:])
    assert result.exit_code == 0
    assert re.search("Z web: BadConfig: A certificate until .* outlives its CA", result.stdout)


def stored() -> tuple[Object, Object]:
    """Return a leaf that wants both keystores, and the Secret with their password."""
    ref = {"create": True, "passwordSecretRef": {"name": "pass", "key": "word"}}
    keystores = {"pkcs12": ref, "jks": ref}
    given: Object = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "pass"},
        "stringData": {"word": "s3cret"},
    }
    return leaf("web", "self", keystores=keystores, commonName="web.example"), given


def test_keystores_get_their_password_from_a_secret_of_the_configuration() -> None:
    certificate, given = stored()
    result = once(certificate, given, SELF)
    assert (result.exit_code, result.stderr) == (0, "\n1 certificate: 1 keep\n")
    opened = load_pkcs12(Path("store/web/keystore.p12").read_bytes(), b"s3cret")
    assert opened.cert is not None
    assert Path("store/web/keystore.jks").exists()
    assert "s3cret" not in result.output


def test_a_password_that_is_not_there_is_told_before_anything_is_issued() -> None:
    certificate, _ = stored()
    result = once(certificate, SELF)
    assert result.exit_code == 2
    for kind in ("jks", "pkcs12"):
        assert (
            f"error: conf/objects.json: web: spec.keystores.{kind}.passwordSecretRef: expected a"
            " Secret of the configuration with that entry, got pass/word\n"
        ) in result.stderr


class TestApproval:
    def test_what_is_allowed_is_issued(self) -> None:
        allowed = {"dnsNames": ["*.example"], "usages": ["digital signature", "key encipherment"]}
        settings = configuration(approve={**allowed, "maxDuration": "2160h"})
        assert once(leaf("web", "self"), SELF, settings=settings).exit_code == 0

    def test_what_is_not_allowed_is_denied_and_that_is_told(self) -> None:
        settings = configuration(approve={"dnsNames": ["*.example"]})
        result = once(authority(), SELF, settings=settings)
        assert result.exit_code == 3
        assert "is not allowed" in result.stdout
        assert result.stderr == "\n1 certificate: 1 backoff\n"
        assert not Path("store/root").exists()


def test_two_certificates_on_one_secret_are_told() -> None:
    result = once(leaf("copy", "self", secretName="web"), leaf("web", "self"), SELF)
    assert result.exit_code == 3
    assert "SecretOwnedByAnother" in result.stdout
    assert result.stderr == "\n2 certificates: 1 blocked, 1 keep\n"


def test_who_may_read_is_as_the_configuration_says() -> None:
    once(*PKI, settings=configuration(mode="0400"))
    assert Path("store/web/tls.key").stat().st_mode & 0o777 == 0o400


def test_a_name_that_is_no_file_is_told_and_the_others_go_on() -> None:
    bad = leaf("../../etc/x", "self", secretName="x", dnsNames=["x.example"])
    result = once(bad, *PKI)
    assert result.exit_code == 2
    assert "error: ../../etc/x: metadata.name: expected lower-case letters" in result.stderr
    assert trusted()


def test_notes_that_cannot_be_read_are_set_aside_and_told_and_the_next_run_is_well() -> None:
    once(*PKI)
    before = issued()
    Path("store/.certlife/certificates/_/web/certificate.json").write_bytes(b"{")
    result = once()
    assert result.exit_code == 2
    assert re.search(r"error: web: .*certificate\.json: .* set aside as", result.stderr)
    assert once().exit_code == 0
    assert issued() == before


def test_a_configuration_without_certificates_is_told() -> None:
    result = once(SELF)
    assert result.exit_code == 2
    assert result.stderr == (
        "error: expected a Certificate without faults, and there is none: mend or add one\n"
    )


def test_a_group_that_is_none_is_told() -> None:
    result = once(*PKI, settings=configuration(group="no such group"))
    assert result.exit_code == 2
    assert result.stderr.startswith("error: the Configuration: group: expected a group")
    assert not Path("store").exists()


def test_manifests_of_a_cluster_work_unchanged() -> None:
    write({"conf/pki.yaml": Path(__file__).with_name("pki.yaml").read_bytes()})
    result = run("run", "conf", "--store", "store", "--once")
    assert (result.exit_code, result.stderr) == (0, "\n3 certificates: 3 keep\n")
    assert trusted("sandbox/web-tls", "sandbox/root-ca")


def ran(*words: str, certificates: list[str] | None = None, timeout: str = "10s") -> Object:
    """Return a Configuration with one command."""
    named = {} if certificates is None else {"certificates": certificates}
    return configuration(onChange=[{"command": list(words), "timeout": timeout, **named}])


def appending() -> Object:
    """Return a Configuration with a command that leaves a line each time."""
    return ran("/bin/sh", "-c", f"echo >> '{Path.cwd()}/ran'")


def times() -> int:
    """How often that command has been run."""
    return len(Path("ran").read_text()) if Path("ran").exists() else 0


class TestCommands:
    def test_one_is_run_once_for_all_that_has_changed(self) -> None:
        result = once(*PKI, settings=appending())
        assert "web, root: running /bin/sh -c " in result.stdout
        assert times() == 1

    def test_one_is_not_run_again_while_nothing_changes(self) -> None:
        once(*PKI, settings=appending())
        once()
        assert times() == 1
        once(leaf(dnsNames=["other.example"]), *PKI[1:])
        assert times() == 2

    def test_one_is_run_for_its_own_certificates_only(self) -> None:
        settings = ran("/bin/sh", "-c", "exit 9", certificates=["root"])
        assert once(authority(), SELF, settings=settings).exit_code == 2
        assert once(*PKI, settings=ran("/bin/true", certificates=["root"])).exit_code == 0
        result = once(leaf(dnsNames=["other.example"]), *PKI[1:])
        assert "running" not in result.stdout

    def test_one_that_fails_is_told_and_run_again(self) -> None:
        settings = ran("/bin/sh", "-c", "echo no; printf '\\033[2J' >&2; exit 4")
        result = once(*PKI, settings=settings)
        assert result.exit_code == 2
        assert "it ended with status 4, saying no\\n\\x1b[2J; it is tried again" in result.stderr
        assert "it ended with status 4" in once().stderr

    def test_one_that_says_nothing_and_fails_is_told(self) -> None:
        result = once(*PKI, settings=ran("/bin/false"))
        assert "error: cannot run /bin/false: it ended with status 1; it is" in result.stderr

    def test_one_that_was_killed_is_told(self) -> None:
        result = once(*PKI, settings=ran("/bin/sh", "-c", "kill -9 $$"))
        assert "it ended by the signal 9; it is tried again" in result.stderr

    def test_one_is_run_although_a_secret_of_another_certificate_cannot_be_read(self) -> None:
        Path("store").mkdir()
        Path("store/web").symlink_to("/etc")
        result = once(*PKI, settings=ran("/bin/true", certificates=["root"]))
        assert result.exit_code == 2
        assert "root: running /bin/true" in result.stdout
        assert "error: cannot run commands for a change of web: store/web: cannot" in result.stderr

    def test_one_that_is_not_there_is_told(self) -> None:
        result = once(*PKI, settings=ran("no-such-program"))
        assert result.exit_code == 2
        assert "it cannot be started, no such file or directory" in result.stderr

    def test_one_that_takes_too_long_is_ended_with_all_that_it_has_started(self) -> None:
        late = f"(sleep 2; echo > '{Path.cwd()}/ran') & sleep 60"
        result = once(*PKI, settings=ran("/bin/sh", "-c", late, timeout="100ms"))
        assert result.exit_code == 2
        assert "it took longer than 0:00:00.100000" in result.stderr
        assert times() == 0

    def test_one_gets_an_environment_that_says_nothing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LD_PRELOAD_OF_OURS", "x")
        once(*PKI, settings=ran("/bin/sh", "-c", f"env > '{Path.cwd()}/env'; pwd >> /dev/null"))
        names = {line.partition("=")[0] for line in Path("env").read_text().splitlines()}
        assert names <= {"PATH", "LC_ALL", "PWD", "OLDPWD", "SHLVL", "_"}

    def test_one_that_did_not_run_before_a_crash_is_run_by_the_next(self) -> None:
        once(*PKI, settings=appending())
        Path("store/.certlife/on-change.json").unlink()  # as if it had stopped just before
        once()
        assert times() == 2

    @pytest.mark.parametrize("notes", [b"{", b"[]", b'{"a": 1}'])
    def test_one_whose_notes_cannot_be_read_is_run_once_more(self, notes: bytes) -> None:
        once(*PKI, settings=appending())
        Path("store/.certlife/on-change.json").write_bytes(notes)
        assert once().exit_code == 0
        assert times() == 2
        assert isinstance(json.loads(Path("store/.certlife/on-change.json").read_bytes()), dict)

    def test_notes_that_cannot_be_written_are_told(self) -> None:
        configured(*PKI, settings=appending())
        Path("store/.certlife/on-change.json").mkdir(parents=True)
        result = once()
        assert result.exit_code == 2
        assert "error: cannot run commands after a change: store/.certlife/on-" in result.stderr

    def test_one_for_a_certificate_without_a_secret_waits(self) -> None:
        result = once(authority("root", "ca"), CA, settings=appending())
        assert result.exit_code == 3
        assert times() == 0

    def test_one_that_breaks_the_store_is_found_out(self) -> None:
        link = Path("store/web/..data").absolute()
        result = once(*PKI, settings=ran("/bin/ln", "-sfn", "/etc", str(link)))
        assert result.exit_code == 2
        assert "error: web: store/web/..data: expected a link to a version" in result.stderr
