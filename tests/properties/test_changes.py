"""What changes in a spec is found under its own name; the order of things is no change."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from certlife.model.spec import KeyUsage, NameConstraintItem, OtherName, PrivateKeySpec, Subject
from certlife.pki.keys import KeyAlgorithm
from certlife.policy.matching import (
    certificate_matches_names,
    private_key_matches_spec,
    request_matches_spec,
)
from certlife.policy.policies import STRICT, TRIGGER
from certlife.testing import issued, signer
from certlife.testing.strategies import instants, snapshots, specs
from tests.policy.worlds import ISSUED_AT, current, stored, wanting
from tests.properties.worlds import LAW, SLOW_LAW

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from random import Random

    from certlife.model.snapshot import Snapshot
    from certlife.model.spec import CertificateSpec

    Change = Callable[[CertificateSpec], CertificateSpec | None]
    """Change one field of a spec; None where the other side would not see it."""

NEW = "new-name.example"  # longer than any label that is drawn


def _common_name(spec: CertificateSpec) -> CertificateSpec | None:
    # With a literalSubject nobody looks at it.
    return None if spec.literal_subject else evolve(spec, common_name=NEW)


def _literal_subject(spec: CertificateSpec) -> CertificateSpec | None:
    return evolve(spec, literal_subject=f"CN={NEW}") if spec.literal_subject else None


def _other_names(spec: CertificateSpec) -> CertificateSpec:
    return evolve(spec, other_names=[*(spec.other_names or ()), OtherName("1.3.4", NEW)])


def _usages(spec: CertificateSpec) -> CertificateSpec:
    return evolve(spec, usages=[*(spec.usages or ()), KeyUsage.NETSCAPE_SGC])


def _duration(spec: CertificateSpec) -> CertificateSpec | None:
    # Only where both sides say one.
    return evolve(spec, duration=spec.duration + timedelta(1)) if spec.duration else None


CHANGES: dict[str, Change] = {
    "spec.commonName": _common_name,
    "spec.literalSubject": _literal_subject,
    "spec.dnsNames": lambda spec: evolve(spec, dns_names=[*(spec.dns_names or ()), NEW]),
    "spec.ipAddresses": lambda spec: evolve(
        spec, ip_addresses=[*(spec.ip_addresses or ()), "192.0.2.77"]
    ),
    "spec.uris": lambda spec: evolve(spec, uris=[*(spec.uris or ()), f"https://{NEW}/"]),
    "spec.emailAddresses": lambda spec: evolve(
        spec, email_addresses=[*(spec.email_addresses or ()), f"a@{NEW}"]
    ),
    "spec.otherNames": _other_names,
    "spec.usages": _usages,
    "spec.isCA": lambda spec: evolve(spec, is_ca=not spec.is_ca),
    "spec.duration": _duration,
    "spec.issuerRef": lambda spec: evolve(spec, issuer_ref=evolve(spec.issuer_ref, name=NEW)),
}

SUBJECT_CHANGES: dict[str, Callable[[Subject], Subject]] = {
    "organizations": lambda one: evolve(one, organizations=[*(one.organizations or ()), NEW]),
    "countries": lambda one: evolve(one, countries=[*(one.countries or ()), NEW]),
    "organizationalUnits": lambda one: evolve(
        one, organizational_units=[*(one.organizational_units or ()), NEW]
    ),
    "localities": lambda one: evolve(one, localities=[*(one.localities or ()), NEW]),
    "provinces": lambda one: evolve(one, provinces=[*(one.provinces or ()), NEW]),
    "streetAddresses": lambda one: evolve(
        one, street_addresses=[*(one.street_addresses or ()), NEW]
    ),
    "postalCodes": lambda one: evolve(one, postal_codes=[*(one.postal_codes or ()), NEW]),
    "serialNumber": lambda one: evolve(one, serial_number=NEW),
}


def different(snapshot: Snapshot, spec: CertificateSpec) -> list[str]:
    matching = request_matches_spec(current(snapshot), spec)
    assert matching.unreadable is None
    return [difference.path for difference in matching.differences]


@pytest.mark.parametrize(("path", "change"), CHANGES.items(), ids=CHANGES)
@SLOW_LAW
@given(spec=specs())
def test_one_changed_field_is_one_difference_under_its_own_path(
    path: str, change: Change, spec: CertificateSpec
) -> None:
    changed = change(spec)
    assume(changed is not None)
    assert changed is not None
    assert different(issued(spec, at=ISSUED_AT), changed) == [path]


@pytest.mark.parametrize(("name", "change"), SUBJECT_CHANGES.items(), ids=SUBJECT_CHANGES)
@SLOW_LAW
@given(spec=specs())
def test_one_changed_field_of_the_subject_is_one_difference_under_its_own_path(
    name: str, change: Callable[[Subject], Subject], spec: CertificateSpec
) -> None:
    assume(not spec.literal_subject)  # with one, nobody looks at the subject
    changed = evolve(spec, subject=change(spec.subject or Subject()))
    assert different(issued(spec, at=ISSUED_AT), changed) == [f"spec.subject.{name}"]


@LAW
@given(spec=specs(), other=st.sampled_from(KeyAlgorithm))
def test_another_algorithm_of_the_key_is_its_one_difference(
    spec: CertificateSpec, other: KeyAlgorithm
) -> None:
    assume(other != spec.effective_private_key.effective_algorithm)
    changed = evolve(spec, private_key=PrivateKeySpec(algorithm=other), signature_algorithm=None)
    found = TRIGGER.all(wanting(changed, issued(spec, at=ISSUED_AT)), now=ISSUED_AT)
    assert [violation.path for violation in found] == ["spec.privateKey.algorithm"]


@LAW
@given(spec=specs(), size=st.sampled_from([256, 384, 521, 2048, 3072]))
def test_another_size_of_the_key_is_its_one_difference(spec: CertificateSpec, size: int) -> None:
    wanted = spec.effective_private_key
    key = signer(wanted).private_key
    found = private_key_matches_spec(key, evolve(spec, private_key=evolve(wanted, size=size)))
    is_same = key.size == size or wanted.effective_algorithm == KeyAlgorithm.ED25519
    assert [one.path for one in found] == ([] if is_same else ["spec.privateKey.size"])


def shuffled(spec: CertificateSpec, random: Random) -> CertificateSpec:
    """The same spec with each list in another order."""

    def turned(values: tuple[str, ...] | None) -> list[str] | None:
        return None if values is None else random.sample(values, len(values))

    def constrained(item: NameConstraintItem | None) -> NameConstraintItem | None:
        if item is None:
            return None
        return NameConstraintItem(
            dns_domains=turned(item.dns_domains),
            ip_ranges=turned(item.ip_ranges),
            email_addresses=turned(item.email_addresses),
            uri_domains=turned(item.uri_domains),
        )

    subject, others, limits = spec.subject, spec.other_names, spec.name_constraints
    return evolve(
        spec,
        dns_names=turned(spec.dns_names),
        ip_addresses=turned(spec.ip_addresses),
        uris=turned(spec.uris),
        email_addresses=turned(spec.email_addresses),
        other_names=None if others is None else random.sample(others, len(others)),
        usages=turned(spec.usages),
        additional_output_formats=turned(spec.additional_output_formats),
        subject=subject
        and evolve(
            subject,
            organizations=turned(subject.organizations),
            countries=turned(subject.countries),
            organizational_units=turned(subject.organizational_units),
            localities=turned(subject.localities),
            provinces=turned(subject.provinces),
            street_addresses=turned(subject.street_addresses),
            postal_codes=turned(subject.postal_codes),
        ),
        name_constraints=limits
        and evolve(
            limits, permitted=constrained(limits.permitted), excluded=constrained(limits.excluded)
        ),
    )


@LAW
@given(spec=specs(), random=st.randoms(use_true_random=False), at=instants())
def test_the_order_of_names_and_usages_never_matters(
    spec: CertificateSpec, random: Random, at: datetime
) -> None:
    snapshot = issued(spec, at=at)
    turned = wanting(shuffled(spec, random), snapshot)
    assert STRICT.all(turned, now=at) == ()
    if not spec.literal_subject:  # whose common name cert-manager forgets after a restore
        assert STRICT.all(evolve(turned, requests=()), now=at) == ()


@LAW
@given(spec=specs())
def test_the_names_on_a_certificate_are_those_of_the_spec_also_tolerantly(
    spec: CertificateSpec,
) -> None:
    # A literalSubject has a common name of its own, which the tolerant comparison sees.
    assume(not spec.literal_subject)
    certificate = stored(issued(spec, at=ISSUED_AT)).certificate
    assert certificate_matches_names(certificate, spec) == ()


@LAW
@given(snapshot=snapshots(), random=st.randoms(use_true_random=False), days=st.integers(0, 4000))
def test_the_order_of_requests_never_matters(snapshot: Snapshot, random: Random, days: int) -> None:
    now = (snapshot.certificate.created or ISSUED_AT) + timedelta(days)
    requests = random.sample(snapshot.requests, len(snapshot.requests))
    turned = evolve(snapshot, requests=requests)
    assert STRICT.all(turned, now=now) == STRICT.all(snapshot, now=now)
