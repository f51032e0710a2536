"""A small PKI as manifests, for `certlife run`: a CA that signs itself, and leaves below it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.cli.command import Object, certificate, in_json, run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from click.testing import Result

ECDSA: Final = {"algorithm": "ECDSA", "size": 256}


def issuer(
    name: str,
    spec: Mapping[str, object],
    namespace: str | None = None,
    kind: str = "Issuer",
) -> Object:
    """Return an issuer."""
    metadata = {"name": name, "namespace": namespace}
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": kind,
        "metadata": metadata,
        "spec": spec,
    }


def leaf(name: str = "web", issuer: str = "ca", **spec: object) -> Object:
    """Return a Certificate whose Secret has its name, for NAME.example."""
    wanted = {
        "secretName": name,
        "dnsNames": [f"{name}.example"],
        "issuerRef": {"name": issuer},
        **spec,
    }
    return certificate(name, None, spec=wanted)


def authority(name: str = "root", issuer: str = "self") -> Object:
    """Return a Certificate of a CA."""
    return leaf(name, issuer, isCA=True, commonName=name, duration="8760h")


SELF: Final = issuer("self", {"selfSigned": {}})
CA: Final = issuer("ca", {"ca": {"secretName": "root"}})
PKI: Final = (leaf(), CA, authority(), SELF)
"""A leaf, its CA and what makes that, in an order in which none could be done at once."""


def configuration(**fields: object) -> Object:
    """Return a Configuration."""
    return {"apiVersion": "certlife.io/v1", "kind": "Configuration", **fields}


def configured(*objects: Object, settings: Object | None = None) -> None:
    """Write conf/objects.json, and conf/settings.json if there are settings."""
    folder = Path("conf")
    folder.mkdir(exist_ok=True)
    (folder / "objects.json").write_bytes(in_json(*objects))
    if settings is not None:
        (folder / "settings.json").write_text(json.dumps(settings))


def once(*objects: Object, settings: Object | None = None) -> Result:
    """Run what is given, or what was configured before, in the store "store"."""
    if objects:
        configured(*objects, settings=settings)
    return run("run", "conf", "--store", "store", "--once")
