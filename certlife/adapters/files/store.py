"""The store: Certificates from a configuration, everything else in a folder.

It obeys the driver's protocol. What it says of a Certificate it says under that Certificate's lock,
which is held for as long as somebody acts on what was said; so of several processes one acts.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from attrs import evolve, frozen

from certlife.adapters.files.access import Access
from certlife.adapters.files.folder import Folder
from certlife.adapters.files.lock import Lock, locked
from certlife.adapters.files.places import certificate_place, secret_lock_place, secret_place
from certlife.adapters.files.records import Records
from certlife.adapters.files.secret_files import read_secret_folder, write_secret_folder
from certlife.adapters.files.surroundings import Configuration, known_as, place_of
from certlife.adapters.files.versions import lacks_links
from certlife.errors import CertlifeError, StoreError, shown
from certlife.lifecycle.plan import Event, EventType
from certlife.model import annotations as keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from certlife.adapters.files.records import ToldEvent
    from certlife.adapters.files.surroundings import Place
    from certlife.model.certificate import Certificate
    from certlife.model.request import CertificateRequest
    from certlife.model.secret import SecretData
    from certlife.model.snapshot import Snapshot
    from certlife.model.status import CertificateStatus

PATIENCE: Final = timedelta(seconds=30)
"""How long to wait for another process that is at work on the same Certificate."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


@frozen
class _Hold:
    records: Records
    lock: Lock


class FileStore:
    """Certificates with their Secrets, requests and pending keys in a folder.

    Args:
        root: The folder; it is made if it is not there, in a folder that is.
        certificates: The Certificates as they are configured. Their status, uid, creation and
            generation are the store's to keep; what they say of these is ignored.
        group: The group that may read Secrets, by name or number; None for nobody.
        mode: Of the files of Secrets, see `Access.of`.
        now: What tells the time, for creations and events.
        patience: How long to wait for another process.

    Raises:
        InvalidValueError: The group or mode cannot be.
        WrongTypeError: An argument is of a wrong type.
    """

    def __init__(
        self,
        root: str | Path,
        certificates: Iterable[Certificate] = (),
        *,
        group: str | int | None = None,
        mode: int | None = None,
        now: Callable[[], datetime] = _utc_now,
        patience: timedelta = PATIENCE,
    ) -> None:
        self._root = Path(root)
        self._access = Access.of(group, mode)
        self._now = now
        self._patience = patience
        self._configuration = Configuration(certificates)
        self._problems: dict[Place, CertlifeError] = {}
        self._held: dict[Place, _Hold] = {}

    @property
    def problems(self) -> Mapping[tuple[str, str], CertlifeError]:
        """What went wrong in the last turn with which Certificate, by namespace ("") and name."""
        return self._problems

    def snapshots(self) -> Iterator[Snapshot]:
        """Yield each Certificate with what surrounds it; it is locked until the next is asked for.

        One that cannot be looked at is left out, and is in `problems`.
        """
        self._problems.clear()
        for certificate in self._configuration:
            try:
                with self.holding(certificate) as snapshot:
                    yield snapshot
            except CertlifeError as error:
                self._problems[place_of(certificate)] = error

    @contextmanager
    def holding(self, certificate: Certificate) -> Iterator[Snapshot]:
        """Lock a Certificate, to act on it; only so may anything of it be written.

        State that cannot be read is set aside and told, and the rest is what there is.

        Args:
            certificate: As it is configured.

        Raises:
            StoreError: Another process has had it for too long; a file cannot be read or written;
                the name is none that a file may have.
        """
        configured = self._configuration.find(certificate)
        place = place_of(configured)
        with (
            Folder.made_at(self._root, self._access) as root,
            root.make(*certificate_place(configured)) as folder,
            locked(folder, self._patience) as lock,
        ):
            records = Records(folder)
            self._held[place] = _Hold(records, lock)
            try:
                yield self._registered(root, configured, records)
            finally:
                del self._held[place]

    def look(self, certificate: Certificate) -> Snapshot:
        """Look at a Certificate to show it, without its lock: it may change meanwhile.

        Args:
            certificate: As it is configured.

        Raises:
            StoreError: Something cannot be read; the name is none that a file may have.
        """
        configured, now = self._configuration.find(certificate), self._now()
        place = certificate_place(configured)
        with Folder.at(self._root) as root, root.enter(*place) as folder:
            records = Records(folder)
            known = known_as(configured, records.certificate(), now)
            snapshot, problem = self._configuration.gather(root, known, records, now)
            for error in (*records.unreadable(), problem):
                if error is not None:
                    raise error
            return snapshot

    def read_secret(self, name: str, namespace: str | None = None) -> SecretData | None:
        """Read a Secret, all of one version, without any lock; None where there is none.

        Args:
            name: Its name.
            namespace: Its namespace, or None.

        Raises:
            StoreError: It cannot be read; the name is none that a file may have.
        """
        place = secret_place(namespace, name)
        with Folder.at(self._root) as root, root.enter(*place) as folder:
            return read_secret_folder(folder, namespace, name)[0]

    def events(self, certificate: Certificate) -> tuple[ToldEvent, ...]:
        """Return what was told of a Certificate, the latest last; at most `MAX_EVENTS`.

        Args:
            certificate: As it is configured.

        Raises:
            StoreError: It cannot be read; the name is none that a file may have.
        """
        place = certificate_place(self._configuration.find(certificate))
        with Folder.at(self._root) as root, root.enter(*place) as folder:
            return Records(folder).events()

    def read_key(self, certificate: Certificate, name: str) -> bytes:
        """Return a pending key, PEM; b"" where there is none."""
        return self._records(certificate.namespace, certificate.name).key_pem(name)

    def create_key(self, certificate: Certificate, name: str, pem: bytes) -> None:
        """Keep a pending key, for nobody else to read."""
        self._records(certificate.namespace, certificate.name).create_key(name, pem)

    def delete_key(self, certificate: Certificate, name: str) -> None:
        """Forget a pending key."""
        self._records(certificate.namespace, certificate.name).delete_key(name)

    def create_request(self, request: CertificateRequest) -> None:
        """Keep a request, and give it an identity."""
        records = self._records(request.namespace, _owner(request))
        if records.request(request.name) is None:
            made = evolve(request, uid=str(uuid4()), created=self._now().replace(microsecond=0))
            records.write_request(made)

    def update_request(self, before: CertificateRequest, after: CertificateRequest) -> None:
        """Write a request, if it still is what was seen."""
        records = self._records(before.namespace, _owner(before))
        if records.request(before.name) == before:
            records.write_request(after)

    def delete_request(self, certificate: Certificate, name: str, uid: str | None) -> None:
        """Forget a request, if it is the one that was seen."""
        records = self._records(certificate.namespace, certificate.name)
        found = records.request(name)
        if found is not None and found.uid == uid:
            records.delete_request(name)

    def write_secret(self, secret: SecretData) -> None:
        """Write a Secret: its next version, which becomes current in one step."""
        self._records(secret.namespace, _owner(secret))
        name = secret.name or ""
        place, lock = (of(secret.namespace, name) for of in (secret_place, secret_lock_place))
        with (
            Folder.made_at(self._root, self._access) as root,
            root.make(*lock) as lock_folder,
            locked(lock_folder, self._patience),  # two Certificates may name one Secret
            root.make(*place, access=self._access) as folder,
        ):
            write_secret_folder(folder, secret, self._access)

    def update_status(
        self, certificate: Certificate, before: CertificateStatus, after: CertificateStatus
    ) -> None:
        """Write a Certificate's status, if it still is what was seen."""
        records = self._records(certificate.namespace, certificate.name)
        known = records.certificate()
        if known is not None and known.status == before:
            records.write_certificate(evolve(known, status=after))

    def tell(self, certificate: Certificate, event: Event) -> None:
        """Keep an event; if it cannot be kept, that is one of the `problems`."""
        place = place_of(certificate)
        try:
            self._records(*place).tell(event, self._now())
        except StoreError as error:
            self._problems[place] = error

    def _records(self, namespace: str | None, name: str) -> Records:
        """Return the notes about a Certificate to write in, if it is still ours alone."""
        hold = self._held.get((namespace or "", name))
        if hold is None:
            rule = "expected a Certificate that is held: act on it within `holding`"
            raise StoreError(rule, path="metadata.name", value=shown(name))
        hold.lock.check()
        return hold.records

    def _registered(self, root: Folder, configured: Certificate, records: Records) -> Snapshot:
        """Look at a Certificate, after noting it as it is configured now."""
        stored = records.certificate()
        unreadable = records.set_aside()  # before anything takes its name
        known = known_as(configured, stored, self._now())
        if known != stored:
            records.write_certificate(known)
        snapshot, problem = self._configuration.gather(root, known, records, self._now())
        lost = self._put_back(root, known, snapshot.secret)
        for error in (*unreadable, *records.set_aside(), problem, lost):
            if error is not None:
                self._problems[place_of(known)] = error
                records.tell(Event(EventType.WARNING, "Unreadable", str(error)), self._now())
        return snapshot

    def _put_back(
        self, root: Folder, certificate: Certificate, secret: SecretData | None
    ) -> StoreError | None:
        """Put back what somebody has removed of a Secret, if it is this Certificate's to write."""
        if secret is None or _owner(secret) != certificate.name:
            return None
        with root.enter(*secret_place(secret.namespace, secret.name or "")) as folder:
            complete = not lacks_links(folder, secret.entries or ())
        try:
            if not complete:
                self.write_secret(secret)
        except StoreError as error:
            return error
        return None


def _owner(thing: CertificateRequest | SecretData) -> str:
    """Return which Certificate a request or Secret was made for."""
    return thing.annotations.get(keys.CERTIFICATE_NAME, "") if thing.annotations else ""
