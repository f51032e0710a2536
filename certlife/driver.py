"""The loop that performs plans: over any store, any issuer and any clock.

All decisions are `reconcile`'s and `advance`'s; here bytes are made and handed on. Whatever stops
the loop, wherever it stops, starting it again goes on.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol, assert_never

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from certlife.errors import CertlifeError, UnreadableError
from certlife.lifecycle.actions import (
    Action,
    CreateKey,
    CreateRequest,
    DeleteKey,
    DeleteRequest,
    KeySource,
    StoreSecret,
    UpdateStatus,
)
from certlife.lifecycle.advancing import RETRY_MAXIMUM, advance, next_question
from certlife.lifecycle.answers import TemporaryError
from certlife.lifecycle.phases import Phase
from certlife.lifecycle.plan import Event, EventType, Plan
from certlife.lifecycle.reconcile import reconcile
from certlife.model import annotations as keys
from certlife.model.metadata import OwnerReference
from certlife.model.request import CertificateRequest
from certlife.model.spec import IssuerRef, KeyEncoding
from certlife.pki import pem
from certlife.pki.certificate import X509Certificate
from certlife.pki.csr import X509Request
from certlife.pki.keys import KeyAlgorithm, PrivateKey
from certlife.policy.policies import TRIGGER, Policy
from certlife.schedule.instants import shift
from certlife.signing.certificates import Grant, self_sign_request
from certlife.signing.keys import Signer, generate_private_key
from certlife.signing.requests import certificate_request
from certlife.signing.secret_contents import TLS_TYPE, secret_contents

if TYPE_CHECKING:
    from collections.abc import Iterable

    from certlife.lifecycle.answers import Answer
    from certlife.model.certificate import Certificate
    from certlife.model.secret import SecretData
    from certlife.model.snapshot import Snapshot
    from certlife.model.spec import CertificateSpec, PrivateKeySpec
    from certlife.model.status import CertificateStatus

_STOPGAP: Final = timedelta(days=90)
"""How long a temporary certificate is good for; cert-manager's default duration."""


class Store(Protocol):
    """Where Certificates, Secrets, requests and pending keys are kept.

    Creating does nothing where something of that name is there already, deleting nothing where
    nothing is, and updating nothing where something else is there than what was seen.
    """

    def snapshots(self) -> Iterable[Snapshot]:
        """Return every Certificate with what surrounds it, as it is now."""
        ...

    def read_key(self, certificate: Certificate, name: str) -> bytes:
        """Return a pending key, PEM; b"" where there is none."""
        ...

    def create_key(self, certificate: Certificate, name: str, pem: bytes) -> None:
        """Keep a pending key."""
        ...

    def delete_key(self, certificate: Certificate, name: str) -> None:
        """Forget a pending key."""
        ...

    def create_request(self, request: CertificateRequest) -> None:
        """Keep a request."""
        ...

    def update_request(self, before: CertificateRequest, after: CertificateRequest) -> None:
        """Write a request, if it still is what was seen."""
        ...

    def delete_request(self, certificate: Certificate, name: str, uid: str | None) -> None:
        """Forget a request."""
        ...

    def write_secret(self, secret: SecretData) -> None:
        """Write a Secret as a whole, whatever was there."""
        ...

    def update_status(
        self, certificate: Certificate, before: CertificateStatus, after: CertificateStatus
    ) -> None:
        """Write a Certificate's status, if it still is what was seen."""
        ...

    def tell(self, certificate: Certificate, event: Event) -> None:
        """Keep an event for people to read."""
        ...


class Issuer(Protocol):
    """Who answers requests; a request that is asked about again is the same request."""

    def answer(self, request: CertificateRequest) -> Answer:
        """Approve, deny, take in or look up a request."""
        ...


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """Return the instant, aware."""
        ...


def turn(
    store: Store, issuer: Issuer, clock: Clock, *, policy: Policy = TRIGGER
) -> datetime | None:
    """Look at every Certificate once, and do what is next.

    What cannot be done for one of them is told, and keeps nobody else waiting.

    Args:
        store: Where everything is kept.
        issuer: Who answers requests.
        clock: What time it is.
        policy: What must hold of each Certificate.

    Returns:
        When to look again, which is now where anything was done; None where only a change from
        outside could give anything to do.
    """
    checks: list[datetime | None] = []
    for snapshot in store.snapshots():
        now = clock.now()
        plan = reconcile(snapshot, now=now, policy=policy)
        try:
            for action in plan.actions:
                perform(action, snapshot, store, now=now)
        except CertlifeError as error:
            plan = Plan(plan.phase, events=(_problem(error),), next_check=shift(now, RETRY_MAXIMUM))
        for event in plan.events:
            store.tell(snapshot.certificate, event)
        checks.append(now if plan.actions else plan.next_check)
        if plan.phase is Phase.ASKED and not plan.actions and snapshot.next_request:
            checks.append(_ask(snapshot.next_request, store, issuer, now))
    return min((at for at in checks if at is not None), default=None)


def settle(
    store: Store, issuer: Issuer, clock: Clock, *, policy: Policy = TRIGGER
) -> datetime | None:
    """Take turns until there is nothing to do now; return when there will be, None for never.

    Args:
        store: Where everything is kept.
        issuer: Who answers requests.
        clock: What time it is.
        policy: What must hold of each Certificate.
    """
    while True:
        at = turn(store, issuer, clock, policy=policy)
        if at is None or at > clock.now():
            return at


def perform(action: Action, snapshot: Snapshot, store: Store, *, now: datetime) -> None:
    """Perform one action of a plan; one whose time has passed does nothing.

    Args:
        action: What to do.
        snapshot: What it was planned from.
        store: Where to do it.
        now: The instant of the plan, aware; a temporary certificate is good from then on.

    Raises:
        CertlifeError: It cannot be done: a keystore is wanted, the key is not one to sign with.
    """
    certificate = snapshot.certificate
    match action:
        case CreateKey(name=name):
            _create_key(action, snapshot, store)
        case CreateRequest(key_name=name):
            key = _read_key(store, certificate, name)
            if key is not None:
                store.create_request(_request(action, certificate, Signer(key)))
        case DeleteRequest(name=name, uid=uid):
            store.delete_request(certificate, name, uid)
        case StoreSecret(key_name=name):
            key = _read_key(store, certificate, name)
            secret = None if key is None else _secret(action, snapshot, key, now)
            if secret is not None:
                store.write_secret(secret)
        case UpdateStatus(before=before, after=after):
            store.update_status(certificate, before, after)
        case DeleteKey(name=name):
            store.delete_key(certificate, name)
        case _:
            assert_never(action)


def _problem(error: CertlifeError) -> Event:
    return Event(EventType.WARNING, "Failed", f"Cannot do what is next: {error}")


def _ask(
    request: CertificateRequest, store: Store, issuer: Issuer, now: datetime
) -> datetime | None:
    """Ask about a request, if it is time; return when to ask again."""
    at = next_question(request)
    if at is None or at > now:
        return at
    try:
        answer = issuer.answer(request)
    except CertlifeError as error:
        answer = TemporaryError(str(error))
    after = advance(request, answer, now=now)
    store.update_request(request, after.request)
    return after.next_check or now


def _read_key(store: Store, certificate: Certificate, name: str) -> PrivateKey | None:
    try:
        return PrivateKey.from_pem(store.read_key(certificate, name))
    except UnreadableError:
        return None


def _create_key(action: CreateKey, snapshot: Snapshot, store: Store) -> None:
    certificate, secret = snapshot.certificate, snapshot.secret
    if _read_key(store, certificate, action.name) is not None:
        return
    store.delete_key(certificate, action.name)
    if action.source is KeySource.STORED and secret is not None:
        pem = secret.entry(keys.TLS_PRIVATE_KEY)
    else:
        pem = generate_private_key(action.private_key)
    store.create_key(certificate, action.name, pem)


def _request(action: CreateRequest, certificate: Certificate, signer: Signer) -> CertificateRequest:
    spec = action.spec
    owner = OwnerReference(
        api_version="cert-manager.io/v1",
        kind="Certificate",
        name=certificate.name,
        uid=certificate.uid,
        controller=True,
        block_owner_deletion=True,
    )
    return CertificateRequest(
        name=action.name,
        namespace=certificate.namespace,
        issuer_ref=spec.issuer_ref,
        csr=certificate_request(spec, signer),
        duration=spec.duration,
        is_ca=spec.is_ca,
        usages=spec.usages,
        annotations={
            keys.REVISION: str(action.revision),
            keys.REQUEST_PRIVATE_KEY: action.key_name,
            keys.CERTIFICATE_NAME: certificate.name,
        },
        labels=certificate.labels,
        owner_references=[owner],
    )


def _secret(
    action: StoreSecret, snapshot: Snapshot, key: PrivateKey, now: datetime
) -> SecretData | None:
    """Put the Secret together, unless the key has changed since the certificate was asked for."""
    certificate, chain = snapshot.certificate, action.certificate
    if chain is None:
        chain = _stopgap(certificate.spec, Signer(key), now)
    elif not key.matches(X509Certificate.from_pem(chain).public_key):
        return None
    there = snapshot.secret.type if snapshot.secret else None  # which cannot be changed
    return secret_contents(
        certificate,
        private_key=_written(key, certificate.spec.effective_private_key),
        chain=chain,
        ca=action.ca,
        issuer=action.issuer or IssuerRef(""),
        secret_type=there or TLS_TYPE,
    )


def _written(key: PrivateKey, wanted: PrivateKeySpec) -> bytes:
    """Write the key as the spec has it now; one that was copied may be written otherwise."""
    if key.encoding == wanted.effective_encoding or key.algorithm is KeyAlgorithm.ED25519:
        return pem.encode(key.label, key.der).encode()
    native = load_der_private_key(key.der, None)
    pkcs1 = wanted.effective_encoding == KeyEncoding.PKCS1
    form = PrivateFormat.TraditionalOpenSSL if pkcs1 else PrivateFormat.PKCS8
    return native.private_bytes(Encoding.PEM, form, NoEncryption())


def _stopgap(spec: CertificateSpec, signer: Signer, now: datetime) -> bytes:
    """Make a certificate that signs itself, so that a server can start while the issuer works."""
    request = X509Request.from_pem(certificate_request(spec, signer))
    grant = Grant(
        not_before=now, not_after=shift(now, _STOPGAP), usages=spec.usages, is_ca=bool(spec.is_ca)
    )
    return self_sign_request(request, signer, grant)
