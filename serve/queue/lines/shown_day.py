"""A page of the queue as its template reads it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np

from originrisk.data import reference
from originrisk.serve.queue.lines import view
from originrisk.serve.queue.lines.asked import Asked
from originrisk.serve.queue.lines.day import Day
from originrisk.serve.queue.lines.view import Worked
from originrisk.serve.queue.lines.words import said

LOT: Final = "lot"
FACETS: Final = {
    "port": "port_of_entry",
    "heading": "heading",
    "origin": "country_of_origin",
    "programme": "programmes",
}
"""Filters whose choices are the values of a column."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands on one page: `lines` as rows of `Day.lines` and more, `found` how many there are on all pages."""

    day: date
    lines: list[dict[str, Any]]
    found: int
    pages: int
    facets: dict[str, list[tuple[str, str]]]
    counts: dict[str, int]


def shown(home: Path, day: Day, asked: Asked, worked: Worked) -> Shown:
    """The page that was asked for."""
    found = view.rows(day, asked, worked)
    here = view.page(found, asked.page)
    groups = view.group_of(day, asked.group) if asked.group else np.zeros(len(day.lines), np.intp)
    members = np.bincount(groups[found] + 1, minlength=2)
    lines = day.lines.take(here).to_pylist()
    for place, (row, line) in enumerate(zip(here.tolist(), lines, strict=True)):
        key = line["entry_number"], line["line_number"]
        line["said"] = said(home, line["model_version"], line["probability"])
        line["lot"] = line["selection"] == LOT
        line["state"] = worked.decided.get(key)
        line["version"] = worked.version.get(key, 0)
        line["officer"] = worked.officer.get(key)
        line["begins"] = place == 0 or groups[row] != groups[here[place - 1]]
        line["members"] = int(members[groups[row] + 1])
    return Shown(
        day.day, lines, len(found), view.pages(found), _facets(day, asked.scope), _counts(day, worked)
    )


def _facets(day: Day, scope: str) -> dict[str, list[tuple[str, str]]]:
    """For each filter its values, each with words for it."""
    counts = view.counts(day)
    return {
        name: [(value, f"{_named(name, value)} ({lines:,})") for value, lines in counts[scope, column]]
        for name, column in FACETS.items()
    }


def _named(facet: str, value: str) -> str:
    if facet == "port":
        return port(value)
    return country(value) if facet == "origin" else value


def port(code: str | None) -> str:
    """A US port with its name."""
    known = reference.us_ports_by_code().get(code or "")
    return f"{code} {known.name}" if known else code or "no port"


def country(code: str | None) -> str:
    """A country with its name."""
    known = reference.countries_by_alpha_2().get(code or "")
    return f"{code} {known.name}" if known else code or "no country"


def _counts(day: Day, worked: Worked) -> dict[str, int]:
    inside = np.asarray(day.lines["place"].is_valid())
    by_lot = np.asarray(day.lines["selection"].fill_null("").to_pandas()) == LOT
    return {
        "lines": len(day.lines),
        "inside": int(inside.sum()),
        "lot": int(by_lot.sum()),
        "decided": len(worked.decided),
        "unscored": day.unscored,
    }
