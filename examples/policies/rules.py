"""The certificate rules of the platform team of Example Corp, fictitious as it is.

Two policies for two moments. MANIFESTS reviews what somebody wants, before it is merged; what it
finds only a person can cure. RUNNING judges what a cluster has; what it finds, issuing again cures,
so a controller may be given it, too.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

import certlife as cl
from certlife.errors import Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

Answer: TypeAlias = tuple[cl.Violation, ...] | cl.NotApplicable

ISSUERS: Final = (
    cl.IssuerRef("letsencrypt", kind="ClusterIssuer"),
    cl.IssuerRef("platform-ca", kind="ClusterIssuer"),
)
LONGEST: Final = timedelta(days=90)
SMALLEST: Final[Mapping[str, int]] = {"RSA": 3072, "ECDSA": 256, "Ed25519": 256}
USUAL: Final[Mapping[str, int]] = {"RSA": 2048, "ECDSA": 256, "Ed25519": 256}
"""What a spec gets that says no size."""


def issuer_is_ours(snapshot: cl.Snapshot, *, now: datetime) -> Answer:
    """Only issuers that the platform team runs may sign."""
    issuer = snapshot.certificate.spec.issuer_ref
    if any(issuer.names_same_issuer(one) for one in ISSUERS):
        return ()
    ours = tuple(str(one) for one in ISSUERS)
    return (cl.Violation("issuer_is_ours", "IssuerNotOurs", "spec.issuerRef", ours, str(issuer)),)


def names_are_the_teams_own(snapshot: cl.Snapshot, *, now: datetime) -> Answer:
    """What is in the namespace shop is called shop.example, or below that, and nothing else."""
    certificate = snapshot.certificate
    domain = f"{certificate.namespace}.example"
    return tuple(
        cl.Violation("names_are_the_teams_own", "NameNotYours", "spec.dnsNames", domain, name)
        for name in certificate.spec.dns_names or ()
        if name != domain and not name.endswith(f".{domain}")
    )


def key_is_asked_large(snapshot: cl.Snapshot, *, now: datetime) -> Answer:
    """RSA keys have 3072 bits or more; that an unsaid size is 2048 counts, too."""
    key = snapshot.certificate.spec.effective_private_key
    algorithm = key.effective_algorithm
    smallest, size = SMALLEST.get(algorithm, 0), key.size or USUAL.get(algorithm, 0)
    if size >= smallest:
        return ()
    path = "spec.privateKey.size"
    return (cl.Violation("key_is_asked_large", "KeyTooSmall", path, smallest, size),)


def validity_is_asked_short(snapshot: cl.Snapshot, *, now: datetime) -> Answer:
    """Nobody asks for more than 90 days; CAs may."""
    spec = snapshot.certificate.spec
    asked = spec.effective_duration
    if spec.is_ca or asked <= LONGEST:
        return ()
    path = "spec.duration"
    return (cl.Violation("validity_is_asked_short", "ValidTooLong", path, LONGEST, asked),)


def key_is_large(snapshot: cl.Snapshot, *, now: datetime) -> Answer:
    """A key in use is as large as it has to be, though it may be older than this rule."""
    key = snapshot.secret.key_reading if snapshot.secret else None
    if key is None or isinstance(key, Unreadable):
        return cl.NotApplicable("there is no key that can be read")
    smallest = SMALLEST[key.algorithm]
    if key.size >= smallest:
        return ()
    return (
        cl.Violation("key_is_large", "KeyTooSmall", "secret.data[tls.key]", smallest, key.size),
    )


def validity_is_short(snapshot: cl.Snapshot, *, now: datetime) -> Answer:
    """No certificate but a CA's is valid for more than 90 days, whatever was asked for."""
    certificate = snapshot.secret.certificate_reading if snapshot.secret else None
    if certificate is None or isinstance(certificate, Unreadable):
        return cl.NotApplicable("there is no certificate that can be read")
    validity = certificate.not_after - certificate.not_before
    if certificate.is_ca or validity <= LONGEST:
        return ()
    path = "secret.data[tls.crt]"
    return (cl.Violation("validity_is_short", "ValidTooLong", path, LONGEST, validity),)


MANIFESTS: Final = cl.Policy(
    "Example Corp's, for manifests",
    (
        cl.Check("issuer_is_ours", issuer_is_ours),
        cl.Check("names_are_the_teams_own", names_are_the_teams_own),
        cl.Check("key_is_asked_large", key_is_asked_large),
        cl.Check("validity_is_asked_short", validity_is_asked_short),
    ),
)

RUNNING: Final = (cl.TRIGGER + key_is_large + validity_is_short).named("Example Corp's")
