"""Keystores and truststores in Java's own format, JKS; needs `pip install 'certlife[keystores]'`.

`secret_contents` imports this module where a spec wants one. It must never quote a key or a
password.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jks import KeyStore, PrivateKeyEntry, TrustedCertEntry

from certlife.errors import InvalidValueError
from certlife.signing.arguments import require
from certlife.signing.keystores import KeystoreContents, Stores, password_text

if TYPE_CHECKING:
    from certlife.pki.certificate import X509Certificate

DEFAULT_ALIAS: Final = "certificate"
"""What the entry with the key is called where the spec says nothing."""

MAX_ALIAS_BYTES: Final = 65_535
"""How long an alias may be in UTF-8: its length is written in two bytes."""


def jks_stores(
    contents: KeystoreContents, password: bytes | str, *, alias: str | None = None
) -> Stores:
    """Write JKS. An entry is dated from when its certificate is good, because no clock is read.

    Args:
        contents: What to write.
        password: Not empty; bytes are UTF-8. `keytool` wants six characters or more.
        alias: `spec.keystores.jks.alias`, in which the case of letters does not matter;
            "certificate" for None. The CA's entries are "ca", "ca-1" and so on.

    Raises:
        InvalidValueError: The password is empty or no UTF-8, or the alias is too long, no Unicode
            text, or the CA's.
        WrongTypeError: An argument is of a wrong type.
    """
    require(contents, KeystoreContents, "contents")
    word = password_text(password)
    trusted = _trusted(contents.cas)
    key = PrivateKeyEntry.new(
        _alias(alias, trusted),
        [one.der for one in contents.chain],
        contents.signer.native.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
    )
    key.timestamp = _milliseconds(contents.chain[0])
    return Stores(
        KeyStore.new("jks", [key, *trusted]).saves(word),
        KeyStore.new("jks", trusted).saves(word) if trusted else None,
    )


def _trusted(cas: tuple[X509Certificate, ...]) -> list[TrustedCertEntry]:
    entries = []
    for number, one in enumerate(cas):
        entry = TrustedCertEntry.new(f"ca-{number}" if number else "ca", one.der)
        entry.timestamp = _milliseconds(one)
        entries.append(entry)
    return entries


def _alias(said: str | None, trusted: list[TrustedCertEntry]) -> str:
    alias = DEFAULT_ALIAS if said is None else said
    require(alias, str, "alias")
    lower = alias.lower()  # as Java compares it
    if lower in {entry.alias for entry in trusted}:
        raise InvalidValueError("expected an alias other than the CA's", path="alias")
    try:
        length = len(lower.encode())
    except UnicodeEncodeError:
        raise InvalidValueError("expected an alias of Unicode text", path="alias") from None
    if length > MAX_ALIAS_BYTES:
        rule = f"expected an alias of at most {MAX_ALIAS_BYTES:,} bytes"
        raise InvalidValueError(rule, path="alias")
    return lower


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _milliseconds(certificate: X509Certificate) -> int:
    """When the certificate begins, as Java counts; nothing is dated before 1970."""
    return max(int((certificate.not_before - _EPOCH).total_seconds()), 0) * 1000
