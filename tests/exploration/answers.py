"""What the issuer of the explored worlds may answer, each kind by its name."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Final

from certlife.lifecycle.answers import (
    Answer,
    Approved,
    Denied,
    Failed,
    Invalid,
    Issued,
    Pending,
    TemporaryError,
)
from certlife.model.spec import DEFAULT_DURATION, CertificateSpec, IssuerRef, PrivateKeySpec
from certlife.pki.csr import X509Request
from certlife.pki.keys import KeyAlgorithm
from certlife.schedule.instants import EARLIEST, LATEST
from certlife.signing.certificates import Authority, Grant, self_sign_request, sign_request
from certlife.signing.keys import Signer
from certlife.signing.requests import certificate_request
from certlife.testing.builders import signer
from tests.exploration.world import JUNK, key_in_request, pool_signer

if TYPE_CHECKING:
    from datetime import datetime

    from certlife.model.request import CertificateRequest

DAY: Final = timedelta(days=1)
_ED25519: Final = PrivateKeySpec(algorithm=KeyAlgorithm.ED25519)
_PLAIN: Final[dict[str, Answer]] = {
    "approves": Approved(),
    "denies": Denied("no"),
    "is at it": Pending(),
    "wants to be left alone": Pending(retry_after=DAY),
    "is not well": TemporaryError("down"),
    "fails": Failed("no"),
    "finds it invalid": Invalid("no"),
    "returns junk": Issued(JUNK),
}

GOOD: Final = "signs"
ALL: Final = frozenset(
    {
        *_PLAIN,
        GOOD,
        "signs as of long ago",
        "signs another key",
        "signs other names",
        "signs what is due at once",
    }
)
"""Every kind of answer."""


def answer_of(kind: str, request: CertificateRequest, now: datetime) -> Answer:
    """Make an answer of a kind."""
    csr = request.csr or b""
    match kind:
        case "signs":
            return Issued(_signed(csr, now))
        case "signs as of long ago":
            return Issued(_signed(csr, now - 2 * DEFAULT_DURATION))
        case "signs what is due at once":
            return Issued(_signed(csr, now - DEFAULT_DURATION + DAY))
        case "signs another key":
            return Issued(_signed(_csr("a.example", signer(_ED25519, 98).pem), now))
        case "signs other names":
            key = pool_signer(key_in_request(request))
            return Issued(_signed(_csr("edited.example", key), now))
        case other:
            return _PLAIN[other]


@cache
def _signed(csr: bytes, not_before: datetime) -> bytes:
    grant = Grant(not_before=not_before, not_after=not_before + DEFAULT_DURATION)
    return sign_request(X509Request.from_pem(csr), _authority(), grant)


@cache
def _csr(name: str, key: bytes) -> bytes:
    signing = Signer.from_pem(key)
    spec = CertificateSpec(
        secret_name="tls",
        issuer_ref=IssuerRef("ca"),
        dns_names=[name],
        private_key=PrivateKeySpec(algorithm=signing.algorithm),
    )
    return certificate_request(spec, signing)


@cache
def _authority() -> Authority:
    key = signer(_ED25519, 99)
    spec = CertificateSpec(
        secret_name="", issuer_ref=IssuerRef(""), common_name="ca", is_ca=True, private_key=_ED25519
    )
    csr = X509Request.from_pem(certificate_request(spec, key))
    grant = Grant(not_before=EARLIEST, not_after=LATEST, is_ca=True)
    certificate = self_sign_request(csr, key, grant)
    return Authority.from_pem(certificate=certificate, private_key=key.pem)
