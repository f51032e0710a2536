"""A year of many Certificates whose issuer often fails, and every issuance in it explained.

Each Certificate has its own store and clock, so that none waits for another. What happened is
taken down by the issuer and looked at afterwards, by rules written here once more.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from attrs import frozen

from certlife.driver import settle
from certlife.lifecycle.answers import Answer, Denied, Failed, Invalid, Issued, TemporaryError
from certlife.model.certificate import Certificate
from certlife.model.spec import CertificateSpec, IssuerRef, PrivateKeySpec
from certlife.pki.csr import X509Request
from certlife.signing.certificates import Grant, sign_request
from certlife.testing.builders import authority
from certlife.testing.clock import FakeClock
from certlife.testing.memory import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from certlife.model.request import CertificateRequest

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
YEAR: Final = timedelta(days=365)
DAY: Final = timedelta(days=1)
LIFETIMES: Final = (*[6 * DAY] * 1, *[47 * DAY] * 7, *[90 * DAY] * 18, *[365 * DAY] * 14)
"""The lifetimes, each as often as there are such Certificates among forty."""

FAILURES: Final = 0.2
"""How often a question is met with a failure."""

CAUSES: Final = ("first", "renewal", "another attempt")
"""Why a certificate is issued."""

_HOUR: Final = timedelta(hours=1)
_FAILURES: Final = (Failed("no"), Denied("no"), Invalid("no"), Issued(b"junk"))


@frozen
class Answered:
    """One question, and what the issuer made of it.

    Args:
        at: When it was asked.
        request: The uid of the request.
        outcome: "issued", "failed", or "unwell" for a temporary error.
        not_after: The end of what was issued.
    """

    at: datetime
    request: str
    outcome: str
    not_after: datetime | None = None


@frozen
class Stored:
    """A certificate that was found in the Secret.

    Args:
        at: Since when.
        not_after: Its end.
    """

    at: datetime
    not_after: datetime


@frozen
class Report:
    """What came of it.

    Args:
        certificates: How many there were.
        issued: How many certificates were issued.
        failed: How many attempts failed.
        unwell: How often a question met a temporary error.
        causes: How many issuances were the first, a renewal, or another attempt.
        outages: For how long in all what was stored had expired, as the issuer failed.
        violations: What must not be.
    """

    certificates: int
    issued: int
    failed: int
    unwell: int
    causes: dict[str, int]
    outages: timedelta
    violations: tuple[str, ...]


class UnreliableIssuer:
    """An issuer that fails by chance, and takes down what it was asked.

    Args:
        clock: What time it is.
        chance: By which it fails.
        closed: From when until when it only fails.
    """

    def __init__(
        self, clock: FakeClock, chance: random.Random, closed: tuple[datetime, datetime]
    ) -> None:
        self.clock = clock
        self.chance = chance
        self.closed = closed
        self.answered: list[Answered] = []

    def answer(self, request: CertificateRequest) -> Answer:
        """Sign, or fail."""
        now, uid = self.clock.now(), request.uid or ""
        is_closed = self.closed[0] <= now < self.closed[1]
        if self.chance.random() >= FAILURES and not is_closed:
            not_after = now + (request.duration or 90 * DAY)
            self.answered.append(Answered(now, uid, "issued", not_after))
            grant = Grant(not_before=now, not_after=not_after)
            csr = X509Request.from_pem(request.csr or b"")
            return Issued(sign_request(csr, authority(), grant))
        if self.chance.random() < FAILURES:
            self.answered.append(Answered(now, uid, "unwell"))
            return TemporaryError("down")
        self.answered.append(Answered(now, uid, "failed"))
        return self.chance.choice(_FAILURES)


@frozen
class Life:
    """The year of one Certificate.

    Args:
        lifetime: How long each of its certificates is good for.
        answered: What its issuer was asked.
        stored: What its Secret held.
        revision: How many times it was issued, by its own account.
    """

    lifetime: timedelta
    answered: tuple[Answered, ...]
    stored: tuple[Stored, ...]
    revision: int


def report(lives: Iterable[Life]) -> Report:
    """Look at what happened, and explain it."""
    totals: Counter[str] = Counter()
    violations: list[str] = []
    outages = timedelta()
    for life in lives:
        causes = Counter(_causes(life.answered, life.lifetime))
        outages += sum(_outages(life.stored), timedelta())
        outcomes = Counter(one.outcome for one in life.answered)
        totals += outcomes + causes + Counter(certificates=1)
        name = f"c{totals['certificates'] - 1}"
        violations += (f"{name}: {cause}" for cause in causes if cause.startswith("!"))
        if life.stored != tuple(_issued(life.answered)):
            violations.append(f"{name}: ! stored is not what was issued, when it was")
        if life.revision != outcomes["issued"]:
            violations.append(f"{name}: ! revision {life.revision} of {outcomes['issued']}")
    return Report(
        totals["certificates"],
        totals["issued"],
        totals["failed"],
        totals["unwell"],
        {cause: totals[cause] for cause in CAUSES},
        outages,
        tuple(violations),
    )


def live(number: int, closed: tuple[datetime, datetime] = (START, START)) -> Life:
    """Let a Certificate live for a year, by the chance that its number gives.

    Args:
        number: Which one it is, from 0.
        closed: From when until when its issuer only fails; never, where nothing is said.
    """
    lifetime = LIFETIMES[number % len(LIFETIMES)]
    chance = random.Random(number)  # noqa: S311 — to fail by, not to sign with
    clock = FakeClock(START + timedelta(minutes=number))
    spec = CertificateSpec(
        secret_name="tls",
        issuer_ref=IssuerRef("ca"),
        dns_names=[f"c{number}.example"],
        duration=lifetime,
        private_key=PrivateKeySpec(algorithm="Ed25519"),
    )
    store = MemoryStore([Certificate("c", spec, uid="uid", created=clock.now())])
    issuer = UnreliableIssuer(clock, chance, closed)
    stored: list[Stored] = []
    at: datetime | None = clock.now()
    while at is not None and at < START + YEAR:
        clock.set(at)
        at = settle(store, issuer, clock)
        secret = store.secrets.get((None, "tls"))
        not_after = None if secret is None else secret.certificate.not_after
        if not_after is not None and (not stored or stored[-1].not_after != not_after):
            stored.append(Stored(clock.now(), not_after))
    (certificate,) = store.certificates.values()
    answered = tuple(issuer.answered)
    return Life(lifetime, answered, tuple(stored), certificate.status.revision or 0)


def _causes(answered: Iterable[Answered], lifetime: timedelta) -> Iterator[str]:
    """Explain each question by those before it: when it had to come, and about which request.

    What cannot be explained begins with "!".
    """
    expected, request, attempts, errors, issued = None, "", 0, 0, 0
    for one in answered:
        if expected is not None and one.at != expected:
            yield f"! asked at {one.at}, not at {expected}"
        if (one.request == request) != (errors > 0):
            yield f"! asked about {one.request} after {request}"
        request = one.request
        match one.outcome:
            case "unwell":
                errors += 1
                expected = one.at + min(timedelta(seconds=5) * 2 ** (errors - 1), _HOUR / 12)
            case "failed":
                attempts, errors = attempts + 1, 0
                expected = one.at + min(_HOUR * 2 ** (attempts - 1), 32 * _HOUR)
            case _:
                yield "another attempt" if attempts else "renewal" if issued else "first"
                attempts, errors, issued = 0, 0, issued + 1
                expected = one.at + lifetime * 2 / 3
    if expected is None or expected < START + YEAR:
        yield f"! not asked at {expected}"


def _issued(answered: Iterable[Answered]) -> Iterator[Stored]:
    for one in answered:
        if one.not_after is not None:
            yield Stored(one.at, one.not_after)


def _outages(stored: Iterable[Stored]) -> Iterator[timedelta]:
    """For how long nothing was valid; that its issuer failed then is what `_causes` shows."""
    ends: datetime | None = None
    for one in stored:
        if ends is not None and one.at > ends:
            yield one.at - ends
        ends = one.not_after
    if ends is not None and ends < START + YEAR:
        yield START + YEAR - ends
