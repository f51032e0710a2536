"""Who signs: one small protocol, two issuers in this process, and an approver before any of them.

An issuer is data in and data out: a request is submitted or asked about again, and what there is to
say comes back as an answer. `certlife.lifecycle.advancing` takes the answer in, so that a loop that
waits and one that does not can do the same with an issuer. No issuer here talks to a network::

    ca = CaIssuer.from_pem(certificate=ca_pem, private_key=key_pem, clock=clock)
    policy = ApprovalPolicy(dns_names=["*.shop.example"], max_duration=timedelta(days=90))
    settle(store, Approver(ca, policy.objections), clock)
"""

from certlife.issuers.approver import ApprovalPolicy, Approver
from certlife.issuers.ca import CaIssuer, OnOutlive
from certlife.issuers.protocol import Clock, Issuer
from certlife.issuers.selfsigned import SelfSignedIssuer
from certlife.lifecycle.answers import (
    Answer,
    Approved,
    Denied,
    Failed,
    Invalid,
    Issued,
    Pending,
    TemporaryError,
)
from certlife.model.certificate_urls import CertificateUrls

__all__ = [
    "Answer",
    "ApprovalPolicy",
    "Approved",
    "Approver",
    "CaIssuer",
    "CertificateUrls",
    "Clock",
    "Denied",
    "Failed",
    "Invalid",
    "Issued",
    "Issuer",
    "OnOutlive",
    "Pending",
    "SelfSignedIssuer",
    "TemporaryError",
]
