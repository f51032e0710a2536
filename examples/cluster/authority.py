"""The example's certificate authority: keys, requests and certificates as bytes.

It knows a Spec and nothing of Kubernetes or of what happens to a certificate later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from examples.cluster.model import ORGANIZATION, Key, Spec
from examples.cluster.states import ROOT, ROOT_SINCE

PrivateKey: TypeAlias = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

KEY_NOTICE: Final = b"# EXAMPLE KEY of certlife: published, never use it\n"
"""Stands before the BEGIN line of each private key, where RFC 7468 section 2 allows text."""

INTERMEDIATE: Final = Spec(
    (), common_name="certlife example intermediate", hours=26000, usages=ROOT.usages, is_ca=True
)
EXTENDED_USAGES: Final = {
    "server auth": ExtendedKeyUsageOID.SERVER_AUTH,
    "client auth": ExtendedKeyUsageOID.CLIENT_AUTH,
}


@dataclass(frozen=True)
class KeyPair:
    """A private key and its certificates, leaf first, without the root unless it is the leaf."""

    key: PrivateKey
    chain: tuple[x509.Certificate, ...]


class Authority:
    """The root, which is a Certificate of the cluster itself, and an intermediate that issues."""

    def __init__(self) -> None:
        """Make both, with new keys."""
        root_key, self._key = new_key(ROOT.key), new_key(INTERMEDIATE.key)
        self.root = _signed(ROOT, root_key, ROOT_SINCE, ROOT, root_key)
        self._root_pair = KeyPair(root_key, (self.root,))
        self._intermediate = _signed(INTERMEDIATE, self._key, ROOT_SINCE, ROOT, root_key)

    def issue(self, spec: Spec, since: str) -> KeyPair:
        """Return a new key with its certificate and the intermediate's, or the root's."""
        if spec is ROOT:
            return self._root_pair
        key = new_key(spec.key)
        leaf = _signed(spec, key, since, INTERMEDIATE, self._key)
        return KeyPair(key, (leaf, self._intermediate))


def new_key(kind: Key) -> PrivateKey:
    """Return a new private key."""
    match kind:
        case Key.RSA_2048:
            return rsa.generate_private_key(public_exponent=65537, key_size=2048)
        case Key.P256:
            return ec.generate_private_key(ec.SECP256R1())
        case Key.P384:
            return ec.generate_private_key(ec.SECP384R1())
        case Key.ED25519:
            return ed25519.Ed25519PrivateKey.generate()


def key_pem(key: PrivateKey) -> bytes:
    """Return a private key as PKCS#8 PEM, behind a line that says what it is."""
    return KEY_NOTICE + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def certificates_pem(*certificates: x509.Certificate) -> bytes:
    """Return certificates as PEM, one after another."""
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)


def csr_pem(spec: Spec, key: PrivateKey) -> bytes:
    """Return the request for a certificate as PEM."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(_subject(spec))
    for extension, critical in _extensions(spec):
        builder = builder.add_extension(extension, critical)
    return builder.sign(key, _digest(key)).public_bytes(Encoding.PEM)


def instant(text: str) -> datetime:
    """Read an instant."""
    return datetime.fromisoformat(text)


def _signed(
    spec: Spec, key: PrivateKey, since: str, issuer: Spec, issuer_key: PrivateKey
) -> x509.Certificate:
    public, issuer_public = key.public_key(), issuer_key.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(_subject(spec))
        .issuer_name(_subject(issuer))
        .serial_number(x509.random_serial_number())
        .not_valid_before(instant(since))
        .not_valid_after(instant(since) + timedelta(hours=spec.hours))
        .public_key(public)
        .add_extension(x509.BasicConstraints(spec.is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_public), critical=False
        )
    )
    for extension, critical in _extensions(spec):
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer_key, _digest(issuer_key))


def _subject(spec: Spec) -> x509.Name:
    attributes = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANIZATION)]
    if spec.common_name:
        attributes.append(x509.NameAttribute(NameOID.COMMON_NAME, spec.common_name))
    return x509.Name(attributes)


def _extensions(spec: Spec) -> list[tuple[x509.ExtensionType, bool]]:
    """Return what a request asks for and its certificate has, each with whether it is critical."""
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (
            x509.KeyUsage(
                digital_signature="digital signature" in spec.usages,
                content_commitment=False,
                key_encipherment="key encipherment" in spec.usages,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign="cert sign" in spec.usages,
                crl_sign="crl sign" in spec.usages,
                encipher_only=False,
                decipher_only=False,
            ),
            True,
        )
    ]
    purposes = [EXTENDED_USAGES[usage] for usage in spec.usages if usage in EXTENDED_USAGES]
    if purposes:
        extensions.append((x509.ExtendedKeyUsage(purposes), False))
    if spec.dns_names:
        names = [x509.DNSName(name) for name in spec.dns_names]
        extensions.append((x509.SubjectAlternativeName(names), False))
    return extensions


def _digest(key: PrivateKey) -> hashes.SHA256 | hashes.SHA384 | None:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return None  # Ed25519 hashes by itself, RFC 8032
    return hashes.SHA384() if key.key_size == Key.P384.value[1] else hashes.SHA256()
