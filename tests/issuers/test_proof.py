"""Other people's software takes what is issued: OpenSSL verifies it, Python's ssl serves it."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from itertools import product
from typing import TYPE_CHECKING, Final

import pytest
from attrs import evolve

from certlife.issuers import Issued, SelfSignedIssuer
from certlife.testing import signer
from tests.issuers.requests import CLOCK, KINDS, NOW, SPEC, asked, intermediate, issuer, root

if TYPE_CHECKING:
    from pathlib import Path

    from certlife.lifecycle.answers import Answer
    from certlife.model.spec import PrivateKeySpec
    from certlife.signing import Signer

PAIRS: Final = [
    pytest.param(KINDS[ca], KINDS[leaf], id=f"{ca} signs {leaf}")
    for ca, leaf in product(KINDS, KINDS)
]
NO_CHECK_TIME: Final = 0x200000  # X509_V_FLAG_NO_CHECK_TIME: these certificates have their own time
has_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl here")


def issued(ca: PrivateKeySpec, leaf: PrivateKeySpec) -> tuple[Answer, Signer]:
    """Let an intermediate CA below a root, of one kind of key, sign for another kind."""
    top = root(ca)
    key = signer(leaf, number=3)
    spec = evolve(SPEC, private_key=leaf)
    return issuer(intermediate(top, ca), top).answer(asked(spec, key)), key


def self_signed(leaf: PrivateKeySpec) -> tuple[Answer, Signer]:
    key = signer(leaf, number=3)
    own = SelfSignedIssuer(read_key=lambda _, __: key.pem, clock=CLOCK)
    return own.answer(asked(evolve(SPEC, private_key=leaf), key)), key


def files(folder: Path, answer: Answer, key: Signer) -> Path:
    assert isinstance(answer, Issued), answer
    assert answer.ca is not None
    (folder / "tls.crt").write_bytes(answer.certificate)
    (folder / "tls.key").write_bytes(key.pem)
    (folder / "ca.crt").write_bytes(answer.ca)
    return folder


def verify(folder: Path, name: str = "a.example") -> subprocess.CompletedProcess[str]:
    arguments = ["-x509_strict", "-check_ss_sig", "-purpose", "sslserver", "-verify_hostname", name]
    time = ["-attime", str(int(NOW.timestamp()))]
    chain = ["-CAfile", "ca.crt", "-untrusted", "tls.crt", "tls.crt"]
    return subprocess.run(  # noqa: S603 — our own words
        ["openssl", "verify", *arguments, *time, *chain],  # noqa: S607 — whichever is installed
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@has_openssl
@pytest.mark.parametrize(("ca", "leaf"), PAIRS)
def test_openssl_verifies_every_chain(
    ca: PrivateKeySpec, leaf: PrivateKeySpec, tmp_path: Path
) -> None:
    done = verify(files(tmp_path, *issued(ca, leaf)))
    assert done.stdout == "tls.crt: OK\n", done.stderr


@has_openssl
@pytest.mark.parametrize("leaf", KINDS.values(), ids=KINDS)
def test_openssl_verifies_what_signs_itself(leaf: PrivateKeySpec, tmp_path: Path) -> None:
    done = verify(files(tmp_path, *self_signed(leaf)))
    assert done.stdout == "tls.crt: OK\n", done.stderr


@has_openssl
def test_openssl_does_not_verify_another_name(tmp_path: Path) -> None:
    folder = files(tmp_path, *issued(KINDS["ECDSA"], KINDS["ECDSA"]))
    assert verify(folder, "b.example").returncode != 0


def shake_hands(folder: Path, *, trusts: bytes, name: str = "a.example") -> str | None:
    """Let a server that has the files and a client that trusts the CA talk, without a network."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(folder / "tls.crt", folder / "tls.key")
    asking = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    asking.load_verify_locations(cadata=trusts.decode())
    asking.verify_flags |= ssl.VERIFY_X509_STRICT | NO_CHECK_TIME
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = asking.wrap_bio(to_client, to_server, server_hostname=name)
    server = serving.wrap_bio(to_server, to_client, server_side=True)
    waiting = [client, server]
    while waiting:
        side = waiting.pop(0)
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            waiting.append(side)
    client.write(b"hello")
    assert server.read() == b"hello"
    return client.version()


@pytest.mark.parametrize(("ca", "leaf"), PAIRS)
def test_a_server_serves_what_was_issued_and_a_client_connects(
    ca: PrivateKeySpec, leaf: PrivateKeySpec, tmp_path: Path
) -> None:
    folder = files(tmp_path, *issued(ca, leaf))
    trusted = (folder / "ca.crt").read_bytes()
    assert shake_hands(folder, trusts=trusted) == "TLSv1.3"


def test_a_client_that_trusts_another_ca_does_not_connect(tmp_path: Path) -> None:
    folder = files(tmp_path, *issued(KINDS["ECDSA"], KINDS["ECDSA"]))
    other, _ = self_signed(KINDS["ECDSA"])
    assert isinstance(other, Issued)
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(folder, trusts=other.certificate)


def test_a_client_that_asks_for_another_name_does_not_connect(tmp_path: Path) -> None:
    folder = files(tmp_path, *issued(KINDS["ECDSA"], KINDS["ECDSA"]))
    trusted = (folder / "ca.crt").read_bytes()
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(folder, trusts=trusted, name="b.example")
