"""What belongs together in a cluster, and what the webhook would refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from certlife.adapters.kubernetes import gather, read_certificate, read_request, read_secret
from certlife.model.validation import FeatureGates, validate
from certlife.schedule.instants import format_instant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from certlife.model.request import CertificateRequest
    from certlife.model.secret import SecretData
    from certlife.model.snapshot import Snapshot
    from tests.conformance.materials import Json
    from tests.conformance.question import Question
    from tests.conformance.runner import Answering


def _gather(question: Question) -> Json:
    secret = question.object("secret")
    snapshot = gather(
        read_certificate(question.object("certificate") or {}),
        secrets=[] if secret is None else [read_secret(secret)],
        requests=[read_request(request) for request in question.objects("requests")],
        use_ari=question.inner("featureGates").flag("ACMEUseARI"),
    )
    if len(snapshot.current_requests) > 1 or len(snapshot.next_requests) > 1:
        return {"current": None, "next": None, "secret": None, "ari": None, "error": True}
    return {
        "current": _name(snapshot.current_request),
        "next": _name(snapshot.next_request),
        "secret": _name(snapshot.secret),
        "ari": _ari(snapshot),
        "error": False,
    }


def _name(found: CertificateRequest | SecretData | None) -> str | None:
    return None if found is None else found.name


def _ari(snapshot: Snapshot) -> Json:
    status, window = snapshot.certificate.status.ari, snapshot.ari_window
    if status is None or window is None:
        return None
    return {
        "start": None if window.start is None else format_instant(window.start),
        "end": None if window.end is None else format_instant(window.end),
        "explanationURL": status.explanation_url or "",
    }


def _validation(question: Question) -> Json:
    gates = question.inner("featureGates")
    faults = validate(
        read_certificate(question.object("certificate") or {}).spec,
        gates=FeatureGates(
            literal_certificate_subject=gates.flag("LiteralCertificateSubject", default=True),
            other_names=gates.flag("OtherNames", default=True),
            name_constraints=gates.flag("NameConstraints", default=True),
        ),
    )
    errors = [{"type": str(fault.type), "field": fault.path} for fault in faults]
    # There is nothing that cert-manager warns of.
    return {"errors": errors, "warnings": 0}


ANSWERING: Final[Mapping[str, Answering]] = {"gather": _gather, "validation": _validation}
