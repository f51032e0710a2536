"""A Secret is read as a whole or not at all, and its key stays inside."""

from __future__ import annotations

import pickle

import pytest

from certlife.errors import Unreadable, UnreadableError, WrongTypeError
from certlife.model.secret import SecretData
from certlife.model.spec import IssuerRef
from certlife.pki.certificate import X509Certificate
from certlife.pki.keys import KeyAlgorithm, KeyFacts, PrivateKey
from tests.model.pem import CERTIFICATE_PEM, KEY_PEM

CORRUPT_PEM = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
SECRET = SecretData.from_pem(certificate=CERTIFICATE_PEM, private_key=KEY_PEM)


def test_it_is_made_of_pem_as_a_controller_would_store_it() -> None:
    secret = SecretData.from_pem(
        certificate=CERTIFICATE_PEM,
        private_key=KEY_PEM.decode(),
        ca="CA",
        issued_by=IssuerRef("ca"),
        certificate_name="web",
    )
    assert secret.type == "kubernetes.io/tls"
    assert secret.entries == {"tls.crt": CERTIFICATE_PEM, "tls.key": KEY_PEM, "ca.crt": b"CA"}
    assert secret.annotations == {
        "cert-manager.io/issuer-name": "ca",
        "cert-manager.io/issuer-kind": "Issuer",
        "cert-manager.io/issuer-group": "cert-manager.io",
        "cert-manager.io/certificate-name": "web",
    }


def test_what_is_not_said_when_it_is_made_is_not_noted() -> None:
    assert SECRET.annotations is None
    assert SECRET.entries is not None
    assert "ca.crt" not in SECRET.entries


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"certificate": 1}, "SecretData.entries['tls.crt']"),
        ({"private_key": ["x"]}, "SecretData.entries['tls.key']"),
        ({"issued_by": "ca"}, "issued_by"),
        ({"certificate_name": 1}, "SecretData.annotations['cert-manager.io/certificate-name']"),
    ],
    ids=["a certificate", "a key", "an issuer", "a name"],
)
def test_it_is_not_made_of_wrong_types(said: dict[str, object], path: str) -> None:
    with pytest.raises(WrongTypeError) as refusal:
        SecretData.from_pem(**{"certificate": b"", "private_key": b"", **said})  # type: ignore[arg-type]
    assert refusal.value.path == path


def test_text_that_is_no_unicode_is_only_unreadable() -> None:
    secret = SecretData.from_pem(certificate="\ud800", private_key="\ud800")
    assert isinstance(secret.certificate_reading, Unreadable)
    assert isinstance(secret.key_reading, Unreadable)


@pytest.mark.parametrize(
    "secret",
    [SecretData(), SecretData(entries={}), SecretData(entries={"tls.crt": b"", "tls.key": b""})],
    ids=["nothing is said", "there is nothing", "there are empty entries"],
)
def test_an_empty_secret_has_neither_key_nor_certificate(secret: SecretData) -> None:
    assert secret.entry("tls.crt") == b""
    assert not secret.has_private_key
    assert isinstance(secret.key_reading, Unreadable)
    assert isinstance(secret.certificate_reading, Unreadable)
    with pytest.raises(UnreadableError) as refusal:
        _ = secret.certificate
    assert refusal.value.rule == secret.certificate_reading.rule


def test_its_certificate_is_read_once() -> None:
    assert isinstance(SECRET.certificate, X509Certificate)
    assert SECRET.certificate is SECRET.certificate
    assert SECRET.certificate.common_name == "web.example"


def test_a_corrupt_certificate_behind_the_leaf_spoils_it() -> None:
    secret = SecretData(entries={"tls.crt": CERTIFICATE_PEM + CORRUPT_PEM})
    assert isinstance(secret.certificate_reading, Unreadable)


def test_its_key_is_read_once() -> None:
    assert isinstance(SECRET.key_reading, PrivateKey)
    assert SECRET.key_reading is SECRET.key_reading
    assert SECRET.has_private_key


def test_a_key_that_cannot_be_read_is_still_there() -> None:
    secret = SecretData(entries={"tls.key": b"junk"})
    assert secret.has_private_key
    assert isinstance(secret.key_reading, Unreadable)


def test_without_its_key_the_facts_of_it_stay_and_no_byte() -> None:
    secret = SecretData(
        entries={
            "tls.crt": CERTIFICATE_PEM,
            "tls.key": KEY_PEM,
            "ca.crt": b"CA",
            "tls-combined.pem": KEY_PEM + CERTIFICATE_PEM,
            "key.der": b"key",
            "keystore.p12": b"key",
            "of-my-own": b"key",
        },
        name="web-tls",
    )
    bare = secret.without_private_key()
    assert bare.entries == {"tls.crt": CERTIFICATE_PEM, "ca.crt": b"CA"}
    assert bare.name == "web-tls"
    assert bare.has_private_key
    assert isinstance(bare.key_reading, KeyFacts)
    assert bare.key_reading.algorithm is KeyAlgorithm.ED25519
    assert bytes(range(32)) not in pickle.dumps(bare)
    assert bare.without_private_key() == bare


def test_without_a_key_that_cannot_be_read_that_much_stays_known() -> None:
    bare = SecretData(entries={"tls.key": b"junk"}).without_private_key()
    assert bare.entries == {}
    assert bare.has_private_key
    assert isinstance(bare.key_reading, Unreadable)


@pytest.mark.parametrize("entries", [None, {}], ids=["nothing is said", "there is nothing"])
def test_without_the_key_that_it_never_had_it_stays_as_it_is(
    entries: dict[str, bytes] | None,
) -> None:
    secret = SecretData(entries=entries)
    assert secret.without_private_key() == secret
    assert not secret.without_private_key().has_private_key


def test_its_repr_shows_sizes_and_no_bytes() -> None:
    assert f"{{'tls.crt': <{len(CERTIFICATE_PEM)} bytes>, 'tls.key': <119 bytes>}}" in repr(SECRET)
    assert "BEGIN" not in repr(SECRET)
    assert "entries=None" in repr(SecretData())


def test_it_comes_back_equal_from_a_pickle_after_it_was_read() -> None:
    assert SECRET.certificate is not None
    back = pickle.loads(pickle.dumps(SECRET))  # noqa: S301 — made a moment ago
    assert back == SECRET
    assert hash(back) == hash(SECRET)
    assert back.certificate == SECRET.certificate
