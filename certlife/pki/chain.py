"""One chain from a heap of certificates: leaf first, every link verified, the root left out.

A server sends its chain so that a client can get from the leaf to a root that it has already
(RFC 8446 4.4.2: the root may be omitted). This module knows signatures and names, and nothing of
trust, time or purposes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from certlife.errors import InvalidValueError, UnreadableError, WrongTypeError, shown
from certlife.pki import pem as pem_text
from certlife.pki.certificate import X509Certificate
from certlife.pki.names import DistinguishedName

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MAX_CERTIFICATES: Final = 1_000
"""How many different certificates a heap may hold; cert-manager's limit."""

MAX_VERIFICATIONS: Final = 4_000
"""How many signatures are verified for one heap: each link, and some that do not hold."""


class LeftOutReason(StrEnum):
    """Why a certificate of a heap is not in the chain."""

    ROOT = "a root, which clients must have already"
    REPEATED = "repeated"


@frozen
class LeftOut:
    """A certificate of the heap that is not in the chain, and why."""

    certificate: X509Certificate
    reason: LeftOutReason


@frozen
class Chain:
    """What a server sends, and what stands above it.

    Args:
        certificates: The leaf, what signed it, and so on; never a root beside others.
        ca: The root; without one the highest certificate of several, which then is in the chain
            too; None for a lone certificate that is no CA of its own.
        left_out: What else was in the heap.
    """

    certificates: tuple[X509Certificate, ...]
    ca: X509Certificate | None
    left_out: tuple[LeftOut, ...] = ()

    @property
    def leaf(self) -> X509Certificate:
        """The certificate that nothing else in the chain is signed by."""
        return self.certificates[0]

    @property
    def fullchain_pem(self) -> str:
        """The chain as PEM, as `tls.crt` holds it."""
        return "".join(_pem(certificate) for certificate in self.certificates)

    @property
    def ca_pem(self) -> str:
        """The CA as PEM, as `ca.crt` holds it; "" where there is none."""
        return "" if self.ca is None else _pem(self.ca)


def assemble_chain(pem: bytes | str) -> Chain:
    """Read a heap of PEM and put its certificates into one chain.

    The order of the blocks, repetitions and text between them do not matter. Unlike Go's reader,
    this one loses no block to a byte order mark or a missing line end.

    Args:
        pem: Certificates, at most 95,000 bytes.

    Raises:
        UnreadableError: If there is no certificate, or one that cannot be read, or too much text.
        InvalidValueError: If they are not one chain; `value` says which certificate does not fit.
        WrongTypeError: If `pem` is neither bytes nor str.
    """
    if isinstance(pem, str):
        pem = pem.encode(errors="surrogatepass")
    if not isinstance(pem, bytes):
        raise WrongTypeError("expected certificates in PEM, as bytes or str", value=shown(pem))
    if len(pem) > pem_text.MAX_CHAIN_BYTES:
        raise UnreadableError(f"expected at most {pem_text.MAX_CHAIN_BYTES:,} bytes of PEM")
    blocks = pem_text.iter_blocks(pem_text.mend_joints(pem))
    certificates = tuple(X509Certificate.from_der(block.der) for block in blocks)
    if not certificates:
        raise UnreadableError("expected a certificate in PEM")
    return order_chain(certificates)


def order_chain(certificates: Iterable[X509Certificate]) -> Chain:
    """Put certificates into one chain, in which each is signed by the next.

    Args:
        certificates: At least one, at most 1,000 different ones, in any order.

    Raises:
        InvalidValueError: If they are not one chain; `value` says which certificate does not fit.
    """
    counted = Counter(certificates)
    unique = sorted(counted, key=lambda certificate: certificate.der)
    if not unique:
        raise InvalidValueError("expected at least one certificate")
    if len(unique) > MAX_CERTIFICATES:
        rule = f"expected at most {MAX_CERTIFICATES:,} different certificates"
        raise InvalidValueError(rule, value=str(len(unique)))
    signatures = _Signatures()
    path, rest = _joined(unique, signatures)
    if rest:
        path = _whole_path(unique, signatures) or _refuse(path, rest)
    kept, ca = _without_root(path, signatures)
    repeated = tuple(
        LeftOut(certificate, LeftOutReason.REPEATED)
        for certificate in path
        for _ in range(counted[certificate] - 1)
    )
    roots = (LeftOut(one, LeftOutReason.ROOT) for one in path if one not in kept)
    return Chain(kept, ca, (*roots, *repeated))


@frozen
class _Signatures:
    """Who signed whom, verified once a pair and not more often than is reasonable."""

    _known: dict[tuple[bytes, bytes], bool] = field(factory=dict, init=False)

    def holds(self, child: X509Certificate, parent: X509Certificate) -> bool:
        """Whether `parent` may sign and has signed `child`.

        Raises:
            InvalidValueError: If too many signatures have been verified already.
        """
        if child.issuer_der != parent.subject_der:
            return False
        pair = child.der, parent.der
        if pair not in self._known:
            if len(self._known) >= MAX_VERIFICATIONS:
                rule = f"expected one chain within {MAX_VERIFICATIONS:,} signature checks"
                raise InvalidValueError(rule)
            self._known[pair] = child.signature_problem(parent) is None
        return self._known[pair]


def _joined(
    certificates: Sequence[X509Certificate], signatures: _Signatures
) -> tuple[Sequence[X509Certificate], list[Sequence[X509Certificate]]]:
    """Join certificates end to end as cert-manager does, so as to find the chain that it finds.

    It takes the last piece and joins it to the first that fits, below it if possible, else above,
    until one is left. Pieces are found by the names at their ends, not by trying all. cert-manager
    gives up at the first that fits nowhere; we set it apart, so as to say what belongs together.

    Returns:
        The one piece and nothing, or the longest piece and the others.
    """
    pieces: dict[int, list[X509Certificate]] = {}
    by_leaf: dict[bytes, set[int]] = defaultdict(set)
    by_issuer: dict[bytes, set[int]] = defaultdict(set)

    def put(index: int, piece: list[X509Certificate]) -> None:
        pieces[index] = piece
        by_leaf[piece[0].subject_der].add(index)
        by_issuer[piece[-1].issuer_der].add(index)

    def take(index: int) -> list[X509Certificate]:
        piece = pieces.pop(index)
        by_leaf[piece[0].subject_der].discard(index)
        by_issuer[piece[-1].issuer_der].discard(index)
        return piece

    for index, certificate in enumerate(certificates):
        put(index, [certificate])
    stranded: list[list[X509Certificate]] = []
    for last in range(len(certificates) - 1, 0, -1):
        piece = take(last)
        for index in sorted(by_issuer[piece[0].subject_der] | by_leaf[piece[-1].issuer_der]):
            other = pieces[index]
            if signatures.holds(other[-1], piece[0]):
                put(index, take(index) + piece)
                break
            if signatures.holds(piece[-1], other[0]):
                put(index, piece + take(index))
                break
        else:  # cert-manager gives up here; we go on, to tell what belongs together and what not
            stranded.append(piece)
    longest, *rest = sorted((pieces[0], *stranded), key=_weight, reverse=True)
    return longest, list(rest)


def _weight(piece: Sequence[X509Certificate]) -> tuple[int, bool]:
    """How likely a piece is what was meant: the longest, and rather one with a leaf."""
    return len(piece), not piece[0].is_ca


def _whole_path(
    certificates: Sequence[X509Certificate], signatures: _Signatures
) -> Sequence[X509Certificate] | None:
    """Find a path through all certificates where joining them by byte order has missed it.

    Cross-signed and renewed CAs offer a choice at every step, and only some choices leave no
    certificate over. Roots are left aside, for none is sent: each has to have signed something on
    the path, or to be a namesake of its lowest, and where it stands makes no difference to what
    is. So whether there is a chain never depends on the order of the bytes; which of several it is
    may, as in cert-manager.

    Returns:
        The path, or None where there is none.
    """
    roots = [certificate for certificate in certificates if certificate.is_self_signed]
    others = [certificate for certificate in certificates if certificate not in roots]
    by_subject: dict[bytes, list[X509Certificate]] = defaultdict(list)
    for certificate in others:
        by_subject[certificate.subject_der].append(certificate)
    above = {
        child: tuple(one for one in by_subject[child.issuer_der] if signatures.holds(child, one))
        for child in others
    }
    signers = {parent for parents_of_one in above.values() for parent in parents_of_one}
    leaves = [certificate for certificate in others if certificate not in signers]
    if len(leaves) > 1:
        return None
    whole = (path for path in _paths(leaves or others, above) if len(path) == len(others))
    path = next(whole, None)
    if path is None or not all(_belongs(root, path, signatures) for root in roots):
        return None
    return _with_roots(path, roots, signatures)


def _belongs(
    root: X509Certificate, path: Sequence[X509Certificate], signatures: _Signatures
) -> bool:
    """Whether a root has signed something on the path, or is a namesake of its lowest."""
    return any(signatures.holds(one, root) for one in path) or signatures.holds(root, path[0])


def _with_roots(
    path: list[X509Certificate], roots: list[X509Certificate], signatures: _Signatures
) -> Sequence[X509Certificate]:
    """Put a root on top where one has signed the highest certificate, and the others below it."""
    ascending = sorted(roots, key=lambda root: signatures.holds(path[-1], root))
    if ascending and signatures.holds(path[-1], ascending[-1]):
        return [*path, *ascending]
    return [*path[:-1], *ascending, path[-1]]


def _paths(
    lowest: Sequence[X509Certificate], above: dict[X509Certificate, tuple[X509Certificate, ...]]
) -> Iterator[list[X509Certificate]]:
    """Yield the ways up, each as far as it goes, and give up after as many as are reasonable."""
    pending = [[certificate] for certificate in lowest]
    for _ in range(MAX_VERIFICATIONS):
        if not pending:
            return
        path = pending.pop()
        longer = [[*path, parent] for parent in above[path[-1]] if parent not in path]
        pending += longer
        if not longer:
            yield path
    raise InvalidValueError(f"expected one chain within {MAX_VERIFICATIONS:,} steps")


def _refuse(
    chain: Sequence[X509Certificate], rest: list[Sequence[X509Certificate]]
) -> Sequence[X509Certificate]:
    """Say which certificate does not fit.

    Raises:
        InvalidValueError: Always.
    """
    misfit = rest[0][0]
    rule = (
        f"expected one chain, but a certificate neither signed nor was signed by any of the "
        f"{len(chain)} that belong together"
    )
    subject = DistinguishedName.from_der(misfit.subject_der).to_rfc4514()
    raise InvalidValueError(rule, value=f"{shown(subject)}, serial number {misfit.serial_number:x}")


def _without_root(
    path: Sequence[X509Certificate], signatures: _Signatures
) -> tuple[tuple[X509Certificate, ...], X509Certificate | None]:
    """Return what is to be sent, and the CA."""
    top = path[-1]
    if len(path) == 1:
        return (top,), top if signatures.holds(top, top) else None
    kept = tuple(certificate for certificate in path if not certificate.is_self_signed)
    # Nothing but roots of one name: a chain is never empty, so the lowest of them it is.
    return kept or (path[0],), top


def _pem(certificate: X509Certificate) -> str:
    return pem_text.encode("CERTIFICATE", certificate.der)
