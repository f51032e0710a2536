"""`certlife inspect`: what is in a file, for people who do not know what is in it."""

from __future__ import annotations

import re
from datetime import datetime
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID

from certlife.pki.pem import encode, first_block
from tests.adapters.materials import PEM
from tests.cli.command import GOOD, certificate, in_json, pair, run

if TYPE_CHECKING:
    from click.testing import Result

LEAF: Final = PEM["chain-a-leaf-of-int1"]
INTERMEDIATE: Final = PEM["chain-a-int1"]
HASH: Final = r"SHA-256 [0-9a-f]{64}"
KEY: Final = ec.generate_private_key(ec.SECP256R1())


def inspected(data: bytes) -> Result:
    result = run("inspect", "-", stdin=data)
    assert "PRIVATE KEY-----" not in result.output
    return result


def facts(data: bytes) -> dict[str, str]:
    """What is said of the only thing in a file, by term."""
    result = inspected(data)
    assert (result.exit_code, result.stderr) == (0, "")
    found: dict[str, str] = {}
    term = ""
    for line in result.stdout.splitlines()[1:]:
        head, said = line[2:18].strip(), line[20:]
        term = head or term
        found[term] = f"{found[term]}; {said}" if term in found else said
    return found


def der(pem: bytes) -> bytes:
    block = first_block(pem)
    assert block is not None
    return block.der


def request(*extensions: x509.ExtensionType, subject: str = "web.example") -> bytes:
    named = [x509.NameAttribute(NameOID.COMMON_NAME, subject)] if subject else []
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(named))
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(Encoding.PEM)


def issued(*extensions: tuple[x509.ExtensionType, bool]) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(x509.Name([]))
        .serial_number(0xABC)
        .not_valid_before(datetime.fromisoformat("2026-11-24T00:00:00Z"))
        .not_valid_after(datetime.fromisoformat("2026-11-24T18:00:00Z"))
        .public_key(KEY.public_key())
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(Encoding.PEM)


def test_a_certificate_and_its_key_are_described() -> None:
    result = inspected(GOOD.certificate + GOOD.key)
    assert (result.exit_code, result.stderr) == (0, "")
    pattern = rf"""Certificate
  subject           CN=web.example
  issuer            CN=web.example \(itself\)
  serial number     1
  valid from        2026-11-01T00:00:00Z \(23 d ago\)
  valid to          2027-01-30T00:00:00Z \(in 66 d\), 90.0 days in all
  names             DNS web.example
  key               ECDSA, 256 bits
                    ({HASH})
  signature         ECDSA-SHA256
  CA                no
  SHA-256           [0-9a-f]{{64}}

Private key
  key               ECDSA, 256 bits, in PKCS #8
  its public half   \1
  belongs to        the certificate
"""
    assert re.fullmatch(pattern, result.stdout), result.stdout


def test_everything_that_an_extension_says_is_told() -> None:
    constraints = x509.NameConstraints(
        [
            x509.DNSName("example.com"),
            x509.IPAddress(ip_network("10.0.0.0/8")),
        ],
        [x509.RFC822Name("example.org"), x509.UniformResourceIdentifier(".example.net")],
    )
    usage = x509.KeyUsage(True, False, False, False, False, True, False, False, False)  # noqa: FBT003 — its signature
    oids = ("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.4", "1.2.3.4")
    purposes = [x509.ObjectIdentifier(oid) for oid in oids]
    names: list[x509.GeneralName] = [
        x509.DNSName("*.example"),
        x509.IPAddress(ip_address("2001:db8::1")),
        x509.UniformResourceIdentifier("spiffe://a/b"),
        x509.RFC822Name("a@b.example"),
        x509.OtherName(x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"), b"\x0c\x03upn"),
        x509.OtherName(x509.ObjectIdentifier("1.2.3"), b"\x05\x00"),
    ]
    found = facts(
        issued(
            (x509.BasicConstraints(ca=True, path_length=0), True),
            (usage, True),
            (x509.ExtendedKeyUsage(purposes), False),
            (constraints, True),
            (x509.SubjectAlternativeName(names), False),
            (x509.SubjectKeyIdentifier(b"\x01\x02"), False),
            (x509.AuthorityKeyIdentifier(b"\x03\x04", None, None), False),
            (x509.TLSFeature([x509.TLSFeatureType.status_request]), False),
            (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00"), True),
        )
    )
    del found["key"], found["SHA-256"]
    assert found == {
        "subject": "O=Example",
        "issuer": "no name",
        "serial number": "abc",
        "valid from": "2026-11-24T00:00:00Z (12 h ago)",
        "valid to": "2026-11-24T18:00:00Z (in 6 h), 18h0m0s in all",
        "names": "DNS *.example; IP 2001:db8::1; URI spiffe://a/b; email a@b.example;"
        " 1.3.6.1.4.1.311.20.2.3 upn; 1.2.3 (no text)",
        "signature": "ECDSA-SHA256",
        "CA": "yes, with at most 0 CAs below",
        "key usages": "digital signature, cert sign",
        "for": "server auth, email protection, 1.2.3.4",
        "permitted": "DNS example.com; IP 10.0.0.0/8",
        "excluded": "email example.org; URI .example.net",
        "subject key id": "0102",
        "authority key id": "0304",
        "other extensions": "1.3.6.1.5.5.7.1.24; 1.2.3.4.5 (critical)",
    }


def test_a_ca_without_a_limit_and_a_certificate_that_says_it_is_none_are_told_apart() -> None:
    for is_ca, told in ((True, "yes"), (False, "no")):
        constraints = x509.BasicConstraints(ca=is_ca, path_length=None)
        assert facts(issued((constraints, True)))["CA"] == told


def test_constraints_to_every_name_and_purposes_without_one_are_told() -> None:
    every = x509.NameConstraints(None, [x509.DNSName("")])
    assert facts(issued((every, True)))["excluded"] == "DNS (every one)"
    nothing = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.37"), b"\x30\x00")
    assert facts(issued((nothing, False)))["for"] == "nothing"
    unused = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.15"), b"\x03\x01\x00")
    assert facts(issued((unused, False)))["key usages"] == "none"


def test_a_request_is_described() -> None:
    names = x509.SubjectAlternativeName([x509.DNSName("web.example")])
    found = facts(request(names))
    assert re.fullmatch(rf"ECDSA, 256 bits; {HASH}", found.pop("key"))
    assert found == {
        "subject": "CN=web.example",
        "names": "DNS web.example",
        "signature": "ECDSA-SHA256, by its key",
        "CA": "no",
    }


def test_a_request_without_a_subject_says_so() -> None:
    assert facts(request(subject=""))["subject"] == "none"


def test_a_request_that_another_key_signed_is_told() -> None:
    forged = bytearray(der(request()))
    forged[forged.index(b"web.example")] = ord("x")
    found = facts(encode("CERTIFICATE REQUEST", bytes(forged)).encode())
    assert found["signature"] == "ECDSA-SHA256, not by its key: nobody should sign it"


@pytest.mark.parametrize(
    ("oid", "term"),
    [
        ("2.5.29.19", "CA"),
        ("2.5.29.15", "key usages"),
        ("2.5.29.37", "for"),
        ("2.5.29.30", "permitted"),
    ],
)
def test_an_extension_of_a_request_that_cannot_be_read_is_told_and_hides_nothing(
    oid: str, term: str
) -> None:
    broken = x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), b"\x30\x05")
    found = facts(request(broken))
    assert found[term].startswith("cannot be read: expected ")
    assert found["subject"] == "CN=web.example"


def test_other_names_that_cannot_be_read_are_told_and_hide_no_other() -> None:
    value = b"\x30\x0b\x82\x05a.exa\xa0\x02\x06\x00"
    names = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.17"), value)
    found = facts(request(names))["names"]
    assert found.startswith("DNS a.exa; cannot be read: expected ")


PKCS8: Final = PrivateFormat.PKCS8
PLAIN: Final = NoEncryption()


@pytest.mark.parametrize(
    ("key", "form", "told"),
    [
        pytest.param(KEY, PrivateFormat.PKCS8, "ECDSA, 256 bits, in PKCS #8", id="ECDSA"),
        pytest.param(
            KEY, PrivateFormat.TraditionalOpenSSL, "ECDSA, 256 bits, in SEC 1", id="SEC 1"
        ),
        pytest.param(
            ed25519.Ed25519PrivateKey.generate(), PKCS8, "Ed25519, 256 bits, in PKCS #8", id="Ed"
        ),
        pytest.param(
            rsa.generate_private_key(65537, 2048),
            PrivateFormat.TraditionalOpenSSL,
            "RSA, 2048 bits, in PKCS #1",
            id="RSA",
        ),
    ],
)
def test_of_a_private_key_the_kind_and_the_public_half_are_told_and_nothing_else(
    key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey,
    form: PrivateFormat,
    told: str,
) -> None:
    pem = key.private_bytes(Encoding.PEM, form, PLAIN)
    for data in (pem, der(pem)):
        found = facts(data)
        assert found.pop("key") == told
        assert re.fullmatch(HASH, found.pop("its public half"))
        assert not found
    assert not any(line in inspected(pem).output for line in pem.decode().splitlines()[1:-1])


def test_which_certificate_and_request_a_key_belongs_to_is_told() -> None:
    other = pair("other.example")
    result = inspected(LEAF + GOOD.certificate + GOOD.key + other.certificate)
    assert "  belongs to        certificate 2\n" in result.stdout
    result = inspected(LEAF + GOOD.key + request())
    assert "  belongs to        no certificate in the file\n" in result.stdout
    key = KEY.private_bytes(Encoding.PEM, PKCS8, PLAIN)
    assert "  belongs to        the request\n" in inspected(key + request()).stdout


@pytest.mark.parametrize(
    "key",
    [
        KEY.private_bytes(Encoding.PEM, PKCS8, BestAvailableEncryption(b"x")),
        KEY.private_bytes(
            Encoding.PEM, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(b"x")
        ),
        PEM["oddkey-encrypted-pkcs8"],
        PEM["oddkey-legacy-encrypted-pkcs1"],
    ],
    ids=["PKCS #8", "SEC 1", "PKCS #8 of old", "PKCS #1 of old"],
)
def test_an_encrypted_key_is_told_and_never_asked_for(key: bytes) -> None:
    assert facts(key) == {
        "key": "encrypted, so that nothing can be told of it without its password"
    }


def test_public_keys_are_described() -> None:
    public = KEY.public_key()
    for encoding in (Encoding.PEM, Encoding.DER):
        data = public.public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
        assert re.fullmatch(rf"ECDSA, 256 bits; {HASH}", facts(data)["key"])
    digital = dsa.generate_private_key(1024).public_key()  # noqa: S505 — quick, and never used
    data = digital.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert facts(data)["key"].startswith("DSA, which cert-manager does not use; ")
    odd = facts(PEM["cert-w002-p521-x25519"])["key"]
    assert odd.startswith("of an algorithm that cert-manager does not know; ")


SHA256: Final = bytes.fromhex("06082a8648ce3d040302")


@pytest.mark.parametrize(
    ("oid", "told"),
    [
        ("06082a8648ce3d040303", "ECDSA-SHA384"),
        ("06082a8648ce3d040309", "of an algorithm that cert-manager does not know"),
    ],
)
def test_a_signature_is_what_it_says_it_is(oid: str, told: str) -> None:
    changed = der(GOOD.certificate).replace(SHA256, bytes.fromhex(oid))
    assert facts(changed)["signature"] == told


def test_a_signature_with_sha_1_is_told_to_prove_nothing() -> None:
    sha1 = PEM["cert-w006-rsa2048-sha1"]
    assert facts(sha1)["signature"] == "SHA1-RSA, which proves nothing"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        pytest.param(
            LEAF + INTERMEDIATE, "these are one chain, in the order that servers send", id="whole"
        ),
        pytest.param(
            INTERMEDIATE + LEAF,
            "these are one chain, but not as servers send it: certlife chain puts that right",
            id="in another order",
        ),
        pytest.param(LEAF + GOOD.certificate, "none: expected one chain, but a", id="two leaves"),
    ],
)
def test_what_the_certificates_are_to_each_other_is_told(data: bytes, told: str) -> None:
    result = inspected(data)
    assert result.stdout.startswith("Certificate 1\n")
    assert "\n\nCertificate 2\n" in result.stdout
    assert f"\n\nChain\n  {told}" in result.stdout
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("label", "pem"),
    [
        ("X509 CERTIFICATE", LEAF),
        ("TRUSTED CERTIFICATE", LEAF),
        ("NEW CERTIFICATE REQUEST", request()),
    ],
)
def test_older_labels_are_as_good(label: str, pem: bytes) -> None:
    assert inspected(encode(label, der(pem)).encode()).stdout == inspected(pem).stdout


def test_a_certificate_in_der_is_the_same_as_in_pem() -> None:
    assert inspected(der(LEAF)).stdout == inspected(LEAF).stdout


@pytest.mark.parametrize(
    ("data", "told"),
    [
        pytest.param(b"", "expected a certificate, a request or a key in PEM or DER", id="nothing"),
        pytest.param(b"\x30\x03\x02\x01\x05", "expected a certificate, a request", id="other DER"),
        pytest.param(in_json(certificate()), "for Kubernetes objects there is", id="an object"),
        pytest.param(
            b"tls.crt: |\n  " + LEAF.replace(b"\n", b"\n  "),
            "for Kubernetes objects there is certlife explain",
            id="PEM within YAML",
        ),
        pytest.param(LEAF[:-60], "expected 1 PEM blocks, found 0: of the others", id="cut off"),
        pytest.param(
            encode("CERTIFICATE", b"x").encode(), "block 1, CERTIFICATE: expected", id="junk"
        ),
        pytest.param(
            encode("EC PRIVATE KEY", b"x").encode(), "block 1, EC PRIVATE KEY: expected", id="a key"
        ),
        pytest.param(PEM["oddkey-dsa"], "PRIVATE KEY: ", id="a DSA key"),
        pytest.param(
            encode("DSA PRIVATE KEY", b"x").encode(), "DSA keys are not supported", id="DSA of old"
        ),
        pytest.param(
            encode("PUBLIC KEY", b"x").encode(), "block 1, PUBLIC KEY: expected", id="a public key"
        ),
        pytest.param(
            encode("DH PARAMETERS", b"x").encode(), "expected a certificate, a request", id="DH"
        ),
        pytest.param(
            encode("A\x1b[31m", b"x").encode("latin-1"), "expected a certificate", id="escapes"
        ),
        pytest.param(b"x" * 400_000, "expected at most 343,000 bytes", id="too much"),
    ],
)
def test_what_cannot_be_read_is_told(data: bytes, told: str) -> None:
    result = run("inspect", "-", stdin=data)
    assert (result.exit_code, result.stdout) == (2, "")
    assert re.search(rf"^error: .*{re.escape(told)}", result.stderr, re.MULTILINE)
    assert "\x1b" not in result.output


def test_what_cannot_be_read_hides_nothing_else_and_what_is_passed_over_is_noted() -> None:
    broken = encode("CERTIFICATE", b"x").encode()
    parameters = encode("EC PARAMETERS", b"x").encode()
    Path("all.pem").write_bytes(parameters + broken + LEAF + b"-----BEGIN CERTIFICATE-----\n")
    result = run("inspect", "all.pem")
    assert result.exit_code == 2
    assert result.stdout.startswith("Certificate\n  subject           CN=l1,O=Chain a\n")
    note, error, cut = result.stderr.splitlines()
    assert note == "note: passed over: block 1, EC PARAMETERS"
    assert error.startswith("error: block 2, CERTIFICATE: expected ")
    assert cut.startswith("error: expected 4 PEM blocks, found 3: ")


def test_text_around_the_blocks_and_joints_without_a_line_end_are_no_matter() -> None:
    joined = b"\xef\xbb\xbf" + LEAF.rstrip() + INTERMEDIATE + b"\nsome text\n"
    result = inspected(joined)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "\n\nCertificate 2\n" in result.stdout


def test_a_certificate_for_thousands_of_names_is_cut_and_cannot_write_to_the_terminal() -> None:
    names = [x509.DNSName(f"w{number}\x1b[31m.example") for number in range(2000)]
    found = inspected(issued((x509.SubjectAlternativeName(names), False))).stdout
    assert "  names             DNS w0\\x1b[31m.example\n" in found
    assert "                    and 1900 more\n" in found
    assert "w100" not in found
    assert "\x1b" not in found


def test_a_subject_without_end_is_cut() -> None:
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "x" * 64)] * 900)
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    found = inspected(builder.sign(KEY, hashes.SHA256()).public_bytes(Encoding.PEM)).stdout
    assert len(found) < 2000


def test_whatever_there_is_is_described_or_refused_and_no_key_byte_shown() -> None:
    for name, data in PEM.items():
        result = run("inspect", "-", stdin=data)
        assert result.exit_code == (2 if "\nerror: " in f"\n{result.stderr}" else 0), name
        assert result.stdout or result.exit_code == 2, name
        if "key" in name:
            lines = data.decode("latin-1").splitlines()
            assert not any(line in result.output for line in lines if len(line) > 40), name


def test_a_file_that_is_not_there_and_a_folder_are_told() -> None:
    for name, told in (("none.pem", "No such file or directory"), (".", "Is a directory")):
        result = run("inspect", name)
        assert result.exit_code == 2
        assert told in result.stderr
