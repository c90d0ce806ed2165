"""Scoring: the lines of a day and their features become probabilities, bands, ranks and reasons. The one use case."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data.contract import SCORES
from features.catalogue import CATALOGUE
from models.origin_model import OriginModel
from models.reasons import Reason, reasons

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scored:
    """One day's lines, scored; every field in the order of the lines. Reasons are empty beyond `explained`."""

    probability: Floats
    lower: Floats
    upper: Floats
    rank: npt.NDArray[np.int64]
    reasons: list[list[Reason]]

    def table(self, lines: pa.Table, model_version: str, history_date: date) -> pa.Table:
        """The contract's `scores` rows for these lines."""
        columns = {
            **{name: lines[name] for name in ("entry_number", "line_number", "entry_date")},
            "probability": self.probability,
            "rank": self.rank,
            "reasons": self.reasons,
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
) -> list[list[Reason]]:
    """At most `most` reasons of the lines at `rows`, whose features are `matrix` (rows, features); else none."""
    explained: list[list[Reason]] = [[] for _ in range(lines)]
    for row, values, parts in zip(rows, matrix, model.contributions(matrix), strict=True):
        explained[row] = reasons(CATALOGUE, values, parts, most)
    return explained
