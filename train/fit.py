"""The fit: error rates, the selection shift, the number of trees and the calibrator, all on unseen folds."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self

import joblib
import numpy as np
import pandas as pd
from scipy.special import logit
from sklearn.base import clone

from originrisk.data.arrays import Floats, Keys, Mask
from originrisk.data.settings import TrainSettings
from originrisk.models.origin_model import OriginModel
from originrisk.train.any_classifier import Learner
from originrisk.train.calibrate import Calibration, Estimate, calibrate, estimate
from originrisk.train.dataset import Examples, Unexamined
from originrisk.train.labels import ErrorRates, Expected, chance_by_propensity, support, weights
from originrisk.train.origin_classifier import NoisyResults
from originrisk.train.resampling import disjoint_folds


def log_odds_of(model: OriginModel, matrix: Floats) -> Floats:
    """Calibrated log-odds (n,) of lines by a model, kept finite: probabilities are held within 1e-12 of 0 and 1."""
    log_odds: Floats = logit(np.clip(model.probability(matrix), 1e-12, 1 - 1e-12))
    return log_odds


FOLDS: Final = 5
TREES: Final = (20, 40, 60, 80, 100, 120, 140, 160, 180, 200)
FEW: Final = 20_000
"""Up to so many examples, processes of their own would save less than they take to begin."""


def jobs_for(examples: int) -> int:
    """Processes that the fit of so many examples is shared out among."""
    return min(int(joblib.cpu_count()), FOLDS) if examples > FEW else 1


UNEXAMINED_TAUGHT: Final = 8_000
"""Lines nobody examined that trees learn from beside the examples; twice as many changed no ranking."""


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """What trees learn from: features and results of the same lines, and their suppliers (lines,).

    The examples come first, then lines that nobody examined, with a chance in the place of a result: twice in the
    set, as positive and as not, weighing by that chance. It is what trees that did not see the supplier believe, as far
    as examinations tell of such lines, and else the chance of their propensity alone. Without them trees never see
    goods that no officer opens, and extrapolate.
    """

    features: pd.DataFrame
    results: NoisyResults
    supplier: Keys

    @classmethod
    def of(
        cls,
        examples: Examples,
        results: NoisyResults,
        unexamined: Unexamined,
        worth: float,
        believed: Floats | None = None,
    ) -> Self:
        """`worth`: what all unexamined lines weigh, in shares of what the examples do; `believed`: their chance by
        trees that did not see their suppliers (lines,), where there are such trees."""
        if not len(unexamined) or not worth:
            return cls(examples.features, results, examples.frame.supplier)
        selected = examples.propensity[~examples.random]
        chance = chance_by_propensity(examples.propensity, results, unexamined.propensity)
        if believed is not None:
            chance = chance + support(unexamined.propensity, selected) * (believed - chance)
        label, each = np.repeat([0.0, 1.0], len(unexamined)), worth * results.weight.sum() / len(unexamined)
        likely = NoisyResults.of(label, each * np.concatenate([1 - chance, chance]))
        frame = unexamined.frame
        return cls(
            pd.concat([examples.features, frame.features, frame.features], ignore_index=True),
            results.joined(likely),
            np.concatenate([examples.frame.supplier, frame.supplier, frame.supplier]),
        )

    def folds(self, seed: int) -> Iterator[tuple[Mask, Mask]]:
        """(fitted, judged) masks of the lines; no fold's suppliers are among those it is judged on."""
        return disjoint_folds(self.supplier, FOLDS, seed)


def log_odds_unseen(
    of: TrainingSet, prototype: Learner, seed: int, numbers: Sequence[int] = TREES, *, jobs: int = 1
) -> dict[int, Floats]:
    """Log-odds of every line from trees that saw no line of its supplier, by number of trees, which rises."""
    unseen = {number: np.empty(len(of.features)) for number in numbers}
    parts = list(of.folds(seed))
    given = of.features, of.results, prototype, numbers
    staged = _shared((joblib.delayed(_staged)(*given, part) for part in parts), jobs)
    for (_, judged), log_odds in zip(parts, staged, strict=True):
        for number, values in zip(numbers, log_odds, strict=True):
            unseen[number][judged] = values
    return unseen


def grow(of: TrainingSet, prototype: Learner, trees: int, *, jobs: int = 1) -> list[Learner]:
    """So many trees of each seed of the prototype, as a classifier of its own."""
    parts = prototype.apart()
    return _shared((joblib.delayed(_grown)(of.features, of.results, one, trees) for one in parts), jobs)


def _staged(
    features: pd.DataFrame, results: NoisyResults, prototype: Learner, numbers: Sequence[int], part: tuple[Mask, Mask]
) -> list[Floats]:
    fitted, judged = part
    grown = _grown(features[fitted], results.take(fitted), prototype, numbers[-1])
    return list(grown.staged_log_odds(features[judged], numbers))


def _grown(features: pd.DataFrame, results: NoisyResults, prototype: Learner, trees: int) -> Learner:
    grown: Learner = clone(prototype).set_params(trees=trees)
    return grown.fit(features, **results.fit_arguments())


def _shared(tasks: Iterable[Any], jobs: int) -> list[Any]:
    # processes also where a process of another pool asks: LightGBM crashes where several threads of one train
    return list(joblib.Parallel(jobs, backend="loky")(tasks))


FIRST_LOOK: Final = TREES[:5]
"""Fewer will do for a first look at error rates and the selection shift."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model and what was estimated on the way to it, by trees that had not seen the suppliers.

    Trees are grown under the selection shift of `estimate`, which counts every example alike; that of `calibration`,
    under the weights of the lines that the examples stand for, serves the probabilities and their evaluation.
    `unseen` are log-odds of the examples (lines,), before calibration, by trees that had not seen their suppliers.
    """

    model: OriginModel
    estimate: Estimate
    calibration: Calibration
    trees: int
    unseen: Floats

    @property
    def rates(self) -> ErrorRates:
        """Most probable error rates of the examinations."""
        return self.estimate.rates


def fit(examples: Examples, unexamined: Unexamined, prototype: Learner, settings: TrainSettings, seed: int) -> Fitted:
    """Fit on all examples, and on lines that nobody examined where examples tell nothing.

    What needs lines the trees did not see (error rates, selection shift, number of trees, calibrator) is
    learned from folds without common suppliers. The final trees, as many as did best there, are grown on
    everything and keep that calibrator: it was fitted to slightly weaker trees, so it errs towards caution.
    Inverse propensity leads towards the lines the examples stand for and serves the calibrator only: trees under such
    weights rank worse, for they spend themselves on the few lines that are rarely examined.
    """
    some = unexamined.sample(UNEXAMINED_TAUGHT, seed)
    priors = Expected.of(settings.error_rates)
    rates, shift, even = priors.at_first(examples.cell, examples.observed), 0.0, np.ones(len(examples))
    number, believed = len(examples), None
    jobs = jobs_for(number + 2 * len(some))
    for trial, numbers in ((prototype.few(1), FIRST_LOOK), (prototype, TREES)):
        results = results_of(examples, even, rates, shift)
        taught = TrainingSet.of(examples, results, some, settings.unexamined_weight, believed)
        unseen = log_odds_unseen(taught, trial, seed, numbers, jobs=jobs)
        trees = min(unseen, key=lambda count: taught.results.loss(unseen[count]).sum())
        found = estimate(unseen[trees][:number], examples, priors)
        rates, shift = found.rates, found.selection_shift
        believed = found.chance(unseen[trees][number : number + len(some)])
    weight = weights(examples.propensity, settings.propensity_floor)
    doubt, log_odds = found.level_doubt(weight, seed), unseen[trees][:number]
    calibration = calibrate(log_odds, results_of(examples, weight, rates), ~examples.random, doubt)
    results = results_of(examples, even, rates, shift)
    taught = TrainingSet.of(examples, results, some, settings.unexamined_weight, believed)
    grown = grow(taught, prototype, trees, jobs=jobs)
    boosters = tuple(booster for one in grown for booster in one.boosters_)
    names = tuple(map(str, examples.features.columns))
    calibrator = replace(calibration.calibrator, chapters=tuple(np.unique(examples.chapter).tolist()))
    model = OriginModel(boosters, grown[0].base_log_odds_, calibrator, names)
    return Fitted(model, found, calibration, trees, log_odds)


def results_of(examples: Examples, weight: Floats, rates: ErrorRates, shift: float = 0.0) -> NoisyResults:
    """The examples' results under these weights, the error rates of each one's cell and the shift of selected ones."""
    offset: Floats = np.where(examples.random, 0.0, shift)
    return NoisyResults(examples.observed, weight, *rates.of(examples.cell), offset)
