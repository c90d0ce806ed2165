"""Several records of a source that make one line, and several lines that make one good: the ACE report as it is.

A line of an entry summary has a record for each of its tariff numbers: chapter 98 first, then 99, then the goods. A set
has a header (X), which carries its value, and components (V). Goods of steel, aluminium or copper may be split into
lines of which each bears the duty on another metal, or none. Where a value stands with another line, this one's is 0.
"""

from collections.abc import Mapping as Map
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa

from originrisk.data.contract import LINE_KEY
from originrisk.data.ingest.check import Checked
from originrisk.data.ingest.mapping import Fold

VALUE = "entered_value_usd"
SPECIAL, ADDITIONAL = "98", "99"
"""Chapters of special classification and of additional duties: they say more of goods that another record names."""
IN_THE_HEADER = f"{VALUE}: stands with the header of the set"
PUT_TOGETHER = f"{VALUE}: put together with the other line of goods split for the duty on metal"
WITH_THE_DUTY = f"{VALUE}: stands with the record of an additional duty"
SEVERAL_ORIGINS = "country_of_origin: records of the line name several; the first of the goods stands"
_KEY, _ENTRY = list(LINE_KEY), LINE_KEY[0]
_QUANTITIES = {"quantity": "unit_of_measure", "second_quantity": "second_unit"}
_AMOUNTS = [VALUE, *_QUANTITIES]
_GOODS = [_ENTRY, "htsus", "country_of_origin", "manufacturer_id", "manufacturer_name"]


def fold(checked: Checked, rule: Fold, cells: Map[str, pa.Array], *, sums: bool) -> Checked:
    """Fold records of one line into the first of chapters 1 to 97, or else of 98, by their `order` within it.

    `cells` are those of the headings that the rule names. With `sums`, the line's value is the sum over its records
    outside chapter 99; where these have none, over the others. A record that repeats an order is a duplicate. A line
    with a broken record, or with none outside chapter 99, is rejected whole: half of a value would be a wrong value.
    """
    frame = _frame(checked, rule, cells)
    _forgive(frame, checked)
    frame["broken"] = frame["row"].isin(checked.reasons)
    again = frame.duplicated([*_KEY, "order"]) & ~frame["broken"]
    _reject(frame[again], "line: the same record twice", checked)
    frame = frame[frame[_KEY].notna().all(axis=1) & ~again]  # a record without a key is part of no line
    lines = frame.groupby(_KEY)
    spoilt, goods = lines["broken"].transform("any"), lines["goods"].transform("any")
    _reject(frame[spoilt & ~frame["broken"]], "line: another record of it is rejected", checked)
    _reject(frame[~goods & ~spoilt], "line: no record outside chapter 99", checked)
    whole = frame[goods & ~spoilt].copy()
    first = whole[whole["goods"]].sort_values(["special", "order", "row"]).groupby(_KEY).head(1)
    first = first.sort_values(_KEY).set_index(_KEY)
    if sums:
        value, with_duty = (whole[whole["goods"] == goods].groupby(_KEY)[VALUE].sum() for goods in (True, False))
        first[VALUE] = value.where(value != 0, with_duty).fillna(0.0)
        _tell(WITH_THE_DUTY, first[VALUE] != value, checked)
    origins = whole[whole["goods"]].groupby(_KEY)["country_of_origin"].nunique()
    _tell(SEVERAL_ORIGINS, origins > 1, checked)
    of_metal = whole["htsus"].str[:6].where(whole["htsus"].str.startswith(rule.metal_duties or ("none",)), "")
    first["metal"] = of_metal.groupby([whole[name] for name in _KEY]).max()
    _without_value_of_their_own(first, checked)
    _put_together(first, checked)
    absorbed = np.zeros(len(checked.absorbed), bool)
    absorbed[whole["row"].to_numpy()] = True
    absorbed[first["row"].to_numpy()] = False
    return replace(checked, table=_with_amounts(checked.table, first), absorbed=absorbed)


def _frame(checked: Checked, rule: Fold, cells: Map[str, pa.Array]) -> pd.DataFrame:
    """A row for each record: what it says of its line, and its place in it."""
    columns = [*_KEY, *_GOODS[1:], *_AMOUNTS, *_QUANTITIES.values()]
    frame: pd.DataFrame = checked.table.select(columns).to_pandas()
    frame["row"] = np.arange(len(frame))
    frame["order"] = pd.to_numeric(cells[rule.order].to_pandas(), errors="coerce")
    chapter = frame["htsus"].fillna("").str[:2]
    frame["goods"], frame["special"] = chapter != ADDITIONAL, chapter == SPECIAL
    sets = [cells[name].cast(pa.string()).to_pandas() for name in rule.set if name in cells]
    frame["set"] = sets[0].fillna("").str.strip().str.upper() if sets else ""
    header = frame["set"] == "X"
    frame["component"] = (frame["set"] == "V") & frame[_ENTRY].isin(frame.loc[header, _ENTRY])
    valued = frame[frame[VALUE] > 0]
    frame["elsewhere"] = frame["component"] | (header & frame[_ENTRY].isin(valued.loc[valued["component"], _ENTRY]))
    return frame


def _forgive(frame: pd.DataFrame, checked: Checked) -> None:
    """A record without a value that need not have one: additional duties, chapter 98, components of a set or its header
    where they have it, goods whose value stands with the additional duty."""
    missing = f"{VALUE}: missing"
    duties = pd.MultiIndex.from_frame(frame.loc[~frame["goods"] & (frame[VALUE] > 0), _KEY])
    with_duty = pd.MultiIndex.from_frame(frame[_KEY]).isin(duties)
    may = set(frame.loc[~frame["goods"] | frame["special"] | frame["elsewhere"] | with_duty, "row"])
    for row in [row for row, texts in checked.reasons.items() if row in may and missing in texts]:
        checked.reasons[row].remove(missing)
        checked.rules[missing] -= 1
        if not checked.reasons[row]:
            del checked.reasons[row]
    if not checked.rules[missing]:
        del checked.rules[missing]


def _without_value_of_their_own(first: pd.DataFrame, checked: Checked) -> None:
    """Components of a set: the header has their value, unless theirs come to more than it, and so stand beside it."""
    entry = first.index.get_level_values(_ENTRY)
    of_set = [entry, (first["set"] == "X").groupby(entry).cumsum()]
    header = first[VALUE].where(first["set"] == "X").groupby(of_set).transform("max")
    theirs = first[VALUE].where(first["component"]).groupby(of_set).transform("sum")
    held = first["component"] & ((theirs <= 1.01 * header) | ~(first[VALUE] > 0))
    first.loc[held, VALUE] = 0.0
    _tell(IN_THE_HEADER, held, checked)


def _tell(what: str, lines: pd.Series, checked: Checked) -> None:
    if lines.any():
        checked.count("told", {what: int(lines.sum())})


def _put_together(first: pd.DataFrame, checked: Checked) -> None:
    """Neighbouring lines of the same goods, each with the duty on another metal or none: the first has all the value.

    A quantity in the same unit is that of the whole where both lines give it alike, else each gives its part.
    """
    here = first.reset_index()
    after = here.shift(-1)
    same = (here[_GOODS].fillna("") == after[_GOODS].fillna("")).all(axis=1)
    follows = (same & (after[_KEY[1]] - here[_KEY[1]] == 1)).shift(fill_value=False).tolist()
    amounts, units = first[_AMOUNTS].to_numpy(float), first[list(_QUANTITIES.values())].to_numpy()
    start, seen, taken = 0, set[str](), np.zeros(len(first), bool)
    for place, metal in enumerate(first["metal"]):
        if not follows[place] or metal in seen:
            start, seen = place, {metal}
            continue
        seen.add(metal)
        taken[place] = True
        value, *others = amounts[place]
        amounts[start, 0], amounts[place, 0] = amounts[start, 0] + value, 0.0
        for column, other in enumerate(others):
            if units[start, column] == units[place, column] and amounts[start, column + 1] != other > 0:
                amounts[start, column + 1] = np.nansum([amounts[start, column + 1], other])
    first[_AMOUNTS] = amounts
    _tell(PUT_TOGETHER, pd.Series(taken), checked)


def _reject(records: pd.DataFrame, reason: str, checked: Checked) -> None:
    for row in records["row"].tolist():
        checked.reasons.setdefault(row, []).append(reason)
    if len(records):
        checked.count("rejected", {reason: len(records)})


def _with_amounts(table: pa.Table, first: pd.DataFrame) -> pa.Table:
    """The table with the amounts that its lines have now."""
    for name in _AMOUNTS:
        amounts = table[name].to_pandas().to_numpy(float).copy()
        amounts[first["row"].to_numpy()] = first[name]
        place = table.schema.get_field_index(name)
        table = table.set_column(place, table.schema.field(place), pa.array(amounts, from_pandas=True))
    return table
