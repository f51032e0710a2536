"""Every fault that cert-manager's webhook finds in the spec of a Certificate, as values.

A spec with faults is a spec all the same: it can be held and judged, and only issuing refuses it.
The rules are those of `ValidateCertificateSpec`; what the schema of the Kubernetes API refuses
before the webhook sees it is not looked at here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from certlife.errors import WrongTypeError, shown
from certlife.model.spec import CertificateSpec
from certlife.model.validation import issuance, names, storage, times
from certlife.model.validation.fault import Fault, FaultType
from certlife.model.validation.features import FeatureGates

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Fault", "FaultType", "FeatureGates", "validate"]

_ALL_ON: Final = FeatureGates()


def validate(spec: CertificateSpec, *, gates: FeatureGates = _ALL_ON) -> tuple[Fault, ...]:
    """Find what is wrong with a spec.

    No spec makes this fail, whatever it holds, and the time it takes grows with the size of the
    spec only.

    Args:
        spec: The spec to look at.
        gates: The features that may be used; all of them by default.

    Returns:
        The faults in cert-manager's order, none for a good spec. Labels and annotations, which
        cert-manager visits in a different order each time, are in the order of their keys.

    Raises:
        WrongTypeError: For an argument of a wrong type.
    """
    if not isinstance(spec, CertificateSpec):
        raise WrongTypeError("expected a CertificateSpec", path="spec", value=shown(spec))
    if not isinstance(gates, FeatureGates):
        raise WrongTypeError("expected FeatureGates", path="gates", value=shown(gates))
    return tuple(_faults(spec, gates))


def _faults(spec: CertificateSpec, gates: FeatureGates) -> Iterator[Fault]:
    yield from storage.secret_name(spec.secret_name)
    yield from issuance.issuer(spec.issuer_ref)
    yield from names.subject(spec, gates)
    yield from names.ip_addresses(spec.ip_addresses or ())
    yield from names.email_addresses(spec.email_addresses or ())
    yield from names.other_names(spec.other_names or (), gates)
    yield from issuance.private_key(spec.effective_private_key)
    yield from issuance.signature_algorithm(spec)
    yield from times.lifetime(spec)
    yield from issuance.usages(spec.usages or ())
    yield from storage.revision_history_limit(spec.revision_history_limit)
    if spec.secret_template is not None:
        yield from storage.secret_template(spec.secret_template)
    yield from names.name_constraints(spec, gates)
    yield from storage.output_formats(spec.additional_output_formats or ())
    if spec.keystores is not None:
        yield from storage.keystores(spec.keystores)
    if spec.renewal is not None:
        yield from times.renewal(spec.renewal)
