"""Calibration: from a model's log-odds to the probability of the truth, and the band the evidence leaves around it."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Calibrator:
    """Beta calibration (Kull, Silva Filho and Flach 2017) with a step table of bands.

    With s the model's log-odds: logit p = intercept + low·log σ(s) − high·log(1 − σ(s)). `low` and `high` are
    not negative, so the order of lines never changes; equal ones are Platt scaling. Band `i` holds for
    probabilities from `edges[i]` (inclusive) to `edges[i + 1]`; `edges[0]` is 0.
    """

    intercept: float = 0.0
    low: float = 1.0
    high: float = 1.0
    edges: tuple[float, ...] = (0.0,)
    lower: tuple[float, ...] = (0.0,)
    upper: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        if self.low < 0 or self.high < 0:
            raise ValueError("a calibrator may not turn the order of lines around: low and high must be >= 0")

    def probability(self, log_odds: Floats) -> Floats:
        """Calibrated probability for log-odds, shape kept."""
        curve = self.intercept - self.low * np.logaddexp(0, -log_odds) + self.high * np.logaddexp(0, log_odds)
        return expit(curve)

    def band(self, probability: Floats) -> tuple[Floats, Floats]:
        """Lower and upper end of the 90 % band of each probability; it always holds the probability itself."""
        step = np.searchsorted(self.edges, probability, side="right") - 1
        lower, upper = np.asarray(self.lower)[step], np.asarray(self.upper)[step]
        return np.minimum(lower, probability), np.maximum(upper, probability)

    def shifted(self, move: float) -> Self:
        """The same curve and bands, every probability moved by these log-odds."""
        steps = (self.edges, self.lower, self.upper)
        edges, lower, upper = (tuple(expit(logit(np.array(step)) + move).tolist()) for step in steps)
        return replace(self, intercept=self.intercept + move, edges=edges, lower=lower, upper=upper)

    def to_json(self) -> dict[str, Any]:
        """Plain numbers, for `calibrator.json`."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        """The calibrator that `to_json` described."""
        steps: dict[str, Any] = {name: tuple(content[name]) for name in ("edges", "lower", "upper")}
        numbers: dict[str, Any] = content | steps
        return cls(**numbers)
