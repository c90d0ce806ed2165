"""State of what is known: days close one after another, lines see the state, then the state learns them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from originrisk.features.graph.graph import Graph
from originrisk.features.history.counts import Columns, Counts, Index, Integers, Names, Places, State
from originrisk.features.history.keys import key_of, keys_of
from originrisk.features.history.learner import Learners
from originrisk.features.history.tallies import EVER, OUTCOME_MEASURES, TALLIES, Tally
from originrisk.features.history.words import Words
from originrisk.features.lines import Bools, Floats, Ints, Lines, Rows
from originrisk.features.parties.parties import PartyTallies

LEARNERS: Learners = {"words": Words, "graph": Graph, "parties": PartyTallies}


Fact = Literal["lines", "outcomes"]
SIZES = tuple(
    (size, int(np.iinfo(size).min), int(np.iinfo(size).max))
    for size in (np.int8, np.int16, np.int32, np.int64)
)


@dataclass(frozen=True, slots=True)
class Group:
    """Tallies that count the same things: their keys, and the slice they take in the order of all tallies."""

    counts: Counts
    keys: tuple[str, ...]
    places: slice


@dataclass(frozen=True, slots=True)
class Learned:
    """What windows will take back of one kind of fact learned on a day: rows in the tallies with windows, which come
    first (n, tallies), and measures by name (n,)."""

    rows: Places
    measures: dict[str, Integers]


class History:
    """All tallies after the close of `day` (days since 1970; None before the first close).

    `order` is that of the tallies, and `measures` that of the measures of each kind of fact, wherever there is a
    column for each; `names` are the counts of all tallies, as `key.measure.window`. `recent` holds what is still in a
    window, by day: measures that are `leaving` one in time, in the first tallies, as many as `kept`. `learners` hold
    what is learned beside the tallies.
    """

    def __init__(self, tallies: tuple[Tally, ...] = TALLIES, learners: Learners = LEARNERS) -> None:
        self.gains = {tally.key: _gains(tally) for tally in tallies}
        self.groups = tuple(_groups(tallies, self.gains))
        self.order = tuple(key for group in self.groups for key in group.keys)
        self.place = {key: place for place, key in enumerate(self.order)}
        self.counts = {key: group.counts for group in self.groups for key in group.keys}
        self.columns = {key: counts.columns for key, counts in self.counts.items()}
        self.names = Names(f"{key}.{column}" for key in self.order for column in self.columns[key])
        self.indexes = {key: Index() for key in self.order}
        sums = [measure for group in self.groups for measure in group.counts.sums]
        measures = sorted({measure for measure, _ in sums} - {*OUTCOME_MEASURES})
        self.measures: dict[Fact, tuple[str, ...]] = {"lines": tuple(measures), "outcomes": OUTCOME_MEASURES}
        self.windows = sorted({window for _, window in sums} - {EVER})
        windowed = {measure for measure, window in sums if window != EVER}
        self.leaving = {
            fact: tuple(name for name in names if name in windowed) for fact, names in self.measures.items()
        }
        self.fed = {
            (fact, window): list(_fed(self.groups, (self.leaving if window else self.measures)[fact], window))
            for fact in self.measures
            for window in (None, *self.windows)
        }
        self.kept = {
            fact: max((group.places.stop for w in self.windows for group, *_ in self.fed[fact, w]), default=0)
            for fact in self.measures
        }
        self.recent: dict[Fact, dict[int, Learned]] = {"lines": {}, "outcomes": {}}
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
        dated = [group for group in self.groups if "first" in group.counts.columns]
        for group, new in [
            (group, _new(rows, group)) for group in dated
        ]:  # all are read before one is written
            self._date(day, rows, group, new)
        self._add("lines", day, rows, measures)

    def learn_outcomes(self, day: int, rows: Places, found: Bools) -> None:
        """Learn outcomes that became known on `day`: rows of their lines (n, tallies), and which found (n,)."""
        for group in self.groups:
            if "found_on" in group.counts.columns:
                group.counts.mark("found_on", rows[found, group.places], day)
        self._add("outcomes", day, rows, {"examined": np.ones(len(found), np.int64), "found": found})

    def close(self, day: int) -> None:
        """End the day: what was learned w days before it leaves the windows of w days."""
        for fact, recent in self.recent.items():
            for window in self.windows:
                if leaving := recent.get(day - window):
                    values = np.column_stack([*leaving.measures.values()]).astype(np.int64)
                    self._change(fact, window, leaving.rows, -values)
            recent.pop(day - max(self.windows, default=0), None)
        for group in self.groups:
            group.counts.clear_nobody()
        self.day = day

    def _add(self, fact: Fact, day: int, rows: Places, measures: Mapping[str, Ints | Bools]) -> None:
        values: Ints = np.column_stack([measures[name] for name in self.measures[fact]])
        self._change(fact, None, rows, values)
        if self.kept[fact]:
            kept = {name: narrow(np.asarray(measures[name], np.int64)) for name in self.leaving[fact]}
            self.recent[fact][day] = Learned(rows[:, : self.kept[fact]].copy(), kept)

    def _change(self, fact: Fact, window: int | None, rows: Places, values: Integers) -> None:
        for group, columns, measures in self.fed[fact, window]:
            group.counts.add(rows[:, group.places], columns, values[:, measures])

    def _date(self, day: int, rows: Places, group: Group, new: Rows) -> None:
        """Note first and last day of the keys met, and count partners met for the first time."""
        met = rows[:, group.places].ravel()
        group.counts.mark("first", met[new], day)
        group.counts.mark("last", met, day)
        lines, tallies = np.divmod(new, len(group.keys))
        for place, key in enumerate(group.keys):
            for party, other in self.gains[key]:
                self.counts[party].gain(f"partners.{other}", rows[lines[tallies == place], self.place[party]])


def _new(rows: Places, group: Group) -> Rows:
    """Where keys of a group are met for the first time, each once: places in its flattened rows (n, tallies)."""
    met = rows[:, group.places].ravel()
    new = np.flatnonzero((group.counts.of("first", met) == 0) & (met > 0))
    first: Rows = new[np.unique(met[new], return_index=True)[1]]
    return first


def spread(states: Iterable[State]) -> Floats:
    """The states of all groups, a row for each of `History.names` (names, n)."""
    return np.concatenate(
        [state.transpose(1, 2, 0).reshape(-1, len(state)) for state in states], dtype=np.float64
    )


def _gains(tally: Tally) -> tuple[tuple[str, str], ...]:
    """Of a joined key: each part that gains a partner, and the kind of the partner."""
    first, _, second = tally.key.partition("*")
    return tuple((party, second if party == first else first) for party in tally.partners)


def _groups(tallies: tuple[Tally, ...], gains: Mapping[str, tuple[tuple[str, str], ...]]) -> Iterator[Group]:
    """Tallies that have the same columns, together; those with windows first."""
    alike: defaultdict[tuple[str, ...], list[tuple[Tally, tuple[str, ...]]]] = defaultdict(list)
    for tally in tallies:
        others = tuple(other for pairs in gains.values() for party, other in pairs if party == tally.key)
        alike[tuple(Counts(tally, others).columns)].append((tally, others))
    start = 0
    for members in sorted(alike.values(), key=lambda members: not _has_window(members[0][0])):
        keys = tuple(tally.key for tally, _ in members)
        yield Group(Counts(*members[0]), keys, slice(start, start + len(keys)))
        start += len(keys)


def _has_window(tally: Tally) -> bool:
    return any(
        window != EVER
        for windows in (tally.lines, tally.outcomes, *tally.sums.values())
        for window in windows
    )


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
    fits = (size for size, least, most in SIZES if least <= low and high <= most)
    return values.astype(next(fits))
