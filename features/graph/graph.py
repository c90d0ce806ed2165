"""The graph as history keeps it: ties of suppliers to flows, dated and counted, closed every PERIOD days.

Lines see the latest close: who was tied to whom by then, whom examinations had found out, who was listed.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np

from originrisk.features.graph.neighbours import NeighbourIndex, Table, empty, merged, row_of, table
from originrisk.features.history.keys import Keys, hashed, key_of
from originrisk.features.history.learner import Arrays, Columns
from originrisk.features.history.tallies import OUTCOME_MEASURES
from originrisk.features.lines import Bools, Lines, Text
from originrisk.features.lists import Listings

PERIOD: Final = 28
"""Days from one close to the next."""
FLOWS: Final = ("importer", "seller", "consolidator", "address")
"""What of a line other suppliers may share with it."""
FACTS: Final = ("examined", "found", "listed")
"""What lines see of the neighbours in each flow: sums over them."""
_NAMES: Final = "maker"
"""Suppliers by the maker's name: how they are found on lists."""
_TIE: Final = ("flow", "supplier", "first", "last", "count")
_SUPPLIER: Final = ("last", "examined", "found")


class Graph:
    """`ties` of each kind, `suppliers` and which of them are `listed`, as of the latest close on the day `closed`."""

    def __init__(self) -> None:
        self._start, self.closed = -1, -1
        self.ties = {kind: empty(*_TIE) for kind in (*FLOWS, _NAMES)}
        self.suppliers, self.listed = empty(*_SUPPLIER), np.zeros(0, np.bool_)
        self._new: dict[str, list[Table]] = {kind: [] for kind in self.ties}
        self._seen: list[Table] = []
        self._draw()

    def see(self, lines: Lines) -> Columns:
        """For each flow, FACTS of the other suppliers in it, as `flow.fact`."""
        told = {flow: self._index[flow].others(*_keys(lines, flow)) for flow in FLOWS}
        return {f"{flow}.{fact}": values for flow in FLOWS for fact, values in zip(FACTS, told[flow].T, strict=True)}

    def learn(self, day: int, lines: Lines, /) -> None:
        """Note the ties of the lines."""
        supplier = key_of(lines, "supplier")
        for kind, new in self._new.items():
            flow, pairs = _keys(lines, kind)
            new.append(table(pairs, flow=flow, supplier=supplier, first=day, last=day, count=1))
        self._seen.append(table(supplier, last=day, examined=0, found=0))

    def learn_outcomes(self, _day: int, lines: Lines, told: Bools, /) -> None:
        """Note what was found at the suppliers of the lines."""
        examined, found = (told[:, OUTCOME_MEASURES.index(name)] for name in ("examined", "found"))
        self._seen.append(table(key_of(lines, "supplier"), last=0, examined=examined, found=found))

    def close(self, day: int, listings: Listings, /) -> None:
        """Every PERIOD days bring in what was learned since."""
        self._start = day if self._start < 0 else self._start
        if (day + 1 - self._start) % PERIOD:
            return
        for kind in self.ties:
            self.ties[kind] = merged([self.ties[kind], *self._new.pop(kind)])
        self.suppliers = merged([self.suppliers, *self._seen])
        self._new, self._seen, self.closed = {kind: [] for kind in self.ties}, [], day
        self.listed = self._listed_on(day + 1, listings)
        self._draw()

    def _listed_on(self, day: int, listings: Listings) -> Bools:
        """Which suppliers lines of a day see listed, by the name of a maker."""
        held = [name for name, seen in listings.seen.items() if any(start < day < end for start, end in seen)]
        keys = hashed(Text(np.arange(len(held), dtype=np.int32), np.array([*held, ""], dtype=object)[:-1]))
        names = self.ties[_NAMES]
        listed = np.zeros(len(self.suppliers["key"]), np.bool_)
        listed[row_of(self.suppliers["key"], names["supplier"][np.isin(names["flow"], keys)])] = True
        return listed

    def _draw(self) -> None:
        facts = np.column_stack([self.suppliers["examined"], self.suppliers["found"], self.listed])
        self._index = {
            flow: NeighbourIndex(self.ties[flow], self.suppliers["key"], facts.astype(np.int64)) for flow in FLOWS
        }

    def arrays(self) -> Arrays:
        """Ties and suppliers at the close and since, and the days of the first and of the latest close."""
        tables = {f"{kind}.closed": ties for kind, ties in self.ties.items()}
        tables |= {f"{kind}.new": merged([empty(*_TIE), *new]) for kind, new in self._new.items()}
        tables |= {"suppliers.closed": self.suppliers, "suppliers.new": merged([empty(*_SUPPLIER), *self._seen])}
        arrays = {f"{name}.{column}": v for name, of in tables.items() for column, v in of.items()}
        return arrays | {"listed": self.listed, "days": np.array([self._start, self.closed])}

    def hold(self, arrays: Arrays) -> None:
        """Take over saved arrays."""

        def held(name: str, *columns: str) -> Table:
            return {column: arrays[f"{name}.{column}"] for column in ("key", *columns)}

        self._start, self.closed = arrays["days"].tolist()
        self.ties = {kind: held(f"{kind}.closed", *_TIE) for kind in self.ties}
        self._new = {kind: [held(f"{kind}.new", *_TIE)] for kind in self.ties}
        self.suppliers, self.listed = held("suppliers.closed", *_SUPPLIER), arrays["listed"]
        self._seen = [held("suppliers.new", *_SUPPLIER)]
        self._draw()


@dataclass(frozen=True, slots=True)
class DatedTie:
    """A supplier's lines with one of the line's own parties or its address: days since 1970, and how many."""

    kind: str
    first: int
    last: int
    count: int


@dataclass(frozen=True, slots=True)
class Path:
    """All ties, each through another party, by which a line reaches one supplier; what is known of it."""

    supplier: int
    listed: bool
    examined: int
    found: int
    ties: tuple[DatedTie, ...]

    @property
    def order(self) -> tuple[int, int, int]:
        """Most ties first, then most lines."""
        return -len(self.ties), -sum(tie.count for tie in self.ties), self.supplier


def paths(graph: Graph, line: Lines) -> list[Path]:
    """Paths from one line to suppliers that are listed or at which inputs were found, by the latest close, in order.

    The line's own supplier is left out.
    """
    ties: defaultdict[int, list[DatedTie]] = defaultdict(list)
    for kind in FLOWS:
        flow, dated = key_of(line, kind)[0], graph.ties[kind]
        rows = np.flatnonzero((dated["flow"] == flow) & (flow != 0))
        columns = (dated[name][rows].tolist() for name in ("supplier", "first", "last", "count"))
        for supplier, *of_tie in zip(*columns, strict=True):
            ties[supplier].append(DatedTie(kind, *of_tie))
    ties.pop(int(key_of(line, "supplier")[0]), None)
    found: list[Path] = []
    for supplier, of in ties.items():
        row = int(np.searchsorted(graph.suppliers["key"], np.uint64(supplier)))
        examined, finds = (int(graph.suppliers[name][row]) for name in ("examined", "found"))
        found.append(Path(supplier, bool(graph.listed[row]), examined, finds, tuple(of)))
    return sorted((path for path in found if path.listed or path.found), key=lambda path: path.order)


def _keys(lines: Lines, flow: str) -> tuple[Keys, Keys]:
    return key_of(lines, flow), key_of(lines, f"{flow}*supplier")
