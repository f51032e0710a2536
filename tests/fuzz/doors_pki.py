"""The doors that take PEM or DER: certificates, requests, keys and chains."""

from __future__ import annotations

import re
from base64 import b64decode
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from certlife.errors import CertlifeError
from certlife.pki.certificate import X509Certificate
from certlife.pki.chain import assemble_chain, order_chain
from certlife.pki.csr import X509Request
from certlife.pki.keys import PrivateKey
from tests.fuzz.der import MAX_DER, mutate_der, mutate_pem
from tests.fuzz.laws import BrokenError, Trial, attempt
from tests.fuzz.mutators import mutate_octets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from random import Random

    from tests.fuzz.seeds import Seeds

_BLOCK: Final = re.compile(rb"-----BEGIN [^\n-]*-----\s(.*?)-----END [^\n-]*-----", re.DOTALL)
_ODD: Final[tuple[object, ...]] = (None, 1, "", b"", bytearray(b"x"), memoryview(b"x"), [], object)

_View = TypeVar("_View", X509Certificate, X509Request)


def certificate_pem(random: Random, seeds: Seeds) -> Trial:
    """Certificates in PEM."""
    return _read_pem(X509Certificate, seeds.certificates, random)


def certificate_der(random: Random, seeds: Seeds) -> Trial:
    """A certificate in DER."""
    return _read_der(X509Certificate, seeds.certificates, random)


def request_pem(random: Random, seeds: Seeds) -> Trial:
    """A certificate request in PEM."""
    return _read_pem(X509Request, seeds.requests, random)


def request_der(random: Random, seeds: Seeds) -> Trial:
    """A certificate request in DER."""
    return _read_der(X509Request, seeds.requests, random)


def private_key(random: Random, seeds: Seeds) -> Trial:
    """A private key in PEM."""
    data = mutate_pem(random.choice(seeds.keys), random, others=seeds.keys)

    def ask() -> Iterable[object]:
        key = PrivateKey.from_pem(data)
        if PrivateKey.from_pem(data) != key:
            raise BrokenError("a key is not equal to that of the same bytes")
        # Not to be pickled: that is where the key has to be.
        return [repr(key), key.facts, key.algorithm, key.size, key.encoding]

    return Trial(data, len(data), ask)


def chain_of_pem(random: Random, seeds: Seeds) -> Trial:
    """A heap of certificates in PEM."""
    pieces = random.choices(seeds.certificates, k=random.randint(1, 4))
    random.shuffle(pieces)
    heap = b"".join(pieces)
    if random.random() < 0.6:
        heap = mutate_octets(heap, random, others=seeds.certificates)

    def ask() -> Iterable[object]:
        chain = assemble_chain(heap)
        if not chain.certificates or (chain.ca is None) < (chain.ca_pem == ""):
            raise BrokenError("a chain is empty, or its CA is lost")
        again = assemble_chain(chain.fullchain_pem)
        if again.certificates != chain.certificates:
            raise BrokenError("a chain is not its own chain")
        return [chain, chain.left_out]

    return Trial(heap, len(heap), ask)


def chain_of_certificates(random: Random, seeds: Seeds) -> Trial:
    """Certificates in any order, some many times."""
    pem = b"".join(random.choices(seeds.certificates, k=random.randint(0, 40)))
    ders = [der for der in _ders(pem) if random.random() < 0.9]
    ders *= random.choice((1, 1, 1, 50))

    def ask() -> Iterable[object]:
        readings = [attempt(partial(X509Certificate.from_der, der)) for der in ders]
        certificates = [one for one in readings if not isinstance(one, CertlifeError)]
        return [order_chain(certificates)]

    return Trial(ders, len(pem), ask)


def wrong_type(random: Random, _: Seeds) -> Trial:
    """Anything, where bytes are expected."""
    value = random.choice(_ODD)
    readers: tuple[Callable[..., object], ...] = (
        X509Certificate.from_pem,
        X509Certificate.from_der,
        X509Request.from_pem,
        X509Request.from_der,
        PrivateKey.from_pem,
        assemble_chain,
    )
    read = random.choice(readers)
    return Trial((read.__qualname__, value), 100, lambda: [read(value)])


def _read_pem(view: type[_View], seeds: Sequence[bytes], random: Random) -> Trial:
    data = mutate_pem(random.choice(seeds), random, others=seeds)
    asked: bytes | str = data
    if random.random() < 0.2:
        asked = data.decode(errors="surrogateescape")
    return Trial(asked, len(data), lambda: _looked_at(view.from_pem(asked)))


def _read_der(view: type[_View], seeds: Sequence[bytes], random: Random) -> Trial:
    der = random.choice(_ders(random.choice(seeds)) or [b""])
    change = random.choice((mutate_der, mutate_der, mutate_octets))
    der = change(der, random)[:MAX_DER]

    def ask() -> Iterable[object]:
        found = view.from_der(der)
        if view.from_der(found.der) != found:
            raise BrokenError("a view is not equal to that of the same bytes")
        return _looked_at(found)

    return Trial(der, len(der), ask)


def _looked_at(view: X509Certificate | X509Request) -> Iterable[object]:
    """Read every property: what a certificate or request says must not turn out unreadable."""
    told: list[object] = [view]
    for name in dir(type(view)):
        if not name.startswith("_") and not callable(getattr(type(view), name)):
            found = attempt(partial(getattr, view, name))
            told.append(found)
    if isinstance(view, X509Certificate):
        told.append(view.signature_problem(view))
    return told


def _ders(pem: bytes) -> list[bytes]:
    found = []
    for body in _BLOCK.findall(pem):
        try:
            found.append(b64decode(body))
        except ValueError:
            continue
    return found
