"""One key, and certificates and a request for it, made of fixed bytes: the same in every run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
_NAME: Final = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "web.example")])


def certificate_pem(subject: x509.Name, *names: x509.GeneralName) -> bytes:
    """A certificate that its own key signed, for a subject and alternative names."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(_NAME)
        .public_key(_KEY.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 8, 1, tzinfo=UTC))
        .not_valid_after(datetime(2026, 10, 30, tzinfo=UTC))
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(_KEY, None).public_bytes(Encoding.PEM)


KEY_PEM: Final = _KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
CERTIFICATE_PEM: Final = certificate_pem(_NAME)
REQUEST_PEM: Final = (
    x509.CertificateSigningRequestBuilder()
    .subject_name(_NAME)
    .sign(_KEY, None)
    .public_bytes(Encoding.PEM)
)
