"""Rings: lines of a day whose suppliers hang together through a seller, a consolidator, an address or an importer."""

from typing import Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from originrisk.features.history.keys import Keys, key_of
from originrisk.features.lines import Lines, Rows

TIES: Final = ("seller", "consolidator", "address", "importer")
SHARED: Final = 6
"""Suppliers behind one party, above which it ties nobody: forwarders and great importers deal with everyone."""


def rings(lines: Lines) -> Rows:
    """Number of the ring of each line (n,), the one met first 0; -1 where its supplier is tied to no other."""
    suppliers, supplier = np.unique(key_of(lines, "supplier"), return_inverse=True)
    pairs = [_pairs(key_of(lines, tie), supplier) for tie in TIES]
    left, right = (np.concatenate([pair[side] for pair in pairs]) for side in (0, 1))
    size = len(suppliers)
    graph = coo_array((np.ones(len(left)), (left, right)), shape=(size, size))
    ring = connected_components(graph, directed=False)[1]
    members = np.bincount(ring, minlength=1)
    tied = (members[ring] > 1) & (suppliers != 0)
    return _in_order(np.where(tied[supplier], ring[supplier], -1))


def _pairs(party: Keys, supplier: Rows) -> tuple[Rows, Rows]:
    """Suppliers of each party that deals with few, one after the other."""
    both = np.unique(np.column_stack([party, supplier.astype(np.uint64)]), axis=0)
    both = both[both[:, 0] != 0]
    _, place, count = np.unique(both[:, 0], return_inverse=True, return_counts=True)
    both = both[count[place] <= SHARED]
    same = both[1:, 0] == both[:-1, 0]
    return both[:-1, 1][same].astype(np.intp), both[1:, 1][same].astype(np.intp)


def _in_order(ring: Rows) -> Rows:
    found, first, place = np.unique(ring, return_index=True, return_inverse=True)
    first = np.where(found < 0, -1, first)
    rank = np.argsort(np.argsort(first)) - int((found < 0).any())
    return rank[place]
