"""An evaluation: examples gathered once, leaks sought, fits judged, tables made."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from originrisk.data.console import progress
from originrisk.data.errors import GateRefusedError, Problem
from originrisk.data.settings import Settings
from originrisk.models.bundle import described
from originrisk.models.registry import kept_path
from originrisk.train.dataset import Gathered, TrainingTables
from originrisk.train.evaluation.importance import importances
from originrisk.train.evaluation.leaks import (
    FOLDS,
    SHARES,
    Leak,
    changed_by_the_future,
    groups,
    judged_by_folds,
    leaks,
    learning_curve,
)
from originrisk.train.evaluation.metrics import Row, compare, queue_capacity
from originrisk.train.evaluation.rolling import WINDOWS, Pooled, Window, pool, rolling
from originrisk.train.evaluation.tables import Table, tables_of
from originrisk.train.labels import weights
from originrisk.train.origin_classifier import OriginClassifier
from originrisk.train.pipeline import classifier, settings_of


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
        random = {"random arm": self.pooled.random_arm()} if "random arm" in self.rows else {}
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
        return dict(_plain(told))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value


STEPS = WINDOWS + FOLDS + len(SHARES) + 3
LEAST_HEADLINE_POSITIVES = 5
Advance = Callable[[float], None]


def evaluate(
    settings: Settings, prototype: OriginClassifier, described: dict[str, Any], cutoff: date | None, seed: int
) -> Evaluation:
    """Evaluate how `prototype` learns from what was known at the end of `cutoff` (default: the last day of entry).

    Raises GateRefusedError where too few results are known.
    """
    with progress("Evaluating", STEPS) as advance:
        data = TrainingTables.read(settings, cutoff)
        last_day = cutoff or data.last_day()
        gathered = data.gather(last_day, seed)
        advance(1)
        suspected = _leaks(data, gathered, seed)
        advance(2)
        judged = _judged(settings, gathered, prototype, data.entries, seed=seed, advance=advance)
    described = {**described, "cutoff": str(last_day), "tables": data.versions, "fits": _fits(prototype)}
    return Evaluation(described, gathered.left_out, suspected, *judged)


def _judged(
    settings: Settings,
    gathered: Gathered,
    prototype: OriginClassifier,
    entries: pa.Table,
    *,
    seed: int,
    advance: Advance,
) -> tuple[Pooled, str, dict[str, list[Row]], list[Window], dict[str, Table]]:
    """The fits and every table; `entries` are the lines that examples and others were drawn from."""
    examples = gathered.examples
    windows = _windows(gathered, prototype, settings, seed, advance)
    stands_for = (len(entries) - len(examples)) / max(1, len(gathered.unexamined))
    pooled = pool(examples, gathered, windows, stands_for, queue_capacity(entries, settings.score))
    headline, rows = _compared(pooled, seed)
    tables, last = tables_of(pooled, windows, examples), windows[-1]
    tables |= importances(last, examples, seed)
    weight, tables["splits"] = weights(examples.propensity, settings.train.propensity_floor), []
    for name, metrics in judged_by_folds(examples, weight, prototype, last.fitted.trees, seed):
        tables["splits"].append({"split": name, **metrics})
        advance(FOLDS / 5)
    tables["learning_curve"] = []
    for point in learning_curve(
        examples,
        last.fitted_lines,
        last.judged_lines,
        weight=last.results.weight,
        prototype=prototype,
        trees=last.fitted.trees,
        seed=seed,
    ):
        tables["learning_curve"].append(point)
        advance(1)
    return pooled, headline, rows, windows, tables


def _windows(
    gathered: Gathered, prototype: OriginClassifier, settings: Settings, seed: int, advance: Advance
) -> list[Window]:
    windows = []
    for window in rolling(gathered.examples, gathered.unexamined, prototype, settings.train, seed):
        windows.append(window)
        advance(1)
    if not windows:
        expected = "some window with results before it and a positive in it"
        raise GateRefusedError(Problem("examples", expected, "none", "Ingest more."))
    return windows


def _compared(pooled: Pooled, seed: int) -> tuple[str, dict[str, list[Row]]]:
    """The headline's part, and the methods compared on it and on all: the random arm leads where it has positives."""
    rows = {"all examined": compare(pooled.scores, pooled.population(), seed)}
    if pooled.lines.observed[pooled.lines.random].sum() < LEAST_HEADLINE_POSITIVES:
        return "all examined", rows
    random = pooled.random_arm()
    return "random arm", {"random arm": compare(random.scores, random.population(), seed), **rows}


def _leaks(data: TrainingTables, gathered: Gathered, seed: int) -> list[Leak]:
    found = leaks(gathered.examples, groups(gathered.examples), seed)
    return [*found, *changed_by_the_future(data, gathered.examples)]


def _fits(prototype: OriginClassifier) -> str:
    bare = FOLDS * 5 + len(SHARES)
    return f"{WINDOWS} full fits, the last with {len(prototype.seeds)} seeds; {bare} fits of bare trees"


def evaluate_recipe(settings: Settings, version: str | None, cutoff: date | None) -> Evaluation:
    """Evaluate a kept version's way of learning, or that of the settings where no version is named.

    `cutoff` wins over the version's own. Raises ModelRefusedError for an unknown version.
    """
    if version is None:
        return evaluate(settings, classifier(settings, 0), {"model": "by the settings", "seed": 0}, cutoff, 0)
    said = described(kept_path(settings.home, version))
    recipe = settings_of(settings, said)
    seed = int(said["seed"])
    named = {"model": version, "seed": seed}
    last_day = cutoff or date.fromisoformat(said["cutoff"])
    return evaluate(recipe, classifier(recipe, seed), named, last_day, seed)
