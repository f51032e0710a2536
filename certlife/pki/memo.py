"""What was found out before, for whoever asks about the same bytes again and again.

Nearly everything here is a function of what it is given, so remembering changes what an answer
costs and never what it is. A memo is made by the caller, handed in, and forgets; the library holds
none of its own. It holds what follows from bytes that may be secret, never those bytes: such a fact
is found again by their digest.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Final

from certlife.errors import InvalidValueError, WrongTypeError, shown

if TYPE_CHECKING:
    from collections.abc import Hashable

_LIMIT: Final = 4096


class Memo:
    """The certificates of CAs and the verdicts that were found last; may be shared by threads.

    Hand the same one to whatever takes one. `read_export` has CAs in it that many Secrets end in;
    `decide`, the policies and `evaluate` have what they said of the same objects before, which
    holds until time changes it. Pickled or copied, it is empty.

    Args:
        limit: How many facts it may hold, at least 1; the oldest one makes room. Best a little more
            than there are certificates to judge; a fact takes about 10 kB.

    Raises:
        WrongTypeError: `limit` is no int.
        InvalidValueError: It is less than 1.
    """

    __slots__ = ("_facts", "_limit", "_lock")

    def __init__(self, limit: int = _LIMIT) -> None:
        if not isinstance(limit, int):
            raise WrongTypeError("expected an int", path="limit", value=shown(limit))
        if limit < 1:
            raise InvalidValueError("expected 1 or more", path="limit", value=shown(limit))
        self._limit = limit
        self._facts: dict[Hashable, object] = {}
        self._lock = Lock()

    def get(self, key: Hashable) -> object | None:
        """Find a fact, None where it was not kept or is forgotten.

        Args:
            key: What it is about. Whoever keeps facts of a kind chooses keys that no other kind
                has: the DER of a certificate, or the digest of what may be secret.
        """
        return self._facts.get(key)

    def keep(self, key: Hashable, fact: object) -> None:
        """Remember a fact, and forget the oldest where there would be too many.

        Args:
            key: As for `get`. It stays in memory, so it is never a secret.
            fact: What cannot change, and holds nothing that is secret.
        """
        with self._lock:
            self._facts.pop(key, None)
            while len(self._facts) >= self._limit:
                del self._facts[next(iter(self._facts))]
            self._facts[key] = fact

    def __len__(self) -> int:
        return len(self._facts)

    def __reduce__(self) -> tuple[object, ...]:
        """Take along the limit only: a lock cannot go, and the rest is found again."""
        return Memo, (self._limit,)

    def __repr__(self) -> str:
        return f"<Memo of {len(self)}, limit={self._limit}>"
