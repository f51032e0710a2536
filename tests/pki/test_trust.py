from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest

from certlife.pki.chain import order_chain
from certlife.pki.trust import CertificateRole, TrustStore, role_of
from tests.pki.hierarchies import INTERMEDIATE, LEAF, ROOT, ca, certified, leaf

if TYPE_CHECKING:
    from certlife.pki.certificate import X509Certificate


@pytest.mark.parametrize(
    ("certificate", "role"),
    [
        pytest.param(ROOT, CertificateRole.ROOT, id="a CA that signed itself"),
        pytest.param(INTERMEDIATE, CertificateRole.INTERMEDIATE, id="a CA that another signed"),
        pytest.param(
            ca("root", "root", signer="x"),
            CertificateRole.INTERMEDIATE,
            id="a CA of its issuer's name that another key signed",
        ),
        pytest.param(LEAF, CertificateRole.LEAF, id="no CA"),
        pytest.param(
            leaf("self", subject="self"), CertificateRole.LEAF, id="no CA, though it signed itself"
        ),
        pytest.param(
            certified(subject="x", issuer="y"), CertificateRole.LEAF, id="one that does not say"
        ),
    ],
)
def test_a_certificate_is_a_root_an_intermediate_or_a_leaf(
    certificate: X509Certificate, role: CertificateRole
) -> None:
    assert role_of(certificate) is role


FULL = order_chain([LEAF, INTERMEDIATE, ROOT])
WITHOUT_ROOT = order_chain([LEAF, INTERMEDIATE])
STRANGER = ca("stranger", "stranger")
IMPOSTOR = ca("root", "root", keyed="impostor", signer="impostor")
NAMESAKE = ca("other", "other", keyed="root", signer="root")


class TestATrustStore:
    @pytest.mark.parametrize(
        "root",
        [
            pytest.param(ROOT, id="its root"),
            pytest.param(INTERMEDIATE, id="an intermediate in it"),
            pytest.param(LEAF, id="its leaf"),
        ],
    )
    def test_trusts_a_chain_for(self, root: X509Certificate) -> None:
        assert TrustStore([STRANGER, root]).trusts(FULL)

    def test_trusts_a_chain_whose_top_it_has_signed(self) -> None:
        assert TrustStore([ROOT]).trusts(WITHOUT_ROOT)

    def test_trusts_a_chain_whose_root_was_renewed_with_its_key(self) -> None:
        assert TrustStore([ca("root", "root", serial=2)]).trusts(FULL)

    def test_trusts_the_root_that_stands_above_a_chain(self) -> None:
        crossed = ca("root", "stranger")  # what is sent ends below it
        assert TrustStore([crossed]).trusts(FULL)
        lone = order_chain([ROOT])
        assert TrustStore([ROOT]).trusts(lone)

    @pytest.mark.parametrize(
        "root",
        [
            pytest.param(STRANGER, id="a stranger"),
            pytest.param(IMPOSTOR, id="one of the root's name with another key"),
            pytest.param(NAMESAKE, id="one of the root's key with another name"),
        ],
    )
    def test_does_not_trust_a_chain_for(self, root: X509Certificate) -> None:
        assert not TrustStore([root]).trusts(FULL)
        assert not TrustStore([root]).trusts(WITHOUT_ROOT)

    def test_trusts_nothing_for_nothing(self) -> None:
        assert not TrustStore([]).trusts(FULL)

    def test_trusts_a_lone_leaf_only_for_what_signed_it(self) -> None:
        lone = order_chain([LEAF])
        assert lone.ca is None
        assert TrustStore([INTERMEDIATE]).trusts(lone)
        assert not TrustStore([ROOT]).trusts(lone)

    def test_is_a_value(self) -> None:
        store = TrustStore([ROOT, STRANGER])
        assert store == TrustStore((STRANGER, ROOT, ROOT))
        assert pickle.loads(pickle.dumps(store)) == store  # noqa: S301 — our own bytes
        assert len({store, TrustStore([STRANGER, ROOT])}) == 1
