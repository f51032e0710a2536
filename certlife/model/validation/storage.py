"""The faults of what is to be stored: the Secret, its labels and annotations, and keystores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from certlife.errors import shown
from certlife.model.validation.fault import Fault, FaultType
from certlife.model.validation.grammar import (
    annotation_key_rules,
    label_key_rules,
    label_value_rules,
    subdomain_rules,
    utf8_length,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from certlife.model.spec import Keystore, Keystores, SecretTemplate

MAX_ANNOTATION_BYTES: Final = 256 * 1024
"""The most that all annotations of an object, keys and values, may take (Kubernetes)."""

_OWN_ANNOTATIONS: Final = "cert-manager.io/"
_ALLOWED_ANNOTATION: Final = "cert-manager.io/allow-direct-injection"


def secret_name(name: str) -> Iterator[Fault]:
    """Yield the faults of `secretName`."""
    if not name:
        yield Fault(FaultType.REQUIRED, "spec.secretName", None, "expected a name")
        return
    for rule in subdomain_rules(name):
        yield Fault(FaultType.INVALID, "spec.secretName", shown(name), rule)


def secret_template(template: SecretTemplate) -> Iterator[Fault]:
    """Yield the faults of `secretTemplate`, in the order of their keys.

    cert-manager's order of keys is that of a Go map, another one each time.
    """
    path = "spec.secretTemplate.labels"
    for key, value in sorted((template.labels or {}).items()):
        for rule in label_key_rules(key):
            yield Fault(FaultType.INVALID, path, shown(key), rule)
        for rule in label_value_rules(value):
            yield Fault(
                FaultType.INVALID, path, shown(value), f"as the value of {shown(key)}, {rule}"
            )
    yield from _annotations(template.annotations or {})


def _annotations(annotations: Mapping[str, str]) -> Iterator[Fault]:
    path = "spec.secretTemplate.annotations"
    for key in sorted(annotations):
        # Those of controller.cert-manager.io are not refused here.
        if key.startswith(_OWN_ANNOTATIONS) and key != _ALLOWED_ANNOTATION:
            rule = f"expected none of {_OWN_ANNOTATIONS} but {_ALLOWED_ANNOTATION}"
            yield Fault(FaultType.INVALID, path, shown(key), rule)
    for key in sorted(annotations):
        for rule in annotation_key_rules(key):
            yield Fault(FaultType.INVALID, path, shown(key), rule)
    size = sum(utf8_length(key) + utf8_length(value) for key, value in annotations.items())
    if size > MAX_ANNOTATION_BYTES:
        rule = f"expected at most {MAX_ANNOTATION_BYTES} bytes in all keys and values"
        yield Fault(FaultType.TOO_LONG, path, f"{size} bytes", rule)


def output_formats(formats: tuple[str, ...]) -> Iterator[Fault]:
    """Yield a fault for each of `additionalOutputFormats` that was there before.

    Unknown ones pass: the schema of the API, not the webhook, refuses them.
    """
    seen = set()
    for name in formats:
        if name in seen:
            path = "spec.additionalOutputFormats[type]"
            yield Fault(FaultType.DUPLICATE, path, shown(str(name)), "expected each format once")
        seen.add(name)


def keystores(stores: Keystores) -> Iterator[Fault]:
    """Yield the faults of `keystores`, whether or not they are to be created."""
    if stores.jks is not None:
        yield from _keystore(stores.jks, "spec.keystores.jks")
    if stores.pkcs12 is not None:
        yield from _keystore(stores.pkcs12, "spec.keystores.pkcs12")


def _keystore(store: Keystore, path: str) -> Iterator[Fault]:
    referred = store.password_secret_ref is not None and bool(store.password_secret_ref.name)
    if referred == (store.password is not None):
        rule = "expected either passwordSecretRef or password"
        yield Fault(FaultType.FORBIDDEN, path, None, rule)
    if store.password == "":
        yield Fault(
            FaultType.FORBIDDEN, f"{path}.password", None, "expected a password that is not empty"
        )


def revision_history_limit(limit: int | None) -> Iterator[Fault]:
    """Yield the fault of a `revisionHistoryLimit` that would keep no request."""
    if limit is not None and limit < 1:
        path = "spec.revisionHistoryLimit"
        yield Fault(FaultType.INVALID, path, shown(limit), "expected at least 1")
