"""What was known before the day of a line: the past of its parties and goods, and examined lines most like it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from originrisk.data import reference
from originrisk.data.reference.table import known
from originrisk.features.lines import Bools
from originrisk.serve.queue.evidence.store_reader import ENDED, READ, StoreReader

YEARS: Final = 3
"""Years before the line that are read."""
MOST: Final = 50_000
"""Lines of one kind around one line that are read, the latest first; the pages say when there were more."""
_ENDED_BEFORE: Final = ", ".join(f"CASE WHEN outcome_date < $day THEN {name} END AS {name}" for name in ENDED)
_KNOWN: Final = f"""
SELECT {", ".join(READ)}, {_ENDED_BEFORE} FROM {{{{{{table}}}}}}
WHERE {{which}} AND entry_date >= $first AND entry_date < $day AND coalesce(received_on, entry_date) < $day
ORDER BY entry_date DESC, entry_number, line_number LIMIT {MOST}
"""
MAKER: Final = {True: "manufacturer_id = $maker", False: "manufacturer_id IS NULL AND manufacturer_name = $maker"}
"""How a supplier is found, by whether the line has a MID."""
_IMPORTER: Final = "importer_number = $importer"


@dataclass(frozen=True, slots=True)
class Past:
    """Lines known before the day of a line, the latest first, with what was found at them by then.

    `supplier`, `importer` and `goods` (same HTSUS, of one year, without those of supplier and importer) are tables;
    `cut` says that the oldest of one were left out.
    """

    supplier: pa.Table
    importer: pa.Table
    goods: pa.Table
    cut: bool

    @classmethod
    def of(cls, reader: StoreReader, line: dict[str, Any]) -> "Past":
        """The past of a row of `entries`."""
        maker = MAKER[line["manufacturer_id"] is not None]
        others = f"htsus = $htsus AND ({maker}) IS NOT TRUE AND ({_IMPORTER}) IS NOT TRUE"
        supplier = _lines_before(reader, line, ("by_supplier", maker), YEARS)
        importer = _lines_before(reader, line, ("by_importer", _IMPORTER), YEARS)
        goods = _lines_before(reader, line, ("by_goods", others), 1)
        return cls(supplier, importer, goods, MOST in map(len, (supplier, importer, goods)))


def _lines_before(reader: StoreReader, line: dict[str, Any], found: tuple[str, str], years: int) -> pa.Table:
    """Lines of so many years before the line's day, found in a table by a condition."""
    table, which = found
    day: date = line["entry_date"]
    known = {
        "maker": line["manufacturer_id"] or line["manufacturer_name"],
        "importer": line["importer_number"],
        "htsus": line["htsus"],
    }
    asked = {name: value for name, value in known.items() if f"${name}" in which}
    query = _KNOWN.format(table=table, which=which)
    return reader.sql(query, {**asked, "day": day, "first": day - timedelta(365 * years)})


SHOWN: Final = 8
"""Rows of a list that are shown."""
FOUND: Final = "xinjiang"


@dataclass(frozen=True, slots=True)
class MonthCounts:
    """Lines of a month, how many of them were examined with a known end, and at how many inputs were found."""

    first: date
    lines: int
    examined: int
    found: int


@dataclass(frozen=True, slots=True)
class LegalDay:
    """A day on which the law changed, as known before the day of the line."""

    day: date
    event: str


@dataclass(frozen=True, slots=True)
class PartyPast:
    """A party's past, as known before the day of a line: `origins` and `goods` (headings) with lines, most first."""

    lines: int
    first: date | None
    last: date | None
    months: list[MonthCounts]
    origins: list[tuple[str, int]]
    goods: list[tuple[str, int]]
    outcomes: list[dict[str, Any]]
    legal: list[LegalDay]

    @property
    def examined(self) -> int:
        """Lines whose examination ended by then."""
        return sum(month.examined for month in self.months)

    @property
    def found(self) -> int:
        """Of these, lines at which Xinjiang inputs were found."""
        return sum(month.found for month in self.months)


def party(past: pa.Table, day: date) -> PartyPast:
    """The party whose lines before `day` these are (a table of `Past`)."""
    bounds = pc.min_max(past["entry_date"]).as_py()
    ended = past.filter(pc.or_(pc.is_valid(past["result"]), pc.is_valid(past["disposition"])))
    months = _months(past, bounds["min"], day)
    legal = _legal(months[0].first, day) if months else []
    headings = pc.utf8_slice_codeunits(past["htsus"], 0, 4)
    origins, goods = _most_frequent(past["country_of_origin"]), _most_frequent(headings)
    outcomes = ended.slice(0, SHOWN).to_pylist()
    return PartyPast(len(past), bounds["min"], bounds["max"], months, origins, goods, outcomes, legal)


def _months(past: pa.Table, first: date | None, day: date) -> list[MonthCounts]:
    """Every month from the first line to the day, also those without lines."""
    if first is None:
        return []
    calendar = np.arange(np.datetime64(first, "M"), np.datetime64(day, "M") + 1)
    place = (np.asarray(past["entry_date"]).astype("datetime64[M]") - calendar[0]).astype(np.intp)
    every: Bools = np.ones(len(past), np.bool_)
    examined, found = pc.is_valid(past["result"]), pc.fill_null(pc.equal(past["result"], FOUND), False)
    counts = (np.bincount(place[np.asarray(one)], minlength=len(calendar)) for one in (every, examined, found))
    rows = zip(*(count.tolist() for count in counts), strict=True)
    return [
        MonthCounts(month, *row) for month, row in zip(calendar.astype("datetime64[D]").tolist(), rows, strict=True)
    ]


def _most_frequent(column: pa.ChunkedArray) -> list[tuple[str, int]]:
    counted = ((one["values"], one["counts"]) for one in pc.value_counts(column.drop_null()).to_pylist())
    return sorted(counted, key=lambda pair: (-pair[1], pair[0]))[:SHOWN]


def _legal(first: date, day: date) -> list[LegalDay]:
    rows = (row for row in known(reference.legal_dates(), day) if first <= row.day < day)
    return [LegalDay(row.day, row.event) for row in sorted(rows, key=lambda row: row.day)]


MOST_SIMILAR: Final = 8
LIKE: Final = {"supplier": 4.0, "importer": 2.0, "same goods": 2.0, "like goods": 1.0, "seller": 2.0, "origin": 1.0}
"""What lines may have in common, and how much each makes them alike."""
_EXAMINED: Final = """
SELECT entry_number, line_number, entry_date, manufacturer_id, manufacturer_name, importer_number, seller_name,
       country_of_origin, htsus, description, outcome_date, result, method, selection, disposition
FROM {examined}
WHERE outcome_date < $day AND entry_date < $day AND substr(htsus, 1, 4) = substr($htsus, 1, 4)
   OR outcome_date < $day AND entry_date < $day AND (manufacturer_id = $mid OR importer_number = $importer)
"""


def similar(reader: StoreReader, line: dict[str, Any]) -> list[dict[str, Any]]:
    """The SHOWN lines most like a row of `entries`, the likest and then the latest first; `alike` says in what."""
    day: date = line["entry_date"]
    values = {"day": day, "htsus": line["htsus"], "mid": line["manufacturer_id"], "importer": line["importer_number"]}
    found = reader.sql(_EXAMINED, values)
    shared = {name: _equal(found, line, name) for name in LIKE}
    shared["like goods"] &= ~shared["same goods"]
    likeness = sum(LIKE[name] * same for name, same in shared.items())
    age = np.asarray(found["entry_date"].cast(pa.int32()), np.float64)
    order = np.lexsort((-age, -np.asarray(likeness, np.float64) * np.ones(len(found))))[:MOST_SIMILAR]
    rows: list[dict[str, Any]] = found.take(pa.array(order)).to_pylist()
    for place, row in zip(order, rows, strict=True):
        row["alike"] = [name for name, same in shared.items() if same[place]]
    return rows


_COLUMNS: Final = {
    "supplier": "manufacturer_id",
    "importer": "importer_number",
    "same goods": "htsus",
    "seller": "seller_name",
    "origin": "country_of_origin",
}


def _equal(found: pa.Table, line: dict[str, Any], name: str) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    if name == "like goods":
        own, column = line["htsus"][:6], pc.utf8_slice_codeunits(found["htsus"], 0, 6)
    else:
        own, column = line[_COLUMNS[name]], found[_COLUMNS[name]]
    if name == "supplier" and own is None:
        own, column = line["manufacturer_name"], found["manufacturer_name"]
    same = pc.fill_null(pc.equal(column, pa.scalar(own, pa.string())), False)
    return np.array(same.to_numpy(), np.bool_)
