"""A spec without faults, and how a test says which faults one that is changed has."""

from __future__ import annotations

from attrs import evolve

from certlife.model.spec import CertificateSpec, IssuerRef
from certlife.model.validation import FeatureGates, validate

GOOD = CertificateSpec(
    secret_name="web-tls",
    issuer_ref=IssuerRef("ca"),
    dns_names=["web.example"],
)


def with_fields(**said: object) -> CertificateSpec:
    """The good spec with some fields said otherwise."""
    return evolve(GOOD, **said)  # type: ignore[arg-type]  # wrong types are refused when it is run


def found(spec: CertificateSpec, gates: FeatureGates | None = None) -> list[str]:
    """What is found, as "TYPE path" with the path below spec."""
    faults = validate(spec) if gates is None else validate(spec, gates=gates)
    return [f"{fault.type.name} {fault.path.removeprefix('spec').lstrip('.')}" for fault in faults]
