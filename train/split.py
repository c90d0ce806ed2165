"""Splits of examples: later slices behind a gap, and folds that never share a supplier."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
Dates = npt.NDArray[np.datetime64]


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
