"""What a delivery left out: rejected records and emptied cells, each with file, row, rule and value, and what to do."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from originrisk.data.contract import RULES, TABLES
from originrisk.data.errors import BadInputError, Problem
from originrisk.data.identifiers import importer_number
from originrisk.data.ingest.records import RecordBatch
from originrisk.data.store.tables import Store

PERSONAL: Final = frozenset({"importer_number", "consignee_number"})
MOST_EMPTIED: Final = 10_000
"""Emptied cells that are kept for each rule of a delivery; its counts tell of all."""
_LONGEST: Final = 80
_FORMULA_STARTS: Final = tuple("=+-@\t\r\n＝＋－＠")

# By the beginning of a reason; the first that fits. What is not here is told by the rule of the column.
_STEPS: Final = {
    "missing": "Fill it in at its source, or name another heading for it in the mapping.",
    "wrong check digit": "Correct the number; where numbers are not CBP's, say `check_digit = false` in the mapping.",
    "order of day and month": "Say how dates are written: `dates` in the mapping.",
    "the day depends": "Say whose days count: `zone` in the mapping.",
    "decimal comma": "Say `decimal_comma = true` in the mapping, or count `thousands separators` among the `usual`.",
    "no number with a decimal comma": "Write it with a decimal comma, as the mapping says, or take that key away.",
    "a code in a type": "Export the column as text.",
    "scientific notation": "Export the column as text: the digits are lost.",
    "unknown": "Say what it means under `values` in the mapping.",
    "several countries": "Name one country, or say what it means under `values` in the mapping.",
    "duplicate in": "Keep one of the records; the first was taken.",
    "the same record twice": "Nothing: the first was taken.",
    "another record of it": "Correct the other record of the line.",
    "no record outside chapter 99": "Ask the source for the record of the goods.",
    "bytes of another encoding": "Say which `encoding` in the mapping, or save the file as UTF-8.",
    "too many cells": "Put cells that hold the delimiter into quotes.",
    "too few cells": "Put cells that hold a line break into quotes; a line of totals can stay out.",
    "quoted field": "Double the quotes within a cell.",
    "before": "Correct one of the two dates.",
}


def broken_cells(
    records: RecordBatch, columns: Mapping[str, str], found: Iterable[tuple[int, str, str]], fate: str
) -> Iterator[dict[str, object]]:
    """Rows of FAULTS for (position, column, reason); `columns` gives the heading of each column that a file fills."""
    for position, column, reason in found:
        cells = records.table[columns[column]] if column in columns else None
        value = None if cells is None else cells[position].as_py()
        yield {
            "row_number": int(records.rows[position]),
            "column": column,
            "reason": reason,
            "value": None if value is None else str(value),
            "fate": fate,
        }


def faults(store: Store, **wanted: str | None) -> pa.Table:
    """The faults that are held, with `value` as it may be shown and `what_to_do`.

    `wanted`: for a column, a text that it contains, in any letter case.
    """
    table = store.faults()
    for name, text in wanted.items():
        if text is not None:
            table = table.filter(pc.match_substring(table[name], text, ignore_case=True))
    rows = table.to_pylist()
    for row in rows:
        row["value"] = shown_value(row["column"], row["value"])
        row["what_to_do"] = next_step(row["table_name"], row["column"], row["reason"])
    kept = [name for name in table.column_names if name not in ("file_hash", "delivery")]
    schema = pa.schema([*(table.schema.field(name) for name in kept), ("what_to_do", pa.string())])
    return pa.Table.from_pylist(rows, schema=schema)


def shown_value(column: str, value: str | None) -> str:
    """A cell as it may be shown: an importer number is masked, wherever it stands; a long text is cut."""
    if not value:
        return ""
    if column in PERSONAL or importer_number.form(value):
        return importer_number.mask(value)
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}… ({len(value)} characters)"


def next_step(table: str, column: str, reason: str) -> str:
    """What a person can do about a reason."""
    for beginning, step in _STEPS.items():
        if reason.startswith(beginning):
            return step
    known = column in TABLES[table].names
    return f"Give {RULES[TABLES[table][column].rule]}." if known else "Correct the record at its source."


def export(table: pa.Table, path: Path) -> None:
    """Write faults as CSV, in which no cell runs as a formula, or as Parquet. Raises BadInputError for other names."""
    if path.suffix not in (".csv", ".parquet"):
        raise BadInputError(Problem(str(path), "a name that ends in .csv or .parquet", path.suffix or "no ending"))
    if path.suffix == ".parquet":
        pq.write_table(table, path)
        return
    for place, field in enumerate(table.schema):
        if pa.types.is_string(field.type):
            texts = table[place].to_pylist()
            safe = [f"'{text}" if text and text.startswith(_FORMULA_STARTS) else text for text in texts]
            table = table.set_column(place, field, pa.array(safe, pa.string()))
    pyarrow.csv.write_csv(table, path)
