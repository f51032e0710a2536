"""Which field of a Certificate's spec is which attribute of the model, as tables.

Spelled as in cert-manager's `pkg/apis/certmanager/v1/types_certificate.go`, and in its order. This
module knows no field of any other object.
"""

from __future__ import annotations

from typing import Final

from certlife.adapters.kubernetes.tables import Entry, Leaf, Many, One, Shape, Table
from certlife.adapters.kubernetes.values import (
    duration,
    flag,
    int32,
    int64,
    password,
    plain_types,
    text,
    text_map,
    texts,
    types,
)
from certlife.model.spec import (
    CertificateSpec,
    IssuerRef,
    Keystore,
    Keystores,
    NameConstraintItem,
    NameConstraints,
    OtherName,
    PrivateKeySpec,
    Renewal,
    RenewalWindow,
    SecretKeyRef,
    SecretTemplate,
    Subject,
)

ISSUER_REF: Final = Shape(
    IssuerRef,
    Table(
        {
            "name": Leaf("name", text),
            "kind": Leaf("kind", text),
            "group": Leaf("group", text),
        }
    ),
    required={"name": ""},
)

_SUBJECT: Final = Shape(
    Subject,
    Table(
        {
            "organizations": Leaf("organizations", texts),
            "countries": Leaf("countries", texts),
            "organizationalUnits": Leaf("organizational_units", texts),
            "localities": Leaf("localities", texts),
            "provinces": Leaf("provinces", texts),
            "streetAddresses": Leaf("street_addresses", texts),
            "postalCodes": Leaf("postal_codes", texts),
            "serialNumber": Leaf("serial_number", text),
        }
    ),
)

_OTHER_NAME: Final = Shape(
    OtherName,
    Table({"oid": Leaf("oid", text), "utf8Value": Leaf("utf8_value", text)}),
)

_PRIVATE_KEY: Final = Shape(
    PrivateKeySpec,
    Table(
        {
            "rotationPolicy": Leaf("rotation_policy", text),
            "encoding": Leaf("encoding", text),
            "algorithm": Leaf("algorithm", text),
            "size": Leaf("size", int64),
        }
    ),
)

_RENEWAL_WINDOW: Final = Shape(
    RenewalWindow,
    Table(
        {
            "timezone": Leaf("timezone", text),
            "windowDuration": Leaf("window_duration", duration),
            "cron": Leaf("cron", text),
        }
    ),
)

_RENEWAL: Final = Shape(
    Renewal,
    Table({"policy": Leaf("policy", text), "windows": Many("windows", _RENEWAL_WINDOW)}),
)

_NAME_CONSTRAINT_ITEM: Final = Shape(
    NameConstraintItem,
    Table(
        {
            "dnsDomains": Leaf("dns_domains", texts),
            "ipRanges": Leaf("ip_ranges", texts),
            "emailAddresses": Leaf("email_addresses", texts),
            "uriDomains": Leaf("uri_domains", texts),
        }
    ),
)

_NAME_CONSTRAINTS: Final = Shape(
    NameConstraints,
    Table(
        {
            "critical": Leaf("critical", flag),
            "permitted": One("permitted", _NAME_CONSTRAINT_ITEM),
            "excluded": One("excluded", _NAME_CONSTRAINT_ITEM),
        }
    ),
)

_SECRET_KEY_REF: Final = Shape(
    SecretKeyRef,
    Table({"name": Leaf("name", text), "key": Leaf("key", text)}),
)

_KEYSTORE: Final[dict[object, Entry]] = {
    "create": Leaf("create", flag),
    "passwordSecretRef": One("password_secret_ref", _SECRET_KEY_REF),
    "password": Leaf("password", password),
}

_JKS: Final = Shape(Keystore, Table({**_KEYSTORE, "alias": Leaf("alias", text)}))
_PKCS12: Final = Shape(Keystore, Table({**_KEYSTORE, "profile": Leaf("profile", text)}))

_KEYSTORES: Final = Shape(
    Keystores,
    Table(
        {
            "jks": One("jks", _JKS),
            "pkcs12": One("pkcs12", _PKCS12),
        }
    ),
)

_SECRET_TEMPLATE: Final = Shape(
    SecretTemplate,
    Table(
        {
            "annotations": Leaf("annotations", text_map),
            "labels": Leaf("labels", text_map),
        }
    ),
)

SPEC: Final = Shape(
    CertificateSpec,
    Table(
        {
            "subject": One("subject", _SUBJECT),
            "literalSubject": Leaf("literal_subject", text),
            "commonName": Leaf("common_name", text),
            "duration": Leaf("duration", duration),
            "renewBefore": Leaf("renew_before", duration),
            "renewBeforePercentage": Leaf("renew_before_percentage", int32),
            "renewal": One("renewal", _RENEWAL),
            "dnsNames": Leaf("dns_names", texts),
            "ipAddresses": Leaf("ip_addresses", texts),
            "uris": Leaf("uris", texts),
            "otherNames": Many("other_names", _OTHER_NAME),
            "emailAddresses": Leaf("email_addresses", texts),
            "secretName": Leaf("secret_name", text),
            "secretTemplate": One("secret_template", _SECRET_TEMPLATE),
            "keystores": One("keystores", _KEYSTORES),
            "issuerRef": One("issuer_ref", ISSUER_REF),
            "isCA": Leaf("is_ca", flag),
            "usages": Leaf("usages", texts),
            "privateKey": One("private_key", _PRIVATE_KEY),
            "signatureAlgorithm": Leaf("signature_algorithm", text),
            "encodeUsagesInRequest": Leaf("encode_usages_in_request", flag),
            "revisionHistoryLimit": Leaf("revision_history_limit", int32),
            "additionalOutputFormats": Leaf("additional_output_formats", types, plain_types),
            "nameConstraints": One("name_constraints", _NAME_CONSTRAINTS),
        }
    ),
    required={"secret_name": "", "issuer_ref": IssuerRef("")},
)
