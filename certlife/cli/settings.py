"""What only this machine decides: who may read the files, and what to run after a change.

A document of our own kind, `Configuration` of `certlife.io/v1`, beside the objects of cert-manager.
It holds commands, so nothing of it is ever read from an object, and nothing that it says is
ignored.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from attrs import frozen

from certlife.adapters.kubernetes.tables import Leaf, Many, One, Shape, Table
from certlife.adapters.kubernetes.values import (
    duration,
    elements,
    flag,
    int32,
    mapping,
    quoted,
    text,
    texts,
)
from certlife.errors import ManifestError
from certlife.issuers import ApprovalPolicy
from certlife.pki.addresses import is_cidr

KIND: Final = "Configuration.certlife.io"
"""What `kind_in` calls it."""

TIMEOUT: Final = timedelta(seconds=30)
"""How long a command may take where nothing is said."""

MAX_TIMEOUT: Final = timedelta(hours=1)
"""How long a command may take at most: certificates wait meanwhile."""

_API_VERSION: Final = "certlife.io/v1"
_MODE: Final = re.compile("0?[0-7]{3}")


@frozen(kw_only=True)
class OnChange:
    """A command to run once certificates have changed.

    Args:
        command: The program and its arguments; no shell reads them.
        certificates: For which Certificates, each as "web" or "shop/web"; None for all.
        timeout: How long it may take.
    """

    command: tuple[str, ...]
    certificates: tuple[str, ...] | None = None
    timeout: timedelta = TIMEOUT


@frozen(kw_only=True)
class Settings:
    """What the Configuration says.

    Args:
        group: The group that may read keys and certificates, by name or number; None for none.
        mode: Of the files; None for what goes with the group.
        on_change: What to run after changes, in this order.
        approval: What may be asked for; None for whatever the Certificates say.
    """

    group: str | int | None = None
    mode: int | None = None
    on_change: tuple[OnChange, ...] = ()
    approval: ApprovalPolicy | None = None


def read_settings(document: object) -> Settings:
    """Read a Configuration.

    Args:
        document: A whole document of a file; what lies in a List is not to be passed.

    Raises:
        ManifestError: It is of another version, has a field that a Configuration lacks, or one of a
            wrong type or form.
    """
    said = mapping(document).get("apiVersion")
    if said != _API_VERSION:
        raise ManifestError(f"expected {_API_VERSION}", path="apiVersion", value=quoted(said))
    unknown: list[str] = []
    settings = _read(document, unknown)
    for path in unknown:
        raise ManifestError("expected a field of a Configuration", path=path.removeprefix("."))
    return settings


def _group(value: object) -> str | int:
    return int32(value) if isinstance(value, int) else text(value)


def _mode(value: object) -> int:
    if not isinstance(value, str) or not _MODE.fullmatch(value):
        raise ManifestError('expected text like "0640"', value=quoted(value))
    return int(value, 8)


def _command(value: object) -> tuple[str, ...]:
    words = texts(value)
    if any("\0" in word for word in words):
        raise ManifestError("expected no NUL in an argument")
    return words


def _names(value: object) -> tuple[str, ...]:
    names = texts(value)
    if not names:
        raise ManifestError("expected the names of Certificates, or nothing for all of them")
    return names


def _timeout(value: object) -> timedelta:
    timeout = duration(value)
    if not timedelta() < timeout <= MAX_TIMEOUT:
        raise ManifestError("expected more than nothing, and at most 1h", value=quoted(value))
    return timeout


def _ranges(value: object) -> tuple[str, ...]:
    return elements(value, _range)


def _range(value: object) -> str:
    found = text(value)
    if not is_cidr(found):
        raise ManifestError("expected a range such as 192.0.2.0/24", value=quoted(value))
    return found


def _on_change(
    *,
    command: tuple[str, ...] = (),
    certificates: tuple[str, ...] | None = None,
    timeout: timedelta = TIMEOUT,
) -> OnChange:
    if not command or not command[0]:
        raise ManifestError("expected a program, and its arguments if any", path="command")
    return OnChange(command=command, certificates=certificates, timeout=timeout)


_ON_CHANGE: Final = Shape(
    _on_change,
    Table(
        {
            "command": Leaf("command", _command),
            "certificates": Leaf("certificates", _names),
            "timeout": Leaf("timeout", _timeout),
        }
    ),
)
_APPROVAL: Final = Shape(
    ApprovalPolicy,
    Table(
        {
            "dnsNames": Leaf("dns_names", texts),
            "emailAddresses": Leaf("email_addresses", texts),
            "uris": Leaf("uris", texts),
            "ipRanges": Leaf("ip_ranges", _ranges),
            "organizations": Leaf("organizations", texts),
            "usages": Leaf("usages", texts),
            "maxDuration": Leaf("max_duration", duration),
            "isCA": Leaf("is_ca", flag),
        }
    ),
)
_read: Final = Shape(
    Settings,
    Table(
        {
            "group": Leaf("group", _group),
            "mode": Leaf("mode", _mode),
            "approve": One("approval", _APPROVAL),
            "onChange": Many("on_change", _ON_CHANGE),
        },
        skipped=frozenset(("apiVersion", "kind")),
    ),
).reader("")
