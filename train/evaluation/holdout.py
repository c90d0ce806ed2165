"""The holdout: a model of the earlier examples, beside its baselines, on later examples it did not learn from."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy.special import expit, logit

from originrisk.data.arrays import Floats, Keys, Mask
from originrisk.data.reference.orders import FAMILIES
from originrisk.data.settings import TrainSettings
from originrisk.train.any_classifier import Learner
from originrisk.train.arbiter import over_all_lines
from originrisk.train.dataset import Examples, Unexamined, enough
from originrisk.train.evaluation.metrics import (
    Metrics,
    Population,
    Ranking,
    Row,
    compare,
    probability_metrics,
    reliability,
)
from originrisk.train.fit import FOLDS, Fitted, fit, log_odds_of, results_of
from originrisk.train.labels import weights
from originrisk.train.origin_classifier import NoisyResults
from originrisk.train.resampling import disjoint_folds, later

CHINESE: Final = pa.array(["CN", "HK"])
COTTON: Final = [i for i, name in enumerate(FAMILIES) if name.startswith("cotton")]


def slices(examples: Examples) -> dict[str, Mask]:
    """Named masks (lines,). A line is in several; every line is in one of each pair."""
    cotton = examples.features["goods_family"].isin(COTTON).to_numpy()
    china = is_chinese(examples.lines["country_of_origin"])
    new = examples.features["supplier_age"].isna().to_numpy()
    return {
        "cotton goods": cotton,
        "other goods": ~cotton,
        "declared Chinese": china,
        "declared other origin": ~china,
        "supplier never seen": new,
        "supplier seen before": ~new,
    }


def is_chinese(column: pa.ChunkedArray) -> Mask:
    """Where a column of countries says China or Hong Kong."""
    return np.asarray(pc.fill_null(pc.is_in(column, CHINESE), False))


IN_SCOPE: Final = [*COTTON, FAMILIES.index("tomato")]
BASELINES: Final = ("look-up", "targeting rule", "random")
LOOK_UP_KEY: Final = ("htsus", "country_of_origin", "country_of_export", "gross_weight_kg")


def baselines(past: Examples, judged: Examples, seed: int) -> dict[str, Floats]:
    """Scores of the judged lines by each baseline, the higher the more suspect."""
    scores = look_up(past, judged), targeting_rule(judged), np.random.default_rng(seed).random(len(judged))
    return dict(zip(BASELINES, scores, strict=True))


def targeting_rule(judged: Examples) -> Floats:
    """Two points for goods in scope that come from or by way of China, one more for a supplier never seen before."""
    lines = judged.lines
    china = is_chinese(lines["country_of_origin"]) | is_chinese(lines["country_of_export"])
    in_scope = judged.features["goods_family"].isin(IN_SCOPE).to_numpy()
    new = judged.features["supplier_age"].isna().to_numpy()
    return np.asarray(2.0 * (china & in_scope) + new, np.float64)


def look_up(past: Examples, judged: Examples) -> Floats:
    """The result last known for the same tariff number, origin, export and weight; the past's share elsewhere."""
    last = _keys(past).assign(result=past.observed, known_on=past.known_on).sort_values("known_on", kind="stable")
    last = last.drop_duplicates(list(LOOK_UP_KEY), keep="last")
    found = _keys(judged).merge(last, on=list(LOOK_UP_KEY), how="left")["result"]
    return np.asarray(found.fillna(past.observed.mean()), np.float64)


def share_seen(past: Examples, judged: Examples) -> float:
    """Share of the judged lines whose look-up key occurs in the past: near one, a split can be learned by heart."""
    known = _keys(past).drop_duplicates().assign(seen=True)
    return float(_keys(judged).merge(known, on=list(LOOK_UP_KEY), how="left")["seen"].notna().mean())


def look_up_groups(examples: Examples) -> Keys:
    """Lines of the same look-up key under one number (lines,)."""
    return _keys(examples).groupby(list(LOOK_UP_KEY), dropna=False).ngroup().to_numpy().astype(np.uint64)


def _keys(examples: Examples) -> pd.DataFrame:
    frame: pd.DataFrame = examples.lines.select(list(LOOK_UP_KEY)).to_pandas()
    return frame.fillna(dict.fromkeys(LOOK_UP_KEY[:3], "") | {LOOK_UP_KEY[3]: -1.0})


HOLDOUT_SHARE: Final = 0.25
LATER_LINES: Final = "later lines, by a model of the earlier ones"
FOLDS_OF_ALL: Final = (
    "all lines, each by trees that had not seen its supplier: too few results for a later slice; "
    "the curve to probabilities was fitted to the same lines"
)


@dataclass(frozen=True, slots=True)
class JudgedPopulation:
    """One population of judged lines: the comparison, the model's probabilities against results, the reliability."""

    name: str
    population: Population
    rows: list[Row]
    probabilities: Metrics
    reliability: list[tuple[float, float, float]]
    log_odds: Floats


@dataclass(frozen=True, slots=True)
class Holdout:
    """What examples say that the trees had not seen; `judged` tells which.

    `parts[0]` is the headline: the random arm where it has positives.
    """

    judged: str
    parts: list[JudgedPopulation]
    look_up_seen: float
    fitted_lines: int
    first_judged_day: str
    slices: dict[str, dict[str, Any]]
    all_lines: dict[str, Any]

    def summary(self) -> dict[str, Any]:
        """Plain numbers for reports."""
        return {
            "judged": self.judged,
            "fitted_lines": self.fitted_lines,
            "first_judged_day": self.first_judged_day,
            "look_up_key_seen": self.look_up_seen,
            "headline": self.parts[0].name,
            "slices": self.slices,
            "all_lines": self.all_lines,
            **{part.name: _part_summary(part) for part in self.parts},
        }


@dataclass(frozen=True, slots=True)
class HoldoutFit:
    """Later examples with their weights, the model fitted before them, and the score of each method."""

    judged: Examples
    weight: Floats
    fitted: Fitted
    scores: dict[str, Floats]
    seed: int
    by_folds: bool = False

    def random_arm(self) -> JudgedPopulation:
        """The comparison on the random arm, each line weighted by the inverse of the chance of its draw."""
        drawn = self.judged.random
        return self._part("random_arm", drawn, weights(self.judged.draw_chance[drawn]), 0.0)

    def all_examined(self, shift: float) -> JudgedPopulation:
        """The comparison on all; `shift`: by how much lines outside the arm are likelier positive than they look."""
        return self._part("all_examined", np.ones(len(self.judged), np.bool_), self.weight, shift)

    def slices(self, shift: float) -> dict[str, dict[str, Any]]:
        """Size, average precision and calibration of each slice that holds lines."""
        rows = {}
        for name, chosen in slices(self.judged).items():
            if chosen.any():
                lines, log_odds, results = self._results(chosen, self.weight[chosen], shift)
                ranked = Ranking.of(log_odds, lines.observed).average_precision(results.weight)
                sizes = {"lines": len(lines), "positives": int(lines.observed.sum())}
                rows[name] = sizes | {"average_precision": _known(ranked), **probability_metrics(log_odds, results)}
        return rows

    def _part(self, name: str, chosen: Mask, weight: Floats, shift: float) -> JudgedPopulation:
        lines, log_odds, results = self._results(chosen, weight, shift)
        population = Population(results, lines.frame.supplier)
        scores = {method: score[chosen] for method, score in self.scores.items()}
        band_of = self.fitted.model.calibrator.band(expit(log_odds), lines.lines["htsus"].to_pylist())
        ends = zip(("truth_low", "truth_high"), band_of, strict=True)
        band = {name: float(np.average(end, weights=weight)) for name, end in ends}
        return JudgedPopulation(
            name,
            population,
            compare(scores, population, self.seed),
            probability_metrics(log_odds, results) | band,
            reliability(results.chance(log_odds), lines.observed, results.weight),
            log_odds,
        )

    def _results(self, chosen: Mask, weight: Floats, shift: float) -> tuple[Examples, Floats, NoisyResults]:
        """The chosen lines, the calibrated log-odds of their truth, and their results."""
        lines = self.judged.take(chosen)
        log_odds = logit(self.fitted.model.calibrator.probability(self.scores["model"][chosen]))
        return lines, log_odds, results_of(lines, weight, self.fitted.rates, shift)


def evaluate_holdout(
    examples: Examples, unexamined: Unexamined, prototype: Learner, settings: TrainSettings, seed: int
) -> Holdout:
    """Fit on the earlier examples and evaluate on the later ones (see `fit_holdout`), overall and slice by slice."""
    fit_of_past, past = fit_holdout(examples, unexamined, prototype, settings, seed)
    judged, shift = fit_of_past.judged, fit_of_past.fitted.calibration.selection_shift
    parts = [fit_of_past.all_examined(shift)]
    if judged.observed[judged.random].any():
        parts.insert(0, fit_of_past.random_arm())
    first_day = str(judged.frame.day.min())
    kind = FOLDS_OF_ALL if fit_of_past.by_folds else LATER_LINES
    rest = unexamined if fit_of_past.by_folds else unexamined.since(judged.frame.day.min())
    model = fit_of_past.fitted.model
    said = (
        logit(model.calibrator.probability(fit_of_past.scores["model"])),
        log_odds_of(model, rest.frame.features.to_numpy()),
    )
    everywhere = over_all_lines(judged, rest, said, settings, seed)
    seen = share_seen(past, judged)
    return Holdout(kind, parts, seen, len(past), first_day, fit_of_past.slices(shift), everywhere)


def fit_holdout(
    examples: Examples, unexamined: Unexamined, prototype: Learner, settings: TrainSettings, seed: int
) -> tuple[HoldoutFit, Examples]:
    """A fit on the earlier examples with the later ones to evaluate it on, behind the gap of the settings; and the
    earlier ones.

    Where either side holds too few examples to say anything, the fit is on all of them, and each is judged by trees
    that had not seen its supplier.
    """
    early, late = later(examples.frame.day, examples.known_on, share=HOLDOUT_SHARE, gap_days=settings.gap_days)
    past, judged = examples.take(early), examples.take(late)
    if not (enough(past.observed) and enough(judged.observed, least_positives=1)):
        return _fit_on_all(examples, unexamined, prototype, settings, seed), examples
    before = unexamined.before(judged.frame.day.min())
    fitted = fit(past, before, prototype, settings, seed)
    scores = {"model": fitted.model.log_odds(judged.features.to_numpy()), **baselines(past, judged, seed)}
    weight = weights(judged.propensity, settings.propensity_floor)
    return HoldoutFit(judged, weight, fitted, scores, seed), past


def _fit_on_all(
    examples: Examples, unexamined: Unexamined, prototype: Learner, settings: TrainSettings, seed: int
) -> HoldoutFit:
    fitted = fit(examples, unexamined, prototype, settings, seed)
    scores = {"model": fitted.unseen} | {name: np.empty(len(examples)) for name in BASELINES}
    for known, judged in disjoint_folds(examples.frame.supplier, FOLDS, seed):
        rest, fold = examples.take(known), examples.take(judged)
        for name, score in baselines(rest, fold, seed).items():
            scores[name][judged] = score
    weight = weights(examples.propensity, settings.propensity_floor)
    return HoldoutFit(examples, weight, fitted, scores, seed, by_folds=True)


def _part_summary(part: JudgedPopulation) -> dict[str, Any]:
    """A metric that the lines cannot tell is null, not a number."""
    methods: dict[str, dict[str, Any]] = {
        row.method: {name: _known(value) for name, value in row.metrics.items()}
        | {"interval": {name: [_known(end) for end in ends] for name, ends in row.interval.items()}}
        for row in part.rows
    }
    methods["model"] |= part.probabilities
    of = part.population
    return {"lines": of.size, "worth": of.effective_size, "positives": of.positives, "methods": methods}


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None
