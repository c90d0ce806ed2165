"""Time and memory of a close of the graph at full size: invented ties, hubs among them, all of one period."""

import resource
import time

import numpy as np

from originrisk.data.console import print_table
from originrisk.features.graph.graph import FLOWS, Graph
from originrisk.features.graph.neighbours import table
from originrisk.features.list_match import ListedNames
from originrisk.features.lists import Listings


def main(suppliers: int, ties: int) -> None:
    """Close a period in which each kind of flow has its part of the ties."""
    random, graph = np.random.default_rng(0), Graph()
    keys = random.integers(1, 1 << 63, suppliers, dtype=np.uint64)
    for new in graph._new.values():
        many = ties // len(FLOWS)
        flow = (random.zipf(1.6, many) % (suppliers // 3) + 1).astype(np.uint64)
        of, days = keys[random.integers(0, suppliers, many)], random.integers(18_000, 18_028, many)
        new.append(table(flow * of | np.uint64(1), flow=flow, supplier=of, first=days, last=days, count=1))
    graph._seen.append(table(keys, last=18_020, examined=1, found=keys % 40 == 1))
    graph._start = 18_000
    start = time.perf_counter(), time.process_time()
    graph.close(18_027, Listings({}, ListedNames([])))
    wall, cpu = time.perf_counter() - start[0], time.process_time() - start[1]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    number = sum(len(graph.ties[kind]["key"]) for kind in FLOWS)
    row = f"{len(graph.suppliers['key']):,}", f"{number:,}", f"{wall:.0f}", f"{cpu:.0f}", f"{peak:.1f}"
    print_table("A close of the graph", ("suppliers", "distinct ties", "s", "CPU-s", "GB at the peak"), [row])
