"""The answer to lines: what the night sees, computes and scores, over the model and history in charge."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import numpy as np

from originrisk.data.contract import ENTRIES, EPOCH, LINE_KEY, ONE_DAY
from originrisk.data.errors import Problem
from originrisk.features.catalogue import NAMES, compute
from originrisk.features.history.keys import keys_of
from originrisk.features.history.view import see
from originrisk.features.lines import Floats, Lines
from originrisk.models.origin_model import OriginModel
from originrisk.models.scoring import explain
from originrisk.serve.online.body import Asked, Row, lines_of
from originrisk.serve.online.charge import Charge, Past
from originrisk.serve.online.problems import BROKEN_LINES, RefusedError

PARTIES: Final = ("supplier", "maker", "address", "seller", "consolidator")
"""Parties that an answer names by key. Importers never: their number may be personal."""

_OPTIONAL: Final = [column.name for column in ENTRIES.columns if not column.required]


@dataclass(frozen=True, slots=True)
class Limits:
    """What `answer` keeps to: days that a line may lie ahead of the history, reasons of a line."""

    days_ahead: int
    reasons: int


def answer(asked: Asked, charge: Charge, limits: Limits) -> dict[str, Any]:
    """Score the lines. Raises RefusedError where a line's day is one that the history already knows."""
    check_days(asked.rows, charge.past, limits)
    lines, model = lines_of(asked.rows), charge.bundle.model
    with np.errstate(all="ignore"):  # a value beyond all measure gives features beyond all measure
        matrix = compute(lines, see(charge.past.history, lines, charge.lists.listings))
        shown = [_line(row, *judged) for row, judged in zip(asked.rows, _judged(matrix, model), strict=True)]
        if "reasons" in asked.include:
            rows = np.arange(len(shown))
            for line, told in zip(
                shown, explain(matrix, model, rows, len(rows), limits.reasons), strict=True
            ):
                line["reasons"] = told.reasons
    if "features" in asked.include:
        for line, values in zip(shown, matrix.tolist(), strict=True):
            line["features"] = dict(zip(NAMES, values, strict=True))
    _name_parties(shown, lines)
    return {**charge.versions, "lines": shown}


def _judged(matrix: Floats, model: OriginModel) -> Iterator[tuple[float, float, float]]:
    """Probability of each line, and the ends of its band."""
    probability = model.probability(matrix)
    lower, upper = model.calibrator.band(probability)
    return zip(probability.tolist(), lower.tolist(), upper.tolist(), strict=True)


def _name_parties(shown: list[dict[str, Any]], lines: Lines) -> None:
    for line, *keys in zip(shown, *keys_of(lines, PARTIES).tolist(), strict=True):
        line["parties"] = {
            name: f"{key:016x}" if key else None for name, key in zip(PARTIES, keys, strict=True)
        }


def check_days(rows: list[Row], past: Past, limits: Limits) -> None:
    """A line sees closed days before its own: none may lie in what the history has learned, nor far ahead."""
    first, last = past.day + ONE_DAY, past.day + timedelta(limits.days_ahead)
    problems = [
        Problem(f"/lines/{place}/entry_date", f"a day from {first} to {last}", "another day")
        for place, row in enumerate(rows)
        if not first <= row["entry_date"] <= last
    ]
    if problems:
        raise RefusedError(BROKEN_LINES, problems)


def _line(row: Row, probability: float, lower: float, upper: float) -> dict[str, Any]:
    return {
        **{name: row[name] for name in LINE_KEY},
        "probability": probability,
        "lower": lower,
        "upper": upper,
        "missing": [name for name in _OPTIONAL if row[name] is None],
    }


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
    return str(EPOCH + timedelta(value)) if value else None


def tried(charge: Charge, rows: list[Row]) -> None:
    """Work a line through a new charge before it answers; raises whatever is wrong with it."""
    lines = lines_of(rows)
    charge.bundle.model.probability(compute(lines, see(charge.past.history, lines, charge.lists.listings)))
