"""What is in a file of PEM or DER: each certificate, request and key, and what cannot be read.

A label means what it says here, unlike in a Secret, where cert-manager reads what it expects:
people look at a file because they do not know what is in it.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import frozen

from certlife.adapters.pemfiles import MAX_PEM_BYTES
from certlife.cli.text import printable, shortened
from certlife.errors import UnreadableError
from certlife.pki.certificate import X509Certificate
from certlife.pki.csr import X509Request
from certlife.pki.keys import PrivateKey
from certlife.pki.pem import iter_blocks, mend_joints
from certlife.pki.publickey import PublicKey, read_public_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from certlife.pki.pem import PemBlock

_CERTIFICATES: Final = ("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE")
_REQUESTS: Final = ("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST")
_PUBLIC_KEY: Final = "PUBLIC KEY"
_ENCRYPTED: Final = "ENCRYPTED PRIVATE KEY"
_PRIVATE_KEY: Final = "PRIVATE KEY"
_PRIVATE_KEYS: Final = (_PRIVATE_KEY, "EC PRIVATE KEY", "RSA PRIVATE KEY")
_BEGIN_LINE: Final = re.compile(rb"^-----BEGIN ", re.MULTILINE)
_ENCRYPTION: Final = b"Proc-Type: 4,ENCRYPTED"  # RFC 1421, section 4.6.1.1
_LABEL_CHARACTERS: Final = 80
_NOTHING: Final = (
    "expected a certificate, a request or a key in PEM or DER; for Kubernetes objects there is"
    " certlife explain"
)


@frozen
class EncryptedKey:
    """A private key of which nothing can be told without its password."""


Item: TypeAlias = X509Certificate | X509Request | PrivateKey | PublicKey | EncryptedKey


@frozen
class Contents:
    """What a file holds.

    Args:
        found: What could be read, in its order.
        notes: What was passed over, a clause each.
        problems: What could not be read, and why, a clause each.
    """

    found: tuple[Item, ...]
    notes: tuple[str, ...]
    problems: tuple[str, ...]


def read_contents(data: bytes) -> Contents:
    """Read a file.

    Args:
        data: PEM, with whatever is around the blocks, or DER.
    """
    if len(data) > MAX_PEM_BYTES:
        return Contents((), (), (f"expected at most {MAX_PEM_BYTES:,} bytes",))
    mended = mend_joints(data)
    begun = len(_BEGIN_LINE.findall(mended))
    if begun:
        return _from_pem(mended, begun)
    found = _from_der(data)
    return Contents((), (), (_NOTHING,)) if found is None else Contents((found,), (), ())


def _from_pem(data: bytes, begun: int) -> Contents:
    found: list[Item] = []
    notes: list[str] = []
    problems: list[str] = []
    blocks = list(iter_blocks(data))
    for number, block in enumerate(blocks, start=1):
        label = shortened(printable(block.label), _LABEL_CHARACTERS)
        try:
            item = _from_block(block, is_encrypted=_ENCRYPTION in data)
        except UnreadableError as error:
            problems.append(f"block {number}, {label}: {error}")
        else:
            if item is None:
                notes.append(f"passed over: block {number}, {label}")
            else:
                found.append(item)
    if begun > len(blocks):
        problems.append(
            f"expected {begun} PEM blocks, found {len(blocks)}: of the others BEGIN and END do not"
            " fit together, or what is between them is no base64"
        )
    if not found and not problems:
        problems.append(_NOTHING)
    return Contents(tuple(found), tuple(notes), tuple(problems))


def _from_block(block: PemBlock, *, is_encrypted: bool) -> Item | None:
    """Read what a block's label says that it is; None for what certlife has no interest in."""
    if block.label in _CERTIFICATES:
        return X509Certificate(block.der)
    if block.label in _REQUESTS:
        return X509Request(block.der)
    if block.label == _PUBLIC_KEY:
        return _public_key(block.der)
    if block.label == _ENCRYPTED:
        return EncryptedKey()
    if not block.label.endswith(_PRIVATE_KEY):
        return None
    try:
        return PrivateKey(block.label, block.der)
    except UnreadableError:
        if is_encrypted:
            return EncryptedKey()
        raise


def _from_der(data: bytes) -> Item | None:
    """Read the first that it can be: no text is two of them."""
    private = (partial(PrivateKey, label) for label in _PRIVATE_KEYS)
    readers: tuple[Callable[[bytes], Item], ...] = (
        X509Certificate,
        X509Request,
        _public_key,
        *private,
    )
    for read in readers:
        with suppress(UnreadableError):
            return read(data)
    return None


def _public_key(der: bytes) -> PublicKey:
    return read_public_key(der, 0, len(der))
