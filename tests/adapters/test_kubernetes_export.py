"""Many objects at once: Lists, what is counted and refused, and what belongs to a Certificate."""

from __future__ import annotations

import pickle
from base64 import b64encode
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from certlife.adapters.kubernetes import (
    Export,
    gather,
    read_certificate,
    read_export,
    read_request,
    read_secret,
)
from certlife.errors import WrongTypeError
from certlife.pki.keys import PrivateKey

if TYPE_CHECKING:
    from certlife.model.certificate import Certificate
    from certlife.model.request import CertificateRequest
    from certlife.model.secret import SecretData

KEY = derive_private_key(7, SECP256R1()).private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
)
CERT_MANAGER = "cert-manager.io/v1"


def certificate_manifest(
    name: str = "web",
    *,
    namespace: str | None = "prod",
    uid: str | None = "u1",
    tls: str = "web-tls",
    status: object = None,
) -> dict[str, object]:
    return {
        "apiVersion": CERT_MANAGER,
        "kind": "Certificate",
        "metadata": {"name": name, "namespace": namespace, "uid": uid},
        "spec": {"secretName": tls, "issuerRef": {"name": "ca"}},
        "status": status,
    }


def certificate(
    name: str = "web",
    *,
    namespace: str | None = "prod",
    uid: str | None = "u1",
    tls: str = "web-tls",
    status: object = None,
) -> Certificate:
    return read_certificate(
        certificate_manifest(name, namespace=namespace, uid=uid, tls=tls, status=status)
    )


def request(
    name: str = "web-1",
    *,
    namespace: str | None = "prod",
    owner: object = None,
    annotation: str | None = None,
    is_ca: bool | None = None,
) -> CertificateRequest:
    return read_request(
        {
            "metadata": {
                "name": name,
                "namespace": namespace,
                "annotations": annotation and {"cert-manager.io/certificate-name": annotation},
                "ownerReferences": owner and [owner],
            },
            "spec": {"issuerRef": {"name": "ca"}, "isCA": is_ca},
        }
    )


def secret(
    name: str | None = "web-tls", *, namespace: str | None = "prod", key: bytes | None = None
) -> SecretData:
    data = None if key is None else {"tls.key": b64encode(key).decode()}
    return read_secret({"metadata": {"name": name, "namespace": namespace}, "data": data})


def owned_by(uid: str | None, *, name: str = "web", controller: bool | None = True) -> object:
    return {"kind": "Certificate", "name": name, "uid": uid, "controller": controller}


def names(requests: tuple[CertificateRequest, ...]) -> list[str]:
    return [request.name for request in requests]


@pytest.mark.parametrize(
    ("candidate", "belongs"),
    [
        pytest.param(request(owner=owned_by("u1")), True, id="its uid controls it"),
        pytest.param(request(owner=owned_by("u1", name="x")), True, id="whatever name it gives"),
        pytest.param(request(owner=owned_by("u2")), False, id="another uid controls it"),
        pytest.param(
            request(owner=owned_by("u1", controller=False)), False, id="it owns but controls not"
        ),
        pytest.param(
            request(owner=owned_by("u1", controller=None)), False, id="it may not even control"
        ),
        pytest.param(
            request(owner=owned_by("u1"), namespace="dev"), False, id="it is in another namespace"
        ),
        pytest.param(request(annotation="web"), False, id="the annotation is not asked"),
        pytest.param(request(owner=owned_by(None)), False, id="an owner without a uid is another"),
    ],
)
def test_a_request_belongs_by_the_uid_of_its_controller(
    candidate: CertificateRequest, *, belongs: bool
) -> None:
    found = gather(certificate(), requests=[candidate]).requests
    assert found == ((candidate,) if belongs else ())


@pytest.mark.parametrize("uid", [None, ""], ids=["absent", "empty"])
@pytest.mark.parametrize(
    ("candidate", "belongs"),
    [
        pytest.param(request(annotation="web"), True, id="its annotation names it"),
        pytest.param(request(annotation="api"), False, id="its annotation names another"),
        pytest.param(
            request(annotation="web", namespace="dev"), False, id="it is in another namespace"
        ),
        pytest.param(
            request(annotation="web", owner=owned_by("u9")), True, id="whatever uid its owner had"
        ),
        pytest.param(
            request(owner=owned_by("")), True, id="its owner, without a uid too, names it"
        ),
        pytest.param(request(owner=owned_by("", name="api")), False, id="its owner is another"),
        pytest.param(request(owner=owned_by("u9")), False, id="its owner has a uid"),
        pytest.param(
            request(owner=owned_by("", controller=False)), False, id="its owner controls it not"
        ),
        pytest.param(
            request(annotation="api", owner=owned_by("")), False, id="the annotation goes first"
        ),
        pytest.param(request(), False, id="it names nothing"),
    ],
)
def test_without_a_uid_a_request_belongs_by_name(
    candidate: CertificateRequest, uid: str | None, *, belongs: bool
) -> None:
    found = gather(certificate(uid=uid), requests=[candidate]).requests
    assert found == ((candidate,) if belongs else ())


def test_of_a_repeated_request_the_last_one_counts_once() -> None:
    first, second = (request(owner=owned_by("u1"), is_ca=flag) for flag in (False, True))
    other = request("web-2", owner=owned_by("u1"))
    assert gather(certificate(), requests=[first, other, second]).requests == (second, other)


def test_requests_that_have_no_name_yet_are_not_one_and_the_same() -> None:
    nameless = [request("", owner=owned_by("u1")), request("", owner=owned_by("u1"))]
    assert names(gather(certificate(), requests=nameless).requests) == ["", ""]


@pytest.mark.parametrize(
    ("candidate", "found"),
    [
        pytest.param(secret(), True, id="its name, its namespace"),
        pytest.param(secret("other"), False, id="another name"),
        pytest.param(secret(namespace="dev"), False, id="another namespace"),
        pytest.param(secret(namespace=None), False, id="no namespace is not every namespace"),
    ],
)
def test_the_secret_is_the_one_that_it_names_in_its_namespace(
    candidate: SecretData, *, found: bool
) -> None:
    assert gather(certificate(), secrets=[candidate]).secret == (candidate if found else None)


def test_without_namespaces_objects_belong_together() -> None:
    bare = secret(namespace="")
    assert gather(certificate(namespace=None), secrets=[bare]).secret is bare


def test_a_secret_without_a_name_is_nobodys() -> None:
    assert gather(certificate(tls=""), secrets=[secret(None), secret("")]).secret is None


def test_rivals_are_the_other_certificates_that_name_its_secret() -> None:
    rival = certificate("api", uid="u2")
    others = [
        certificate("elsewhere", namespace="dev"),
        certificate("private", tls="other-tls"),
    ]
    mine = certificate()
    assert gather(mine, certificates=[mine, rival, *others]).rivals == (rival,)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        pytest.param(KEY, PrivateKey.from_pem(KEY), id="a key"),
        pytest.param(b"junk", None, id="a broken one is none"),
        pytest.param(None, None, id="none at all"),
    ],
)
def test_the_pending_key_is_in_the_secret_that_the_status_names(
    key: bytes | None, expected: PrivateKey | None
) -> None:
    pending = certificate(status={"nextPrivateKeySecretName": "web-next"})
    assert gather(pending, secrets=[secret("web-next", key=key)]).pending_key == expected


def test_there_is_no_pending_key_where_the_status_names_no_secret() -> None:
    assert gather(certificate(), secrets=[secret(key=KEY)]).pending_key is None


def test_the_ari_window_is_the_suggested_one_unless_it_is_not_to_be_used() -> None:
    window = {"start": "2026-11-07T00:00:00Z", "end": "2026-11-09T00:00:00Z"}
    told = certificate(status={"acme": {"ari": {"suggestedWindow": window}}})
    assert told.status.ari is not None
    assert gather(told).ari_window == told.status.ari.suggested_window
    assert gather(told).ari_window is not None
    assert gather(told, use_ari=False).ari_window is None
    assert gather(certificate()).ari_window is None


def test_every_certificate_gets_its_snapshot_and_a_repeated_one_gets_one() -> None:
    export = Export(
        certificates=(certificate(), certificate("api", uid="u2"), certificate()),
        requests=(request(owner=owned_by("u2")),),
    )
    found = [(shot.certificate.name, len(shot.requests)) for shot in export.snapshots()]
    assert found == [("web", 0), ("api", 1)]


@pytest.mark.parametrize(
    "question",
    [
        pytest.param(lambda: Export().gather("web"), id="the Certificate"),  # type: ignore[arg-type]
        pytest.param(lambda: gather(certificate(), secrets=[7]), id="a Secret"),  # type: ignore[list-item]
        pytest.param(lambda: Export(requests="web"), id="the requests"),  # type: ignore[arg-type]
        pytest.param(lambda: Export(ignored={}), id="the counts"),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_model_is_refused(question: object) -> None:
    assert callable(question)
    with pytest.raises(WrongTypeError):
        question()


def secret_manifest(name: str = "web-tls", **fields: object) -> dict[str, object]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, **fields}


def listing(*items: object, kind: str = "List", api_version: str = "v1") -> dict[str, object]:
    return {"apiVersion": api_version, "kind": kind, "items": list(items)}


def test_documents_and_lists_of_objects_are_read_alike() -> None:
    objects = [certificate_manifest(), secret_manifest()]
    together = read_export([("", listing(*objects))])
    assert together == read_export([("", one) for one in objects])
    assert [one.name for one in together.certificates] == ["web"]
    assert [one.name for one in together.secrets] == ["web-tls"]


def test_the_items_of_a_typed_list_need_not_say_their_kind() -> None:
    item = {"metadata": {"name": "web-1"}, "spec": {"issuerRef": {"name": "ca"}}}
    document = listing(item, kind="CertificateRequestList", api_version=CERT_MANAGER)
    assert names(read_export([("", document)]).requests) == ["web-1"]


def test_an_item_of_a_typed_list_that_says_its_kind_is_believed() -> None:
    document = listing(secret_manifest(), kind="CertificateList", api_version=CERT_MANAGER)
    assert [one.name for one in read_export([("", document)]).secrets] == ["web-tls"]


def test_lists_may_lie_in_lists() -> None:
    document = listing(listing(certificate_manifest()), listing(listing(secret_manifest())))
    export = read_export([("", document)])
    assert (len(export.certificates), len(export.secrets)) == (1, 1)


@pytest.mark.parametrize("items", [[], None], ids=["no items", "null"])
def test_an_empty_list_holds_nothing(items: object) -> None:
    document = {"apiVersion": "v1", "kind": "List", "items": items}
    assert read_export([("", document)]) == Export()


def test_what_is_no_list_is_an_object_of_a_kind_that_ends_so() -> None:
    document = {"apiVersion": "example.com/v1", "kind": "AllowList", "spec": {}}
    assert read_export([("", document)]).ignored == {"AllowList.example.com": 1}


def test_other_kinds_are_counted_with_their_group() -> None:
    issuer = {"apiVersion": CERT_MANAGER, "kind": "Issuer"}
    settings = {"apiVersion": "v1", "kind": "ConfigMap"}
    export = read_export([("", listing(issuer, settings, issuer))])
    assert export.ignored == {"Issuer.cert-manager.io": 2, "ConfigMap": 1}


def test_unknown_fields_are_counted_by_path_and_known_ones_without_use_are_not() -> None:
    spec = {
        "secretName": "web-tls",
        "issuerRef": {"name": "ca", "nmae": "ca"},
        "dnsName": ["a.example"],
        "renewal": {"windows": [{"crom": "@daily"}, {"crom": "@daily"}]},
        "keystores": {"jks": {"profile": "LegacyDES"}},
        7: "no field's name",
        "absent": None,
    }
    metadata = {"name": "web", "resourceVersion": "7", "managedFields": [], "finalizers": []}
    document = {
        "apiVersion": CERT_MANAGER,
        "kind": "Certificate",
        "metadata": metadata,
        "spec": spec,
    }
    assert read_export([("", document)]).unknown_fields == {
        "Certificate.spec.7": 1,
        "Certificate.spec.dnsName": 1,
        "Certificate.spec.issuerRef.nmae": 1,
        "Certificate.spec.keystores.jks.profile": 1,
        "Certificate.spec.renewal.windows.crom": 2,
    }


@pytest.mark.parametrize(
    ("document", "message"),
    [
        pytest.param(
            {**certificate_manifest(), "spec": {"dnsNames": ["a.example", 7]}},
            "web.yaml: document 3: spec.dnsNames[1]: expected a string, got 7",
            id="a field",
        ),
        pytest.param(
            listing({**secret_manifest(), "data": {"tls.key": "!"}}),
            "web.yaml: document 3: items[0].data[tls.key]: "
            "expected base64 with padding (RFC 4648 section 4)",
            id="a field of an item",
        ),
        pytest.param(
            listing(listing(7)),
            "web.yaml: document 3: items[0].items[0]: expected a mapping, got a number",
            id="an item of a list in a list",
        ),
        pytest.param(
            listing(7, kind="SecretList"),
            "web.yaml: document 3: items[0]: expected a mapping, got a number",
            id="an item of a typed list",
        ),
        pytest.param(
            {"apiVersion": "v1", "kind": "List", "items": {}},
            "web.yaml: document 3: items: expected a list, got a mapping",
            id="items that are no list",
        ),
        pytest.param(
            None,
            "web.yaml: document 3: expected an object of Kubernetes in JSON or YAML, or PEM, "
            "got null",
            id="a document",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_source_and_path(
    document: object, message: str
) -> None:
    (refusal,) = read_export([("web.yaml: document 3", document)]).refusals
    assert str(refusal) == message


def test_a_certificate_knows_where_it_was_read_and_one_of_elsewhere_does_not() -> None:
    export = read_export([("a.yaml", certificate_manifest()), ("b.yaml", certificate_manifest())])
    assert export.source_of(certificate()) == "b.yaml"  # the last of one name counts
    assert export.source_of(certificate("api")) == ""
    assert Export(certificates=(certificate(),)).source_of(certificate()) == ""


def test_a_refusal_of_a_nameless_source_begins_with_the_path() -> None:
    (refusal,) = read_export([("", {"kind": 7})]).refusals
    assert str(refusal) == "kind: expected a string, got 7"


def test_one_bad_object_hides_no_other() -> None:
    export = read_export([("a", 7), ("b", listing({}, certificate_manifest(), None))])
    assert [one.name for one in export.certificates] == ["web"]
    assert [(one.source, one.path) for one in export.refusals] == [
        ("a", ""),
        ("b", "items[0].kind"),
        ("b", "items[2]"),
    ]


def test_lists_too_deep_in_lists_are_refused() -> None:
    document: object = certificate_manifest()
    for _ in range(1000):
        document = listing(document)
    (refusal,) = read_export([("", document)]).refusals
    assert refusal.path == "items[0].items[0].items[0].items[0]"
    assert refusal.rule == "expected Lists at most 4 deep"


def test_an_export_is_hashable_and_survives_pickling() -> None:
    export = read_export([("a", listing(certificate_manifest(), 7, secret_manifest()))])
    list(export.snapshots())
    copy = pickle.loads(pickle.dumps(export))  # noqa: S301 — our own bytes
    assert copy == export
    assert hash(copy) == hash(export)
