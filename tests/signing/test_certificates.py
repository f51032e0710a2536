"""A certificate has the names and key of its request, and what was granted."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

import pytest
from attrs import evolve
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP224R1, derive_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtensionOID
from cryptography.x509.verification import PolicyBuilder, Store

from certlife.errors import InvalidValueError, WrongTypeError
from certlife.model.request import CertificateRequest
from certlife.model.spec import (
    CertificateSpec,
    IssuerRef,
    NameConstraintItem,
    NameConstraints,
    PrivateKeySpec,
)
from certlife.pki.certificate import X509Certificate
from certlife.pki.chain import order_chain
from certlife.pki.csr import X509Request
from certlife.pki.signatures import SignatureAlgorithm
from certlife.signing import (
    Authority,
    Grant,
    RequestOptions,
    Signer,
    certificate_request,
    self_sign_request,
    sign_request,
)
from certlife.testing import authority, signer
from tests.pki.encoding import extension, extension_request, sequence, tlv
from tests.pki.signing import EC, ECDSA_SHA256, requested
from tests.signing.specs import ECDSA, PLAIN

NOW: Final = datetime(2026, 8, 1, 12, 0, 0, 750_000, tzinfo=UTC)
LATER: Final = datetime(2050, 1, 1, 0, 0, 0, 250_000, tzinfo=UTC)
SECOND: Final = timedelta(seconds=1)
CLIENT_AUTH: Final = x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string
GRANT: Final = Grant(not_before=NOW, not_after=LATER)
KEY: Final = signer(ECDSA)
SERVER: Final = evolve(PLAIN, usages=["digital signature", "server auth"])


def request(spec: CertificateSpec = PLAIN, options: RequestOptions | None = None) -> X509Request:
    pem = certificate_request(spec, KEY, options=options or RequestOptions())
    return X509Request.from_pem(pem)


def read(pem: bytes) -> X509Certificate:
    return X509Certificate.from_pem(pem)


def test_a_browser_would_take_it() -> None:
    ca = authority("test CA")
    grant = evolve(GRANT, usages=SERVER.usages, not_after=NOW + timedelta(days=90))
    pem = sign_request(request(SERVER), ca, grant)
    root = x509.load_der_x509_certificate(ca.certificate.der)
    verifier = PolicyBuilder().store(Store([root])).time(NOW + SECOND)
    chain = verifier.build_server_verifier(x509.DNSName("a.example")).verify(
        x509.load_pem_x509_certificate(pem), []
    )
    assert chain[-1] == root


def test_names_key_and_validity_are_as_asked_and_granted() -> None:
    spec = evolve(PLAIN, common_name="a.example", uris=["spiffe://a.example/b"])
    certificate = read(sign_request(request(spec), authority(), GRANT))
    assert certificate.version == 3
    assert certificate.subject_der == request(spec).subject_der
    assert certificate.alternative_names == request(spec).alternative_names
    assert certificate.public_key == request(spec).public_key
    assert certificate.issuer_der == authority().certificate.subject_der
    assert certificate.not_before == NOW.replace(microsecond=0)
    assert certificate.not_after == LATER.replace(microsecond=0)


def test_extensions_come_in_gos_order_and_alternative_names_last() -> None:
    grant = evolve(GRANT, usages=SERVER.usages)
    certificate = read(sign_request(request(SERVER), authority(), grant))
    found = [(one.oid, one.critical) for one in certificate.extensions]
    assert found == [
        (ExtensionOID.KEY_USAGE.dotted_string, True),
        (ExtensionOID.EXTENDED_KEY_USAGE.dotted_string, False),
        (ExtensionOID.BASIC_CONSTRAINTS.dotted_string, True),
        (ExtensionOID.SUBJECT_KEY_IDENTIFIER.dotted_string, False),
        (ExtensionOID.AUTHORITY_KEY_IDENTIFIER.dotted_string, False),
        (ExtensionOID.SUBJECT_ALTERNATIVE_NAME.dotted_string, True),
    ]


def test_alternative_names_are_critical_only_without_a_subject() -> None:
    certificate = read(
        sign_request(request(evolve(PLAIN, common_name="a.example")), authority(), GRANT)
    )
    assert certificate.extensions[-1].oid == ExtensionOID.SUBJECT_ALTERNATIVE_NAME.dotted_string
    assert not certificate.extensions[-1].critical


def test_key_identifiers_link_a_certificate_to_its_issuer() -> None:
    ca = authority()
    certificate = read(sign_request(request(), ca, GRANT))
    assert certificate.authority_key_id == ca.certificate.subject_key_id
    assert certificate.subject_key_id != certificate.authority_key_id


def test_a_key_identifier_is_the_hash_of_the_key_alone() -> None:
    certificate = read(sign_request(request(), authority(), GRANT))
    point = KEY.spki_der[-65:]  # P-256, uncompressed
    assert certificate.subject_key_id == sha256(point).digest()[:20]


def test_serial_numbers_are_positive_large_and_each_another() -> None:
    numbers = {read(sign_request(request(), authority(), GRANT)).serial_number for _ in range(9)}
    assert len(numbers) == 9
    assert all(number > 0 for number in numbers)
    assert max(numbers).bit_length() in range(128, 160)  # RFC 5280, section 4.1.2.2: 20 octets


@pytest.mark.parametrize(
    ("wanted", "algorithm"),
    [
        (PrivateKeySpec(), SignatureAlgorithm.SHA256_RSA),
        (PrivateKeySpec(algorithm="ECDSA", size=384), SignatureAlgorithm.ECDSA_SHA384),
        (PrivateKeySpec(algorithm="Ed25519"), SignatureAlgorithm.ED25519),
    ],
    ids=str,
)
def test_a_ca_signs_with_a_hash_as_strong_as_its_key(
    wanted: PrivateKeySpec, algorithm: SignatureAlgorithm
) -> None:
    ca = root(signer(wanted))
    certificate = read(sign_request(request(), ca, GRANT))
    assert certificate.signature_algorithm is algorithm
    assert certificate.signature_problem(ca.certificate) is None


def root(key: Signer, *, is_ca: bool = True, common_name: str = "root") -> Authority:
    spec = CertificateSpec(
        secret_name="",
        issuer_ref=IssuerRef(""),
        common_name=common_name,
        is_ca=is_ca,
        private_key=PrivateKeySpec(algorithm=key.algorithm, size=key.private_key.size),
    )
    csr = X509Request.from_pem(certificate_request(spec, key))
    grant = evolve(GRANT, is_ca=is_ca)
    return Authority(read(self_sign_request(csr, key, grant)), key)


def test_a_certificate_that_signs_itself_is_a_root_without_a_key_above() -> None:
    certificate = root(KEY).certificate
    assert certificate.is_self_signed
    assert certificate.is_ca
    assert certificate.authority_key_id is None
    assert certificate.subject_key_id is not None


def test_an_intermediate_joins_leaf_and_root() -> None:
    top = root(signer(ECDSA, 1))
    spec = evolve(PLAIN, common_name="between", is_ca=True)
    pem = sign_request(request(spec), top, evolve(GRANT, is_ca=True))
    between = Authority.from_pem(certificate=pem, private_key=KEY.pem)
    leaf = read(sign_request(request(), between, GRANT))
    chain = order_chain([top.certificate, between.certificate, leaf])
    assert chain.certificates == (leaf, between.certificate)
    assert chain.ca == top.certificate


def test_name_constraints_are_copied() -> None:
    constraints = NameConstraints(critical=True, permitted=NameConstraintItem(dns_domains=["a"]))
    spec = evolve(PLAIN, is_ca=True, name_constraints=constraints)
    certificate = read(sign_request(request(spec), authority(), evolve(GRANT, is_ca=True)))
    assert certificate.name_constraints is not None
    assert certificate.name_constraints.permitted.dns_domains == ("a",)


def test_a_request_that_says_nothing_of_usages_takes_what_is_granted() -> None:
    spec = evolve(PLAIN, encode_usages_in_request=False)
    grant = evolve(GRANT, usages=["client auth"])
    certificate = read(sign_request(request(spec), authority(), grant))
    assert certificate.key_usages is None
    assert certificate.extended_key_usages == (
        x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string,
    )


CONSTRAINED: Final = RequestOptions(basic_constraints=True)


@pytest.mark.parametrize("is_ca", [True, False])
def test_a_request_may_ask_to_be_a_ca_if_it_is_granted(*, is_ca: bool) -> None:
    asked = request(evolve(PLAIN, is_ca=is_ca), CONSTRAINED)
    certificate = read(sign_request(asked, authority(), evolve(GRANT, is_ca=is_ca)))
    assert certificate.is_ca is is_ca


def unreadable_constraints() -> X509Request:
    """Name constraints that cert-manager reads in a request, and Go not in a certificate."""
    domain = tlv(0xA0, sequence(tlv(0x82, b"a..b")))
    return X509Request.from_der(
        requested(EC, ECDSA_SHA256, extension_request(extension("2.5.29.30", sequence(domain))))
    )


def forged() -> X509Request:
    der = bytearray(request().der)
    der[-1] ^= 1
    return X509Request.from_der(bytes(der))


@pytest.mark.parametrize(
    ("asked", "grant", "rule"),
    [
        pytest.param(
            request(evolve(PLAIN, is_ca=True), CONSTRAINED),
            evolve(GRANT, usages=["cert sign", "digital signature", "key encipherment"]),
            "expected a request with isCA False",
            id="a CA that was not granted",
        ),
        pytest.param(
            request(SERVER),
            GRANT,
            "expected a request for digital signature, key encipherment",
            id="other usages",
        ),
        pytest.param(
            request(evolve(PLAIN, usages=["server auth"])),
            evolve(GRANT, usages=["digital signature"]),
            "expected a request for digital signature",
            id="purposes instead of usages",
        ),
        pytest.param(
            forged(), GRANT, "expected a request that its own key signed", id="a forged request"
        ),
        pytest.param(
            unreadable_constraints(),
            GRANT,
            "expected a request that makes a readable certificate",
            id="constraints that spoil the certificate",
        ),
    ],
)
def test_a_request_for_anything_else_is_refused(
    asked: X509Request, grant: Grant, rule: str
) -> None:
    with pytest.raises(InvalidValueError, match=rf"^request: {rule}"):
        sign_request(asked, authority(), grant)


def test_only_a_ca_signs() -> None:
    leaf = root(KEY, is_ca=False)
    rule = r"^authority: expected a CA that may sign, but the issuer's certificate is not that"
    with pytest.raises(InvalidValueError, match=rule):
        sign_request(request(), leaf, GRANT)


def test_a_ca_without_a_key_identifier_is_not_named_by_one() -> None:
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "old")])
    certificate = (
        x509.CertificateBuilder(name, name, EC.public_key(), 1, NOW, LATER)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(EC, SHA256())
    )
    old = Authority.from_pem(
        certificate=certificate.public_bytes(Encoding.PEM),
        private_key=EC.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )
    assert read(sign_request(request(), old, GRANT)).authority_key_id is None


def test_a_ca_on_a_curve_of_224_bits_does_not_sign() -> None:
    key = derive_private_key(7, SECP224R1())
    small = Signer.from_pem(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    der = requested(key, ECDSA_SHA256)
    with pytest.raises(InvalidValueError, match=r"^signer: expected 256, 384 or 521 bits"):
        self_sign_request(X509Request.from_der(der), small, GRANT)


def test_only_the_key_of_the_request_signs_for_itself() -> None:
    with pytest.raises(InvalidValueError, match=r"^signer: .* key of the request"):
        self_sign_request(request(), signer(ECDSA, 1), GRANT)


def test_a_ca_has_the_key_of_its_certificate() -> None:
    certificate = authority().certificate
    with pytest.raises(InvalidValueError, match=r"^signer: expected the private key of the cert"):
        Authority(certificate, KEY)


@pytest.mark.parametrize(
    ("duration", "days"), [(None, 90), (timedelta(days=7), 7)], ids=["unsaid", "said"]
)
def test_a_grant_is_what_the_request_asks_for(duration: timedelta | None, days: int) -> None:
    asked = CertificateRequest(
        name="web-1", issuer_ref=IssuerRef("ca"), duration=duration, usages=["any"], is_ca=True
    )
    begin = NOW.replace(microsecond=0)
    assert Grant.of(asked, not_before=NOW) == Grant(
        not_before=begin, not_after=begin + timedelta(days=days), usages=["any"], is_ca=True
    )


def test_a_grant_stops_at_the_end_of_the_calendar() -> None:
    asked = CertificateRequest(
        name="web-1", issuer_ref=IssuerRef("ca"), duration=timedelta(days=9_999_999)
    )
    assert Grant.of(asked, not_before=NOW).not_after.year == 9999


def test_a_validity_that_runs_backwards_is_not_granted() -> None:
    with pytest.raises(InvalidValueError, match=r"^not_after: expected an instant not before"):
        Grant(not_before=LATER, not_after=NOW)


def test_naive_instants_are_refused() -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(InvalidValueError, match="expected an aware datetime"):
        Grant(not_before=naive, not_after=LATER)
    asked = CertificateRequest(name="web-1", issuer_ref=IssuerRef("ca"))
    with pytest.raises(InvalidValueError, match=r"^not_before: expected an aware datetime"):
        Grant.of(asked, not_before=naive)


def test_arguments_have_types() -> None:
    with pytest.raises(WrongTypeError, match=r"^authority: expected Authority, got NoneType$"):
        sign_request(request(), None, GRANT)  # type: ignore[arg-type]  # the wrong type
    with pytest.raises(WrongTypeError, match=r"^request: expected X509Request, got bytes$"):
        sign_request(b"", authority(), GRANT)  # type: ignore[arg-type]  # the wrong type
    with pytest.raises(WrongTypeError, match=r"^grant: expected Grant, got NoneType$"):
        sign_request(request(), authority(), None)  # type: ignore[arg-type]  # the wrong type
    with pytest.raises(WrongTypeError, match=r"^signer: expected Signer, got bytes$"):
        self_sign_request(request(), KEY.pem, GRANT)  # type: ignore[arg-type]  # the wrong type
    with pytest.raises(WrongTypeError, match=r"^request: expected CertificateRequest, got bytes$"):
        Grant.of(b"", not_before=NOW)  # type: ignore[arg-type]  # the wrong type
    with pytest.raises(WrongTypeError, match="expected Signer"):
        Authority(authority().certificate, KEY.pem)  # type: ignore[arg-type]  # the wrong type
    with pytest.raises(WrongTypeError, match="expected X509Certificate"):
        Authority(b"", KEY)  # type: ignore[arg-type]  # the wrong type


def test_an_authority_and_a_grant_are_values() -> None:
    for value in (authority(), GRANT):
        again = pickle.loads(pickle.dumps(value))  # noqa: S301 — our own bytes
        assert again == value
        assert hash(again) == hash(value)


def test_an_authority_shows_no_key_material() -> None:
    shown = repr(authority())
    assert "PRIVATE" not in shown
    assert "Signer(PrivateKey(algorithm=ECDSA" in shown
