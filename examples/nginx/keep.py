"""Keep a certificate in each folder of a folder, and have nginx reload after a change.

For cron::

    17 * * * *  python -m examples.nginx.keep /etc/nginx/sites --ca /etc/nginx/ca

/etc/nginx/sites/shop.example is to hold a certificate for shop.example, in tls.crt and tls.key.
What is missing, broken or due is issued by the CA whose pair is in /etc/nginx/ca. Only what was
done is printed, and what could not be, so that cron mails that and nothing else.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from argparse import ArgumentParser
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

import certlife as cl
from certlife.adapters.files import FileStore
from certlife.driver import settle
from certlife.issuers import CaIssuer, OnOutlive

if TYPE_CHECKING:
    from collections.abc import Sequence

    from certlife.issuers import Clock

RELOADED: Final = ".reloaded"
"""The file that notes with which certificates nginx was last told to reload."""


class SystemClock:
    """What time it is."""

    def now(self) -> datetime:
        """Return the instant, in UTC."""
        return datetime.now(UTC)


def main() -> None:
    """Read the command line."""
    parser = ArgumentParser(description="Keep a certificate in each folder of a folder.")
    parser.add_argument("sites", type=Path, help="a folder of folders, each called by a DNS name")
    parser.add_argument("--ca", type=Path, required=True, help="a folder with tls.crt and tls.key")
    parser.add_argument("--nginx", default="nginx", help="how nginx is called, with its options")
    said = parser.parse_args()
    try:
        problem = keep(said.sites, said.ca, SystemClock(), nginx=shlex.split(said.nginx))
    except (OSError, cl.CertlifeError) as error:
        problem = str(error)
    sys.exit(problem)


def keep(sites: Path, ca: Path, clock: Clock, *, nginx: Sequence[str]) -> str | None:
    """Issue what is to be issued, and reload.

    Returns:
        What could not be done, None where all is well.
    """
    issuer = CaIssuer.from_pem(
        certificate=(ca / "tls.crt").read_bytes(),
        private_key=(ca / "tls.key").read_bytes(),
        clock=clock,
        on_outlive=OnOutlive.CLIP,
    )
    names = sorted(one.name for one in sites.iterdir() if one.is_dir() and one.name[0] != ".")
    certificates = [wanted(name) for name in names]
    store = FileStore(sites, certificates, now=clock.now)
    settle(store, issuer, clock)
    problems = [found for one in certificates if (found := problem_of(one, store, clock))]
    return "\n".join([*problems, *reload_if_changed(sites, nginx)]) or None


def problem_of(certificate: cl.Certificate, store: FileStore, clock: Clock) -> str | None:
    """Say why a certificate is not as it should be; None where it is."""
    problem = store.problems.get(("", certificate.name))
    if problem is not None:
        return f"{certificate.name}: {problem}"
    if isinstance(cl.decide(store.look(certificate), now=clock.now()), cl.Keep):
        return None
    return f"{certificate.name}: {store.events(certificate)[-1].event.message}"


def wanted(name: str) -> cl.Certificate:
    """Say what a folder is to hold."""
    spec = cl.CertificateSpec(
        secret_name=name,
        issuer_ref=cl.IssuerRef("ca"),
        dns_names=[name],
        private_key=cl.PrivateKeySpec(algorithm="ECDSA"),
    )
    return cl.Certificate(name, spec)


def reload_if_changed(sites: Path, nginx: Sequence[str]) -> list[str]:
    """Have nginx reload, if it has not since some certificate changed; return what went wrong."""
    noted = sites / RELOADED
    before = noted.read_text("utf-8").splitlines() if noted.exists() else []
    current = [
        f"{sha256(file.read_bytes()).hexdigest()} {file.parent.name}"
        for file in sorted(sites.glob("*/tls.crt"))
    ]
    if current == before:
        return []
    for arguments in (("-t", "-q"), ("-s", "reload")):
        done = subprocess.run(  # noqa: S603 — our own words, and those of the command line
            [*nginx, *arguments], stderr=subprocess.PIPE, text=True, check=False
        )
        if done.returncode != 0:
            return [f"nginx {' '.join(arguments)} has failed: {done.stderr.strip()}"]
    noted.write_text("".join(f"{line}\n" for line in current), "utf-8")
    changed = [line.split()[1] for line in current if line not in before]
    print(f"nginx reloads, with new certificates for {', '.join(changed) or 'nobody'}")
    return []


if __name__ == "__main__":
    main()
