"""The words of spec.usages become the bits and OIDs of RFC 5280."""

from __future__ import annotations

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from certlife.errors import InvalidValueError, WrongTypeError
from certlife.model.spec import KeyUsage
from certlife.pki.extensions import KeyUsageBit
from certlife.signing.usages import Usages, usages_of

SERVER_AUTH = ExtendedKeyUsageOID.SERVER_AUTH.dotted_string
EMAIL = ExtendedKeyUsageOID.EMAIL_PROTECTION.dotted_string


@pytest.mark.parametrize("words", [None, [], ()])
def test_nothing_said_means_signing_and_encipherment(words: list[str] | None) -> None:
    bits = KeyUsageBit.DIGITAL_SIGNATURE, KeyUsageBit.KEY_ENCIPHERMENT
    assert usages_of(words, is_ca=False) == Usages(bits, ())


def test_a_ca_signs_certificates_whatever_is_said() -> None:
    assert usages_of(["any"], is_ca=True) == Usages((KeyUsageBit.CERT_SIGN,), ("2.5.29.37.0",))


def test_bits_come_once_in_their_order_and_oids_as_they_are_said() -> None:
    words = ["crl sign", "s/mime", "signing", "email protection", "server auth", "signing"]
    assert usages_of(words, is_ca=False) == Usages(
        (KeyUsageBit.DIGITAL_SIGNATURE, KeyUsageBit.CRL_SIGN), (EMAIL, EMAIL, SERVER_AUTH)
    )


def test_every_word_of_the_api_is_known() -> None:
    usages = usages_of(tuple(KeyUsage), is_ca=False)
    assert usages.key_usages == tuple(KeyUsageBit)
    assert len(usages.extended_key_usages) == len(KeyUsage) - len(KeyUsageBit) - 1  # signing


@pytest.mark.parametrize(
    ("word", "oid"),
    [
        ("server auth", ExtendedKeyUsageOID.SERVER_AUTH),
        ("client auth", ExtendedKeyUsageOID.CLIENT_AUTH),
        ("code signing", ExtendedKeyUsageOID.CODE_SIGNING),
        ("timestamping", ExtendedKeyUsageOID.TIME_STAMPING),
        ("ocsp signing", ExtendedKeyUsageOID.OCSP_SIGNING),
        ("any", ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE),
    ],
)
def test_an_oid_is_that_of_the_registry(word: str, oid: ObjectIdentifier) -> None:
    assert usages_of([word], is_ca=False).extended_key_usages == (oid.dotted_string,)


def test_an_unknown_word_is_refused_where_it_stands() -> None:
    with pytest.raises(InvalidValueError) as caught:
        usages_of(["server auth", "Server Auth"], is_ca=False)
    assert (caught.value.path, caught.value.value) == ("spec.usages[1]", "'Server Auth'")


@pytest.mark.parametrize(
    ("words", "path"), [("any", "usages"), (7, "usages"), ([7], "usages[0]"), ([[]], "usages[0]")]
)
def test_what_is_no_list_of_words_is_refused(words: list[str], path: str) -> None:
    with pytest.raises(WrongTypeError) as caught:
        usages_of(words, is_ca=False)
    assert caught.value.path == path
