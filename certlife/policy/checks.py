"""The rules, one named function each: what must hold so that a certificate need not be re-issued.

Each answers with the violations it found, none where all is well, or NotApplicable where it
cannot be asked. Their names are cert-manager's in `internal/controller/certificates/policies`.
A check looks only at what it is about: each can be asked by itself, in any order.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

from certlife.errors import Unreadable
from certlife.model import annotations as keys
from certlife.model.spec import DEFAULT_ISSUER_GROUP, DEFAULT_ISSUER_KIND
from certlife.policy.matching import (
    Difference,
    certificate_matches_names,
    private_key_matches_spec,
    request_matches_spec,
)
from certlife.policy.renewal import due_from
from certlife.policy.violation import Clause, NotApplicable, Reason, Violation
from certlife.schedule.instants import shift

if TYPE_CHECKING:
    from collections.abc import Iterable

    from certlife.model.secret import SecretData
    from certlife.model.snapshot import Snapshot
    from certlife.pki.keys import KeyFacts, PrivateKey
    from certlife.pki.publickey import PublicKey

Answer: TypeAlias = tuple[Violation, ...] | NotApplicable
"""What a check says: violations, none of them, or that it cannot be asked."""

KEY_PATH: Final = f"secret.data[{keys.TLS_PRIVATE_KEY}]"
CERTIFICATE_PATH: Final = f"secret.data[{keys.TLS_CERTIFICATE}]"
REQUEST_PATH: Final = "certificateRequest.spec.request"

NO_SECRET: Final = NotApplicable("there is no Secret")
_NO_ANNOTATIONS: Final[dict[str, str]] = {}


def secret_does_not_exist(snapshot: Snapshot, *, now: datetime) -> Answer:
    """The Secret that the spec names must be there."""
    if snapshot.secret is not None:
        return ()
    name = snapshot.certificate.spec.secret_name
    return (
        Violation("secret_does_not_exist", Reason.DOES_NOT_EXIST, "spec.secretName", name, None),
    )


def secret_is_missing_data(snapshot: Snapshot, *, now: datetime) -> Answer:
    """The Secret must hold something where the key and the certificate belong."""
    secret = snapshot.secret
    if secret is None:
        return NO_SECRET
    missing = []
    if not secret.has_private_key:
        missing.append((KEY_PATH, Clause("a private key")))
    if not secret.entry(keys.TLS_CERTIFICATE):
        missing.append((CERTIFICATE_PATH, Clause("a certificate")))
    return tuple(
        [
            Violation("secret_is_missing_data", Reason.MISSING_DATA, path, expected, None)
            for path, expected in missing
        ]
    )


def secret_public_keys_differ(snapshot: Snapshot, *, now: datetime) -> Answer:
    """Key and certificate must be readable and belong together."""
    name = "secret_public_keys_differ"
    secret = snapshot.secret
    if secret is None:
        return NO_SECRET
    key, certificate = secret.key_reading, secret.certificate_reading
    if isinstance(key, Unreadable) or isinstance(certificate, Unreadable):
        return (*_unreadable_key(name, secret), *_unreadable_certificate(name, secret))
    if key.matches(certificate.public_key):
        return ()
    expected = Clause(f"the certificate's key, {_kind_of(certificate.public_key)}")
    actual = Clause(f"another key, {_kind_of(key)}")
    return (Violation(name, Reason.INVALID_KEY_PAIR, KEY_PATH, expected, actual),)


def secret_issuer_annotations_mismatch(snapshot: Snapshot, *, now: datetime) -> Answer:
    """The Secret must have been issued by the issuer that the spec names.

    An absent kind is Issuer and an absent group cert-manager.io, so a Secret without annotations
    passes only for those; the name counts as soon as one of the three annotations is there.
    """
    secret = snapshot.secret
    if secret is None:
        return NO_SECRET
    noted = _NO_ANNOTATIONS if secret.annotations is None else secret.annotations
    wanted = snapshot.certificate.spec.issuer_ref
    name = noted.get(keys.ISSUER_NAME)
    kind = noted.get(keys.ISSUER_KIND)
    group = noted.get(keys.ISSUER_GROUP)
    compared = [
        (keys.ISSUER_KIND, wanted.effective_kind, kind or DEFAULT_ISSUER_KIND),
        (keys.ISSUER_GROUP, wanted.effective_group, group or DEFAULT_ISSUER_GROUP),
    ]
    if name is not None or kind is not None or group is not None:
        compared.insert(0, (keys.ISSUER_NAME, wanted.name, name or ""))
    return tuple(
        [
            Violation(
                "secret_issuer_annotations_mismatch",
                Reason.INCORRECT_ISSUER,
                _annotation_path(key),
                expected,
                actual,
            )
            for key, expected, actual in compared
            if expected != actual
        ]
    )


def secret_certificate_name_annotations_mismatch(
    snapshot: Snapshot,
    *,
    now: datetime,
) -> Answer:
    """The Secret must not have been issued for another Certificate."""
    secret = snapshot.secret
    if secret is None:
        return NO_SECRET
    annotations = secret.annotations
    noted = None if annotations is None else annotations.get(keys.CERTIFICATE_NAME)
    if noted is None or noted == snapshot.certificate.name:
        return ()
    return (
        Violation(
            "secret_certificate_name_annotations_mismatch",
            Reason.INCORRECT_CERTIFICATE,
            _annotation_path(keys.CERTIFICATE_NAME),
            snapshot.certificate.name,
            noted,
        ),
    )


def secret_private_key_mismatches_spec(snapshot: Snapshot, *, now: datetime) -> Answer:
    """The key's algorithm and size must be those of the spec."""
    name = "secret_private_key_mismatches_spec"
    secret = snapshot.secret
    if secret is None:
        return NO_SECRET
    key = secret.key_reading
    if isinstance(key, Unreadable):
        return _unreadable_key(name, secret)
    differences = private_key_matches_spec(key, snapshot.certificate.spec)
    return _violations(name, Reason.SECRET_MISMATCH, differences)


def secret_public_key_differs_from_current_certificate_request(
    snapshot: Snapshot,
    *,
    now: datetime,
) -> Answer:
    """The key must be the one that the current request was made with."""
    name = "secret_public_key_differs_from_current_certificate_request"
    request, secret = snapshot.current_request, snapshot.secret
    if request is None:
        return ()
    if secret is None:
        return NO_SECRET
    key = secret.key_reading
    if isinstance(key, Unreadable):
        return _unreadable_key(name, secret)
    reason = Reason.INVALID_CERTIFICATE_REQUEST
    csr = request.csr_reading
    if isinstance(csr, Unreadable):
        expected = Clause("a certificate request that can be read")
        return (Violation(name, reason, REQUEST_PATH, expected, Clause(csr.rule)),)
    public_key = csr.public_key
    if not public_key.is_comparable:
        expected = Clause("a request for an RSA, ECDSA or Ed25519 key")
        return (Violation(name, reason, REQUEST_PATH, expected, Clause("one for another kind")),)
    if key.matches(public_key):
        return ()
    expected = Clause(f"the current request's key, {_kind_of(public_key)}")
    actual = Clause(f"another key, {_kind_of(key)}")
    return (Violation(name, Reason.SECRET_MISMATCH, KEY_PATH, expected, actual),)


def current_certificate_request_mismatches_spec(
    snapshot: Snapshot,
    *,
    now: datetime,
) -> Answer:
    """The current request must ask for what the spec wants.

    Where no current request is left, as after a restore, the names on the certificate are
    compared instead, tolerantly. A request that cannot be compared is no reason to re-issue.
    """
    name = "current_certificate_request_mismatches_spec"
    request, secret = snapshot.current_request, snapshot.secret
    spec = snapshot.certificate.spec
    if request is not None:
        matching = request_matches_spec(request, spec)
        if matching.unreadable is not None:
            return ()
        return _violations(name, Reason.REQUEST_CHANGED, matching.differences)
    if secret is None:
        return NO_SECRET
    certificate = secret.certificate_reading
    if isinstance(certificate, Unreadable):
        return _unreadable_certificate(name, secret)
    differences = certificate_matches_names(certificate, spec)
    return _violations(name, Reason.SECRET_MISMATCH, differences)


def current_certificate_nearing_expiry(snapshot: Snapshot, *, now: datetime) -> Answer:
    """The certificate must not be due for renewal."""
    name = "current_certificate_nearing_expiry"
    secret = snapshot.secret
    if secret is None:
        return NO_SECRET
    certificate = secret.certificate_reading
    if isinstance(certificate, Unreadable):
        return _unreadable_certificate(name, secret)
    due = due_from(certificate, snapshot.certificate.spec, ari_window=snapshot.ari_window)
    if due.at is None or now < due.at:
        return ()
    expected = Clause(f"a time to come ({due.rule})")
    violation = Violation(name, Reason.RENEWING, "status.renewalTime", expected, due.at)
    if due.window_error is None:
        return (violation,)
    # Due all the same; cert-manager's controller turns this reason into Renewing and a warning.
    path = "spec.renewal"
    expected = Clause("a renewal window that can be kept")
    error = Violation(name, Reason.WINDOW_ERROR, path, expected, Clause(due.window_error))
    return (error, violation)


def nearing_expiry_changes_at(snapshot: Snapshot) -> datetime | None:
    """When `current_certificate_nearing_expiry` turns; None for never."""
    secret = snapshot.secret
    if secret is None or isinstance(secret.certificate_reading, Unreadable):
        return None
    spec = snapshot.certificate.spec
    return due_from(secret.certificate_reading, spec, ari_window=snapshot.ari_window).at


def current_certificate_has_expired(snapshot: Snapshot, *, now: datetime) -> Answer:
    """The certificate must not have expired; its last instant is still within."""
    name = "current_certificate_has_expired"
    secret = snapshot.secret
    if secret is None:
        return NO_SECRET
    certificate = secret.certificate_reading
    if isinstance(certificate, Unreadable):
        return _unreadable_certificate(name, secret)
    if now <= certificate.not_after:  # RFC 5280 4.1.2.5: through notAfter, inclusive
        return ()
    path = f"{CERTIFICATE_PATH}.notAfter"
    expected = Clause("a time to come")
    return (Violation(name, Reason.EXPIRED, path, expected, certificate.not_after),)


def expired_changes_at(snapshot: Snapshot) -> datetime | None:
    """When `current_certificate_has_expired` turns; None for never."""
    secret = snapshot.secret
    if secret is None or isinstance(secret.certificate_reading, Unreadable):
        return None
    return shift(secret.certificate_reading.not_after, timedelta.resolution)


def _unreadable_key(name: str, secret: SecretData) -> tuple[Violation, ...]:
    reading = secret.key_reading
    if not isinstance(reading, Unreadable):
        return ()
    expected = Clause("a private key that can be read")
    actual = Clause(f"one that cannot: {reading.rule}")
    return (Violation(name, Reason.INVALID_KEY_PAIR, KEY_PATH, expected, actual),)


def _unreadable_certificate(name: str, secret: SecretData) -> tuple[Violation, ...]:
    reading = secret.certificate_reading
    if not isinstance(reading, Unreadable):
        return ()
    expected = Clause("certificates that can be read")
    actual = Clause(f"one that cannot: {reading.rule}")
    return (Violation(name, Reason.INVALID_CERTIFICATE, CERTIFICATE_PATH, expected, actual),)


def _violations(
    name: str, reason: Reason, differences: Iterable[Difference]
) -> tuple[Violation, ...]:
    return tuple(
        [
            Violation(name, reason, difference.path, difference.expected, difference.actual)
            for difference in differences
        ]
    )


def _kind_of(key: PrivateKey | KeyFacts | PublicKey) -> str:
    return f"{key.algorithm} of {key.size} bits"


def _annotation_path(key: str) -> str:
    return f"secret.metadata.annotations[{key}]"
