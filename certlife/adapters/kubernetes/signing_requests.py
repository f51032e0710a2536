"""CertificateSigningRequests of Kubernetes (certificates.k8s.io/v1) as requests, and back.

cert-manager's support of them is experimental: the signer's name says which issuer is asked, and
annotations say what the object has no field for. This module neither approves nor signs.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from attrs import frozen

from certlife.adapters.kubernetes.object_fields import (
    CONDITION,
    IDENTITY,
    METADATA,
    NAMES,
    REQUESTER,
    TYPE,
)
from certlife.adapters.kubernetes.objects import expect
from certlife.adapters.kubernetes.tables import Inline, Leaf, Many, Shape, Table
from certlife.adapters.kubernetes.values import inside, int32, octets, text, texts
from certlife.errors import CertlifeError, InvalidValueError, ManifestError, WrongTypeError, shown
from certlife.model import annotations as keys
from certlife.model.frozenmap import FrozenMap
from certlife.model.request import CertificateRequest, RequestOutcome
from certlife.model.spec import IssuerRef
from certlife.model.status import Condition, ConditionStatus, first_condition
from certlife.schedule.durations import format_duration, parse_duration

if TYPE_CHECKING:
    from collections.abc import Mapping

MIN_DURATION: Final = timedelta(seconds=600)
"""The shortest lifetime that may be asked for; also the least `spec.expirationSeconds`."""


def read_signing_request(manifest: Mapping[str, object]) -> CertificateRequest | None:
    """Read a CertificateSigningRequest.

    Args:
        manifest: The object.

    Returns:
        The request, whose namespace is that of the Issuer. None where the signer is no issuer, as
        Kubernetes has signers of its own.

    Raises:
        ManifestError: For another apiVersion or kind, a field of a wrong type or form, or a
            duration that is none or too short; the path is the field's.
    """
    expect(manifest, _API_VERSION, _KIND)
    found = _read(manifest, [])
    signer = _SIGNER.fullmatch(found.signer_name)
    if signer is None:
        return None
    cluster_group, cluster_issuer, group, namespace, issuer = signer.groups()
    kind = "Issuer" if cluster_issuer is None else "ClusterIssuer"
    said = found.annotations or _NOTHING
    is_ca = said.get(keys.SIGNING_REQUEST_IS_CA)
    failed = first_condition(found.conditions, _FAILED)
    return CertificateRequest(
        name=found.name,
        namespace=namespace,
        issuer_ref=IssuerRef(cluster_issuer or issuer, kind, cluster_group or group),
        csr=found.csr,
        duration=_duration(said, found.expiration_seconds),
        is_ca=None if is_ca is None else is_ca == "true",
        usages=found.usages,
        conditions=_with_ready(found, failed),
        failure_time=failed.last_transition_time if failed else None,
        certificate=found.certificate,
        uid=found.uid,
        created=found.created,
        annotations=found.annotations,
        labels=found.labels,
    )


def write_signing_request(request: CertificateRequest) -> dict[str, object]:
    """Write a request as a CertificateSigningRequest.

    What was read comes out as it was, but for `expirationSeconds` beside a duration that overrules
    it, and `lastUpdateTime`, which the API server sets. There is no field for the CA, none for who
    owns the object, and Pending is no condition.

    Args:
        request: A request to an Issuer of its namespace, or to a ClusterIssuer.

    Raises:
        InvalidValueError: It asks another kind of issuer, or an Issuer of no namespace.
        WrongTypeError: For anything but a CertificateRequest.
    """
    if not isinstance(request, CertificateRequest):
        raise WrongTypeError("expected a CertificateRequest", value=f"a {type(request).__name__}")
    annotations, seconds = dict(request.annotations or {}), None
    if request.is_ca is not None and request.is_ca != (
        annotations.get(keys.SIGNING_REQUEST_IS_CA) == "true"
    ):
        annotations[keys.SIGNING_REQUEST_IS_CA] = "true" if request.is_ca else "false"
    if request.duration is not None and keys.SIGNING_REQUEST_DURATION not in annotations:
        seconds, rest = divmod(request.duration, _SECOND)
        if rest or seconds >= _TOO_MANY:
            annotations[keys.SIGNING_REQUEST_DURATION] = format_duration(request.duration)
            seconds = None
    written = SIGNING_REQUEST.table.write(
        _SigningRequest(
            name=request.name,
            signer_name=_signer_name(request),
            csr=request.csr,
            usages=request.usages,
            expiration_seconds=seconds,
            conditions=_without_ready(request),
            certificate=request.certificate,
            uid=request.uid,
            created=request.created,
            annotations=FrozenMap(annotations) if annotations else request.annotations,
            labels=request.labels,
        )
    )
    return {"apiVersion": _API_VERSION, "kind": _KIND, **written}


_API_VERSION: Final = "certificates.k8s.io/v1"
_KIND: Final = "CertificateSigningRequest"
_FAILED: Final = "Failed"
_READY: Final = "Ready"
_INVALID: Final = "InvalidRequest"
_SECOND: Final = timedelta(seconds=1)
_TOO_MANY: Final = 1 << 31
_NOTHING: Final[FrozenMap[str, str]] = FrozenMap()
_SIGNER: Final = re.compile(
    r"clusterissuers\.([^/]+)/([^./][^/]*)|issuers\.([^/]+)/([^./]+)\.([^/]+)"
)


@frozen(kw_only=True)
class _SigningRequest:
    """The object as it is, before what its words mean is known."""

    name: str
    signer_name: str
    csr: bytes | None = None
    usages: tuple[str, ...] | None = None
    expiration_seconds: int | None = None
    conditions: tuple[Condition, ...] | None = None
    certificate: bytes | None = None
    uid: str | None = None
    created: datetime | None = None
    annotations: FrozenMap[str, str] | None = None
    labels: FrozenMap[str, str] | None = None


SIGNING_REQUEST: Final = Shape(
    _SigningRequest,
    Table(
        {
            "metadata": Inline(
                Table(
                    {
                        **{key: leaf for key, leaf in NAMES.items() if key != "namespace"},
                        **IDENTITY,
                    },
                    skipped=METADATA | {"namespace"},
                )
            ),
            "spec": Inline(
                Table(
                    {
                        "request": Leaf("csr", octets),
                        "signerName": Leaf("signer_name", text),
                        "expirationSeconds": Leaf("expiration_seconds", int32),
                        "usages": Leaf("usages", texts),
                    },
                    skipped=REQUESTER,
                )
            ),
            "status": Inline(
                Table(
                    {
                        "conditions": Many("conditions", CONDITION),
                        "certificate": Leaf("certificate", octets),
                    }
                )
            ),
        },
        skipped=TYPE,
    ),
    required={"name": "", "signer_name": ""},
)
_read: Final = SIGNING_REQUEST.reader(_KIND)


def _duration(said: FrozenMap[str, str], seconds: int | None) -> timedelta | None:
    """Find the lifetime that is asked for: the annotation counts before the field."""
    path = f"metadata.annotations[{keys.SIGNING_REQUEST_DURATION}]"
    if keys.SIGNING_REQUEST_DURATION in said:
        try:
            duration = parse_duration(said[keys.SIGNING_REQUEST_DURATION])
        except CertlifeError as error:
            raise inside(path, error) from None
    elif seconds is None:
        return None
    else:
        path, duration = "spec.expirationSeconds", timedelta(seconds=seconds)
    if duration < MIN_DURATION:
        rule = f"expected a duration of at least {format_duration(MIN_DURATION)}"
        raise ManifestError(rule, path=path, value=format_duration(duration))
    return duration


def _with_ready(found: _SigningRequest, failed: Condition | None) -> tuple[Condition, ...] | None:
    """Add what a request of cert-manager's would say: Ready, or that it has failed."""
    if failed is not None:
        ready = Condition(
            _READY,
            ConditionStatus.FALSE,
            reason=_FAILED,
            message=failed.message,
            last_transition_time=failed.last_transition_time,
        )
    elif found.certificate:
        ready = Condition(_READY, ConditionStatus.TRUE, reason="Issued")
    else:
        return found.conditions
    return (*(found.conditions or ()), ready)


def _without_ready(request: CertificateRequest) -> tuple[Condition, ...] | None:
    """Say Failed where the request has failed or is invalid, and nothing that Kubernetes does not.

    A denied one says Denied, and has not failed.
    """
    kept = tuple(one for one in request.conditions or () if one.type not in {_READY, _INVALID})
    ended = {RequestOutcome.FAILED: _READY, RequestOutcome.INVALID: _INVALID}.get(request.outcome)
    why = first_condition(request.conditions, ended) if ended else None
    if why is None or first_condition(kept, _FAILED) is not None:
        return kept or (None if request.conditions else request.conditions)
    failed = Condition(
        _FAILED,
        ConditionStatus.TRUE,
        reason=why.reason,
        message=why.message,
        last_transition_time=why.last_transition_time,
    )
    return (*kept, failed)


def _signer_name(request: CertificateRequest) -> str:
    issuer = request.issuer_ref
    match issuer.effective_kind:
        case "ClusterIssuer":
            return f"clusterissuers.{issuer.effective_group}/{issuer.name}"
        case "Issuer" if request.namespace:
            return f"issuers.{issuer.effective_group}/{request.namespace}.{issuer.name}"
        case "Issuer":
            raise InvalidValueError("expected the namespace of the Issuer", path="namespace")
        case other:
            rule, path = "expected Issuer or ClusterIssuer", "issuer_ref.kind"
            raise InvalidValueError(rule, path=path, value=shown(str(other)))
