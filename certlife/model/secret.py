"""What is stored: the Secret that holds a certificate and its private key.

The bytes of private keys live here and nowhere above: no repr, message or verdict shows them, and
`without_private_key` leaves them out while what a decision needs of them stays.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from attrs import evolve, field, frozen

from certlife.errors import Unreadable, UnreadableError, WrongTypeError, shown
from certlife.model import annotations as keys
from certlife.model import fields
from certlife.model.frozenmap import FrozenMap
from certlife.model.metadata import ManagedFields, OwnerReference, frozen_owners
from certlife.model.spec import IssuerRef
from certlife.pki.certificate import X509Certificate, read_certificates
from certlife.pki.keys import KeyFacts, PrivateKey
from certlife.pki.memo import Memo
from certlife.pki.pem import MAX_BUNDLE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PUBLIC_ENTRIES: Final = (keys.TLS_CERTIFICATE, keys.CA_CERTIFICATE)
_KEY_BLOCK: Final = re.compile(
    rb"(-----BEGIN [^\n-]*PRIVATE KEY-----)(.*?)(?=-----(?:BEGIN|END) |\Z)", re.DOTALL
)
_BEGINNING: Final = len("\nMIIEowIB")
_LETTERS: Final = re.compile(rb"[0-9A-Za-z+/]")


def _entries(value: Mapping[str, bytes] | None) -> FrozenMap[str, bytes] | None:
    return fields.frozen_map(value)


def _managed_fields(value: Iterable[ManagedFields] | None) -> tuple[ManagedFields, ...] | None:
    return fields.frozen_tuple(value)


def _sizes_only(entries: Mapping[str, bytes] | None) -> str:
    if entries is None:
        return "None"
    sizes = (f"{name!r}: <{len(value)} bytes>" for name, value in entries.items())
    return f"{{{', '.join(sizes)}}}"


# Without slots it is quicker to make and to read once; what was read is in no pickle.
@frozen(kw_only=True, slots=False, getstate_setstate=True)
class SecretData:
    """A Secret with a key pair, None where something is unsaid.

    Args:
        entries: `Secret.data`, decoded: "tls.crt", "tls.key", "ca.crt" and the like.
        name: Its name, unique in its namespace.
        annotations: Among them cert-manager's: who issued it, for which Certificate.
        type: "kubernetes.io/tls", usually.
        key_facts: What is known of a private key that was taken out, see `without_private_key`.
        memo: The CA certificates of other Secrets, where there are many to read; no part of what
            the Secret is, and not compared.

    Raises:
        WrongTypeError: For a field of a wrong type; the path names class and field.
    """

    entries: FrozenMap[str, bytes] | None = field(
        default=None,
        converter=_entries,
        validator=fields.optional_map(bytes),
        repr=_sizes_only,
    )
    name: str | None = field(default=None, validator=fields.optional_text)
    namespace: str | None = field(default=None, validator=fields.optional_text)
    type: str | None = field(default=None, validator=fields.optional_text)
    annotations: FrozenMap[str, str] | None = field(
        default=None, converter=fields.text_map, validator=fields.optional_map(str)
    )
    labels: FrozenMap[str, str] | None = field(
        default=None, converter=fields.text_map, validator=fields.optional_map(str)
    )
    managed_fields: tuple[ManagedFields, ...] | None = field(
        default=None, converter=_managed_fields, validator=fields.optional_many(ManagedFields)
    )
    owner_references: tuple[OwnerReference, ...] | None = field(
        default=None, converter=frozen_owners, validator=fields.optional_many(OwnerReference)
    )
    key_facts: KeyFacts | Unreadable | None = field(
        default=None, validator=fields.optional_either(KeyFacts, Unreadable)
    )
    memo: Memo | None = field(default=None, validator=fields.optional(Memo), eq=False, repr=False)

    @classmethod
    def from_pem(
        cls,
        *,
        certificate: bytes | str,
        private_key: bytes | str,
        ca: bytes | str | None = None,
        issued_by: IssuerRef | None = None,
        certificate_name: str | None = None,
    ) -> SecretData:
        """Make the Secret that a controller would have stored.

        Args:
            certificate: The chain, PEM, leaf first. It is not read yet.
            private_key: The leaf's key, PEM. It is not read yet.
            ca: The CA's certificate, PEM.
            issued_by: The issuer to note in the annotations.
            certificate_name: The Certificate to note in the annotations.

        Raises:
            WrongTypeError: For an argument of a wrong type.
        """
        if issued_by is not None and not isinstance(issued_by, IssuerRef):
            raise WrongTypeError(
                "expected an IssuerRef or None", path="issued_by", value=shown(issued_by)
            )
        pem = {
            keys.TLS_CERTIFICATE: certificate,
            keys.TLS_PRIVATE_KEY: private_key,
            keys.CA_CERTIFICATE: ca,
        }
        noted: dict[str, str] = {}
        if issued_by is not None:
            noted[keys.ISSUER_NAME] = issued_by.name
            noted[keys.ISSUER_KIND] = issued_by.effective_kind
            noted[keys.ISSUER_GROUP] = issued_by.effective_group
        if certificate_name is not None:
            noted[keys.CERTIFICATE_NAME] = certificate_name
        return cls(
            entries=FrozenMap(
                (name, value.encode(errors="surrogatepass") if isinstance(value, str) else value)
                for name, value in pem.items()
                if value is not None
            ),
            type="kubernetes.io/tls",
            annotations=FrozenMap(noted) if noted else None,
        )

    def entry(self, name: str) -> bytes:
        """The bytes of one entry, none where there is no such entry."""
        return b"" if self.entries is None else self.entries.get(name, b"")

    @property
    def has_private_key(self) -> bool:
        """Whether there is anything where the private key belongs, readable or not."""
        return bool(self.entry(keys.TLS_PRIVATE_KEY)) or self.key_facts is not None

    @property
    def certificate(self) -> X509Certificate:
        """The leaf: the first certificate of `tls.crt`.

        Raises:
            UnreadableError: If any certificate there cannot be read, or there is none.
        """
        reading = self.certificate_reading
        if isinstance(reading, Unreadable):
            raise UnreadableError(reading.rule)
        return reading

    @cached_property
    def certificate_reading(self) -> X509Certificate | Unreadable:
        """The leaf, or why `tls.crt` cannot be read; all of it is read, once.

        One corrupt certificate anywhere in `tls.crt` spoils it, as cert-manager has it.
        """
        try:
            return read_certificates(
                self.entry(keys.TLS_CERTIFICATE), limit=MAX_BUNDLE_BYTES, memo=self.memo
            )[0]
        except UnreadableError as error:
            return Unreadable(error.rule)

    @cached_property
    def key_reading(self) -> PrivateKey | KeyFacts | Unreadable:
        """The private key, what is known of one that was taken out, or why it cannot be read."""
        if self.key_facts is not None:
            return self.key_facts
        try:
            return PrivateKey.from_pem(self.entry(keys.TLS_PRIVATE_KEY))
        except UnreadableError as error:
            return Unreadable(error.rule)

    def without_private_key(self) -> SecretData:
        """Leave out every entry that may hold key bytes, and keep what decisions ask of the key.

        Entries other than the certificate and its CA (keystores, combined PEM) go as well, so
        `post_issuance_policy` has nothing to say about them. A key in the midst of the certificates
        is made unreadable; the block stays, because it may be what makes `tls.crt` corrupt.
        """
        if not self.entry(keys.TLS_PRIVATE_KEY):
            facts = self.key_facts
        else:
            reading = self.key_reading
            facts = reading.facts if isinstance(reading, PrivateKey) else reading
        entries = self.entries and {
            name: _KEY_BLOCK.sub(_masked, value)
            for name, value in self.entries.items()
            if name in _PUBLIC_ENTRIES
        }
        return evolve(self, entries=entries, key_facts=facts)


def _masked(block: re.Match[bytes]) -> bytes:
    """Make zeros of a private key, unless only the label of its block says that it is one.

    To Go a label means nothing, so a certificate under a wrong one has to stay. So has the
    beginning, a length and a version: by it a reader sees that this is no certificate.
    """
    opening, content = block.groups()
    closing = opening.replace(b"BEGIN", b"END")
    try:
        read_certificates(opening + content + closing, limit=MAX_BUNDLE_BYTES)
    except UnreadableError:
        start = content[:_BEGINNING]
        return b"".join((opening, start, _LETTERS.sub(b"A", content[_BEGINNING:])))
    return block[0]
