"""The written gate: a challenger beside the champion, check by check, on lines that neither learned from.

docs/promotion-gate.md says the same in words; its thresholds are `GateSettings`.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from originrisk.data.arrays import Floats
from originrisk.data.settings import GateSettings
from originrisk.train.dataset import Examples
from originrisk.train.evaluation.holdout import slices
from originrisk.train.evaluation.metrics import Ranking, calibration_error
from originrisk.train.origin_classifier import NoisyResults
from originrisk.train.resampling import interval, resamples


@dataclass(frozen=True, slots=True)
class Check:
    """One requirement: both models' figures, the interval of what is decided by, and whether it holds."""

    name: str
    champion: float
    challenger: float
    low: float
    high: float
    passed: bool
    rule: str

    def plain(self) -> dict[str, Any]:
        """For logs and reports; a figure that the lines cannot tell is null."""
        return {name: None if _unknown(value) else value for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Contest:
    """Lines to judge by. `results` and log-odds of the truth are by model: champion first, challenger second."""

    lines: Examples
    results: tuple[NoisyResults, NoisyResults]
    log_odds: tuple[Floats, Floats]

    def checks(self, rules: GateSettings, capacity: float, seed: int) -> list[Check]:
        """Every requirement, in the order of the written gate."""
        draws = np.array(resamples(self.lines.frame.supplier, seed)) * self.results[0].weight
        return [
            self._ranking("average precision", draws),
            self._ranking(f"recall at {capacity:.1%} of lines", draws, capacity),
            self._calibration_error(draws, rules.calibration_error),
            self._level(draws, rules.calibration_ratio),
            *self._slices(draws, rules),
        ]

    def _ranking(self, name: str, draws: Floats, capacity: float | None = None) -> Check:
        champion, challenger = (Ranking.of(score, self.lines.observed) for score in self.log_odds)

        def told(ranking: Ranking, weight: Floats) -> float:
            return ranking.recall(capacity, weight) if capacity else ranking.average_precision(weight)

        first, second = (told(ranking, self.results[0].weight) for ranking in (champion, challenger))
        low, high = interval([told(challenger, draw) - told(champion, draw) for draw in draws])
        return Check(name, first, second, low, high, not high < 0, "not worse beyond noise")

    def _calibration_error(self, draws: Floats, enough: float) -> Check:
        first, second = (self._error(self.results[0].weight, side) for side in (0, 1))
        low, high = interval([self._error(d, 1) - self._error(d, 0) for d in draws])
        rule = f"at most {enough}, or not worse than the champion's beyond noise"
        return Check("calibration error", first, second, low, high, second <= enough or not low > 0, rule)

    def _level(self, draws: Floats, most: float) -> Check:
        first, second = (self._ratio(self.results[0].weight, side) for side in (0, 1))
        low, high = interval([self._ratio(d, 1) for d in draws])
        rule = f"between 1/{most} and {most}, noise allowed for"
        return Check("expected by found", first, second, low, high, not (low > most or high < 1 / most), rule)

    def _slices(self, draws: Floats, rules: GateSettings) -> list[Check]:
        return [
            self._slice(name, chosen.astype(np.float64), draws, rules.slice_loss)
            for name, chosen in slices(self.lines).items()
            if self.lines.observed[chosen].sum() >= rules.least_positives
        ]

    def _slice(self, name: str, chosen: Floats, draws: Floats, loss: float) -> Check:
        check = self._of(chosen)._ranking(f"average precision, {name}", draws * chosen)
        passed = check.passed or check.challenger >= (1 - loss) * check.champion
        rule = f"not lower by more than {loss:.0%} beyond noise"
        return Check(check.name, check.champion, check.challenger, check.low, check.high, passed, rule)

    def _of(self, chosen: Floats) -> "Contest":
        champion, challenger = (
            NoisyResults.of(r.observed, r.weight * chosen, r.false_positive, r.false_negative, r.offset)
            for r in self.results
        )
        return Contest(self.lines, (champion, challenger), self.log_odds)

    def _error(self, weight: Floats, side: int) -> float:
        return calibration_error(self._chance(side), self.lines.observed, weight)

    def _ratio(self, weight: Floats, side: int) -> float:
        found = float(weight @ self.lines.observed)
        return float(weight @ self._chance(side)) / found if found else np.nan

    def _chance(self, side: int) -> Floats:
        return self.results[side].chance(self.log_odds[side])


def _unknown(value: Any) -> bool:
    return isinstance(value, float) and not np.isfinite(value)
