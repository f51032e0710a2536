"""Which field of a Certificate, CertificateRequest or Secret is which attribute, as tables.

Spelled as in cert-manager's `pkg/apis/certmanager/v1` and Kubernetes' `meta/v1` and `core/v1`. What
these have and no decision depends on is skipped by name, so that what is left as unknown is a
misspelling or news.
"""

from __future__ import annotations

from typing import Final

from certlife.adapters.kubernetes.spec_fields import ISSUER_REF, SPEC
from certlife.adapters.kubernetes.tables import Entry, Inline, Leaf, Many, One, Shape, Table
from certlife.adapters.kubernetes.values import (
    duration,
    flag,
    instant,
    int64,
    json_text,
    object_annotations,
    octets,
    octets_map,
    plain_json,
    plain_name,
    text,
    text_map,
    texts,
)
from certlife.model.certificate import Certificate
from certlife.model.metadata import ManagedFields, OwnerReference
from certlife.model.request import CertificateRequest
from certlife.model.secret import SecretData
from certlife.model.spec import CertificateSpec, IssuerRef
from certlife.model.status import AriStatus, AriWindow, CertificateStatus, Condition, IssuanceRecord
from certlife.schedule.instants import EARLIEST

CONDITION: Final = Shape(
    Condition,
    Table(
        {
            "type": Leaf("type", text),
            "status": Leaf("status", text),
            "lastTransitionTime": Leaf("last_transition_time", instant),
            "reason": Leaf("reason", text),
            "message": Leaf("message", text),
            "observedGeneration": Leaf("observed_generation", int64),
        }
    ),
    required={"type": "", "status": ""},
)

_ARI_WINDOW: Final = Shape(
    AriWindow,
    Table({"start": Leaf("start", instant), "end": Leaf("end", instant)}),
)

_ARI: Final = Shape(
    AriStatus,
    Table(
        {
            "suggestedWindow": One("suggested_window", _ARI_WINDOW),
            "explanationURL": Leaf("explanation_url", text),
            "lastChecked": Leaf("last_checked", instant),
            "nextCheck": Leaf("next_check", instant),
            "lastError": Leaf("last_error", text),
        }
    ),
)

_ISSUANCE: Final = Shape(
    IssuanceRecord,
    Table({"at": Leaf("at", instant), "reason": Leaf("reason", text), "path": Leaf("path", text)}),
    required={"at": EARLIEST, "reason": "", "path": ""},
)

_STATUS: Final = Shape(
    CertificateStatus,
    Table(
        {
            "conditions": Many("conditions", CONDITION),
            "lastFailureTime": Leaf("last_failure_time", instant),
            "notBefore": Leaf("not_before", instant),
            "notAfter": Leaf("not_after", instant),
            "renewalTime": Leaf("renewal_time", instant),
            "revision": Leaf("revision", int64),
            "nextPrivateKeySecretName": Leaf("next_private_key_secret_name", text),
            "failedIssuanceAttempts": Leaf("failed_issuance_attempts", int64),
            "acme": Inline(Table({"ari": One("ari", _ARI)})),
            # certlife's own: cert-manager's schema prunes it, our own store keeps it.
            "issuances": Many("issuances", _ISSUANCE),
        }
    ),
)
_OWNER_REFERENCE: Final = Shape(
    OwnerReference,
    Table(
        {
            "apiVersion": Leaf("api_version", text),
            "kind": Leaf("kind", text),
            "name": Leaf("name", text),
            "uid": Leaf("uid", text),
            "controller": Leaf("controller", flag),
            "blockOwnerDeletion": Leaf("block_owner_deletion", flag),
        }
    ),
)

_MANAGED_FIELDS: Final = Shape(
    ManagedFields,
    Table(
        {
            "manager": Leaf("manager", text),
            "operation": Leaf("operation", text),
            "apiVersion": Leaf("api_version", text),
            "time": Leaf("time", instant),
            "fieldsType": Leaf("fields_type", text),
            "fieldsV1": Leaf("fields_v1", json_text, plain_json),
            "subresource": Leaf("subresource", text),
        }
    ),
)

# What the metadata of every object has in the model.
NAMES: Final[dict[object, Entry]] = {
    "name": Leaf("name", text, plain_name),
    "namespace": Leaf("namespace", text),
    "labels": Leaf("labels", text_map),
    "annotations": Leaf("annotations", object_annotations),
}
IDENTITY: Final[dict[object, Entry]] = {
    "uid": Leaf("uid", text),
    "creationTimestamp": Leaf("created", instant),
}
_OWNERS: Final[dict[object, Entry]] = {
    "ownerReferences": Many("owner_references", _OWNER_REFERENCE)
}
# And what else ObjectMeta has.
METADATA: Final = frozenset[object](
    (
        "creationTimestamp",
        "deletionGracePeriodSeconds",
        "deletionTimestamp",
        "finalizers",
        "generateName",
        "generation",
        "managedFields",
        "ownerReferences",
        "resourceVersion",
        "selfLink",
        "uid",
    )
)
REQUESTER: Final = frozenset[object](("username", "uid", "groups", "extra"))  # for approvers
TYPE: Final = frozenset[object](("apiVersion", "kind"))

CERTIFICATE: Final = Shape(
    Certificate,
    Table(
        {
            "metadata": Inline(
                Table(
                    {
                        **NAMES,
                        **IDENTITY,
                        "deletionTimestamp": Leaf("deleted", instant),
                        "generation": Leaf("generation", int64),
                    },
                    skipped=METADATA,
                )
            ),
            "spec": One("spec", SPEC),
            "status": One("status", _STATUS),
        },
        skipped=TYPE,
    ),
    required={"name": "", "spec": CertificateSpec(secret_name="", issuer_ref=IssuerRef(""))},
)

REQUEST: Final = Shape(
    CertificateRequest,
    Table(
        {
            "metadata": Inline(Table({**NAMES, **IDENTITY, **_OWNERS}, skipped=METADATA)),
            "spec": Inline(
                Table(
                    {
                        "duration": Leaf("duration", duration),
                        "issuerRef": One("issuer_ref", ISSUER_REF),
                        "request": Leaf("csr", octets),
                        "isCA": Leaf("is_ca", flag),
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
                        "ca": Leaf("ca", octets),
                        "failureTime": Leaf("failure_time", instant),
                    }
                )
            ),
        },
        skipped=TYPE,
    ),
    required={"name": "", "issuer_ref": IssuerRef("")},
)

SECRET: Final = Shape(
    SecretData,
    Table(
        {
            "metadata": Inline(
                Table(
                    {
                        **NAMES,
                        "name": Leaf("name", text),  # here None says that there is none
                        **_OWNERS,
                        "managedFields": Many("managed_fields", _MANAGED_FIELDS),
                    },
                    skipped=METADATA,
                )
            ),
            "type": Leaf("type", text),
            "data": Leaf("entries", octets_map),
        },
        skipped=TYPE | {"immutable", "stringData"},
    ),
)
