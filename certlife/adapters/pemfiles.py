"""Key pairs in PEM files, as web servers have them: a Certificate whose spec is what was issued.

Nobody has written down what such a certificate should be, so its spec is read off it, and every
check that compares the two is empty; which these are is said with it. Whether the files can be
read, belong together and are due is judged as if they were a Secret. This module opens no file,
and quotes none: key bytes go into SecretData and nowhere else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certlife.errors import Unreadable, UnreadableError, WrongTypeError
from certlife.model import annotations as keys
from certlife.model.certificate import Certificate
from certlife.model.frozenmap import FrozenMap
from certlife.model.secret import SecretData
from certlife.model.spec import CertificateSpec, IssuerRef, PrivateKeySpec
from certlife.pki.addresses import format_ip
from certlife.pki.keys import KeyAlgorithm, KeyEncoding, KeyFacts
from certlife.pki.pem import MAX_BUNDLE_BYTES, MAX_PRIVATE_KEY_BYTES
from certlife.policy.policies import STRICT

if TYPE_CHECKING:
    from datetime import timedelta

MAX_PEM_BYTES: Final = MAX_BUNDLE_BYTES + MAX_PRIVATE_KEY_BYTES
"""How large a file may be: what cert-manager reads of certificates and of a private key."""

_ASKED: Final = frozenset(
    {
        "secret_does_not_exist",
        "secret_is_missing_data",
        "secret_public_keys_differ",
        "current_certificate_nearing_expiry",
        "current_certificate_has_expired",
    }
)
UNCHECKED: Final = tuple(check.name for check in STRICT.checks if check.name not in _ASKED)
"""The checks that compare with a spec or a request, which files alone do not have."""

_CERTIFICATE: Final = re.compile(rb"-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----")
_PRIVATE_KEY: Final = re.compile(rb"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----")
_BEGIN: Final = b"-----BEGIN "


@frozen(kw_only=True)
class PemSource:
    """A key pair in files, or a certificate alone, ready to be judged.

    Args:
        source: The file with the certificate.
        certificate: The Certificate; its spec says what was issued, and names no issuer.
        secret: The files as a Secret; of a certificate alone, with the facts of the key that
            belongs to it in the place of the key.
        unchecked: The checks that find nothing here whatever was issued, by their names.
    """

    source: str
    certificate: Certificate
    secret: SecretData
    unchecked: tuple[str, ...]


def read_pem(
    certificate: bytes,
    private_key: bytes | None,
    *,
    name: str,
    source: str,
    renew_before: timedelta | None = None,
) -> PemSource:
    """Read a key pair, a certificate and key in one file, or a certificate alone.

    A pair of which a half is corrupt, or encrypted, is a value like any other: the verdict on it
    is bad. A corrupt certificate alone leaves nothing to judge.

    Args:
        certificate: PEM, leaf first; may hold the private key as well.
        private_key: PEM, None where it is in the same file or not there at all.
        name: What to call the Certificate and its Secret.
        source: What to call the file.
        renew_before: How long before its end the certificate is due; None for two thirds through.

    Raises:
        WrongTypeError: For an argument of a wrong type.
        UnreadableError: It is a certificate alone and cannot be read, or its key is none that
            cert-manager knows.
    """
    if not isinstance(certificate, bytes):
        raise WrongTypeError("expected the bytes of a file", path="certificate")
    if not isinstance(private_key, bytes | None):
        raise WrongTypeError("expected the bytes of a file, or None", path="private_key")
    if private_key is None:
        certificate, private_key = _split(certificate)
    unchecked = UNCHECKED
    secret = SecretData(name=name, entries=FrozenMap({keys.TLS_CERTIFICATE: certificate}))
    if private_key is None:
        secret = evolve(secret, key_facts=_key_facts(secret))
        unchecked = ("secret_public_keys_differ", *UNCHECKED)
    else:
        pair = {keys.TLS_CERTIFICATE: certificate, keys.TLS_PRIVATE_KEY: private_key}
        secret = evolve(secret, entries=pair)
    return PemSource(
        source=source,
        certificate=Certificate(name, _spec_read_off(secret, renew_before)),
        secret=secret,
        unchecked=unchecked,
    )


def holds_certificate(data: bytes) -> bool:
    """Whether there is a certificate in a text, by its PEM label; it need not be readable."""
    return _CERTIFICATE.search(data) is not None


def is_pem(data: bytes) -> bool:
    """Whether a text is PEM: a line begins a block, as none does in JSON or YAML."""
    return len(data) <= MAX_PEM_BYTES and (data.startswith(_BEGIN) or b"\n" + _BEGIN in data)


def _split(data: bytes) -> tuple[bytes, bytes | None]:
    """Take a combined file apart: certificates in one text, the first key in the other.

    In `tls.crt` every block has to be a certificate, and in `tls.key` only the first one counts.
    Other blocks, such as Diffie-Hellman parameters, have no place in either.
    """
    blocks = [_BEGIN + block for block in data.split(_BEGIN)[1:]]
    certificates = b"".join(block for block in blocks if _CERTIFICATE.match(block))
    private_key = next((block for block in blocks if _PRIVATE_KEY.match(block)), None)
    if private_key is None or not certificates:
        return data, None
    return certificates, private_key


def _key_facts(secret: SecretData) -> KeyFacts:
    """Take from a certificate what is known of its key, so that nobody misses the key itself."""
    certificate = secret.certificate_reading
    if isinstance(certificate, Unreadable):
        # Go asks for no label, so it takes a key in this place for a certificate that is broken.
        labelled = holds_certificate(secret.entry(keys.TLS_CERTIFICATE))
        why = f" that can be read: {certificate.rule}" if labelled else " in PEM"
        raise UnreadableError(f"expected a certificate{why}")
    public_key = certificate.public_key
    native = public_key.native
    if native is None:
        raise UnreadableError("expected a certificate for an RSA, ECDSA or Ed25519 key")
    spki = native.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    algorithm = KeyAlgorithm(public_key.algorithm.value)
    return KeyFacts(algorithm, public_key.size, KeyEncoding.PKCS8, spki)


def _spec_read_off(secret: SecretData, renew_before: timedelta | None) -> CertificateSpec:
    """Write down what was issued, as far as a check would look at it."""
    leaf, key = secret.certificate_reading, secret.key_reading
    spec = CertificateSpec(
        secret_name=secret.name or "",
        issuer_ref=IssuerRef(""),  # nobody says which
        renew_before=renew_before,
    )
    if not isinstance(key, Unreadable):
        found = PrivateKeySpec(algorithm=key.algorithm, size=key.size, encoding=key.encoding.value)
        spec = evolve(spec, private_key=found)
    if not isinstance(leaf, Unreadable):
        spec = evolve(
            spec,
            common_name=leaf.common_name or None,
            dns_names=leaf.dns_names or None,
            ip_addresses=tuple(format_ip(packed) for packed in leaf.ip_addresses) or None,
            uris=leaf.uris or None,
            email_addresses=leaf.email_addresses or None,
        )
    return spec
