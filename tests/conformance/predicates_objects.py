"""Questions about objects and bytes to which certlife has an answer of its own.

The same holds as for `predicates_time`: only the question counts, and no more than the rule says.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Final

from certlife.adapters.kubernetes import read_request, read_secret
from certlife.errors import Unreadable, UnreadableError
from certlife.model import annotations as keys
from certlife.pki import asn1
from certlife.pki.certificate import X509Certificate
from certlife.pki.keys import PrivateKey
from certlife.pki.pem import iter_blocks
from certlife.pki.signatures import WEAK_SIGNATURES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.conformance.question import Question

_TRIGGER_AND_READINESS: Final = ("trigger", "readiness", "trigger_all", "readiness_all")
_REQUEST_CHECK: Final = "CurrentCertificateRequestMismatchesSpec"
_KEY_CHECK: Final = "SecretPrivateKeyMismatchesSpec"
_FORMATS_CHECK: Final = "SecretAdditionalOutputFormatsMismatch"

_KEY_ALGORITHMS: Final = ("", "RSA", "ECDSA", "Ed25519")
_LOST_JOINT: Final = re.compile(rb"(?:\xef\xbb\xbf|-----)-----BEGIN ")


def has_unknown_key_algorithm(question: Question) -> bool:
    """Whether a key that can be read is compared with an algorithm that there is not."""
    if question.op == "private_key_matches_spec":
        spec, pem = question.inner("spec"), question.octets("privateKeyPEM")
    elif _asks(question, _KEY_CHECK, _TRIGGER_AND_READINESS):
        spec, pem = question.inner("certificate").inner("spec"), _stored_key(question)
    else:
        return False
    return _is_key(pem) and spec.inner("privateKey").text("algorithm") not in _KEY_ALGORITHMS


def has_exponent_above_modulus(question: Question) -> bool:
    """Whether a private key is RSA with a public exponent that is not below the modulus."""
    if question.op == "decode_private_key":
        pem = question.octets("pem")
    else:
        pem = question.octets("privateKeyPEM") or _stored_key(question)
    block = next(iter_blocks(pem), None)
    return block is not None and _exceeds(block.der, 0, len(block.der))


def _exceeds(der: bytes, start: int, end: int) -> bool:
    """Whether an RSAPrivateKey, by itself or in PKCS #8, begins with a modulus below its exponent.

    RFC 8017, appendix A.1.2: version, modulus, exponent. RFC 5958: version, algorithm, key.
    """
    try:
        start, end = asn1.expect(der, start, end, asn1.SEQUENCE, "a key")
        _, *parts = islice(asn1.elements(der, start, end), 3)
        match parts:
            case [(asn1.INTEGER, *modulus), (asn1.INTEGER, *exponent)]:
                return asn1.integer(der, *modulus) <= asn1.integer(der, *exponent)
            case [(asn1.SEQUENCE, _, _), (asn1.OCTET_STRING, key, key_end)]:
                return _exceeds(der, key, key_end)
            case _:
                return False
    except UnreadableError:
        return False


def has_der_of_no_key(question: Question) -> bool:
    """Whether the DER form of a private key is wanted that is not even PEM."""
    if question.object("secret") is None or not _asks(
        question, _FORMATS_CHECK, ("post_issuance", "post_issuance_all")
    ):
        return False
    formats = question.inner("certificate").inner("spec").objects("additionalOutputFormats")
    wants_der = any(entry.get("type") == "DER" for entry in formats)
    return wants_der and next(iter_blocks(_stored_key(question)), None) is None


def has_other_postal_codes(question: Question) -> bool:
    """Whether the postal codes of the spec and of the request are not the same."""
    if question.op == "request_matches_spec":
        spec, manifest = question.inner("spec"), question.object("request")
    elif _asks(question, _REQUEST_CHECK, _TRIGGER_AND_READINESS):
        spec = question.inner("certificate").inner("spec")
        manifest = question.object("currentRequest")
    else:
        return False
    csr = None if manifest is None else read_request(manifest).csr_reading
    if csr is None or isinstance(csr, Unreadable) or spec.text("literalSubject"):
        return False
    wanted = spec.inner("subject").fields.get("postalCodes") or ()
    return isinstance(wanted, list | tuple) and Counter(wanted) != Counter(csr.subject.postal_codes)


def has_lost_joint(question: Question) -> bool:
    """Whether a byte order mark or the lack of a line end hides a block of a chain."""
    return question.op == "parse_chain" and bool(_LOST_JOINT.search(question.octets("pem")))


def has_roots_only(question: Question) -> bool:
    """Whether a chain of several certificates would be of roots and nothing else."""
    certificates = _heap(question)
    return len(certificates) > 1 and all(
        certificate.signature_problem(certificate) is None for certificate in certificates
    )


def has_weak_root(question: Question) -> bool:
    """Whether a root has signed itself with an algorithm whose signatures Go does not verify."""
    return any(
        certificate.is_self_issued and certificate.signature_algorithm in WEAK_SIGNATURES
        for certificate in _heap(question)
    )


def has_two_ways_up(question: Question) -> bool:
    """Whether a certificate of a chain could be joined to either of two others."""
    certificates = _heap(question)
    return any(
        len([other for other in certificates if _is_signed(certificate, other)]) > 1
        for certificate in certificates
    )


def _asks(question: Question, check: str, ops: Iterable[str]) -> bool:
    """Whether a question asks a check, among the others of a policy or by itself."""
    return question.op in ops or (question.op == "check" and question.text("func") == check)


def _stored_key(question: Question) -> bytes:
    manifest = question.object("secret")
    return b"" if manifest is None else read_secret(manifest).entry(keys.TLS_PRIVATE_KEY)


def _is_key(pem: bytes) -> bool:
    try:
        PrivateKey.from_pem(pem)
    except UnreadableError:
        return False
    return True


def _heap(question: Question) -> frozenset[X509Certificate]:
    """The certificates that a chain is to be made of, none where one cannot be read."""
    if question.op != "parse_chain":
        return frozenset()
    try:
        blocks = iter_blocks(question.octets("pem"))
        return frozenset(X509Certificate.from_der(block.der) for block in blocks)
    except UnreadableError:
        return frozenset()


def _is_signed(certificate: X509Certificate, other: X509Certificate) -> bool:
    return (
        certificate != other
        and certificate.issuer_der == other.subject_der
        and certificate.signature_problem(other) is None
    )
