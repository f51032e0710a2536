"""The thing that lives: a Certificate, its spec and what was last observed of it."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from certlife.model import fields
from certlife.model.frozenmap import FrozenMap
from certlife.model.metadata import OwnerReference
from certlife.model.spec import CertificateSpec
from certlife.model.status import CertificateStatus


@frozen
class Certificate:
    """A certificate that is to exist, as cert-manager's Certificate says it.

    Args:
        name: Its name, unique in its namespace.
        spec: What is wanted.
        status: What was last observed; empty before the first look.
        namespace: Where it lives, or None.
        uid: Its identity, by which its requests belong to it, or None.
        created: When it was made; the older of two that share a Secret owns it.
        deleted: When its deletion was asked for; from then on nothing is decided about it.
        generation: How often its spec has changed.
    """

    name: str = field(validator=fields.text)
    spec: CertificateSpec = field(validator=fields.one(CertificateSpec))
    status: CertificateStatus = field(
        default=CertificateStatus(), validator=fields.one(CertificateStatus), kw_only=True
    )
    namespace: str | None = field(default=None, validator=fields.optional_text, kw_only=True)
    uid: str | None = field(default=None, validator=fields.optional_text, kw_only=True)
    created: datetime | None = field(default=None, validator=fields.optional_instant, kw_only=True)
    deleted: datetime | None = field(default=None, validator=fields.optional_instant, kw_only=True)
    generation: int | None = field(default=None, validator=fields.optional_integer, kw_only=True)
    annotations: FrozenMap[str, str] | None = field(
        default=None,
        converter=fields.text_map,
        validator=fields.optional_map(str),
        kw_only=True,
    )
    labels: FrozenMap[str, str] | None = field(
        default=None,
        converter=fields.text_map,
        validator=fields.optional_map(str),
        kw_only=True,
    )

    @property
    def owner_reference(self) -> OwnerReference:
        """How an object that this Certificate owns and manages says so, as cert-manager has it."""
        return OwnerReference(
            api_version="cert-manager.io/v1",
            kind="Certificate",
            name=self.name,
            uid=self.uid,
            controller=True,
            block_owner_deletion=True,
        )
