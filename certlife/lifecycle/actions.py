"""What a plan may ask for: six actions, each safe to perform twice.

An action names its object by certificate, revision and purpose, so that performing it again, or
after a crash, finds it done. Creating means create if absent; updating means compare and set.
Actions hold no key bytes: who performs them reads and writes keys where they are kept.
"""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256
from typing import Final, TypeAlias

from attrs import frozen

from certlife.model.spec import CertificateSpec, IssuerRef, PrivateKeySpec
from certlife.model.status import CertificateStatus

_MAX_NAME_LENGTH: Final = 200
"""How long a Certificate's name may be before ours are shortened: RFC 1123 names end at 253."""

_DIGEST_LENGTH: Final = 16


class KeySource(StrEnum):
    """Where the private key of an issuance comes from."""

    NEW = "new"
    STORED = "stored"


@frozen
class CreateKey:
    """Make the private key of this issuance, unless one that can be read is there.

    Args:
        name: Under which it is kept.
        private_key: What it must be.
        source: A new key, or a copy of the one in the Secret.
    """

    name: str
    private_key: PrivateKeySpec
    source: KeySource


@frozen
class CreateRequest:
    """Ask for a certificate, with the key of this issuance, unless it has been asked for.

    Args:
        name: The request's.
        revision: The revision that it is for.
        key_name: The key that signs it.
        spec: What to ask for.
    """

    name: str
    revision: int
    key_name: str
    spec: CertificateSpec


@frozen
class DeleteRequest:
    """Delete a request, if it is there and the same.

    Args:
        name: The request's.
        uid: The request's identity, None where it has none.
    """

    name: str
    uid: str | None


@frozen
class StoreSecret:
    """Store a certificate with the key of this issuance, if they are a pair.

    Args:
        name: The Secret's.
        key_name: The key of this issuance.
        certificate: What was issued, PEM; None for a temporary certificate that signs itself.
        ca: The issuer's CA, PEM.
        issuer: Whom the request asked; None for a temporary certificate.
    """

    name: str
    key_name: str
    certificate: bytes | None
    ca: bytes | None
    issuer: IssuerRef | None


@frozen
class UpdateStatus:
    """Write a Certificate's status, if it still is what was seen.

    Args:
        before: What was seen.
        after: What it is to be.
    """

    before: CertificateStatus
    after: CertificateStatus


@frozen
class DeleteKey:
    """Delete the private key of an issuance that is over, if it is there.

    Args:
        name: Under which it is kept.
    """

    name: str


Action: TypeAlias = (
    CreateKey | CreateRequest | DeleteRequest | StoreSecret | UpdateStatus | DeleteKey
)


def key_name(certificate: str, revision: int, attempt: int) -> str:
    """Name the private key of an issuance; each attempt has its own.

    Args:
        certificate: The Certificate's name.
        revision: The revision that it is for, from 1.
        attempt: How many attempts at this revision have failed before, plus 1.
    """
    return f"{request_name(certificate, revision, attempt)}-key"


def request_name(certificate: str, revision: int, attempt: int) -> str:
    """Name a request: the attempts at one revision are different requests.

    Args:
        certificate: The Certificate's name.
        revision: The revision that it is for, from 1.
        attempt: How many attempts at this revision have failed before, plus 1.
    """
    return f"{_shortened(certificate)}-{revision}-{attempt}"


def _shortened(name: str) -> str:
    if len(name) <= _MAX_NAME_LENGTH:
        return name
    digest = sha256(name.encode()).hexdigest()[:_DIGEST_LENGTH]
    # RFC 1123, section 2.1: a label neither begins nor ends with a hyphen.
    return f"{name[: _MAX_NAME_LENGTH - _DIGEST_LENGTH - 1].rstrip('.-')}-{digest}"
