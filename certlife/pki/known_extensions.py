"""Extensions as they stand in nearly all certificates, byte for byte, from header to value.

What is known to be right need not be read: to recognise one takes a quarter of the time. This is a
table; how extensions are read, and what is right, is the business of `certlife.pki.extensions`.
"""

from __future__ import annotations

from typing import Final

from certlife.pki import asn1


def _entry(der: bytes) -> tuple[bytes, tuple[bool, bytes]]:
    critical = der[7] == asn1.BOOLEAN
    return der[4:7], (critical, der[12 if critical else 9 :])


KNOWN_EXTENSIONS: Final = {
    der: _entry(der)
    for der in map(
        bytes.fromhex,
        (
            "300c0603551d130101ff04023000",  # basic constraints: no CA
            "300f0603551d130101ff040530030101ff",  # a CA
            "30120603551d130101ff040830060101ff020100",  # a CA without CAs below
            "300e0603551d0f0101ff0404030205a0",  # digital signature, key encipherment
            "300e0603551d0f0101ff040403020780",  # digital signature
            "300e0603551d0f0101ff040403020106",  # cert sign, crl sign
            "300e0603551d0f0101ff040403020186",  # these and digital signature
            "300e0603551d0f0101ff0404030202a4",  # cert-manager's CAs: the first two and cert sign
            "30130603551d25040c300a06082b06010505070301",  # server auth
            "30130603551d25040c300a06082b06010505070302",  # client auth
            "301d0603551d250416301406082b0601050507030106082b06010505070302",  # both
            "301d0603551d250416301406082b0601050507030206082b06010505070301",  # the other way round
        ),
    )
}
"""The content of the OBJECT IDENTIFIER, whether it is critical, and the value, by the whole."""

KNOWN_KEY_IDS: Final = frozenset(
    map(bytes.fromhex, ("301d0603551d0e04160414", "301f0603551d23041830168014"))
)
"""Subject and authority key identifiers, without the identifier, which may be any bytes."""

KEY_ID_BYTES: Final = 20
"""How many bytes of a key identifier are left out above."""
