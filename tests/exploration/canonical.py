"""When two worlds are the same: where they differ only in bytes, and in how long things take.

Keys become numbers in the order in which they are met. An instant becomes what it is to the
decisions: here, or the how-manieth of those to come.
What is named by revision and attempt is named by how far it is from the next ones.
"""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Final, TypeAlias

from certlife.errors import Unreadable, UnreadableError
from certlife.lifecycle.advancing import is_approved, next_question
from certlife.model import annotations as keys
from certlife.model.frozenmap import FrozenMap
from certlife.model.request import RequestOutcome
from certlife.model.status import first_condition
from certlife.pki.certificate import X509Certificate
from certlife.policy.backoff import INITIAL_DELAY, backoff_delay
from certlife.policy.renewal import due_from
from certlife.policy.violation import Reason
from certlife.schedule.instants import shift
from tests.exploration.world import JUNK, key_in_request, read_key

if TYPE_CHECKING:
    from datetime import datetime

    from certlife.model.certificate import Certificate
    from certlife.model.request import CertificateRequest
    from certlife.model.secret import SecretData
    from tests.exploration.world import World

Form: TypeAlias = tuple[object, ...]

_NAME: Final = re.compile(
    r"(?P<before>twin-of-)?(?P<owner>c\d+)-(?P<revision>\d+)-(?P<attempt>\d+)(?P<after>-key)?"
)
_MARK: Final = Reason.MANUALLY_TRIGGERED
_MOMENT: Final = timedelta(microseconds=1)
_FATES: Final = {RequestOutcome.PENDING: "pending", RequestOutcome.ISSUED: "issued"}


def canonical(world: World) -> Form:
    """Write a world as what the decisions make of it."""
    return _Writer(world).form()


def timers(world: World) -> set[datetime]:
    """Return every instant to come at which the passing of time changes anything."""
    writer = _Writer(world)
    writer.form()
    return {at for at in writer.instants if at > world.now}


class _Writer:
    def __init__(self, world: World) -> None:
        self.world = world
        self.instants: list[datetime] = []
        self.numbers: dict[bytes, int] = {}
        self.coming = {
            one.name: (
                (one.status.revision or 0) + 1,
                (one.status.failed_issuance_attempts or 0) + 1,
            )
            for one in world.certificates
        }

    def form(self) -> Form:
        """Write everything; instants as they are, until all of them are known."""
        world = self.world
        raw = (
            *(self.certificate(one) for one in world.certificates),
            *((name, self.secret(one)) for name, one in sorted(world.secrets.items())),
            *((self.name(name), self.pending(key)) for name, key in sorted(world.keys.items())),
            *((self.name(name), self.request(one)) for name, one in sorted(world.requests.items())),
        )
        coming = sorted({at for at in self.instants if at > world.now})
        places = {at: place for place, at in enumerate(coming)}
        return (raw, tuple(places.get(at, -1) for at in self.instants))

    def at(self, instant: datetime | None) -> bool:
        """Note an instant, whose place is written later, and whether there is one."""
        if instant is not None:
            self.instants.append(instant)
        return instant is not None

    def name(self, name: str | None) -> object:
        """Write the name of a key or a request as how far on its issuance is from the next."""
        parts = _NAME.fullmatch(name or "")
        if parts is None:
            return name
        revision, attempt = self.coming.get(parts["owner"], (0, 0))
        behind = revision - int(parts["revision"])
        # Of what is past, it does not matter how many attempts it took.
        number = None if behind else attempt - int(parts["attempt"])
        return (parts["before"], parts["owner"], behind, number, parts["after"])

    def number(self, key: bytes) -> int:
        return self.numbers.setdefault(key, len(self.numbers))

    def pending(self, pem: bytes) -> object:
        key = read_key(pem)
        return pem == JUNK if key is None else self.number(key.spki_der)

    def certificate(self, one: Certificate) -> Form:
        status = one.status
        failed, records = status.last_failure_time, status.issuances or ()
        secret = self.world.secrets.get(one.spec.secret_name)
        due = due_by_spec(secret, one)
        until = None
        if failed is not None:
            until = shift(failed, backoff_delay(status.failed_issuance_attempts))
        brake, issued = None, _issued(self.world.snapshot(one).current_request)
        if due is not None and issued is not None and due <= issued:
            brake = shift(issued, INITIAL_DELAY)  # it was of no use
        return (
            one.name,
            one.uid,
            one.spec,
            one.deleted is None,
            frozenset((c.type, c.status, c.reason == _MARK) for c in status.conditions or ()),
            status.revision is None,
            status.failed_issuance_attempts is None,
            self.name(status.next_private_key_secret_name),
            brake is not None and bool(records) and records[-1].reason,
            status.renewal_time == due,
            self.at(until),
            self.at(due),
            self.at(brake),
        )

    def secret(self, one: SecretData) -> Form:
        key, leaf = one.key_reading, one.certificate_reading
        noted = one.annotations or FrozenMap()
        return (
            None if isinstance(key, Unreadable) else self.number(key.spki_der),
            None if isinstance(leaf, Unreadable) else self.leaf(leaf),
            noted.get(keys.ISSUER_NAME),
            noted.get(keys.CERTIFICATE_NAME),
        )

    def request(self, one: CertificateRequest) -> Form:
        public, csr = key_in_request(one), one.csr_reading
        names = None if isinstance(csr, Unreadable) else csr.dns_names
        if public not in self.numbers:
            # Its key is nowhere any more: it will be deleted, and only stands in the way till then.
            return (one.owner_uid, names, _FATES.get(one.outcome), next_question(one) is None)
        leaf = None if one.certificate is None else read_leaf(one.certificate)
        parts = _NAME.fullmatch(one.name)
        is_next = parts is None or self.coming.get(parts["owner"], (0,))[0] == int(
            parts["revision"]
        )
        return (
            one.owner_uid,
            self.number(public),
            names,
            one.outcome,
            one.outcome is RequestOutcome.PENDING and is_approved(one),
            self.at(next_question(one)),
            one.certificate is not None,
            None if leaf is None or not is_next else self.leaf(leaf),
        )

    def leaf(self, one: X509Certificate) -> Form:
        expires = shift(one.not_after, _MOMENT)
        return (self.number(one.public_key.spki), self.at(expires))


def _issued(request: CertificateRequest | None) -> datetime | None:
    ready = first_condition(request.conditions, "Ready") if request else None
    return ready.last_transition_time if ready else None


def due_by_spec(secret: SecretData | None, certificate: Certificate) -> datetime | None:
    """Return when what is stored falls due."""
    if secret is None or isinstance(secret.certificate_reading, Unreadable):
        return None
    return due_from(secret.certificate_reading, certificate.spec).at


@cache
def read_leaf(pem: bytes) -> X509Certificate | None:
    """Read a certificate, None where it cannot be."""
    try:
        return X509Certificate.from_pem(pem)
    except UnreadableError:
        return None
