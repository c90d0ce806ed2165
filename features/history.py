"""State of what is known: days close one after another, lines see the state, then the state learns them.

All measures are whole numbers (money in dollars, logarithms in fixed point), so sums do not depend on the order
of lines, and a window's subtraction gives back exactly what was added.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from features.keys import Keys
from features.lines import Bools, Ints, Rows
from features.tallies import EVER, OUTCOME_MEASURES, TALLIES, Tally

State = npt.NDArray[np.int64]

FIRST, LAST, FOUND_ON = range(3)
_FIXED = ("first", "last", "found_on")


@dataclass(frozen=True, slots=True)
class Learned:
    """What one day added to the windows of a tally: rows of its keys (k,), and per row the measures (k, measures)."""

    rows: Rows
    added: State


@dataclass(slots=True)
class Stream:
    """One kind of fact (lines or outcomes) in a tally: its measures, their columns, and the days still in a window."""

    measures: tuple[str, ...]
    columns: dict[tuple[str, int], int]
    recent: dict[int, Learned] = field(default_factory=dict)

    @property
    def windows(self) -> set[int]:
        """Windows with a beginning, in days."""
        return {window for _, window in self.columns} - {EVER}


class Family:
    """State of one tally: sorted keys (k,) and their counts (k, columns). `others` are kinds of partners it counts."""

    def __init__(self, tally: Tally, others: tuple[str, ...]) -> None:
        self.tally = tally
        windows = {"lines": tally.lines} if tally.lines else {}
        outcomes = dict.fromkeys(OUTCOME_MEASURES, tally.outcomes) if tally.outcomes else {}
        width = len(_FIXED)
        self.lines, width = _stream({**windows, **tally.sums}, width)
        self.outcomes, width = _stream(outcomes, width)
        self.partners = {other: width + i for i, other in enumerate(others)}
        width += len(others)
        self.keys: Keys = np.empty(0, np.uint64)
        self.state: State = np.zeros((0, width), np.int64)

    @property
    def columns(self) -> dict[str, int]:
        """Column of the state by name: `lines.365`, `found.ever`, `first`, `last`, `found_on`, `partners.importer`."""
        counted = {**self.lines.columns, **self.outcomes.columns}
        named = {f"{measure}.{window or 'ever'}": column for (measure, window), column in counted.items()}
        partners = {f"partners.{other}": column for other, column in self.partners.items()}
        return {**{name: column for column, name in enumerate(_FIXED)}, **named, **partners}

    def rows(self, keys: Keys) -> Rows:
        """Row of the state for each key (n,); -1 where the key was never learned."""
        if not len(self.keys):
            return np.full(len(keys), -1, np.intp)
        rows = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[rows] == keys, rows, -1)

    def admit(self, keys: Keys) -> None:
        """Make room for keys that will be learned; rows of days still in a window move along."""
        new = np.setdiff1d(keys[keys != 0], self.keys)
        if not len(new):
            return
        merged = np.union1d(self.keys, new)
        moved = np.searchsorted(merged, self.keys)
        state = np.zeros((len(merged), self.state.shape[1]), np.int64)
        state[moved] = self.state
        self.keys, self.state = merged, state
        for stream in (self.lines, self.outcomes):
            stream.recent = {day: Learned(moved[x.rows], x.added) for day, x in stream.recent.items()}

    def learn_lines(self, day: int, rows: Rows, measures: Mapping[str, Ints]) -> Rows:
        """Add a day's lines (their rows, -1 for none). Returns one line (its place) for each key that was new."""
        known, lines, added = _grouped(rows, self.lines.measures, measures)
        fresh = self.state[known, FIRST] == 0
        self.state[known[fresh], FIRST] = day
        self.state[known, LAST] = day
        self._add(self.lines, day, known, added)
        new: Rows = lines[fresh]
        return new

    def learn_outcomes(self, day: int, rows: Rows, measures: Mapping[str, Ints]) -> None:
        """Add what became known on `day` of lines learned before."""
        known, _, added = _grouped(rows, self.outcomes.measures, measures)
        self.state[known[added[:, self.outcomes.measures.index("found")] > 0], FOUND_ON] = day
        self._add(self.outcomes, day, known, added)

    def learn_partners(self, other: str, rows: Rows) -> None:
        """Count one more distinct partner of kind `other` for each row given (rows may repeat; -1 for none)."""
        np.add.at(self.state[:, self.partners[other]], rows[rows >= 0], 1)

    def close(self, day: int) -> None:
        """End the day: what was learned w days before it leaves the windows of w days."""
        for stream in (self.lines, self.outcomes):
            for window in stream.windows:
                if leaving := stream.recent.get(day - window):
                    self._leave(stream, leaving, window)
            stream.recent.pop(day - max(stream.windows, default=0), None)

    def _add(self, stream: Stream, day: int, rows: Rows, added: State) -> None:
        for (measure, _), column in stream.columns.items():
            self.state[rows, column] += added[:, stream.measures.index(measure)]
        if stream.windows and len(rows):
            stream.recent[day] = Learned(rows, added)

    def _leave(self, stream: Stream, leaving: Learned, window: int) -> None:
        for (measure, of_column), column in stream.columns.items():
            if of_column == window:
                self.state[leaving.rows, column] -= leaving.added[:, stream.measures.index(measure)]


def _stream(windows: Mapping[str, tuple[int, ...]], width: int) -> tuple[Stream, int]:
    pairs = [(measure, window) for measure, of_measure in windows.items() for window in of_measure]
    return Stream(tuple(windows), {pair: width + i for i, pair in enumerate(pairs)}), width + len(pairs)


def _grouped(rows: Rows, names: tuple[str, ...], measures: Mapping[str, Ints]) -> tuple[Rows, Rows, State]:
    """Distinct rows (k,), the first line of each (k,), and the sum of each measure over its lines (k, measures)."""
    order = np.argsort(rows, kind="stable")
    order = order[np.searchsorted(rows[order], 0) :]
    known, starts = np.unique(rows[order], return_index=True)
    added = np.empty((len(known), len(names)), np.int64)
    for column, name in enumerate(names):
        added[:, column] = np.add.reduceat(measures[name][order], starts) if len(known) else 0
    return known, order[starts], added


class History:
    """All tallies after the close of `day` (days since 1970; None before the first close)."""

    def __init__(self, tallies: tuple[Tally, ...] = TALLIES) -> None:
        others: dict[str, list[str]] = {tally.key: [] for tally in tallies}
        self.gains: dict[str, list[tuple[str, str]]] = {}
        for pair in tallies:
            first, _, second = pair.key.partition("*")
            self.gains[pair.key] = [(party, second if party == first else first) for party in pair.partners]
            for party, other in self.gains[pair.key]:
                others[party].append(other)
        self.families = {tally.key: Family(tally, tuple(others[tally.key])) for tally in tallies}
        self.day: int | None = None

    def learn(self, day: int, rows: Mapping[str, Rows], measures: Mapping[str, Ints]) -> None:
        """Learn a day's lines: `rows` of each tally (n,), `measures` of each line (n,)."""
        for key, family in self.families.items():
            fresh = family.learn_lines(day, rows[key], measures)
            for party, other in self.gains[key]:
                self.families[party].learn_partners(other, rows[party][fresh])

    def learn_outcomes(self, day: int, rows: Mapping[str, Rows], found: Bools) -> None:
        """Learn outcomes that became known on `day`; `rows` of each tally with outcomes (n,)."""
        measures = {"examined": np.ones(len(found), np.int64), "found": found.astype(np.int64)}
        for key, of_key in rows.items():
            self.families[key].learn_outcomes(day, of_key, measures)

    def close(self, day: int) -> None:
        """End a day for all tallies."""
        for family in self.families.values():
            family.close(day)
        self.day = day
