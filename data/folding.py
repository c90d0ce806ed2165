"""Several records of a source that make one line: one stands for it, the others are absorbed into it."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from originrisk.data.checks import Checked
from originrisk.data.contract import LINE_KEY

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
    _reject(frame, frame.duplicated([*_KEY, "order"]), "line: the same record twice", reasons)
    frame = frame[frame[_KEY].notna().all(axis=1) & ~frame.index.isin(list(reasons)) | frame["broken"]]
    lines = frame.groupby(_KEY)
    spoilt, goods = lines["broken"].transform("any"), lines["goods"].transform("any")
    _reject(frame, spoilt & ~frame["broken"], "line: another record of it is rejected", reasons)
    _reject(frame, ~goods & ~spoilt, "line: no record outside chapter 99", reasons)
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


def _reject(frame: pd.DataFrame, mask: "pd.Series[bool]", reason: str, reasons: dict[int, list[str]]) -> None:
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
