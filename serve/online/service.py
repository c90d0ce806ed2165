"""All that a worker holds while it serves: its audit record, its bounded queues of work, and the end of it in order."""

import asyncio
import os
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import orjson

from originrisk.data.errors import Problem
from originrisk.data.settings import Settings
from originrisk.data.store.tables import Store
from originrisk.serve.online.access import Guard
from originrisk.serve.online.answer import Limits, try_line
from originrisk.serve.online.artifacts import ArtifactWatch
from originrisk.serve.online.middleware import Rate
from originrisk.serve.online.problems import FULL, later
from originrisk.serve.online.request import read_line
from originrisk.serve.online.run import service_folder
from originrisk.serve.online.shapes import EXAMPLE

T = TypeVar("T")
LOOK_UPS = 16
"""Look-ups in the store that wait at the most."""


def masked(entry_number: str, line_number: int) -> str:
    """An entry line as the record shows it: filer code, last two digits, line."""
    return f"{entry_number[:3]}-*****{entry_number[-3:-1]}-{entry_number[-1:]}/{line_number}"


class Audit:
    """A file for each day under `folder`. Each record is one write, whole even beside other workers'."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder, self._day, self._file = folder, "", -1

    def record(self, request: str, caller: str, action: str, ended: str, lines: Iterable[str] = ()) -> None:
        """Append who (`caller`, the id of a key or a subject) did what, on which masked lines."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        row: dict[str, Any] = {
            "at": at,
            "request": request,
            "caller": caller,
            "action": action,
            "ended": ended,
            "lines": list(lines),
        }
        os.write(self._of(at[: len("2000-01-01")]), orjson.dumps(row) + b"\n")

    def _of(self, day: str) -> int:
        if day != self._day:
            self.close()
            path = self._folder / f"{day}.jsonl"
            self._file, self._day = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), day
        return self._file

    def close(self) -> None:
        """Give the day's file back."""
        if self._file >= 0:
            os.close(self._file)
        self._file, self._day = -1, ""


@dataclass(slots=True, eq=False)
class _Turn:
    result: asyncio.Future[Any]
    pieces: Iterator[Any]
    made: list[Any]
    begun: bool = False


class FairWorker:
    """Takes work of some weight while less than `most` is waiting or under way, at most three quarters of it of one.

    Work is done in pieces, and whoever has used least of its thread's CPU has the next: a caller whose lines are dear
    waits for itself. The clock of a caller who comes back starts where the others are. For one event loop.
    """

    def __init__(self, name: str, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._held: Counter[str] = Counter()
        self._waiting: dict[str, deque[_Turn]] = {}
        self._used: dict[str, float] = {}
        self._clock, self._busy = 0.0, False

    async def do(self, caller: str, weight: int, pieces: Iterator[T]) -> list[T]:
        """The pieces, which are made as they are asked for.

        Raises RefusedError (503) where there is no room, or no turn in time for the first of them.
        """
        own, everyone = self._held[caller], self._held.total()
        if (own and own + weight > self._most * 3 // 4) or everyone + weight > max(self._most, weight):
            raise self._full("more requests than it can take")
        turn = _Turn(asyncio.get_running_loop().create_future(), pieces, [])
        self._held[caller] += weight
        self._used[caller] = max(self._used.get(caller, 0.0), self._clock)
        self._waiting.setdefault(caller, deque()).append(turn)
        self._next()
        try:
            done, _ = await asyncio.wait([turn.result], timeout=self._seconds)
            if not done and not turn.begun:
                self._take(caller, turn)
                raise self._full("no turn in time")
            return list(await turn.result)  # work that has begun in time is finished
        finally:
            self._held[caller] -= weight
            if not self._held[caller]:
                del self._held[caller]

    def _next(self) -> None:
        if self._busy or not self._waiting:
            return
        caller = min(self._waiting, key=self._used.__getitem__)
        turn = self._waiting[caller][0]
        self._take(caller, turn)
        turn.begun = True
        self._clock, self._busy = self._used[caller], True

        def timed() -> bool:
            """Make a piece; False where there is none left."""
            began = time.thread_time()
            try:
                for piece in turn.pieces:
                    turn.made.append(piece)
                    return True
                return False
            finally:
                self._used[caller] += time.thread_time() - began

        def ended(job: "asyncio.Future[bool]") -> None:
            self._busy = False
            error = job.exception()
            if not turn.result.done():
                if error:
                    turn.result.set_exception(error)
                elif job.result():
                    self._waiting.setdefault(caller, deque()).appendleft(turn)
                else:
                    turn.result.set_result(turn.made)
            for one in [one for one in self._used if one not in self._held and self._used[one] <= self._clock]:
                del self._used[one]
            self._next()

        asyncio.get_running_loop().run_in_executor(self._thread, timed).add_done_callback(ended)

    def _take(self, caller: str, turn: _Turn) -> None:
        self._waiting[caller].remove(turn)
        if not self._waiting[caller]:
            del self._waiting[caller]

    def _full(self, found: str) -> Exception:
        return later(FULL, 1, Problem("service", "room for the request", found))

    def close(self) -> None:
        """Finish what was taken."""
        self._thread.shutdown(wait=True)


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of a worker. Everything that it writes lies under `home/service`."""

    settings: Settings
    limits: Limits
    watch: ArtifactWatch
    scoring: FairWorker
    looking_up: FairWorker
    store: Store
    rate: Rate
    guard: Guard
    audit: Audit

    @classmethod
    def of(cls, settings: Settings) -> "Service":
        """The parts as the settings want them; nothing is loaded yet."""
        own = settings.service
        service_folder(settings.home).mkdir(parents=True, exist_ok=True, mode=0o700)
        rate = Rate(service_folder(settings.home) / "rates", own.lines_per_second, own.burst_lines)
        example = read_line(EXAMPLE)
        return cls(
            settings=settings,
            limits=Limits(own.days_ahead, settings.score.reasons),
            watch=ArtifactWatch(settings, lambda active: try_line(active, [example])),
            scoring=FairWorker("score", own.waiting_lines, own.wait_seconds),
            looking_up=FairWorker("look-up", LOOK_UPS, own.wait_seconds),
            store=Store(settings.home, settings.memory_limit_gb),
            rate=rate,
            guard=Guard(settings, rate),
            audit=Audit(service_folder(settings.home) / "audit"),
        )

    def close(self) -> None:
        """Finish what was taken, then give everything back."""
        self.watch.stop()
        self.scoring.close()
        self.looking_up.close()
        self.audit.close()
        self.rate.close()
