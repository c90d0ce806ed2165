"""The steps of a night after the inbox. Each leaves behind what the next ones need, so that a crash costs one step."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow.parquet as pq

from originrisk.data.contract import ONE_DAY, SCORES
from originrisk.data.errors import GateRefusedError
from originrisk.data.settings import Settings
from originrisk.data.store.tables import Store
from originrisk.models.bundle import Bundle
from originrisk.models.checkpoints import Checkpoints
from originrisk.serve.day_scores import DayScores
from originrisk.serve.engine import Engine
from originrisk.serve.night.arrivals_check import check_arrivals
from originrisk.serve.night.drift_check import check_drift
from originrisk.serve.night.lines_check import check_lines
from originrisk.serve.night.manifest import Manifest
from originrisk.serve.night.measure import Measure
from originrisk.serve.scorer import Scorer
from originrisk.serve.spread import day_in_parts

STAGED = "scores.parquet"


@dataclass(frozen=True, slots=True)
class Work:
    """What the steps of a night share."""

    settings: Settings
    store: Store
    day: date
    bundle: Bundle
    manifest: Manifest
    engine: Engine | None = None

    @property
    def checkpoints(self) -> Checkpoints:
        """The histories of the store."""
        return Checkpoints(self.store, self.settings.history_start)


def close(work: Work) -> dict[str, Any]:
    """Close the day before: its history is kept, and the next night goes on from there."""
    return {"lines": work.checkpoints.bring_to(work.day - ONE_DAY)}


def check(work: Work) -> dict[str, Any]:
    """The quality gate, as far as it needs no score. Raises GateRefusedError where it stops the night."""
    counts, rules = work.manifest.content["counts"], work.settings.night
    lines, measures = check_lines(work.store, work.day, counts, rules)
    return {"lines": lines, "measures": _judged([*measures, *check_arrivals(work.store, work.day, rules)])}


def score(work: Work) -> dict[str, Any]:
    """Score, rank and explain the day into a staged file; the rest of the gate. Raises GateRefusedError as `check`."""
    table, parts, measures = SCORES.schema.empty_table(), {}, list[Measure]()
    # as a list: the history that was seen is let go before its day is explained
    for scores in list(_scored(work, Scorer(work.store, work.settings, work.bundle))):
        table = scores.table(work.day)
        parts = {name: round(seconds, 3) for name, seconds in scores.seconds.items()}
        levels = work.settings.night.levels
        measures = check_drift(work.bundle.profile, scores.counts, scores.probability, levels)
    staged = work.manifest.folder / STAGED
    pq.write_table(table, staged.with_suffix(".new"))
    staged.with_suffix(".new").replace(staged)
    return {
        "lines": len(table),
        "places": len(table) - table["place"].null_count,
        "parts": parts,
        "measures": _judged(measures),
    }


def _scored(work: Work, scorer: Scorer) -> Iterator[DayScores]:
    """The scores of the day, if it has lines. Its lines are seen, not learned: the next night closes it."""
    checkpoints = work.checkpoints
    checkpoints.bring_to(work.day - ONE_DAY)
    if work.engine is None:
        yield from scorer.seen(checkpoints.latest(work.day), work.day, checkpoints.listings())
        return
    with work.store.writing() as staging:
        yield from day_in_parts(work.engine, scorer, work.day, staging)


def publish(work: Work) -> dict[str, Any]:
    """Put the staged scores in place of the day's, in one commit."""
    staged = work.manifest.folder / STAGED
    table = pq.read_table(staged)
    work.store.replace_day(SCORES.name, work.day, table)
    return {"lines": len(table)}


def _judged(measures: list[Measure]) -> list[dict[str, Any]]:
    stops = [one.problem() for one in measures if one.verdict == "stop"]
    if stops:
        raise GateRefusedError(stops)
    return [one.row() for one in measures]
