from __future__ import annotations

import pickle

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP224R1,
    SECP256K1,
    SECP256R1,
    SECP384R1,
    SECP521R1,
    EllipticCurve,
    EllipticCurvePublicKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certlife.errors import UnreadableError
from certlife.pki import publickey as module
from certlife.pki.publickey import (
    NativeKey,
    PublicKey,
    PublicKeyAlgorithm,
    ed25519_key,
    elliptic_curve_key,
    public_key_of,
    read_public_key,
    rsa_key,
)
from tests.pki.encoding import NULL, bit_string, integer, oid, sequence, tlv

EC, RSA, DSA = oid("1.2.840.10045.2.1"), oid("1.2.840.113549.1.1.1"), oid("1.2.840.10040.4.1")
ED25519 = oid("1.3.101.112")
ED25519_KEY = Ed25519PublicKey.from_public_bytes(bytes(range(32)))
P256 = oid("1.2.840.10045.3.1.7")
MODULUS = (1 << 2047) + 0x1234567890ABCDEF1
CURVES = [
    (SECP224R1(), oid("1.3.132.0.33")),
    (SECP256R1(), P256),
    (SECP384R1(), oid("1.3.132.0.34")),
    (SECP521R1(), oid("1.3.132.0.35")),
]


def read(spki: bytes) -> PublicKey:
    return read_public_key(b"before" + spki + b"after", 6, 6 + len(spki))


def spki(algorithm: bytes, octets: bytes, unused: int = 0) -> bytes:
    return sequence(algorithm, bit_string(octets, unused))


def rsa(modulus: int = MODULUS, exponent: int = 65537) -> bytes:
    return spki(sequence(RSA, NULL), sequence(integer(modulus), integer(exponent)))


def public_key(curve: EllipticCurve) -> EllipticCurvePublicKey:
    return derive_private_key(12345, curve).public_key()


def point(curve: EllipticCurve) -> bytes:
    return public_key(curve).public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@pytest.mark.parametrize(("curve", "parameters"), CURVES, ids=[curve.name for curve, _ in CURVES])
@pytest.mark.parametrize("after", [b"", NULL], ids=["as usual", "with something after it"])
def test_a_key_on_a_curve_is_read(curve: EllipticCurve, parameters: bytes, after: bytes) -> None:
    der = sequence(sequence(EC, parameters), bit_string(point(curve)), after)
    key = read(der)
    assert (key.algorithm, key.size) == (PublicKeyAlgorithm.ECDSA, curve.key_size)
    assert key.native == public_key(curve)
    assert key.spki == der


@pytest.mark.parametrize(
    ("size", "algorithm", "der", "native"),
    [
        (2048, "RSA", rsa(), RSAPublicNumbers(65537, MODULUS).public_key()),
        (
            256,
            "Ed25519",
            spki(sequence(ED25519), bytes(range(32))),
            Ed25519PublicKey.from_public_bytes(bytes(range(32))),
        ),
        pytest.param(2048, "RSA", rsa(exponent=2), None, id="an even exponent"),
        pytest.param(1, "RSA", rsa(modulus=1, exponent=1), None, id="RSA of ones"),
        pytest.param(
            0,
            "DSA",
            spki(sequence(DSA, sequence(integer(1), integer(1), integer(1))), integer(1)),
            None,
            id="DSA of ones",
        ),
        pytest.param(3, "RSA", rsa(modulus=5, exponent=2**63 - 1), None, id="a large exponent"),
        pytest.param(
            0,
            "DSA",
            spki(sequence(DSA, sequence(integer(7), integer(3), integer(2))), integer(4)),
            None,
            id="DSA",
        ),
        pytest.param(0, "0", spki(sequence(oid("1.3.101.110")), b""), None, id="X25519, empty"),
        pytest.param(0, "0", spki(sequence(oid("1.2.3"), NULL), b"x"), None, id="unknown"),
    ],
)
def test_a_key_is_read(size: int, algorithm: str, der: bytes, native: object) -> None:
    key = read(der)
    assert (key.algorithm, key.size, key.native, key.spki) == (algorithm, size, native, der)


@pytest.mark.parametrize(
    "der",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(sequence(), id="no algorithm"),
        pytest.param(sequence(sequence(NULL), bit_string(b"")), id="no OBJECT IDENTIFIER"),
        pytest.param(sequence(sequence(b"\x06\x01\x80"), bit_string(b"")), id="one cut off"),
        pytest.param(sequence(sequence(oid("1.2.3"))), id="no key"),
        pytest.param(spki(sequence(oid("1.2.3"), b"\x05"), b""), id="parameters cut off"),
        pytest.param(spki(sequence(EC), point(SECP256R1())), id="no curve"),
        pytest.param(spki(sequence(EC, NULL), point(SECP256R1())), id="an implicit curve"),
        pytest.param(
            spki(sequence(EC, oid("1.3.132.0.10")), point(SECP256K1())), id="another curve"
        ),
        pytest.param(spki(sequence(EC, P256), b""), id="no point"),
        pytest.param(spki(sequence(EC, P256), b"\x00"), id="the point at infinity"),
        pytest.param(spki(sequence(EC, P256), b"\x04" + bytes(64)), id="a point off the curve"),
        pytest.param(spki(sequence(EC, P256), b"\x04" + bytes(63)), id="a point too short"),
        pytest.param(
            spki(
                sequence(EC, P256),
                public_key(SECP256R1()).public_bytes(Encoding.X962, PublicFormat.CompressedPoint),
            ),
            id="a compressed point",
        ),
        pytest.param(spki(sequence(RSA), sequence(integer(5), integer(3))), id="RSA without NULL"),
        pytest.param(spki(sequence(RSA, NULL), b""), id="an RSA key of nothing"),
        pytest.param(spki(sequence(RSA, NULL), sequence(integer(5))), id="no exponent"),
        pytest.param(rsa(modulus=-5), id="a negative modulus"),
        pytest.param(rsa(modulus=0), id="a modulus of zero"),
        pytest.param(rsa(exponent=-3), id="a negative exponent"),
        pytest.param(rsa(exponent=0), id="an exponent of zero"),
        pytest.param(rsa(exponent=2**63), id="an exponent of 64 bits"),
        pytest.param(spki(sequence(ED25519), bytes(31)), id="31 bytes of Ed25519"),
        pytest.param(spki(sequence(ED25519, NULL), bytes(32)), id="Ed25519 with parameters"),
        pytest.param(spki(sequence(DSA), integer(4)), id="DSA without parameters"),
        pytest.param(
            spki(sequence(DSA, sequence(integer(7), integer(3))), integer(4)), id="DSA without g"
        ),
        pytest.param(
            spki(sequence(DSA, sequence(integer(7), integer(3), integer(0))), integer(4)),
            id="DSA of zeros",
        ),
        pytest.param(
            spki(sequence(DSA, sequence(integer(7), integer(3), integer(2))), integer(-4)),
            id="a negative DSA key",
        ),
        pytest.param(
            spki(sequence(DSA, sequence(integer(7), integer(3), integer(2))), NULL), id="no DSA key"
        ),
    ],
)
def test_a_malformed_key_is_refused(der: bytes) -> None:
    with pytest.raises(UnreadableError):
        read(der)


@pytest.mark.parametrize(
    "key",
    [
        *(pytest.param(public_key(curve), id=curve.name) for curve, _ in CURVES[1:]),
        *(
            pytest.param(
                RSAPublicNumbers(65537, 2**size - 1).public_key(), id=f"RSA of {size} bits"
            )
            for size in (2048, 3072, 4096)
        ),
        pytest.param(ED25519_KEY, id="Ed25519"),
    ],
)
def test_a_plain_key_is_one_as_everybody_writes_it(key: NativeKey) -> None:
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    plain = module._read_plain_key(der, 0, len(der))  # noqa: SLF001 — the short cut
    described = public_key_of(key)
    assert plain == described
    assert plain is not None
    assert (plain.algorithm, plain.size) == (described.algorithm, described.size)
    assert plain.native == key


def test_there_is_no_other_plain_key() -> None:
    sizes = [plain.size for plain in module._PLAIN_KEYS.values()]  # noqa: SLF001 — the test above has all of them
    assert sizes == [256, 384, 521, 2048, 3072, 4096, 256]


@pytest.mark.parametrize("size", [2048, 3072, 4096, 2047, 1128])
@pytest.mark.parametrize("exponent", [65537, 3])
def test_an_rsa_key_is_described_as_everybody_writes_it(size: int, exponent: int) -> None:
    modulus = 2**size - 1
    key = rsa_key(modulus, exponent)
    assert key == public_key_of(RSAPublicNumbers(exponent, modulus).public_key())
    assert (key.algorithm, key.size) == (PublicKeyAlgorithm.RSA, size)


def test_an_ed25519_key_is_described_as_everybody_writes_it() -> None:
    key = ed25519_key(ED25519_KEY.public_bytes_raw())
    assert key == public_key_of(ED25519_KEY)
    assert (key.algorithm, key.size) == (PublicKeyAlgorithm.ED25519, 256)


@pytest.mark.parametrize("curve", [curve for curve, _ in CURVES[1:]])
def test_a_key_on_a_curve_is_described_as_everybody_writes_it(curve: EllipticCurve) -> None:
    key = elliptic_curve_key(curve.key_size, point(curve)[1:])
    assert key == public_key_of(public_key(curve))
    assert (key.algorithm, key.size) == (PublicKeyAlgorithm.ECDSA, curve.key_size)


def test_a_key_that_is_seen_at_a_glance_may_not_reach_out_of_what_holds_it() -> None:
    der = spki(sequence(EC, P256), point(SECP256R1()))
    with pytest.raises(UnreadableError, match=r"cut off"):
        read_public_key(der, 0, len(der) - 1)


@pytest.mark.parametrize("size", [2048, 3072, 4096])
def test_a_modulus_that_starts_with_zeros_is_refused(size: int) -> None:
    der = rsa(2**size - 1)
    padded = der.replace(b"\x00\xff\xff", b"\x00\x7f\xff", 1)
    with pytest.raises(UnreadableError, match=r"shortest form"):
        read(padded)


def test_an_rsa_key_may_not_reach_out_of_what_holds_it() -> None:
    with pytest.raises(UnreadableError, match=r"cut off"):
        read_public_key(rsa(), 0, len(rsa()) - 1)


def test_unused_bits_are_shifted_out_of_a_key() -> None:
    # The first octet of the point is 04: its upper half can go.
    octets = (int.from_bytes(point(SECP256R1())) << 4).to_bytes(65)
    assert read(spki(sequence(EC, P256), octets, 4)).native == public_key(SECP256R1())


def test_keys_are_equal_by_their_der() -> None:
    assert read(rsa()) == read(rsa()) != read(rsa(exponent=3))
    assert hash(read(rsa())) == hash(read(rsa()))


def test_a_key_can_be_pickled() -> None:
    key = read(spki(sequence(EC, P256), point(SECP256R1())))
    copy = pickle.loads(pickle.dumps(key))  # noqa: S301 — our own
    assert copy == key
    assert copy.native == key.native


def test_a_key_is_shown_without_its_bytes() -> None:
    assert repr(read(rsa())) == ("PublicKey(algorithm=<PublicKeyAlgorithm.RSA: 'RSA'>, size=2048)")


def test_the_der_of_a_dsa_key_is_no_bit_string_of_a_sequence() -> None:
    parameters = sequence(integer(7), integer(3), integer(2))
    with pytest.raises(UnreadableError):
        read(spki(sequence(DSA, parameters), tlv(0x04)))


def test_a_key_is_the_same_in_another_spelling() -> None:
    members = sequence(ED25519), bit_string(bytes(31) + b"\x01")
    usual, longer = read(sequence(*members)), read(sequence(*members, NULL))
    assert usual.spki != longer.spki
    assert usual.is_same_as(longer)
    assert not usual.is_same_as(read(rsa()))
    assert not read(rsa()).is_same_as(read(rsa(exponent=3)))
    assert not read(rsa(exponent=4)).is_same_as(read(rsa()))  # which nobody can use


def test_keys_in_the_same_bytes_are_the_same_without_making_any(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left, right = read(rsa()), read(rsa())
    monkeypatch.setattr(PublicKey, "native", None)
    assert left.is_same_as(right)


def test_no_key_that_go_does_not_know_is_the_same_as_any() -> None:
    unknown = read(spki(sequence(oid("1.2.3.4")), b"any"))
    assert unknown.algorithm is PublicKeyAlgorithm.UNKNOWN
    assert not unknown.is_same_as(unknown)
