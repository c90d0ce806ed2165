"""Callers take turns by the CPU that they use."""

import asyncio
import time

import pytest

from originrisk.serve.online.problems import RefusedError
from originrisk.serve.online.service import FairWorker


def spend(seconds: float) -> float:
    """Use a core for that long; gives when it was done."""
    began = time.thread_time()
    while time.thread_time() - began < seconds:
        pass
    return time.monotonic()


def test_one_caller_with_dear_work_does_not_keep_another_waiting() -> None:
    async def both() -> tuple[list[float], list[float]]:
        worker = FairWorker("work", 4000, 30)
        greedy = [asyncio.create_task(worker.do("greedy", 40, lambda: spend(0.05))) for _ in range(30)]
        await asyncio.sleep(0.06)
        waits = []
        for _ in range(5):
            began = time.monotonic()
            await worker.do("modest", 1, lambda: spend(0.001))
            waits.append(time.monotonic() - began)
        ends = [await one for one in greedy]
        worker.close()
        return waits, ends

    waits, ends = asyncio.run(both())
    assert len(ends) == 30
    assert max(waits) < (max(ends) - min(ends)) / 3


def test_one_caller_cannot_fill_the_room() -> None:
    async def fill() -> int:
        worker = FairWorker("work", 40, 30)
        greedy = [asyncio.create_task(worker.do("greedy", 10, lambda: spend(0.02))) for _ in range(4)]
        await asyncio.sleep(0)
        await worker.do("modest", 1, lambda: 0)
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
        first = asyncio.create_task(worker.do("a", 1, lambda: spend(0.4)))
        await asyncio.sleep(0)
        with pytest.raises(RefusedError):
            await worker.do("b", 1, lambda: 0)
        await first
        with pytest.raises(ZeroDivisionError):
            await worker.do("b", 1, lambda: 1 // 0)
        assert await worker.do("b", 1, lambda: 7) == 7
        worker.close()

    asyncio.run(late())
