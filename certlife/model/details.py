"""The annotations by which a Secret tells its readers about its certificate.

As cert-manager writes them beside every certificate that it stores.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from certlife.model import annotations as keys
from certlife.pki.addresses import format_ip

if TYPE_CHECKING:
    from collections.abc import Iterable

    from certlife.pki.certificate import X509Certificate

_WHITE_SPACE: Final = (
    "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""Unicode's White_Space, which `str.isspace` exceeds by the four separators from U+001C on."""

_QUOTED: Final = frozenset(',"\r\n')


def certificate_details(certificate: X509Certificate) -> dict[str, str]:
    """Return the annotations that a Secret with this certificate is to carry.

    Lists are written as one line of CSV. The common name, DNS names, IP addresses and URIs are
    there even where they are empty, the rest of the subject and email addresses are not.

    Args:
        certificate: The leaf.
    """
    subject = certificate.subject
    always = {
        keys.COMMON_NAME: subject.common_name,
        keys.ALT_NAMES: _csv(certificate.dns_names),
        keys.IP_SANS: _csv(format_ip(address) for address in certificate.ip_addresses),
        keys.URI_SANS: _csv(certificate.uris),
    }
    lists = (
        (keys.SUBJECT_ORGANIZATIONS, subject.organizations),
        (keys.SUBJECT_ORGANIZATIONAL_UNITS, subject.organizational_units),
        (keys.SUBJECT_COUNTRIES, subject.countries),
        (keys.SUBJECT_PROVINCES, subject.provinces),
        (keys.SUBJECT_LOCALITIES, subject.localities),
        (keys.SUBJECT_POSTAL_CODES, subject.postal_codes),
        (keys.SUBJECT_STREET_ADDRESSES, subject.street_addresses),
        (keys.EMAIL_SANS, certificate.email_addresses),
    )
    details = always | {key: _csv(values) for key, values in lists if values}
    if subject.serial_number:
        details[keys.SUBJECT_SERIAL_NUMBER] = subject.serial_number
    return details


def _csv(values: Iterable[str]) -> str:
    """Write one line of CSV (RFC 4180), quoting as sparingly as Go's encoding/csv.

    Python's csv module quotes a lone empty field, and not a field that starts with a space.
    """
    return ",".join(_csv_field(value) for value in values)


def _csv_field(value: str) -> str:
    if value and (value[0] in _WHITE_SPACE or value == r"\." or not _QUOTED.isdisjoint(value)):
        return '"' + value.replace('"', '""') + '"'
    return value
