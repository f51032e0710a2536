"""Kubernetes objects as plain dicts, both ways, without any Kubernetes dependency.

What `kubectl get certificate,secret,certificaterequest -o json` (or yaml) prints becomes the model,
and the model what kubectl would take. Nothing is fetched, parsed from text or judged here::

    export = read_export([("", json.load(sys.stdin))])
    for snapshot in export.snapshots():
        decide(snapshot, now=now)
"""

from certlife.adapters.kubernetes.documents import read_export
from certlife.adapters.kubernetes.export import Export, Refusal, gather
from certlife.adapters.kubernetes.issuers import IssuerManifest, read_issuer, read_issuers
from certlife.adapters.kubernetes.objects import (
    read_certificate,
    read_object,
    read_request,
    read_secret,
    read_spec,
    write_certificate,
    write_request,
    write_secret,
)
from certlife.adapters.kubernetes.signing_requests import (
    read_signing_request,
    write_signing_request,
)

__all__ = [
    "Export",
    "IssuerManifest",
    "Refusal",
    "gather",
    "read_certificate",
    "read_export",
    "read_issuer",
    "read_issuers",
    "read_object",
    "read_request",
    "read_secret",
    "read_signing_request",
    "read_spec",
    "write_certificate",
    "write_request",
    "write_secret",
    "write_signing_request",
]
