"""What pages read: a home as its tables stood at one moment, made anew in the background as it changes."""

import logging
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Condition, Event, Lock, Thread
from time import monotonic
from typing import Annotated, Any, Final, Generic, TypeVar

import pyarrow as pa
from cachetools import LRUCache, cachedmethod
from fastapi import Depends, Request

from originrisk.data.settings import Settings
from originrisk.data.store.tables import Store
from originrisk.models.checkpoints import Checkpoints
from originrisk.serve.night import record
from originrisk.serve.queue.evidence import queue_query
from originrisk.serve.queue.evidence.day import Day
from originrisk.serve.queue.evidence.line import DayRanking, LineCase, evidence
from originrisk.serve.queue.evidence.links import latest_graph
from originrisk.serve.queue.evidence.store_reader import StoreReader

log = logging.getLogger("originrisk.queue")

EVERY: Final = 1.0
AFTER_FAILURE: Final = 30.0
"""Seconds from one look at the basis to the next while it is watched, and longer where the making failed."""

Basis = TypeVar("Basis")
Made = TypeVar("Made")


class BeingPreparedError(Exception):
    """Nothing is ready yet; the first is in the making."""


class BackgroundCache(Generic[Basis, Made]):
    """The latest thing that was made, and the making of the next one in a thread as soon as its basis has changed.

    `patience` is how many seconds of a making readers wait for it, before they get the one before.
    """

    def __init__(self, basis: Callable[[], Basis], make: Callable[[Basis], Made], patience: float = 1.0) -> None:
        self._basis, self._make, self._patience = basis, make, patience
        self._lock, self._thread = Lock(), ThreadPoolExecutor(1, "preparing")
        self._ready: tuple[Basis, Made] | None = None
        self._making: tuple[Future[None], float] | None = None

    def get(self) -> tuple[Made, bool]:
        """What is ready, and whether it is the newest.

        Raises BeingPreparedError where nothing is ready yet, and whatever the making of the newest raised.
        """
        wanted = self._basis()
        if not self._holds(wanted):
            making, since = self._begin()
            wait([making], max(0.0, since + self._patience - monotonic()))
            if making.done():
                making.result()
        if self._ready is None:
            raise BeingPreparedError
        basis, made = self._ready
        return made, basis == wanted

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Make the newest unasked, until the block ends."""
        ended = Event()
        watch = Thread(target=self._watch, args=[ended], name="watching")
        watch.start()
        try:
            yield
        finally:
            ended.set()
            watch.join()
            self._thread.shutdown()

    def _begin(self) -> tuple["Future[None]", float]:
        """The making under way, or a new one, and when it began."""
        with self._lock:
            if self._making is None or self._making[0].done():
                self._making = self._thread.submit(self._made), monotonic()
            return self._making

    def _made(self) -> None:
        basis = self._basis()
        if not self._holds(basis):
            self._ready = basis, self._make(basis)

    def _holds(self, basis: Basis) -> bool:
        return self._ready is not None and self._ready[0] == basis

    def _watch(self, ended: Event) -> None:
        while not ended.is_set():
            try:
                if not self._holds(self._basis()):
                    self._begin()[0].result()
            except Exception as error:  # readers are told; whoever runs the server reads it here
                log.error("not prepared", extra={"facts": {"kind": type(error).__name__}})
                ended.wait(AFTER_FAILURE)
            ended.wait(EVERY)


_SCORED: Final = "SELECT DISTINCT entry_date AS day FROM {scores} ORDER BY day"
_DAY: Final = "SELECT entry_date FROM {days} WHERE entry_number = $1 AND line_number = $2"
_ENTRY: Final = "FROM {days} WHERE entry_number = $1 AND entry_date <> $2 ORDER BY line_number LIMIT 20"
_SCORE: Final = "SELECT * FROM {scores} WHERE entry_date = $1 AND entry_number = $2 AND line_number = $3"


@dataclass(frozen=True, slots=True)
class State:
    """What pages are made from: versions of the tables, the live queue's day, and of each history that is kept its
    day and when it was written."""

    versions: tuple[tuple[str, int], ...]
    live: date | None
    histories: tuple[tuple[date, int], ...]


class StoreSnapshot:
    """Reads one home as it is at a state; who asks for what is in the making waits for it.

    `shown` is the day of the live queue; before the first night the latest of the days `scored`; None without one.
    """

    def __init__(self, kept: Checkpoints, state: State) -> None:
        self.kept, self.reader = kept, StoreReader(kept.store, dict(state.versions))
        self._days: LRUCache[Any, Day] = LRUCache(8)
        self._graphs: LRUCache[Any, Any] = LRUCache(4)
        self._rankings: LRUCache[Any, DayRanking] = LRUCache(8)
        self._making = Condition()
        self.scored: list[date] = self.reader.sql(_SCORED, [])["day"].to_pylist()
        self.shown: date | None = state.live or (self.scored[-1] if self.scored else None)
        if self.shown:
            queue_query.counts(self.day(self.shown))
            self.graph(self.shown)

    @cachedmethod(lambda self: self._days, condition=lambda self: self._making)
    def day(self, of: date) -> Day:
        """A day."""
        return Day.of(self.reader, of)

    @cachedmethod(lambda self: self._graphs, condition=lambda self: self._making)
    def graph(self, before: date) -> Any:
        """The graph of the newest history that was closed before a day; None without one."""
        return latest_graph(self.kept, before)

    @cachedmethod(lambda self: self._rankings, condition=lambda self: self._making)
    def ranking(self, day: date) -> DayRanking:
        """How a day's lines were ranked."""
        return DayRanking.of(self.reader, day)

    def beside(self, day: date) -> tuple[date | None, date | None]:
        """The scored days before and after a day, if any."""
        place, after = bisect_left(self.scored, day), bisect_right(self.scored, day)
        return self.scored[place - 1] if place else None, next(iter(self.scored[after:]), None)

    def days_of(self, entry_number: str, but: date) -> list[tuple[str, int, date]]:
        """Lines of an entry on other days."""
        found = self.reader.sql(_ENTRY, [entry_number.strip().upper(), but]).to_pylist()
        return [(row["entry_number"], row["line_number"], row["entry_date"]) for row in found]

    def entry(self, entry_number: str, line_number: int) -> pa.Table | None:
        """The row of `entries` of a line; None where the store has no such line."""
        key = entry_number, line_number
        days = self.reader.sql(_DAY, [*key])["entry_date"].to_pylist()
        return self.reader.entry(days[0], key) if days else None

    def line(self, entry_number: str, line_number: int) -> LineCase | None:
        """A line with its evidence; None where the store has no such line."""
        line = self.entry(entry_number, line_number)
        if line is None:
            return None
        day: date = line["entry_date"][0].as_py()
        scores = self.reader.sql(_SCORE, [day, entry_number, line_number]).to_pylist()
        score = scores[0] if scores else None
        return evidence(self.reader, self.graph(day), line, score, self.ranking(day))


def background_reading(
    settings: Settings, store: Store, patience: float = 1.0
) -> BackgroundCache[State, StoreSnapshot]:
    """The reading of a home, made anew in the background whenever the home changes."""
    kept = Checkpoints.of(store, settings)
    return BackgroundCache(lambda: _state(kept), lambda state: StoreSnapshot(kept, state), patience)


def _state(kept: Checkpoints) -> State:
    histories = tuple((day, _written(kept.folder(day))) for day in sorted(kept.days()))
    return State(tuple(kept.store.versions().items()), record.live_day(kept.store.home), histories)


def _written(folder: Path) -> int:
    """When a history was written, ns; 0 while it is being replaced."""
    try:
        return folder.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def current_reading(request: Request) -> StoreSnapshot:
    """The newest reading that is ready; `behind` tells the page where the home has changed since.

    Raises BeingPreparedError where the first is in the making.
    """
    home: BackgroundCache[State, StoreSnapshot] = request.app.state.reading
    found, newest = home.get()
    request.state.behind = not newest
    return found


CurrentReading = Annotated[StoreSnapshot, Depends(current_reading)]
"""A parameter of a route that reads the store."""
