"""The operator under kopf, against an API server on loopback: no cluster, and no mock of kopf."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from time import sleep
from typing import TYPE_CHECKING, Final

import kopf
import pytest
from attrs import evolve
from kopf.testing import KopfRunner

import certlife as cl
from certlife.adapters.kubernetes import (
    read_export,
    read_spec,
    write_certificate,
    write_request,
    write_secret,
)
from certlife.issuers import Answer, Invalid, Issued, Pending
from certlife.model.annotations import TLS_PRIVATE_KEY
from certlife.model.secret import SecretData
from certlife.testing import asked, authority, issued, request, signer
from examples.operator.api import Api, ApiError
from examples.operator.controller import Caretakers
from examples.operator.fake_api import served
from examples.operator.fake_cluster import (
    CERTIFICATES,
    ISSUERS,
    REQUESTS,
    SECRETS,
    FakeCluster,
    Place,
)
from examples.operator.issuer import ClusterIssuers
from examples.operator.rehearsal import (
    SPEC,
    WEB,
    WEB_TLS,
    certificate,
    create_certificate,
    create_issuer,
    is_settled,
    operating,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW: Final = datetime.now(UTC).replace(microsecond=0)
DAY: Final = timedelta(days=1)
OTHER: Final = Place(CERTIFICATES, "shop", "other")
OTHER_MANIFEST: Final = {
    "apiVersion": "cert-manager.io/v1",
    "kind": "Certificate",
    "metadata": {},
    "spec": {**SPEC, "secretName": "other-tls"},
}
COMMAND: Final = ("run", "-m", "examples.operator.controller", "--all-namespaces", "--standalone")


@pytest.fixture
def cluster() -> FakeCluster:
    """A cluster with an Issuer in it."""
    made = FakeCluster()
    create_issuer(made)
    return made


@pytest.fixture
def kubeconfig(cluster: FakeCluster) -> Iterator[str]:
    with served(cluster) as found:
        yield found


@pytest.fixture
def api(kubeconfig: str) -> Api:
    """What talks to the cluster, without kopf."""
    (known,) = json.loads(kubeconfig)["clusters"]
    return Api(kopf.ConnectionInfo(server=known["cluster"]["server"]))


def test_a_certificate_is_issued_with_what_its_spec_says(
    cluster: FakeCluster, kubeconfig: str
) -> None:
    with operating(kubeconfig):
        create_certificate(cluster, WEB)
        assert cluster.wait_for(lambda: is_settled(cluster, 1))
    snapshot = seen(cluster)
    assert cl.STRICT.all(snapshot, now=NOW) == ()
    assert leaf(snapshot).dns_names == ("shop.example",)
    assert leaf(snapshot).signature_problem(authority("our CA").certificate) is None
    assert snapshot.certificate.status.not_after == leaf(snapshot).not_after


def test_a_secret_that_is_deleted_and_a_spec_that_is_edited_are_seen_to(
    cluster: FakeCluster, kubeconfig: str
) -> None:
    with operating(kubeconfig):
        create_certificate(cluster, WEB)
        assert cluster.wait_for(lambda: is_settled(cluster, 1))
        cluster.delete(WEB_TLS)
        assert cluster.wait_for(lambda: is_settled(cluster, 2))
        cluster.edit(WEB, spec={**SPEC, "dnsNames": ["new.shop.example"]})
        assert cluster.wait_for(lambda: is_settled(cluster, 3))
    assert leaf(seen(cluster)).dns_names == ("new.shop.example",)


def test_what_falls_due_is_renewed_though_nothing_changes(
    cluster: FakeCluster, kubeconfig: str
) -> None:
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=3)
    put(cluster, world(issued_at=due - 60 * DAY))
    with operating(kubeconfig):
        assert cluster.wait_for(lambda: certificate(cluster).status.revision == 2)
        assert datetime.now(UTC) >= due


def test_an_issuance_that_somebody_else_has_begun_is_brought_to_its_end(
    cluster: FakeCluster, kubeconfig: str
) -> None:
    put(cluster, asked(world(issued_at=NOW - 60 * DAY), at=NOW))
    with operating(kubeconfig):
        assert cluster.wait_for(lambda: certificate(cluster).status.revision == 2)
    key = signer(world(issued_at=NOW).certificate.spec.effective_private_key, 2)
    secret = seen(cluster).secret
    assert secret is not None
    assert secret.entry(TLS_PRIVATE_KEY) == key.pem


def test_after_a_restart_what_stands_is_left_alone(cluster: FakeCluster, kubeconfig: str) -> None:
    with operating(kubeconfig):
        create_certificate(cluster, WEB)
        assert cluster.wait_for(lambda: is_settled(cluster, 1))
    before = cluster.get(WEB), cluster.get(WEB_TLS)
    with operating(kubeconfig):
        cluster.create(OTHER, OTHER_MANIFEST)
        assert cluster.wait_for(lambda: certificate(cluster, OTHER).status.revision == 1)
    assert before == (cluster.get(WEB), cluster.get(WEB_TLS))


def test_two_operators_issue_one_certificate(cluster: FakeCluster, kubeconfig: str) -> None:
    with operating(kubeconfig), operating(kubeconfig):
        create_certificate(cluster, WEB)
        assert cluster.wait_for(lambda: certificate(cluster).status.revision == 1)
        wait_until_quiet(cluster)
    (only,) = seen(cluster).requests
    assert leaf(seen(cluster)) == cl.X509Certificate.from_pem(only.certificate or b"")
    assert cl.STRICT.all(seen(cluster), now=NOW) == ()


def test_who_waits_for_a_secret_gets_it_once_its_owner_is_gone(
    cluster: FakeCluster, kubeconfig: str
) -> None:
    with operating(kubeconfig):
        create_certificate(cluster, WEB)
        assert cluster.wait_for(lambda: is_settled(cluster, 1))
        create_certificate(cluster, OTHER)
        assert cluster.wait_for(lambda: is_blocked(cluster, OTHER))
        wait_until_quiet(cluster)
        cluster.delete(WEB)
        assert cluster.wait_for(lambda: certificate(cluster, OTHER).status.revision == 1)


def test_a_certificate_that_is_gone_is_not_issued(cluster: FakeCluster, kubeconfig: str) -> None:
    with operating(kubeconfig):
        create_certificate(cluster, WEB)
        assert cluster.wait_for(lambda: is_settled(cluster, 1))
        cluster.delete(WEB)
        cluster.delete(WEB_TLS)
        cluster.create(OTHER, OTHER_MANIFEST)
        assert cluster.wait_for(lambda: certificate(cluster, OTHER).status.revision == 1)
    assert cluster.get(WEB_TLS) is None


def test_nobody_goes_on_looking_after_a_certificate_that_is_gone(api: Api) -> None:
    async def note_one_that_is_gone() -> None:
        caretakers = Caretakers()
        caretakers.api = api
        caretakers.note(("shop", "gone"), "gone-tls")
        (task,) = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.wait_for(task, 30)

    asyncio.run(note_one_that_is_gone())


def test_a_request_waits_for_its_issuer(cluster: FakeCluster, kubeconfig: str) -> None:
    cluster.delete(Place(ISSUERS, "shop", "our-ca"))
    cluster.delete(Place(SECRETS, "shop", "our-ca"))
    with operating(kubeconfig):
        create_certificate(cluster, WEB)
        assert cluster.wait_for(lambda: "There is no Issuer our-ca" in str(cluster.find(REQUESTS)))
        create_issuer(cluster)
        assert cluster.wait_for(lambda: is_settled(cluster, 1))


def test_a_certificate_that_cannot_be_read_is_told_and_stops_nobody(
    cluster: FakeCluster, kubeconfig: str, caplog: pytest.LogCaptureFixture
) -> None:
    cluster.create(OTHER, {**OTHER_MANIFEST, "spec": {**SPEC, "dnsNames": 7}})
    with operating(kubeconfig):
        create_certificate(cluster, WEB)
        assert cluster.wait_for(lambda: is_settled(cluster, 1))
    assert "cannot look at shop/other: spec.dnsNames: expected" in caplog.text


def test_kopfs_own_command_runs_it(
    cluster: FakeCluster, kubeconfig: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "kubeconfig").write_text(kubeconfig, "utf-8")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
    create_certificate(cluster, WEB)
    with KopfRunner(COMMAND, timeout=30):
        assert cluster.wait_for(lambda: is_settled(cluster, 1))


def test_a_cluster_issuer_signs_with_the_secret_in_its_own_namespace(
    cluster: FakeCluster, api: Api
) -> None:
    reference = cl.IssuerRef("our-ca", kind="ClusterIssuer")
    assert answer(api, reference) == Pending("There is no ClusterIssuer our-ca")
    clusterwide = ISSUERS.replace("issuers", "clusterissuers")
    cluster.create(Place(clusterwide, "", "our-ca"), issuer("ClusterIssuer", {"secretName": "ca"}))
    assert answer(api, reference) == Pending(
        "There is no Secret ca with the key of ClusterIssuer our-ca"
    )
    secret = cluster.get(Place(SECRETS, "shop", "our-ca"))
    cluster.create(Place(SECRETS, "cert-manager", "ca"), secret)
    assert isinstance(answer(api, reference), Issued)


def test_an_issuer_of_another_type_does_not_sign(cluster: FakeCluster, api: Api) -> None:
    own = {"apiVersion": "cert-manager.io/v1", "kind": "Issuer", "metadata": {}}
    cluster.create(Place(ISSUERS, "shop", "own"), {**own, "spec": {"selfSigned": {}}})
    assert answer(api, cl.IssuerRef("own")) == Invalid(
        "expected an issuer of the type ca, got Issuer own"
    )


def test_only_what_was_read_is_replaced_and_deleted(cluster: FakeCluster, api: Api) -> None:
    create_certificate(cluster, WEB)
    path = "/apis/cert-manager.io/v1/namespaces/shop/certificates/web"
    read = api.read(path)
    cluster.edit(WEB, spec={**SPEC, "duration": "720h"})
    assert not api.replace(path, read)
    api.delete(path, uid="another")
    assert cluster.get(WEB) is not None
    assert not api.create(path.removesuffix("/web"), read)
    assert api.read(f"{path}-too") is None


@pytest.mark.parametrize(
    ("server", "rule"),
    [(None, "PUT was answered with 422"), ("http://127.0.0.1:1", "PUT failed")],
    ids=["a server that refuses", "a server that is away"],
)
def test_what_the_api_server_does_not_do_is_an_error_after_which_it_is_tried_again(
    cluster: FakeCluster, api: Api, server: str | None, rule: str
) -> None:
    create_certificate(cluster, WEB)
    if server is not None:
        api = Api(kopf.ConnectionInfo(server=server))
    path = "/apis/cert-manager.io/v1/namespaces/shop/certificates/web"
    with pytest.raises(ApiError, match=rule) as error:
        api.replace(path, {"metadata": {"name": "web"}})
    assert isinstance(error.value, cl.CertlifeError)
    assert error.value.path == path


def world(issued_at: datetime) -> cl.Snapshot:
    """The Certificate, issued."""
    return issued(read_spec(SPEC), at=issued_at, name="web", namespace="shop")


def put(cluster: FakeCluster, snapshot: cl.Snapshot) -> None:
    """Put all of a world into the cluster, where the Certificate gets another uid."""
    written = write_certificate(snapshot.certificate)
    uid = cluster.create(WEB, written)["metadata"]["uid"]
    cluster.edit(WEB, status=written["status"])
    for one in snapshot.requests:
        owners = [evolve(owner, uid=uid) for owner in one.owner_references or ()]
        place, made = (
            Place(REQUESTS, "shop", one.name),
            write_request(evolve(one, owner_references=owners)),
        )
        cluster.create(place, made)
        cluster.edit(place, status=made.get("status", {}))
    assert snapshot.secret is not None
    cluster.create(WEB_TLS, write_secret(snapshot.secret))
    name, key = snapshot.certificate.status.next_private_key_secret_name, snapshot.pending_key
    if name is not None and key is not None:
        pem = signer(read_spec(SPEC).effective_private_key, snapshot.next_revision).pem
        pending = SecretData(name=name, namespace="shop", entries={TLS_PRIVATE_KEY: pem})
        cluster.create(Place(SECRETS, "shop", name), write_secret(pending))


def seen(cluster: FakeCluster) -> cl.Snapshot:
    """The Certificate with what surrounds it, as any reader of the cluster would see it."""
    objects = [
        {"apiVersion": "v1", "kind": "List", "items": cluster.find(collection)[1]}
        for collection in (CERTIFICATES, SECRETS, REQUESTS)
    ]
    return read_export(("", one) for one in objects).gather(certificate(cluster))


def is_blocked(cluster: FakeCluster, place: Place) -> bool:
    """Whether a Certificate says that somebody else must move first."""
    return certificate(cluster, place).status.condition("Blocked") is not None


def wait_until_quiet(cluster: FakeCluster) -> None:
    """Wait for half a second in which nothing happens."""
    now, before = cluster.find(SECRETS)[0], -1
    while now != before:
        sleep(0.5)
        now, before = cluster.find(SECRETS)[0], now


def leaf(snapshot: cl.Snapshot) -> cl.X509Certificate:
    """What is in the Secret."""
    assert snapshot.secret is not None
    return snapshot.secret.certificate


def answer(api: Api, reference: cl.IssuerRef) -> Answer:
    """What the issuers of the cluster say to a request."""
    certificate = evolve(
        world(issued_at=NOW).certificate, spec=evolve(read_spec(SPEC), issuer_ref=reference)
    )
    return ClusterIssuers(api).answer(
        request(certificate, signer(read_spec(SPEC).effective_private_key), at=NOW)
    )


def issuer(kind: str, ca: object) -> dict[str, object]:
    """An issuer of the type ca."""
    return {"apiVersion": "cert-manager.io/v1", "kind": kind, "metadata": {}, "spec": {"ca": ca}}
