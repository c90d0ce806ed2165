"""The model of a label: how a result that may be wrong follows from the probability of the truth."""

from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.special import expit

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NoisyResults:
    """Results (0 or 1), weights and error rates of examined lines, each of shape (lines,).

    `offset` are log-odds that hold for the example but not for the line as such: it was picked on a tip.
    Everywhere below, `log_odds` are those of the line as such.
    """

    observed: Floats
    weight: Floats
    false_positive: Floats
    false_negative: Floats
    offset: Floats

    @classmethod
    def of(
        cls,
        observed: Any,
        weight: Any = None,
        false_positive: Any = 0.0,
        false_negative: Any = 0.0,
        offset: Any = 0.0,
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

    def evened(self) -> Self:
        """The same, weighing together as much as so many evenly weighted lines would say."""
        return replace(self, weight=self.weight * self.weight.sum() / (self.weight**2).sum())

    def take(self, rows: npt.NDArray[Any]) -> Self:
        """The results of some lines (mask or indices)."""
        return type(self)(*(getattr(self, f.name)[rows] for f in fields(self)))
