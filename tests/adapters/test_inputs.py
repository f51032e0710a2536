"""Paths become documents and key pairs, and what cannot be read is said and hides nothing."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from certlife.adapters import inputs
from certlife.adapters.inputs import Inputs, read_inputs
from certlife.errors import CertlifeError, InvalidValueError, WrongTypeError
from tests.adapters.materials import PEM

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CERTIFICATE: Final = PEM["cert-w042-p256"]
KEY: Final = PEM["key-p256-c-pkcs8"]
REQUEST: Final = b"-----BEGIN CERTIFICATE REQUEST-----\n"
NO_FILE: Final = "cannot be read: No such file or directory"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def sources(found: Inputs) -> list[str]:
    return [one.source for one in found.documents] + [one.source for one in found.pems]


def pems(found: Inputs) -> list[tuple[str, str, bool]]:
    """Each as its name, its file, and whether there is a key."""
    return [
        (one.certificate.name, one.source, bool(one.secret.entry("tls.key"))) for one in found.pems
    ]


def refusals(found: Inputs) -> list[str]:
    return [str(one) for one in found.refusals]


def test_a_folder_is_read_with_the_folders_in_it_in_the_order_of_names() -> None:
    write({"d/b/x.yml": b"a: 1", "d/a/x.YAML": b"a: 1", "d/z.json": b"[1] [2]", "d/c.json": b"[]"})
    found = read_inputs(["d"])
    assert sources(found) == [
        "d/c.json",
        "d/z.json: document 1",
        "d/z.json: document 2",
        "d/a/x.YAML",
        "d/b/x.yml",
    ]
    assert found.refusals == ()
    assert found.skipped == 0


@pytest.mark.parametrize(
    ("files", "expected", "skipped"),
    [
        pytest.param(
            {"d/tls.crt": CERTIFICATE, "d/tls.key": KEY, "d/ca.crt": CERTIFICATE},
            [("d", "d/tls.crt", True)],
            0,
            id="as Kubernetes mounts it",
        ),
        pytest.param(
            {
                "d/live/web/fullchain.pem": CERTIFICATE,
                "d/live/web/privkey.pem": KEY,
                "d/live/web/cert.pem": CERTIFICATE,
                "d/live/web/chain.pem": CERTIFICATE,
                "d/live/web/README": b"",
            },
            [("web", "d/live/web/fullchain.pem", True)],
            1,
            id="as certbot writes it",
        ),
        pytest.param(
            {"d/web.crt": CERTIFICATE, "d/web.key": KEY, "d/ca.crt": CERTIFICATE},
            [("ca", "d/ca.crt", False), ("web", "d/web.crt", True)],
            0,
            id="side by side",
        ),
        pytest.param(
            {"d/web.pem": KEY + CERTIFICATE}, [("web", "d/web.pem", True)], 0, id="in one"
        ),
        pytest.param({"d/web.CER": CERTIFICATE}, [("web", "d/web.CER", False)], 0, id="alone"),
        pytest.param(
            {"d/tls.crt": CERTIFICATE, "d/cert.pem": CERTIFICATE},
            [("cert", "d/cert.pem", False), ("d", "d/tls.crt", False)],
            0,
            id="alone, with a name of certbot's",
        ),
        pytest.param(
            {
                "d/web.pem": CERTIFICATE,
                "d/csr.pem": REQUEST,
                "d/key.pem": KEY,
                "d/ssh.key": KEY,
                "d/notes.txt": CERTIFICATE,
                "d/.git/config": b"",
                "d/.hidden.pem": CERTIFICATE,
            },
            [("web", "d/web.pem", False)],
            6,
            id="among other things",
        ),
    ],
)
def test_pem_files_in_a_folder_are_told_by_their_names(
    files: Mapping[str, bytes], expected: list[tuple[str, str, bool]], skipped: int
) -> None:
    write(files)
    found = read_inputs(["d"])
    assert (pems(found), found.refusals, found.skipped) == (expected, (), skipped)


def test_a_mounted_secret_is_read_once_although_links_lead_to_it() -> None:
    write({"d/..2026/tls.crt": CERTIFICATE, "d/..2026/tls.key": KEY})
    Path("d/..data").symlink_to("..2026")
    Path("d/tls.crt").symlink_to("..data/tls.crt")
    Path("d/tls.key").symlink_to("..data/tls.key")
    found = read_inputs(["d"])
    assert (pems(found), found.skipped) == ([("d", "d/tls.crt", True)], 2)


def test_a_renewal_time_is_handed_on() -> None:
    write({"web.pem": CERTIFICATE})
    (pem,) = read_inputs(["web.pem"], renew_before=timedelta(days=1)).pems
    assert pem.certificate.spec.renew_before == timedelta(days=1)


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["d/tls.crt"], [("d", "d/tls.crt", False)]),
        (["d/tls.key", "x.json", "d/tls.crt"], [("d", "d/tls.crt", True)]),
        ([Path("d/tls.crt"), "d/tls.key", "d/tls.crt"], [("d", "d/tls.crt", True)]),
        (["d/combined"], [("combined", "d/combined", True)]),
        (["d/other.pem"], [("other", "d/other.pem", False)]),
    ],
    ids=["a certificate", "a pair", "a pair, named twice", "any name", "a suffix of PEM"],
)
def test_of_a_named_file_nothing_else_is_read_and_its_contents_decide(
    paths: list[str | Path], expected: list[tuple[str, str, bool]]
) -> None:
    write(
        {
            "d/tls.crt": CERTIFICATE,
            "d/tls.key": KEY,
            "d/combined": CERTIFICATE + KEY,
            "d/other.pem": CERTIFICATE,
            "x.json": b"{}",
        }
    )
    found = read_inputs(paths)
    assert (pems(found), found.refusals, found.skipped) == (expected, (), 0)


def test_a_named_file_of_any_name_may_hold_documents() -> None:
    write({"export": b"a: 1", "export.txt": b"{}"})
    assert sources(read_inputs(["export.txt", "export"])) == ["export.txt", "export"]


@pytest.mark.parametrize(
    ("files", "path", "refusal"),
    [
        pytest.param({}, "x.json", f"x.json: {NO_FILE}", id="no such file"),
        pytest.param({}, "a\0b", "a\0b: cannot be read: no file can have such a name", id="a NUL"),
        pytest.param(
            {}, "\udcff\ud800", "\\udcff\\ud800: cannot be read: ", id="a name that is no text"
        ),
        pytest.param(
            {"x.yaml": b""}, "x.yaml", "x.yaml: expected a document, found none", id="empty"
        ),
        pytest.param({"x.pem": KEY}, "x.pem", "x.pem: expected a certificate in PEM", id="a key"),
        pytest.param(
            {"x.pem": CERTIFICATE[:99]},
            "x.pem",
            "x.pem: expected a certificate that can be read: ",
            id="PEM, cut off",
        ),
        pytest.param(
            {"tls.key": KEY},
            "tls.key",
            "tls.key: expected its certificate with it, tls.crt",
            id="a key of a pair",
        ),
        pytest.param(
            {"d/privkey.pem": KEY},
            "d",
            "d/privkey.pem: expected its certificate with it, fullchain.pem",
            id="a key of a pair, in a folder",
        ),
        pytest.param(
            {"d/tls.crt": KEY},
            "d",
            "d/tls.crt: expected a certificate in PEM",
            id="wrong type in a mount",
        ),
        pytest.param(
            {"d/a.txt": b""},
            "d",
            "d: expected manifests or PEM files in the folder, found none",
            id="a folder with nothing to read",
        ),
        pytest.param(
            {"x.pem": b" " * 343_001},
            "x.pem",
            "x.pem: expected at most 343,000 bytes",
            id="large PEM",
        ),
    ],
)
def test_what_cannot_be_read_is_said(files: Mapping[str, bytes], path: str, refusal: str) -> None:
    write(files)
    (found,) = refusals(read_inputs([path]))
    assert found.startswith(refusal)


def test_an_empty_folder_is_refused() -> None:
    Path("d").mkdir()
    assert refusals(read_inputs(["d"])) == [
        "d: expected manifests or PEM files in the folder, found none"
    ]


def test_a_bad_file_hides_no_good_one() -> None:
    write(
        {"d/a.json": b"{", "d/b.json": b"{}", "d/c.pem": CERTIFICATE[:99], "d/d.pem": CERTIFICATE}
    )
    found = read_inputs(["gone", "d"])
    assert sources(found) == ["d/b.json", "d/d.pem"]
    assert [one.source for one in found.refusals] == ["d/a.json", "d/c.pem", "gone"]


def test_links_that_lead_nowhere_or_in_a_circle_are_said_or_end() -> None:
    write({"d/a/x.json": b"{}"})
    Path("d/a/up").symlink_to("..")
    Path("d/dangling.json").symlink_to("gone")
    Path("d/itself.json").symlink_to("itself.json")
    Path("d/z").symlink_to("a")
    found = read_inputs(["d", "d/a"])
    assert sources(found) == ["d/a/x.json"]
    assert refusals(found) == [
        f"d/dangling.json: {NO_FILE}",
        "d/itself.json: cannot be read: Too many levels of symbolic links",
    ]


def test_a_pipe_is_not_waited_for() -> None:
    os.mkfifo("x.json")
    assert refusals(read_inputs(["x.json"])) == ["x.json: expected a regular file"]


def test_a_key_that_may_not_be_read_leaves_a_certificate_alone() -> None:
    write({"d/tls.crt": CERTIFICATE})
    Path("d/tls.key").mkdir()
    Path("d/fifo.crt").symlink_to("tls.crt")
    os.mkfifo("d/fifo.key")
    found = read_inputs(["d"])
    assert pems(found) == [("fifo", "d/fifo.crt", False), ("d", "d/tls.crt", False)]
    assert refusals(found) == ["d/fifo.key: expected a regular file"]


def refused_by_the_system(*_: object) -> Iterable[Path]:
    raise PermissionError(13, "Permission denied")


def test_a_folder_or_file_without_permission_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    write({"d/x.json": b"{}"})
    with monkeypatch.context() as patch:
        patch.setattr(Path, "iterdir", refused_by_the_system)
        assert refusals(read_inputs(["d"])) == ["d: cannot be read: Permission denied"]
    monkeypatch.setattr(Path, "open", refused_by_the_system)
    assert refusals(read_inputs(["d"])) == ["d/x.json: cannot be read: Permission denied"]


def test_a_file_is_not_opened_when_it_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    write({"x.json": b"[10]", "y": b"[10]"})
    monkeypatch.setattr(inputs, "MAX_JSON_BYTES", 3)
    monkeypatch.setattr(Path, "open", refused_by_the_system)
    assert refusals(read_inputs(["x.json", "y"])) == [
        "x.json: expected at most 3 bytes",
        "y: expected at most 3 bytes",
    ]


@pytest.mark.parametrize("path", [".", "../d", "tls.crt", "../d/../d"])
def test_a_folder_gives_its_name_however_it_is_called(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write({"d/tls.crt": CERTIFICATE})
    monkeypatch.chdir("d")
    ((name, _, _),) = pems(read_inputs([path]))
    assert name == "d"


@pytest.mark.parametrize(
    ("data", "source", "documents"),
    [
        (b"a: 1", "stdin", 1),
        (b"{} {}", "stdin: document 1", 2),
        (CERTIFICATE + KEY, "stdin", 0),
    ],
    ids=["YAML", "JSON", "PEM"],
)
def test_standard_input_is_whatever_it_holds(data: bytes, source: str, documents: int) -> None:
    found = read_inputs(["-", "-"], stdin=data)
    assert sources(found)[0] == source
    assert len(found.documents) == documents


def test_a_file_called_like_standard_input_can_be_read() -> None:
    write({"-": b"{}"})
    assert sources(read_inputs([Path.cwd() / "-"])) == [str(Path.cwd() / "-")]


def ask(paths: object, stdin: object = None) -> None:
    read_inputs(paths, stdin=stdin)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("paths", "stdin", "kind", "message"),
    [
        ("d", None, WrongTypeError, "paths: expected a list of paths, got 'd'"),
        (None, None, WrongTypeError, "paths: expected a list of paths, got None"),
        ([b"d"], None, WrongTypeError, "paths: expected a path, got b'd'"),
        ([], None, InvalidValueError, "paths: expected at least one path"),
        (["-"], None, InvalidValueError, "stdin: expected the bytes of standard input"),
        (["-"], "x", InvalidValueError, "stdin: expected the bytes of standard input"),
    ],
)
def test_a_question_that_cannot_be_asked_is_an_error(
    paths: object, stdin: object, kind: type[CertlifeError], message: str
) -> None:
    with pytest.raises(kind) as refusal:
        ask(paths, stdin)
    assert str(refusal.value) == message
