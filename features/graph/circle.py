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
        last, self._told = suppliers["last"][row], facts[row]
        order = np.lexsort((last, ties["flow"]))
        self._flows = ties["flow"][order]
        self._starts = np.flatnonzero(
            np.concatenate([[True], self._flows[1:] != self._flows[:-1]])[: len(order)]
        )
        rank = np.searchsorted(self._flows[self._starts], self._flows)
        self._silent_since = rank * DAYS + last[order]
        none = np.zeros((1, facts.shape[1]), np.int64)
        self._sums = np.concatenate([none, np.cumsum(self._told[order], axis=0)])

    def around(self, flows: Keys, pairs: Keys, today: Codes) -> tuple[Around, Around]:
        """All other suppliers of each line's flow; and those that fell silent before the line's own one came."""
        row = row_of(self._pairs, pairs)
        rank = row_of(self._flows[self._starts], flows)
        everyone = self._between(rank, np.zeros(len(rank)), np.full(len(rank), DAYS - 1.0))
        others = Around(everyone.number - (row >= 0), everyone.sums - self._own(row))
        began = np.where(row >= 0, self._first[row] if len(row) and len(self._first) else 0, today)
        before = np.minimum(began, self.closed - QUIET)
        return others, self._between(rank, np.maximum(began - WINDOW, 0), np.maximum(before, 0))

    def _own(self, row: Rows) -> Floats:
        """What is told of each line's own supplier, where it is tied to the flow (n, facts)."""
        told = np.concatenate([self._told, np.zeros((1, self._told.shape[1]), np.int64)])
        own: Floats = told[row].astype(np.float64)
        return own

    def _between(self, rank: Rows, start: Floats, end: Floats) -> Around:
        """Suppliers of a flow that were last seen from `start` to before `end`."""
        bounds = [
            np.searchsorted(self._silent_since, rank * DAYS + day) for day in (start, np.maximum(start, end))
        ]
        low, high = (np.where(rank >= 0, bound, 0) for bound in bounds)
        return Around(
            (high - low).astype(np.float64), (self._sums[high] - self._sums[low]).astype(np.float64)
        )
