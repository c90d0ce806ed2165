"""Callers take turns by the CPU that they use."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from originrisk.serve.online.problems import RefusedError
from originrisk.serve.online.service import FairWorker

T = TypeVar("T")


def spend(seconds: float) -> float:
    """Use a core for that long; gives when it was done."""
    began = time.thread_time()
    while time.thread_time() - began < seconds:
        pass
    return time.monotonic()


def once(work: Callable[[], T]) -> Iterator[T]:
    yield work()


def test_one_caller_with_dear_work_does_not_keep_another_waiting() -> None:
    async def both() -> tuple[list[float], list[float]]:
        worker = FairWorker("work", 4000, 30)
        greedy = [asyncio.create_task(worker.do("greedy", 40, once(lambda: spend(0.05)))) for _ in range(30)]
        await asyncio.sleep(0.06)
        waits = []
        for _ in range(5):
            began = time.monotonic()
            await worker.do("modest", 1, once(lambda: spend(0.001)))
            waits.append(time.monotonic() - began)
        ends = [end for one in greedy for end in await one]
        worker.close()
        return waits, ends

    waits, ends = asyncio.run(both())
    assert len(ends) == 30
    assert max(waits) < (max(ends) - min(ends)) / 3


def test_one_caller_cannot_fill_the_room() -> None:
    async def fill() -> int:
        worker = FairWorker("work", 40, 30)
        greedy = [asyncio.create_task(worker.do("greedy", 10, once(lambda: spend(0.02)))) for _ in range(4)]
        await asyncio.sleep(0)
        await worker.do("modest", 1, once(lambda: 0))
        refused = 0
        for one in greedy:
            try:
                await one
            except RefusedError:
                refused += 1
        worker.close()
        return refused

    assert asyncio.run(fill()) == 1


def test_work_without_a_turn_in_time_is_refused_and_a_defect_is_passed_on() -> None:
    async def late() -> None:
        worker = FairWorker("work", 40, 0.1)
        first = asyncio.create_task(worker.do("a", 1, once(lambda: spend(0.4))))
        await asyncio.sleep(0)
        with pytest.raises(RefusedError):
            await worker.do("b", 1, once(lambda: 0))
        await first
        with pytest.raises(ZeroDivisionError):
            await worker.do("b", 1, once(lambda: 1 // 0))
        assert await worker.do("b", 1, once(lambda: 7)) == [7]
        worker.close()

    asyncio.run(late())


def test_another_has_a_turn_between_the_pieces_of_dear_work() -> None:
    async def both() -> tuple[list[float], list[float]]:
        worker = FairWorker("work", 4000, 0.5)  # pieces that were begun need no turn in time

        async def modest() -> list[float]:
            await asyncio.sleep(0.06)
            return await worker.do("modest", 1, once(lambda: spend(0.001)))

        ends = await asyncio.gather(worker.do("greedy", 40, (spend(0.05) for _ in range(20))), modest())
        worker.close()
        return ends

    made, (modest,) = asyncio.run(both())
    assert made == sorted(made)
    assert len(made) == 20
    assert made[0] < modest < made[5]
