"""Chains: blind to order and repetition, idempotent, and without a root beside others."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from hypothesis import given
from hypothesis import strategies as st

from certlife.errors import InvalidValueError
from certlife.pki.chain import Chain, assemble_chain
from tests.pki.hierarchies import bundle, ca, leaf
from tests.properties.worlds import QUICK_LAW

if TYPE_CHECKING:
    from random import Random

    from certlife.pki.certificate import X509Certificate

# Two roots, of which one was renewed and one signed the other, and CAs that signed each other.
POOL: Final = (
    leaf("a"),
    ca("a", "b", serial=2),
    ca("b", "a", serial=3),
    ca("a", "root", serial=4),
    ca("b", "root", serial=5),
    ca("root", "root", serial=6),
    ca("root", "root", serial=7),
    ca("root", "other", serial=8),
    ca("other", "other", serial=9),
)


@st.composite
def paths(draw: st.DrawFn) -> list[X509Certificate]:
    """Draw certificates that are one chain, from a leaf or a CA up, with or without its root."""
    length, bottom = draw(st.integers(1, 5)), draw(st.booleans())
    heap = [ca(f"{n}", f"{n + 1}", serial=draw(st.integers(1, 9))) for n in range(length)]
    if bottom:
        heap.append(leaf("0"))
    if draw(st.booleans()):
        heap.append(ca(f"{length}", f"{length}", serial=draw(st.integers(1, 9))))
    return heap


heaps = paths() | st.lists(st.sampled_from(POOL), min_size=1, max_size=6)
randoms = st.randoms(use_true_random=False)


def assembled(heap: list[X509Certificate]) -> Chain | None:
    try:
        return assemble_chain(bundle(*heap))
    except InvalidValueError:
        return None


@QUICK_LAW
@given(heap=paths(), random=randoms)
def test_what_is_one_chain_is_found_to_be(heap: list[X509Certificate], random: Random) -> None:
    assert assembled(random.sample(heap, len(heap))) is not None


@QUICK_LAW
@given(heap=heaps, random=randoms, twice=st.integers(0, 5))
def test_a_chain_is_blind_to_order_and_repetition(
    heap: list[X509Certificate], random: Random, twice: int
) -> None:
    chain, turned = assembled(heap), random.sample(heap, len(heap))
    again = assembled([*turned, *turned[:twice]])
    if chain is None or again is None:
        assert chain is again
    else:
        assert (again.certificates, again.ca) == (chain.certificates, chain.ca)


@QUICK_LAW
@given(heap=heaps)
def test_a_chain_assembled_again_is_the_same_chain(heap: list[X509Certificate]) -> None:
    chain = assembled(heap)
    if chain is not None:
        again = assemble_chain(chain.fullchain_pem)
        assert again.certificates == chain.certificates
        assert again.left_out == ()


@QUICK_LAW
@given(heap=heaps)
def test_every_link_is_signed_by_the_next_and_no_root_stands_beside_others(
    heap: list[X509Certificate],
) -> None:
    chain = assembled(heap)
    if chain is not None:
        links = chain.certificates
        for child, parent in pairwise(links):
            assert child.issuer_der == parent.subject_der
            assert child.signature_problem(parent) is None
        assert len(links) == 1 or not any(one.is_self_signed for one in links)


@QUICK_LAW
@given(heap=heaps)
def test_every_certificate_is_in_the_chain_or_said_to_be_left_out(
    heap: list[X509Certificate],
) -> None:
    chain = assembled(heap)
    if chain is not None:
        told = [*chain.certificates, *(left.certificate for left in chain.left_out)]
        assert Counter(told) == Counter(heap)
        assert chain.ca is None or chain.ca in heap
