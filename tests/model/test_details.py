"""A Secret tells its readers about its certificate, each list as one line of CSV."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from certlife.model.details import certificate_details
from certlife.pki.certificate import X509Certificate
from tests.model.pem import CERTIFICATE_PEM, certificate_pem


def details_of(
    *attributes: tuple[x509.ObjectIdentifier, str], names: tuple[x509.GeneralName, ...] = ()
) -> dict[str, str]:
    subject = x509.Name([x509.NameAttribute(kind, value) for kind, value in attributes])
    details = certificate_details(X509Certificate.from_pem(certificate_pem(subject, *names)))
    return {key.removeprefix("cert-manager.io/"): value for key, value in details.items()}


def test_what_a_certificate_lacks_is_empty_or_left_out() -> None:
    assert certificate_details(X509Certificate.from_pem(CERTIFICATE_PEM)) == {
        "cert-manager.io/common-name": "web.example",
        "cert-manager.io/alt-names": "",
        "cert-manager.io/ip-sans": "",
        "cert-manager.io/uri-sans": "",
    }


def test_all_that_a_certificate_says_is_told() -> None:
    details = details_of(
        (NameOID.COUNTRY_NAME, "NL"),
        (NameOID.STATE_OR_PROVINCE_NAME, "Utrecht"),
        (NameOID.LOCALITY_NAME, "Zeist"),
        (NameOID.STREET_ADDRESS, "Slotlaan 1"),
        (NameOID.POSTAL_CODE, "3701"),
        (NameOID.ORGANIZATION_NAME, "One"),
        (NameOID.ORGANIZATION_NAME, "Two"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "Unit"),
        (NameOID.COMMON_NAME, "web"),
        (NameOID.SERIAL_NUMBER, "7"),
        names=(
            x509.DNSName("a.example"),
            x509.DNSName("b.example"),
            x509.IPAddress(ip_address("192.0.2.1")),
            x509.UniformResourceIdentifier("spiffe://a/b"),
            x509.RFC822Name("a@b"),
        ),
    )
    assert details == {
        "common-name": "web",
        "alt-names": "a.example,b.example",
        "ip-sans": "192.0.2.1",
        "uri-sans": "spiffe://a/b",
        "email-sans": "a@b",
        "subject-countries": "NL",
        "subject-provinces": "Utrecht",
        "subject-localities": "Zeist",
        "subject-streetaddresses": "Slotlaan 1",
        "subject-postalcodes": "3701",
        "subject-organizations": "One,Two",
        "subject-organizationalunits": "Unit",
        "subject-serialnumber": "7",
    }


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("plain text", "plain text"),
        ("a,b", '"a,b"'),
        ('the "one"', '"the ""one"""'),
        ("two\nlines", '"two\nlines"'),
        (" space before", '" space before"'),
        ("\N{NO-BREAK SPACE}before", '"\N{NO-BREAK SPACE}before"'),
        ("space after ", "space after "),
        (r"\.", r'"\."'),
        (r"\.\.", r"\.\."),
    ],
    ids=[
        "nothing to quote",
        "a comma",
        "quotes, which are doubled",
        "a line break",
        "a leading space",
        "any leading space of Unicode",
        "a trailing space is plain",
        "the end of data as old databases wrote it",
        "what only begins so is plain",
    ],
)
def test_a_field_is_quoted_as_sparingly_as_go_does(text: str, field: str) -> None:
    details = details_of((NameOID.ORGANIZATION_NAME, text), (NameOID.ORGANIZATION_NAME, "x"))
    assert details["subject-organizations"] == f"{field},x"
