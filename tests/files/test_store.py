"""What the store keeps, where, and for whom to read."""

from __future__ import annotations

import json
import os
import stat
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from certlife.adapters.files import MAX_EVENTS, FileStore
from certlife.adapters.inputs import read_inputs
from certlife.errors import StoreError
from certlife.lifecycle.answers import Failed, Pending
from certlife.lifecycle.plan import Event, EventType
from certlife.model.certificate import Certificate
from certlife.model.secret import SecretData
from certlife.model.status import AriStatus, AriWindow, CertificateStatus, ConditionStatus
from certlife.pki.certificate import X509Certificate
from certlife.policy.decision import Blocked, BlockedReason, decide
from tests.files.world import WEB, World, served
from tests.lifecycle.world import HOUR, NOW, SPEC
from tests.lifecycle.world import World as InMemory

if TYPE_CHECKING:
    from pathlib import Path

    from certlife.model.request import CertificateRequest

EVENT = Event(EventType.NORMAL, "Told", "a sentence")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "store")


@pytest.fixture
def issued(world: World) -> World:
    world.settle()
    return world


def pending(tmp_path: Path) -> World:
    world = World(tmp_path / "store", Pending())
    world.settle()
    return world


def the_request(world: World) -> CertificateRequest:
    (request,) = world.look().requests
    return request


class TestDriving:
    def test_it_comes_to_the_same_end_as_the_store_in_memory(self, tmp_path: Path) -> None:
        memory, files = InMemory(Failed("no")), World(tmp_path / "store", Failed("no"))
        files.restart(Certificate("web", SPEC))
        memory.certificate = evolve(memory.certificate, generation=1)
        assert memory.settle() == files.settle() == NOW + HOUR
        memory.advance(HOUR)
        files.clock.advance(HOUR)
        assert memory.settle() == files.settle()
        assert memory.reasons == files.reasons
        assert memory.status == files.look(files.certificates[0]).certificate.status

    def test_another_store_on_the_folder_goes_on_where_the_first_was(self, tmp_path: Path) -> None:
        world = pending(tmp_path)
        before = the_request(world)
        world.restart()
        world.settle()
        assert the_request(world) == before

    def test_a_copied_key_is_written_once_more(self, issued: World) -> None:
        never = evolve(WEB.spec.effective_private_key, rotation_policy="Never")
        before = (issued.folder / "tls.key").read_bytes()
        issued.edit(evolve(WEB.spec, private_key=never, dns_names=["b.example"]))
        issued.settle()
        assert (issued.folder / "tls.key").read_bytes() == before
        assert served(issued.folder).dns_names == ("b.example",)

    def test_no_certificates_are_nothing_to_do(self, tmp_path: Path) -> None:
        assert list(FileStore(tmp_path / "store").snapshots()) == []
        assert not (tmp_path / "store").exists()


class TestTheSecret:
    def test_people_find_the_files_under_the_name_of_the_secret(self, issued: World) -> None:
        names = {path.name for path in issued.folder.iterdir()}
        files = {"tls.crt", "tls.key", "ca.crt", "tls-combined.pem", "key.der"}
        assert names == {*files, "..data", "..000001"}
        assert str((issued.folder / "..data").readlink()) == "..000001"
        assert str((issued.folder / "tls.crt").readlink()) == "..data/tls.crt"
        served(issued.folder)

    def test_with_a_namespace_they_are_in_a_folder_of_its_name(self, world: World) -> None:
        world.restart(evolve(WEB, namespace="default"), WEB)
        world.settle()
        inner, outer = served(world.root / "default/web-tls"), served(world.folder)
        assert inner != outer
        secret = world.store.read_secret("web-tls", "default")
        assert secret is not None
        assert secret.namespace == "default"

    def test_the_version_before_stays_for_readers_and_the_one_before_that_goes(
        self, issued: World
    ) -> None:
        for revision in (2, 3):
            issued.clock.advance(timedelta(days=61))
            issued.settle()
            versions = sorted(path.name for path in issued.folder.glob("..0*"))
            assert versions == [f"..{revision - 1:06}", f"..{revision:06}"]

    def test_a_reader_that_has_opened_a_version_reads_it_to_the_end(self, issued: World) -> None:
        key = (issued.folder / "tls.key").read_bytes()
        version = os.open(issued.folder / "..data", os.O_RDONLY)
        issued.clock.advance(timedelta(days=61))
        issued.settle()
        with os.fdopen(os.open("tls.key", os.O_RDONLY, dir_fd=version), "rb") as file:
            assert file.read() == key
        os.close(version)
        assert (issued.folder / "tls.key").read_bytes() != key

    def test_what_is_no_longer_asked_for_has_no_link(self, issued: World) -> None:
        issued.edit(evolve(SPEC, dns_names=["b.example"]))
        issued.settle()
        assert not (issued.folder / "key.der").is_symlink()
        assert (issued.folder / "tls.key").exists()

    def test_the_same_once_more_is_no_new_version_and_mends_the_links(self, issued: World) -> None:
        (issued.folder / "tls.crt").unlink()
        with issued.store.holding(WEB) as snapshot:
            assert snapshot.secret is not None
            issued.store.write_secret(snapshot.secret)
        assert [path.name for path in issued.folder.glob("..0*")] == ["..000001"]
        served(issued.folder)

    def test_a_link_that_somebody_has_removed_is_put_back_with_the_next_look(
        self, issued: World
    ) -> None:
        before = served(issued.folder)
        (issued.folder / "tls.key").unlink()
        issued.turn()
        assert (issued.folder / "tls.key").read_bytes().startswith(b"-----BEGIN")
        assert served(issued.folder) == before
        assert issued.store.problems == {}

    def test_a_link_that_cannot_be_put_back_is_told_and_the_certificate_kept(
        self, issued: World
    ) -> None:
        (issued.folder / "tls.key").unlink()
        (issued.folder / "tls.key").mkdir()
        with issued.store.holding(WEB) as snapshot:
            assert snapshot.secret is not None
        (problem,) = issued.store.problems.values()
        assert "move away what is there" in str(problem)

    def test_it_says_of_itself_what_cert_manager_would(self, issued: World) -> None:
        secret = issued.store.read_secret("web-tls")
        assert secret is not None
        assert secret.annotations is not None
        assert secret.annotations["cert-manager.io/issuer-name"] == "ca"
        assert secret.type == "kubernetes.io/tls"

    def test_its_annotations_may_be_lost_until_the_next_issuance_mends_them(
        self, issued: World
    ) -> None:
        (issued.folder / "..data/.secret.json").write_text("{")
        with pytest.raises(StoreError, match="next issuance mends it"):
            issued.look()
        assert issued.store.read_secret("web-tls") is not None
        issued.settle()
        issued.settle()
        assert issued.reasons.count("Unreadable") == 1
        assert ".secret.json" in str(issued.store.problems["", "web"])
        issued.clock.advance(timedelta(days=61))
        issued.settle()
        assert issued.look().certificate.status.revision == 2

    def test_check_reads_the_folder_as_it_is(self, issued: World) -> None:
        found = read_inputs([issued.root])
        assert {pem.certificate.name for pem in found.pems} == {"web-tls", "tls-combined"}
        assert not found.refusals

    def test_check_reads_what_certbot_keeps_as_it_is(self, issued: World, tmp_path: Path) -> None:
        archive, live = tmp_path / "archive/example.com", tmp_path / "live/example.com"
        archive.mkdir(parents=True)
        live.mkdir(parents=True)
        for name, source in (("fullchain", "tls.crt"), ("privkey", "tls.key"), ("chain", "ca.crt")):
            (archive / f"{name}1.pem").write_bytes((issued.folder / source).read_bytes())
            (live / f"{name}.pem").symlink_to(f"../../archive/example.com/{name}1.pem")
        found = read_inputs([tmp_path / "live"])
        (pem,) = found.pems
        assert pem.certificate.name == "example.com"
        assert pem.secret.certificate == served(issued.folder)
        assert not found.refusals


class TestAccess:
    def modes(self, world: World) -> set[str]:
        return {
            f"{stat.filemode(path.stat().st_mode)} {path.stat().st_gid}"
            for path in [world.folder, *world.folder.rglob("*")]
        }

    def test_nobody_else_reads_anything(self, issued: World) -> None:
        group = os.getgid()
        assert self.modes(issued) == {f"drwx------ {group}", f"-rw------- {group}"}
        for path in [issued.root, *(issued.root / ".certlife").rglob("*")]:
            assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path

    @pytest.mark.parametrize("umask", [0o000, 0o077], ids=["whatever", "strict"])
    def test_a_group_reads_secrets_and_nothing_else_whatever_the_umask(
        self, world: World, umask: int
    ) -> None:
        group = 4711 if os.geteuid() == 0 else os.getgid()
        before = os.umask(umask)
        try:
            world.store = FileStore(world.root, [WEB], group=group, now=world.clock.now)
            world.settle()
        finally:
            os.umask(before)
        assert self.modes(world) == {f"drwxr-x--- {group}", f"-rw-r----- {group}"}
        assert stat.S_IMODE(world.root.stat().st_mode) == 0o750
        for path in (world.root / ".certlife").rglob("*"):
            assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path

    def test_a_pending_key_is_for_nobody_else(self, tmp_path: Path) -> None:
        world = pending(tmp_path)
        (key,) = (world.state / "keys").iterdir()
        assert stat.S_IMODE(key.stat().st_mode) == 0o600


class TestTheCertificate:
    def test_what_is_wanted_comes_from_the_configuration_and_the_rest_from_the_store(
        self, world: World
    ) -> None:
        claims = evolve(
            WEB, uid="u", generation=9, created=NOW, status=CertificateStatus(revision=9)
        )
        world.clock.advance(HOUR + timedelta(microseconds=5))
        world.restart(claims)
        world.settle()
        known = world.look().certificate
        assert known.status.revision == 1
        assert known.created == NOW + HOUR
        assert known.generation == 1
        assert known.uid not in ("u", None)

    def test_a_spec_that_changes_is_another_generation(self, issued: World) -> None:
        issued.edit(evolve(WEB.spec, revision_history_limit=3))
        issued.settle()
        issued.settle()
        assert issued.look().certificate.generation == 2

    def test_a_text_that_json_cannot_say_is_written_as_go_would(self, world: World) -> None:
        world.restart(evolve(WEB, annotations={"a": "\ud800"}))
        world.settle()
        world.restart(evolve(WEB, annotations={"a": "\ud800"}))
        world.settle()
        assert world.look().certificate.annotations == {"a": "\N{REPLACEMENT CHARACTER}"}
        assert world.look().certificate.status.revision == 1

    def test_one_that_is_marked_by_hand_is_issued(self, issued: World) -> None:
        with issued.store.holding(WEB) as snapshot:
            certificate = snapshot.certificate
            marked = evolve(certificate.status, revision=5)
            issued.store.update_status(certificate, certificate.status, marked)
            issued.store.update_status(certificate, certificate.status, CertificateStatus())
        assert issued.look().certificate.status.revision == 5

    def test_of_two_that_name_one_secret_the_first_has_it(self, world: World) -> None:
        other = evolve(WEB, name="api")
        world.restart(other, WEB)
        world.settle()
        world.settle()
        assert [one.name for one in world.look(other).rivals] == ["web"]
        secret = world.store.read_secret("web-tls")
        assert secret is not None
        assert secret.annotations is not None
        assert secret.annotations["cert-manager.io/certificate-name"] == "api"
        blocked = decide(world.look(), now=NOW)
        assert isinstance(blocked, Blocked)
        assert blocked.reason is BlockedReason.SECRET_OWNED_BY_ANOTHER

    def test_an_acme_servers_window_counts(self, issued: World) -> None:
        window = AriWindow(start=NOW, end=NOW + HOUR)
        with issued.store.holding(WEB) as snapshot:
            status = snapshot.certificate.status
            said = evolve(status, ari=AriStatus(suggested_window=window))
            issued.store.update_status(snapshot.certificate, status, said)
        assert issued.look().ari_window == window

    def test_one_that_is_not_configured_is_refused(self, world: World) -> None:
        with pytest.raises(StoreError, match=r"metadata\.name: expected a Certificate of this"):
            world.look(evolve(WEB, name="other"))


class TestCompareAndSet:
    def test_a_request_is_created_once_and_updated_only_as_it_was_seen(
        self, tmp_path: Path
    ) -> None:
        world = pending(tmp_path)
        request = the_request(world)
        assert request.uid
        assert request.created == NOW
        stale = evolve(request, failure_time=NOW)
        with world.store.holding(WEB) as snapshot:
            world.store.create_request(stale)
            world.store.update_request(stale, stale)
            world.store.delete_request(snapshot.certificate, request.name, "another uid")
            world.store.delete_request(snapshot.certificate, "none", "another uid")
        assert the_request(world) == request
        with world.store.holding(WEB) as snapshot:
            world.store.update_request(request, stale)
            assert world.look().requests == (stale,)
            world.store.delete_request(snapshot.certificate, request.name, request.uid)
        assert world.look().requests == ()

    def test_a_key_is_created_once(self, tmp_path: Path) -> None:
        world = pending(tmp_path)
        name = world.look().certificate.status.next_private_key_secret_name or ""
        with world.store.holding(WEB) as snapshot:
            before = world.store.read_key(snapshot.certificate, name)
            world.store.create_key(snapshot.certificate, name, b"another")
            assert world.store.read_key(snapshot.certificate, name) == before
            world.store.delete_key(snapshot.certificate, name)
            world.store.delete_key(snapshot.certificate, name)
            assert world.store.read_key(snapshot.certificate, name) == b""

    def test_nothing_is_written_about_what_is_not_held(self, issued: World) -> None:
        snapshot = issued.look()
        secret = snapshot.secret
        assert secret is not None
        with pytest.raises(StoreError, match="is held: act on it within"):
            issued.store.write_secret(secret)
        with pytest.raises(StoreError, match="is held"):
            issued.store.create_request(snapshot.requests[0])
        with pytest.raises(StoreError, match="is held"):
            issued.store.write_secret(SecretData(name="web-tls"))


class TestEvents:
    def test_the_latest_are_kept_with_their_instants(self, issued: World) -> None:
        with issued.store.holding(WEB) as snapshot:
            for number in range(MAX_EVENTS):
                event = evolve(EVENT, message=f"the {number}th")
                issued.store.tell(snapshot.certificate, event)
        events = issued.store.events(WEB)
        assert len(events) == MAX_EVENTS
        assert events[0].event.message == "the 0th"
        assert events[-1].at == NOW

    def test_the_same_again_is_kept_once_with_its_latest_instant(self, issued: World) -> None:
        with issued.store.holding(WEB) as snapshot:
            issued.store.tell(snapshot.certificate, EVENT)
            issued.clock.advance(HOUR)
            issued.store.tell(snapshot.certificate, EVENT)
        *_, before, latest = issued.store.events(WEB)
        assert (latest.event, latest.at) == (EVENT, NOW + HOUR)
        assert before.event != EVENT

    def test_of_what_was_never_looked_at_nothing_was_told(self, world: World) -> None:
        assert world.store.events(WEB) == ()
        assert world.store.read_secret("web-tls") is None
        assert world.look().secret is None
        assert not world.root.exists()

    def test_one_that_cannot_be_kept_is_a_problem(self, issued: World) -> None:
        issued.store.tell(WEB, EVENT)
        assert "is held" in str(issued.store.problems["", "web"])


class TestLinks:
    def test_one_that_somebody_removed_is_told_and_made_again(self, issued: World) -> None:
        before = served(issued.folder)
        (issued.folder / "tls.crt").unlink()
        with pytest.raises(StoreError, match=r"tls\.crt: expected a link to \.\.data/tls\.crt"):
            issued.look()
        issued.settle()
        assert X509Certificate.from_pem((issued.folder / "tls.crt").read_bytes()) == before
        assert not issued.store.problems

    def test_what_is_there_instead_is_told_and_left(self, issued: World) -> None:
        link = issued.folder / "tls.crt"
        link.unlink()
        link.write_text("kept")
        issued.settle()
        assert "tls.crt: expected a link to ..data/tls.crt" in str(issued.store.problems["", "web"])
        assert link.read_text() == "kept"


class TestSettingAside:
    def test_a_certificate_file_that_cannot_be_read_is_set_aside_and_the_secret_stays(
        self, issued: World
    ) -> None:
        before = served(issued.folder)
        broken = issued.state / "certificate.json"
        broken.write_bytes(b"\xff")
        with pytest.raises(StoreError, match=r"certificate\.json: expected text in UTF-8"):
            issued.look()
        issued.settle()
        assert broken.with_name("certificate.json.unreadable-1").read_bytes() == b"\xff"
        assert served(issued.folder) == before
        ready = issued.look().certificate.status.condition("Ready")
        assert ready is not None
        assert ready.status == ConditionStatus.TRUE
        messages = [told.event.message for told in issued.store.events(WEB)]
        assert any("set aside as certificate.json.unreadable-1" in text for text in messages)

    @pytest.mark.parametrize(
        ("content", "rule"),
        [
            ("", "expected one JSON document"),
            ("{}{}", "expected one JSON document"),
            ("[]", "expected a mapping"),
            ('{"kind": "Secret"}', "kind: expected CertificateRequest"),
            ("{", "expected JSON"),
        ],
        ids=["empty", "two documents", "a list", "another kind", "half of one"],
    )
    def test_a_request_that_cannot_be_read_is_set_aside_and_made_anew(
        self, content: str, rule: str, tmp_path: Path
    ) -> None:
        world = pending(tmp_path)
        path = world.state / "requests/web-1-1.json"
        path.write_text(content)
        list(world.store.snapshots())
        (problem,) = world.store.problems.values()
        assert rule in str(problem)
        assert "set aside as web-1-1.json.unreadable-1" in str(problem)
        world.settle()
        path.write_text(content)
        list(world.store.snapshots())
        assert path.with_name("web-1-1.json.unreadable-2").exists()
        world.settle()
        served(world.folder)

    def test_a_pending_key_that_cannot_be_read_is_set_aside_and_made_anew(
        self, tmp_path: Path
    ) -> None:
        world = pending(tmp_path)
        (key,) = (world.state / "keys").iterdir()
        key.write_text("no key")
        world.settle()
        assert key.with_name(f"{key.name}.unreadable-1").read_text() == "no key"
        assert "no key" not in str([told.event for told in world.store.events(WEB)])
        served(world.folder)

    @pytest.mark.parametrize(
        "content",
        ["{}", "[1]", '[{"at": "x", "type": "Normal"}]', '[{"type": "Odd"}]'],
        ids=["a mapping", "a number", "no instant", "another type"],
    )
    def test_events_that_cannot_be_read_are_set_aside(self, issued: World, content: str) -> None:
        path = issued.state / "events.json"
        path.write_text(content)
        with pytest.raises(StoreError, match=r"events\.json: .*: look at it"):
            issued.store.events(WEB)
        with issued.store.holding(WEB) as snapshot:
            issued.store.tell(snapshot.certificate, EVENT)
        aside = path.with_name("events.json.unreadable-1")
        assert aside.read_text() == content
        problem = str(issued.store.problems["", "web"])
        assert f"it was set aside as {aside.name}, look at it" in problem
        first, last = [told.event for told in issued.store.events(WEB)]
        assert (first.reason, first.message, last) == ("Unreadable", problem, EVENT)

    def test_what_was_wrong_is_no_problem_any_more_at_the_next_look(self, issued: World) -> None:
        (issued.state / "certificate.json").write_text("{")
        with issued.store.holding(WEB):
            assert issued.store.problems
        with issued.store.holding(WEB):
            assert not issued.store.problems

    def test_files_are_json_for_people(self, issued: World) -> None:
        status = json.loads((issued.state / "certificate.json").read_text())["status"]
        assert status["revision"] == 1
