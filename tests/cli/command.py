"""The command run in-process, and small inputs to run it on. All is told as of NOW."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias, TypedDict

from attrs import frozen
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from jsonschema import Draft202012Validator

from certlife.cli.app import cli

if TYPE_CHECKING:
    from collections.abc import Mapping

    from click.testing import Result

Object: TypeAlias = dict[str, object]

AT_AN_INSTANT: Final = frozenset(
    {"check", "diff", "explain", "inspect", "metrics", "restore-plan", "timeline"}
)
NOW: Final = "2026-11-24T12:00:00Z"
ROOT: Final = Path(__file__).parents[2]
SCHEMA: Final[dict[str, object]] = json.loads(
    (ROOT / "docs" / "reference" / "check.schema.json").read_text("utf-8")
)


Violation: TypeAlias = dict[str, object]


class Judged(TypedDict):
    """What is reported of a certificate."""

    namespace: str | None
    name: str
    decision: str
    reason: str | None
    violations: list[Violation]
    advice: list[Violation]
    not_after: str | None
    renewal_time: str | None
    next_check: str | None
    backoff_until: str | None
    source: str


class Report(TypedDict):
    """What `certlife check --output json` writes."""

    version: int
    now: str
    policy: str
    certificates: list[Judged]
    errors: list[dict[str, str | None]]
    ignored: dict[str, int]


@frozen
class Pair:
    """A key and the certificate that it signed itself, both PEM."""

    certificate: bytes
    key: bytes


def run(*arguments: str, stdin: bytes = b"", now: bool = True) -> Result:
    """Run `certlife` with these arguments, as of NOW where the command can be told."""
    told = ["--now", NOW] if now and arguments[0] in AT_AN_INSTANT else []
    result = CliRunner().invoke(cli, [*arguments, *told], input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert "Traceback" not in result.output
    return result


def report(*arguments: str, stdin: bytes = b"") -> Report:
    """Return the JSON that `check` writes, which keeps to the schema and has no field beyond it."""
    result = run("check", *arguments, "--output", "json", stdin=stdin)
    loaded: Report = json.loads(result.stdout)
    Draft202012Validator(closed(SCHEMA)).validate(loaded)
    return loaded


def closed(schema: dict[str, object]) -> dict[str, object]:
    """Return a JSON Schema that allows none but the properties that it names."""

    def close(node: object) -> object:
        if isinstance(node, list):
            return [close(one) for one in node]
        if not isinstance(node, dict):
            return node
        inner = {key: close(one) for key, one in node.items()}
        return {"additionalProperties": False, **inner} if "properties" in node else inner

    result = close(schema)
    assert isinstance(result, dict)
    return result


def write(files: Mapping[str, bytes]) -> None:
    """Write files below the current folder."""
    for name, data in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


@cache
def pair(
    *names: str, since: str = "2026-11-01T00:00:00Z", until: str = "2027-01-30T00:00:00Z"
) -> Pair:
    """Return an ECDSA P-256 pair, valid for 90 days where nothing else is said.

    The first name is the common one, and the others, or it alone, are DNS names.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .serial_number(1)
        .not_valid_before(datetime.fromisoformat(since))
        .not_valid_after(datetime.fromisoformat(until))
        .public_key(key.public_key())
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name) for name in names[1:] or names]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    return Pair(
        certificate.public_bytes(Encoding.PEM),
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )


GOOD: Final = pair("web.example")
DUE: Final = pair("web.example", since="2026-09-01T00:00:00Z", until="2026-11-30T00:00:00Z")


def certificate(
    name: str = "web",
    namespace: str | None = "shop",
    *,
    spec: Mapping[str, object] | None = None,
    more: Object | None = None,
) -> Object:
    """Return a Certificate for web.example, stored in web-tls, but for what `spec` says."""
    wanted = {
        "secretName": "web-tls",
        "issuerRef": {"name": "ca"},
        "dnsNames": ["web.example"],
        "privateKey": {"algorithm": "ECDSA", "size": 256, "encoding": "PKCS8"},
        **(spec or {}),
    }
    fields = {"spec": wanted, **(more or {})}
    return _object("cert-manager.io/v1", "Certificate", name, namespace, fields)


def secret(pair: Pair = GOOD, name: str = "web-tls", namespace: str | None = "shop") -> Object:
    """Return the Secret that holds a pair."""
    entries = {"tls.crt": pair.certificate, "tls.key": pair.key}
    encoded = {key: b64encode(value).decode() for key, value in entries.items()}
    return _object("v1", "Secret", name, namespace, {"data": encoded, "type": "kubernetes.io/tls"})


def request(name: str, revision: str, csr: bytes = b"") -> Object:
    """Return a CertificateRequest of web."""
    annotations = {
        "cert-manager.io/certificate-name": "web",
        "cert-manager.io/certificate-revision": revision,
    }
    spec = {"request": b64encode(csr).decode(), "issuerRef": {"name": "ca"}}
    made = _object("cert-manager.io/v1", "CertificateRequest", name, "shop", {"spec": spec})
    metadata = made["metadata"]
    assert isinstance(metadata, dict)
    metadata["annotations"] = annotations
    return made


def in_json(*objects: Object) -> bytes:
    """Return objects as the List that `kubectl get -o json` prints."""
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}).encode()


def _object(
    api_version: str, kind: str, name: str, namespace: str | None, fields: Mapping[str, object]
) -> Object:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **fields}
