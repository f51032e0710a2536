"""A rehearsal with a real nginx: `python -m examples.nginx.rehearsal`; Debian has `nginx-light`.

The first certificate is issued seventy days ago, so that it is due when cron's turn comes. What
nginx serves is looked at over TLS before and after, and all the while connections are made, none of
which may fail.
"""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

import certlife as cl
from certlife.pki.csr import X509Request
from certlife.signing import (
    Grant,
    Signer,
    certificate_request,
    generate_private_key,
    self_sign_request,
)
from certlife.testing import FakeClock
from examples.nginx.keep import keep

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

NAME: Final = "shop.example"
DAY: Final = timedelta(days=1)
EC: Final = cl.PrivateKeySpec(algorithm="ECDSA")
CONFIGURATION: Final = """
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    server {{
        listen 127.0.0.1:{port} ssl;
        server_name {name};
        ssl_certificate {folder}/sites/{name}/tls.crt;
        ssl_certificate_key {folder}/sites/{name}/tls.key;
        return 200 "hello\\n";
    }}
}}
"""


def main() -> None:
    """Play, and end with 1 where something is not as it should be."""
    with TemporaryDirectory() as name:
        folder, now = Path(name), datetime.now(UTC)
        (folder / "sites" / NAME).mkdir(parents=True)
        make_ca(folder / "ca", not_before=now - 100 * DAY)
        print("seventy days ago", end=": ")
        keep(folder / "sites", folder / "ca", FakeClock(now - 70 * DAY), nginx=["true"])
        port = free_port()
        written = CONFIGURATION.format(folder=folder, port=port, name=NAME)
        (folder / "nginx.conf").write_text(written, "utf-8")
        nginx = ("nginx", "-c", str(folder / "nginx.conf"))
        with running(nginx), visited(folder, port) as visits:
            before = served(folder, port)
            print(f"nginx shows {described(before)}")
            print(f"cron: {cron(folder, nginx)}")
            print(f"nginx shows {described(served_next(folder, port, before))}")
            print(f"cron: {cron(folder, nginx) or 'nothing to do'}")
        print(f"{len(visits)} connections meanwhile, {len(set(visits))} certificates, no failure")


def described(certificate: cl.X509Certificate) -> str:
    """Name a certificate by its number and its end."""
    number = f"{certificate.serial_number:040x}"
    return f"{number[:8]}..., good until {certificate.not_after.date()}"


def make_ca(folder: Path, *, not_before: datetime) -> None:
    """Make a root that is good for a year."""
    key = Signer.from_pem(generate_private_key(EC))
    spec = cl.CertificateSpec(
        secret_name="ca",
        issuer_ref=cl.IssuerRef("ca"),
        common_name="a CA to rehearse with",
        is_ca=True,
        private_key=EC,
        usages=["cert sign"],
    )
    request = X509Request.from_pem(certificate_request(spec, key))
    end = not_before + 365 * DAY
    grant = Grant(not_before=not_before, not_after=end, is_ca=True, usages=spec.usages)
    folder.mkdir()
    (folder / "tls.crt").write_bytes(self_sign_request(request, key, grant))
    (folder / "tls.key").write_bytes(key.pem)


def cron(folder: Path, nginx: Sequence[str]) -> str:
    """Run the tool as cron would, and return what it says."""
    program = (sys.executable, "-m", "examples.nginx.keep", str(folder / "sites"))
    done = subprocess.run(  # noqa: S603 — our own words
        [*program, "--ca", str(folder / "ca"), "--nginx", " ".join(nginx)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"the tool has failed: {done.stdout}")
    return done.stdout.strip()


@contextmanager
def running(nginx: Sequence[str]) -> Generator[None]:
    """Run nginx until the end of the block."""
    with subprocess.Popen([*nginx, "-g", "daemon off;"]) as server:  # noqa: S603 — our own words
        try:
            yield
        finally:
            server.terminate()


@contextmanager
def visited(folder: Path, port: int) -> Generator[list[int]]:
    """Connect again and again until the end of the block; yield the numbers that were served."""
    numbers: list[int] = []
    failures: list[OSError] = []
    over = Event()

    def visit() -> None:
        while not over.is_set() and not failures:
            try:
                numbers.append(served(folder, port).serial_number)
            except OSError as error:
                failures.append(error)

    served_next(folder, port, None)  # nginx is up
    visitor = Thread(target=visit)
    visitor.start()
    try:
        yield numbers
    finally:
        over.set()
        visitor.join()
    if failures:
        sys.exit(f"a connection has failed: {failures[0]}")


def served(folder: Path, port: int) -> cl.X509Certificate:
    """Ask nginx for a page, and return the certificate that it shows, verified."""
    context = ssl.create_default_context(cafile=folder / "ca" / "tls.crt")
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=NAME) as connection,
    ):
        connection.sendall(f"GET / HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
        if b"200 OK" not in connection.recv(4096):
            sys.exit("nginx does not answer with a page")
        der = connection.getpeercert(binary_form=True) or b""
    return cl.X509Certificate.from_pem(ssl.DER_cert_to_PEM_cert(der))


def served_next(folder: Path, port: int, before: cl.X509Certificate | None) -> cl.X509Certificate:
    """Wait until nginx shows another certificate, for at most ten seconds."""
    for _ in range(200):
        with suppress(ConnectionRefusedError):
            found = served(folder, port)
            if found != before:
                return found
        time.sleep(0.05)
    sys.exit("nginx still shows the same certificate, or none")


def free_port() -> int:
    """Return a port of loopback that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
