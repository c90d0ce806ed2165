"""Days scored: the scores of one day, block by block, and the scorer that cuts days out of a replay."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from originrisk.data.console import progress
from originrisk.data.contract import EPOCH, ONE_DAY, SCORES
from originrisk.data.settings import ScoreSettings, Settings
from originrisk.data.store.tables import Store
from originrisk.features.catalogue import CATALOGUE, compute
from originrisk.features.history.replay import BLOCK, ObservedBatch
from originrisk.features.history.state import History
from originrisk.features.history.view import see
from originrisk.features.lines import Bools, Floats, Lines, Rows
from originrisk.features.lists import Listings
from originrisk.models.bundle import Bundle
from originrisk.models.evidence import gather
from originrisk.models.explanation import Explanation, explain, told_columns
from originrisk.models.profile import Counts
from originrisk.serve.scoring import ranking
from originrisk.serve.scoring.ranking import LOT, suppressed

COUNTS = "counts."


@dataclass(frozen=True, slots=True)
class Part:
    """Scores of some lines of a day, worked out elsewhere: `probability` (lines,), the rows of those that may come
    inside capacity with their features, and how all spread over the bins of the profile."""

    probability: Floats
    held_rows: Rows
    held: Floats
    counts: dict[str, Counts]

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Everything as arrays."""
        plain = {"probability": self.probability, "held_rows": self.held_rows, "held": self.held}
        return plain | {f"{COUNTS}{name}": counts for name, counts in self.counts.items()}

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "Part":
        """The part that gave these arrays."""
        counts = {n.removeprefix(COUNTS): values for n, values in arrays.items() if n.startswith(COUNTS)}
        return cls(arrays["probability"], arrays["held_rows"], arrays["held"], counts)


class DayScores:
    """Scores of the lines of a day, in the order of `lines` (by entry number and line number).

    `counts` say how features and score spread over the bins of the bundle's profile, `seconds` where time went.
    A line's probability and reasons do not depend on other lines; equal lines are ranked in their order. `capacity` is
    that of the lines, unless they are a part of a day whose places are told.
    """

    def __init__(
        self,
        lines: pa.Table,
        bundle: Bundle,
        settings: ScoreSettings,
        barred: Bools,
        capacity: ranking.Capacity | None = None,
    ) -> None:
        self.lines, self.bundle, self.settings, self.barred = lines, bundle, settings, barred
        self.capacity = capacity or ranking.Capacity.of(lines, settings)
        self.probability = np.full(len(lines), np.nan)
        self.counts: dict[str, Counts] = {}
        self.seconds = dict.fromkeys(("features", "score", "compare", "hold", "rank", "explain"), 0.0)
        self._worth = ranking.worth(lines, settings)
        self._value = np.full(len(lines), -np.inf)
        self._held_rows: Rows = np.empty(0, np.intp)
        self._held: Floats = np.empty((0, len(CATALOGUE)))

    def take(self, rows: Rows, matrix: Floats) -> None:
        """Score the lines at `rows`; `matrix` are their features (rows, features)."""
        with self._timed("score"):
            probability = self.bundle.model.probability(matrix)
            self._note(rows, probability)
        with self._timed("compare"):
            self._count(self.bundle.profile.count(self.bundle.model.features, matrix, probability))
        with self._timed("hold"):
            self._hold(np.concatenate([self._held_rows, rows]), matrix)

    def part(self) -> Part:
        """What was scored here, for the scores of the whole day."""
        return Part(self.probability, self._held_rows, self._held, self.counts)

    def join(self, first: int, part: Part) -> None:
        """Take over what was worked out of the lines from row `first` on."""
        self._note(np.arange(first, first + len(part.probability)), part.probability)
        self._count(part.counts)
        self._hold(np.concatenate([self._held_rows, first + part.held_rows]), part.held)

    def queue(self) -> ranking.Queue:
        """Who is examined. Raises AssertionError where a line has no score."""
        assert not np.isnan(self.probability).any(), "a line without a score"
        lots = ranking.lots(self.lines, self.settings.random_key)
        unknown = self.bundle.model.calibrator.unknown(self.lines["htsus"].to_pylist())
        return ranking.queue(self._value, lots, self.capacity, self.barred, unknown)

    def told(self, queue: ranking.Queue, store: Store, closed: date) -> list[Explanation]:
        """Why each line scores as it does: nothing outside capacity, nor for those that the lot chose.

        What is told of them is what the store knew when the day `closed` did.
        """
        chosen = (queue.place[self._held_rows] > 0) & ~queue.lot[self._held_rows]
        rows, most = self._held_rows[chosen], self.settings.reasons
        known = gather(store, self.lines.take(rows), closed)
        return explain(self._held[chosen], self.bundle.model, known, rows=rows, lines=len(self.lines), most=most)

    def table(self, day: date, store: Store) -> pa.Table:
        """The contract's `scores` of the day, queue and reasons included."""
        with self._timed("rank"):
            queue, rank = self.queue(), self._rank()
        with self._timed("explain"):
            told = told_columns(self.told(queue, store, day - ONE_DAY))
        inside, size = queue.place > 0, len(self.lines)
        columns = {
            **{name: self.lines[name] for name in ("entry_number", "line_number", "entry_date")},
            "probability": self.probability,
            "rank": rank,
            **told,
            "model_version": pa.repeat(self.bundle.version, size),
            "history_date": pa.repeat(pa.scalar(day - ONE_DAY, pa.date32()), size),
            "place": pa.array(queue.place, pa.int32(), mask=~inside),
            "selection": pa.array(np.where(queue.lot, LOT, "order"), pa.string(), mask=~inside),
            "selection_probability": queue.chance,
        }
        return pa.table([columns[name] for name in SCORES.names], schema=SCORES.schema)

    def _note(self, rows: Rows, probability: Floats) -> None:
        self.probability[rows] = probability
        self._value[rows] = probability * self._worth[rows]

    def _count(self, found: Mapping[str, Counts]) -> None:
        for name, counts in found.items():
            self.counts[name] = self.counts[name] + counts if name in self.counts else counts

    @contextmanager
    def _timed(self, part: str) -> Iterator[None]:
        start = perf_counter()
        yield
        self.seconds[part] += perf_counter() - start

    def _rank(self) -> Rows:
        rank = np.empty(len(self.lines), np.intp)
        rank[np.argsort(-self.probability, kind="stable")] = np.arange(1, len(rank) + 1)
        return rank

    def _hold(self, rows: Rows, matrix: Floats) -> None:
        """Keep the features of those that may still come inside capacity."""
        here = np.zeros(len(self.lines), np.bool_)
        here[rows] = True
        best = np.zeros(len(self.lines), np.bool_)
        best[ranking.contenders(self._value, self.capacity, here & ~self.barred)] = True
        old, new = best[self._held_rows], best[rows[len(self._held_rows) :]]
        self._held = np.vstack([self._held[old], matrix[new]])
        self._held_rows = rows[best[rows]]


@dataclass(frozen=True, slots=True)
class Scorer:
    """Scores days from a replay, with one model and under one set of rules."""

    store: Store
    settings: Settings
    bundle: Bundle

    def days(self, entries: pa.Table, seen: Iterator[ObservedBatch], start: date) -> Iterator[DayScores]:
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

    def tables(self, entries: pa.Table, seen: Iterator[ObservedBatch], start: date) -> Iterator[pa.Table]:
        """The scores of the same days in the contract's columns, a table each."""
        for scores in self.days(entries, seen, start):
            yield scores.table(scores.lines["entry_date"][0].as_py(), self.store)

    def day(self, day: date, lines: pa.Table) -> DayScores:
        """The scores of a day before its first line is scored."""
        return DayScores(lines, self.bundle, self.settings.score, suppressed(self.store, lines, day))


def _pieces(
    seen: Iterator[ObservedBatch], first: int, advance: Callable[[float], None]
) -> Iterator[tuple[int, Rows, Floats]]:
    """Blocks cut at the days: day, rows and features; a long day comes in several pieces."""
    for block in seen:
        advance(len(block.rows))
        days = block.lines.days["entry_date"]
        if days[-1] >= first:
            matrix = compute(block.lines, block.view)
            for day in np.unique(days[days >= first]):
                yield int(day), block.rows[days == day], matrix[days == day]
