"""Making bytes: requests from specs, and what is written into a Secret."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Final

from attrs import evolve

from certlife.adapters.kubernetes import read_certificate, read_spec
from certlife.errors import InvalidValueError, UnreadableError
from certlife.model.details import certificate_details
from certlife.model.spec import PrivateKeySpec
from certlife.pki.certificate import X509Certificate
from certlife.pki.extensions import KeyUsageBit
from certlife.pki.keys import KeyAlgorithm
from certlife.signing import (
    RequestOptions,
    Signer,
    certificate_request,
    request_template,
    secret_contents,
)
from certlife.signing.algorithms import requested_algorithm
from certlife.signing.usages import usages_of
from certlife.testing import signer
from tests.conformance import questions_x509
from tests.conformance.question import Question

if TYPE_CHECKING:
    from collections.abc import Mapping

    from certlife.model.spec import CertificateSpec
    from tests.conformance.materials import Json
    from tests.conformance.runner import Answering

_FAILED: Final[Mapping[str, Json]] = {"error": True}


def _generate_csr(question: Question) -> Json:
    spec, options = _spec(question), _options(question)
    try:
        template = request_template(spec, options=options)
    except InvalidValueError:
        return _FAILED
    told: Mapping[str, Json] = {
        "subjectHex": template.subject_der.hex(),
        "publicKeyAlgorithm": str(spec.effective_private_key.effective_algorithm),
        "signatureAlgorithm": str(template.signature_algorithm),
        "extensions": [
            {
                "oid": extension.oid,
                "critical": extension.critical,
                "valueHex": extension.value.hex(),
            }
            for extension in template.extensions
        ],
    }
    try:
        pem = template.sign(_signer(spec)).decode()
    except InvalidValueError:
        return {"template": told, "encodeError": True}
    read = questions_x509.ANSWERING["decode_csr"](Question("decode_csr", {"pem": pem}))
    assert isinstance(read, dict)
    return {"template": told, "csr": read["csr"]}


def _signer(spec: CertificateSpec) -> Signer:
    """A key of the spec's kind; RSA of 2048 bits whatever the size, as the question has it."""
    wanted = spec.effective_private_key
    is_rsa = wanted.effective_algorithm == KeyAlgorithm.RSA
    return signer(PrivateKeySpec() if is_rsa else wanted)


def _encode_csr(question: Question) -> Json:
    key = Signer.from_pem(question.octets("privateKeyPEM"))
    pem = certificate_request(_spec(question), key, options=_options(question))
    return {"csrPEM": pem.decode()}


def _key_usages(question: Question) -> Json:
    words = question.fields.get("usages")
    assert words is None or isinstance(words, list)
    try:
        usages = usages_of(words, is_ca=question.flag("isCA"))
    except InvalidValueError:
        return {"error": True, "keyUsageBits": 0, "extKeyUsageOIDs": []}
    order = list(KeyUsageBit)
    return {
        "error": False,
        "keyUsageBits": sum(1 << order.index(bit) for bit in usages.key_usages),
        "extKeyUsageOIDs": usages.extended_key_usages,
    }


def _signature_algorithm(question: Question) -> Json:
    spec = _spec(question)
    try:
        algorithm = requested_algorithm(spec)
    except InvalidValueError:
        return _FAILED
    kind = spec.effective_private_key.effective_algorithm
    return {"publicKeyAlgorithm": str(kind), "signatureAlgorithm": str(algorithm)}


def _secret_annotations(question: Question) -> Json:
    chain = question.octets("certificatePEM")
    try:
        details = certificate_details(X509Certificate.from_pem(chain)) if chain else {}
    except UnreadableError:
        return _FAILED
    if question.object("certificate") is None:
        return {"annotations": details}
    return {"annotations": details, "written": _written(question, chain)}


def _written(question: Question, chain: bytes) -> Json:
    certificate = read_certificate(question.object("certificate") or {})
    request = question.inner("request").inner("spec")
    asked = request if request.fields else question.inner("certificate").inner("spec")
    reference = asked.inner("issuerRef")
    issuer = evolve(
        certificate.spec.issuer_ref,
        name=reference.text("name"),
        kind=reference.text("kind"),
        group=reference.text("group"),
    )
    secret = secret_contents(
        certificate,
        private_key=question.octets("privateKeyPEM"),
        chain=chain,
        ca=question.octets("caPEM"),
        issuer=issuer,
    )
    assert secret.entries is not None
    return {
        "annotations": dict(secret.annotations or {}),
        "labels": dict(secret.labels or {}),
        "data": {name: b64encode(octets).decode() for name, octets in secret.entries.items()},
        "type": secret.type,
    }


def _spec(question: Question) -> CertificateSpec:
    return read_spec(question.inner("certificate").object("spec") or {})


def _options(question: Question) -> RequestOptions:
    options = question.inner("options")
    return RequestOptions(
        literal_subject=options.flag("useLiteralSubject", default=True),
        other_names=options.flag("otherNames", default=True),
        name_constraints=options.flag("nameConstraints", default=True),
        basic_constraints=options.flag("encodeBasicConstraintsInRequest"),
    )


ANSWERING: Final[Mapping[str, Answering]] = {
    "generate_csr": _generate_csr,
    "encode_csr": _encode_csr,
    "key_usages": _key_usages,
    "signature_algorithm": _signature_algorithm,
    "secret_annotations": _secret_annotations,
}
