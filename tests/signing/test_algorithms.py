"""A key signs with a hash as strong as itself, unless the spec says otherwise."""

from __future__ import annotations

import pytest

from certlife.errors import InvalidValueError
from certlife.model.spec import CertificateSpec, IssuerRef, PrivateKeySpec
from certlife.model.spec import SignatureAlgorithm as Named
from certlife.pki.keys import KeyAlgorithm
from certlife.pki.signatures import SignatureAlgorithm, read_algorithm, signature_algorithm
from certlife.signing.algorithms import IDENTIFIERS, requested_algorithm, usual_algorithm


def spec(
    algorithm: str | None = None, size: int | None = None, named: str | None = None
) -> CertificateSpec:
    return CertificateSpec(
        secret_name="",
        issuer_ref=IssuerRef("ca"),
        private_key=PrivateKeySpec(algorithm=algorithm, size=size),
        signature_algorithm=named,
    )


@pytest.mark.parametrize(
    ("algorithm", "size", "expected"),
    [
        (None, None, SignatureAlgorithm.SHA256_RSA),
        ("", 0, SignatureAlgorithm.SHA256_RSA),
        ("RSA", 2048, SignatureAlgorithm.SHA256_RSA),
        ("RSA", 3071, SignatureAlgorithm.SHA256_RSA),
        ("RSA", 3072, SignatureAlgorithm.SHA384_RSA),
        ("RSA", 4095, SignatureAlgorithm.SHA384_RSA),
        ("RSA", 4096, SignatureAlgorithm.SHA512_RSA),
        ("ECDSA", None, SignatureAlgorithm.ECDSA_SHA256),
        ("ECDSA", 256, SignatureAlgorithm.ECDSA_SHA256),
        ("ECDSA", 384, SignatureAlgorithm.ECDSA_SHA384),
        ("ECDSA", 521, SignatureAlgorithm.ECDSA_SHA512),
        ("Ed25519", 99, SignatureAlgorithm.ED25519),
    ],
    ids=str,
)
def test_the_hash_follows_the_key(
    algorithm: str | None, size: int | None, expected: SignatureAlgorithm
) -> None:
    assert requested_algorithm(spec(algorithm, size)) is expected


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (Named.SHA384_WITH_RSA, SignatureAlgorithm.SHA384_RSA),
        (Named.ECDSA_WITH_SHA512, SignatureAlgorithm.ECDSA_SHA512),
        (Named.PURE_ED25519, SignatureAlgorithm.ED25519),
    ],
)
def test_what_the_spec_names_wins_whether_or_not_the_key_can(
    named: str, expected: SignatureAlgorithm
) -> None:
    assert requested_algorithm(spec(None, None, named)) is expected


def test_every_name_of_the_api_is_known() -> None:
    assert {requested_algorithm(spec(named=name)) for name in Named} == IDENTIFIERS.keys()


@pytest.mark.parametrize(
    ("wanted", "path", "value"),
    [
        pytest.param(spec("Ed448"), "spec.privateKey.algorithm", "'Ed448'", id="unknown key"),
        pytest.param(spec("RSA", 2047), "spec.privateKey.size", None, id="a short RSA key"),
        pytest.param(spec("RSA", -1), "spec.privateKey.size", None, id="a negative RSA key"),
        pytest.param(spec("ECDSA", 224), "spec.privateKey.size", None, id="P-224"),
        pytest.param(spec("ECDSA", -1), "spec.privateKey.size", None, id="a negative curve"),
        pytest.param(spec(named="MD5WithRSA"), "spec.signatureAlgorithm", "'MD5WithRSA'", id="MD5"),
    ],
)
def test_what_nobody_knows_is_refused(
    wanted: CertificateSpec, path: str, value: str | None
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        requested_algorithm(wanted)
    assert (caught.value.path, caught.value.value) == (path, value)


def test_a_size_without_a_spec_is_refused_without_its_path() -> None:
    with pytest.raises(InvalidValueError, match=r"^expected 256, 384 or 521 bits for ECDSA$"):
        usual_algorithm(KeyAlgorithm.ECDSA, 224)


@pytest.mark.parametrize("algorithm", IDENTIFIERS, ids=str)
def test_an_identifier_names_its_algorithm(algorithm: SignatureAlgorithm) -> None:
    written = IDENTIFIERS[algorithm]
    oid, parameters, stop = read_algorithm(written, 0, len(written))
    assert signature_algorithm(oid, parameters) is algorithm
    assert stop == len(written)
    # RFC 4055, section 5; RFC 5758, section 3.2; RFC 8410, section 3.
    assert parameters == (b"\x05\x00" if "RSA" in algorithm and "EC" not in algorithm else b"")
