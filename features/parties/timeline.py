"""Parties of lines over a period, each line as it was seen on its day."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from features.keys import Keys
from features.lines import Codes, Lines, Rows
from features.parties.decisions import Decision
from features.parties.parties import Parties


@dataclass(frozen=True, slots=True)
class LineParties:
    """Keys of n lines. `party` and `possibly` are what was known before the day of entry (0: new, none); `learned` is
    the party whose history the line becomes part of at the close of its day, 0 if that is after the period."""

    party: Keys
    possibly: Keys
    learned: Keys


def resolve(parties: Parties, lines: Lines, until: int, decisions: Sequence[Decision] = ()) -> LineParties:
    """Close all days up to `until` (days since 1970), each after its lines have seen what was known before it.

    `lines` are all that are entered or received in the period; `parties` is left as of the close of `until`.
    """
    found = LineParties(*(np.zeros(lines.size, np.uint64) for _ in range(3)))
    for _ in close_days(parties, lines, until, found, decisions):
        pass
    return found


def close_days(
    parties: Parties, lines: Lines, until: int, found: LineParties, decisions: Sequence[Decision] = ()
) -> Iterator[int]:
    """The same day by day, filling in `found`; yields how many lines each day learned."""
    received = np.maximum(lines.days["entry_date"], lines.days["received_on"])
    entered, learned = _by_day(lines.days["entry_date"]), _by_day(received)
    decided = _decided(decisions)
    for day in sorted(day for day in {*entered, *learned, *decided} if day <= until):
        seen, new = entered.get(day, _NO_ROWS), learned.get(day, _NO_ROWS)
        before = parties.see(lines.take(seen))
        found.party[seen], found.possibly[seen] = before.party, before.possibly
        parties.learn(lines.take(new))
        found.learned[new] = parties.see(lines.take(new)).party
        for decision in decided[day]:
            parties.decide(decision)
        yield len(new)


_NO_ROWS: Rows = np.empty(0, np.intp)


def _by_day(days: Codes) -> dict[int, Rows]:
    order = np.argsort(days, kind="stable")
    first, starts = np.unique(days[order], return_index=True)
    cuts = pairwise([*starts, len(order)])
    return {int(day): order[start:end] for day, (start, end) in zip(first, cuts, strict=True)}


def _decided(decisions: Sequence[Decision]) -> dict[int, list[Decision]]:
    by_day: dict[int, list[Decision]] = defaultdict(list)
    for decision in decisions:
        by_day[decision.day].append(decision)
    return by_day
