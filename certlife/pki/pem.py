"""PEM (RFC 7468) read with the leniency of Go 1.27's encoding/pem, because cert-manager's is that.

Which bytes count as a block decides whether a Secret is corrupt, so the scan follows Go's rules to
the letter; it is lazy, and linear on any input. This module knows labels and bytes; what a block
holds is for the readers of keys, requests and certificates.
"""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from certlife.errors import UnreadableError, WrongTypeError, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

# cert-manager's internal/pem refuses text of more bytes than these.
MAX_PRIVATE_KEY_BYTES: Final = 13_000
MAX_CSR_BYTES: Final = 36_500
MAX_CHAIN_BYTES: Final = 95_000
MAX_BUNDLE_BYTES: Final = 330_000

_BEGIN: Final = b"-----BEGIN "
_END: Final = b"\n-----END "
_DASHES: Final = b"-----"
_NEWLINE: Final = 0x0A
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_BYTES_A_LINE: Final = 48  # 64 characters of base64: RFC 7468, section 2


@frozen
class PemBlock:
    """One encapsulated block.

    Attributes:
        label: What stands between `BEGIN ` and the dashes, its bytes read as Latin-1.
        der: The decoded content; not shown, because it may be a private key.
    """

    label: str
    der: bytes = field(repr=False)


def iter_blocks(data: bytes) -> Iterator[PemBlock]:
    """Yield the blocks that Go's pem.Decode finds when it is called until nothing is left.

    Each END line is matched with the last BEGIN before it. A block whose lines do not fit together
    or whose base64 is bad is skipped; text between blocks is ignored.

    Args:
        data: Any bytes at all. How many there may be is for the caller to limit.
    """
    start = 0
    while (found := _next_block(data, start)) is not None:
        block, start = found
        yield block


def first_block(data: bytes) -> PemBlock | None:
    """Return the first of the blocks that `iter_blocks` yields, None without any."""
    found = _next_block(data, 0)
    return None if found is None else found[0]


def pem_bytes(data: bytes | str, *, limit: int) -> bytes:
    """Return the bytes of a PEM text if there are not too many.

    Args:
        data: The text.
        limit: How many bytes it may have: one of the limits above.

    Raises:
        WrongTypeError: `data` is neither bytes nor text.
        UnreadableError: It has more bytes.
    """
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    if not isinstance(data, bytes):
        raise WrongTypeError("expected PEM as bytes or text", value=shown(type(data)))
    if len(data) > limit:
        raise UnreadableError(f"expected PEM of at most {limit} bytes", value=f"{len(data)} bytes")
    return data


def mend_joints(data: bytes) -> bytes:
    """Undo what joining files does to PEM: lost line ends and byte order marks before a BEGIN.

    To Go, and so to `iter_blocks`, either hides a block. Where every certificate that is there
    should be found, read the blocks of the mended text.

    Args:
        data: Any bytes at all; returned as they are where there is nothing to mend.
    """
    data = data.replace(_BYTE_ORDER_MARK + _BEGIN, b"\n" + _BEGIN)
    return data.replace(_DASHES + _BEGIN, _DASHES + b"\n" + _BEGIN)


def encode(label: str, der: bytes) -> str:
    """Write one block: RFC 7468, lines of 64 characters, a newline at the end.

    Args:
        label: "CERTIFICATE", "PRIVATE KEY" and the like.
        der: What the block holds.
    """
    lines = [
        b2a_base64(der[start : start + _BYTES_A_LINE]).decode()
        for start in range(0, len(der), _BYTES_A_LINE)
    ]
    return f"-----BEGIN {label}-----\n{''.join(lines)}-----END {label}-----\n"


def _next_block(data: bytes, start: int) -> tuple[PemBlock, int] | None:
    """Read the next block from `start` on, and say where what follows it starts."""
    while (end := data.find(_END, start)) >= 0:
        block_start, start = start, end + len(_END)
        begin = data.rfind(_BEGIN, block_start, end)
        # BEGIN opens a line: a byte order mark or anything else before it hides the block.
        if begin < 0 or (begin > block_start and data[begin - 1] != _NEWLINE):
            continue
        plain = _plain_block(data, begin + len(_BEGIN), end)
        if plain is not None:
            return plain
        opening, body = _line(data, begin + len(_BEGIN))
        if not opening.endswith(_DASHES):
            continue
        content = _skip_headers(data, body)
        if content > start:
            return None  # the END line holds a colon and was taken for a header: Go then gives up
        closing, following = _line(data, start)
        # An END line may follow BEGIN at once, but not a header.
        if closing != opening or (content > end and content != body):
            continue
        der = _decode(data[content:end].translate(None, b" \t\r\n"))
        if der is not None:
            return PemBlock(opening[: -len(_DASHES)].decode("latin-1"), der), following
    return None


def _plain_block(data: bytes, label: int, end: int) -> tuple[PemBlock, int] | None:
    """Read a block without headers, blanks or returns, as nearly all are, in half the time."""
    newline = data.find(b"\n", label)
    opening = data[label:newline]
    closing = end + len(_END)
    if not opening.endswith(_DASHES) or not data.startswith(opening + b"\n", closing):
        return None
    # A colon, as in a header, is no base64.
    der = _decode(data[newline + 1 : end].replace(b"\n", b""))
    if not der:
        return None
    block = PemBlock(opening[: -len(_DASHES)].decode("latin-1"), der)
    return block, closing + len(opening) + 1


def _decode(text: bytes) -> bytes | None:
    """Decode base64 without gaps, as strictly as Go; None where that is impossible."""
    # a2b_base64 tolerates padding after a complete quantum.
    if len(text) % 4 or text.endswith(b"==="):
        return None
    try:
        return a2b_base64(text, strict_mode=True)
    except Base64Error:
        return None


def _line(data: bytes, start: int) -> tuple[bytes, int]:
    """Return the line at `start` without its end and trailing blanks, and where the next starts."""
    end = data.find(b"\n", start)
    if end < 0:
        return data[start:].rstrip(b" \t"), len(data)
    return data[start:end].removesuffix(b"\r").rstrip(b" \t"), end + 1


def _skip_headers(data: bytes, start: int) -> int:
    """Return where the first line without a colon starts: RFC 1421 headers come before it."""
    line, following = _line(data, start)
    while b":" in line:
        start = following
        line, following = _line(data, start)
    return start
