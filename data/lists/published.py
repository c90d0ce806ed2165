"""A published list as rows in the contract's columns, and every fault that its rows have."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from originrisk.data.contract import LISTED
from originrisk.data.errors import BadInputError, Problem
from originrisk.data.files import discover
from originrisk.data.files.records import heading
from originrisk.data.lists.layouts import LAYOUTS, Cells, Layout, Listing

_GOODS: Final = re.compile(r"^(?:all\b|tobacco produced)|\b(?:produced|harvested|mined)\b", re.IGNORECASE)
_VESSEL: Final = re.compile(r"^fishing vessel\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a row (its number in the file, 0 for the file). `taken`: it became a listing all the same."""

    row: int
    expected: str
    found: str
    next_step: str
    taken: bool


@dataclass(frozen=True, slots=True)
class Published:
    """A list as read: row number and listing in the contract's columns; names left out for a fault; every fault."""

    layout: str
    listings: list[tuple[int, Listing]]
    left_out: list[str]
    faults: list[Fault]


def read(path: Path, programme: str | None) -> Published:
    """The listings of a file; `programme` for rows that name none. Raises BadInputError for an unknown layout."""
    (source,) = discover.discover([path])
    shape = discover.layout(source, {name for layout in LAYOUTS for name in layout.headings}, None, None)
    present = {heading(name) for name in shape.headings}
    layout = next((layout for layout in LAYOUTS if layout.headings <= present), None)
    if layout is None:
        known = "; ".join(f"{one.name}: {', '.join(sorted(one.headings))}" for one in LAYOUTS)
        raise BadInputError(Problem(source.label, f"headings of a known list ({known})", "others"))
    published = Published(layout.name, [], [], [])
    for records in discover.read(source, shape):
        published.faults.extend(_misfit(bad.row, bad.reason) for bad in records.misfits)
        names = [heading(name) for name in records.table.column_names]
        for number, row in zip(records.rows.tolist(), records.table.to_pylist(), strict=True):
            cells = {name: (cell or "").strip() for name, cell in zip(names, row.values(), strict=True)}
            _take(published, number, layout, cells, programme)
    return published


def _take(published: Published, number: int, layout: Layout, cells: Cells, programme: str | None) -> None:
    for raw in layout.read(cells):
        listing = dict.fromkeys(LISTED.names) | raw
        listing["programme"] = listing["programme"] or programme
        faults = list(_faults(number, listing))
        published.faults.extend(faults)
        if all(fault.taken for fault in faults):
            published.listings.append((number, listing))
        else:
            published.left_out.append(listing["name"] or "")


def _faults(number: int, listing: Listing) -> Iterator[Fault]:
    """What is wrong with a row; dates become dates."""
    name = listing["name"] or ""
    if not name:
        yield Fault(number, "a name", "an empty cell", "Ask the publisher for the name.", taken=False)
    elif _GOODS.search(name) or _VESSEL.search(name):
        what = "a vessel" if _VESSEL.search(name) else "goods of a region"
        yield Fault(number, "a party", what, "Nothing: no party of a line can be matched to it.", taken=False)
    if not listing["programme"]:
        yield Fault(number, "a programme", "none", "Say it with --programme.", taken=False)
    elif listing["programme"] == "UFLPA":
        yield Fault(number, "a sublist, (i) to (v)", "none", "Compare with the official list.", taken=True)
    for column in ("effective_date", "removed_date", "known_from", "removal_known_from"):
        yield from _dated(number, listing, column)


def _dated(number: int, listing: Listing, column: str) -> Iterator[Fault]:
    cell, required = listing[column] or "", column == "effective_date"
    listing[column] = _day(str(cell))
    if listing[column] is None and (cell or required):
        found = "no date" if cell else "an empty cell"
        step = "Find the day in the notice and write YYYY-MM-DD."
        yield Fault(number, f"a date in `{column}`", found, step, taken=not required)


def _day(cell: str) -> date | None:
    """An ISO date, or one as US notices write it (month first)."""
    american = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", cell)
    month, day, year = american.groups() if american else ("", "", "")
    try:
        return date(int(year), int(month), int(day)) if american else date.fromisoformat(cell[:10])
    except ValueError:
        return None


def _misfit(row: int, reason: str) -> Fault:
    return Fault(row, "a record of the table", reason, "Repair the row in the file.", taken=False)
