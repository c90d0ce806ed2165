"""Published lists, read by their layout into rows in the contract's columns, and every fault that the rows have."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from originrisk.data.contract import LISTED
from originrisk.data.errors import BadInputError, Problem
from originrisk.data.ingest import discover
from originrisk.data.ingest.records import heading

Cells = Mapping[str, str]
Listing = dict[str, Any]

_AKA: Final = re.compile(r",?\s*\b(?:a/k/a|f/k/a|aka|formerly known as|also known as)\b:?\s*", re.IGNORECASE)
_ACRONYM: Final = re.compile(r"\s*\(([A-Z]{3,})\)\s*$")
_SUBLIST: Final = re.compile(r"\(([iv]+)\)")
_DAY: Final = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


@dataclass(frozen=True, slots=True)
class Layout:
    """A way to publish a list: headings that tell it, and how a row is read (listings without checked dates)."""

    name: str
    headings: frozenset[str]
    read: Callable[[Cells], Iterator[Listing]]


def _named(text: str) -> Iterator[Listing]:
    """The parties of a cell: `;` and `Ltd. and` part them; `a/k/a` and a last `(ABC)` give other names."""
    for one in re.split(r";\s*|(?<=Ltd\.)\s+and\s+", text):
        name, *aliases = _AKA.split(one.strip())
        if acronym := _ACRONYM.search(name):
            name, aliases = name[: acronym.start()], [acronym[1], *aliases]
        yield {"name": name.strip(" ,"), "aliases": "|".join(aliases) or None}


def _uflpa(text: str) -> str:
    """The programme, with the sublists that a text names."""
    sublists = ", ".join(dict.fromkeys(_SUBLIST.findall(text)))
    return f"UFLPA ({sublists})" if sublists else "UFLPA"


def _contract(cells: Cells) -> Iterator[Listing]:
    yield {name: cells.get(name) or None for name in LISTED.names}


def _cbp(cells: Cells) -> Iterator[Listing]:
    scope = cells.get("industry") or None
    told = {"programme": cells["type"], "effective_date": cells["effective_date"], "scope": scope}
    country = {"address": cells.get("country") or None}
    yield from ({**party, **told, **country} for party in _named(cells["entity"]))


def _dhs(cells: Cells) -> Iterator[Listing]:
    aliases = "|".join(part.strip() for part in cells.get("aliases", "").split(";") if part.strip())
    yield {
        "name": cells["name"],
        "aliases": aliases or None,
        "programme": _uflpa(cells["sublist"]),
        "effective_date": cells["effective_date"],
    }


def _open_sanctions(cells: Cells) -> Iterator[Listing]:
    """The day comes from the text of `sanctions`: `first_seen` is the day of a crawl, not of a listing."""
    found = _DAY.search(cells["sanctions"])
    uflpa = re.search("uflpa|uyghur forced labor", f"{cells['dataset']} {cells['sanctions']}", re.IGNORECASE)
    parts = (part.strip(' "') for part in cells["aliases"].split(";"))
    yield {
        "name": cells["name"],
        "aliases": "|".join(part for part in parts if part) or None,
        "address": cells["addresses"] or None,
        "programme": _uflpa(cells["sanctions"]) if uflpa else None,
        "effective_date": found[0] if found else cells["sanctions"],
    }


LAYOUTS: Final = (
    Layout("contract", frozenset({"name", "programme", "effective_date"}), _contract),
    Layout("CBP", frozenset({"entity", "type", "effective_date"}), _cbp),
    Layout("DHS", frozenset({"name", "sublist", "effective_date"}), _dhs),
    Layout(
        "OpenSanctions",
        frozenset({"id", "schema", "name", "aliases", "addresses", "sanctions", "dataset", "first_seen"}),
        _open_sanctions,
    ),
)


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
