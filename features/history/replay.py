"""The replay: days go by in order; a day's lines see what earlier days left, then the day closes and is learned."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from originrisk.data import dispositions
from originrisk.features.history.arrays import settle
from originrisk.features.history.counts import Places
from originrisk.features.history.keys import find
from originrisk.features.history.learner import Columns, HistoryLearner, joined, see_all
from originrisk.features.history.measures import measures
from originrisk.features.history.state import History, spread
from originrisk.features.history.tallies import OUTCOME_MEASURES
from originrisk.features.history.view import PointInTimeView
from originrisk.features.lines import Bools, Codes, Lines, Rows
from originrisk.features.lists import Listings

BLOCK = 20_000
"""Lines seen together: long enough to spare calls, short enough to stay in memory."""

STRETCH = 250_000
"""Lines whose keys are looked up together: a table of keys is cheaper to search for many at once."""

GROWN = 1.3
"""Growth of history at which what holds nothing any more is looked for."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How examinations ended: row of the line, day on which it became known, what is told (n, OUTCOME_MEASURES)."""

    rows: Rows
    day: Codes
    told: Bools

    @classmethod
    def of(cls, lines: Lines, table: pa.Table) -> "Outcomes":
        """Ended examinations of a table in the contract's `outcomes` shape whose lines are among `lines`."""
        table = table.filter(pc.is_valid(table["outcome_date"]))
        rows = find(lines, table["entry_number"], table["line_number"])
        day = np.asarray(table["outcome_date"].cast(pa.int32()).to_numpy(), dtype=np.int32)
        evidence = dispositions.evidence(table)
        columns = {
            "examined": pc.is_valid(evidence),
            "found": pc.fill_null(pc.equal(evidence, dispositions.FOUND), False),
            "inconclusive": pc.fill_null(pc.equal(table["result"].combine_chunks(), "inconclusive"), False),
            "denied": dispositions.denied(table),
        }
        told = np.column_stack([np.asarray(columns[name], np.bool_) for name in OUTCOME_MEASURES])
        here = (rows >= 0) & told.any(axis=1)
        return cls(rows[here], day[here], told[here])

    @classmethod
    def conclusive(cls, rows: Rows, day: Codes, found: Bools) -> "Outcomes":
        """Examinations of the lines at `rows` that ended with evidence: whether Xinjiang inputs were found (n,)."""
        none = np.zeros(len(found), np.bool_)
        return cls(rows, day, np.column_stack([np.ones(len(found), np.bool_), found, none, none]))

    @property
    def found(self) -> Bools:
        """Which found Xinjiang inputs (n,)."""
        return self.told[:, OUTCOME_MEASURES.index("found")]


@dataclass(frozen=True, slots=True)
class ObservedBatch:
    """Lines with what was known before each one's day, to be read before the next is asked for.

    `rows` are their places in the lines replayed.
    """

    rows: Rows
    lines: Lines
    view: PointInTimeView


class Days:
    """Places of things in order of their day."""

    def __init__(self, day: Codes) -> None:
        self.order = np.argsort(day, kind="stable")
        self.day = day[self.order]

    def places(self, first: int, last: int) -> Rows:
        """Places of what happens from `first` to `last`, in order of day."""
        start, end = np.searchsorted(self.day, [first, last + 1])
        return self.order[start:end]

    def end_of_stretch(self, first: int, until: int) -> int:
        """Last day such that `first` to it holds about STRETCH things; `first` at the least, `until` at the most."""
        limit = int(np.searchsorted(self.day, first)) + STRETCH
        last = int(self.day[limit]) - 1 if limit < len(self.day) else until
        return max(first, min(last, until))


class Timeline:
    """What happens in a replay, on each clock: lines are entered, lines are received, outcomes become known.

    A line is learned when it is received, though never before its own day; its outcome never before the line.
    """

    def __init__(self, lines: Lines, outcomes: Outcomes) -> None:
        self.lines, self.outcomes = lines, outcomes
        received = np.maximum(lines.days["entry_date"], lines.days["received_on"])
        self.entered = Days(lines.days["entry_date"])
        self.received = Days(received)
        self.known = Days(np.maximum(outcomes.day, received[outcomes.rows]))

    @property
    def first(self) -> int:
        """The earliest day on which lines are entered."""
        return int(self.entered.day[0])

    def between(self, first: int, last: int) -> tuple[Rows, "Timeline"]:
        """What happens from `first` to `last`: places of the lines in it, and a timeline of these lines alone."""
        known = self.known.places(first, last)
        examined = self.outcomes.rows[known]
        met = [self.entered.places(first, last), self.received.places(first, last), examined]
        places = np.sort(np.concatenate(met))
        places = places[np.diff(places, prepend=-1) > 0]
        outcomes = Outcomes(np.searchsorted(places, examined), self.outcomes.day[known], self.outcomes.told[known])
        return places, Timeline(self.lines.take(places), outcomes)


class Block:
    """Room for BLOCK lines and what was known of them, filled day by day, and read when it is full."""

    def __init__(self, history: History, lines: Lines, rows: Places, listings: Listings) -> None:
        self.history, self.lines, self.rows, self.listings = history, lines, rows, listings
        shapes = [(BLOCK, len(group.keys), len(group.counts.columns)) for group in history.groups]
        kinds = [group.counts.dtype for group in history.groups]
        self.states = [np.empty(shape, kind) for shape, kind in zip(shapes, kinds, strict=True)]
        self.places = np.empty(BLOCK, np.intp)
        self.learned: list[Columns] = []
        self.size = 0

    @property
    def room(self) -> int:
        """How many lines still fit in."""
        return BLOCK - self.size

    def see(self, places: Rows) -> None:
        """Note what the state and the learners hold for the lines at `places` (n,)."""
        part, rows = slice(self.size, self.size + len(places)), self.rows[places]
        for group, states in zip(self.history.groups, self.states, strict=True):
            group.counts.take(rows[:, group.places], out=states[part])
        if self.history.learners:
            self.learned.append(see_all(self.history.learners, self.lines.take(places)))
        self.places[part] = places
        self.size = part.stop

    def read(self, places: Rows) -> ObservedBatch:
        """The lines noted, given the places of all lines in the replay; leaves the block empty."""
        here, self.size = self.places[: self.size].copy(), 0
        lines = self.lines.take(here)
        learned, self.learned = joined(self.learned), []
        view = PointInTimeView(
            today=lines.days["entry_date"],
            state=lambda: spread(states[: len(here)] for states in self.states),
            names=self.history.names,
            listings=self.listings,
            learned=lambda: learned,
        )
        return ObservedBatch(places[here], lines, view)


def replay(
    history: History, lines: Lines, outcomes: Outcomes, until: int, listings: Listings
) -> Iterator[ObservedBatch]:
    """Close every day after `history.day` up to `until`, yielding the lines of each day as they were seen.

    `lines` must hold all that is received or entered in the period, and the lines of its outcomes; lines entered
    before it are learned, not seen. What is yielded comes in order of day, BLOCK lines at a time at the most.
    """
    for places, timeline, days in _stretches(history, lines, outcomes, until):
        rows = history.admit(timeline.lines)
        block = Block(history, timeline.lines, rows, listings)
        for day in days:
            entered = timeline.entered.places(day, day)
            while len(entered):
                now, entered = entered[: block.room], entered[block.room :]
                block.see(now)
                if not block.room:
                    yield block.read(places)
            _learn(history, timeline, rows, day, listings)
        if block.size:
            yield block.read(places)


def close_days(history: History, lines: Lines, outcomes: Outcomes, until: int, listings: Listings) -> None:
    """Close and learn the days that `replay` would, where nobody asks what their lines saw."""
    for _, timeline, days in _stretches(history, lines, outcomes, until):
        rows = history.admit(timeline.lines)
        for day in days:
            _learn(history, timeline, rows, day, listings)


def _stretches(
    history: History, lines: Lines, outcomes: Outcomes, until: int
) -> Iterator[tuple[Rows, Timeline, range]]:
    """What happens in one stretch of days after another, until all are closed."""
    whole = Timeline(lines.under(history.pseudonym_key), outcomes)
    day = history.day + 1 if history.day is not None else whole.first if whole.lines.size else until + 1
    size = history.size
    while day <= until:
        last = whole.entered.end_of_stretch(day, until)
        yield *whole.between(day, last), range(day, last + 1)
        if history.size > GROWN * size:  # keys whose window is over make room for new ones
            settle(history)
            size = history.size
        day = last + 1


def _learn(history: History, timeline: Timeline, rows: Places, day: int, listings: Listings) -> None:
    received, known = timeline.received.places(day, day), timeline.known.places(day, day)
    outcomes = timeline.outcomes
    if history.order and len(received):
        lines, found = timeline.lines.take(received), rows[received]
        view = PointInTimeView(
            lines.days["entry_date"], lambda: spread(history.state(found)), history.names, listings, dict
        )
        history.learn(day, found, measures(lines, view))
    if history.order and len(known):
        history.learn_outcomes(day, rows[outcomes.rows[known]], outcomes.told[known])
    for learner in history.learners.values():
        teach(learner, timeline, day, listings)
    history.close(day)


def teach(learner: HistoryLearner, timeline: Timeline, day: int, listings: Listings) -> None:
    """Let a learner learn what was received and what became known on a day, and close the day."""
    if len(received := timeline.received.places(day, day)):
        learner.learn(day, timeline.lines.take(received))
    if len(known := timeline.known.places(day, day)):
        examined, told = timeline.outcomes.rows[known], timeline.outcomes.told[known]
        learner.learn_outcomes(day, timeline.lines.take(examined), told)
    learner.close(day, listings)
