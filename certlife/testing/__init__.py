"""What users test their own policies with: whole worlds in one line, and a clock that stands still.

    snapshot = issued(spec, at=NOW)
    decision = decide(snapshot, now=NOW + timedelta(days=70), policy=TRIGGER + my_rule)
    assert isinstance(decision, Issue)

`certlife.testing.strategies` has Hypothesis strategies: `pip install 'certlife[testing]'`. The rest
needs nothing.
"""

from certlife.testing.builders import answered, authority, request, secret, signer
from certlife.testing.clock import FakeClock
from certlife.testing.worlds import asked, failed, issued

__all__ = [
    "FakeClock",
    "answered",
    "asked",
    "authority",
    "failed",
    "issued",
    "request",
    "secret",
    "signer",
]
