"""Further rules that cert-manager's code does not have: those that its FAQ promises, and our own.

Each sees something that is worth saying; only TRIGGER_DOCUMENTED and STRICT re-issue for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve

from certlife.errors import InvalidValueError, Unreadable, UnreadableError
from certlife.model.spec import NameConstraintItem, SignatureAlgorithm
from certlife.pki.keys import KeyAlgorithm
from certlife.pki.names import DistinguishedName
from certlife.pki.signatures import SignatureAlgorithm as RequestSignature
from certlife.policy.matching import certificate_matches_names, other_names_of
from certlife.policy.violation import NotApplicable, Reason, Violation

if TYPE_CHECKING:
    from datetime import datetime

    from certlife.model.snapshot import Snapshot
    from certlife.pki.csr import X509Request
    from certlife.pki.name_constraints import Subtrees
    from certlife.policy.checks import Answer

_NO_SECRET: Final = NotApplicable("there is no Secret that can be read")
_NO_REQUEST: Final = NotApplicable("there is no current request that can be read")


def certificate_names_mismatch_spec(snapshot: Snapshot, *, now: datetime) -> Answer:
    """The names on the certificate must be those of the spec, also where a request is there.

    The FAQ promises this; the code does not do it, as an issuer that edits names would loop.
    """
    name = "certificate_names_mismatch_spec"
    if snapshot.current_request is None:
        return ()  # current_certificate_request_mismatches_spec has compared them
    if snapshot.secret is None:
        return _NO_SECRET
    certificate = snapshot.secret.certificate_reading
    if isinstance(certificate, Unreadable):
        return _NO_SECRET
    spec = snapshot.certificate.spec
    paths = {}
    if spec.literal_subject:
        # Its common name is the one that is issued. cert-manager's comparison forgets that, so
        # that asking it beside a request would never come to rest.
        try:
            names = DistinguishedName.from_rfc4514(spec.literal_subject).common_names
        except InvalidValueError as error:
            return NotApplicable(error.rule)
        spec = evolve(spec, common_name=("", *names)[-1])
        paths["spec.commonName"] = "spec.literalSubject"
    return tuple(
        Violation(
            name,
            Reason.SECRET_MISMATCH,
            paths.get(difference.path, difference.path),
            difference.expected,
            difference.actual,
        )
        for difference in certificate_matches_names(certificate, spec)
    )


def request_duration_added_or_removed(snapshot: Snapshot, *, now: datetime) -> Answer:
    """The duration must not be one that only the spec or only the request says.

    The FAQ lists the duration among the fields whose change re-issues; the code compares it only
    where both say one.
    """
    request, wanted = snapshot.current_request, snapshot.certificate.spec.duration
    if request is None:
        return _NO_REQUEST
    if (request.duration is None) == (wanted is None):
        return ()
    name = "request_duration_added_or_removed"
    return (Violation(name, Reason.REQUEST_CHANGED, "spec.duration", wanted, request.duration),)


def request_other_names_removed(snapshot: Snapshot, *, now: datetime) -> Answer:
    """The request must hold no otherName where the spec no longer has any."""
    csr = _current_csr(snapshot)
    if csr is None:
        return _NO_REQUEST
    if snapshot.certificate.spec.other_names is not None:
        return ()
    try:
        found = other_names_of(csr)
    except UnreadableError as error:
        return NotApplicable(error.rule)
    if not found:
        return ()
    name, path = "request_other_names_removed", "spec.otherNames"
    return (Violation(name, Reason.REQUEST_CHANGED, path, None, found),)


def request_name_constraints_mismatch(snapshot: Snapshot, *, now: datetime) -> Answer:
    """The name constraints of the request must be those of the spec."""
    csr = _current_csr(snapshot)
    if csr is None:
        return _NO_REQUEST
    expected = _wanted_constraints(snapshot)
    try:
        actual = _found_constraints(csr)
    except UnreadableError as error:
        return NotApplicable(error.rule)
    if expected == actual:
        return ()
    name, path = "request_name_constraints_mismatch", "spec.nameConstraints"
    return (Violation(name, Reason.REQUEST_CHANGED, path, expected, actual),)


def request_usages_encoding_mismatch(snapshot: Snapshot, *, now: datetime) -> Answer:
    """The request must carry the usages as extensions, or must not, as the spec says."""
    csr = _current_csr(snapshot)
    if csr is None:
        return _NO_REQUEST
    expected = snapshot.certificate.spec.encode_usages_in_request is not False
    try:
        actual = csr.key_usages is not None or csr.extended_key_usages is not None
    except UnreadableError as error:
        return NotApplicable(error.rule)
    if expected == actual:
        return ()
    name, path = "request_usages_encoding_mismatch", "spec.encodeUsagesInRequest"
    return (Violation(name, Reason.REQUEST_CHANGED, path, expected, actual),)


def request_signature_algorithm_mismatch(snapshot: Snapshot, *, now: datetime) -> Answer:
    """The request must be signed as the spec says, where it says so."""
    csr = _current_csr(snapshot)
    if csr is None:
        return _NO_REQUEST
    expected = snapshot.certificate.spec.signature_algorithm
    actual = _SPEC_SPELLING.get(csr.signature_algorithm, csr.signature_algorithm)
    if not expected or expected == actual:
        return ()
    name, path = "request_signature_algorithm_mismatch", "spec.signatureAlgorithm"
    return (Violation(name, Reason.REQUEST_CHANGED, path, str(expected), str(actual)),)


def private_key_encoding_mismatch(snapshot: Snapshot, *, now: datetime) -> Answer:
    """The key must be encoded as the spec says; Ed25519 has one encoding only (RFC 8410 7)."""
    if snapshot.secret is None:
        return _NO_SECRET
    key = snapshot.secret.key_reading
    if isinstance(key, Unreadable):
        return _NO_SECRET
    expected = snapshot.certificate.spec.effective_private_key.effective_encoding
    if key.algorithm is KeyAlgorithm.ED25519 or key.encoding == expected:
        return ()
    name, path = "private_key_encoding_mismatch", "spec.privateKey.encoding"
    return (Violation(name, Reason.SECRET_MISMATCH, path, str(expected), str(key.encoding)),)


def _current_csr(snapshot: Snapshot) -> X509Request | None:
    request = snapshot.current_request
    if request is None or isinstance(request.csr_reading, Unreadable):
        return None
    return request.csr_reading


def _wanted_constraints(snapshot: Snapshot) -> tuple[str, ...]:
    wanted = snapshot.certificate.spec.name_constraints
    if wanted is None:
        return ()
    return (
        *_subtrees("permitted", wanted.permitted or NameConstraintItem()),
        *_subtrees("excluded", wanted.excluded or NameConstraintItem()),
    )


def _found_constraints(csr: X509Request) -> tuple[str, ...]:
    """The constraints that a request carries, spelled as those of a spec.

    Raises:
        UnreadableError: If cert-manager could not read them.
    """
    found = csr.name_constraints
    if found is None:
        return ()
    return (*_subtrees("permitted", found.permitted), *_subtrees("excluded", found.excluded))


def _subtrees(side: str, subtrees: NameConstraintItem | Subtrees) -> tuple[str, ...]:
    """One text for each constraint, in an order that does not depend on theirs."""
    kinds = (
        ("DNS", subtrees.dns_domains),
        ("IP", subtrees.ip_ranges),
        ("email", subtrees.email_addresses),
        ("URI", subtrees.uri_domains),
    )
    return tuple(
        f"{side} {kind} {value}" for kind, values in kinds for value in sorted(values or ())
    )


_SPEC_SPELLING: Final = {
    RequestSignature.SHA256_RSA: SignatureAlgorithm.SHA256_WITH_RSA,
    RequestSignature.SHA384_RSA: SignatureAlgorithm.SHA384_WITH_RSA,
    RequestSignature.SHA512_RSA: SignatureAlgorithm.SHA512_WITH_RSA,
    RequestSignature.ECDSA_SHA256: SignatureAlgorithm.ECDSA_WITH_SHA256,
    RequestSignature.ECDSA_SHA384: SignatureAlgorithm.ECDSA_WITH_SHA384,
    RequestSignature.ECDSA_SHA512: SignatureAlgorithm.ECDSA_WITH_SHA512,
    RequestSignature.ED25519: SignatureAlgorithm.PURE_ED25519,
}
