"""One Certificate, a store in memory, an issuer with a script and a clock that obeys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from attrs import evolve

from certlife.driver import settle, turn
from certlife.lifecycle.reconcile import reconcile
from certlife.model.certificate import Certificate
from certlife.model.spec import CertificateSpec, IssuerRef, PrivateKeySpec
from certlife.testing.clock import FakeClock
from certlife.testing.issuer import Behaviour, ScriptedIssuer
from certlife.testing.memory import MemoryStore

if TYPE_CHECKING:
    from certlife.lifecycle.answers import Answer
    from certlife.lifecycle.plan import Event, Plan
    from certlife.model.request import CertificateRequest
    from certlife.model.secret import SecretData
    from certlife.model.snapshot import Snapshot
    from certlife.model.status import CertificateStatus

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLACE = ("default", "web")
SPEC = CertificateSpec(
    secret_name="web-tls",
    issuer_ref=IssuerRef("ca"),
    dns_names=["a.example"],
    private_key=PrivateKeySpec(algorithm="ECDSA"),
)


class World:
    """Everything that one test needs."""

    def __init__(
        self,
        *script: Answer | Behaviour,
        spec: CertificateSpec = SPEC,
        annotations: dict[str, str] | None = None,
    ) -> None:
        self.clock = FakeClock(NOW)
        web = Certificate(
            "web", spec, namespace="default", uid="u-web", created=NOW, annotations=annotations
        )
        self.store = MemoryStore([web])
        self.issuer = ScriptedIssuer(self.clock, script)

    def settle(self) -> datetime | None:
        return settle(self.store, self.issuer, self.clock)

    def turn(self) -> datetime | None:
        return turn(self.store, self.issuer, self.clock)

    def plan(self) -> Plan:
        return reconcile(self.snapshot, now=self.clock.now())

    def advance(self, by: timedelta) -> None:
        self.clock.advance(by)

    @property
    def snapshot(self) -> Snapshot:
        return next(one for one in self.store.snapshots() if one.certificate.name == "web")

    @property
    def certificate(self) -> Certificate:
        return self.store.certificates[PLACE]

    @certificate.setter
    def certificate(self, certificate: Certificate) -> None:
        self.store.certificates[PLACE] = certificate

    @property
    def status(self) -> CertificateStatus:
        return self.certificate.status

    @property
    def secret(self) -> SecretData | None:
        return self.store.secrets.get(("default", "web-tls"))

    @property
    def requests(self) -> dict[str, CertificateRequest]:
        return {name: one for (_, name), one in self.store.requests.items()}

    @property
    def reasons(self) -> list[str]:
        return [str(event.reason) for _, event in self.store.events]

    def told(self, reason: str) -> Event:
        return next(event for _, event in reversed(self.store.events) if event.reason == reason)

    @property
    def spec(self) -> CertificateSpec:
        return self.certificate.spec

    def edit(self, spec: CertificateSpec) -> None:
        self.certificate = evolve(self.certificate, spec=spec)
