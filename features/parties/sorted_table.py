"""Rows under 64-bit keys: sorted arrays that can be mapped from a file, and what was added since in a dictionary."""

import numpy as np
import numpy.typing as npt

from originrisk.features.keys import Keys

Places = npt.NDArray[np.int32]

_LEAST_TO_FOLD = 50_000
_NOWHERE = (-1,)


class SortedTable:
    """A multimap from key to rows. Adding is cheap; every so often what was added is folded into the arrays."""

    def __init__(self, keys: Keys | None = None, rows: Places | None = None) -> None:
        self.keys: Keys = np.empty(0, np.uint64) if keys is None else keys
        self.rows: Places = np.empty(0, np.int32) if rows is None else rows
        self._recent: dict[int, list[int]] = {}
        self._added = 0

    def add(self, key: int, row: int) -> None:
        """Put `row` under `key`, behind the rows already there."""
        self._recent.setdefault(key, []).append(row)
        self._added += 1
        if self._added > max(_LEAST_TO_FOLD, len(self.keys) // 4):
            self.fold()

    def under(self, keys: list[int]) -> list[list[int]]:
        """Rows under each key, in the order in which they were added."""
        wanted = np.array(keys, np.uint64)
        starts, ends = np.searchsorted(self.keys, wanted), np.searchsorted(self.keys, wanted, side="right")
        found = zip(keys, starts.tolist(), ends.tolist(), strict=True)
        return [[*self.rows[start:end].tolist(), *self._recent.get(key, ())] for key, start, end in found]

    def first(self, keys: Keys) -> Places:
        """The first row under each key (n,); -1 where there is none."""
        rows = np.full(len(keys), -1, np.int32)
        if len(self.keys):
            place = self.keys.searchsorted(keys)
            near = self.keys.take(place, mode="clip") == keys
            rows = np.where(near, self.rows.take(place, mode="clip"), rows)
        if self._recent:
            old = np.flatnonzero(rows < 0)
            rows[old] = [self._recent.get(key, _NOWHERE)[0] for key in keys[old].tolist()]
        return rows

    def fold(self) -> None:
        """Bring everything into the sorted arrays."""
        if not self._recent:
            return
        sizes = [len(rows) for rows in self._recent.values()]
        keys = np.repeat(np.fromiter(self._recent, np.uint64, len(sizes)), sizes)
        rows = np.fromiter((row for rows in self._recent.values() for row in rows), np.int32, len(keys))
        keys, rows = np.concatenate([self.keys, keys]), np.concatenate([self.rows, rows])
        order = np.argsort(keys, kind="stable")
        self.keys, self.rows, self._recent, self._added = keys[order], rows[order], {}, 0
