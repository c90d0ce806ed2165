"""Records of a source to rows of a table: every cell judged, every broken rule named, records of a line folded."""

from collections import Counter
from collections.abc import Mapping as Map
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from originrisk.data.contract import LABELS, LINE_KEY, Column, Table
from originrisk.data.ingest.mapping import Mapping
from originrisk.data.ingest.records import Records
from originrisk.data.ingest.repair import ColumnCheck


@dataclass(frozen=True, slots=True)
class Checked:
    """Records after their check: a row of the table for each, and of rows by position why they are broken.

    `rules` counts, as "column: rule", repairs made, optional cells emptied, and required cells broken. `absorbed`
    rows are whole, but part of another row's line. `labels` counts, by column, the words of labels that nobody knows.
    """

    table: pa.Table
    reasons: dict[int, list[str]]
    repaired: NDArray[np.bool_]
    rules: Counter[str]
    absorbed: NDArray[np.bool_]
    labels: dict[str, Counter[str]] = field(default_factory=dict)

    @property
    def whole(self) -> NDArray[np.bool_]:
        """Rows without a broken rule."""
        mask = np.ones(self.table.num_rows, bool)
        mask[list(self.reasons)] = False
        return mask


class Checks:
    """The checks of one table for one mapping and the delimiter of a file.

    `sources` gives the heading of each column that the file fills.
    """

    def __init__(self, table: Table, mapping: Mapping, delimiter: str = ",") -> None:
        self._table = table
        self._mapping = mapping.table(table.name)
        self._columns = {
            column.name: ColumnCheck(
                column, self._mapping, check_digit=mapping.check_digit, delimiter=delimiter
            )
            for column in table.columns
        }

    def __call__(self, records: Records, sources: Map[str, str]) -> Checked:
        """Judge every record."""
        none = np.zeros(len(records.rows), bool)
        checked = Checked(self._table.schema.empty_table(), {}, none.copy(), Counter(), none)
        arrays = [self._column(column, records, sources, checked) for column in self._table.columns]
        table = self._completed(pa.table(arrays, schema=self._table.schema), checked)
        return replace(checked, table=table)

    def _column(self, column: Column, records: Records, sources: Map[str, str], checked: Checked) -> pa.Array:
        """The column's values; what is wrong or repaired goes into `checked`."""
        judged = self._columns[column.name](self._cells(column, records, sources))
        for repair, count in judged.repairs.items():
            checked.rules[f"{column.name}: {repair}"] += count
        checked.repaired[judged.repaired] = True
        if column.rule in LABELS and judged.broken:
            checked.labels[column.name] = judged.broken
        if column.required:
            missing = np.flatnonzero(np.asarray(judged.values.is_null())).tolist()
            _reject(column.name, {row: judged.reasons.get(row, "missing") for row in missing}, checked)
        elif column.name in self._table.never_emptied:
            _reject(column.name, judged.reasons, checked)
        else:
            _empty(column.name, judged.reasons, checked)
        return judged.values

    def _cells(self, column: Column, records: Records, sources: Map[str, str]) -> pa.Array:
        count = len(records.rows)
        if column.name in sources:
            return records.table[sources[column.name]].combine_chunks()
        constant = self._mapping.constants.get(column.name)
        return pa.repeat(pa.scalar(constant, pa.string()), count)

    def _completed(self, table: pa.Table, checked: Checked) -> pa.Table:
        """Defaults, and the rules that look at more than one cell of a row."""
        for name, source in self._table.defaults:
            table = _with(table, name, pc.coalesce(table[name], table[source]))
        for early, late in self._table.in_order:
            wrong = np.flatnonzero(np.asarray(pc.less(table[late], table[early]).fill_null(False))).tolist()
            _reject(late, dict.fromkeys(wrong, f"before {early}"), checked)
        for group in self._table.one_of:
            if not set(group) <= set(self._mapping.waived):
                empty = np.logical_and.reduce([np.asarray(table[name].is_null()) for name in group])
                _reject(" or ".join(group), dict.fromkeys(np.flatnonzero(empty).tolist(), "missing"), checked)
        return table


def _reject(where: str, reasons: Map[int, str], checked: Checked) -> None:
    for row, reason in reasons.items():
        checked.reasons.setdefault(row, []).append(f"{where}: {reason}")
    checked.rules.update(f"{where}: {reason}" for reason in reasons.values())


def _empty(where: str, reasons: Map[int, str], checked: Checked) -> None:
    """Optional cells that became null: the row stays, and counts as repaired."""
    checked.repaired[list(reasons)] = True
    checked.rules.update(f"{where}: {reason}" for reason in reasons.values())


def _with(table: pa.Table, name: str, values: pa.ChunkedArray) -> pa.Table:
    index = table.schema.get_field_index(name)
    return table.set_column(index, table.schema.field(index), values)


ADDITIONAL_DUTIES = "99"
_KEY = list(LINE_KEY)


def fold(checked: Checked, order: pa.Array, *, sums: bool) -> Checked:
    """Fold records of one line into its first outside chapter 99 (additional duties), by their `order` within it.

    With `sums`, the line's value is the sum over its records outside chapter 99. A record that repeats an order is
    a duplicate. A line with a broken record, or with none outside chapter 99, is rejected whole: half of a line's
    value would be a wrong value.
    """
    frame = _frame(checked, order)
    reasons = {row: list(texts) for row, texts in checked.reasons.items()}
    _reject_records(frame, frame.duplicated([*_KEY, "order"]), "line: the same record twice", reasons)
    again = frame.index.isin(list(reasons)) & ~frame["broken"]
    frame = frame[frame[_KEY].notna().all(axis=1) & ~again]  # a record without a key is part of no line
    lines = frame.groupby(_KEY)
    spoilt, goods = lines["broken"].transform("any"), lines["goods"].transform("any")
    _reject_records(frame, spoilt & ~frame["broken"], "line: another record of it is rejected", reasons)
    _reject_records(frame, ~goods & ~spoilt, "line: no record outside chapter 99", reasons)
    whole = frame[goods & ~spoilt]
    first = whole[whole["goods"]].sort_values(["order", "row"]).groupby(_KEY).head(1)
    absorbed = np.zeros(len(checked.absorbed), bool)
    absorbed[whole["row"].to_numpy()] = True
    absorbed[first["row"].to_numpy()] = False
    table = _summed(checked.table, whole, first) if sums else checked.table
    rules = checked.rules + _new_rules(reasons, checked)
    return replace(checked, table=table, reasons=reasons, rules=rules, absorbed=absorbed)


def _frame(checked: Checked, order: pa.Array) -> pd.DataFrame:
    frame: pd.DataFrame = checked.table.select(_KEY).to_pandas()
    frame["row"] = np.arange(len(frame))
    frame["order"] = pd.to_numeric(order.to_pandas(), errors="coerce")
    frame["goods"] = np.asarray(
        pc.not_equal(pc.utf8_slice_codeunits(checked.table["htsus"], 0, 2), ADDITIONAL_DUTIES)
    )
    frame["value"] = checked.table["entered_value_usd"].to_numpy()
    frame["broken"] = ~checked.whole
    return frame


def _reject_records(
    frame: pd.DataFrame, mask: "pd.Series[bool]", reason: str, reasons: dict[int, list[str]]
) -> None:
    for row in frame.loc[mask, "row"].tolist():
        reasons.setdefault(row, []).append(reason)


def _summed(table: pa.Table, whole: pd.DataFrame, first: pd.DataFrame) -> pa.Table:
    goods = whole[whole["goods"]]
    sums = goods.groupby(_KEY)["value"].transform("sum")
    rows = first["row"].to_numpy()
    values = table["entered_value_usd"].to_numpy().copy()
    values[rows] = sums.loc[first.index].to_numpy()
    index = table.schema.get_field_index("entered_value_usd")
    return table.set_column(index, table.schema.field(index), pa.array(values))


def _new_rules(reasons: dict[int, list[str]], checked: Checked) -> Counter[str]:
    return Counter(
        text for row, texts in reasons.items() for text in texts if text not in checked.reasons.get(row, ())
    )
