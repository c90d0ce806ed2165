"""What each line should see of the graph, by plain loops over the lines that were closed before its day."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from originrisk.features.graph.graph import FACTS, FLOWS, PERIOD
from originrisk.features.history.arrays import history_of, named_arrays
from originrisk.features.history.keys import key_of
from originrisk.features.history.learner import Columns, Learners
from originrisk.features.history.replay import Outcomes, replay
from originrisk.features.history.state import History
from originrisk.features.lines import Lines
from originrisk.features.lists import Listings
from originrisk.features.names import company_key


@dataclass
class Supplier:
    """What a close knows of a supplier."""

    examined: int = 0
    found: int = 0
    listed: int = 0


class Oracle:
    """The closed world of a replay, recomputed for every line from nothing."""

    def __init__(self, entries: pa.Table, results: pa.Table, listings: Listings) -> None:
        self.lines = lines = Lines.of(entries)
        self.outcomes, self.listings = Outcomes.of(lines, results), listings
        self.day = lines.days["entry_date"]
        self.learned = np.maximum(self.day, lines.days["received_on"])
        self.known = np.maximum(self.outcomes.day, self.learned[self.outcomes.rows])
        self.supplier = key_of(lines, "supplier")
        self.name = [company_key(name) for name in lines.texts["manufacturer_name"].cells()]

    def closed(self, row: int) -> int:
        """The last close before the day of a line; before the first line where there is none."""
        start = int(self.day.min())
        return start + (int(self.day[row]) - start) // PERIOD * PERIOD - 1

    def suppliers(self, closed: int) -> dict[int, Supplier]:
        found: dict[int, Supplier] = {}
        for row in np.flatnonzero((self.learned <= closed) & (self.supplier != 0)):
            one = found.setdefault(int(self.supplier[row]), Supplier())
            intervals = self.listings.seen.get(self.name[row], ())
            one.listed |= any(start < closed + 1 < end for start, end in intervals)
        for row, was_found in self._examined(closed):
            one = found.setdefault(int(self.supplier[row]), Supplier())
            one.examined, one.found = one.examined + 1, one.found + was_found
        return found

    def _examined(self, closed: int) -> Iterator[tuple[int, int]]:
        for row, day, told in zip(self.outcomes.rows, self.known, self.outcomes.told, strict=True):
            if day <= closed and self.supplier[row] and told[0]:
                yield int(row), int(told[1])

    def sees(self, row: int, kind: str) -> dict[str, int]:
        """Sums over the other suppliers around a line."""
        closed, flow, own = self.closed(row), key_of(self.lines, kind), int(self.supplier[row])
        suppliers = self.suppliers(closed)
        tied = (self.learned <= closed) & (flow == flow[row]) & (flow != 0) & (self.supplier != 0)
        others = [one for key, one in suppliers.items() if key in {*self.supplier[tied].tolist()} - {own}]
        return {f"{kind}.{fact}": sum(getattr(one, fact) for one in others) for fact in FACTS}

    def assert_seen(self, columns: Columns) -> None:
        """Every line of the replay saw just that."""
        for kind in FLOWS:
            for row in range(self.lines.size):
                for name, expected in self.sees(row, kind).items():
                    seen = columns[f"graph.{name}"][row]
                    assert seen == expected, f"line {row}: {name} is {seen}, not {expected}"


def replayed(lines: Lines, outcomes: Outcomes, listings: Listings, learners: Learners, *stops: int) -> Columns:
    """What each line saw, saved and loaded at each stop."""
    history, last = History(learners=learners), int(lines.days["entry_date"].max())
    columns: Columns = {}
    for stop in (*stops, last):
        for seen in replay(history, lines, outcomes, stop, listings):
            for name, values in seen.view.learned().items():
                columns.setdefault(name, np.full(lines.size, np.nan))[seen.rows] = values
        history = history_of(dict(named_arrays(history)), stop, learners=learners)
    return columns
