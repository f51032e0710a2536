"""The rules for a Secret whose certificate stands: labels, annotations, formats, owners, keystores.

cert-manager asks them after an issuance; a violation means that the Secret is to be written
again, never that a certificate is to be issued.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve

from certlife.errors import Unreadable, UnreadableError
from certlife.model import annotations as keys
from certlife.model.details import certificate_details
from certlife.model.spec import Keystores, OutputFormat, SecretTemplate
from certlife.pki.pem import MAX_PRIVATE_KEY_BYTES, iter_blocks
from certlife.policy.checks import CERTIFICATE_PATH, NO_SECRET, Answer
from certlife.policy.managed_fields import FieldPath, key_step, owned_fields, owns_field
from certlife.policy.violation import Clause, NotApplicable, Reason, Violation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from certlife.model.secret import SecretData
    from certlife.model.snapshot import Snapshot

FIELD_MANAGER: Final = "cert-manager-certificates-issuing"
"""The name under which cert-manager's controller writes Secrets."""

_MANAGED_FIELDS: Final = "secret.metadata.managedFields"
_LABELS: Final = ("f:metadata", "f:labels")
_ANNOTATIONS: Final = ("f:metadata", "f:annotations")
_NONE: Final[dict[str, str]] = {}

_JUDGED_ELSEWHERE: Final = frozenset(
    {keys.CERTIFICATE_NAME, keys.ISSUER_NAME, keys.ISSUER_KIND, keys.ISSUER_GROUP}
)
"""Set by the issuance and judged by the trigger's checks, so not managed here."""

_FORMAT_KEYS: Final[dict[str, str]] = {
    OutputFormat.COMBINED_PEM: keys.COMBINED_PEM,
    OutputFormat.DER: keys.PRIVATE_KEY_DER,
}


def secret_base_labels_mismatch(snapshot: Snapshot, *, now: datetime) -> Answer:
    """The label that tells cert-manager its Secrets, where it is there, must say "true"."""
    if snapshot.secret is None:
        return NO_SECRET
    value = (snapshot.secret.labels or _NONE).get(keys.PART_OF_CERT_MANAGER)
    if value is None or value == "true":
        return ()
    path = f"secret.metadata.labels[{keys.PART_OF_CERT_MANAGER}]"
    reason = Reason.SECRET_MANAGED_METADATA_MISMATCH
    return (Violation("secret_base_labels_mismatch", reason, path, "true", value),)


def secret_certificate_details_annotations_mismatch(snapshot: Snapshot, *, now: datetime) -> Answer:
    """The annotations about the certificate, where they are there, must tell the truth."""
    name = "secret_certificate_details_annotations_mismatch"
    secret = snapshot.secret
    if secret is None:
        return NO_SECRET
    details = _details(secret)
    if isinstance(details, Unreadable):
        return _unreadable(name, details)
    return _wrong_values(name, "annotations", details, secret.annotations)


def secret_managed_labels_and_annotations_managed_fields_mismatch(
    snapshot: Snapshot, *, now: datetime, field_manager: str
) -> Answer:
    """The controller must own just its own labels and annotations, among those of its prefix."""
    name = "secret_managed_labels_and_annotations_managed_fields_mismatch"
    secret = snapshot.secret
    if secret is None:
        return NO_SECRET
    try:
        owned = owned_fields(secret.managed_fields, field_manager)
    except UnreadableError as error:
        return _unparsable(name, error)
    details = _details(secret)
    if isinstance(details, Unreadable):
        return _unreadable(name, details)
    labels = {label for label in _below(owned, _LABELS) if _is_reserved(label)}
    annotations = {noted for noted in _below(owned, _ANNOTATIONS) if _is_reserved(noted)}
    reason = Reason.SECRET_MANAGED_METADATA_MISMATCH
    return (
        *_other_set(name, reason, "labels", {keys.PART_OF_CERT_MANAGER}, labels),
        *_other_set(name, reason, "annotations", set(details), annotations - _JUDGED_ELSEWHERE),
    )


def secret_secret_template_mismatch(snapshot: Snapshot, *, now: datetime) -> Answer:
    """The template's annotations and labels, where they are there, must have its values."""
    name = "secret_secret_template_mismatch"
    secret, template = snapshot.secret, snapshot.certificate.spec.secret_template
    if template is None:
        return ()
    if secret is None:
        return NO_SECRET
    return (
        *_wrong_values(name, "annotations", template.annotations or _NONE, secret.annotations),
        *_wrong_values(name, "labels", template.labels or _NONE, secret.labels),
    )


def secret_secret_template_managed_fields_mismatch(
    snapshot: Snapshot, *, now: datetime, field_manager: str
) -> Answer:
    """The controller must own just the template's labels and annotations beside its own."""
    name = "secret_secret_template_managed_fields_mismatch"
    secret = snapshot.secret
    if secret is None:
        return NO_SECRET
    try:
        owned = owned_fields(secret.managed_fields, field_manager)
    except UnreadableError as error:
        return _unparsable(name, error)
    template = snapshot.certificate.spec.secret_template or SecretTemplate()
    labels = {label for label in _below(owned, _LABELS) if not _is_reserved(label)}
    annotations = {noted for noted in _below(owned, _ANNOTATIONS) if not _is_reserved(noted)}
    reason = Reason.SECRET_TEMPLATE_MISMATCH
    return (
        *_other_set(name, reason, "labels", set(template.labels or ()), labels),
        *_other_set(name, reason, "annotations", set(template.annotations or ()), annotations),
    )


def secret_additional_output_formats_mismatch(snapshot: Snapshot, *, now: datetime) -> Answer:
    """Each further format must hold what key and certificate make of it."""
    name = "secret_additional_output_formats_mismatch"
    secret, formats = snapshot.secret, snapshot.certificate.spec.additional_output_formats
    if not formats:
        return ()
    if secret is None:
        return NO_SECRET
    if secret.key_facts is not None:
        return NotApplicable("the private key was taken out")
    return tuple(
        Violation(
            name,
            Reason.ADDITIONAL_OUTPUT_FORMATS_MISMATCH,
            f"secret.data[{key}]",
            Clause(f"the {output_format} form of key and certificate"),
            Clause("something else") if secret.entry(key) else None,
        )
        for output_format in dict.fromkeys(formats)
        if (key := _FORMAT_KEYS.get(output_format)) is not None
        and (secret.entry(key) != _formatted(secret, key) or key not in (secret.entries or ()))
    )


def secret_additional_output_formats_managed_fields_mismatch(
    snapshot: Snapshot, *, now: datetime, field_manager: str
) -> Answer:
    """The controller must own just the further formats that the spec wants."""
    name = "secret_additional_output_formats_managed_fields_mismatch"
    if snapshot.secret is None:
        return NO_SECRET
    try:
        owned = owned_fields(snapshot.secret.managed_fields, field_manager)
    except UnreadableError as error:
        return _unparsable(name, error)
    wanted = snapshot.certificate.spec.additional_output_formats or ()
    expected = {key for output_format, key in _FORMAT_KEYS.items() if output_format in wanted}
    actual = {key for key in _FORMAT_KEYS.values() if ("f:data", f"f:{key}") in owned}
    return _other_set(name, Reason.ADDITIONAL_OUTPUT_FORMATS_MISMATCH, "data", expected, actual)


def secret_owner_reference_mismatch(
    snapshot: Snapshot, *, now: datetime, owner_references: bool
) -> Answer:
    """The Certificate must be the Secret's managing owner, where the controller makes it so."""
    if not owner_references:
        return ()
    if snapshot.secret is None:
        return NO_SECRET
    certificate = snapshot.certificate
    expected = evolve(certificate.owner_reference, uid=certificate.uid or "")
    owners = snapshot.secret.owner_references or ()
    if expected in owners:
        return ()
    name, path = "secret_owner_reference_mismatch", "secret.metadata.ownerReferences"
    actual = tuple(f"{owner.kind}/{owner.name} {owner.uid}" for owner in owners)
    wanted = (f"Certificate/{certificate.name} {certificate.uid}",)
    return (Violation(name, Reason.SECRET_OWNER_REF_MISMATCH, path, wanted, actual),)


def secret_owner_reference_managed_field_mismatch(
    snapshot: Snapshot, *, now: datetime, owner_references: bool, field_manager: str
) -> Answer:
    """The controller must own the reference to the Certificate, or must not, as it is set up."""
    name = "secret_owner_reference_managed_field_mismatch"
    if snapshot.secret is None:
        return NO_SECRET
    step = key_step(uid=snapshot.certificate.uid or "")
    reference = ("f:metadata", "f:ownerReferences", step)
    try:
        actual = owns_field(snapshot.secret.managed_fields, field_manager, reference)
    except UnreadableError as error:
        return _unparsable(name, error)
    if actual == owner_references:
        return ()
    path = f"{_MANAGED_FIELDS}.metadata.ownerReferences"
    reason = Reason.SECRET_OWNER_REF_MISMATCH
    return (Violation(name, reason, path, owner_references, actual),)


def secret_keystore_format_mismatch(snapshot: Snapshot, *, now: datetime) -> Answer:
    """The Secret must hold just the keystores that the spec wants, and their truststores."""
    secret, keystores = snapshot.secret, snapshot.certificate.spec.keystores or Keystores()
    if secret is None:
        return NO_SECRET
    violations = []
    for kind, keystore, keystore_key, truststore_key in (
        ("JKS", keystores.jks, keys.JKS_KEYSTORE, keys.JKS_TRUSTSTORE),
        ("PKCS#12", keystores.pkcs12, keys.PKCS12_KEYSTORE, keys.PKCS12_TRUSTSTORE),
    ):
        wanted = keystore is not None and bool(keystore.create)
        has_ca = keys.CA_CERTIFICATE in (secret.entries or ())
        if wanted:
            needed = [keystore_key, truststore_key] if has_ca else [keystore_key]
            wrong = [key for key in needed if not secret.entry(key)]
        else:
            wrong = [key for key in (keystore_key, truststore_key) if secret.entry(key)]
        violations += [
            Violation(
                "secret_keystore_format_mismatch",
                Reason.SECRET_MISMATCH,
                f"secret.data[{key}]",
                Clause(f"a {kind} store") if wanted else None,
                None if wanted else Clause(f"a {kind} store"),
            )
            for key in wrong
        ]
    return tuple(violations)


def _details(secret: SecretData) -> Mapping[str, str] | Unreadable:
    """The annotations about the certificate; none where there is no certificate."""
    if not secret.entry(keys.TLS_CERTIFICATE):
        return _NONE
    reading = secret.certificate_reading
    return reading if isinstance(reading, Unreadable) else certificate_details(reading)


def _formatted(secret: SecretData, key: str) -> bytes | None:
    """What an entry must hold; None where the private key is no PEM and so nothing can."""
    private_key = secret.entry(keys.TLS_PRIVATE_KEY)
    if key == keys.COMBINED_PEM:
        return private_key + b"\n" + secret.entry(keys.TLS_CERTIFICATE)
    if len(private_key) > MAX_PRIVATE_KEY_BYTES:
        return None
    block = next(iter_blocks(private_key), None)
    return None if block is None else block.der


def _below(owned: frozenset[FieldPath], parent: FieldPath) -> set[str]:
    """The names of the owned fields below another, the deeper ones with their steps."""
    depth = len(parent)
    return {
        ".".join(step.removeprefix("f:") for step in path[depth:])
        for path in owned
        if len(path) > depth and path[:depth] == parent
    }


def _is_reserved(name: str) -> bool:
    return name.startswith(keys.RESERVED_PREFIXES)


def _wrong_values(
    name: str, kind: str, expected: Mapping[str, str], actual: Mapping[str, str] | None
) -> tuple[Violation, ...]:
    return tuple(
        Violation(
            name,
            Reason.SECRET_TEMPLATE_MISMATCH,
            f"secret.metadata.{kind}[{key}]",
            expected[key],
            (actual or _NONE)[key],
        )
        for key in sorted(expected.keys() & (actual or _NONE).keys())
        if expected[key] != (actual or _NONE)[key]
    )


def _other_set(
    name: str, reason: Reason, kind: str, expected: set[str], actual: set[str]
) -> tuple[Violation, ...]:
    if expected == actual:
        return ()
    path = f"{_MANAGED_FIELDS}.{kind}"
    return (Violation(name, reason, path, tuple(sorted(expected)), tuple(sorted(actual))),)


def _unreadable(name: str, why: Unreadable) -> tuple[Violation, ...]:
    expected, actual = Clause("certificates that can be read"), Clause(why.rule)
    return (Violation(name, Reason.INVALID_CERTIFICATE, CERTIFICATE_PATH, expected, actual),)


def _unparsable(name: str, error: UnreadableError) -> tuple[Violation, ...]:
    reason = Reason.MANAGED_FIELDS_PARSE_ERROR
    expected, actual = Clause("field sets that can be read"), Clause(error.rule)
    return (Violation(name, reason, _MANAGED_FIELDS, expected, actual),)
