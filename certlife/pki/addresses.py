"""IP addresses and address ranges as Go's net package reads and prints them.

cert-manager compares addresses in 16 bytes, where IPv4 stands as ::ffff:a.b.c.d, so that is what
an address is here. The grammar of IPv6 is the standard library's, which agrees with Go on all but
zones and the spelling of IPv4-mapped addresses. This module knows nothing of certificates.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Final

from certlife.errors import InvalidValueError, WrongTypeError, shown


def parse_ip(text: str) -> bytes | None:
    """Read an address as Go's net.ParseIP does.

    Args:
        text: "192.0.2.1", "2001:db8::1" or "::ffff:192.0.2.1"; no leading zeros, no zone.

    Returns:
        16 bytes, IPv4 as ::ffff:a.b.c.d (RFC 4291, section 2.5.5.2), or None if it is no address:
        a spec with an invalid address is judged, not refused.

    Raises:
        WrongTypeError: `text` is no text.
    """
    _require_text(text)
    if _IPV4.fullmatch(text):  # by far the most, and read in a fraction of the time
        return _MAPPED + bytes(map(int, text.split(".")))
    if ":" not in text or "%" in text:  # a zone: Go refuses it, ipaddress does not
        return None
    try:
        return ipaddress.IPv6Address(text).packed
    except ValueError:
        return None


def format_ip(packed: bytes) -> str:
    """Print an address as Go's net.IP does: RFC 5952, but IPv4-mapped ones as plain IPv4.

    Args:
        packed: 4 or 16 bytes in network order.

    Raises:
        InvalidValueError: It has another length.
    """
    packed = packed.removeprefix(_MAPPED)
    if len(packed) == _IPV4_BYTES:
        return ".".join(map(str, packed))
    if len(packed) == _IPV6_BYTES:
        return ipaddress.IPv6Address(packed).compressed
    raise InvalidValueError("expected an IP address of 4 or 16 bytes", value=shown(packed))


def is_cidr(text: str) -> bool:
    """Tell whether Go's net.ParseCIDR takes this range.

    Args:
        text: An address, a slash and the number of leading bits: "192.0.2.0/24"; host bits may be
            set and the number may have leading zeros, but it is no netmask.

    Raises:
        WrongTypeError: `text` is no text.
    """
    _require_text(text)
    address, slash, bits = text.partition("/")
    packed = parse_ip(address)
    if packed is None or not slash or not (bits.isascii() and bits.isdigit()):
        return False
    # An IPv4-mapped address has colons, and so counts as IPv6.
    largest = 128 if ":" in address else 32
    significant = bits.lstrip("0") or "0"
    return len(significant) <= len("128") and int(significant) <= largest


_BYTE: Final = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4: Final = re.compile(rf"(?:{_BYTE}\.){{3}}{_BYTE}")
_IPV4_BYTES: Final = 4
_IPV6_BYTES: Final = 16
_MAPPED: Final = bytes(10) + b"\xff\xff"


def _require_text(text: object) -> None:
    if not isinstance(text, str):  # ipaddress would take a number for an address
        raise WrongTypeError("expected an address as text", value=shown(text))
