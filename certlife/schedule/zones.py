"""Time zones by their IANA names, always from the tzdata package.

The one place that reads anything (law 1's exception): zone data, shipped as a dependency, so that
an answer does not depend on the machine. A name is looked up in the list of names before it gets
near a path. What reads zones is imported by whoever first needs one: most verdicts need none, and
it takes longer to import than the rest of this room. This module must never ask which zone the
machine is in.
"""

from __future__ import annotations

from datetime import UTC, tzinfo
from functools import lru_cache
from typing import Final

from certlife.errors import InvalidValueError, WrongTypeError, shown

_UTC_NAMES: Final = frozenset({"", "UTC", "Local"})
_CACHED_ZONES: Final = 64


def zone(name: str, *, path: str = "") -> tzinfo:
    """Find a time zone, as Go's time.LoadLocation does where only tzdata is installed.

    Args:
        name: An IANA name in its exact spelling, such as "Europe/Berlin". "" and "UTC" are UTC; so
            is "Local", which for Go is the zone of the instant asked about, and ours are in UTC.
        path: Where the name stands, for the error.

    Raises:
        WrongTypeError: `name` is no str.
        InvalidValueError: There is no such zone.
    """
    if not isinstance(name, str):
        raise WrongTypeError("expected a str", path=path, value=shown(name))
    if name in _UTC_NAMES:
        return UTC
    if name not in _names():
        rule = 'expected an IANA time zone such as "Europe/Berlin"'
        raise InvalidValueError(rule, path=path, value=shown(name))
    return _load(name)


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    from importlib.resources import files  # noqa: PLC0415 — see above

    return frozenset(files("tzdata").joinpath("zones").read_text("ascii").split())


# Immutable data of a dependency, keyed by name: the cache changes what an answer costs, never what
# it is. Reading a zone takes a hundred times as long as using it.
@lru_cache(maxsize=_CACHED_ZONES)
def _load(name: str) -> tzinfo:
    from importlib.resources import files  # noqa: PLC0415 — see above
    from zoneinfo import ZoneInfo  # noqa: PLC0415, TID251 — everybody else is sent here

    *folders, file = name.split("/")
    with files("tzdata").joinpath("zoneinfo", *folders, file).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)
