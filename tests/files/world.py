"""Stores in a folder of a test, an issuer with a script, and readers that know no store."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from attrs import evolve

from certlife.adapters.files import FileStore
from certlife.driver import settle, turn
from certlife.model.certificate import Certificate
from certlife.pki.certificate import X509Certificate
from certlife.pki.keys import PrivateKey
from certlife.testing.clock import FakeClock
from certlife.testing.issuer import Behaviour, ScriptedIssuer
from tests.lifecycle.world import NOW, SPEC

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from certlife.lifecycle.answers import Answer
    from certlife.model.snapshot import Snapshot
    from certlife.model.spec import CertificateSpec

WEB = Certificate("web", evolve(SPEC, additional_output_formats=["CombinedPEM", "DER"]))
STATE = ".certlife/certificates/_/web"


class World:
    """One store, and all that a Certificate in it needs."""

    def __init__(
        self,
        root: Path,
        *script: Answer | Behaviour,
        certificates: tuple[Certificate, ...] = (WEB,),
    ) -> None:
        self.root = root
        self.clock = FakeClock(NOW)
        self.issuer = ScriptedIssuer(self.clock, script)
        self.certificates = certificates
        self.restart()

    def restart(self, *certificates: Certificate) -> FileStore:
        """Open the store anew, as another process would."""
        self.certificates = certificates or self.certificates
        self.store = FileStore(self.root, self.certificates, now=self.clock.now)
        return self.store

    def settle(self) -> datetime | None:
        return settle(self.store, self.issuer, self.clock)

    def turn(self) -> datetime | None:
        return turn(self.store, self.issuer, self.clock)

    def look(self, certificate: Certificate = WEB) -> Snapshot:
        return self.store.look(certificate)

    def edit(self, spec: CertificateSpec) -> None:
        self.restart(evolve(WEB, spec=spec))

    @property
    def reasons(self) -> list[str]:
        return [told.event.reason for told in self.store.events(WEB)]

    @property
    def folder(self) -> Path:
        """Where people find the Secret."""
        return self.root / "web-tls"

    @property
    def state(self) -> Path:
        """Where the notes about the Certificate are."""
        return self.root / STATE


def served(folder: Path) -> X509Certificate:
    """Read what a server would that opens a version once; it must be whole, and a pair."""
    version = os.open(folder / "..data", os.O_RDONLY | os.O_DIRECTORY)
    try:
        files = {name: _read(name, version) for name in ("tls.crt", "tls.key", "tls-combined.pem")}
    finally:
        os.close(version)
    certificate = X509Certificate.from_pem(files["tls.crt"])
    assert PrivateKey.from_pem(files["tls.key"]).matches(certificate.public_key)
    assert files["tls-combined.pem"] == files["tls.key"] + b"\n" + files["tls.crt"]
    return certificate


def served_from_one_file(folder: Path) -> X509Certificate:
    """Read what a server would that opens one file, by its plain path; it must be a pair."""
    data = (folder / "tls-combined.pem").read_bytes()
    key, certificate = data.split(b"-----BEGIN CERTIFICATE-----", 1)
    leaf = X509Certificate.from_pem(b"-----BEGIN CERTIFICATE-----" + certificate)
    assert PrivateKey.from_pem(key).matches(leaf.public_key)
    return leaf


def _read(name: str, folder: int) -> bytes:
    with os.fdopen(os.open(name, os.O_RDONLY, dir_fd=folder), "rb") as file:
        return file.read()
