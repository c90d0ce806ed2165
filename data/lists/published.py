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
from originrisk.data.lists.wording import NotUnderstoodError, Party, parties

Cells = Mapping[str, str]
Listing = dict[str, Any]
"""A row in the contract's columns, its days still text; `status` and `others` are what the list says beside them."""

_SUBLIST: Final = re.compile(r"\(([iv]+)\)")
_DAY: Final = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_UFLPA: Final = re.compile("uflpa|uyghur forced labor|2\\(d\\)\\(2\\)\\(B\\)", re.IGNORECASE)
_GOODS: Final = re.compile(
    r"\b(?:produced|harvested|mined|manufactured|grown)\s+(?:wholly|in|by|with|from|or|using)\b"
    r"|^all\b(?!.*\b(?:Co|Ltd|Inc|Corp|LLC|Company|Limited|Factory)\b)",
    re.IGNORECASE,
)
_VESSEL: Final = re.compile(
    r"^fishing vessel\b(?!.*\b(?:Co|Ltd|Inc|Corp|LLC|Company|Limited)\b)", re.IGNORECASE
)
_ENDED: Final = frozenset({"inactive", "revoked", "terminated", "rescinded", "withdrawn"})
_IN_PART: Final = frozenset({"partially inactive", "partially active", "partially revoked", "modified"})
_STATUS_DAY: Final = re.compile(r"\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d{2}-\d{2}|[a-z]{3,9} \d{1,2}, \d{4}")
_QUOTED: Final = 160
"""Characters of a cell that a fault quotes."""


@dataclass(frozen=True, slots=True)
class Layout:
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
    if path.suffix == ".txt" and (text := path.read_text("utf-8", "replace")) and _HEADED.search(text):
        return _notice(text)
    ((source,), _) = discover.discover([path])
    sought = {name for one in LAYOUTS for name in one.headings} | {*_SAME}
    (source, shape), *_ = discover.layouts(source, sought | {name.replace("_", " ") for name in sought})
    present = {_heading(name) for name in shape.headings}
    layout = next((layout for layout in LAYOUTS if layout.headings <= present), None)
    if layout is None:
        known = "; ".join(f"{one.name}: {', '.join(sorted(one.headings))}" for one in LAYOUTS)
        raise BadInputError(Problem(source.label, f"headings of a known list ({known})", "others"))
    published = Published(layout.name)
    for records in discover.read(source, shape):
        published.faults.extend(
            Fault(bad.row, "a record of the table", bad.reason, "Repair the row in the file.", taken=False)
            for bad in records.misfits
        )
        names = [_heading(name) for name in records.table.column_names]
        for number, row in zip(records.rows.tolist(), records.table.to_pylist(), strict=True):
            filled = ("" if cell is None else str(cell).strip() for cell in row.values())
            cells = dict(zip(names, filled, strict=True))
            _take(published, number, layout.read, cells, programme)
    return published


_SAME: Final = {"wro_finding": "type", "entity_name": "entity", "name_of_entity": "name"}


def _heading(text: str) -> str:
    name = re.sub(r"[\W_]+", "_", text.replace("\ufeff", "")).strip("_").casefold()
    return _SAME.get(name, name)


def _take(
    published: Published,
    number: int,
    layout: Callable[[Cells], Iterable[Listing]],
    cells: Cells,
    programme: str | None,
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
        listing = dict.fromkeys((*LISTED.names, "status", "others")) | raw
        listing["programme"] = listing["programme"] or programme
        faults = list(_faults(number, listing))
        published.faults.extend(faults)
        status, _ = listing.pop("status"), listing.pop("others")
        if all(fault.taken for fault in faults):
            published.listings.append((number, listing))
        elif status in _ENDED and sum(not fault.taken for fault in faults) == 1:
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
    elif (status := listing["status"]) in _ENDED and not _day(listing["removed_date"] or ""):
        step = "Find the day of its end in the notice; it counts as ended from today on if it was held."
        yield Fault(number, "a day on which the listing ended", f"`{status}`", step, taken=False)
    elif status in _IN_PART:
        step = "Read in the notice what is left of it; it counts as if all were in force."
        yield Fault(number, "an order in force as a whole", f"`{status}`", step, taken=True)
    elif status and status not in {"active", *_ENDED}:
        step = "Find out what it means; the row is not taken."
        yield Fault(number, "a status that is known", f"`{status[:_QUOTED]}`", step, taken=False)
    for column in ("effective_date", "removed_date", "known_from", "removal_known_from"):
        yield from _dated(number, listing, column)


def _dated(number: int, listing: Listing, column: str) -> Iterator[Fault]:
    cell, required = str(listing[column] or ""), column == "effective_date"
    listing[column] = _day(cell)
    if listing[column] is None and (cell or required):
        found = f"no date: `{cell[:_QUOTED]}`" if cell else "an empty cell"
        step = "Find the day in the notice and write YYYY-MM-DD."
        yield Fault(number, f"a date in `{column}`", found, step, taken=not required)


def _day(cell: str) -> date | None:
    """An ISO date, or one as US notices write it: 06/24/2021, June 24, 2021."""
    for form in ("%m/%d/%Y", "%B %d, %Y", "%b %d, %Y"):
        try:
            return datetime.strptime(cell, form).date()
        except ValueError:
            continue
    try:
        return date.fromisoformat(cell[:10])
    except ValueError:
        return None


def _uflpa(text: str) -> str:
    """The programme, with the sublists that a text names."""
    sublists = ", ".join(dict.fromkeys(_SUBLIST.findall(text)))
    return f"UFLPA ({sublists})" if sublists else "UFLPA"


def _row(party: Party, **told: object) -> Listing:
    return {
        "name": party.name,
        "aliases": "|".join(party.aliases) or None,
        "others": party.and_others,
        **told,
    }


def _contract(cells: Cells) -> Iterator[Listing]:
    yield {name: cells.get(name) or None for name in LISTED.names}


def _cbp(cells: Cells) -> Iterator[Listing]:
    programme = {"withhold release order": "WRO"}.get(cells["type"].casefold(), cells["type"])
    told = {
        "programme": programme,
        "effective_date": cells["effective_date"],
        "scope": cells.get("industry") or None,
        "address": cells.get("country") or None,
    }
    status = cells.get("status", "").casefold()
    if (day := _STATUS_DAY.search(status)) and (word := status[: day.start()].rstrip(" (:,-")):
        told["removed_date"], status = day[0], re.sub(r"\s+(?:on|as of|effective|since)$", "", word)
    yield from (_row(party, **told, status=status) for party in parties(cells["entity"]) or [Party("")])


def _dhs(cells: Cells) -> Iterator[Listing]:
    first, *others = parties(cells["name"]) or [Party("")]
    written = (part.strip() for part in cells.get("aliases", "").split(";"))
    first = Party(first.name, (*first.aliases, *filter(None, written)), first.and_others)
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
    Layout("contract", frozenset({"name", "programme", "effective_date"}), _contract),
    Layout("CBP", frozenset({"entity", "type", "effective_date"}), _cbp),
    Layout("DHS", frozenset({"name", "sublist", "effective_date"}), _dhs),
    Layout(
        "OpenSanctions",
        frozenset({"id", "schema", "name", "aliases", "addresses", "sanctions", "dataset", "first_seen"}),
        _open_sanctions,
    ),
)

_HEADED: Final = re.compile(r"^.*2\(d\)\(2\)\(B\)\(([iv]+)\).*$", re.MULTILINE)
_EFFECTIVE: Final = re.compile(
    r"(?:effective|applicable)(?:\s+(?:as\s+of|on|date\s+of|date))?:?\s+([A-Z][a-z]+\s+\d{1,2},\s+\d{4})",
    re.IGNORECASE,
)
_PROSE: Final = re.compile(
    r"\b(?:is|are|was|were|shall|may|must|has|have|will|this notice)\b|^(?:A )?List of\b|^No entit"
)
_CLOSING: Final = re.compile(r"^(?:\[FR Doc|Dated:|BILLING CODE|Signed|\w.*\bSecretary\b)")


def _notice(text: str) -> Published:
    """A notice pasted as text: parties stand line by line under the number of their sublist; prose is passed over."""
    published, sublist = Published("Federal Register", notice=True), ""
    found = _EFFECTIVE.search(text)
    day = " ".join(found[1].split()) if found else ""
    for number, raw in enumerate(text.splitlines(), 1):
        line = re.sub(r"^(?:[•*\-–]|\(?\d+[.)])\s*", "", raw.strip())
        if headed := _HEADED.match(line):
            sublist = headed[1]
        elif _CLOSING.match(line):
            sublist = ""
        elif sublist and line and not _PROSE.search(line):
            told = {"programme": f"UFLPA ({sublist})", "effective_date": day}
            _take(published, number, partial(_added, told), {"name": line.rstrip(";")}, None)
    return published


def _added(told: Mapping[str, str], cells: Cells) -> Iterator[Listing]:
    yield from (_row(party, **told) for party in parties(cells["name"]))
