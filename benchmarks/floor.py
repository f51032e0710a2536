"""The floor: what `cryptography` alone takes to read the same bytes, with nothing decided.

That is loading every certificate of `tls.crt`, the private key and the request from PEM, comparing
the public keys, and reading dates, subjects and extensions. An RSA key is loaded without OpenSSL's
test for primality, which alone takes a thousand times the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

if TYPE_CHECKING:
    from benchmarks.samples import Sample


def everything(sample: Sample) -> bool:
    """Read the Secret, and the request if there is one; whether they belong together."""
    key = load_pem_private_key(sample.key, None, unsafe_skip_rsa_key_validation=True).public_key()
    if sample.request is not None and request(sample).public_key() != key:
        return False
    return certificate(sample).public_key() == key


def certificate(sample: Sample) -> x509.Certificate:
    """Read every certificate of `tls.crt`, and return the first."""
    found = x509.load_pem_x509_certificates(sample.chain)
    for one in found:
        _ = one.not_valid_before_utc, one.not_valid_after_utc, one.subject, list(one.extensions)
    return found[0]


def request(sample: Sample) -> x509.CertificateSigningRequest:
    """Read the request."""
    found = x509.load_pem_x509_csr(sample.csr)
    _ = found.subject, list(found.extensions)
    return found
