"""Calibration: from a model's log-odds to the probability of the truth, and the band the evidence leaves around it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Self

import numpy as np
from scipy.special import expit, logit
from scipy.stats import norm

from originrisk.data.arrays import Floats, Mask

CHAPTERS_DIFFER: Final = 1.0
"""How far the level of goods of a chapter without a result may be off, a standard deviation in log-odds (assumed)."""
NOT_EXAMINED: Final = "no examination of goods of chapter {} is known"


@dataclass(frozen=True, slots=True)
class Calibrator:
    """Beta calibration (Kull, Silva Filho and Flach 2017) with a step table of bands.

    With s the model's log-odds: logit p = intercept + low·log σ(s) − high·log(1 − σ(s)). `low` and `high` are
    not negative, so the order of lines never changes; equal ones are Platt scaling. Band `i` holds for
    probabilities from `edges[i]` (inclusive) to `edges[i + 1]`; `edges[0]` is 0. `chapters` are those of the tariff
    with a result among what it was fitted to; none are named where that is not known.
    """

    intercept: float = 0.0
    low: float = 1.0
    high: float = 1.0
    edges: tuple[float, ...] = (0.0,)
    lower: tuple[float, ...] = (0.0,)
    upper: tuple[float, ...] = (1.0,)
    chapters: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.low < 0 or self.high < 0:
            raise ValueError("a calibrator may not turn the order of lines around: low and high must be >= 0")

    def probability(self, log_odds: Floats) -> Floats:
        """Calibrated probability for log-odds, shape kept."""
        curve = self.intercept - self.low * np.logaddexp(0, -log_odds) + self.high * np.logaddexp(0, log_odds)
        return expit(curve)

    def unknown(self, htsus: Sequence[str]) -> Mask:
        """Where nothing is known of goods of the chapter: none of it was examined with a result."""
        return np.array([bool(self.chapters) and number[:2] not in self.chapters for number in htsus], np.bool_)

    def band(self, probability: Floats, htsus: Sequence[str] | None = None) -> tuple[Floats, Floats]:
        """Lower and upper end of the 90 % band of each probability; it always holds the probability itself.

        By the tariff numbers of the lines it is wider for goods of a chapter without a result.
        """
        step = np.searchsorted(self.edges, probability, side="right") - 1
        lower = np.minimum(np.asarray(self.lower)[step], probability)
        upper = np.maximum(np.asarray(self.upper)[step], probability)
        if htsus is None:
            return lower, upper
        # in odds, where 0 and 1 stay what they are: times or by five in nine cases of ten
        factor = np.where(self.unknown(htsus), np.exp(norm.ppf(0.95) * CHAPTERS_DIFFER), 1.0)
        return lower / (lower + factor * (1 - lower)), factor * upper / (factor * upper + 1 - upper)

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
        rows: dict[str, Any] = {name: tuple(value) for name, value in content.items() if isinstance(value, list)}
        numbers: dict[str, Any] = content | rows
        return cls(**numbers)
