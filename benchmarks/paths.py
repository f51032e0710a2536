"""The paths that are measured: each question that is asked in loops, and the floor of its bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from attrs import evolve, frozen

from benchmarks import floor
from benchmarks.samples import ISSUED, KEYS, NOW, Sample, sample
from certlife.model.spec import Renewal, RenewalWindow
from certlife.model.status import AriWindow, CertificateStatus
from certlife.pki.certificate import X509Certificate
from certlife.pki.memo import Memo
from certlife.policy.backoff import backoff_until
from certlife.policy.decision import decide
from certlife.policy.matching import request_matches_spec
from certlife.policy.policies import READINESS, TRIGGER
from certlife.policy.renewal import renewal_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from certlife.model.request import CertificateRequest
    from certlife.model.spec import CertificateSpec
    from certlife.policy.matching import Matching
    from certlife.policy.renewal import RenewalTime

Built = TypeVar("Built")

POLICIES: Final[Mapping[str, Callable[..., object]]] = {
    "trigger": partial(TRIGGER.first, now=NOW),
    "readiness": partial(READINESS.first, now=NOW),
    "decide": partial(decide, now=NOW),
}
"""Questions about a snapshot, which take a memo."""
USUAL_KEYS: Final = ("ec", "rsa-pkcs1", "rsa-pkcs8")
"""The keys with which every policy is measured; with others the trigger is."""

WINDOW: Final = RenewalWindow(
    cron="0 2 * * MON-FRI", window_duration=timedelta(hours=2), timezone="Europe/Berlin"
)
SUGGESTED: Final = AriWindow(start=ISSUED + timedelta(days=50), end=ISSUED + timedelta(days=52))
FAILED: Final = CertificateStatus(last_failure_time=NOW, failed_issuance_attempts=2)


@frozen
class Path:
    """One question, and the bytes that it is asked about.

    Args:
        name: How it is called in results.
        samples: The bytes.
        floor: Reads the bytes with `cryptography` alone.
        cold: Answers the question from the bytes.
        warmed: Answers the question, and returns what answers it when the same bytes come again:
            with a memo about equal objects, if it takes one, else from what has been read.
    """

    name: str
    samples: Sequence[Sample]
    floor: Callable[[Sample], object]
    cold: Callable[[Sample], object]
    warmed: Callable[[Sample], Callable[[], object]]

    def ways(self) -> Mapping[str, Sequence[Callable[[], object]]]:
        """Return what is to be timed, by name."""
        return {
            "floor": [partial(self.floor, one) for one in self.samples],
            "cold": [partial(self.cold, one) for one in self.samples],
            "warm": [self.warmed(one) for one in self.samples],
        }


def paths(count: int, keys: Iterable[str] = KEYS) -> Iterator[Path]:
    """Make the paths.

    Args:
        count: How many certificates each is measured with, every one with a key of its own.
        keys: With which kinds of keys the policies are asked.
    """
    numbers = range(1, count + 1)
    for kind in keys:
        samples = [sample(kind, number) for number in numbers]
        lost = [evolve(one, request=None) for one in samples]
        for policy, ask in POLICIES.items():
            if policy == "trigger" or kind in USUAL_KEYS:
                name = f"{policy}/{kind}"
                yield _policy_path(f"{name}/one-request", samples, ask)
                yield _policy_path(f"{name}/no-request", lost, ask)
    yield from _other_questions(numbers)


def _other_questions(numbers: Iterable[int]) -> Iterator[Path]:
    plain = [sample("ec", number) for number in numbers]
    nightly = Renewal(policy="RenewBefore", windows=[WINDOW])
    windowed = [sample("ec", number, renewal=nightly) for number in numbers]
    when = "renewal-time/"
    yield _path(f"{when}plain", plain, floor.certificate, _leaf, _due)
    yield _path(f"{when}one-window", windowed, floor.certificate, _leaf, _due)
    suggested = partial(_due, ari_window=SUGGESTED)
    yield _path(f"{when}ari", plain, floor.certificate, _leaf, suggested)
    waiting = [evolve(one, certificate=evolve(one.certificate, status=FAILED)) for one in plain]
    yield _path("backoff/one-request", waiting, floor.request, Sample.unread, backoff_until)
    yield _path("request-matches-spec", plain, floor.request, _request, _matching)


def _policy_path(name: str, samples: Sequence[Sample], ask: Callable[..., object]) -> Path:
    def warmed(sample: Sample) -> Callable[[], object]:
        memo = Memo()
        ask(sample.unread(), memo=memo)
        # The objects are others, as those of a controller are, and nobody reads them.
        return partial(ask, sample.copied().unread(), memo=memo)

    return Path(name, samples, floor.everything, lambda sample: ask(sample.unread()), warmed)


def _path(
    name: str,
    samples: Sequence[Sample],
    floor: Callable[[Sample], object],
    build: Callable[[Sample], Built],
    ask: Callable[[Built], object],
) -> Path:
    return Path(
        name,
        samples,
        floor,
        cold=lambda sample: ask(build(sample)),
        warmed=lambda sample: partial(ask, build(sample)),
    )


def _leaf(sample: Sample) -> tuple[X509Certificate, CertificateSpec]:
    return X509Certificate.from_pem(sample.chain), sample.certificate.spec


def _due(
    asked: tuple[X509Certificate, CertificateSpec], ari_window: AriWindow | None = None
) -> RenewalTime:
    return renewal_time(*asked, ari_window=ari_window)


def _request(sample: Sample) -> tuple[CertificateRequest, CertificateSpec]:
    (request,) = sample.unread_requests()
    return request, sample.certificate.spec


def _matching(asked: tuple[CertificateRequest, CertificateSpec]) -> Matching:
    return request_matches_spec(*asked)
