"""Any classifier of scikit-learn in the place of the trees: the protocol of what is fitted, and one that meets it."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple, Protocol, Self

import numpy as np
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, ClassifierMixin, clone

from originrisk.data.arrays import Floats, Ints, Keys
from originrisk.train.origin_classifier import NoisyResults
from originrisk.train.resampling import disjoint_folds


class Learner(Protocol):
    """What `originrisk.train.fit` asks of an estimator, beside scikit-learn's `get_params`, `set_params` and `clone`.

    It takes a parameter `trees`, how many to grow; an estimator without stages may ignore it. Fitted, it has
    `boosters_`, each with LightGBM's `predict(matrix, raw_score=True, num_threads=N)` and `feature_name()`; the mean of
    what they say and `base_log_odds_` add up to log-odds of the truth.
    """

    boosters_: Sequence[Any]
    base_log_odds_: float

    def fit(
        self,
        X: Any,  # noqa: N803
        y: Any,
        sample_weight: Any = None,
        *,
        false_positive: Any = 0.0,
        false_negative: Any = 0.0,
        offset: Any = 0.0,
    ) -> Self:
        """Learn the truth of lines from results `y` (0 or 1) that are wrong with these rates.

        `offset` are log-odds that hold for the example and not for the line as such. All but `X` are by line.
        """

    def staged_log_odds(self, X: Any, numbers: Sequence[int]) -> Iterator[Floats]:  # noqa: N803
        """Log-odds of the truth (lines,) after each of these rising numbers of trees."""

    def few(self, seeds: int) -> Self:
        """The same, unfitted, at its cheapest: for fits that are made many times."""

    def apart(self) -> Sequence[Self]:
        """The same, unfitted, in parts that may be fitted side by side and are averaged."""


ROUNDS: Final = 2
"""Of expectation and maximisation; more moved nothing."""
FOLDS: Final = 3
SURE: Final = 12.0
"""Log-odds at which probabilities of 0 and 1 are held."""


class AnyClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier of scikit-learn that learns the truth from results which are sometimes wrong.

    It must take `sample_weight` and columns that may be NaN, and have `predict_proba`. Expectation and maximisation:
    every line is learned from as positive and as not, weighing by the chance of each, given its result, its error rates
    and what the estimator, fitted to other lines, says of it. `trees` is ignored.
    """

    def __init__(self, estimator: Any, *, trees: int = 0, seed: int = 0) -> None:
        self.estimator = estimator
        self.trees = trees
        self.seed = seed

    def fit(
        self,
        X: Any,  # noqa: N803
        y: Any,
        sample_weight: Any = None,
        *,
        false_positive: Any = 0.0,
        false_negative: Any = 0.0,
        offset: Any = 0.0,
    ) -> Self:
        """As `OriginClassifier.fit`, of labels 0 and 1."""
        self.feature_names_in_ = np.asarray(getattr(X, "columns", range(np.shape(X)[1])), dtype=object)
        matrix = np.asarray(X, np.float64)
        results = NoisyResults.of(y, sample_weight, false_positive, false_negative, offset)
        self.classes_, self.base_log_odds_ = np.array([0.0, 1.0]), 0.0
        log_odds = np.full(len(matrix), results.base_log_odds())
        group: Keys = np.arange(len(matrix), dtype=np.uint64)
        # where results do not err, what is said of a line cannot change it
        for number in range(ROUNDS if (results.gain < 1).any() else 0):
            chance = _posterior(results, log_odds)
            for others, judged in disjoint_folds(group, FOLDS, self.seed + number):
                fitted = self._fitted(matrix[others], results.take(others), chance[others])
                log_odds[judged] = fitted.log_odds(matrix[judged])
        self.boosters_ = (self._fitted(matrix, results, _posterior(results, log_odds)),)
        return self

    def staged_log_odds(self, X: Any, numbers: Sequence[int]) -> Iterator[Floats]:  # noqa: N803
        """The same for every number: the estimator has no stages."""
        log_odds = self.boosters_[0].log_odds(np.asarray(X, np.float64))
        return (log_odds.copy() for _ in numbers)

    def predict_proba(self, X: Any) -> Floats:  # noqa: N803
        """Probability that the truth is each of 0 and 1, shape (lines, 2)."""
        positive = expit(next(self.staged_log_odds(X, (0,))))
        return np.column_stack([1 - positive, positive])

    def predict(self, X: Any) -> Floats:  # noqa: N803
        """The likelier of 0 and 1."""
        return np.asarray(self.predict_proba(X)[:, 1] > 0.5, np.float64)

    def few(self, seeds: int) -> Self:  # noqa: ARG002
        """The same, unfitted."""
        alike: Self = clone(self)
        return alike

    def apart(self) -> list[Self]:
        """The same, unfitted, alone."""
        return [clone(self)]

    def _fitted(self, matrix: Floats, results: NoisyResults, chance: Floats) -> "_Booster":
        # an example's odds are those of its line times its offset's; weights divide them by it
        positive, negative = results.weight * chance * np.exp(-results.offset), results.weight * (1 - chance)
        twice, label = np.concatenate([matrix, matrix]), np.repeat([1.0, 0.0], len(matrix))
        weight = np.concatenate([positive, negative])
        told = weight > 0
        held = np.flatnonzero(np.isfinite(twice[told]).any(axis=0))  # some estimators fail on a column without a value
        fitted = clone(self.estimator).fit(twice[told][:, held], label[told], sample_weight=weight[told])
        return _Booster(fitted, held, tuple(map(str, self.feature_names_in_)))


class _Booster(NamedTuple):
    """An estimator fitted to the columns `held`, as LightGBM's boosters are asked."""

    estimator: Any
    held: Ints
    names: tuple[str, ...]

    def feature_name(self) -> list[str]:
        return list(self.names)

    def predict(self, matrix: Floats, *, raw_score: bool, num_threads: int = 1) -> Floats:  # noqa: ARG002
        if not raw_score:
            raise ValueError("expected raw_score, the only thing that an estimator of another kind tells")
        return self.log_odds(matrix)

    def log_odds(self, matrix: Floats) -> Floats:
        said = self.estimator.predict_proba(matrix[:, self.held])[:, list(self.estimator.classes_).index(1.0)]
        with np.errstate(divide="ignore"):
            return np.asarray(np.clip(logit(said), -SURE, SURE), np.float64)


def _posterior(results: NoisyResults, log_odds: Floats) -> Floats:
    """Chance that each line is positive, given its result."""
    truth = expit(log_odds + results.offset)
    missed = np.where(results.observed == 1, 1 - results.false_negative, results.false_negative)
    wrong = np.where(results.observed == 1, results.false_positive, 1 - results.false_positive)
    return np.asarray(missed * truth / (missed * truth + wrong * (1 - truth)), np.float64)
