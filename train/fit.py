"""The fit: error rates, the shift of picked lines, the number of trees and the calibrator, all on unseen folds."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from originrisk.models.origin_model import OriginModel
from originrisk.train.calibrate import Calibration, calibrate
from originrisk.train.error_rates import ErrorRates, expected
from originrisk.train.examples import Examples
from originrisk.train.grow import TREES, grow, jobs_for, log_odds_unseen
from originrisk.train.noise import NoisyResults
from originrisk.train.origin_classifier import OriginClassifier
from originrisk.train.rate_estimate import Estimate, estimate

Floats = npt.NDArray[np.float64]

FIRST_LOOK: Final = TREES[:5]
"""Fewer will do for a first look at error rates and the shift of picked lines."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model and what was estimated on the way to it, by trees that had not seen the suppliers.

    Trees are grown under the pick of `estimate`, which counts every example alike; the one of `calibration`, under the
    weights of the lines that the examples stand for, serves the probabilities and their judgement.
    """

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
    rates, picked, even, jobs = expected(), 0.0, np.ones(len(examples)), jobs_for(len(examples))
    for trial, numbers in ((prototype.few(1), FIRST_LOOK), (prototype, TREES)):
        results = results_of(examples, even, rates, picked)
        unseen = log_odds_unseen(examples, results, trial, seed, numbers, jobs=jobs)
        trees = min(unseen, key=lambda number: results.loss(unseen[number]).sum())
        found = estimate(unseen[trees], examples)
        rates, picked = found.rates, found.picked
    doubt = found.level_doubt(weight, seed)
    calibration = calibrate(unseen[trees], results_of(examples, weight, rates), ~examples.random, doubt)
    grown = grow(examples.features, results_of(examples, even, rates, picked), prototype, trees, jobs=jobs)
    boosters = tuple(booster for one in grown for booster in one.boosters_)
    names = tuple(map(str, examples.features.columns))
    model = OriginModel(boosters, grown[0].base_log_odds_, calibration.calibrator, names)
    return Fitted(model, found, calibration, trees)


def results_of(examples: Examples, weight: Floats, rates: ErrorRates, picked: float = 0.0) -> NoisyResults:
    """The examples' results under these weights, the error rates of each one's cell and the shift of picked ones."""
    offset: Floats = np.where(examples.random, 0.0, picked)
    return NoisyResults(examples.observed, weight, *rates.of(examples.cell), offset)
