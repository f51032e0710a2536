"""Which of cert-manager's optional features are switched on where a spec is to be used."""

from __future__ import annotations

from attrs import field, frozen

from certlife.model import fields


@frozen(kw_only=True)
class FeatureGates:
    """The feature gates of cert-manager's webhook that a spec can run into; all on by default.

    Args:
        literal_certificate_subject: LiteralCertificateSubject: `literalSubject` may be used.
        other_names: OtherNames: `otherNames` may be used.
        name_constraints: NameConstraints: `nameConstraints` may be used.

    Raises:
        WrongTypeError: For a field that is no bool.
    """

    literal_certificate_subject: bool = field(default=True, validator=fields.one(bool))
    other_names: bool = field(default=True, validator=fields.one(bool))
    name_constraints: bool = field(default=True, validator=fields.one(bool))
