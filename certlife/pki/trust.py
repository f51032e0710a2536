"""What kind of certificate one is, and whom a client trusts: root, intermediate, leaf, trust store.

In the sense of cert-manager's page on TLS terminology. Whether a certificate may be used for
something, now, is not asked here.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import field, frozen

from certlife.pki.certificate import X509Certificate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from certlife.pki.chain import Chain


class CertificateRole(StrEnum):
    """Where in a chain a certificate belongs."""

    ROOT = "root"
    INTERMEDIATE = "intermediate"
    LEAF = "leaf"


def role_of(certificate: X509Certificate) -> CertificateRole:
    """Say where in a chain a certificate belongs.

    A CA that signed itself is a root and any other CA an intermediate (RFC 5280 3.2); what is no
    CA is a leaf, also where it signed itself.
    """
    if not certificate.is_ca:
        return CertificateRole.LEAF
    return CertificateRole.ROOT if certificate.is_self_signed else CertificateRole.INTERMEDIATE


def _frozen_set(roots: Iterable[X509Certificate]) -> frozenset[X509Certificate]:
    return frozenset(roots)


@frozen
class TrustStore:
    """The certificates that a client trusts without asking further.

    Args:
        roots: They need not be roots: a client may trust any CA.
    """

    roots: frozenset[X509Certificate] = field(converter=_frozen_set)

    def trusts(self, chain: Chain) -> bool:
        """Whether one of the certificates of a chain is trusted, or was signed by one that is.

        With a store of the public roots this says whether a certificate is publicly trusted.
        Neither the time nor name constraints nor revocation is looked at.
        """
        return any(
            link in self.roots
            or any(
                link.issuer_der == root.subject_der and link.signature_problem(root) is None
                for root in self.roots
            )
            for link in chain.certificates
        )
