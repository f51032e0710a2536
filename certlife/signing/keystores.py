"""Keystores and truststores: what they are made of, and how PKCS #12 (RFC 7292) writes it.

They hold what the PEM entries of a Secret hold, under a password, and are no safer for it: the key
stands beside them in the clear. This module must never quote a key or a password.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import field, frozen
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import (
    KeySerializationEncryption,
    PrivateFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import (
    PBES,
    PKCS12Certificate,
    serialize_java_truststore,
    serialize_key_and_certificates,
)

from certlife.errors import InvalidValueError, WrongTypeError, shown
from certlife.pki.certificate import X509Certificate, read_certificates
from certlife.pki.names import DistinguishedName
from certlife.pki.pem import MAX_BUNDLE_BYTES, MAX_CHAIN_BYTES
from certlife.signing.arguments import require
from certlife.signing.keys import Signer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@frozen
class Stores:
    """A keystore and a truststore of one kind, under one password.

    Attributes:
        keystore: The private key, its chain and the CA. This is a secret.
        truststore: The CA alone; None where there is none.
    """

    keystore: bytes = field(repr=False)
    truststore: bytes | None = field(repr=False)


@frozen
class KeystoreContents:
    """What keystores are made of, read and checked.

    Attributes:
        signer: The private key, checked in full.
        chain: The certificates to send, leaf first.
        cas: The CA's certificates; () where there are none.
    """

    signer: Signer
    chain: tuple[X509Certificate, ...]
    cas: tuple[X509Certificate, ...]

    @classmethod
    def from_pem(cls, *, private_key: bytes, chain: bytes, ca: bytes | None) -> KeystoreContents:
        """Read what a Secret holds.

        Args:
            private_key: `tls.key`.
            chain: `tls.crt`.
            ca: `ca.crt`; None or empty where there is none.

        Raises:
            UnreadableError: One of them cannot be read, or the key is not sound.
            InvalidValueError: The key is not that of the first certificate.
            WrongTypeError: One of them is neither bytes nor str.
        """
        signer = Signer.from_pem(private_key)
        certificates = read_certificates(chain, limit=MAX_BUNDLE_BYTES)
        if not signer.private_key.matches(certificates[0].public_key):
            rule = "expected the private key of the certificate"
            raise InvalidValueError(rule, path="private_key")
        cas = read_certificates(ca, limit=MAX_CHAIN_BYTES) if ca else ()
        return cls(signer, certificates, cas)


def pkcs12_stores(
    contents: KeystoreContents, password: bytes | str, *, profile: str | None = None
) -> Stores:
    """Write PKCS #12.

    Args:
        contents: What to write.
        password: Not empty; bytes are UTF-8.
        profile: `spec.keystores.pkcs12.profile`: "LegacyRC2", which is also for None, "LegacyDES"
            or "Modern2023". Where cert-manager uses RC2, Triple DES is used: whatever reads the one
            reads the other, which OpenSSL 3 and Java 20 do not refuse.

    Raises:
        InvalidValueError: The password is empty or no UTF-8, the profile is not one of these, or
            `cryptography` does not read one of the certificates.
        WrongTypeError: An argument is of a wrong type.
    """
    require(contents, KeystoreContents, "contents")
    encryption = _encryption(password_text(password), profile)
    try:
        leaf, *others = (_native(one) for one in (*contents.chain, *contents.cas))
        keystore = serialize_key_and_certificates(
            None, contents.signer.native, leaf, others, encryption
        )
        named = [
            PKCS12Certificate(_native(one), name.encode()) for name, one in _named(contents.cas)
        ]
        truststore = serialize_java_truststore(named, encryption) if named else None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        rule = "expected certificates that OpenSSL reads, for a PKCS #12 store"
        raise InvalidValueError(rule, path="contents") from None
    return Stores(keystore, truststore)


def password_text(password: bytes | str) -> str:
    """Take a password, which no message quotes.

    Raises:
        InvalidValueError: It is empty or no UTF-8.
        WrongTypeError: It is neither bytes nor str.
    """
    if not isinstance(password, bytes | str):
        raise WrongTypeError(
            "expected bytes or str", path="password", value=type(password).__name__
        )
    try:
        text = password.decode() if isinstance(password, bytes) else password
        text.encode()  # lone surrogates
    except UnicodeError:
        raise InvalidValueError("expected a password in UTF-8", path="password") from None
    if not text:
        raise InvalidValueError("expected a password that is not empty", path="password")
    return text


_ITERATIONS: Final = 2048  # cert-manager's; the key stands beside the store in the clear
_TRIPLE_DES: Final = (PBES.PBESv1SHA1And3KeyTripleDESCBC, SHA1())  # noqa: S303 — as that profile has it
_AES: Final = (PBES.PBESv2SHA256AndAES256CBC, SHA256())
_PROFILES: Final[Mapping[str, tuple[PBES, HashAlgorithm]]] = {
    "LegacyRC2": _TRIPLE_DES,
    "LegacyDES": _TRIPLE_DES,
    "Modern2023": _AES,
}


def _encryption(password: str, profile: str | None) -> KeySerializationEncryption:
    chosen = _PROFILES.get(profile or "LegacyRC2")
    if chosen is None:
        rule = f"expected one of {', '.join(_PROFILES)}"
        raise InvalidValueError(rule, path="profile", value=shown(profile))
    algorithm, hashed = chosen
    builder = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(_ITERATIONS)
    return builder.key_cert_algorithm(algorithm).hmac_hash(hashed).build(password.encode())


def _native(certificate: X509Certificate) -> x509.Certificate:
    return x509.load_der_x509_certificate(certificate.der)


def _named(certificates: tuple[X509Certificate, ...]) -> Iterator[tuple[str, X509Certificate]]:
    """Name each by its subject; Java would keep one only of several with the same name."""
    seen: set[str] = set()
    for number, one in enumerate(certificates):
        name = DistinguishedName.from_der(one.subject_der).to_rfc4514()
        alias = name.lower()  # as Java compares it
        yield f"{name} ({number})" if alias in seen else name, one
        seen.add(alias)
