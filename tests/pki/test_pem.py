from __future__ import annotations

import pickle
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certlife.errors import UnreadableError, WrongTypeError
from certlife.pki.pem import (
    MAX_BUNDLE_BYTES,
    MAX_CHAIN_BYTES,
    MAX_CSR_BYTES,
    MAX_PRIVATE_KEY_BYTES,
    PemBlock,
    encode,
    first_block,
    iter_blocks,
    mend_joints,
    pem_bytes,
)

A = b"-----BEGIN A-----\nAAAA\n-----END A-----\n"
B = b"-----BEGIN B-----\nBBBB\n-----END B-----\n"
READ_A = PemBlock("A", b"\0\0\0")
READ_B = PemBlock("B", b"\x04\x10A")


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        pytest.param(b"", [], id="nothing"),
        pytest.param(A, [READ_A], id="a block"),
        pytest.param(A + B, [READ_A, READ_B], id="two blocks"),
        pytest.param(A.rstrip(), [READ_A], id="no newline at the end"),
        pytest.param(A.replace(b"\n", b"\r\n"), [READ_A], id="CRLF"),
        pytest.param(A.rstrip() + b" \t\n" + B, [READ_A, READ_B], id="blanks after END"),
        pytest.param(A.rstrip() + b"\r", [], id="a lone return after END"),
        pytest.param(b"text\n" + A + b"text\n" + B, [READ_A, READ_B], id="text around"),
        pytest.param(b"text" + A, [], id="text before BEGIN"),
        pytest.param(b"\xef\xbb\xbf" + A, [], id="a byte order mark before BEGIN"),
        pytest.param(A.rstrip() + B, [], id="no newline between the blocks"),
        pytest.param(A.replace(b"END A-----", b"END A----"), [], id="four dashes at the end"),
        pytest.param(A.replace(b"BEGIN A-----", b"BEGIN A----"), [], id="four dashes at the start"),
        pytest.param(A.replace(b" A-----", b" A"), [], id="no dashes after the labels"),
        pytest.param(A.replace(b"END A", b"END B") + B, [READ_B], id="labels that differ"),
        pytest.param(A.replace(b"END A-----", b"END A-----x") + B, [READ_B], id="junk after END"),
        pytest.param(b"-----BEGIN A-----\n" + B, [READ_B], id="the last BEGIN before END counts"),
        pytest.param(A.replace(b"\nAAAA", b""), [PemBlock("A", b"")], id="an END line right away"),
        pytest.param(A.replace(b"AAAA", b""), [PemBlock("A", b"")], id="an empty line"),
        pytest.param(A.replace(b"AAAA", b"A A\tA\n\nA"), [READ_A], id="blanks in the base64"),
        pytest.param(A.replace(b"AAAA", b"AA=\n="), [PemBlock("A", b"\0")], id="broken padding"),
        pytest.param(A.replace(b"AAAA", b"AB=="), [PemBlock("A", b"\0")], id="bits in the padding"),
        pytest.param(A.replace(b"AAAA", b"AAA") + B, [READ_B], id="no padding"),
        pytest.param(A.replace(b"AAAA", b"AAAA====") + B, [READ_B], id="padding too much"),
        pytest.param(A.replace(b"AAAA", b"AA==AAAA") + B, [READ_B], id="base64 after the padding"),
        pytest.param(A.replace(b"AAAA", b"A*AA") + B, [READ_B], id="no base64"),
        pytest.param(A.replace(b"AAAA", b"AA-_") + B, [READ_B], id="base64 for URLs"),
        pytest.param(A.replace(b"AAAA", b"K: v\n\nAAAA"), [READ_A], id="headers"),
        pytest.param(A.replace(b"AAAA", b"K: v\nAAAA"), [READ_A], id="headers without a gap"),
        pytest.param(A.replace(b"AAAA", b"K: v\n"), [PemBlock("A", b"")], id="headers and a gap"),
        pytest.param(A.replace(b"AAAA", b"K: v") + B, [READ_B], id="headers and END"),
        pytest.param(
            A.replace(b"END A", b"END A:").replace(b"AAAA", b"K: v") + B,
            [],
            id="an END line that looks like a header ends all",
        ),
        pytest.param(A.replace(b" A-----", b" A:B-----"), [PemBlock("A:B", b"\0\0\0")], id="colon"),
        pytest.param(
            b"-----BEGIN A:B-----\n-----END A:B-----\n" + B, [], id="a colon, and END right away"
        ),
        pytest.param(A.replace(b" A-----", b" -----"), [PemBlock("", b"\0\0\0")], id="no label"),
        pytest.param(A.replace(b" A-----", b" \xff-----"), [PemBlock("ÿ", b"\0\0\0")], id="latin"),
        pytest.param(b"-----END A-----\n" + A, [READ_A], id="an END without BEGIN"),
        pytest.param(b"\n-----END A-----\n" + A, [READ_A], id="an END line without BEGIN"),
        pytest.param(b"\n-----END " + A, [READ_A], id="BEGIN right after an END that failed"),
        pytest.param(b"-----BEGIN A-----\nAAAA\n", [], id="a BEGIN without END"),
    ],
)
def test_blocks_are_read_as_go_reads_them(text: bytes, blocks: list[PemBlock]) -> None:
    assert list(iter_blocks(text)) == blocks
    assert first_block(text) == next(iter(blocks), None)


def test_text_that_is_all_opening_lines_is_read_in_one_go() -> None:
    opening = b"-----BEGIN A-----\n"
    text = opening * (MAX_BUNDLE_BYTES // len(opening)) + A
    assert list(iter_blocks(text)) == [READ_A]


def test_text_that_is_all_closing_lines_is_read_in_one_go() -> None:
    closing = b"\n-----END A-----"
    assert list(iter_blocks(closing * (MAX_BUNDLE_BYTES // len(closing)))) == []


def test_blocks_are_read_one_at_a_time() -> None:
    blocks = iter_blocks(A + B)
    assert next(blocks) == READ_A


def test_a_block_does_not_show_its_content() -> None:
    assert repr(READ_B) == "PemBlock(label='B')"


def test_a_block_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(READ_A)) == READ_A  # noqa: S301 — our own


def test_lines_have_64_characters() -> None:
    text = encode("A", bytes(49))
    assert text == f"-----BEGIN A-----\n{'A' * 64}\nAA==\n-----END A-----\n"


def test_the_limits_are_those_of_cert_manager() -> None:
    assert (MAX_PRIVATE_KEY_BYTES, MAX_CSR_BYTES) == (13_000, 36_500)
    assert (MAX_CHAIN_BYTES, MAX_BUNDLE_BYTES) == (95_000, 330_000)


@given(st.from_regex(r"[A-Z0-9 ]*[A-Z0-9]", fullmatch=True), st.binary(max_size=200))
def test_what_is_encoded_is_read_back(label: str, der: bytes) -> None:
    text = encode(label, der)
    assert list(iter_blocks(text.encode())) == [PemBlock(label, der)]


@given(st.binary(max_size=200))
def test_any_bytes_can_be_scanned(text: bytes) -> None:
    assert all(isinstance(block, PemBlock) for block in iter_blocks(A + text))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(A.rstrip() + B, id="no newline between"),
        pytest.param(b"\xef\xbb\xbf" + A + B, id="a byte order mark in front"),
        pytest.param(A + b"\xef\xbb\xbf" + B, id="a byte order mark between"),
        pytest.param(A.rstrip() + b"\xef\xbb\xbf" + B, id="both between"),
        pytest.param(A + B, id="nothing to mend"),
    ],
)
def test_mended_joints_hide_no_block(text: bytes) -> None:
    assert list(iter_blocks(mend_joints(text))) == [READ_A, READ_B]


def test_text_without_joints_is_left_alone() -> None:
    assert mend_joints(A + b"text" + B) == A + b"text" + B


def test_pem_may_have_as_many_bytes_as_the_limit() -> None:
    assert pem_bytes(b"abc", limit=3) == b"abc"


def test_pem_of_more_bytes_is_refused() -> None:
    with pytest.raises(UnreadableError, match=r"at most 2 bytes, got 3 bytes"):
        pem_bytes(b"abc", limit=2)


def test_text_is_counted_in_bytes() -> None:
    assert pem_bytes("\xe9\ud800", limit=5) == b"\xc3\xa9\xed\xa0\x80"
    with pytest.raises(UnreadableError):
        pem_bytes("\xe9\ud800", limit=4)


def test_only_bytes_and_text_can_be_pem() -> None:
    with pytest.raises(WrongTypeError, match=r"expected PEM as bytes or text, got .*NoneType"):
        pem_bytes(cast("bytes", None), limit=3)
