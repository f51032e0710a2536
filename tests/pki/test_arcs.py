from __future__ import annotations

import pytest

from certlife.pki.arcs import parse_arcs


@pytest.mark.parametrize(
    ("dotted", "arcs"),
    [
        ("2.5.4.3", (2, 5, 4, 3)),
        ("7", (7,)),
        ("+1.-2.003", (1, -2, 3)),
        (f"{2**63 - 1}.-{2**63}", (2**63 - 1, -(2**63))),
        ("0" * 5000 + "1", (1,)),
        ("-0", (0,)),
    ],
    ids=[
        "numbers",
        "one alone",
        "signs and zeros in front",
        "the largest and the smallest",
        "more zeros than Python reads",
        "nought with a sign",
    ],
)
def test_arcs_are_read(dotted: str, arcs: tuple[int, ...]) -> None:
    assert parse_arcs(dotted) == arcs


@pytest.mark.parametrize(
    "dotted",
    [
        "",
        ".",
        "1.",
        "1..2",
        "a.1",
        "1. 2",
        "+-1",
        "1_0",
        "\u0661",
        f"1.{2**63}",
        f"-{2**63 + 1}",
        "9" * 5000,
    ],
)
def test_what_is_no_integer_of_64_bits_is_not_read(dotted: str) -> None:
    assert parse_arcs(dotted) == ()
