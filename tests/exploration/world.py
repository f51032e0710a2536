"""A world as one value, and the store that turns one such value into the next.

It keeps the promises of `certlife.driver.Store`. Keys come from a fixed pool, so that the number of
worlds is finite, and what has been read once is read no more.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from certlife.lifecycle.reconcile import reconcile
from certlife.model.certificate import Certificate
from certlife.model.frozenmap import FrozenMap
from certlife.model.request import CertificateRequest
from certlife.model.secret import SecretData
from certlife.model.snapshot import Snapshot
from certlife.model.spec import PrivateKeySpec
from certlife.pki.keys import KeyAlgorithm, PrivateKey
from certlife.testing.builders import signer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from certlife.lifecycle.plan import Event, Plan
    from certlife.model.status import CertificateStatus

JUNK: Final = b"junk"
ANOTHER_KEY: Final = signer(PrivateKeySpec(algorithm=KeyAlgorithm.ED25519), number=97).pem
"""A key that is not from the pool."""


@frozen(eq=False, slots=False)  # to keep what was planned
class World:
    """Everything that a decision may depend on; `canonical` says when two are the same."""

    now: datetime
    certificates: tuple[Certificate, ...]
    secrets: FrozenMap[str, SecretData]
    requests: FrozenMap[str, CertificateRequest]
    keys: FrozenMap[str, bytes]

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        """What is to be done about each Certificate."""
        return tuple(reconcile(self.snapshot(one), now=self.now) for one in self.certificates)

    def snapshot(self, certificate: Certificate) -> Snapshot:
        """Gather what surrounds a Certificate."""
        status, secret_name = certificate.status, certificate.spec.secret_name
        return Snapshot(
            certificate,
            secret=self.secrets.get(secret_name),
            requests=self.requests_of(certificate),
            pending_key=read_key(self.keys.get(status.next_private_key_secret_name or "", b"")),
            rivals=tuple(
                one
                for one in self.certificates
                if one.spec.secret_name == secret_name and one.name != certificate.name
            ),
        )

    def requests_of(self, certificate: Certificate) -> tuple[CertificateRequest, ...]:
        """Return the requests that a Certificate owns."""
        uid = certificate.uid
        return tuple(one for one in self.requests.values() if one.owner_uid == uid)

    def with_certificate(self, changed: Certificate) -> World:
        """Replace a Certificate."""
        others = (changed if one.name == changed.name else one for one in self.certificates)
        return evolve(self, certificates=tuple(others))


class WorldStore:
    """A store that begins as one world; what it holds is another."""

    def __init__(self, world: World) -> None:
        self.before = world
        self.certificates = {one.name: one for one in world.certificates}
        self.secrets = dict(world.secrets)
        self.requests = dict(world.requests)
        self.keys = dict(world.keys)

    def world(self) -> World:
        """Return what is there now: the same world, where nothing was changed."""
        before = self.before
        after = World(
            before.now,
            tuple(self.certificates.values()),
            FrozenMap(self.secrets),
            FrozenMap(self.requests),
            FrozenMap(self.keys),
        )
        is_changed = any(
            getattr(after, part) != getattr(before, part)
            for part in ("certificates", "secrets", "requests", "keys")
        )
        return after if is_changed else before

    def snapshots(self) -> Iterator[Snapshot]:
        """Look at each Certificate."""
        for name in tuple(self.certificates):
            yield self.world().snapshot(self.certificates[name])

    def read_key(self, certificate: Certificate, name: str) -> bytes:
        """Return a pending key."""
        del certificate
        return self.keys.get(name, b"")

    def create_key(self, certificate: Certificate, name: str, pem: bytes) -> None:
        """Keep a key: one from the pool that is nowhere in use, if it is a new one."""
        del certificate
        self.keys.setdefault(
            name, pem if pem in _pool() or pem == ANOTHER_KEY else self._unused(pem)
        )

    def delete_key(self, certificate: Certificate, name: str) -> None:
        """Forget a key."""
        del certificate
        self.keys.pop(name, None)

    def create_request(self, request: CertificateRequest) -> None:
        """Keep a request; its identity is what it asks for."""
        self.requests.setdefault(request.name, _interned(request))

    def update_request(self, before: CertificateRequest, after: CertificateRequest) -> None:
        """Write a request, if it still is what was seen."""
        if self.requests.get(before.name) == before:
            self.requests[before.name] = _interned(after)

    def delete_request(self, certificate: Certificate, name: str, uid: str | None) -> None:
        """Forget a request, if it is the one that was seen."""
        del certificate
        if name in self.requests and self.requests[name].uid == uid:
            del self.requests[name]

    def write_secret(self, secret: SecretData) -> None:
        """Write a Secret."""
        self.secrets[secret.name or ""] = _kept(secret)

    def update_status(
        self, certificate: Certificate, before: CertificateStatus, after: CertificateStatus
    ) -> None:
        """Write a status, if it still is what was seen."""
        there = self.certificates.get(certificate.name)
        if there is not None and there.uid == certificate.uid and there.status == before:
            self.certificates[certificate.name] = evolve(there, status=after)

    def tell(self, certificate: Certificate, event: Event) -> None:
        """Events are for people."""

    def _unused(self, pem: bytes) -> bytes:
        used = {*self.keys.values(), *(one.entry("tls.key") for one in self.secrets.values())}
        asked = {key_in_request(one) for one in self.requests.values()}
        kind = PrivateKey.from_pem(pem).algorithm
        return next(
            key
            for key, (algorithm, public) in _pool().items()
            if algorithm == kind and key not in used and public not in asked
        )


def key_in_request(request: CertificateRequest) -> bytes:
    """Return the public key that a request is made with, b"" if it cannot be read."""
    reading = request.csr_reading
    return getattr(getattr(reading, "public_key", None), "spki", b"")


def pool_signer(public: bytes) -> bytes:
    """Return the private key from the pool that belongs to a public one."""
    return next(key for key, (_, spki) in _pool().items() if spki == public)


@cache
def _pool() -> dict[bytes, tuple[KeyAlgorithm, bytes]]:
    """Enough keys for all that can be in use at once: private to algorithm and public."""
    pool = {}
    for algorithm in (KeyAlgorithm.ED25519, KeyAlgorithm.ECDSA):
        for number in range(10):
            key = signer(PrivateKeySpec(algorithm=algorithm), number)
            pool[key.pem] = (algorithm, key.spki_der)
    return pool


@cache
def read_key(pem: bytes) -> PrivateKey | None:
    """Read a private key, None where it cannot be."""
    return None if pem in {b"", JUNK} else PrivateKey.from_pem(pem)


@cache
def _interned(request: CertificateRequest) -> CertificateRequest:
    """Let equal requests be one object, so that each is read once."""
    return request


@cache
def _kept(secret: SecretData) -> SecretData:
    return secret
