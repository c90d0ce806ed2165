"""What a party did before the day of a line: its lines by month, goods and origins, and what was found at them."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from data import reference
from data.as_of import known

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
    rows = zip(past["entry_date"].to_pylist(), past["result"].to_pylist(), strict=True)
    counted: Counter[tuple[date, str]] = Counter()
    for entered, result in rows:
        month = entered.replace(day=1)
        counted.update([(month, "lines"), *([(month, "examined")] if result else []), (month, str(result))])
    found, month = [], first.replace(day=1)
    while month <= day:
        found.append(Month(month, counted[month, "lines"], counted[month, "examined"], counted[month, FOUND]))
        month = (month + timedelta(31)).replace(day=1)
    return found


def _most(column: pa.ChunkedArray) -> list[tuple[str, int]]:
    counted = ((one["values"], one["counts"]) for one in pc.value_counts(column.drop_null()).to_pylist())
    return sorted(counted, key=lambda pair: (-pair[1], pair[0]))[:SHOWN]


def _legal(first: date, day: date) -> list[LegalDay]:
    rows = (row for row in known(reference.legal_dates(), day) if first <= row.day < day)
    return [LegalDay(row.day, row.event) for row in sorted(rows, key=lambda row: row.day)]
