"""Which names of a certificate the name constraints of a CA forbid, RFC 5280, section 4.2.1.10.

Read strictly: what one client takes for forbidden and another does not is forbidden. Names and
constraints of other kinds than DNS names, mailboxes, addresses and URIs are not looked at.
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from certlife.pki.addresses import format_ip, parse_ip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from certlife.pki.alternative_names import AlternativeNames
    from certlife.pki.name_constraints import NameConstraints


def forbidden_names(constraints: NameConstraints, names: AlternativeNames) -> tuple[str, ...]:
    """Return the names that constraints forbid: excluded ones, and those that none permits.

    Args:
        constraints: Those of a CA.
        names: Those of a certificate below it.
    """
    permitted, excluded = constraints.permitted, constraints.excluded
    addresses = tuple(map(format_ip, names.ip_addresses))
    return (
        *_forbidden(names.dns_names, permitted.dns_domains, excluded.dns_domains, _is_domain_of),
        *_forbidden(
            names.email_addresses,
            permitted.email_addresses,
            excluded.email_addresses,
            _is_mailbox_of,
        ),
        *_forbidden(addresses, permitted.ip_ranges, excluded.ip_ranges, _is_address_of),
        *_forbidden(names.uris, permitted.uri_domains, excluded.uri_domains, _is_uri_of),
    )


def _forbidden(
    names: tuple[str, ...],
    permitted: tuple[str, ...],
    excluded: tuple[str, ...],
    is_of: Callable[[str, str], bool | None],
) -> Iterator[str]:
    """Yield the names of one kind that are forbidden; one that cannot be compared is, too."""
    for name in names:
        allowed = [is_of(name, base) for base in permitted]
        refused = [is_of(name, base) for base in excluded]
        if (permitted and True not in allowed) or any(found is not False for found in refused):
            yield name


def _is_domain_of(name: str, base: str) -> bool:
    """Compare host names: "example.com" means itself and all below it."""
    if base == "" or base.startswith("."):  # the dot is not the RFC's, but everybody reads it so
        return name.lower().endswith(base.lower())
    return f".{name}".lower().endswith(f".{base}".lower())


def _is_host_of(host: str, base: str) -> bool:
    """Compare the hosts of mailboxes and URIs: "example.com" means itself, ".example.com" below."""
    if base == "" or base.startswith("."):
        return host.lower().endswith(base.lower())
    return host.lower() == base.lower()


def _is_mailbox_of(name: str, base: str) -> bool:
    local, _, host = name.rpartition("@")
    wanted, at, domain = base.rpartition("@")
    if not at:
        return _is_host_of(host, base)
    return local == wanted and host.lower() == domain.lower()


def _is_address_of(name: str, base: str) -> bool:
    return ip_address(name) in ip_network(base, strict=False)


def _is_uri_of(name: str, base: str) -> bool | None:
    """Compare the host; None where it is none: such a URI must be refused."""
    try:
        host = urlsplit(name).hostname
    except ValueError:
        return None
    if not host or parse_ip(host) is not None:
        return None
    return _is_host_of(host, base)
