"""Matching: does a request, a key or a certificate carry what a spec says?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from certlife.adapters.kubernetes import read_request, read_spec
from certlife.errors import UnreadableError
from certlife.pki.certificate import X509Certificate
from certlife.pki.keys import PrivateKey
from certlife.policy.matching import (
    certificate_matches_names,
    private_key_matches_spec,
    request_matches_spec,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from certlife.policy.matching import Difference
    from tests.conformance.materials import Json
    from tests.conformance.question import Question
    from tests.conformance.runner import Answering

_CANNOT_BE_COMPARED: Final[Mapping[str, Json]] = {"violations": [], "error": True}


def _request_matches_spec(question: Question) -> Json:
    request = read_request(question.object("request") or {})
    matching = request_matches_spec(request, read_spec(question.object("spec") or {}))
    if matching.unreadable is not None:
        return _CANNOT_BE_COMPARED
    return _compared(matching.differences)


def _private_key_matches_spec(question: Question) -> Json:
    try:
        key = PrivateKey.from_pem(question.octets("privateKeyPEM"))
    except UnreadableError:
        return _CANNOT_BE_COMPARED
    return _compared(private_key_matches_spec(key, read_spec(question.object("spec") or {})))


def _fuzzy_altnames(question: Question) -> Json:
    try:
        certificate = X509Certificate.from_pem(question.octets("certificatePEM"))
    except UnreadableError:
        return _CANNOT_BE_COMPARED
    spec = read_spec(question.object("spec") or {})
    return _compared(certificate_matches_names(certificate, spec))


def _compared(differences: Iterable[Difference]) -> Json:
    return {"violations": [difference.path for difference in differences], "error": False}


ANSWERING: Final[Mapping[str, Answering]] = {
    "request_matches_spec": _request_matches_spec,
    "private_key_matches_spec": _private_key_matches_spec,
    "fuzzy_altnames": _fuzzy_altnames,
}
