"""The answer to lines: the night's `see`, `compute` and `score`, over the model and history in charge."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa

from data.contract import ENTRIES, LINE_KEY
from data.errors import Problem
from features.catalogue import NAMES, compute
from features.keys import key_of
from features.known import see
from features.lines import Floats
from models.scoring import Scored, score
from serve.online.body import Asked, Row, lines_of
from serve.online.charge import Charge, Past
from serve.online.problems import BROKEN_LINES, RefusedError

PARTIES: Final = ("supplier", "maker", "address", "seller", "consolidator")
"""Parties that an answer names by key. Importers never: their number may be personal."""

_EPOCH: Final = date(1970, 1, 1)
_OPTIONAL: Final = [column.name for column in ENTRIES.columns if not column.required]
_KEY: Final = pa.schema([ENTRIES.schema.field(name) for name in LINE_KEY])


@dataclass(frozen=True, slots=True)
class Limits:
    """What `answer` keeps to: days that a line may lie ahead of the history, reasons of a line."""

    days_ahead: int
    reasons: int


def answer(asked: Asked, charge: Charge, limits: Limits) -> dict[str, Any]:
    """Score the lines. Raises RefusedError where a line's day is one that the history already knows."""
    check_days(asked.rows, charge.past, limits)
    lines = lines_of(asked.rows)
    with np.errstate(all="ignore"):  # a value beyond all measure gives features beyond all measure
        matrix = compute(lines, see(charge.past.history, lines, charge.lists.listings))
        explained = len(asked.rows) if "reasons" in asked.include else 0
        keys = pa.Table.from_pylist(asked.rows, schema=_KEY)
        scored = score(keys, matrix, charge.bundle.model, explained=explained, most_reasons=limits.reasons)
    shown = [_line(place, row, scored) for place, row in enumerate(asked.rows)]
    for key in PARTIES:
        for line, number in zip(shown, key_of(lines, key).tolist(), strict=True):
            line["parties"][key] = f"{number:016x}" if number else None
    return {**charge.versions, "lines": _included(shown, asked, scored, matrix)}


def check_days(rows: list[Row], past: Past, limits: Limits) -> None:
    """A line sees closed days before its own: none may lie in what the history has learned, nor far ahead."""
    first, last = past.day + timedelta(1), past.day + timedelta(limits.days_ahead)
    problems = [
        Problem(f"/lines/{place}/entry_date", f"a day from {first} to {last}", "another day")
        for place, row in enumerate(rows)
        if not first <= row["entry_date"] <= last
    ]
    if problems:
        raise RefusedError(BROKEN_LINES, problems)


def _line(place: int, row: Row, scored: Scored) -> dict[str, Any]:
    return {
        **{name: row[name] for name in LINE_KEY},
        "probability": float(scored.probability[place]),
        "lower": float(scored.lower[place]),
        "upper": float(scored.upper[place]),
        "missing": [name for name in _OPTIONAL if row[name] is None],
        "parties": {},
    }


def _included(
    shown: list[dict[str, Any]], asked: Asked, scored: Scored, matrix: Floats
) -> list[dict[str, Any]]:
    """The same lines with what the request asked for besides. A feature that is missing is null."""
    for place, line in enumerate(shown):
        if "reasons" in asked.include:
            line["reasons"] = scored.reasons[place]
        if "features" in asked.include:
            line["features"] = dict(zip(NAMES, matrix[place].tolist(), strict=True))
    return shown


def party(key: int, past: Past) -> dict[str, Any]:
    """What the closed days hold of a key in each part that it plays; empty where it was never learned."""
    history = past.history
    rows = {name: history.indexes[name].find(np.array([key], np.uint64))[0] for name in PARTIES}
    return {
        name: {
            shown: _measure(int(history.counts[name].state[row, history.columns[name][column]]), shown)
            for shown, column in _COUNTED.items()
        }
        for name, row in rows.items()
        if row
    }


_COUNTED: Final = {
    "lines_past_year": "lines.365",
    "lines": "lines.ever",
    "first_seen": "first",
    "last_seen": "last",
    "examined": "examined.ever",
    "found": "found.ever",
    "last_found": "found_on",
}


def _measure(value: int, shown: str) -> int | str | None:
    if shown not in {"first_seen", "last_seen", "last_found"}:
        return value
    return str(_EPOCH + timedelta(value)) if value else None


def tried(charge: Charge, rows: list[Row]) -> None:
    """Work a line through a new charge before it answers; raises whatever is wrong with it."""
    lines = lines_of(rows)
    charge.bundle.model.probability(compute(lines, see(charge.past.history, lines, charge.lists.listings)))
