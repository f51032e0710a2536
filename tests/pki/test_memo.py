"""The memo, with CAs in it: what it saves, what it forgets, and that it changes no answer."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from certlife.errors import InvalidValueError, UnreadableError, WrongTypeError
from certlife.model.frozenmap import FrozenMap
from certlife.model.secret import SecretData
from certlife.pki import pem
from certlife.pki.certificate import read_certificates
from certlife.pki.memo import Memo
from certlife.pki.tbs_certificate import read_certificate
from tests.pki.hierarchies import bundle, ca, leaf

if TYPE_CHECKING:
    from certlife.pki.tbs_certificate import CertificateFields

CAS = [ca(f"ca {number}", "root") for number in range(5)]


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The DER of every certificate that is read from here on."""
    found: list[bytes] = []

    def counting(der: bytes) -> CertificateFields:
        found.append(der)
        return read_certificate(der)

    monkeypatch.setattr("certlife.pki.certificate.read_certificate", counting)
    return found


def test_a_ca_of_many_chains_is_read_once(parsed: list[bytes]) -> None:
    chains = [bundle(leaf("ca 0", serial=number), CAS[0]) for number in range(1, 10)]
    parsed.clear()
    memo = Memo()
    found = [read_certificates(chain, limit=10_000, memo=memo) for chain in chains]
    assert len(parsed) == 10
    assert found == [read_certificates(chain, limit=10_000) for chain in chains]
    assert len(memo) == 1


def test_a_leaf_is_not_kept(parsed: list[bytes]) -> None:
    alone, memo = bundle(leaf("ca 0")), Memo()
    parsed.clear()
    for _ in range(2):
        read_certificates(alone, limit=10_000, memo=memo)
    assert len(parsed) == 2
    assert len(memo) == 0


def test_what_is_no_certificate_is_not_kept_and_refused_each_time() -> None:
    broken = bundle(leaf("ca 0")) + pem.encode("PRIVATE KEY", b"secret")
    memo = Memo()
    for _ in range(2):
        with pytest.raises(UnreadableError) as refused:
            read_certificates(broken, limit=10_000, memo=memo)
        assert refused.value.path == "certificates[1]"
    assert len(memo) == 0


def test_what_was_kept_first_makes_room() -> None:
    memo = Memo(limit=2)
    for one in (CAS[0], CAS[1], CAS[0], CAS[2]):
        memo.keep(one.der, one)
    assert [memo.get(one.der) for one in CAS[:3]] == [CAS[0], None, CAS[2]]


def test_threads_share_it() -> None:
    memo = Memo(limit=3)
    chains = [bundle(leaf("ca 0"), one) for one in CAS] * 40

    def read(chain: str) -> bytes:
        return read_certificates(chain, limit=10_000, memo=memo)[1].der

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(read, chains)) == [one.der for one in CAS] * 40
    assert len(memo) == 3


@pytest.mark.parametrize(
    ("limit", "error"),
    [(0, InvalidValueError), ("1", WrongTypeError), (False, InvalidValueError)],
    ids=["it holds none", "its limit is text", "its limit is no number"],
)
def test_it_is_refused_where(limit: int, error: type[Exception]) -> None:
    with pytest.raises(error, match="limit"):
        Memo(limit)


def test_it_is_empty_after_pickling_and_keeps_its_limit() -> None:
    memo = Memo(limit=7)
    memo.keep(b"a", CAS[0])
    assert repr(memo) == "<Memo of 1, limit=7>"
    assert repr(pickle.loads(pickle.dumps(memo))) == "<Memo of 0, limit=7>"  # noqa: S301 — ours


def test_a_secret_is_the_same_with_and_without_it() -> None:
    entries = FrozenMap({"tls.crt": bundle(leaf("ca 0"), CAS[0]).encode()})
    memo = Memo()
    plain, sharing = SecretData(entries=entries), SecretData(entries=entries, memo=memo)
    assert (plain, hash(plain), repr(plain)) == (sharing, hash(sharing), repr(sharing))
    assert plain.certificate_reading == sharing.certificate_reading
    assert len(memo) == 1
    assert pickle.loads(pickle.dumps(sharing)) == plain  # noqa: S301 — ours
    assert sharing.without_private_key().memo is memo
