"""Certificate requests (PKCS #10, RFC 2986) made from a spec, as cert-manager makes them.

The bytes that are signed are those of cert-manager, down to the types of strings and the order of
extensions, because it will read them back and compare them with the spec. This module asks nobody.
"""

from __future__ import annotations

from typing import Final

from attrs import field, frozen

from certlife.errors import InvalidValueError, UnreadableError
from certlife.model import fields
from certlife.model.spec import CertificateSpec, Subject
from certlife.pki import asn1, pem
from certlife.pki.csr import X509Request
from certlife.pki.extensions import Extension
from certlife.pki.names import (
    AttributeTypeAndValue,
    DistinguishedName,
    RelativeDistinguishedName,
)
from certlife.pki.signatures import SignatureAlgorithm
from certlife.signing import der, extensions
from certlife.signing.algorithms import IDENTIFIERS, requested_algorithm
from certlife.signing.arguments import require
from certlife.signing.keys import Signer
from certlife.signing.usages import usages_of


@frozen(kw_only=True)
class RequestOptions:
    """Which parts of a spec go into its request: cert-manager's feature gates and their defaults.

    Args:
        literal_subject: LiteralCertificateSubject: `literalSubject` is the subject.
        other_names: OtherNames: `otherNames` are among the alternative names.
        name_constraints: NameConstraints: `nameConstraints` are asked for.
        basic_constraints: UseCertificateRequestBasicConstraints: `isCA` is asked for in the request
            itself, not only beside it.

    Raises:
        WrongTypeError: For a field that is no bool.
    """

    literal_subject: bool = field(default=True, validator=fields.one(bool))
    other_names: bool = field(default=True, validator=fields.one(bool))
    name_constraints: bool = field(default=True, validator=fields.one(bool))
    basic_constraints: bool = field(default=False, validator=fields.one(bool))


_DEFAULT_OPTIONS: Final = RequestOptions()


@frozen
class RequestTemplate:
    """What a request says, before a key has signed it.

    Attributes:
        subject_der: The subject, DER.
        extensions: The extensions that are asked for, in order.
        signature_algorithm: How it is to be signed.
    """

    subject_der: bytes
    extensions: tuple[Extension, ...]
    signature_algorithm: SignatureAlgorithm

    def sign(self, signer: Signer) -> bytes:
        """Put in the public key, and sign with the private one.

        Returns:
            PEM.

        Raises:
            InvalidValueError: The key does not sign as the template says, or cert-manager could not
                read the request back: `spec.uris` takes any ASCII, and Go's URLs do not.
            WrongTypeError: `signer` is no Signer.
        """
        require(signer, Signer, "signer")
        signed = der.sequence(
            der.integer(0),  # RFC 2986, section 4.1: version 1
            self.subject_der,
            signer.spki_der,
            der.explicit(0, self._extension_request()),
        )
        try:
            signature = signer.sign(signed, self.signature_algorithm)
        except InvalidValueError as error:
            path = "spec.signatureAlgorithm"
            raise InvalidValueError(error.rule, path=path, value=error.value) from None
        identifier = IDENTIFIERS[self.signature_algorithm]
        request = der.sequence(signed, identifier, der.bit_string(signature))
        _check_readable(request)
        return pem.encode("CERTIFICATE REQUEST", request).encode()

    def _extension_request(self) -> bytes:
        if not self.extensions:
            return b""
        # RFC 2985, section 5.4.2: all extensions in one attribute.
        values = der.element(asn1.SET, extensions.encode(self.extensions))
        return der.sequence(der.object_identifier("1.2.840.113549.1.9.14"), values)


def certificate_request(
    spec: CertificateSpec, signer: Signer, *, options: RequestOptions = _DEFAULT_OPTIONS
) -> bytes:
    """Make the request that cert-manager would make for a spec.

    Args:
        spec: What is wanted.
        signer: The key that is to be certified.
        options: Which parts of the spec go in.

    Returns:
        PEM, for `CertificateRequest.csr`.

    Raises:
        InvalidValueError: No request can be made of the spec; `path` and `rule` say why.
        WrongTypeError: An argument is of a wrong type.
    """
    return request_template(spec, options=options).sign(signer)


def request_template(
    spec: CertificateSpec, *, options: RequestOptions = _DEFAULT_OPTIONS
) -> RequestTemplate:
    """Write what the request for a spec says.

    Only what goes into a request is looked at; `validate` finds the rest.

    Args:
        spec: What is wanted.
        options: Which parts of the spec go in.

    Raises:
        InvalidValueError: No request can be made of the spec; `path` and `rule` say why.
        WrongTypeError: An argument is of a wrong type.
    """
    require(spec, CertificateSpec, "spec")
    require(options, RequestOptions, "options")
    common_name, subject_der = _subject(spec, options)
    names = extensions.alternative_names(
        spec, with_other_names=options.other_names, has_subject=subject_der != _NO_SUBJECT
    )
    if not common_name and names is None:
        rule = (
            "expected a common name (commonName, or CN in literalSubject), dnsNames, uris, "
            "emailAddresses, ipAddresses or otherNames"
        )
        raise InvalidValueError(rule, path="spec")
    wanted = [names] if names else []
    if spec.encode_usages_in_request is not False:
        wanted += extensions.usages(usages_of(spec.usages, is_ca=bool(spec.is_ca)))
    if options.basic_constraints:
        wanted.append(extensions.basic_constraints(is_ca=bool(spec.is_ca)))
    if options.name_constraints and spec.name_constraints is not None:
        constraints = extensions.name_constraints(spec.name_constraints)
        wanted += [constraints] if constraints else []
    return RequestTemplate(subject_der, tuple(wanted), requested_algorithm(spec))


_NO_SUBJECT: Final = der.sequence()
_NOTHING: Final = Subject()


def _subject(spec: CertificateSpec, options: RequestOptions) -> tuple[str, bytes]:
    """Return the common name and the DER of the subject."""
    if options.literal_subject and spec.literal_subject:
        path = "spec.literalSubject"
        try:
            name = DistinguishedName.from_rfc4514(spec.literal_subject)
            return name.common_name, name.to_der()
        except InvalidValueError as error:
            raise InvalidValueError(error.rule, path=path, value=error.value) from None
    common_name, subject = spec.common_name or "", spec.subject or _NOTHING
    steps = (
        ("2.5.4.6", subject.countries),
        ("2.5.4.8", subject.provinces),
        ("2.5.4.7", subject.localities),
        ("2.5.4.9", subject.street_addresses),
        ("2.5.4.17", subject.postal_codes),
        ("2.5.4.10", subject.organizations),
        ("2.5.4.11", subject.organizational_units),
        ("2.5.4.3", (common_name,) if common_name else ()),
        ("2.5.4.5", (subject.serial_number,) if subject.serial_number else ()),
    )
    # All values of one type are one step of the name, as Go has it.
    rdns = tuple(
        RelativeDistinguishedName(tuple(AttributeTypeAndValue(oid, value) for value in values))
        for oid, values in steps
        if values
    )
    try:
        return common_name, DistinguishedName(rdns).to_der()
    except InvalidValueError as error:
        raise InvalidValueError(error.rule, path="spec.subject", value=error.value) from None


def _check_readable(request: bytes) -> None:
    """Check that the request can be compared with its spec, or it would be made anew for ever."""
    try:
        _ = X509Request.from_der(request).other_names
    except UnreadableError as error:
        rule = f"expected names that can be read back: {error.rule}"
        raise InvalidValueError(rule, path="spec", value=error.value) from None
