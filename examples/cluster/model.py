"""What the table of the example cluster is made of: a Certificate's spec and what befell it.

It knows nothing of keys, bytes or Kubernetes' shapes. Instants are RFC 3339 in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

FOUNDED: Final = "2026-01-12T10:00:00Z"
"""When the cluster and most of its Certificates were made."""

ORGANIZATION: Final = "certlife example"
"""Stands in the subject of every certificate."""

SERVER: Final = ("digital signature", "key encipherment", "server auth")


class Key(Enum):
    """A kind of private key: its algorithm and size as `spec.privateKey` says them."""

    RSA_2048 = ("RSA", 2048)
    P256 = ("ECDSA", 256)
    P384 = ("ECDSA", 384)
    ED25519 = ("Ed25519", None)


class Mishap(Enum):
    """What happened to the objects of a Certificate after it was issued."""

    REQUEST_LOST = "The backup that it was restored from held no CertificateRequests."
    KEY_REPLACED = "Somebody put another private key into the Secret."
    LINE_LOST = "A copy of the Secret lost one line of the certificate."


@dataclass(frozen=True)
class Condition:
    """One condition of a Certificate or a CertificateRequest."""

    type: str
    status: str
    reason: str
    message: str
    since: str


@dataclass(frozen=True)
class Spec:
    """What is wanted; `more` holds the fields that only a few Certificates set."""

    dns_names: tuple[str, ...]
    key: Key = Key.P256
    issuer: str = "ClusterIssuer/example-ca"
    hours: int = 2160
    usages: tuple[str, ...] = SERVER
    common_name: str = ""
    is_ca: bool = False
    more: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class State:
    """A Certificate and its fate.

    Args:
        name: Namespace and name, as in "shop/web".
        spec: What is wanted now.
        issued: When its certificate was issued; None if it never was.
        issued_for: The spec at that time, where it has been edited since.
        mishap: What happened then.
        ready: The condition Ready, where it is not simply True since the issuance.
        issuing: The condition Issuing, or None.
        next_request: The condition Ready of the request for the next revision, or None.
        pending_key_name: The Secret with the key of that request, while it is pending.
        status: Fields of the status that are not what issuing alone makes them; None leaves out.
        stored_in: The Secret that it names, where that is not its own.
        created: When it was made.
        revision: How often it has been issued.
    """

    name: str
    spec: Spec
    issued: str | None
    issued_for: Spec | None = None
    mishap: Mishap | None = None
    ready: Condition | None = None
    issuing: Condition | None = None
    next_request: Condition | None = None
    pending_key_name: str | None = None
    status: dict[str, object] = field(default_factory=dict)
    stored_in: str | None = None
    created: str = FOUNDED
    revision: int = 5

    @property
    def namespace(self) -> str:
        """The part of its name before the slash."""
        return self.name.partition("/")[0]

    @property
    def short_name(self) -> str:
        """The part of its name after the slash."""
        return self.name.partition("/")[2]

    @property
    def secret_name(self) -> str:
        """The name of its Secret."""
        return self.stored_in or f"{self.short_name}-tls"

    @property
    def asked(self) -> Spec:
        """What was wanted when its certificate was issued."""
        return self.issued_for or self.spec

    @property
    def generation(self) -> int:
        """How often its spec has been written."""
        return 1 if self.issued_for is None else 2


def unready(reason: str, message: str, since: str) -> Condition:
    """Return the condition that a Certificate, or a request, is not ready."""
    return Condition("Ready", "False", reason, message, since)


def issuing(reason: str, message: str, since: str) -> Condition:
    """Return the condition that a Certificate is being issued."""
    return Condition("Issuing", "True", reason, message, since)


def failed(message: str, since: str) -> Condition:
    """Return the condition that the last issuance of a Certificate failed."""
    return Condition("Issuing", "False", "Failed", message, since)
