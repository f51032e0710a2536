"""What was read before, for whoever reads many chains: most of them end in the same few CAs.

Reading is a function of the bytes, so that remembering changes what an answer costs and never what
it is. A memo is made by the caller, handed in, and forgets; the library holds none of its own. Only
certificates that could be read get in here: no key, nothing that might be one.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Final

from certlife.errors import InvalidValueError, WrongTypeError, shown

if TYPE_CHECKING:
    from certlife.pki.certificate import X509Certificate

_LIMIT: Final = 256


class CertificateMemo:
    """The certificates above a leaf that were read last; may be shared by threads.

    Pickled or copied, it is empty.

    Args:
        limit: How many it may hold, at least 1; the oldest one makes room.

    Raises:
        WrongTypeError: `limit` is no int.
        InvalidValueError: It is less than 1.
    """

    __slots__ = ("_certificates", "_limit", "_lock")

    def __init__(self, limit: int = _LIMIT) -> None:
        if not isinstance(limit, int):
            raise WrongTypeError("expected an int", path="limit", value=shown(limit))
        if limit < 1:
            raise InvalidValueError("expected 1 or more", path="limit", value=shown(limit))
        self._limit = limit
        # By the DER itself: a certificate holds it anyway, and Python compares digests of it first.
        self._certificates: dict[bytes, X509Certificate] = {}
        self._lock = Lock()

    def get(self, der: bytes) -> X509Certificate | None:
        """Find the certificate with this DER, None where it was not read or is forgotten."""
        return self._certificates.get(der)

    def keep(self, certificate: X509Certificate) -> None:
        """Remember a certificate, and forget the oldest where there would be too many."""
        with self._lock:
            if certificate.der not in self._certificates:
                while len(self._certificates) >= self._limit:
                    del self._certificates[next(iter(self._certificates))]
                self._certificates[certificate.der] = certificate

    def __len__(self) -> int:
        return len(self._certificates)

    def __reduce__(self) -> tuple[object, ...]:
        """Take along the limit only: a lock cannot go, and the rest is read again in no time."""
        return CertificateMemo, (self._limit,)

    def __repr__(self) -> str:
        return f"<CertificateMemo of {len(self)}, limit={self._limit}>"
