"""Manifests put together: who signs what, what comes first, and what is at fault."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from certlife.cli.configuration import read_configuration
from certlife.model.spec import IssuerRef
from tests.cli.command import GOOD, certificate, in_json, request, secret
from tests.cli.pki import CA, PKI, SELF, authority, configuration, configured, issuer, leaf

if TYPE_CHECKING:
    from certlife.cli.configuration import Configuration
    from tests.cli.command import Object


def read(*objects: Object, settings: Object | None = None) -> Configuration:
    configured(*objects, settings=settings)
    return read_configuration("conf")


def waves(*objects: Object) -> list[list[str]]:
    configuration = read(*objects)
    assert not configuration.problems
    return [[one.name for one in wave] for wave in configuration.waves()]


def test_a_certificate_comes_after_the_one_that_makes_its_ca() -> None:
    intermediate = issuer("below", {"ca": {"secretName": "middle"}})
    assert waves(leaf("low", "below"), intermediate, authority("middle", "ca"), *PKI) == [
        ["root"],
        ["middle", "web"],
        ["low"],
    ]


def test_certificates_that_wait_for_each_other_come_in_some_order() -> None:
    first, second = (issuer(name, {"ca": {"secretName": name}}) for name in ("a", "b"))
    assert waves(authority("a", "b"), authority("b", "a"), first, second)


def test_a_secret_that_is_given_is_there_from_the_start() -> None:
    given = secret(GOOD, "root", None)
    assert waves(leaf(), CA, given) == [["web"]]


@pytest.mark.parametrize("namespace", ["cert-manager", None])
def test_the_secret_of_a_cluster_issuer_is_where_cert_manager_has_it_or_in_no_namespace(
    namespace: str | None,
) -> None:
    cluster = issuer("all", {"ca": {"secretName": "root"}}, kind="ClusterIssuer")
    ref = {"name": "all", "kind": "ClusterIssuer"}
    found = read(certificate(spec={"issuerRef": ref}), cluster, secret(GOOD, "root", namespace))
    assert not found.problems
    all_ = found.issuer_of(IssuerRef("all", kind="ClusterIssuer"), "shop")
    assert all_ is not None
    assert found.ca_of(all_) == (namespace or "", "root")


def test_an_issuer_that_needs_no_ca_has_none() -> None:
    found = read(*PKI)
    self_signed = found.issuer_of(IssuerRef("self"), None)
    assert self_signed is not None
    assert found.ca_of(self_signed) is None


def test_an_issuer_is_found_in_its_own_namespace_and_group_only() -> None:
    found = read(SELF)
    assert found.issuer_of(IssuerRef("self"), "shop") is None
    assert found.issuer_of(IssuerRef("self", group="example.com"), None) is None


@pytest.mark.parametrize(
    ("objects", "told"),
    [
        pytest.param(
            (leaf(duration="30m"), SELF, authority(), CA),
            "conf/objects.json: web: spec.duration: expected at least 1h0m0s, got 30m0s",
            id="a faulty spec",
        ),
        pytest.param(
            (leaf(issuer="nobody"),),
            "conf/objects.json: web: spec.issuerRef: expected an issuer of the configuration,"
            " got Issuer.cert-manager.io/nobody",
            id="an issuer that is not there",
        ),
        pytest.param(
            (leaf(), CA),
            "conf/objects.json: web: spec.issuerRef: expected an issuer whose Secret a Certificate"
            " makes or the configuration holds, and Issuer.cert-manager.io/ca wants root",
            id="a CA that nobody makes",
        ),
        pytest.param(
            (issuer("le", {"acme": {}}),),
            "conf/objects.json: items[0].spec.acme: expected selfSigned or ca",
            id="an ACME issuer",
        ),
        pytest.param(
            (configuration(),),
            "expected a Configuration as a document of its own, and not in a List",
            id="a Configuration in a List",
        ),
    ],
)
def test_what_is_at_fault_is_told_and_left_out(objects: tuple[Object, ...], told: str) -> None:
    found = read(*objects)
    assert [problem[: len(told)] for problem in found.problems] == [told]
    assert "web" not in [one.name for one in found.certificates]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        pytest.param(
            configuration(mode=1),
            'conf/settings.json: mode: expected text like "0640", got 1',
            id="a faulty Configuration",
        ),
        pytest.param(
            configuration(onChange=[{"command": ["a"], "certificates": ["web", "w"]}]),
            "onChange[0].certificates: expected Certificates of the configuration (as"
            " NAMESPACE/NAME where they have one), got 'w'",
            id="a command for a Certificate that is not there",
        ),
    ],
)
def test_what_is_wrong_with_the_settings_is_told(settings: Object, told: str) -> None:
    found = read(*PKI, settings=settings)
    assert found.problems == (told,)
    assert len(found.certificates) == 2


def test_a_second_configuration_is_refused() -> None:
    configured(*PKI, settings=configuration(mode="0600"))
    Path("conf/z.yaml").write_text("apiVersion: certlife.io/v1\nkind: Configuration\nmode: 0640\n")
    found = read_configuration("conf")
    assert found.settings.mode == 0o600
    assert found.problems == (
        "conf/z.yaml: expected one Configuration, and conf/settings.json is one",
    )


def test_what_is_no_object_is_told_once() -> None:
    Path("conf").mkdir()
    Path("conf/bad.yaml").write_text("just text")
    assert read_configuration("conf").problems == (
        "conf/bad.yaml: expected an object of Kubernetes in JSON or YAML, or PEM, got a string",
    )


UNUSED = {"passwordSecretRef": {"name": "nowhere", "key": "x"}}


def test_a_keystore_that_says_its_password_itself_needs_no_secret() -> None:
    stores = {"pkcs12": {"create": True, "password": "x"}, "jks": {"create": False, **UNUSED}}
    assert not read(leaf("web", "self", keystores=stores), SELF).problems


def test_of_a_certificate_that_is_there_twice_the_last_counts_and_what_is_passed_over_is_told() -> (
    None
):
    twice = certificate("web", None, spec={"secretName": "b", "issuerRef": {"name": "self"}})
    config_map: Object = {"apiVersion": "v1", "kind": "ConfigMap"}
    configured(*PKI, twice, request("r", "1"), config_map)
    Path("conf/a.pem").write_bytes(GOOD.certificate)
    found = read_configuration("conf")
    assert {one.spec.secret_name for one in found.certificates} == {"b", "root"}
    assert found.notes == (
        "there more than once, of which the last one counts: Certificate web",
        "ignored, being of other kinds: 1 CertificateRequest.cert-manager.io, 1 ConfigMap",
        "passed over, being no manifests: 1 PEM files",
    )


def test_one_file_is_a_configuration_too() -> None:
    Path("all.json").write_bytes(in_json(*PKI))
    assert len(read_configuration("all.json").certificates) == 2
