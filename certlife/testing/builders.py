"""The steps of an issuance, for tests: a key, a CA, a request, its answer, a Secret.

Keys are drawn from a pool, because making one takes longer than any test should. How the steps make
a world is for `certlife.testing.worlds`.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from attrs import evolve

from certlife.lifecycle.actions import key_name, request_name
from certlife.model import annotations as keys
from certlife.model.metadata import ManagedFields
from certlife.model.request import CertificateRequest
from certlife.model.spec import CertificateSpec, IssuerRef, PrivateKeySpec
from certlife.model.status import Condition, ConditionStatus
from certlife.pki import pem
from certlife.pki.csr import X509Request
from certlife.pki.keys import KeyAlgorithm
from certlife.policy.post_issuance_checks import FIELD_MANAGER
from certlife.schedule.instants import EARLIEST, LATEST, shift
from certlife.signing.arguments import require
from certlife.signing.certificates import Authority, Grant, self_sign_request, sign_request
from certlife.signing.keys import Signer, generate_private_key
from certlife.signing.requests import certificate_request
from certlife.signing.secret_contents import secret_contents

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from certlife.model.certificate import Certificate
    from certlife.model.secret import SecretData

POOL_SIZE: Final = 128
"""How many keys and how many CAs are kept."""


_ANY_KEY: Final = PrivateKeySpec()
_USUAL_SIZES: Final[dict[str, int]] = {KeyAlgorithm.RSA: 2048, KeyAlgorithm.ECDSA: 256}
_AUTHORITY_KEY: Final = PrivateKeySpec(algorithm=KeyAlgorithm.ECDSA)


def signer(wanted: PrivateKeySpec = _ANY_KEY, number: int = 0) -> Signer:
    """Return a key from the pool: in one process, the same arguments give the same key.

    For a key that nobody has seen before, `Signer.from_pem(generate_private_key(wanted))`.

    Args:
        wanted: Its algorithm, size and encoding; RSA of 2048 bits where nothing is said.
        number: Which of the keys of that kind, where a test needs several.

    Raises:
        InvalidValueError: There is no such key.
        WrongTypeError: An argument is of a wrong type.
    """
    require(wanted, PrivateKeySpec, "wanted")
    require(number, int, "number")
    return _signer(_normal(wanted), number)


def authority(name: str = "ca") -> Authority:
    """Return a CA from the pool: P-256, its own root, valid for all time.

    Args:
        name: Its common name; the same name gives the same CA, in one process.

    Raises:
        InvalidValueError: The name cannot be encoded.
        WrongTypeError: `name` is no str.
    """
    require(name, str, "name")
    return _authority(name)


def request(
    certificate: Certificate, key: Signer, *, at: datetime, attempt: int = 1
) -> CertificateRequest:
    """Ask for the next revision of a Certificate; nobody has answered yet.

    Args:
        certificate: The Certificate.
        key: The key to certify.
        at: When it is asked, aware.
        attempt: Which attempt at this revision it is, from 1.

    Raises:
        InvalidValueError: No request can be made of the spec.
    """
    spec, revision = certificate.spec, (certificate.status.revision or 0) + 1
    return CertificateRequest(
        name=request_name(certificate.name, revision, attempt),
        namespace=certificate.namespace,
        issuer_ref=spec.issuer_ref,
        csr=certificate_request(spec, key),
        duration=spec.duration,
        is_ca=spec.is_ca,
        usages=spec.usages,
        created=at,
        annotations={
            keys.REVISION: str(revision),
            keys.CERTIFICATE_NAME: certificate.name,
            keys.REQUEST_PRIVATE_KEY: key_name(certificate.name, revision, attempt),
        },
        owner_references=[certificate.owner_reference],
    )


def answered(
    request: CertificateRequest,
    ca: Authority,
    *,
    at: datetime,
    lifetime: timedelta | None = None,
) -> CertificateRequest:
    """Let a CA answer a request.

    Args:
        request: The request.
        ca: Who signs.
        at: When, aware; the certificate begins then.
        lifetime: How long the certificate lives, if not as long as the request asks.

    Raises:
        InvalidValueError: The request cannot be granted.
    """
    grant = Grant.of(request, not_before=at)
    if lifetime is not None:
        grant = evolve(grant, not_after=shift(at, lifetime))
    csr = X509Request.from_pem(request.csr or b"")
    ready = Condition("Ready", ConditionStatus.TRUE, reason="Issued", last_transition_time=at)
    return evolve(
        request,
        conditions=(ready,),
        certificate=sign_request(csr, ca, grant),
        ca=pem.encode("CERTIFICATE", ca.certificate.der).encode(),
    )


def secret(certificate: Certificate, key: Signer, answer: CertificateRequest) -> SecretData:
    """Store an answer as cert-manager's controller does, managed fields included.

    Args:
        certificate: Whose Secret it is.
        key: The key that was certified.
        answer: The request with its certificate.

    Raises:
        UnreadableError: There is no certificate in the answer.
        InvalidValueError: The Secret that the spec wants cannot be written.
    """
    stored = secret_contents(
        certificate,
        private_key=key.pem,
        chain=answer.certificate or b"",
        ca=answer.ca,
        issuer=answer.issuer_ref,
    )
    fields = {
        "f:metadata": {
            "f:annotations": _owned(stored.annotations or ()),
            "f:labels": _owned(stored.labels or ()),
        },
        "f:data": _owned(stored.entries or ()),
    }
    managed = ManagedFields(
        manager=FIELD_MANAGER,
        operation="Apply",
        fields_type="FieldsV1",
        fields_v1=json.dumps(fields),
    )
    return evolve(stored, managed_fields=(managed,))


def _normal(wanted: PrivateKeySpec) -> PrivateKeySpec:
    """Spell what is said and what is left unsaid alike, so that fewer keys are made."""
    kind = wanted.effective_algorithm
    size = None if kind == KeyAlgorithm.ED25519 else wanted.size or _USUAL_SIZES.get(kind)
    return PrivateKeySpec(algorithm=kind, size=size, encoding=wanted.effective_encoding)


@lru_cache(maxsize=POOL_SIZE)
def _signer(wanted: PrivateKeySpec, number: int) -> Signer:
    del number  # it only tells the keys apart
    return Signer.from_pem(generate_private_key(wanted))


@lru_cache(maxsize=POOL_SIZE)
def _authority(name: str) -> Authority:
    key = Signer.from_pem(generate_private_key(_AUTHORITY_KEY))
    spec = CertificateSpec(
        secret_name="",
        issuer_ref=IssuerRef(""),
        common_name=name or "ca",
        is_ca=True,
        private_key=_AUTHORITY_KEY,
    )
    grant = Grant(not_before=EARLIEST, not_after=LATEST, is_ca=True)
    csr = X509Request.from_pem(certificate_request(spec, key))
    return Authority.from_pem(certificate=self_sign_request(csr, key, grant), private_key=key.pem)


def _owned(names: Iterable[str]) -> dict[str, dict[str, str]]:
    return {f"f:{name}": {} for name in names}
