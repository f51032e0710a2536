"""Single objects: what is read, what is refused and with which words, and what is written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from attrs import fields

from certlife.adapters.kubernetes import (
    read_certificate,
    read_object,
    read_request,
    read_secret,
    read_spec,
    write_certificate,
    write_request,
    write_secret,
)
from certlife.errors import ManifestError, WrongTypeError
from certlife.model.certificate import Certificate
from certlife.model.metadata import ManagedFields
from certlife.model.request import CertificateRequest
from certlife.model.secret import SecretData
from certlife.model.spec import CertificateSpec, IssuerRef, OtherName, PrivateKeySpec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SPEC = {"secretName": "web-tls", "issuerRef": {"name": "ca"}}
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def spec(**members: object) -> dict[str, object]:
    return {**SPEC, **members}


def certificate(**members: object) -> dict[str, object]:
    head = {"apiVersion": "cert-manager.io/v1", "kind": "Certificate"}
    return {**head, "metadata": {"name": "web"}, "spec": SPEC, **members}


def request(**members: object) -> dict[str, object]:
    head = {"apiVersion": "cert-manager.io/v1", "kind": "CertificateRequest"}
    return {**head, "metadata": {"name": "web-1"}, "spec": {"issuerRef": {"name": "ca"}}, **members}


def secret(**members: object) -> dict[str, object]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "web-tls"}, **members}


def test_a_spec_says_what_was_said_and_nothing_else() -> None:
    read = read_spec(SPEC)
    assert (read.secret_name, read.issuer_ref) == ("web-tls", IssuerRef("ca"))
    others = {attribute.name for attribute in fields(CertificateSpec)} - {
        "secret_name",
        "issuer_ref",
    }
    assert {getattr(read, name) for name in others} == {None}


@pytest.mark.parametrize(
    ("field", "value", "attribute", "expected"),
    [
        pytest.param("dnsNames", ["a.example"], "dns_names", ("a.example",), id="list of strings"),
        pytest.param("otherNames", [], "other_names", (), id="an empty list is not absent"),
        pytest.param("otherNames", None, "other_names", None, id="null is absent"),
        pytest.param(
            "otherNames",
            [{"oid": "1.2", "utf8Value": "x"}],
            "other_names",
            (OtherName(oid="1.2", utf8_value="x"),),
            id="list of objects",
        ),
        pytest.param("isCA", False, "is_ca", False, id="false is not absent"),
        pytest.param("duration", "1h30m", "duration", timedelta(minutes=90), id="duration"),
        pytest.param(
            "privateKey", {"size": 2**40}, "private_key", PrivateKeySpec(size=2**40), id="int64"
        ),
        pytest.param(
            "renewBeforePercentage", 2**31 - 1, "renew_before_percentage", 2**31 - 1, id="int32"
        ),
        pytest.param(
            "revisionHistoryLimit",
            -(2**31),
            "revision_history_limit",
            -(2**31),
            id="the least int32",
        ),
        pytest.param(
            "additionalOutputFormats",
            [{"type": "DER"}, {}, {"type": None}],
            "additional_output_formats",
            ("DER", "", ""),
            id="an output format without a type is the empty one, as Go reads it",
        ),
        pytest.param("commonName", "bücher.example", "common_name", "bücher.example", id="Unicode"),
    ],
)
def test_a_field_of_the_spec_becomes_its_attribute(
    field: str, value: object, attribute: str, expected: object
) -> None:
    assert getattr(read_spec(spec(**{field: value})), attribute) == expected


@pytest.mark.parametrize(
    ("read", "manifest", "message"),
    [
        pytest.param(
            read_certificate,
            certificate(spec=spec(dnsNames=["a.example", 7])),
            "spec.dnsNames[1]: expected a string, got 7",
            id="an element of a wrong type, with its index",
        ),
        pytest.param(
            read_certificate,
            certificate(spec=spec(dnsNames="a.example")),
            "spec.dnsNames: expected a list, got 'a.example'",
            id="a bare string where a list is meant",
        ),
        pytest.param(
            read_certificate,
            certificate(spec=spec(dnsNames=[None])),
            "spec.dnsNames[0]: expected a string, got null",
            id="null is no element",
        ),
        pytest.param(
            read_certificate,
            certificate(spec=spec(commonName=[])),
            "spec.commonName: expected a string, got a list",
            id="of a container only what it is",
        ),
        pytest.param(
            read_certificate,
            certificate(spec=spec(commonName={1, 2})),
            "spec.commonName: expected a string, got a set",
            id="what is no JSON at all",
        ),
        pytest.param(
            read_certificate,
            certificate(spec=spec(dnsNames=["a.example", "\ud800"])),
            "spec.dnsNames[1]: expected Unicode text, without lone surrogates",
            id="a surrogate in a list",
        ),
        pytest.param(
            read_certificate,
            certificate(metadata={"name": "web", "labels": {"app": "\ud800"}}),
            "metadata.labels[app]: expected Unicode text, without lone surrogates",
            id="a surrogate in a mapping",
        ),
        pytest.param(
            read_certificate,
            certificate(spec=spec(commonName="\ud800")),
            "spec.commonName: expected Unicode text, without lone surrogates",
            id="a lone surrogate",
        ),
        pytest.param(
            read_certificate,
            certificate(spec=spec(isCA="true")),
            "spec.isCA: expected a boolean, got 'true'",
            id="a string is no boolean",
        ),
        pytest.param(
            read_certificate,
            certificate(spec=spec(privateKey={"size": 2048.0})),
            "spec.privateKey.size: expected an integer, got 2048.0",
            id="a float is no integer, even a whole one",
        ),
        pytest.param(
            read_certificate,
            certificate(spec=spec(privateKey={"size": "2048"})),
            "spec.privateKey.size: expected an integer, got '2048'",
            id="a numeric string is no integer",
        ),
        pytest.param(
            read_certificate,
            certificate(spec=spec(privateKey={"size": True})),
            "spec.privateKey.size: expected an integer, got true",
            id="a boolean is no integer",
        ),
        pytest.param(
            read_certificate,
            certificate(spec=spec(renewBeforePercentage=2**31)),
            "spec.renewBeforePercentage: expected an integer of 32 bits, got 2147483648",
            id="int32 is exceeded by one",
        ),
        pytest.param(
            read_certificate,
            certificate(status={"revision": -(2**63) - 1}),
            "status.revision: expected an integer of 64 bits, got -9223372036854775809",
            id="int64 is exceeded by one",
        ),
        pytest.param(
            read_certificate,
            certificate(status={"revision": 10**5000}),
            "status.revision: expected an integer of 64 bits, got a number",
            id="an integer that Python refuses to print",
        ),
        pytest.param(
            read_certificate,
            certificate(spec=spec(renewBefore="1ns")),
            "spec.renewBefore: expected nothing finer than a microsecond, got '1ns'",
            id="a duration finer than a timedelta",
        ),
        pytest.param(
            read_certificate,
            certificate(spec=spec(duration=5)),
            "spec.duration: expected a string, got 5",
            id="a number is no duration",
        ),
        pytest.param(
            read_certificate,
            certificate(spec=spec(renewal={"windows": [{}, {"windowDuration": "1d"}]})),
            "spec.renewal.windows[1].windowDuration: "
            "expected a Go duration such as \"1h30m\", got '1d'",
            id="deep inside, with field and index",
        ),
        pytest.param(
            read_certificate,
            certificate(status={"notAfter": "2026-11-01"}),
            "status.notAfter: expected an RFC 3339 date-time, got '2026-11-01'",
            id="a date is no instant",
        ),
        pytest.param(
            read_certificate,
            certificate(spec=spec(additionalOutputFormats=[{"type": 7}])),
            "spec.additionalOutputFormats[0].type: expected a string, got 7",
            id="an output format's type",
        ),
        pytest.param(
            read_certificate,
            certificate(spec=[]),
            "spec: expected a mapping, got a list",
            id="a list is no object",
        ),
        pytest.param(
            read_certificate,
            certificate(metadata={"name": "web", "annotations": {"a/b": 7}}),
            "metadata.annotations[a/b]: expected a string, got 7",
            id="an annotation that is no string",
        ),
        pytest.param(
            read_certificate,
            certificate(metadata={"name": "web", "annotations": {"a/b": None}}),
            "metadata.annotations[a/b]: expected a string, got null",
            id="an annotation that is null",
        ),
        pytest.param(
            read_certificate,
            certificate(metadata={"name": "web", "labels": {7: "a"}}),
            "metadata.labels: expected a string as key, got 7",
            id="a label's key that is no string",
        ),
        pytest.param(
            read_certificate,
            certificate(metadata={"name": "web", "labels": {"a\x1b[2J": 7}}),
            "metadata.labels['a\\x1b[2J']: expected a string, got 7",
            id="a key that could deceive a terminal is quoted",
        ),
        pytest.param(
            read_certificate,
            certificate(apiVersion="cert-manager.io/v1alpha2"),
            "apiVersion: expected cert-manager.io/v1, got 'cert-manager.io/v1alpha2'",
            id="another version",
        ),
        pytest.param(
            read_certificate,
            request(),
            "kind: expected Certificate, got 'CertificateRequest'",
            id="another kind",
        ),
        pytest.param(
            read_request,
            certificate(),
            "kind: expected CertificateRequest, got 'Certificate'",
            id="another kind than a request",
        ),
        pytest.param(read_certificate, 7, "expected a mapping, got a number", id="no object"),
        pytest.param(
            read_request,
            request(spec={"issuerRef": {"name": "ca"}, "request": "LS0t!"}),
            "spec.request: expected base64 with padding (RFC 4648 section 4)",
            id="bad base64",
        ),
        pytest.param(
            read_request,
            request(metadata={"name": "web-1", "ownerReferences": [{"controller": "yes"}]}),
            "metadata.ownerReferences[0].controller: expected a boolean, got 'yes'",
            id="an owner reference",
        ),
        pytest.param(
            read_secret,
            secret(metadata={"managedFields": [{"fieldsV1": {"f": float("nan")}}]}),
            "metadata.managedFields[0].fieldsV1: expected JSON, not too deep, got a mapping",
            id="managed fields that are no JSON",
        ),
    ],
)
def test_a_wrong_field_is_refused_with_its_path(
    read: Callable[[object], object], manifest: object, message: str
) -> None:
    with pytest.raises(ManifestError) as caught:
        read(manifest)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("read", "manifest", "path"),
    [
        pytest.param(
            read_certificate,
            certificate(spec=spec(keystores={"jks": {"password": ["hunter2"]}})),
            "spec.keystores.jks.password",
            id="a keystore's password",
        ),
        pytest.param(
            read_certificate,
            certificate(spec=spec(keystores={"pkcs12": {"password": 20262026}})),
            "spec.keystores.pkcs12.password",
            id="a password that YAML made a number",
        ),
        pytest.param(
            read_certificate,
            certificate(spec=spec(keystores={"jks": {"password": "hunter2\ud800"}})),
            "spec.keystores.jks.password",
            id="a password with a lone surrogate",
        ),
        pytest.param(
            read_certificate,
            certificate(spec=spec(keystores={"jks": "hunter2"})),
            "spec.keystores.jks",
            id="a password in the place of its keystore",
        ),
        pytest.param(read_secret, secret(data="hunter2"), "data", id="data that is no mapping"),
        pytest.param(
            read_secret, secret(data={"tls.key": "hunter2"}), "data[tls.key]", id="base64"
        ),
        pytest.param(
            read_secret,
            secret(data={"tls.key": "hünter2"}),
            "data[tls.key]",
            id="base64, not ASCII",
        ),
        pytest.param(
            read_secret, secret(data={"tls.key": 20262026}), "data[tls.key]", id="a number as data"
        ),
        pytest.param(
            read_secret,
            secret(stringData={"pin": 20262026}),
            "stringData[pin]",
            id="a number as string data",
        ),
        pytest.param(
            read_secret,
            secret(stringData={"pin": "hunter2\ud800"}),
            "stringData[pin]",
            id="string data that UTF-8 cannot hold",
        ),
    ],
)
def test_a_secret_value_is_never_quoted(
    read: Callable[[object], object], manifest: object, path: str
) -> None:
    with pytest.raises(ManifestError) as caught:
        read(manifest)
    error: BaseException | None = caught.value
    assert caught.value.path == path
    while error is not None:
        said = f"{error} {error!r} {error.args} {vars(error)}"
        assert "nter2" not in said
        assert "20262026" not in said
        error = error.__context__


@pytest.mark.parametrize(
    ("encoded", "expected"),
    [
        pytest.param("", b"", id="nothing"),
        pytest.param("QUI=", b"AB", id="padded"),
        pytest.param("QU\r\nI=\n", b"AB", id="line ends anywhere are ignored"),
        pytest.param("QU\nI\n=", b"AB", id="even within the padding"),
        pytest.param("QU\rI=", b"AB", id="those of an old Macintosh, too"),
        pytest.param("QUJ=", b"AB", id="stray bits before the padding are ignored"),
        pytest.param("-_-_", None, id="the alphabet of URLs is refused"),
        pytest.param("QUI", None, id="missing padding is refused"),
        pytest.param("QUI==", None, id="too much padding is refused"),
        pytest.param("QUI=QUI=", None, id="text after the padding is refused"),
        pytest.param("Q UI=", None, id="a blank is refused"),
    ],
)
def test_base64_is_read_as_go_reads_it(encoded: str, expected: bytes | None) -> None:
    manifest = secret(data={"tls.crt": encoded})
    if expected is None:
        with pytest.raises(ManifestError, match="base64"):
            read_secret(manifest)
    else:
        assert read_secret(manifest).entry("tls.crt") == expected


def test_null_in_data_is_an_entry_without_bytes_as_go_reads_it() -> None:
    entries = read_secret(secret(data={"tls.crt": None}, stringData={"tls.key": None})).entries
    assert entries == {"tls.crt": b"", "tls.key": b""}


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        pytest.param({}, None, id="neither is absent"),
        pytest.param({"stringData": {"a": "x"}}, {"a": b"x"}, id="it alone"),
        pytest.param(
            {"stringData": {"a": "ü"}, "data": {"a": "QUI=", "b": "QUI="}},
            {"a": "ü".encode(), "b": b"AB"},
            id="it wins, whichever comes first",
        ),
    ],
)
def test_string_data_is_merged_over_data(
    members: Mapping[str, object], expected: Mapping[str, bytes] | None
) -> None:
    assert read_secret(secret(**members)).entries == expected


def test_string_data_that_is_no_mapping_is_refused_with_its_path() -> None:
    with pytest.raises(ManifestError, match=r"^stringData: expected a mapping, got a list$"):
        read_secret(secret(stringData=[]))


@pytest.mark.parametrize(
    ("read", "manifest"),
    [
        pytest.param(read_certificate, certificate, id="Certificate"),
        pytest.param(read_secret, secret, id="Secret"),
        pytest.param(read_request, request, id="CertificateRequest"),
    ],
)
def test_kubectls_copy_of_the_object_is_left_out_because_it_repeats_secrets(
    read: Callable[[object], Certificate | SecretData | CertificateRequest],
    manifest: Callable[..., dict[str, object]],
) -> None:
    annotations = {LAST_APPLIED: '{"data": {"tls.key": "aHVudGVyMg=="}}', "a": "b"}
    assert read(manifest(metadata={"annotations": annotations})).annotations == {"a": "b"}


def test_what_the_api_requires_and_an_object_lacks_is_empty_for_validate_to_find() -> None:
    assert read_certificate({}) == Certificate(
        "", CertificateSpec(secret_name="", issuer_ref=IssuerRef(""))
    )
    assert read_request({}) == CertificateRequest(name="", issuer_ref=IssuerRef(""))
    assert read_secret({}) == SecretData()


def test_a_creation_timestamp_of_null_is_absent_as_in_manifests_that_kubectl_generates() -> None:
    metadata = {"name": "web", "creationTimestamp": None}
    assert read_certificate(certificate(metadata=metadata)).created is None


def test_managed_fields_are_kept_as_canonical_json() -> None:
    entry = {"manager": "m", "fieldsV1": {"f:b": {}, "f:a": {".": {}}}}
    metadata = {"name": "web-tls", "managedFields": [entry]}
    read = read_secret(secret(metadata=metadata))
    assert read.managed_fields == (
        ManagedFields(manager="m", fields_v1='{"f:a":{".":{}},"f:b":{}}'),
    )
    assert write_secret(read)["metadata"] == metadata


def test_fields_nested_too_deeply_are_refused() -> None:
    nested: dict[str, object] = {}
    for _ in range(100_000):
        nested = {"f": nested}
    with pytest.raises(ManifestError, match="expected JSON, not too deep"):
        read_secret(secret(metadata={"managedFields": [{"fieldsV1": nested}]}))


def test_a_spec_by_itself_is_refused_under_the_path_that_the_caller_calls_it() -> None:
    with pytest.raises(ManifestError, match=r"^web\.spec\.uris\[0\]: expected a string, got 7$"):
        read_spec(spec(uris=[7]), path="web.spec")
    with pytest.raises(ManifestError, match=r"^expected a mapping, got null$"):
        read_spec(None, path="")  # type: ignore[arg-type]  # what a caller without types may do


@pytest.mark.parametrize(
    ("manifest", "kind"),
    [
        pytest.param(certificate(), Certificate, id="Certificate"),
        pytest.param(request(), CertificateRequest, id="CertificateRequest"),
        pytest.param(secret(), SecretData, id="Secret"),
    ],
)
def test_an_object_is_read_as_the_kind_that_it_says_it_is(
    manifest: object, kind: type[object]
) -> None:
    assert isinstance(read_object(manifest), kind)


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        pytest.param("v1", "ConfigMap", id="another kind"),
        pytest.param("v1", "Certificate", id="a kind of another group, the core one"),
        pytest.param("networking.internal.knative.dev/v1", "Certificate", id="Knative's"),
        pytest.param("cert-manager.io/v1", "Secret", id="a Secret of another group"),
    ],
)
def test_an_object_of_another_kind_is_none(api_version: str, kind: str) -> None:
    assert read_object({"apiVersion": api_version, "kind": kind}) is None


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        pytest.param([], "expected a mapping, got a list", id="no mapping"),
        pytest.param(
            {},
            "kind: expected the kind of object, such as Certificate, got nothing",
            id="no kind",
        ),
        pytest.param({"kind": 1}, "kind: expected a string, got 1", id="a number as kind"),
        pytest.param({"kind": "Secret"}, "apiVersion: expected a string, got null", id="no group"),
        pytest.param(
            certificate(apiVersion="cert-manager.io/v1alpha3"),
            "apiVersion: expected cert-manager.io/v1, got 'cert-manager.io/v1alpha3'",
            id="an old version has other fields, and is not ignored in silence",
        ),
    ],
)
def test_what_does_not_say_what_it_is_is_refused(manifest: object, message: str) -> None:
    with pytest.raises(ManifestError) as caught:
        read_object(manifest)
    assert str(caught.value) == message


def test_a_certificate_is_written_as_the_api_spells_it() -> None:
    written = write_certificate(
        Certificate(
            "web",
            CertificateSpec(
                secret_name="",
                issuer_ref=IssuerRef("ca"),
                duration=timedelta(days=90),
                usages=["server auth"],
                additional_output_formats=["DER"],
            ),
            created=datetime(2026, 11, 24, 12, tzinfo=UTC),
        )
    )
    assert written == {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": {"name": "web", "creationTimestamp": "2026-11-24T12:00:00Z"},
        "spec": {
            "secretName": "",
            "issuerRef": {"name": "ca"},
            "duration": "2160h0m0s",
            "usages": ["server auth"],
            "additionalOutputFormats": [{"type": "DER"}],
        },
    }


def test_words_that_the_model_knows_are_written_as_plain_strings() -> None:
    written = write_certificate(
        read_certificate(certificate(spec=spec(privateKey={"algorithm": "ECDSA"})))
    )
    match written:
        case {"spec": {"privateKey": {"algorithm": algorithm}}}:
            assert type(algorithm) is str
        case _:
            pytest.fail("no algorithm was written")


def test_an_object_without_a_name_is_written_without_one() -> None:
    assert "metadata" not in write_request(read_request({}))


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(write_certificate, id="Certificate"),
        pytest.param(write_secret, id="Secret"),
        pytest.param(write_request, id="CertificateRequest"),
    ],
)
def test_only_its_own_kind_is_written_and_nothing_else_is_quoted(
    write: Callable[[object], object],
) -> None:
    with pytest.raises(WrongTypeError, match=r"got a dict$"):
        write({"data": "hunter2"})


def test_managed_fields_that_are_no_json_cannot_be_written() -> None:
    with pytest.raises(ManifestError, match="expected JSON text"):
        write_secret(SecretData(managed_fields=(ManagedFields(fields_v1="{"),)))
