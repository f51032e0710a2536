"""Who owns an object and who wrote which of its fields: Kubernetes metadata kept as values."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from attrs import field, frozen

from certlife.model import fields

if TYPE_CHECKING:
    from collections.abc import Iterable


@frozen(kw_only=True)
class OwnerReference:
    """An object that owns the one which holds this reference.

    Args:
        controller: Whether the owner manages the object; at most one owner does.
        block_owner_deletion: Whether the owner may not go while the object stands.
    """

    api_version: str | None = field(default=None, validator=fields.optional_text)
    kind: str | None = field(default=None, validator=fields.optional_text)
    name: str | None = field(default=None, validator=fields.optional_text)
    uid: str | None = field(default=None, validator=fields.optional_text)
    controller: bool | None = field(default=None, validator=fields.optional_flag)
    block_owner_deletion: bool | None = field(default=None, validator=fields.optional_flag)


@frozen(kw_only=True)
class ManagedFields:
    """Which fields of an object a manager has written by server-side apply or update.

    Args:
        manager: Its name.
        fields_v1: The set of fields as JSON text, in Kubernetes' FieldsV1 format.
    """

    manager: str | None = field(default=None, validator=fields.optional_text)
    operation: str | None = field(default=None, validator=fields.optional_text)
    api_version: str | None = field(default=None, validator=fields.optional_text)
    time: datetime | None = field(default=None, validator=fields.optional_instant)
    fields_type: str | None = field(default=None, validator=fields.optional_text)
    fields_v1: str | None = field(default=None, validator=fields.optional_text)
    subresource: str | None = field(default=None, validator=fields.optional_text)


def frozen_owners(value: Iterable[OwnerReference] | None) -> tuple[OwnerReference, ...] | None:
    """Freeze a list of owner references; None stays None."""
    return fields.frozen_tuple(value)


def controller_uid(owners: Iterable[OwnerReference] | None) -> str | None:
    """The uid of the owner that manages an object (metav1.GetControllerOf), or None."""
    for owner in owners or ():
        if owner.controller:
            return owner.uid
    return None
