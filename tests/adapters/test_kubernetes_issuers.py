"""Issuers and ClusterIssuers: what can be signed for is read, everything else refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from certlife.adapters.kubernetes import IssuerManifest, Refusal, read_issuer, read_issuers
from certlife.errors import ManifestError
from certlife.issuers import CertificateUrls

if TYPE_CHECKING:
    from collections.abc import Mapping


def issuer(
    spec: object, kind: str = "Issuer", metadata: Mapping[str, object] | None = None
) -> dict[str, object]:
    """Return an issuer, named "ca" in "shop" where nothing else is said."""
    named = {"name": "ca", "namespace": "shop"} if metadata is None else metadata
    return {"apiVersion": "cert-manager.io/v1", "kind": kind, "metadata": named, "spec": spec}


def test_a_self_signed_issuer_has_no_secret() -> None:
    read = read_issuer(issuer({"selfSigned": {}}))
    assert read == IssuerManifest(kind="Issuer", name="ca", namespace="shop")


def test_a_ca_issuer_names_its_secret() -> None:
    read = read_issuer(issuer({"ca": {"secretName": "root", "ocspServers": []}}))
    assert read == IssuerManifest(kind="Issuer", name="ca", namespace="shop", ca_secret="root")


def test_an_issuer_says_what_urls_certificates_carry() -> None:
    read = read_issuer(
        issuer(
            {
                "ca": {
                    "secretName": "root",
                    "crlDistributionPoints": ["http://a.example"],
                    "ocspServers": ["http://b.example"],
                    "issuingCertificateURLs": ["http://c.example"],
                }
            }
        )
    )
    assert read.urls == CertificateUrls(
        crl_distribution_points=["http://a.example"],
        ocsp_servers=["http://b.example"],
        issuing_certificate_urls=["http://c.example"],
    )
    lone = read_issuer(issuer({"selfSigned": {"crlDistributionPoints": ["http://a.example"]}}))
    assert lone.urls == CertificateUrls(crl_distribution_points=["http://a.example"])


def test_a_cluster_issuer_has_no_namespace_whatever_it_says() -> None:
    read = read_issuer(issuer({"selfSigned": {}}, "ClusterIssuer"))
    assert (read.kind, read.namespace) == ("ClusterIssuer", None)


def test_what_a_cluster_adds_to_an_issuer_is_no_matter() -> None:
    metadata = {"name": "ca", "uid": "1", "labels": {"a": "b"}, "annotations": {}, "generation": 1}
    manifest = {**issuer({"selfSigned": {}}, metadata=metadata), "status": {"conditions": []}}
    assert read_issuer(manifest) == IssuerManifest(kind="Issuer", name="ca")


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        pytest.param(
            issuer({"acme": {"server": "https://ca.example"}}),
            "spec.acme: expected selfSigned or ca, the types of issuer that certlife has",
            id="an ACME issuer",
        ),
        pytest.param(issuer({"vault": {}}), "spec.vault: expected selfSigned or ca", id="Vault"),
        pytest.param(issuer({"venafi": {}}), "spec.venafi: expected selfSigned or ca", id="Venafi"),
        pytest.param(
            issuer({"ca": {"secretName": "a"}, "dream": {}}),
            "spec.dream: expected a field that an issuer has",
            id="a type that nobody knows",
        ),
        pytest.param(issuer({}), "spec: expected either selfSigned or ca", id="no type"),
        pytest.param(
            issuer({"selfSigned": {}, "ca": {"secretName": "a"}}),
            "spec: expected either selfSigned or ca",
            id="two types",
        ),
        pytest.param(
            issuer({"ca": {}}), "spec.ca.secretName: expected the name of a Secret", id="no Secret"
        ),
        pytest.param(
            issuer({"ca": {"secretName": "a", "ocspServers": ["http://ocsp.example", ""]}}),
            "spec.ca.ocspServers[1]: expected a URL in ASCII, such as http://pki.example/ca.crl,"
            " got ''",
            id="no URL",
        ),
        pytest.param(
            issuer({"selfSigned": {"ocspServers": ["http://ocsp.example"]}}),
            "spec.selfSigned.ocspServers: expected a field that an issuer has",
            id="a URL that this type has not",
        ),
        pytest.param(
            issuer({"selfSigned": []}), "spec.selfSigned: expected a mapping", id="no mapping"
        ),
        pytest.param(
            issuer({"selfSigned": {}}, metadata={}),
            "metadata.name: expected a name",
            id="no name",
        ),
        pytest.param(
            {**issuer({"selfSigned": {}}), "apiVersion": "cert-manager.io/v1alpha2"},
            "apiVersion: expected cert-manager.io/v1",
            id="a version of old",
        ),
        pytest.param(
            {**issuer({"selfSigned": {}}), "kind": "Secret"},
            "kind: expected Issuer or ClusterIssuer",
            id="another kind",
        ),
    ],
)
def test_what_would_not_be_done_is_refused(manifest: Mapping[str, object], told: str) -> None:
    with pytest.raises(ManifestError) as error:
        read_issuer(manifest)
    assert str(error.value).startswith(told)


def test_issuers_are_found_in_lists_of_lists_and_a_bad_one_hides_no_other() -> None:
    good = issuer({"selfSigned": {}})
    inner = {"apiVersion": "v1", "kind": "List", "items": [issuer({"acme": {}}), good]}
    outer = {"apiVersion": "v1", "kind": "List", "items": [inner]}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}
    assert read_issuers([("a", outer), ("b", secret), ("c", good), ("d", {})]) == (
        Refusal(
            "a",
            "items[0].items[0].spec.acme",
            "expected selfSigned or ca, the types of issuer that certlife has",
            None,
        ),
        read_issuer(good),
        read_issuer(good),
    )


def test_a_bad_issuer_by_itself_is_refused_with_its_own_path() -> None:
    (refusal,) = read_issuers([("a", issuer({}))])
    assert isinstance(refusal, Refusal)
    assert str(refusal) == "a: spec: expected either selfSigned or ca"


def test_items_that_are_no_list_are_for_another_to_refuse() -> None:
    assert read_issuers([("a", {"apiVersion": "v1", "kind": "List", "items": 1})]) == ()
