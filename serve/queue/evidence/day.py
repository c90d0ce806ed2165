"""One day's lines as the queue shows them: what was declared, what the night said, and what groups and filters need."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from originrisk.data.contract import EPOCH
from originrisk.data.reference.orders import instruments_on
from originrisk.data.reference.table import known
from originrisk.features.declared import families
from originrisk.features.history.keys import Keys, join, key_of
from originrisk.features.lines import Lines, Rows
from originrisk.serve.queue.evidence.store_reader import StoreReader
from originrisk.serve.scoring.ranking import LOT

TIES: Final = ("seller", "consolidator", "address", "importer")
WIDELY_SHARED: Final = 6
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
    both = both[count[place] <= WIDELY_SHARED]
    same = both[1:, 0] == both[:-1, 0]
    return both[:-1, 1][same].astype(np.intp), both[1:, 1][same].astype(np.intp)


def parties(lines: Lines) -> Rows:
    """Number of each line's supplier (n,), -1 for none: lines that share a MID, or a name in one country, have one."""
    named = join(key_of(lines, "maker"), key_of(lines, "origin"))
    mids, mid = np.unique(key_of(lines, "mid"), return_inverse=True)
    names, name = np.unique(named, return_inverse=True)
    both = np.flatnonzero((mids[mid] != 0) & (named != 0))
    size = len(mids) + len(names)
    graph = coo_array((np.ones(len(both)), (mid[both], len(mids) + name[both])), shape=(size, size))
    party = connected_components(graph, directed=False)[1]
    own = np.where(mids[mid] != 0, party[mid], party[len(mids) + name])
    return np.where((mids[mid] != 0) | (named != 0), own, -1)


def _in_order(ring: Rows) -> Rows:
    """The same groups, numbered as they are met; -1 stays."""
    found, first, place = np.unique(ring, return_index=True, return_inverse=True)
    first = np.where(found < 0, -1, first)
    rank = np.argsort(np.argsort(first)) - int((found < 0).any())
    return rank[place]


TOLD: Final = 3
"""Reasons that stand with a line in the queue; the line page has all."""
_SCORED: Final = f"""
SELECT s.entry_number, s.line_number, e.entry_date, s.place, s.selection, s.probability, s.model_version,
       CASE WHEN s.selection IS DISTINCT FROM '{LOT}'
            THEN row_number() OVER (PARTITION BY s.selection IS NOT DISTINCT FROM '{LOT}' ORDER BY s.rank) END AS rank,
       s.history_date, s.selection_probability, s.summary, list_transform(s.flags, lambda one: one.text) AS flags,
       list_transform(s.flags, lambda one: one.flag) AS flagged,
       list_transform(s.reasons[1:{TOLD}], lambda one: one.text) AS reasons,
       e.quantity, e.unit_of_measure, e.gross_weight_kg, e.country_of_export, e.port_of_lading,
       e.port_of_entry, e.htsus, e.country_of_origin, e.manufacturer_id, e.manufacturer_name, e.manufacturer_address,
       e.seller_name, e.consolidator_name, e.importer_number, e.entered_value_usd, e.description
FROM {{scores}} AS s JOIN {{entries}} AS e USING (entry_number, line_number)
WHERE s.entry_date = $1 AND e.entry_date = $1
ORDER BY s.place NULLS LAST, s.rank
"""
"""Ranks are among lines that were not drawn by lot: a gap would tell the score of one that was."""


@dataclass(frozen=True, slots=True)
class Day:
    """The scored lines of a day in the order of the queue, those without a place after it by rank.

    Beside declared and scored columns: `importer` by its alias, `heading` (four digits of HTSUS), `programmes` (orders
    on the goods), `new_supplier`, `words` to search, and numbers that are equal within a group, -1 for none:
    `by_supplier`, `by_importer`, `by_ring`.
    `unscored` counts lines of the day that came after its night.
    """

    day: date
    lines: pa.Table
    unscored: int
    memo: dict[Any, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, reader: StoreReader, day: date) -> "Day":
        """The day as the reader has it."""
        scored = reader.sql(_SCORED, [day])
        all_of_day = "SELECT count(*) AS n FROM {entries} WHERE entry_date = $1"
        received = int(reader.sql(all_of_day, [day])["n"][0].as_py())
        lines = Lines.of(scored.drop_columns(["reasons", "flags", "flagged"]))
        suppliers, importers = key_of(lines, "supplier"), key_of(lines, "importer")
        numbers = scored["importer_number"].combine_chunks().dictionary_encode()
        aliases = pa.array(map(reader.alias, numbers.dictionary.to_pylist()), pa.string()).take(numbers.indices)
        sought = [pc.fill_null(one, "") for one in (*(scored[name] for name in SOUGHT), aliases)]
        codes = families(lines)
        orders = {int(code): programmes(int(code), day) for code in np.unique(codes)}
        known_before = reader.suppliers.first_known(suppliers) < (day - EPOCH).days
        columns = {
            "importer": aliases,
            "heading": pc.utf8_slice_codeunits(scored["htsus"], 0, 4),
            "programmes": pa.array([orders[code] for code in codes.tolist()], pa.list_(pa.string())),
            "new_supplier": pa.array(~known_before & (suppliers != 0)),
            "words": pc.utf8_lower(pc.binary_join_element_wise(*sought, " ")),
            "by_supplier": pa.array(_in_order(parties(lines))),
            "by_importer": pa.array(
                _in_order(np.where(importers == 0, -1, np.unique(importers, return_inverse=True)[1]))
            ),
            "by_ring": pa.array(rings(lines)),
        }
        for name, column in columns.items():
            scored = scored.append_column(name, column)
        return cls(day, scored.drop_columns(["importer_number"]).combine_chunks(), received - len(scored))


SOUGHT: Final = (
    "entry_number", "manufacturer_id", "manufacturer_name", "seller_name", "consolidator_name", "htsus",
    "description",
)  # fmt: skip
"""Columns whose words the queue is searched for, beside the importer's alias."""


def programmes(family: int, day: date) -> list[str]:
    """Orders, acts and priority sectors on goods of the family (code) that a line of the day sees."""
    return [row.instrument for row in known(instruments_on(family), day) if row.valid_from <= day]
