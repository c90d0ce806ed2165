"""State of what is known: days close one after another, lines see the state, then the state learns them.

All measures are whole numbers (money in dollars, logarithms in fixed point), so sums do not depend on the order of
lines, and a window's subtraction gives back exactly what was added.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from originrisk.features.graph.graph import Graph
from originrisk.features.history.counts import (
    Columns,
    Counted,
    Counts,
    Index,
    Integers,
    Names,
    Places,
    SplitCounts,
    SplitIndex,
    State,
)
from originrisk.features.history.keys import key_of, keys_of
from originrisk.features.history.learner import Learners
from originrisk.features.history.tallies import EVER, OUTCOME_MEASURES, TALLIES, AggregateSpec
from originrisk.features.lines import Bools, Floats, Ints, Lines

LEARNERS: Final[Learners] = {"graph": Graph}
"""What every history learns beside its tallies, by name."""
SIZES: Final = (np.int8, np.int16, np.int32, np.int64)


@dataclass(frozen=True, slots=True)
class Group:
    """Tallies that count the same things: their keys, and the slice they take in the order of all tallies."""

    counts: Counts | SplitCounts
    keys: tuple[str, ...]
    places: slice


@dataclass(frozen=True, slots=True)
class Learned:
    """What windows will take back of the lines of a day: rows in the tallies with windows, which come first
    (n, tallies), and measures by name (n,)."""

    rows: Places
    measures: dict[str, Integers]


class History:
    """All tallies after the close of `day` (days since 1970; None before the first close).

    `order` is that of the tallies, `names` the counts of all of them, as `key.measure.window`. `measures` are those of
    a line, in order; of these `leaving` are in a window. `recent` holds what is still in one, by day: in the first
    tallies, as many as `kept`. `learners` hold what is learned beside the tallies. Persons are counted under
    pseudonyms of `pseudonym_key`. The keys of each tally are split by hash over `shards`, if there are several.
    """

    def __init__(
        self,
        tallies: tuple[AggregateSpec, ...] = TALLIES,
        learners: Learners = LEARNERS,
        pseudonym_key: bytes = b"",
        shards: int = 1,
    ) -> None:
        self.pseudonym_key, self.shards = pseudonym_key, shards
        alike: defaultdict[tuple[str, ...], list[AggregateSpec]] = defaultdict(list)
        for tally in tallies:
            alike[tuple(Counted(tally).columns)].append(tally)
        groups: list[Group] = []
        for first, *others in sorted(alike.values(), key=lambda members: not Counted(members[0]).has_window):
            keys, start = tuple(tally.key for tally in (first, *others)), groups[-1].places.stop if groups else 0
            counts = Counts(first) if shards == 1 else SplitCounts(first, shards)
            groups.append(Group(counts, keys, slice(start, start + len(keys))))
        self.groups = tuple(groups)
        self.order = tuple(key for group in self.groups for key in group.keys)
        self.place = {key: place for place, key in enumerate(self.order)}
        self.counts = {key: group.counts for group in self.groups for key in group.keys}
        self.columns = {key: counts.columns for key, counts in self.counts.items()}
        self.names = Names(f"{key}.{column}" for key in self.order for column in self.columns[key])
        self.indexes = {key: Index() if shards == 1 else SplitIndex(shards) for key in self.order}
        sums = {measure for group in self.groups for measure in group.counts.sums}
        self.measures = tuple(sorted({measure for measure, _ in sums} - {*OUTCOME_MEASURES}))
        windowed = {measure for measure, window in sums if window != EVER}
        self.leaving = tuple(name for name in self.measures if name in windowed)
        self.windows = sorted({window for _, window in sums if window != EVER})
        self.fed = {window: [*_fed(self.groups, self.leaving, window)] for window in self.windows}
        self.fed[EVER] = [*_fed(self.groups, self.measures, None)]
        self.told = [*_fed(self.groups, OUTCOME_MEASURES, None)]
        self.kept = max((group.places.stop for group in self.groups if group.counts.has_window), default=0)
        self.recent: dict[int, Learned] = {}
        self.learners = {name: make() for name, make in learners.items()}
        self.day: int | None = None

    @property
    def size(self) -> int:
        """Rows of all counts."""
        return sum(group.counts.size for group in self.groups)

    def admit(self, lines: Lines) -> Places:
        """Rows of each line in each tally (n, tallies); keys that are new get a row."""
        rows = np.empty((lines.size, len(self.order)), np.int32)
        for place, key in enumerate(self.order):
            rows[:, place] = self.indexes[key].admit(key_of(lines, key), self.counts[key])
        return rows

    def find(self, lines: Lines) -> Places:
        """Rows of each line in each tally (n, tallies); row 0 for keys that were never learned."""
        keys = keys_of(lines, self.order)
        near, rows = np.empty_like(keys), np.empty(keys.shape, np.int32)
        for place, key in enumerate(self.order):
            self.indexes[key].nearest(keys[place], near[place], rows[place])
        found: Places = (rows * (near == keys)).T
        return found

    def state(self, rows: Places) -> list[State]:
        """What each group of tallies holds in these rows (n, tallies): arrays (n, tallies of the group, columns)."""
        return [group.counts.take(rows[:, group.places]) for group in self.groups]

    def learn(self, day: int, rows: Places, measures: Mapping[str, Ints]) -> None:
        """Learn the lines of `day`: their rows (n, tallies) and measures (n,)."""
        for group in self.groups:
            if "first" in group.counts.columns:
                met = rows[:, group.places].ravel()
                group.counts.mark("first", met[group.counts.of("first", met) == 0], day)
                group.counts.mark("last", met, day)
        _add(self.fed[EVER], rows, np.column_stack([measures[name] for name in self.measures]))
        if self.kept:
            leaving = {name: narrow(measures[name]) for name in self.leaving}
            self.recent[day] = Learned(rows[:, : self.kept].copy(), leaving)

    def learn_outcomes(self, day: int, rows: Places, told: Bools) -> None:
        """Learn outcomes that became known on `day`: rows of their lines (n, tallies), what is told of each
        (n, OUTCOME_MEASURES)."""
        found = told[:, OUTCOME_MEASURES.index("found")]
        for group in self.groups:
            if "found_on" in group.counts.columns:
                group.counts.mark("found_on", rows[found, group.places], day)
        _add(self.told, rows, told.astype(np.int64))

    def close(self, day: int) -> None:
        """End the day: what was learned w days before it leaves the windows of w days."""
        for window in self.windows:
            if leaving := self.recent.get(day - window):
                values = np.array([leaving.measures[name] for name in self.leaving], np.int64).T
                _add(self.fed[window], leaving.rows, -values.reshape(-1, len(self.leaving)))
        self.recent.pop(day - max(self.windows, default=0), None)
        for group in self.groups:
            group.counts.clear_nobody()
        self.day = day


def _add(fed: list[tuple[Group, Columns, Columns]], rows: Places, values: Integers) -> None:
    """Add measures (n, measures) to the columns that sum them."""
    for group, columns, measures in fed:
        group.counts.add(rows[:, group.places], columns, values[:, measures])


def spread(states: Iterable[State]) -> Floats:
    """The states of all groups, a row for each of `History.names` (names, n)."""
    return np.concatenate([state.transpose(1, 2, 0).reshape(-1, len(state)) for state in states], dtype=np.float64)


def _fed(
    groups: tuple[Group, ...], measures: tuple[str, ...], window: int | None
) -> Iterator[tuple[Group, Columns, Columns]]:
    """Groups that sum one of the measures over the window (None: any): the columns, and where their measures stand."""
    for group in groups:
        columns, places = group.counts.fed_by(measures, window)
        if len(columns):
            yield group, columns, places


def narrow(values: Integers) -> Integers:
    """The same whole numbers in as few bytes as hold them all."""
    low, high = int(values.min(initial=0)), int(values.max(initial=0))
    return values.astype(next(size for size in SIZES if np.iinfo(size).min <= low and high <= np.iinfo(size).max))
