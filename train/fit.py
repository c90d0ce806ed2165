"""The fit: error rates, the shift of picked lines, the number of trees and the calibrator, all on unseen folds."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import clone

from models.origin_model import OriginModel
from train.calibrate import Calibration, calibrate
from train.error_rates import ErrorRates, estimate, expected
from train.examples import Examples
from train.noise import NoisyResults
from train.origin_classifier import OriginClassifier
from train.split import disjoint_folds

Floats = npt.NDArray[np.float64]

FOLDS: Final = 5
ROUNDS: Final = 2
TREES: Final = (20, 40, 60, 80, 100, 120, 140, 160, 180, 200)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model and what was estimated on the way to it."""

    model: OriginModel
    rates: ErrorRates
    calibration: Calibration
    trees: int


def fit(examples: Examples, weight: Floats, prototype: OriginClassifier, seed: int) -> Fitted:
    """Fit on all examples. `weight` leads towards the lines the examples stand for and serves the calibrator only:
    trees under such weights rank worse, for they spend themselves on the few lines that are rarely examined.

    What needs lines the trees did not see (error rates, shift of picked lines, number of trees, calibrator) is
    learned from folds without common suppliers. The final trees, as many as did best there, are grown on
    everything and keep that calibrator: it was fitted to slightly weaker trees, so it errs towards caution.
    """
    rates, picked, even = expected(), 0.0, np.ones(len(examples))
    for _ in range(ROUNDS):
        results = results_of(examples, even, rates, picked)
        unseen = _unseen(examples, results, prototype, seed)
        trees = min(unseen, key=lambda number: results.loss(unseen[number]).sum())
        rates = estimate(unseen[trees], examples.observed, examples.cell)
        calibration = calibrate(unseen[trees], results_of(examples, weight, rates), ~examples.random)
        picked = calibration.picked
    final = clone(prototype).set_params(trees=trees)
    _grow(final, examples.features, results_of(examples, even, rates, picked))
    names = tuple(map(str, final.feature_names_in_))
    model = OriginModel(final.boosters_, final.base_log_odds_, calibration.calibrator, names)
    return Fitted(model, rates, calibration, trees)


def results_of(examples: Examples, weight: Floats, rates: ErrorRates, picked: float = 0.0) -> NoisyResults:
    """The examples' results under these weights, the error rates of each one's cell and the shift of picked ones."""
    offset: Floats = np.where(examples.random, 0.0, picked)
    return NoisyResults(examples.observed, weight, *rates.of(examples.cell), offset)


def _unseen(
    examples: Examples, results: NoisyResults, prototype: OriginClassifier, seed: int
) -> dict[int, Floats]:
    """Log-odds of every example from trees that saw none of its supplier's, by number of trees."""
    unseen = {number: np.empty(len(examples)) for number in TREES}
    for fitted, judged in disjoint_folds(examples.supplier, FOLDS, seed):
        trees = clone(prototype).set_params(trees=max(TREES))
        _grow(trees, examples.features[fitted], results.take(fitted))
        for number, log_odds in unseen.items():
            log_odds[judged] = trees.log_odds(examples.features[judged], number)
    return unseen


def _grow(trees: OriginClassifier, features: pd.DataFrame, results: NoisyResults) -> None:
    trees.fit(
        features,
        results.observed,
        sample_weight=results.weight,
        false_positive=results.false_positive,
        false_negative=results.false_negative,
        offset=results.offset,
    )
