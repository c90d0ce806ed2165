"""Error rates estimated together with the curve from score to probability.

Results identify how methods differ, by lines of like score that were examined in different ways, and how often clean
lines are called positive, by the scores where next to nothing can be positive. How much is missed by all of them
leaves no trace: there the priors of `originrisk.train.error_rates` decide, and the intervals are theirs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit

from originrisk.train.calibrate import CENTRE, LIMITS, PICK, SPREAD, design
from originrisk.train.error_rates import Codes, ErrorRates, Floats, prior
from originrisk.train.examples import Examples
from originrisk.train.noise import NoisyResults
from originrisk.train.resampling import CONFIDENCE, Keys, resamples

RESAMPLES: Final = 100
FEWER_RESAMPLES: Final = 20
"""Enough for a deviation, where the ends of an interval need more."""
HEADINGS: Final = ("method", "regime", "lines", "false positive [95 %]", "false negative [95 %]")
ENDS: Final = ("false_positive_low", "false_positive_high", "false_negative_low", "false_negative_high")


@dataclass(frozen=True, slots=True)
class Estimate:
    """Curve and error rates found together; `optimum` are the terms of the curve, then the log-odds of the rates."""

    joint: "_Joint"
    optimum: Floats
    supplier: Keys

    @property
    def rates(self) -> ErrorRates:
        """Most probable error rates by cell."""
        rates = _rates(self.optimum)
        return ErrorRates(rates[0], rates[1], np.bincount(self.joint.cell, minlength=rates.shape[1]))

    @property
    def picked(self) -> float:
        """By how much picked lines are likelier positive than others of like score (log-odds)."""
        return float(self.optimum[PICK])

    def intervals(self, seed: int) -> Floats:
        """95 % intervals of the same rates by cell, in the order of ENDS (cells, 4)."""
        drawn = [_rates(x) for x in self._draws(seed, RESAMPLES)]
        tail = 50 - 50 * CONFIDENCE
        ends = np.percentile(drawn, (tail, 100 - tail), axis=0)  # (2, kind of error, cells)
        return np.asarray(ends.transpose(2, 1, 0).reshape(-1, len(ENDS)), np.float64)

    def level_doubt(self, weight: Floats, seed: int) -> float:
        """How far suppliers and rates leave the level of all probabilities open: a standard deviation in log-odds."""
        curve = self.joint.design[:, :PICK]
        draws = self._draws(seed, FEWER_RESAMPLES)
        shares = [np.average(expit(curve @ x[:PICK]), weights=weight) for x in draws]
        return float(logit(np.array(shares)).std(ddof=1))

    def _draws(self, seed: int, number: int) -> Iterator[Floats]:
        """Optima of resampled suppliers, each time with other expectations drawn from their doubt: what the results do
        not tell stays as open as it was before."""
        rng = np.random.default_rng(seed)
        for weight in resamples(self.supplier, seed, number):
            yield self.joint.most_probable(weight, rng.normal(*_expected()), self.optimum)


def estimate(score: Floats, examples: Examples) -> Estimate:
    """Most probable curve and error rates; `score` are log-odds of the examples from a model that did not see them.

    Lines picked on a tip are likelier positive than lines of like score, and some ways of examining are used on them
    more than on others: without the random arm beside them, those would seem to miss less.
    """
    joint = _Joint(design(score, ~examples.random), examples.observed, examples.cell)
    middle, _ = _expected()
    optimum = joint.most_probable(np.ones(len(examples)), middle, start=middle)
    return Estimate(joint, optimum, examples.seen.supplier)


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

    def most_probable(self, weight: Floats, middle: Floats, start: Floats) -> Floats:
        """The terms of the curve and the log-odds of the rates, looked for from `start` on.

        They are expected around `middle`, and line `i` counts `weight[i]` times.
        """
        _, spread = _expected()

        def objective(x: Floats) -> tuple[float, Floats]:
            loss, slope = self._loss(x, weight)
            pull = (x - middle) / spread
            return loss + 0.5 * float(pull @ pull), slope + pull / spread

        limits = [*LIMITS, *[(None, None)] * (len(middle) - len(LIMITS))]
        found = minimize(objective, start, jac=True, method="L-BFGS-B", bounds=limits)
        return np.asarray(found.x, np.float64)

    def _loss(self, x: Floats, weight: Floats) -> tuple[float, Floats]:
        """Cross-entropy of the results and its slope, by the terms of the curve and the log-odds of the rates."""
        line, rates = self.design @ x[: len(CENTRE)], _rates(x)
        results = NoisyResults.of(self.observed, weight, rates[0, self.cell], rates[1, self.cell])
        truth, chance = expit(line), results.chance(line)
        by_chance = weight * (chance - self.observed) / (chance * (1 - chance))
        by_rate = [np.bincount(self.cell, by_chance * part, rates.shape[1]) for part in (1 - truth, -truth)]
        slope = [
            self.design.T @ results.gradient(line)[0],
            (np.array(by_rate) * rates * (1 - rates)).ravel(),
        ]
        return float(results.loss(line).sum()), np.concatenate(slope)


def _expected() -> tuple[Floats, Floats]:
    """What is expected of the terms of the curve and the log-odds of the rates, and the doubt about each."""
    rates, doubt = prior()
    return np.concatenate([CENTRE, logit(rates).ravel()]), np.concatenate([SPREAD, doubt.ravel()])


def _rates(x: Floats) -> Floats:
    """Error rates (2, cells) behind the terms of the curve."""
    return expit(x[len(CENTRE) :]).reshape(2, -1)
