"""A year of four certificates.

certlife reads no clock, so a year passes in a second. Run this cell by cell, or all of it with
`python -m examples.year.replay year.svg`; then change something, and see what comes of it.
"""

# %% What is wanted: four Certificates, which differ in when they are renewed.
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from attrs import evolve

import certlife as cl
from certlife.driver import settle
from certlife.issuers import Answer, CaIssuer, Failed, Issued
from certlife.model.annotations import CERTIFICATE_NAME
from certlife.testing import FakeClock, authority
from certlife.testing.memory import MemoryStore
from examples.year.drawing import Attempt, drawn

DAY = timedelta(days=1)
START = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2027, 1, 1, tzinfo=UTC)

plain = cl.CertificateSpec(  # 90 days, renewed after two thirds of them
    secret_name="web-tls",
    issuer_ref=cl.IssuerRef("ca"),
    dns_names=["web.example"],
    private_key=cl.PrivateKeySpec(algorithm="ECDSA"),
)
nights = cl.RenewalWindow(cron="0 2 * * SAT", window_duration=timedelta(hours=2))
saturdays = cl.Renewal(policy="RenewBefore", windows=[nights])
specs = {
    "web": plain,
    "api": evolve(plain, secret_name="api-tls", duration=47 * DAY),
    "shop": evolve(plain, secret_name="shop-tls", renewal=saturdays),
    "wiki": evolve(plain, secret_name="wiki-tls", renew_before=10 * DAY),
}
store = MemoryStore([cl.Certificate(name, spec) for name, spec in specs.items()])
clock = FakeClock(START)
attempts: list[Attempt] = []

# %% Who signs: a CA, which is away for three days, just when `web` is due.
AWAY_FROM = datetime(2026, 6, 29, tzinfo=UTC)
AWAY_UNTIL = datetime(2026, 7, 2, tzinfo=UTC)
ca = CaIssuer(authority=authority(), clock=clock)


class NotAlwaysThere:
    """The CA, with a note of every attempt and of what it was made for."""

    def answer(self, request: cl.CertificateRequest) -> Answer:
        """Sign, or fail."""
        answer: Answer = Failed("The CA is away")
        until = None
        if not AWAY_FROM <= clock.now() < AWAY_UNTIL:
            answer = ca.answer(request)
        if isinstance(answer, Issued):
            until = cl.X509Certificate.from_pem(answer.certificate).not_after
        name = request.annotations[CERTIFICATE_NAME] if request.annotations else ""
        issuing = store.certificates[None, name].status.condition("Issuing")
        attempts.append(Attempt(name, clock.now(), until, why=issuing.reason if issuing else None))
        return answer


# %% What people do meanwhile.
def add_a_name() -> None:
    """Give `api` a second name."""
    api = store.certificates[None, "api"]
    spec = evolve(api.spec, dns_names=["web.example", "api.example"])
    store.certificates[None, "api"] = evolve(api, spec=spec)


def mark_by_hand() -> None:
    """Have `wiki` renewed now."""
    wiki = store.certificates[None, "wiki"]
    store.certificates[None, "wiki"] = cl.mark_for_renewal(wiki, now=clock.now())


people = {
    datetime(2026, 9, 15, 10, tzinfo=UTC): add_a_name,
    datetime(2026, 10, 20, 16, tzinfo=UTC): mark_by_hand,
}

# %% Let the year pass: do what there is to do, and go on to whatever comes next.
while clock.now() < END:
    if clock.now() in people:
        people[clock.now()]()
    due = settle(store, NotAlwaysThere(), clock)
    ahead = [at for at in (due, END, *people) if at is not None and at > clock.now()]
    clock.advance(min(ahead) - clock.now())

# %% What came of it.
for one in attempts:
    outcome = f"until {one.until:%d %B %Y}" if one.until else "failed"
    print(f"{one.at:%d %b %H:%M}  {one.name:5} {one.why:18} {outcome}")

# %% And a picture, if somebody has said where.
for file in sys.argv[1:]:
    Path(file).write_text(drawn(attempts, START, END), "utf-8")
