"""Example rows of features, as `features/catalogue/examples/CONCEPT.toml` declares them, made into worlds.

    "-40 found@5 | -30x2 to=B clean@5 | 0 text=PHONES = (1 + 5 / 3) / 6"

Lines in order, the last one asked; then its value, or what it is above (`>`) or below (`<`). A line has a day, counted
from that of the last one (which is DAY, or `on=` a date), how often it is declared, the cells in which it differs from
USUAL, and a result with the days until it was known. `by`, `to`, `via` and `forward` name a maker, an importer, a
seller and a forwarder by a letter; `_` is a blank and `-` an empty cell. `list NAME@DAY in=CITY` puts one on a list.
"""

import math
import re
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from originrisk.data.contract import ENTRIES, LISTED, OUTCOMES
from originrisk.features.catalogue.feature import CONCEPTS, Feature
from originrisk.features.history.replay import Outcomes, replay
from originrisk.features.history.state import History
from originrisk.features.history.view import PointInTimeView, see
from originrisk.features.lines import Lines
from originrisk.features.lists import Listings
from tests.features.factory import listing_of

FOLDER: Final = Path(__file__).parents[2] / "features" / "catalogue" / "examples"
DAY: Final = date(2020, 6, 30)
USUAL: Final[dict[str, Any]] = {
    "entry_type": "01",
    "country_of_origin": "VN",
    "country_of_export": "VN",
    "port_of_lading": "55224",
    "port_of_unlading": "2704",
    "port_of_entry": "2704",
    "mode_of_transport": "11",
    "htsus": "6109100012",
    "description": "T-SHIRTS",
    "quantity": 100.0,
    "unit_of_measure": "NO",
    "gross_weight_kg": 50.0,
    "entered_value_usd": 500.0,
    "charges_usd": 25.0,
}
CELLS: Final = {
    "mid": "manufacturer_id", "name": "manufacturer_name", "street": "manufacturer_address",
    "city": "manufacturer_city", "zip": "manufacturer_postal_code", "origin": "country_of_origin",
    "export": "country_of_export", "port": "port_of_lading", "hts": "htsus", "text": "description",
    "pieces": "quantity", "unit": "unit_of_measure", "kg": "gross_weight_kg", "usd": "entered_value_usd",
    "fee": "charges_usd", "shipped": "export_date", "seller": "seller_name", "forwarder": "consolidator_name",
    "smelt": "smelt_country", "cast": "cast_country", "melt": "melt_pour_country",
}  # fmt: skip
RESULTS: Final = {
    "found": {"result": "xinjiang"},
    "clean": {"result": "not_xinjiang"},
    "unclear": {"result": "inconclusive"},
    "denied": {"disposition": "denied"},
}


@dataclass(frozen=True, slots=True)
class Example:
    """A row as it is written, the line that it asks about, what was known of it, and the value that is due."""

    row: str
    lines: Lines
    view: PointInTimeView
    expected: float
    relation: str

    def holds(self, feature: Feature) -> bool:
        """Whether the feature has the value, or one above or below it that a probability may have."""
        value = self.value(feature)
        if self.relation == "=":
            return math.isclose(value, self.expected, rel_tol=1e-5, abs_tol=1e-5)
        return 0 <= value < self.expected if self.relation == "<" else self.expected < value <= 1

    def value(self, feature: Feature) -> float:
        """The feature of the line; missing ones are alike."""
        value = float(feature.compute(self.lines, self.view)[0])
        return value if not math.isnan(value) else MISSING


MISSING: Final = -987_654.0
"""Stands for NaN, which is like nothing."""


@cache
def declared() -> dict[str, list[str]]:
    """The rows of each feature, by its name."""
    files = (FOLDER / f"{concept}.toml" for concept in CONCEPTS)
    return {name: rows for file in files for name, rows in tomllib.loads(file.read_text("utf-8")).items()}


@cache
def examples(name: str) -> tuple[Example, ...]:
    """The examples of a feature."""
    return tuple(map(example, declared().get(name, ())))


def example(row: str) -> Example:
    """Make the world of a row, replay it, and ask for its last line."""
    world, relation, value = re.split(r" ([=<>]) ", row)
    parts = [part.split() for part in world.split(" | ")]
    today = next((date.fromisoformat(word[3:]) for part in parts for word in part if word.startswith("on=")), DAY)
    listed, entries, outcomes = [LISTED.schema.empty_table()], [], []
    for part in parts:
        if part[0] == "list":
            party, _, day = part[1].partition("@")
            city = next((word[3:] for word in part if word.startswith("in=")), None)
            listed.append(listing_of(party.replace("_", " "), today + timedelta(int(day)), address=city))
            continue
        day, _, times = part[0].partition("x")
        for _ in range(int(times or 1)):
            entries.append(_entry(part[1:], today + timedelta(int(day)), len(entries)))
            outcomes += [_outcome(word, entries[-1]) for word in part[1:] if word.partition("@")[0] in RESULTS]
    lines = Lines.of(_table(ENTRIES.schema, entries))
    known = Outcomes.of(lines, _table(OUTCOMES.schema, outcomes))
    listings, history = Listings.known(pa.concat_tables(listed)), History()
    list(replay(history, lines, known, (today - date(1970, 1, 1)).days - 1, listings))
    asked = lines.take(np.array([len(entries) - 1]))
    names = {"nan": MISSING, "ln": math.log, "__builtins__": {}}
    due = float(eval(value, names))
    return Example(row, asked, see(history, asked, listings), due, relation)


def _entry(words: list[str], day: date, number: int) -> dict[str, Any]:
    given = dict(word.split("=", 1) for word in words if "=" in word)
    maker, importer, seller, forwarder = (given.get(role, "A") for role in ("by", "to", "via", "forward"))
    entry: dict[str, Any] = {
        **USUAL,
        "entry_number": f"{given.get('filer', 'AAA')}{number:07d}",
        "line_number": 1,
        "entry_date": day,
        "received_on": day + timedelta(int(given.get("late", 0))),
        "export_date": day - timedelta(20),
        "importer_number": f"12-{ord(importer):07d}",
        "manufacturer_id": f"VN{maker * 6}{ord(maker)}HAN",
        "manufacturer_name": f"{maker * 6}O TEXTILE",
        "manufacturer_address": f"{ord(maker)} {maker * 5}I ROAD",
        "manufacturer_city": "HANOI",
        "seller_name": f"{seller * 5}U TRADING",
        "consolidator_name": f"{forwarder * 5}E LOGISTICS",
    }
    for short, cell in given.items():
        if short in CELLS:
            entry[CELLS[short]] = _cell(CELLS[short], cell.replace("_", " "), day)
    return entry


def _cell(column: str, cell: str, day: date) -> Any:
    if cell == "-":
        return None
    if column == "export_date":
        return day + timedelta(int(cell))
    return float(cell) if isinstance(USUAL.get(column), float) else cell


def _outcome(word: str, entry: dict[str, Any]) -> dict[str, Any]:
    result, _, days = word.partition("@")
    known = {"selected_date": entry["entry_date"], "outcome_date": entry["entry_date"] + timedelta(int(days))}
    key = {name: entry[name] for name in ("entry_number", "line_number")}
    return {**key, **known, "method": "isotopic", "selection": "targeted", **RESULTS[result]}


def _table(schema: pa.Schema, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.table({one.name: pa.array([row.get(one.name) for row in rows], one.type) for one in schema})
