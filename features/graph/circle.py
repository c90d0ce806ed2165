"""The circle around a flow: its suppliers, what examinations found at them, and who of them fell silent when.

A flow is what a line shares with others beside its supplier: an importer, an importer and its goods, a seller.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from features.graph.tables import Table, row_of
from features.keys import Keys
from features.lines import Codes, Floats, Ints, Rows

WINDOW: Final = 150
"""Days before a supplier's first line of a flow in which one that it may follow must have fallen silent."""
QUIET: Final = 14
"""Days without a line, at the close, after which a supplier counts as silent."""
DAYS: Final = 1 << 20
"""More than any day since 1970."""


@dataclass(frozen=True, slots=True)
class Around:
    """Of n lines: how many suppliers, without the line's own, and sums of what is told of them (n, facts)."""

    number: Floats
    sums: Floats


class Circle:
    """All flows of a kind at a close. `facts` (suppliers, facts) are whole numbers told of each supplier."""

    def __init__(self, ties: Table, suppliers: Table, facts: Ints, closed: int) -> None:
        self._pairs, self._first, self.closed = ties["key"], ties["first"], closed
        row = row_of(suppliers["key"], ties["supplier"])
        last, none = suppliers["last"][row], np.zeros((1, facts.shape[1]), np.int64)
        order = np.lexsort((last, ties["flow"]))
        self._told = np.concatenate([facts[row], none])  # the last row, -1, belongs to no tie
        self._sums = np.concatenate([none, np.cumsum(self._told[order], axis=0)])
        self._flows, number = np.unique(ties["flow"], return_counts=True)
        self._bounds = np.concatenate([[0], np.cumsum(number), [0]])  # rank -1 is from 0 to 0
        self._silent_since = np.arange(len(number)).repeat(number) * DAYS + last[order]

    def around(self, flows: Keys, pairs: Keys, today: Codes) -> tuple[Around, Around]:
        """All other suppliers of each line's flow; and those that fell silent before the line's own one came."""
        row = row_of(self._pairs, pairs)
        rank = row_of(self._flows, flows)
        known, start, end = row >= 0, self._bounds[rank], self._bounds[rank + 1]
        everyone = self._sums[end] - self._sums[start] - self._told[row]
        others = Around((end - start - known).astype(np.float64), everyone.astype(np.float64))
        began = np.where(known, self._first[row] if len(self._first) else 0, today)
        before = np.minimum(began, self.closed - QUIET)
        return others, self._silent(rank, np.maximum(began - WINDOW, 0), np.maximum(before, 0))

    def _silent(self, rank: Rows, start: Codes, end: Codes) -> Around:
        """Suppliers of a flow that were last seen from `start` to before `end`."""
        days = np.array([start, np.maximum(start, end)])
        low, high = np.where(rank >= 0, self._silent_since.searchsorted(rank * DAYS + days), 0)
        sums = self._sums[high] - self._sums[low]
        return Around((high - low).astype(np.float64), sums.astype(np.float64))
