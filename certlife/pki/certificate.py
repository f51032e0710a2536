"""X.509 certificates (RFC 5280), readable exactly where Go's crypto/x509 can read them.

Whether a Secret is corrupt hangs on this, so a certificate is read whole when it is made, every
extension that Go knows, both names and the key included: there is none that turns out unreadable
later. This module reads what is there; it must never know a spec, a clock or what anyone wants.
"""

from __future__ import annotations

from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Final, TypeVar

from attrs import field, frozen

from certlife.errors import UnreadableError, WrongTypeError, shown
from certlife.pki import asn1, extensions
from certlife.pki.alternative_names import read_other_names
from certlife.pki.extensions import Extension, KeyUsageBit
from certlife.pki.name_constraints import read_certificate_constraints
from certlife.pki.pem import MAX_BUNDLE_BYTES, iter_blocks, pem_bytes
from certlife.pki.signatures import (
    WEAK_SIGNATURES,
    SignatureAlgorithm,
    is_signature,
    signature_algorithm,
)
from certlife.pki.subject import common_name_of, subject_of
from certlife.pki.tbs_certificate import CertificateFields, read_certificate

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from certlife.pki.alternative_names import AlternativeNames, OtherName
    from certlife.pki.extensions import BasicConstraints
    from certlife.pki.memo import Memo
    from certlife.pki.name_constraints import NameConstraints
    from certlife.pki.publickey import PublicKey
    from certlife.pki.subject import Subject

_VERSION_3: Final = 3
_T = TypeVar("_T")


@frozen(slots=False, repr=False)  # cached properties are quicker without slots
class X509Certificate:
    """A certificate that Go can read; equal, hashed and pickled by its DER.

    Attributes:
        der: The DER, all of it.
    """

    der: bytes
    _fields: CertificateFields = field(init=False, eq=False)

    @_fields.default
    def _read_fields(self) -> CertificateFields:
        if not isinstance(self.der, bytes):
            raise WrongTypeError(
                "expected a certificate's DER as bytes", value=shown(type(self.der))
            )
        return read_certificate(self.der)

    @classmethod
    def from_der(cls, der: bytes) -> X509Certificate:
        """Read a certificate from DER.

        Args:
            der: The certificate and nothing else.

        Raises:
            WrongTypeError: `der` is not bytes.
            UnreadableError: Go's x509.ParseCertificate refuses it.
        """
        return cls(der)

    @classmethod
    def from_pem(cls, data: bytes | str) -> X509Certificate:
        """Read the first certificate of a PEM text, after every one of them proved readable.

        Args:
            data: At most 330,000 bytes, as in `tls.crt`; whatever is no PEM block is ignored, and
                every block has to be a certificate, whatever its label.

        Raises:
            WrongTypeError: `data` is neither bytes nor text.
            UnreadableError: It is too long, holds no block, or one of them is no certificate that
                Go can read.
        """
        return read_certificates(data, limit=MAX_BUNDLE_BYTES)[0]

    @property
    def version(self) -> int:
        """1, 2 or 3; only version 3 has extensions."""
        return self._fields.version

    @property
    def serial_number(self) -> int:
        """The serial number, never negative."""
        return self._fields.serial_number

    @property
    def not_before(self) -> datetime:
        """The first instant of the validity period, in UTC."""
        return self._fields.not_before

    @property
    def not_after(self) -> datetime:
        """The last instant of the validity period, in UTC."""
        return self._fields.not_after

    @property
    def subject_der(self) -> bytes:
        """The DER of the subject, by which cert-manager compares names."""
        return self._fields.subject_der

    @property
    def issuer_der(self) -> bytes:
        """The DER of the issuer's name."""
        return self._fields.issuer_der

    @cached_property
    def subject(self) -> Subject:
        """The subject's fields."""
        return subject_of(self._fields.subject)

    @cached_property
    def issuer(self) -> Subject:
        """The fields of the issuer's name."""
        return subject_of(self._fields.issuer)

    @property
    def common_name(self) -> str:
        """The subject's common name, "" without one."""
        return common_name_of(self._fields.subject)

    @property
    def is_self_issued(self) -> bool:
        """Whether subject and issuer are the same name, byte for byte."""
        return self.subject_der == self.issuer_der

    @cached_property
    def is_self_signed(self) -> bool:
        """Whether its own key signed it, be it with SHA-1; MD5 is not verified but taken for it.

        A client has such a certificate already or does not trust it, so no chain needs it.
        """
        fields = self._fields
        return self.is_self_issued and (
            self.signature_algorithm is SignatureAlgorithm.MD5_RSA
            or is_signature(
                self.signature_algorithm, fields.signed, fields.signature, self.public_key
            )
        )

    @property
    def public_key(self) -> PublicKey:
        """The subject's public key."""
        return self._fields.public_key

    @property
    def signature_algorithm(self) -> SignatureAlgorithm:
        """How the certificate claims to be signed."""
        return signature_algorithm(*self._fields.algorithm)

    @property
    def extensions(self) -> tuple[Extension, ...]:
        """Every extension, in the order of the encoding, known or not."""
        return tuple(
            Extension(asn1.object_identifier(oid, 0, len(oid)), critical, value)
            for oid, (critical, value) in self._fields.extensions.items()
        )

    @property
    def alternative_names(self) -> AlternativeNames:
        """The subject alternative names; empty without the extension."""
        return self._fields.alternative_names

    @property
    def dns_names(self) -> tuple[str, ...]:
        """Alternative names that are host names."""
        return self.alternative_names.dns_names

    @property
    def email_addresses(self) -> tuple[str, ...]:
        """Alternative names that are mailboxes."""
        return self.alternative_names.email_addresses

    @property
    def ip_addresses(self) -> tuple[bytes, ...]:
        """Alternative names that are addresses: 16 bytes each, IPv4 as ::ffff:a.b.c.d."""
        return self.alternative_names.ip_addresses

    @property
    def uris(self) -> tuple[str, ...]:
        """Alternative names that are URIs, as Go prints them back."""
        return self.alternative_names.uris

    @property
    def other_names(self) -> tuple[OtherName, ...]:
        """Alternative names of other kinds.

        Raises:
            UnreadableError: The extension cannot be read in full, which the certificate survives.
        """
        return self._read(extensions.ALTERNATIVE_NAMES, read_other_names) or ()

    @property
    def basic_constraints(self) -> BasicConstraints | None:
        """The basic constraints; None without the extension."""
        return self._read(extensions.BASIC_CONSTRAINTS, extensions.read_basic_constraints)

    @property
    def is_ca(self) -> bool:
        """Whether the basic constraints say that this is a CA's certificate."""
        constraints = self.basic_constraints
        return constraints is not None and constraints.is_ca

    @property
    def key_usages(self) -> tuple[KeyUsageBit, ...] | None:
        """What the key may be used for; None without the extension."""
        return self._read(extensions.KEY_USAGE, extensions.read_key_usages)

    @property
    def extended_key_usages(self) -> tuple[str, ...] | None:
        """The purposes of the key, as dotted numbers; None without the extension."""
        return self._read(extensions.EXTENDED_KEY_USAGE, extensions.read_extended_key_usages)

    @property
    def name_constraints(self) -> NameConstraints | None:
        """The names that certificates below may have; None without the extension."""
        return self._read(extensions.NAME_CONSTRAINTS, read_certificate_constraints)

    @property
    def subject_key_id(self) -> bytes | None:
        """The subject key identifier; None without the extension."""
        return self._read(extensions.SUBJECT_KEY_ID, extensions.read_subject_key_id)

    @property
    def authority_key_id(self) -> bytes | None:
        """The issuer's key identifier; None without the extension or where it names none."""
        return self._read(extensions.AUTHORITY_KEY_ID, extensions.read_authority_key_id)

    @property
    def fingerprint_sha256(self) -> bytes:
        """The SHA-256 digest of the DER, 32 bytes."""
        return sha256(self.der).digest()

    def signature_problem(self, issuer: X509Certificate) -> str | None:
        """Say why this certificate is not signed by `issuer`; None if it is.

        These are the rules of Go's CheckSignatureFrom; whether the names fit is not among them.

        Args:
            issuer: The certificate of the supposed signer, which may be this one.
        """
        constraints = issuer.basic_constraints
        # RFC 5280, section 4.2.1.9: a version 3 certificate without it is no CA's.
        if not issuer.is_ca and (issuer.version == _VERSION_3 or constraints is not None):
            return "the issuer's certificate is not that of a CA"
        # Section 4.2.1.3.
        usages = issuer.key_usages
        if usages and KeyUsageBit.CERT_SIGN not in usages:
            return "the issuer's key must not sign certificates"
        algorithm = self.signature_algorithm
        if algorithm in WEAK_SIGNATURES:
            return f"{algorithm} signatures prove nothing"
        fields = self._fields
        if not is_signature(algorithm, fields.signed, fields.signature, issuer.public_key):
            return "the issuer's key did not make the signature"
        return None

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the DER only, and read it again."""
        return X509Certificate, (self.der,)

    def __repr__(self) -> str:
        name = shown(self.common_name)
        return f"<X509Certificate common_name={name} serial_number={self.serial_number:#x}>"

    def _read(self, oid: bytes, reader: Callable[[bytes], _T]) -> _T | None:
        found = self._fields.extensions.get(oid)
        return None if found is None else reader(found[1])


def read_certificates(
    data: bytes | str, *, limit: int, memo: Memo | None = None
) -> tuple[X509Certificate, ...]:
    """Read every certificate of a PEM text, in order.

    Args:
        data: The text; whatever is no PEM block is ignored, and every block has to be a
            certificate, whatever its label.
        limit: How many bytes it may have; `certlife.pki.pem` has cert-manager's limits.
        memo: Certificates that were read before; those after the first are looked for in it.

    Raises:
        WrongTypeError: `data` is neither bytes nor text.
        UnreadableError: It is too long, holds no block, or one of them is no certificate that Go
            can read; `path` says which, counting from 0.
    """
    text = pem_bytes(data, limit=limit)
    certificates = []
    for number, block in enumerate(iter_blocks(text)):
        try:
            certificates.append(_certificate(block.der, memo if number else None))
        except UnreadableError as error:
            raise UnreadableError(error.rule, path=f"certificates[{number}]") from None
    if not certificates:
        raise UnreadableError("expected a certificate in PEM")
    return tuple(certificates)


def _certificate(der: bytes, memo: Memo | None) -> X509Certificate:
    if memo is None:
        return X509Certificate(der)
    # By the DER itself: it is public, the certificate holds it anyway, and a digest costs more.
    known = memo.get(der)
    if not isinstance(known, X509Certificate):
        known = X509Certificate(der)
        memo.keep(der, known)
    return known
