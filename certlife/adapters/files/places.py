"""Where in a store a thing of some name is kept: names become paths here and nowhere else.

Only a name as Kubernetes has them (RFC 1123) becomes a part of a path; such a name holds no slash,
and begins with neither a dot nor an underscore.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from certlife.errors import StoreError, shown
from certlife.model.validation.grammar import subdomain_rules

if TYPE_CHECKING:
    from certlife.model.certificate import Certificate

PRIVATE_FOLDER: Final = ".certlife"
"""What the store keeps to itself is in this folder of it."""

_NO_NAMESPACE: Final = "_"


def certificate_place(certificate: Certificate) -> tuple[str, ...]:
    """Return the folders, each in the one before, with what is noted about a Certificate.

    Raises:
        StoreError: Its name or namespace is none.
    """
    names = _checked(certificate.namespace, certificate.name, "metadata.name")
    return PRIVATE_FOLDER, "certificates", *_two(names)


def secret_place(namespace: str | None, name: str) -> tuple[str, ...]:
    """Return the folders, each in the one before, that people find a Secret in.

    Raises:
        StoreError: Its name or namespace is none.
    """
    return _checked(namespace, name, "spec.secretName")


def secret_lock_place(namespace: str | None, name: str) -> tuple[str, ...]:
    """Return the folders, each in the one before, with the lock of a Secret.

    Raises:
        StoreError: Its name or namespace is none.
    """
    return PRIVATE_FOLDER, "secrets", *_two(secret_place(namespace, name))


def file_name(name: str) -> str:
    """Return the name that something has in the folder of its Certificate.

    Raises:
        StoreError: It is no name.
    """
    return _name(name, "")


def _two(names: tuple[str, ...]) -> tuple[str, str]:
    return (names[0], names[1]) if len(names) > 1 else (_NO_NAMESPACE, names[0])


def _checked(namespace: str | None, name: str, path: str) -> tuple[str, ...]:
    if not namespace:
        return (_name(name, path),)
    return _name(namespace, "metadata.namespace"), _name(name, path)


def _name(name: str, path: str) -> str:
    for rule in subdomain_rules(name):
        raise StoreError(f"{rule}, to name a file by it", path=path, value=shown(name))
    return name
