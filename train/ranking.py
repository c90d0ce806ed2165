"""What a ranking finds: average precision, area under the curve, and precision, recall and lift at a capacity."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

CAPACITIES = (0.005, 0.01, 0.02, 0.05, 0.10)
"""Shares of lines inspected at which a ranking is judged."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Lines from the highest score down; lines of the same score are one step, so ties help nobody.

    `step` (lines,) is each line's step, 0 for the highest score; sorting is done once, for many weightings.
    """

    step: npt.NDArray[np.int64]
    observed: Floats

    @classmethod
    def of(cls, score: Floats, observed: Floats) -> "Ranking":
        """Ranking by score, highest first."""
        return cls(np.unique(-score, return_inverse=True)[1], observed)

    def metrics(self, weight: Floats) -> dict[str, float]:
        """Every metric under line weights; NaN where there is no positive or no negative line."""
        found, seen = self._totals(weight)
        with np.errstate(invalid="ignore", divide="ignore"):
            values = {"average_precision": _average_precision(found, seen), "auc": _auc(found, seen)}
            for capacity in CAPACITIES:
                values |= _at(capacity, found, seen)
        return values

    def average_precision(self, weight: Floats) -> float:
        """Average precision alone, for many weightings; NaN without positives."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return _average_precision(*self._totals(weight))

    def recall(self, capacity: float, weight: Floats) -> float:
        """Share of the positives among the first `capacity` (0 to 1) of the weight; NaN without positives."""
        found, seen = self._totals(weight)
        with np.errstate(invalid="ignore", divide="ignore"):
            return float(np.float64(_hits(capacity * seen[-1], found, seen)) / found[-1])

    def _totals(self, weight: Floats) -> tuple[Floats, Floats]:
        """Weight of positives and of lines down to each step."""
        found: Floats = np.cumsum(np.bincount(self.step, weight * self.observed))
        seen: Floats = np.cumsum(np.bincount(self.step, weight))
        return found, seen


def most(metric: str) -> float:
    """The largest value that a metric can take: 1, but of a lift the inverse of its capacity."""
    return 100 / float(metric.removeprefix("lift@").rstrip("%")) if metric.startswith("lift@") else 1.0


def _average_precision(found: Floats, seen: Floats) -> float:
    above = np.where(seen > 0, seen, 1.0)  # a resample may leave out the lines of the highest scores
    return float(np.sum(np.diff(found, prepend=0) * found / above) / found[-1])


def _auc(found: Floats, seen: Floats) -> float:
    clean = seen - found
    below = clean[-1] - clean + np.diff(clean, prepend=0) / 2
    return float(np.sum(np.diff(found, prepend=0) * below) / (found[-1] * clean[-1]))


def _at(capacity: float, found: Floats, seen: Floats) -> dict[str, float]:
    inspected = capacity * seen[-1]
    hits = _hits(inspected, found, seen)
    name = f"{capacity:.1%}".replace(".0%", "%")
    return {
        f"precision@{name}": hits / inspected,
        f"recall@{name}": hits / found[-1],
        f"lift@{name}": hits / inspected / (found[-1] / seen[-1]),
    }


def _hits(inspected: float, found: Floats, seen: Floats) -> float:
    return float(np.interp(inspected, np.concatenate([[0], seen]), np.concatenate([[0], found])))
