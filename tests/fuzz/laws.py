"""What must hold whatever goes in: only certlife's own errors come out, soon, small, and silent.

A trial is one input and how to ask with it. This module knows no door.
"""

from __future__ import annotations

import pickle
import re
import resource
import signal
import sys
import tracemalloc
from base64 import b64encode
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from time import process_time
from typing import TYPE_CHECKING, Final, NoReturn, TypeVar

from attrs import frozen
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from certlife.errors import CertlifeError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

MAX_SECONDS: Final = 1.0
MIN_MEMORY: Final = 50_000_000
MEMORY_FACTOR: Final = 10

_GIVEN_UP_AFTER: Final = 20
_KILOBYTE: Final = 1 if sys.platform == "darwin" else 1024  # what ru_maxrss counts in
_ESCAPE: Final = re.compile(r"\\x([0-9a-f]{2})")  # how the repr of bytes spells most of them
_RUN: Final = 12
_COMMON: Final = 5

_Said = TypeVar("_Said")


class BrokenError(Exception):
    """A law does not hold; the message says which, and how that shows."""


class _HungError(BaseException):
    """An input takes so long that nobody wants to know how long exactly."""


@frozen
class Trial:
    """One input, and how to ask with it.

    Args:
        asked: The input, as a report may show it.
        size: How large it is, in bytes.
        ask: Asks, and returns whatever is told about the input. Raises BrokenError where an answer
            is wrong.
    """

    asked: object
    size: int
    ask: Callable[[], Iterable[object]]


def attempt(ask: Callable[[], _Said]) -> _Said | CertlifeError:
    """Ask, and take a refusal for an answer."""
    try:
        return ask()
    except CertlifeError as error:
        return error


@frozen
class Silence:
    """Nothing that is told may hold a piece of a private key, in any spelling.

    Args:
        pieces: Stretches of twelve characters, none of which may be told. Whatever is told of a
            number in 23 characters or more has one of them.
    """

    pieces: frozenset[str]

    @classmethod
    def about(cls, keys: Iterable[bytes], *, words: Iterable[str] = ()) -> Silence:
        """Forbid the private numbers of keys in PEM, those that can be read, and some words."""
        spelled = [
            text for pem in keys for number in _private_numbers(pem) for text in _spelled(number)
        ]
        pieces = (
            text[at : at + _RUN]
            for text in (*spelled, *words)
            for at in range(0, len(text) - _RUN + 1, _RUN)
        )
        return cls(frozenset(piece for piece in pieces if len(set(piece)) > _COMMON))

    def broken_by(self, told: object) -> str | None:
        """Return what is told though it must not be, None where nothing is."""
        for text in _tellings(told):
            for at in range(len(text) - _RUN + 1):
                if text[at : at + _RUN] in self.pieces:
                    return text[max(0, at - 60) : at + _RUN]
        return None


def broken(trial: Trial, silence: Silence, *, measured: bool) -> str | None:
    """Try an input, and say which law it breaks; None where all hold.

    Args:
        trial: The input.
        silence: What must not be told.
        measured: Whether to count every allocation, which takes five times as long. If not, only
            what the whole process has grown by is seen.
    """
    try:
        return _broken(trial, silence, measured=measured)
    except _HungError:
        return f"took more than {_GIVEN_UP_AFTER} seconds"


def _broken(trial: Trial, silence: Silence, *, measured: bool) -> str | None:
    limit = max(MIN_MEMORY, MEMORY_FACTOR * trial.size)
    before, start = _grown_to(), process_time()
    if measured:
        tracemalloc.start()
    try:
        with _watched():
            told = [*trial.ask()]
    except CertlifeError as error:
        told = [error]
    except BrokenError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 — what escapes is what this is about
        return f"escaped: {type(error).__name__}: {error}"
    finally:
        allocated = tracemalloc.get_traced_memory()[1] if measured else 0
        tracemalloc.stop()
    seconds, grown = process_time() - start, _grown_to() - before
    if max(allocated, grown) > limit:
        return f"took {max(allocated, grown):,} bytes for {trial.size:,}"
    if seconds > MAX_SECONDS and not measured and _takes_as_long_again(trial):
        return f"took {seconds:.1f} seconds for {trial.size:,} bytes"
    leaks = filter(None, map(silence.broken_by, told))
    return next((f"told a secret: {leak!r}" for leak in leaks), None)


def _takes_as_long_again(trial: Trial) -> bool:
    """Whether it was the input and not whatever else the machine or the collector had to do."""
    start = process_time()
    with _watched():
        attempt(lambda: [*trial.ask()])
    return process_time() - start > MAX_SECONDS


def _grown_to() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KILOBYTE


@contextmanager
def _watched() -> Iterator[None]:
    """Give up on an input that takes very long, by the processor and not by the clock."""
    before = signal.signal(signal.SIGPROF, _give_up)
    signal.setitimer(signal.ITIMER_PROF, _GIVEN_UP_AFTER)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _give_up(_: int, __: FrameType | None) -> NoReturn:
    raise _HungError


def _tellings(told: object) -> Iterator[str]:
    """Yield the texts and the pickle in which something told goes out."""
    for text in (repr(told), str(told)):
        yield text
        yield _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
    yield pickle.dumps(told).decode("latin-1")
    if isinstance(told, BaseException):
        cause = told.__cause__ or (None if told.__suppress_context__ else told.__context__)
        if cause is not None:
            yield from _tellings(cause)


def _private_numbers(pem: bytes) -> Iterator[bytes]:
    try:
        key = load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True)
    except Exception:  # noqa: BLE001 — many of the vectors' keys are broken on purpose
        return
    if isinstance(key, rsa.RSAPrivateKey):
        numbers = key.private_numbers()
        for number in (numbers.d, numbers.p, numbers.q, numbers.dmp1, numbers.dmq1, numbers.iqmp):
            yield number.to_bytes((number.bit_length() + 7) // 8)
    elif isinstance(key, ec.EllipticCurvePrivateKey):
        yield key.private_numbers().private_value.to_bytes((key.key_size + 7) // 8)
    elif isinstance(key, ed25519.Ed25519PrivateKey):
        yield key.private_bytes_raw()


def _spelled(number: bytes) -> Iterator[str]:
    """Yield a number in every spelling that a careless message could have."""
    yield number.decode("latin-1")
    yield number.hex()
    yield number.hex().upper()
    yield number.hex(":")
    yield str(int.from_bytes(number))
    for lost in range(3):  # where in a group of four characters it starts
        yield b64encode(number[lost:]).decode()
