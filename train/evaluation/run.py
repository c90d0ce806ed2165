"""The work of an evaluation: examples gathered once, leaks sought, fits judged, tables made.

Fits take the time: three windows of full fits, then single fits of bare trees for five splits of three folds and four
points of the learning curve.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from originrisk.data.console import progress
from originrisk.data.errors import GateRefusedError, Problem
from originrisk.data.settings import Settings
from originrisk.train.disjoint import FOLDS, SHARES, groups, judged_by_folds, learning_curve
from originrisk.train.evaluate import Row, compare
from originrisk.train.evaluation.evaluation import Evaluation
from originrisk.train.evaluation.pooled import Pooled, pool
from originrisk.train.evaluation.tables import Table, tables_of
from originrisk.train.examples import Examples, Gathered
from originrisk.train.leaks import Leak, changed_by_the_future, leaks
from originrisk.train.material import Material
from originrisk.train.origin_classifier import OriginClassifier
from originrisk.train.rolling import WINDOWS, Window, rolling

STEPS = WINDOWS + FOLDS + len(SHARES) + 3
LEAST_POSITIVES = 5
Advance = Callable[[float], None]


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
        judged = _judged(settings, gathered, prototype, len(material.entries), seed=seed, advance=advance)
    described = {**described, "cutoff": str(last_day), "tables": material.tables, "fits": _fits(prototype)}
    return Evaluation(described, gathered.left_out, suspected, *judged)


def _judged(
    settings: Settings,
    gathered: Gathered,
    prototype: OriginClassifier,
    entered: int,
    *,
    seed: int,
    advance: Advance,
) -> tuple[Pooled, str, dict[str, list[Row]], list[Window], dict[str, Table]]:
    """The fits and every table; `entered` is the number of lines that examples and others were drawn from."""
    examples = gathered.examples
    windows = _windows(examples, prototype, settings, seed, advance)
    stands_for = (entered - len(examples)) / max(1, len(gathered.others))
    pooled = pool(examples, gathered, windows, stands_for, settings.score.capacity_share)
    headline, rows = _compared(pooled, seed)
    tables = tables_of(pooled, windows, examples)
    tables["splits"] = _splits(examples, prototype, windows[-1].fitted.trees, seed, advance)
    tables["learning_curve"] = _curve(examples, prototype, windows[-1], seed, advance)
    return pooled, headline, rows, windows, tables


def _windows(
    examples: Examples, prototype: OriginClassifier, settings: Settings, seed: int, advance: Advance
) -> list[Window]:
    windows = []
    for window in rolling(examples, prototype, settings.train, seed):
        windows.append(window)
        advance(1)
    if not windows:
        expected = "some window with results before it and a positive in it"
        raise GateRefusedError(Problem("examples", expected, "none", "Ingest more."))
    return windows


def _compared(pooled: Pooled, seed: int) -> tuple[str, dict[str, list[Row]]]:
    """The headline's part, and the methods compared on it and on all: the random arm leads where it has positives."""
    rows = {"all examined": compare(pooled.scores, pooled.population(), seed)}
    if pooled.lines.observed[pooled.lines.random].sum() < LEAST_POSITIVES:
        return "all examined", rows
    random = pooled.random_arm()
    return "random arm", {"random arm": compare(random.scores, random.population(), seed), **rows}


def _splits(
    examples: Examples, prototype: OriginClassifier, trees: int, seed: int, advance: Advance
) -> Table:
    rows = []
    for name, metrics in judged_by_folds(examples, prototype, trees, seed):
        rows.append({"split": name, **metrics})
        advance(FOLDS / 5)
    return rows


def _curve(
    examples: Examples, prototype: OriginClassifier, last: Window, seed: int, advance: Advance
) -> Table:
    rows = []
    fitted, judged, trees = last.fitted_lines, last.judged_lines, last.fitted.trees
    for point in learning_curve(examples, fitted, judged, prototype=prototype, trees=trees, seed=seed):
        rows.append(point)
        advance(1)
    return rows


def _leaks(material: Material, gathered: Gathered, seed: int) -> list[Leak]:
    found = leaks(gathered.examples, groups(gathered.examples), seed)
    return [*found, *changed_by_the_future(material, gathered.examples)]


def _fits(prototype: OriginClassifier) -> str:
    bare = FOLDS * 5 + len(SHARES)
    return f"{WINDOWS} full fits, the last with {len(prototype.seeds)} seeds; {bare} fits of bare trees"
