"""The annotation, label and data keys by which cert-manager marks its objects.

Constants only, spelled as in cert-manager's `pkg/apis/certmanager/v1/types.go`.
"""

from __future__ import annotations

from typing import Final

# On a Secret: who issued it, and for which Certificate.
ISSUER_NAME: Final = "cert-manager.io/issuer-name"
ISSUER_KIND: Final = "cert-manager.io/issuer-kind"
ISSUER_GROUP: Final = "cert-manager.io/issuer-group"
CERTIFICATE_NAME: Final = "cert-manager.io/certificate-name"

# On a Secret: what its certificate says.
ALT_NAMES: Final = "cert-manager.io/alt-names"
IP_SANS: Final = "cert-manager.io/ip-sans"
URI_SANS: Final = "cert-manager.io/uri-sans"
EMAIL_SANS: Final = "cert-manager.io/email-sans"
COMMON_NAME: Final = "cert-manager.io/common-name"
SUBJECT_ORGANIZATIONS: Final = "cert-manager.io/subject-organizations"
SUBJECT_ORGANIZATIONAL_UNITS: Final = "cert-manager.io/subject-organizationalunits"
SUBJECT_COUNTRIES: Final = "cert-manager.io/subject-countries"
SUBJECT_PROVINCES: Final = "cert-manager.io/subject-provinces"
SUBJECT_LOCALITIES: Final = "cert-manager.io/subject-localities"
SUBJECT_STREET_ADDRESSES: Final = "cert-manager.io/subject-streetaddresses"
SUBJECT_POSTAL_CODES: Final = "cert-manager.io/subject-postalcodes"
SUBJECT_SERIAL_NUMBER: Final = "cert-manager.io/subject-serialnumber"

# Labels on a Secret.
PART_OF_CERT_MANAGER: Final = "controller.cert-manager.io/fao"
NEXT_PRIVATE_KEY: Final = "cert-manager.io/next-private-key"

# On a CertificateRequest.
REQUEST_PRIVATE_KEY: Final = "cert-manager.io/private-key-secret-name"
REVISION: Final = "cert-manager.io/certificate-revision"

# On a CertificateSigningRequest of Kubernetes, where cert-manager's support is experimental.
SIGNING_REQUEST_DURATION: Final = "experimental.cert-manager.io/request-duration"
SIGNING_REQUEST_IS_CA: Final = "experimental.cert-manager.io/request-is-ca"
SIGNING_REQUEST_PRIVATE_KEY: Final = "experimental.cert-manager.io/private-key-secret-name"

# On a Certificate.
ISSUE_TEMPORARY_CERTIFICATE: Final = "cert-manager.io/issue-temporary-certificate"

RESERVED_PREFIXES: Final = ("cert-manager.io/", "controller.cert-manager.io/")
"""Annotations and labels on a Secret that begin so are cert-manager's own, not a template's."""

# The keys of Secret.data.
TLS_CERTIFICATE: Final = "tls.crt"
TLS_PRIVATE_KEY: Final = "tls.key"
CA_CERTIFICATE: Final = "ca.crt"
COMBINED_PEM: Final = "tls-combined.pem"
PRIVATE_KEY_DER: Final = "key.der"
PKCS12_KEYSTORE: Final = "keystore.p12"
PKCS12_TRUSTSTORE: Final = "truststore.p12"
JKS_KEYSTORE: Final = "keystore.jks"
JKS_TRUSTSTORE: Final = "truststore.jks"
