"""Answers: lines scored as the night scores them, what closed days hold of a party, what the store holds of a line."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa

from originrisk.data.contract import ENTRIES, EPOCH, LINE_KEY, ONE_DAY, SCORES
from originrisk.data.errors import Problem
from originrisk.data.ingest.repair import parse
from originrisk.data.store.tables import Store
from originrisk.features.catalogue import NAMES, compute
from originrisk.features.history.keys import keys_of
from originrisk.features.history.view import see
from originrisk.features.lines import Floats, Lines
from originrisk.models.evidence import LineEvidence, gather
from originrisk.models.explanation import explain
from originrisk.models.origin_model import OriginModel
from originrisk.serve.online.artifacts import ActiveArtifacts, ActiveHistory
from originrisk.serve.online.problems import BROKEN_LINES, NOT_FOUND, RefusedError
from originrisk.serve.online.request import Row, lines_of
from originrisk.serve.scoring.ranking import blinded

PARTIES: Final = ("supplier", "maker", "address", "seller", "consolidator")
"""Parties that an answer names by key. Importers never: their number may be personal."""

SCORED_AT_ONCE: Final = 20_000
GATHERED_AT_ONCE: Final = 100_000
"""Characters of a part of a request: some 0.2 s of CPU where texts are new; gathering costs that for any number."""

_OPTIONAL: Final = [column.name for column in ENTRIES.columns if not column.required]


@dataclass(frozen=True, slots=True)
class Limits:
    """What `answer` keeps to: days that a line may lie ahead of the history, reasons of a line."""

    days_ahead: int
    reasons: int


def answer(
    rows: list[Row], include: frozenset[str], active: ActiveArtifacts, limits: Limits, store: Store
) -> Iterator[list[dict[str, Any]]]:
    """Score the lines, some at a time, so that others need not wait for all of them.

    Raises RefusedError where a line's day is one that the history already knows.
    """
    check_days(rows, active.past, limits)
    for told in _parts(rows, GATHERED_AT_ONCE if "reasons" in include else SCORED_AT_ONCE):
        known = (
            gather(store, pa.Table.from_pylist(told, ENTRIES.schema), active.past.day) if "reasons" in include else None
        )
        done = 0
        for part in _parts(told, SCORED_AT_ONCE):
            yield _answered(part, include, active, limits, known and known[done : done + len(part)])
            done += len(part)


def _parts(rows: list[Row], most: int) -> Iterator[list[Row]]:
    """Rows in their order, so many at a time as have `most` characters in their texts, each a few more for itself."""
    part: list[Row] = []
    size = 0
    for row in rows:
        part.append(row)
        size += 100 + sum(len(value) for value in row.values() if isinstance(value, str))
        if size >= most:
            yield part
            part, size = [], 0
    if part:
        yield part


def _answered(
    rows: list[Row], include: frozenset[str], active: ActiveArtifacts, limits: Limits, known: list[LineEvidence] | None
) -> list[dict[str, Any]]:
    lines, model = lines_of(rows), active.bundle.model
    with np.errstate(all="ignore"):  # a value beyond all measure gives features beyond all measure
        matrix = compute(lines, see(active.past.history, lines, active.lists.listings))
        shown = [_line(row, *judged) for row, judged in zip(rows, _judged(matrix, model, rows), strict=True)]
        if known is not None:
            every = np.arange(len(rows))
            for line, told in zip(
                shown, explain(matrix, model, known, rows=every, lines=len(every), most=limits.reasons), strict=True
            ):
                line |= {name: getattr(told, name) for name in ("reasons", "flags", "summary")}
    if "features" in include:
        for line, values in zip(shown, matrix.tolist(), strict=True):
            line["features"] = dict(zip(NAMES, values, strict=True))
    _name_parties(shown, lines)
    return shown


def _judged(matrix: Floats, model: OriginModel, rows: list[Row]) -> Iterator[tuple[float, float, float]]:
    """Probability of each line, and the ends of its band."""
    probability = model.probability(matrix)
    lower, upper = model.calibrator.band(probability, [row["htsus"] for row in rows])
    return zip(probability.tolist(), lower.tolist(), upper.tolist(), strict=True)


def _name_parties(shown: list[dict[str, Any]], lines: Lines) -> None:
    for line, *keys in zip(shown, *keys_of(lines, PARTIES).tolist(), strict=True):
        line["parties"] = {name: f"{key:016x}" if key else None for name, key in zip(PARTIES, keys, strict=True)}


def check_days(rows: list[Row], past: ActiveHistory, limits: Limits) -> None:
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


def party_history(key: int, past: ActiveHistory) -> dict[str, Any]:
    """What the closed days hold of a key in each part that it plays; empty where it was never learned."""
    history = past.history
    rows = {name: history.indexes[name].find(np.array([key], np.uint64)) for name in PARTIES}
    return {
        name: {
            shown: _measure(int(history.counts[name].of(column, row)[0]), shown) for shown, column in _TALLIED.items()
        }
        for name, row in rows.items()
        if row.any()
    }


_TALLIED: Final = {
    "lines_past_year": "lines.365",
    "lines": "lines.ever",
    "first_seen": "first",
    "last_seen": "last",
    "examined": "examined.ever",
    "found": "found.ever",
    "inconclusive": "inconclusive.ever",
    "denied": "denied.ever",
    "last_found": "found_on",
}


def _measure(value: int, shown: str) -> int | str | None:
    if shown not in {"first_seen", "last_seen", "last_found"}:
        return value
    return str(EPOCH + timedelta(value)) if value else None


def try_line(active: ActiveArtifacts, rows: list[Row]) -> None:
    """Work a line through new artifacts before they answer; raises whatever is wrong with it."""
    lines = lines_of(rows)
    active.bundle.model.probability(compute(lines, see(active.past.history, lines, active.lists.listings)))


def line_key(entry: str, line: str) -> tuple[str, int]:
    """Entry number and line number out of an address. Raises RefusedError (422) naming what is broken."""
    cells = [parse("entry number", entry[:40]), parse("line number", line[:10])]
    problems = [
        Problem(name, SCORES[name].rule, cell.broken or "nothing")
        for name, cell in zip(LINE_KEY, cells, strict=True)
        if cell.value is None
    ]
    if problems:
        raise RefusedError(BROKEN_LINES, problems)
    return str(cells[0].value), int(str(cells[1].value))


def stored_line(store: Store, entry_number: str, line_number: int) -> dict[str, Any]:
    """What is missing of a stored line, and its published score, if it is not blinded. Raises RefusedError (404)."""
    found = store.line("entries", entry_number, line_number).to_pylist()
    if not found:
        raise RefusedError(NOT_FOUND, [Problem("line", "an entry line in the store", "none")])
    scores = blinded(store.line("scores", entry_number, line_number)).to_pylist()
    return {
        **{name: found[0][name] for name in (*LINE_KEY, "entry_date")},
        "missing": [c.name for c in ENTRIES.columns if not c.required and found[0][c.name] is None],
        "score": {name: scores[0][name] for name in _PUBLISHED} if scores else None,
    }


_PUBLISHED = ("probability", "rank", "reasons", "flags", "summary", "model_version", "history_date")
