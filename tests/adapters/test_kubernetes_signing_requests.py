"""CertificateSigningRequests of Kubernetes are requests like others, and come back as they were."""

from __future__ import annotations

from base64 import b64encode
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, cast

import pytest
from attrs import evolve

from certlife.adapters.kubernetes import read_signing_request, write_signing_request
from certlife.errors import InvalidValueError, ManifestError, WrongTypeError
from certlife.issuers import (
    ApprovalPolicy,
    Approver,
    Denied,
    Failed,
    Invalid,
    Issued,
    Pending,
    SelfSignedIssuer,
)
from certlife.lifecycle.advancing import advance
from certlife.model.request import CertificateRequest, RequestOutcome
from certlife.model.spec import IssuerRef
from certlife.pki.certificate import X509Certificate
from tests.issuers.requests import CLOCK, KEY, NOW, SPEC, asked, issuer

if TYPE_CHECKING:
    from certlife.lifecycle.answers import Answer

EXPERIMENTAL: Final = "experimental.cert-manager.io"
CSR: Final = asked().csr or b""
USAGES: Final = ["digital signature", "server auth", "client auth"]
AT: Final = "2026-11-24T12:00:00Z"


def manifest(
    signer: str = "issuers.cert-manager.io/shop.ca",
    *,
    annotations: dict[str, str] | None = None,
    status: dict[str, object] | None = None,
    **spec: object,
) -> dict[str, object]:
    metadata: dict[str, object] = {"name": "web", "uid": "u-1", "creationTimestamp": AT}
    if annotations is not None:
        metadata["annotations"] = annotations
    request = b64encode(CSR).decode()
    found: dict[str, object] = {
        "apiVersion": "certificates.k8s.io/v1",
        "kind": "CertificateSigningRequest",
        "metadata": metadata,
        "spec": {"request": request, "signerName": signer, "usages": USAGES, **spec},
    }
    return found if status is None else {**found, "status": status}


def condition(kind: str, reason: str, message: str = "so it is") -> dict[str, object]:
    return {
        "type": kind,
        "status": "True",
        "reason": reason,
        "message": message,
        "lastTransitionTime": AT,
    }


def read(found: dict[str, object]) -> CertificateRequest:
    request = read_signing_request(found)
    assert request is not None
    return request


def status_of(request: CertificateRequest) -> dict[str, object]:
    return cast("dict[str, object]", write_signing_request(request).get("status"))


def test_what_it_asks_for_is_what_the_request_asks_for() -> None:
    request = read(manifest())
    assert request == CertificateRequest(
        name="web",
        namespace="shop",
        issuer_ref=IssuerRef("ca", "Issuer", "cert-manager.io"),
        csr=CSR,
        usages=USAGES,
        uid="u-1",
        created=datetime(2026, 11, 24, 12, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("signer", "namespace", "reference"),
    [
        ("issuers.cert-manager.io/a.b", "a", IssuerRef("b", "Issuer", "cert-manager.io")),
        ("issuers.cert-manager.io/a.b.c", "a", IssuerRef("b.c", "Issuer", "cert-manager.io")),
        ("issuers.example.com/a.b", "a", IssuerRef("b", "Issuer", "example.com")),
        (
            "clusterissuers.cert-manager.io/a",
            None,
            IssuerRef("a", "ClusterIssuer", "cert-manager.io"),
        ),
        (
            "clusterissuers.cert-manager.io/a.b",
            None,
            IssuerRef("a.b", "ClusterIssuer", "cert-manager.io"),
        ),
    ],
)
def test_the_signer_says_which_issuer(
    signer: str, namespace: str | None, reference: IssuerRef
) -> None:
    request = read(manifest(signer))
    assert (request.namespace, request.issuer_ref) == (namespace, reference)
    assert write_signing_request(request) == manifest(signer)


@pytest.mark.parametrize(
    "signer",
    [
        "kubernetes.io/kube-apiserver-client-kubelet",
        "issuers.cert-manager.io/a",
        "issuers.cert-manager.io/.b",
        "issuers.cert-manager.io/a.",
        "issuers.cert-manager.io/a.b/c",
        "clusterissuers.cert-manager.io/",
        "clusterissuers.cert-manager.io/.a",
        "issuers/a.b",
        "",
    ],
)
def test_a_signer_that_is_no_issuer_is_nobodys_business(signer: str) -> None:
    assert read_signing_request(manifest(signer)) is None


@pytest.mark.parametrize(
    ("annotations", "seconds", "duration"),
    [
        pytest.param(None, None, None, id="nothing"),
        pytest.param(None, 600, timedelta(minutes=10), id="the field"),
        pytest.param({f"{EXPERIMENTAL}/request-duration": "36h"}, None, 1.5, id="the annotation"),
        pytest.param({f"{EXPERIMENTAL}/request-duration": "36h"}, 600, 1.5, id="both"),
    ],
)
def test_a_lifetime_is_said_by(
    annotations: dict[str, str] | None, seconds: int | None, duration: timedelta | float | None
) -> None:
    wanted = timedelta(days=duration) if isinstance(duration, float) else duration
    found = manifest(annotations=annotations, expirationSeconds=seconds)
    request = read(found)
    assert request.duration == wanted
    assert read(write_signing_request(request)) == request


@pytest.mark.parametrize(
    ("found", "path", "rule"),
    [
        pytest.param(
            manifest(expirationSeconds=599), "spec.expirationSeconds", "at least 10m0s", id="short"
        ),
        pytest.param(
            manifest(annotations={f"{EXPERIMENTAL}/request-duration": "9m59s"}),
            f"metadata.annotations[{EXPERIMENTAL}/request-duration]",
            "at least 10m0s",
            id="short, as an annotation",
        ),
        pytest.param(
            manifest(annotations={f"{EXPERIMENTAL}/request-duration": "soon"}),
            f"metadata.annotations[{EXPERIMENTAL}/request-duration]",
            "expected",
            id="no duration",
        ),
        pytest.param(
            manifest(expirationSeconds="600"), "spec.expirationSeconds", "integer", id="text"
        ),
        pytest.param(manifest(request="!"), "spec.request", "base64", id="no base64"),
        pytest.param({"kind": "CertificateRequest"}, "kind", "SigningRequest", id="a kind"),
        pytest.param({"apiVersion": "certificates.k8s.io/v1beta1"}, "apiVersion", "v1", id="beta"),
    ],
)
def test_an_object_is_refused_that_is_or_has(
    found: dict[str, object], path: str, rule: str
) -> None:
    with pytest.raises(ManifestError, match=rule) as caught:
        read_signing_request(found)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("said", "is_ca"), [(None, None), ("true", True), ("True", False), ("false", False)]
)
def test_an_annotation_says_whether_it_is_for_a_ca(said: str | None, *, is_ca: bool | None) -> None:
    annotations = None if said is None else {f"{EXPERIMENTAL}/request-is-ca": said}
    request = read(manifest(annotations=annotations))
    assert request.is_ca is is_ca
    assert write_signing_request(request) == manifest(annotations=annotations)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        pytest.param({}, RequestOutcome.PENDING, id="nothing"),
        pytest.param({"conditions": []}, RequestOutcome.PENDING, id="no condition"),
        pytest.param(
            {"conditions": [condition("Approved", "Approved")]},
            RequestOutcome.PENDING,
            id="an approval",
        ),
        pytest.param(
            {"conditions": [condition("Denied", "Denied")]}, RequestOutcome.DENIED, id="a denial"
        ),
        pytest.param(
            {
                "conditions": [
                    condition("Approved", "Approved"),
                    condition("Failed", "SigningError"),
                ]
            },
            RequestOutcome.FAILED,
            id="a failure",
        ),
        pytest.param(
            {
                "conditions": [condition("Approved", "Approved")],
                "certificate": b64encode(b"PEM").decode(),
            },
            RequestOutcome.ISSUED,
            id="a certificate",
        ),
        pytest.param(
            {
                "conditions": [condition("Failed", "SigningError")],
                "certificate": b64encode(b"PEM").decode(),
            },
            RequestOutcome.FAILED,
            id="a certificate and a failure",
        ),
        pytest.param(
            {"certificate": b64encode(b"PEM").decode()}, RequestOutcome.ISSUED, id="no conditions"
        ),
    ],
)
def test_the_status_says_how_far_it_has_come_by(
    status: dict[str, object], outcome: RequestOutcome
) -> None:
    found = manifest(status=deepcopy(status))
    request = read(found)
    assert request.outcome is outcome
    assert status_of(request) == (status or None)
    assert (request.failure_time == NOW) is (outcome is RequestOutcome.FAILED)


@pytest.mark.parametrize(
    ("answer", "kinds", "reason"),
    [
        (Pending("wait"), [], None),
        (Failed("no"), ["Failed"], "Failed"),
        (Invalid("no"), ["Failed"], "Invalid"),
        (Denied("no"), ["Denied"], "Denied"),
        (Issued(b"PEM", b"CA"), [], None),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_answer_is_written_as_kubernetes_says_it(
    answer: Answer, kinds: list[str], reason: str | None
) -> None:
    request = advance(read(manifest()), answer, now=NOW).request
    status = status_of(request) or {}
    found = cast("list[dict[str, object]]", status.get("conditions") or [])
    assert [one["type"] for one in found] == kinds
    for one in found:
        assert (one["status"], one["reason"], one["message"]) == ("True", reason, "no")
        assert one["lastTransitionTime"] == AT
    assert ("certificate" in status) is isinstance(answer, Issued)


def test_an_object_is_approved_signed_and_written_back() -> None:
    policy = ApprovalPolicy(dns_names=["a.example"], usages=USAGES)
    approver = Approver(issuer(), policy.objections)
    request = read(manifest(expirationSeconds=3600))
    for _ in range(2):
        request = advance(request, approver.answer(request), now=NOW).request
    again = read(write_signing_request(request))
    assert again.outcome is RequestOutcome.ISSUED
    leaf = X509Certificate.from_pem(again.certificate or b"")
    assert leaf.not_after - leaf.not_before == timedelta(hours=1)
    (approved,) = cast("list[dict[str, object]]", status_of(request)["conditions"])
    assert (approved["type"], approved["status"]) == ("Approved", "True")


def test_an_object_that_says_where_its_key_is_certifies_itself() -> None:
    found = manifest(annotations={f"{EXPERIMENTAL}/private-key-secret-name": "web-key"})
    keys = {("shop", "web-key"): KEY.pem}
    own = SelfSignedIssuer(read_key=lambda space, name: keys[space or "", name], clock=CLOCK)
    answer = own.answer(read(found))
    assert isinstance(answer, Issued)
    assert X509Certificate.from_pem(answer.certificate).is_self_signed


REQUEST: Final = evolve(asked(), annotations=None, owner_references=None)


class TestARequestOfOurOwn:
    def test_is_written_with_the_seconds_of_its_lifetime(self) -> None:
        spec = write_signing_request(evolve(REQUEST, duration=timedelta(hours=1)))["spec"]
        assert isinstance(spec, dict)
        assert spec["expirationSeconds"] == 3600
        assert spec["signerName"] == "issuers.cert-manager.io/shop.ca"

    @pytest.mark.parametrize(
        "duration",
        [timedelta(hours=1, microseconds=1), timedelta(seconds=1 << 31)],
        ids=["finer", "longer"],
    )
    def test_says_by_an_annotation_what_is_no_number_of_seconds(self, duration: timedelta) -> None:
        request = evolve(REQUEST, duration=duration)
        assert read(write_signing_request(request)).duration == duration

    def test_that_is_for_a_ca_says_so(self) -> None:
        request = evolve(REQUEST, is_ca=True, annotations={f"{EXPERIMENTAL}/request-is-ca": "no"})
        assert read(write_signing_request(request)).is_ca is True
        assert read(write_signing_request(evolve(request, is_ca=False))).is_ca is False
        kept = {f"{EXPERIMENTAL}/request-is-ca": "true"}
        request = evolve(REQUEST, is_ca=False, annotations=kept)
        assert read(write_signing_request(request)).is_ca is False

    def test_to_an_issuer_of_no_namespace_is_refused(self) -> None:
        with pytest.raises(InvalidValueError) as caught:
            write_signing_request(evolve(REQUEST, namespace=None))
        assert caught.value.path == "namespace"

    def test_to_another_kind_is_refused(self) -> None:
        with pytest.raises(InvalidValueError, match="'AwsIssuer'") as caught:
            write_signing_request(evolve(REQUEST, issuer_ref=IssuerRef("ca", "AwsIssuer")))
        assert caught.value.path == "issuer_ref.kind"

    def test_is_a_request(self) -> None:
        with pytest.raises(WrongTypeError, match="expected a CertificateRequest"):
            write_signing_request(SPEC)  # type: ignore[arg-type]  # the wrong type
