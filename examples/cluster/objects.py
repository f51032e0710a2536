"""The objects of the example cluster, in the shapes that Kubernetes and cert-manager give them.

Each function turns a row of the table, and the bytes that belong to it, into one object. Nothing is
made up here but what every cluster adds: uids, versions, owners, annotations.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias
from uuid import NAMESPACE_DNS, uuid5

from examples.cluster.authority import (
    KeyPair,
    PrivateKey,
    certificates_pem,
    csr_pem,
    instant,
    key_pem,
    new_key,
)
from examples.cluster.model import FOUNDED, ORGANIZATION, Condition, Mishap, Spec, State

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography import x509

Document: TypeAlias = dict[str, object]


def certificate(state: State) -> Document:
    """Return the Certificate; one that nobody has looked at yet has no status."""
    status: Document = {}
    ready = state.ready
    if state.issued is not None:
        lifetime = timedelta(hours=state.asked.hours)
        status = {
            "notAfter": _spelled(instant(state.issued) + lifetime),
            "notBefore": state.issued,
            "renewalTime": _spelled(instant(state.issued) + lifetime * 2 / 3),
            "revision": state.revision,
        }
        ready = ready or Condition("Ready", "True", "Ready", "Issued and current.", state.issued)
    conditions = [
        _condition(one) | {"observedGeneration": state.generation}
        for one in (ready, state.issuing)
        if one is not None
    ]
    if conditions:
        status["conditions"] = conditions
    if state.pending_key_name is not None:
        status["nextPrivateKeySecretName"] = state.pending_key_name
    status = {name: value for name, value in (status | state.status).items() if value is not None}
    return _object(
        "Certificate",
        state.name,
        state.created,
        {"spec": _spec(state), "status": status} if status else {"spec": _spec(state)},
        generation=state.generation,
    )


def _spec(state: State) -> Document:
    spec = state.spec
    algorithm, size = spec.key.value
    fields: Document = {
        "commonName": spec.common_name or None,
        "dnsNames": list(spec.dns_names) or None,
        "duration": f"{spec.hours}h0m0s",
        "isCA": spec.is_ca or None,
        "issuerRef": _issuer_ref(spec),
        "privateKey": {"algorithm": algorithm, "encoding": "PKCS8"}
        | ({"size": size} if size is not None else {}),
        "secretName": state.secret_name,
        "subject": {"organizations": [ORGANIZATION]},
        "usages": list(spec.usages),
        **spec.more,
    }
    return {name: value for name, value in fields.items() if value is not None}


def tls_secret(state: State, issued: str, pair: KeyPair, root: x509.Certificate) -> Document:
    """Return the Secret of a Certificate, after what has happened to it."""
    spec = state.asked
    issuer = _issuer_ref(spec)
    key = new_key(spec.key) if state.mishap is Mishap.KEY_REPLACED else pair.key
    lines = certificates_pem(*pair.chain).splitlines(keepends=True)
    if state.mishap is Mishap.LINE_LOST:
        del lines[4]
    data = {"ca.crt": certificates_pem(root), "tls.crt": b"".join(lines), "tls.key": key_pem(key)}
    return _object(
        "Secret",
        f"{state.namespace}/{state.secret_name}",
        issued if state.revision == 1 else FOUNDED,
        {"data": _base64(data), "type": "kubernetes.io/tls"},
        annotations={
            "cert-manager.io/alt-names": ",".join(spec.dns_names),
            "cert-manager.io/certificate-name": state.short_name,
            "cert-manager.io/common-name": spec.common_name,
            "cert-manager.io/ip-sans": "",
            "cert-manager.io/issuer-group": issuer["group"],
            "cert-manager.io/issuer-kind": issuer["kind"],
            "cert-manager.io/issuer-name": issuer["name"],
            "cert-manager.io/subject-organizations": ORGANIZATION,
            "cert-manager.io/uri-sans": "",
        },
        labels={"controller.cert-manager.io/fao": "true"},
    )


def pending_key_secret(state: State, name: str, created: str, key: PrivateKey) -> Document:
    """Return the Secret that keeps the key of an issuance under way."""
    return _object(
        "Secret",
        f"{state.namespace}/{name}",
        created,
        {"data": _base64({"tls.key": key_pem(key)}), "type": "Opaque"},
        labels={
            "cert-manager.io/next-private-key": "true",
            "controller.cert-manager.io/fao": "true",
        },
        ownerReferences=[_owned_by(state)],
    )


def issued_request(state: State, issued: str, pair: KeyPair, root: x509.Certificate) -> Document:
    """Return the request of the current revision, with its answer."""
    answer = {"ca": certificates_pem(root), "certificate": certificates_pem(*pair.chain)}
    ready = Condition("Ready", "True", "Issued", "The certificate is here.", issued)
    status = {"conditions": _request_conditions(issued, ready), **_base64(answer)}
    return _request(state, state.asked, state.revision, issued, pair.key) | {"status": status}


def next_request(state: State, ready: Condition, key: PrivateKey) -> Document:
    """Return the request of the next revision, which is pending or has failed."""
    status: Document = {"conditions": _request_conditions(ready.since, ready)}
    if ready.reason == "Failed":
        status["failureTime"] = ready.since
    request = _request(state, state.spec, state.revision + 1, ready.since, key)
    return request | {"status": status}


def _request(state: State, spec: Spec, revision: int, created: str, key: PrivateKey) -> Document:
    wanted: Document = {
        "duration": f"{spec.hours}h0m0s",
        "groups": [
            "system:serviceaccounts",
            "system:serviceaccounts:cert-manager",
            "system:authenticated",
        ],
        "issuerRef": _issuer_ref(spec),
        **_base64({"request": csr_pem(spec, key)}),
        "uid": _uid("ServiceAccount", "cert-manager/cert-manager"),
        "usages": list(spec.usages),
        "username": "system:serviceaccount:cert-manager:cert-manager",
    }
    if spec.is_ca:
        wanted["isCA"] = True
    return _object(
        "CertificateRequest",
        f"{state.name}-{revision}",
        created,
        {"spec": wanted},
        annotations={
            "cert-manager.io/certificate-name": state.short_name,
            "cert-manager.io/certificate-revision": str(revision),
            "cert-manager.io/private-key-secret-name": state.pending_key_name
            or f"{state.short_name}-{_uid('Secret', state.name)[:5]}",
        },
        generation=1,
        ownerReferences=[_owned_by(state)],
    )


def _request_conditions(approved: str, ready: Condition) -> list[dict[str, str]]:
    approval = Condition("Approved", "True", "cert-manager.io", "Approved by default.", approved)
    return [_condition(approval), _condition(ready)]


def selfsigned_issuer() -> Document:
    """Return an Issuer, which says nothing about a certificate's life."""
    return _object(
        "Issuer", "platform/selfsigned", FOUNDED, {"spec": {"selfSigned": {}}}, generation=1
    )


def password_secret() -> Document:
    """Return a Secret that has nothing to do with TLS."""
    data = _base64({"password": b"an example, no password"})
    return _object("Secret", "shop/session", FOUNDED, {"data": data, "type": "Opaque"})


def trust_anchor(root: x509.Certificate) -> Document:
    """Return a ConfigMap with the root, for those who verify."""
    data = {"ca.crt": certificates_pem(root).decode()}
    return _object("ConfigMap", "platform/example-root", FOUNDED, {"data": data})


def _object(kind: str, name: str, created: str, body: Document, **metadata: object) -> Document:
    namespace, _, short_name = name.partition("/")
    uid = _uid(kind, name)
    return {
        "apiVersion": "v1" if kind in {"Secret", "ConfigMap"} else "cert-manager.io/v1",
        "kind": kind,
        "metadata": {
            "creationTimestamp": created,
            "name": short_name,
            "namespace": namespace,
            "resourceVersion": str(int(uid[:6], base=16)),
            "uid": uid,
            **metadata,
        },
        **body,
    }


def _owned_by(state: State) -> Document:
    return {
        "apiVersion": "cert-manager.io/v1",
        "blockOwnerDeletion": True,
        "controller": True,
        "kind": "Certificate",
        "name": state.short_name,
        "uid": _uid("Certificate", state.name),
    }


def _issuer_ref(spec: Spec) -> dict[str, str]:
    kind, _, name = spec.issuer.partition("/")
    return {"group": "cert-manager.io", "kind": kind, "name": name}


def _condition(condition: Condition) -> dict[str, str]:
    return {
        "lastTransitionTime": condition.since,
        "message": condition.message,
        "reason": condition.reason,
        "status": condition.status,
        "type": condition.type,
    }


def _base64(data: dict[str, bytes]) -> dict[str, str]:
    return {name: b64encode(value).decode() for name, value in data.items()}


def _uid(kind: str, name: str) -> str:
    """Return the same uid for the same object, whenever it is made."""
    return str(uuid5(NAMESPACE_DNS, f"{name}.{kind}.certlife.example"))


def _spelled(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
