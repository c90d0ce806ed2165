"""Fitting the calibrator: scores of lines the trees did not see, against results that are sometimes wrong.

Lines picked by a rule or on a tip are likelier positive than their features alone say. Their examples therefore
carry a common shift in log-odds; the calibrator keeps the curve without it, that of the random arm, which is
the curve of lines nobody picked. Where no random arm exists the shift cannot be known and stays at what is expected.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit, logit
from scipy.stats import beta as beta_distribution
from scipy.stats import norm

from originrisk.models.calibration import Calibrator
from originrisk.train.noise import NoisyResults

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# The terms of the curve: intercept, low, high, pick; centres and standard deviations of the priors. Slopes near 1, an
# intercept free within a factor of about e². Officers know more than a declaration says, so picked lines are expected
# to be somewhat likelier positive: a random arm with fifty findings tells the pick to within .3 at best, and every
# error of it moves the level of all probabilities.
CENTRE: Final = np.array([0.0, 1.0, 1.0, 0.2])
SPREAD: Final = np.array([2.0, 0.35, 0.35, 0.4])
PICK: Final = 3
"""Place of the pick among them; the terms before it are the curve."""
LIMITS: Final = ((None, None), (0.05, None), (0.05, None), (None, None))
BANDS: Final = 15
CONFIDENCE: Final = 0.90
TINY: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Calibration:
    """The calibrator, and by how much picked lines were likelier positive (log-odds)."""

    calibrator: Calibrator
    picked: float


def calibrate(log_odds: Floats, results: NoisyResults, picked: Mask, doubt: float = 0.0) -> Calibration:
    """Most probable curve and shift under the label's noise, with bands from the evidence near each probability.

    `log_odds` must come from models that did not see the lines; `picked` is False for the random arm; `doubt` is how
    far the level of all probabilities is open, a standard deviation in log-odds.
    """
    results = results.evened()
    curve = _curve(log_odds, results, picked)
    plain = Calibrator(float(curve[0]), float(curve[1]), float(curve[2]))
    bands = _bands(plain.probability(log_odds), results, doubt)
    return Calibration(Calibrator(plain.intercept, plain.low, plain.high, *bands), float(curve[PICK]))


def design(log_odds: Floats, picked: Mask) -> Floats:
    """The terms of the curve (lines, 4): times the coefficients, they are the calibrated log-odds of the examples."""
    left, right = -np.logaddexp(0, -log_odds), np.logaddexp(0, log_odds)
    return np.column_stack([np.ones_like(left), left, right, picked.astype(np.float64)])


def _curve(log_odds: Floats, results: NoisyResults, picked: Mask) -> Floats:
    terms = design(log_odds, picked)

    def objective(curve: Floats) -> tuple[float, Floats]:
        line = terms @ curve
        pull = (curve - CENTRE) / SPREAD
        first, _ = results.gradient(line)
        return float(results.loss(line).sum() + 0.5 * (pull**2).sum()), terms.T @ first + pull / SPREAD

    found = minimize(objective, CENTRE, jac=True, method="L-BFGS-B", bounds=LIMITS)
    return np.asarray(found.x, np.float64)


def _bands(probability: Floats, results: NoisyResults, doubt: float) -> tuple[tuple[float, ...], ...]:
    """Step table (edges, lower, upper). In each bin of like probability the results are worth some number of lines
    of known truth (their Fisher information); the band is that many lines' beta interval around the bin's share,
    widened by the doubt about the level."""
    edges = np.unique(np.quantile(probability, np.linspace(0, 1, BANDS + 1)[1:-1], method="higher"))
    # every step begins at one of the probabilities, so none is empty
    edges = edges[edges > probability.min()]
    step = np.searchsorted(edges, probability, side="right")
    worth = np.array([_worth(probability[step == i], results.take(step == i)) for i in range(len(edges) + 1)])
    share = np.array([probability[step == i].mean() for i in range(len(edges) + 1)])
    positive, negative = share * worth + 0.5, (1 - share) * worth + 0.5
    tail = (1 - CONFIDENCE) / 2
    lower, upper = (
        _widened(side, beta_distribution.ppf(0.5 + side * (0.5 - tail), positive, negative), share, doubt)
        for side in (-1, 1)
    )
    table = (
        np.concatenate([[0.0], edges]),
        np.minimum.accumulate(lower[::-1])[::-1],
        np.maximum.accumulate(upper),
    )
    return tuple(tuple(column.tolist()) for column in table)


def _widened(side: int, end: Floats, share: Floats, doubt: float) -> Floats:
    """Lower (`side` -1) or upper ends (1) of bands around shares, moved out by an independent doubt about the level."""
    centre, edge = (logit(np.clip(part, TINY, 1 - TINY)) for part in (share, end))
    level = norm.ppf((1 + CONFIDENCE) / 2) * doubt
    # of next to nothing, the beta's lower end can lie above the share
    out = np.maximum(side * (edge - centre), 0)
    return np.asarray(expit(centre + side * np.hypot(out, level)), np.float64)


def _worth(probability: Floats, results: NoisyResults) -> float:
    q = results.chance(logit(probability))
    information = results.gain**2 / (q * (1 - q))
    return float((information * probability * (1 - probability)).sum())
