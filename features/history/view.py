"""The point-in-time view: what was known before the day of a line, under its keys, as numbers to read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from originrisk.features.history.counts import Names, State
from originrisk.features.history.learner import Columns, see_all
from originrisk.features.history.state import History, spread
from originrisk.features.lines import Bools, Codes, Floats, Lines, Rows, shared
from originrisk.features.lists import Listings

FIXED_POINT: Final = float(2**20)
"""Measures that are no whole numbers are held as whole multiples of 2^-20."""
WEIGHT: Final = 5.0
"""Examinations that a wider group counts for, where the rate of a narrower one is shrunk to its own."""


@dataclass(frozen=True, slots=True)
class PointInTimeView:
    """State under the keys of n lines, the lists, and what the learners know.

    `state()` gives a row for each of `names`, which are `key.measure.window`: (names, n). `learned()` gives columns
    (n,) by `learner.column`.
    """

    today: Codes
    state: Callable[[], Floats]
    names: Names
    listings: Listings
    learned: Callable[[], Columns]
    memo: dict[Any, Any] = field(default_factory=dict)

    def count(self, name: str) -> Floats:
        """A count or a sum of whole numbers (n,); 0 where the key was never learned."""
        counted: Floats = self._all()[self.names.place[name]]
        return counted

    def counts(self, names: tuple[str, ...]) -> Floats:
        """Several counts at once (names, n)."""
        counted: Floats = self._all()[self.names.places(names)]
        return counted

    def _all(self) -> Floats:
        if self.state not in self.memo:
            self.memo[self.state] = self.state()
        counted: Floats = self.memo[self.state]
        return counted

    def learner_column(self, name: str) -> Floats:
        """What a learner knows of the lines (n,), by `learner.column`."""
        if self.learned not in self.memo:
            self.memo[self.learned] = self.learned()
        columns: Columns = self.memo[self.learned]
        return columns[name]

    def since(self, name: str) -> Floats:
        """Days from the day under `name` (`first`, `last`, `found_on`) to the line's (n,); NaN if there is none."""
        day = self.count(name)
        return np.where(day > 0, self.today - day, np.nan)

    def listed(self, lines: Lines, column: str) -> Bools:
        """Where the day of a line sees the name in the column on a list (n,)."""
        if column not in self.memo:
            self.memo[column] = self.listings.hold(lines.texts[column], self.today)
        held: Bools = self.memo[column]
        return held

    def take(self, rows: Rows) -> "PointInTimeView":
        """What was known of the lines at `rows`."""

        def learned() -> Columns:
            return {name: values[rows] for name, values in self.learned().items()}

        return PointInTimeView(self.today[rows], lambda: self._all()[:, rows], self.names, self.listings, learned)


def see(history: History, lines: Lines, listings: Listings, told: list[State] | None = None) -> PointInTimeView:
    """What the closed days know of these lines; tallies (but for what was `told` of them) and learners are asked when
    first needed."""
    lines = lines.under(history.pseudonym_key)

    def state() -> Floats:
        return spread(told or history.state(history.find(lines)))

    def learned() -> Columns:
        return see_all(history.learners, lines)

    return PointInTimeView(lines.days["entry_date"], state, history.names, listings, learned)


def shrunk(found: Floats, examined: Floats, parent: Floats) -> Floats:
    """Share `found` of `examined` (n,), with WEIGHT examinations more at the rate of `parent` (n,)."""
    return (found + WEIGHT * parent) / (examined + WEIGHT)


@shared
def base_rate(view: PointInTimeView) -> Floats:
    """Share of all known examinations that found Xinjiang inputs (n,); 0 before the first."""
    found, examined = view.count("everything.found.ever"), view.count("everything.examined.ever")
    return np.where(examined > 0, found / np.maximum(examined, 1), 0.0)
