"""What the fuzzer found out about reading text: anything but text is refused, not stumbled over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from certlife.errors import WrongTypeError
from certlife.pki.addresses import is_cidr, parse_ip
from certlife.pki.names import DistinguishedName
from certlife.pki.uri import normalise, parse_san_uri

if TYPE_CHECKING:
    from collections.abc import Callable

READERS: list[Callable[..., object]] = [
    normalise,
    parse_san_uri,
    parse_ip,
    is_cidr,
    DistinguishedName.from_rfc4514,
]


@pytest.mark.parametrize("value", [None, 1, b"x"], ids=repr)
@pytest.mark.parametrize("read", READERS, ids=lambda read: str(read.__qualname__))
def test_what_is_no_text_is_refused(read: Callable[..., object], value: object) -> None:
    with pytest.raises(WrongTypeError):
        read(value)


@pytest.mark.parametrize("value", [None, "x", bytearray(b"\x30\x00")], ids=repr)
def test_what_is_not_the_bytes_of_a_name_is_refused(value: object) -> None:
    read: Callable[..., object] = DistinguishedName.from_der
    with pytest.raises(WrongTypeError):
        read(value)
