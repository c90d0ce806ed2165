"""Error rates estimated together with the share of positives by score.

They are identified by lines of like score that were examined in different ways, by the scores where next to
nothing can be positive, and, where data are thin, by the priors.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np

from train.error_rates import Codes, ErrorRates, Floats, prior
from train.resampling import CONFIDENCE, Keys, resamples

BINS: Final = 40
ROUNDS: Final = 200
SETTLED: Final = 1e-5
"""A round that moves no rate by more ends the estimation."""
RESAMPLES: Final = 100
HEADINGS: Final = ("method", "regime", "lines", "false positive [95 %]", "false negative [95 %]")
ENDS: Final = ("false_positive_low", "false_positive_high", "false_negative_low", "false_negative_high")


def estimate(score: Floats, observed: Floats, cell: Codes) -> ErrorRates:
    """Posterior error rates by expectation-maximisation over bins of like score.

    `score` orders the lines by how likely they are positive, and must come from a model that did not see them.
    """
    wrong, missed = _Counts(_equal_bins(score), observed, cell).rates(np.ones_like(observed))
    return ErrorRates(wrong.mean, missed.mean, np.bincount(cell, minlength=len(wrong.mean)))


def intervals(score: Floats, observed: Floats, cell: Codes, supplier: Keys, seed: int) -> Floats:
    """95 % intervals of the same rates by cell, in the order of ENDS (cells, 4).

    They come from resampled suppliers, each time with rates drawn from what that resample leaves open. They say how far
    few lines leave a rate open, not how far the priors or the bins of score lead it astray.
    """
    counts, rng = _Counts(_equal_bins(score), observed, cell), np.random.default_rng(seed)
    drawn = [counts.draw(weight, rng) for weight in resamples(supplier, seed, RESAMPLES)]
    tail = 50 - 50 * CONFIDENCE
    ends = np.percentile(drawn, (tail, 100 - tail), axis=0)  # (2, kind of error, cells)
    return np.asarray(ends.transpose(2, 1, 0).reshape(-1, len(ENDS)), np.float64)


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


class _Rate(NamedTuple):
    """A rate by cell: errors and lines at risk, the prior's included."""

    errors: Floats
    at_risk: Floats

    @property
    def mean(self) -> Floats:
        return self.errors / self.at_risk

    def draw(self, rng: np.random.Generator) -> Floats:
        return rng.beta(self.errors, self.at_risk - self.errors)


class _Counts(NamedTuple):
    """Lines by bin of like score, result and cell."""

    bins: Codes
    observed: Floats
    cell: Codes

    def rates(self, weight: Floats) -> tuple[_Rate, _Rate]:
        """Of false positives and of false negatives, where line `i` counts `weight[i]` times."""
        positive, negative, strength = prior()
        wrong, missed = positive, negative
        share = np.full(self.bins.max() + 1, np.average(self.observed, weights=weight))
        for _ in range(ROUNDS):
            truth = _truth(share[self.bins], self.observed, wrong[self.cell], missed[self.cell])
            found, seen = np.bincount(self.bins, weight * truth), np.bincount(self.bins, weight)
            share = (found + 0.5 * np.average(truth, weights=weight)) / (seen + 0.5)
            false = self._rate(weight * (1 - truth), self.observed, positive * strength, strength)
            lost = self._rate(weight * truth, 1 - self.observed, negative * strength, strength)
            moved = max(np.abs(false.mean - wrong).max(), np.abs(lost.mean - missed).max())
            wrong, missed = false.mean, lost.mean
            if moved < SETTLED:
                break
        return false, lost

    def draw(self, weight: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """One draw of both rates from what lines so weighted leave open."""
        false, lost = self.rates(weight)
        return false.draw(rng), lost.draw(rng)

    def _rate(self, at_risk: Floats, wrong: Floats, errors: Floats, strength: Floats) -> _Rate:
        by_cell = [
            np.bincount(self.cell, part, minlength=len(strength)) for part in (at_risk * wrong, at_risk)
        ]
        return _Rate(by_cell[0] + errors, by_cell[1] + strength)


def _truth(share: Floats, observed: Floats, wrong: Floats, missed: Floats) -> Floats:
    """Chance that a line is truly positive, given its bin and its result."""
    found = share * np.where(observed == 1, 1 - missed, missed)
    clean = (1 - share) * np.where(observed == 1, wrong, 1 - wrong)
    return found / (found + clean)


def _equal_bins(score: Floats) -> Codes:
    edges = np.unique(np.quantile(score, np.linspace(0, 1, BINS + 1)[1:-1]))
    return np.searchsorted(edges, score, side="right")
