from __future__ import annotations

import pickle
from typing import cast

import pytest
from cryptography.hazmat.primitives.hashes import SHA1

from certlife.errors import UnreadableError, WrongTypeError
from certlife.pki.alternative_names import AlternativeNames
from certlife.pki.csr import X509Request
from certlife.pki.extensions import BasicConstraints, Extension, KeyUsageBit
from certlife.pki.name_constraints import NameConstraints, Subtrees
from certlife.pki.pem import MAX_CSR_BYTES, encode
from certlife.pki.publickey import PublicKeyAlgorithm
from certlife.pki.signatures import SignatureAlgorithm
from certlife.pki.subject import Subject
from tests.pki.encoding import (
    NULL,
    SET,
    TRUE,
    bit_string,
    common_name,
    extension,
    extension_request,
    integer,
    oid,
    request,
    sequence,
    tlv,
)
from tests.pki.signing import (
    EC,
    ECDSA_SHA256,
    ED25519,
    PURE_ED25519,
    RSA,
    SHA1_RSA,
    SHA256_RSA,
    PrivateKey,
    requested,
    signed,
    spki,
)

EXTENSION_REQUEST = "1.2.840.113549.1.9.14"
NAMES = extension("2.5.29.17", sequence(tlv(0x82, b"a.example")))
CHALLENGE_PASSWORD = sequence(oid("1.2.840.113549.1.9.7"), tlv(SET, tlv(0x13, b"secret")))


def read(der: bytes) -> X509Request:
    return X509Request.from_der(der)


def test_a_request_is_read() -> None:
    der = request(
        extension_request(
            extension(
                "2.5.29.17",
                sequence(
                    tlv(0x82, b"a.example"),
                    tlv(0x81, b"a@example"),
                    tlv(0x87, b"\x0a\x00\x00\x01"),
                    tlv(0x86, b"spiffe://a/b"),
                    tlv(0xA0, oid("1.2.3"), tlv(0xA0, tlv(0x0C, b"x"))),
                ),
            ),
            extension("2.5.29.19", sequence(TRUE), critical=TRUE),
            extension("2.5.29.15", bit_string(b"\x80", 7), critical=TRUE),
            extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.1"))),
            extension("2.5.29.30", sequence(tlv(0xA0, sequence(tlv(0x82, b"b"))))),
        ),
        subject=common_name("leaf"),
    )
    read_back = read(der)
    assert read_back.subject == Subject(common_name="leaf")
    assert read_back.subject_der == common_name("leaf")
    assert read_back.common_name == "leaf"
    assert read_back.public_key.algorithm is PublicKeyAlgorithm.ED25519
    assert read_back.signature_algorithm is SignatureAlgorithm.ED25519
    assert read_back.has_alternative_names
    assert read_back.dns_names == ("a.example",)
    assert read_back.email_addresses == ("a@example",)
    assert read_back.ip_addresses == (bytes(10) + b"\xff\xff\x0a\x00\x00\x01",)
    assert read_back.uris == ("spiffe://a/b",)
    assert [each.utf8_value for each in read_back.other_names] == ["x"]
    assert read_back.basic_constraints == BasicConstraints(is_ca=True, max_path_len=None)
    assert read_back.key_usages == (KeyUsageBit.DIGITAL_SIGNATURE,)
    assert read_back.extended_key_usages == ("1.3.6.1.5.5.7.3.1",)
    assert read_back.name_constraints == NameConstraints(Subtrees(dns_domains=("b",)))
    assert read_back.extensions[2] == Extension(
        "2.5.29.15", critical=True, value=bit_string(b"\x80", 7)
    )


def test_a_request_without_attributes_asks_for_nothing() -> None:
    bare = read(request())
    assert not bare.has_alternative_names
    assert bare.extensions == ()
    assert bare.alternative_names == AlternativeNames()
    assert bare.other_names == ()
    assert bare.basic_constraints is None
    assert bare.key_usages is None
    assert bare.extended_key_usages is None
    assert bare.name_constraints is None


@pytest.mark.parametrize(
    "der",
    [
        pytest.param(request(version=integer(7)), id="version 8"),
        pytest.param(request(version=integer(-(2**63))), id="a negative version"),
        pytest.param(request(CHALLENGE_PASSWORD), id="a challenge password"),
        pytest.param(request(NULL, sequence(), sequence(NULL)), id="attributes that are none"),
        pytest.param(request(sequence(b"\x06\x01\x80", tlv(SET))), id="a type cut off"),
        pytest.param(request(sequence(oid(EXTENSION_REQUEST))), id="no values"),
        pytest.param(request(sequence(oid(EXTENSION_REQUEST), tlv(SET))), id="an empty SET"),
        pytest.param(request(sequence(oid(EXTENSION_REQUEST), sequence())), id="no SET"),
        pytest.param(
            request(sequence(oid(EXTENSION_REQUEST), tlv(SET, sequence(), b"\x30"))),
            id="a second value cut off",
        ),
        pytest.param(request(extension_request()), id="no extensions"),
        pytest.param(
            request(extension_request(extension("2.5.29.15", b"nonsense"))), id="odd key usages"
        ),
        pytest.param(request(after_key=tlv(0xA0) + NULL), id="something after the attributes"),
        pytest.param(request(after_signature=NULL), id="something after the signature"),
        pytest.param(request(signature=bit_string(b"")), id="an empty signature"),
    ],
)
def test_what_is_odd_is_readable(der: bytes) -> None:
    assert read(der).der == der


def test_only_the_first_value_of_an_extension_request_counts() -> None:
    other = sequence(extension("2.5.29.19", sequence()))
    attribute = sequence(oid(EXTENSION_REQUEST), tlv(SET, sequence(NAMES), other, NULL))
    assert [each.oid for each in read(request(attribute)).extensions] == ["2.5.29.17"]


def test_several_extension_requests_add_up() -> None:
    attributes = (
        extension_request(NAMES),
        CHALLENGE_PASSWORD,
        extension_request(extension("1.2.3", b"")),
    )
    assert [each.oid for each in read(request(*attributes)).extensions] == ["2.5.29.17", "1.2.3"]


@pytest.mark.parametrize(
    ("der", "rule"),
    [
        pytest.param(b"", "cut off", id="nothing"),
        pytest.param(request()[:-1], "cut off", id="the end is missing"),
        pytest.param(request() + b"\0", "nothing after", id="more follows"),
        pytest.param(tlv(SET), "a certificate request", id="a SET"),
        pytest.param(sequence(NULL), "CertificationRequestInfo", id="no info"),
        pytest.param(request(version=NULL), "a version", id="no version"),
        pytest.param(request(version=integer(2**63)), "64 bits", id="a version of 64 bits"),
        pytest.param(request(subject=NULL), "a subject", id="no subject"),
        pytest.param(request(subject=sequence(NULL)), "made of SETs", id="a subject of NULL"),
        pytest.param(request(key=NULL), "SubjectPublicKeyInfo", id="no key"),
        pytest.param(request(after_key=b""), "cut off", id="no attributes"),
        pytest.param(request(after_key=NULL), "attributes", id="something else for attributes"),
        pytest.param(request(b"\x30"), "cut off", id="an attribute cut off"),
        pytest.param(
            request(sequence(oid(EXTENSION_REQUEST), tlv(SET, NULL))),
            "SEQUENCE of extensions",
            id="a request for NULL",
        ),
        pytest.param(request(extension_request(NULL)), "an extension", id="an extension of NULL"),
        pytest.param(request(extension_request(NAMES, NAMES)), "once", id="an extension twice"),
        pytest.param(
            request(extension_request(NAMES), extension_request(NAMES)), "once", id="in two places"
        ),
        pytest.param(
            request(extension_request(extension("2.5.29.17", NULL))), "names", id="bad names"
        ),
        pytest.param(request(signature=b""), "cut off", id="no signature"),
        pytest.param(request(signature=NULL), "a signature", id="a signature of NULL"),
        pytest.param(request(signature=bit_string(b"\1", 1)), "padding", id="bad padding"),
    ],
)
def test_what_go_refuses_is_unreadable(der: bytes, rule: str) -> None:
    with pytest.raises(UnreadableError, match=rule) as caught:
        read(der)
    assert caught.value.rule.startswith("expected ")


def test_only_bytes_can_be_der() -> None:
    with pytest.raises(WrongTypeError, match=r"DER as bytes, got .*str"):
        X509Request.from_der(cast("bytes", "text"))


@pytest.mark.parametrize(
    ("kind", "value", "attribute"),
    [
        ("2.5.29.17", sequence(tlv(0x88)), "other_names"),
        ("2.5.29.19", NULL, "basic_constraints"),
        ("2.5.29.15", NULL, "key_usages"),
        ("2.5.29.37", NULL, "extended_key_usages"),
        ("2.5.29.30", NULL, "name_constraints"),
    ],
)
def test_an_extension_may_be_unreadable_where_the_request_is_not(
    kind: str, value: bytes, attribute: str
) -> None:
    odd = read(request(extension_request(extension(kind, value))))
    with pytest.raises(UnreadableError):
        getattr(odd, attribute)


def test_requests_are_equal_by_their_der() -> None:
    der = request(extension_request(NAMES))
    assert read(der) == read(der) != read(request())
    assert len({read(der), read(der), read(request())}) == 2


def test_a_request_is_pickled_by_its_der() -> None:
    original = read(request(extension_request(NAMES)))
    assert pickle.loads(pickle.dumps(original)) == original  # noqa: S301 — our own


def test_a_request_is_shown_by_name() -> None:
    assert repr(read(request(subject=common_name("a\nb")))) == ("<X509Request common_name='a\\nb'>")


def test_the_request_in_the_first_block_is_read_whatever_its_label() -> None:
    text = "text\n" + encode("ANYTHING", request()) + encode("CERTIFICATE REQUEST", b"nonsense")
    assert X509Request.from_pem(text) == X509Request.from_pem(text.encode()) == read(request())


def test_the_first_block_has_to_be_a_request() -> None:
    text = encode("PRIVATE KEY", b"nonsense") + encode("CERTIFICATE REQUEST", request())
    with pytest.raises(UnreadableError):
        X509Request.from_pem(text)


def test_a_text_without_blocks_is_unreadable() -> None:
    with pytest.raises(UnreadableError, match=r"a certificate request in PEM"):
        X509Request.from_pem(b"text")


def test_a_request_has_at_most_36_500_bytes() -> None:
    text = encode("CERTIFICATE REQUEST", request())
    assert X509Request.from_pem(text.ljust(MAX_CSR_BYTES)) == read(request())
    with pytest.raises(UnreadableError, match=r"at most 36500 bytes"):
        X509Request.from_pem(text.ljust(MAX_CSR_BYTES + 1))


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [(RSA, SHA256_RSA), (EC, ECDSA_SHA256), (ED25519, PURE_ED25519)],
    ids=["RSA", "ECDSA", "Ed25519"],
)
def test_the_holder_of_the_key_signs_a_request(key: PrivateKey, algorithm: bytes) -> None:
    der = requested(key, algorithm, extension_request(NAMES))
    assert read(der).signature_is_valid
    assert not read(der.replace(b"a.example", b"b.example")).signature_is_valid


def test_sha1_is_good_enough_to_show_that_one_holds_a_key() -> None:
    der = signed(request(key=spki(RSA)), SHA1_RSA, RSA, SHA1())  # noqa: S303 — as in old requests
    assert read(der).signature_is_valid
