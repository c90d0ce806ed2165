"""The judgement: a model of the earlier examples, beside its baselines, on later examples it did not learn from."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.special import logit

from originrisk.data.settings import TrainSettings
from originrisk.train.baselines import baselines, share_seen
from originrisk.train.evaluate import Metrics, Population, Row, compare, probability_metrics, reliability
from originrisk.train.examples import Examples, require_enough
from originrisk.train.fit import Fitted, fit, results_of
from originrisk.train.origin_classifier import OriginClassifier
from originrisk.train.propensity import weights
from originrisk.train.ranking import Ranking
from originrisk.train.slices import slices
from originrisk.train.split import later

Floats = npt.NDArray[np.float64]

JUDGED_SHARE: Final = 0.25


@dataclass(frozen=True, slots=True)
class Part:
    """One population of judged lines: the comparison, the model's probabilities against results, the reliability."""

    name: str
    population: Population
    rows: list[Row]
    probabilities: Metrics
    reliability: list[tuple[float, float, float]]
    log_odds: Floats


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the later examples say. `parts[0]` is the headline: the random arm where it has positives."""

    parts: list[Part]
    look_up_seen: float
    fitted_lines: int
    first_judged_day: str
    slices: dict[str, dict[str, Any]]

    def summary(self) -> dict[str, Any]:
        """Plain numbers for reports."""
        return {
            "fitted_lines": self.fitted_lines,
            "first_judged_day": self.first_judged_day,
            "look_up_key_seen": self.look_up_seen,
            "headline": self.parts[0].name,
            "slices": self.slices,
            **{part.name: _part_summary(part) for part in self.parts},
        }


@dataclass(frozen=True, slots=True)
class Trial:
    """Judged examples with their weights, the model fitted before them, and the score of each method."""

    judged: Examples
    weight: Floats
    fitted: Fitted
    scores: dict[str, Floats]
    seed: int

    def random_arm(self) -> Part:
        """The comparison on the random arm, each line weighted by the inverse of the chance of its draw."""
        drawn = self.judged.random
        return self._part("random_arm", drawn, weights(self.judged.lot[drawn]), 0.0)

    def all_examined(self, picked: float) -> Part:
        """The comparison on all; `picked` is by how much lines outside the arm are likelier positive than they look."""
        return self._part("all_examined", np.ones(len(self.judged), np.bool_), self.weight, picked)

    def _part(self, name: str, chosen: npt.NDArray[np.bool_], weight: Floats, picked: float) -> Part:
        lines = self.judged.take(chosen)
        probability = self.fitted.model.calibrator.probability(self.scores["model"][chosen])
        log_odds = logit(probability)
        results = results_of(lines, weight, self.fitted.rates, picked)
        population = Population(results, lines.seen.supplier)
        scores = {method: score[chosen] for method, score in self.scores.items()}
        return Part(
            name,
            population,
            compare(scores, population, self.seed),
            probability_metrics(log_odds, results),
            reliability(results.chance(log_odds), lines.observed, results.weight),
            log_odds,
        )

    def slices(self, picked: float) -> dict[str, dict[str, Any]]:
        """Size, average precision and calibration of each slice that holds lines."""
        return {name: self._slice(mask, picked) for name, mask in slices(self.judged).items() if mask.any()}

    def _slice(self, chosen: npt.NDArray[np.bool_], picked: float) -> dict[str, Any]:
        lines = self.judged.take(chosen)
        probability = self.fitted.model.calibrator.probability(self.scores["model"][chosen])
        log_odds = logit(probability)
        results = results_of(lines, self.weight[chosen], self.fitted.rates, picked)
        ranked = Ranking.of(log_odds, lines.observed).average_precision(results.weight)
        sizes = {"lines": len(lines), "positives": int(lines.observed.sum())}
        return {**sizes, "average_precision": _told(ranked), **probability_metrics(log_odds, results)}


def judge(examples: Examples, prototype: OriginClassifier, settings: TrainSettings, seed: int) -> Judgement:
    """Fit on the earlier examples and judge on the later ones (see `try_out`), over all and slice by slice."""
    trial, past = try_out(examples, prototype, settings, seed)
    judged, picked = trial.judged, trial.fitted.calibration.picked
    parts = [trial.all_examined(picked)]
    if judged.observed[judged.random].any():
        parts.insert(0, trial.random_arm())
    first_day = str(judged.seen.day.min())
    return Judgement(parts, share_seen(past, judged), len(past), first_day, trial.slices(picked))


def try_out(
    examples: Examples, prototype: OriginClassifier, settings: TrainSettings, seed: int
) -> tuple[Trial, Examples]:
    """The trial on the later examples, behind the gap of the settings, and the earlier ones it learned from.

    Raises GateRefusedError where either side holds too few examples to say anything.
    """
    early, late = later(examples.seen.day, examples.known_on, share=JUDGED_SHARE, gap_days=settings.gap_days)
    past, judged = examples.take(early), examples.take(late)
    require_enough(past.observed, "examples before the judged slice")
    require_enough(judged.observed, "judged examples", least_positives=1)
    fitted = fit(past, weights(past.propensity, settings.propensity_floor), prototype, seed)
    scores = {"model": fitted.model.log_odds(judged.features.to_numpy()), **baselines(past, judged, seed)}
    weight = weights(judged.propensity, settings.propensity_floor)
    return Trial(judged, weight, fitted, scores, seed), past


def _part_summary(part: Part) -> dict[str, Any]:
    methods: dict[str, dict[str, Any]] = {row.method: _row_summary(row) for row in part.rows}
    methods["model"] |= part.probabilities
    of = part.population
    return {"lines": of.size, "worth": of.worth, "positives": of.positives, "methods": methods}


def _row_summary(row: Row) -> dict[str, Any]:
    """A metric that the lines cannot tell is null, not a number."""
    interval = {name: [_told(end) for end in ends] for name, ends in row.interval.items()}
    return {**{name: _told(value) for name, value in row.metrics.items()}, "interval": interval}


def _told(value: float) -> float | None:
    return value if np.isfinite(value) else None
