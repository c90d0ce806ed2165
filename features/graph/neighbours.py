"""The suppliers around a flow, what examinations found at them, and who of them fell silent when."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from originrisk.features.history.keys import Keys
from originrisk.features.lines import Codes, Floats, Ints, Rows

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
    spread = {name: np.broadcast_to(values, key.shape)[kept] for name, values in columns.items()}
    return {name: np.asarray(values, KINDS[name][0]) for name, values in {"key": key[kept], **spread}.items()}


def merged(parts: Sequence[Table]) -> Table:
    """One row for each key of any part."""
    together = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.argsort(together["key"], kind="stable")
    keys = together["key"][order]
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])[: len(keys)])
    if not len(starts):
        return together
    return {name: KINDS[name][1].reduceat(values[order], starts) for name, values in together.items()}


def row_of(keys: Keys, wanted: Keys) -> Rows:
    """Row of each wanted key among keys in order (n,); -1 where there is none."""
    if not len(keys):
        return np.full(len(wanted), -1, np.intp)
    place = _places(keys, wanted)
    return np.where(keys.take(place, mode="clip") == wanted, place, -1)


def _places(keys: Keys, wanted: Keys) -> Rows:
    """Where each wanted key would stand (n,); many are looked up in order, as neighbours are together in the cache."""
    if len(wanted) < MANY:
        return keys.searchsorted(wanted)
    order = wanted.argsort()
    place = np.empty(len(wanted), np.intp)
    place[order] = keys.searchsorted(wanted[order])
    return place


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
Owners = Sequence[npt.NDArray[np.int32]]
"""Row of the supplier of each tie, by kind."""


class Circles:
    """All flows of every kind at a close. `facts` are whole numbers told of each supplier, (suppliers,) each by name.

    Ties and flows are numbered through all kinds, in order of kind and key; -1 is none, of which nothing is told. A
    flow names each supplier once, so what is summed over one fits in 32 bits wherever a supplier's own does.
    """

    def __init__(self, ties: Sequence[Table], suppliers: Table, facts: Facts, closed: int) -> None:
        self.closed = closed
        self._pairs = [of_kind["key"] for of_kind in ties]
        self._first = [of_kind["first"] for of_kind in ties]
        told = np.column_stack([np.ones(len(suppliers["key"])), *(facts[name] for name in OF_OTHERS)])
        self._own = np.vstack([told, np.zeros(told.shape[1])]).astype(np.int32)
        owners = [row_of(suppliers["key"], of_kind["supplier"]).astype(np.int32) for of_kind in ties]
        self._supplier = np.concatenate([*owners, [-1]], dtype=np.int32, casting="unsafe")
        self._gather(ties, owners)
        self._tie_starts, self._flow_starts = _starts(self._pairs), _starts(self._flows)
        self._cloud(ties, owners, suppliers["last"], np.column_stack([facts[name] for name in OF_GONE]))

    def _gather(self, ties: Sequence[Table], owners: Owners) -> None:
        """Number the flows, and add up what is told of the suppliers of each."""
        self._flows, sums = [], []
        for of_kind, owner in zip(ties, owners, strict=True):
            order = of_kind["flow"].argsort()
            flows, starts = np.unique(of_kind["flow"][order], return_index=True)
            self._flows.append(flows)
            if len(starts):
                sums.append(np.add.reduceat(self._own[owner[order]], starts, dtype=self._own.dtype))
        self._everyone = np.concatenate([*sums, self._own[-1:]])

    def _cloud(self, ties: Sequence[Table], owners: Owners, last: Codes, told: Ints) -> None:
        """Of suppliers of which there is something to tell once they are silent: since when, in order of flow."""
        some = told.sum(axis=1) > 0
        clouded = [np.flatnonzero(some[owner]) for owner in owners]
        supplier = np.concatenate([owner[row] for owner, row in zip(owners, clouded, strict=True)])
        flows = [of_kind["flow"][row] for of_kind, row in zip(ties, clouded, strict=True)]
        ranks = map(np.add, map(row_of, self._flows, flows), self._flow_starts)
        since = np.concatenate([*ranks]) * DAYS + last[supplier]
        order = since.argsort()
        self._silent_since = since[order]
        sums = told[supplier[order]].cumsum(axis=0)
        self._sums = np.vstack([np.zeros((1, told.shape[1]), np.int64), sums])

    def around(self, flows: Keys, pairs: Keys, today: Codes) -> tuple[Floats, Floats]:
        """Of each line's flow of each kind (kinds, n): others, how many, and OF_OTHERS of them (kinds, n, 4); of those
        gone before its own, OF_GONE (kinds, n, 2)."""
        ties = np.array([*map(row_of, self._pairs, pairs)])
        ranks = np.array([*map(row_of, self._flows, flows)])
        began = self._began(ties, today)
        ties = np.where(ties >= 0, ties + self._tie_starts, -1)
        ranks = np.where(ranks >= 0, ranks + self._flow_starts, -1)
        others = self._everyone[ranks] - self._own[self._supplier[ties]]
        before = np.minimum(began, self.closed - QUIET)
        gone = self._silent(ranks, np.maximum(began - WINDOW, 0), np.maximum(before, 0))
        return others.astype(np.float64), gone.astype(np.float64)

    def _began(self, ties: Rows, today: Codes) -> Codes:
        """First day of each tie by its place among those of its kind (kinds, n); today where there is none."""
        days = zip(self._first, ties, strict=True)
        first = [day.take(tie, mode="clip") if len(day) else today for day, tie in days]
        return np.where(ties >= 0, first, today)

    def _silent(self, ranks: Rows, start: Codes, end: Codes) -> Ints:
        """Sums over the suppliers of a flow that were last seen from `start` to before `end`."""
        days = np.array([start, np.maximum(start, end)])
        low, high = self._silent_since.searchsorted(ranks * DAYS + days)
        sums: Ints = self._sums[high] - self._sums[low]
        return sums


def _starts(of_kinds: Sequence[npt.NDArray[np.uint64]]) -> Rows:
    """How many come before those of each kind (kinds, 1)."""
    sizes = np.array([*map(len, of_kinds)])
    starts: Rows = (sizes.cumsum() - sizes)[:, None]
    return starts
