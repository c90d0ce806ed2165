"""The circle around a flow: its suppliers, what examinations found at them, and who of them fell silent when.

A flow is what a line shares with others beside its supplier: an importer, an importer and its goods, a seller.
"""

from collections.abc import Mapping
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


OF_OTHERS: Final = ("examined", "found", "listed")
OF_GONE: Final = ("suspicion", "listed")
"""What lines see of others around them, and of those that fell silent."""
Facts = Mapping[str, Ints]


class Circle:
    """All flows of a kind at a close. `facts` are whole numbers told of each supplier, (suppliers,) each by name.

    A flow names each supplier once, so what is summed over one fits in 32 bits wherever a supplier's own does.
    """

    def __init__(self, ties: Table, suppliers: Table, facts: Facts, closed: int) -> None:
        self._pairs, self._first, self.closed = ties["key"], ties["first"], closed
        supplier = row_of(suppliers["key"], ties["supplier"])
        self._supplier = np.append(supplier, -1).astype(np.int32)  # the last row, -1, belongs to no tie
        told = np.column_stack([np.ones(len(suppliers["key"])), *(facts[name] for name in OF_OTHERS)])
        self._own = np.vstack([told, np.zeros(told.shape[1])]).astype(np.int32)
        self._gather(ties["flow"], supplier)
        self._cloud(ties["flow"], supplier, suppliers["last"], np.column_stack([facts[n] for n in OF_GONE]))

    def _gather(self, flow: Keys, supplier: Rows) -> None:
        """Number the flows, and add up what is told of the suppliers of each; nothing for rank -1."""
        order = flow.argsort()
        self._flows, starts = np.unique(flow[order], return_index=True)
        self._everyone = np.zeros((len(starts) + 1, self._own.shape[1]), np.int32)
        if len(starts):
            np.add.reduceat(self._own[supplier[order]], starts, out=self._everyone[:-1])

    def _cloud(self, flow: Keys, supplier: Rows, last: Codes, told: Ints) -> None:
        """Of suppliers of which there is something to tell once they are silent: since when, in order of flow."""
        clouded = np.flatnonzero(told.sum(axis=1)[supplier])
        since = row_of(self._flows, flow[clouded]) * DAYS + last[supplier[clouded]]
        order = since.argsort()
        self._silent_since = since[order]
        sums = told[supplier[clouded[order]]].cumsum(axis=0)
        self._sums = np.vstack([np.zeros((1, told.shape[1]), np.int64), sums])

    def around(self, flows: Keys, pairs: Keys, today: Codes) -> tuple[Floats, Floats]:
        """Others of each line's flow: how many, and OF_OTHERS (n, 4). Of those gone before its own: OF_GONE (n, 2)."""
        row, rank = row_of(self._pairs, pairs), row_of(self._flows, flows)
        others = self._everyone[rank] - self._own[self._supplier[row]]
        began = np.where(row >= 0, self._first[row] if len(self._first) else 0, today)
        before = np.minimum(began, self.closed - QUIET)
        gone = self._silent(rank, np.maximum(began - WINDOW, 0), np.maximum(before, 0))
        return others.astype(np.float64), gone.astype(np.float64)

    def _silent(self, rank: Rows, start: Codes, end: Codes) -> Ints:
        """Sums over the suppliers of a flow that were last seen from `start` to before `end`."""
        days = np.array([start, np.maximum(start, end)])
        low, high = np.where(rank >= 0, self._silent_since.searchsorted(rank * DAYS + days), 0)
        sums: Ints = self._sums[high] - self._sums[low]
        return sums
