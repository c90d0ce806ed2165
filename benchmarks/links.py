"""The graph: time and memory of a close at full size.

    python -m benchmarks.links [--suppliers 1000000] [--ties 10000000]

Invented ties, hubs among them, all of one period.
"""

import argparse
import resource
import time

import numpy as np

from features.graph.graph import FLOWS, Graph
from features.graph.tables import table
from features.listed_names import ListedNames
from features.lists import Listings


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
    start = time.perf_counter()
    graph.close(18_027, Listings({}, ListedNames([])))
    spent, peak = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    number = sum(len(graph.ties[kind]["key"]) for kind in FLOWS)
    print(
        f"{len(graph.suppliers['key']):,} suppliers, {number:,} distinct ties: {spent:.0f} s, {peak:.1f} GB"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--suppliers", type=int, default=1_000_000)
    parser.add_argument("--ties", type=int, default=10_000_000)
    given = parser.parse_args()
    main(given.suppliers, given.ties)
