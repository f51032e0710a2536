"""Laws of reading and writing, for whatever hypothesis thinks of."""

from __future__ import annotations

import json
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import pytest
from attrs import fields
from hypothesis import given
from hypothesis import strategies as st

from certlife.adapters.kubernetes import (
    read_certificate,
    read_export,
    read_object,
    read_request,
    read_secret,
    read_spec,
    write_certificate,
    write_request,
    write_secret,
)
from certlife.adapters.kubernetes.object_fields import CERTIFICATE, REQUEST, SECRET
from certlife.adapters.kubernetes.tables import Inline, Leaf, Shape, Table
from certlife.errors import CertlifeError
from certlife.model.certificate import Certificate
from certlife.model.frozenmap import FrozenMap
from certlife.model.metadata import ManagedFields, OwnerReference
from certlife.model.request import CertificateRequest
from certlife.model.secret import SecretData
from certlife.model.spec import (
    CertificateSpec,
    IssuerRef,
    Keystore,
    Keystores,
    NameConstraintItem,
    NameConstraints,
    OtherName,
    PrivateKeySpec,
    Renewal,
    RenewalWindow,
    SecretKeyRef,
    SecretTemplate,
    Subject,
)
from certlife.model.status import AriStatus, AriWindow, CertificateStatus, Condition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def keys_of(table: Table) -> set[object]:
    """Every name of a field at any depth, so that random objects hit real fields."""
    names = set(table.fields) | table.skipped
    for entry in table.fields.values():
        if isinstance(entry, Inline):
            names |= keys_of(entry.table)
        elif not isinstance(entry, Leaf):
            names |= keys_of(entry.shape.table)
    return names


KEYS = sorted(
    {str(key) for shape in (CERTIFICATE, REQUEST, SECRET) for key in keys_of(shape.table)}
)

any_text = st.text(st.characters(exclude_categories=()), max_size=8)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | any_text
    | st.sampled_from(["v1", "cert-manager.io/v1", "Secret", "Certificate", "List", "QUI=", "1h"])
)
json_like = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS) | any_text | st.integers(), inner, max_size=4)
    ),
    max_leaves=20,
)


def one_of_a_kind(kind: str, api_version: str) -> st.SearchStrategy[object]:
    """An object that says what it is, with fields where fields belong."""
    members = st.dictionaries(st.sampled_from(KEYS), json_like, max_size=6)
    return st.fixed_dictionaries(
        {"apiVersion": st.just(api_version), "kind": st.just(kind)},
        optional=dict.fromkeys(("metadata", "spec", "status", "data", "stringData"), members),
    )


hostile = (
    json_like
    | one_of_a_kind("Certificate", "cert-manager.io/v1")
    | one_of_a_kind("CertificateRequest", "cert-manager.io/v1")
    | one_of_a_kind("Secret", "v1")
)


def refused(read: Callable[[object], object], value: object) -> str:
    """Return what is said against a value, nothing if it is read."""
    try:
        read(value)
    except CertlifeError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    "read", [read_certificate, read_secret, read_request, read_spec, read_object]
)
@given(value=hostile)
def test_nothing_but_our_own_errors_escapes_on_one_line_of_ascii(
    read: Callable[[object], object], value: object
) -> None:
    said = refused(read, value)
    assert said.isascii()
    assert said.isprintable()


@given(documents=st.lists(hostile, max_size=3))
def test_an_export_is_always_read(documents: list[object]) -> None:
    export = read_export([("", one) for one in documents])
    list(export.snapshots())
    assert all(str(refusal).isprintable() for refusal in export.refusals)


def maybe(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | strategy


def many(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return maybe(st.lists(strategy, max_size=2).map(tuple))


text = st.text(max_size=6)
word, words = maybe(text), many(text)
name = st.text(min_size=1, max_size=6)
text_map = maybe(st.dictionaries(text, text, max_size=2).map(FrozenMap))
entries = maybe(st.dictionaries(text, st.binary(max_size=6), max_size=2).map(FrozenMap))
duration = maybe(st.timedeltas(timedelta(days=-100_000), timedelta(days=100_000)))
instant = maybe(st.datetimes(timezones=st.just(UTC)))
int32 = maybe(st.integers(-(2**31), 2**31 - 1))
int64 = maybe(st.integers(-(2**63), 2**63 - 1))
flag = maybe(st.booleans())
octets = maybe(st.binary(max_size=6))

issuer_refs = st.builds(IssuerRef, text, kind=word, group=word)
constraint_items = st.builds(
    NameConstraintItem, dns_domains=words, ip_ranges=words, email_addresses=words, uri_domains=words
)
password_refs = maybe(st.builds(SecretKeyRef, name=word, key=word))
specs = st.builds(
    CertificateSpec,
    secret_name=text,
    issuer_ref=issuer_refs,
    common_name=word,
    subject=maybe(
        st.builds(
            Subject,
            organizations=words,
            countries=words,
            organizational_units=words,
            localities=words,
            provinces=words,
            street_addresses=words,
            postal_codes=words,
            serial_number=word,
        )
    ),
    literal_subject=word,
    dns_names=words,
    ip_addresses=words,
    uris=words,
    email_addresses=words,
    other_names=many(st.builds(OtherName, oid=word, utf8_value=word)),
    duration=duration,
    renew_before=duration,
    renew_before_percentage=int32,
    renewal=maybe(
        st.builds(
            Renewal,
            policy=word,
            windows=many(
                st.builds(RenewalWindow, cron=word, window_duration=duration, timezone=word)
            ),
        )
    ),
    usages=words,
    is_ca=flag,
    private_key=maybe(
        st.builds(
            PrivateKeySpec,
            algorithm=word | st.just("ECDSA"),
            size=int64,
            encoding=word | st.just("PKCS8"),
            rotation_policy=word | st.just("Never"),
        )
    ),
    signature_algorithm=word | st.just("SHA256WithRSA"),
    encode_usages_in_request=flag,
    name_constraints=maybe(
        st.builds(
            NameConstraints,
            critical=flag,
            permitted=maybe(constraint_items),
            excluded=maybe(constraint_items),
        )
    ),
    keystores=maybe(
        st.builds(
            Keystores,
            jks=maybe(
                st.builds(
                    Keystore,
                    create=flag,
                    password_secret_ref=password_refs,
                    password=word,
                    alias=word,
                )
            ),
            pkcs12=maybe(
                st.builds(
                    Keystore,
                    create=flag,
                    password_secret_ref=password_refs,
                    password=word,
                    profile=word,
                )
            ),
        )
    ),
    additional_output_formats=words,
    secret_template=maybe(st.builds(SecretTemplate, annotations=text_map, labels=text_map)),
    revision_history_limit=int32,
)
conditions = many(
    st.builds(
        Condition,
        text,
        text | st.sampled_from(["True", "False"]),
        reason=word,
        message=word,
        last_transition_time=instant,
        observed_generation=int64,
    )
)
owners = many(
    st.builds(
        OwnerReference,
        api_version=word,
        kind=word,
        name=word,
        uid=word,
        controller=flag,
        block_owner_deletion=flag,
    )
)
certificates = st.builds(
    Certificate,
    text,
    specs,
    status=st.builds(
        CertificateStatus,
        conditions=conditions,
        revision=int64,
        last_failure_time=instant,
        failed_issuance_attempts=int64,
        not_before=instant,
        not_after=instant,
        renewal_time=instant,
        next_private_key_secret_name=word,
        ari=maybe(
            st.builds(
                AriStatus,
                suggested_window=maybe(st.builds(AriWindow, start=instant, end=instant)),
                explanation_url=word,
                last_checked=instant,
                next_check=instant,
                last_error=word,
            )
        ),
    ),
    namespace=word,
    uid=word,
    created=instant,
    deleted=instant,
    generation=int64,
    annotations=text_map,
    labels=text_map,
)
requests = st.builds(
    CertificateRequest,
    name=text,
    issuer_ref=issuer_refs,
    csr=octets,
    duration=duration,
    is_ca=flag,
    usages=words,
    conditions=conditions,
    failure_time=instant,
    certificate=octets,
    ca=octets,
    namespace=word,
    uid=word,
    created=instant,
    annotations=text_map,
    labels=text_map,
    owner_references=owners,
)
secrets = st.builds(
    SecretData,
    entries=entries,
    name=maybe(name),
    namespace=word,
    type=word,
    annotations=text_map,
    labels=text_map,
    managed_fields=many(
        st.builds(
            ManagedFields,
            manager=word,
            operation=word,
            api_version=word,
            time=instant,
            fields_type=word,
            fields_v1=maybe(st.sampled_from(["{}", "[]", "7", '{"f:a":{".":{}},"f:b":{}}'])),
            subresource=word,
        )
    ),
    owner_references=owners,
)


def shapes_in(table: Table) -> Iterator[Shape[object]]:
    for entry in table.fields.values():
        if isinstance(entry, Inline):
            yield from shapes_in(entry.table)
        elif not isinstance(entry, Leaf):
            yield entry.shape
            yield from shapes_in(entry.shape.table)


def attributes_in(table: Table) -> set[str]:
    names = set()
    for entry in table.fields.values():
        names |= attributes_in(entry.table) if isinstance(entry, Inline) else {entry.attribute}
    return names


# What no single field of the API is: the facts of a key that was taken out, and a memo; of the two
# keystores, each has one attribute that the other lacks.
ELSEWHERE = {"key_facts", "memo", "alias", "profile"}


def test_every_attribute_of_the_model_is_in_a_table() -> None:
    tops: list[Shape[object]] = [CERTIFICATE, REQUEST, SECRET]
    for shape in [*tops, *(inner for top in tops for inner in shapes_in(top.table))]:
        assert isinstance(shape.build, type)
        attributes = {attribute.name for attribute in fields(shape.build)}
        assert attributes_in(shape.table) | ELSEWHERE >= attributes


@given(certificate=certificates)
def test_a_certificate_that_was_written_is_read_as_the_same(certificate: Certificate) -> None:
    assert read_certificate(json.loads(json.dumps(write_certificate(certificate)))) == certificate


@given(request=requests)
def test_a_request_that_was_written_is_read_as_the_same(request: CertificateRequest) -> None:
    assert read_request(json.loads(json.dumps(write_request(request)))) == request


@given(secret=secrets)
def test_a_secret_that_was_written_is_read_as_the_same(secret: SecretData) -> None:
    assert read_secret(json.loads(json.dumps(write_secret(secret)))) == secret
