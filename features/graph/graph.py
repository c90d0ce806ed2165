"""The graph as history keeps it: ties of suppliers to flows, dated and counted, closed every PERIOD days.

Lines see the latest close: who was tied to whom by then, whom examinations had found out, who was listed.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np

from originrisk.features.graph.neighbours import (
    OF_GONE,
    OF_OTHERS,
    Circles,
    Facts,
    Table,
    merged,
    row_of,
    table,
)
from originrisk.features.history.keys import hashed, key_of, keys_of
from originrisk.features.history.learner import Arrays, Columns
from originrisk.features.lines import Bools, Codes, Lines, Text
from originrisk.features.lists import Listings

PERIOD: Final = 28
"""Days from one close to the next."""
FLOWS: Final = (
    "importer",
    "seller",
    "consolidator",
    "address",
    "importer*hts6",
    "importer*seller",
    "importer*consolidator",
    "seller*consolidator",
)
_PAIRS: Final = tuple(f"{flow}*supplier" for flow in FLOWS)
_TOLD: Final = (
    *(f"{flow}.others{fact}" for flow in FLOWS for fact in ("", *(f".{fact}" for fact in OF_OTHERS))),
    *(f"{flow}.gone.{fact}" for flow in FLOWS for fact in OF_GONE),
)
"""Columns told of each flow: how many other suppliers, and the sum of each fact of them; those of the ones gone."""
_NAMES: Final = "maker"
"""Suppliers by the maker's name: how they are found on lists."""
WEIGHT: Final = 3
"""Examinations that the general rate counts for, where a supplier's own is shrunk to it."""
UNIT: Final = 1 << 20
"""Suspicion is held in whole multiples of 1 / UNIT."""


class Graph:
    """`ties` of each kind, `suppliers` and which of them are `listed`, as of the latest close on the day `closed`."""

    def __init__(self) -> None:
        self._start, self.closed = -1, -1
        self.ties = {kind: _no_ties() for kind in (*FLOWS, _NAMES)}
        self.suppliers, self.listed = _no_suppliers(), np.zeros(0, np.bool_)
        self._new: dict[str, list[Table]] = {kind: [] for kind in (*FLOWS, _NAMES)}
        self._seen: list[Table] = []
        self._draw()

    def see(self, lines: Lines) -> Columns:
        """For each flow: others around it and what is told of them, and of those whom the supplier may follow."""
        flows, pairs = keys_of(lines, FLOWS + _PAIRS).reshape(2, len(FLOWS), -1)
        sides = self._circles.around(flows, pairs, lines.days["entry_date"])
        told = (column for side in sides for of_kind in side for column in of_kind.T)
        return dict(zip(_TOLD, told, strict=True))

    def learn(self, day: int, lines: Lines, /) -> None:
        """Note the ties of the lines."""
        supplier = key_of(lines, "supplier")
        for kind, new in self._new.items():
            pairs, flow = key_of(lines, f"{kind}*supplier"), key_of(lines, kind)
            new.append(table(pairs, flow=flow, supplier=supplier, first=day, last=day, count=1))
        self._seen.append(table(supplier, last=day, examined=0, found=0))

    def learn_outcomes(self, _day: int, lines: Lines, found: Bools, /) -> None:
        """Note what was found at the suppliers of the lines."""
        self._seen.append(table(key_of(lines, "supplier"), last=0, examined=1, found=found))

    def close(self, day: int, listings: Listings, /) -> None:
        """Every PERIOD days bring in what was learned since."""
        self._start = day if self._start < 0 else self._start
        if (day + 1 - self._start) % PERIOD:
            return
        del self._circles  # what the last close drew is not kept beside the next
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
        facts = _facts(self.suppliers, self.listed)
        ties = [self.ties[kind] for kind in FLOWS]
        self._circles = Circles(ties, self.suppliers, facts, self.closed)

    def arrays(self) -> Arrays:
        """Ties and suppliers at the close and since, and the days of the first and of the latest close."""
        tables = {f"{kind}.closed": ties for kind, ties in self.ties.items()}
        tables |= {f"{kind}.new": merged([_no_ties(), *new]) for kind, new in self._new.items()}
        tables |= {
            "suppliers.closed": self.suppliers,
            "suppliers.new": merged([_no_suppliers(), *self._seen]),
        }
        arrays = {f"{name}.{column}": v for name, of in tables.items() for column, v in of.items()}
        return arrays | {"listed": self.listed, "days": np.array([self._start, self.closed])}

    def hold(self, arrays: Arrays) -> None:
        """Take over saved arrays."""
        self._start, self.closed = arrays["days"].tolist()
        self.ties = {kind: _of(arrays, f"{kind}.closed", _no_ties()) for kind in self.ties}
        self._new = {kind: [_of(arrays, f"{kind}.new", _no_ties())] for kind in self.ties}
        self.suppliers, self.listed = _of(arrays, "suppliers.closed", _no_suppliers()), arrays["listed"]
        self._seen = [_of(arrays, "suppliers.new", _no_suppliers())]
        self._draw()


def _facts(suppliers: Table, listed: Bools) -> Facts:
    """What is told of each supplier, (suppliers,) each; suspicion is the find rate above the general one."""
    examined, found = suppliers["examined"].astype(np.int64), suppliers["found"].astype(np.int64)
    base = found.sum() / max(1, examined.sum())
    excess = np.maximum((found + WEIGHT * base) / (examined + WEIGHT) - base, 0.0)
    told = {"examined": examined, "found": found, "suspicion": np.rint(excess * UNIT), "listed": listed}
    return {name: fact.astype(np.int64) for name, fact in told.items()}


def _no_ties() -> Table:
    none: Codes = np.zeros(0, np.int32)
    return table(none.astype(np.uint64), flow=none, supplier=none, first=none, last=none, count=none)


def _no_suppliers() -> Table:
    none: Codes = np.zeros(0, np.int32)
    return table(none.astype(np.uint64), last=none, examined=none, found=none)


def _of(arrays: Arrays, name: str, like: Table) -> Table:
    return {column: arrays[f"{name}.{column}"] for column in like}


KINDS: Final = tuple(flow for flow in FLOWS if "*" not in flow)
"""What of a line other suppliers may share with it."""


@dataclass(frozen=True, slots=True)
class Tie:
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
    ties: tuple[Tie, ...]


def paths(graph: Graph, line: Lines) -> list[Path]:
    """Paths from one line to suppliers under a cloud, by the latest close: most ties first, then most lines.

    The line's own supplier is left out.
    """
    own = int(key_of(line, "supplier")[0])
    ties: defaultdict[int, list[Tie]] = defaultdict(list)
    for kind in KINDS:
        for supplier, tie in _ties(graph, kind, line):
            ties[supplier].append(tie)
    found = [_path(graph, supplier, tuple(of)) for supplier, of in ties.items() if supplier != own]
    clouded = [path for path in found if path.listed or path.found]
    return sorted(clouded, key=lambda path: (-len(path.ties), -_weight(path), path.supplier))


def _weight(path: Path) -> int:
    return sum(tie.count for tie in path.ties)


def _ties(graph: Graph, kind: str, line: Lines) -> list[tuple[int, Tie]]:
    flow, ties = key_of(line, kind)[0], graph.ties[kind]
    rows = np.flatnonzero((ties["flow"] == flow) & (flow != 0))
    columns = (ties[name][rows].tolist() for name in ("supplier", "first", "last", "count"))
    return [(supplier, Tie(kind, *dated)) for supplier, *dated in zip(*columns, strict=True)]


def _path(graph: Graph, supplier: int, ties: tuple[Tie, ...]) -> Path:
    row = int(np.searchsorted(graph.suppliers["key"], np.uint64(supplier)))
    examined, found = (int(graph.suppliers[name][row]) for name in ("examined", "found"))
    return Path(supplier, bool(graph.listed[row]), examined, found, ties)
