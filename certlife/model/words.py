"""The words of a spec: what cert-manager's v1 API has names for.

The API takes any text where these words stand. So each converter makes a known word the member of
its enumeration, and leaves any other as it is, for `validate` to say.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from certlife.model import fields
from certlife.pki.keys import KeyAlgorithm


class KeyEncoding(StrEnum):
    """How a private key is written: PKCS#1 (SEC 1 for ECDSA) or PKCS#8."""

    PKCS1 = "PKCS1"
    PKCS8 = "PKCS8"


class RotationPolicy(StrEnum):
    """Whether each issuance makes a new private key."""

    ALWAYS = "Always"
    NEVER = "Never"


class SignatureAlgorithm(StrEnum):
    """How the certificate request is to be signed."""

    SHA256_WITH_RSA = "SHA256WithRSA"
    SHA384_WITH_RSA = "SHA384WithRSA"
    SHA512_WITH_RSA = "SHA512WithRSA"
    ECDSA_WITH_SHA256 = "ECDSAWithSHA256"
    ECDSA_WITH_SHA384 = "ECDSAWithSHA384"
    ECDSA_WITH_SHA512 = "ECDSAWithSHA512"
    PURE_ED25519 = "PureEd25519"


class RenewalPolicy(StrEnum):
    """Whether a certificate is renewed by itself at all."""

    RENEW_BEFORE = "RenewBefore"
    DISABLED = "Disabled"


class OutputFormat(StrEnum):
    """A further form in which a Secret holds its key pair."""

    DER = "DER"
    COMBINED_PEM = "CombinedPEM"


class KeyUsage(StrEnum):
    """A usage of `spec.usages`: key usages (RFC 5280 4.2.1.3) and extended ones (4.2.1.12)."""

    SIGNING = "signing"
    DIGITAL_SIGNATURE = "digital signature"
    CONTENT_COMMITMENT = "content commitment"
    KEY_ENCIPHERMENT = "key encipherment"
    KEY_AGREEMENT = "key agreement"
    DATA_ENCIPHERMENT = "data encipherment"
    CERT_SIGN = "cert sign"
    CRL_SIGN = "crl sign"
    ENCIPHER_ONLY = "encipher only"
    DECIPHER_ONLY = "decipher only"
    ANY = "any"
    SERVER_AUTH = "server auth"
    CLIENT_AUTH = "client auth"
    CODE_SIGNING = "code signing"
    EMAIL_PROTECTION = "email protection"
    S_MIME = "s/mime"
    IPSEC_END_SYSTEM = "ipsec end system"
    IPSEC_TUNNEL = "ipsec tunnel"
    IPSEC_USER = "ipsec user"
    TIMESTAMPING = "timestamping"
    OCSP_SIGNING = "ocsp signing"
    MICROSOFT_SGC = "microsoft sgc"
    NETSCAPE_SGC = "netscape sgc"


def algorithm(value: KeyAlgorithm | str | None) -> KeyAlgorithm | str | None:
    """Know an algorithm by its word."""
    return fields.known_or_text(_ALGORITHMS, value)


def encoding(value: KeyEncoding | str | None) -> KeyEncoding | str | None:
    """Know an encoding by its word."""
    return fields.known_or_text(_ENCODINGS, value)


def rotation_policy(value: RotationPolicy | str | None) -> RotationPolicy | str | None:
    """Know a rotation policy by its word."""
    return fields.known_or_text(_ROTATION_POLICIES, value)


def signature_algorithm(value: SignatureAlgorithm | str | None) -> SignatureAlgorithm | str | None:
    """Know a signature algorithm by its word."""
    return fields.known_or_text(_SIGNATURE_ALGORITHMS, value)


def renewal_policy(value: RenewalPolicy | str | None) -> RenewalPolicy | str | None:
    """Know a renewal policy by its word."""
    return fields.known_or_text(_RENEWAL_POLICIES, value)


_ALGORITHMS: Final = fields.words_of(KeyAlgorithm)
_ENCODINGS: Final = fields.words_of(KeyEncoding)
_ROTATION_POLICIES: Final = fields.words_of(RotationPolicy)
_SIGNATURE_ALGORITHMS: Final = fields.words_of(SignatureAlgorithm)
_RENEWAL_POLICIES: Final = fields.words_of(RenewalPolicy)
