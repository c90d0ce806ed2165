"""The batch: days scored one after another, each published whole; then printed, or written to a file."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from originrisk.data.console import print_table
from originrisk.data.contract import LINE_KEY, SCORES
from originrisk.data.errors import Problem, UsageError
from originrisk.data.identifiers.importer_number import mask
from originrisk.data.settings import Settings
from originrisk.data.store.tables import Store
from originrisk.models.bundle import Bundle, load
from originrisk.models.calibration import NOT_EXAMINED, Calibrator
from originrisk.models.checkpoints import Checkpoints
from originrisk.models.registry import champion_path
from originrisk.serve.cluster.engine import Engine
from originrisk.serve.cluster.score_days import score_on
from originrisk.serve.scoring.ranking import blinded
from originrisk.serve.scoring.scorer import Scorer


@dataclass(frozen=True, slots=True)
class Batch:
    """What a run over `start` to `end` published in the store: one row of `scores` for each line."""

    store: Store
    bundle: Bundle
    start: date
    end: date
    inside_capacity: dict[date, int]

    @property
    def hindsight(self) -> bool:
        """Whether the model learned from days that are scored here: such scores look better than a night's."""
        return date.fromisoformat(self.bundle.settings["cutoff"]) >= self.start

    def scores(self) -> pa.Table:
        """The published rows, by day and rank."""
        return self.store.scores(self.start, self.end)

    def entries(self) -> pa.Table:
        """The lines of the period."""
        return self.store.entries(self.start, self.end)

    def summary(self) -> dict[str, Any]:
        """What a scheduler reads. `read` and `scored` are counted in their own tables."""
        return {
            "from": str(self.start),
            "to": str(self.end),
            "read": len(self.store.entries(self.start, self.end, columns=["entry_number"])),
            "scored": len(self.scores()),
            "inside_capacity": sum(self.inside_capacity.values()),
            "model_version": self.bundle.version,
            "hindsight": self.hindsight,
        }


def score_period(settings: Settings, start: date, end: date, engine: Engine | None = None) -> Batch:
    """Score every line dated `start` to `end` with the champion and publish each day in one commit.

    With an engine its workers see and score; they publish nothing themselves. A run that is repeated changes nothing;
    one that was cut short leaves whole days and can be run again.
    Raises ModelRefusedError without a sound champion, AlreadyRunningError while another run writes.
    """
    bundle = load(champion_path(settings.home))
    store = Store(settings.home, settings.memory_limit_gb)
    published = dict.fromkeys(_days(start, end), 0)
    with store.writing() as staging:
        scorer = Scorer(store, settings, bundle)
        tables = _here(scorer, start, end) if engine is None else score_on(engine, scorer, start, end, staging)
        for table in tables:
            day = table["entry_date"][0].as_py()
            store.replace_day("scores", day, table)
            published[day] = len(table) - table["place"].null_count
        for day in (day for day, inside in published.items() if not inside):
            # its lines may have moved elsewhere
            store.replace_day("scores", day, SCORES.schema.empty_table())
    return Batch(store, bundle, start, end, published)


def _here(scorer: Scorer, start: date, end: date) -> Iterator[pa.Table]:
    """Scores of each day that has lines, worked out in this process."""
    checkpoints = Checkpoints.of(scorer.store, scorer.settings)
    history = checkpoints.latest(start)
    entries = checkpoints.entries(history, end)
    yield from scorer.tables(entries, checkpoints.replay(history, entries, end), start)


def _days(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(days) for days in range((end - start).days + 1))


SHOWN = 10
"""Lines printed; the rest of the queue is in the store and in the exported file."""

Row = tuple[object, str, str]


def print_batch(batch: Batch) -> None:
    """Print what a run published: the counts, and for a single day the top of its queue."""
    summary = batch.summary()
    print_table("Scored (leads, not findings)", ("", ""), summary.items())
    if batch.start == batch.end and summary["scored"]:
        top = blinded(batch.scores()).slice(0, min(SHOWN, batch.inside_capacity[batch.end]))
        print_queue(top, batch.entries(), batch.bundle.model.calibrator)


def print_queue(scores: pa.Table, entries: pa.Table, calibrator: Calibrator) -> None:
    """Print scored lines in the order given; importer numbers masked, parties left out.

    `entries` holds these lines among others.
    """
    declared = {tuple(line[name] for name in LINE_KEY): line for line in _matching(scores, entries)}
    scored = [(score, declared[tuple(score[name] for name in LINE_KEY)]) for score in scores.to_pylist()]
    rows = [row for score, line in scored for row in _rows(score, line, calibrator)]
    print_table("Top of the queue", ("rank", "entry line", "probability (90 % band), and what raised it"), rows)


def _matching(scores: pa.Table, entries: pa.Table) -> list[dict[str, Any]]:
    columns = [*LINE_KEY, "importer_number", "country_of_origin", "htsus"]
    lines: list[dict[str, Any]] = (
        entries.select(columns).join(scores.select(LINE_KEY), LINE_KEY, join_type="inner").to_pylist()
    )
    return lines


def _rows(score: dict[str, Any], line: dict[str, Any], calibrator: Calibrator) -> Iterator[Row]:
    likely = "drawn by lot, its score is not shown"
    if score["probability"] is not None:
        lower, upper = calibrator.band(np.array([score["probability"]]), [line["htsus"]])
        likely = f"{score['probability']:.1%} ({lower[0]:.1%} to {upper[0]:.1%})"
        if calibrator.unknown([line["htsus"]])[0]:
            likely += f", {NOT_EXAMINED.format(line['htsus'][:2])}"
    facts = [
        likely,
        f"{line['country_of_origin']} {line['htsus']}",
        mask(line["importer_number"]) or "no importer number",
    ]
    yield score["rank"] or "–", f"{score['entry_number']} / {score['line_number']}", ", ".join(facts)
    yield from (("", "", f"! {flag['text']}") for flag in score["flags"] or ())
    yield from (("", "", reason["text"]) for reason in score["reasons"] or ())


_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")  # spreadsheets read the full-width signs as their plain twins


def check_target(path: Path) -> None:
    """Refuse, before any work is done, a file that `write` could not write. Raises UsageError."""
    problems = []
    if path.suffix not in _WRITERS:
        problems.append(Problem("--out", f"a file ending in {' or '.join(_WRITERS)}", repr(path.name)))
    if not path.parent.is_dir():
        problems.append(Problem("--out", "a file in an existing folder", repr(str(path.parent))))
    if problems:
        raise UsageError(problems)


def write_scores(scores: pa.Table, path: Path) -> None:
    """Write rows of the contract's `scores`, the random sample `blinded`, by the suffix of `path`.

    Readers see the old file or the new.
    """
    scores = blinded(scores)
    staged = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        _WRITERS[path.suffix](scores, staged)
        staged.replace(path)
    finally:
        staged.unlink(missing_ok=True)


def spreadsheet_cell(text: str | None) -> str | None:
    """Text that stays text: an apostrophe goes before whatever a spreadsheet would run as a formula."""
    return f"'{text}" if text and text.startswith(_FORMULA_STARTS) else text


def _write_csv(scores: pa.Table, path: Path) -> None:
    csv.write_csv(pa.table({name: _cells(scores[name]) for name in scores.column_names}), path)


def _write_parquet(scores: pa.Table, path: Path) -> None:
    pq.write_table(scores, path)


def _cells(column: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
    if pa.types.is_list(column.type):
        return pa.array([json.dumps(cell) for cell in column.to_pylist()], pa.string())
    if pa.types.is_string(column.type):
        return pa.array([spreadsheet_cell(cell) for cell in column.to_pylist()], pa.string())
    return column


_WRITERS = {".csv": _write_csv, ".parquet": _write_parquet}
