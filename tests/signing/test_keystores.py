"""A keystore holds key, chain and CA, and other people's software opens it with the password."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, Final

import pytest
from attrs import evolve
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from jks import KeyStore

from certlife.errors import CertlifeError, InvalidValueError, UnreadableError, WrongTypeError
from certlife.issuers import Issued
from certlife.pki.pem import encode
from certlife.signing.java_keystores import jks_stores
from certlife.signing.keystores import KeystoreContents, Stores, pkcs12_stores
from certlife.testing import signer
from tests.issuers.requests import (
    ECDSA,
    KEY,
    KINDS,
    SPEC,
    asked,
    intermediate,
    issuer,
    pem_of,
    root,
)
from tests.pki.encoding import sequence, tlv
from tests.pki.signing import EC, ECDSA_SHA256, issued, spki
from tests.signing.test_keys import COMPOSITE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from certlife.model.spec import PrivateKeySpec

    Writer = Callable[[KeystoreContents, bytes | str], Stores]

WORD: Final = "changeit"
PROFILES: Final = {
    None: ("sha1", "pbeWithSHA1And3-KeyTripleDES-CBC"),
    "": ("sha1", "pbeWithSHA1And3-KeyTripleDES-CBC"),
    "LegacyRC2": ("sha1", "pbeWithSHA1And3-KeyTripleDES-CBC"),
    "LegacyDES": ("sha1", "pbeWithSHA1And3-KeyTripleDES-CBC"),
    "Modern2023": ("sha256", "PBES2, PBKDF2, AES-256-CBC"),
}
has_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl here")
has_keytool = pytest.mark.skipif(shutil.which("keytool") is None, reason="there is no Java here")
both = pytest.mark.parametrize("write", [pkcs12_stores, jks_stores], ids=["PKCS #12", "JKS"])


def contents(kind: PrivateKeySpec = ECDSA, *, with_ca: bool = True) -> KeystoreContents:
    """Three certificates and a key: a leaf, an intermediate CA, and a root."""
    top, key = root(kind), signer(kind, number=3)
    spec = evolve(SPEC, private_key=kind)
    answer = issuer(intermediate(top, kind), top).answer(asked(spec, key))
    assert isinstance(answer, Issued)
    return KeystoreContents.from_pem(
        private_key=key.pem, chain=answer.certificate, ca=answer.ca if with_ca else None
    )


HELD: Final = contents()


def run(*arguments: str | Path) -> str:
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
class TestAPkcs12Store:
    def test_holds_key_leaf_chain_and_ca(self, kind: PrivateKeySpec) -> None:
        held = contents(kind)
        read = load_pkcs12(pkcs12_stores(held, WORD).keystore, WORD.encode())
        assert read.key is not None
        assert read.key.public_key() == held.signer.private_key.public_key
        assert read.cert is not None
        found = [read.cert, *read.additional_certs]
        assert [one.certificate.public_bytes(Encoding.DER) for one in found] == [
            one.der for one in (*held.chain, *held.cas)
        ]

    @has_keytool
    def test_is_opened_by_java(self, kind: PrivateKeySpec, tmp_path: Path) -> None:
        stores = pkcs12_stores(contents(kind), WORD, profile="Modern2023")
        keystore, truststore = written(stores, tmp_path)
        listed = run("keytool", "-list", "-keystore", keystore, "-storepass", WORD)
        assert "1 entry" in listed
        assert "PrivateKeyEntry" in listed
        listed = run("keytool", "-list", "-keystore", truststore, "-storepass", WORD)
        assert "cn=root 1" in listed
        assert "trustedCertEntry" in listed


@has_openssl
@pytest.mark.parametrize("profile", PROFILES, ids=str)
def test_a_profile_says_how_a_store_is_encrypted(profile: str | None, tmp_path: Path) -> None:
    hashed, encrypted = PROFILES[profile]
    for file in written(pkcs12_stores(HELD, WORD, profile=profile), tmp_path):
        told = run("openssl", "pkcs12", "-info", "-noout", "-passin", f"pass:{WORD}", "-in", file)
        assert f"MAC: {hashed}, Iteration 2048\n" in told
        assert f"PKCS7 Encrypted data: {encrypted}, Iteration 2048" in told


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
class TestAJavaKeystore:
    def test_holds_key_chain_and_ca(self, kind: PrivateKeySpec) -> None:
        held = contents(kind)
        read = KeyStore.loads(jks_stores(held, WORD).keystore, WORD)
        entry = read.private_keys["certificate"]
        assert entry.cert_chain == [("X.509", one.der) for one in held.chain]
        assert entry.pkey_pkcs8 == held.signer.native.private_bytes(
            Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
        )
        assert entry.timestamp == held.chain[0].not_before.timestamp() * 1000
        assert read.certs["ca"].cert == held.cas[0].der
        assert read.certs["ca"].timestamp == held.cas[0].not_before.timestamp() * 1000

    @has_keytool
    def test_is_opened_by_java_and_so_is_the_key(
        self, kind: PrivateKeySpec, tmp_path: Path
    ) -> None:
        held = contents(kind)
        keystore, truststore = written(jks_stores(held, WORD, alias="Mine"), tmp_path)
        listed = run("keytool", "-list", "-keystore", truststore, "-storepass", WORD)
        assert "1 entry" in listed
        assert "trustedCertEntry" in listed
        other = tmp_path / "other.p12"
        source = ("-srckeystore", keystore, "-srcstorepass", WORD, "-srcalias", "mine")
        target = ("-destkeystore", other, "-deststorepass", WORD, "-deststoretype", "PKCS12")
        run("keytool", "-importkeystore", *source, *target)
        read = load_pkcs12(other.read_bytes(), WORD.encode())
        assert read.key is not None
        assert read.key.public_key() == held.signer.private_key.public_key


@both
class TestEveryKindOfStore:
    def test_is_without_a_ca_no_truststore(self, write: Writer) -> None:
        assert write(contents(with_ca=False), WORD).truststore is None

    def test_takes_a_password_as_bytes_or_text(self, write: Writer) -> None:
        for password in ("käse und brot", "käse und brot".encode()):
            assert opens(write(HELD, password).keystore, "käse und brot")
            assert not opens(write(HELD, password).keystore, WORD)

    @pytest.mark.parametrize("password", ["", b"", b"\xff", "\ud800"], ids=ascii)
    def test_needs_a_password_that_is_text(self, write: Writer, password: bytes | str) -> None:
        with pytest.raises(InvalidValueError) as caught:
            write(HELD, password)
        assert (caught.value.path, caught.value.value) == ("password", None)

    def test_takes_no_number_for_a_password(self, write: Writer) -> None:
        with pytest.raises(WrongTypeError) as caught:
            write(HELD, 20262026)  # type: ignore[arg-type]  # the wrong type
        assert "20262026" not in str(caught.value)

    def test_takes_nothing_but_contents(self, write: Writer) -> None:
        with pytest.raises(WrongTypeError, match="contents: expected KeystoreContents"):
            write(KEY.pem, WORD)  # type: ignore[arg-type]  # the wrong type

    def test_shows_nothing_of_itself(self, write: Writer) -> None:
        assert repr(write(HELD, WORD)) == "Stores()"

    def test_is_another_each_time(self, write: Writer) -> None:
        assert write(HELD, WORD).keystore != write(HELD, WORD).keystore


def test_cas_of_one_name_are_entries_of_their_own() -> None:
    again = (*HELD.cas, root(number=5).certificate, *HELD.cas)
    held = evolve(HELD, cas=again)
    pkcs12 = pkcs12_stores(held, WORD).truststore
    assert pkcs12 is not None
    named = load_pkcs12(pkcs12, WORD.encode()).additional_certs
    assert [one.friendly_name for one in named] == [b"CN=root 1", b"CN=root 5", b"CN=root 1 (2)"]
    java = jks_stores(held, WORD).truststore
    assert java is not None
    assert {name: one.cert for name, one in KeyStore.loads(java, WORD).certs.items()} == {
        "ca": again[0].der,
        "ca-1": again[1].der,
        "ca-2": again[2].der,
    }


@pytest.mark.parametrize("profile", ["Modern2026", "legacyrc2"])
def test_a_profile_that_is_not_written_is_refused(profile: str) -> None:
    with pytest.raises(InvalidValueError, match="LegacyRC2, LegacyDES, Modern2023") as caught:
        pkcs12_stores(HELD, WORD, profile=profile)
    assert (caught.value.path, caught.value.value) == ("profile", repr(profile))


@pytest.mark.parametrize(
    "alias", ["ca", "CA", "a" * 65_536, "\ud800"], ids=lambda it: ascii(it)[:9]
)
def test_an_alias_that_no_entry_can_have_is_refused(alias: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        jks_stores(HELD, WORD, alias=alias)
    assert caught.value.path == "alias"


def test_an_alias_is_text() -> None:
    with pytest.raises(WrongTypeError, match="alias: expected str"):
        jks_stores(HELD, WORD, alias=7)  # type: ignore[arg-type]  # the wrong type


def test_the_longest_alias_is_an_alias() -> None:
    store = KeyStore.loads(jks_stores(HELD, WORD, alias="a" * 65_535).keystore, WORD)
    assert list(store.private_keys) == ["a" * 65_535]


def test_nothing_is_dated_before_1970() -> None:
    validity = sequence(tlv(0x18, b"19500101000000Z"), tlv(0x17, b"260401000000Z"))
    der = issued(EC, ECDSA_SHA256, validity=validity, key=spki(EC))
    pem = EC.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    held = KeystoreContents.from_pem(
        private_key=pem, chain=encode("CERTIFICATE", der).encode(), ca=None
    )
    read = KeyStore.loads(jks_stores(held, WORD).keystore, WORD)
    assert read.private_keys["certificate"].timestamp == 0


def test_what_only_go_reads_is_in_no_pkcs12_store() -> None:
    without_seconds = sequence(tlv(0x17, b"2601010000Z"), tlv(0x17, b"260401000000Z"))
    der = issued(EC, ECDSA_SHA256, validity=without_seconds, key=spki(EC))
    pem = EC.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    held = KeystoreContents.from_pem(
        private_key=pem, chain=encode("CERTIFICATE", der).encode(), ca=None
    )
    with pytest.raises(InvalidValueError, match="OpenSSL reads"):
        pkcs12_stores(held, WORD)


CHAIN: Final = pem_of(root())


@pytest.mark.parametrize(
    ("private_key", "chain", "ca", "error"),
    [
        pytest.param(b"hunter2", CHAIN, None, UnreadableError, id="no key"),
        pytest.param(COMPOSITE, CHAIN, None, UnreadableError, id="a key that is not sound"),
        pytest.param(KEY.pem, CHAIN, None, InvalidValueError, id="another key"),
        pytest.param(root().signer.pem, b"junk", None, UnreadableError, id="no certificate"),
        pytest.param(root().signer.pem, CHAIN, b"junk", UnreadableError, id="no CA"),
    ],
)
def test_contents_are_refused_with(
    private_key: bytes, chain: bytes, ca: bytes | None, error: type[CertlifeError]
) -> None:
    with pytest.raises(error) as caught:
        KeystoreContents.from_pem(private_key=private_key, chain=chain, ca=ca)
    assert "hunter2" not in str(caught.value)


def test_contents_show_no_key() -> None:
    assert "PRIVATE" not in repr(HELD)
    assert repr(HELD.signer.private_key.der)[2:-1] not in repr(HELD)


def opens(store: bytes, password: str) -> bool:
    try:
        if store.startswith(b"\xfe\xed\xfe\xed"):
            KeyStore.loads(store, password)
        else:
            load_pkcs12(store, password.encode())
    except Exception:  # noqa: BLE001 — each library has errors of its own
        return False
    return True


def written(stores: Stores, folder: Path) -> tuple[Path, Path]:
    keystore, truststore = folder / "keystore", folder / "truststore"
    assert stores.truststore is not None
    keystore.write_bytes(stores.keystore)
    truststore.write_bytes(stores.truststore)
    return keystore, truststore
