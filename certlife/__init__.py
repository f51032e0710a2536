"""Certificate lifecycle decisions, as cert-manager makes them, in pure Python.

Frozen values in, frozen verdicts out: no clock, no randomness, no network, no Kubernetes. What
stands here is all that most programs need; the rest is in the rooms: `certlife.pki`,
`certlife.schedule`, `certlife.model`, `certlife.policy` and `certlife.adapters`.
"""

from certlife.errors import CertlifeError
from certlife.model.certificate import Certificate
from certlife.model.request import CertificateRequest
from certlife.model.secret import SecretData
from certlife.model.snapshot import Snapshot
from certlife.model.spec import (
    CertificateSpec,
    IssuerRef,
    PrivateKeySpec,
    Renewal,
    RenewalWindow,
    Subject,
)
from certlife.model.status import CertificateStatus, Condition
from certlife.model.validation import validate
from certlife.pki.certificate import X509Certificate
from certlife.pki.chain import assemble_chain
from certlife.pki.keys import PrivateKey
from certlife.policy.backoff import backoff_delay
from certlife.policy.decision import (
    BackOff,
    Blocked,
    Decision,
    InProgress,
    Issue,
    Keep,
    advice,
    decide,
    mark_for_renewal,
)
from certlife.policy.policies import READINESS, STRICT, TRIGGER, TRIGGER_DOCUMENTED, Check, Policy
from certlife.policy.renewal import renewal_time
from certlife.policy.violation import NotApplicable, Reason, Violation

__all__ = [
    "READINESS",
    "STRICT",
    "TRIGGER",
    "TRIGGER_DOCUMENTED",
    "BackOff",
    "Blocked",
    "Certificate",
    "CertificateRequest",
    "CertificateSpec",
    "CertificateStatus",
    "CertlifeError",
    "Check",
    "Condition",
    "Decision",
    "InProgress",
    "Issue",
    "IssuerRef",
    "Keep",
    "NotApplicable",
    "Policy",
    "PrivateKey",
    "PrivateKeySpec",
    "Reason",
    "Renewal",
    "RenewalWindow",
    "SecretData",
    "Snapshot",
    "Subject",
    "Violation",
    "X509Certificate",
    "advice",
    "assemble_chain",
    "backoff_delay",
    "decide",
    "mark_for_renewal",
    "renewal_time",
    "validate",
]
