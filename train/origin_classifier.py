"""A scikit-learn classifier around LightGBM that learns the truth from results which are sometimes wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any, Final, Self

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from originrisk.data.arrays import Floats


@dataclass(frozen=True, slots=True)
class NoisyResults:
    """Results (0 or 1), weights and error rates of examined lines, each of shape (lines,).

    `offset` are log-odds that hold for the example but not for the line as such: it was selected on a tip.
    Everywhere below, `log_odds` are those of the line as such.
    """

    observed: Floats
    weight: Floats
    false_positive: Floats
    false_negative: Floats
    offset: Floats

    @classmethod
    def of(
        cls, observed: Any, weight: Any = None, false_positive: Any = 0.0, false_negative: Any = 0.0, offset: Any = 0.0
    ) -> Self:
        """Scalars are spread over all lines; no weight is weight one."""
        results = np.asarray(observed, np.float64)
        parts = (1.0 if weight is None else weight, false_positive, false_negative, offset)
        return cls(results, *(np.broadcast_to(np.asarray(part, np.float64), results.shape) for part in parts))

    @property
    def gain(self) -> Floats:
        """How much of a change in the truth's probability arrives in the results."""
        return 1 - self.false_positive - self.false_negative

    def chance(self, log_odds: Floats) -> Floats:
        """Chance of a positive result where the truth has these log-odds."""
        return np.clip(self.false_positive + self.gain * expit(log_odds + self.offset), 1e-9, 1 - 1e-9)

    def loss(self, log_odds: Floats) -> Floats:
        """Weighted cross-entropy of each line's result."""
        q = self.chance(log_odds)
        return -self.weight * (self.observed * np.log(q) + (1 - self.observed) * np.log(1 - q))

    def gradient(self, log_odds: Floats) -> tuple[Floats, Floats]:
        """First derivative of the loss, and the second one as if the truth were known.

        The latter bounds the true one from above, so each step is one of expectation-maximisation. Under noise the
        true one all but vanishes at small probabilities, and boosting with it fits the noise of few lines.
        """
        p, q = expit(log_odds + self.offset), self.chance(log_odds)
        known = p * (1 - p)
        first = self.weight * self.gain * known * (q - self.observed) / (q * (1 - q))
        return first, np.maximum(self.weight * known, 1e-6)

    def base_log_odds(self) -> float:
        """The one log-odds for all lines that explains the weighted results best, kept off 0 and 1."""
        grid = np.linspace(-9, 4, 261)
        return float(grid[np.argmin([self.loss(np.full_like(self.observed, x)).sum() for x in grid])])

    def fit_arguments(self) -> dict[str, Floats]:
        """The same as arguments of `OriginClassifier.fit`."""
        return {"y": self.observed, "sample_weight": self.weight} | {
            name: getattr(self, name) for name in ("false_positive", "false_negative", "offset")
        }

    def at_effective_size(self) -> Self:
        """The same, weighing together as much as so many evenly weighted lines would say."""
        return replace(self, weight=self.weight * self.weight.sum() / (self.weight**2).sum())

    def joined(self, other: Self) -> Self:
        """These results, then others."""
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return type(self)(*map(np.concatenate, pairs))

    def take(self, rows: npt.NDArray[Any]) -> Self:
        """The results of some lines (mask or indices)."""
        return type(self)(*(getattr(self, f.name)[rows] for f in fields(self)))


MATRIX: Final = {"dtype": np.float64, "order": "C", "ensure_all_finite": "allow-nan"}

# Same data, same seed, same bytes. One thread: beside other work, threads that wait for each other cost more than they
# save.
REPRODUCIBLE: Final = {"deterministic": True, "force_row_wise": True, "num_threads": 1, "verbosity": -1}


class OriginClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Boosted trees under the forward-corrected cross-entropy (Patrini et al. 2017).

    A line's result is positive with chance q = fp + (1 − fp − fn)·p, where p is the probability of the truth and
    (fp, fn) are the error rates of how that line was examined. The trees learn p. With rates of zero this is plain
    cross-entropy. Several seeds are averaged in log-odds; those of odd seeds draw their thresholds at random (Geurts et
    al. 2006): which kind ranks better differs from trade to trade, and both together hold on all.

    Few columns and lines a tree, and small trees with many lines a leaf keep few labels from being learned by heart.
    Parameters: `categorical` and `monotone` are by column (codes for -1, 0, 1); the rest are LightGBM's.
    Fitted: `boosters_`, `base_log_odds_`, `classes_`, `n_features_in_`, `feature_importances_`, and `feature_names_in_`
    where the columns had names.
    """

    def __init__(
        self,
        *,
        trees: int = 100,
        leaves: int = 15,
        learning_rate: float = 0.08,
        least_lines: int = 40,
        shrinkage: float = 2.0,
        feature_share: float = 0.3,
        line_share: float = 0.5,
        categorical: Sequence[int] = (),
        monotone: Sequence[int] | None = None,
        seeds: Sequence[int] = (0,),
    ) -> None:
        self.trees = trees
        self.leaves = leaves
        self.learning_rate = learning_rate
        self.least_lines = least_lines
        self.shrinkage = shrinkage
        self.feature_share = feature_share
        self.line_share = line_share
        self.categorical = categorical
        self.monotone = monotone
        self.seeds = seeds

    def fit(
        self,
        X: Any,  # noqa: N803 — scikit-learn's name
        y: Any,
        sample_weight: Any = None,
        *,
        false_positive: Any = 0.0,
        false_negative: Any = 0.0,
        offset: Any = 0.0,
    ) -> Self:
        """Fit on results `y` of two classes, the later one in order being positive; labels 0 and 1 may lack one.

        Weights (lines,) must not be negative. Error rates and offsets are by line, or one for all. Raises ValueError
        for labels that are missing or of more classes, and for rates that leave a result without information.
        """
        matrix, labels = validate_data(self, X, y, ensure_min_samples=2, **MATRIX)
        check_classification_targets(labels)
        weight = _check_sample_weight(sample_weight, matrix, dtype=np.float64, ensure_non_negative=True)
        self.classes_ = _two_classes(labels)
        observed = labels == self.classes_[1]
        results = NoisyResults.of(observed, weight, false_positive, false_negative, offset)
        if not (np.minimum(results.false_positive, results.false_negative) >= 0).all() or not (results.gain > 0).all():
            raise ValueError("expected error rates from 0 up, together below 1, found others")
        self.base_log_odds_ = results.base_log_odds()
        dataset = self._dataset(matrix, results)
        self.boosters_ = tuple(self._boost(dataset, results, seed) for seed in self.seeds)
        return self

    def __sklearn_tags__(self) -> Any:
        """Two classes, and features that may be missing."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        return tags

    def few(self, seeds: int) -> Self:
        """The same, unfitted, with its first seeds: few boosters tell enough where many fits are needed.

        One alone, of a classifier that begins with an even seed, looks for its thresholds.
        """
        some: Self = clone(self).set_params(seeds=tuple(self.seeds)[:seeds])
        return some

    def apart(self) -> list[Self]:
        """The same, unfitted, once for each seed."""
        return [clone(self).set_params(seeds=(seed,)) for seed in self.seeds]

    def log_odds(self, X: Any) -> Floats:  # noqa: N803
        """Mean log-odds of the boosters."""
        return next(self.staged_log_odds(X, (self.trees,)))

    def staged_log_odds(self, X: Any, numbers: Sequence[int]) -> Iterator[Floats]:  # noqa: N803
        """Mean log-odds of the boosters after their first so many trees, by rising `numbers` of them."""
        check_is_fitted(self)
        matrix = validate_data(self, X, reset=False, **MATRIX)
        log_odds: Floats = np.full(len(matrix), self.base_log_odds_)
        for before, until in pairwise((0, *numbers)):
            part = {"start_iteration": before, "num_iteration": until - before}
            log_odds = log_odds + np.mean([b.predict(matrix, raw_score=True, **part) for b in self.boosters_], axis=0)
            yield log_odds

    def decision_function(self, X: Any) -> Floats:  # noqa: N803
        """Log-odds of the positive class, shape (lines,)."""
        return self.log_odds(X)

    def predict_proba(self, X: Any) -> Floats:  # noqa: N803
        """Probability that the truth is each of `classes_`, shape (lines, 2)."""
        positive = expit(self.log_odds(X))
        return np.column_stack([1 - positive, positive])

    def predict(self, X: Any) -> npt.NDArray[Any]:  # noqa: N803
        """The likelier class."""
        positive = self.log_odds(X) > 0
        return np.asarray(self.classes_[positive.astype(np.int64)])

    @property
    def feature_importances_(self) -> Floats:
        """Share of each feature in what all splits gained, shape (features,); sums to 1, or is 0 without a split."""
        check_is_fitted(self)
        gain = np.sum([booster.feature_importance("gain") for booster in self.boosters_], axis=0)
        return np.asarray(gain / (gain.sum() or 1.0), np.float64)

    def get_feature_names_out(self, input_features: Any = None) -> npt.NDArray[np.object_]:  # noqa: ARG002
        """Names of the columns the trees were given."""
        check_is_fitted(self)
        return np.asarray(self._names(), dtype=object)

    def _names(self) -> list[str]:
        named = getattr(self, "feature_names_in_", None)
        return [f"x{i}" for i in range(self.n_features_in_)] if named is None else list(named)

    def _dataset(self, matrix: Floats, results: NoisyResults) -> lgb.Dataset:
        return lgb.Dataset(
            matrix,
            label=results.observed,
            init_score=np.full(len(matrix), self.base_log_odds_),
            feature_name=self._names(),
            categorical_feature=list(self.categorical),
            params=REPRODUCIBLE | {"min_data_in_bin": 5, "max_bin": 127},
            free_raw_data=False,
        )

    def _boost(self, dataset: lgb.Dataset, results: NoisyResults, seed: int) -> lgb.Booster:
        parameters = REPRODUCIBLE | {
            "objective": lambda log_odds, _: results.gradient(log_odds),
            "num_leaves": self.leaves,
            "learning_rate": self.learning_rate,
            "min_data_in_leaf": self.least_lines,
            "lambda_l2": self.shrinkage,
            "feature_fraction": self.feature_share,
            "bagging_fraction": self.line_share,
            "bagging_freq": 1,
            "extra_trees": bool(seed % 2),
            "cat_smooth": 100,
            "cat_l2": 50,
            "seed": seed,
            "monotone_constraints": list(self.monotone) if self.monotone is not None else None,
        }
        known = {name: value for name, value in parameters.items() if value is not None}
        # LightGBM fails where no column can be split at all: then every line has the base rate
        if not any(dataset.construct().feature_num_bin(i) > 0 for i in range(self.n_features_in_)):
            return lgb.Booster({**known, "objective": "none"}, dataset)
        return lgb.train(known, dataset, num_boost_round=self.trees)


def _two_classes(labels: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Both classes in order."""
    classes: npt.NDArray[Any] = np.unique(labels)
    if len(classes) < 2 and classes.dtype.kind in "bif" and classes[0] in (0, 1):
        return np.array([0, 1], classes.dtype)
    if len(classes) != 2:
        only = "Only binary classification is supported. The type of the target is multiclass."
        raise ValueError(only if len(classes) > 2 else f"expected two classes, found one class: {classes[0]!r}")
    return classes
