from __future__ import annotations

import pickle
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, cast

import pytest
from cryptography.hazmat.primitives.hashes import SHA1

from certlife.errors import UnreadableError, WrongTypeError
from certlife.pki.alternative_names import AlternativeNames
from certlife.pki.certificate import X509Certificate, read_certificates
from certlife.pki.extensions import BasicConstraints, Extension, KeyUsageBit
from certlife.pki.name_constraints import NameConstraints, Subtrees
from certlife.pki.pem import MAX_BUNDLE_BYTES, encode
from certlife.pki.publickey import PublicKeyAlgorithm
from certlife.pki.signatures import SignatureAlgorithm
from certlife.pki.subject import Subject
from tests.pki.encoding import (
    ED25519_KEY,
    NULL,
    TRUE,
    VALIDITY,
    VERSION_3,
    attribute,
    bit_string,
    certificate,
    common_name,
    extension,
    integer,
    name,
    oid,
    sequence,
    tlv,
)
from tests.pki.signing import (
    EC,
    ECDSA_SHA256,
    ED25519,
    MD5_RSA,
    PURE_ED25519,
    RSA,
    SHA1_RSA,
    SHA256_RSA,
    issued,
    signed,
    spki,
)

if TYPE_CHECKING:
    from tests.pki.signing import PrivateKey

VERSION_1, VERSION_2 = b"", b"\xa0\x03\x02\x01\x01"
NAMES = extension("2.5.29.17", sequence(tlv(0x82, b"a.example")))
CA = extension("2.5.29.19", sequence(TRUE), critical=TRUE)
NO_CA = extension("2.5.29.19", sequence(), critical=TRUE)


def usages(octets: bytes, unused: int) -> bytes:
    return extension("2.5.29.15", bit_string(octets, unused), critical=TRUE)


def read(der: bytes) -> X509Certificate:
    return X509Certificate.from_der(der)


def pem(*ders: bytes) -> bytes:
    return "".join(encode("CERTIFICATE", der) for der in ders).encode()


def test_a_certificate_is_read() -> None:
    subject = name(
        attribute("2.5.4.10", tlv(0x13, b"Example")), attribute("2.5.4.3", tlv(0x0C, b"leaf"))
    )
    der = issued(
        EC,
        ECDSA_SHA256,
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
        extension("2.5.29.19", sequence(TRUE, integer(1)), critical=TRUE),
        usages(b"\x06", 1),
        extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.1"))),
        extension("2.5.29.14", tlv(0x04, b"subject")),
        extension("2.5.29.35", sequence(tlv(0x80, b"issuer"))),
        extension("2.5.29.30", sequence(tlv(0xA1, sequence(tlv(0x82, b"b"))))),
        extension("1.2.3", b"anything"),
        serial=integer(2**64),
        issuer=common_name("root"),
        subject=subject,
        key=spki(RSA),
    )
    read_back = read(der)
    assert read_back.version == 3
    assert read_back.serial_number == 2**64
    assert read_back.not_before == datetime(2026, 1, 1, tzinfo=UTC)
    assert read_back.not_after == datetime(2026, 4, 1, tzinfo=UTC)
    assert read_back.subject == Subject(common_name="leaf", organizations=("Example",))
    assert read_back.subject_der == subject
    assert read_back.common_name == "leaf"
    assert read_back.issuer == Subject(common_name="root")
    assert read_back.issuer_der == common_name("root")
    assert not read_back.is_self_issued
    assert read_back.public_key.algorithm is PublicKeyAlgorithm.RSA
    assert read_back.public_key.spki == spki(RSA)
    assert read_back.signature_algorithm is SignatureAlgorithm.ECDSA_SHA256
    assert read_back.dns_names == ("a.example",)
    assert read_back.email_addresses == ("a@example",)
    assert read_back.ip_addresses == (bytes(10) + b"\xff\xff\x0a\x00\x00\x01",)
    assert read_back.uris == ("spiffe://a/b",)
    assert [each.utf8_value for each in read_back.other_names] == ["x"]
    assert read_back.basic_constraints == BasicConstraints(is_ca=True, max_path_len=1)
    assert read_back.is_ca
    assert read_back.key_usages == (KeyUsageBit.CERT_SIGN, KeyUsageBit.CRL_SIGN)
    assert read_back.extended_key_usages == ("1.3.6.1.5.5.7.3.1",)
    assert read_back.subject_key_id == b"subject"
    assert read_back.authority_key_id == b"issuer"
    assert read_back.name_constraints == NameConstraints(excluded=Subtrees(dns_domains=("b",)))
    assert read_back.extensions[-1] == Extension("1.2.3", critical=False, value=b"anything")
    assert len(read_back.extensions) == 8
    assert read_back.fingerprint_sha256 == sha256(der).digest()


def test_a_certificate_without_extensions_has_nothing_of_them() -> None:
    bare = read(certificate())
    assert bare.extensions == ()
    assert bare.alternative_names == AlternativeNames()
    assert bare.other_names == ()
    assert bare.basic_constraints is None
    assert bare.key_usages is None
    assert bare.extended_key_usages is None
    assert bare.name_constraints is None
    assert bare.subject_key_id is None
    assert bare.authority_key_id is None
    assert not bare.is_ca
    assert bare.common_name == ""
    assert bare.is_self_issued


@pytest.mark.parametrize(
    "der",
    [
        pytest.param(certificate(serial=integer(0)), id="a serial number of zero"),
        pytest.param(certificate(serial=integer(2**200)), id="a serial number of 26 octets"),
        pytest.param(certificate(algorithm=sequence(oid("1.2.3"))), id="an unknown signature"),
        pytest.param(certificate(signature=bit_string(b"")), id="an empty signature"),
        pytest.param(certificate(version=tlv(0xA0, integer(0))), id="version 1, spelled out"),
        pytest.param(
            certificate(
                validity=sequence(tlv(0x17, b"2601010000Z"), tlv(0x18, b"20260101000000Z"), NULL)
            ),
            id="unusual times, and something after them",
        ),
        pytest.param(
            certificate(
                validity=sequence(tlv(0x17, b"270101000000Z"), tlv(0x17, b"260101000000Z"))
            ),
            id="an end before the start",
        ),
        pytest.param(certificate(after_key=NULL), id="something else for the extensions"),
        pytest.param(certificate(after_key=tlv(0xA3, sequence(), NULL)), id="no extensions"),
        pytest.param(certificate(after_key=tlv(0x81, b"x") + tlv(0x82, b"x")), id="unique ids"),
        pytest.param(certificate(after_signature=NULL), id="something after the signature"),
        pytest.param(certificate(extension("1.2.3", b"", critical=TRUE)), id="unknown, critical"),
        pytest.param(
            certificate(extension("2.5.29.17", sequence(tlv(0xA3))), NO_CA), id="an X.400 address"
        ),
    ],
)
def test_what_is_odd_is_readable(der: bytes) -> None:
    assert read(der).der == der


def test_the_unique_ids_do_not_hide_the_extensions() -> None:
    after = tlv(0x81, b"x") + tlv(0x82, b"x") + tlv(0xA3, sequence(NAMES))
    assert read(certificate(after_key=after)).dns_names == ("a.example",)


def test_a_constructed_unique_id_hides_the_extensions() -> None:
    after = tlv(0xA1, b"") + tlv(0xA3, sequence(NAMES))
    assert read(certificate(after_key=after)).dns_names == ()


@pytest.mark.parametrize(("version", "number"), [(VERSION_1, 1), (VERSION_2, 2)])
def test_only_version_3_has_extensions(version: bytes, number: int) -> None:
    old = read(certificate(NAMES, version=version))
    assert (old.version, old.extensions, old.dns_names) == (number, (), ())


@pytest.mark.parametrize(
    ("der", "rule"),
    [
        pytest.param(b"", "cut off", id="nothing"),
        pytest.param(certificate()[:-1], "cut off", id="the end is missing"),
        pytest.param(certificate() + b"\0", "nothing after the certificate", id="more follows"),
        pytest.param(tlv(0x31), "a certificate", id="a SET"),
        pytest.param(sequence(NULL), "a TBSCertificate", id="no TBSCertificate"),
        pytest.param(certificate(version=tlv(0xA0)), "cut off", id="an empty version"),
        pytest.param(certificate(version=tlv(0xA0, NULL)), "a version", id="a version of NULL"),
        pytest.param(certificate(version=tlv(0xA0, integer(3))), "version 1, 2", id="version 4"),
        pytest.param(certificate(version=tlv(0xA0, integer(-1))), "version 1, 2", id="version 0"),
        pytest.param(
            certificate(version=tlv(0xA0, integer(2), NULL)), "version 1, 2", id="two versions"
        ),
        pytest.param(certificate(serial=NULL), "a serial number", id="no serial number"),
        pytest.param(certificate(serial=integer(-1)), "not negative", id="a negative serial"),
        pytest.param(certificate(serial=b"\x02\x02\0\1"), "shortest", id="a serial with a zero"),
        pytest.param(certificate(algorithm=NULL), "AlgorithmIdentifier", id="no algorithm"),
        pytest.param(
            certificate(outer_algorithm=ECDSA_SHA256), "algorithm twice", id="two algorithms"
        ),
        pytest.param(certificate(outer_algorithm=b""), "algorithm twice", id="one algorithm"),
        pytest.param(certificate(issuer=NULL), "an issuer", id="no issuer"),
        pytest.param(certificate(issuer=sequence(NULL)), "made of SETs", id="an issuer of NULL"),
        pytest.param(certificate(validity=NULL), "validity", id="no validity period"),
        pytest.param(certificate(validity=sequence(NULL)), "UTCTime", id="a period of NULL"),
        pytest.param(
            certificate(validity=sequence(tlv(0x17, b"260101000000Z"))), "cut off", id="no end"
        ),
        pytest.param(
            certificate(
                validity=sequence(tlv(0x17, b"260101000000Z"), tlv(0x17, b"261301000000Z"))
            ),
            "exists",
            id="a thirteenth month",
        ),
        pytest.param(certificate(subject=NULL), "a subject", id="no subject"),
        pytest.param(
            certificate(subject=name(attribute("2.5.4.3", tlv(0x0C, b"\xff")))),
            "UTF-8",
            id="a subject in Latin-1",
        ),
        pytest.param(certificate(key=NULL), "SubjectPublicKeyInfo", id="no key"),
        pytest.param(certificate(after_key=tlv(0xA3)), "cut off", id="an empty tag"),
        pytest.param(certificate(after_key=tlv(0xA3, NULL)), "SEQUENCE of", id="no SEQUENCE"),
        pytest.param(certificate(NULL), "an extension", id="an extension of NULL"),
        pytest.param(certificate(CA, NAMES, CA), "once", id="an extension twice"),
        pytest.param(
            certificate(extension("1.2.3", b""), extension("1.2.3", b"x")),
            "once",
            id="unknown twice",
        ),
        pytest.param(
            certificate(extension("2.5.29.17", sequence(tlv(0x82, b"\xff")))),
            "ASCII",
            id="a host name in Latin-1",
        ),
        pytest.param(
            certificate(extension("2.5.29.15", NULL)), "key usages", id="malformed key usages"
        ),
        pytest.param(certificate(signature=b""), "cut off", id="no signature"),
        pytest.param(certificate(signature=tlv(0x04)), "a signature", id="an OCTET STRING"),
        pytest.param(certificate(signature=bit_string(b"\1", 1)), "padding", id="bad padding"),
    ],
)
def test_what_go_refuses_is_unreadable(der: bytes, rule: str) -> None:
    with pytest.raises(UnreadableError, match=rule) as caught:
        read(der)
    assert caught.value.rule.startswith("expected ")
    assert caught.value.value is None


def test_a_certificate_that_is_cut_off_anywhere_is_unreadable() -> None:
    members = (VERSION_3, integer(1), PURE_ED25519, name(), VALIDITY, name(), ED25519_KEY)
    content = b"".join(members)
    assert sequence(sequence(content), PURE_ED25519, bit_string(bytes(64))) == certificate()
    for size in range(len(content)):
        with pytest.raises(UnreadableError):
            read(sequence(sequence(content[:size]), PURE_ED25519, bit_string(bytes(64))))


def test_only_bytes_can_be_der() -> None:
    with pytest.raises(WrongTypeError, match=r"DER as bytes, got .*str"):
        X509Certificate.from_der(cast("bytes", "text"))


def test_other_names_may_be_unreadable_where_the_certificate_is_not() -> None:
    odd = read(certificate(extension("2.5.29.17", sequence(tlv(0x82, b"a"), tlv(0x88)))))
    assert odd.dns_names == ("a",)
    with pytest.raises(UnreadableError):
        _ = odd.other_names


def test_certificates_are_equal_by_their_der() -> None:
    der = certificate(NAMES)
    assert read(der) == read(der) != read(certificate())
    assert len({read(der), read(der), read(certificate())}) == 2


def test_a_certificate_is_pickled_by_its_der() -> None:
    original = read(certificate(NAMES))
    dump = pickle.dumps(original)
    assert len(dump) < len(original.der) + 100
    assert pickle.loads(dump) == original  # noqa: S301 — our own


def test_a_certificate_is_shown_by_name_and_serial_number() -> None:
    shown = read(certificate(subject=common_name("a\nb" * 99), serial=integer(255)))
    assert repr(shown).startswith("<X509Certificate common_name='a\\nba\\nb")
    assert repr(shown).endswith("... serial_number=0xff>")
    assert len(repr(shown)) < 150


def test_the_first_certificate_of_a_pem_text_is_read() -> None:
    first, second = certificate(NAMES), certificate()
    assert X509Certificate.from_pem(pem(first, second)) == read(first)
    assert X509Certificate.from_pem(pem(first, second).decode()) == read(first)


def test_every_block_has_to_be_a_certificate_whatever_its_label() -> None:
    text = encode("ANYTHING", certificate()) + encode("CERTIFICATE", b"no certificate")
    with pytest.raises(UnreadableError, match=r"^certificates\[1\]: expected "):
        X509Certificate.from_pem(text)


def test_all_certificates_are_read_in_their_order() -> None:
    first, second = certificate(NAMES), certificate()
    text = pem(second, first, second)
    assert read_certificates(text, limit=len(text)) == (read(second), read(first), read(second))


def test_a_text_without_certificates_is_unreadable() -> None:
    with pytest.raises(UnreadableError, match=r"expected a certificate in PEM"):
        read_certificates(b"text", limit=4)


def test_a_text_longer_than_the_limit_is_unreadable() -> None:
    with pytest.raises(UnreadableError, match=r"at most 3 bytes"):
        read_certificates(b"text", limit=3)


def test_a_secret_holds_at_most_330_000_bytes() -> None:
    text = pem(certificate())
    assert X509Certificate.from_pem(text.ljust(MAX_BUNDLE_BYTES)) == read(certificate())
    with pytest.raises(UnreadableError, match=r"at most 330000 bytes"):
        X509Certificate.from_pem(text.ljust(MAX_BUNDLE_BYTES + 1))


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [(RSA, SHA256_RSA), (EC, ECDSA_SHA256), (ED25519, PURE_ED25519)],
    ids=["RSA", "ECDSA", "Ed25519"],
)
@pytest.mark.parametrize(
    "extensions",
    [
        pytest.param([CA], id="a CA"),
        pytest.param([CA, usages(b"\x04", 2)], id="a CA that signs certificates"),
        pytest.param([CA, usages(b"\x00", 0)], id="a CA with key usages of no bits"),
    ],
)
def test_a_ca_signs(key: PrivateKey, algorithm: bytes, extensions: list[bytes]) -> None:
    root = read(issued(key, algorithm, *extensions, key=spki(key)))
    leaf = read(issued(key, algorithm))
    assert leaf.signature_problem(root) is None
    assert root.signature_problem(root) is None


@pytest.mark.parametrize(
    ("extensions", "version", "problem"),
    [
        pytest.param(
            [], VERSION_3, "the issuer's certificate is not that of a CA", id="no basic constraints"
        ),
        pytest.param(
            [NO_CA], VERSION_3, "the issuer's certificate is not that of a CA", id="no CA"
        ),
        pytest.param(
            [CA, usages(b"\x02", 1)],
            VERSION_3,
            "the issuer's key must not sign certificates",
            id="CRLs only",
        ),
        pytest.param([], VERSION_1, None, id="version 1 has no basic constraints"),
    ],
)
def test_an_issuer_has_to_be_a_ca(
    extensions: list[bytes], version: bytes, problem: str | None
) -> None:
    root = read(issued(EC, ECDSA_SHA256, *extensions, version=version, key=spki(EC)))
    assert read(issued(EC, ECDSA_SHA256)).signature_problem(root) == problem


@pytest.mark.parametrize(
    ("algorithm", "name"), [(SHA1_RSA, "SHA1-RSA"), (MD5_RSA, "MD5-RSA")], ids=["SHA-1", "MD5"]
)
def test_a_weak_signature_counts_as_none(algorithm: bytes, name: str) -> None:
    root = read(issued(RSA, SHA256_RSA, CA, key=spki(RSA)))
    leaf = read(certificate(algorithm=algorithm))
    assert leaf.signature_problem(root) == f"{name} signatures prove nothing"


def test_another_key_does_not_sign() -> None:
    root = read(issued(EC, ECDSA_SHA256, CA, key=spki(EC)))
    leaf = read(issued(ED25519, PURE_ED25519))
    assert leaf.signature_problem(root) == "the issuer's key did not make the signature"


def test_the_signature_covers_the_certificate_as_it_stands() -> None:
    root = read(issued(EC, ECDSA_SHA256, CA, key=spki(EC)))
    odd = certificate(algorithm=ECDSA_SHA256, after_key=NULL)
    assert read(signed(odd, ECDSA_SHA256, EC)).signature_problem(root) is None


def test_a_certificate_that_its_own_key_signed_is_self_signed_whatever_it_says_of_cas() -> None:
    assert read(issued(EC, ECDSA_SHA256, key=spki(EC))).is_self_signed
    old = certificate(algorithm=SHA1_RSA, key=spki(RSA))
    assert read(signed(old, SHA1_RSA, RSA, SHA1())).is_self_signed  # noqa: S303 — as in old roots


def test_an_md5_certificate_is_taken_for_self_signed_by_its_names() -> None:
    assert read(certificate(algorithm=MD5_RSA)).is_self_signed
    assert not read(certificate(algorithm=MD5_RSA, subject=common_name("a"))).is_self_signed


def test_a_certificate_that_another_key_signed_is_not_self_signed() -> None:
    assert not read(issued(EC, ECDSA_SHA256)).is_self_signed
