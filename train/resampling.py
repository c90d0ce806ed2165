"""The bootstrap of all intervals: suppliers are drawn with replacement, for the lines of one are alike."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from models.calibration import sigmoid
from train.odds import logit

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


def share_interval(
    share: float, resampled: Sequence[float], clusters: int, lines: int
) -> tuple[float, float]:
    """95 % interval of a figure from 0 to 1 found on so many lines, from resamples of suppliers; `clusters` matter.

    The middle 95 % of resamples alone are too narrow where few suppliers are positive, and lie to one side near 0 and
    1; the interval therefore also spans Student's around the figure in log-odds, with the deviation of the resamples.
    Figures are kept off 0 and 1 by half a line.
    """
    low, high = interval(resampled)
    off = 0.5 / lines
    told = np.asarray(resampled)[np.isfinite(resampled)]
    if not np.isfinite(share) or len(told) < 2:
        return low, high
    centre, drawn = logit(np.clip(share, off, 1 - off)), logit(np.clip(told, off, 1 - off))
    half = student.ppf(0.5 + CONFIDENCE / 2, clusters - 1) * drawn.std(ddof=1)
    ends = sigmoid(centre + np.array([-half, half]))
    return min(low, float(ends[0])), max(high, float(ends[1]))


def resamples(supplier: Keys, seed: int, number: int = RESAMPLES) -> list[Floats]:
    """How often each line enters each resample, all lines of a supplier together."""
    names, cluster = np.unique(supplier, return_inverse=True)
    chosen = np.random.default_rng(seed).integers(0, len(names), (number, len(names)))
    return [np.bincount(row, minlength=len(names)).astype(np.float64)[cluster] for row in chosen]
