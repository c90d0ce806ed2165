"""The replay: days go by in order; a day's lines see what earlier days left, then the day closes and is learned."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.history import Family, History, State
from features.keys import find, key_of
from features.known import Known, columns_of, gather, see
from features.lines import Bools, Codes, Lines, Rows
from features.measures import measures

BLOCK = 20_000
"""Lines looked up together: long enough to spare calls, short enough to stay in memory."""

NEVER = np.iinfo(np.int32).max
FOUND, NOT_FOUND = "xinjiang", "not_xinjiang"


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Conclusive outcomes: row of the line, day on which both were known, whether Xinjiang inputs were found."""

    rows: Rows
    day: Codes
    found: Bools

    @classmethod
    def of(cls, lines: Lines, table: pa.Table) -> "Outcomes":
        """Conclusive outcomes of a table in the contract's `outcomes` shape whose lines are among `lines`."""
        done = table.filter(pc.is_in(table["result"], pa.array([FOUND, NOT_FOUND])).combine_chunks())
        rows = find(lines, done["entry_number"], done["line_number"])
        day = np.asarray(done["outcome_date"].cast(pa.int32()).to_numpy(), dtype=np.int32)[rows >= 0]
        found = np.asarray(pc.equal(done["result"], FOUND).to_numpy(), dtype=np.bool_)[rows >= 0]
        rows = rows[rows >= 0]
        return cls(rows, np.maximum(day, lines.days["received_on"][rows]), found)


@dataclass(frozen=True, slots=True)
class Seen:
    """Lines with what was known before each one's day, to be read before the next is asked for.

    `rows` are their places in the lines replayed.
    """

    rows: Rows
    lines: Lines
    known: Known


class Days:
    """Places of things in order of their day."""

    def __init__(self, day: Codes) -> None:
        self.order = np.argsort(day, kind="stable")
        self.day = day[self.order]

    @property
    def first(self) -> int:
        """The earliest day; NEVER where there is none."""
        return int(self.day[0]) if len(self.day) else int(NEVER)

    def rows(self, first: int, last: int) -> Rows:
        """Places of what happened from `first` to `last`, in order of day."""
        start, end = np.searchsorted(self.day, [first, last + 1])
        return self.order[start:end]

    def end_of_block(self, first: int) -> int:
        """Last day such that `first` to it holds about BLOCK things; within a year, `first` at the least."""
        limit = int(np.searchsorted(self.day, first)) + BLOCK
        last = int(self.day[limit]) - 1 if limit < len(self.day) else int(NEVER)
        return max(first, min(last, first + 365))


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happens in a replay, on either clock: lines are entered, lines are received, outcomes become known."""

    lines: Lines
    outcomes: Outcomes
    entered: Days
    received: Days
    known: Days

    @classmethod
    def of(cls, lines: Lines, outcomes: Outcomes) -> "Timeline":
        """Timeline of lines and the outcomes of some of them."""
        days = (Days(lines.days["entry_date"]), Days(lines.days["received_on"]), Days(outcomes.day))
        return cls(lines, outcomes, *days)


def replay(history: History, lines: Lines, outcomes: Outcomes, until: int) -> Iterator[Seen]:
    """Close every day after `history.day` up to `until`, yielding the lines of each day as they were seen.

    `lines` must hold all that is received or entered in the period, and the lines of its outcomes; lines entered
    before it are learned, not seen. What is yielded comes in order of day, about BLOCK lines at a time.
    """
    time = Timeline.of(lines, outcomes)
    day = min(time.entered.first, time.received.first) if history.day is None else history.day + 1
    admit(history, lines, time.received.rows(day, until))
    while day <= until:
        last = min(time.entered.end_of_block(day), until)
        yield from _block(history, time, day, last)
        day = last + 1


def admit(history: History, lines: Lines, rows: Rows) -> None:
    """Make room in every tally for the keys of lines that will be learned."""
    for start in range(0, len(rows), 50 * BLOCK):
        part = lines.take(rows[start : start + 50 * BLOCK])
        for key, family in history.families.items():
            family.admit(key_of(part, key))


def _block(history: History, time: Timeline, first: int, last: int) -> Iterator[Seen]:
    rows = time.entered.rows(first, last)
    if first == last:
        yield from _single_day(history, time, first)
        return
    lines = time.lines.take(rows)
    places = _places(history.families, lines)
    states = {key: np.zeros((len(rows), of.state.shape[1]), np.int64) for key, of in history.families.items()}
    start = 0
    for day in range(first, last + 1):
        end = start + len(time.entered.rows(day, day))
        for key, family in history.families.items():
            states[key][start:end] = gather(family.state, places[key][start:end])
        _learn(history, time, day)
        start = end
    if len(rows):
        yield Seen(rows, lines, Known(lines.days["entry_date"], states.__getitem__, columns_of(history)))


def _single_day(history: History, time: Timeline, day: int) -> Iterator[Seen]:
    rows = time.entered.rows(day, day)
    for start in range(0, len(rows), BLOCK):
        part = rows[start : start + BLOCK]
        lines = time.lines.take(part)
        yield Seen(part, lines, see(history, lines))
    _learn(history, time, day)


def _learn(history: History, time: Timeline, day: int) -> None:
    lines = time.lines.take(time.received.rows(day, day))
    if lines.size:
        places = _places(history.families, lines)
        history.learn(day, places, measures(lines, _known(history, lines, places)))
    events = time.known.rows(day, day)
    if len(events):
        examined = {key: family for key, family in history.families.items() if family.outcomes.measures}
        places = _places(examined, time.lines.take(time.outcomes.rows[events]))
        history.learn_outcomes(day, places, time.outcomes.found[events])
    history.close(day)


def _known(history: History, lines: Lines, places: Mapping[str, Rows]) -> Known:
    def state(key: str) -> State:
        return gather(history.families[key].state, places[key])

    return Known(lines.days["entry_date"], state, columns_of(history))


def _places(families: Mapping[str, Family], lines: Lines) -> dict[str, Rows]:
    return {key: family.rows(key_of(lines, key)) for key, family in families.items()}
