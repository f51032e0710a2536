"""RSA private keys as Go's crypto/x509 and crypto/rsa take them: RFC 8017, appendix A.1.2.

The numbers have to fit together, as Go sees it, which costs microseconds; that the primes are prime
nobody asks, here as there. This module must never quote one of the numbers.
"""

from __future__ import annotations

from typing import Final

from certlife.errors import UnreadableError
from certlife.pki import asn1
from certlife.pki.publickey import PublicKey, rsa_key


def read_pkcs1(der: bytes, start: int, end: int) -> PublicKey:
    """Read an RSAPrivateKey that fills the bytes from `start` to `end`: its public half.

    The last three numbers may be missing, and then follow from the others.

    Raises:
        UnreadableError: It is not DER, something follows it, or the numbers do not fit together.
    """
    start, stop = asn1.expect(der, start, end, asn1.SEQUENCE, "an RSA key")
    if stop != end:
        raise UnreadableError("expected nothing after the RSA key")
    return _check(_read_plain(der, start, stop) or _read_any(der, start, stop))


_NUMBERS: Final = 9  # version, n, e, d, p, q, and three that follow from these:
_CRT_NUMBERS: Final = 3  # dP, dQ and qInv
_MAX_EXPONENT: Final = 2**31 - 1

_VERSION_0: Final = b"\x02\x01\x00"
_LONG_FORM: Final = 0x80
_SIGN: Final = 0x80
_ONE_OCTET: Final = 0x81
_TWO_OCTETS: Final = 0x82
_SHORTEST: Final = 6  # the longest header and two octets


def _read_plain(der: bytes, start: int, end: int) -> list[int] | None:
    """Read the numbers of a key that has all nine and nothing else, or return None.

    Nearly every key is such a one, and read like this in half the time.
    """
    if not der.startswith(_VERSION_0, start):
        return None
    numbers = [0]
    at = start + len(_VERSION_0)
    while at + _SHORTEST <= end and der[at] == asn1.INTEGER:
        length = der[at + 1]
        at += 2
        if length == _TWO_OCTETS and der[at]:
            length = der[at] << 8 | der[at + 1]
            at += 2
        elif length == _ONE_OCTET and der[at] >= _LONG_FORM:
            length = der[at]
            at += 1
        elif length >= _LONG_FORM:
            return None
        # X.690, section 8.3.2: a zero comes first only if what follows would look negative.
        if der[at] >= _SIGN or (der[at] == 0 and der[at + 1] < _SIGN):
            return None
        numbers.append(int.from_bytes(der[at : at + length]))
        at += length
    return numbers if at == end and len(numbers) == _NUMBERS else None


def _read_any(der: bytes, start: int, stop: int) -> list[int]:
    """Read the numbers of a key, however it is written."""
    numbers: list[int] = []
    more_primes = False
    for tag, content, content_end in asn1.elements(der, start, stop):
        if tag != asn1.INTEGER or len(numbers) == _NUMBERS:
            more_primes = tag == asn1.SEQUENCE and content < content_end
            break  # Go ignores what follows
        numbers.append(asn1.integer(der, content, content_end))
    if len(numbers) < _NUMBERS - _CRT_NUMBERS:
        raise UnreadableError("expected the numbers of an RSA key")
    if more_primes or numbers[0] > 1:
        raise UnreadableError("RSA keys with more than two primes are not supported")
    return numbers


def _check(numbers: list[int]) -> PublicKey:
    """Check that the numbers fit together, as Go's crypto/rsa does."""
    _, n, e, d, p, q, *crt = numbers
    if min(numbers[1:]) <= 0:
        raise UnreadableError("expected an RSA key without zero or negative numbers")
    # An exponent above the modulus is none to `cryptography`, though it is to Go.
    if not (n & 1 and e & 1 and 1 < e <= _MAX_EXPONENT and e < n):
        raise UnreadableError("expected an odd RSA modulus, and an odd exponent from 3 to 2^31 - 1")
    if p * q != n or p == 1 or q == 1:
        raise UnreadableError("expected an RSA modulus that is the product of its primes")
    d_p, d_q = d % (p - 1), d % (q - 1)
    if d >= n or e * d_p % (p - 1) != 1 or e * d_q % (q - 1) != 1:
        raise UnreadableError("expected RSA exponents that undo each other")
    if len(crt) == _CRT_NUMBERS and (crt[:2] != [d_p, d_q] or crt[2] >= p or crt[2] * q % p != 1):
        raise UnreadableError("expected RSA exponents and a coefficient that fit the primes")
    # Close primes (Fermat) and a small d (Wiener) give the key away: FIPS 186-5, section A.1.1.
    half = n.bit_length() // 2
    if p == q or abs(p - q).bit_length() <= half - 100 or d.bit_length() <= half:
        raise UnreadableError("expected an RSA key that is not weak")
    return rsa_key(n, e)
