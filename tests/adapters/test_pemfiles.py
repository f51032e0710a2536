"""Key pairs in PEM files are judged as if they were a Secret, by what can be asked of files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certlife.adapters.pemfiles import UNCHECKED, PemSource, holds_certificate, is_pem, read_pem
from certlife.errors import CertlifeError, Unreadable, UnreadableError, WrongTypeError
from certlife.model.snapshot import Snapshot
from certlife.model.spec import IssuerRef, PrivateKeySpec
from certlife.policy.policies import READINESS, STRICT, TRIGGER_DOCUMENTED
from certlife.policy.violation import NotApplicable, Reason
from tests.adapters.materials import PEM

# Valid from 2026-10-02 to 2026-12-31 for mail.internal.test.
CERTIFICATE: Final = PEM["cert-w042-p256"]
KEY: Final = PEM["key-p256-c-pkcs8"]
OTHER_KEY: Final = PEM["key-p256-b-pkcs8"]
PARAMETERS: Final = b"-----BEGIN DH PARAMETERS-----\nMAYCAQUCAQI=\n-----END DH PARAMETERS-----\n"
EARLY: Final = datetime(2026, 10, 3, tzinfo=UTC)

UNREADABLE: Final = "expected a certificate that can be read"
EVERY_FIELD: Final = PEM["cert-w009-ed25519"]


def pem(certificate: bytes, key: bytes | None, renew_before: timedelta | None = None) -> PemSource:
    return read_pem(certificate, key, name="web", source="web.pem", renew_before=renew_before)


def reasons(source: PemSource, now: datetime) -> list[str]:
    snapshot = Snapshot(source.certificate, secret=source.secret, requests=())
    return [violation.reason for violation in TRIGGER_DOCUMENTED.first(snapshot, now=now)]


def test_the_spec_is_read_off_the_certificate() -> None:
    source = pem(EVERY_FIELD, PEM["key-ed25519-c-pkcs1"], timedelta(days=7))
    spec = source.certificate.spec
    assert (source.source, source.certificate.name, source.secret.name) == ("web.pem", "web", "web")
    assert source.certificate.namespace is None
    assert spec.secret_name == "web"
    assert spec.issuer_ref == IssuerRef("")
    assert spec.common_name == "quartz.example.com"
    assert spec.dns_names == (
        "billing.internal.test",
        "saffron.svc.cluster.local",
        "orders.example.net",
        "billing.example.com",
        "grafana.corp.example",
        "mail.corp.example",
    )
    assert spec.ip_addresses == ("203.0.113.250", "2001:db8::1")
    assert spec.uris == (
        "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66",
        "https://fjord.example.com/",
        "ldap://violet.example.com/dc=example,dc=com??sub",
    )
    assert spec.email_addresses == (
        "basil.quartz@example.org",
        "falcon+tag@corp.example",
        "UPPER.lotus@example.net",
    )
    assert spec.private_key == PrivateKeySpec(algorithm="Ed25519", size=256, encoding="PKCS8")
    assert spec.renew_before == timedelta(days=7)


def test_what_the_certificate_does_not_have_is_absent_from_the_spec() -> None:
    spec = pem(CERTIFICATE, KEY).certificate.spec
    assert spec.dns_names == ("mail.internal.test",)
    assert (spec.common_name, spec.ip_addresses, spec.uris) == (None, None, None)
    assert (spec.email_addresses, spec.renew_before) == (None, None)


@pytest.mark.parametrize(
    ("certificate", "key", "reason"),
    [
        pytest.param(CERTIFICATE, KEY, None, id="a pair"),
        pytest.param(CERTIFICATE, None, None, id="a certificate alone"),
        pytest.param(CERTIFICATE + KEY, None, None, id="in one file"),
        pytest.param(KEY + CERTIFICATE, None, None, id="in one file, key first"),
        pytest.param(
            b"a\n" + CERTIFICATE + PARAMETERS + KEY + OTHER_KEY,
            None,
            None,
            id="in one file, among other things",
        ),
        pytest.param(CERTIFICATE.replace(b"\n", b"\r\n"), KEY, None, id="with CRLF"),
        pytest.param(b"Subject: x\n\n" + CERTIFICATE, b"x\n" + KEY, None, id="with leading text"),
        pytest.param(CERTIFICATE, OTHER_KEY, Reason.INVALID_KEY_PAIR, id="with another's key"),
        pytest.param(KEY, CERTIFICATE, Reason.INVALID_KEY_PAIR, id="swapped"),
        pytest.param(
            CERTIFICATE + OTHER_KEY,
            None,
            Reason.INVALID_KEY_PAIR,
            id="in one file, with another's key",
        ),
        pytest.param(CERTIFICATE, b"", Reason.MISSING_DATA, id="with an empty key"),
        pytest.param(b"", KEY, Reason.MISSING_DATA, id="with an empty certificate"),
        pytest.param(
            CERTIFICATE[:200], KEY, Reason.INVALID_CERTIFICATE, id="with a certificate cut off"
        ),
        pytest.param(
            CERTIFICATE.replace(b"MII", b"M*I"),
            KEY,
            Reason.INVALID_CERTIFICATE,
            id="with base64 that is none",
        ),
        pytest.param(
            CERTIFICATE + KEY, KEY, Reason.INVALID_CERTIFICATE, id="with a key in the certificate"
        ),
    ],
)
def test_files_are_judged_as_cert_manager_judges_a_secret(
    certificate: bytes, key: bytes | None, reason: Reason | None
) -> None:
    assert reasons(pem(certificate, key), EARLY)[:1] == ([] if reason is None else [reason])


@pytest.mark.parametrize(
    ("certificate", "key", "rule"),
    [
        (CERTIFICATE, PEM["oddkey-encrypted-pkcs8"], "the key is encrypted"),
        (CERTIFICATE + PEM["oddkey-encrypted-pkcs8"], None, "the key is encrypted"),
        (CERTIFICATE, PEM["oddkey-legacy-encrypted-pkcs1"], "the key is encrypted"),
        (CERTIFICATE + PEM["oddkey-legacy-encrypted-pkcs1"], None, "the key is encrypted"),
        (CERTIFICATE, CERTIFICATE, "expected a private key, not a certificate"),
    ],
    ids=["PKCS #8", "PKCS #8 in one file", "legacy", "legacy in one file", "a certificate"],
)
def test_a_key_that_is_encrypted_or_none_is_said_to_be_so(
    certificate: bytes, key: bytes | None, rule: str
) -> None:
    source = pem(certificate, key)
    snapshot = Snapshot(source.certificate, secret=source.secret, requests=())
    violation, *_ = STRICT.first(snapshot, now=EARLY)
    assert violation.reason is Reason.INVALID_KEY_PAIR
    assert rule in violation.message


@pytest.mark.parametrize("key", [KEY, None], ids=["a pair", "a certificate alone"])
@pytest.mark.parametrize(
    ("renew_before", "now", "expected"),
    [
        (None, datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC), []),
        (None, datetime(2026, 12, 1, tzinfo=UTC), [Reason.RENEWING]),
        (timedelta(days=10), datetime(2026, 12, 20, 23, 59, 59, tzinfo=UTC), []),
        (timedelta(days=10), datetime(2026, 12, 21, tzinfo=UTC), [Reason.RENEWING]),
    ],
)
def test_it_is_due_two_thirds_through_or_as_long_before_its_end_as_asked(
    key: bytes | None, renew_before: timedelta | None, now: datetime, expected: list[Reason]
) -> None:
    assert reasons(pem(CERTIFICATE, key, renew_before), now) == expected


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "expected a certificate in PEM"),
        (CERTIFICATE[:200], f"{UNREADABLE}: expected a certificate in PEM"),
        (
            CERTIFICATE.replace(b"MII", b"MIA"),
            f"{UNREADABLE}: expected DER with definite lengths in their shortest form",
        ),
        (KEY, "expected a certificate in PEM"),
        (PEM["cert-w016-rsa2048-dsa"], "expected a certificate for an RSA, ECDSA or Ed25519 key"),
    ],
    ids=["nothing", "cut off", "not DER", "a key", "a certificate for DSA"],
)
def test_a_certificate_alone_that_cannot_be_judged_is_refused(data: bytes, rule: str) -> None:
    with pytest.raises(UnreadableError) as refusal:
        pem(data, None)
    assert refusal.value.rule == rule
    assert refusal.value.value is None


def test_every_check_but_those_of_pair_and_time_is_said_to_be_unchecked() -> None:
    every = {check.name for check in (*STRICT.checks, *READINESS.checks)}
    assert every - set(pem(CERTIFICATE, KEY).unchecked) == {
        "secret_does_not_exist",
        "secret_is_missing_data",
        "secret_public_keys_differ",
        "current_certificate_nearing_expiry",
        "current_certificate_has_expired",
    }
    assert pem(CERTIFICATE + KEY, None).unchecked == UNCHECKED
    assert pem(CERTIFICATE, None).unchecked == ("secret_public_keys_differ", *UNCHECKED)


@pytest.mark.parametrize("key", [KEY, None], ids=["a pair", "a certificate alone"])
def test_an_unchecked_check_finds_nothing_in_any_certificate(key: bytes | None) -> None:
    asked = 0
    for name, certificate in PEM.items():
        if not name.startswith(("cert-", "annotated-", "chain-")):
            continue
        try:
            source = pem(certificate, key)
        except UnreadableError:
            continue  # a certificate alone that cannot be read is no source
        if isinstance(source.secret.certificate_reading, Unreadable):
            continue  # every check that looks at it says so
        snapshot = Snapshot(source.certificate, secret=source.secret, requests=())
        for check, answer in STRICT.each(snapshot, now=EARLY):
            if check.name in source.unchecked:
                asked += 1
                assert answer == () or isinstance(answer, NotApplicable), name
    assert asked > 2000


def test_neither_key_nor_bytes_are_shown() -> None:
    shown = repr(pem(CERTIFICATE, KEY)) + repr(pem(KEY, CERTIFICATE)) + repr(pem(CERTIFICATE, None))
    assert "BEGIN" not in shown
    assert KEY.splitlines()[1].decode() not in shown


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (CERTIFICATE, True),
        (b"\xef\xbb\xbf" + CERTIFICATE, True),
        (PEM["cert-w004-rsa3072-x509-label"], True),
        (PEM["cert-w009-ed25519-trusted-label"], True),
        (KEY, False),
        (b"-----BEGIN CERTIFICATE REQUEST-----", False),
        (b"", False),
    ],
)
def test_a_text_holds_a_certificate_if_a_label_says_so(data: bytes, expected: object) -> None:
    assert holds_certificate(data) is expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (CERTIFICATE, True),
        (b"Subject: x\n" + CERTIFICATE, True),
        (b" " * 343_000 + b"\n" + CERTIFICATE, False),
        (b"tls.crt: |\n  " + CERTIFICATE.replace(b"\n", b"\n  "), False),
        (b'{"tls.crt": "-----BEGIN CERTIFICATE-----\\n"}', False),
    ],
    ids=["PEM", "with leading text", "too large", "within YAML", "within JSON"],
)
def test_a_text_is_pem_if_a_line_begins_a_block(data: bytes, expected: object) -> None:
    assert is_pem(data) is expected


def test_only_bytes_and_durations_are_taken() -> None:
    with pytest.raises(WrongTypeError, match="certificate: expected the bytes of a file"):
        pem("x", None)  # type: ignore[arg-type]
    with pytest.raises(WrongTypeError, match="private_key: expected the bytes of a file, or None"):
        pem(CERTIFICATE, "x")  # type: ignore[arg-type]
    with pytest.raises(WrongTypeError, match=r"CertificateSpec\.renew_before"):
        pem(CERTIFICATE, KEY, 7)  # type: ignore[arg-type]


pieces = st.sampled_from([CERTIFICATE, KEY, PARAMETERS, b"\n", b"-----BEGIN ", b"-----END ", b"x"])
texts = st.lists(pieces, max_size=5).map(b"".join)


@given(texts, st.none() | texts)
def test_any_files_are_a_source_or_refused_by_an_error_of_ours(
    certificate: bytes, key: bytes | None
) -> None:
    try:
        source = pem(certificate, key)
    except CertlifeError:
        return
    assert reasons(source, EARLY) is not None
