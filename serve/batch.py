"""The batch: days scored one after another, each with what was known before it, each published whole."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from math import ceil
from operator import itemgetter
from typing import Any

import numpy as np
import pyarrow as pa

from data.console import progress
from data.contract import SCORES
from data.settings import ScoreSettings, Settings
from data.store import Store
from features.catalogue import compute
from features.lines import Floats, Rows
from features.replay import Seen
from models.bundle import Bundle, load
from models.checkpoints import Checkpoints
from models.registry import champion_path
from models.scoring import score

EPOCH = date(1970, 1, 1)
ONE_DAY = timedelta(days=1)


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


def capacity(lines: int, settings: ScoreSettings) -> int:
    """How many of a day's lines officers can examine."""
    return min(lines, max(settings.capacity_least, ceil(lines * settings.capacity_share)))


def score_period(settings: Settings, start: date, end: date) -> Batch:
    """Score every line dated `start` to `end` with the champion and publish each day in one commit.

    A run that is repeated changes nothing; one that was cut short leaves whole days and can be run again.
    Raises ModelRefusedError without a sound champion, AlreadyRunningError while another run writes.
    """
    bundle = load(champion_path(settings.home))
    store = Store(settings.home, settings.memory_limit_gb)
    published = dict.fromkeys(_days(start, end), 0)
    with store.writing():
        for day, lines, matrix in _nights(store, settings, start, end):
            inside = capacity(len(lines), settings.score)
            scored = score(lines, matrix, bundle.model, explained=inside, most_reasons=settings.score.reasons)
            store.replace_day("scores", day, scored.table(lines, bundle.version, day - ONE_DAY))
            published[day] = inside
        for day in (day for day, inside in published.items() if not inside):
            store.replace_day(
                "scores", day, SCORES.schema.empty_table()
            )  # its lines may have moved elsewhere
    return Batch(store, bundle, start, end, published)


def _nights(
    store: Store, settings: Settings, start: date, end: date
) -> Iterator[tuple[date, pa.Table, Floats]]:
    """Each day that has lines: the lines, and their features as the night before knew them."""
    checkpoints = Checkpoints(store, settings.history_start)
    history = checkpoints.latest(start)
    entries = checkpoints.entries(history, end)
    seen = checkpoints.replay(history, entries, end)
    with progress("Replaying and scoring", len(entries)) as advance:
        for number, pieces in groupby(_pieces(seen, (start - EPOCH).days, advance), key=itemgetter(0)):
            _, rows, matrices = zip(*pieces, strict=True)
            yield EPOCH + timedelta(number), entries.take(np.concatenate(rows)), np.vstack(matrices)


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
