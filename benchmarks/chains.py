"""Long chains: what it takes to put them in order, and what trying every pair would take."""

from __future__ import annotations

from itertools import islice, pairwise, product
from typing import TYPE_CHECKING, Final

from attrs import frozen

from benchmarks.timing import once
from certlife.errors import InvalidValueError
from certlife.pki.certificate import X509Certificate
from certlife.pki.chain import order_chain
from tests.pki.hierarchies import ca

if TYPE_CHECKING:
    from collections.abc import Sequence

PAIRS: Final = 2_000
"""How many pairs are tried, of which the time of all is reckoned."""


@frozen
class Chains:
    """What a chain takes, in us.

    Args:
        length: How many certificates it has.
        ordered: Putting them in order, shuffled, before any signature was verified.
        links: Verifying the links alone.
        pairs: Trying every pair, reckoned from some of them.
        namesakes: As many certificates of one name, of which none has signed another: no name
            tells which to verify.
    """

    length: int
    ordered: float
    links: float
    pairs: float
    namesakes: float


def chains(length: int) -> Chains:
    """Measure a chain, and a heap that was made to be expensive."""
    chain = chain_of(length)
    tried = list(islice(product(shuffled(chain), repeat=2), PAIRS))
    pairs = once(lambda: [below.signature_problem(above) for below, above in tried])
    heap = [
        ca("same", "same", serial=number + 1, keyed=f"{number}", signer=f"not {number}")
        for number in range(length)
    ]
    return Chains(
        length,
        ordered=order(chain),
        links=verify(chain),
        pairs=pairs / len(tried) * length**2,
        namesakes=once(lambda: _refused(heap)),
    )


def chain_of(length: int) -> list[X509Certificate]:
    """Make a chain, the lowest certificate first."""
    return [ca(f"{step}", f"{step + 1}", serial=step + 1) for step in range(length)]


def order(chain: Sequence[X509Certificate]) -> float:
    """Return the us that putting it in order takes, shuffled."""
    heap = shuffled(chain)
    assert list(order_chain(shuffled(chain)).certificates) == chain
    return once(lambda: order_chain(heap))


def verify(chain: Sequence[X509Certificate]) -> float:
    """Return the us that verifying its links takes."""
    links = list(pairwise(_read_anew(chain)))
    return once(lambda: [below.signature_problem(above) for below, above in links])


def shuffled(chain: Sequence[X509Certificate]) -> list[X509Certificate]:
    """Read the certificates anew, so that no key was used yet, in another order."""
    return sorted(_read_anew(chain), key=lambda one: one.fingerprint_sha256)


def _refused(heap: Sequence[X509Certificate]) -> None:
    try:
        order_chain(heap)
    except InvalidValueError:
        return
    raise AssertionError


def _read_anew(certificates: Sequence[X509Certificate]) -> list[X509Certificate]:
    return [X509Certificate.from_der(one.der) for one in certificates]
