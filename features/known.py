"""What was known before the day of a line: the state of history under the keys of the line, as numbers to read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from features.counts import State
from features.history import History
from features.keys import key_of
from features.lines import Bools, Codes, Floats, Lines
from features.lists import Listings

FIXED_POINT = float(2**20)
"""Measures that are no whole numbers are held as whole multiples of 2^-20."""


@dataclass(frozen=True, slots=True)
class Known:
    """State under the keys of n lines, and the lists.

    `state(key)` gives (n, columns); names are `key.measure.window`.
    """

    today: Codes
    state: Callable[[str], State]
    columns: Mapping[str, Mapping[str, int]]
    listings: Listings
    memo: dict[Any, Any] = field(default_factory=dict)

    def count(self, name: str) -> Floats:
        """A count or a sum of whole numbers (n,); 0 where the key was never learned."""
        if name not in self.memo:
            key, measure = name.split(".", 1)
            self.memo[name] = self.state(key)[:, self.columns[key][measure]].astype(np.float64)
        counted: Floats = self.memo[name]
        return counted

    def total(self, name: str) -> Floats:
        """A sum of measures in fixed point, back in their own unit (n,)."""
        return self.count(name) / FIXED_POINT

    def since(self, name: str) -> Floats:
        """Days from the day under `name` (`first`, `last`, `found_on`) to the line's (n,); NaN if there is none."""
        day = self.count(name)
        return np.where(day > 0, self.today - day, np.nan)


def listed(lines: Lines, column: str, known: Known) -> Bools:
    """Where the day of a line sees the name in the column on a list (n,)."""
    of = "listed", column
    if of not in known.memo:
        known.memo[of] = known.listings.hold(lines.texts[column], known.today)
    held: Bools = known.memo[of]
    return held


def see(history: History, lines: Lines, listings: Listings) -> Known:
    """What the closed days know of these lines; each tally is looked up when it is first asked for."""
    states: dict[str, State] = {}

    def state(key: str) -> State:
        if key not in states:
            rows = history.indexes[key].find(key_of(lines, key))
            states[key] = history.counts[key].state.take(rows, axis=0)
        return states[key]

    return Known(lines.days["entry_date"], state, history.columns, listings)
