"""What answering has to get right by itself, whatever certlife says."""

from ipaddress import ip_network
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from tests.conformance.materials import Json, VectorsError
from tests.conformance.question import Question
from tests.conformance.questions import ANSWERING

CERTIFICATE: Final[Json] = {"metadata": {"name": "web"}, "spec": {"secretName": "web-tls"}}


def test_a_check_is_asked_by_its_name() -> None:
    question = Question("check", {"func": "SecretDoesNotExist", "certificate": CERTIFICATE})
    answer = {"reason": "DoesNotExist", "violated": True, "paths": []}
    assert ANSWERING["check"](question) == answer


def test_a_check_that_needs_a_secret_is_said_to_panic_without_one() -> None:
    question = Question("check", {"func": "SecretIsMissingData", "certificate": CERTIFICATE})
    assert ANSWERING["check"](question) == {"panic": True}


def test_a_check_that_there_is_not_is_a_broken_vector() -> None:
    with pytest.raises(VectorsError, match="no check named SecretIsPretty"):
        ANSWERING["check"](Question("check", {"func": "SecretIsPretty"}))


@pytest.mark.parametrize(
    ("op", "missing"), [("cron_next", "from"), ("renewal_time", "notBefore"), ("backoff", "now")]
)
def test_a_question_without_its_instant_is_a_broken_vector(op: str, missing: str) -> None:
    question = Question(op, {"cron": "0 3 * * *", "count": 1, "certificate": CERTIFICATE})
    with pytest.raises(VectorsError, match=f"{op}: {missing} is missing"):
        ANSWERING[op](question)


def test_a_search_that_has_found_nothing_ends() -> None:
    fields: dict[str, Json] = {"cron": "0 3 30 2 *", "from": "2026-11-01T00:00:00Z", "count": 3}
    assert ANSWERING["cron_next"](Question("cron_next", fields)) == {
        "next": ["0001-01-01T00:00:00Z"]
    }


def test_the_name_constraints_of_a_request_are_told_kind_by_kind() -> None:
    constraints = x509.NameConstraints(
        permitted_subtrees=[
            x509.DNSName("example.com"),
            x509.IPAddress(ip_network("192.0.2.0/24")),
        ],
        excluded_subtrees=[
            x509.RFC822Name("example.com"),
            x509.UniformResourceIdentifier(".example.com"),
        ],
    )
    builder = x509.CertificateSigningRequestBuilder(x509.Name([]))
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    csr = builder.add_extension(constraints, critical=True).sign(key, None)
    pem = csr.public_bytes(Encoding.PEM).decode()
    answer = ANSWERING["decode_csr"](Question("decode_csr", {"pem": pem}))
    assert isinstance(answer, dict)
    assert answer["csr"]["nameConstraints"] == {
        "critical": True,
        "permittedDNSDomains": ("example.com",),
        "permittedIPRanges": ("192.0.2.0/24",),
        "permittedEmailAddresses": (),
        "permittedURIDomains": (),
        "excludedDNSDomains": (),
        "excludedIPRanges": (),
        "excludedEmailAddresses": ("example.com",),
        "excludedURIDomains": (".example.com",),
    }
