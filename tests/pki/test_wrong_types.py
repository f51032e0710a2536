"""What is no text or no bytes is refused by name, not by whatever fails first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from certlife.errors import WrongTypeError
from certlife.pki.addresses import parse_ip
from certlife.pki.names import DistinguishedName
from certlife.pki.uri import normalise
from certlife.schedule.durations import parse_nanoseconds

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    "read",
    [
        parse_ip,
        normalise,
        parse_nanoseconds,
        DistinguishedName.from_rfc4514,
        DistinguishedName.from_der,
    ],
    ids=lambda read: read.__qualname__,
)
def test_a_wrong_type_is_refused(read: Callable[[object], object]) -> None:
    with pytest.raises(WrongTypeError, match="expected a"):
        read(7)
