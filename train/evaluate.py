"""Evaluation: the model beside its baselines on lines it did not learn from, with intervals clustered by supplier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from originrisk.train.noise import NoisyResults
from originrisk.train.ranking import Ranking, most
from originrisk.train.resampling import resamples, wider_interval

Floats = npt.NDArray[np.float64]
Keys = npt.NDArray[np.uint64]

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
    def worth(self) -> float:
        """How many evenly weighted lines would say as much (Kish 1965): few, where few lines carry the weight."""
        return float(self.results.evened().weight.sum())

    @property
    def positive_suppliers(self) -> int:
        """Suppliers with a positive result."""
        return len(np.unique(self.supplier[self.results.observed == 1]))


def size_told(population: Population) -> str:
    """What is said of a population wherever its figures stand."""
    size, worth = f"{population.size:,} examined lines", f"worth {population.worth:,.0f} of even weight"
    return f"{size}, {worth}, {population.positives:,} positive"


def intervals_told(rows: list[Row]) -> str:
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
        return max(low, 0.0), min(high, most(name))
    off = 0.5 / population.size  # half a line off 0 and 1, where log-odds end
    centre, *drawn = logit(np.clip([value, *resampled], off, 1 - off))
    low, high = expit(np.array(wider_interval(centre, drawn, clusters)))
    return float(np.minimum(low, value)), float(np.maximum(high, value))
