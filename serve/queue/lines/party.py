"""What a party did before the day of a line: its lines by month, goods and origins, and what was found at them."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from originrisk.data import reference
from originrisk.data.reference.table import known
from originrisk.features.lines import Bools

SHOWN: Final = 8
"""Rows of a list that are shown."""
FOUND: Final = "xinjiang"


@dataclass(frozen=True, slots=True)
class Month:
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
class Party:
    """A party's past, as known before the day of a line: `origins` and `goods` (headings) with lines, most first."""

    lines: int
    first: date | None
    last: date | None
    months: list[Month]
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


def party(past: pa.Table, day: date) -> Party:
    """The party whose lines before `day` these are (a table of `Past`)."""
    bounds = pc.min_max(past["entry_date"]).as_py()
    ended = past.filter(pc.is_valid(past["result"]))
    months = _months(past, bounds["min"], day)
    legal = _legal(months[0].first, day) if months else []
    headings = pc.utf8_slice_codeunits(past["htsus"], 0, 4)
    return Party(
        len(past), bounds["min"], bounds["max"], months, _most(past["country_of_origin"]), _most(headings),
        ended.slice(0, SHOWN).to_pylist(), legal,
    )  # fmt: skip


def _months(past: pa.Table, first: date | None, day: date) -> list[Month]:
    """Every month from the first line to the day, also those without lines."""
    if first is None:
        return []
    calendar = np.arange(np.datetime64(first, "M"), np.datetime64(day, "M") + 1)
    place = (np.asarray(past["entry_date"]).astype("datetime64[M]") - calendar[0]).astype(np.intp)
    every: Bools = np.ones(len(past), np.bool_)
    examined, found = pc.is_valid(past["result"]), pc.fill_null(pc.equal(past["result"], FOUND), False)
    counts = (
        np.bincount(place[np.asarray(one)], minlength=len(calendar)) for one in (every, examined, found)
    )
    rows = zip(*(count.tolist() for count in counts), strict=True)
    return [
        Month(month, *row) for month, row in zip(calendar.astype("datetime64[D]").tolist(), rows, strict=True)
    ]


def _most(column: pa.ChunkedArray) -> list[tuple[str, int]]:
    counted = ((one["values"], one["counts"]) for one in pc.value_counts(column.drop_null()).to_pylist())
    return sorted(counted, key=lambda pair: (-pair[1], pair[0]))[:SHOWN]


def _legal(first: date, day: date) -> list[LegalDay]:
    rows = (row for row in known(reference.legal_dates(), day) if first <= row.day < day)
    return [LegalDay(row.day, row.event) for row in sorted(rows, key=lambda row: row.day)]
