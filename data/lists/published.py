"""Published lists, read by their layout into rows in the contract's columns, and every fault that the rows have.

The contract's `listed`; CBP's table of Withhold Release Orders and Findings; DHS's UFLPA Entity List; OpenSanctions'
`targets.simple.csv` (opensanctions.org/docs/bulk/csv); the text of a Federal Register notice. The layout is told by the
headings; a row becomes one or more listings, or a fault that quotes it.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from originrisk.data.contract import LISTED
from originrisk.data.errors import BadInputError, Problem
from originrisk.data.ingest import discover
from originrisk.data.lists.wording import ListedParty, NotUnderstoodError, notice, parties

Cells = Mapping[str, str]
Listing = dict[str, Any]
"""A row in the contract's columns, its days still text, and what the list says beside them: _BESIDE."""
_BESIDE: Final = ("status", "others", "kinds")

_SUBLIST: Final = re.compile(r"\b(i{1,3}|iv|v)\b")
_DAY: Final = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_UFLPA: Final = re.compile("uflpa|uyghur forced labor|2\\(d\\)\\(2\\)\\(B\\)", re.IGNORECASE)
_GOODS: Final = re.compile(
    r"\b(?:produced|harvested|mined|manufactured|grown)\s+(?:wholly|in|by|with|from|or|using)\b"
    r"|^all\b(?!.*\b(?:Co|Ltd|Inc|Corp|LLC|Company|Limited|Factory)\b)",
    re.IGNORECASE,
)
_VESSEL: Final = re.compile(r"^fishing vessel\b(?!.*\b(?:Co|Ltd|Inc|Corp|LLC|Company|Limited)\b)", re.IGNORECASE)
_STATUS: Final = {
    "in part": {"partially", "partial", "part", "modified", "amended"},
    "ended": {"inactive", "revoked", "terminated", "rescinded", "withdrawn", "superseded", "lifted", "removed"},
    "active": {"active"},
    "": {"in", "on", "as", "of", "effective", "since", "by", "a", "the", "order", "wro", "finding", "status", "from"},
}
"""What the words of a status mean: the first of these that it has; a word that is none of them is not understood."""
_STATUS_DAY: Final = re.compile(
    r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d{2}-\d{2}|[a-z]{3,9}\.? \d{1,2},? \d{4}|\d{1,2}[ -][a-z]{3,9}[ -]\d{4}"
)
_DAY_FORMS: Final = (
    *("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y"),
    *("%B_%d_%Y", "%b_%d_%Y", "%d_%B_%Y", "%d_%b_%Y", "%d_%b_%y"),
)
_ORDER: Final = r"\bwros?\b|\bwithhold release orders?\b"
_QUOTED: Final = 160
"""Characters of a cell that a fault quotes."""


@dataclass(frozen=True, slots=True)
class ListLayout:
    """A way to publish a list: headings that tell it, and how a row is read (listings without checked dates)."""

    name: str
    headings: frozenset[str]
    read: Callable[[Cells], Iterable[Listing]]


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
    """A list as read: row number and listing in the contract's columns, and every fault.

    `left_out` are names left out for a fault; `ended` listings that are over, on a day that the list does not say.
    A `notice` tells what is new, not what there is.
    """

    layout: str
    listings: list[tuple[int, Listing]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    ended: list[Listing] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notice: bool = False


def read(path: Path, programme: str | None) -> Published:
    """The listings of a file; `programme` for rows that name none. Raises BadInputError for an unknown layout."""
    if path.suffix == ".txt" and (found := notice(path.read_text("utf-8", "replace"))):
        published = Published("Federal Register", notice=True)
        for number, sublist, name in found.named:
            told = {"programme": f"UFLPA ({sublist})", "effective_date": found.effective}
            _take(published, number, partial(_added, told), {"name": name}, None)
        return published
    ((source,), _) = discover.discover([path])
    sought = {name for one in LAYOUTS for name in one.headings} | {*_SAME}
    (source, shape), *_ = discover.layouts(source, sought | {name.replace("_", " ") for name in sought})
    present = _columns(shape.headings)
    layout = next((layout for layout in LAYOUTS if layout.headings <= {*present}), None)
    if layout is None:
        known = "; ".join(f"{one.name}: {', '.join(sorted(one.headings))}" for one in LAYOUTS)
        raise BadInputError(Problem(source.label, f"headings of a known list ({known})", "others"))
    published = Published(layout.name)
    for records in discover.read(source, shape):
        published.faults.extend(
            Fault(bad.row, "a record of the table", bad.reason, "Repair the row in the file.", taken=False)
            for bad in records.misfits
        )
        names = _columns(records.table.column_names)
        for number, row in zip(records.rows.tolist(), records.table.to_pylist(), strict=True):
            filled = ("" if cell is None else str(cell).strip() for cell in row.values())
            cells = dict(zip(names, filled, strict=True))
            _take(published, number, layout.read, cells, programme)
    return published


_SAME: Final = {
    **dict.fromkeys(("wro_finding", "wro_or_finding", "wro_and_finding", "wro_findings"), "type"),
    **dict.fromkeys(("entity_name", "entities", "name_of_entity", "name_of_entities"), "entity"),
    **dict.fromkeys(("date_effective", "effective", "effective_date_of_order"), "effective_date"),
    **dict.fromkeys(("uflpa_sublist", "sublists", "section"), "sublist"),
}


def _columns(headings: Iterable[str]) -> list[str]:
    """Headings in one form. DHS's `name` is the entity, where the contract has a party's."""
    plain = (re.sub(r"[\W_]+", "_", text.replace("\ufeff", "")).strip("_").casefold() for text in headings)
    names = [_SAME.get(name, name) for name in plain]
    of_dhs = "sublist" in names and not {"programme", "sanctions"} & {*names}
    return ["entity" if of_dhs and name == "name" else name for name in names]


def _take(
    published: Published, number: int, layout: Callable[[Cells], Iterable[Listing]], cells: Cells, programme: str | None
) -> None:
    name = cells.get("name") or cells.get("entity") or ""
    if what := "a vessel" if _VESSEL.search(name) else "goods of a region" if _GOODS.search(name) else "":
        step = f"Nothing: no party of a line can be matched to `{name[:_QUOTED]}`."
        published.faults.append(Fault(number, "a party", what, step, taken=False))
        return
    try:
        rows = list(layout(cells))
    except NotUnderstoodError:
        step = "Write each party in a row of its own, other names under `aliases`."
        published.faults.append(Fault(number, "names in a known wording", name[:_QUOTED], step, taken=False))
        published.left_out.append(name)
        return
    for raw in rows:
        listing = dict.fromkeys((*LISTED.names, *_BESIDE)) | raw
        listing["programme"] = listing["programme"] or programme
        faults = list(_faults(number, listing))
        published.faults.extend(faults)
        status, _, _ = (listing.pop(name) for name in _BESIDE)
        if all(fault.taken for fault in faults):
            published.listings.append((number, listing))
        elif _meaning(status) == "ended" and sum(not fault.taken for fault in faults) == 1:
            published.ended.append(listing)
        else:
            published.left_out.append(listing["name"] or "")


def _faults(number: int, listing: Listing) -> Iterator[Fault]:
    """What is wrong with a row; dates become dates."""
    if not listing["name"]:
        yield Fault(number, "a name", "an empty cell", "Ask the publisher for the name.", taken=False)
    if listing["others"]:
        step = "Write those that the publisher names in rows of their own."
        yield Fault(number, "every party by name", f"`{listing['others']}`", step, taken=True)
    if not listing["programme"]:
        found = f"`{listing['status'][:_QUOTED]}`" if listing["status"] else "none"
        yield Fault(number, "a programme", found, "Say it with --programme.", taken=False)
    elif listing["programme"] == "UFLPA":
        yield Fault(number, "a sublist, (i) to (v)", "none", "Compare with the official list.", taken=True)
    elif (means := _meaning(status := listing["status"])) == "ended" and not _day(listing["removed_date"] or ""):
        step = "Find the day of its end in the notice; it counts as ended from today on if it was held."
        yield Fault(number, "a day on which the listing ended", f"`{status}`", step, taken=False)
    elif means == "in part":
        step = "Read in the notice what is left of it; it counts as if all were in force."
        yield Fault(number, "an order in force as a whole", f"`{status}`", step, taken=True)
    elif means is None:
        step = "Find out what it means; the row is not taken."
        yield Fault(number, "a status that is known", f"`{status[:_QUOTED]}`", step, taken=False)
    if listing["kinds"]:
        step = "Compare with the notice; it counts as a withhold release order."
        yield Fault(number, "one kind, WRO or Finding", f"`{listing['kinds']}`", step, taken=True)
    for column in ("effective_date", "removed_date", "known_from", "removal_known_from"):
        cell, required = str(listing[column] or ""), column == "effective_date"
        listing[column] = _day(cell)
        if listing[column] is None and (cell or required):
            found = f"no date: `{cell[:_QUOTED]}`" if cell else "an empty cell"
            step = "Find the day in the notice and write YYYY-MM-DD."
            yield Fault(number, f"a date in `{column}`", found, step, taken=not required)


def _day(cell: str) -> date | None:
    """A date as US notices write it: 2021-06-24, with a time or not, 06/24/2021, June 24, 2021, 24-Jun-21."""
    day = re.sub(r"^(\d{4}-\d{2}-\d{2})[T ]00:00.*$|^[A-Z][a-z]+day, ", r"\1", cell.strip())
    words = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", day.replace("Sept", "Sep"))
    for form in _DAY_FORMS:
        try:
            return datetime.strptime(re.sub(r"[\s.,-]+", "_", words) if "_" in form else day, form).date()
        except ValueError:
            continue
    return None


def _meaning(status: str | None) -> str | None:
    """What a status of CBP's table means: `active`, `in part`, `ended`, or "" for none; None if not understood."""
    words = set(re.findall(r"[^\W\d_]+", re.sub(r"\bin[ -]active", "inactive", status or "")))
    if not words <= set().union(*_STATUS.values()):
        return None
    return next((means for means, of in _STATUS.items() if words & of), None if words else "")


def _uflpa(text: str) -> str:
    """The programme, with the sublists that a text names."""
    sublists = ", ".join(dict.fromkeys(_SUBLIST.findall(text.casefold())))
    return f"UFLPA ({sublists})" if sublists else "UFLPA"


def _row(party: ListedParty, **told: object) -> Listing:
    return {"name": party.name, "aliases": "|".join(party.aliases) or None, "others": party.and_others, **told}


def _contract(cells: Cells) -> Iterator[Listing]:
    yield {name: cells.get(name) or None for name in LISTED.names}


def _cbp(cells: Cells) -> Iterator[Listing]:
    kind, status = cells["type"], cells.get("status", "").casefold()
    finding, order = (bool(re.search(one, kind, re.IGNORECASE)) for one in (r"\bfindings?\b", _ORDER))
    told = {
        "programme": "WRO" if order else "Finding" if finding else None,
        "kinds": kind if order and finding else "",
        "effective_date": cells["effective_date"],
        "scope": cells.get("industry") or None,
        "address": cells.get("country") or None,
    }
    if day := _STATUS_DAY.search(status):
        status = re.sub(r"\W*(?:\b(?:on|as of|effective|since|from)\b)?\W*$", "", status.replace(day[0], ""))
        told["removed_date"] = day[0].title() if _meaning(status) == "ended" else None
    told["status"] = status if order or finding else f"{kind} {status}".strip()
    yield from (_row(party, **told) for party in parties(cells["entity"]) or [ListedParty("")])


def _dhs(cells: Cells) -> Iterator[Listing]:
    first, *others = parties(cells["entity"]) or [ListedParty("")]
    written = (part.strip() for part in cells.get("aliases", "").split(";"))
    first = ListedParty(first.name, (*first.aliases, *filter(None, written)), first.and_others)
    told = {"programme": _uflpa(cells["sublist"]), "effective_date": cells["effective_date"]}
    told["removed_date"] = cells.get("removed_date") or ""
    yield from (_row(party, **told) for party in (first, *others))


def _open_sanctions(cells: Cells) -> Iterator[Listing]:
    """One listing for each sanction: its cell holds `programme - start - end`, parted by `;`.

    The days come from there: `first_seen` is the day of a crawl, not of a listing.
    """
    sanctions = _several(cells["sanctions"]) or [""]
    for sanction in sanctions:
        days = _DAY.findall(sanction)
        only = len(sanctions) == 1 and _UFLPA.search(cells["dataset"])
        known = _uflpa(sanction) if _UFLPA.search(sanction) or only else None
        yield {
            "name": cells["name"],
            "aliases": "|".join(_several(cells["aliases"])) or None,
            "address": cells["addresses"] or None,
            "programme": known,
            "effective_date": days[0] if 0 < len(days) <= 2 else sanction,
            "removed_date": days[1] if len(days) == 2 else None,
            "status": None if known else sanction,
        }


def _several(cell: str) -> list[str]:
    """The values of a cell of OpenSanctions: a record of its own, parted by `;`, values that hold one quoted."""
    values = next(csv.reader([cell], delimiter=";", skipinitialspace=True), [])
    return [value.strip() for value in values if value.strip()]


LAYOUTS: Final = (
    ListLayout("contract", frozenset({"name", "programme", "effective_date"}), _contract),
    ListLayout("CBP", frozenset({"entity", "type", "effective_date"}), _cbp),
    ListLayout("DHS", frozenset({"entity", "sublist", "effective_date"}), _dhs),
    ListLayout(
        "OpenSanctions",
        frozenset({"id", "schema", "name", "aliases", "addresses", "sanctions", "dataset", "first_seen"}),
        _open_sanctions,
    ),
)


def _added(told: Mapping[str, str], cells: Cells) -> Iterator[Listing]:
    yield from (_row(party, **told) for party in parties(cells["name"]))
