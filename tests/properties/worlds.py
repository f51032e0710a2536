"""What the laws are tried on: worlds in order and in disorder, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from certlife.model import annotations as keys
from certlife.model.spec import PrivateKeySpec
from certlife.model.status import AriWindow
from certlife.pki import pem
from certlife.pki.keys import KeyAlgorithm
from certlife.testing import signer
from certlife.testing.strategies import instants, snapshots, specs
from tests.policy.worlds import wanting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypothesis.strategies import DrawFn, SearchStrategy

    from certlife.model.secret import SecretData
    from certlife.model.snapshot import Snapshot

LAW: Final = settings(
    max_examples=32,
    phases=[Phase.generate],  # to shrink a whole world takes minutes: for that, drop this line
    deadline=None,
    derandomize=True,  # the same examples in every run
    database=None,
    suppress_health_check=[HealthCheck.too_slow],  # the first examples make the pool's keys
)
SLOW_LAW: Final = settings(LAW, max_examples=8)
"""For laws that are tried once for each of many fields."""
QUICK_LAW: Final = settings(LAW, max_examples=120)
"""For laws that need no world to be issued."""

_ENTRIES: Final = (
    keys.TLS_PRIVATE_KEY,
    keys.TLS_CERTIFICATE,
    keys.CA_CERTIFICATE,
    keys.COMBINED_PEM,
    keys.JKS_KEYSTORE,
)
_OTHER_KEYS: Final = st.sampled_from(
    [signer(PrivateKeySpec(algorithm=kind), 50).pem for kind in KeyAlgorithm]
)
_JUNK: Final = (
    _OTHER_KEYS
    | st.binary(max_size=64)
    | st.builds(
        lambda label, der: pem.encode(label, der).encode(),
        st.sampled_from(["PRIVATE KEY", "RSA PRIVATE KEY", "CERTIFICATE"]),
        st.binary(min_size=16, max_size=64),
    )
)
_NOTED: Final = (keys.ISSUER_NAME, keys.ISSUER_KIND, keys.CERTIFICATE_NAME, keys.ALT_NAMES)


@st.composite
def disturbed(draw: DrawFn) -> Snapshot:
    """Draw worlds in which anything may be wrong."""
    snapshot = draw(snapshots())
    if draw(st.booleans()):
        snapshot = wanting(draw(specs()), snapshot)
    if snapshot.secret is not None:
        entries = draw(st.dictionaries(st.sampled_from(_ENTRIES), _JUNK, max_size=2))
        noted = draw(st.dictionaries(st.sampled_from(_NOTED), st.text(max_size=3), max_size=1))
        snapshot = evolve(snapshot, secret=_changed(snapshot.secret, entries, noted))
    if draw(st.booleans()):
        start, end = draw(instants()), draw(st.none() | instants())
        snapshot = evolve(snapshot, ari_window=AriWindow(start=start, end=end))
    return snapshot


def judged_at() -> SearchStrategy[int]:
    """Draw how many days after its creation a Certificate is judged."""
    return st.integers(0, 4_000)


def _changed(
    secret: SecretData, entries: Mapping[str, bytes], noted: Mapping[str, str]
) -> SecretData:
    return evolve(
        secret,
        entries={**(secret.entries or {}), **entries},
        annotations={**(secret.annotations or {}), **noted},
    )
