"""The fuzzer finds nothing in a short run, and would find what there is to be found."""

from __future__ import annotations

from base64 import b64encode
from random import Random
from time import process_time
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from certlife.errors import InvalidValueError, UnreadableError
from tests.fuzz import judge, laws
from tests.fuzz.__main__ import DOORS, main
from tests.fuzz.corpora import main as corpora
from tests.fuzz.der import elements, mutate_der
from tests.fuzz.laws import BrokenError, Silence, Trial, broken
from tests.fuzz.mutators import mutate_tree
from tests.fuzz.seeds import Seeds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

KEY = generate_private_key(SECP256R1())
KEY_PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
NUMBER = KEY.private_numbers().private_value.to_bytes(32)
SILENCE = Silence.about([KEY_PEM, b"no key"], words=["Correct1Horse2Battery"])


def finding(ask: Callable[[], Iterable[object]], *, measured: bool = False) -> str | None:
    return broken(Trial("asked", 1, ask), SILENCE, measured=measured)


def raising(error: BaseException) -> Callable[[], Iterable[object]]:
    def ask() -> Iterable[object]:
        raise error

    return ask


def working(seconds: float) -> Callable[[], Iterable[object]]:
    def ask() -> Iterable[object]:
        start = process_time()
        while process_time() - start < seconds:
            pass
        return []

    return ask


@pytest.fixture(scope="module")
def seeds() -> Seeds:
    return Seeds.of_vectors()


def test_in_a_short_run_every_law_holds(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["--inputs", "300", "--seed", "7"])
    said = capsys.readouterr().out
    assert status == 0, said
    assert said.endswith("seed 7: no findings\n")
    assert said.startswith(f"300 inputs at {len(DOORS)} doors")


@pytest.mark.parametrize("door", DOORS)
def test_an_input_can_be_tried_again(door: str, seeds: Seeds) -> None:
    draw, _ = DOORS[door]
    inputs = [repr(draw(Random("0:1"), seeds).asked) for _ in range(2)]  # noqa: S311 — no secret
    assert inputs[0] == inputs[1]


def test_a_refusal_is_no_finding() -> None:
    assert finding(raising(UnreadableError("expected a certificate"))) is None


def test_what_escapes_is_found() -> None:
    assert finding(raising(KeyError("tls.crt"))) == "escaped: KeyError: 'tls.crt'"


def test_a_wrong_answer_is_found() -> None:
    assert finding(raising(BrokenError("kept without a Secret"))) == "kept without a Secret"


def test_what_takes_long_each_time_is_found() -> None:
    assert finding(working(1.1)) == "took 1.1 seconds for 1 bytes"
    assert finding(working(0.01)) is None


def test_what_takes_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laws, "_GIVEN_UP_AFTER", 0.1)
    assert finding(working(60)) == "took more than 0.1 seconds"


@pytest.mark.parametrize("measured", [False, True], ids=["at a glance", "to the byte"])
def test_what_takes_much_memory_is_found(*, measured: bool) -> None:
    size = laws.MIN_MEMORY if measured else 20 * laws.MIN_MEMORY
    found = finding(lambda: [len(b"x" * (size + 1))], measured=measured)
    assert found is not None
    assert found.startswith("took ")


@pytest.mark.parametrize(
    "told",
    [
        NUMBER.hex(),
        NUMBER.hex().upper(),
        NUMBER.hex(":"),
        str(int.from_bytes(NUMBER)),
        repr(NUMBER),
        KEY_PEM,
        b64encode(b"x" + NUMBER),
        b64encode(b"xx" + NUMBER),
        {"password": "Correct1Horse2Battery"},
        InvalidValueError("expected something else", value=NUMBER.hex()),
    ],
    ids=lambda told: type(told).__name__,
)
def test_a_piece_of_a_key_is_found_in_any_spelling(told: object) -> None:
    found = finding(lambda: [told])
    assert found is not None
    assert found.startswith("told a secret")


def test_a_secret_in_the_cause_of_an_error_is_found() -> None:
    told = InvalidValueError("expected something else")
    assert SILENCE.broken_by(told) is None
    told.__cause__ = ValueError(NUMBER.hex())
    assert SILENCE.broken_by(told) is not None


def test_der_that_was_changed_inside_is_der_around_it() -> None:
    random = Random(3)  # noqa: S311 — no secret
    whole = b"\x30\x08\x30\x06\x02\x01\x01\x02\x01\x02"
    changed = [mutate_der(whole, random) for _ in range(200)]
    fitting = [der for der in changed if len(elements(der, 0, len(der))) == 1]
    assert len(set(changed)) > 50
    assert len(fitting) > len(changed) / 2


def test_a_document_stays_one_when_it_is_changed() -> None:
    random = Random(3)  # noqa: S311 — no secret
    for _ in range(200):
        tree = mutate_tree([{"a": [1, "x"]}], random, values={}, readers={})
        assert isinstance(tree, list)


def test_the_judge_knows_a_pair_from_two_halves(seeds: Seeds) -> None:
    certificate = next(pem for pem in seeds.certificates if pem.count(b"BEGIN") == 1)
    assert judge.corruption(certificate, KEY_PEM) == "the keys differ"
    assert judge.corruption(certificate, b"") == "there is no PEM block"
    broken_pem = b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
    assert judge.corruption(broken_pem, KEY_PEM) == "no reader takes the certificate"
    assert judge.not_after(certificate) is not None


def test_corpora_are_counted(
    seeds: Seeds, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = next(pem for pem in seeds.certificates if pem.count(b"BEGIN") == 1)
    (tmp_path / "good.pem").write_bytes(good)
    (tmp_path / "bad.der").write_bytes(b"\x30\x00")
    assert corpora([str(tmp_path), "--names"]) == 0
    said = capsys.readouterr().out
    assert "refused, as by cryptography: expected " in said
    assert "bad.der" in said
    assert said.endswith("2 certificates: 1 read, 1 refused\n")
