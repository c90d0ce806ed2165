"""Counts by key: the numbers that history keeps, and where to find those of a key."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from originrisk.features.history.keys import Keys
from originrisk.features.history.tallies import COUNTED, EVER, AggregateSpec
from originrisk.features.lines import Rows

State = npt.NDArray[np.signedinteger[Any]]
Columns = npt.NDArray[np.intp]
Integers = npt.NDArray[np.integer]
Places = npt.NDArray[np.int32]
"""Rows of counts; 0 where a line has no such key or the key was never learned."""
Change = Callable[[State], None]


AT_ONCE = 16_000
"""Cells changed together: few enough to stay in the processor's cache."""

_HIGH = np.uint64(33)  # the lowest bit of a key is always set, and all keys are spread over the high ones

ROOM = 8
"""One row in so many is room for new ones, when rows are added."""


class Counted:
    """What tallies count that count the same things. `columns` names it: `lines.365`, `found.ever`, `first`, `last`,
    `found_on`; the first of them are the `sums` of a measure over a window."""

    def __init__(self, tally: AggregateSpec) -> None:
        windows = {"lines": tally.lines, **tally.sums, **dict.fromkeys(tally.outcomes, (EVER,))}
        self.sums = tuple((measure, window) for measure, of_measure in windows.items() for window in of_measure)
        dates = ["first", "last"] * (EVER in tally.lines) + ["found_on"] * bool(tally.outcomes)
        sums = (f"{measure}.{window or 'ever'}" for measure, window in self.sums)
        names = (*sums, *dates)
        self.columns = {name: column for column, name in enumerate(names)}
        self.has_window = any(window != EVER for _, window in self.sums)
        only_counts = {measure for measure, _ in self.sums} <= COUNTED
        self.dtype = np.dtype(np.int32 if only_counts else np.int64)

    def fed_by(self, measures: tuple[str, ...], window: int | None) -> tuple[Columns, Columns]:
        """Columns that sum one of the measures over the window (None: any), and the place of each one's measure."""
        fed = [
            (column, measures.index(measure))
            for column, (measure, of_sum) in enumerate(self.sums)
            if measure in measures and window in (None, of_sum)
        ]
        columns, places = np.array(fed, np.intp).reshape(-1, 2).T
        return columns, places


class Counts(Counted):
    """Counts of one shard, or of all keys: a row for each key. Rows are appended and never move.

    Row 0 belongs to no key and is zero whenever it is read. A `state` that is mapped or read-only is never written to:
    what is learned waits until someone asks for it, and is then written into a copy. So a night that closes one day
    needs memory for the counts of one shard of one group at a time.
    """

    def __init__(self, tally: AggregateSpec) -> None:
        super().__init__(tally)
        self.state: State = np.zeros((1, len(self.columns)), self.dtype)
        self.size = 1
        self.parts: tuple[Counts, ...] = (self,)
        self._waiting: list[Change] = []

    def hold(self, state: State) -> None:
        """Take a state over as it is, its row 0 included; it may be mapped from a file and read-only."""
        self.state, self.size, self._waiting = state, len(state), []

    def append(self, count: int) -> Places:
        """Numbers of `count` new rows."""
        first, self.size = self.size, self.size + count
        if self._owned and self.size > len(self.state):
            # in place: no second copy, and new rows are 0
            self.state.resize((self._roomy(), len(self.columns)), refcheck=False)
        return np.arange(first, self.size, dtype=np.int32)

    def own(self) -> State:
        """The state with all that was learned, to be written to: a row for each key at the least."""
        if not self._owned:
            room = np.zeros((self._roomy(), len(self.columns)), self.state.dtype)
            room[: len(self.state)] = self.state
            self.state = room
        waiting, self._waiting = self._waiting, []
        for change in waiting:
            change(self.state)
        return self.state

    @property
    def _owned(self) -> bool:
        return self.state.flags.owndata and self.state.flags.writeable

    def _roomy(self) -> int:
        return self.size + self.size // ROOM

    def take(self, rows: Places, out: State | None = None) -> State:
        """What is counted in these rows (…, columns)."""
        return self._read().take(self._there(rows), axis=0, out=out, mode="clip")

    def of(self, name: str, rows: Places) -> State:
        """The column `name` in these rows."""
        column: State = self._read()[self._there(rows), self.columns[name]]
        return column

    def _read(self) -> State:
        return self.own() if self._waiting else self.state

    def _there(self, rows: Places) -> Places:
        """The rows; those that a state which was handed over does not have yet are as empty as row 0."""
        return rows if self.size <= len(self.state) else np.where(rows < len(self.state), rows, 0)

    def keep(self, rows: Places) -> None:
        """Drop all rows but these (row 0 first), which are put in this order."""
        state = self.own()
        for column in range(state.shape[1]):  # in place: no second copy
            state[: len(rows), column] = state[rows, column]
        self.size = len(rows)
        state.resize((len(rows), state.shape[1]), refcheck=False)

    def add(self, rows: Places, columns: Columns, values: Integers) -> None:
        """Add the values of lines (n, columns) to these columns, in each row of a line (n, tallies)."""
        self._change(partial(_add, rows=rows, columns=columns, values=values))

    def mark(self, name: str, rows: Places, day: int) -> None:
        """Write a day into the column `name` of these rows."""
        self._change(partial(_mark, rows=rows, column=self.columns[name], day=day))

    def clear_nobody(self) -> None:
        """Row 0 took what was learned of missing keys: make it zero again."""
        self._change(partial(_mark, rows=np.zeros(1, np.int32), column=slice(None), day=0))

    def _change(self, change: Change) -> None:
        if self._owned:
            change(self.state)
        else:
            self._waiting.append(change)


class SplitCounts(Counted):
    """Counts whose keys are split by hash over shards, each with counts of its own.

    A row's number tells its shard: row r of shard s of n is r * n + s. Numbers below n belong to no key.
    """

    def __init__(self, tally: AggregateSpec, shards: int) -> None:
        super().__init__(tally)
        self.parts = tuple(Counts(tally) for _ in range(shards))

    @property
    def size(self) -> int:
        """Rows of all shards."""
        return sum(part.size for part in self.parts)

    def take(self, rows: Places, out: State | None = None) -> State:
        """As `Counts.take`; zeros for keys of shards that are not held."""
        taken: State = np.empty((*rows.shape, len(self.columns)), self.dtype) if out is None else out
        taken[...] = 0
        cells = taken.reshape(-1, len(self.columns))
        for part, places, own in self._by_shard(rows):
            cells[places] = part.take(own)
        return taken

    def of(self, name: str, rows: Places) -> State:
        """As `Counts.of`."""
        column: State = np.zeros(rows.size, self.dtype)
        for part, places, own in self._by_shard(rows):
            column[places] = part.of(name, own)
        return column.reshape(rows.shape)

    def add(self, rows: Places, columns: Columns, values: Integers) -> None:
        """As `Counts.add`."""
        for part, places, own in self._by_shard(rows):
            part.add(own[:, None], columns, values[places // rows.shape[1]])

    def mark(self, name: str, rows: Places, day: int) -> None:
        """As `Counts.mark`."""
        for part, _, own in self._by_shard(rows):
            part.mark(name, own, day)

    def clear_nobody(self) -> None:
        """Nothing is learned of missing keys here."""

    def _by_shard(self, rows: Places) -> Iterator[tuple[Counts, Rows, Places]]:
        """Each shard that is asked, where its rows stand among these, and their numbers there."""
        shards, numbers = len(self.parts), rows.ravel()
        owner = np.where(numbers < shards, shards, numbers % shards)
        order = np.argsort(owner, kind="stable")
        ends = np.searchsorted(owner[order], np.arange(shards + 1))
        for part, start, end in zip(self.parts, ends, ends[1:], strict=False):
            if len(places := order[start:end]):
                yield part, places, numbers[places] // shards


def _add(state: State, *, rows: Places, columns: Columns, values: Integers) -> None:
    tallies, cells = rows.shape[1], state.reshape(-1)
    step = max(1, AT_ONCE // (tallies * len(columns)))
    for part in (slice(start, start + step) for start in range(0, len(rows), step)):
        places = rows[part].reshape(-1, 1).astype(np.intp) * state.shape[1] + columns
        added = values[part].astype(cells.dtype).repeat(tallies, axis=0)
        np.add.at(cells, places.ravel(), added.ravel())


def _mark(state: State, *, rows: Places, column: int | slice, day: int) -> None:
    state[rows, column] = day


class Names:
    """Names of counts, and the places where they stand."""

    def __init__(self, names: Iterable[str]) -> None:
        self.place = {name: place for place, name in enumerate(names)}
        self._places: dict[tuple[str, ...], Rows] = {}

    def places(self, names: tuple[str, ...]) -> Rows:
        """Places of several; each tuple is looked up once."""
        if names not in self._places:
            self._places[names] = np.array([self.place[name] for name in names], np.intp)
        return self._places[names]


class Lookup(ABC):
    """Finds the rows of keys, by the nearest that are held."""

    def find(self, keys: Keys) -> Places:
        """Row of each key (n,); 0 where it was never learned."""
        near, rows = np.empty_like(keys), np.empty(len(keys), np.int32)
        self.nearest(keys, near, rows)
        found: Places = rows * (near == keys)
        return found

    @abstractmethod
    def nearest(self, keys: Keys, near: Keys, rows: Places) -> None:
        """Write for each key (n,) the next one that is held into `near`, and its row into `rows`."""


class Index(Lookup):
    """Rows of the keys of one tally; both (k,), in order of key."""

    def __init__(self) -> None:
        self.keys: Keys = np.zeros(1, np.uint64)
        self.rows: Places = np.zeros(1, np.int32)
        self.parts: tuple[Index, ...] = (self,)

    def hold(self, keys: Keys, rows: Places) -> None:
        """Take keys and their rows over as they are, key 0 with row 0 included."""
        self.keys, self.rows = keys, rows

    def nearest(self, keys: Keys, near: Keys, rows: Places) -> None:
        """As `Lookup.nearest`."""
        places = self.keys.searchsorted(keys)
        self.keys.take(places, out=near, mode="clip")
        self.rows.take(places, out=rows, mode="clip")

    def admit(self, keys: Keys, counts: Counts | SplitCounts) -> Places:
        """Row of each key (n,); keys without one get a new row of `counts`."""
        (of_all,) = counts.parts
        codes, distinct = pd.factorize(keys)
        order = np.argsort(distinct)  # neighbours in the index are found together in the cache
        ordered = distinct[order]
        rows = self.find(ordered)
        new = np.flatnonzero((rows == 0) & (ordered != 0))
        if len(new):
            rows[new] = of_all.append(len(new))
            places = np.searchsorted(self.keys, ordered[new])
            self.keys = np.insert(self.keys, places, ordered[new])
            self.rows = np.insert(self.rows, places, rows[new])
        unordered = np.empty_like(rows)
        unordered[order] = rows
        found: Places = unordered[codes]
        return found


class SplitIndex(Lookup):
    """Rows of the keys of one tally that are split by hash over shards, as `SplitCounts` numbers them."""

    def __init__(self, shards: int) -> None:
        self.parts = tuple(Index() for _ in range(shards))

    def nearest(self, keys: Keys, near: Keys, rows: Places) -> None:
        """As `Lookup.nearest`, in the shard of each key."""
        owner = shard_of(keys, len(self.parts))
        for shard, part in enumerate(self.parts):
            here = np.flatnonzero(owner == shard)
            of_part, own = np.empty(len(here), np.uint64), np.empty(len(here), np.int32)
            part.nearest(keys[here], of_part, own)
            near[here], rows[here] = of_part, own * len(self.parts) + shard

    def admit(self, keys: Keys, counts: Counts | SplitCounts) -> Places:
        """As `Index.admit`."""
        owner, rows = shard_of(keys, len(self.parts)), np.zeros(len(keys), np.int32)
        for shard, (part, of_part) in enumerate(zip(self.parts, counts.parts, strict=True)):
            here = np.flatnonzero((owner == shard) & (keys != 0))
            rows[here] = part.admit(keys[here], of_part) * len(self.parts) + shard
        return rows


def shard_of(keys: Keys, shards: int) -> Rows:
    """The shard that counts each key (n,)."""
    return ((keys >> _HIGH) % np.uint64(shards)).astype(np.intp)
