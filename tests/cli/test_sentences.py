"""Each way in which run and its sisters can go wrong: one line that says what, where and what next.

The lines are spelled out, because they are read by people at night.
"""

from __future__ import annotations

import errno
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import pytest

from tests.cli.command import GOOD, certificate, run, secret
from tests.cli.pki import CA, PKI, SELF, authority, configuration, configured, issuer, leaf, once

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.command import Object

Arrangement: TypeAlias = "Callable[[], object]"

RUN: Final = "run conf --store store --once"
NOTES: Final = Path("store/.certlife/certificates/_/web")
ASIDE: Final = "look at it, it is set aside before another is written"


def given(*objects: Object, settings: Object | None = None) -> Arrangement:
    """Return what writes a configuration."""
    return lambda: configured(*objects, settings=settings)


def command(**fields: object) -> Arrangement:
    """Return what writes a configuration with one command to run after a change."""
    return given(*PKI, settings=configuration(onChange=[fields]))


def issued(*then: Arrangement) -> Arrangement:
    """Return what issues everything, and then does something to the store."""

    def arrange() -> None:
        assert once(*PKI).exit_code == 0
        for step in then:
            step()

    return arrange


def text(path: str, content: str) -> Arrangement:
    """Return what writes a file, and the folder that it is in."""

    def arrange() -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(content)

    return arrange


def both(first: Arrangement, second: Arrangement) -> Arrangement:
    """Return what does one thing and then another."""

    def arrange() -> None:
        first()
        second()

    return arrange


def moved(path: str, target: str) -> Arrangement:
    """Return what replaces something by a link."""

    def arrange() -> None:
        Path(path).rename(f"{path}.away")
        Path(path).symlink_to(target)

    return arrange


def said(name: str, value: object) -> Arrangement:
    """Return what writes a Configuration with one field."""
    return given(*PKI, settings=configuration(**{name: value}))


ROWS: Final[list[tuple[str, Arrangement, str, str]]] = [
    (
        "no configuration",
        lambda: None,
        RUN,
        "conf: cannot be read: No such file or directory",
    ),
    (
        "an empty folder",
        lambda: Path("conf").mkdir(),
        RUN,
        "conf: expected manifests or PEM files in the folder, found none",
    ),
    (
        "broken YAML",
        text("conf/a.yaml", "a: ["),
        RUN,
        "conf/a.yaml: expected YAML: did not find expected node content, line 2, column 1",
    ),
    (
        "no object",
        text("conf/a.yaml", "a: b"),
        RUN,
        "conf/a.yaml: kind: expected the kind of object, such as Certificate, got nothing",
    ),
    (
        "no Certificate",
        given(SELF),
        RUN,
        "expected a Certificate without faults, and there is none: mend or add one",
    ),
    (
        "a faulty spec",
        given(leaf(duration="30m"), *PKI[1:]),
        RUN,
        "conf/objects.json: web: spec.duration: expected at least 1h0m0s, got 30m0s",
    ),
    (
        "a field of a wrong type",
        given(certificate("x", spec={"dnsNames": "x"}), *PKI),
        RUN,
        "conf/objects.json: items[0].spec.dnsNames: expected a list, got 'x'",
    ),
    (
        "an issuer that is not there",
        given(leaf("lost", "nobody"), *PKI),
        RUN,
        (
            "conf/objects.json: lost: spec.issuerRef: expected an issuer of the configuration, got"
            " Issuer.cert-manager.io/nobody"
        ),
    ),
    (
        "an ACME issuer",
        given(*PKI, issuer("le", {"acme": {}})),
        RUN,
        (
            "conf/objects.json: items[4].spec.acme: expected selfSigned or ca, the types of issuer"
            " that certlife has"
        ),
    ),
    (
        "an issuer without a type",
        given(*PKI, issuer("le", {})),
        RUN,
        "conf/objects.json: items[4].spec: expected either selfSigned or ca",
    ),
    (
        "an issuer with a URL that is none",
        given(*PKI, issuer("le", {"selfSigned": {"crlDistributionPoints": [""]}})),
        RUN,
        (
            "conf/objects.json: items[4].spec.selfSigned.crlDistributionPoints[0]: expected a URL"
            " in ASCII, such as http://pki.example/ca.crl, got ''"
        ),
    ),
    (
        "a CA without a Secret",
        given(leaf(), CA, leaf("other", "self"), SELF),
        RUN,
        (
            "conf/objects.json: web: spec.issuerRef: expected an issuer whose Secret a Certificate"
            " makes or the configuration holds, and Issuer.cert-manager.io/ca wants root"
        ),
    ),
    (
        "two Configurations",
        both(
            given(*PKI, settings=configuration()),
            text("conf/z.json", json.dumps(configuration())),
        ),
        RUN,
        "conf/z.json: expected one Configuration, and conf/settings.json is one",
    ),
    (
        "a Configuration in a List",
        given(*PKI, configuration()),
        RUN,
        "expected a Configuration as a document of its own, and not in a List",
    ),
    (
        "another version",
        given(*PKI, settings={**configuration(), "apiVersion": "certlife.io/v9"}),
        RUN,
        "conf/settings.json: apiVersion: expected certlife.io/v1, got 'certlife.io/v9'",
    ),
    (
        "a misspelled setting",
        said("groups", "a"),
        RUN,
        "conf/settings.json: groups: expected a field of a Configuration",
    ),
    (
        "a mode that lets nobody in",
        said("mode", "0640"),
        RUN,
        "the Configuration: group: expected a group, since the mode lets one read",
    ),
    (
        "a mode that lets everybody in",
        said("mode", "0644"),
        RUN,
        "the Configuration: mode: expected 0600, 0400, 0640, 0440: keys are for few, got 0644",
    ),
    (
        "a group that is none",
        said("group", "no such group"),
        RUN,
        "the Configuration: group: expected a group of this system, got 'no such group'",
    ),
    (
        "a command for a shell",
        command(command="reload nginx"),
        RUN,
        "conf/settings.json: onChange[0].command: expected a list, got 'reload nginx'",
    ),
    (
        "no command",
        command(),
        RUN,
        "conf/settings.json: onChange[0].command: expected a program, and its arguments if any",
    ),
    (
        "a command without time",
        command(command=["a"], timeout="0s"),
        RUN,
        (
            "conf/settings.json: onChange[0].timeout: expected more than nothing, and at most 1h,"
            " got '0s'"
        ),
    ),
    (
        "a command for nobody",
        command(command=["/bin/true"], certificates=["wbe"]),
        RUN,
        (
            "onChange[0].certificates: expected Certificates of the configuration (as"
            " NAMESPACE/NAME where they have one), got 'wbe'"
        ),
    ),
    (
        "a command that is not there",
        command(command=["no-such-program"]),
        RUN,
        (
            "cannot run no-such-program: it cannot be started, no such file or directory; it is"
            " tried again in the next round"
        ),
    ),
    (
        "a command that fails",
        command(command=["/bin/sh", "-c", "echo no; exit 7"]),
        RUN,
        (
            "cannot run /bin/sh -c echo no; exit 7: it ended with status 7, saying no; it is tried"
            " again in the next round"
        ),
    ),
    (
        "a command that hangs",
        command(command=["/bin/sleep", "60"], timeout="50ms"),
        RUN,
        (
            "cannot run /bin/sleep 60: it took longer than 0:00:00.050000; it is tried again in the"
            " next round"
        ),
    ),
    (
        "a name that is a path",
        given(leaf("../x", "self", secretName="x", dnsNames=["x.example"]), *PKI),
        RUN,
        (
            "../x: metadata.name: expected lower-case letters, digits, '-' and '.', with a letter"
            " or digit at both ends of each part between dots, to name a file by it, got '../x'"
        ),
    ),
    (
        "a store in no folder",
        given(*PKI),
        "run conf --store none/store --once",
        "root: none: expected a folder to write in, make it",
    ),
    (
        "a file where the store keeps its notes",
        both(given(*PKI), text("store/.certlife", "")),
        RUN,
        (
            "root: store/.certlife: cannot be opened, not a directory: a folder belongs here and no"
            " link is followed, move away what is there"
        ),
    ),
    (
        "a link where a Secret belongs",
        issued(moved("store/web", "/etc")),
        RUN,
        (
            "web: store/web: cannot be opened, not a directory: a folder belongs here and no link"
            " is followed, move away what is there"
        ),
    ),
    (
        "a version that is none of ours",
        issued(moved("store/web/..data", "/etc")),
        RUN,
        (
            "web: store/web/..data: expected a link to a version beside it, somebody changed it:"
            " remove it"
        ),
    ),
    (
        "notes that are none",
        issued(text(f"{NOTES}/certificate.json", "[]")),
        RUN,
        (
            f"web: {NOTES}/certificate.json: expected a mapping: it was set aside as"
            " certificate.json.unreadable-1, look at it and remove it"
        ),
    ),
    (
        "notes that are none, seen by status",
        issued(text(f"{NOTES}/certificate.json", "[]")),
        "status --store store",
        f"{NOTES}/certificate.json: expected a mapping: {ASIDE}",
    ),
    (
        "events that are none",
        issued(text(f"{NOTES}/events.json", "{}")),
        "events web --store store",
        f"{NOTES}/events.json: expected a list: {ASIDE}",
    ),
    (
        "no store",
        lambda: None,
        "status --store store",
        "store: expected a store, which `certlife run` makes: name its folder",
    ),
    (
        "no Certificate of that name",
        issued(),
        "renew wbe --store store",
        "no certificate 'wbe'; there are: root, web",
    ),
    (
        "no request to delete",
        issued(),
        "delete-request web --store store",
        "expected a request under way, and there is none; for a new one: certlife renew web",
    ),
]


@pytest.mark.parametrize(
    ("arrange", "words", "line"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_it_is_told_in_one_sentence_and_ends_with_2(
    arrange: Arrangement, words: str, line: str
) -> None:
    arrange()
    result = run(*words.split())
    told = [one for one in result.stderr.splitlines() if one.startswith("error: ")]
    assert f"error: {line}" in told, result.stderr
    assert result.exit_code == 2
    for one in told:
        assert not re.search(r"Error|Traceback|None\b|<|0x|[Ee]rrno", one), one


WAITS: Final[list[tuple[str, Arrangement, str]]] = [
    (
        "a CA that is not there yet",
        given(authority("root", "ca"), CA),
        "root: waits for the CA in the Secret root",
    ),
    (
        "a Secret without a CA",
        given(leaf(), CA, secret(GOOD, "root", None)),
        (
            "web: expected a CA in the Secret root, mend it: expected the certificate of a CA"
            " (CA:TRUE)"
        ),
    ),
]


@pytest.mark.parametrize(
    ("arrange", "line"), [row[1:] for row in WAITS], ids=[row[0] for row in WAITS]
)
def test_what_is_waited_for_is_told_in_one_sentence_and_ends_with_3(
    arrange: Arrangement, line: str
) -> None:
    arrange()
    result = run(*RUN.split())
    assert result.stderr.endswith(f"\nnote: {line}\n")
    assert result.exit_code == 3


USAGE: Final = [
    ("run", "Missing argument 'CONFIG'."),
    ("run conf", "Missing option '--store'."),
    ("run conf --store file --once", "Invalid value for '--store': Directory 'file' is a file."),
    ("run - --store store --once", "expected a file or folder, and not standard input"),
    ("renew --store store", "Missing argument 'NAME'."),
    ("events web", "Missing option '--store'."),
    ("delete-request web --force", "No such option '--force'."),
]


@pytest.mark.parametrize(("words", "told"), USAGE, ids=[words for words, _ in USAGE])
def test_a_wrong_command_line_is_told_with_what_it_should_be(words: str, told: str) -> None:
    Path("file").touch()
    result = run(*words.split())
    assert result.exit_code == 2
    assert told in result.stderr
    assert "--help" in result.stderr


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_takes_nothing_is_told_and_the_old_certificate_stays(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert once(*PKI).exit_code == 0
    before = Path("store/web/tls.crt").read_bytes()
    assert run("renew", "web", "--store", "store").exit_code == 0

    def refused(*_: object, **__: object) -> int:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr("certlife.adapters.files.folder.os.fsync", refused)
        result = once()
    advice = {
        errno.ENOSPC: "make room and run this again",
        errno.EROFS: "mount the disk for writing, nothing is lost",
        errno.EACCES: "let the user that this runs as read and write here",
    }
    assert result.exit_code in {2, 3}
    assert f"{os.strerror(number).lower()}: {advice[number]}" in result.output
    assert Path("store/web/tls.crt").read_bytes() == before
    assert once().exit_code == 0
    assert Path("store/web/tls.crt").read_bytes() != before
