"""The equations of the curves that nearly all keys are on, to tell whether a point is.

That is all that can be wrong with an uncompressed point, and two multiplications tell, in a quarter
of the time that OpenSSL takes to make a key of it. This module knows numbers: what a key is, how it
is written, and P-224, which nobody uses, are for others.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class _Curve(NamedTuple):
    """y^2 = x^3 - 3x + b, modulo p: SP 800-186, section 3.2.1."""

    p: int
    b: int


_CURVES: Final = {
    256: _Curve(
        2**256 - 2**224 + 2**192 + 2**96 - 1,
        0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    ),
    384: _Curve(
        2**384 - 2**128 - 2**96 + 2**32 - 1,
        0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875A_C656398D8A2ED19D2A85C8EDD3EC2AEF,
    ),
    521: _Curve(
        2**521 - 1,
        0x51953EB9618E1C9A1F929A21A0B68540EEA2DA725B99B315F3B8B489918EF109_E156193951EC7E937B1652C0BD3BB1BF073573DF883D2C34F1EF451FD46B503F00,
    ),
}


def is_on_curve(size: int, coordinates: bytes) -> bool:
    """Tell whether a point is on a curve.

    Args:
        size: The bits of the curve: 256, 384 or 521.
        coordinates: x and y, big-endian and of the same length.
    """
    p, b = _CURVES[size]
    half = len(coordinates) // 2
    x = int.from_bytes(coordinates[:half])
    y = int.from_bytes(coordinates[half:])
    # SEC 1, section 2.3.4: as large as p is no coordinate.
    return x < p and y < p and (y * y - (x * x - 3) * x - b) % p == 0
