"""An export of any size, for measuring: `python -m tests.cli.export 1000 > export.json`.

Every Certificate has an ECDSA P-256 key, a chain of two and the request that led to it, as
`kubectl get certificate,secret,certificaterequest -A -o json` prints them. A third is due on
2026-11-24, and nothing is wrong with the others. Run as `python -m tests.cli.export --measure
export.json` it says what the same input costs cryptography alone, and what `certlife check` takes.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from certlife.cli.json_report import render
from certlife.cli.judgement import judge
from certlife.cli.sources import read_sources
from certlife.policy.policies import TRIGGER
from examples.cluster import objects
from examples.cluster.authority import Authority
from examples.cluster.model import Spec, State

if TYPE_CHECKING:
    from examples.cluster.objects import Document

NOW: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
DUE_EVERY: Final = 3


def export(count: int) -> str:
    """Return a List of `count` Certificates with all that belongs to them, as JSON."""
    authority = Authority()
    items: list[Document] = []
    for number in range(count):
        issued = "2026-09-01T00:00:00Z" if number % DUE_EVERY == 0 else "2026-11-01T00:00:00Z"
        name = f"service-{number:05}"
        state = State(f"team-{number % 20:02}/{name}", Spec((f"{name}.example",)), issued=issued)
        pair = authority.issue(state.spec, issued)
        items += [
            objects.certificate(state),
            objects.tls_secret(state, issued, pair, authority.root),
            objects.issued_request(state, issued, pair, authority.root),
        ]
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items}, indent=4)


def floor(path: Path) -> float:
    """Return the seconds of CPU that json.loads and cryptography need for all that is asked.

    That is every certificate in tls.crt, the key and the request from PEM; comparing the public
    keys; and reading dates, names and extensions.
    """
    begun = time.process_time()
    keys = {}
    for item in json.loads(path.read_bytes())["items"]:
        if item["kind"] == "Secret":
            pem, chain = (b64decode(item["data"][entry]) for entry in ("tls.key", "tls.crt"))
            key = load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True).public_key()
            certificates = x509.load_pem_x509_certificates(chain)
            for one in certificates:
                _ = one.not_valid_before_utc, one.not_valid_after_utc, one.subject, one.issuer
                list(one.extensions)
            assert certificates[0].public_key() == key
            keys[item["metadata"]["annotations"]["cert-manager.io/certificate-name"]] = key
        elif item["kind"] == "CertificateRequest":
            request = x509.load_pem_x509_csr(b64decode(item["spec"]["request"]))
            _ = request.subject, list(request.extensions)
            name = item["metadata"]["annotations"]["cert-manager.io/certificate-name"]
            assert request.public_key() == keys[name]
    return time.process_time() - begun


def checked(path: Path) -> float:
    """Return the seconds of CPU that a report on the file takes, but for starting up."""
    gc.disable()  # as the command does
    begun = time.process_time()
    sources = read_sources([str(path)], renew_before=None)
    judgements = [judge(question, now=NOW, policy=TRIGGER) for question in sources.questions]
    render(
        judgements,
        now=NOW,
        policy=TRIGGER.name,
        problems=sources.problems,
        ignored=sources.ignored,
    )
    seconds = time.process_time() - begun
    gc.enable()
    return seconds


def main(arguments: list[str]) -> None:
    """Write an export, or measure what a report on one takes."""
    if arguments[0] == "--measure":
        file = Path(arguments[1])
        base, ours = (min(measure(file) for _ in range(5)) for measure in (floor, checked))
        print(f"floor {base:.3f} s, check {ours:.3f} s: {ours / base:.2f} floors")  # noqa: T201 — a program
    else:
        print(export(int(arguments[0])))  # noqa: T201 — a program


if __name__ == "__main__":
    main(sys.argv[1:])
