"""Metrics of a ranking and of probabilities: each declared once, with intervals clustered by supplier."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from scipy.special import expit, logit

from originrisk.data.arrays import Floats, Keys
from originrisk.data.settings import ScoreSettings
from originrisk.train.origin_classifier import NoisyResults
from originrisk.train.resampling import resamples, wider_interval

CAPACITIES: Final = (0.005, 0.01, 0.02, 0.05, 0.10)
"""Shares of lines inspected at which a ranking is judged."""
CALIBRATION_BINS: Final = 10
LEAST_POSITIVE_SUPPLIERS: Final = 10
"""With fewer, resamples say less than they seem to: their intervals hold the true value too seldom."""

Metrics = dict[str, float]


def calibration_error(chance: Floats, observed: Floats, weight: Floats) -> float:
    """Expected calibration error over bins of equal weight."""
    rows = reliability(chance, observed, weight)
    return float(sum(mass * abs(said - found) for said, found, mass in rows) / weight.sum())


def reliability(chance: Floats, observed: Floats, weight: Floats) -> list[tuple[float, float, float]]:
    """(mean chance, share positive, weight) in bins of equal weight, lowest chance first."""
    order = np.argsort(chance, kind="stable")
    place = (np.cumsum(weight[order]) - weight[order] / 2) / weight.sum()
    bins = np.minimum((place * CALIBRATION_BINS).astype(np.int64), CALIBRATION_BINS - 1)
    mass = np.bincount(bins, weight[order], minlength=CALIBRATION_BINS)
    said = np.bincount(bins, (weight * chance)[order], minlength=CALIBRATION_BINS)
    found = np.bincount(bins, (weight * observed)[order], minlength=CALIBRATION_BINS)
    return [(said[i] / mass[i], found[i] / mass[i], float(mass[i])) for i in np.flatnonzero(mass)]


def _hits(capacity: float, positive: Floats, lines: Floats) -> float:
    return float(np.interp(capacity * lines[-1], np.concatenate([[0], lines]), np.concatenate([[0], positive])))


def _average_precision(positive: Floats, lines: Floats) -> float:
    above = np.where(lines > 0, lines, 1.0)  # a resample may leave out the lines of the highest scores
    return float(np.sum(np.diff(positive, prepend=0) * positive / above) / positive[-1])


def _auc(positive: Floats, lines: Floats) -> float:
    negative = lines - positive
    below = negative[-1] - negative + np.diff(negative, prepend=0) / 2
    return float(np.sum(np.diff(positive, prepend=0) * below) / (positive[-1] * negative[-1]))


def _precision(capacity: float, positive: Floats, lines: Floats) -> float:
    return float(_hits(capacity, positive, lines) / (capacity * lines[-1]))


def _recall(capacity: float, positive: Floats, lines: Floats) -> float:
    return float(np.float64(_hits(capacity, positive, lines)) / positive[-1])


def _lift(capacity: float, positive: Floats, lines: Floats) -> float:
    return float(_precision(capacity, positive, lines) / (positive[-1] / lines[-1]))


def _log_loss(chance: Floats, observed: Floats, weight: Floats) -> float:
    loss = -weight * (observed * np.log(chance) + (1 - observed) * np.log(1 - chance))
    return float(loss.sum() / weight.sum())


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure of the reports: its name in JSON, what people read, how it is written, and what it is.

    Of a ranking, `function` takes the weight of positives and of lines down to each score; of probabilities, the
    chance of a positive result, the result and the weight of each line.
    """

    name: str
    words: str
    function: Callable[..., float]
    format: str = ".3f"
    largest: float = 1.0
    over_all: bool = False
    """Of the whole ranking. Their intervals lie in log-odds: near 0 and 1 they reach further inwards."""


def _at_capacity(capacity: float) -> list[Metric]:
    place = f"{capacity:.1%}".replace(".0%", "%")
    return [
        Metric(f"precision@{place}", f"precision at {place}", partial(_precision, capacity)),
        Metric(f"recall@{place}", f"recall at {place}", partial(_recall, capacity)),
        Metric(f"lift@{place}", f"lift at {place}", partial(_lift, capacity), largest=1 / capacity),
    ]


RANKING: Final = (
    Metric("average_precision", "average precision", _average_precision, over_all=True),
    Metric("auc", "AUC", _auc, over_all=True),
    *(metric for capacity in CAPACITIES for metric in _at_capacity(capacity)),
)
PROBABILITY: Final = (
    Metric("log_loss", "log-loss", _log_loss, ".4f", np.inf),
    Metric("brier", "Brier score", lambda q, y, w: float(np.sum(w / w.sum() * (q - y) ** 2)), ".4f"),
    Metric("calibration_error", "calibration error", lambda q, y, w: calibration_error(q, y, w / w.sum()), ".4f"),
    Metric("expected_share", "expected P(result)", lambda q, _, w: float(np.sum(w / w.sum() * q)), ".2%"),
    Metric("found_share", "positive results", lambda _, y, w: float(np.sum(w / w.sum() * y)), ".2%"),
)
TRUTH: Final = tuple(
    Metric(name, words, lambda p, _, w: float(np.average(p, weights=w)), ".2%")
    for name, words in {
        "truth_share": "expected P(truth)",
        "truth_low": "P(truth) from",
        "truth_high": "to (90 %)",
    }.items()
)
"""Mean probability of the truth and of both ends of its band; where examinations never err, that of the result."""
METRICS: Final = {metric.name: metric for metric in (*RANKING, *PROBABILITY, *TRUTH)}


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

    def totals(self, weight: Floats) -> tuple[Floats, Floats]:
        """Weight of positives and of lines down to each step."""
        positive: Floats = np.cumsum(np.bincount(self.step, weight * self.observed))
        lines: Floats = np.cumsum(np.bincount(self.step, weight))
        return positive, lines

    def metrics(self, weight: Floats) -> Metrics:
        """Every metric under line weights; NaN where there is no positive or no negative line."""
        totals = self.totals(weight)
        with np.errstate(invalid="ignore", divide="ignore"):
            return {metric.name: metric.function(*totals) for metric in RANKING}

    def average_precision(self, weight: Floats) -> float:
        """Average precision alone, for many weightings; NaN without positives."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return _average_precision(*self.totals(weight))

    def recall(self, capacity: float, weight: Floats) -> float:
        """Share of the positives among the first `capacity` (0 to 1) of the weight; NaN without positives."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return _recall(capacity, *self.totals(weight))


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
        return f"{self.metrics[metric]:{METRICS[metric].format}}{ends}"


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

    def __str__(self) -> str:
        """What is said of a population wherever its figures stand."""
        effective = f"effective sample size {self.effective_size:,.0f}"
        return f"{self.size:,} examined lines ({effective}), {self.positives:,} positive"


def intervals_text(rows: list[Row]) -> str:
    """What a table of rows says of its intervals, once for all of them."""
    if any(np.isfinite(low) for row in rows for low, _ in row.interval.values()):
        return "95 % intervals by supplier"
    return f"no intervals: fewer than {LEAST_POSITIVE_SUPPLIERS} suppliers with a positive result"


def compare(scores: Mapping[str, Floats], population: Population, seed: int) -> list[Row]:
    """One row per method, all on the same lines and the same resamples.

    Positives are results as found, errors of examination included; AP and lift are therefore of results.
    """
    draws = resamples(population.supplier, seed)
    return [_row(method, score, population, draws) for method, score in scores.items()]


def probability_metrics(log_odds: Floats, results: NoisyResults) -> Metrics:
    """Log-loss, Brier score and calibration of the chance of a positive result.

    The model speaks of the truth, the examination of a result: what is compared is the chance of the result that
    follows from the model's probability and the error rates of how the line was examined. `truth_share` is the mean of
    the probability itself: what is there, where the other is what an examination would say.
    """
    given = results.chance(log_odds), results.observed, results.weight
    truth = METRICS["truth_share"].function(expit(log_odds), results.observed, results.weight)
    return {metric.name: metric.function(*given) for metric in PROBABILITY} | {"truth_share": truth}


def _row(method: str, score: Floats, population: Population, draws: list[Floats]) -> Row:
    ranking = Ranking.of(score, population.results.observed)
    weight = population.results.weight
    metrics = ranking.metrics(weight)
    if population.positive_suppliers < LEAST_POSITIVE_SUPPLIERS:
        return Row(method, metrics, dict.fromkeys(metrics, (np.nan, np.nan)))
    resampled = [ranking.metrics(weight * draw) for draw in draws]
    return Row(
        method, metrics, {n: _ends(METRICS[n], metrics[n], [m[n] for m in resampled], population) for n in metrics}
    )


def _ends(metric: Metric, value: float, resampled: Sequence[float], population: Population) -> tuple[float, float]:
    clusters = population.positive_suppliers
    if not metric.over_all:
        low, high = wider_interval(value, resampled, clusters)
        return max(low, 0.0), min(high, metric.largest)
    off = 0.5 / population.size  # half a line off 0 and 1, where log-odds end
    centre, *drawn = logit(np.clip([value, *resampled], off, 1 - off))
    low, high = expit(np.array(wider_interval(centre, drawn, clusters)))
    return float(np.minimum(low, value)), float(np.maximum(high, value))


def queue_capacity(entries: pa.Table, score: ScoreSettings) -> pd.DataFrame:
    """`lines` and `places` in the queue of each day of entry (index), as the settings of scoring give them."""
    days = np.asarray(entries["entry_date"].to_numpy()).astype("datetime64[D]")
    port = np.array([port if port in score.capacity_by_port else "" for port in entries["port_of_entry"].to_pylist()])
    sizes = pd.DataFrame({"day": days, "port": port}).value_counts(sort=False).rename("lines").reset_index()
    sizes["places"] = [
        min(size, score.capacity_by_port[port]) if port else score.capacity(size)
        for port, size in zip(sizes["port"], sizes["lines"], strict=True)
    ]
    by_day: pd.DataFrame = sizes.groupby("day")[["lines", "places"]].sum()
    return by_day
