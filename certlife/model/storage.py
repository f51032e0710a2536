"""What a spec wants its Secret to hold beside the key pair: labels, annotations and keystores.

No value is judged here, and a password is never shown.
"""

from __future__ import annotations

from attrs import field, frozen

from certlife.model import fields
from certlife.model.frozenmap import FrozenMap


@frozen(kw_only=True)
class SecretKeyRef:
    """One entry of a Secret."""

    name: str | None = field(default=None, validator=fields.optional_text)
    key: str | None = field(default=None, validator=fields.optional_text)


@frozen(kw_only=True)
class Keystore:
    """A Java or PKCS#12 keystore to hold beside the PEM files.

    Args:
        create: Whether it is to be made at all.
        password_secret_ref: Where its password is.
        password: The password itself; never shown.
        alias: JKS only: the name of the entry.
        profile: PKCS#12 only: "LegacyRC2", "LegacyDES", "Modern2023" or "Modern2026".
    """

    create: bool | None = field(default=None, validator=fields.optional_flag)
    password_secret_ref: SecretKeyRef | None = field(
        default=None, validator=fields.optional(SecretKeyRef)
    )
    password: str | None = field(default=None, validator=fields.optional_text, repr=False)
    alias: str | None = field(default=None, validator=fields.optional_text)
    profile: str | None = field(default=None, validator=fields.optional_text)


@frozen(kw_only=True)
class Keystores:
    """The keystores to hold beside the PEM files."""

    jks: Keystore | None = field(default=None, validator=fields.optional(Keystore))
    pkcs12: Keystore | None = field(default=None, validator=fields.optional(Keystore))


@frozen(kw_only=True)
class SecretTemplate:
    """Annotations and labels to put on the Secret."""

    annotations: FrozenMap[str, str] | None = field(
        default=None, converter=fields.text_map, validator=fields.optional_map(str)
    )
    labels: FrozenMap[str, str] | None = field(
        default=None, converter=fields.text_map, validator=fields.optional_map(str)
    )
