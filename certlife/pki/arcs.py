"""Object identifiers as people write them, numbers between dots, read as Go's strconv.Atoi does.

So signs and leading zeros pass, although no identifier of X.660 has a sign, and nothing is said of
how many numbers there must be: which of them can be encoded is for whoever encodes. This module
must never know what an identifier stands for.
"""

from __future__ import annotations

import re
from typing import Final

# No more digits than 64 bits need: Python refuses to read integers of thousands of digits.
_ARC: Final = re.compile(r"([+-]?)0*([0-9]{1,19})")
_LIMIT: Final = 1 << 63


def parse_arcs(dotted: str) -> tuple[int, ...]:
    """Read the numbers of a dotted text, "2.5.4.3"; () where one is no integer of 64 bits."""
    arcs = []
    for part in dotted.split("."):
        match = _ARC.fullmatch(part)
        if match is None or not -_LIMIT <= (arc := int(match[1] + match[2])) < _LIMIT:
            return ()
        arcs.append(arc)
    return tuple(arcs)
