"""Distinguished names as text: RFC 4514, read as go-ldap's ParseDN reads it for cert-manager.

`cryptography`'s reader is no substitute: it splits at no `;`, knows neither unknown types nor empty
values, and refuses a country of three letters. This module takes text apart and puts it together;
it must never know which types there are, nor how a name is encoded.
"""

from __future__ import annotations

import re
from typing import Final

from certlife.errors import UnreadableError, shown
from certlife.pki import asn1


def split_name(text: str) -> list[list[tuple[str, str]]]:
    r"""Split a name into RDNs, and each RDN into types and values, as they are written.

    More than RFC 4514 has: `;` separates like `,`, and spaces around types and values do not count.

    Args:
        text: "CN=example.com,O=Example"; blank text is a name of no RDNs.

    Returns:
        What was written, unescaped. Octets that are no UTF-8, which `\C3` and the like can write,
        are lone surrogates (PEP 383).

    Raises:
        UnreadableError: A part lacks its type or its equals sign, has a character that has to be
            escaped, a bad escape, or a `#` without BER. `value` is that part.
    """
    rdns: list[list[tuple[str, str]]] = [[]]
    kind, start = "", 0
    pieces = [(match[0], match.start()) for match in _PIECE.finditer(text)]
    for piece, at in [*pieces, (",", len(text))] if text.strip(_BLANKS) else []:
        part = text[start:at]
        if piece == "=" and not kind:
            # A type may come out empty: then it does not count, and what follows is another try.
            kind, start = _unescape(part), at + 1
        elif piece in ",;+":
            if not kind:
                rule = "expected a type, an equals sign and a value"
                raise UnreadableError(rule, value=shown(part))
            rdns[-1].append((kind, _read_ber(part) if part.startswith("#") else _unescape(part)))
            kind, start = "", at + 1
            if piece != "+":
                rdns.append([])
    return rdns[:-1]


def escape_value(value: str) -> str:
    """Write a value so that `split_name` reads it back; control characters are escaped too."""
    return _TO_ESCAPE.sub(_escape, value)


# The white space of Go's strings.TrimSpace; str.strip() takes the information separators too.
_BLANKS: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
# A separator, or an escape that keeps the next character from being one.
_PIECE: Final = re.compile(r"\\.|[,;+=]", re.DOTALL)
# RFC 4514, section 3: an escaped special character, an escaped octet, or what needs no escape.
_VALUE_PIECE: Final = re.compile(r'\\([ "#+,;<=>\\])|\\([0-9A-Fa-f]{2})|([^\\"<>;\0]+)')
_TO_ESCAPE: Final = re.compile(r'^[ #]| \Z|["+,;<>\\\x00-\x1f\x7f\udc80-\udcff]')
_HEX: Final = re.compile(r"#((?:[0-9A-Fa-f]{2})*)")
# What go-ldap checks of a value: the alphabets of some types, and more than that of two others.
_BER_ALPHABETS: Final = {
    asn1.UTF8_STRING: re.compile("[^\udc80-\udcff]*"),
    asn1.PRINTABLE_STRING: re.compile("[A-Za-z0-9'()+,./:=? -]*"),
    asn1.IA5_STRING: re.compile("[\0-\x7e]*"),
}
_REAL: Final = 0x09


def _unescape(text: str) -> str:
    stripped = text.strip(" ")
    # A space after an odd number of backslashes is escaped, and stays.
    if text.endswith(" ") and (len(stripped) - len(stripped.rstrip("\\"))) % 2:
        stripped += " "
    octets = bytearray()
    at = 0
    while at < len(stripped):
        match = _VALUE_PIECE.match(stripped, at)
        if match is None:
            rule = "expected special characters and backslashes to be escaped"
            raise UnreadableError(rule, value=shown(text))
        special, code, plain = match.groups()
        try:
            octets += bytes.fromhex(code) if code else (special or plain).encode()
        except UnicodeEncodeError:
            raise UnreadableError("expected a name in Unicode", value=shown(text)) from None
        at = match.end()
    return octets.decode(errors="surrogateescape")


def _read_ber(text: str) -> str:
    """Read `#` and the BER of one primitive value in hexadecimal (RFC 4514, section 2.4)."""
    rule = "expected # and the BER of one string in hexadecimal"
    match = _HEX.fullmatch(text)
    octets = bytes.fromhex(match[1]) if match else b""
    if len(octets) < 2:  # noqa: PLR2004
        raise UnreadableError(rule, value=shown(text))
    # X.690, section 8.1.3: a length up to 7F, or how many octets of length follow.
    tag, length, start = octets[0], octets[1], 2
    if length > 0x7F:  # noqa: PLR2004
        start += length & 0x7F
        length = int.from_bytes(octets[2:start]) if length > 0x80 else -1  # noqa: PLR2004
    value = octets[start:].decode(errors="surrogateescape")
    alphabet = _BER_ALPHABETS.get(tag)
    if (
        len(octets) != start + length
        or tag & asn1.CONSTRUCTED
        or tag in {_REAL, asn1.GENERALIZED_TIME}
        or (alphabet and not alphabet.fullmatch(value))
    ):
        raise UnreadableError(rule, value=shown(text))
    return value


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    if " " <= character <= "~":
        return f"\\{character}"
    return f"\\{ord(character) & 0xFF:02X}"
