"""The Certificates of a configuration, and what a store has beside each of them.

What is wanted is as it is configured, what was observed as it was stored. Nothing is written here.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from attrs import evolve

from certlife.adapters.files.places import certificate_place, secret_place
from certlife.adapters.files.records import Records, as_written
from certlife.adapters.files.secret_files import read_secret_folder
from certlife.errors import StoreError, shown
from certlife.model.snapshot import Snapshot
from certlife.model.status import CertificateStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from certlife.adapters.files.folder import Folder
    from certlife.model.certificate import Certificate

Place = tuple[str, str]
"""A namespace, "" for none, and a name in it."""


class Configuration:
    """The Certificates of a store, by namespace and name.

    Args:
        certificates: As they are configured; of those of one name the last counts.
    """

    def __init__(self, certificates: Iterable[Certificate]) -> None:
        self._by_place = {place_of(one): as_written(one) for one in certificates}
        self._by_secret: defaultdict[Place, list[Certificate]] = defaultdict(list)
        for one in self:
            self._by_secret[_secret_of(one)].append(one)

    def __iter__(self) -> Iterator[Certificate]:
        for place in sorted(self._by_place):
            yield self._by_place[place]

    def find(self, certificate: Certificate) -> Certificate:
        """Return a Certificate as it is configured.

        Raises:
            StoreError: There is none of that name.
        """
        found = self._by_place.get(place_of(certificate))
        if found is None:
            rule = "expected a Certificate of this store's configuration"
            raise StoreError(rule, path="metadata.name", value=shown(certificate.name))
        return found

    def gather(
        self, root: Folder, known: Certificate, records: Records, now: datetime
    ) -> tuple[Snapshot, StoreError | None]:
        """Find what surrounds a Certificate, and what is wrong with its Secret's files.

        Args:
            root: The store's folder.
            known: The Certificate, as `known_as` has it.
            records: The notes about it.
            now: When it is, for rivals that nobody has noted yet.

        Raises:
            StoreError: Something cannot be read.
        """
        status, namespace, secret_name = known.status, known.namespace, known.spec.secret_name
        with root.enter(*secret_place(namespace, secret_name)) as folder:
            secret, problem = read_secret_folder(folder, namespace, secret_name)
        key_name = status.next_private_key_secret_name
        snapshot = Snapshot(
            known,
            secret=secret,
            requests=records.requests(),
            pending_key=None if key_name is None else records.key(key_name),
            rivals=self._rivals(root, known, now),
            ari_window=status.ari.suggested_window if status.ari else None,
        )
        return snapshot, problem

    def _rivals(self, root: Folder, known: Certificate, now: datetime) -> Iterator[Certificate]:
        for other in self._by_secret[_secret_of(known)]:
            if other.name != known.name:
                with root.enter(*certificate_place(other)) as folder:
                    yield known_as(other, Records(folder).certificate(), now)


def known_as(configured: Certificate, stored: Certificate | None, now: datetime) -> Certificate:
    """Put together what is known of a Certificate.

    Args:
        configured: What is wanted.
        stored: What was noted last; None before that.
        now: When it is, as the creation of one that is new.
    """
    # The same after the notes are lost, so that requests and Secret stay its own.
    uid = str(uuid5(NAMESPACE_URL, "/".join(certificate_place(configured))))
    if stored is None:
        created = now.replace(microsecond=0)  # as the API has it
        return evolve(
            configured, uid=uid, created=created, generation=1, status=CertificateStatus()
        )
    return evolve(
        configured,
        uid=uid,
        created=stored.created,
        generation=(stored.generation or 0) + (stored.spec != configured.spec),
        status=stored.status,
    )


def place_of(certificate: Certificate) -> Place:
    """Return a Certificate's namespace and name."""
    return certificate.namespace or "", certificate.name


def _secret_of(certificate: Certificate) -> Place:
    return certificate.namespace or "", certificate.spec.secret_name
