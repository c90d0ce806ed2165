"""An evaluation: how models made this way do on lines they did not learn from, and whether to believe it.

The examples are gathered once. Fits take the time: three windows of full fits, then single fits of bare trees for
five splits of three folds and four points of the learning curve.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from data.as_of import FAMILIES
from data.console import progress
from data.errors import GateRefusedError, Problem
from data.settings import Settings
from train.disjoint import FOLDS, SHARES, groups, judged_by_folds, learning_curve
from train.disparity import DISTRICT_QUEUES, ONE_QUEUE, false_flags, inside_capacity, parties_groups
from train.evaluate import Metrics, Population, Row, compare, probability_metrics
from train.examples import Examples, Gathered
from train.leaks import Leak, changed_by_the_future, leaks
from train.material import Material
from train.noise import NoisyResults
from train.origin_classifier import OriginClassifier
from train.ranking import Ranking
from train.rolling import WINDOWS, Window, log_odds_of, rolling
from train.slices import slices

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Table = list[dict[str, Any]]

STEPS = WINDOWS + FOLDS + len(SHARES) + 3
LEAST_POSITIVES = 5


@dataclass(frozen=True, slots=True)
class Pooled:
    """The judged lines of all windows, each with what the model of its own window said."""

    lines: Examples
    results: NoisyResults
    log_odds: Floats
    scores: dict[str, Floats]
    flagged: dict[str, Mask]

    def take(self, rows: Mask) -> "Pooled":
        """The lines of a mask."""
        scores = {name: score[rows] for name, score in self.scores.items()}
        flagged = {name: mask[rows] for name, mask in self.flagged.items()}
        return Pooled(self.lines.take(rows), self.results.take(rows), self.log_odds[rows], scores, flagged)

    def population(self) -> Population:
        """For comparisons."""
        return Population(self.results, self.lines.seen.supplier)

    def probabilities(self) -> Metrics:
        """Log-loss and calibration."""
        return probability_metrics(self.log_odds, self.results)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that the report shows. Tables are lists of plain rows."""

    described: dict[str, Any]
    left_out: dict[str, int]
    leaks: list[Leak]
    pooled: Pooled
    headline: str
    rows: dict[str, list[Row]]
    windows: list[Window]
    tables: dict[str, Table]

    def parts(self) -> dict[str, Pooled]:
        """The headline's lines first, then all that were judged."""
        random = (
            {"random arm": self.pooled.take(self.pooled.lines.random)} if "random arm" in self.rows else {}
        )
        return {**random, "all examined": self.pooled}

    def plain(self) -> dict[str, Any]:
        """All of it as plain JSON; a figure that the lines cannot tell is null."""
        methods = {
            part: [{"method": r.method, **r.metrics, "interval": r.interval} for r in rows]
            for part, rows in self.rows.items()
        }
        told = {
            "evaluated": self.described,
            "left_out": self.left_out,
            "leaks": [{f.name: getattr(leak, f.name) for f in fields(leak)} for leak in self.leaks],
            "headline": self.headline,
            "methods": methods,
            **self.tables,
        }
        return dict(_told(told))


def evaluate(
    settings: Settings, prototype: OriginClassifier, described: dict[str, Any], cutoff: date | None, seed: int
) -> Evaluation:
    """Evaluate how `prototype` learns from what was known at the end of `cutoff` (default: the last day of entry).

    Raises GateRefusedError where too few results are known.
    """
    with progress("Evaluating", STEPS) as advance:
        material = Material.read(settings, cutoff)
        last_day = cutoff or material.last_day()
        gathered = material.gather(last_day, seed)
        advance(1)
        suspected = _leaks(material, gathered, seed)
        advance(2)
        judged = judge_gathered(
            settings, gathered, prototype, entered=len(material.entries), seed=seed, advance=advance
        )
    described = {**described, "cutoff": str(last_day), "tables": material.tables, "fits": _fits(prototype)}
    return Evaluation(described, gathered.left_out, suspected, *judged)


def judge_gathered(
    settings: Settings,
    gathered: Gathered,
    prototype: OriginClassifier,
    *,
    entered: int,
    seed: int,
    advance: Callable[[float], None] = lambda _: None,
) -> tuple[Pooled, str, dict[str, list[Row]], list[Window], dict[str, Table]]:
    """The fits and every table; `entered` is the number of lines that examples and others were drawn from."""
    examples, others = gathered.examples, gathered.others
    windows = []
    for window in rolling(examples, prototype, settings.train, seed):
        windows.append(window)
        advance(1)
    if not windows:
        raise GateRefusedError(
            Problem(
                "examples", "some window with results before it and a positive in it", "none", "Ingest more."
            )
        )
    last = windows[-1]
    trees = last.fitted.trees
    stands_for = (entered - len(examples)) / max(1, len(others))
    pooled = _pool(examples, gathered, windows, stands_for, settings.score.capacity_share)
    rows = {"all examined": compare(pooled.scores, pooled.population(), seed)}
    headline = "all examined"
    if pooled.lines.observed[pooled.lines.random].sum() >= LEAST_POSITIVES:
        random, headline = pooled.take(pooled.lines.random), "random arm"
        rows = {headline: compare(random.scores, random.population(), seed), **rows}
    tables = _tables(pooled, windows, examples)
    tables["splits"] = []
    for name, metrics in judged_by_folds(examples, prototype, trees, seed):
        tables["splits"].append({"split": name, **metrics})
        advance(FOLDS / 5)
    curve = learning_curve(
        examples, last.fitted_lines, last.judged_lines, prototype=prototype, trees=trees, seed=seed
    )
    tables["learning_curve"] = []
    for point in curve:
        tables["learning_curve"].append(point)
        advance(1)
    return pooled, headline, rows, windows, tables


def _leaks(material: Material, gathered: Gathered, seed: int) -> list[Leak]:
    found = leaks(gathered.examples, groups(gathered.examples), seed)
    return [*found, *changed_by_the_future(material, gathered.examples)]


def _pool(
    examples: Examples, gathered: Gathered, windows: list[Window], stands_for: float, share: float
) -> Pooled:
    flagged = [
        _flagged(examples, gathered, w, end, stands_for=stands_for, share=share) for w, end in _ends(windows)
    ]
    judged = np.logical_or.reduce([window.judged_lines for window in windows])
    results = NoisyResults(
        *(np.concatenate([getattr(w.results, f.name) for w in windows]) for f in fields(NoisyResults))
    )
    scores = {name: np.concatenate([w.scores[name] for w in windows]) for name in windows[0].scores}
    return Pooled(
        examples.take(judged),
        results,
        np.concatenate([window.log_odds for window in windows]),
        scores,
        {queue: np.concatenate([f[queue] for f in flagged]) for queue in (ONE_QUEUE, DISTRICT_QUEUES)},
    )


def _ends(windows: list[Window]) -> list[tuple[Window, np.datetime64]]:
    never = np.datetime64("9999-12-31")
    return list(zip(windows, [*(window.start for window in windows[1:]), never], strict=True))


def _flagged(
    examples: Examples,
    gathered: Gathered,
    window: Window,
    end: np.datetime64,
    *,
    stands_for: float,
    share: float,
) -> dict[str, Mask]:
    lines, days = examples.take(window.judged_lines).seen, gathered.others.day
    around = gathered.others.take((days >= window.start) & (days < end))
    score = log_odds_of(window.fitted, around)
    return {
        queue: inside_capacity(
            window.log_odds, lines, score, around, stands_for=stands_for, share=share, queue=queue
        )
        for queue in (ONE_QUEUE, DISTRICT_QUEUES)
    }


def _tables(pooled: Pooled, windows: list[Window], examples: Examples) -> dict[str, Table]:
    parts = {"all examined": np.ones(len(pooled.lines), np.bool_), "random arm": pooled.lines.random}
    parts |= slices(pooled.lines)
    return {
        "windows": [_window_row(window) for window in windows],
        "slices": [{"slice": name, **_figures(pooled.take(m))} for name, m in parts.items() if m.any()],
        "months": _by(pooled, pooled.lines.seen.day.astype("datetime64[M]").astype(str), "month"),
        "origins": _by(pooled, parties_groups(pooled.lines)["declared origin"], "origin"),
        "commodities": _by(pooled, _families(pooled.lines), "commodity"),
        "capacity": [
            _capacity_row(pooled, queue, name, mask)
            for queue in pooled.flagged
            for name, mask in {"all": parts["all examined"], **_districts(pooled, queue)}.items()
        ],
        "false_flags": [
            {"by": by, **row}
            for by, group in parties_groups(pooled.lines).items()
            for row in false_flags(
                pooled.flagged[ONE_QUEUE], pooled.lines.observed, pooled.results.weight, group
            )
        ],
        "seeds": _seeds(windows[-1], examples),
        "relation": _relation(windows, examples),
    }


def _figures(part: Pooled) -> Metrics:
    ranked = Ranking.of(part.log_odds, part.lines.observed)
    probabilities = part.probabilities()
    return {
        "lines": len(part.lines),
        "positives": int(part.lines.observed.sum()),
        "average_precision": ranked.average_precision(part.results.weight),
        "auc": ranked.metrics(part.results.weight)["auc"],
        **{name: probabilities[name] for name in ("expected_share", "found_share", "calibration_error")},
    }


def _by(pooled: Pooled, group: npt.NDArray[Any], name: str) -> Table:
    return [{name: str(value), **_figures(pooled.take(group == value))} for value in sorted(set(group))]


def _families(lines: Examples) -> npt.NDArray[np.object_]:
    code = lines.features["goods_family"].fillna(-1).astype(int).to_numpy()
    names = [*(name.replace("_", " ") for name in FAMILIES), "other goods"]
    return np.array(names, dtype=np.object_)[code]


def _districts(pooled: Pooled, queue: str) -> dict[str, Mask]:
    if queue != DISTRICT_QUEUES:
        return {}
    group = parties_groups(pooled.lines)["district of entry"]
    return {f"district {name}": group == name for name in sorted(set(group))}


def _capacity_row(pooled: Pooled, queue: str, name: str, chosen: Mask) -> dict[str, Any]:
    flagged, weight = pooled.flagged[queue][chosen], pooled.results.weight[chosen]
    found = weight * pooled.lines.observed[chosen]
    return {
        "queue": queue,
        "where": name,
        "lines": int(chosen.sum()),
        "inside": int(flagged.sum()),
        "positives_inside": int(pooled.lines.observed[chosen][flagged].sum()),
        "precision": float(np.average(pooled.lines.observed[chosen][flagged])) if flagged.any() else np.nan,
        "recall": float(found[flagged].sum() / found.sum()) if found.any() else np.nan,
    }


def _window_row(window: Window) -> dict[str, Any]:
    ranked = Ranking.of(window.log_odds, window.results.observed).metrics(window.results.weight)
    probabilities = probability_metrics(window.log_odds, window.results)
    return {
        "from": str(window.start),
        "fitted": int(window.fitted_lines.sum()),
        "judged": len(window.log_odds),
        "positives": int(window.results.observed.sum()),
        "average_precision": ranked["average_precision"],
        "auc": ranked["auc"],
        **{name: probabilities[name] for name in ("expected_share", "found_share", "calibration_error")},
        "look_up_key_seen": window.look_up_seen,
    }


def _seeds(window: Window, examples: Examples) -> Table:
    matrix = examples.take(window.judged_lines).features.to_numpy()
    rows = []
    for number, booster in enumerate(window.fitted.model.boosters):
        ranking = Ranking.of(np.asarray(booster.predict(matrix, raw_score=True)), window.results.observed)
        metrics = ranking.metrics(window.results.weight)
        rows.append(
            {"seed": number, "average_precision": metrics["average_precision"], "auc": metrics["auc"]}
        )
    return rows


def _relation(windows: list[Window], examples: Examples) -> Table:
    """The oldest model on every window: what ages is the relation between features and findings."""
    rows = []
    for window in windows:
        old = log_odds_of(windows[0].fitted, examples.take(window.judged_lines).seen)
        ranks = {
            name: Ranking.of(score, window.results.observed).metrics(window.results.weight)
            for name, score in (("oldest", old), ("own", window.log_odds))
        }
        rows.append(
            {"from": str(window.start)}
            | {
                f"{name}_{metric}": ranks[name][metric]
                for name in ranks
                for metric in ("average_precision", "auc")
            }
        )
    return rows


def _fits(prototype: OriginClassifier) -> str:
    bare = FOLDS * 5 + len(SHARES)
    return f"{WINDOWS} full fits, the last with {len(prototype.seeds)} seeds; {bare} fits of bare trees"


def _told(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _told(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_told(item) for item in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
