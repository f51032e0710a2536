from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    SECP384R1,
    SECP521R1,
    EllipticCurve,
    EllipticCurvePublicKey,
    derive_private_key,
)
from hypothesis import given
from hypothesis import strategies as st

from certlife.pki import curves
from certlife.pki.curves import is_on_curve

CURVES: list[EllipticCurve] = [SECP256R1(), SECP384R1(), SECP521R1()]


def coordinates(curve: EllipticCurve, scalar: int, more_x: int = 0, more_y: int = 0) -> bytes:
    point = derive_private_key(scalar, curve).public_key().public_numbers()
    size = (curve.key_size + 7) // 8
    return (point.x + more_x).to_bytes(size) + (point.y + more_y).to_bytes(size)


def is_point_of_a_key(curve: EllipticCurve, octets: bytes) -> bool:
    try:
        EllipticCurvePublicKey.from_encoded_point(curve, b"\x04" + octets)
    except ValueError:
        return False
    return True


@given(st.sampled_from(CURVES), st.integers(1, 2**250))
def test_the_point_of_a_key_is_on_its_curve(curve: EllipticCurve, scalar: int) -> None:
    assert is_on_curve(curve.key_size, coordinates(curve, scalar))


@given(st.sampled_from(CURVES), st.integers(0, 131), st.integers(0, 255))
def test_a_point_is_on_the_curve_if_a_key_can_be_made_of_it(
    curve: EllipticCurve, at: int, octet: int
) -> None:
    octets = bytearray(coordinates(curve, 7))
    octets[at % len(octets)] = octet
    assert is_on_curve(curve.key_size, bytes(octets)) == is_point_of_a_key(curve, bytes(octets))


@pytest.mark.parametrize("curve", CURVES, ids=[curve.name for curve in CURVES])
def test_zeros_are_not_on_a_curve(curve: EllipticCurve) -> None:
    assert not is_on_curve(curve.key_size, bytes(2 * (curve.key_size // 8)))


@pytest.mark.parametrize("more", [(1, 0), (0, 1)], ids=["x", "y"])
def test_a_coordinate_is_less_than_the_prime(more: tuple[int, int]) -> None:
    # Of P-521 only, every coordinate leaves room for the prime to be added.
    prime = curves._CURVES[521].p  # noqa: SLF001 — it is what this is about
    octets = coordinates(SECP521R1(), 7, more[0] * prime, more[1] * prime)
    assert not is_on_curve(521, octets)
    assert not is_point_of_a_key(SECP521R1(), octets)
