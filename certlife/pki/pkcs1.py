"""RSA private keys as Go's crypto/x509 and crypto/rsa take them: RFC 8017, appendix A.1.2.

The numbers have to fit together, as Go sees it, which costs microseconds; that the primes are prime
nobody asks, here as there. This module must never quote one of the numbers.
"""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

from certlife.errors import UnreadableError
from certlife.pki import asn1


def read_pkcs1(der: bytes, start: int, end: int) -> RSAPublicKey:
    """Read an RSAPrivateKey that fills the bytes from `start` to `end`: its public half.

    The last three numbers may be missing, and then follow from the others.

    Raises:
        UnreadableError: It is not DER, something follows it, or the numbers do not fit together.
    """
    start, stop = asn1.expect(der, start, end, asn1.SEQUENCE, "an RSA key")
    if stop != end:
        raise UnreadableError("expected nothing after the RSA key")
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
    return _check(numbers)


_NUMBERS: Final = 9  # version, n, e, d, p, q, and three that follow from these:
_CRT_NUMBERS: Final = 3  # dP, dQ and qInv
_MAX_EXPONENT: Final = 2**31 - 1


def _check(numbers: list[int]) -> RSAPublicKey:
    """Check that the numbers fit together, as Go's crypto/rsa does."""
    _, n, e, d, p, q, *crt = numbers
    if min(numbers[1:]) <= 0:
        raise UnreadableError("expected an RSA key without zero or negative numbers")
    if not (n & 1 and e & 1 and 1 < e <= _MAX_EXPONENT):
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
    return RSAPublicNumbers(e, n).public_key()
