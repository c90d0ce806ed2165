"""Scoring told: of which lines it is said why they score as they do, and how the contract's `scores` hold it."""

from dataclasses import fields
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from originrisk.data.contract import SCORES
from originrisk.features.catalogue import CATALOGUE
from originrisk.models.origin_model import OriginModel
from originrisk.models.reasons import Explained, explained

Floats = npt.NDArray[np.float64]
TOLD: Final = tuple(field.name for field in fields(Explained))


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
