from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import (
    MD5,
    SHA1,
    SHA256,
    SHA384,
    SHA512,
    HashAlgorithm,
)

from certlife.errors import UnreadableError
from certlife.pki.publickey import PublicKey, read_public_key
from certlife.pki.signatures import (
    SignatureAlgorithm,
    is_signature,
    read_algorithm,
    signature_algorithm,
)
from tests.pki.encoding import NULL, integer, oid, sequence, tlv
from tests.pki.signing import EC, ED25519, RSA, PrivateKey, pss, rsa_key, sign, spki

SHA256_OID, SHA384_OID, SHA512_OID = (f"2.16.840.1.101.3.4.2.{arc}" for arc in (1, 2, 3))
DATA = b"to be signed"


def named(algorithm: bytes) -> SignatureAlgorithm:
    oid_octets, parameters, after = read_algorithm(algorithm, 0, len(algorithm))
    assert after == len(algorithm)
    return signature_algorithm(oid_octets, parameters)


def public(key: PrivateKey) -> PublicKey:
    der = spki(key)
    return read_public_key(der, 0, len(der))


@pytest.mark.parametrize(
    ("dotted", "name"),
    [
        ("1.2.840.113549.1.1.4", "MD5-RSA"),
        ("1.2.840.113549.1.1.5", "SHA1-RSA"),
        ("1.3.14.3.2.29", "SHA1-RSA"),
        ("1.2.840.113549.1.1.11", "SHA256-RSA"),
        ("1.2.840.113549.1.1.12", "SHA384-RSA"),
        ("1.2.840.113549.1.1.13", "SHA512-RSA"),
        ("1.2.840.10040.4.3", "DSA-SHA1"),
        ("2.16.840.1.101.3.4.3.2", "DSA-SHA256"),
        ("1.2.840.10045.4.1", "ECDSA-SHA1"),
        ("1.2.840.10045.4.3.2", "ECDSA-SHA256"),
        ("1.2.840.10045.4.3.3", "ECDSA-SHA384"),
        ("1.2.840.10045.4.3.4", "ECDSA-SHA512"),
        ("1.3.101.113", "0"),
        ("1.2.840.113549.1.1.2", "0"),
    ],
)
@pytest.mark.parametrize(
    "parameters", [b"", NULL, integer(1), NULL + integer(1)], ids=["none", "NULL", "1", "two"]
)
def test_an_algorithm_is_named_whatever_its_parameters(
    dotted: str, name: str, parameters: bytes
) -> None:
    assert named(sequence(oid(dotted), parameters)) == name


@pytest.mark.parametrize(("parameters", "name"), [(b"", "Ed25519"), (NULL, "0"), (integer(1), "0")])
def test_ed25519_has_no_parameters(parameters: bytes, name: str) -> None:
    assert named(sequence(oid("1.3.101.112"), parameters)) == name


@pytest.mark.parametrize(
    ("algorithm", "name"),
    [
        (pss(SHA256_OID, 32), "SHA256-RSAPSS"),
        (pss(SHA384_OID, 48), "SHA384-RSAPSS"),
        (pss(SHA512_OID, 64), "SHA512-RSAPSS"),
        pytest.param(pss(SHA256_OID, 32, own=b""), "SHA256-RSAPSS", id="no parameters"),
        pytest.param(pss(SHA256_OID, 32, inner=b""), "SHA256-RSAPSS", id="none of the mask"),
        pytest.param(
            pss(SHA512_OID, 64, own=b"", inner=b"", trailer=tlv(0xA3, integer(1))),
            "SHA512-RSAPSS",
            id="a trailer field that goes without saying",
        ),
        pytest.param(pss(SHA256_OID, 20), "0", id="a salt of another length"),
        pytest.param(pss("1.3.14.3.2.26", 20), "0", id="SHA-1"),
        pytest.param(
            pss(SHA256_OID, 32, trailer=tlv(0xA3, integer(2))), "0", id="another trailer field"
        ),
        pytest.param(sequence(oid("1.2.840.113549.1.1.10")), "0", id="no parameters at all"),
    ],
)
def test_rsassa_pss_has_parameters_that_fit_together(algorithm: bytes, name: str) -> None:
    assert named(algorithm) == name


@pytest.mark.parametrize(
    "der",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(sequence(), id="an empty SEQUENCE"),
        pytest.param(sequence(NULL), id="no OBJECT IDENTIFIER"),
        pytest.param(sequence(b"\x06\x01\x80"), id="one cut off"),
        pytest.param(sequence(oid("1.2.3"), b"\x05"), id="parameters cut off"),
    ],
)
def test_a_malformed_algorithm_is_refused(der: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_algorithm(der, 0, len(der))


SIGNED: list[tuple[SignatureAlgorithm, PrivateKey, bytes]] = [
    (SignatureAlgorithm.SHA1_RSA, RSA, sign(RSA, DATA, SHA1())),  # noqa: S303 — as in old requests
    (SignatureAlgorithm.SHA256_RSA, RSA, sign(RSA, DATA)),
    (SignatureAlgorithm.SHA384_RSA, RSA, sign(RSA, DATA, SHA384())),
    (SignatureAlgorithm.SHA512_RSA, RSA, sign(RSA, DATA, SHA512())),
    (SignatureAlgorithm.ECDSA_SHA1, EC, EC.sign(DATA, ECDSA(SHA1()))),  # noqa: S303 — the same
    (SignatureAlgorithm.ECDSA_SHA256, EC, EC.sign(DATA, ECDSA(SHA256()))),
    (SignatureAlgorithm.ECDSA_SHA384, EC, EC.sign(DATA, ECDSA(SHA384()))),
    (SignatureAlgorithm.ECDSA_SHA512, EC, EC.sign(DATA, ECDSA(SHA512()))),
    (SignatureAlgorithm.ED25519, ED25519, ED25519.sign(DATA)),
]


def pss_signed(hashed: HashAlgorithm) -> bytes:
    return RSA.sign(DATA, PSS(MGF1(hashed), hashed.digest_size), hashed)


SIGNED += [
    (SignatureAlgorithm.SHA256_RSA_PSS, RSA, pss_signed(SHA256())),
    (SignatureAlgorithm.SHA384_RSA_PSS, RSA, pss_signed(SHA384())),
    (SignatureAlgorithm.SHA512_RSA_PSS, RSA, pss_signed(SHA512())),
]
EACH = pytest.mark.parametrize(
    ("algorithm", "key", "signature"), SIGNED, ids=[algorithm for algorithm, _, _ in SIGNED]
)


@EACH
def test_a_signature_holds(
    algorithm: SignatureAlgorithm, key: PrivateKey, signature: bytes
) -> None:
    assert is_signature(algorithm, DATA, signature, public(key))


@EACH
def test_a_signature_does_not_hold_for_other_data(
    algorithm: SignatureAlgorithm, key: PrivateKey, signature: bytes
) -> None:
    assert not is_signature(algorithm, DATA + b".", signature, public(key))


@EACH
def test_a_signature_holds_for_no_other_algorithm(
    algorithm: SignatureAlgorithm, key: PrivateKey, signature: bytes
) -> None:
    for other in SignatureAlgorithm:
        assert is_signature(other, DATA, signature, public(key)) is (other is algorithm)


@EACH
def test_nothing_and_junk_are_no_signature(
    algorithm: SignatureAlgorithm, key: PrivateKey, signature: bytes
) -> None:
    assert not is_signature(algorithm, DATA, b"", public(key))
    assert not is_signature(algorithm, DATA, signature[1:], public(key))


def test_an_md5_signature_never_holds() -> None:
    signature = sign(RSA, DATA, MD5())  # noqa: S303 — to see it refused
    assert not is_signature(SignatureAlgorithm.MD5_RSA, DATA, signature, public(RSA))


def test_an_rsa_key_of_less_than_1024_bits_is_not_enough() -> None:
    key = rsa_key(2**521 - 1, 2**127 - 1)
    signature = sign(key, DATA)
    key.public_key().verify(signature, DATA, PKCS1v15(), SHA256())  # it is one
    assert not is_signature(SignatureAlgorithm.SHA256_RSA, DATA, signature, public(key))


def test_an_rsa_key_of_1024_bits_is_enough() -> None:
    key = generate_private_key(65537, 1024)  # noqa: S505 — the least that Go takes
    assert is_signature(SignatureAlgorithm.SHA256_RSA, DATA, sign(key, DATA), public(key))


def test_no_signature_holds_for_a_key_of_an_unknown_algorithm() -> None:
    der = sequence(sequence(oid("1.2.3")), tlv(0x03, b"\0"))
    key = read_public_key(der, 0, len(der))
    assert not is_signature(SignatureAlgorithm.UNKNOWN, DATA, b"", key)
