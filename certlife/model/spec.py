"""What is wanted: the spec of a Certificate, field for field as in cert-manager's v1 API.

A spec says what was said: an absent field is None, no default is stored, and unknown words are
kept, so that an object survives the way through the model unchanged. What follows from a field
(`effective_duration` and the like) is a property. Nothing is judged here; see `validate`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from certlife.model import fields, words
from certlife.model.storage import Keystore, Keystores, SecretKeyRef, SecretTemplate
from certlife.model.words import (
    KeyEncoding,
    KeyUsage,
    OutputFormat,
    RenewalPolicy,
    RotationPolicy,
    SignatureAlgorithm,
)
from certlife.pki.keys import KeyAlgorithm

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "DEFAULT_DURATION",
    "DEFAULT_ISSUER_GROUP",
    "DEFAULT_ISSUER_KIND",
    "DEFAULT_USAGES",
    "CertificateSpec",
    "IssuerRef",
    "KeyEncoding",
    "KeyUsage",
    "Keystore",
    "Keystores",
    "NameConstraintItem",
    "NameConstraints",
    "OtherName",
    "OutputFormat",
    "PrivateKeySpec",
    "Renewal",
    "RenewalPolicy",
    "RenewalWindow",
    "RotationPolicy",
    "SecretKeyRef",
    "SecretTemplate",
    "SignatureAlgorithm",
    "Subject",
]

DEFAULT_DURATION: Final = timedelta(days=90)
"""The lifetime that is requested where a spec says none (cert-manager's default)."""

DEFAULT_ISSUER_KIND: Final = "Issuer"
DEFAULT_ISSUER_GROUP: Final = "cert-manager.io"


DEFAULT_USAGES: Final = (KeyUsage.DIGITAL_SIGNATURE, KeyUsage.KEY_ENCIPHERMENT)
"""The usages that are requested where a spec says none (cert-manager's default)."""


def _other_names(value: Iterable[OtherName] | None) -> tuple[OtherName, ...] | None:
    return fields.frozen_tuple(value)


def _windows(value: Iterable[RenewalWindow] | None) -> tuple[RenewalWindow, ...] | None:
    return fields.frozen_tuple(value)


@frozen
class IssuerRef:
    """Which issuer signs.

    Args:
        name: The issuer's name.
        kind: "Issuer", "ClusterIssuer" or an external issuer's kind; None means "Issuer".
        group: The API group of that kind; None means "cert-manager.io".
    """

    name: str = field(validator=fields.text)
    kind: str | None = field(default=None, validator=fields.optional_text)
    group: str | None = field(default=None, validator=fields.optional_text)

    @property
    def effective_kind(self) -> str:
        """The kind, "Issuer" where none is said."""
        return self.kind or DEFAULT_ISSUER_KIND

    @property
    def effective_group(self) -> str:
        """The API group, "cert-manager.io" where none is said."""
        return self.group or DEFAULT_ISSUER_GROUP

    def names_same_issuer(self, other: IssuerRef) -> bool:
        """Whether both mean one issuer, an absent kind or group standing for its default."""
        return (
            self.name == other.name
            and self.effective_kind == other.effective_kind
            and self.effective_group == other.effective_group
        )

    def __str__(self) -> str:
        return f"{self.effective_kind}.{self.effective_group}/{self.name}"


@frozen(kw_only=True)
class Subject:
    """The subject's fields beside the common name (RFC 5280 4.1.2.6), None where unsaid."""

    organizations: tuple[str, ...] | None = field(
        default=None, converter=fields.texts, validator=fields.optional_texts
    )
    countries: tuple[str, ...] | None = field(
        default=None, converter=fields.texts, validator=fields.optional_texts
    )
    organizational_units: tuple[str, ...] | None = field(
        default=None, converter=fields.texts, validator=fields.optional_texts
    )
    localities: tuple[str, ...] | None = field(
        default=None, converter=fields.texts, validator=fields.optional_texts
    )
    provinces: tuple[str, ...] | None = field(
        default=None, converter=fields.texts, validator=fields.optional_texts
    )
    street_addresses: tuple[str, ...] | None = field(
        default=None, converter=fields.texts, validator=fields.optional_texts
    )
    postal_codes: tuple[str, ...] | None = field(
        default=None, converter=fields.texts, validator=fields.optional_texts
    )
    serial_number: str | None = field(default=None, validator=fields.optional_text)


@frozen
class OtherName:
    """A subject alternative name of a kind of its own (RFC 5280 4.2.1.6, otherName).

    Args:
        oid: The kind, dotted: "1.3.6.1.4.1.311.20.2.3".
        utf8_value: The name.
    """

    oid: str | None = field(default=None, validator=fields.optional_text)
    utf8_value: str | None = field(default=None, validator=fields.optional_text)


@frozen(kw_only=True)
class PrivateKeySpec:
    """What the private key must be.

    Args:
        algorithm: "RSA" (where unsaid), "ECDSA" or "Ed25519".
        size: In bits: RSA 2048 (where unsaid) to 8192, ECDSA 256 (where unsaid), 384 or 521.
        encoding: "PKCS1" (where unsaid) or "PKCS8".
        rotation_policy: "Always" (where unsaid) or "Never".
    """

    algorithm: KeyAlgorithm | str | None = field(
        default=None, converter=words.algorithm, validator=fields.optional_text
    )
    size: int | None = field(default=None, validator=fields.optional_integer)
    encoding: KeyEncoding | str | None = field(
        default=None, converter=words.encoding, validator=fields.optional_text
    )
    rotation_policy: RotationPolicy | str | None = field(
        default=None, converter=words.rotation_policy, validator=fields.optional_text
    )

    @property
    def effective_algorithm(self) -> KeyAlgorithm | str:
        """The algorithm, RSA where none is said."""
        return self.algorithm or KeyAlgorithm.RSA

    @property
    def effective_encoding(self) -> KeyEncoding | str:
        """The encoding, PKCS1 where none is said."""
        return self.encoding or KeyEncoding.PKCS1


@frozen(kw_only=True)
class RenewalWindow:
    """A recurring time in which a certificate may be renewed.

    Args:
        cron: When it opens, five fields of cron: "0 2 * * SAT".
        window_duration: How long it stays open.
        timezone: The IANA name of the zone that the cron fields are read in; None means UTC.
    """

    cron: str | None = field(default=None, validator=fields.optional_text)
    window_duration: timedelta | None = field(default=None, validator=fields.optional_duration)
    timezone: str | None = field(default=None, validator=fields.optional_text)


@frozen(kw_only=True)
class Renewal:
    """Whether and when a certificate is renewed by itself.

    Args:
        policy: "RenewBefore" or "Disabled".
        windows: The times to which a renewal is moved; without any it happens when it is due.
    """

    policy: RenewalPolicy | str | None = field(
        default=None, converter=words.renewal_policy, validator=fields.optional_text
    )
    windows: tuple[RenewalWindow, ...] | None = field(
        default=None,
        converter=_windows,
        validator=fields.optional_many(RenewalWindow),
    )


@frozen(kw_only=True)
class NameConstraintItem:
    """The names that a CA may, or must not, issue for (RFC 5280 4.2.1.10)."""

    dns_domains: tuple[str, ...] | None = field(
        default=None, converter=fields.texts, validator=fields.optional_texts
    )
    ip_ranges: tuple[str, ...] | None = field(
        default=None, converter=fields.texts, validator=fields.optional_texts
    )
    email_addresses: tuple[str, ...] | None = field(
        default=None, converter=fields.texts, validator=fields.optional_texts
    )
    uri_domains: tuple[str, ...] | None = field(
        default=None, converter=fields.texts, validator=fields.optional_texts
    )


@frozen(kw_only=True)
class NameConstraints:
    """The name constraints that a CA certificate is to carry (RFC 5280 4.2.1.10)."""

    critical: bool | None = field(default=None, validator=fields.optional_flag)
    permitted: NameConstraintItem | None = field(
        default=None, validator=fields.optional(NameConstraintItem)
    )
    excluded: NameConstraintItem | None = field(
        default=None, validator=fields.optional(NameConstraintItem)
    )


@frozen(kw_only=True)
class CertificateSpec:
    """What is wanted of a certificate: `spec` of cert-manager's Certificate, None where unsaid.

    Lists are stored as tuples. Wrong types are refused; whether the values make sense is for
    `validate` to say, and every spec can be judged.

    Raises:
        WrongTypeError: For a field of a wrong type; the path names class and field.
    """

    secret_name: str = field(validator=fields.text)
    issuer_ref: IssuerRef = field(validator=fields.one(IssuerRef))
    common_name: str | None = field(default=None, validator=fields.optional_text)
    subject: Subject | None = field(default=None, validator=fields.optional(Subject))
    literal_subject: str | None = field(default=None, validator=fields.optional_text)
    dns_names: tuple[str, ...] | None = field(
        default=None, converter=fields.texts, validator=fields.optional_texts
    )
    ip_addresses: tuple[str, ...] | None = field(
        default=None, converter=fields.texts, validator=fields.optional_texts
    )
    uris: tuple[str, ...] | None = field(
        default=None, converter=fields.texts, validator=fields.optional_texts
    )
    email_addresses: tuple[str, ...] | None = field(
        default=None, converter=fields.texts, validator=fields.optional_texts
    )
    other_names: tuple[OtherName, ...] | None = field(
        default=None, converter=_other_names, validator=fields.optional_many(OtherName)
    )
    duration: timedelta | None = field(default=None, validator=fields.optional_duration)
    renew_before: timedelta | None = field(default=None, validator=fields.optional_duration)
    renew_before_percentage: int | None = field(default=None, validator=fields.optional_integer)
    renewal: Renewal | None = field(default=None, validator=fields.optional(Renewal))
    usages: tuple[str, ...] | None = field(
        default=None, converter=fields.texts, validator=fields.optional_texts
    )
    is_ca: bool | None = field(default=None, validator=fields.optional_flag)
    private_key: PrivateKeySpec | None = field(
        default=None, validator=fields.optional(PrivateKeySpec)
    )
    signature_algorithm: SignatureAlgorithm | str | None = field(
        default=None, converter=words.signature_algorithm, validator=fields.optional_text
    )
    encode_usages_in_request: bool | None = field(default=None, validator=fields.optional_flag)
    name_constraints: NameConstraints | None = field(
        default=None, validator=fields.optional(NameConstraints)
    )
    keystores: Keystores | None = field(default=None, validator=fields.optional(Keystores))
    additional_output_formats: tuple[str, ...] | None = field(
        default=None, converter=fields.texts, validator=fields.optional_texts
    )
    secret_template: SecretTemplate | None = field(
        default=None, validator=fields.optional(SecretTemplate)
    )
    revision_history_limit: int | None = field(default=None, validator=fields.optional_integer)

    @property
    def effective_duration(self) -> timedelta:
        """The lifetime to ask for: `duration`, 90 days where none is said."""
        return DEFAULT_DURATION if self.duration is None else self.duration

    @property
    def effective_usages(self) -> tuple[str, ...]:
        """The usages to ask for: `usages`, digital signature and key encipherment where none."""
        return self.usages or DEFAULT_USAGES

    @property
    def effective_private_key(self) -> PrivateKeySpec:
        """What the key must be, an empty spec where nothing is said."""
        return self.private_key or _ANY_PRIVATE_KEY


_ANY_PRIVATE_KEY: Final = PrivateKeySpec()
