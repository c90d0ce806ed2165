"""Records of a source to rows of a table: every cell judged, every broken rule named, records of a line folded."""

from collections import Counter
from collections.abc import Mapping as Map
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from originrisk.data.contract import ARROW_TYPES, ENTRIES, LABELS, Column, Table
from originrisk.data.ingest.mapping import Mapping
from originrisk.data.ingest.parsers import WRONG_PAGE
from originrisk.data.ingest.records import RecordBatch
from originrisk.data.ingest.repair import ColumnCheck
from originrisk.data.reference import legal_dates, units

Fate = Literal["repaired", "emptied", "rejected", "told"]
"""What a rule did with a cell: made it right, left it out, rejected its record with it, or kept it as it is."""


@dataclass(frozen=True, slots=True)
class Checked:
    """Records after their check: a row of the table for each, and of rows by position why they are broken.

    `rules` counts, as "column: rule", repairs made, optional cells emptied, and required cells broken. `absorbed`
    rows are whole, but part of another row's line. `labels` counts, by column, the words of labels that nobody knows.
    `emptied` are the optional cells that became null: rule by column and row. `fates` says what each rule did.
    """

    table: pa.Table
    reasons: dict[int, list[str]]
    repaired: NDArray[np.bool_]
    rules: Counter[str]
    absorbed: NDArray[np.bool_]
    labels: dict[str, Counter[str]] = field(default_factory=dict)
    emptied: dict[str, dict[int, str]] = field(default_factory=dict)
    fates: dict[str, Fate] = field(default_factory=dict)

    def count(self, fate: Fate, rules: Map[str, int]) -> None:
        """Count what rules did in so many cells."""
        self.rules.update(rules)
        self.fates.update(dict.fromkeys(rules, fate))

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
            column.name: ColumnCheck(column, self._mapping, check_digit=mapping.check_digit, delimiter=delimiter)
            for column in table.columns
        }
        self._units = pa.array([unit.code for unit in units()])

    def __call__(self, records: RecordBatch, sources: Map[str, str]) -> Checked:
        """Judge every record."""
        none = np.zeros(len(records.rows), bool)
        checked = Checked(self._table.schema.empty_table(), {}, none.copy(), Counter(), none)
        arrays = [self._column(column, records, sources, checked) for column in self._table.columns]
        table = self._completed(pa.table(arrays, schema=self._table.schema), checked)
        return replace(checked, table=table)

    def _column(self, column: Column, records: RecordBatch, sources: Map[str, str], checked: Checked) -> pa.Array:
        """The column's values; what is wrong or repaired goes into `checked`."""
        typed = records.typed.get(sources.get(column.name, ""))
        if column.name in sources:
            cells = records.table[sources[column.name]].combine_chunks()
        else:
            constant = self._mapping.constants.get(column.name)
            if constant is None and not column.required:
                return pa.nulls(len(records.rows), ARROW_TYPES[column.type])
            cells = pa.repeat(pa.scalar(constant, pa.string()), len(records.rows))
        judged = self._columns[column.name](cells, typed)
        for repair, n in judged.repairs.items():
            fate: Fate = "told" if repair == WRONG_PAGE else "repaired"
            checked.count(fate, {f"{column.name}: {repair}": n})
        checked.repaired[judged.repaired] = True
        if column.rule in LABELS and judged.broken:
            checked.labels[column.name] = judged.broken
        if column.required:
            missing = np.flatnonzero(np.asarray(judged.values.is_null())).tolist()
            _reject(column.name, {row: judged.reasons.get(row, "missing") for row in missing}, checked)
        elif column.name in self._table.never_emptied or column.rule in LABELS:
            _reject(column.name, judged.reasons, checked)
        elif judged.reasons:  # the row stays, and counts as repaired
            checked.repaired[list(judged.reasons)] = True
            checked.emptied[column.name] = dict(judged.reasons)
            checked.count("emptied", Counter(f"{column.name}: {why}" for why in judged.reasons.values()))
        return judged.values

    def _completed(self, table: pa.Table, checked: Checked) -> pa.Table:
        """Defaults, and the rules that look at more than one cell of a row."""
        for name, source in self._table.defaults:
            place = table.schema.get_field_index(name)
            filled = pc.coalesce(table[name], table[source])
            table = table.set_column(place, table.schema.field(place), filled)
        for early, late in self._table.in_order:
            wrong = np.flatnonzero(np.asarray(pc.less(table[late], table[early]).fill_null(False))).tolist()
            _reject(late, dict.fromkeys(wrong, f"before {early}"), checked)
        # what stays as it is and should be known: units that no table has, and entry type 86 after its end
        told = {
            f"{column.name}: {STRANGE_UNIT}": pc.invert(
                pc.is_in(pc.coalesce(table[column.name], pa.scalar("X")), self._units)
            )
            for column in self._table.columns
            if column.rule == "unit"
        }
        if self._table.name == ENTRIES.name:
            ends = {row.instrument: pa.scalar(row.day) for row in legal_dates() if row.scope == "de_minimis"}
            of_china = pc.is_in(table["country_of_origin"], pa.array(["CN", "HK"]))
            ended = pc.if_else(of_china, ends["EO 14256"], ends["EO 14324"])
            late = pc.greater_equal(table["entry_date"], ended)
            told[f"entry_type: {TYPE_86_ENDED}"] = pc.and_(pc.equal(table["entry_type"], "86"), late)
        checked.count("told", {rule: count for rule, mask in told.items() if (count := pc.sum(mask).as_py())})
        for group in self._table.one_of:
            if not set(group) <= set(self._mapping.waived):
                empty = np.logical_and.reduce([np.asarray(table[name].is_null()) for name in group])
                _reject(" or ".join(group), dict.fromkeys(np.flatnonzero(empty).tolist(), "missing"), checked)
        return table


STRANGE_UNIT = "a unit of no table, compared with itself alone"
TYPE_86_ENDED = "86 after the day on which it ended"


def _reject(where: str, reasons: Map[int, str], checked: Checked) -> None:
    for row, reason in reasons.items():
        checked.reasons.setdefault(row, []).append(f"{where}: {reason}")
    checked.count("rejected", Counter(f"{where}: {reason}" for reason in reasons.values()))
