"""Two models side by side: the checks of the written gate on lines that neither learned from, and the queue of both.

docs/promotion-gate.md says the checks in words; their thresholds are `GateSettings`.
"""

from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from originrisk.data.arrays import Floats
from originrisk.data.console import progress
from originrisk.data.contract import LINE_KEY, ONE_DAY
from originrisk.data.settings import GateSettings, ScoreSettings, Settings, TrainSettings
from originrisk.features.catalogue import NAMES
from originrisk.models import registry
from originrisk.models.bundle import Bundle, load
from originrisk.train.dataset import Examples, TrainingTables
from originrisk.train.evaluation.holdout import slices
from originrisk.train.evaluation.metrics import Ranking, calibration_error, queue_capacity, reliability
from originrisk.train.fit import log_odds_of, results_of
from originrisk.train.labels import ErrorRates, weights
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

    def calibration(self) -> list[dict[str, Any]]:
        """Chance of a positive result by each model beside the share that was positive, in bins of equal weight."""
        weight = self.results[0].weight
        return [
            {"model": model, "expected": float(said), "positive": float(found), "weight": float(mass)}
            for side, model in ((0, "champion"), (1, "challenger"))
            for said, found, mass in reliability(self._chance(side), self.lines.observed, weight)
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


QUEUE_DAYS: Final = 7
"""Latest days of entry whose queue is compared."""
MOVED: Final = 20
"""Lines told of those that moved; features told of those that moved them."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A model beside the champion, or another: the lines both were judged on, every check, and how the queue moves.

    `calibration` compares the chance of a positive result by each model with the share that was positive; `queue`
    counts lines of the latest days inside capacity by one model or both, and tells those that moved furthest and the
    features whose contributions moved them. Probabilities in it are of the truth.
    """

    version: str
    champion: str
    lines: int
    positives: int
    first_day: str
    capacity: float
    tables: dict[str, int]
    checks: list[Check]
    calibration: list[dict[str, Any]]
    queue: dict[str, Any]

    @property
    def passed(self) -> bool:
        """Whether there was enough to judge by and every check holds."""
        return bool(self.checks) and all(check.passed for check in self.checks)

    def plain(self) -> dict[str, Any]:
        """For the log and `--json`."""
        facts = {field.name: getattr(self, field.name) for field in fields(self)}
        return facts | {"passed": self.passed, "checks": [check.plain() for check in self.checks]}


def compare(settings: Settings, version: str, other: str | None = None, seed: int = 0) -> Comparison:
    """A kept version beside another (default: the champion), on lines entered after the cut-offs of both.

    With fewer results than the gate asks for no check is made. Changes nothing but the cache of features.
    Raises ModelRefusedError where either cannot be loaded.
    """
    second = load(registry.kept_path(settings.home, version))
    first = load(registry.champion_path(settings.home) if other is None else registry.kept_path(settings.home, other))
    cutoff = max(date.fromisoformat(bundle.settings["cutoff"]) for bundle in (first, second))
    with progress("Looking up what was found since", 2) as advance:
        data = TrainingTables.read(settings)
        last = max(day for day in (pc.max(data.outcomes["outcome_date"]).as_py(), cutoff) if day)
        examples = data.gather(last, seed).examples
        advance(1)
        moved = _queue_moved(data, settings.score, first, second)
        advance(1)
    lines = examples.take(examples.frame.day > np.datetime64(cutoff, "D"))
    since = data.entries.filter(pc.greater(data.entries["entry_date"], pa.scalar(cutoff, pa.date32())))
    by_day = queue_capacity(since, settings.score)
    capacity = float(by_day["places"].sum() / max(1, by_day["lines"].sum()))
    contest = None
    if has_evidence(lines, settings.gate):
        weight, matrix = weights(lines.propensity, settings.train.propensity_floor), lines.features.to_numpy()
        results = results_under(lines, weight, first), results_under(lines, weight, second)
        contest = Contest(lines, results, (log_odds_of(first.model, matrix), log_odds_of(second.model, matrix)))
    return Comparison(
        version=second.version,
        champion=first.version,
        lines=len(lines),
        positives=int(lines.observed.sum()),
        first_day=str(lines.frame.day.min()) if len(lines) else str(cutoff + ONE_DAY),
        capacity=capacity,
        tables=data.versions,
        checks=contest.checks(settings.gate, capacity, seed) if contest else [],
        calibration=contest.calibration() if contest else [],
        queue=moved,
    )


def results_under(lines: Examples, weight: Floats, bundle: Bundle) -> NoisyResults:
    """Results under what the model's own training estimated of examinations; as expected where it kept nothing."""
    rates = ErrorRates.of_rows(
        bundle.settings.get("error_rates", []), TrainSettings(**bundle.settings.get("train", {})).error_rates
    )
    return results_of(lines, weight, rates, bundle.settings.get("picked_log_odds", 0.0))


def has_evidence(lines: Examples, gate: GateSettings) -> bool:
    """Whether there are results enough to judge by."""
    return len(lines) >= gate.least_results and bool(lines.observed.sum() >= gate.least_positives)


def _queue_moved(data: TrainingTables, score: ScoreSettings, first: Bundle, second: Bundle) -> dict[str, Any]:
    """Lines of the latest days that fit into capacity by one model and not by the other, and why."""
    end = data.last_day()
    lines, frame = data.seen(end - (QUEUE_DAYS - 1) * ONE_DAY, end)
    matrix, places = frame.features.to_numpy(), queue_capacity(lines, score)["places"]
    said = np.array([bundle.model.probability(matrix) for bundle in (first, second)])
    place = np.zeros(said.shape, np.int64)
    for day in np.unique(frame.day):
        of_day = np.flatnonzero(frame.day == day)
        for model in (0, 1):
            place[model, of_day[np.argsort(-said[model, of_day], kind="stable")]] = np.arange(1, len(of_day) + 1)
    room = places.reindex(frame.day).to_numpy()
    inside = place <= room
    moved = np.flatnonzero(inside[0] != inside[1])
    moved = moved[np.argsort(-np.abs(place[1, moved] - place[0, moved]), kind="stable")]
    shift = second.model.contributions(matrix[moved])[:, :-1] - first.model.contributions(matrix[moved])[:, :-1]
    most = np.argsort(-np.abs(shift), axis=1, kind="stable")[:, :3]
    overall = np.abs(shift).mean(axis=0) if len(moved) else np.zeros(len(NAMES))
    keys = lines.select(LINE_KEY).take(moved[:MOVED]).to_pylist()
    return {
        "first_day": str(end - (QUEUE_DAYS - 1) * ONE_DAY),
        "last_day": str(end),
        "inside_both": int((inside[0] & inside[1]).sum()),
        "entered": int((~inside[0] & inside[1]).sum()),
        "left": int((inside[0] & ~inside[1]).sum()),
        "features": [
            {"feature": NAMES[i], "log_odds": float(overall[i])}
            for i in np.argsort(-overall, kind="stable")[:MOVED]
            if overall[i] > 0
        ],
        "lines": [
            key
            | {"place_before": int(place[0, row]), "place_after": int(place[1, row])}
            | {"probability_before": float(said[0, row]), "probability_after": float(said[1, row])}
            | {"by": [f"{NAMES[i]} {shift[number, i]:+.2f}" for i in most[number]]}
            for number, (key, row) in enumerate(zip(keys, moved, strict=False))
        ],
    }


def _unknown(value: Any) -> bool:
    return isinstance(value, float) and not np.isfinite(value)
