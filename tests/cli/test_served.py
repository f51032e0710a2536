"""What is in a store serves as it stands: by OpenSSL and by Python, to a client of Python's."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.cli.pki import PKI, authority, issuer, leaf, once
from tests.issuers.test_proof import shake_hands

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER: Final = Path("store/low")
NAME: Final = "low.example"


@pytest.fixture(autouse=True)
def chain() -> None:
    """Issue a certificate with an intermediate above it, in a store."""
    below = issuer("below", {"ca": {"secretName": "middle"}})
    assert once(leaf("low", "below"), below, authority("middle", "ca"), *PKI).exit_code == 0


@contextmanager
def openssl_server(folder: Path) -> Iterator[int]:
    """Serve one connection with the files of a Secret, and give the port."""
    chain, key = str(folder / "tls.crt"), str(folder / "tls.key")
    with subprocess.Popen(  # noqa: S603 — our own words
        [
            *("openssl", "s_server", "-accept", "127.0.0.1:0", "-naccept", "1"),
            *("-cert", chain, "-cert_chain", chain, "-key", key),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout is not None
        try:
            lines = iter(server.stdout.readline, "")
            accepting = next(line for line in lines if line.startswith("ACCEPT"))
            yield int(accepting.rpartition(":")[2])
        finally:
            server.kill()


def connect(port: int, *, name: str, trusts: str) -> str | None:
    asking = ssl.create_default_context(cafile=trusts)
    with (
        socket.create_connection(("127.0.0.1", port), timeout=30) as plain,
        asking.wrap_socket(plain, server_hostname=name) as connection,
    ):
        return connection.version()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no OpenSSL here")
class TestOpensslServes:
    def test_what_is_in_the_store_to_whom_trusts_the_root(self) -> None:
        with openssl_server(FOLDER) as port:
            assert connect(port, name=NAME, trusts="store/root/tls.crt") == "TLSv1.3"

    def test_nothing_that_is_taken_for_another_name(self) -> None:
        with openssl_server(FOLDER) as port, pytest.raises(ssl.SSLCertVerificationError):
            connect(port, name="web.example", trusts="store/root/tls.crt")


def test_python_serves_what_is_in_the_store() -> None:
    root = Path("store/root/tls.crt").read_bytes()
    assert shake_hands(FOLDER, trusts=root, name=NAME) == "TLSv1.3"
