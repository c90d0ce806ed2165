"""The batch: days scored one after another, each with what was known before it, each published whole."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from time import perf_counter
from typing import Any

import numpy as np
import pyarrow as pa

from data.console import progress
from data.contract import SCORES
from data.settings import Settings
from data.store import Store
from features.catalogue import compute
from features.lines import Floats, Rows
from features.replay import Seen
from models.bundle import Bundle, load
from models.checkpoints import Checkpoints
from models.registry import champion_path
from serve.day_scores import DayScores
from serve.suppressions import suppressed

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Batch:
    """What a run over `start` to `end` published in the store: one row of `scores` for each line."""

    store: Store
    bundle: Bundle
    start: date
    end: date
    inside_capacity: dict[date, int]

    @property
    def hindsight(self) -> bool:
        """Whether the model learned from days that are scored here: such scores look better than a night's."""
        return date.fromisoformat(self.bundle.settings["cutoff"]) >= self.start

    def scores(self) -> pa.Table:
        """The published rows, by day and rank."""
        return self.store.scores(self.start, self.end)

    def entries(self) -> pa.Table:
        """The lines of the period."""
        return self.store.entries(self.start, self.end)

    def summary(self) -> dict[str, Any]:
        """What a scheduler reads. `read` and `scored` are counted in their own tables."""
        return {
            "from": str(self.start),
            "to": str(self.end),
            "read": len(self.store.entries(self.start, self.end, columns=["entry_number"])),
            "scored": len(self.scores()),
            "inside_capacity": sum(self.inside_capacity.values()),
            "model_version": self.bundle.version,
            "hindsight": self.hindsight,
        }


@dataclass(frozen=True, slots=True)
class Scorer:
    """Scores days from a replay, with one model and under one set of rules."""

    store: Store
    settings: Settings
    bundle: Bundle

    def days(self, entries: pa.Table, seen: Iterator[Seen], start: date) -> Iterator[DayScores]:
        """Scores of each day from `start` on that has lines, whole; `entries` are the lines replayed, `seen` them
        as they come."""
        days = np.asarray(entries["entry_date"].cast(pa.int32()))
        since = perf_counter()
        with progress("Replaying and scoring", len(entries)) as advance:
            for day, pieces in groupby(_pieces(seen, (start - EPOCH).days, advance), key=itemgetter(0)):
                rows = np.flatnonzero(days == day)
                scores = self.day(EPOCH + timedelta(day), entries.take(rows))
                for _, places, matrix in pieces:
                    scores.seconds["features"] += perf_counter() - since
                    scores.take(np.searchsorted(rows, places), matrix)
                    since = perf_counter()
                yield scores
                since = perf_counter()

    def day(self, day: date, lines: pa.Table) -> DayScores:
        """The scores of a day before its first line is scored."""
        return DayScores(lines, self.bundle, self.settings.score, suppressed(self.store, lines, day))


def score_period(settings: Settings, start: date, end: date) -> Batch:
    """Score every line dated `start` to `end` with the champion and publish each day in one commit.

    A run that is repeated changes nothing; one that was cut short leaves whole days and can be run again.
    Raises ModelRefusedError without a sound champion, AlreadyRunningError while another run writes.
    """
    bundle = load(champion_path(settings.home))
    store = Store(settings.home, settings.memory_limit_gb)
    published = dict.fromkeys(_days(start, end), 0)
    with store.writing():
        checkpoints = Checkpoints(store, settings.history_start)
        history = checkpoints.latest(start)
        entries = checkpoints.entries(history, end)
        seen = checkpoints.replay(history, entries, end)
        for scores in Scorer(store, settings, bundle).days(entries, seen, start):
            day = scores.lines["entry_date"][0].as_py()
            table = scores.table(day)
            store.replace_day("scores", day, table)
            published[day] = len(table) - table["place"].null_count
        for day in (day for day, inside in published.items() if not inside):
            # its lines may have moved elsewhere
            store.replace_day("scores", day, SCORES.schema.empty_table())
    return Batch(store, bundle, start, end, published)


def _pieces(
    seen: Iterator[Seen], first: int, advance: Callable[[float], None]
) -> Iterator[tuple[int, Rows, Floats]]:
    """Blocks cut at the days: day, rows and features; a long day comes in several pieces."""
    for block in seen:
        advance(len(block.rows))
        days = block.lines.days["entry_date"]
        if days[-1] >= first:
            matrix = compute(block.lines, block.known)
            for day in np.unique(days[days >= first]):
                yield int(day), block.rows[days == day], matrix[days == day]


def _days(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(days) for days in range((end - start).days + 1))
