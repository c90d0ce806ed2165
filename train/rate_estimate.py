"""Error rates estimated together with the curve from score to probability.

Results identify how methods differ, by lines of like score that were examined in different ways, and how often clean
lines are called positive, by the scores where next to nothing can be positive. How much is missed by all of them
leaves no trace: there the priors of `train.error_rates` decide, and the intervals are theirs.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, Self

import numpy as np
from scipy.optimize import minimize

from models.calibration import sigmoid
from train.calibrate import CENTRE, LIMITS, SPREAD, design
from train.error_rates import Codes, ErrorRates, Floats, prior
from train.examples import Examples
from train.noise import NoisyResults
from train.odds import logit
from train.resampling import CONFIDENCE, resamples

RESAMPLES: Final = 100
FEWER_RESAMPLES: Final = 20
"""Enough for a deviation, where the ends of an interval need more."""
HEADINGS: Final = ("method", "regime", "lines", "false positive [95 %]", "false negative [95 %]")
ENDS: Final = ("false_positive_low", "false_positive_high", "false_negative_low", "false_negative_high")


def estimate(score: Floats, examples: Examples) -> ErrorRates:
    """Most probable error rates by cell; `score` are log-odds of the examples from a model that did not see them.

    Lines picked on a tip are likelier positive than lines of like score, and some ways of examining are used on them
    more than on others: without the random arm beside them, those would seem to miss less.
    """
    rates = _rates(_Joint.of(score, examples).most_probable(np.ones(len(examples)), prior()[0]))
    return ErrorRates(rates[0], rates[1], np.bincount(examples.cell, minlength=rates.shape[1]))


def intervals(score: Floats, examples: Examples, seed: int) -> Floats:
    """95 % intervals of the same rates by cell, in the order of ENDS (cells, 4)."""
    drawn = [_rates(x) for x in _draws(score, examples, seed, RESAMPLES)]
    tail = 50 - 50 * CONFIDENCE
    ends = np.percentile(drawn, (tail, 100 - tail), axis=0)  # (2, kind of error, cells)
    return np.asarray(ends.transpose(2, 1, 0).reshape(-1, len(ENDS)), np.float64)


def level_doubt(score: Floats, examples: Examples, weight: Floats, seed: int) -> float:
    """How far suppliers and rates leave the level of all probabilities open: a standard deviation in log-odds."""
    terms = design(score, np.zeros(len(score), np.bool_))
    shares = [
        np.average(sigmoid(terms @ x[: len(CENTRE)]), weights=weight)
        for x in _draws(score, examples, seed, FEWER_RESAMPLES)
    ]
    return float(logit(np.array(shares)).std(ddof=1))


def _draws(score: Floats, examples: Examples, seed: int, number: int) -> Iterator[Floats]:
    """Curves and rates of resampled suppliers, each time with other priors drawn from their doubt: what the results do
    not tell stays as open as it was before."""
    joint, rng = _Joint.of(score, examples), np.random.default_rng(seed)
    centre, doubt = prior()
    start = joint.most_probable(np.ones(len(examples)), centre)
    for weight in resamples(examples.seen.supplier, seed, number):
        yield joint.most_probable(weight, sigmoid(rng.normal(logit(centre), doubt)), start)


def rows(rates: ErrorRates, ends: Floats) -> list[dict[str, float | int | str]]:
    """The rows of the rates, each with its intervals."""
    used = np.flatnonzero(rates.lines)
    return [
        row | dict(zip(ENDS, ends[cell].tolist(), strict=True))
        for cell, row in zip(used, rates.rows(), strict=True)
    ]


def told(row: Mapping[str, Any]) -> tuple[str, ...]:
    """One of these rows for people, under HEADINGS."""
    rates = (
        f"{row[kind]:.3f} [{row[f'{kind}_low']:.2f}, {row[f'{kind}_high']:.2f}]"
        for kind in ("false_positive", "false_negative")
    )
    return str(row["method"]), str(row["regime"]), f"{row['lines']:,}", *rates


class _Joint(NamedTuple):
    """Lines whose curve and error rates are looked for together; `design` is (lines, terms of the curve)."""

    design: Floats
    observed: Floats
    cell: Codes

    @classmethod
    def of(cls, score: Floats, examples: Examples) -> Self:
        """The examples with log-odds `score`."""
        return cls(design(score, ~examples.random), examples.observed, examples.cell)

    def most_probable(self, weight: Floats, centre: Floats, start: Floats | None = None) -> Floats:
        """The curve and the log-odds of the rates, looked for from `start` on.

        The rates lie around `centre` (2, cells), and line `i` counts `weight[i]` times.
        """
        middle = np.concatenate([CENTRE, logit(centre).ravel()])
        spread = np.concatenate([SPREAD, prior()[1].ravel()])

        def objective(x: Floats) -> tuple[float, Floats]:
            loss, slope = self._loss(x, weight)
            pull = (x - middle) / spread
            return loss + 0.5 * float(pull @ pull), slope + pull / spread

        limits = [*LIMITS, *[(None, None)] * centre.size]
        begin = middle if start is None else start
        found = minimize(objective, begin, jac=True, method="L-BFGS-B", bounds=limits)
        return np.asarray(found.x, np.float64)

    def _loss(self, x: Floats, weight: Floats) -> tuple[float, Floats]:
        """Cross-entropy of the results and its slope, by the terms of the curve and the log-odds of the rates."""
        line, rates = self.design @ x[: len(CENTRE)], _rates(x)
        results = NoisyResults.of(self.observed, weight, rates[0, self.cell], rates[1, self.cell])
        truth, chance = sigmoid(line), results.chance(line)
        by_chance = weight * (chance - self.observed) / (chance * (1 - chance))
        by_rate = [np.bincount(self.cell, by_chance * part, rates.shape[1]) for part in (1 - truth, -truth)]
        slope = [
            self.design.T @ results.gradient(line)[0],
            (np.array(by_rate) * rates * (1 - rates)).ravel(),
        ]
        return float(results.loss(line).sum()), np.concatenate(slope)


def _rates(x: Floats) -> Floats:
    """Error rates (2, cells) behind the terms of the curve."""
    return sigmoid(x[len(CENTRE) :]).reshape(2, -1)
