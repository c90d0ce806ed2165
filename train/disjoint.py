"""Splits that share no supplier, no importer, or no chain of parties; beside a split at random, and fewer examples."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from originrisk.train.baselines import look_up_groups
from originrisk.train.error_rates import expected
from originrisk.train.evaluate import Metrics
from originrisk.train.examples import Examples
from originrisk.train.fit import results_of
from originrisk.train.origin_classifier import OriginClassifier
from originrisk.train.ranking import Ranking
from originrisk.train.split import disjoint_folds

Floats = npt.NDArray[np.float64]
Keys = npt.NDArray[np.uint64]
Mask = npt.NDArray[np.bool_]

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
        "by supplier": examples.seen.supplier,
        "by importer": _own_where_missing(examples.seen.keys["importer"].to_numpy()),
        "by chain of parties": components(examples.seen.keys[list(CHAIN)]),
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
    examples: Examples, prototype: OriginClassifier, trees: int, seed: int
) -> Iterator[tuple[str, Metrics]]:
    """Ranking metrics of every split, each line judged by trees that saw none of its group."""
    for name, group in groups(examples).items():
        score = np.full(len(examples), np.nan)
        for fitted, judged in disjoint_folds(group, FOLDS, seed):
            score[judged] = _trees(examples, fitted, prototype, trees).log_odds(examples.features[judged])
        told = np.isfinite(score)
        metrics = _ranked(score[told], examples.take(told))
        largest = float(np.unique(group, return_counts=True)[1].max() / len(group))
        yield name, metrics | {"groups": float(len(np.unique(group))), "largest_share": largest}


def learning_curve(
    examples: Examples, past: Mask, judged: Mask, *, prototype: OriginClassifier, trees: int, seed: int
) -> Iterator[Metrics]:
    """Ranking metrics on the judged lines after learning from a part of the past, drawn by supplier."""
    names, code = np.unique(examples.seen.supplier, return_inverse=True)
    place = np.random.default_rng(seed).permutation(len(names))[code] / len(names)
    for share in SHARES:
        part = past & (place < share)
        grown = _trees(examples, part, prototype, trees)
        metrics = _ranked(grown.log_odds(examples.features[judged]), examples.take(judged))
        yield {"examples": float(part.sum()), **metrics}


def _trees(examples: Examples, chosen: Mask, prototype: OriginClassifier, trees: int) -> OriginClassifier:
    part = examples.take(chosen)
    grown: OriginClassifier = prototype.few(1).set_params(trees=trees)
    grown.fit(part.features, **results_of(part, np.ones(len(part)), expected()).fit_arguments())
    return grown


def _ranked(score: Floats, judged: Examples) -> Metrics:
    """NaN where nothing was judged: parties that all hang together leave no split."""
    if not len(judged):
        return dict.fromkeys(RANKED, np.nan)
    metrics = Ranking.of(score, judged.observed).metrics(np.ones(len(judged)))
    return {name: metrics[name] for name in RANKED}


def _own_where_missing(key: Keys) -> Keys:
    return np.where(key == 0, np.arange(1, len(key) + 1, dtype=np.uint64), key)
