"""What mutants showed that no test had noticed: names, evidence and edges."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from certlife.errors import InvalidValueError, UnreadableError, WrongTypeError
from certlife.model import annotations as keys
from certlife.model.metadata import ManagedFields
from certlife.model.spec import (
    OutputFormat,
    PrivateKeySpec,
    Renewal,
    RenewalPolicy,
    RenewalWindow,
    SecretTemplate,
    Subject,
)
from certlife.model.status import AriWindow
from certlife.pki.certificate import X509Certificate
from certlife.pki.chain import assemble_chain
from certlife.pki.keys import KeyAlgorithm
from certlife.pki.pem import MAX_PRIVATE_KEY_BYTES, encode
from certlife.policy.ari import certificate_id, point_in_window
from certlife.policy.decision import Issue, decide
from certlife.policy.managed_fields import read_field_set
from certlife.policy.matching import request_matches_spec
from certlife.policy.policies import STRICT, post_issuance_policy
from certlife.policy.renewal import RenewalRule, Validity, due_from, renewal_time
from certlife.policy.violation import Clause, NotApplicable
from certlife.testing import issued
from tests.pki.encoding import (
    bit_string,
    certificate,
    extension,
    integer,
    oid,
    request,
    sequence,
    tlv,
)
from tests.policy.worlds import (
    DUE_AT,
    ISSUED_AT,
    MICROSECOND,
    NOT_AFTER,
    QUIET,
    SPEC,
    current,
    found,
    stored,
    wanting,
    with_annotations,
    with_csr,
    with_entries,
)

if TYPE_CHECKING:
    from datetime import datetime

    from certlife.model.request import CertificateRequest
    from certlife.model.snapshot import Snapshot
    from certlife.policy.checks import Answer

MANAGER = "cert-manager-certificates-issuing"
POST_ISSUANCE = post_issuance_policy(owner_references=True)
TEMPLATE = SecretTemplate(labels={"app": "web"}, annotations={"team": "web"})
TEMPLATE_FIELDS = "secret_secret_template_managed_fields_mismatch"
TEMPLATED = wanting(evolve(SPEC, secret_template=TEMPLATE))


def managed(fields: str) -> ManagedFields:
    return ManagedFields(manager=MANAGER, fields_v1=fields)


@pytest.mark.parametrize(
    "snapshot",
    [
        evolve(TEMPLATED, secret=evolve(stored(), managed_fields=(managed("no JSON"),))),
        evolve(TEMPLATED, secret=evolve(stored(), managed_fields=(managed("{}"),))),
        evolve(TEMPLATED, secret=evolve(stored(), managed_fields=(), labels={"app": "other"})),
        with_entries({"tls.crt": b"junk"}, TEMPLATED),
    ],
    ids=["fields that are none", "fields unowned", "other labels", "a corrupt certificate"],
)
def test_every_violation_carries_the_name_of_its_check(snapshot: Snapshot) -> None:
    answers = POST_ISSUANCE.each(snapshot, now=ISSUED_AT)
    named = [
        (check.name, violation.check)
        for check, answer in answers
        if not isinstance(answer, NotApplicable)
        for violation in answer
    ]
    assert named
    assert all(name == told for name, told in named)


def ask(name: str, snapshot: Snapshot, now: datetime = ISSUED_AT) -> Answer:
    (check,) = (one for one in (*POST_ISSUANCE.checks, *STRICT.checks) if one.name == name)
    return check.ask(snapshot, now=now)


def test_a_label_of_the_template_that_nobody_owns_is_told_as_a_label() -> None:
    unowned = evolve(TEMPLATED, secret=evolve(stored(), managed_fields=()))
    paths = [path for _, path in found(ask(TEMPLATE_FIELDS, unowned))]
    assert paths == [
        "secret.metadata.managedFields.labels",
        "secret.metadata.managedFields.annotations",
    ]


@pytest.mark.parametrize(("surplus", "is_right"), [(0, True), (1, False)], ids=["fits", "is over"])
def test_a_key_as_long_as_may_be_read_has_a_der_format(surplus: int, *, is_right: bool) -> None:
    formatted = issued(evolve(SPEC, additional_output_formats=[OutputFormat.DER]), at=ISSUED_AT)
    key = stored(formatted).entry("tls.key")
    padded = key + b"\n" * (MAX_PRIVATE_KEY_BYTES + surplus - len(key))
    answer = ask(
        "secret_additional_output_formats_mismatch", with_entries({"tls.key": padded}, formatted)
    )
    assert (answer == ()) == is_right


@pytest.mark.parametrize(
    "fields",
    [
        "{",
        "1",
        '{"no kind": {}}',
        '{"i:x": {}}',
        '{"i:%s": {}}' % ("9" * 5000),
        '{"v:{": {}}',
        '{"k:1": {}}',
    ],
    ids=["no JSON", "no object", "no kind", "no index", "a vast index", "no value", "no key"],
)
def test_why_fields_cannot_be_read_is_said(fields: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_field_set(fields)
    assert caught.value.rule.startswith("expected ")


def test_why_names_cannot_be_asked_is_said() -> None:
    answer = ask(
        "certificate_names_mismatch_spec", wanting(evolve(SPEC, literal_subject="no name"))
    )
    assert isinstance(answer, NotApplicable)
    assert answer.why.startswith("expected ")


def test_without_a_draw_an_acme_servers_window_is_due_from_its_start() -> None:
    start = ISSUED_AT + timedelta(days=1)
    window = AriWindow(start=start, end=start + timedelta(days=1))
    snapshot = evolve(QUIET, ari_window=window)
    assert isinstance(decide(snapshot, now=start), Issue)
    assert not isinstance(decide(snapshot, now=start - MICROSECOND), Issue)


def test_a_draw_is_exact_where_a_float_is_not() -> None:
    microseconds = 2**53 + 1
    end = ISSUED_AT + microseconds * MICROSECOND
    draw = Fraction(microseconds - 1, microseconds)
    assert point_in_window(ISSUED_AT, end, draw) == end - MICROSECOND


def test_a_draw_that_is_none_is_quoted() -> None:
    with pytest.raises(InvalidValueError, match=r"ari_draw: .*, got 1\.5"):
        point_in_window(ISSUED_AT, ISSUED_AT + MICROSECOND, 1.5)


def test_what_is_no_chain_at_all_is_quoted() -> None:
    with pytest.raises(WrongTypeError, match="got 17"):
        assemble_chain(17)  # type: ignore[arg-type]  # what the test is about


def test_an_identifier_loses_its_padding_and_nothing_else() -> None:
    key_id = extension("2.5.29.35", tlv(0x30, tlv(0x80, b"\x00")))
    der = certificate(key_id, serial=integer(0x010117))
    assert certificate_id(X509Certificate.from_der(der)) == "AA.AQEX"


SENTENCE = Clause("whatever describes it")
"""Evidence that describes instead of quoting: how it does is no test's business."""

JUNK = with_entries({"tls.key": b"junk", "tls.crt": b"junk"})
UNREADABLE = (SENTENCE, SENTENCE)
DSA_KEY = sequence(sequence(oid("1.2.840.10040.4.1"), sequence()), bit_string(integer(3)))
DSA_CSR = encode("CERTIFICATE REQUEST", request(key=DSA_KEY)).encode()
UNKEEPABLE = Renewal(policy=RenewalPolicy.RENEW_BEFORE, windows=[RenewalWindow(cron="junk")])
HOUR = timedelta(hours=1)


def asked_with(changed: CertificateRequest) -> Snapshot:
    """The world where the current request is another."""
    return evolve(QUIET, requests=(changed,))


@pytest.mark.parametrize(
    ("name", "snapshot", "expected"),
    [
        (
            "secret_is_missing_data",
            with_entries({"tls.key": None, "tls.crt": None}),
            [(SENTENCE, None)] * 2,
        ),
        ("secret_public_keys_differ", JUNK, [UNREADABLE] * 2),
        ("secret_private_key_mismatches_spec", JUNK, [UNREADABLE]),
        ("secret_public_key_differs_from_current_certificate_request", JUNK, [UNREADABLE]),
        (
            "secret_public_key_differs_from_current_certificate_request",
            with_csr(b"junk"),
            [UNREADABLE],
        ),
        (
            "secret_public_key_differs_from_current_certificate_request",
            with_csr(DSA_CSR),
            [UNREADABLE],
        ),
        ("current_certificate_request_mismatches_spec", evolve(JUNK, requests=()), [UNREADABLE]),
        (
            "current_certificate_request_mismatches_spec",
            evolve(wanting(evolve(SPEC, dns_names=["other.example"])), requests=()),
            [(("other.example",), ("web.example", "www.web.example"))],
        ),
        (
            "current_certificate_request_mismatches_spec",
            evolve(wanting(evolve(SPEC, dns_names=[*(SPEC.dns_names or ()), ""])), requests=()),
            [((*(SPEC.dns_names or ()), ""), SPEC.dns_names)],
        ),
        (
            "current_certificate_request_mismatches_spec",
            wanting(evolve(SPEC, common_name="web.example", subject=Subject(serial_number="7"))),
            [("web.example", None), ("7", None)],
        ),
        (
            "current_certificate_request_mismatches_spec",
            asked_with(evolve(current(), is_ca=True)),
            [(False, True)],
        ),
        (
            "current_certificate_request_mismatches_spec",
            wanting(evolve(SPEC, duration=2 * HOUR), asked_with(evolve(current(), duration=HOUR))),
            [(2 * HOUR, HOUR)],
        ),
        (
            "secret_private_key_mismatches_spec",
            wanting(
                evolve(SPEC, private_key=PrivateKeySpec(algorithm=KeyAlgorithm.ECDSA, size=1)),
                issued(
                    evolve(SPEC, private_key=PrivateKeySpec(algorithm=KeyAlgorithm.ECDSA)),
                    at=ISSUED_AT,
                ),
            ),
            [(1, 256)],
        ),
        (
            "secret_issuer_annotations_mismatch",
            with_annotations({keys.ISSUER_NAME: None}),
            [("letsencrypt", "")],
        ),
        (
            "current_certificate_nearing_expiry",
            wanting(evolve(SPEC, renewal=UNKEEPABLE)),
            [UNREADABLE, (SENTENCE, DUE_AT)],
        ),
    ],
)
def test_a_violation_shows_what_should_be_there_and_what_is(
    name: str, snapshot: Snapshot, expected: list[tuple[object, object]]
) -> None:
    answer = ask(name, snapshot, now=DUE_AT)
    assert not isinstance(answer, NotApplicable)
    assert [violation.check for violation in answer] == [name] * len(expected)
    assert [(shape(one.expected), shape(one.actual)) for one in answer] == expected


def shape(evidence: object) -> object:
    """What is shown, any sentence being as good as another."""
    return SENTENCE if isinstance(evidence, Clause) and evidence != "None" else evidence


def test_why_a_request_cannot_be_compared_is_said() -> None:
    spec = evolve(SPEC, literal_subject="no name")
    compared = request_matches_spec(current(), spec)
    assert compared.unreadable is not None
    assert compared.unreadable.rule.startswith("expected ")


def test_what_is_wrong_with_a_window_is_quoted() -> None:
    time = renewal_time(Validity(ISSUED_AT, NOT_AFTER), evolve(SPEC, renewal=UNKEEPABLE))
    assert time.window_error is not None
    assert time.window_error.endswith("got 'junk'")


def test_where_renewal_is_switched_off_that_is_the_rule() -> None:
    spec = evolve(SPEC, renewal=Renewal(policy=RenewalPolicy.DISABLED))
    time = due_from(Validity(ISSUED_AT, NOT_AFTER), spec)
    assert (time.at, time.rule) == (None, RenewalRule.DISABLED)
