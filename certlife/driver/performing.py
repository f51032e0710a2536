"""Performing an action of a plan: keys, requests and Secrets are made and handed to the store.

Which action, and when, is `reconcile`'s to say.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, assert_never

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from certlife.errors import UnreadableError
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
from certlife.model import annotations as keys
from certlife.model.request import CertificateRequest
from certlife.model.spec import IssuerRef, KeyEncoding
from certlife.pki import pem
from certlife.pki.certificate import X509Certificate
from certlife.pki.csr import X509Request
from certlife.pki.keys import KeyAlgorithm, PrivateKey
from certlife.schedule.instants import shift
from certlife.signing.certificates import Grant, self_sign_request
from certlife.signing.keys import Signer, generate_private_key
from certlife.signing.requests import certificate_request
from certlife.signing.secret_contents import TLS_TYPE, secret_contents

if TYPE_CHECKING:
    from certlife.driver.store import Store
    from certlife.model.certificate import Certificate
    from certlife.model.secret import SecretData
    from certlife.model.snapshot import Snapshot
    from certlife.model.spec import CertificateSpec, PrivateKeySpec
    from certlife.signing.secret_contents import PasswordSource

_STOPGAP: Final = timedelta(days=90)
"""How long a temporary certificate is good for; cert-manager's default duration."""


def perform(
    action: Action,
    snapshot: Snapshot,
    store: Store,
    *,
    now: datetime,
    passwords: PasswordSource | None = None,
) -> None:
    """Perform one action of a plan; one whose time has passed does nothing.

    Args:
        action: What to do.
        snapshot: What it was planned from.
        store: Where to do it.
        now: The instant of the plan, aware; a temporary certificate is good from then on.
        passwords: Where the passwords of keystores are.

    Raises:
        CertlifeError: It cannot be done: a keystore lacks its password, the key is not one to sign
            with.
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
            secret = None if key is None else _secret(action, snapshot, key, now, passwords)
            if secret is not None:
                store.write_secret(secret)
        case UpdateStatus(before=before, after=after):
            store.update_status(certificate, before, after)
        case DeleteKey(name=name):
            store.delete_key(certificate, name)
        case _:
            assert_never(action)


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
        owner_references=[certificate.owner_reference],
    )


def _secret(
    action: StoreSecret,
    snapshot: Snapshot,
    key: PrivateKey,
    now: datetime,
    passwords: PasswordSource | None,
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
        passwords=passwords,
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
