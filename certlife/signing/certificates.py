"""Certificates (RFC 5280) made from requests: by a CA, or by the very key that is certified.

What is granted is for the caller to say; names and key are the request's, and where the request
asks for usages or for being a CA, it has to ask for what is granted. This module draws serial
numbers by chance, and reads no clock.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from attrs import field, frozen
from cryptography.x509 import random_serial_number

from certlife.errors import InvalidValueError, UnreadableError
from certlife.model import fields
from certlife.model.certificate_urls import CertificateUrls
from certlife.model.request import CertificateRequest
from certlife.model.spec import DEFAULT_DURATION
from certlife.pki import pem
from certlife.pki.certificate import X509Certificate
from certlife.pki.csr import X509Request
from certlife.pki.extensions import Extension
from certlife.schedule.instants import require_aware, shift, truncate_to_second
from certlife.signing import der, extensions
from certlife.signing.algorithms import IDENTIFIERS, usual_algorithm
from certlife.signing.arguments import require
from certlife.signing.keys import Signer
from certlife.signing.usages import Usages, usages_of


@frozen
class Authority:
    """A CA: its certificate, and the private key of that.

    Args:
        certificate: Whose subject becomes the issuer of what is signed.
        signer: The key.

    Raises:
        InvalidValueError: The two are not a pair.
        WrongTypeError: A field is of a wrong type.
    """

    certificate: X509Certificate = field(validator=fields.one(X509Certificate))
    signer: Signer = field(validator=fields.one(Signer))

    def __attrs_post_init__(self) -> None:
        """Check the pair."""
        if not self.signer.private_key.matches(self.certificate.public_key):
            raise InvalidValueError("expected the private key of the certificate", path="signer")

    @classmethod
    def from_pem(cls, *, certificate: bytes | str, private_key: bytes | str) -> Authority:
        """Read a CA.

        Args:
            certificate: PEM; of several certificates the first is the CA's.
            private_key: PEM.

        Raises:
            UnreadableError: One of them cannot be read, or the key is not one to sign with.
            InvalidValueError: The two are not a pair.
            WrongTypeError: One of them is neither bytes nor str.
        """
        return cls(X509Certificate.from_pem(certificate), Signer.from_pem(private_key))


@frozen(kw_only=True)
class Grant:
    """What is granted to a request beside its names and its key.

    Args:
        not_before: The first instant, aware; what is finer than a second is dropped.
        not_after: The last instant, aware; what is finer than a second is dropped.
        usages: The words of `spec.usages`; none means digital signature and key encipherment.
        is_ca: Whether the certificate is a CA's.
        urls: Where more about it is to be found.

    Raises:
        InvalidValueError: An instant is naive, or the last one comes before the first.
        WrongTypeError: A field is of a wrong type.
    """

    not_before: datetime = field(validator=fields.instant)
    not_after: datetime = field(validator=fields.instant)
    usages: tuple[str, ...] | None = field(
        default=None, converter=fields.texts, validator=fields.optional_texts
    )
    is_ca: bool = field(default=False, validator=fields.one(bool))
    urls: CertificateUrls = field(default=CertificateUrls(), validator=fields.one(CertificateUrls))

    def __attrs_post_init__(self) -> None:
        """Check the order of the instants."""
        if self.not_after < self.not_before:
            raise InvalidValueError("expected an instant not before not_before", path="not_after")

    @classmethod
    def of(
        cls,
        request: CertificateRequest,
        *,
        not_before: datetime,
        urls: CertificateUrls = CertificateUrls(),  # noqa: B008 — frozen
    ) -> Grant:
        """Grant what a request asks for, as cert-manager's own issuers do.

        Args:
            request: Its duration (90 days where it says none), usages and isCA.
            not_before: The first instant, aware.
            urls: Where more about the certificate is to be found.

        Returns:
            What the certificate will say, in whole seconds, since a fraction that is never written
            would make it look longer than its CA.

        Raises:
            InvalidValueError: `not_before` is naive, or the duration is negative.
            WrongTypeError: `not_before` is no datetime.
        """
        require(request, CertificateRequest, "request")
        duration = DEFAULT_DURATION if request.duration is None else request.duration
        begin = require_aware(not_before, "not_before")
        return cls(
            not_before=truncate_to_second(begin),
            not_after=truncate_to_second(shift(begin, duration)),
            usages=request.usages,
            is_ca=bool(request.is_ca),
            urls=urls,
        )


def sign_request(request: X509Request, authority: Authority, grant: Grant) -> bytes:
    """Certify the key of a request, with its names, as a CA.

    Args:
        request: Names and key; its alternative names are copied as they stand.
        authority: Who signs.
        grant: When and for what the certificate is good.

    Returns:
        The certificate alone, PEM.

    Raises:
        InvalidValueError: The request is not signed by its own key, asks for other usages or
            another isCA than is granted, or makes no certificate that can be read; or the CA may
            not sign.
        WrongTypeError: An argument is of a wrong type.
    """
    require(authority, Authority, "authority")
    issuer = authority.certificate
    # RFC 5280, section 4.2.1.1: the issuer's subject key identifier.
    identifier = issuer.subject_key_id
    above = [extensions.authority_key_id(identifier)] if identifier is not None else []
    granted = [*_granted(request, grant), *above, *_named(request, grant)]
    certificate = _signed(request, grant, granted, authority.signer, issuer.subject_der)
    problem = certificate.signature_problem(issuer)
    if problem is not None:
        raise InvalidValueError(f"expected a CA that may sign, but {problem}", path="authority")
    return _pem(certificate)


def self_sign_request(request: X509Request, signer: Signer, grant: Grant) -> bytes:
    """Certify the key of a request with that key itself: a root, or a stopgap.

    Args:
        request: Names and key; its alternative names are copied as they stand.
        signer: The private key of the request.
        grant: When and for what the certificate is good.

    Returns:
        PEM.

    Raises:
        InvalidValueError: As for `sign_request`, or the key is not that of the request.
        WrongTypeError: An argument is of a wrong type.
    """
    require(signer, Signer, "signer")
    granted = [*_granted(request, grant), *_named(request, grant)]
    if not signer.private_key.matches(request.public_key):
        raise InvalidValueError("expected the private key of the request", path="signer")
    return _pem(_signed(request, grant, granted, signer, request.subject_der))


_VERSION_3: Final = der.explicit(0, der.integer(2))  # RFC 5280, section 4.1.2.1


def _granted(request: X509Request, grant: Grant) -> list[Extension]:
    """Write the extensions that are granted, and check that the request asks for no others."""
    require(request, X509Request, "request")
    require(grant, Grant, "grant")
    if not request.signature_is_valid:
        # RFC 2986, section 3: whoever asks has to have the key.
        raise InvalidValueError("expected a request that its own key signed", path="request")
    constraints = request.basic_constraints
    if constraints is not None and constraints.is_ca != grant.is_ca:
        raise InvalidValueError(f"expected a request with isCA {grant.is_ca}", path="request")
    wanted = usages_of(grant.usages, is_ca=grant.is_ca)
    bits, purposes = request.key_usages, request.extended_key_usages
    if (bits is not None or purposes is not None) and wanted != Usages(bits or (), purposes or ()):
        words = (*wanted.key_usages, *wanted.extended_key_usages)
        raise InvalidValueError(f"expected a request for {', '.join(words)}", path="request")
    return [
        *extensions.usages(wanted),
        extensions.basic_constraints(is_ca=grant.is_ca),
        extensions.subject_key_id(extensions.key_id(request.public_key.spki)),
    ]


def _named(request: X509Request, grant: Grant) -> list[Extension]:
    """Take over alternative names and name constraints as they stand, among the URLs."""
    copied = [*extensions.authority_information(grant.urls)]
    for extension in request.extensions:
        if extension.oid == extensions.NAME_CONSTRAINTS:
            copied.append(extension)
        elif extension.oid == extensions.ALTERNATIVE_NAMES:
            # RFC 5280, section 4.2.1.6: critical only where there is no subject.
            is_critical = request.subject_der == der.sequence()
            copied.append(Extension(extension.oid, is_critical, extension.value))
    return [*copied, *extensions.distribution_points(grant.urls)]


def _signed(
    request: X509Request,
    grant: Grant,
    granted: list[Extension],
    signer: Signer,
    issuer_der: bytes,
) -> X509Certificate:
    algorithm = usual_algorithm(signer.algorithm, signer.private_key.size, path="signer")
    identifier = IDENTIFIERS[algorithm]
    signed = der.sequence(
        _VERSION_3,
        der.integer(random_serial_number()),
        identifier,
        issuer_der,
        der.sequence(
            der.instant(require_aware(grant.not_before, "not_before")),
            der.instant(require_aware(grant.not_after, "not_after")),
        ),
        request.subject_der,
        request.public_key.spki,
        der.explicit(3, extensions.encode(granted)),
    )
    signature = der.bit_string(signer.sign(signed, algorithm))
    try:
        return X509Certificate.from_der(der.sequence(signed, identifier, signature))
    except UnreadableError as error:
        rule = f"expected a request that makes a readable certificate: {error.rule}"
        raise InvalidValueError(rule, path="request", value=error.value) from None


def _pem(certificate: X509Certificate) -> bytes:
    return pem.encode("CERTIFICATE", certificate.der).encode()
