"""ACME Renewal Information: which certificate to ask about, and what the answer means for it.

RFC 9773. Asking is not done here.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

from certlife.errors import InvalidValueError, UnreadableError, shown

if TYPE_CHECKING:
    from certlife.model.status import AriWindow
    from certlife.pki.certificate import X509Certificate


def certificate_id(certificate: X509Certificate) -> str:
    """The identifier under which an ACME server knows a certificate (RFC 9773 4.1).

    Returns:
        The authority key identifier and the serial number's DER content, each in base64url
        without padding, joined by a full stop.

    Raises:
        UnreadableError: If the certificate has no authority key identifier.
    """
    identifier = certificate.authority_key_id
    if not identifier:
        raise UnreadableError("the certificate has no authority key identifier")
    serial = certificate.serial_number
    content = serial.to_bytes(serial.bit_length() // 8 + 1, "big")  # DER: a leading bit is a sign
    return f"{_base64url(identifier)}.{_base64url(content)}"


def is_response(window: AriWindow) -> bool:
    """Whether a window can mean anything: its end, where it has one, is after its start.

    RFC 9773 4.2 has clients treat any other as if the server had not answered.
    """
    return window.start is not None and (window.end is None or window.start < window.end)


def point_in_window(start: datetime, end: datetime, draw: float | Fraction) -> datetime:
    """Return the instant of a window at a draw, to the microsecond below.

    Args:
        start: The window's first instant.
        end: Its end, after its start.
        draw: From 0, the start, up to but excluding 1, the end (RFC 9773 4.2, a uniform draw).

    Raises:
        InvalidValueError: If the draw is not in [0, 1).
    """
    if not 0 <= draw < 1:
        raise InvalidValueError("expected a draw in [0, 1)", path="ari_draw", value=shown(draw))
    # By integers: the product of a timedelta and a float rounds half to even.
    return start + timedelta.resolution * floor(
        (end - start) // timedelta.resolution * Fraction(draw)
    )


def _base64url(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode("ascii")
