"""Certificate requests (PKCS #10, RFC 2986), readable exactly where Go's crypto/x509 can read them.

A request that cannot be read is issued anew, so what is unusual but readable to Go has to be
readable here too. This module reads what is there; it must never know a spec, or who asked.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from attrs import field, frozen

from certlife.errors import UnreadableError, WrongTypeError, shown
from certlife.pki import asn1, extensions
from certlife.pki.alternative_names import read_other_names
from certlife.pki.extensions import Extension
from certlife.pki.name_constraints import read_request_constraints
from certlife.pki.pem import MAX_CSR_BYTES, first_block, pem_bytes
from certlife.pki.signatures import is_signature, signature_algorithm
from certlife.pki.subject import common_name_of, subject_of
from certlife.pki.tbs_request import RequestFields, read_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from certlife.pki.alternative_names import AlternativeNames, OtherName
    from certlife.pki.extensions import BasicConstraints, KeyUsageBit
    from certlife.pki.name_constraints import NameConstraints
    from certlife.pki.publickey import PublicKey
    from certlife.pki.signatures import SignatureAlgorithm
    from certlife.pki.subject import Subject

_T = TypeVar("_T")


@frozen(slots=False, repr=False)  # cached properties are quicker without slots
class X509Request:
    """A certificate request that Go can read; equal, hashed and pickled by its DER.

    Attributes:
        der: The DER, all of it.
    """

    der: bytes
    _fields: RequestFields = field(init=False, eq=False)

    @_fields.default
    def _read_fields(self) -> RequestFields:
        if not isinstance(self.der, bytes):
            raise WrongTypeError("expected a request's DER as bytes", value=shown(type(self.der)))
        return read_request(self.der)

    @classmethod
    def from_der(cls, der: bytes) -> X509Request:
        """Read a request from DER.

        Args:
            der: The request and nothing else.

        Raises:
            WrongTypeError: `der` is not bytes.
            UnreadableError: Go's x509.ParseCertificateRequest refuses it.
        """
        return cls(der)

    @classmethod
    def from_pem(cls, data: bytes | str) -> X509Request:
        """Read the request in the first block of a PEM text, whatever its label.

        Args:
            data: At most 36,500 bytes; whatever is around the first block is ignored.

        Raises:
            WrongTypeError: `data` is neither bytes nor text.
            UnreadableError: It is too long, holds no block, or the first is no request that Go can
                read.
        """
        block = first_block(pem_bytes(data, limit=MAX_CSR_BYTES))
        if block is None:
            raise UnreadableError("expected a certificate request in PEM")
        return cls(block.der)

    @property
    def subject_der(self) -> bytes:
        """The DER of the subject, with which a literalSubject is compared."""
        return self._fields.subject_der

    @property
    def subject(self) -> Subject:
        """The subject's fields."""
        return subject_of(self._fields.subject)

    @property
    def common_name(self) -> str:
        """The subject's common name, "" without one."""
        return common_name_of(self._fields.subject)

    @property
    def public_key(self) -> PublicKey:
        """The public key to be certified."""
        return self._fields.public_key

    @property
    def extensions(self) -> tuple[Extension, ...]:
        """Every extension that is asked for, in the order of the encoding."""
        return tuple(
            Extension(asn1.object_identifier(oid, 0, len(oid)), critical, value)
            for oid, (critical, value) in self._fields.extensions.items()
        )

    @property
    def has_alternative_names(self) -> bool:
        """Whether the subject alternative name extension is asked for."""
        return extensions.ALTERNATIVE_NAMES in self._fields.extensions

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
            UnreadableError: The extension cannot be read in full; the request still can.
        """
        return self._read(extensions.ALTERNATIVE_NAMES, read_other_names) or ()

    @property
    def basic_constraints(self) -> BasicConstraints | None:
        """The basic constraints; None without the extension.

        Raises:
            UnreadableError: The extension is malformed; the request can be read all the same.
        """
        return self._read(extensions.BASIC_CONSTRAINTS, extensions.read_basic_constraints)

    @property
    def key_usages(self) -> tuple[KeyUsageBit, ...] | None:
        """What the key may be used for; None without the extension.

        Raises:
            UnreadableError: The extension is malformed; the request can be read all the same.
        """
        return self._read(extensions.KEY_USAGE, extensions.read_key_usages)

    @property
    def extended_key_usages(self) -> tuple[str, ...] | None:
        """The purposes of the key, as dotted numbers; None without the extension.

        Raises:
            UnreadableError: The extension is malformed; the request can be read all the same.
        """
        return self._read(extensions.EXTENDED_KEY_USAGE, extensions.read_extended_key_usages)

    @property
    def name_constraints(self) -> NameConstraints | None:
        """The names that certificates below may have; None without the extension.

        Raises:
            UnreadableError: The extension is malformed; the request can be read all the same.
        """
        return self._read(extensions.NAME_CONSTRAINTS, read_request_constraints)

    @property
    def signature_algorithm(self) -> SignatureAlgorithm:
        """How the request claims to be signed."""
        return signature_algorithm(*self._fields.algorithm)

    @cached_property
    def signature_is_valid(self) -> bool:
        """Whether the holder of the private key signed the request; SHA-1 is good enough for it."""
        fields = self._fields
        return is_signature(
            self.signature_algorithm, fields.signed, fields.signature, fields.public_key
        )

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the DER only, and read it again."""
        return X509Request, (self.der,)

    def __repr__(self) -> str:
        return f"<X509Request common_name={shown(self.common_name)}>"

    def _read(self, oid: bytes, reader: Callable[[bytes], _T]) -> _T | None:
        found = self._fields.extensions.get(oid)
        return None if found is None else reader(found[1])
