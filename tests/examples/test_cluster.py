"""The example cluster: its files are what make.py makes, and its world is as README.md tells it."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from binascii import Error as NotBase64
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.verification import PolicyBuilder, Store

from examples.cluster import make
from examples.cluster.states import STATES
from tests.cli.command import report, run

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import (
        CertificatePublicKeyTypes,
        PublicKeyTypes,
    )

    from examples.cluster.objects import Document
    from tests.cli.command import Judged, Report

FOLDER: Final = Path(make.__file__).parent
NOW: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
FILES: Final = ("certificates.yaml", "requests.yaml", "secrets.yaml")
PEM_BLOCK: Final = re.compile(rb"(#.*\n)?-----BEGIN ([A-Z ]+)-----.*?-----END \2-----\n", re.DOTALL)
TABLE_ROW: Final = re.compile(
    r"^\| `(?P<name>\S+)` \|.*\| (?P<decision>\w+) \| (?P<reason>\w*) *\| (?P<at>\S*) *\|$",
    re.MULTILINE,
)
COMPARED_WITH_SPEC: Final = "current_certificate_request_mismatches_spec"
DECISIONS: Final = {
    "keep": "Keep",
    "issue": "Issue",
    "backoff": "BackOff",
    "in-progress": "InProgress",
    "blocked": "Blocked",
}
EXAMPLE_KEY: Final = b"# EXAMPLE KEY of certlife: published, never use it\n-----BEGIN"


class Metadata(TypedDict):
    """What the tests ask of an object's metadata."""

    name: str
    namespace: str


class Item(TypedDict):
    """What the tests ask of an object; only a Secret and a ConfigMap have data."""

    kind: str
    metadata: Metadata
    data: dict[str, str]


class Expectation(TypedDict):
    """What is to be decided about a Certificate."""

    decision: str
    reason: str | None
    changed: list[str]
    at: str | None


@cache
def items(file: str) -> list[Item]:
    """Read the committed file."""
    listed: list[Item] = yaml.safe_load((FOLDER / file).read_text("utf-8"))["items"]
    return listed


def name_of(item: Item) -> str:
    """Namespace and name, as in "shop/web"."""
    return f"{item['metadata']['namespace']}/{item['metadata']['name']}"


@cache
def checked() -> Report:
    """What `certlife check` says of the committed files."""
    return report(str(FOLDER))


def full_name(judged: Judged) -> str:
    """Namespace and name, as in "shop/web"."""
    return f"{judged['namespace']}/{judged['name']}"


def tls_secrets(listed: list[Item]) -> dict[str, dict[str, bytes]]:
    """The decoded data of each Secret that holds a certificate, by name."""
    return {
        name_of(item): {key: b64decode(value) for key, value in item["data"].items()}
        for item in listed
        if "tls.crt" in item["data"]
    }


EXPECTED: Final[dict[str, Expectation]] = json.loads(
    Path(__file__).with_name("expected_cluster.json").read_text("utf-8")
)
UNREADABLE: Final = "platform/metrics-tls"
EXPIRED: Final = "platform/registry-tls"
KEY_REPLACED: Final = "payments/fraud-tls"
SECRETS: Final = tls_secrets(items("secrets.yaml"))
READABLE: Final = sorted(set(SECRETS) - {UNREADABLE})


@pytest.fixture(scope="module")
def made() -> dict[str, list[Document]]:
    """The cluster, made again."""
    return make.cluster()


@pytest.mark.parametrize("file", FILES)
def test_the_committed_file_says_what_would_be_made_again(
    file: str, made: dict[str, list[Document]]
) -> None:
    assert meaning(items(file)) == meaning(made[file])


@pytest.mark.parametrize("file", FILES)
def test_the_committed_file_is_printed_as_it_would_be_again(file: str) -> None:
    text = (FOLDER / file).read_text("utf-8")
    assert make.printed(yaml.safe_load(text)["items"]) == text


def test_making_it_again_makes_other_private_keys(made: dict[str, list[Document]]) -> None:
    again = make.printed(made["secrets.yaml"])
    committed = (FOLDER / "secrets.yaml").read_text("utf-8")
    keys, other_keys = (set(re.findall(r"tls\.key: (\S+)", text)) for text in (committed, again))
    assert keys
    assert keys.isdisjoint(other_keys)


def test_every_certificate_has_an_expectation_and_nothing_else_has() -> None:
    named = [name_of(item) for item in items("certificates.yaml") if item["kind"] == "Certificate"]
    assert list(EXPECTED) == named == [state.name for state in STATES]


def test_the_readme_shows_the_same_expectations() -> None:
    rows = TABLE_ROW.finditer((FOLDER / "README.md").read_text("utf-8"))
    shown = {
        row["name"]: (row["decision"], row["reason"] or None, row["at"] or None) for row in rows
    }
    assert shown == {
        name: (expected["decision"], expected["reason"], expected["at"])
        for name, expected in EXPECTED.items()
    }


@pytest.mark.parametrize("name", EXPECTED)
def test_the_command_decides_as_expected(name: str) -> None:
    (judged,) = [one for one in checked()["certificates"] if full_name(one) == name]
    first = [one for one in judged["violations"] if one["reason"] == judged["reason"]]
    changed = [one["path"] for one in first if one["check"] == COMPARED_WITH_SPEC]
    begun = re.search(r"^  since (\S+) ", run("explain", name, str(FOLDER)).stdout, re.MULTILINE)
    times = judged["next_check"], judged["backoff_until"], begun and begun[1]
    assert EXPECTED[name] == {
        "decision": DECISIONS[judged["decision"]],
        "reason": judged["reason"],
        "changed": changed,
        "at": next((at for at in times if at is not None), None),
    }


def test_the_command_reads_all_of_it() -> None:
    assert len(checked()["certificates"]) == len(EXPECTED)
    assert checked()["errors"] == []
    assert checked()["ignored"] == {"ConfigMap": 1, "Issuer.cert-manager.io": 1}


def test_kinds_and_secrets_that_do_not_matter_are_there_too() -> None:
    kinds = {item["kind"] for file in FILES for item in items(file)}
    assert kinds == {"Certificate", "CertificateRequest", "Secret", "Issuer", "ConfigMap"}
    secrets = {name_of(item) for item in items("secrets.yaml") if item["kind"] == "Secret"}
    assert secrets - set(SECRETS) == {"shop/session", "payments/ledger-x7k2p"}


def test_every_private_key_says_that_it_is_an_example() -> None:
    keys = [
        b64decode(item["data"]["tls.key"])
        for item in items("secrets.yaml")
        if "tls.key" in item["data"]
    ]
    assert keys
    assert all(key.startswith(EXAMPLE_KEY) for key in keys)


@pytest.mark.parametrize("name", READABLE)
def test_every_subject_says_that_it_is_an_example(name: str) -> None:
    chain = x509.load_pem_x509_certificates(SECRETS[name]["tls.crt"])
    assert all("O=certlife example" in one.subject.rfc4514_string() for one in chain)


@pytest.mark.parametrize("name", sorted(set(READABLE) - {EXPIRED, "platform/root-ca-tls"}))
def test_the_chain_leads_to_the_root(name: str) -> None:
    data = SECRETS[name]
    leaf, *intermediates = x509.load_pem_x509_certificates(data["tls.crt"])
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    first = names.get_values_for_type(x509.DNSName)[0]
    store = Store(x509.load_pem_x509_certificates(data["ca.crt"]))
    verifier = PolicyBuilder().store(store).time(NOW).build_server_verifier(x509.DNSName(first))
    assert len(verifier.verify(leaf, intermediates)) == 3


def test_the_root_is_its_own_authority() -> None:
    data = SECRETS["platform/root-ca-tls"]
    (root,) = x509.load_pem_x509_certificates(data["tls.crt"])
    root.verify_directly_issued_by(root)
    assert all(secret["ca.crt"] == data["tls.crt"] for secret in SECRETS.values())


def test_only_where_the_key_was_replaced_key_and_certificate_are_no_pair(
    made: dict[str, list[Document]],
) -> None:
    as_printed: list[Item] = yaml.safe_load(make.printed(made["secrets.yaml"]))["items"]
    for listed in (items("secrets.yaml"), as_printed):
        secrets = tls_secrets(listed)
        torn = {name for name in READABLE if not is_pair(secrets[name])}
        assert torn == {KEY_REPLACED}


def test_the_certificate_that_lost_a_line_cannot_be_read() -> None:
    with pytest.raises(ValueError, match="parsing asn1 value"):
        x509.load_pem_x509_certificate(SECRETS[UNREADABLE]["tls.crt"])


def is_pair(data: dict[str, bytes]) -> bool:
    """Whether certificate and private key of a Secret hold the same public key."""
    certificate = x509.load_pem_x509_certificate(data["tls.crt"])
    key = load_pem_private_key(data["tls.key"], password=None)
    return public_der(certificate.public_key()) == public_der(key.public_key())


def public_der(key: PublicKeyTypes | CertificatePublicKeyTypes) -> bytes:
    """The SubjectPublicKeyInfo."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def meaning(value: object) -> object:
    """The same structure with PEM replaced by what it says, without keys and signatures."""
    match value:
        case dict():
            return {key: meaning(one) for key, one in value.items()}
        case list():
            return [meaning(one) for one in value]
        case str():
            return what_pem_says(value.encode()) or what_pem_says(decoded(value)) or value
        case _:
            return value


def decoded(text: str) -> bytes:
    """The bytes that base64 stands for; none where it is no base64."""
    try:
        return b64decode(text, validate=True)
    except NotBase64:
        return b""


def what_pem_says(pem: bytes) -> list[str]:
    """What each PEM block says; nothing where there is none."""
    return [what_block_says(block[2].decode(), block[0]) for block in PEM_BLOCK.finditer(pem)]


def what_block_says(label: str, pem: bytes) -> str:
    """What a key, a request or a certificate says, in one line."""
    if label == "PRIVATE KEY":
        key = load_pem_private_key(pem, password=None)
        notice = pem.partition(b"-----BEGIN")[0].decode()
        return f"{notice}{type(key).__name__} {getattr(key, 'key_size', '')}"
    if label == "CERTIFICATE REQUEST":
        csr = x509.load_pem_x509_csr(pem)
        return f"{csr.subject} {public_kind(csr.public_key())} {list(csr.extensions)}"
    try:
        certificate = x509.load_pem_x509_certificate(pem)
    except ValueError:
        return "unreadable"
    named = (x509.SubjectKeyIdentifier, x509.AuthorityKeyIdentifier)
    extensions = [one for one in certificate.extensions if not isinstance(one.value, named)]
    return (
        f"{certificate.subject} by {certificate.issuer} {public_kind(certificate.public_key())} "
        f"{certificate.not_valid_before_utc} {certificate.not_valid_after_utc} {extensions}"
    )


def public_kind(key: PublicKeyTypes | CertificatePublicKeyTypes) -> str:
    """Algorithm and size."""
    return f"{type(key).__name__} {getattr(key, 'key_size', '')}"
