"""What stands in each column of a delivery: types, empty cells, examples, and how far its codes are known."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from originrisk.data import reference
from originrisk.data.contract import Table
from originrisk.data.ingest.check import Checked
from originrisk.data.ingest.faults import shown_value
from originrisk.data.ingest.records import RecordBatch
from originrisk.data.ingest.repair import as_text

EXAMPLES: Final = 3
# Kinds of text by their form, the first that fits.
_FORMS: Final = {
    "whole number": r"^\s*[+-]?\d+\s*$",
    "decimal number": r"^\s*[+-]?[\d., ']*\d[.,]\d+\s*$",
    "date": r"^\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?\s*$",
    "true or false": r"^(?i)\s*(true|false)\s*$",
}


@dataclass
class ColumnProfile:
    """A heading of the files: the column that it fills, if any, and what its cells are."""

    heading: str
    column: str = ""
    cells: int = 0
    empty: int = 0
    understood: int = 0
    known: int | None = None
    types: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)


class DeliveryProfile:
    """The profile of a delivery's headings, added up over its files.

    Of a heading that fills no column no example is shown: it may hold anything.
    """

    HEADS = ("heading", "fills", "cells", "empty", "understood", "codes known", "types", "examples")

    def __init__(self, table: Table) -> None:
        self._table = table
        self.columns: dict[str, ColumnProfile] = {}

    def add(self, records: RecordBatch, checked: Checked, columns: Mapping[str, str]) -> None:
        """Count some records; `columns` gives the heading of each column that they fill."""
        of_heading = {heading: column for column, heading in columns.items()}
        for heading in records.table.column_names:
            column = of_heading.get(heading, "")
            found = self.columns.setdefault(heading, ColumnProfile(heading, column))
            cells = records.table[heading].combine_chunks()
            texts = as_text(cells)
            given = texts.filter(pc.not_equal(pc.utf8_trim_whitespace(texts.fill_null("")), ""))
            found.cells += len(cells)
            found.empty += len(cells) - len(given)
            found.types += _types(cells.type, given)
            if column:
                self._judge(found, given, checked.table[column])

    def _judge(self, found: ColumnProfile, given: pa.Array, values: pa.ChunkedArray) -> None:
        """How many of the cells were understood and are codes of a table, and what they look like."""
        found.understood += len(values) - values.null_count
        codes = _codes(self._table[found.column].rule)
        if codes is not None:
            found.known = (found.known or 0) + (pc.sum(pc.is_in(values, codes)).as_py() or 0)
        for text in given.unique().slice(0, EXAMPLES).to_pylist():
            shown = shown_value(found.column, text)
            if len(found.examples) < EXAMPLES and shown not in found.examples:
                found.examples.append(shown)

    def as_list(self) -> list[dict[str, Any]]:
        """A row for each heading, for JSON."""
        return [{**vars(one), "types": dict(one.types.most_common())} for one in self.columns.values()]

    def rows(self) -> Iterable[tuple[object, ...]]:
        """A row for each heading under HEADS, for people."""
        for one in self.columns.values():
            types = ", ".join(f"{name} {count:,}" for name, count in one.types.most_common())
            known = "" if one.known is None else f"{one.known:,}"
            yield (
                one.heading,
                one.column,
                one.cells,
                one.empty,
                one.understood,
                known,
                types,
                " | ".join(one.examples),
            )


def _types(kind: pa.DataType, given: pa.Array) -> Counter[str]:
    if not pa.types.is_string(kind):
        return Counter({str(kind): len(given)} if len(given) else {})
    found: Counter[str] = Counter()
    for name, form in _FORMS.items():
        fits = pc.match_substring_regex(given, form)
        found[name] += pc.sum(fits).as_py() or 0
        given = given.filter(pc.invert(fits))
    found["text"] += len(given)
    return +found


@cache
def _codes(rule: str) -> pa.Array | None:
    """The codes that a table of reference has for a rule; None where it has none."""
    known = {
        "country": lambda: [row.alpha_2 for row in reference.countries()],
        "unit": lambda: [row.code for row in reference.units()],
        "schedule d": lambda: [row.code for row in reference.us_ports()],
        "schedule k": lambda: [row.code for row in reference.foreign_ports()],
    }
    return pa.array(known[rule](), pa.string()) if rule in known else None
