"""What the fuzzer found out about Secrets: a private key may lie where certificates belong."""

from __future__ import annotations

import pytest

from certlife.model.secret import SecretData
from tests.model.pem import CERTIFICATE_PEM, KEY_PEM

KEY_BODY = KEY_PEM.splitlines()[1]


def without_key(certificates: bytes) -> SecretData:
    secret = SecretData.from_pem(certificate=certificates, private_key=KEY_PEM)
    return secret.without_private_key()


@pytest.mark.parametrize(
    "certificates",
    [
        CERTIFICATE_PEM + KEY_PEM,
        KEY_PEM + CERTIFICATE_PEM,
        KEY_PEM.partition(b"-----END")[0],
        b"# mine: " + KEY_PEM,
        CERTIFICATE_PEM + KEY_PEM.replace(b"PRIVATE", b"EC PRIVATE").replace(b"\n", b"\r\n"),
    ],
    ids=["below it", "above it", "cut off", "behind a comment", "of another kind, from Windows"],
)
def test_a_key_among_the_certificates_goes_as_well(certificates: bytes) -> None:
    kept = without_key(certificates).entry("tls.crt")
    assert KEY_BODY[12:] not in kept
    assert len(kept) == len(certificates)


def test_without_a_key_among_them_the_certificates_are_as_unreadable_as_before() -> None:
    secret = SecretData.from_pem(certificate=CERTIFICATE_PEM + KEY_PEM, private_key=KEY_PEM)
    assert secret.without_private_key().certificate_reading == secret.certificate_reading


def test_a_certificate_that_only_its_label_calls_a_key_stays() -> None:
    mislabelled = CERTIFICATE_PEM.replace(b"CERTIFICATE", b"PRIVATE KEY")
    assert without_key(mislabelled).entry("tls.crt") == mislabelled
