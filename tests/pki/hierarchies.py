"""Certificates that sign one another, made of fixed bytes: the same in every run.

A name stands for its Ed25519 key, too, so that who signed whom can be read off the names.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certlife.pki import pem
from certlife.pki.certificate import X509Certificate
from tests.pki.encoding import TRUE, common_name, extension, integer, sequence
from tests.pki.signing import PURE_ED25519, issued, spki

CA: Final = extension("2.5.29.19", sequence(TRUE), critical=TRUE)
NO_CA: Final = extension("2.5.29.19", sequence(), critical=TRUE)


def key(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())


def ca(
    subject: str, issuer: str, *, serial: int = 1, keyed: str = "", signer: str = ""
) -> X509Certificate:
    """A CA's certificate: for its own key and signed by its issuer's, if nothing else is said."""
    return certified(CA, subject=subject, issuer=issuer, serial=serial, keyed=keyed, signer=signer)


def leaf(issuer: str, *, subject: str = "leaf", serial: int = 1) -> X509Certificate:
    """A server's certificate."""
    return certified(NO_CA, subject=subject, issuer=issuer, serial=serial)


def certified(
    *extensions: bytes,
    subject: str,
    issuer: str,
    serial: int = 1,
    keyed: str = "",
    signer: str = "",
) -> X509Certificate:
    return X509Certificate.from_der(
        issued(
            key(signer or issuer),
            PURE_ED25519,
            *extensions,
            subject=common_name(subject),
            issuer=common_name(issuer),
            key=spki(key(keyed or subject)),
            serial=integer(serial),
        )
    )


def bundle(*certificates: X509Certificate) -> str:
    return "".join(pem.encode("CERTIFICATE", one.der) for one in certificates)


ROOT: Final = ca("root", "root")
INTERMEDIATE: Final = ca("intermediate", "root")
LEAF: Final = leaf("intermediate")
