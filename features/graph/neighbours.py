"""Ties of suppliers to flows as tables, and the neighbours of a line: the other suppliers of the flows it is part of.

A flow is what a line shares with others beside its supplier: an importer, a seller, a forwarder, an address.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from originrisk.features.history.keys import Keys
from originrisk.features.lines import Floats, Ints, Rows

Table = dict[str, npt.NDArray[Any]]
"""Columns of one length: `key`, in order and distinct once merged, and columns that merge as KINDS says."""

KINDS: Final[dict[str, tuple[Any, np.ufunc]]] = {
    "key": (np.uint64, np.maximum),
    "flow": (np.uint64, np.maximum),
    "supplier": (np.uint64, np.maximum),
    "first": (np.int32, np.minimum),
    "last": (np.int32, np.maximum),
    "count": (np.int32, np.add),
    "examined": (np.int32, np.add),
    "found": (np.int32, np.add),
}
MANY: Final = 1000
"""Keys that are worth putting in order before they are looked up."""


def table(key: Keys, **columns: Any) -> Table:
    """Rows of these keys, without those of key 0; a column may be one number for all."""
    kept = key != 0
    wide = {name: np.broadcast_to(values, key.shape)[kept] for name, values in columns.items()}
    return {name: np.asarray(values, KINDS[name][0]) for name, values in {"key": key[kept], **wide}.items()}


def empty(*columns: str) -> Table:
    """A table without rows."""
    return table(np.zeros(0, np.uint64), **{name: np.zeros(0, np.int32) for name in columns})


def merged(parts: Sequence[Table]) -> Table:
    """One row for each key of any part; neither the order of rows nor how often they were merged matters."""
    together = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.argsort(together["key"], kind="stable")
    keys = together["key"][order]
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])[: len(keys)])
    if not len(starts):
        return together
    return {name: KINDS[name][1].reduceat(values[order], starts) for name, values in together.items()}


def row_of(keys: Keys, wanted: Keys) -> Rows:
    """Row of each wanted key among keys in order (n,); -1 where there is none. Many are looked up in order, as
    neighbours are together in the cache."""
    if not len(keys):
        return np.full(len(wanted), -1, np.intp)
    place = np.empty(len(wanted), np.intp)
    order = wanted.argsort() if len(wanted) >= MANY else np.arange(len(wanted))
    place[order] = keys.searchsorted(wanted[order])
    return np.where(keys.take(place, mode="clip") == wanted, place, -1)


class NeighbourIndex:
    """What is told of the suppliers of each flow of one kind: whole numbers (suppliers, facts), summed over the flow.

    A flow names each supplier once, so what is summed over one fits in 32 bits wherever a supplier's own does.
    """

    def __init__(self, ties: Table, suppliers: Keys, facts: Ints) -> None:
        self._pairs, none = ties["key"], np.zeros((1, facts.shape[1]), np.int32)
        self._own = np.vstack([facts, none]).astype(np.int32)
        self._supplier = np.append(row_of(suppliers, ties["supplier"]), -1).astype(np.int32)
        order = ties["flow"].argsort()
        self._flows, starts = np.unique(ties["flow"][order], return_index=True)
        told = self._own[self._supplier[:-1][order]]
        self._sums = np.vstack([np.add.reduceat(told, starts, dtype=np.int32), none]) if len(starts) else none

    def others(self, flows: Keys, pairs: Keys) -> Floats:
        """Sums over the other suppliers of the flow of each line (n, facts), by the keys of flow and of tie."""
        tie = row_of(self._pairs, pairs)
        told = self._sums[row_of(self._flows, flows)] - self._own[self._supplier[tie]]
        return told.astype(np.float64)
