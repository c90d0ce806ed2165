"""Evidence: the ties through which a line reaches suppliers that are listed or at which inputs were found."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np

from originrisk.features.graph.graph import FLOWS, Graph
from originrisk.features.keys import key_of
from originrisk.features.lines import Lines

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
