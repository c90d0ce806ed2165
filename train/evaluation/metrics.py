"""Metrics of a ranking and of probabilities, declared once, with intervals clustered by supplier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from originrisk.data.arrays import Floats, Keys
from originrisk.train.origin_classifier import NoisyResults
from originrisk.train.resampling import resamples, wider_interval

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


def upper_bound(metric: str) -> float:
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


CALIBRATION_BINS: Final = 10

Metrics = dict[str, float]


LEAST_POSITIVE_SUPPLIERS: Final = 10
"""With fewer, resamples say less than they seem to: their intervals hold the true value too seldom."""

OVER_ALL: Final = ("average_precision", "auc")
"""Metrics of the whole ranking. Their intervals lie in log-odds: near 0 and 1 they reach further inwards."""


@dataclass(frozen=True, slots=True)
class Row:
    """One method on one population: metrics, and the 95 % interval of each; NaN where too few are positive."""

    method: str
    metrics: Metrics
    interval: dict[str, tuple[float, float]]

    def shown(self, metric: str) -> str:
        """A metric for people, with its interval where there is one."""
        low, high = self.interval[metric]
        ends = f" [{low:.2f}, {high:.2f}]" if np.isfinite(low) else ""
        return f"{self.metrics[metric]:.3f}{ends}"


@dataclass(frozen=True, slots=True)
class Population:
    """Lines that are judged: results as found, weights towards the lines they stand for, supplier as cluster."""

    results: NoisyResults
    supplier: Keys

    @property
    def size(self) -> int:
        """Examined lines judged."""
        return len(self.supplier)

    @property
    def positives(self) -> int:
        """Examined lines with a positive result."""
        return int(self.results.observed.sum())

    @property
    def effective_size(self) -> float:
        """How many evenly weighted lines would say as much (Kish 1965): few, where few lines carry the weight."""
        return float(self.results.at_effective_size().weight.sum())

    @property
    def positive_suppliers(self) -> int:
        """Suppliers with a positive result."""
        return len(np.unique(self.supplier[self.results.observed == 1]))


def size_text(population: Population) -> str:
    """What is said of a population wherever its figures stand."""
    size, worth = (
        f"{population.size:,} examined lines",
        f"worth {population.effective_size:,.0f} of even weight",
    )
    return f"{size}, {worth}, {population.positives:,} positive"


def intervals_text(rows: list[Row]) -> str:
    """What a table of rows says of its intervals, once for all of them."""
    if any(np.isfinite(low) for row in rows for low, _ in row.interval.values()):
        return "95 % intervals by supplier"
    return f"no intervals: fewer than {LEAST_POSITIVE_SUPPLIERS} suppliers with a positive result"


def compare(scores: Mapping[str, Floats], population: Population, seed: int) -> list[Row]:
    """One row per method, all on the same lines and the same resamples.

    Positives are results as found, errors of examination included; AP and lift are therefore of findings.
    """
    draws = resamples(population.supplier, seed)
    return [_row(method, score, population, draws) for method, score in scores.items()]


def probability_metrics(log_odds: Floats, results: NoisyResults) -> Metrics:
    """Log-loss, Brier score and calibration of the chance of a positive result.

    The model speaks of the truth, the examination of a result: what is compared is the chance of the result that
    follows from the model's probability and the error rates of how the line was examined.
    """
    weight = results.weight / results.weight.sum()
    chance = results.chance(log_odds)
    return {
        "log_loss": float(results.loss(log_odds).sum() / results.weight.sum()),
        "brier": float(np.sum(weight * (chance - results.observed) ** 2)),
        "calibration_error": calibration_error(chance, results.observed, weight),
        "expected_share": float(np.sum(weight * chance)),
        "found_share": float(np.sum(weight * results.observed)),
    }


def reliability(chance: Floats, observed: Floats, weight: Floats) -> list[tuple[float, float, float]]:
    """(mean chance, share found, weight) in bins of equal weight, lowest chance first."""
    order = np.argsort(chance, kind="stable")
    place = (np.cumsum(weight[order]) - weight[order] / 2) / weight.sum()
    bins = np.minimum((place * CALIBRATION_BINS).astype(np.int64), CALIBRATION_BINS - 1)
    mass = np.bincount(bins, weight[order], minlength=CALIBRATION_BINS)
    said = np.bincount(bins, (weight * chance)[order], minlength=CALIBRATION_BINS)
    found = np.bincount(bins, (weight * observed)[order], minlength=CALIBRATION_BINS)
    return [(said[i] / mass[i], found[i] / mass[i], float(mass[i])) for i in np.flatnonzero(mass)]


def calibration_error(chance: Floats, observed: Floats, weight: Floats) -> float:
    """Expected calibration error over bins of equal weight."""
    rows = reliability(chance, observed, weight)
    return float(sum(mass * abs(said - found) for said, found, mass in rows) / weight.sum())


def _row(method: str, score: Floats, population: Population, draws: list[Floats]) -> Row:
    ranking = Ranking.of(score, population.results.observed)
    weight = population.results.weight
    metrics = ranking.metrics(weight)
    if population.positive_suppliers < LEAST_POSITIVE_SUPPLIERS:
        return Row(method, metrics, dict.fromkeys(metrics, (np.nan, np.nan)))
    resampled = [ranking.metrics(weight * draw) for draw in draws]
    return Row(
        method, metrics, {n: _ends(n, metrics[n], [m[n] for m in resampled], population) for n in metrics}
    )


def _ends(name: str, value: float, resampled: Sequence[float], population: Population) -> tuple[float, float]:
    clusters = population.positive_suppliers
    if name not in OVER_ALL:
        low, high = wider_interval(value, resampled, clusters)
        return max(low, 0.0), min(high, upper_bound(name))
    off = 0.5 / population.size  # half a line off 0 and 1, where log-odds end
    centre, *drawn = logit(np.clip([value, *resampled], off, 1 - off))
    low, high = expit(np.array(wider_interval(centre, drawn, clusters)))
    return float(np.minimum(low, value)), float(np.maximum(high, value))
