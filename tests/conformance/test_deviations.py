"""Each deviation with questions on either side of its edge."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from certlife.pki.pem import encode, iter_blocks
from tests.conformance.deviations import DEVIATIONS
from tests.conformance.materials import Json, Materials
from tests.conformance.question import Question
from tests.pki.encoding import integer, tlv

MATERIALS: Final = Materials.beside(Path(__file__).parent / "vectors" / "parse_chain.jsonl")
DEVIATION: Final = {deviation.name: deviation for deviation in DEVIATIONS}

KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY_PEM: Final = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
NOVEMBER: Final = datetime(2026, 11, 1, tzinfo=UTC)
DECEMBER: Final = datetime(2026, 12, 1, tzinfo=UTC)


def certificate(not_after: datetime = DECEMBER) -> bytes:
    name = x509.Name([])
    builder = (
        x509.CertificateBuilder(name, name, KEY.public_key(), 1)
        .not_valid_before(NOVEMBER)
        .not_valid_after(not_after)
    )
    return builder.sign(KEY, None).public_bytes(Encoding.PEM)


def rsa(modulus: int, exponent: int) -> bytes:
    """Write the beginning of an RSA key, which is all that counts here."""
    return tlv(0x30, integer(0), integer(modulus), integer(exponent))


def pkcs8(key: bytes) -> bytes:
    return tlv(0x30, integer(0), tlv(0x30), tlv(0x04, key))


def csr(*postal_codes: str) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.POSTAL_CODE, code) for code in postal_codes])
    return x509.CertificateSigningRequestBuilder(name).sign(KEY, None).public_bytes(Encoding.PEM)


def encoded(octets: bytes) -> str:
    return b64encode(octets).decode()


def ask(op: str, **fields: Json) -> Question:
    return Question(op, fields)


def renewal_time(**fields: Json) -> Question:
    validity: dict[str, Json] = {
        "notBefore": "2026-11-01T00:00:00Z",
        "notAfter": "2026-12-01T00:00:00Z",
    }
    return Question("renewal_time", {**validity, **fields})


def windows(*said: Mapping[str, Json], **fields: Json) -> Question:
    """Ask for the renewal time, 21 November at midnight, with windows."""
    return renewal_time(renewal={"policy": "RenewBefore", "windows": list(said)}, **fields)


def window(cron: str, duration: str | None = "1h", timezone: str = "") -> Mapping[str, Json]:
    return {"cron": cron, "windowDuration": duration, "timezone": timezone}


def ari(start: str | None, end: str | None) -> Mapping[str, Json]:
    return {"start": start, "end": end}


def judge(
    op: str = "trigger",
    *,
    spec: Mapping[str, Json],
    key: bytes = KEY_PEM,
    tls: bytes | None = None,
    **fields: Json,
) -> Question:
    """Ask a policy about a Certificate with this spec and a Secret with this pair."""
    data = {"tls.key": encoded(key), "tls.crt": encoded(certificate() if tls is None else tls)}
    return Question(op, {"certificate": {"spec": spec}, "secret": {"data": data}, **fields})


def gather(gate: Literal["on", "off"], window: Mapping[str, Json] | None) -> Question:
    status: Json = {"acme": {"ari": {"suggestedWindow": window}}}
    gates = {"ACMEUseARI": gate == "on"}
    return ask("gather", certificate={"status": status}, featureGates=gates)


def chain(*names: str) -> Question:
    pem = MATERIALS.resolve("$pem:" + "+".join(names))
    return ask("parse_chain", pem=pem)


def matches(codes: list[str] | None, request: bytes, **spec: Json) -> Question:
    return ask(
        "request_matches_spec",
        spec={"subject": {"postalCodes": codes}, **spec},
        request={"spec": {"request": encoded(request)}},
    )


def bad_policy(policy: str) -> Mapping[str, Json]:
    return {"renewal": {"policy": policy}}


LATE: Final = datetime(9999, 12, 31, tzinfo=UTC)
YEAR_ZERO: Final = encode(
    "CERTIFICATE",
    next(iter_blocks(certificate(LATE))).der.replace(b"\x18\x0f9999", b"\x18\x0f0000"),
).encode()
NO_CERTIFICATE: Final = b"nothing"
DER_FORMAT: Final = {"additionalOutputFormats": [{"type": "DER"}]}
WEEKEND: Final = ari("2026-11-14T00:00:00Z", "2026-11-15T00:00:00Z")
EVERY_DAY: Final = window("0 3 * * *")
TOO_LATE: Final = window("0 3 25 12 *")
NEVER: Final = window("0 3 30 2 *")


INSIDE: Final = [
    ("nanoseconds", "initial delay", ask("backoff", initialDelay="1ns")),
    ("nanoseconds", "one of a spec", ask("trigger", certificate={"spec": {"duration": "1.5ns"}})),
    ("nanoseconds", "one in a list", windows(window("0 3 * * *", "1h0.0000001s"))),
    ("year-zero", "notBefore", ask("renewal_time", notBefore="0000-12-31T23:59:59Z")),
    ("year-zero", "a certificate", ask("decode_certificate", pem=YEAR_ZERO.decode())),
    ("year-zero", "a certificate in a Secret", judge("readiness", spec={}, tls=YEAR_ZERO)),
    ("year-ten-thousand", "nine years", ask("cron_next", **{"from": "9991-01-01T00:00:00Z"})),
    (
        "long-lifetimes",
        "three hundred years",
        ask("renewal_time", notBefore="2000-01-01T00:00:00Z", notAfter="2300-01-01T00:00:00Z"),
    ),
    ("long-lifetimes", "year 9999 in a Secret", judge(spec={}, tls=certificate(LATE))),
    (
        "integer-percentages",
        "a share of whole seconds that floats overshoot",
        ask(
            "renewal_time",
            notBefore="2020-06-14T08:35:00Z",
            notAfter="2026-12-01T00:00:00Z",
            renewBeforePercentage=97,
        ),
    ),
    ("unknown-renewal-policy", "empty", renewal_time(renewal={})),
    ("unknown-renewal-policy", "lower case", renewal_time(**bad_policy("renewBefore"))),
    ("unknown-renewal-policy", "trigger", judge(spec=bad_policy("Always"))),
    (
        "unknown-renewal-policy",
        "the check by itself",
        judge("check", spec=bad_policy(""), func="CurrentCertificateNearingExpiry"),
    ),
    (
        "unknown-renewal-policy",
        "a suggested window that does not count",
        judge(spec=bad_policy(""), ari=ari("2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z")),
    ),
    ("window-without-grid", "alone", windows(window("@every 1h"))),
    ("window-without-grid", "among others", windows(EVERY_DAY, window(" @every 36h"))),
    ("unusable-window", "zone", windows(window("0 3 * * *", "1h", "Mars/Olympus"))),
    ("unusable-window", "cron", windows(EVERY_DAY, window("0 25 * * *"))),
    ("unusable-window", "no duration", windows(window("0 3 * * *", None))),
    ("unusable-window", "no length", windows(window("0 3 * * *", "0s"))),
    (
        "window-past-not-after",
        "the last instant of the window's length",
        windows(window("0 1 1 12 *")),
    ),
    (
        "window-past-not-after",
        "only for the last draw",
        windows(window("0 1 1 12 *"), ari=ari("2026-11-30T00:00:00Z", "2026-12-01T00:00:00Z")),
    ),
    ("window-order", "too late last", windows(EVERY_DAY, TOO_LATE)),
    (
        "window-order",
        "open first, then one that has not come near",
        windows(
            window("0 0 5 10 *", "720h"),
            EVERY_DAY,
            ari=ari("2026-10-20T00:00:00Z", "2026-10-21T00:00:00Z"),
        ),
    ),
    (
        "ari-no-length",
        "end at start",
        renewal_time(ari=ari("2026-11-14T00:00:00Z", "2026-11-14T00:00:00Z")),
    ),
    (
        "ari-no-length",
        "end before start, in a trigger",
        judge(spec={}, ari=ari("2026-11-14T00:00:00Z", "2026-11-13T00:00:00Z")),
    ),
    (
        "ari-past-not-after",
        "end after notAfter",
        renewal_time(ari=ari("2026-11-14T00:00:00Z", "2026-12-01T00:00:01Z")),
    ),
    (
        "ari-past-not-after",
        "start after notAfter, in a trigger",
        judge(spec={}, ari=ari("2026-12-01T00:00:01Z", None)),
    ),
    ("ari-half-a-window", "no start", gather("on", ari(None, "2026-11-14T00:00:00Z"))),
    ("ari-half-a-window", "no end", gather("on", ari("2026-11-14T00:00:00Z", None))),
    ("ari-half-a-window", "neither", gather("on", {})),
    (
        "unknown-key-algorithm",
        "compared",
        ask(
            "private_key_matches_spec",
            privateKeyPEM=KEY_PEM.decode(),
            spec={"privateKey": {"algorithm": "rsa"}},
        ),
    ),
    ("unknown-key-algorithm", "trigger", judge(spec={"privateKey": {"algorithm": "DSA"}})),
    (
        "unknown-key-algorithm",
        "the check by itself",
        judge(
            "check",
            spec={"privateKey": {"algorithm": "DSA"}},
            func="SecretPrivateKeyMismatchesSpec",
        ),
    ),
    (
        "exponent-above-modulus",
        "PKCS #1",
        ask("decode_private_key", pem=encode("RSA PRIVATE KEY", rsa(77, 127))),
    ),
    (
        "exponent-above-modulus",
        "PKCS #8",
        judge(spec={}, key=encode("PRIVATE KEY", pkcs8(rsa(77, 77))).encode()),
    ),
    ("der-of-no-key", "text", judge("post_issuance", spec=DER_FORMAT, key=b"no PEM")),
    (
        "der-of-no-key",
        "the check by itself",
        judge("check", spec=DER_FORMAT, key=b"", func="SecretAdditionalOutputFormatsMismatch"),
    ),
    ("postal-codes", "added", matches(["10117"], csr())),
    ("postal-codes", "removed", matches(None, csr("10117"))),
    ("postal-codes", "repeated", matches(["10117", "10117"], csr("10117"))),
    (
        "postal-codes",
        "trigger",
        judge(
            spec={"subject": {"postalCodes": ["1"]}},
            currentRequest={"spec": {"request": encoded(csr("2"))}},
        ),
    ),
    ("lost-joint", "byte order mark", ask("parse_chain", pem="\ufeff-----BEGIN CERTIFICATE-----")),
    (
        "lost-joint",
        "no line end",
        ask("parse_chain", pem="-----END CERTIFICATE----------BEGIN CERTIFICATE-----"),
    ),
    ("roots-only", "two of one name", chain("chain-a-root", "chain-a-root-renewed")),
    ("weak-root", "SHA-1", chain("chain-a-leaf-of-sha1-root", "chain-a-sha1-root")),
    (
        "two-ways-up",
        "root and renewed root",
        chain("chain-a-int1", "chain-a-root", "chain-a-root-renewed"),
    ),
    (
        "two-ways-up",
        "intermediate and its cross-sign",
        chain("chain-a-leaf-of-int1", "chain-a-int1", "chain-a-int1-crossed-by-other-root"),
    ),
    (
        "zoned-address",
        "one among others",
        ask("generate_csr", certificate={"spec": {"ipAddresses": ["192.0.2.1", "fe80::1%eth0"]}}),
    ),
    (
        "modern-keystore",
        "one",
        ask(
            "secret_annotations",
            certificate={
                "spec": {"keystores": {"pkcs12": {"create": True, "profile": "Modern2026"}}}
            },
        ),
    ),
]

OUTSIDE: Final = [
    (
        "exponent-above-modulus",
        "just below",
        ask("decode_private_key", pem=encode("RSA PRIVATE KEY", rsa(77, 76))),
    ),
    (
        "exponent-above-modulus",
        "another algorithm",
        ask("private_key_matches_spec", privateKeyPEM=KEY_PEM.decode(), spec={}),
    ),
    (
        "exponent-above-modulus",
        "a certificate",
        ask("decode_private_key", pem=certificate().decode()),
    ),
    (
        "exponent-above-modulus",
        "what is no DER",
        ask("decode_private_key", pem=encode("RSA PRIVATE KEY", b"")),
    ),
    ("exponent-above-modulus", "no key", judge(spec={}, key=b"")),
    ("nanoseconds", "a microsecond", ask("backoff", initialDelay="1us")),
    ("nanoseconds", "a thousand nanoseconds", ask("backoff", initialDelay="1000ns")),
    ("nanoseconds", "no duration at all", ask("backoff", initialDelay="soon")),
    ("nanoseconds", "another field", ask("literal_subject", subject="1ns")),
    ("year-zero", "the year 1", ask("renewal_time", notBefore="0001-01-01T00:00:00Z")),
    ("year-zero", "a name", ask("trigger", certificate={"metadata": {"name": "0000-11-30t"}})),
    ("year-zero", "a certificate of today", ask("decode_certificate", pem=certificate().decode())),
    ("year-ten-thousand", "ten years", ask("cron_next", **{"from": "9990-12-31T23:59:59Z"})),
    ("year-ten-thousand", "no instant", ask("cron_next")),
    (
        "long-lifetimes",
        "two hundred and ninety years",
        ask("renewal_time", notBefore="2000-01-01T00:00:00Z", notAfter="2290-01-01T00:00:00Z"),
    ),
    ("long-lifetimes", "another policy", judge("readiness", spec={}, tls=certificate(LATE))),
    ("integer-percentages", "a third of a month", renewal_time(renewBeforePercentage=33)),
    ("integer-percentages", "no percentage", renewal_time()),
    (
        "integer-percentages",
        "the whole, which does not count",
        renewal_time(renewBeforePercentage=100),
    ),
    ("integer-percentages", "no validity", ask("renewal_time", renewBeforePercentage=33)),
    ("unknown-renewal-policy", "RenewBefore", renewal_time(**bad_policy("RenewBefore"))),
    ("unknown-renewal-policy", "Disabled", renewal_time(**bad_policy("Disabled"))),
    ("unknown-renewal-policy", "no renewal", renewal_time()),
    ("unknown-renewal-policy", "no validity", ask("renewal_time", renewal={})),
    ("unknown-renewal-policy", "another policy", judge("readiness", spec=bad_policy("Always"))),
    (
        "unknown-renewal-policy",
        "a certificate that cannot be read",
        judge(spec=bad_policy("Always"), tls=NO_CERTIFICATE),
    ),
    (
        "unknown-renewal-policy",
        "a suggested window that counts",
        judge(spec=bad_policy("Always"), ari=WEEKEND),
    ),
    ("unknown-renewal-policy", "no Secret", ask("trigger", certificate={"spec": bad_policy("")})),
    ("window-without-grid", "a descriptor", windows(window("@daily"))),
    (
        "window-without-grid",
        "renewal is disabled",
        renewal_time(renewal={"policy": "Disabled", "windows": [window("@every 1h")]}),
    ),
    ("unusable-window", "a good one", windows(EVERY_DAY)),
    ("unusable-window", "without a grid", windows(window("@every 1h"))),
    ("unusable-window", "no windows", windows()),
    ("window-past-not-after", "at notAfter", windows(window("0 0 1 12 *"))),
    ("window-past-not-after", "a minute later than its length", windows(window("1 1 1 12 *"))),
    ("window-past-not-after", "never", windows(NEVER)),
    ("window-past-not-after", "no certificate", ask("renewal_time")),
    ("window-order", "too late first", windows(TOO_LATE, EVERY_DAY)),
    ("window-order", "never last", windows(EVERY_DAY, NEVER)),
    ("window-order", "both too late", windows(TOO_LATE, TOO_LATE)),
    (
        "window-order",
        "the one that has not come near first",
        windows(
            EVERY_DAY,
            window("0 0 5 10 *", "720h"),
            ari=ari("2026-10-20T00:00:00Z", "2026-10-21T00:00:00Z"),
        ),
    ),
    ("ari-no-length", "a second", renewal_time(ari=WEEKEND)),
    ("ari-no-length", "no end", judge(spec={}, ari=ari("2026-11-14T00:00:00Z", None))),
    (
        "ari-no-length",
        "an end in the year 1 is none",
        renewal_time(ari=ari("2026-11-14T00:00:00Z", "0001-01-01T00:00:00Z")),
    ),
    (
        "ari-past-not-after",
        "end at notAfter",
        renewal_time(ari=ari("2026-11-14T00:00:00Z", "2026-12-01T00:00:00Z")),
    ),
    (
        "ari-past-not-after",
        "start at notAfter, in a trigger",
        judge(spec={}, ari=ari("2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z")),
    ),
    ("ari-past-not-after", "no window", renewal_time()),
    ("ari-half-a-window", "a whole one", gather("on", WEEKEND)),
    ("ari-half-a-window", "none", gather("on", None)),
    ("ari-half-a-window", "the gate is off", gather("off", ari(None, None))),
    (
        "unknown-key-algorithm",
        "known",
        ask(
            "private_key_matches_spec",
            privateKeyPEM=KEY_PEM.decode(),
            spec={"privateKey": {"algorithm": "RSA"}},
        ),
    ),
    (
        "unknown-key-algorithm",
        "a key that cannot be read",
        judge(spec={"privateKey": {"algorithm": "DSA"}}, key=b"no PEM"),
    ),
    (
        "unknown-key-algorithm",
        "no Secret",
        ask("trigger", certificate={"spec": {"privateKey": {"algorithm": "DSA"}}}),
    ),
    (
        "unknown-key-algorithm",
        "another policy",
        judge("temporary", spec={"privateKey": {"algorithm": "DSA"}}),
    ),
    ("der-of-no-key", "a key", judge("post_issuance", spec=DER_FORMAT)),
    ("der-of-no-key", "another policy", judge("trigger", spec=DER_FORMAT, key=b"no PEM")),
    (
        "der-of-no-key",
        "another format",
        judge(
            "post_issuance", spec={"additionalOutputFormats": [{"type": "CombinedPEM"}]}, key=b""
        ),
    ),
    ("der-of-no-key", "no Secret", ask("post_issuance", certificate={"spec": DER_FORMAT})),
    ("postal-codes", "the same in another order", matches(["2", "1"], csr("1", "2"))),
    ("postal-codes", "a literal subject", matches(["1"], csr("2"), literalSubject="CN=x")),
    ("postal-codes", "no request", judge(spec={"subject": {"postalCodes": ["1"]}})),
    ("postal-codes", "a request that cannot be read", matches(["1"], b"no PEM")),
    ("postal-codes", "another operation", ask("fuzzy_altnames")),
    ("lost-joint", "a line end", chain("chain-a-leaf-of-int1", "chain-a-int1")),
    ("lost-joint", "another operation", ask("decode_csr", pem="\ufeff-----BEGIN CERTIFICATE")),
    ("roots-only", "a root alone", chain("chain-a-root")),
    ("roots-only", "the same root twice", chain("chain-a-root", "chain-a-root")),
    ("roots-only", "a root and more", chain("chain-a-root", "chain-a-int1")),
    ("roots-only", "what cannot be read", ask("parse_chain", pem="nothing")),
    ("weak-root", "SHA-256", chain("chain-a-leaf-of-root", "chain-a-root")),
    ("weak-root", "a leaf signed with SHA-1", chain("chain-a-leaf-signed-with-sha1")),
    ("weak-root", "another operation", ask("decode_certificate")),
    ("two-ways-up", "one way", chain("chain-a-leaf-of-int1", "chain-a-int1", "chain-a-root")),
    (
        "two-ways-up",
        "a name with another key",
        chain("chain-a-leaf-of-int1", "chain-a-int1", "chain-a-impostor-int1"),
    ),
    (
        "two-ways-up",
        "a certificate that cannot be read",
        ask("parse_chain", pem=KEY_PEM.decode()),
    ),
    (
        "zoned-address",
        "an address without a zone",
        ask("generate_csr", certificate={"spec": {"ipAddresses": ["fe80::1"]}}),
    ),
    (
        "zoned-address",
        "a zone of IPv4, which is no address at all",
        ask("generate_csr", certificate={"spec": {"ipAddresses": ["192.0.2.1%eth0"]}}),
    ),
    ("zoned-address", "no addresses", ask("encode_csr", certificate={"spec": {}})),
    (
        "zoned-address",
        "another operation",
        ask("validation", certificate={"spec": {"ipAddresses": ["fe80::1%eth0"]}}),
    ),
    ("modern-keystore", "none", ask("secret_annotations", certificate={"spec": {}})),
    (
        "modern-keystore",
        "one that is not to be made",
        ask(
            "secret_annotations",
            certificate={"spec": {"keystores": {"pkcs12": {"profile": "Modern2026"}}}},
        ),
    ),
    (
        "modern-keystore",
        "one of 2023",
        ask(
            "secret_annotations",
            certificate={
                "spec": {"keystores": {"pkcs12": {"create": True, "profile": "Modern2023"}}}
            },
        ),
    ),
    (
        "modern-keystore",
        "another operation",
        ask(
            "generate_csr",
            certificate={
                "spec": {"keystores": {"pkcs12": {"create": True, "profile": "Modern2026"}}}
            },
        ),
    ),
]


@pytest.mark.parametrize(
    ("name", "question"),
    [pytest.param(name, question, id=f"{name}: {what}") for name, what, question in INSIDE],
)
def test_a_deviation_applies_to_what_its_rule_says(name: str, question: Question) -> None:
    assert DEVIATION[name].applies(question)


@pytest.mark.parametrize(
    ("name", "question"),
    [pytest.param(name, question, id=f"{name}: {what}") for name, what, question in OUTSIDE],
)
def test_a_deviation_applies_to_no_more_than_that(name: str, question: Question) -> None:
    assert not DEVIATION[name].applies(question)


def test_every_deviation_has_a_question_on_either_side() -> None:
    assert {name for name, *_ in INSIDE} == DEVIATION.keys()
    assert {name for name, *_ in OUTSIDE} == DEVIATION.keys()


def test_every_deviation_has_a_name_of_its_own_and_says_what_and_why() -> None:
    assert len(DEVIATION) == len(DEVIATIONS)
    for deviation in DEVIATIONS:
        assert deviation.rule.endswith(".")
        assert deviation.argument.endswith(".")
