"""Leaks: features that know what their day could not know, or that learn lines by heart. Three tests, each can fail.

- The result itself: one feature alone tells the results apart.
- A key learned by heart: one feature tells them apart while its lines' twins are among the fitted, and no longer
  once a split keeps the twins together.
- The future: the feature of an old line changes when what became known after it is cut away.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from originrisk.features.history.keys import find
from originrisk.features.history.replay import Outcomes
from originrisk.features.lines import Lines
from originrisk.train import examples as examined
from originrisk.train.disjoint import RANDOM
from originrisk.train.examples import Examples
from originrisk.train.material import Material
from originrisk.train.split import disjoint_folds

Floats = npt.NDArray[np.float64]

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


def changed_by_the_future(material: Material, examples: Examples) -> list[Leak]:
    """Features of lines in the middle of the period that differ once everything known later is cut away."""
    cut = np.sort(examples.seen.day)[int(len(examples) * 0.6)]
    wanted = (examples.seen.day <= cut) & (examples.seen.day > cut - DAYS_BEFORE_THE_CUT)
    before, whole = _seen_at(material, examples.lines.filter(pa.array(wanted)), cut), examples.take(wanted)
    return [
        Leak(name, "the future", f"{share:.0%} of {wanted.sum()} lines change when facts after {cut} are cut")
        for name in before.columns
        if (share := _share_changed(before[name].to_numpy(), whole.features[name].to_numpy())) > 0
    ]


def _seen_at(material: Material, wanted: pa.Table, cut: np.datetime64) -> pd.DataFrame:
    day: date = cut.astype("datetime64[D]").item()
    last = pa.scalar(day, pa.date32())
    entries = material.entries.filter(pc.less_equal(material.entries["entry_date"], last))
    outcomes = material.outcomes.filter(pc.less_equal(material.outcomes["outcome_date"], last))
    lines = Lines.of(entries)
    known, _ = examined.known_outcomes(outcomes, lines, day)
    rows = find(lines, wanted["entry_number"], wanted["line_number"])
    return examined.see(lines, Outcomes.of(lines, known), material.listings, np.sort(rows), day).features


def _share_changed(before: Floats, whole: Floats) -> float:
    same = np.isclose(before, whole, rtol=1e-9, atol=1e-9, equal_nan=True)
    return float(1 - same.mean())
