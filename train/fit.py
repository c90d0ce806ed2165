"""The fit: error rates, the shift of picked lines, the number of trees and the calibrator, all on unseen folds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import joblib
import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import clone

from models.calibration import Calibrator
from models.origin_model import OriginModel
from train.calibrate import Calibration, calibrate
from train.error_rates import ErrorRates, expected
from train.examples import Examples
from train.noise import NoisyResults
from train.origin_classifier import OriginClassifier
from train.rate_estimate import Estimate, estimate
from train.split import disjoint_folds

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

FOLDS: Final = 5
FEW: Final = 20_000
"""Up to so many examples, folds in processes of their own would save less than these take to begin."""
TREES: Final = (20, 40, 60, 80, 100, 120, 140, 160, 180, 200)
FIRST_LOOK: Final = TREES[:5]
"""Fewer will do for a first look at error rates and the shift of picked lines."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model and what was estimated on the way to it, by trees that had not seen the suppliers."""

    model: OriginModel
    estimate: Estimate
    calibration: Calibration
    trees: int

    @property
    def rates(self) -> ErrorRates:
        """Most probable error rates of the examinations."""
        return self.estimate.rates


def fit(examples: Examples, weight: Floats, prototype: OriginClassifier, seed: int) -> Fitted:
    """Fit on all examples.

    What needs lines the trees did not see (error rates, shift of picked lines, number of trees, calibrator) is
    learned from folds without common suppliers. The final trees, as many as did best there, are grown on
    everything and keep that calibrator: it was fitted to slightly weaker trees, so it errs towards caution.
    `weight` leads towards the lines the examples stand for and serves the calibrator only: trees under such
    weights rank worse, for they spend themselves on the few lines that are rarely examined.
    """
    jobs = joblib.cpu_count() if len(examples) > FEW else 1
    rates, picked, even = expected(), 0.0, np.ones(len(examples))
    for trial, numbers in ((prototype.few(1), FIRST_LOOK), (prototype, TREES)):
        results = results_of(examples, even, rates, picked)
        unseen = log_odds_unseen(examples, results, trial, seed, numbers, jobs=jobs)
        trees = min(unseen, key=lambda number: results.loss(unseen[number]).sum())
        found = estimate(unseen[trees], examples)
        rates, picked = found.rates, found.picked
    doubt = found.level_doubt(weight, seed)
    calibration = calibrate(unseen[trees], results_of(examples, weight, rates), ~examples.random, doubt)
    results = results_of(examples, even, rates, picked)
    model = _model(
        examples.features, results, prototype.set_params(trees=trees), calibration.calibrator, jobs
    )
    return Fitted(model, found, calibration, trees)


def _model(
    features: pd.DataFrame,
    results: NoisyResults,
    prototype: OriginClassifier,
    calibrator: Calibrator,
    jobs: int,
) -> OriginModel:
    tasks = (joblib.delayed(_grow)(features, results, one, one.trees) for one in prototype.apart())
    grown = joblib.Parallel(jobs)(tasks)
    boosters = tuple(booster for one in grown for booster in one.boosters_)
    return OriginModel(boosters, grown[0].base_log_odds_, calibrator, tuple(features.columns))


def results_of(examples: Examples, weight: Floats, rates: ErrorRates, picked: float = 0.0) -> NoisyResults:
    """The examples' results under these weights, the error rates of each one's cell and the shift of picked ones."""
    offset: Floats = np.where(examples.random, 0.0, picked)
    return NoisyResults(examples.observed, weight, *rates.of(examples.cell), offset)


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
    """Log-odds of every example from trees that saw no line of its supplier, by number of trees, which rises.

    The folds are shared out among `jobs` processes.
    """
    unseen = {number: np.empty(len(examples)) for number in numbers}
    parts = list(folds(examples, seed))
    tasks = (
        joblib.delayed(_staged)(
            examples.features[fitted], results.take(fitted), prototype, numbers, examples.features[judged]
        )
        for fitted, judged in parts
    )
    for (_, judged), staged in zip(parts, joblib.Parallel(jobs)(tasks), strict=True):
        for number, log_odds in zip(numbers, staged, strict=True):
            unseen[number][judged] = log_odds
    return unseen


def _staged(
    features: pd.DataFrame,
    results: NoisyResults,
    prototype: OriginClassifier,
    numbers: Sequence[int],
    asked: pd.DataFrame,
) -> list[Floats]:
    return list(_grow(features, results, prototype, numbers[-1]).staged_log_odds(asked, numbers))


def _grow(
    features: pd.DataFrame, results: NoisyResults, prototype: OriginClassifier, trees: int
) -> OriginClassifier:
    grown: OriginClassifier = clone(prototype).set_params(trees=trees)
    return grown.fit(features, **results.fit_arguments())
