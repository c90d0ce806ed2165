"""The scorer: days of a replay, cut out of its blocks and scored with one model under one set of rules."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from time import perf_counter

import numpy as np
import pyarrow as pa

from originrisk.data.console import progress
from originrisk.data.contract import EPOCH
from originrisk.data.settings import Settings
from originrisk.data.store.tables import Store
from originrisk.features.catalogue import compute
from originrisk.features.history.replay import BLOCK, Seen
from originrisk.features.history.state import History
from originrisk.features.history.view import see
from originrisk.features.lines import Floats, Lines, Rows
from originrisk.features.lists import Listings
from originrisk.models.bundle import Bundle
from originrisk.serve.day_scores import DayScores
from originrisk.serve.suppressions import suppressed


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

    def seen(self, history: History, day: date, listings: Listings) -> Iterator[DayScores]:
        """Scores of one day, if it has lines, as a history that closed the day before sees them; it learns nothing."""
        since = perf_counter()
        lines = self.store.entries(day, day)
        if not len(lines):
            return
        scores, whole = self.day(day, lines), Lines.of(lines)  # whole, so that no text is read block by block
        scores.seconds["reading"] = perf_counter() - since
        with progress("Scoring", len(lines)) as advance:
            for first in range(0, len(lines), BLOCK):
                since, part = perf_counter(), whole.take(slice(first, first + BLOCK))
                matrix = compute(part, see(history, part, listings))
                scores.seconds["features"] += perf_counter() - since
                scores.take(np.arange(first, first + part.size), matrix)
                advance(part.size)
        yield scores

    def tables(self, entries: pa.Table, seen: Iterator[Seen], start: date) -> Iterator[pa.Table]:
        """The scores of the same days in the contract's columns, a table each."""
        for scores in self.days(entries, seen, start):
            yield scores.table(scores.lines["entry_date"][0].as_py())

    def day(self, day: date, lines: pa.Table) -> DayScores:
        """The scores of a day before its first line is scored."""
        return DayScores(lines, self.bundle, self.settings.score, suppressed(self.store, lines, day))


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
