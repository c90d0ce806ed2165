"""Fitting the calibrator: scores of lines the trees did not see, against results that are sometimes wrong.

Lines selected by a rule or on a tip are likelier positive than their features alone say. Their examples therefore
carry a common shift in log-odds; the calibrator keeps the curve without it, that of the random arm, which is
the curve of lines nobody selected. Where no random arm exists the shift cannot be known and stays at what is expected.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple, Self

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit
from scipy.stats import beta as beta_distribution
from scipy.stats import norm

from originrisk.data.arrays import Floats, Ints, Keys, Mask
from originrisk.models.calibration import Calibrator
from originrisk.train.dataset import Examples
from originrisk.train.labels import ErrorRates, Expected
from originrisk.train.origin_classifier import NoisyResults
from originrisk.train.resampling import CONFIDENCE, resamples

# The terms of the curve: intercept, low, high, pick; centres and standard deviations of the priors. Slopes near 1, an
# intercept free within a factor of about e². Officers know more than a declaration says, so selected lines are expected
# to be somewhat likelier positive: a random arm with fifty findings tells the pick to within .3 at best, and every
# error of it moves the level of all probabilities.
CENTRE: Final = np.array([0.0, 1.0, 1.0, 0.2])
SPREAD: Final = np.array([2.0, 0.35, 0.35, 0.4])
SHIFT: Final = 3
"""Place of the pick among them; the terms before it are the curve."""
LIMITS: Final = ((None, None), (0.05, None), (0.05, None), (None, None))
BANDS: Final = 15
BAND: Final = 0.90
TINY: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Calibration:
    """The calibrator, and by how much selected lines were likelier positive (log-odds)."""

    calibrator: Calibrator
    selection_shift: float


def calibrate(log_odds: Floats, results: NoisyResults, selected: Mask, doubt: float = 0.0) -> Calibration:
    """Most probable curve and shift under the label's noise, with bands from the evidence near each probability.

    `log_odds` must come from models that did not see the lines; `selected` is False for the random arm; `doubt` is how
    far the level of all probabilities is open, a standard deviation in log-odds.
    """
    results = results.at_effective_size()
    found = curve(log_odds, results, selected)
    plain = Calibrator(float(found[0]), float(found[1]), float(found[2]))
    edges, lower, upper = _bands(plain.probability(log_odds), results, doubt)
    return Calibration(replace(plain, edges=edges, lower=lower, upper=upper), float(found[SHIFT]))


def design(log_odds: Floats, selected: Mask) -> Floats:
    """The terms of the curve (lines, 4): times the coefficients, they are the calibrated log-odds of the examples."""
    left, right = -np.logaddexp(0, -log_odds), np.logaddexp(0, log_odds)
    return np.column_stack([np.ones_like(left), left, right, selected.astype(np.float64)])


def curve(log_odds: Floats, results: NoisyResults, selected: Mask, centre: Floats = CENTRE) -> Floats:
    """Most probable terms of the curve, expected around `centre`."""
    terms = design(log_odds, selected)

    def objective(one: Floats) -> tuple[float, Floats]:
        line = terms @ one
        pull = (one - centre) / SPREAD
        first, _ = results.gradient(line)
        return float(results.loss(line).sum() + 0.5 * (pull**2).sum()), terms.T @ first + pull / SPREAD

    found = minimize(objective, CENTRE, jac=True, method="L-BFGS-B", bounds=LIMITS)
    return np.asarray(found.x, np.float64)


def _bands(probability: Floats, results: NoisyResults, doubt: float) -> tuple[tuple[float, ...], ...]:
    """Step table (edges, lower, upper). In each bin of like probability the results say as much as some number of lines
    of known truth (their Fisher information); the band is that many lines' beta interval around the bin's share,
    widened by the doubt about the level."""
    edges = np.unique(np.quantile(probability, np.linspace(0, 1, BANDS + 1)[1:-1], method="higher"))
    # every step begins at one of the probabilities, so none is empty
    edges = edges[edges > probability.min()]
    step, q = np.searchsorted(edges, probability, side="right"), results.chance(logit(probability))
    lines = np.bincount(step, results.gain**2 / (q * (1 - q)) * probability * (1 - probability))
    share = np.bincount(step, probability) / np.bincount(step)
    positive, negative = share * lines + 0.5, (1 - share) * lines + 0.5
    centre, level = logit(np.clip(share, TINY, 1 - TINY)), norm.ppf((1 + BAND) / 2) * doubt
    ends = []
    for side in (-1, 1):
        end = beta_distribution.ppf((1 + side * BAND) / 2, positive, negative)
        # of next to nothing, the beta's lower end can lie above the share
        out = np.maximum(side * (logit(np.clip(end, TINY, 1 - TINY)) - centre), 0)
        ends.append(expit(centre + side * np.hypot(out, level)))
    table = np.append(0.0, edges), np.minimum.accumulate(ends[0][::-1])[::-1], np.maximum.accumulate(ends[1])
    return tuple(tuple(column.tolist()) for column in table)


RESAMPLES: Final = 100
FEWER_RESAMPLES: Final = 20
"""Enough for a deviation, where the ends of an interval need more."""
RATE_HEADINGS: Final = ("method", "regime", "lines", "false positive [95 %]", "false negative [95 %]")
FROM: Final = ("false_positive_from", "false_negative_from")
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
    def selection_shift(self) -> float:
        """By how much selected lines are likelier positive than others of like score (log-odds)."""
        return float(self.optimum[SHIFT])

    def chance(self, log_odds: Floats) -> Floats:
        """Chance that lines of these log-odds, before calibration, are positive where nobody selected them."""
        return np.asarray(expit(design(log_odds, np.zeros(len(log_odds), np.bool_)) @ self.optimum[: len(CENTRE)]))

    def intervals(self, seed: int) -> Floats:
        """95 % intervals of the same rates by cell, in the order of ENDS (cells, 4)."""
        drawn = [_rates(one.optimum) for _, one in self.draws(seed, RESAMPLES)]
        tail = 50 - 50 * CONFIDENCE
        ends = np.percentile(drawn, (tail, 100 - tail), axis=0)  # (2, kind of error, cells)
        return np.asarray(ends.transpose(2, 1, 0).reshape(-1, len(ENDS)), np.float64)

    def level_doubt(self, weight: Floats, seed: int) -> float:
        """How far suppliers and rates leave the level of all probabilities open: a standard deviation in log-odds."""
        curve = self.joint.design[:, :SHIFT]
        draws = self.draws(seed, FEWER_RESAMPLES)
        shares = [np.average(expit(curve @ one.optimum[:SHIFT]), weights=weight) for _, one in draws]
        return float(logit(np.array(shares)).std(ddof=1))

    def draws(self, seed: int, number: int) -> Iterator[tuple[Floats, Self]]:
        """How often each line enters a resample of suppliers, and the estimate of that, each time with other
        expectations drawn from their doubt: what the results do not tell stays as open as it was before."""
        rng = np.random.default_rng(seed)
        for weight in resamples(self.supplier, seed, number):
            optimum = self.joint.most_probable(weight, rng.normal(*self.joint.expected()), self.optimum)
            yield weight, replace(self, optimum=optimum)


def estimate(score: Floats, examples: Examples, priors: Expected | None = None) -> Estimate:
    """Most probable curve and error rates; `score` are log-odds of the examples from a model that did not see them.

    Lines selected on a tip are likelier positive than lines of like score, and some ways of examining are used on them
    more than on others: without the random arm beside them, those would seem to miss less.
    """
    terms = design(score, ~examples.random)
    joint = _Joint(terms, examples.observed, examples.cell, priors or Expected.of())
    middle, _ = joint.expected()
    optimum = joint.most_probable(np.ones(len(examples)), middle, start=middle)
    return Estimate(joint, optimum, examples.frame.supplier)


TOLD: Final = 0.7
"""A rate counts as estimated where results leave so much of its prior's interval, in log-odds."""


def rate_rows(rates: ErrorRates, ends: Floats, priors: Expected | None = None) -> list[dict[str, float | int | str]]:
    """The rows of the rates, each with its intervals and whether it is declared, a prior or estimated."""
    doubt = (priors or Expected.of()).doubt
    width = np.diff(logit(np.clip(ends, TINY, 1 - TINY)).reshape(-1, 2, 2))[:, :, 0].T  # (kind of error, cells)
    open_before = 2 * norm.ppf(0.5 + CONFIDENCE / 2) * doubt
    told = np.select([doubt == 0, width < TOLD * open_before], ["declared", "estimated"], "prior")
    return [
        row | dict(zip(ENDS, ends[cell].tolist(), strict=True)) | dict(zip(FROM, told[:, cell].tolist(), strict=True))
        for cell, row in zip(np.flatnonzero(rates.lines), rates.rows(), strict=True)
    ]


def shown_rate(row: Mapping[str, Any]) -> tuple[str, ...]:
    """One of these rows for people, under HEADINGS."""
    rates = (
        f"{row[kind]:.3f} [{row[f'{kind}_low']:.2f}, {row[f'{kind}_high']:.2f}] {row.get(f'{kind}_from', '')}"
        for kind in ("false_positive", "false_negative")
    )
    return str(row["method"]), str(row["regime"]), f"{row['lines']:,}", *rates


HEAVY: Final = 4
"""Degrees of freedom of the priors of rates: Student's, whose tails give way to results that contradict them."""


class _Joint(NamedTuple):
    """Lines whose curve and error rates are looked for together; `design` is (lines, terms of the curve)."""

    design: Floats
    observed: Floats
    cell: Ints
    priors: Expected

    def expected(self) -> tuple[Floats, Floats]:
        """What is expected of the terms of the curve and the log-odds of the rates, and the doubt about each."""
        rates = logit(np.clip(self.priors.rates, TINY, 1 - TINY))
        return np.concatenate([CENTRE, rates.ravel()]), np.concatenate([SPREAD, self.priors.doubt.ravel()])

    def most_probable(self, weight: Floats, middle: Floats, start: Floats) -> Floats:
        """The terms of the curve and the log-odds of the rates, looked for from `start` on.

        They are expected around `middle`, and line `i` counts `weight[i]` times. Rates without a doubt stay there.
        """
        _, spread = self.expected()
        of_curve = np.arange(len(spread)) < len(CENTRE)

        def objective(pull: Floats) -> tuple[float, Floats]:
            loss, slope = self._loss(middle + spread * pull, weight)
            log_prior = np.where(of_curve, pull**2, (HEAVY + 1) * np.log1p(pull**2 / HEAVY))
            back = np.where(of_curve, pull, (HEAVY + 1) * pull / (HEAVY + pull**2))
            return loss + 0.5 * float(log_prior.sum()), slope * spread + back

        # in deviations from what is expected: one without a doubt has none
        limits: list[tuple[float | None, float | None]] = [(None, None)] * len(middle)
        for place, (least, _) in enumerate(LIMITS):
            if least is not None:
                limits[place] = ((least - middle[place]) / spread[place], None)
        begin = np.divide(start - middle, spread, out=np.zeros_like(middle), where=spread > 0)
        found = minimize(objective, begin, jac=True, method="L-BFGS-B", bounds=limits)
        return np.asarray(middle + spread * found.x, np.float64)

    def _loss(self, x: Floats, weight: Floats) -> tuple[float, Floats]:
        """Cross-entropy of the results and its slope, by the terms of the curve and the log-odds of the rates."""
        line, rates = self.design @ x[: len(CENTRE)], _rates(x)
        results = NoisyResults.of(self.observed, weight, rates[0, self.cell], rates[1, self.cell])
        truth, chance = expit(line), results.chance(line)
        by_chance = weight * (chance - self.observed) / (chance * (1 - chance))
        by_rate = [np.bincount(self.cell, by_chance * part, rates.shape[1]) for part in (1 - truth, -truth)]
        slope = [self.design.T @ results.gradient(line)[0], (np.array(by_rate) * rates * (1 - rates)).ravel()]
        return float(results.loss(line).sum()), np.concatenate(slope)


def _rates(x: Floats) -> Floats:
    """Error rates (2, cells) behind the terms of the curve."""
    return expit(x[len(CENTRE) :]).reshape(2, -1)
