from __future__ import annotations

from itertools import combinations_with_replacement, permutations
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.hashes import SHA1

from certlife.errors import InvalidValueError, UnreadableError, WrongTypeError
from certlife.pki import chain as chains
from certlife.pki.certificate import X509Certificate
from certlife.pki.chain import (
    MAX_CERTIFICATES,
    MAX_VERIFICATIONS,
    Chain,
    LeftOut,
    LeftOutReason,
    assemble_chain,
    order_chain,
)
from certlife.pki.pem import MAX_CHAIN_BYTES, encode
from tests.pki.encoding import certificate, common_name, extension, integer, tlv
from tests.pki.hierarchies import (
    CA,
    INTERMEDIATE,
    LEAF,
    ROOT,
    bundle,
    ca,
    certified,
    leaf,
)
from tests.pki.signing import RSA, SHA1_RSA, SHA256_RSA, issued, signed, spki

if TYPE_CHECKING:
    from collections.abc import Sequence

FULL = Chain((LEAF, INTERMEDIATE), ROOT, (LeftOut(ROOT, LeftOutReason.ROOT),))

# The same key and name twice, as when a root is renewed.
RENEWED_ROOT = ca("root", "root", serial=2)
SELF_SIGNED_LEAF = leaf("self", subject="self")
# No CA says so in version 1, and still it may sign.
OLD_ROOT = X509Certificate.from_der(
    signed(
        certificate(version=b"", subject=common_name("rsa"), issuer=common_name("rsa"),
                    algorithm=SHA256_RSA, key=spki(RSA)),
        SHA256_RSA,
        RSA,
    )
)  # fmt: skip
WEAK_ROOT = X509Certificate.from_der(
    signed(
        certificate(CA, subject=common_name("rsa"), issuer=common_name("rsa"),
                    algorithm=SHA1_RSA, key=spki(RSA)),
        SHA1_RSA,
        RSA,
        SHA1(),  # noqa: S303 — as in old roots
    )
)  # fmt: skip
BELOW_RSA = X509Certificate.from_der(
    issued(RSA, SHA256_RSA, subject=common_name("below"), issuer=common_name("rsa"))
)


class TestOneChain:
    @pytest.mark.parametrize("heap", list(permutations([LEAF, INTERMEDIATE, ROOT])))
    def test_is_leaf_first_without_the_root_in_whatever_order_they_come(
        self, heap: Sequence[X509Certificate]
    ) -> None:
        assert order_chain(heap) == FULL

    @pytest.mark.parametrize(
        ("heap", "kept", "above"),
        [
            pytest.param(
                [INTERMEDIATE, LEAF], (LEAF, INTERMEDIATE), INTERMEDIATE, id="without a root"
            ),
            pytest.param([ROOT, INTERMEDIATE], (INTERMEDIATE,), ROOT, id="of CAs"),
            pytest.param([LEAF], (LEAF,), None, id="of a leaf"),
            pytest.param([INTERMEDIATE], (INTERMEDIATE,), None, id="of an intermediate"),
            pytest.param([ROOT], (ROOT,), ROOT, id="of a root, its own CA"),
            pytest.param(
                [SELF_SIGNED_LEAF], (SELF_SIGNED_LEAF,), None, id="of a self-signed leaf, no CA"
            ),
            pytest.param(
                [WEAK_ROOT], (WEAK_ROOT,), None, id="of a weak root, which proves nothing"
            ),
            pytest.param([OLD_ROOT, BELOW_RSA], (BELOW_RSA,), OLD_ROOT, id="below an old root"),
            pytest.param([BELOW_RSA, WEAK_ROOT], (BELOW_RSA,), WEAK_ROOT, id="below a weak root"),
        ],
    )
    def test_has_a_ca(
        self,
        heap: list[X509Certificate],
        kept: tuple[X509Certificate, ...],
        above: X509Certificate | None,
    ) -> None:
        chain = order_chain(heap)
        assert (chain.certificates, chain.ca) == (kept, above)
        assert chain.leaf == kept[0]

    def test_says_what_it_leaves_out_and_why(self) -> None:
        heap = [ROOT, LEAF, INTERMEDIATE, LEAF, ROOT, LEAF]
        assert order_chain(heap).left_out == (
            LeftOut(ROOT, LeftOutReason.ROOT),
            LeftOut(LEAF, LeftOutReason.REPEATED),
            LeftOut(LEAF, LeftOutReason.REPEATED),
            LeftOut(ROOT, LeftOutReason.REPEATED),
        )

    def test_leaves_no_lone_root_out(self) -> None:
        assert order_chain([ROOT]).left_out == ()

    def test_is_never_empty_even_of_roots_alone(self) -> None:
        chain = order_chain([ROOT, RENEWED_ROOT])
        lower, upper = sorted([ROOT, RENEWED_ROOT], key=lambda one: one == chain.ca)
        assert chain == Chain((lower,), upper, (LeftOut(upper, LeftOutReason.ROOT),))

    def test_leaves_every_root_out_where_one_was_renewed(self) -> None:
        chain = order_chain([LEAF, INTERMEDIATE, ROOT, RENEWED_ROOT])
        assert chain.certificates == (LEAF, INTERMEDIATE)
        assert {left.certificate for left in chain.left_out} == {ROOT, RENEWED_ROOT}


def with_key_usage(octets: bytes) -> X509Certificate:
    usage = extension("2.5.29.15", tlv(0x03, octets))
    return certified(CA, usage, subject="intermediate", issuer="root")


class TestNotOneChain:
    @pytest.mark.parametrize(
        ("heap", "misfit"),
        [
            pytest.param([LEAF, ROOT], "root", id="a link is missing"),
            pytest.param([ROOT, leaf("x", serial=200)], "root", id="a link is missing, likewise"),
            pytest.param(
                [LEAF, INTERMEDIATE, ROOT, ca("stranger", "stranger", serial=255)],
                "stranger",
                id="a stranger is among them",
            ),
            pytest.param(
                [LEAF, ca("intermediate", "root", keyed="other"), ROOT],
                "leaf",
                id="a namesake of the issuer has another key",
            ),
            pytest.param(
                [LEAF, leaf("root", subject="intermediate"), ROOT],
                "leaf",
                id="the issuer is no CA",
            ),
            pytest.param(
                [LEAF, certified(subject="intermediate", issuer="root"), ROOT],
                "leaf",
                id="the issuer does not say whether it is a CA",
            ),
            pytest.param(
                [LEAF, with_key_usage(b"\x07\x80"), ROOT],
                "leaf",
                id="the issuer's key must not sign certificates",
            ),
            pytest.param(
                [LEAF, INTERMEDIATE, ROOT, leaf("intermediate", subject="twin")],
                "",
                id="there are two leaves",
            ),
        ],
    )
    def test_is_refused_with_one_that_does_not_fit(
        self, heap: list[X509Certificate], misfit: str
    ) -> None:
        with pytest.raises(InvalidValueError, match="expected one chain, but") as caught:
            order_chain(heap)
        assert f"CN={misfit}" in str(caught.value.value)

    def test_says_how_many_belong_together_and_which_serial_number_does_not(self) -> None:
        with pytest.raises(InvalidValueError) as caught:
            order_chain([LEAF, INTERMEDIATE, ROOT, ca("stranger", "stranger", serial=255)])
        assert "any of the 3 that belong together" in caught.value.rule
        assert caught.value.value == "'CN=stranger', serial number ff"

    def test_is_nothing_at_all(self) -> None:
        with pytest.raises(InvalidValueError, match="expected at least one certificate"):
            order_chain([])

    def test_is_signed_by_a_key_that_may_if_its_usage_says_so(self) -> None:
        issuer = with_key_usage(b"\x02\x04")  # keyCertSign alone
        assert order_chain([LEAF, issuer, ROOT]).certificates == (LEAF, issuer)


def crossed(serials: Sequence[int]) -> list[X509Certificate]:
    """Two CAs that signed each other: one way leaves nothing over, leaf, a by b, b, a by root."""
    one, two, three, four, five = serials
    return [
        leaf("a", serial=one),
        ca("a", "b", serial=two),
        ca("b", "a", serial=three),
        ca("a", "root", serial=four),
        ca("root", "root", serial=five),
    ]


def in_every_order(steps: Sequence[str], *, with_leaf: bool) -> set[frozenset[str] | None]:
    """Return what is sent of CAs, given as "subject<issuer", as the order of their bytes varies."""
    below = [leaf("a", serial=100)] if with_leaf else []
    found = set()
    for serials in permutations(range(1, len(steps) + 1)):
        pairs = zip((step.split("<") for step in steps), serials, strict=True)
        cas = [ca(subject, issuer, serial=serial) for (subject, issuer), serial in pairs]
        found.add(kept_of([*below, *cas], dict(zip(cas, steps, strict=True))))
    return found


def kept_of(
    heap: list[X509Certificate], steps: dict[X509Certificate, str]
) -> frozenset[str] | None:
    """Name the CAs that are sent, None where there is no chain."""
    try:
        chain = order_chain(heap)
    except InvalidValueError:
        return None
    return frozenset(steps[one] for one in chain.certificates if one in steps)


MISSED = (1, 2, 3, 4, 5)
"""Serial numbers that put the certificates into an order in which joining them fails."""


@pytest.fixture
def no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "_whole_path", lambda *_: None)


class TestCrossSignedCas:
    @pytest.mark.usefixtures("no_search")
    def test_are_missed_by_joining_them_in_the_order_of_their_bytes(self) -> None:
        with pytest.raises(InvalidValueError, match="expected one chain, but"):
            order_chain(crossed(MISSED))

    @pytest.mark.parametrize("serials", list(permutations(MISSED)))
    def test_have_one_path_whatever_the_order_of_their_bytes(self, serials: Sequence[int]) -> None:
        *path, root = crossed(serials)
        assert order_chain([root, *path]) == Chain(
            tuple(path), root, (LeftOut(root, LeftOutReason.ROOT),)
        )

    @pytest.mark.parametrize(
        ("steps", "kept"),
        [
            pytest.param(["a<a", "a<away"], {"a<away"}, id="a root and its cross-sign"),
            pytest.param(
                ["a<a", "a<a", "a<away"], {"a<away"}, id="a renewed root and its cross-sign"
            ),
            pytest.param(
                ["a<a", "a<root", "root<root"], {"a<root"}, id="a root above a former root"
            ),
            pytest.param(
                ["a<b", "b<b", "b<away"], {"a<b", "b<away"}, id="a cross-sign above an intermediate"
            ),
            pytest.param(
                ["a<a", "a<b", "b<a", "b<b"], {"a<b", "b<a"}, id="two roots that signed each other"
            ),
            pytest.param(["a<b", "a<b", "b<a", "b<root"], {"a<b", "b<a", "b<root"}, id="two ways"),
            pytest.param(
                ["a<a", "a<b", "b<b", "b<away"],
                {"a<b", "b<away"},
                id="a root below and one above a cross-sign",
            ),
            pytest.param(["a<a", "b<b"], None, id="a root that signed nothing"),
            pytest.param(
                ["a<away", "a<elsewhere"], None, id="two cross-signs by CAs that are absent"
            ),
        ],
    )
    @pytest.mark.parametrize("with_leaf", [True, False], ids=["with a leaf", "of CAs alone"])
    def test_are_one_chain_or_none_whatever_the_order_of_their_bytes(
        self, steps: Sequence[str], kept: set[str] | None, *, with_leaf: bool
    ) -> None:
        assert in_every_order(steps, with_leaf=with_leaf) == {kept and frozenset(kept)}

    @pytest.mark.parametrize("with_leaf", [True, False], ids=["with a leaf", "of CAs alone"])
    def test_of_three_are_one_chain_or_none_whatever_signed_what(self, *, with_leaf: bool) -> None:
        kinds = ["a<a", "a<b", "a<away", "b<a", "b<b", "b<away"]
        for steps in combinations_with_replacement(kinds, 3):
            found = in_every_order(steps, with_leaf=with_leaf)
            assert None not in found or len(found) == 1, steps

    def test_have_the_root_as_their_ca_that_signed_the_highest_of_them(self) -> None:
        for one, two, three, four in permutations((1, 2, 3, 4)):
            top = ca("c", "c", serial=one)
            steps = [
                ca("a", "b", serial=two),
                ca("b", "b", serial=three),
                ca("b", "c", serial=four),
            ]
            assert order_chain([leaf("a", serial=100), *steps, top]).ca == top

    def test_have_a_root_that_might_stand_between_them_on_top(self) -> None:
        heap = [
            leaf("a", serial=2),
            ca("a", "b", serial=3),
            ca("b", "a", serial=1),
            ca("a", "a", serial=4),
        ]  # a's root has signed b's certificate, as its namesake below has
        *path, root = heap
        chain = order_chain(heap)
        assert (chain.certificates, chain.ca) == (tuple(path), root)

    def test_have_the_same_ca_in_whatever_order_they_come(self) -> None:
        # Which of two it is depends on the order of their bytes alone.
        heap = [leaf("a"), ca("a", "b", serial=2), ca("b", "a", serial=3), ca("a", "a", serial=4)]
        assert len({order_chain(turned).ca for turned in permutations(heap)}) == 1

    def test_with_two_leaves_and_many_ways_are_refused_for_the_leaf(self) -> None:
        steps = [ca(f"{n}", f"{n + 1}", serial=twin) for n in range(13) for twin in (1, 2)]
        with pytest.raises(InvalidValueError, match="expected one chain, but"):
            order_chain([leaf("0"), leaf("0", subject="twin"), *steps])

    def test_with_more_ways_than_anybody_can_go_are_refused(self) -> None:
        steps = [ca(f"{n}", f"{n + 1}", serial=twin) for n in range(13) for twin in (1, 2)]
        with pytest.raises(InvalidValueError, match="expected one chain within 4,000 steps"):
            order_chain([leaf("0"), *steps])


def namesakes(count: int) -> list[X509Certificate]:
    """Certificates of one name, none of which signed another."""
    name = common_name("a")
    ders = (
        certificate(CA, subject=name, issuer=name, serial=integer(serial))
        for serial in range(1, count + 1)
    )
    return [X509Certificate.from_der(der) for der in ders]


class TestTheCost:
    def test_of_a_thousand_certificates_of_one_name_ends_at_a_limit(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = counted(monkeypatch)
        with pytest.raises(InvalidValueError, match="one chain within 4,000 signature checks"):
            order_chain(namesakes(MAX_CERTIFICATES))
        assert len(asked) == MAX_VERIFICATIONS

    def test_of_more_certificates_than_that_is_nothing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = counted(monkeypatch)
        with pytest.raises(InvalidValueError, match="at most 1,000 different certificates, got 10"):
            order_chain(namesakes(MAX_CERTIFICATES + 1))
        assert asked == []

    def test_of_a_long_path_is_one_check_a_link(self, monkeypatch: pytest.MonkeyPatch) -> None:
        length = 300
        # Serial numbers that shuffle them: 131 has no divisor in common with 300.
        path = [ca(f"{n}", f"{n + 1}", serial=n * 131 % length + 1) for n in range(length)]
        asked = counted(monkeypatch)
        assert order_chain(path).certificates == tuple(path)
        assert len(asked) == length - 1

    def test_of_a_path_that_must_be_searched_is_one_check_a_pair(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = counted(monkeypatch)
        order_chain(crossed(MISSED))
        assert len(asked) <= 8


def counted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[X509Certificate, X509Certificate]]:
    """Note every pair whose signature is verified from now on."""
    asked: list[tuple[X509Certificate, X509Certificate]] = []
    verify = X509Certificate.signature_problem

    def noted(self: X509Certificate, issuer: X509Certificate) -> str | None:
        asked.append((self, issuer))
        return verify(self, issuer)

    monkeypatch.setattr(X509Certificate, "signature_problem", noted)
    return asked


HEAP = bundle(ROOT, LEAF, INTERMEDIATE)


class TestPem:
    @pytest.mark.parametrize(
        "heap",
        [
            pytest.param(HEAP, id="as text"),
            pytest.param(HEAP.encode(), id="as bytes"),
            pytest.param(f"subject=leaf\n\n{HEAP}the end \udcff", id="with text around it"),
            pytest.param("\ufeff".join(["", *map(bundle, (ROOT, LEAF, INTERMEDIATE))]),
                         id="with byte order marks"),
            pytest.param(HEAP.replace("-----\n-----", "----------"), id="with lost line ends"),
            pytest.param(HEAP.replace("\n", "\r\n"), id="with line ends of another kind"),
        ],
    )  # fmt: skip
    def test_is_read_without_losing_a_certificate(self, heap: bytes | str) -> None:
        assert assemble_chain(heap) == FULL

    def test_is_written_leaf_first(self) -> None:
        assert FULL.fullchain_pem == bundle(LEAF, INTERMEDIATE)
        assert FULL.ca_pem == bundle(ROOT)

    def test_of_no_ca_is_empty(self) -> None:
        assert order_chain([LEAF]).ca_pem == ""

    def test_of_the_greatest_size_is_read(self) -> None:
        assert assemble_chain(HEAP.ljust(MAX_CHAIN_BYTES)) == FULL

    @pytest.mark.parametrize(
        ("heap", "rule"),
        [
            pytest.param(
                HEAP.ljust(MAX_CHAIN_BYTES + 1), "at most 95,000 bytes of PEM", id="too much"
            ),
            pytest.param("", "expected a certificate in PEM", id="nothing"),
            pytest.param("text", "expected a certificate in PEM", id="no PEM"),
            pytest.param(encode("CERTIFICATE", b"0\0"), "cut off", id="no certificate"),
        ],
    )
    def test_that_cannot_be_read_is_refused(self, heap: str, rule: str) -> None:
        with pytest.raises(UnreadableError, match=rule):
            assemble_chain(heap)

    @pytest.mark.parametrize("heap", [None, 7, bytearray(HEAP.encode())], ids=type)
    def test_is_bytes_or_text(self, heap: object) -> None:
        with pytest.raises(WrongTypeError, match="expected certificates in PEM, as bytes or str"):
            assemble_chain(heap)  # type: ignore[arg-type]
