import pickle

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP224R1,
    SECP256R1,
    SECP384R1,
    SECP521R1,
    EllipticCurve,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from hypothesis import given
from hypothesis import strategies as st

from certlife.errors import CertlifeError, UnreadableError, WrongTypeError
from certlife.pki.keys import KeyAlgorithm, KeyEncoding, KeyFacts, PrivateKey
from certlife.pki.pem import MAX_PRIVATE_KEY_BYTES, encode
from certlife.pki.publickey import read_public_key

# Numbers below are made up; Go does not ask whether p and q are prime, and neither do we.
P, Q, E = 2**521 - 1, 2**507 - 9, 65_537
N, PHI = P * Q, (P - 1) * (Q - 1)
D = pow(E, -1, PHI)
SCALAR = 0x1F2E3D4C5B6A79880123456789ABCDEF
SEED = bytes(range(32))

RSA_ID = bytes.fromhex("06092a864886f70d0101010500")
EC_ID = bytes.fromhex("06072a8648ce3d0201")
ED25519_ID = bytes.fromhex("06032b6570")
P256 = bytes.fromhex("06082a8648ce3d030107")
P384 = bytes.fromhex("06052b81040022")
SECP256K1 = bytes.fromhex("06052b8104000a")


def tlv(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    octets = len(content).to_bytes(2)
    return (
        bytes([tag, 0x82]) + octets + content
        if octets[0]
        else bytes([tag, 0x81]) + octets[1:] + content
    )


def integer(value: int) -> bytes:
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, signed=True))


def pkcs1(*numbers: int, after: bytes = b"") -> bytes:
    return tlv(0x30, *map(integer, numbers), after)


def pkcs8(identifier: bytes, key: bytes, *, version: int = 0, after: bytes = b"") -> bytes:
    return tlv(0x30, integer(version), tlv(0x30, identifier), tlv(0x04, key), after)


def sec1(scalar: bytes, *, curve: bytes = P256, public: bytes = b"", version: int = 1) -> bytes:
    inner = tlv(0xA0, curve) if curve else b""
    return tlv(
        0x30, integer(version), tlv(0x04, scalar), inner, tlv(0xA1, public) if public else b""
    )


def point(curve: EllipticCurve, scalar: int = SCALAR) -> bytes:
    numbers = derive_private_key(scalar, curve).public_key().public_numbers()
    size = (curve.key_size + 7) // 8
    return tlv(0x03, b"\x00\x04", numbers.x.to_bytes(size), numbers.y.to_bytes(size))


FOLLOWING = (D % (P - 1), D % (Q - 1), pow(Q, -1, P))
RSA = pkcs1(0, N, E, D, P, Q, *FOLLOWING)
P256_SCALAR = SCALAR.to_bytes(32)
EC = sec1(P256_SCALAR, public=point(SECP256R1()))
ED25519 = pkcs8(ED25519_ID, tlv(0x04, SEED))

P256_KEY = derive_private_key(SCALAR, SECP256R1()).public_key()
P384_KEY = derive_private_key(SCALAR, SECP384R1()).public_key()
RSA_KEY = RSAPublicNumbers(E, N).public_key()
ED25519_KEY = Ed25519PrivateKey.from_private_bytes(SEED).public_key()


@pytest.mark.parametrize(
    ("label", "der", "algorithm", "size", "encoding"),
    [
        pytest.param("RSA PRIVATE KEY", RSA, "RSA", 1028, "PKCS1", id="RSA in PKCS#1"),
        pytest.param("PRIVATE KEY", pkcs8(RSA_ID, RSA), "RSA", 1028, "PKCS8", id="RSA in PKCS#8"),
        pytest.param("EC PRIVATE KEY", EC, "ECDSA", 256, "PKCS1", id="EC in its own form"),
        pytest.param(
            "PRIVATE KEY", pkcs8(EC_ID + P256, EC), "ECDSA", 256, "PKCS8", id="EC in PKCS#8"
        ),
        pytest.param("PRIVATE KEY", ED25519, "Ed25519", 256, "PKCS8", id="Ed25519"),
    ],
)
def test_a_key_tells_its_kind(
    label: str, der: bytes, algorithm: str, size: int, encoding: str
) -> None:
    key = PrivateKey.from_pem(encode(label, der))
    facts = KeyFacts(KeyAlgorithm(algorithm), size, KeyEncoding(encoding), key.spki_der)
    assert key.facts == facts
    assert repr(key) == f"PrivateKey(algorithm={algorithm}, size={size}, encoding={encoding})"


@pytest.mark.parametrize("curve", [SECP224R1(), SECP256R1(), SECP384R1(), SECP521R1()])
def test_the_four_nist_curves_are_read(curve: EllipticCurve) -> None:
    ids = {224: "06052b81040021", 256: P256.hex(), 384: P384.hex(), 521: "06052b81040023"}
    identifier = bytes.fromhex(ids[curve.key_size])
    scalar = SCALAR.to_bytes((curve.key_size + 7) // 8)
    der = sec1(scalar, curve=identifier, public=point(curve))
    key = PrivateKey("EC PRIVATE KEY", der)
    assert key.size == curve.key_size
    assert key.public_key == derive_private_key(SCALAR, curve).public_key()


@pytest.mark.parametrize(
    ("label", "der", "public_key"),
    [
        pytest.param(
            "EC PRIVATE KEY", sec1(P256_SCALAR), P256_KEY, id="an EC key that leaves it out"
        ),
        pytest.param(
            "EC PRIVATE KEY",
            sec1(P256_SCALAR, public=point(SECP256R1(), 7)),
            P256_KEY,
            id="an EC key that states another one",
        ),
        pytest.param(
            "EC PRIVATE KEY",
            sec1(P256_SCALAR.lstrip(b"\0")),
            P256_KEY,
            id="an EC scalar without its padding",
        ),
        pytest.param(
            "EC PRIVATE KEY",
            sec1(bytes(9) + P256_SCALAR),
            P256_KEY,
            id="an EC scalar with too much of it",
        ),
        pytest.param("EC PRIVATE KEY", EC + b"trailing", P256_KEY, id="bytes after an EC key"),
        pytest.param(
            "PRIVATE KEY",
            pkcs8(EC_ID + P256, sec1(P256_SCALAR, curve=b"")),
            P256_KEY,
            id="a curve outside the EC key alone",
        ),
        pytest.param("PRIVATE KEY", pkcs8(EC_ID, EC), P256_KEY, id="a curve inside it alone"),
        pytest.param(
            "PRIVATE KEY",
            pkcs8(EC_ID + tlv(0x05), EC),
            P256_KEY,
            id="something else where the curve should be outside",
        ),
        pytest.param(
            "PRIVATE KEY",
            pkcs8(EC_ID + P384, EC),
            P384_KEY,
            id="another curve inside it: the outer one counts",
        ),
        pytest.param(
            "PRIVATE KEY",
            pkcs8(EC_ID + P256, EC, version=7),
            P256_KEY,
            id="an unheard-of version of PKCS#8",
        ),
        pytest.param(
            "PRIVATE KEY",
            pkcs8(ED25519_ID, tlv(0x04, SEED), version=1, after=tlv(0xA0) + tlv(0x81, bytes(33))),
            ED25519_KEY,
            id="Ed25519 with attributes and public key",
        ),
        pytest.param(
            "PRIVATE KEY", pkcs8(RSA_ID, RSA) + b"trailing", RSA_KEY, id="bytes after PKCS#8"
        ),
        pytest.param(
            "RSA PRIVATE KEY",
            pkcs1(0, N, E, D, P, Q),
            RSA_KEY,
            id="RSA without what follows from the rest",
        ),
        pytest.param(
            "RSA PRIVATE KEY",
            pkcs1(0, N, E, D, P, Q, 1, 1),
            RSA_KEY,
            id="RSA with some of it, which is then not looked at",
        ),
        pytest.param(
            "RSA PRIVATE KEY",
            pkcs1(0, N, E, D, P, Q, after=tlv(0x04)),
            RSA_KEY,
            id="RSA with something else after its numbers",
        ),
        pytest.param(
            "RSA PRIVATE KEY",
            pkcs1(1, N, E, D, P, Q, after=tlv(0x30)),
            RSA_KEY,
            id="RSA with an empty list of further primes",
        ),
        pytest.param(
            "RSA PRIVATE KEY",
            pkcs1(0, N, E, D, P, Q, *FOLLOWING, -1),
            RSA_KEY,
            id="RSA with a number more than it takes",
        ),
        pytest.param(
            "RSA PRIVATE KEY", pkcs1(-1, N, E, D, P, Q), RSA_KEY, id="RSA of a version below zero"
        ),
        pytest.param(
            "RSA PRIVATE KEY",
            pkcs1(0, N, E, D, Q, P),
            RSA_KEY,
            id="RSA with the smaller prime first",
        ),
    ],
)
def test_the_public_half_is_derived_as_in_go(label: str, der: bytes, public_key: object) -> None:
    assert PrivateKey(label, der).public_key == public_key


def test_a_stated_point_that_is_another_one_for_its_coordinates_is_not_taken_over() -> None:
    # Of P-521 only, every coordinate leaves room for the prime to be added.
    numbers = derive_private_key(SCALAR, SECP521R1()).public_key().public_numbers()
    stated = (numbers.x + 2**521 - 1).to_bytes(66) + numbers.y.to_bytes(66)
    public = tlv(0x03, b"\x00\x04", stated)
    identifier = bytes.fromhex("06052b81040023")
    key = PrivateKey("EC PRIVATE KEY", sec1(SCALAR.to_bytes(66), curve=identifier, public=public))
    assert key.public_key == derive_private_key(SCALAR, SECP521R1()).public_key()
    assert stated not in key.spki_der


# P-256 spelled out, which `cryptography` takes for P-256.
PARAMETERS = tlv(
    0x30,
    integer(1),
    tlv(0x30, bytes.fromhex("06072a8648ce3d0101"), integer(2**256 - 2**224 + 2**192 + 2**96 - 1)),
    tlv(
        0x30,
        tlv(
            0x04, bytes.fromhex("ffffffff00000001000000000000000000000000fffffffffffffffffffffffc")
        ),
        tlv(
            0x04, bytes.fromhex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b")
        ),
    ),
    tlv(
        0x04,
        bytes.fromhex(
            "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
            "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
        ),
    ),
    integer(SECP256R1.group_order),
    integer(1),
)

UNREADABLE = [
    pytest.param("", "expected a PEM block", id="nothing"),
    pytest.param("a key", "expected a PEM block", id="no PEM"),
    pytest.param("\ud800", "expected a PEM block", id="a lone surrogate"),
    pytest.param("-" * (MAX_PRIVATE_KEY_BYTES + 1), "expected at most 13,000 bytes", id="too long"),
    pytest.param(
        encode("PRIVATE KEY", b"") + encode("PRIVATE KEY", ED25519),
        "not cut off",
        id="an empty block before the key",
    ),
    pytest.param(
        encode("EC PARAMETERS", P256) + encode("EC PRIVATE KEY", EC),
        "not EC parameters",
        id="EC parameters before the key",
    ),
    pytest.param(encode("ENCRYPTED PRIVATE KEY", b""), "the key is encrypted", id="encrypted"),
    pytest.param(
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: DES-CBC,00\n\n"
        "AAAA\n-----END RSA PRIVATE KEY-----\n",
        "the key is encrypted",
        id="encrypted as in RFC 1421",
    ),
    pytest.param(encode("CERTIFICATE", b""), "not a certificate", id="a certificate"),
    pytest.param(
        encode("private key", ED25519), "a private key's PEM label", id="a lower-case label"
    ),
]


@pytest.mark.parametrize(("pem", "rule"), UNREADABLE)
def test_what_is_no_key_says_why(pem: str, rule: str) -> None:
    with pytest.raises(UnreadableError, match=rule):
        PrivateKey.from_pem(pem)


@pytest.mark.parametrize(
    ("label", "der", "rule"),
    [
        pytest.param(
            "RSA PRIVATE KEY",
            pkcs8(RSA_ID, RSA),
            "numbers of an RSA key",
            id="PKCS#8 under the label of PKCS#1",
        ),
        pytest.param("PRIVATE KEY", RSA, "PEM label says", id="PKCS#1 under the label of PKCS#8"),
        pytest.param("PRIVATE KEY", EC, "PEM label says", id="SEC 1 under the label of PKCS#8"),
        pytest.param(
            "EC PRIVATE KEY",
            pkcs8(EC_ID + P256, EC),
            "version 1 of the EC key format",
            id="PKCS#8 under the label of SEC 1",
        ),
        pytest.param("PRIVATE KEY", ED25519[:-1], "not cut off", id="the last byte lost"),
        pytest.param(
            "PRIVATE KEY",
            pkcs8(bytes.fromhex("06072a8648ce380401"), b""),
            "DSA keys are not supported",
            id="DSA",
        ),
        pytest.param(
            "PRIVATE KEY",
            pkcs8(tlv(0x06, b"\x2a\x03"), b""),
            "of this kind",
            id="an unknown algorithm",
        ),
        pytest.param(
            "PRIVATE KEY",
            pkcs8(ED25519_ID + tlv(0x05), tlv(0x04, SEED)),
            "without parameters",
            id="Ed25519 with parameters",
        ),
        pytest.param(
            "PRIVATE KEY",
            pkcs8(ED25519_ID, tlv(0x04, SEED[1:])),
            "of 32 bytes",
            id="a short Ed25519 key",
        ),
        pytest.param(
            "EC PRIVATE KEY", sec1(P256_SCALAR, version=2), "version 1", id="version 2 of SEC 1"
        ),
        pytest.param("EC PRIVATE KEY", sec1(bytes(32)), "between zero", id="a scalar of zero"),
        pytest.param(
            "EC PRIVATE KEY",
            sec1(SECP256R1.group_order.to_bytes(32)),
            "between zero",
            id="a scalar of the order",
        ),
        pytest.param(
            "EC PRIVATE KEY",
            sec1(P256_SCALAR, curve=b""),
            "the curve P-224",
            id="no curve anywhere",
        ),
        pytest.param(
            "EC PRIVATE KEY",
            sec1(P256_SCALAR, curve=SECP256K1),
            "the curve P-224",
            id="the curve of Bitcoin",
        ),
        pytest.param(
            "EC PRIVATE KEY",
            sec1(P256_SCALAR, curve=PARAMETERS),
            "an EC key",
            id="a curve that is spelled out",
        ),
        pytest.param(
            "EC PRIVATE KEY",
            sec1(P256_SCALAR, public=tlv(0x03, b"\x01")),
            "zero padding",
            id="a public part that is no BIT STRING",
        ),
        pytest.param(
            "RSA PRIVATE KEY", RSA + b"\0", "nothing after the RSA key", id="a byte after PKCS#1"
        ),
        pytest.param(
            "PRIVATE KEY",
            pkcs8(RSA_ID, RSA + b"\0"),
            "nothing after the RSA key",
            id="a byte after PKCS#1 inside PKCS#8",
        ),
        pytest.param(
            "RSA PRIVATE KEY",
            pkcs1(0, N, E, D, P),
            "numbers of an RSA key",
            id="RSA with one prime",
        ),
        pytest.param(
            "RSA PRIVATE KEY",
            pkcs1(2, N, E, D, P, Q),
            "more than two primes",
            id="RSA of version 2",
        ),
        pytest.param(
            "RSA PRIVATE KEY",
            pkcs1(1, N, E, D, P, Q, 1, 1, 1, after=tlv(0x30, integer(3))),
            "more than two primes",
            id="RSA with further primes",
        ),
        pytest.param(
            "RSA PRIVATE KEY",
            pkcs1(0, N, E, D, P, Q, *FOLLOWING, after=tlv(0x30, integer(3))),
            "more than two primes",
            id="RSA of version 0 with further primes",
        ),
        *(
            pytest.param(
                "RSA PRIVATE KEY",
                tlv(
                    0x30,
                    *map(integer, (0, N, E, D, P)),
                    number,
                    *map(integer, FOLLOWING),
                ),
                "shortest form",
                id=f"RSA with {what}",
            )
            for what, number in (
                ("a length that needs no octet of its own", b"\x02\x82\x00\x40" + Q.to_bytes(64)),
                ("a length in one octet too many", b"\x02\x81\x40" + Q.to_bytes(64)),
                ("a number with a leading zero", tlv(0x02, b"\x00", Q.to_bytes(64))),
            )
        ),
        pytest.param(
            "RSA PRIVATE KEY",
            pkcs1(0, N, E, D, P, Q, 1, 1, 1)[:-3] + b"\x02\x00\x00",
            "shortest form",
            id="an empty number",
        ),
        pytest.param(
            "RSA PRIVATE KEY",
            tlv(0x30, integer(0), b"\x02\x82\x00\x81", N.to_bytes(129)),
            "shortest form",
            id="a length with a leading zero",
        ),
        pytest.param(
            "RSA PRIVATE KEY", pkcs1(0, N, E, D, -P, -Q), "zero or negative", id="negative primes"
        ),
        pytest.param(
            "RSA PRIVATE KEY",
            pkcs1(0, 2 * N, E, D, 2 * P, Q),
            "odd RSA modulus",
            id="an even modulus",
        ),
        pytest.param(
            "RSA PRIVATE KEY", pkcs1(0, N, E + 1, D, P, Q), "an odd exponent", id="an even exponent"
        ),
        pytest.param(
            "RSA PRIVATE KEY", pkcs1(0, N, 1, 1, P, Q), "an odd exponent", id="an exponent of 1"
        ),
        pytest.param(
            "RSA PRIVATE KEY",
            pkcs1(0, N, 2**31 + 11, D, P, Q),
            "an odd exponent",
            id="an exponent above 31 bits",
        ),
        pytest.param(
            "RSA PRIVATE KEY",
            pkcs1(0, 77, 127, 43, 7, 11),
            "an odd exponent",
            id="an exponent above the modulus",
        ),
        pytest.param(
            "RSA PRIVATE KEY",
            pkcs1(0, N + 2, E, D, P, Q),
            "product of its primes",
            id="another modulus",
        ),
        pytest.param(
            "RSA PRIVATE KEY", pkcs1(0, N, E, D, N, 1), "product of its primes", id="a prime of 1"
        ),
        pytest.param(
            "RSA PRIVATE KEY",
            pkcs1(0, N, E, D, 1, N),
            "product of its primes",
            id="another prime of 1",
        ),
        pytest.param(
            "RSA PRIVATE KEY",
            pkcs1(0, N, E, D + PHI, P, Q),
            "undo each other",
            id="a private exponent above the modulus",
        ),
        pytest.param(
            "RSA PRIVATE KEY",
            pkcs1(0, N, E, (D + P - 1) % N, P, Q),
            "undo each other",
            id="a private exponent that fits p alone",
        ),
        pytest.param(
            "RSA PRIVATE KEY",
            pkcs1(0, N, E, (D + Q - 1) % N, P, Q),
            "undo each other",
            id="a private exponent that fits q alone",
        ),
    ],
)
def test_what_go_refuses_is_refused(label: str, der: bytes, rule: str) -> None:
    with pytest.raises(UnreadableError, match=rule) as caught:
        PrivateKey(label, der)
    assert caught.value.value is None


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param((1, 0, 0), id="dP"),
        pytest.param((0, 1, 0), id="dQ"),
        pytest.param((0, 0, 1), id="qInv"),
        pytest.param((0, 0, P), id="qInv above p"),
    ],
)
def test_what_follows_from_the_rest_has_to_follow(wrong: tuple[int, int, int]) -> None:
    numbers = [number + more for number, more in zip(FOLLOWING, wrong, strict=True)]
    with pytest.raises(UnreadableError, match="a coefficient that fit the primes"):
        PrivateKey("RSA PRIVATE KEY", pkcs1(0, N, E, D, P, Q, *numbers))


def weak(p: int, q: int, e: int, d: int) -> bytes:
    return pkcs1(0, p * q, e, d, p, q)


CLOSE = P - 2**420


@pytest.mark.parametrize(
    "der",
    [
        pytest.param(weak(P, CLOSE, E, pow(E, -1, (P - 1) * (CLOSE - 1))), id="close primes"),
        pytest.param(weak(P, P, E, pow(E, -1, P - 1)), id="equal primes"),
        pytest.param(weak(11, 11, 3, 107), id="equal primes that are small"),
        pytest.param(weak(11, 5, 3, 7), id="a small private exponent"),
    ],
)
def test_weak_rsa_keys_are_refused(der: bytes) -> None:
    with pytest.raises(UnreadableError, match="an RSA key that is not weak"):
        PrivateKey("RSA PRIVATE KEY", der)


def test_primes_that_are_just_far_enough_apart_are_taken() -> None:
    q = P - 2**421
    key = PrivateKey("RSA PRIVATE KEY", weak(P, q, E, pow(E, -1, (P - 1) * (q - 1))))
    assert key.size == 1042


def test_the_first_block_counts_and_the_limit_is_in_bytes() -> None:
    pem = encode("EC PRIVATE KEY", EC) + encode("PRIVATE KEY", ED25519)
    padded = pem + "\N{EN DASH}" * ((MAX_PRIVATE_KEY_BYTES - len(pem)) // 3)
    assert PrivateKey.from_pem(padded).public_key == P256_KEY
    with pytest.raises(UnreadableError, match="at most"):
        PrivateKey.from_pem(padded + "---")


def test_a_key_is_its_label_and_bytes() -> None:
    key = PrivateKey.from_pem(encode("EC PRIVATE KEY", EC).encode())
    assert key == PrivateKey("EC PRIVATE KEY", EC) == pickle.loads(pickle.dumps(key))  # noqa: S301 — our own
    assert hash(key) == hash(PrivateKey("EC PRIVATE KEY", EC))
    assert key != PrivateKey("EC PRIVATE KEY", sec1(P256_SCALAR))


def test_facts_hold_no_secret() -> None:
    facts = PrivateKey("PRIVATE KEY", ED25519).facts
    assert SEED not in pickle.dumps(facts)
    assert repr(facts) == (
        "KeyFacts(algorithm=<KeyAlgorithm.ED25519: 'Ed25519'>, size=256, "
        "encoding=<KeyEncoding.PKCS8: 'PKCS8'>)"
    )


def test_key_and_facts_match_their_public_half_only() -> None:
    key, other = PrivateKey("EC PRIVATE KEY", EC), PrivateKey("PRIVATE KEY", ED25519)
    unknown = tlv(0x30, tlv(0x30, tlv(0x06, b"\x2a\x03")), tlv(0x03, b"\x00"))
    for half in (key, key.facts):
        assert half.matches(read_public_key(key.spki_der, 0, len(key.spki_der)))
        assert not half.matches(read_public_key(other.spki_der, 0, len(other.spki_der)))
        assert not half.matches(read_public_key(unknown, 0, len(unknown)))


def test_a_public_half_that_is_written_in_another_way_matches() -> None:
    key = PrivateKey("EC PRIVATE KEY", EC)
    der = tlv(0x30, tlv(0x30, EC_ID, P256), point(SECP256R1()), tlv(0x05))
    half = read_public_key(der, 0, len(der))
    assert half.spki != key.spki_der
    assert key.matches(half)
    assert key.facts.matches(half)
    assert not PrivateKey("EC PRIVATE KEY", sec1(bytes(31) + b"\x07")).matches(half)


def test_only_text_and_bytes_are_read() -> None:
    with pytest.raises(WrongTypeError, match="as bytes or str"):
        PrivateKey.from_pem(bytearray(b""))  # type: ignore[arg-type]
    with pytest.raises(WrongTypeError, match="DER as bytes"):
        PrivateKey("PRIVATE KEY", bytearray(ED25519))  # type: ignore[arg-type]
    with pytest.raises(WrongTypeError, match="label as str"):
        PrivateKey(b"PRIVATE KEY", ED25519)  # type: ignore[arg-type]


@given(st.sampled_from([RSA, EC, ED25519, pkcs8(EC_ID + P256, EC)]), st.data())
def test_no_damage_raises_anything_else(der: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, min(len(der), 60) - 1))
    damaged = der[:at] + data.draw(st.binary(max_size=2)) + der[at + 1 :]
    for label in ("PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY"):
        try:
            PrivateKey(label, damaged)
        except CertlifeError as error:
            assert error.value is None  # noqa: PT017 — whether it raises is not the point
