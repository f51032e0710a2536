"""Where a certificate says that more about it is to be found: revocation, and its issuer.

Addresses that an issuer writes into all that it signs. Nothing is fetched anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, fields_dict, frozen

from certlife.errors import InvalidValueError, shown
from certlife.model import fields

if TYPE_CHECKING:
    from collections.abc import Iterable


def _urls(value: Iterable[str]) -> tuple[str, ...]:
    return fields.required_tuple(value)


@frozen(kw_only=True)
class CertificateUrls:
    """The URLs in a certificate, as the CA issuer of cert-manager has them.

    Args:
        crl_distribution_points: Lists of revoked certificates (RFC 5280, section 4.2.1.13).
        ocsp_servers: Who answers whether it is revoked (section 4.2.2.1).
        issuing_certificate_urls: The issuer's own certificate (section 4.2.2.1).

    Raises:
        InvalidValueError: One is empty, or not in ASCII.
        WrongTypeError: A field is of a wrong type.
    """

    crl_distribution_points: tuple[str, ...] = field(
        default=(), converter=_urls, validator=fields.many(str)
    )
    ocsp_servers: tuple[str, ...] = field(default=(), converter=_urls, validator=fields.many(str))
    issuing_certificate_urls: tuple[str, ...] = field(
        default=(), converter=_urls, validator=fields.many(str)
    )

    def __attrs_post_init__(self) -> None:
        """Check what could not be written."""
        for name in fields_dict(CertificateUrls):
            for index, url in enumerate(getattr(self, name)):
                if not url or not url.isascii():
                    rule = "expected a URL in ASCII, such as http://pki.example/ca.crl"
                    raise InvalidValueError(rule, path=f"{name}[{index}]", value=shown(url))
