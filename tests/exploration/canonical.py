"""When two worlds are the same: where they differ only in bytes, and in how long things take.

Keys become numbers, of their algorithm, in the order in which they are met. An instant becomes
what it is to the decisions: past, or the how-manieth of those to come. What is
named by revision and attempt is named by how far it is from the next ones; how many there have been
stands apart, and may be left out.
"""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache, lru_cache
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
    r"(?P<before>(other-)?twin-of-)?(?P<owner>c\d+)-(?P<revision>\d+)-(?P<attempt>\d+)(?P<after>-key)?"
)
_MARK: Final = Reason.MANUALLY_TRIGGERED
_MOMENT: Final = timedelta(microseconds=1)
_FATES: Final = {RequestOutcome.PENDING: "pending", RequestOutcome.ISSUED: "issued"}


def canonical(world: World) -> Form:
    """Write a world as what the decisions make of it, and how much has happened."""
    counts = tuple(
        (one.status.revision or 0, one.status.failed_issuance_attempts or 0)
        for one in world.certificates
    )
    return (*uncounted(world), counts)


@lru_cache(maxsize=1000)
def uncounted(world: World) -> Form:
    """Write a world as what the decisions make of it, however often it has been like that."""
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
        return (
            raw,
            tuple(places.get(at, -1) for at in self.instants),
        )

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

    def number(self, key: bytes) -> tuple[int, int]:
        """Number a public key; its length says of which algorithm it is."""
        return self.numbers.setdefault(key, len(self.numbers)), len(key)

    def pending(self, pem: bytes) -> object:
        key = read_key(pem)
        return pem == JUNK if key is None else self.number(key.spki_der)

    def certificate(self, one: Certificate) -> Form:
        status, failed = one.status, one.status.last_failure_time
        secret = self.world.secrets.get(one.spec.secret_name)
        leaf = None if secret is None else _leaf_in(secret)
        due = None if leaf is None else due_from(leaf, one.spec).at
        until = None
        if failed is not None:
            until = shift(failed, backoff_delay(status.failed_issuance_attempts))
        request = self.world.snapshot(one).current_request
        return (
            one.name,
            one.uid,
            one.spec,
            one.deleted is None,
            frozenset((c.type, c.status, c.reason == _MARK) for c in status.conditions or ()),
            status.revision is None,
            status.failed_issuance_attempts is None,
            self.name(status.next_private_key_secret_name),
            bool(status.issuances) and (status.issuances or ())[-1].reason == Reason.RENEWING,
            status.renewal_time == due,
            self.at(until),
            self.at(due),
            self.use(one, request, due),
        )

    def use(
        self, certificate: Certificate, request: CertificateRequest | None, due: datetime | None
    ) -> object:
        """Write whether an issuance was of no use, for which it is waited before the next."""
        ready = first_condition(request.conditions, "Ready") if request else None
        issued = ready.last_transition_time if ready else None
        last = next(reversed(certificate.status.issuances or ()), None)
        if due is None or issued is None or due > issued or last is None:
            return None
        return (issued < last.at, self.at(shift(issued, INITIAL_DELAY)))

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
            fate = _FATES.get(one.outcome)
            return (one.owner_uid, names, one.issuer_ref, fate, next_question(one) is None)
        leaf = None if one.certificate is None else read_leaf(one.certificate)
        parts = _NAME.fullmatch(one.name)
        is_next = parts is None or self.coming.get(parts["owner"], (0,))[0] == int(
            parts["revision"]
        )
        if leaf is None or not is_next:
            answer: object = None
        else:
            (owner,) = (own for own in self.world.certificates if own.uid == one.owner_uid)
            due = due_from(leaf, owner.spec).at
            answer = (self.leaf(leaf), self.at(due), self.use(owner, one, due))
        return (
            one.owner_uid,
            self.number(public),
            names,
            one.issuer_ref,
            one.outcome,
            one.outcome is RequestOutcome.PENDING and is_approved(one),
            self.at(next_question(one)),
            one.certificate is not None,
            answer,
        )

    def leaf(self, one: X509Certificate) -> Form:
        expires = shift(one.not_after, _MOMENT)
        return (self.number(one.public_key.spki), one.dns_names, self.at(expires))


def _leaf_in(secret: SecretData) -> X509Certificate | None:
    leaf = secret.certificate_reading
    return None if isinstance(leaf, Unreadable) else leaf


@cache
def read_leaf(pem: bytes) -> X509Certificate | None:
    """Read a certificate, None where it cannot be."""
    try:
        return X509Certificate.from_pem(pem)
    except UnreadableError:
        return None
