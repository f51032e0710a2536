"""A second opinion on a key pair, from OpenSSL alone: can any server use it?

certlife takes for readable what Go reads, which now and then is more than OpenSSL does, so only
where both of OpenSSL's readers give up, or the keys are plainly two, is a pair called corrupt.
"""

from __future__ import annotations

import re
import ssl
from base64 import b64decode
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar
from warnings import catch_warnings, simplefilter

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
)

from tests.fuzz.der import element, elements

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

_BLOCK: Final = re.compile(
    rb"-----BEGIN [^\n-]*-----\s(?:[^\n]*:[^\n]*\n)*(.*?)-----END [^\n-]*-----", re.DOTALL
)

_SEQUENCE: Final = b"\x30"

_Read = TypeVar("_Read")


def corruption(certificates: bytes, private_key: bytes) -> str | None:
    """Say why a pair is corrupt beyond doubt, None where it is not.

    Args:
        certificates: PEM, leaf first.
        private_key: PEM.
    """
    ders, keys = _blocks(certificates), _blocks(private_key)
    if not ders or not keys:
        return "there is no PEM block"
    for der in map(_without_extras, ders):
        if _certificate(der) is None and not _openssl_reads(der):
            return "no reader takes the certificate"
    leaf, key = _certificate(_without_extras(ders[0])), _key(keys[0])
    if leaf is None or key is None:
        return None
    spki = attempt(
        lambda: leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )
    own = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return "the keys differ" if spki is not None and spki != own else None


def not_after(certificates: bytes) -> datetime | None:
    """When the leaf's validity ends, None where cryptography cannot tell."""
    leaf = _certificate(_without_extras((_blocks(certificates) or [b""])[0]))
    return None if leaf is None else attempt(lambda: leaf.not_valid_after_utc)


def attempt(read: Callable[[], _Read]) -> _Read | None:
    """Read, or return None where that fails, however it does."""
    try:
        return read()
    except Exception:  # noqa: BLE001 — other people's readers fail as they like
        return None


def _blocks(pem: bytes) -> list[bytes]:
    found = (attempt(partial(b64decode, body)) for body in _BLOCK.findall(pem))
    return [der for der in found if der]


def _without_extras(der: bytes) -> bytes:
    """Leave out what follows the three parts of a certificate, where Go does not look."""
    whole = elements(der, 0, len(der))
    if len(whole) != 1 or der[:1] != _SEQUENCE:
        return der
    _, start, stop = whole[0]
    parts = elements(der, start, stop)[:3]
    return element(_SEQUENCE[0], der[start : parts[-1][2]]) if parts else der


def _certificate(der: bytes) -> x509.Certificate | None:
    with catch_warnings():
        simplefilter("ignore")  # about serial numbers of zero, which are read all the same
        return attempt(lambda: x509.load_der_x509_certificate(der))


def _key(der: bytes) -> PrivateKeyTypes | None:
    return attempt(lambda: load_der_private_key(der, None, unsafe_skip_rsa_key_validation=True))


def _openssl_reads(der: bytes) -> bool:
    """Whether OpenSSL itself takes it for a certificate: cryptography is stricter."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cadata=der)
    except (ssl.SSLError, ValueError):
        return False
    return True
