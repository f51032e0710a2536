"""Certificate lifecycle decisions, as cert-manager makes them, in pure Python.

Frozen values in, frozen verdicts out: no clock, no randomness, no network, no Kubernetes. What
stands here is all that most programs need; the rest is in the rooms: `certlife.pki`,
`certlife.schedule`, `certlife.model`, `certlife.policy` and `certlife.adapters`. A name brings in
its module when it is first asked for, so that `import certlife` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
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
    from certlife.pki.memo import Memo
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
    from certlife.policy.policies import (
        READINESS,
        STRICT,
        TRIGGER,
        TRIGGER_DOCUMENTED,
        Check,
        Policy,
    )
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
    "Memo",
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

# The imports above are for type checkers; this is what happens. A test holds the two together.
_NAMES: Final = {
    "errors": "CertlifeError",
    "model.certificate": "Certificate",
    "model.request": "CertificateRequest",
    "model.secret": "SecretData",
    "model.snapshot": "Snapshot",
    "model.spec": "CertificateSpec IssuerRef PrivateKeySpec Renewal RenewalWindow Subject",
    "model.status": "CertificateStatus Condition",
    "model.validation": "validate",
    "pki.certificate": "X509Certificate",
    "pki.chain": "assemble_chain",
    "pki.keys": "PrivateKey",
    "pki.memo": "Memo",
    "policy.backoff": "backoff_delay",
    "policy.decision": (
        "BackOff Blocked Decision InProgress Issue Keep advice decide mark_for_renewal"
    ),
    "policy.policies": "READINESS STRICT TRIGGER TRIGGER_DOCUMENTED Check Policy",
    "policy.renewal": "renewal_time",
    "policy.violation": "NotApplicable Reason Violation",
}
_HOMES: Final = {name: module for module, names in _NAMES.items() for name in names.split()}


# Type checkers know the names, and would take any other for one, too.
if not TYPE_CHECKING:  # pragma: no branch — it is never true where anything runs

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module 'certlife' has no attribute {name!r}")
        value: object = getattr(import_module(f"certlife.{_HOMES[name]}"), name)
        globals()[name] = value  # the next time Python finds it by itself
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
