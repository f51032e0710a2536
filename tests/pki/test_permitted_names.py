"""What name constraints forbid, kind by kind, on both sides of each edge."""

from __future__ import annotations

import pytest
from attrs import fields_dict

from certlife.pki.addresses import parse_ip
from certlife.pki.alternative_names import AlternativeNames
from certlife.pki.name_constraints import NameConstraints, Subtrees
from certlife.pki.permitted_names import forbidden_names

FIELDS = {
    "dns_names": "dns_domains",
    "email_addresses": "email_addresses",
    "ip_addresses": "ip_ranges",
    "uris": "uri_domains",
}
IS_OF = [
    ("dns_names", "example.com", "example.com", True),
    ("dns_names", "A.Example.com", "eXample.com", True),
    ("dns_names", "*.example.com", "example.com", True),
    ("dns_names", "notexample.com", "example.com", False),
    ("dns_names", "com", "example.com", False),
    ("dns_names", "example.com", ".example.com", False),
    ("dns_names", "a.example.com", ".example.com", True),
    ("dns_names", "anything", "", True),
    ("email_addresses", "a@example.com", "example.com", True),
    ("email_addresses", "a@b.example.com", "example.com", False),
    ("email_addresses", "a@b.example.com", ".example.com", True),
    ("email_addresses", "a@Example.com", "a@example.com", True),
    ("email_addresses", "A@example.com", "a@example.com", False),
    ("email_addresses", "a@example.org", "a@example.com", False),
    ("email_addresses", "a@example.org", "", True),
    ("ip_addresses", "192.0.2.7", "192.0.2.0/24", True),
    ("ip_addresses", "192.0.3.7", "192.0.2.0/24", False),
    ("ip_addresses", "2001:db8::1", "2001:db8::/32", True),
    ("ip_addresses", "2001:db8::1", "0.0.0.0/0", False),
    ("uris", "https://example.com/x", "example.com", True),
    ("uris", "https://u@Example.com:8443/x", "example.com", True),
    ("uris", "https://a.example.com/x", "example.com", False),
    ("uris", "https://a.example.com/x", ".example.com", True),
]


def names(kind: str, name: str) -> AlternativeNames:
    value = parse_ip(name) if kind == "ip_addresses" else name
    return AlternativeNames(**{kind: (value,)})  # type: ignore[arg-type]  # each its own type


def trees(kind: str, base: str) -> Subtrees:
    return Subtrees(**{FIELDS[kind]: (base,)})


@pytest.mark.parametrize(("kind", "name", "base", "is_of"), IS_OF)
def test_a_name_is_forbidden_where_it_is_excluded_or_not_permitted(
    kind: str, name: str, base: str, *, is_of: bool
) -> None:
    found = names(kind, name)
    expected = (name,)
    permitted, excluded = (
        NameConstraints(permitted=trees(kind, base)),
        NameConstraints(excluded=trees(kind, base)),
    )
    assert forbidden_names(permitted, found) == (() if is_of else expected)
    assert forbidden_names(excluded, found) == (expected if is_of else ())


@pytest.mark.parametrize(
    "uri", ["urn:example:a", "https://192.0.2.1/", "https://[2001:db8::1]/", "https://[/"]
)
def test_a_uri_without_a_host_name_is_forbidden_by_any_constraint_of_uris(uri: str) -> None:
    found = AlternativeNames(uris=(uri,))
    for side in fields_dict(NameConstraints):
        constraints = NameConstraints(**{side: Subtrees(uri_domains=("example.com",))})
        assert forbidden_names(constraints, found) == (uri,)
    assert forbidden_names(NameConstraints(Subtrees(dns_domains=("a",))), found) == ()


def test_one_of_several_that_permit_is_enough_and_one_that_excludes_too() -> None:
    found = AlternativeNames(dns_names=("a.example", "b.example"))
    both = Subtrees(dns_domains=("a.example", "b.example"))
    assert forbidden_names(NameConstraints(permitted=both), found) == ()
    excluded = NameConstraints(both, Subtrees(dns_domains=("b.example",)))
    assert forbidden_names(excluded, found) == ("b.example",)
