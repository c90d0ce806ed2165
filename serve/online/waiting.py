"""The waiting line: work for one thread, bounded; what does not fit, or waits too long, is refused at once."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from originrisk.data.errors import Problem
from originrisk.serve.online.problems import FULL, later

T = TypeVar("T")


class WaitingLine:
    """Takes work of some weight while less than `most` is waiting or under way. For one event loop."""

    def __init__(self, name: str, most: int, seconds: float) -> None:
        self._most, self._seconds, self._taken = most, seconds, 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def do(self, weight: int, work: Callable[[], T]) -> T:
        """What `work` gives. Raises RefusedError (503) where there is no room, or no turn in time."""
        if self._taken + weight > max(self._most, weight):
            raise self._full("more requests than it can take")
        self._taken += weight
        job = self._thread.submit(work)
        try:
            return await self._turn(job, asyncio.wrap_future(job))
        finally:
            self._taken -= weight

    async def _turn(self, job: Future[T], result: "asyncio.Future[T]") -> T:
        """Wait for the result; work that has begun in time is finished."""
        done, _ = await asyncio.wait([result], timeout=self._seconds)
        if not done and job.cancel():
            raise self._full("no turn in time")
        return await result

    def _full(self, found: str) -> Exception:
        return later(FULL, 1, Problem("service", "room for the request", found))

    def close(self) -> None:
        """Finish what was taken."""
        self._thread.shutdown(wait=True)
