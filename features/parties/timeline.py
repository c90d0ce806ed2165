"""Parties of lines over a period, each line as it was seen on its day."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from features.keys import Keys
from features.lines import Codes, Lines, Rows
from features.parties.parties import Parties

_NEW: Final = np.uint64(0)


@dataclass(frozen=True, slots=True)
class LineParties:
    """Keys of n lines. `party` and `possibly` are what was known before the day of entry (0: new, none); `learned` is
    the party whose history the line is part of once it is received, 0 if that is after the period."""

    party: Keys
    possibly: Keys
    learned: Keys


def resolve(parties: Parties, lines: Lines, until: int) -> LineParties:
    """Let days go by up to `until` (days since 1970): the lines of a day see what is known, then it closes.

    `lines` are all that are entered or received in the period; `parties` is left as of the close of `until`.
    """
    found = LineParties(*(np.full(lines.size, _NEW) for _ in range(3)))
    entered, received = lines.days["entry_date"], lines.days["received_on"]
    events = {day: (rows, _NONE_ROWS) for day, rows in _by_day(entered).items()}
    for day, rows in _by_day(received).items():
        events[day] = events.get(day, (_NONE_ROWS,))[0], rows
    for day in sorted(day for day in events if day <= until):
        seen, learned = events[day]
        if len(seen):
            before = parties.see(lines.take(seen))
            found.party[seen], found.possibly[seen] = before.party, before.possibly
        if len(learned):
            parties.learn(lines.take(learned))
            found.learned[learned] = parties.see(lines.take(learned)).party
    return found


_NONE_ROWS: Rows = np.empty(0, np.intp)


def _by_day(days: Codes) -> dict[int, Rows]:
    order = np.argsort(days, kind="stable")
    first, starts = np.unique(days[order], return_index=True)
    return dict(zip(first.tolist(), np.split(order, starts[1:]), strict=True))
