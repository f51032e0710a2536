"""The same work on many things: lazily, over any executor, with only so much of it under way.

What the work is, is nothing that this module knows. The executor is the caller's, who opens and
closes it.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

from certlife.errors import CertlifeError, InvalidValueError, WrongTypeError, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Item = TypeVar("Item")
Answer = TypeVar("Answer")

CHUNK_SIZE: Final = 64
"""How many things are sent at a time: enough that sending costs little beside the work."""

IN_FLIGHT: Final = 16
"""How many chunks are under way: two for each of eight workers."""


class ExecutorError(CertlifeError):
    """The executor failed: it lost a worker, or what it was given cannot be sent."""


def spread(  # noqa: PLR0913 — how the work is spread, each by keyword
    work: Callable[[Item], Answer],
    items: Iterable[Item],
    *,
    executor: Executor | None = None,
    chunk_size: int = CHUNK_SIZE,
    in_flight: int = IN_FLIGHT,
    in_order: bool = True,
    progress: Callable[[int], object] | None = None,
) -> Iterator[Answer]:
    """Do the same work on many things, and hand out the answers as they come.

    Nothing is done before the first answer is asked for. Items are drawn as they are needed, so
    that at most `chunk_size * in_flight` of them are in memory, and their answers. Who stops
    asking, and closes the iterator, cancels what has not begun.

    Args:
        work: What to do with each. With a pool of processes it must be importable there: a function
            of a module, or a frozen class of one with `__call__`.
        items: What to do it with; what leaves the process has to be picklable.
        executor: Who does it; None for right here.
        chunk_size: How many items are sent at a time, at least one.
        in_flight: How many chunks are under way at once, at least one; best twice the workers.
        in_order: Whether answers come in the order of the items, or chunk by chunk as completed.
        progress: Called with the number of answers there are so far, as they are handed out.

    Raises:
        InvalidValueError: `chunk_size` or `in_flight` is below one.
        WrongTypeError: `executor` is no Executor, or one of those is no int.
        ExecutorError: While answers are handed out: the executor failed.
    """
    for number, name in ((chunk_size, "chunk_size"), (in_flight, "in_flight")):
        if not isinstance(number, int):
            raise WrongTypeError("expected an int", path=name, value=f"a {type(number).__name__}")
        if number < 1:
            raise InvalidValueError("expected at least 1", path=name, value=shown(number))
    if executor is not None and not isinstance(executor, Executor):
        raise WrongTypeError(
            "expected a concurrent.futures.Executor or None",
            path="executor",
            value=f"a {type(executor).__name__}",
        )
    answers: Iterator[Answer] = (
        map(work, items)
        if executor is None
        else _over(executor, work, _chunks(items, chunk_size), in_flight, in_order=in_order)
    )
    return answers if progress is None else _counted(answers, progress)


def _over(
    executor: Executor,
    work: Callable[[Item], Answer],
    chunks: Iterator[tuple[Item, ...]],
    in_flight: int,
    *,
    in_order: bool,
) -> Iterator[Answer]:
    pending: deque[Future[list[Answer]]] = deque()
    try:
        for chunk in islice(chunks, in_flight):
            pending.append(_submitted(executor, work, chunk))
        while pending:
            done = pending.popleft() if in_order else _first_completed(pending)
            answers = _answers(done)
            for chunk in islice(chunks, 1):
                pending.append(_submitted(executor, work, chunk))
            yield from answers
    finally:
        for future in pending:
            future.cancel()


def _chunks(items: Iterable[Item], size: int) -> Iterator[tuple[Item, ...]]:
    remaining = iter(items)
    while chunk := tuple(islice(remaining, size)):
        yield chunk


def _submitted(
    executor: Executor, work: Callable[[Item], Answer], chunk: tuple[Item, ...]
) -> Future[list[Answer]]:
    try:
        return executor.submit(_worked, work, chunk)
    except Exception as error:  # noqa: BLE001 — whatever an executor raises
        raise _failure(error) from None


def _worked(work: Callable[[Item], Answer], chunk: tuple[Item, ...]) -> list[Answer]:
    """Do the work on one chunk, in the worker."""
    return [work(item) for item in chunk]


def _first_completed(pending: deque[Future[list[Answer]]]) -> Future[list[Answer]]:
    done = next(iter(wait(pending, return_when=FIRST_COMPLETED).done))
    pending.remove(done)
    return done


def _answers(done: Future[list[Answer]]) -> list[Answer]:
    try:
        return done.result()
    except CertlifeError:
        raise
    except Exception as error:  # noqa: BLE001 — a lost worker, or what cannot be pickled
        raise _failure(error) from None


def _failure(error: Exception) -> ExecutorError:
    """Say what an executor raised; its cause is dropped, for its frames may hold a Secret."""
    return ExecutorError(
        "expected the executor to do its work; workers must be able to import the policy and every"
        " rule, and to live as long as there is work",
        path="executor",
        value=shown(f"{type(error).__name__}: {error}"),
    )


def _counted(answers: Iterator[Answer], progress: Callable[[int], object]) -> Iterator[Answer]:
    for number, answer in enumerate(answers, 1):
        progress(number)
        yield answer
