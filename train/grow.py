"""Growing trees, on folds and on everything, in processes of their own where examples are many."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import joblib
import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import clone

from originrisk.train.examples import Examples
from originrisk.train.noise import NoisyResults
from originrisk.train.origin_classifier import OriginClassifier
from originrisk.train.split import disjoint_folds

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

FOLDS: Final = 5
TREES: Final = (20, 40, 60, 80, 100, 120, 140, 160, 180, 200)
FEW: Final = 20_000
"""Up to so many examples, processes of their own would save less than they take to begin."""


def jobs_for(examples: int) -> int:
    """Processes that the fit of so many examples is shared out among."""
    return min(int(joblib.cpu_count()), FOLDS) if examples > FEW else 1


def folds(examples: Examples, seed: int) -> Iterator[tuple[Mask, Mask]]:
    """(fitted, judged) masks of the examples; no fold's suppliers are among those it is judged on."""
    return disjoint_folds(examples.seen.supplier, FOLDS, seed)


def log_odds_unseen(
    examples: Examples,
    results: NoisyResults,
    prototype: OriginClassifier,
    seed: int,
    numbers: Sequence[int] = TREES,
    *,
    jobs: int = 1,
) -> dict[int, Floats]:
    """Log-odds of every example from trees that saw no line of its supplier, by number of trees, which rises."""
    unseen = {number: np.empty(len(examples)) for number in numbers}
    parts = list(folds(examples, seed))
    given = examples.features, results, prototype, numbers
    staged = _shared((joblib.delayed(_staged)(*given, part) for part in parts), jobs)
    for (_, judged), log_odds in zip(parts, staged, strict=True):
        for number, values in zip(numbers, log_odds, strict=True):
            unseen[number][judged] = values
    return unseen


def grow(
    features: pd.DataFrame, results: NoisyResults, prototype: OriginClassifier, trees: int, *, jobs: int = 1
) -> list[OriginClassifier]:
    """So many trees of each seed of the prototype, as a classifier of its own."""
    return _shared((joblib.delayed(_grown)(features, results, one, trees) for one in prototype.apart()), jobs)


def _staged(
    features: pd.DataFrame,
    results: NoisyResults,
    prototype: OriginClassifier,
    numbers: Sequence[int],
    part: tuple[Mask, Mask],
) -> list[Floats]:
    fitted, judged = part
    grown = _grown(features[fitted], results.take(fitted), prototype, numbers[-1])
    return list(grown.staged_log_odds(features[judged], numbers))


def _grown(
    features: pd.DataFrame, results: NoisyResults, prototype: OriginClassifier, trees: int
) -> OriginClassifier:
    grown: OriginClassifier = clone(prototype).set_params(trees=trees)
    return grown.fit(features, **results.fit_arguments())


def _shared(tasks: Iterable[Any], jobs: int) -> list[Any]:
    # processes also where a process of another pool asks: LightGBM crashes where several threads of one train
    return list(joblib.Parallel(jobs, backend="loky")(tasks))
