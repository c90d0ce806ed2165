"""Whether a model learned by heart: rankings on lines of unseen parties and goods, a learning curve, and leaks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from originrisk.data.arrays import Floats, Keys, Mask
from originrisk.features.history.keys import find
from originrisk.features.history.replay import Outcomes
from originrisk.features.lines import Lines
from originrisk.train import dataset
from originrisk.train.dataset import Examples, TrainingTables
from originrisk.train.evaluation.holdout import look_up_groups
from originrisk.train.evaluation.metrics import Metrics, Ranking
from originrisk.train.fit import results_of
from originrisk.train.labels import Expected
from originrisk.train.origin_classifier import OriginClassifier
from originrisk.train.resampling import disjoint_folds

FOLDS: Final = 3
SHARES: Final = (0.125, 0.25, 0.5, 1.0)
RANKED: Final = ("average_precision", "auc", "recall@10%")
CHAIN: Final = ("supplier", "importer", "seller")
RANDOM: Final = "at random"


def groups(examples: Examples) -> dict[str, Keys]:
    """What each split keeps together (lines,): nothing, the look-up key, a party, a chain of parties."""
    return {
        RANDOM: np.arange(len(examples), dtype=np.uint64),
        "by look-up key": look_up_groups(examples),
        "by supplier": examples.frame.supplier,
        "by importer": _own_where_missing(examples.frame.keys["importer"].to_numpy()),
        "by chain of parties": components(examples.frame.keys[list(CHAIN)]),
    }


def components(keys: pd.DataFrame) -> Keys:
    """Lines that any shared party joins, directly or over others (lines,); 0 joins nobody."""
    size = len(keys)
    pairs = [(np.flatnonzero(keys[name] != 0), keys[name].to_numpy()) for name in keys.columns]
    rows = np.concatenate([present for present, _ in pairs])
    nodes, start = [], size
    for present, key in pairs:
        distinct, code = np.unique(key[present], return_inverse=True)
        nodes.append(start + code)
        start += len(distinct)
    joined = coo_array((np.ones(len(rows)), (rows, np.concatenate(nodes))), shape=(start, start))
    return np.asarray(connected_components(joined, directed=False)[1][:size], np.uint64)


def judged_by_folds(
    examples: Examples, weight: Floats, prototype: OriginClassifier, trees: int, seed: int
) -> Iterator[tuple[str, Metrics]]:
    """Ranking metrics of every split under line weights, each line judged by trees that saw none of its group."""
    for name, group in groups(examples).items():
        score = np.full(len(examples), np.nan)
        for fitted, judged in disjoint_folds(group, FOLDS, seed):
            score[judged] = _trees(examples, fitted, prototype, trees).log_odds(examples.features[judged])
        told = np.isfinite(score)
        metrics = _ranked(score[told], examples.observed[told], weight[told])
        largest = float(np.unique(group, return_counts=True)[1].max() / len(group))
        yield name, metrics | {"groups": float(len(np.unique(group))), "largest_share": largest}


def learning_curve(
    examples: Examples, past: Mask, judged: Mask, *, weight: Floats, prototype: OriginClassifier, trees: int, seed: int
) -> Iterator[Metrics]:
    """Ranking metrics on the judged lines, which weigh `weight` (lines judged,), after learning from part of the past,
    drawn by supplier."""
    names, code = np.unique(examples.frame.supplier, return_inverse=True)
    place = np.random.default_rng(seed).permutation(len(names))[code] / len(names)
    for share in SHARES:
        part = past & (place < share)
        grown = _trees(examples, part, prototype, trees)
        metrics = _ranked(grown.log_odds(examples.features[judged]), examples.observed[judged], weight)
        yield {"examples": float(part.sum()), **metrics}


def _trees(examples: Examples, chosen: Mask, prototype: OriginClassifier, trees: int) -> OriginClassifier:
    part = examples.take(chosen)
    grown: OriginClassifier = prototype.few(1).set_params(trees=trees)
    grown.fit(part.features, **results_of(part, np.ones(len(part)), Expected.of().error_rates).fit_arguments())
    return grown


def _ranked(score: Floats, observed: Floats, weight: Floats) -> Metrics:
    """NaN where nothing was judged: parties that all hang together leave no split."""
    if not len(observed):
        return dict.fromkeys(RANKED, np.nan)
    metrics = Ranking.of(score, observed).metrics(weight)
    return {name: metrics[name] for name in RANKED}


def _own_where_missing(key: Keys) -> Keys:
    return np.where(key == 0, np.arange(1, len(key) + 1, dtype=np.uint64), key)


TOO_GOOD: Final = 0.95
LEARNED: Final = 0.70
COLLAPSE: Final = 0.12
LEAVES: Final = 1024
MOST_LINES: Final = 12_000
DAYS_BEFORE_THE_CUT: Final = 60

Kind = Literal["the result itself", "a key learned by heart", "the future"]


@dataclass(frozen=True, slots=True)
class Leak:
    """A feature under suspicion, what it seems to know, and the figures that say so."""

    feature: str
    kind: Kind
    evidence: str


def leaks(examples: Examples, groups: Mapping[str, npt.NDArray[np.uint64]], seed: int) -> list[Leak]:
    """Features that know too much alone, or only among twins; `groups` as `train.disjoint.groups` names them."""
    chosen = np.random.default_rng(seed).permutation(len(examples)) < MOST_LINES
    some = examples.take(chosen)
    keys = {name: groups[name][chosen] for name in (RANDOM, "by look-up key", "by supplier")}
    found = []
    for name in some.features.columns:
        column = some.features[name].to_numpy()
        auc = {split: alone(column, some.observed, key, seed) for split, key in keys.items()}
        apart = min(auc["by look-up key"], auc["by supplier"])
        if apart >= TOO_GOOD:
            found.append(Leak(name, "the result itself", f"alone it ranks results with AUC {apart:.2f}"))
        elif auc[RANDOM] >= LEARNED and auc[RANDOM] - auc["by look-up key"] >= COLLAPSE:
            told = f"alone AUC {auc[RANDOM]:.2f} at random, {auc['by look-up key']:.2f} with goods keys kept apart"
            found.append(Leak(name, "a key learned by heart", told))
    return found


def alone(column: Floats, observed: Floats, group: npt.NDArray[np.uint64], seed: int) -> float:
    """AUC of one feature through a tree fine enough to learn keys, every line judged without its group."""
    values = np.nan_to_num(column, nan=-1e30).reshape(-1, 1)
    score = np.full(len(observed), observed.mean())
    for fitted, judged in disjoint_folds(group, 2, seed):
        tree = DecisionTreeClassifier(max_leaf_nodes=LEAVES, min_samples_leaf=2, random_state=seed)
        tree.fit(values[fitted], observed[fitted])
        if len(tree.classes_) == 2:
            score[judged] = tree.predict_proba(values[judged])[:, 1]
    return float(roc_auc_score(observed, score))


def changed_by_the_future(data: TrainingTables, examples: Examples) -> list[Leak]:
    """Features of lines in the middle of the period that differ once everything known later is cut away."""
    cut = np.sort(examples.frame.day)[int(len(examples) * 0.6)]
    wanted = (examples.frame.day <= cut) & (examples.frame.day > cut - DAYS_BEFORE_THE_CUT)
    before, whole = _seen_at(data, examples.lines.filter(pa.array(wanted)), cut), examples.take(wanted)
    return [
        Leak(name, "the future", f"{share:.0%} of {wanted.sum()} lines change when facts after {cut} are cut")
        for name in before.columns
        if (share := _share_changed(before[name].to_numpy(), whole.features[name].to_numpy())) > 0
    ]


def _seen_at(data: TrainingTables, wanted: pa.Table, cut: np.datetime64) -> pd.DataFrame:
    day: date = cut.astype("datetime64[D]").item()
    last = pa.scalar(day, pa.date32())
    entries = data.entries.filter(pc.less_equal(data.entries["entry_date"], last))
    outcomes = data.outcomes.filter(pc.less_equal(data.outcomes["outcome_date"], last))
    lines = Lines.of(entries)
    known, _ = dataset.known_outcomes(outcomes, lines, day)
    rows = find(lines, wanted["entry_number"], wanted["line_number"])
    return dataset.see(lines, Outcomes.of(lines, known), data.listings, np.sort(rows), day).features


def _share_changed(before: Floats, whole: Floats) -> float:
    same = np.isclose(before, whole, rtol=1e-9, atol=1e-9, equal_nan=True)
    return float(1 - same.mean())
