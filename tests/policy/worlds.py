"""The certificate that the tests of this room judge, and ways to change one thing about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from attrs import evolve

from certlife.model.spec import CertificateSpec, IssuerRef, PrivateKeySpec
from certlife.pki.keys import KeyAlgorithm
from certlife.policy.violation import NotApplicable
from certlife.testing import issued

if TYPE_CHECKING:
    from collections.abc import Mapping

    from certlife.model.request import CertificateRequest
    from certlife.model.secret import SecretData
    from certlife.model.snapshot import Snapshot
    from certlife.policy.checks import Answer

ISSUED_AT: Final = datetime(2026, 3, 1, tzinfo=UTC)
DUE_AT: Final = datetime(2026, 4, 30, tzinfo=UTC)
"""Two thirds through its ninety days."""
NOT_AFTER: Final = datetime(2026, 5, 30, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)

SPEC: Final = CertificateSpec(
    secret_name="web-tls",
    issuer_ref=IssuerRef("letsencrypt"),
    dns_names=["web.example", "www.web.example"],
    private_key=PrivateKeySpec(algorithm=KeyAlgorithm.ED25519),
)
QUIET: Final = issued(SPEC, at=ISSUED_AT)
"""Just issued: nothing is wrong with it."""


def stored(snapshot: Snapshot = QUIET) -> SecretData:
    """The Secret, which is there."""
    assert snapshot.secret is not None
    return snapshot.secret


def current(snapshot: Snapshot = QUIET) -> CertificateRequest:
    """The request of the current revision, which is there."""
    assert snapshot.current_request is not None
    return snapshot.current_request


def wanting(spec: CertificateSpec, snapshot: Snapshot = QUIET) -> Snapshot:
    """The world where the spec has changed since."""
    return evolve(snapshot, certificate=evolve(snapshot.certificate, spec=spec))


def with_entries(changes: Mapping[str, bytes | None], snapshot: Snapshot = QUIET) -> Snapshot:
    """The world where entries of the Secret are others, or gone."""
    secret = stored(snapshot)
    entries = {**(secret.entries or {}), **changes}
    kept = {name: value for name, value in entries.items() if value is not None}
    return evolve(snapshot, secret=evolve(secret, entries=kept))


def with_annotations(changes: Mapping[str, str | None], snapshot: Snapshot = QUIET) -> Snapshot:
    """The world where annotations of the Secret are others, or gone."""
    secret = stored(snapshot)
    annotations = {**(secret.annotations or {}), **changes}
    kept = {name: value for name, value in annotations.items() if value is not None}
    return evolve(snapshot, secret=evolve(secret, annotations=kept))


def with_csr(csr: bytes | None, snapshot: Snapshot = QUIET) -> Snapshot:
    """The world where the current request holds another PEM."""
    return evolve(snapshot, requests=(evolve(current(snapshot), csr=csr),))


def found(answer: Answer) -> list[tuple[str, str]]:
    """Reason and path of each violation, where the check could be asked."""
    assert not isinstance(answer, NotApplicable), answer.why
    return [(violation.reason, violation.path) for violation in answer]


def evidence(answer: Answer) -> list[tuple[object, object]]:
    """What each violation expected and got, where the check could be asked."""
    assert not isinstance(answer, NotApplicable), answer.why
    return [(violation.expected, violation.actual) for violation in answer]
