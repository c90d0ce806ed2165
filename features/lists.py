"""Parties under an order, as a line of a day sees them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pyarrow as pa

from data.lists.membership import seen_after, seen_until, with_shipped
from features.lines import Bools, Codes, Text
from features.names import company_key

NEVER: Final = int(np.iinfo(np.int32).max)
EPOCH: Final = date(1970, 1, 1)

Interval = tuple[int, int]
"""Lines see a listing on the days between the two (since 1970), on neither of them itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Listings:
    """When each name or alias, in its one form, is seen on a list."""

    seen: dict[str, tuple[Interval, ...]]

    @classmethod
    def of(cls, table: pa.Table) -> "Listings":
        """Listings of a table in the contract's `listed` shape."""
        found: dict[str, set[Interval]] = defaultdict(set)
        for row in table.to_pylist():
            end = seen_until(row)
            interval = (_number(seen_after(row)), _number(end) if end else NEVER)
            for name in (row["name"], *(row["aliases"] or "").split("|")):
                if key := company_key(name):
                    found[key].add(interval)
        return cls({key: tuple(sorted(intervals)) for key, intervals in found.items()})

    @classmethod
    def known(cls, stored: pa.Table) -> "Listings":
        """Those of a store's `listed` table, and the shipped ones on which it is silent."""
        return cls.of(with_shipped(stored))

    def names(self, name: str) -> bool:
        """Whether a party of this name is on a list at any time."""
        return company_key(name) in self.seen

    def hold(self, text: Text, days: Codes) -> Bools:
        """Where lines of these days see the name in the column on a list (n,)."""
        held = text.says(self.names)
        rows = np.flatnonzero(held)
        keys = {code: company_key(text.levels[code]) for code in np.unique(text.codes[rows])}
        for row in rows:
            held[row] = any(after < days[row] < end for after, end in self.seen[keys[text.codes[row]]])
        return held

    def as_of(self, day: int) -> dict[str, set[Interval]]:
        """What lines up to `day` can tell of the listings: later beginnings left out, later ends open."""
        known = {
            key: {(after, end if end <= day else NEVER) for after, end in intervals if after < day}
            for key, intervals in self.seen.items()
        }
        return {key: intervals for key, intervals in known.items() if intervals}


def _number(day: date) -> int:
    return (day - EPOCH).days
