"""Which of several Certificates may write a Secret that they all name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from certlife.model import annotations as keys

if TYPE_CHECKING:
    from collections.abc import Iterable

    from certlife.model.certificate import Certificate
    from certlife.model.secret import SecretData

_BEFORE_ALL: Final = datetime.min.replace(tzinfo=UTC)


def secret_owner(certificates: Iterable[Certificate], secret: SecretData | None) -> str | None:
    """Return the name of the Certificate that owns the Secret, None where there is none.

    The one that the Secret's certificate-name annotation names, if it is among them; else the
    oldest; of several as old the first by name (cert-manager's CertificateOwnsSecret). One whose
    creation is unknown counts as the oldest.

    Args:
        certificates: All Certificates of one namespace that name the Secret.
        secret: The Secret, or None where it does not exist.
    """
    by_age = sorted(
        certificates,
        key=lambda certificate: (certificate.created or _BEFORE_ALL, certificate.name),
    )
    names = [certificate.name for certificate in by_age]
    if secret is not None and secret.annotations:
        noted = secret.annotations.get(keys.CERTIFICATE_NAME)
        if noted in names:
            return noted
    return names[0] if names else None
