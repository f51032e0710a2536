"""ACME renewal information: identifiers and windows, RFC 9773."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from certlife.errors import InvalidValueError, UnreadableError
from certlife.model.status import AriWindow
from certlife.pki.certificate import X509Certificate
from certlife.policy.ari import certificate_id, is_response, point_in_window
from tests.pki.encoding import certificate, extension, integer, tlv

START = datetime(2026, 4, 1, tzinfo=UTC)
END = datetime(2026, 4, 2, tzinfo=UTC)


def identified(identifier: bytes | None, serial: int) -> X509Certificate:
    extensions = []
    if identifier is not None:
        extensions = [extension("2.5.29.35", tlv(0x30, tlv(0x80, identifier)))]
    return X509Certificate.from_der(certificate(*extensions, serial=integer(serial)))


class TestTheIdentifierOfACertificate:
    def test_is_that_of_the_rfc_for_its_own_example(self) -> None:
        # RFC 9773, section 4.1.
        identifier = bytes.fromhex("69885b6b87464041e1b37b847bd0ae2cde01c8d4")
        assert (
            certificate_id(identified(identifier, 0x87654321))
            == "aYhba4dGQEHhs3uEe9CuLN4ByNQ.AIdlQyE"
        )

    @pytest.mark.parametrize(
        ("serial", "content"),
        [
            pytest.param(1, "AQ", id="one byte"),
            pytest.param(0x7F, "fw", id="the largest that needs no leading zero"),
            pytest.param(0x80, "AIA", id="the smallest that does"),
        ],
    )
    def test_has_the_serial_numbers_der(self, serial: int, content: str) -> None:
        assert certificate_id(identified(b"\x00", serial)) == f"AA.{content}"

    @pytest.mark.parametrize("identifier", [None, b""])
    def test_needs_an_authority_key_identifier(self, identifier: bytes | None) -> None:
        with pytest.raises(UnreadableError, match="no authority key identifier"):
            certificate_id(identified(identifier, 1))


@pytest.mark.parametrize(
    ("start", "end", "means"),
    [
        pytest.param(START, END, True, id="its end is after its start"),
        pytest.param(START, None, True, id="its end is not known"),
        pytest.param(START, START, False, id="it has no length"),
        pytest.param(END, START, False, id="it runs backwards"),
        pytest.param(None, END, False, id="it has no start"),
        pytest.param(None, None, False, id="it has nothing"),
    ],
)
def test_a_window_means_something_if(
    start: datetime | None, end: datetime | None, *, means: bool
) -> None:
    assert is_response(AriWindow(start=start, end=end)) is means


class TestThePointAtADraw:
    @pytest.mark.parametrize(
        ("draw", "after"),
        [
            pytest.param(0, timedelta(), id="is the start at 0"),
            pytest.param(0.5, timedelta(hours=12), id="is the middle at a half"),
            pytest.param(Fraction(1, 3), timedelta(hours=8), id="is exact for a fraction"),
            pytest.param(
                1 - 2**-53,
                timedelta(hours=24) - timedelta(microseconds=1),
                id="is never the end",
            ),
        ],
    )
    def test_lies_at_that_share_of_the_window(
        self, draw: float | Fraction, after: timedelta
    ) -> None:
        assert point_in_window(START, END, draw) == START + after

    def test_is_cut_to_the_microsecond_and_never_rounded_up(self) -> None:
        end = START + timedelta(microseconds=10)
        assert point_in_window(START, end, 0.99) == START + timedelta(microseconds=9)

    @pytest.mark.parametrize("draw", [-0.1, 1, 1.5, float("nan"), float("inf")])
    def test_needs_a_draw_from_0_up_to_but_excluding_1(self, draw: float) -> None:
        with pytest.raises(InvalidValueError, match=r"ari_draw: expected a draw in \[0, 1\)"):
            point_in_window(START, END, draw)
