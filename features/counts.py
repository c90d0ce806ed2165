"""Counts by key: the numbers that history keeps, and where to find those of a key."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.keys import Keys
from features.tallies import EVER, OUTCOME_MEASURES, Tally

State = npt.NDArray[np.int64]
Integers = npt.NDArray[np.integer]
Places = npt.NDArray[np.int32]
"""Rows of counts; 0 where a line has no such key or the key was never learned."""


class Counts:
    """Counts of the tallies that count the same things: a row for each key. Rows are appended and never move.

    Row 0 belongs to no key and is zero whenever it is read. `columns` names what is counted: `lines.365`,
    `found.ever`, `first`, `last`, `found_on`, `partners.importer`; `sums` are the columns of each measure by window.
    """

    def __init__(self, tally: Tally, others: tuple[str, ...]) -> None:
        windows = {"lines": tally.lines, **tally.sums, **dict.fromkeys(OUTCOME_MEASURES, tally.outcomes)}
        sums = [(measure, window) for measure, of_measure in windows.items() for window in of_measure]
        dates = ["first", "last"] * (EVER in tally.lines) + ["found_on"] * bool(tally.outcomes)
        named = [f"{measure}.{window or 'ever'}" for measure, window in sums]
        names = (*named, *dates, *(f"partners.{other}" for other in others))
        self.columns = {name: column for column, name in enumerate(names)}
        self.sums = {
            measure: {w: sums.index((measure, w)) for w in of} for measure, of in windows.items() if of
        }
        self.windows = frozenset(window for _, window in sums) - {EVER}
        self.state: State = np.zeros((1, len(self.columns)), np.int64)
        self.size = 1

    def hold(self, state: State) -> None:
        """Take a state over as it is, its row 0 included; one that is read-only can be seen, not changed."""
        self.state, self.size = state, len(state)

    def append(self, count: int) -> Places:
        """Numbers of `count` new rows."""
        first, self.size = self.size, self.size + count
        if self.size > len(self.state):
            state = np.zeros((max(self.size, 3 * len(self.state) // 2), len(self.columns)), np.int64)
            state[:first] = self.state[:first]
            self.state = state
        return np.arange(first, self.size, dtype=np.int32)

    def add(self, rows: Places, measures: Mapping[str, Integers]) -> None:
        """Add measures of lines (n,) in all windows, in each row of a line (n, tallies)."""
        self._change(rows, measures, 1, frozenset({EVER, *self.windows}))

    def leave(self, rows: Places, measures: Mapping[str, Integers], window: int) -> None:
        """Take out of one window what was added to it."""
        if window in self.windows:
            self._change(rows, measures, -1, frozenset({window}))

    def _change(
        self, rows: Places, measures: Mapping[str, Integers], sign: int, windows: frozenset[int]
    ) -> None:
        flat = rows.ravel()
        for measure in self.sums.keys() & measures.keys():
            if columns := [column for window, column in self.sums[measure].items() if window in windows]:
                values = np.repeat(sign * measures[measure].astype(np.int64), rows.shape[1])
                for column in columns:
                    np.add.at(self.state[:, column], flat, values)

    def mark(self, name: str, rows: Places, day: int) -> None:
        """Write a day into the column `name` of these rows."""
        self.state[rows, self.columns[name]] = day


class Index:
    """Rows of the keys of one tally; both (k,), in order of key."""

    def __init__(self) -> None:
        self.keys: Keys = np.zeros(1, np.uint64)
        self.rows: Places = np.zeros(1, np.int32)

    def hold(self, keys: Keys, rows: Places) -> None:
        """Take keys and their rows over as they are, key 0 with row 0 included."""
        self.keys, self.rows = keys, rows

    def find(self, keys: Keys) -> Places:
        """Row of each key (n,)."""
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[places] == keys, self.rows[places], np.int32(0))

    def admit(self, keys: Keys, counts: Counts) -> Places:
        """Row of each key (n,); keys without one get a new row of `counts`."""
        codes, distinct = pd.factorize(keys)
        order = np.argsort(distinct)  # neighbours in the index are found together in the cache
        ordered = distinct[order]
        new = ordered[(self.find(ordered) == 0) & (ordered != 0)]
        if len(new):
            places = np.searchsorted(self.keys, new)
            self.keys = np.insert(self.keys, places, new)
            self.rows = np.insert(self.rows, places, counts.append(len(new)))
        rows = np.empty(len(distinct), np.int32)
        rows[order] = self.find(ordered)
        found: Places = rows[codes]
        return found
