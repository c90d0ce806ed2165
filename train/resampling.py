"""The bootstrap of all intervals: suppliers are drawn with replacement, for the lines of one are alike."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Keys = npt.NDArray[np.uint64]

RESAMPLES: Final = 200
CONFIDENCE: Final = 0.95


def interval(resampled: Sequence[float]) -> tuple[float, float]:
    """The middle 95 % of a metric over resamples, those that cannot tell it left out; NaN where none can."""
    values = np.asarray(resampled)[np.isfinite(resampled)]
    if not len(values):
        return np.nan, np.nan
    low, high = np.percentile(values, (50 - 50 * CONFIDENCE, 50 + 50 * CONFIDENCE))
    return float(low), float(high)


def resamples(supplier: Keys, seed: int, number: int = RESAMPLES) -> list[Floats]:
    """How often each line enters each resample, all lines of a supplier together."""
    names, cluster = np.unique(supplier, return_inverse=True)
    chosen = np.random.default_rng(seed).integers(0, len(names), (number, len(names)))
    return [np.bincount(row, minlength=len(names)).astype(np.float64)[cluster] for row in chosen]
