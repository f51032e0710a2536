"""Work is spread lazily, in order or not, and never too much of it at once."""

from __future__ import annotations

import os
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from threading import Event
from typing import TYPE_CHECKING

import pytest

from certlife.errors import InvalidValueError, WrongTypeError
from certlife.fleet import ExecutorError, spread
from tests.fleet.worlds import Slow

if TYPE_CHECKING:
    from collections.abc import Iterator


def doubled(number: int) -> int:
    return 2 * number


def lost(_: int) -> int:
    os._exit(3)


def drawn(upto: int, log: list[int]) -> Iterator[int]:
    for number in range(upto):
        log.append(number)
        yield number


@pytest.mark.parametrize("count", [0, 1, 3, 4, 100], ids="{} items".format)
@pytest.mark.parametrize("in_order", [True, False], ids=["in order", "as completed"])
def test_every_item_is_worked_on_once(count: int, in_order: bool) -> None:  # noqa: FBT001
    with ThreadPoolExecutor(2) as pool:
        found = list(spread(doubled, range(count), executor=pool, chunk_size=3, in_order=in_order))
    assert sorted(found) == [2 * number for number in range(count)]
    assert not in_order or found == sorted(found)


def test_without_an_executor_items_are_drawn_one_by_one() -> None:
    log: list[int] = []
    answers = spread(doubled, drawn(10, log))
    assert not log
    assert next(answers) == 0
    assert log == [0]


def test_items_are_drawn_only_as_far_as_work_is_under_way() -> None:
    log, crew = list[int](), Slow()
    answers = spread(doubled, drawn(1000, log), executor=crew, chunk_size=5, in_flight=3)
    assert not log
    assert next(answers) == 0
    assert len(log) == 5 * 4, "the chunk that is answered, and three under way"
    assert len(list(answers)) == 999
    assert crew.most == 3


def test_who_stops_asking_cancels_what_has_not_begun() -> None:
    crew = Slow()
    answers = spread(doubled, range(100), executor=crew, chunk_size=1, in_flight=4)
    next(answers)
    del answers
    for work in crew.waiting:
        work()
    assert crew.cancelled == 4


def test_answers_may_come_as_completed() -> None:
    release = Event()

    def work(number: int) -> int:
        if number == 0:
            assert release.wait(60)
        return number

    with ThreadPoolExecutor(2) as pool:
        answers = spread(work, range(4), executor=pool, chunk_size=1, in_order=False)
        first = [next(answers) for _ in range(3)]
        release.set()
        assert sorted(first) == [1, 2, 3]
        assert list(answers) == [0]


def test_progress_is_told_as_answers_are_handed_out() -> None:
    told: list[int] = []
    answers = spread(doubled, range(3), progress=told.append)
    assert not told
    assert list(answers) == [0, 2, 4]
    assert told == [1, 2, 3]


def test_a_lost_worker_is_an_error_that_says_so() -> None:
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    with pool, pytest.raises(ExecutorError, match="BrokenProcessPool") as caught:
        list(spread(lost, [1], executor=pool))
    assert caught.value.__cause__ is None


def test_what_cannot_be_submitted_is_an_error_that_says_so() -> None:
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    with pytest.raises(ExecutorError, match="cannot schedule new futures"):
        list(spread(doubled, [1], executor=pool))


def test_an_error_of_ours_in_the_work_stays_what_it_is() -> None:
    def work(_: int) -> int:
        raise InvalidValueError("expected more")

    with ThreadPoolExecutor(1) as pool, pytest.raises(InvalidValueError, match="expected more"):
        list(spread(work, [1], executor=pool))


@pytest.mark.parametrize("name", ["chunk_size", "in_flight"])
def test_a_number_below_one_is_refused_before_anything_is_done(name: str) -> None:
    sizes = {"chunk_size": 1, "in_flight": 1, name: 0}
    with pytest.raises(InvalidValueError, match=f"{name}: expected at least 1, got 0"):
        spread(doubled, [1], chunk_size=sizes["chunk_size"], in_flight=sizes["in_flight"])


def test_a_size_that_is_no_number_is_refused() -> None:
    with pytest.raises(WrongTypeError, match="chunk_size: expected an int, got a str"):
        spread(doubled, [1], chunk_size="8")  # type: ignore[arg-type]


def test_what_is_no_executor_is_refused() -> None:
    with pytest.raises(WrongTypeError, match=r"executor: expected a concurrent.futures.Executor"):
        spread(doubled, [1], executor="pool")  # type: ignore[arg-type]


def test_an_executor_needs_nothing_but_submit() -> None:
    class Here(Executor):
        def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN002, ANN003, ANN202
            future: Future[object] = Future()
            future.set_result(fn(*args, **kwargs))
            return future

    assert list(spread(doubled, range(3), executor=Here())) == [0, 2, 4]
