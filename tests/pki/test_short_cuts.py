"""What is recognised at a glance is what reading step by step finds: here the two meet."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certlife.errors import UnreadableError
from certlife.pki import (
    asn1,
    extensions,
    pem,
    pkcs1,
    publickey,
    sec1,
    signatures,
    subject,
    tbs_certificate,
)
from certlife.pki.certificate import X509Certificate
from certlife.pki.csr import X509Request
from certlife.pki.keys import PrivateKey
from certlife.pki.pem import iter_blocks
from tests.conformance.materials import Materials

if TYPE_CHECKING:
    from collections.abc import Callable

Outcome: TypeAlias = tuple[object, ...] | None

TEXTS: Final = tuple(
    Materials.beside(Path(__file__).parents[1] / "conformance/vectors/any.jsonl").octets.values()
)
BLOCKS: Final = tuple({block.der: None for text in TEXTS for block in iter_blocks(text)})


def expect_without_short_cut(
    der: bytes, start: int, end: int, tag: int, what: str
) -> tuple[int, int]:
    found, content, stop = asn1.element(der, start, end)
    if found != tag:
        raise UnreadableError(what)
    return content, stop


def nothing(*_: object) -> None:
    return None


SHORT_CUTS: Final[tuple[tuple[object, str, object], ...]] = (
    (asn1, "expect", expect_without_short_cut),
    (pem, "_plain_block", nothing),
    (signatures, "_PLAIN_ALGORITHMS", {}),
    (subject, "_X520_TYPE", None),
    (extensions, "KNOWN_EXTENSIONS", {}),
    (extensions, "KNOWN_KEY_IDS", frozenset()),
    (extensions, "_plain_extension", nothing),
    (publickey, "_read_plain_key", nothing),
    (tbs_certificate, "_PLAIN_VERSION_3", ()),
    (sec1, "_read_plain", nothing),
    (pkcs1, "_read_plain", nothing),
)


def step_by_step(read: Callable[[bytes], Outcome], octets: bytes) -> Outcome:
    with ExitStack() as stack:
        for module, name, without in SHORT_CUTS:
            stack.enter_context(mock.patch.object(module, name, without))
        return read(octets)


def blocks(text: bytes) -> Outcome:
    return tuple(iter_blocks(text))


def certificate(der: bytes) -> Outcome:
    try:
        fields = X509Certificate(der)._fields
    except UnreadableError:
        return None
    return *fields, fields.public_key.algorithm, fields.public_key.size


def request(der: bytes) -> Outcome:
    try:
        fields = X509Request(der)._fields
    except UnreadableError:
        return None
    return *fields, fields.public_key.algorithm, fields.public_key.size


def private_key(der: bytes) -> Outcome:
    def read(label: str) -> Outcome:
        try:
            key = PrivateKey(label, der)
        except UnreadableError:
            return None
        return key.spki_der, key.algorithm, key.size

    outcomes = tuple(read(f"{kind}PRIVATE KEY") for kind in ("", "EC ", "RSA "))
    return outcomes if any(outcomes) else None


READERS: Final = (certificate, request, private_key)
EXAMPLES: Final[dict[Callable[[bytes], Outcome], tuple[bytes, ...]]] = {
    read: tuple(der for der in BLOCKS if read(der) is not None) for read in READERS
}


@st.composite
def damaged(draw: st.DrawFn, samples: tuple[bytes, ...]) -> bytes:
    """Draw a sample with an octet changed, put in or left out."""
    octets = draw(st.sampled_from(samples))
    at = draw(st.integers(0, len(octets) - 1))
    return octets[:at] + draw(st.binary(max_size=2)) + octets[at + 1 :]


@pytest.mark.parametrize("read", READERS)
def test_every_block_is_read_as_step_by_step(read: Callable[[bytes], Outcome]) -> None:
    assert len(EXAMPLES[read]) > 40
    for der in BLOCKS:
        assert read(der) == step_by_step(read, der)


def test_every_text_is_read_as_step_by_step() -> None:
    for text in TEXTS:
        assert blocks(text) == step_by_step(blocks, text)


@given(damaged(EXAMPLES[certificate]))
@settings(max_examples=300)
def test_a_damaged_certificate_is_read_as_step_by_step(der: bytes) -> None:
    assert certificate(der) == step_by_step(certificate, der)


@given(damaged(EXAMPLES[request]))
@settings(max_examples=300)
def test_a_damaged_request_is_read_as_step_by_step(der: bytes) -> None:
    assert request(der) == step_by_step(request, der)


@given(damaged(EXAMPLES[private_key]))
@settings(max_examples=300)
def test_a_damaged_key_is_read_as_step_by_step(der: bytes) -> None:
    assert private_key(der) == step_by_step(private_key, der)


@given(damaged(tuple(filter(None, TEXTS))))
@settings(max_examples=300)
def test_damaged_text_is_read_as_step_by_step(text: bytes) -> None:
    assert blocks(text) == step_by_step(blocks, text)


@given(
    st.lists(
        st.sampled_from(
            [
                b"-----BEGIN ",
                b"-----END ",
                b"A",
                b"-----",
                b"\n",
                b"QUJD",
                b"QQ==",
                b":",
                b" ",
                b"\r",
            ]
        ),
        max_size=24,
    ).map(b"".join)
)
@settings(max_examples=500)
def test_text_of_pieces_is_read_as_step_by_step(text: bytes) -> None:
    text = b"-----BEGIN A-----\n" + text + b"\n-----END A-----\n"
    assert blocks(text) == step_by_step(blocks, text)
