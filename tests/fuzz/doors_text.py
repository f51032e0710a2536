"""The doors that take a short text: schedules, instants, durations, names, addresses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from certlife.errors import CertlifeError
from certlife.pki.addresses import format_ip, is_cidr, parse_ip
from certlife.pki.names import DistinguishedName
from certlife.pki.uri import normalise, parse_san_uri
from certlife.schedule.cron import parse_cron
from certlife.schedule.durations import format_duration, parse_duration
from certlife.schedule.instants import format_instant, parse_instant
from certlife.schedule.windows import earliest_in_windows, parse_window
from certlife.schedule.zones import zone
from tests.fuzz.laws import BrokenError, Trial, attempt
from tests.fuzz.mutators import mutate_octets, mutate_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from random import Random

    from tests.fuzz.seeds import Seeds

Door: TypeAlias = "Callable[[Random, Seeds], Trial]"

_DAYS: Final = 20_000
_NINETY_DAYS: Final = timedelta(days=90)
_TEN_YEARS: Final = timedelta(days=10 * 366)
_HOSTILE: Final[tuple[object, ...]] = (
    None,
    b"0 0 * * *",
    1,
    1.5,
    float("nan"),
    True,
    [],
    {},
    (),
    object,
    bytearray(b"x"),
    datetime(2026, 1, 1),  # noqa: DTZ001 — naive on purpose
)


def cron(random: Random, seeds: Seeds) -> Trial:
    """A cron expression, a zone and an instant."""
    expression = _mutated("cron", random, seeds)
    timezone = random.choice(seeds.texts["zone"])
    if random.random() < 0.2:
        timezone = mutate_text(timezone, random)
    after = _instant(random)

    def ask() -> Iterable[object]:
        schedule = attempt(lambda: parse_cron(expression, timezone))
        if isinstance(schedule, CertlifeError):
            return [schedule]
        found = schedule.next(after)
        if found is not None and found <= after:
            raise BrokenError(f"{expression!r} is next at {found}, not after {after}")
        return [schedule, found]

    return _trial((expression, timezone, after), ask)


def windows(random: Random, seeds: Seeds) -> Trial:
    """Some renewal windows, and an instant in a validity period."""
    count = random.randint(1, 3)
    asked = [
        (
            _mutated("cron", random, seeds)
            if random.random() < 0.5
            else _any("cron", random, seeds),
            _timedelta(random),
            _any("zone", random, seeds),
        )
        for _ in range(count)
    ]
    start = _instant(random)

    def ask() -> Iterable[object]:
        readings = [attempt(partial(parse_window, *window)) for window in asked]
        opened = [one for one in readings if not isinstance(one, CertlifeError)]
        end = min(start, datetime.max.replace(tzinfo=UTC) - _NINETY_DAYS) + _NINETY_DAYS
        found = earliest_in_windows(start, opened, not_before=start, not_after=end)
        if found is not None and not start <= found <= end:
            raise BrokenError(f"{asked} moves {start} to {found}, past {end}")
        return [*readings, found]

    return _trial((asked, start), ask)


def duration(random: Random, seeds: Seeds) -> Trial:
    """A duration in Go's syntax."""
    return _there_and_back("duration", parse_duration, format_duration, random, seeds)


def instant(random: Random, seeds: Seeds) -> Trial:
    """An instant in RFC 3339."""
    return _there_and_back("instant", parse_instant, format_instant, random, seeds)


def timezone(random: Random, seeds: Seeds) -> Trial:
    """The name of a time zone."""
    text = _mutated("zone", random, seeds)
    return _trial(text, lambda: [repr(zone(text))])


def name(random: Random, seeds: Seeds) -> Trial:
    """A name in RFC 4514's spelling, and the DER that comes of it."""
    text = _mutated("name", random, seeds)
    damage = random.random() < 0.5

    def ask() -> Iterable[object]:
        found = DistinguishedName.from_rfc4514(text)
        der = found.to_der()
        if DistinguishedName.from_der(der).to_der() != der:
            raise BrokenError(f"{text!r} does not survive DER")
        broken = mutate_octets(der, random) if damage else der
        again = attempt(lambda: DistinguishedName.from_der(broken))
        spelled = again if isinstance(again, CertlifeError) else attempt(again.to_rfc4514)
        return [found, found.common_name, again, spelled]

    return _trial(text, ask)


def uri(random: Random, seeds: Seeds) -> Trial:
    """A URI as a spec and as a certificate has it."""
    text = _mutated("uri", random, seeds)
    if random.random() < 0.5:
        return _trial(text, lambda: [parse_san_uri(text)])

    def ask() -> Iterable[object]:
        once = normalise(text)
        if attempt(lambda: normalise(once)) != once:
            raise BrokenError(f"{text!r} is printed as {once!r}, which is not printed as itself")
        return [once]

    return _trial(text, ask)


def address(random: Random, seeds: Seeds) -> Trial:
    """An IP address or a CIDR range."""
    text = _mutated("ip", random, seeds)
    if random.random() < 0.3:
        text += f"/{random.randint(-1, 200)}"

    def ask() -> Iterable[object]:
        packed = parse_ip(text)
        if packed is not None and parse_ip(format_ip(packed)) != packed:
            raise BrokenError(f"{text!r} is not the address that is printed of it")
        return [packed, is_cidr(text)]

    return _trial(text, ask)


def wrong_type(random: Random, _: Seeds) -> Trial:
    """Anything but text, where a text is expected."""
    value = random.choice(_HOSTILE)
    readers: tuple[Callable[..., object], ...] = (
        parse_cron,
        parse_duration,
        parse_instant,
        zone,
        normalise,
        parse_san_uri,
        parse_ip,
        is_cidr,
        DistinguishedName.from_rfc4514,
        DistinguishedName.from_der,
    )
    read = random.choice(readers)
    return _trial((read.__qualname__, value), lambda: [read(value)])


def _there_and_back(
    kind: str,
    read: Callable[[str], object],
    write: Callable[..., str],
    random: Random,
    seeds: Seeds,
) -> Trial:
    text = _mutated(kind, random, seeds)

    def ask() -> Iterable[object]:
        value = read(text)
        if read(write(value)) != value:
            raise BrokenError(f"{text!r} is written {write(value)!r}, which is another {kind}")
        return [value]

    return _trial(text, ask)


def _trial(asked: object, ask: Callable[[], Iterable[object]]) -> Trial:
    return Trial(asked, len(repr(asked)), ask)


def _any(kind: str, random: Random, seeds: Seeds) -> str:
    return random.choice(seeds.texts[kind])


def _mutated(kind: str, random: Random, seeds: Seeds) -> str:
    texts = seeds.texts[kind]
    return mutate_text(random.choice(texts), random, others=texts)


def _instant(random: Random) -> datetime:
    if random.random() < 0.05:
        edges = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
        return random.choice(edges)
    start = datetime(2020, 1, 1, tzinfo=UTC)
    return start + timedelta(days=random.randrange(_DAYS), microseconds=random.randrange(10**11))


def _timedelta(random: Random) -> timedelta | None:
    some = (None, timedelta(), timedelta(-1), timedelta.max, timedelta(microseconds=1), _TEN_YEARS)
    return random.choice((*some, *(timedelta(minutes=random.randrange(10**4)) for _ in range(9))))
