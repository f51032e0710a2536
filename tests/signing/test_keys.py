"""A key is made as the spec says, and signs only after it has been checked in full."""

from __future__ import annotations

import pickle
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateNumbers, RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from certlife.errors import InvalidValueError, UnreadableError, WrongTypeError
from certlife.model.spec import PrivateKeySpec
from certlife.pki.keys import KeyAlgorithm, PrivateKey
from certlife.pki.publickey import read_public_key
from certlife.pki.signatures import SignatureAlgorithm, is_signature
from certlife.signing.algorithms import IDENTIFIERS
from certlife.signing.keys import Signer, generate_private_key
from certlife.testing import signer
from tests.pki.encoding import OCTET_STRING, integer, oid, sequence, tlv

ECDSA: Final = PrivateKeySpec(algorithm="ECDSA")
ED25519: Final = PrivateKeySpec(algorithm="Ed25519")
ALGORITHMS: Final = {
    KeyAlgorithm.RSA: {
        SignatureAlgorithm.SHA256_RSA,
        SignatureAlgorithm.SHA384_RSA,
        SignatureAlgorithm.SHA512_RSA,
    },
    KeyAlgorithm.ECDSA: {
        SignatureAlgorithm.ECDSA_SHA256,
        SignatureAlgorithm.ECDSA_SHA384,
        SignatureAlgorithm.ECDSA_SHA512,
    },
    KeyAlgorithm.ED25519: {SignatureAlgorithm.ED25519},
}


@pytest.mark.parametrize(
    ("algorithm", "size", "encoding", "label", "bits"),
    [
        (None, None, None, "RSA PRIVATE KEY", 2048),
        ("RSA", -1, "PKCS8", "PRIVATE KEY", 2048),
        ("RSA", 2050, "PKCS1", "RSA PRIVATE KEY", 2050),
        ("ECDSA", None, None, "EC PRIVATE KEY", 256),
        ("ECDSA", 0, "PKCS8", "PRIVATE KEY", 256),
        ("ECDSA", 384, "PKCS1", "EC PRIVATE KEY", 384),
        ("ECDSA", 521, "PKCS8", "PRIVATE KEY", 521),
        ("Ed25519", 77, "PKCS1", "PRIVATE KEY", 256),
        ("Ed25519", None, "PKCS8", "PRIVATE KEY", 256),
    ],
    ids=str,
)
def test_a_key_is_what_the_spec_says(
    algorithm: str | None, size: int | None, encoding: str | None, label: str, bits: int
) -> None:
    wanted = PrivateKeySpec(algorithm=algorithm, size=size, encoding=encoding)
    key = PrivateKey.from_pem(generate_private_key(wanted))
    assert (key.algorithm, key.size, key.label) == (wanted.effective_algorithm, bits, label)


def test_each_key_is_new() -> None:
    assert generate_private_key(ED25519) != generate_private_key(ED25519)


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        pytest.param(PrivateKeySpec(algorithm="DSA"), "algorithm", id="an unknown algorithm"),
        pytest.param(PrivateKeySpec(encoding="JWK"), "encoding", id="an unknown encoding"),
        pytest.param(PrivateKeySpec(size=2047), "size", id="a short RSA key"),
        pytest.param(PrivateKeySpec(size=8194), "size", id="a long RSA key"),
        pytest.param(PrivateKeySpec(size=2049), "size", id="an RSA key of odd size"),
        pytest.param(PrivateKeySpec(size=10**5000), "size", id="a number of 5,000 digits"),
        pytest.param(PrivateKeySpec(algorithm="ECDSA", size=224), "size", id="P-224"),
    ],
)
def test_a_key_that_there_is_not_is_refused(wanted: PrivateKeySpec, path: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        generate_private_key(wanted)
    assert caught.value.path == f"spec.privateKey.{path}"


def test_what_is_no_spec_is_refused() -> None:
    with pytest.raises(WrongTypeError, match=r"^spec: expected PrivateKeySpec, got str$"):
        generate_private_key("RSA")  # type: ignore[arg-type]  # the wrong type


@pytest.mark.parametrize("wanted", [PrivateKeySpec(), ECDSA, ED25519], ids=str)
def test_a_signature_is_verified_with_the_public_half(wanted: PrivateKeySpec) -> None:
    key = signer(wanted)
    public = read_public_key(key.spki_der, 0, len(key.spki_der))
    algorithms = ALGORITHMS[key.algorithm]
    for algorithm in algorithms:
        assert is_signature(algorithm, b"signed", key.sign(b"signed", algorithm), public)
    for algorithm in IDENTIFIERS.keys() - algorithms:
        with pytest.raises(InvalidValueError, match=f"for a key of {key.algorithm}"):
            key.sign(b"signed", algorithm)


def test_weak_hashes_are_not_signed_with() -> None:
    with pytest.raises(InvalidValueError) as caught:
        signer().sign(b"signed", SignatureAlgorithm.SHA1_RSA)
    assert (caught.value.path, caught.value.value) == ("algorithm", "'SHA1-RSA'")


def rsa_key(p: int, q: int) -> bytes:
    """An RSA key of two numbers that fit together, prime or not."""
    exponent = 65537
    secret = pow(exponent, -1, (p - 1) * (q - 1))
    numbers = RSAPrivateNumbers(
        p=p,
        q=q,
        d=secret,
        dmp1=secret % (p - 1),
        dmq1=secret % (q - 1),
        iqmp=pow(q, -1, p),
        public_numbers=RSAPublicNumbers(exponent, p * q),
    )
    key = numbers.private_key(unsafe_skip_rsa_key_validation=True)
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())


# Mersenne primes, and a number between them that is none.
SHORT: Final = rsa_key(2**521 - 1, 2**127 - 1)
COMPOSITE: Final = rsa_key(2**1279 - 1, 2**800 + 1)


def test_a_key_of_numbers_that_are_not_prime_is_judged_but_never_signs() -> None:
    assert PrivateKey.from_pem(COMPOSITE).size > 2048
    with pytest.raises(UnreadableError, match="sound"):
        Signer.from_pem(COMPOSITE)


def test_an_rsa_key_below_1024_bits_does_not_sign() -> None:
    with pytest.raises(UnreadableError, match="at least 1024 bits"):
        Signer.from_pem(SHORT)


def test_an_elliptic_curve_key_that_only_go_reads_does_not_sign() -> None:
    short_scalar = sequence(
        integer(1), tlv(OCTET_STRING, b"\x07"), tlv(0xA0, oid("1.2.840.10045.3.1.7"))
    )
    with pytest.raises(UnreadableError, match="written as usual"):
        Signer(PrivateKey("EC PRIVATE KEY", short_scalar))


def test_what_is_no_key_is_refused() -> None:
    with pytest.raises(UnreadableError, match="expected a PEM block"):
        Signer.from_pem(b"")
    with pytest.raises(WrongTypeError, match=r"^private_key: expected PrivateKey, got bytes$"):
        Signer(b"secret")  # type: ignore[arg-type]  # the wrong type


@pytest.mark.parametrize("wanted", [PrivateKeySpec(), ECDSA, ED25519], ids=str)
def test_a_signer_writes_its_key_as_it_was_written(wanted: PrivateKeySpec) -> None:
    pem = generate_private_key(wanted)
    key = Signer.from_pem(pem)
    assert key.pem == pem
    public = load_pem_private_key(pem, None).public_key()
    assert key.private_key.public_key == public


def test_a_signer_is_a_value() -> None:
    key = signer(ECDSA)
    again = Signer.from_pem(key.pem.decode())
    assert key == again
    assert hash(key) == hash(again)
    assert pickle.loads(pickle.dumps(key)) == key  # noqa: S301 — our own bytes
    assert key != signer(ECDSA, 1)


def test_a_signer_shows_no_key_material() -> None:
    assert repr(signer(ECDSA)) == ("Signer(PrivateKey(algorithm=ECDSA, size=256, encoding=PKCS1))")
