"""Splits and resamples of lines that keep the lines of a supplier together."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from originrisk.data.arrays import Dates, Floats, Keys, Mask


def later(entry_date: Dates, known_on: Dates, *, share: float, gap_days: int) -> tuple[Mask, Mask]:
    """(fit, judge): the last `share` of lines by entry date is judged, the earlier ones are fitted.

    Between them lie `gap_days`; and a result that became known only after the judged slice began is not fitted.
    """
    start = np.quantile(entry_date.astype("datetime64[D]").astype(np.int64), 1 - share, method="higher")
    return from_day(entry_date, known_on, np.datetime64(int(start), "D"), gap_days)


def from_day(entry_date: Dates, known_on: Dates, start: np.datetime64, gap_days: int) -> tuple[Mask, Mask]:
    """(fit, judge) with the judged slice beginning on `start`."""
    fit = (entry_date < start - np.timedelta64(gap_days, "D")) & (known_on < start)
    return fit, entry_date >= start


def disjoint_folds(group: npt.NDArray[np.uint64], folds: int, seed: int) -> Iterator[tuple[Mask, Mask]]:
    """(fit, judge) masks: every line is judged once, by a fold that holds none of its group."""
    names, code = np.unique(group, return_inverse=True)
    fold = np.random.default_rng(seed).permutation(len(names)) % folds
    for number in range(folds):
        judged = fold[code] == number
        if judged.any() and not judged.all():
            yield ~judged, judged


RESAMPLES: Final = 200
CONFIDENCE: Final = 0.95


def interval(resampled: Sequence[float]) -> tuple[float, float]:
    """The middle 95 % of a metric over resamples, those that cannot tell it left out; NaN where none can."""
    values = np.asarray(resampled)[np.isfinite(resampled)]
    if not len(values):
        return np.nan, np.nan
    low, high = np.percentile(values, (50 - 50 * CONFIDENCE, 50 + 50 * CONFIDENCE))
    return float(low), float(high)


def wider_interval(value: float, resampled: Sequence[float], clusters: int) -> tuple[float, float]:
    """95 % interval of a figure of lines, where so many suppliers matter to it.

    The middle 95 % of resamples alone are too narrow where few suppliers are positive: the interval also spans
    Student's around the figure, with the deviation of the resamples. NaN where the lines cannot tell the figure.
    """
    low, high = interval(resampled)
    told = np.asarray(resampled)[np.isfinite(resampled)]
    if not np.isfinite(value) or len(told) < 2:
        return low, high
    half = student.ppf(0.5 + CONFIDENCE / 2, clusters - 1) * told.std(ddof=1)
    return min(low, float(value - half)), max(high, float(value + half))


def resamples(supplier: Keys, seed: int, number: int = RESAMPLES) -> list[Floats]:
    """How often each line enters each resample, all lines of a supplier together."""
    names, cluster = np.unique(supplier, return_inverse=True)
    chosen = np.random.default_rng(seed).integers(0, len(names), (number, len(names)))
    return [np.bincount(row, minlength=len(names)).astype(np.float64)[cluster] for row in chosen]
