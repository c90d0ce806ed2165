"""What somebody asks of the queue, which lines fit it, and the page of them.

A filter is declared once, as a field of `QueueQuery`: its words, its choices, and the lines that it keeps.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlencode

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from originrisk.features.lines import Bools, Rows, shared
from originrisk.serve.queue.db.finding import DECISIONS, Key
from originrisk.serve.queue.db.work import OfficerWork
from originrisk.serve.queue.evidence.day import Day
from originrisk.serve.queue.evidence.words import country, said
from originrisk.serve.queue.evidence.words import port as port_name
from originrisk.serve.scoring.ranking import LOT

SHOWN: Final = 50
"""Lines on a page."""


def _true(column: Any) -> Bools:
    return np.array(pc.fill_null(column, False).to_numpy(zero_copy_only=False), np.bool_)


def _in_scope(lines: pa.Table, scope: str, _: OfficerWork | None = None) -> Bools:
    everything: Bools = np.ones(len(lines), np.bool_)
    return _true(pc.is_valid(lines["place"])) if scope == "queue" else everything


def _among(lines: pa.Table, keys: Iterable[Key]) -> Bools:
    """Which lines are among these keys."""
    wanted = set(keys)
    entries = _true(pc.is_in(lines["entry_number"], pa.array({entry for entry, _ in wanted}, pa.string())))
    for row in np.flatnonzero(entries):
        key = lines["entry_number"][row].as_py(), lines["line_number"][row].as_py()
        entries[row] = key in wanted
    return entries


def _with_words(lines: pa.Table, sought: str, _: OfficerWork) -> Bools:
    """Lines that hold every word, each anywhere in one of theirs."""
    held = [_true(pc.match_substring(lines["words"], word)) for word in sought.lower().split()]
    found: Bools = np.logical_and.reduce([np.ones(len(lines), np.bool_), *held])
    return found


def _equal(column: str) -> Callable[[pa.Table, str, OfficerWork], Bools]:
    return lambda lines, value, _: _true(pc.equal(lines[column], value))


def _under_programme(lines: pa.Table, value: str, _: OfficerWork) -> Bools:
    lists = lines["programmes"].combine_chunks()
    held = np.zeros(len(lists), np.bool_)
    parents = np.asarray(pc.list_parent_indices(lists))
    held[parents[_true(pc.equal(pc.list_flatten(lists), value))]] = True
    return held


def _in_state(lines: pa.Table, wanted: str, work: OfficerWork) -> Bools:
    any_state = wanted in ("open", "decided")
    decided = _among(lines, (key for key, state in work.decided.items() if any_state or state == wanted))
    return ~decided if wanted == "open" else decided


def _assigned(lines: pa.Table, wanted: str, work: OfficerWork) -> Bools:
    nobody = wanted == "nobody"
    taken = _among(lines, (key for key, who in work.officer.items() if nobody or who == work.me))
    return ~taken if nobody else taken


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter of the queue's page: `words` for it, and `anything` for its empty choice (None: it has none).

    Its choices are `fixed` (value: words), or the values of a `column` of the day, worded by `named`; a text has none.
    `keeps` gives the lines that a value keeps; None where the field only orders them.
    """

    words: str
    anything: str | None
    keeps: Callable[[pa.Table, str, OfficerWork], Bools] | None
    fixed: Mapping[str, str] | None = None
    column: str = ""
    named: Callable[[str], str] = str


class QueueQuery(BaseModel):
    """Filters, grouping and page: an address's query, which a saved view keeps and an export repeats.

    Empty means all; of the day, the one that the live queue shows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    day: Annotated[date | None, BeforeValidator(lambda value: value or None)] = None
    scope: Annotated[
        Literal["queue", "all"], Filter("Lines", None, _in_scope, {"queue": "inside capacity", "all": "all of the day"})
    ] = Field("queue", description="lines inside capacity, or all of the day")
    q: Annotated[str, Filter("Search", None, _with_words)] = Field("", max_length=100)
    port: Annotated[
        str, Filter("Port of entry", "all ports", _equal("port_of_entry"), column="port_of_entry", named=port_name)
    ] = ""
    heading: Annotated[str, Filter("HTSUS heading", "all goods", _equal("heading"), column="heading")] = Field(
        "", description="first four digits of HTSUS"
    )
    origin: Annotated[
        str,
        Filter(
            "Declared origin", "all origins", _equal("country_of_origin"), column="country_of_origin", named=country
        ),
    ] = ""
    programme: Annotated[str, Filter("Programme", "any or none", _under_programme, column="programmes")] = ""
    supplier: Annotated[
        str,
        Filter(
            "Supplier",
            "all",
            lambda lines, value, _: _true(pc.equal(lines["new_supplier"], value == "new")),
            {"new": "new", "known": "known before"},
        ),
    ] = ""
    chosen: Annotated[
        str, Filter("Chosen", "either way", _equal("selection"), {"order": "by rank", LOT: "by lot (random sample)"})
    ] = ""
    state: Annotated[str, Filter("Decision", "all", _in_state, {"open": "open", "decided": "decided", **DECISIONS})] = (
        Field("", description="`open`, `decided`, or a decision")
    )
    officer: Annotated[str, Filter("Assigned", "to anybody", _assigned, {"me": "to me", "nobody": "to nobody"})] = ""
    group: Annotated[
        str,
        Filter(
            "Group by",
            "no groups",
            None,
            {"supplier": "supplier", "importer": "importer", "ring": "ring of tied suppliers", "port": "port"},
        ),
    ] = ""
    page: int = Field(1, ge=1)

    @model_validator(mode="after")
    def _offered(self) -> Self:
        for name, one in FILTERS.items():
            if one.fixed and (value := getattr(self, name)) and value not in one.fixed:
                raise ValueError(f"{name}: one of {', '.join(one.fixed)}")
        return self

    @property
    def chips(self) -> list[tuple[str, str]]:
        """Fields that narrow the lines, in words."""
        told = [(name, one, getattr(self, name)) for name, one in FILTERS.items() if one.keeps]
        return [
            (name, f"{one.words}: {one.fixed[value] if one.fixed else one.named(value)}")
            for name, one, value in told
            if value and value != QueueQuery.model_fields[name].default
        ]

    def query(self, **changes: Any) -> str:
        """The query of the address that asks this, with changes; what is left at its default is left out."""
        told = self.model_copy(update=changes)
        return urlencode(told.model_dump(mode="json", exclude_defaults=True, exclude_none=True))


FILTERS: Final = {
    name: one for name, field in QueueQuery.model_fields.items() for one in field.metadata if isinstance(one, Filter)
}
"""By field of the query, in the order of the page."""
DEFAULT: Final = {name: field.default for name, field in QueueQuery.model_fields.items()}


@dataclass(frozen=True, slots=True)
class QueuePage:
    """What stands on one page: `lines` as rows of `Day.lines` and more, `found` how many there are on all pages.

    `filters` are those of the page: field, the filter, and its choices with words.
    """

    day: date
    lines: list[dict[str, Any]]
    found: int
    pages: int
    filters: list[tuple[str, Filter, list[tuple[str, str]]]]
    counts: dict[str, int]
    default: Mapping[str, Any]


def rows(day: Day, asked: QueueQuery, work: OfficerWork) -> Rows:
    """Places in `day.lines` of the lines asked for: in the queue's order, or group after group."""
    fits: Bools = np.ones(len(day.lines), np.bool_)
    for name, one in FILTERS.items():
        if one.keeps and (value := getattr(asked, name)):
            fits &= one.keeps(day.lines, value, work)
    kept = np.flatnonzero(fits)
    if not asked.group:
        return kept
    groups = group_of(day, asked.group)[kept]
    _, first, place = np.unique(groups, return_index=True, return_inverse=True)
    return kept[np.lexsort((first[place], groups < 0))]


def group_of(day: Day, group: str) -> Rows:
    """Number of each line's group (n,); -1 for lines that belong to none, which come last."""
    if group == "port":
        codes = day.lines["port_of_entry"].combine_chunks().dictionary_encode().indices
        return np.asarray(pc.fill_null(codes, -1), np.intp)
    return np.asarray(day.lines[f"by_{group}"], np.intp)


@shared
def counts(day: Day) -> dict[tuple[str, str], list[tuple[str, int]]]:
    """By scope and column of a filter, its values there and how often each stands, the most frequent first."""
    found = {}
    for scope in ("queue", "all"):
        lines = day.lines.filter(pa.array(_in_scope(day.lines, scope)))
        for column in (one.column for one in FILTERS.values() if one.column):
            values = pc.list_flatten(lines[column]) if column == "programmes" else lines[column]
            counted = ((one["values"], one["counts"]) for one in pc.value_counts(values.drop_null()).to_pylist())
            found[scope, column] = sorted(counted, key=lambda pair: (-pair[1], pair[0]))
    return found


def lines_of(day: Day, keys: Iterable[Key]) -> list[dict[str, Any]]:
    """Rows of the lines of a day that have these keys."""
    found: list[dict[str, Any]] = day.lines.filter(pa.array(_among(day.lines, keys))).to_pylist()
    return found


def told(home: Path, day: Day, keys: Iterable[Key], work: OfficerWork, today: date) -> list[dict[str, Any]]:
    """Those rows with what pages say beside."""
    return [_told(home, line, work, today) for line in lines_of(day, keys)]


def _told(home: Path, line: dict[str, Any], work: OfficerWork, today: date) -> dict[str, Any]:
    key = line["entry_number"], line["line_number"]
    return line | {
        "said": said(home, line["model_version"], line["probability"], line["htsus"]),
        "lot": line["selection"] == LOT,
        "state": work.decided.get(key),
        "version": work.version.get(key, 0),
        "officer": work.officer.get(key),
        "age": (today - line["entry_date"]).days,
    }


def shown(home: Path, day: Day, asked: QueueQuery, work: OfficerWork, today: date) -> QueuePage:
    """The page that was asked for; empty beyond the last."""
    found = rows(day, asked, work)
    here = found[(asked.page - 1) * SHOWN : asked.page * SHOWN]
    groups = group_of(day, asked.group) if asked.group else np.zeros(len(day.lines), np.intp)
    members = np.bincount(groups[found] + 1, minlength=2)
    lines = [_told(home, line, work, today) for line in day.lines.take(here).to_pylist()]
    for place, (row, line) in enumerate(zip(here.tolist(), lines, strict=True)):
        line["begins"] = place == 0 or groups[row] != groups[here[place - 1]]
        line["members"] = int(members[groups[row] + 1])
    values = counts(day)
    filters = []
    for name, one in FILTERS.items():
        many = values.get((asked.scope, one.column), [])
        if one.column and (wanted := getattr(asked, name)) and wanted not in dict(many):
            many = [*many, (wanted, 0)]  # what is asked for is said, also where no line fits it
        choices = [(value, f"{one.named(value)} ({n:,})") for value, n in many]
        filters.append((name, one, choices if one.column else [*(one.fixed or {}).items()]))
    by_lot = np.asarray(day.lines["selection"].fill_null("").to_pandas()) == LOT
    figures = {
        "lines": len(day.lines),
        "inside": int(np.asarray(day.lines["place"].is_valid()).sum()),
        "lot": int(by_lot.sum()),
        "decided": len(work.decided),
        "unscored": day.unscored,
    }
    return QueuePage(day.day, lines, len(found), max(1, -(-len(found) // SHOWN)), filters, figures, DEFAULT)
