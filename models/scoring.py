"""Scoring: the lines of a day and their features become probabilities, bands, ranks and reasons. The one use case."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data.contract import SCORES
from features.catalogue import CATALOGUE
from models.origin_model import OriginModel
from models.reasons import Explained, Reason, explained

Floats = npt.NDArray[np.float64]
TOLD: Final = tuple(field.name for field in fields(Explained))


@dataclass(frozen=True, slots=True)
class Scored:
    """One day's lines, scored; every field in the order of the lines. Nothing is told beyond `explained`."""

    probability: Floats
    lower: Floats
    upper: Floats
    rank: npt.NDArray[np.int64]
    told: list[Explained]

    @property
    def reasons(self) -> list[list[Reason]]:
        """What raised each line's score, strongest first; empty where nothing is told."""
        return [one.reasons for one in self.told]

    def table(self, lines: pa.Table, model_version: str, history_date: date) -> pa.Table:
        """The contract's `scores` rows for these lines."""
        columns = {
            **{name: lines[name] for name in ("entry_number", "line_number", "entry_date")},
            "probability": self.probability,
            "rank": self.rank,
            **told_columns(self.told),
            "model_version": [model_version] * len(lines),
            "history_date": [history_date] * len(lines),
        }
        nothing = [None] * len(lines)
        return pa.table([columns.get(name, nothing) for name in SCORES.names], schema=SCORES.schema)


def score(
    lines: pa.Table, matrix: Floats, model: OriginModel, *, explained: int, most_reasons: int = 5
) -> Scored:
    """Score the lines of one day; the first `explained` ranks get their reasons.

    `matrix` are the lines' features, (lines, features). A line's probability and reasons do not depend on the
    other lines nor on their order; lines of equal probability are ranked by entry number and line number.
    """
    probability = model.probability(matrix)
    lower, upper = model.calibrator.band(probability)
    rank = _rank(probability, lines)
    rows = np.flatnonzero(rank <= explained)
    return Scored(
        probability, lower, upper, rank, explain(matrix[rows], model, rows, len(rank), most_reasons)
    )


def _rank(probability: Floats, lines: pa.Table) -> npt.NDArray[np.int64]:
    keys = lines.select(["entry_number", "line_number"]).append_column("below", pa.array(-probability))
    ascending = [(name, "ascending") for name in ("below", "entry_number", "line_number")]
    order = pc.sort_indices(keys, ascending).to_numpy()
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(1, len(order) + 1)
    return rank


def explain(
    matrix: Floats, model: OriginModel, rows: npt.NDArray[np.intp], lines: int, most: int
) -> list[Explained]:
    """Why the lines at `rows` score as they do, at most `most` features either way; of the others nothing is told.

    `matrix` are the features of these rows, (rows, features).
    """
    told = [Explained()] * lines
    for row, values, parts in zip(rows, matrix, model.contributions(matrix), strict=True):
        told[row] = explained(CATALOGUE, values, parts, most)
    return told


def told_columns(told: list[Explained]) -> dict[str, pa.Array]:
    """The contract's columns of `scores` that say why."""
    return {
        column.name: pa.array([getattr(one, column.name) for one in told], column.type)
        for column in SCORES.schema
        if column.name in TOLD
    }
